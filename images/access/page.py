"""When staff looked at a photo, on the photo's own page (promise P13)."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from images.access.models import ImageAccess
from images.photos.models import Photo
from images.photos.panels import Place, register


@register(Place.HEAD, "images/access/_noted.html")
def _looks(request: HttpRequest, photo: Photo) -> Mapping[str, Any]:
    return {"looks": ImageAccess.objects.of(photo.pk)}
