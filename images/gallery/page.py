"""The owner's consent, on the page of the photo."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from images.gallery import services, wording
from images.gallery.forms import AgreeForm
from images.gallery.models import GalleryEntry, GalleryEvent
from images.photos.models import Photo
from images.photos.panels import Place, register


@register(Place.RESULT, "images/gallery/_agree.html", order=60)
def _gallery(request: HttpRequest, photo: Photo) -> Mapping[str, Any] | None:
    """Members only: a guest's photo is gone within a day, and nobody could be asked about it."""
    if not photo.owner_id:
        return None
    entry = GalleryEntry.objects.filter(photo=photo).select_related("photo__cutout").first()
    events = list(GalleryEvent.objects.filter(photo=photo.pk))
    return {
        "photo": photo,
        "entry": entry,
        "is_outdated": entry is not None and services.is_outdated(entry),
        "events": events,
        "agreed_words": next((e.words for e in reversed(events) if e.words), wording.WORDS),
        "gallery_form": AgreeForm(),
    }
