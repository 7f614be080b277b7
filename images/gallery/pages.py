"""Pages of the admin on which staff choose what the gallery shows."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.people.pages import page
from bgbegone.lib.admins import Admin
from bgbegone.lib.cursors import Order
from images.gallery import services
from images.gallery.models import GalleryEntry
from images.gallery.views import small_picture

_PER_PAGE = 24


def may_choose(request: HttpRequest) -> bool:
    return request.user.has_perm("images.change_galleryentry")


@never_cache
@require_safe
def choices(request: HttpRequest, admin: Admin) -> HttpResponse:
    """Either those that wait, or those that are shown."""
    if not admin.has_view_permission(request):
        raise PermissionDenied
    is_shown = "shown" in request.GET
    rows = GalleryEntry.objects.agreed().filter(shown_at__isnull=not is_shown)
    found = Order("agreed_at", f"choices-{is_shown}").slice(rows, request.GET.get("at", ""), _PER_PAGE)
    context = {
        "title": _("Pictures for the gallery"),
        "is_shown": is_shown,
        "found": found,
        "choices": [(entry, services.shot_of(entry)) for entry in found.rows],
        "may_choose": may_choose(request),
    }
    return page(request, admin, "images/gallery/choices.html", context)


@require_POST
def choose(request: HttpRequest, admin: Admin, pk: UUID) -> HttpResponse:
    """Put it in, or take it out."""
    if not may_choose(request):
        raise PermissionDenied
    is_shown = "take-down" in request.POST
    done = services.take_down(pk) if is_shown else services.show(pk)
    if done:
        words = (
            _("The picture has been taken out of the gallery.") if is_shown else _("The picture is shown.")
        )
        admin.log_change(request, GalleryEntry(pk=pk), words)
        admin.message_user(request, words)
    else:
        words = _("Nothing was changed: its owner has withdrawn it, or somebody else was faster.")
        admin.message_user(request, words, level="WARNING")
    response = redirect("admin:images_galleryentry_changelist")
    if is_shown:
        response["Location"] += "?shown"
    return response


@require_safe
def picture(request: HttpRequest, admin: Admin, pk: UUID, name: str) -> HttpResponseBase:
    if not admin.has_view_permission(request):
        raise PermissionDenied
    entry = GalleryEntry.objects.agreed().filter(pk=pk).first()
    return small_picture(request, services.shot_of(entry) if entry else None, name)
