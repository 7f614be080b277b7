"""The one list of cookies (promise P11): the page prints it, and the middleware holds the site to it.

Each app registers its cookies when it starts. A cookie that is not here never reaches a browser.
"""

import functools
import hashlib
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import TextChoices
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bgbegone.lib.words import Words


class Category(TextChoices):
    NECESSARY = "necessary", gettext_lazy("Necessary")
    CONVENIENCE = "convenience", gettext_lazy("Convenience")
    STATISTICS = "statistics", gettext_lazy("Statistics")

    @property
    def description(self) -> str:
        """What a yes to this category means."""
        return str(_DESCRIPTIONS[self])

    @property
    def is_optional(self) -> bool:
        return self is not Category.NECESSARY


_DESCRIPTIONS = {
    Category.NECESSARY: gettext_lazy(
        "Without these, something that you asked for would not work: sending a form, staying signed in, "
        "keeping a choice. If you only read, you get none of them, except the one that a form needs."
    ),
    Category.CONVENIENCE: gettext_lazy(
        "Remembers the format, the background and the language that you used last, so that you need not "
        "choose them again. The cookie holds these three words and nothing that tells you from anybody else."
    ),
    Category.STATISTICS: gettext_lazy(
        "Counts which pages are opened and for how long they are looked at. This needs no cookie: no record "
        "says who you are, or that two views were by one person. If you say no, your views are not counted."
    ),
}


def named(name: str, *, is_for_all_paths: bool = True) -> str:
    """The name under which browsers let no other host, and nobody without HTTPS, set this cookie."""
    if not settings.SESSION_COOKIE_SECURE:
        return name
    return f"__{'Host' if is_for_all_paths else 'Secure'}-{name}"


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie: `purpose` and `set_when` are sentences for people.

    `longest` is how long it may live at most; None: it goes when the browser is closed.
    """

    name: str
    category: Category
    purpose: Words
    set_when: Words
    longest: timedelta | None = None
    is_http_only: bool = True

    @property
    def lifetime(self) -> str:
        if self.longest is None:
            return _("Until you close the browser")
        if self.longest.days == 365:
            return _("12 months")
        return ngettext("%(count)s day", "%(count)s days", self.longest.days) % {"count": self.longest.days}


@dataclass(frozen=True, slots=True)
class Stored:
    """What one of our scripts keeps in the browser's own store, which is sent to nobody by itself.

    `script` is its path below static/js; the other two are sentences for people.
    """

    script: str
    purpose: Words
    until: Words


_cookies: dict[str, Cookie] = {}
_stored: dict[str, Stored] = {}


def register(cookie: Cookie) -> Cookie:
    _cookies[cookie.name] = cookie
    version.cache_clear()
    return cookie


def register_stored(stored: Stored) -> Stored:
    _stored[stored.script] = stored
    return stored


def stored() -> list[Stored]:
    return list(_stored.values())


def get(name: str) -> Cookie | None:
    return _cookies.get(name)


def of(category: Category) -> list[Cookie]:
    return [cookie for cookie in _cookies.values() if cookie.category is category]


def optional() -> list[Cookie]:
    """Those that need a yes."""
    return [cookie for cookie in _cookies.values() if cookie.category.is_optional]


@functools.cache
def version() -> str:
    """A short name for what people say yes to.

    It changes when an optional cookie does, or what a category means; then everybody is asked again. A new
    necessary cookie asks nobody: there is nothing to say yes to.
    """
    with translation.override(None):
        terms = [category.description for category in Category if category.is_optional]
        terms += [f"{c.name} {c.category} {c.purpose} {c.longest}" for c in optional()]
    return hashlib.sha256("\n".join(terms).encode()).hexdigest()[:8]
