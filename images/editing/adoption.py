"""A guest's background pictures become a member's with the photos."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.db.models import F
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import User
from images.editing.models import Ground
from images.photos import guests


@receiver(user_logged_in)
def _adopt(request: HttpRequest | None, user: User, **_kwargs: Any) -> None:
    guest = guests.of(request) if request else None
    if guest is None:
        return
    lifetime = timedelta(days=settings.MEMBER_PHOTO_DAYS)
    Ground.objects.filter(guest=guest).update(owner=user, guest=None, expires_at=F("created_at") + lifetime)
