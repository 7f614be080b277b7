"""Photos that were sent together belong together: the room above that keeps them so registers itself here."""

from collections.abc import Callable

from django.http import HttpRequest

from images.photos.forms import UploadForm
from images.photos.models import Photo

# Keeps the photos of one submission, with what was refused beside them; returns the address of their page.
Gather = Callable[[HttpRequest, UploadForm, list[Photo]], str]

_gatherers: list[Gather] = []


def gatherer(gather: Gather) -> Gather:
    _gatherers.append(gather)
    return gather


def gather(request: HttpRequest, form: UploadForm, photos: list[Photo]) -> str | None:
    """The address where several photos are shown together; None when they are single photos."""
    if len(photos) < 2 or not _gatherers:
        return None
    return _gatherers[0](request, form, photos)
