"""Figures for partners: whom they may go to, what was worked out, what was handed over (promise P10)."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bgbegone.lib.appending import AppendOnly


class Partner(models.Model):
    """A company that may get aggregate reports. `host` is its own site, if visitors come from there:
    a partner knows how many it has sent us, and could subtract them from what it is given."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    host = models.CharField(
        _("host of its site"),
        max_length=100,
        blank=True,
        help_text=_(
            "For example shop.example.com. Reports are then safe even from someone who knows "
            "how many visitors this site has sent."
        ),
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.host = self.host.strip().lower()


class AggregateReportQuerySet(models.QuerySet["AggregateReport"]):
    def handed_over(self) -> Self:
        return self.filter(handovers__isnull=False).distinct()


class AggregateReport(models.Model):
    """A table of counts, fixed when it was made. What is withheld is not in it, not even here.

    `table` is `policy.reports.tables.Published.as_json()`; `digest` is the SHA-256 of its canonical form.
    `guarded` lists the hosts against whose own knowledge the table is safe.
    """

    title = models.CharField(_("title"), max_length=120)
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("to"))
    dimensions = models.JSONField(_("broken down by"), default=list)
    measure = models.CharField(
        _("measure"), max_length=20, choices=[("views", _("Page views"))], default="views"
    )
    minimum = models.PositiveIntegerField(_("minimum group size"))
    table = models.JSONField(_("table"), editable=False)
    guarded = models.JSONField(default=list, editable=False)
    digest = models.CharField(_("checksum"), max_length=64, editable=False)
    smallest = models.PositiveBigIntegerField(_("smallest figure shown"), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        verbose_name=_("made by"),
        related_name="+",
    )
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)

    objects = AggregateReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("aggregate report")
        verbose_name_plural = _("aggregate reports")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(first_day__lte=models.F("last_day")), name="report_days_in_order"
            )
        ]

    def __str__(self) -> str:
        return self.title


class ReportedDay(models.Model):
    """A day whose views have left the house, and in which report. No day leaves in two different ones:
    the difference of two tables could show a group that neither of them shows."""

    day = models.DateField(unique=True)
    report = models.ForeignKey(AggregateReport, models.PROTECT, related_name="days")

    def __str__(self) -> str:
        return f"{self.day} {self.report_id}"


class ReportHandover(AppendOnly):
    """One file that went to one partner."""

    class Format(models.TextChoices):
        CSV = "csv", _("CSV")
        JSON = "json", _("JSON")

    report = models.ForeignKey(
        AggregateReport, models.PROTECT, related_name="handovers", verbose_name=_("report")
    )
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="handovers", verbose_name=_("partner"))
    # As it was on that day: a partner can be renamed, the log cannot.
    partner_name = models.CharField(_("partner's name"), max_length=120)
    format = models.CharField(_("format"), max_length=4, choices=Format.choices)
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, verbose_name=_("by"), related_name="+"
    )
    handed_at = models.DateTimeField(_("handed over"), default=timezone.now)

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        ordering = ["-handed_at"]

    def __str__(self) -> str:
        return f"{self.partner_name} {self.handed_at:%Y-%m-%d}"
