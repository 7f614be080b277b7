"""What every page knows about the visitor's choice."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from policy.cookies import consent


def cookies(request: HttpRequest) -> dict[str, Any]:
    """`consent`, read only by a template that uses it."""
    return {"consent": SimpleLazyObject(lambda: consent.of(request))}
