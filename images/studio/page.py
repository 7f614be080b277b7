"""The way into the studio, on the page of a photo."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from images.photos.models import Photo
from images.photos.panels import Place, register


@register(Place.RESULT, "images/studio/_panel.html", order=15)
def _way_in(request: HttpRequest, photo: Photo) -> Mapping[str, Any]:
    return {"photo": photo}
