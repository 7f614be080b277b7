"""What happened in each year, in numbers: the transparency report (promise P6).

A line is counted from the figures by day that apps add to (`policy.figures`), under its key. An app that
keeps rows for ever can count those instead.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Sum
from django.db.models.functions import ExtractYear
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bgbegone.lib.words import Words
from policy.models import DailyFigure


class Part(StrEnum):
    DISCLOSURES = "disclosures"
    DEEDS = "deeds"


@dataclass(frozen=True, slots=True)
class Line:
    key: str
    label: Words
    part: Part


# Given nothing, how many there were in each year that had any.
Count = Callable[[], Mapping[int, int]]

LINES = (
    Line("disclosure.a", _("(a) with the agreement of the person"), Part.DISCLOSURES),
    Line("disclosure.b", _("(b) because the law required it"), Part.DISCLOSURES),
    Line("disclosure.c", _("(c) to a new owner of the business"), Part.DISCLOSURES),
    Line("disclosure.d", _("(d) to protect somebody's health or well-being"), Part.DISCLOSURES),
    Line("photos.deleted", _("Photos deleted, with everything made from them"), Part.DEEDS),
    Line("links.expired", _("Links deleted because their time was over"), Part.DEEDS),
    Line("links.withdrawn", _("Links withdrawn by their owners"), Part.DEEDS),
    Line("email.opt-out", _("People who ended our news by e-mail"), Part.DEEDS),
    Line("contact.answered", _("Messages answered"), Part.DEEDS),
    Line("photos.looked-at", _("Looks of our staff at somebody's picture, each for a reason"), Part.DEEDS),
    Line("reports.handed-over", _("Reports with sums handed to partners"), Part.DEEDS),
)

# Figures by day that are never deleted, since the years before must stay as they were.
KEYS = frozenset(line.key for line in LINES)

_counts: dict[str, Count] = {}


def counted_by(key: str) -> Callable[[Count], Count]:
    """Decorate a function that counts a line by year, in place of the figures by day."""
    if key not in KEYS:
        raise ValueError(f"{key} is no line of the report")

    def add(count: Count) -> Count:
        _counts[key] = count
        return count

    return add


def has_register() -> bool:
    """Whether disclosures are counted from a register of them; without one, the site can make none."""
    return any(key in _counts for key in KEYS if key.startswith(Part.DISCLOSURES.removesuffix("s")))


@dataclass(frozen=True, slots=True)
class Year:
    """`counts` is by key, and complete."""

    number: int
    counts: Mapping[str, int]
    is_running: bool

    def rows(self, part: Part) -> list[tuple[Words, int]]:
        return [(line.label, self.counts[line.key]) for line in LINES if line.part is part]

    @property
    def disclosures(self) -> list[tuple[Words, int]]:
        return self.rows(Part.DISCLOSURES)

    @property
    def deeds(self) -> list[tuple[Words, int]]:
        return self.rows(Part.DEEDS)

    @property
    def total_of_disclosures(self) -> int:
        return sum(number for _label, number in self.disclosures)


def years(first: int) -> list[Year]:
    """Every year from the first one to this, the newest first; a year without anything has zeros."""
    counted = _count()
    current = timezone.localdate().year
    return [
        Year(year, {line.key: counted.get((line.key, year), 0) for line in LINES}, year == current)
        for year in range(current, first - 1, -1)
    ]


def _count() -> dict[tuple[str, int], int]:
    return dict(_from_figures()) | {
        (key, year): number for key, count in _counts.items() for year, number in count().items()
    }


def _from_figures() -> Iterator[tuple[tuple[str, int], int]]:
    figures = DailyFigure.objects.filter(key__in=KEYS)
    by_year = figures.values("key", year=ExtractYear("day")).annotate(total=Sum("value"))
    for row in by_year:
        yield (row["key"], row["year"]), row["total"]
