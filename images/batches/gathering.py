"""Several photos of one plain form are a batch, too."""

from django.http import HttpRequest
from django.urls import reverse

from images.batches import services
from images.photos.forms import UploadForm
from images.photos.gathering import gatherer
from images.photos.models import Photo
from images.photos.services import Sender


@gatherer
def _together(request: HttpRequest, form: UploadForm, photos: list[Photo]) -> str:
    submission, _guest = form.cleaned_data["submission"]
    first = photos[0]
    sender = Sender(owner=first.owner, guest=first.guest)
    rows = Photo.objects.filter(pk__in=[photo.pk for photo in photos]).select_related("cutout")
    found = {photo.pk: photo for photo in rows}
    batch = services.gather(
        sender, submission, [found[photo.pk] for photo in photos], is_private=form.is_private
    )
    if form.rejected:
        services.note_refused(batch, [(rejected.name, rejected.failure) for rejected in form.rejected])
    return reverse("batch", args=[batch.pk])
