"""Which days the dashboard shows, and which it compares them with."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from policy.analytics import days, names

MOST_DAYS = 366
# Beyond a quarter, lines of single days would be noise.
_MOST_SINGLE_DAYS = 92
_CUSTOM = "custom"
_LENGTHS = {"7": 7, "30": 30, "90": 90, "12m": 365}


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last day, both included."""

    first: date
    last: date

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1

    def before(self) -> "Period":
        """As many days, just before."""
        return Period(self.first - timedelta(days=self.length), self.first - timedelta(days=1))

    def moments(self) -> tuple[datetime, datetime]:
        """Beginning and end; the end is not part of it."""
        return days.midnight(self.first), days.midnight(self.last + timedelta(days=1))

    def ending(self, length: int) -> "Period":
        """The last days of it, so many at most."""
        return Period(max(self.first, self.last - timedelta(days=length - 1)), self.last)

    def step(self) -> int:
        """Days that one point of a picture stands for."""
        return 1 if self.length <= _MOST_SINGLE_DAYS else 7

    def points(self, step: int) -> list[date]:
        """The first day of each step. The last step may have fewer days."""
        return [self.first + timedelta(days=number) for number in range(0, self.length, step)]

    @classmethod
    def ending_today(cls, length: int) -> "Period":
        today = days.today()
        return cls(today - timedelta(days=length - 1), today)


class PeriodForm(forms.Form):
    """A length that ends today or two dates, and perhaps one page only. Nothing is asked for: 30 days."""

    range = forms.ChoiceField(
        label=_("Period"),
        choices=[
            ("7", _("7 days")),
            ("30", _("30 days")),
            ("90", _("90 days")),
            ("12m", _("12 months")),
            (_CUSTOM, _("From … to …")),
        ],
        required=False,
    )
    first = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    last = forms.DateField(
        label=_("To and including"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    route = forms.CharField(label=_("Page"), required=False, max_length=80)

    def clean_range(self) -> str:
        chosen: str = self.cleaned_data["range"]
        return chosen or "30"

    def clean_route(self) -> str:
        route: str = self.cleaned_data["route"]
        if route and not names.routes_of(route):
            raise forms.ValidationError(_("No views of a page of this name are known."))
        return route

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("range") == _CUSTOM and {"first", "last"} <= data.keys():
            self._check(data["first"], data["last"])
        return data

    def _check(self, first: date | None, last: date | None) -> None:
        if first is None or last is None:
            self.add_error("first" if first is None else "last", _("Please give both dates."))
        elif last < first:
            self.add_error("last", _("The end lies before the beginning."))
        elif last > days.today():
            self.add_error("last", _("The end lies in the future."))
        elif (last - first).days >= MOST_DAYS:
            self.add_error("first", _("A year at most can be shown at once."))
        elif first.year < 2000:
            self.add_error("first", _("There was nothing to count that long ago."))

    @property
    def period(self) -> Period:
        """What a valid form asks for."""
        data = self.cleaned_data
        if data["range"] == _CUSTOM:
            return Period(data["first"], data["last"])
        return Period.ending_today(_LENGTHS[data["range"]])
