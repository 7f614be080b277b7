"""What every address of /v2/ does: key, scope, method, body, repetition, conditions, problems."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.http import parse_etags, quote_etag
from django.utils.translation import gettext as _

from images.api import bodies, door, rendering, waiting
from images.api.bodies import BadBody, Body
from images.api.calls import services as calls
from images.api.calls.services import CallError
from images.api.door import Denied, for_programs
from images.api.intake import NotTaken
from images.api.keys.models import ApiKey, Scope
from images.api.limits.services import OverLimit, note_refusal
from images.api.v2.fields import Fields
from images.api.v2.problems import Problem, wait
from images.api.waiting import Job, Patience, Paused
from images.batches.services import NotWanted
from images.engine.errors import EngineError
from images.photos.models import Photo
from images.work.failures import Failure

_LONGEST_WAIT = 60


@dataclass(frozen=True, slots=True)
class Call:
    """One request: who, what, and how long they want to wait for the outcome."""

    request: HttpRequest
    key: ApiKey
    body: Body
    seconds: int

    @property
    def fields(self) -> Fields:
        return Fields(self.body.fields, is_form=_is_form(self.request))

    @property
    def query(self) -> Fields:
        return Fields(self.request.GET.dict(), is_form=True)


Handler = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Method:
    scope: Scope
    handler: Handler


def resource(**methods: Method) -> Callable[..., HttpResponseBase]:
    """A view with a handler for each method; HEAD is a GET."""

    @for_programs
    def view(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        proceed = waiting.proceeding(request)
        try:
            if proceed:
                return proceed()
            key = door.knock(request)
            name = "GET" if request.method == "HEAD" else str(request.method)
            method = methods.get(name)
            if method is None:
                allowed = ", ".join([*methods, *(["HEAD"] if "GET" in methods else []), "OPTIONS"])
                raise Problem("method_not_allowed", 405, headers={"Allow": allowed})
            door.check_scope(key, method.scope)
            return _answer(request, key, method.handler, kwargs)
        except Exception as err:
            problem = _problem(err)
            if problem is None:
                raise
            return problem.answer()

    return view


def _answer(request: HttpRequest, key: ApiKey, handler: Handler, kwargs: dict[str, Any]) -> HttpResponseBase:
    body = bodies.read(request) if request.method in ("POST", "PUT", "PATCH") else Body()
    call = Call(request, key, body, wanted_seconds(request))
    name = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if name is None or request.method != "POST":
        return _act(call, partial(handler, call, **kwargs), partial(_conditional, request))
    once = calls.claim(key, name, calls.fingerprint_of("POST", request.path, body))
    if isinstance(once, HttpResponse):
        return once
    return _act(call, partial(handler, call, **kwargs), once.keep, once.forget, once.keep)


Finish = Callable[[HttpResponseBase], HttpResponseBase]


def _nothing(*_: object) -> None:
    pass


def _act(
    call: Call,
    act: Callable[[], HttpResponseBase],
    finish: Finish,
    undo: Callable[[], object] = _nothing,
    aside: Callable[[HttpResponseBase], object] = _nothing,
) -> HttpResponseBase:
    """Do it, or ask to go on when a job is over.

    `finish` gets the answer, `undo` is for a fault of ours, and `aside` gets what can be answered at a pause:
    nobody goes on for who leaves during it, and what was begun by then is not to be begun again.
    """
    try:
        return finish(act())
    except Waits as err:
        call.body.forget()  # who waits has been taken in, and many may wait
        aside(err.so_far())
        return err.answer(partial(_act, call, err.then, finish, aside=aside))
    except Exception as err:
        if isinstance(err, OverLimit):
            note_refusal(call.key)
        problem = _problem(err)
        if problem is None:
            undo()
            raise
        return finish(problem.answer())


class Waits(Paused):
    """Paused in the middle of a request; `then` gives the answer, or pauses again; `so_far` is for who
    cannot wait."""

    def __init__(
        self,
        paused: Paused,
        then: Callable[[], HttpResponseBase],
        so_far: Callable[[], HttpResponseBase],
    ) -> None:
        super().__init__(paused.job, paused.seconds)
        self.then, self.so_far = then, so_far


def when_over(job: Job, patience: Patience, answer: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The answer when the work is over, or the time is; until then the request is put aside."""
    rendering.refresh(job)
    try:
        patience.pause(job)
    except Paused as err:
        raise Waits(err, partial(when_over, job, patience, answer), answer) from None
    return answer()


