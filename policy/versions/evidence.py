"""What the page of the policy shows of itself, of the inventory, of cookies and of deletions."""

from collections.abc import Iterator
from datetime import timedelta

from django.contrib.auth.hashers import get_hasher
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from policy import inventory, retention, transparency
from policy.cookies import registry
from policy.evidence import Evidence, Figure, Table, Value, register
from policy.models import PolicyAcceptance, PolicyVersion, RetentionRun

_MONTH = timedelta(days=30)


@register("P1")
def _versions() -> Iterator[Evidence]:
    published = PolicyVersion.objects.published()
    yield Figure(_("Versions published, all of them readable"), published.count())
    newest = published.first()
    yield Figure(_("The newest one is in force since"), newest.published_at if newest else None)


@register("P2")
def _inventory() -> Iterator[Evidence]:
    newest = PolicyVersion.objects.newest_material()
    if newest:
        agreed = PolicyAcceptance.objects.filter(version__number__gte=newest.number)
        people = agreed.values("user").distinct().count()
        yield Figure(_("Members who have agreed to the newest material version"), people)
    entries = inventory.entries()
    fields = sum(len(entry.fields) for entry in entries)
    yield Figure(_("Fields about people in the database"), fields)
    yield Figure(_("Fields that nobody has declared"), len(list(inventory.undeclared())))
    yield Table(
        _("What we store about people"),
        [_("What"), _("What for"), _("How long")],
        [[entry.label, entry.purpose, entry.kept] for entry in entries],
    )


@register("P6")
def _disclosures() -> Iterator[Evidence]:
    first = PolicyVersion.objects.published().last()
    years = transparency.years(timezone.localtime(first.published_at if first else None).year)
    yield Figure(_("Disclosures since this site began"), sum(year.total_of_disclosures for year in years))
    yield Figure(_("of them this year"), years[0].total_of_disclosures)


@register("P4")
def _passwords() -> Iterator[Evidence]:
    yield Figure(_("How new passwords are stored"), get_hasher().algorithm)


@register("P11")
def _cookies() -> Iterator[Evidence]:
    yield Table(
        _("Every cookie that this site can set"),
        [_("Name"), _("Kind"), _("What for"), _("How long")],
        [
            [cookie.name, cookie.category.label, cookie.purpose, cookie.lifetime]
            for category in registry.Category
            for cookie in registry.of(category)
        ],
    )


@register("P16")
def _deletions() -> Iterator[Evidence]:
    since = timezone.now() - _MONTH
    runs = RetentionRun.objects.filter(rule__in=[rule.name for rule in retention.rules()], ran_at__gte=since)
    deleted = dict(runs.values_list("rule").annotate(total=Sum("deleted")))
    yield Table(
        _("What is deleted, and when that last happened"),
        [_("What"), _("Last run"), _("Deleted then"), _("Deleted in the past 30 days")],
        [_row(rule, deleted.get(rule.name, 0)) for rule in retention.rules()],
    )


def _row(rule: retention.Rule, in_month: int) -> list[Value]:
    last = RetentionRun.objects.latest_of(rule.name)
    if last is None:
        return [rule.what, None, None, in_month]
    return [
        rule.what,
        last.ran_at,
        last.deleted if last.is_complete else _("broke off, is tried again"),
        in_month,
    ]
