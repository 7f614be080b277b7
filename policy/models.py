"""Evidence that promises are kept."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.utils import timezone

RUNS_KEPT = timedelta(days=400)


class RetentionRunQuerySet(models.QuerySet["RetentionRun"]):
    def latest_of(self, rule: str) -> "RetentionRun | None":
        return self.filter(rule=rule).order_by("-ran_at").first()

    def expired(self) -> Self:
        return self.filter(ran_at__lt=timezone.now() - RUNS_KEPT)


class RetentionRun(models.Model):
    """One time that a rule of retention was carried out (promise P16)."""

    rule = models.CharField(max_length=60)
    ran_at = models.DateTimeField(default=timezone.now)
    deleted = models.PositiveIntegerField(default=0)
    is_complete = models.BooleanField(default=False)

    objects = RetentionRunQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["rule", "-ran_at"]), models.Index(fields=["ran_at"])]

    def __str__(self) -> str:
        return f"{self.rule} {self.ran_at:%Y-%m-%d %H:%M}"


class Erasure(models.Model):
    """The number of a row that is gone, so that no backup brings it back; see `policy.erasures`."""

    label = models.CharField(max_length=100)
    key = models.CharField(max_length=64)
    erased_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"{self.label} {self.key}"


# Django finds a slice's models here.
from policy.analytics.models import DailyFigure, PageSourceDaily, PageView, PageViewDaily  # noqa: E402
from policy.contact.models import ContactMail, ContactMessage  # noqa: E402
from policy.cookies.models import CookieConsent  # noqa: E402
from policy.guides.models import Guide, GuideStep  # noqa: E402
from policy.outbound.models import OutboundLink  # noqa: E402
from policy.reports.models import AggregateReport, Partner, ReportedDay, ReportHandover  # noqa: E402
from policy.versions.models import PolicyAcceptance, PolicyText, PolicyVersion  # noqa: E402

__all__ = [
    "AggregateReport",
    "ContactMail",
    "ContactMessage",
    "CookieConsent",
    "DailyFigure",
    "Erasure",
    "Guide",
    "GuideStep",
    "OutboundLink",
    "PageSourceDaily",
    "PageView",
    "PageViewDaily",
    "Partner",
    "PolicyAcceptance",
    "PolicyText",
    "PolicyVersion",
    "ReportHandover",
    "ReportedDay",
    "RetentionRun",
]
