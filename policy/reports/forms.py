"""What staff choose for a report, and to whom it goes."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from policy.analytics import days
from policy.models import Partner, ReportHandover
from policy.reports.tables import Dimension, Request

MOST_DAYS = 366
_TIMES = (Dimension.DAY, Dimension.WEEK, Dimension.MONTH)


def last_month() -> tuple[date, date]:
    """The first and the last day of the month before this one."""
    last = days.today().replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


class ReportForm(forms.Form):
    """Period, one or two dimensions, minimum."""

    title = forms.CharField(label=_("Title"), max_length=120)
    first_day = forms.DateField(label=_("From"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    last_day = forms.DateField(
        label=_("To and including"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    rows = forms.ChoiceField(label=_("A row for each"), choices=Dimension.choices)
    columns = forms.ChoiceField(
        label=_("A column for each"), choices=[("", _("No columns")), *Dimension.choices], required=False
    )
    minimum = forms.IntegerField(
        label=_("Smallest group that may be shown"),
        max_value=1_000_000,
        help_text=_("Smaller figures are withheld, and others with them so that nothing can be worked out."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        first, last = last_month()
        defaults = {"first_day": first, "last_day": last, "rows": Dimension.MONTH, "columns": Dimension.ROUTE}
        kwargs["initial"] = {**defaults, "minimum": settings.REPORT_MINIMUM, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name in self.errors:
                field.widget.attrs["aria-invalid"] = "true"

    def clean_minimum(self) -> int:
        minimum: int = self.cleaned_data["minimum"]
        if minimum < settings.REPORT_MINIMUM:
            message = _("Groups of fewer than %(least)s are never shown.")
            raise forms.ValidationError(message, params={"least": settings.REPORT_MINIMUM})
        return minimum

    def clean_last_day(self) -> date:
        day: date = self.cleaned_data["last_day"]
        if day >= days.today():
            raise forms.ValidationError(_("A report ends yesterday at the latest, since today is not over."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("first_day") and data.get("last_day"):
            self._check_period(data["first_day"], data["last_day"])
        rows, columns = data.get("rows"), data.get("columns")
        if rows and rows == columns:
            self.add_error("columns", _("Rows and columns are the same. Please choose another one."))
        elif rows in _TIMES and columns in _TIMES:
            self.add_error("columns", _("Rows and columns are both times. Please choose another one."))
        return data

    def _check_period(self, first: date, last: date) -> None:
        lines = {self.cleaned_data.get("rows"), self.cleaned_data.get("columns")}
        next_day = last + timedelta(days=1)
        if last < first:
            self.add_error("last_day", _("The end lies before the beginning."))
        elif (last - first).days >= MOST_DAYS:
            self.add_error("last_day", _("A report covers a year at most."))
        # Part of a week beside whole ones would be read as a bad week.
        elif Dimension.WEEK in lines and (first.weekday(), next_day.weekday()) != (0, 0):
            self.add_error("first_day", _("Please choose whole weeks, from a Monday to a Sunday."))
        elif Dimension.MONTH in lines and (first.day, next_day.day) != (1, 1):
            self.add_error("first_day", _("Please choose whole months."))

    def request(self) -> Request:
        """What a valid form asks for."""
        data = self.cleaned_data
        dimensions = tuple(name for name in (data["rows"], data["columns"]) if name)
        return Request(data["first_day"], data["last_day"], dimensions, data["minimum"])


class HandoverForm(forms.Form):
    """To whom a report goes, and as what."""

    partner = forms.ModelChoiceField(Partner.objects.all(), label=_("Partner"))
    format = forms.ChoiceField(
        label=_("Format"), choices=ReportHandover.Format.choices, initial="csv", widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=300,
        help_text=_("What it is for, or on which agreement it rests. Please name no persons."),
    )
