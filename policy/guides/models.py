"""Guides, and how often readers went from one to another (promise P9)."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Steps older than this influence nothing any more, and so they go.
STEPS_KEPT = timedelta(days=90)
# A pair of guides that fewer readers took says something about somebody rather than about guides.
SMALLEST_GROUP = 10

_ILLUSTRATED = frozenset(
    {"product-photos", "portraits-and-hair", "pets", "cars", "marketplace-rules", "logos"}
)


class GuideQuerySet(models.QuerySet["Guide"]):
    def published(self) -> Self:
        return self.filter(is_published=True)

    def for_readers_of(self, language: str) -> "list[Guide]":
        """Each published guide once, in this language or else in English, in editorial order."""
        guides = self.published().filter(language__in=(language, "en")).defer("body")
        return sorted(_best(guides, language), key=lambda guide: (guide.order, guide.slug))

    def to_read(self, slug: str, language: str) -> "Guide | None":
        """One published guide in this language or else in English."""
        guides = self.published().filter(slug=slug, language__in=(language, "en"))
        return next(iter(_best(guides, language)), None)


def _best(guides: "Iterable[Guide]", language: str) -> "Iterable[Guide]":
    by_slug: dict[str, Guide] = {}
    for guide in guides:
        if guide.slug not in by_slug or guide.language == language:
            by_slug[guide.slug] = guide
    return by_slug.values()


class Guide(models.Model):
    """A page of advice in one language, written in Markdown."""

    slug = models.SlugField(_("name in the address"), max_length=60)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    title = models.CharField(_("title"), max_length=120)
    summary = models.CharField(_("summary"), max_length=300, help_text=_("One or two sentences."))
    body = models.TextField(_("text"), help_text=_("Markdown; headings start at the second level, ##."))
    order = models.PositiveSmallIntegerField(_("place in the list"), default=100)
    is_published = models.BooleanField(_("published"), default=False)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    objects = GuideQuerySet.as_manager()

    class Meta:
        verbose_name = _("guide")
        verbose_name_plural = _("guides")
        ordering = ["order", "slug", "language"]
        constraints = [models.UniqueConstraint(fields=["slug", "language"], name="guide_once")]

    def __str__(self) -> str:
        return f"{self.slug} ({self.language})"

    def get_absolute_url(self) -> str:
        return reverse("guide", args=[self.slug])

    @property
    def illustration(self) -> str:
        """Its drawing among the static files; guides that staff add share one."""
        name = self.slug if self.slug in _ILLUSTRATED else "guide"
        return f"img/guides/{name}.svg"


class GuideStepQuerySet(models.QuerySet["GuideStep"]):
    def expired(self) -> Self:
        return self.filter(day__lt=_oldest_day())

    def popular_after(self, slug: str) -> dict[str, int]:
        """Where readers of a guide went next, and how many; small groups left out."""
        totals = (
            self.filter(from_slug=slug, day__gte=_oldest_day())
            .values_list("to_slug")
            .annotate(total=Sum("count"))
            .filter(total__gte=SMALLEST_GROUP)
        )
        return dict(totals)


def _oldest_day() -> date:
    return timezone.localdate() - STEPS_KEPT


class GuideStep(models.Model):
    """How many readers went from one guide to another on one day. Never who."""

    day = models.DateField()
    from_slug = models.SlugField(max_length=60)
    to_slug = models.SlugField(max_length=60)
    count = models.PositiveIntegerField(default=0)

    objects = GuideStepQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["from_slug", "to_slug", "day"], name="guide_step_once")
        ]

    def __str__(self) -> str:
        return f"{self.from_slug} → {self.to_slug} {self.day}"
