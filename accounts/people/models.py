"""When staff have opened somebody's contact data (promise P6)."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bgbegone.lib.appending import AppendOnly


class ContactLook(AppendOnly):
    """One look, with its reason. The person sees it; it goes with the account."""

    class Reason(models.TextChoices):
        SUPPORT = "support", _("Answering a question of this person")
        IDENTITY = "identity", _("Checking that somebody is who they say")
        SECURITY = "security", _("Protecting the account or the site")
        AGREEMENT = "agreement", _("Preparing something that the person has agreed to")
        OTHER = "other", _("Another reason")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="looks", verbose_name=_("account")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    note = models.CharField(_("note"), max_length=200, blank=True)
    at = models.DateTimeField(_("looked"), default=timezone.now)

    class Meta:
        verbose_name = _("contact data opened by staff")
        verbose_name_plural = _("contact data opened by staff")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.reason}"
