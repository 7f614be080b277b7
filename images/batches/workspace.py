"""What is done with several photos of “My photos” at once: taken along, shared, moved to a batch, deleted."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from images.batches import archive, services
from images.batches.models import Batch
from images.photos.models import Photo
from images.sharing.models import ShareLink

# As many as a page shows, and as an address can carry.
MOST_CHOSEN = 60


def _chosen(request: HttpRequest, texts: list[str]) -> list[Photo]:
    """The visitor's own among these ids; what is no id, or somebody else's, is left aside."""
    try:
        ids = [UUID(text) for text in texts[:MOST_CHOSEN]]
    except ValueError:
        return []
    own = Photo.objects.visible_to(request).filter(pk__in=ids).select_related("cutout")
    return list(own.order_by("-created_at"))


@require_POST
def act(request: HttpRequest) -> HttpResponse:
    photos = _chosen(request, request.POST.getlist("photo"))
    if not photos:
        messages.error(request, _("Please choose at least one photo first."))
        return redirect("photos")
    acts = {"download": _download, "share": _share, "move": _move, "delete": _delete}
    done = acts.get(request.POST.get("do", ""))
    return done(request, photos) if done else redirect("photos")


def _download(request: HttpRequest, photos: list[Photo]) -> HttpResponse:
    return redirect(_address("photos_archive", photos))


def _address(name: str, photos: list[Photo]) -> str:
    query = urlencode({"photo": [photo.pk.hex for photo in photos]}, doseq=True)
    return f"{reverse(name)}?{query}"


def _share(request: HttpRequest, photos: list[Photo]) -> HttpResponse:
    """A link to each that is ready. One that has one without a limit to what it is now keeps it, so that a
    double click adds none."""
    ready = [photo for photo in photos if photo.cutout.is_done]
    if not ready:
        messages.error(request, _("None of these photos is ready yet."))
        return redirect("photos")
    with transaction.atomic():
        list(Photo.objects.select_for_update().filter(pk__in=[photo.pk for photo in ready]))
        for photo in ready:
            made = ShareLink.issue(photo, photo.link_lifetime)
            if not photo.links.open().filter(max_downloads=None, recipe=made.recipe).exists():
                made.save(force_insert=True)
    return redirect(_address("photos_links", ready))


@never_cache
@require_safe
def links(request: HttpRequest) -> HttpResponse:
    """The addresses of several photos, to be copied one by one or all together."""
    rows = []
    for photo in _chosen(request, request.GET.getlist("photo")):
        link = photo.links.open().filter(max_downloads=None).first()
        if link:
            rows.append((photo, link))
    addresses = "\n".join(link.url for _photo, link in rows if link.url)
    context = {"rows": rows, "addresses": addresses, "has_photos": True}
    return render(request, "images/batches/shared_photos.html", context)


def _move(request: HttpRequest, photos: list[Photo]) -> HttpResponse:
    """To the batch that was picked, or to a new one."""
    target = request.POST.get("batch", "")
    own = Batch.objects.visible_to(request).filter(cancelled_at__isnull=True)
    batch = own.filter(pk=target).first() if _is_id(target) else None
    try:
        batch = services.move(photos, batch)
    except services.TooMany as err:
        messages.error(request, str(err))
        return redirect("photos")
    return redirect("batch", batch.pk)


def _is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def _delete(request: HttpRequest, photos: list[Photo]) -> HttpResponse:
    if request.POST.get("sure") != "yes":
        context = {
            "chosen": [photo.pk for photo in photos],
            "field": "photo",
            "action": reverse("photos_chosen"),
            "back": reverse("photos"),
        }
        return render(request, "images/batches/delete_chosen.html", context)
    with transaction.atomic():
        count = services.discard_photos(Photo.objects.filter(pk__in=[photo.pk for photo in photos]))
    words = ngettext("%(count)s photo has been deleted.", "%(count)s photos have been deleted.", count)
    messages.success(request, words % {"count": count})
    return redirect("photos")


@require_safe
def download(request: HttpRequest) -> HttpResponseBase:
    photos = _chosen(request, request.GET.getlist("photo"))
    packed = archive.pack_photos(photos)
    if not packed.items:
        # No message, which would start a session for whoever only reads.
        sentence = _("There is nothing in such an archive yet.")
        return render(request, "400.html", {"sentence": sentence}, status=404)
    return archive.answer(request, packed, _("photos"), is_owners=False)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def delete_everything(request: HttpRequest) -> HttpResponse:
    """GET asks, POST deletes: every photo, every batch, every link of this visitor."""
    photos = Photo.objects.visible_to(request)
    batches = Batch.objects.visible_to(request)
    if request.method != "POST":
        context = {"photos": photos.count(), "batches": batches.count(), "has_photos": True}
        return render(request, "images/batches/delete_everything.html", context)
    with transaction.atomic():
        services.discard_photos(photos)
        batches.update(expires_at=timezone.now(), cancelled_at=timezone.now())
    messages.success(request, _("Everything is gone: it opens no more, and the files are being deleted."))
    return redirect("photos")
