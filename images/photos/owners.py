"""Whose something is: a member's, or that of a guest's session; for as long as it is kept."""

from typing import Self, TypeVar

from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from images.photos import guests

Row = TypeVar("Row", bound=models.Model)


class OwnedQuerySet(models.QuerySet[Row]):
    """Of rows with an `owner` or a `guest`, and an end in `expires_at`."""

    def visible_to(self, request: HttpRequest) -> Self:
        """The one door: a member's own, or those of this guest's session. One whose time is over is seen by
        nobody, even while its bytes wait for their turn to be deleted."""
        alive = self.filter(expires_at__gt=timezone.now())
        if request.user.is_authenticated:
            return alive.filter(owner=request.user)
        guest = guests.of(request)
        return alive.filter(guest=guest) if guest else self.none()

    def expired(self) -> Self:
        return self.filter(expires_at__lte=timezone.now())


def has_one_owner(noun: str) -> models.CheckConstraint:
    """The constraint that a row is a member's or a guest's, never both or nobody's."""
    either = models.Q(owner__isnull=True) ^ models.Q(guest__isnull=True)
    return models.CheckConstraint(name=f"{noun}_has_owner_or_guest", condition=either)
