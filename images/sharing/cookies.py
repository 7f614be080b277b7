"""The one cookie of this room; see `policy.cookies.registry`."""

from django.utils.translation import gettext_lazy as _

from policy.cookies.registry import Category, Cookie, named, register

OPENED = register(
    Cookie(
        named("link", is_for_all_paths=False),
        Category.NECESSARY,
        _("Remembers for twelve hours, and for one link alone, that you have entered its password."),
        _("You enter the password of a link that somebody has given you"),
    )
)
