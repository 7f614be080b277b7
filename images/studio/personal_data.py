"""A person's preparations: found. They hold nothing that the photo does not, and go with it (promise P16)."""

from django.db.models import QuerySet

from accounts.belongings import found_by
from accounts.models import User
from images.studio.models import Preparation


@found_by(Preparation)
def _preparations(user: User) -> "QuerySet[Preparation]":
    return Preparation.objects.filter(cutout__photo__owner=user)