def _problem(err: Exception) -> Problem | None:
    """What an exception is called outside; None for a fault of ours."""
    for kind, named in _NAMED:
        if isinstance(err, kind):
            return named(err)
    return None


def _of_failure(failure: Failure) -> Problem:
    if failure.code in ("storage_full", "too_many_waiting"):
        return Problem("busy", 503, failure.sentence, headers=wait(10))
    status = 413 if failure.code == "too_many_bytes" else 422
    return Problem(
        "bad_image", status, failure.sentence, errors=[{"field": "file", "detail": failure.sentence}]
    )


def _of_body(err: BadBody) -> Problem:
    return Problem("too_large", 413) if err.code == "too_large" else Problem("malformed", 400)


def _of_call(err: CallError) -> Problem:
    if err.code == "under_way":
        return Problem("under_way", 409, headers=wait(1))
    return Problem("another_body", 422) if err.code == "another_body" else Problem("bad_idempotency_key", 400)


def _of_engine(err: EngineError) -> Problem:
    sentence = Failure(err.code, err.params).sentence
    return Problem("invalid", 422, sentence, errors=[{"field": "recipe", "detail": sentence}])


def _of_denial(err: Denied) -> Problem:
    return Problem(err.code, err.status, headers=wait(err.wait) if err.wait else None)


def _missing(err: Exception) -> Problem:
    return Problem("not_found", 404)


_NAMED: tuple[tuple[type[Exception], Callable[[Any], Problem]], ...] = (
    (Problem, lambda err: err),
    (Denied, _of_denial),
    (OverLimit, lambda err: Problem("over_limit", 429, headers=wait(err.wait))),
    (NotTaken, lambda err: _of_failure(err.failure)),
    (EngineError, _of_engine),
    (BadBody, _of_body),
    (CallError, _of_call),
    (Http404, _missing),
    (Photo.DoesNotExist, _missing),
    (rendering.Gone, _missing),
    (NotWanted, lambda err: Problem("not_wanted", 409, str(err))),
)


def wanted_seconds(request: HttpRequest) -> int:
    """Of `Prefer: wait=20` (RFC 7240); what is no number is no wish."""
    match = re.search(r"(?:^|[,;\s])wait=(\d{1,6})", request.META.get("HTTP_PREFER", ""))
    return min(int(match[1]), _LONGEST_WAIT) if match else 0


def _is_form(request: HttpRequest) -> bool:
    return request.content_type in ("multipart/form-data", "application/x-www-form-urlencoded")


def answer(document: dict[str, Any], status: int = 200, **headers: str) -> JsonResponse:
    """JSON with an ETag of its content."""
    response = JsonResponse(document, status=status)
    response["ETag"] = quote_etag(hashlib.sha256(response.content).hexdigest()[:32])
    for name, value in headers.items():
        response[name.replace("_", "-")] = value
    return response


def _conditional(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """304 for who has it already."""
    etag = response.get("ETag")
    known = parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))
    if request.method in ("GET", "HEAD") and etag and (etag in known or known == ["*"]):
        unchanged = HttpResponse(status=304)
        unchanged["ETag"] = etag
        return unchanged
    return response


def check_match(request: HttpRequest, etag: str) -> None:
    """Whoever says which state they have seen changes no other one (`If-Match`)."""
    wanted = parse_etags(request.META.get("HTTP_IF_MATCH", ""))
    if wanted and wanted != ["*"] and etag not in wanted:
        raise Problem("changed", 412)


@for_programs
def nothing(request: HttpRequest, **kwargs: str) -> HttpResponseBase:
    return Problem("not_found", 404, _("No address of the API.")).answer()
