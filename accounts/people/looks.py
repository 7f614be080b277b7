"""What our staff opened of somebody, in every app. The person reads each look, with its reason.

An app registers the kind of looks that it notes. They stand on the page about disclosures.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import ContactLook, User
from bgbegone.lib.words import Words


@dataclass(frozen=True, slots=True)
class Look:
    """`what` was looked at, if it needs saying, and `link` is where it lies, if it still does."""

    at: datetime
    reason: Words
    what: Words = ""
    link: str = ""


Find = Callable[[User], Iterable[Look]]


@dataclass(frozen=True, slots=True)
class Kind:
    """`none` is the sentence for whom nobody has looked at."""

    name: str
    title: Words
    none: Words
    find: Find


@dataclass(frozen=True, slots=True)
class Noted:
    """The looks of one kind at one person, the newest first."""

    kind: Kind
    looks: list[Look]


_kinds: list[Kind] = []


def register(name: str, *, title: Words, none: Words) -> Callable[[Find], Find]:
    """Decorate a function that finds the looks of one kind, the newest first."""

    def add(find: Find) -> Find:
        _kinds.append(Kind(name, title, none, find))
        return find

    return add


def at(user: User) -> list[Noted]:
    return [Noted(kind, list(kind.find(user))) for kind in _kinds]


@register(
    "contact",
    title=_("When our staff opened your contact data"),
    none=_("None of our staff has opened your name, address or number."),
)
def _contact(user: User) -> Iterator[Look]:
    for look in ContactLook.objects.filter(user=user):
        label = look.get_reason_display()
        yield Look(look.at, format_lazy("{}: {}", label, look.note) if look.note else label)
