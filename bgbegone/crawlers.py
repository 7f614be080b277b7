"""What programs read about the site: robots.txt, security.txt and the sitemap."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from policy.models import Guide

# Whatever belongs to one person, is a link given to one person, or acts.
_CLOSED = (
    "/accounts/",
    "/admin/",
    "/batches/",
    "/beacon/",
    "/language/",
    "/leaving/",
    "/opt-out/",
    "/photos/",
    "/r/",
    "/v1.0/",
    "/v2/",
)
_PUBLIC = ("home", "guides", "privacy", "policy_versions", "transparency", "cookies", "contact", "api_docs")
_DAY = 24 * 3600


class Pages(Sitemap):  # type: ignore[type-arg]
    """The pages that everybody may read. A result is never among them: its link is published nowhere."""

    def items(self) -> list[str]:
        return list(_PUBLIC)

    def location(self, item: str) -> str:
        return reverse(item)


class Guides(Sitemap):  # type: ignore[type-arg]
    """Each guide once; it has one address in all languages."""

    def items(self) -> Any:
        return Guide.objects.published().values("slug").annotate(changed=Max("updated_at")).order_by("slug")

    def location(self, item: dict[str, Any]) -> str:
        return reverse("guide", args=[item["slug"]])

    def lastmod(self, item: dict[str, Any]) -> datetime:
        changed: datetime = item["changed"]
        return changed


SITEMAPS = {"pages": Pages, "guides": Guides}


@cache_control(public=True, max_age=_DAY)
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _CLOSED), ""]
    return _plain([*lines, f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}"])


@cache_control(public=True, max_age=_DAY)
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Whom to tell about a weakness (RFC 9116). It is written anew each day, so that it never goes stale."""
    contact = settings.SECURITY_CONTACT or f"{settings.SITE_URL}{reverse('contact')}"
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return _plain(
        [
            f"Contact: {contact}",
            f"Expires: {today + timedelta(days=90):%Y-%m-%dT%H:%M:%SZ}",
            f"Preferred-Languages: {', '.join(code for code, _ in settings.LANGUAGES)}",
            f"Canonical: {settings.SITE_URL}{reverse('security')}",
        ]
    )


def _plain(lines: list[str]) -> HttpResponse:
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
