"""The policy, version by version, and who has accepted which (promises P1 and P2)."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class PolicyVersion(models.Model):
    """A draft until it has a number; immutable from then on."""

    number = models.PositiveIntegerField(unique=True, null=True, blank=True, editable=False)
    is_material = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)

    def __str__(self) -> str:
        return str(self.number or "draft")


class PolicyText(models.Model):
    """A version in one language: Markdown, one heading with an anchor for each clause."""

    version = models.ForeignKey(PolicyVersion, models.CASCADE, related_name="texts")
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    body = models.TextField()
    changes = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "language"], name="policy_text_once")]

    def __str__(self) -> str:
        return f"{self.version} {self.language}"


class PolicyAcceptance(models.Model):
    """Somebody has agreed to a version."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="policy_acceptances")
    version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="acceptances")
    accepted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "version"], name="policy_accepted_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.version_id}"
