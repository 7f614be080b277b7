"""Every address of the service, read from the URL map, so that a new one is in every test of this folder."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Route:
    """`path` as it is written, with `<kind:name>` where something stands in it."""

    name: str
    path: str
    arguments: tuple[str, ...]

    def filled(self, values: dict[str, Any]) -> str:
        """The address of it. Raises LookupError where nobody says what stands in a place."""
        if unknown := set(self.arguments) - set(values):
            raise LookupError(f"{self.name}: nobody says whose {unknown} this is about")
        return "/" + _ARGUMENT.sub(lambda place: str(values[place[1]]), self.path)


def every_route() -> list[Route]:
    """Those of the admin and of allauth, too; what is written as an expression has no `filled` address."""
    return list(_walk(get_resolver().url_patterns))


def _walk(patterns: list[Any], before: str = "", space: str = "") -> Iterator[Route]:
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(
                pattern.url_patterns, path, f"{pattern.namespace}:" if pattern.namespace else space
            )
        elif isinstance(pattern, URLPattern):
            yield Route(space + (pattern.name or ""), path, tuple(_ARGUMENT.findall(path)))
