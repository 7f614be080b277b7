"""A guest's batches become a member's with the photos, also those of which no photo has arrived yet."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from images.batches.models import Batch
from images.photos.adoption import companion


@companion
def _batches(user: User, guest: UUID) -> None:
    mine = Batch.objects.filter(guest=guest, expires_at__gt=timezone.now())
    # The second click of a double click may have made one after the signing in.
    mine = mine.exclude(submission__in=Batch.objects.filter(owner=user).values("submission"))
    if mine.exists():
        lifetime = timedelta(days=settings.MEMBER_PHOTO_DAYS)
        mine.update(owner=user, guest=None, expires_at=F("created_at") + lifetime)
