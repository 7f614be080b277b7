"""The public page of a result, and the owner's power over its links (promise P14)."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bgbegone.lib import ratelimit
from bgbegone.lib.http import picture, unpublished
from images.engine import Format
from images.photos import downloads
from images.photos.views import own_photo, photo_page
from images.sharing.forms import ShareForm
from images.sharing.models import ShareLink

# Misses, not hits, are counted: whoever guesses is slowed down, and a link that works always works.
_MISSES, _SECONDS = 30, 60

_FILES = {f"cutout.{form.extension}": form for form in Format}


def _miss(request: HttpRequest) -> HttpResponse:
    """The one answer for wrong, revoked, expired and used-up links."""
    if ratelimit.is_over("share-miss", ratelimit.client_of(request), _MISSES, _SECONDS):
        return ratelimit.too_many(request, _SECONDS)
    return render(request, "404.html", status=404)


def _open_link(token: str) -> ShareLink | None:
    link = ShareLink.objects.with_token(token).first()
    return link if link and link.photo.cutout.is_done else None


@unpublished
@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponseBase:
    link = _open_link(token)
    if link is None:
        return _miss(request)
    context = {"token": token, "link": link, "cutout": link.photo.cutout}
    return render(request, "images/sharing/shared.html", context)


@unpublished
@require_safe
def shared_file(request: HttpRequest, token: str, name: str) -> HttpResponseBase:
    link = _open_link(token)
    if link is None:
        return _miss(request)
    cutout = link.photo.cutout
    if name == "preview.webp":
        return picture(downloads.stored(cutout.preview), "image/webp")
    is_counted = name in _FILES and request.method == "GET"
    if name not in _FILES or (is_counted and not link.count_download()):
        return _miss(request)
    return downloads.send(request, cutout, _FILES[name], stem="cutout")


@require_POST
def link_create(request: HttpRequest, pk: UUID) -> HttpResponse:
    photo = own_photo(request, pk)
    form = ShareForm(request.POST, photo=photo)
    if not form.is_valid():
        return photo_page(request, photo, share_form=form, status=422)
    limit = form.cleaned_data["max_downloads"]
    ShareLink.issue(photo.pk, form.lifetime, limit).save(force_insert=True)
    messages.success(request, _("A new link is ready."))
    return redirect("photo", pk)


@require_POST
def link_revoke(request: HttpRequest, pk: UUID, link_pk: UUID) -> HttpResponse:
    photo = own_photo(request, pk)
    get_object_or_404(photo.links, pk=link_pk).revoke()
    messages.success(request, _("The link has been withdrawn. It opens nothing any more."))
    return redirect("photo", pk)
