"""The public page of a result, and the owner's power over its links (promise P14)."""

from typing import IO
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bgbegone.lib.http import picture, unpublished
from images.engine.errors import EngineError
from images.photos import downloads
from images.photos.making import Shown, maker
from images.photos.models import Photo
from images.photos.views import own_photo, photo_page
from images.sharing import door
from images.sharing.door import miss
from images.sharing.forms import ShareForm
from images.sharing.models import ShareLink
from images.sharing.preview import reduced

_STEM = "cutout"


def _open_link(token: str) -> ShareLink | None:
    link = ShareLink.objects.with_token(token).first()
    return link if link and link.photo.cutout.is_done else None


# No session is read here that another site could use: the token is the right, and a password if there is one.
@csrf_exempt
@unpublished
@require_http_methods(["GET", "HEAD", "POST"])
def shared(request: HttpRequest, token: str) -> HttpResponseBase:
    link = _open_link(token)
    if request.method == "POST":
        return door.unlock(request, link, token)
    if link is None:
        return miss(request)
    return door.closed(request, link, token) or _page(request, link, token)


def _page(request: HttpRequest, link: ShareLink, token: str) -> HttpResponse:
    shown = _shown(link)
    if shown is None:
        return miss(request)
    context = {"token": token, "link": link, "shown": shown}
    return render(request, "images/sharing/shared.html", context)


@unpublished
@require_safe
def shared_file(request: HttpRequest, token: str, name: str) -> HttpResponseBase:
    link = _open_link(token)
    if link is None:
        return miss(request)
    if closed := door.closed(request, link, token):
        return closed
    if name == "preview.webp":
        return _preview(request, link)
    stem, _dot, ending = name.partition(".")
    try:
        response = maker().answer(request, link.photo, link.recipe, ending, _STEM) if stem == _STEM else None
    except Http404:
        response = None
    is_counted = response is not None and request.method == "GET" and response.status_code == 200
    if response is None or (is_counted and not link.count_download()):
        return miss(request)
    return response


def _shown(link: ShareLink) -> Shown | None:
    """None when it cannot be made any more: the picture behind the photo was deleted since."""
    try:
        return maker().shown(link.photo, link.recipe)
    except (EngineError, Photo.DoesNotExist):
        return None


def _preview(request: HttpRequest, link: ShareLink) -> HttpResponseBase:
    shown = _shown(link)
    if shown is None or not shown.preview:
        return miss(request)
    file: IO[bytes] = downloads.stored(shown.preview)
    if link.max_downloads is not None:
        file = reduced(file, max(shown.width, shown.height))
    return picture(file, "image/webp")


@require_POST
def link_create(request: HttpRequest, pk: UUID) -> HttpResponse:
    photo = own_photo(request, pk)
    form = ShareForm(request.POST, photo=photo)
    if not form.is_valid():
        return photo_page(request, photo, share_form=form, status=422)
    limit = form.cleaned_data["max_downloads"]
    link = ShareLink.issue(photo, form.lifetime, limit)
    link.locked(form.cleaned_data["password"]).save(force_insert=True)
    messages.success(request, _("A new link is ready."))
    return redirect("photo", pk)


@require_POST
def link_revoke(request: HttpRequest, pk: UUID, link_pk: UUID) -> HttpResponse:
    photo = own_photo(request, pk)
    get_object_or_404(photo.links, pk=link_pk).revoke()
    messages.success(request, _("The link has been withdrawn. It opens nothing any more."))
    return redirect("photo", pk)
