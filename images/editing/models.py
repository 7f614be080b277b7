"""What is done to a cut-out, as it stands and as it was kept, and the files that are made by it."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from images.editing import moves
from images.engine.edits import output
from images.engine.edits.parts import Kind
from images.photos.models import Photo
from images.photos.owners import OwnedQuerySet, has_one_owner
from images.work.job import Job, JobQuerySet


class RenditionQuerySet(JobQuerySet["Rendition"]):
    def waiting(self) -> Self:
        """In the order in which workers take them: what somebody waits for before batches."""
        return self.filter(status=Rendition.Status.QUEUED).order_by("-queue", "queued_at", "pk")


class Rendition(Job):
    """A file made from a cut-out by a recipe, and the job that makes it. Found again by the recipe's hash."""

    noun = "rendition"

    class Queue(models.TextChoices):
        # `waiting` sorts by these values, descending, as that of cut-outs does.
        INTERACTIVE = "interactive", _("Single photos")
        BULK = "bulk", _("Batches")

    cutout = models.ForeignKey("images.Cutout", models.CASCADE, related_name="renditions")
    recipe = models.JSONField()
    digest = models.CharField(max_length=64)
    queue = models.CharField(max_length=12, choices=Queue, default=Queue.INTERACTIVE)
    last_used_at = models.DateTimeField(default=timezone.now, db_index=True)
    preview = models.CharField(max_length=200, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    bytes = models.PositiveBigIntegerField(null=True, blank=True)
    # With the size, what an archive has to know of a file before it holds it.
    crc32 = models.PositiveBigIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    # What was measured in the finished file: see `images.engine.edits.check`.
    checks = models.JSONField(default=dict, blank=True)

    objects = RenditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("rendition")
        verbose_name_plural = _("renditions")
        indexes = [models.Index(fields=["status", "-queue", "queued_at"])]
        constraints = [models.UniqueConstraint(fields=["cutout", "digest"], name="rendition_once")]

    @classmethod
    def tell(cls, pk: uuid.UUID) -> None:
        moves.announce(pk)

    @property
    def kind(self) -> Kind:
        document: dict[str, Any] = self.recipe
        return Kind(document.get("output", {}).get("format", Kind.PNG))

    @property
    def mime(self) -> str:
        return output.mime(self.kind)

    @property
    def extension(self) -> str:
        return output.extension(self.kind)


class Edit(models.Model):
    """The recipe of a photo as it stands. `revision` grows with each save: whoever saves says which one they
    have seen, so that of two tabs the later one is told and overwrites nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    photo = models.OneToOneField("images.Photo", models.CASCADE, related_name="edit")
    recipe = models.JSONField()
    revision = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("edit")
        verbose_name_plural = _("edits")

    def __str__(self) -> str:
        return str(self.id)


class Version(models.Model):
    """A recipe that was kept under a name. It never changes; going back to it makes it the edit again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    photo = models.ForeignKey("images.Photo", models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=80, blank=True)
    recipe = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["photo", "number"], name="version_number_once")]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def label(self) -> str:
        return self.name or _("Version %(number)s") % {"number": self.number}


class Preset(models.Model):
    """An edit that a member keeps for other photos. At most one is done to every new photo by itself."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="presets")
    name = models.CharField(max_length=80)
    recipe = models.JSONField()
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("preset")
        verbose_name_plural = _("presets")
        ordering = ["name", "created_at"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="preset_name_once"),
            models.UniqueConstraint(
                fields=["owner"], condition=models.Q(is_default=True), name="preset_default_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class GroundQuerySet(OwnedQuerySet["Ground"]):
    def beside(self, photo: Photo) -> Self:
        """Those of the person whose photo it is."""
        if photo.owner_id:
            return self.filter(owner=photo.owner_id)
        return self.filter(guest=photo.guest) if photo.guest else self.none()


class Ground(models.Model):
    """A picture of somebody's own that takes the place of backgrounds; kept and deleted like a photo."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="grounds"
    )
    guest = models.UUIDField(null=True, blank=True)
    file = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    mime = models.CharField(max_length=40)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    bytes = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)

    objects = GroundQuerySet.as_manager()

    class Meta:
        verbose_name = _("background picture")
        verbose_name_plural = _("background pictures")
        ordering = ["-created_at"]
        constraints = [has_one_owner("ground")]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def can_be_shown(self) -> bool:
        """Whether browsers show the file as it is."""
        return self.mime in ("image/jpeg", "image/png", "image/webp", "image/avif", "image/gif")
