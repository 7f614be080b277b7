"""Everything that a look at the dashboard needs, loaded once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Protocol, Self, TypeVar

from policy.analytics import names
from policy.dashboard import sums
from policy.dashboard.periods import Period
from policy.dashboard.sums import Figures, Views


class _Sum(Protocol):
    @classmethod
    def of(cls, parts: Any) -> Self: ...


_S = TypeVar("_S", bound=_Sum)


@dataclass(frozen=True)
class Data:
    """All sums of a period and of the one before, of all pages or of the routes of one.

    Of both, the sums of each point of a picture, which most panels ask for.
    """

    period: Period
    routes: Sequence[str]
    views: Mapping[date, Views]
    figures: Mapping[date, Figures]
    step: int

    @classmethod
    def load(cls, period: Period, page: str, step: int) -> Self:
        first, last = period.before().first, period.last
        routes = names.routes_of(page) if page else []
        figures = {} if page else sums.figures_by_day(first, last)
        return cls(period, routes, sums.views_by_day(first, last, routes), figures, step)

    @cached_property
    def views_now(self) -> list[Views]:
        return _in_steps(Views, self.views, self.period, self.step)

    @cached_property
    def views_before(self) -> list[Views]:
        return _in_steps(Views, self.views, self.period.before(), self.step)

    @cached_property
    def figures_now(self) -> list[Figures]:
        return _in_steps(Figures, self.figures, self.period, self.step)

    @cached_property
    def figures_before(self) -> list[Figures]:
        return _in_steps(Figures, self.figures, self.period.before(), self.step)

    def has_any(self, period: Period) -> bool:
        return any(period.first <= day <= period.last for day in (*self.views, *self.figures))

    @property
    def starts(self) -> list[date]:
        return self.period.points(self.step)


def _in_steps(kind: type[_S], by_day: Mapping[date, _S], period: Period, step: int) -> list[_S]:
    empty = kind()
    return [
        kind.of(
            by_day.get(start + timedelta(days=n), empty)
            for n in range(step)
            if start + timedelta(days=n) <= period.last
        )
        for start in period.points(step)
    ]
