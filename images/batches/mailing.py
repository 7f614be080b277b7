"""A letter when a batch is done, to members who want one."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from accounts import letters
from accounts.outbox.services import post
from images.batches.models import Batch, Item


def tell_owners() -> int:
    """Write to the owners of batches in which nothing is to come any more; how many."""
    open_items = Item.objects.open().values("batch")
    done = Batch.objects.filter(wants_mail=True, mailed_at__isnull=True, owner__isnull=False)
    done = done.filter(expires_at__gt=timezone.now(), items__fate=Item.Fate.READY).exclude(pk__in=open_items)
    return sum(_tell(batch) for batch in done.select_related("owner").distinct())


def _tell(batch: Batch) -> bool:
    """Once: whoever changes the row has won, and the letter is stored in the same transaction."""
    fates = list(batch.items.values_list("fate", flat=True))
    context = {
        "ready": fates.count(Item.Fate.READY),
        "failed": fates.count(Item.Fate.FAILED) + fates.count(Item.Fate.REFUSED),
        "path": reverse("batch", args=[batch.pk]),
    }
    with transaction.atomic(), translation.override(batch.language or None):
        mine = Batch.objects.filter(pk=batch.pk, mailed_at__isnull=True)
        if not mine.update(mailed_at=timezone.now()):
            return False
        post(letters.write("images/batches/mail/done", batch.owner.email, context))  # type: ignore[union-attr]
    return True
