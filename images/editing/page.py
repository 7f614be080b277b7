"""What can be had of a result, on the page of its photo."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from images.editing import remembered
from images.photos.models import Photo
from images.photos.panels import Place, register


@register(Place.RESULT, "images/editing/_download.html", order=10)
def _download(request: HttpRequest, photo: Photo) -> Mapping[str, Any]:
    return {"photo": photo, "download_form": remembered.form(request)}
