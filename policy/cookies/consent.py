"""What a visitor has decided, as far as this request shows it.

The answer travels in the cookie `choice`, signed, so that asking for it costs no query. Anything in it that
we have not written ourselves counts as no answer.
"""

import re
import uuid
from dataclasses import dataclass, replace

from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from policy.cookies import attributes, registry
from policy.cookies.entries import CHOICE
from policy.cookies.models import KEPT, CookieConsent
from policy.cookies.registry import Category

_signer = signing.TimestampSigner(salt="policy.cookies.choice")
# Version of the list, convenience, statistics, receipt.
_FORM = re.compile(r"([0-9a-f]{8})\.([01])([01])\.([0-9a-f]{32})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Consent:
    """`statistics` is None as long as nobody has asked: views are counted then, which needs no cookie."""

    convenience: bool = False
    statistics: bool | None = None
    receipt: uuid.UUID | None = None
    is_refused_by_signal: bool = False

    @property
    def is_asked(self) -> bool:
        """The banner belongs on the page: neither the visitor nor her browser has answered."""
        return self.receipt is None and not self.is_refused_by_signal

    def allows(self, category: Category) -> bool:
        """A cookie of this category may be set."""
        if category is Category.CONVENIENCE:
            return self.convenience
        return category is Category.NECESSARY or bool(self.statistics)


_NOT_ASKED = Consent()


def of(request: HttpRequest) -> Consent:
    """Read once for each request, when somebody first asks."""
    found: Consent | None = getattr(request, "_consent", None)
    if found is None:
        found = _of_headers(request, read(request.COOKIES.get(CHOICE.name, "")))
        remember(request, found)
    return found


def _of_headers(request: HttpRequest, answer: Consent) -> Consent:
    """A browser that sends Global Privacy Control or Do Not Track says no, whatever was answered before."""
    if "1" not in (request.headers.get("Sec-GPC"), request.headers.get("DNT")):
        return answer
    return replace(answer, convenience=False, statistics=False, is_refused_by_signal=True)


def remember(request: HttpRequest, consent: Consent) -> None:
    """Let the rest of this request go by what has just been answered."""
    request._consent = consent  # type: ignore[attr-defined]


def read(text: str) -> Consent:
    """The answer in a cookie; no answer when it is forged, older than a year or about another list."""
    if not text:
        return _NOT_ASKED
    try:
        match = _FORM.fullmatch(_signer.unsign(text, max_age=KEPT))
    except signing.BadSignature:
        return _NOT_ASKED
    if not match or match[1] != registry.version():
        return _NOT_ASKED
    return Consent(match[2] == "1", match[3] == "1", uuid.UUID(match[4]))


def of_record(record: CookieConsent) -> Consent:
    return Consent(record.convenience, record.statistics, record.pk)


def write(response: HttpResponseBase, record: CookieConsent) -> None:
    flags = f"{record.convenience:d}{record.statistics:d}"
    attributes.give(response, CHOICE, _signer.sign(f"{record.version}.{flags}.{record.pk.hex}"))
