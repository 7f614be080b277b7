"""What the studio's script keeps in the browser (promise P11)."""

from django.utils.translation import gettext_lazy as _

from policy.cookies.registry import Stored, register_stored

register_stored(
    Stored(
        "studio/saving.js",
        _(
            "What you draw in the studio, until the server has it, so that a lost connection costs nothing; "
            "and how you have set the brush."
        ),
        _("It goes as soon as it is saved, and the brush when you close the tab."),
    )
)
