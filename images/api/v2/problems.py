"""What goes wrong, as RFC 9457 writes it. Sentences for people are in their language, codes stay."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import JsonResponse
from django.utils.translation import gettext, gettext_noop

TITLES: Mapping[str, str] = {
    "missing_key": gettext_noop("The request carries no API key."),
    "wrong_key": gettext_noop("This API key opens nothing."),
    "key_in_address": gettext_noop(
        "An API key does not belong in an address. Withdraw it and make a new one."
    ),
    "key_in_clear": gettext_noop(
        "The API key was sent without encryption. Withdraw it, make a new one, and use https."
    ),
    "not_allowed": gettext_noop("This API key may not do that."),
    "too_many_requests": gettext_noop("Too many requests in this minute."),
    "over_limit": gettext_noop("This API key has used up its megapixels for now."),
    "not_found": gettext_noop("There is nothing at this address."),
    "method_not_allowed": gettext_noop("This address does not take that method."),
    "malformed": gettext_noop("The body cannot be read."),
    "invalid": gettext_noop("Something in the request is not as it should be."),
    "bad_image": gettext_noop("The picture cannot be taken."),
    "not_fetched": gettext_noop("Nothing could be fetched from this address."),
    "too_large": gettext_noop("The request is too large."),
    "not_ready": gettext_noop("The result is not ready."),
    "failed": gettext_noop("The picture could not be cut out."),
    "not_wanted": gettext_noop("The batch does not take this photo."),
    "busy": gettext_noop("Too much waits at this moment."),
    "changed": gettext_noop("It has changed since you read it."),
    "under_way": gettext_noop("A request with this Idempotency-Key is under way."),
    "another_body": gettext_noop("This Idempotency-Key was used for another request."),
    "bad_idempotency_key": gettext_noop("An Idempotency-Key is a word of 1 to 255 ASCII characters."),
}


class Problem(Exception):
    """The request ends here. `errors` names fields with what is wrong with each."""

    def __init__(
        self,
        code: str,
        status: int,
        detail: str = "",
        *,
        errors: list[dict[str, str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.code, self.status, self.detail = code, status, detail
        self.errors, self.headers = errors or [], dict(headers or {})

    def answer(self) -> JsonResponse:
        document: dict[str, Any] = {
            "type": f"{settings.SITE_URL}/api/docs/#problem-{self.code}",
            "title": gettext(TITLES[self.code]),
            "status": self.status,
            "code": self.code,
        }
        if self.detail:
            document["detail"] = self.detail
        if self.errors:
            document["errors"] = self.errors
        response = JsonResponse(document, status=self.status, content_type="application/problem+json")
        for name, value in self.headers.items():
            response[name] = value
        return response


def wait(seconds: int) -> dict[str, str]:
    return {"Retry-After": str(max(1, seconds))}
