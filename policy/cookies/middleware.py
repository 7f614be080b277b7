"""Holds every answer to the list of cookies and to the visitor's choice, whoever wanted to set one."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers

from policy.cookies import attributes, comforts, consent, registry
from policy.cookies.entries import LANGUAGE

logger = logging.getLogger(__name__)


class UnlistedCookieError(Exception):
    """Something sets a cookie that the list does not have, or not in this way. Only tests see it."""


class CookieMiddleware:
    """Stands outside of everything that sets cookies."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name in list(response.cookies):
            _check(request, response, name)
        if response.headers.pop("Set-Cookie", None):
            _report("a header of its own", "not in the list")
        _delete_withdrawn(request, response)
        # Language and banner depend on these, so nobody may be given a page that was made for another.
        patch_vary_headers(response, ("Cookie", "Sec-GPC", "DNT"))
        return response


def _check(request: HttpRequest, response: HttpResponseBase, name: str) -> None:
    """Take a cookie out of the answer that may not be in it. Deleting one is always allowed."""
    morsel = response.cookies[name]
    if attributes.is_deletion(morsel):
        return
    cookie = registry.get(name)
    fault = attributes.deviation(cookie, morsel) if cookie else "not in the list"
    if cookie and not fault and consent.of(request).allows(cookie.category):
        return
    del response.cookies[name]
    if fault:
        _report(name, fault)


def _report(name: str, fault: str) -> None:
    if settings.UNLISTED_COOKIES_RAISE:
        raise UnlistedCookieError(f"{name}: {fault}")
    logger.error("cookie held back", extra={"cookie": name, "fault": fault})


def _delete_withdrawn(request: HttpRequest, response: HttpResponseBase) -> None:
    """A yes that was taken back reaches the browser's store, too."""
    for cookie in registry.optional():
        if cookie.name in request.COOKIES and not consent.of(request).allows(cookie.category):
            response.delete_cookie(cookie.name, samesite="Lax")


class LanguageMiddleware(LocaleMiddleware):
    """The language that was picked, or the one remembered from last time, or the browser's."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        remembered = comforts.of(request).language
        if remembered and not request.COOKIES.get(LANGUAGE.name):
            translation.activate(remembered)
            request.LANGUAGE_CODE = translation.get_language()
