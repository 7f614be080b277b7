"""Narrower circles than everybody who wants news. An app registers what it knows of people."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.mailing.models import EmailPreference
from bgbegone.lib.words import Words

Among = Callable[["QuerySet[EmailPreference]"], "QuerySet[EmailPreference]"]


@dataclass(frozen=True, slots=True)
class Audience:
    """`among` picks them out of those who want news."""

    name: str
    label: Words
    among: Among


_audiences: dict[str, Audience] = {}


def register(name: str, label: Words) -> Callable[[Among], Among]:
    def add(among: Among) -> Among:
        _audiences[name] = Audience(name, label, among)
        return among

    return add


def choices() -> list[tuple[str, Words]]:
    return [("", _("all of them")), *((audience.name, audience.label) for audience in _audiences.values())]


def pick(name: str, people: "QuerySet[EmailPreference]") -> "QuerySet[EmailPreference]":
    """Nobody, when the audience is known no more: too few can be made good."""
    return _audiences[name].among(people) if name in _audiences else people.none()
