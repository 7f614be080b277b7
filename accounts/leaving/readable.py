"""Rows as people read them: columns and values in words, for the page in a package."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.belongings import Rows
from accounts.models import User
from bgbegone.lib.words import Words

NOTHING = "–"

# What many tables have. A field with a name of its own for people has that one.
_COLUMNS: Mapping[str, Words] = {
    "accepted_at": gettext_lazy("agreed"),
    "address": gettext_lazy("address"),
    "asked_at": gettext_lazy("asked"),
    "bytes": gettext_lazy("bytes"),
    "changed_at": gettext_lazy("changed"),
    "created_at": gettext_lazy("made"),
    "expires_at": gettext_lazy("ends"),
    "file": gettext_lazy("file"),
    "finished_at": gettext_lazy("finished"),
    "happened_at": gettext_lazy("when"),
    "height": gettext_lazy("height"),
    "is_private": gettext_lazy("private"),
    "kind": gettext_lazy("kind"),
    "language": gettext_lazy("language"),
    "last_seen_at": gettext_lazy("last used"),
    "last_used_at": gettext_lazy("last used"),
    "name": gettext_lazy("name"),
    "opened_at": gettext_lazy("last opened"),
    "photo": gettext_lazy("photo"),
    "reason": gettext_lazy("reason"),
    "recipe": gettext_lazy("edit"),
    "revoked_at": gettext_lazy("withdrawn"),
    "state": gettext_lazy("state"),
    "status": gettext_lazy("state"),
    "user_agent": gettext_lazy("device"),
    "width": gettext_lazy("width"),
}


def table(rows: Rows, facts: list[dict[str, Any]]) -> tuple[list[str], list[list[str]]]:
    """Columns, and the values of each row. Whose it is stands in no column: all of it is one person's."""
    fields = [field for field in _fields(rows, facts) if field.related_model is not User]
    return [column(field) for field in fields], [
        [value(field, row[field.name]) for field in fields] for row in facts
    ]


def _fields(rows: Rows, facts: list[dict[str, Any]]) -> Iterator[Any]:
    for name in facts[0] if facts else ():
        yield rows.model._meta.get_field(name)


def column(field: "models.Field[Any, Any]") -> str:
    name = field.verbose_name
    # A plain string is only what the code calls it.
    words = name if isinstance(name, Promise) else _COLUMNS.get(field.name, field.name.replace("_", " "))
    return capfirst(str(words))


def value(field: "models.Field[Any, Any]", raw: Any) -> str:
    if raw is None or raw in ("", [], {}):
        return NOTHING
    if field.choices:
        return str(dict(field.flatchoices).get(raw, raw))
    return _in_words(raw)


def _in_words(raw: Any) -> str:  # noqa: PLR0911 (a line for each kind)
    match raw:
        case bool():
            return _("yes") if raw else _("no")
        case datetime():
            return date_format(localtime(raw), "DATETIME_FORMAT")
        case date():
            return date_format(raw, "DATE_FORMAT")
        case float():
            return str(number_format(raw))
        case list() | tuple():
            return ", ".join(map(_in_words, raw))
        case dict():
            return "; ".join(f"{name}: {_in_words(one)}" for name, one in raw.items())
        case _:
            return NOTHING if raw is None else str(raw)
