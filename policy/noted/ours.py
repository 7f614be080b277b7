"""The notes of this app: choices about cookies, links to other sites, handovers of reports."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from policy.models import CookieConsent, OutboundLink, ReportHandover
from policy.noted.kinds import Kind, register


def _choices(words: str) -> QuerySet[CookieConsent]:
    rows = CookieConsent.objects.all()
    try:
        return rows.filter(pk=UUID(words)) if words else rows
    except ValueError:
        return rows.none()


register(
    Kind(
        key="cookies",
        title=_("Choices about cookies"),
        permission="policy.view_cookieconsent",
        moment="given_at",
        columns=[
            _("When"),
            _("Convenience"),
            _("Statistics"),
            _("Where"),
            _("List of cookies"),
            _("Receipt"),
        ],
        find=_choices,
        cells=lambda row: [
            row.given_at,
            _("yes") if row.convenience else _("no"),
            _("yes") if row.statistics else _("no"),
            row.get_how_display(),
            row.version,
            str(row.pk),
        ],
        help=_("The whole receipt"),
    )
)
register(
    Kind(
        key="links",
        title=_("Links to other sites"),
        permission="policy.view_outboundlink",
        moment="day",
        columns=[_("Day"), _("Site"), _("Notice opened")],
        find=lambda words: OutboundLink.objects.filter(host__icontains=words),
        cells=lambda row: [row.day, row.host, row.notices],
        help=_("Part of a site’s name"),
    )
)
register(
    Kind(
        key="handovers",
        title=_("Reports handed over"),
        permission="policy.view_reporthandover",
        moment="handed_at",
        columns=[_("When"), _("Partner"), _("Report"), _("Format"), _("By"), _("Note")],
        find=lambda words: ReportHandover.objects.filter(partner_name__icontains=words).select_related(
            "report", "by"
        ),
        cells=lambda row: [
            row.handed_at,
            row.partner_name,
            row.report.title,
            row.get_format_display(),
            row.by.get_username() if row.by else None,
            row.note,
        ],
        help=_("Part of a partner’s name"),
    )
)
