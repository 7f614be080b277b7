"""A photo's result as a file."""

from uuid import UUID

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from images.editing import delivery, remembered, services
from images.editing.forms import DownloadForm
from images.photos.models import Photo
from images.photos.views import own_photo


@require_GET
def photo_download(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The download that the query string asks for."""
    photo = _finished(request, pk)
    form = DownloadForm(request.GET)
    if not form.is_valid():
        return delivery.refused(request, str(next(iter(form.errors.values()))[0]))
    recipe = form.applied_to(services.current(photo))
    response = delivery.answer(request, photo, recipe, stem_of(photo))
    if response.status_code == 200 and form.has_changed():
        remembered.keep(request, response, form)
    return response


def _finished(request: HttpRequest, pk: UUID) -> Photo:
    photo = own_photo(request, pk)
    if not photo.cutout.is_done:
        raise Http404
    return photo


def stem_of(photo: Photo) -> str:
    return f"{photo.name.rpartition('.')[0] or photo.name or 'photo'}-cutout"
