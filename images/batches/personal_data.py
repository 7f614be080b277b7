"""A person's batches: rows are taken along by themselves, files that are on their way are erased (P16)."""

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.belongings import Keeper, found_by, register
from accounts.models import User
from images.batches import pieces
from images.batches.links import BatchLink, Remark
from images.batches.models import Batch
from policy import erasures


def _erase(user: User) -> int:
    batches = list(Batch.objects.filter(owner=user))
    for batch in batches:
        for upload in batch.uploads.values_list("pk", flat=True):
            pieces.delete(upload)
        batch.delete()
    return len(batches)


def _withdraw(user: User) -> int:
    links = BatchLink.objects.filter(batch__owner=user, revoked_at__isnull=True)
    erasures.note_all(links)
    return links.update(revoked_at=timezone.now())


@found_by(Remark)
def _remarks(user: User) -> "QuerySet[Remark]":
    return Remark.objects.filter(link__batch__owner=user)


register(Keeper("batches", _("Batches, and files on their way"), withdraw=_withdraw, erase=_erase))
