"""Doing once what was sent twice."""

import hashlib
import json
import re
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from images.api.bodies import Body
from images.api.calls.models import REPLAYED_FOR, ApiCall
from images.api.keys.models import ApiKey

# A word: what may stand in a header without doubt about its letters.
_NAME = re.compile(r"[!-~]{1,255}")
_KEPT_HEADERS = ("Content-Type", "ETag", "Location", "Preference-Applied", "Retry-After")


class CallError(Exception):
    """`code`: “bad_key”, “under_way” or “another_body”."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def fingerprint_of(method: str, path: str, body: Body) -> str:
    """Of what is asked, not of how it was written: a form's boundary differs each time."""
    files = {name: [file.label, file.sha256()] for name, file in body.files.items()}
    said = json.dumps([method, path, body.fields, files], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def claim(key: ApiKey, name: str, fingerprint: str) -> "Once | HttpResponse":
    """Whoever claims a call does the work; the others get the answer that there was. Raises CallError."""
    if not _NAME.fullmatch(name):
        raise CallError("bad_key")
    call, is_new = _claimed(key, hashlib.sha256(name.encode()).hexdigest(), fingerprint)
    return Once(call) if is_new else _replayed(call, fingerprint)


@dataclass(frozen=True, slots=True)
class Once:
    """A claimed call, from its beginning to its answer."""

    call: ApiCall

    def keep(self, response: HttpResponseBase) -> HttpResponseBase:
        """Remember the answer. One that says to try again is no answer yet, and is not kept."""
        if response.status_code >= 500 or response.status_code in (408, 409, 429):
            self.forget()
        elif isinstance(response, HttpResponse):
            _keep(self.call, response)
        return response

    def forget(self) -> None:
        ApiCall.objects.filter(pk=self.call.pk).delete()


def _claimed(key: ApiKey, digest: str, fingerprint: str) -> tuple[ApiCall, bool]:
    """The row of this call, and whether it is ours to do the work. One that is over makes room."""
    found = ApiCall.objects.filter(owner=key.owner_id, digest=digest).first()
    if found and (found.is_abandoned or found.created_at < timezone.now() - REPLAYED_FOR):
        ApiCall.objects.filter(pk=found.pk).delete()
        found = None
    if found:
        return found, False
    try:
        with transaction.atomic():
            made = ApiCall.objects.create(owner_id=key.owner_id, digest=digest, fingerprint=fingerprint)
            return made, True
    except IntegrityError:
        again = ApiCall.objects.filter(owner=key.owner_id, digest=digest).first()
        if again is None:  # its work has just failed
            raise CallError("under_way") from None
        return again, False


def _replayed(call: ApiCall, fingerprint: str) -> HttpResponse:
    if call.fingerprint != fingerprint:
        raise CallError("another_body")
    if call.is_under_way:
        raise CallError("under_way")
    response = HttpResponse(call.body, status=call.status)
    for name, value in call.headers.items():
        response[name] = value
    response["Idempotent-Replayed"] = "true"
    return response


def _keep(call: ApiCall, response: HttpResponse) -> None:
    headers = {name: response[name] for name in _KEPT_HEADERS if name in response}
    kept = ApiCall.objects.filter(pk=call.pk)
    kept.update(status=response.status_code, headers=headers, body=response.content.decode())
