"""The policy, version by version, and who has accepted which (promises P1 and P2).

A published version can never change. The methods here refuse it with a sentence; triggers in the database
refuse whatever goes past them.
"""

from collections.abc import Iterable
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Published(Exception):
    """Somebody tried to change a version that is published."""

    def __init__(self) -> None:
        super().__init__("A published version of the policy cannot be changed. Begin a new draft instead.")


class VersionQuerySet(models.QuerySet["PolicyVersion"]):
    def published(self) -> Self:
        return self.filter(number__isnull=False).order_by("-number")

    def drafts(self) -> Self:
        return self.filter(number__isnull=True).order_by("-created_at")

    def in_force(self) -> "PolicyVersion | None":
        return self.published().first()

    def newest_material(self) -> "PolicyVersion | None":
        """The last version that members have to agree to anew."""
        return self.published().filter(is_material=True).first()

    def update(self, **values: Any) -> int:
        self._refuse_published()
        return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        self._refuse_published()
        return super().delete()

    def bulk_create(
        self, objs: Iterable["PolicyVersion"], *args: Any, **options: Any
    ) -> list["PolicyVersion"]:
        objs = list(objs)
        if options.get("update_conflicts") or any(version.number for version in objs):
            raise Published
        return super().bulk_create(objs, *args, **options)

    def _refuse_published(self) -> None:
        if self.filter(number__isnull=False).exists():
            raise Published


class PolicyVersion(models.Model):
    """A draft until it has a number; immutable from then on."""

    number = models.PositiveIntegerField(_("number"), unique=True, null=True, blank=True, editable=False)
    # The version that a draft is a copy of. Publishing it later than a sibling would undo the sibling.
    based_on = models.PositiveIntegerField(_("based on version"), default=0, editable=False)
    is_material = models.BooleanField(
        _("material"),
        default=False,
        help_text=_("Members are asked to agree anew at their next visit. Nobody is sent an e-mail."),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    digest = models.CharField(_("digest"), max_length=64, blank=True, editable=False)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("policy version")
        verbose_name_plural = _("policy versions")

    def __str__(self) -> str:
        if self.number is None:
            return str(_("Draft"))
        return str(_("Version %(number)s") % {"number": self.number})

    def save(self, *args: Any, **options: Any) -> None:
        # A guard and no logic: only `services.publish` gives a number, and not through here.
        if self.number or PolicyVersion.objects.published().filter(pk=self.pk).exists():
            raise Published
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        if PolicyVersion.objects.published().filter(pk=self.pk).exists():
            raise Published
        return super().delete(*args, **options)

    @property
    def is_published(self) -> bool:
        return self.number is not None


class TextQuerySet(models.QuerySet["PolicyText"]):
    def frozen(self) -> Self:
        return self.filter(version__number__isnull=False)

    def update(self, **values: Any) -> int:
        if "version" in values or "version_id" in values:
            raise Published  # no text moves to another version
        self._refuse_frozen()
        return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        self._refuse_frozen()
        return super().delete()

    def bulk_create(self, objs: Iterable["PolicyText"], *args: Any, **options: Any) -> list["PolicyText"]:
        objs = list(objs)
        if options.get("update_conflicts") or any(text.is_frozen() for text in objs):
            raise Published
        return super().bulk_create(objs, *args, **options)

    def _refuse_frozen(self) -> None:
        if self.frozen().exists():
            raise Published


class PolicyText(models.Model):
    """A version in one language: Markdown, one heading with an anchor for each clause."""

    version = models.ForeignKey(
        PolicyVersion, models.CASCADE, related_name="texts", verbose_name=_("version")
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    # Empty in a draft alone: such a text is not published.
    body = models.TextField(
        _("text"),
        blank=True,
        help_text=_("Left empty, it is not published: people then read another language."),
    )
    changes = models.TextField(
        _("what has changed"),
        blank=True,
        help_text=_("A few sentences for people who know the version before."),
    )

    objects = TextQuerySet.as_manager()

    class Meta:
        verbose_name = _("policy text")
        verbose_name_plural = _("policy texts")
        ordering = ["language"]
        constraints = [models.UniqueConstraint(fields=["version", "language"], name="policy_text_once")]

    def __str__(self) -> str:
        return str(self.get_language_display())

    def save(self, *args: Any, **options: Any) -> None:
        if self.is_frozen():
            raise Published
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        if self.is_frozen():
            raise Published
        return super().delete(*args, **options)

    def is_frozen(self) -> bool:
        """Whether it belongs, or is about to belong, to a published version. Asks the database."""
        stored = PolicyText.objects.frozen().filter(pk=self.pk)
        return PolicyVersion.objects.published().filter(pk=self.version_id).exists() or stored.exists()


class PolicyAcceptance(models.Model):
    """Somebody has agreed to a version."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="policy_acceptances")
    version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="acceptances")
    accepted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "version"], name="policy_accepted_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.version_id}"
