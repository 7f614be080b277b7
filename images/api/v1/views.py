"""/v1.0/removebg, /v1.0/account and /v1.0/improve."""

import base64
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase

from images.api import bodies, door, waiting
from images.api.bodies import BadBody
from images.api.door import Denied, for_programs
from images.api.keys.models import ApiKey, Scope
from images.api.limits.services import standing_of
from images.api.v1 import services
from images.api.v1.errors import Refused
from images.api.v1.services import Begun, Finished
from images.api.waiting import Paused

View = Callable[..., HttpResponseBase]

_DENIALS = {
    "wrong_key": "auth_failed",
    "too_many_requests": "rate_limit_exceeded",
}


def _contract(*methods: str) -> Callable[[View], View]:
    """A view of the contract: called with the request and its key; every refusal has the contract's form."""

    def decorate(view: View) -> View:
        @for_programs
        @wraps(view)
        def wrapped(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            proceed = waiting.proceeding(request)
            try:
                if proceed:
                    return proceed()
                key = door.knock(request)
                if request.method not in methods:
                    raise Refused("method_not_allowed", status=405)
                return view(request, key, **kwargs)
            except Denied as err:
                return _denied(err).answer()
            except Refused as err:
                return err.answer()

        return wrapped

    return decorate


def _denied(err: Denied) -> Refused:
    return Refused(_DENIALS.get(err.code, err.code), status=err.status, wait=err.wait)


@_contract("GET", "HEAD")
def account(request: HttpRequest, key: ApiKey) -> HttpResponse:
    return JsonResponse(account_of(key))


def account_of(key: ApiKey) -> dict[str, Any]:
    """Exactly these fields: one client takes no others. Nothing is sold here, so there are no credits."""
    balance = {"total": 0, "subscription": 0, "payg": 0, "enterprise": 0}
    return {"data": {"attributes": {"credits": balance, "api": {"free_calls": 0, "sizes": "all"}}}}


@_contract("POST")
def improve(request: HttpRequest, key: ApiKey) -> HttpResponse:
    """It hands pictures over so that others learn from them; that takes a consent for each (P13)."""
    detail = (
        "Pictures are used here for nothing but the service itself, so none can be handed over for training."
    )
    raise Refused("not_implemented", detail, status=501)


@_contract("POST")
def removebg(request: HttpRequest, key: ApiKey) -> HttpResponse:
    door.check_scope(key, Scope.CUT_OUT)
    try:
        body = bodies.read(request)
    except BadBody as err:
        raise _unreadable(err) from err
    return _outcome(services.begin(key, body), as_json=_wants_json(request))


def _outcome(call: Begun, *, as_json: bool) -> HttpResponse:
    """The answer, or word to the server that there is none yet."""
    try:
        finished = services.proceed(call)
    except Paused as err:
        return err.answer(partial(_outcome, call, as_json=as_json))
    response = _as_json(finished) if as_json else HttpResponse(finished.data, finished.mime)
    for name, value in _facts(call.key, finished).items():
        response[name] = value
    return response


def _unreadable(err: BadBody) -> Refused:
    if err.code == "too_large":
        return Refused("file_too_large", "The request is larger than any picture that is allowed.")
    return Refused("invalid_body", _BODIES[err.code])


_BODIES = {
    "cut_off": "The request broke off before its end.",
    "malformed": "The request is no form and no JSON object.",
    "nested": "The request is nested too deeply, or has too many parts.",
}


def _wants_json(request: HttpRequest) -> bool:
    """What takes anything gets the picture: many programs name JSON first without wanting it."""
    accepted = request.META.get("HTTP_ACCEPT", "")
    return "application/json" in accepted and "*/*" not in accepted


def _as_json(finished: Finished) -> JsonResponse:
    left, top, width, height = (round(side) for side in finished.frame.foreground)
    data = {
        "result_b64": base64.b64encode(finished.data).decode(),
        "foreground_top": top,
        "foreground_left": left,
        "foreground_width": width,
        "foreground_height": height,
    }
    return JsonResponse({"data": data})


def _facts(key: ApiKey, finished: Finished) -> dict[str, str]:
    """Nothing is sold here, so nothing is charged; one client reads the figure all the same."""
    frame, standing = finished.frame, standing_of(key)
    left, top, width, height = (round(side) for side in frame.foreground)
    facts = {
        "X-Width": frame.width,
        "X-Height": frame.height,
        "X-Credits-Charged": 0,
        "X-Foreground-Top": top,
        "X-Foreground-Left": left,
        "X-Foreground-Width": width,
        "X-Foreground-Height": height,
        "X-RateLimit-Limit": standing.limit,
        "X-RateLimit-Remaining": standing.remaining,
        "X-RateLimit-Reset": standing.reset,
    }
    kind = {"X-Type": finished.kind} if finished.kind else {}
    return {**kind, **{name: str(value) for name, value in facts.items()}}


@_contract()
def nothing(request: HttpRequest, key: ApiKey) -> HttpResponse:
    raise Refused("not_found", status=404)
