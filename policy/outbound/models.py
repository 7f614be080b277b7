"""Where our pages send people (promise P12)."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LINKS_KEPT = timedelta(days=400)


class OutboundLinkQuerySet(models.QuerySet["OutboundLink"]):
    def expired(self) -> Self:
        return self.filter(day__lt=timezone.localdate() - LINKS_KEPT)


class OutboundLink(models.Model):
    """How often the notice before another site was opened on one day. Which site, never who."""

    day = models.DateField(_("day"))
    host = models.CharField(_("site"), max_length=253)
    notices = models.PositiveIntegerField(_("times the notice was opened"), default=0)

    objects = OutboundLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("outbound link")
        verbose_name_plural = _("outbound links")
        ordering = ["-day", "-notices", "host"]
        constraints = [models.UniqueConstraint(fields=["day", "host"], name="outbound_link_once")]

    def __str__(self) -> str:
        return f"{self.host} {self.day}"
