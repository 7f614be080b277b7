"""A person's batches: rows are taken along by themselves, files that are on their way are erased (P16)."""

from django.utils.translation import gettext_lazy as _

from accounts.belongings import Keeper, register
from accounts.models import User
from images.batches import pieces
from images.batches.models import Batch


def _erase(user: User) -> int:
    batches = list(Batch.objects.filter(owner=user))
    for batch in batches:
        for upload in batch.uploads.values_list("pk", flat=True):
            pieces.delete(upload)
        batch.delete()
    return len(batches)


register(Keeper("batches", _("Batches, and files on their way"), erase=_erase))
