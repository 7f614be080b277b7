"""The upload page and the owner's pages."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)
from django_htmx.http import retarget

from bgbegone.lib import ratelimit
from bgbegone.lib.cursors import Order
from bgbegone.lib.http import is_script, picture
from images.photos import adoption, downloads, gathering, guests, panels, presenting, services
from images.photos.finding import FindForm
from images.photos.forms import UploadForm
from images.photos.models import Photo
from images.photos.panels import Place
from images.work.models import Worker
from images.work.news import nothing_new
from images.work.progress import failure_of, progress_of

_REJECTED = "rejected"
_PER_PAGE = 24


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _home(request, UploadForm())
    # Asked before the form, but after the body: what came in has to be read in any case.
    number = len(request.FILES.getlist("photos"))
    client, most = ratelimit.client_of(request), settings.MAX_PHOTOS_PER_MINUTE
    if ratelimit.is_over("upload", client, most, 60, number):
        return ratelimit.too_many(request, 60)
    form = UploadForm(request.POST, request.FILES)
    photos = services.accept_upload(form, request=request) if form.is_valid() else []
    if not photos:
        return _home(request, form, status=422)
    if len(photos) == 1 and not form.rejected:
        return _go_to(request, reverse("photo", args=[photos[0].pk]))
    if together := gathering.gather(request, form, photos):
        return _go_to(request, together)
    # The list shows what was accepted; the session carries over what was not.
    request.session[_REJECTED] = [[r.name, r.failure.code, r.failure.params] for r in form.rejected]
    return _go_to(request, reverse("photos"))


def _go_to(request: HttpRequest, address: str) -> HttpResponse:
    """A redirect; to our script the address, since it would follow a redirect without showing the page."""
    if is_script(request):
        return HttpResponse(status=201, headers={"Location": address})
    return redirect(address)


def _home(request: HttpRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    rejected, offers_first_frame = presenting.rejections(form), form.has_animation
    if rejected:
        # Whatever was wrong, the page below is ready for the next try.
        form = UploadForm(initial={"visibility": form.data.get("visibility", "link")})
    context = {
        "form": form,
        "rejected": rejected,
        "offers_first_frame": offers_first_frame,
        "limits": presenting.limits(),
        "engine_ready": Worker.objects.ready().exists(),
        "keeps": presenting.keeps(request),
        "has_photos": Photo.objects.visible_to(request).exists(),
    }
    return render(request, "images/photos/home.html", context, status=status)


@never_cache
@require_safe
def photos(request: HttpRequest) -> HttpResponse:
    adoption.adopt_stragglers(request)
    find = FindForm(request.GET)
    rows = find.among(Photo.objects.visible_to(request).select_related("cutout"))
    at = request.GET.get("at", "")
    order = Order("created_at", f"photos:{request.user.pk or guests.of(request)}")
    page = order.slice(rows, at, _PER_PAGE)
    context = {
        "page": page,
        "at": at,
        "has_active": any(photo.cutout.is_active for photo in page.rows),
        "rejected": presenting.stored_rejections(request.session.pop(_REJECTED, [])),
        "has_photos": True,
        "find": find,
        "tools": panels.on_list(request),
    }
    return render(request, "images/photos/list.html", context)


def own_photo(request: HttpRequest, pk: UUID) -> Photo:
    """The photo, when it is this visitor's; anybody else gets the same answer as for no photo."""
    return get_object_or_404(Photo.objects.visible_to(request).select_related("cutout"), pk=pk)


@never_cache
@require_safe
def photo(request: HttpRequest, pk: UUID) -> HttpResponse:
    return photo_page(request, own_photo(request, pk))


def photo_page(request: HttpRequest, photo: Photo, status: int = 200, **instead: object) -> HttpResponse:
    """`instead` replaces what panels show: a form that was refused."""
    context = _context(request, photo, **instead)
    context["notes"] = panels.shown(Place.HEAD, request, photo)
    return render(request, "images/photos/photo.html", context, status=status)


@never_cache
@require_safe
def photo_status(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is new for a page that shows the work: nothing, the card with the stages, or the outcome."""
    photo = own_photo(request, pk)
    seen = request.GET.get("seen", "")
    if not photo.cutout.is_active:
        return retarget(render(request, "images/photos/_status.html", _context(request, photo)), ".working")
    progress = progress_of(photo.cutout)
    if progress.key == seen:
        return nothing_new(request, photo.cutout, seen)
    context = {"photo": photo, "cutout": photo.cutout, "progress": progress}
    return render(request, "images/photos/_working.html", context)


def _context(request: HttpRequest, photo: Photo, **instead: object) -> dict[str, object]:
    cutout = photo.cutout
    return {
        "photo": photo,
        "cutout": cutout,
        "progress": progress_of(cutout) if cutout.is_active else None,
        "failure": failure_of(cutout),
        "panels": panels.shown(Place.RESULT, request, photo, **instead) if cutout.is_done else [],
        "has_photos": True,
    }


@require_safe
def photo_file(request: HttpRequest, pk: UUID, name: str) -> HttpResponseBase:
    """The small pictures of the page: what was sent, and what came out."""
    photo = own_photo(request, pk)
    stored = {"original.webp": photo.preview, "cutout.webp": photo.cutout.preview}.get(name)
    if not stored:
        raise Http404
    return picture(downloads.stored(stored), "image/webp")


@require_POST
def photo_delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    services.delete_photo(own_photo(request, pk))
    messages.success(request, _("The photo, its result and its links have been deleted."))
    return redirect("photos")


@require_POST
def photo_retry(request: HttpRequest, pk: UUID) -> HttpResponse:
    services.retry(own_photo(request, pk))
    return redirect("photo", pk)
