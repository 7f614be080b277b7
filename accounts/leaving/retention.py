"""Packages that are old, accounts whose days are over, receipts that nobody needs any more."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.leaving import services
from accounts.leaving.models import RECEIPT_KEPT, AccountExport, DeletionReceipt
from policy import retention


@retention.register("exports", every=timedelta(hours=1), what=_("Packages of personal data"))
def _delete_old_exports() -> int:
    old = list(AccountExport.objects.expired())
    for export in old:
        services.delete_export(export)
    return len(old)


@retention.register("closed-accounts", every=timedelta(minutes=10), what=_("Accounts that were closed"))
def _erase_closed_accounts() -> int:
    return services.erase_due()


@retention.register("receipts", every=timedelta(days=1), what=_("Receipts for deleted accounts"))
def _delete_old_receipts() -> int:
    limit = timezone.now() - RECEIPT_KEPT
    return DeletionReceipt.objects.filter(erased_at__lt=limit).delete()[0]
