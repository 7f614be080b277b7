"""What people call the pages that are counted by the names of their routes.

An app registers its pages when it starts. Several routes are one page to whoever reads the figures: a photo,
and what its buttons lead to. A route that nobody has named stands for itself.
"""

from dataclasses import dataclass
from functools import lru_cache

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from bgbegone.lib.words import Words
from policy.analytics.models import PageViewDaily


@dataclass(frozen=True, slots=True)
class Page:
    key: str
    words: Words


_pages: dict[str, Page] = {}


def register(key: str, words: Words, *routes: str) -> None:
    """A page whose routes are `key` and these; one that ends with a star stands for all that begin so."""
    for route in (key, *routes):
        _pages[route] = Page(key, words)
    page_of.cache_clear()


@lru_cache(maxsize=1024)
def page_of(route: str) -> Page:
    if route in _pages:
        return _pages[route]
    kind, slash, slug = route.partition("/")
    if slash and kind in _pages:
        return Page(route, format_lazy("{}: {}", _pages[kind].words, slug))
    # The longest beginning says most.
    starts = [name for name in _pages if name.endswith("*") and route.startswith(name[:-1])]
    return _pages[max(starts, key=len)] if starts else Page(route, route)


def routes_of(page: str) -> list[str]:
    """Every route of a page, by its key, that is still in the rollup; of all pages without one."""
    routes = PageViewDaily.objects.order_by("route").values_list("route", flat=True).distinct()
    return [route for route in routes if page in ("", page_of(route).key)]


register("privacy", _("Privacy policy"), "policy_*", "transparency")
register("cookies", _("Cookies"), "cookie_choice")
register("language", _("Choice of language"))
register("contact", _("Contact form"), "contact_thanks")
register("guides", _("List of guides"))
register("guide", _("Guide"))
register("leaving", _("Notice before another site"))
register("staff", _("Staff pages"), "admin:*", "staff_*")
register(
    "programs", _("For programs"), "robots", "security", "sitemap", "healthz", "readyz", "metrics", "beacon"
)
register("unknown", _("Addresses that lead nowhere"), "unnamed")
