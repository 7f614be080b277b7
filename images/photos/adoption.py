"""A guest's photos become a member's when the guest signs up or in."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.db import models, transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from images.photos import guests
from images.photos.models import Photo

logger = logging.getLogger(__name__)

# What else becomes the member's with the photos; called in the same transaction.
Follow = Callable[[User], object]

_followers: list[Follow] = []


def follow(function: Follow) -> Follow:
    """Decorate a function that gives a member what lies around photos that have just become theirs."""
    _followers.append(function)
    return function


# What a guest has besides photos; called with the member and the guest's number, before the photos move.
Companion = Callable[[User, UUID], object]

_companions: list[Companion] = []


def companion(function: Companion) -> Companion:
    """Decorate a function that gives a member what the guest had, whether or not there are photos in it."""
    _companions.append(function)
    return function


_SINCE = "adopting_since"
# An upload that was under way in another tab at that moment is still the guest's. No upload takes longer.
_STRAGGLERS = 15 * 60


@receiver(user_logged_in)
def _adopt_at_sign_in(request: HttpRequest | None, user: User, **_kwargs: Any) -> None:
    if request is None or guests.of(request) is None:
        return
    request.session[_SINCE] = time.time()
    _adopt(request, user)


def adopt_stragglers(request: HttpRequest) -> None:
    """What this session sent as a guest and what arrived after the signing in. Free for everybody else."""
    since = request.session.get(_SINCE)
    if since is None or not request.user.is_authenticated:
        return
    _adopt(request, request.user)
    if time.time() - since > _STRAGGLERS:
        del request.session[_SINCE]
        guests.forget(request)


def _adopt(request: HttpRequest, user: User) -> None:
    guest = guests.of(request)
    if guest:
        for bring in _companions:
            bring(user, guest)
        _adopt_photos(user, guest)


def _adopt_photos(user: User, guest: UUID) -> None:
    """Photos in one statement: each is the guest's or the member's, and never nobody's.

    From then on it stays as long as if the member had sent it. Its links keep the end that they were given:
    nothing becomes public for longer than somebody was told.
    """
    # The second click of a double click may have come after the signing in: then the member has it already.
    twin = Photo.objects.filter(
        owner=user, submission=models.OuterRef("submission"), sha256=models.OuterRef("sha256")
    )
    left = Photo.objects.filter(~models.Exists(twin), guest=guest, expires_at__gt=timezone.now())
    if not left.exists():  # a question costs less than a write that changes nothing
        return
    lifetime = timedelta(days=settings.MEMBER_PHOTO_DAYS)
    with transaction.atomic():
        adopted = left.update(owner=user, guest=None, expires_at=models.F("created_at") + lifetime)
        for follow in _followers:
            follow(user)
    logger.info("photos adopted", extra={"photos": adopted})
