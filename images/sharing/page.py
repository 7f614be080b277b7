"""The links of a photo, on its page."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from images.photos.models import Photo
from images.photos.panels import Place, register
from images.sharing.forms import ShareForm


@register(Place.RESULT, "images/sharing/_share.html")
def _links(request: HttpRequest, photo: Photo) -> Mapping[str, Any]:
    return {"photo": photo, "links": photo.links.open(), "share_form": ShareForm(photo=photo)}
