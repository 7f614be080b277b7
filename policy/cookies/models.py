"""What visitors have decided about cookies."""

import uuid
from datetime import timedelta
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

KEPT = timedelta(days=365)


class CookieConsentQuerySet(models.QuerySet["CookieConsent"]):
    def expired(self) -> Self:
        return self.filter(given_at__lt=timezone.now() - KEPT)


class CookieConsent(models.Model):
    """One answer to the question about cookies; a new answer is a new row (promise P11).

    The id is a receipt: only the browser that gave the answer has it, and nothing here leads to a person.
    """

    class How(models.TextChoices):
        BANNER = "banner", _("at the foot of a page")
        PAGE = "page", _("on the page about cookies")

    id = models.UUIDField(_("receipt"), primary_key=True, default=uuid.uuid4, editable=False)
    version = models.CharField(_("list of cookies"), max_length=16)
    convenience = models.BooleanField(_("convenience"))
    statistics = models.BooleanField(_("statistics"))
    given_at = models.DateTimeField(_("given at"), default=timezone.now, db_index=True)
    how = models.CharField(_("where"), max_length=10, choices=How.choices)

    objects = CookieConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("cookie choice")
        verbose_name_plural = _("cookie choices")

    def __str__(self) -> str:
        return f"{self.id} {self.given_at:%Y-%m-%d}"
