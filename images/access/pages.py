"""Pages of the admin about one photo: facts, and its pixels once a reason has been noted."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.people.forms import ReasonForm
from accounts.people.pages import page
from accounts.staff import ask_again
from bgbegone.lib import ratelimit
from bgbegone.lib.admins import Admin
from bgbegone.lib.http import picture
from images.access import facts, services
from images.access.models import ImageAccess
from images.photos import downloads
from images.photos.models import Photo

_LOOKS, _SECONDS = 60, 3600


def may_look(request: HttpRequest) -> bool:
    return request.user.has_perm("images.add_imageaccess")


@never_cache
@require_safe
def show(request: HttpRequest, admin: Admin, pk: str) -> HttpResponse:
    try:
        key = UUID(pk)
    except ValueError:
        raise Http404 from None
    return _show(request, admin, _photo(request, admin, key), ReasonForm(ImageAccess.Reason))


def _photo(request: HttpRequest, admin: Admin, pk: UUID) -> Photo:
    if not admin.has_view_permission(request):
        raise PermissionDenied
    return get_object_or_404(Photo.objects.select_related("cutout", "owner"), pk=pk)


def _show(
    request: HttpRequest, admin: Admin, photo: Photo, form: ReasonForm, status: int = 200
) -> HttpResponse:
    context = {
        "title": _("Photo"),
        "photo": photo,
        "facts": facts.of(photo),
        "looks": ImageAccess.objects.of(photo.pk).select_related("by"),
        "form": form,
        "may_look": may_look(request),
        "has_pictures": bool(services.pictures_of(photo)),
    }
    return page(request, admin, "images/access/photo.html", context, status)


@never_cache
@require_POST
def look(request: HttpRequest, admin: Admin, pk: UUID) -> HttpResponse:
    """Note the look, then show the page with the pictures. It cannot be opened once more."""
    photo = _photo(request, admin, pk)
    if not may_look(request):
        raise PermissionDenied
    form = ReasonForm(ImageAccess.Reason, request.POST)
    if not form.is_valid() or not services.pictures_of(photo):
        return _show(request, admin, photo, form, 422)
    again = ask_again(request, reverse("admin:images_photo_change", args=[pk]))
    if again:
        return again
    if ratelimit.is_over("image-look", str(request.user.pk), _LOOKS, _SECONDS):
        return ratelimit.too_many(request, _SECONDS)
    try:
        noted = services.look(pk, by=User.objects.get(pk=request.user.pk), **form.cleaned_data)
    except Photo.DoesNotExist:
        return _gone(request, admin)
    return page(request, admin, "images/access/look.html", _opened(photo, noted))


def _gone(request: HttpRequest, admin: Admin) -> HttpResponse:
    admin.message_user(request, _("The photo has just been deleted. There is nothing left to look at."))
    return redirect("admin:images_photo_changelist")


def _opened(photo: Photo, noted: ImageAccess) -> dict[str, Any]:
    captions = {"original.webp": _("The photo as it was sent"), "cutout.webp": _("The cut-out")}
    key = services.key_to(noted)
    return {
        "title": _("Look at a picture"),
        "photo": photo,
        "noted": noted,
        "until": noted.seen_at + services.LASTS,
        "pictures": [
            (name, captions[name], reverse("admin:images_photo_pixels", args=[photo.pk, key, name]))
            for name in services.pictures_of(photo)
        ],
    }


@require_safe
def pixels(request: HttpRequest, admin: Admin, pk: UUID, key: str, name: str) -> HttpResponseBase:
    """The one address in the admin that answers with somebody's picture."""
    photo = _photo(request, admin, pk)
    if not may_look(request):
        raise PermissionDenied
    stored = services.pictures_of(photo).get(name)
    if not stored or not services.opens(key, by=request.user.pk, photo=pk):
        raise Http404
    return picture(downloads.stored(stored), "image/webp")
