"""What a link answers before it opens: “nothing here”, or the question for its own password (promise P14).

The password is kept as a hash. A wrong one, a right one and one for a link that there is not cost one hash
each. Whoever gave the right one has a cookie for this link's own addresses, which a new password would end.
"""

from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts import throttle
from bgbegone.lib import ratelimit
from images.sharing.capability import Capability
from images.sharing.cookies import OPENED
from policy.cookies.attributes import give

# Misses, not hits, are counted: whoever guesses is slowed down, and a link that works always works.
_MISSES, _SECONDS = 30, 60
_STAYS_OPEN = timedelta(hours=12)
_TRIES, _WAIT = "link", 300


def miss(request: HttpRequest) -> HttpResponse:
    """The one answer for wrong, revoked, expired and used-up links."""
    if ratelimit.is_over("share-miss", ratelimit.client_of(request), _MISSES, _SECONDS):
        return ratelimit.too_many(request, _SECONDS)
    return render(request, "404.html", status=404)


def closed(request: HttpRequest, link: Capability, token: str) -> HttpResponse | None:
    """The question for the password; None when the visitor may see what the link opens, which is noted."""
    if not _is_open(request, link):
        page = _page_of(link, token)
        return _ask(request, page) if request.path == page else redirect(page)
    if request.method != "HEAD":
        link.note_opened()
    return None


def unlock(request: HttpRequest, link: Capability | None, token: str) -> HttpResponse:
    """The answer to a password."""
    words = request.POST.get("password", "").strip()
    if link is None:
        answer = miss(request)
        if answer.status_code == 404:
            make_password(words)
        return answer
    page = _page_of(link, token)
    if not link.password:
        return redirect(page)
    if throttle.is_over(request, str(link.pk), kind=_TRIES):
        return ratelimit.too_many(request, _WAIT)
    if not check_password(words, link.password):
        return _ask(request, page, is_wrong=True)
    throttle.give_back(request, str(link.pk), kind=_TRIES)
    response = redirect(page)
    give(response, OPENED, _signer(link).sign(str(link.pk)), path=page)
    return response


def _page_of(link: Capability, token: str) -> str:
    return reverse(link.route, args=[token])


def _ask(request: HttpRequest, page: str, *, is_wrong: bool = False) -> HttpResponse:
    context = {"page": page, "is_wrong": is_wrong}
    return render(request, "images/sharing/locked.html", context, status=422 if is_wrong else 200)


def _is_open(request: HttpRequest, link: Capability) -> bool:
    if not link.password:
        return True
    try:
        shown = _signer(link).unsign(request.COOKIES.get(OPENED.name, ""), max_age=_STAYS_OPEN)
    except signing.BadSignature:
        return False
    return bool(shown == str(link.pk))


def _signer(link: Capability) -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=f"{link.salt}:{link.password}")
