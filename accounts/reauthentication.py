"""“Is it you?”: when somebody is asked, and how what they had sent outlasts the question.

What was typed goes along in the addresses of the pages that ask, sealed, and is sent again once the answer
was right. Nothing of it is written to the session, which lies in the database.
"""

import json
import time
from copy import copy
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode, urlsplit

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import resolve
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from bgbegone.lib import origin, sealing

# As long as somebody may look for their phone. Web servers take addresses of 4,094 bytes.
_SECONDS, _LONGEST = 15 * 60, 3000
_FIELD = "kept"
# A mailed link shows that somebody reads the address, and is no answer to whether it is them at the keyboard.
_SHOWN_BY = ("password", "mfa")
PAGES = {"account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"}


def was_just_shown(request: HttpRequest) -> bool:
    """The person signed in, or answered the question, within the last minutes.

    Of a sign-in with two factors the second one is the last that is noted, so half of it does not count.
    """
    if isinstance(request.user, AnonymousUser):
        return False
    records = get_authentication_records(request, request.user)
    times = [record["at"] for record in records[-1:] if record.get("method") in _SHOWN_BY]
    return bool(times) and time.time() - times[0] < app_settings.REAUTHENTICATION_TIMEOUT


def lead_to(page: str, request: HttpRequest, back: str = "") -> HttpResponse:
    """The way to a page that asks, and from there to what was wanted.

    `back` is where to go on when what was sent could not be kept: by default the page with its form.
    """
    query = {"next": back or _address_of(request)}
    if request.method == "POST":
        query |= _kept(request)
    return redirect(f"{page}?{urlencode(query)}")


def send_kept(request: HttpRequest) -> HttpResponseBase | None:
    """The answer to what somebody had sent before the question; None when nothing was kept."""
    kept = _Kept.read(request.POST.get(_FIELD, ""), request)
    return kept.send(request) if kept else None


def _kept(request: HttpRequest) -> dict[str, str]:
    sealed = _Kept.of(request).sealed()
    if not sealed:
        messages.warning(request, _("Please show once more that it is you, then try again."))
    return {_FIELD: sealed} if sealed else {}


def _address_of(request: HttpRequest) -> str:
    """What was asked for, or the page with the form whose sending has to wait."""
    own = request.get_full_path()
    return own if request.method != "POST" else origin.page_before(request) or own


@dataclass(frozen=True)
class _Kept:
    """What a form has sent, for the person who sent it."""

    user: str
    path: str
    fields: str
    is_whole: bool

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        fields = request.POST.copy()
        for name in list(fields):
            # A password is typed once more rather than carried about.
            if name == "csrfmiddlewaretoken" or "password" in name:
                del fields[name]
        return cls(str(request.user.pk), request.get_full_path(), fields.urlencode(), not request.FILES)

    def sealed(self) -> str:
        """Empty when it is too much for an address."""
        sealed = sealing.seal(json.dumps([self.user, self.path, self.fields]))
        return sealed if self.is_whole and len(sealed) <= _LONGEST else ""

    @classmethod
    def read(cls, sealed: str, request: HttpRequest) -> Self | None:
        try:
            user, path, fields = json.loads(sealing.unseal(sealed, seconds=_SECONDS))
        except sealing.Unreadable:
            return None
        return cls(user, path, fields, True) if user == str(request.user.pk) else None

    def send(self, request: HttpRequest) -> HttpResponseBase:
        """Call the page as if its form came now, within the request that brought the answer.

        That request has passed the check against other sites' forms, and this one had, too.
        """
        parts = urlsplit(self.path)
        again = copy(request)
        again.path = again.path_info = parts.path
        again.GET = QueryDict(parts.query)
        again.POST = QueryDict(self.fields)
        again._files = MultiValueDict()  # type: ignore[attr-defined]
        again.META = {**request.META, "PATH_INFO": parts.path, "QUERY_STRING": parts.query}
        again.resolver_match = match = resolve(parts.path)
        answer: HttpResponseBase = match.func(again, *match.args, **match.kwargs)
        return answer.render() if hasattr(answer, "render") else answer
