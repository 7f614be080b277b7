"""Versions of a photo: going back to one, sharing one, deleting one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from images.editing import delivery, services
from images.editing.models import Edit, Version
from images.editing.versions import TooManyLinks, share
from images.editing.views import finished_photo
from images.engine.edits import recipe as recipes
from images.photos.models import Photo


def _version(photo: Photo, number: int) -> Version:
    return get_object_or_404(photo.versions, number=number)


@require_POST
def version_restore(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """Make it the photo's edit again. What stood before is kept as a version, so that nothing is lost."""
    photo = finished_photo(request, pk)
    version, edit = _version(photo, number), Edit.objects.filter(photo=photo).first()

    def go_back() -> None:
        services.go_back(photo, recipes.parse(version.recipe), edit)

    if refused := delivery.refusal_of(request, photo, go_back):
        return refused
    messages.success(request, _("The photo's edit is that version again."))
    return redirect("photo", pk)


@require_POST
def version_share(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """A link to this version, as long-lived as a new link may be."""
    photo = finished_photo(request, pk)
    try:
        share(_version(photo, number))
    except TooManyLinks as err:
        messages.error(request, str(err))
    else:
        messages.success(request, _("A new link is ready."))
    return redirect("photo", pk)


@require_POST
def version_delete(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    _version(finished_photo(request, pk), number).delete()
    messages.success(request, _("The version has been deleted."))
    return redirect("photo", pk)
