"""What came of a campaign: how many copies came back, and how many people left through it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.campaigns.models import Campaign
from policy import figures
from policy.analytics import days
from policy.dashboard import charts
from policy.dashboard.panels import shown

_DAYS = 14
_KINDS = ("return", "opt-out")


def totals(campaigns: Iterable[Campaign]) -> dict[int, tuple[int, int]]:
    """Returns and opt-outs of each, in one query."""
    keys = {campaign.pk: _keys(campaign) for campaign in campaigns}
    counted = figures.by_day(*(key for some in keys.values() for key in some))
    return {pk: (_total(counted[returned]), _total(counted[left])) for pk, (returned, left) in keys.items()}


def _total(by_day: Mapping[date, int]) -> int:
    # Who left in some other way may have taken it back by the link of this campaign.
    return max(0, sum(by_day.values()))


@dataclass(frozen=True, slots=True)
class Outcome:
    """Day by day from the beginning, two weeks at most. `ends` are the first and the last day in words."""

    picture: SafeString
    sums: list[tuple[str, str, int]]
    ends: list[str]


def of(campaign: Campaign) -> Outcome:
    returned, left = figures.by_day(*_keys(campaign)).values()
    points = _days(campaign)
    series = [
        charts.Series(_("Came back"), [returned.get(day, 0) for day in points], "look-warn"),
        # Somebody may take back today what was counted yesterday.
        charts.Series(_("Opt-outs"), [max(0, left.get(day, 0)) for day in points], "look-c"),
    ]
    sums = [
        (one.look, one.name, total) for one, total in zip(series, map(_total, (returned, left)), strict=True)
    ]
    gist = " ".join(f"{name}: {total}." for _look, name, total in sums)
    names = [shown(day) for day in points]
    hints = [
        " · ".join([name, *(f"{one.name}: {one.values[number]}" for one in series)])
        for number, name in enumerate(names)
    ]
    words = charts.Words(_("Returns and opt-outs by day"), gist, hints, "campaign-outcome")
    return Outcome(charts.bars(words, *series), sums, names if len(names) < 2 else [names[0], names[-1]])


def _days(campaign: Campaign) -> list[date]:
    first = days.day_of(campaign.started_at or campaign.created_at)
    return days.from_to(first, min(days.today(), first + timedelta(days=_DAYS - 1)))


def _keys(campaign: Campaign) -> list[str]:
    return [f"campaign.{campaign.pk}.{kind}" for kind in _KINDS]
