"""The cookies of the framework and of this app. Other apps register theirs in the same way."""

from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from policy.cookies.registry import Category, Cookie, named, register

CSRF = register(
    Cookie(
        settings.CSRF_COOKIE_NAME,
        Category.NECESSARY,
        _("Makes sure that a form which arrives here in your name was sent by you, and not by another site."),
        _("You open a page with a form"),
    )
)
SESSION = register(
    Cookie(
        settings.SESSION_COOKIE_NAME,
        Category.NECESSARY,
        _("Keeps you signed in, and lets you find the photos again that you sent without an account."),
        _("You sign in or send a photo"),
        timedelta(seconds=settings.SESSION_COOKIE_AGE),
    )
)
CHOICE = register(
    Cookie(
        named("choice"),
        Category.NECESSARY,
        _(
            "Remembers what you decided about cookies, with the number of your receipt, so that you are not "
            "asked twice."
        ),
        _("You answer the question about cookies"),
        timedelta(days=365),
    )
)
LANGUAGE = register(
    Cookie(
        settings.LANGUAGE_COOKIE_NAME,
        Category.NECESSARY,
        _("Shows the pages in the language that you picked. It holds the name of the language."),
        _("You pick a language at the foot of a page"),
    )
)
COMFORTS = register(
    Cookie(
        named("comforts"),
        Category.CONVENIENCE,
        _("Remembers the format and background of your last download, and the language that you picked."),
        _("You download a result or pick a language, and have said yes to convenience"),
        timedelta(days=365),
    )
)
