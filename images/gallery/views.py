"""The public gallery, and the owner's power over what is in it (promise P13)."""

import hashlib
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bgbegone.lib.cursors import Order
from bgbegone.lib.http import picture
from images.gallery import services
from images.gallery.forms import AgreeForm
from images.gallery.models import GalleryEntry
from images.photos import downloads
from images.photos.models import Photo
from images.photos.views import own_photo, photo_page

_PER_PAGE = 12
# A browser may keep a picture, and has to ask each time whether it may still be shown. Search engines keep
# copies that nobody could call back, so they get none.
_HEADERS = {"Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex, noimageindex, noarchive"}


def _unkept(response: HttpResponseBase) -> HttpResponseBase:
    for name, value in _HEADERS.items():
        response[name] = value
    return response


@require_safe
def gallery(request: HttpRequest) -> HttpResponseBase:
    shown = Order("shown_at", "gallery").slice(
        GalleryEntry.objects.shown(), request.GET.get("at", ""), _PER_PAGE
    )
    shots = [shot for entry in shown.rows if (shot := services.shot_of(entry))]
    return _unkept(render(request, "images/gallery/gallery.html", {"shots": shots, "page": shown}))


@require_safe
def gallery_picture(request: HttpRequest, pk: UUID, name: str) -> HttpResponseBase:
    entry = GalleryEntry.objects.shown().filter(pk=pk).first()
    shot = services.shot_of(entry) if entry else None
    return small_picture(request, shot, name)


def small_picture(request: HttpRequest, shot: services.Shot | None, name: str) -> HttpResponseBase:
    """One of the two, or “as you have it”. Raises Http404 for what is not (any more) agreed to."""
    stored = shot.files.get(name) if shot else None
    if not stored:
        raise Http404
    # Each file is written once, under a name of its own.
    tag = f'"{hashlib.sha256(stored.encode()).hexdigest()[:32]}"'
    known = get_conditional_response(request, etag=tag)
    response = known or picture(downloads.stored(stored), "image/webp")
    response["ETag"] = tag
    return _unkept(response)


@login_required
@require_POST
def gallery_agree(request: HttpRequest, pk: UUID) -> HttpResponse:
    photo = own_photo(request, pk)
    if not photo.cutout.is_done:
        raise Http404
    form = AgreeForm(request.POST)
    if not form.is_valid():
        return photo_page(request, photo, gallery_form=form, status=422)
    try:
        services.agree(photo, credit=form.cleaned_data["credit"])
    except Photo.DoesNotExist:
        raise Http404 from None  # deleted meanwhile
    messages.success(request, _("Thank you. The picture may be chosen for the gallery now."))
    return redirect("photo", pk)


@login_required
@require_POST
def gallery_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    services.withdraw(own_photo(request, pk))
    messages.success(request, _("The picture is not in the gallery, and cannot be chosen for it."))
    return redirect("photo", pk)
