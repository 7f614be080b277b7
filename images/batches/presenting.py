"""Rows put into the words and figures that the pages of a batch show."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum, prefetch_related_objects
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from images.batches import setting
from images.batches.links import Remark
from images.batches.models import Batch, Item
from images.editing.models import Rendition
from images.engine.matte.confidence import NEEDS_A_LOOK
from images.work.models import Worker

PAGE = 100


def doubtful() -> Q:
    """Ready, not looked at, and the network doubted its mask."""
    return Q(fate=Item.Fate.READY, verdict=Item.Verdict.NONE, confidence__lt=NEEDS_A_LOOK)


# The parts of a list that can be asked for.
FILTERS = {
    "all": Q(),
    "ready": Q(fate=Item.Fate.READY),
    "look": doubtful(),
    "accepted": Q(verdict=Item.Verdict.ACCEPTED),
    "rejected": Q(verdict=Item.Verdict.REJECTED),
    "remarks": Q(Exists(Remark.objects.filter(item=OuterRef("pk")).exclude(verdict="", text=""))),
    "open": Q(fate__in=Item.OPEN),
    "failed": Q(fate=Item.Fate.FAILED),
    "refused": Q(fate=Item.Fate.REFUSED),
    "left_out": Q(fate=Item.Fate.LEFT_OUT),
}


def choose(batch: Batch, show: str) -> "QuerySet[Item]":
    return batch.items.filter(FILTERS.get(show, Q()))


@dataclass(frozen=True, slots=True)
class Tab:
    """A filter of the list, with how many it shows."""

    key: str
    label: str
    count: int


class Summary:
    """How many of a batch's photos are how far.

    To be made before the rows are read that are shown with it: then a page that asks no more, since nothing
    is to come, has the last of them.
    """

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        ready, none = Q(fate=Item.Fate.READY), Q(verdict=Item.Verdict.NONE)
        sums = {key: Count("pk", filter=q) for key, q in FILTERS.items() if key != "all"}
        facts = batch.items.aggregate(
            all=Count("pk"),
            bytes=Sum("size"),
            **sums,
            looked_at=Count("pk", filter=ready & ~none),
            twin=Count("pk", filter=Q(fate=Item.Fate.TWIN)),
            awaited=Count("pk", filter=Q(fate=Item.Fate.AWAITED)),
            working=Count("pk", filter=Q(fate=Item.Fate.WORKING)),
            taken=Count("pk", filter=Q(taken_at__isnull=False)),
            paused=Count("pk", filter=Q(fate=Item.Fate.PAUSED)),
        )
        self.counts: dict[str, int] = {key: value or 0 for key, value in facts.items()}
        self.being_made = setting.being_made(batch)

    @property
    def tabs(self) -> list[Tab]:
        labels = {
            "all": _("All"),
            "ready": _("Ready"),
            "look": _("Needs a look"),
            "accepted": _("Accepted"),
            "rejected": _("Rejected"),
            "remarks": _("Customer’s remarks"),
            "open": _("Under way"),
            "failed": _("Did not work"),
            "refused": _("Not accepted"),
            "left_out": _("Left out"),
        }
        return [
            Tab(key, label, self.counts[key])
            for key, label in labels.items()
            if key == "all" or self.counts[key]
        ]

    @property
    def is_open(self) -> bool:
        return self.counts["open"] > 0 or self.being_made > 0

    @property
    def finished(self) -> int:
        return self.counts["ready"] + self.counts["failed"]

    @property
    def total(self) -> int:
        """Photos on which there is work to do, or was."""
        return self.counts["all"] - self.counts["refused"] - self.counts["left_out"]

    @cached_property
    def engine_ready(self) -> bool:
        return Worker.objects.ready().exists()


def counts_of(batches: Iterable[Batch]) -> dict[UUID, Counter[str]]:
    """How many photos each of these batches has (“photos”), and of each fate and verdict; one query."""
    found: dict[UUID, Counter[str]] = defaultdict(Counter)
    groups = Item.objects.filter(batch__in=batches).order_by().values_list("batch", "fate", "verdict")
    for batch, fate, verdict, number in groups.annotate(Count("pk")):
        found[batch].update({"photos": number, fate: number, **({verdict: number} if verdict else {})})
    return found


def files_to_come(batches: Sequence[Batch]) -> Counter[UUID]:
    """How many files workers still make by the settings of these batches; two queries."""
    found: Counter[UUID] = Counter()
    wanted = Item.objects.filter(batch__in=[batch for batch in batches if batch.recipe])
    due = wanted.filter(fate=Item.Fate.READY, is_due=True).order_by().values_list("batch")
    made = Rendition.objects.active().filter(cutout__photo__item__batch__in=batches)
    for groups in (due, made.order_by().values_list("cutout__photo__item__batch")):
        found.update(dict(groups.annotate(Count("pk"))))
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """A batch in the list of all."""

    batch: Batch
    files: int
    finished: int
    total: int
    is_open: bool


def lines(batches: Sequence[Batch]) -> list[Line]:
    counts, coming = counts_of(batches), files_to_come(batches)
    return [_line(batch, counts[batch.pk], coming[batch.pk]) for batch in batches]


def _line(batch: Batch, counts: Counter[str], coming: int) -> Line:
    finished = counts[Item.Fate.READY] + counts[Item.Fate.FAILED]
    total = counts["photos"] - counts[Item.Fate.REFUSED] - counts[Item.Fate.LEFT_OUT]
    is_open = coming > 0 or any(counts[fate] for fate in Item.OPEN)
    return Line(batch, counts["photos"], finished, total, is_open)


def page_of(batch: Batch, show: str, after: int) -> tuple[list[Item], int | None]:
    """A page of the list by key, and where the next begins: ten thousand cost no more than ten."""
    rows = choose(batch, show).filter(number__gt=after).select_related("photo__cutout", "batch")
    found = list(rows.order_by("number")[: PAGE + 1])
    more = found[PAGE - 1].number if len(found) > PAGE else None
    return found[:PAGE], more


def changed(batch: Batch, since: int, first: int, last: int) -> "QuerySet[Item]":
    """Rows of the shown part of the list that have changed since."""
    rows = batch.items.filter(change__gt=since, number__range=(first, last))
    return rows.select_related("photo__cutout", "batch").order_by("number")


def add_remarks(items: list[Item]) -> None:
    """What customers said about these photos, in one query for all."""
    prefetch_related_objects(items, "remarks")


def answer_of(item: Item, stands: dict[Any, tuple[str, int]]) -> dict[str, Any]:
    """What the page's script has to know about a file that it has announced."""
    failure = item.failure if item.fate == Item.Fate.REFUSED else None
    answer: dict[str, Any] = {"item": str(item.pk), "state": item.fate}
    if failure:
        answer["sentence"] = failure.sentence
    if item.pk in stands:
        answer["upload"], answer["offset"] = stands[item.pk]
    return answer
