"""The convenience cookie: format, background and language as last used; nothing tells people apart."""

import re
from dataclasses import dataclass, replace

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from policy.cookies import attributes, consent
from policy.cookies.entries import COMFORTS

TRANSPARENT = "transparent"
# format.background.language, each possibly empty: `webp.1f8a70.de`, `png.transparent.`
_FORM = re.compile(rf"([a-z0-9]{{0,12}})\.((?:[0-9a-f]{{6}}|{TRANSPARENT})?)\.([a-zA-Z-]{{0,12}})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Comforts:
    """Empty where nothing is remembered. `background` is “transparent” or six hexadecimal digits; which
    formats there are only the reader knows, who has to check.
    """

    format: str = ""
    background: str = ""
    language: str = ""

    def __str__(self) -> str:
        return f"{self.format}.{self.background}.{self.language}"


_NONE = Comforts()


def read(text: str) -> Comforts:
    """What a cookie says; nothing when it is not exactly of our form."""
    match = _FORM.fullmatch(text)
    if not match or (match[3] and match[3] not in dict(settings.LANGUAGES)):
        return _NONE
    return Comforts(*match.groups())


def of(request: HttpRequest) -> Comforts:
    """What this visitor lets us remember."""
    text = request.COOKIES.get(COMFORTS.name, "")
    return read(text) if text and consent.of(request).convenience else _NONE


def remember(request: HttpRequest, response: HttpResponseBase, **changes: str) -> None:
    """Write down what was just used, if the visitor has allowed it.

    Raises ValueError for a value that `of` would not give back.
    """
    if not consent.of(request).convenience:
        return
    kept = replace(of(request), **changes)
    if read(str(kept)) != kept:
        raise ValueError("not something to remember")
    if str(kept) != request.COOKIES.get(COMFORTS.name):
        attributes.give(response, COMFORTS, str(kept))
