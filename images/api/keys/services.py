"""Making a key, and finding the row of one that somebody shows."""

import hmac
import logging

from django.utils import timezone

from images.api.keys.models import ApiKey, digest_of, new_secret, prefix_of
from policy import erasures, figures

logger = logging.getLogger(__name__)

# Compared with when no row has the prefix, so that a wrong key takes as long as a right one.
_NOBODY = "0" * 64


def issue(key: ApiKey) -> str:
    """Save a new key and return its text, which nobody can be shown again."""
    secret = new_secret(is_sandbox=key.is_sandbox)
    key.prefix, key.digest = prefix_of(secret), digest_of(secret)
    key.save(force_insert=True)
    figures.add("api.keys.issued")
    logger.info("api key issued", extra={"key": key.pk})
    return secret


def find(secret: str) -> ApiKey | None:
    """The row of this key, whether or not it still opens anything; None for a wrong one."""
    key = ApiKey.objects.select_related("owner").filter(prefix=prefix_of(secret)).first()
    is_right = hmac.compare_digest(key.digest if key else _NOBODY, digest_of(secret))
    return key if key and is_right else None


def find_open(secret: str) -> ApiKey | None:
    key = find(secret)
    return key if key and ApiKey.objects.open().filter(pk=key.pk).exists() else None


def revoke_all(owner_id: int) -> int:
    unrevoked = ApiKey.objects.filter(owner_id=owner_id, revoked_at__isnull=True)
    erasures.note_all(unrevoked)
    return unrevoked.update(revoked_at=timezone.now())
