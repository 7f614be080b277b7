"""Where a member who does not agree can take everything away or close the account.

The pages belong to a higher app, which names them here when it starts. While there are none, the contact
page is the way.
"""

from dataclasses import dataclass

from bgbegone.lib.words import Words


@dataclass(frozen=True, slots=True)
class WayOut:
    """`route` is the name of a page that takes no arguments."""

    route: str
    words: Words


_ways: list[WayOut] = []


def register(route: str, words: Words) -> None:
    _ways.append(WayOut(route, words))


def listed() -> list[WayOut]:
    return list(_ways)
