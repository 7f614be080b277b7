"""Live figures about leaving, and where the policy's question leads those who do not agree."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from accounts.leaving.models import AccountClosing, DeletionReceipt
from policy.evidence import Figure, register
from policy.versions import ways_out


@register("P16")
def _leaving() -> Iterator[Figure]:
    receipts = DeletionReceipt.objects.filter(erased_at__isnull=False).order_by("-erased_at")
    latest = receipts.first()
    yield Figure(_("Accounts erased in the last year"), receipts.count())
    yield Figure(_("Last erasure of an account"), latest.erased_at if latest else None)
    yield Figure(_("Accounts that are closed and can still come back"), AccountClosing.objects.count())


ways_out.register("account_data", _("Take my data along"))
ways_out.register("account_close", _("Close my account"))
