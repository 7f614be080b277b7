"""Reads what a request says, field by field, strictly: a number is a number, and an unknown name is an error.

In a form everything is text, so text that says a number counts as one there.
"""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from images.api.v2.problems import Problem

_TRUE, _FALSE = ("true", "1", "yes"), ("false", "0", "no")


class Fields:
    """Each `take…` removes a field; `done` raises Problem when something was wrong or is left over."""

    def __init__(self, values: Mapping[str, Any], *, is_form: bool = False) -> None:
        self._left, self._is_form = dict(values), is_form
        self.errors: list[dict[str, str]] = []

    def refuse(self, name: str, sentence: str) -> None:
        self.errors.append({"field": name, "detail": sentence})

    def text(self, name: str, most: int, default: str = "") -> str:
        value = self._left.pop(name, None)
        if value is None:
            return default
        if not isinstance(value, str) or len(value) > most or "\0" in value:
            self.refuse(name, _("Must be text of at most %(most)s characters.") % {"most": most})
            return default
        return value

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        """One of some words; the first one when nothing is said."""
        value = self._left.pop(name, None)
        if value is None:
            return choices[0]
        if value not in choices:
            self.refuse(name, _("Must be one of: %(choices)s.") % {"choices": ", ".join(choices)})
            return choices[0]
        return str(value)

    def flag(self, name: str, *, default: bool) -> bool:
        value = self._left.pop(name, None)
        if value is None:
            return default
        if self._is_form and value in _TRUE + _FALSE:
            return value in _TRUE
        if not isinstance(value, bool):
            self.refuse(name, _("Must be true or false."))
            return default
        return value

    def number(self, name: str, least: int, most: int, default: int | None = None) -> int | None:
        """A whole number within bounds."""
        value = self._left.pop(name, None)
        if value is None:
            return default
        found = _whole(value, from_text=self._is_form)
        if found is None or not least <= found <= most:
            self.refuse(
                name, _("Must be a whole number from %(least)s to %(most)s.") % {"least": least, "most": most}
            )
            return default
        return found

    def numbers(self, name: str, count: int, most: int) -> list[int] | None:
        value = self._document(name)
        if value is None:
            return None
        found = [_whole(each, from_text=False) for each in value] if isinstance(value, list) else []
        if len(found) != count or any(each is None or not 0 <= each <= most for each in found):
            self.refuse(name, _("Must be a list of %(count)s whole numbers.") % {"count": count})
            return None
        return [each for each in found if each is not None]

    def document(self, name: str) -> dict[str, Any] | None:
        """An object; in a form, its JSON."""
        value = self._document(name)
        if value is not None and not isinstance(value, dict):
            self.refuse(name, _("Must be an object."))
            return None
        return value

    def _document(self, name: str) -> Any:
        value = self._left.pop(name, None)
        if self._is_form and isinstance(value, str):
            try:
                return json.loads(value)
            except (ValueError, RecursionError):
                self.refuse(name, _("Must be JSON."))
                return None
        return value

    def done(self) -> None:
        for name in self._left:
            self.refuse(str(name)[:80], _("There is no such field."))
        if self.errors:
            raise Problem("invalid", 422, errors=self.errors)


def _whole(value: Any, *, from_text: bool) -> int | None:
    if from_text and isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12:
        return int(value)
    if isinstance(value, float):
        return int(value) if value.is_integer() else None  # false for NaN and infinity, too
    return value if isinstance(value, int) and not isinstance(value, bool) else None
