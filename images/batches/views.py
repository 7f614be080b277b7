"""The pages of batches, for their owners."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bgbegone.lib import ratelimit
from images.batches import presenting, services, setting
from images.batches.forms import LinkForm, ManifestForm, NewBatchForm, SettingForm, TwinsForm
from images.batches.models import Batch, Item, Upload
from images.photos import adoption
from images.photos import presenting as photo_words
from images.photos.services import sender_of

# A batch is begun by a click; what follows is bounded by the number of photos that may wait.
_BATCHES_PER_MINUTE = 60


def own_batch(request: HttpRequest, pk: UUID) -> Batch:
    """The batch, when it is this visitor's; anybody else gets the same answer as for no batch."""
    adoption.adopt_stragglers(request)
    return get_object_or_404(Batch.objects.visible_to(request).select_related("owner"), pk=pk)


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """The page's script announces what it is about to send."""
    if ratelimit.is_over("batch", ratelimit.client_of(request), _BATCHES_PER_MINUTE, 60):
        return ratelimit.too_many(request, 60)
    form = NewBatchForm(request.POST)
    if not form.is_valid():
        return _refused(form)
    submission, guest = form.cleaned_data["submission"]
    entries, sender = form.cleaned_data["manifest"], sender_of(request, guest)
    facts = {"name": form.cleaned_data["name"], "is_private": form.is_private}
    try:
        begun = services.begin(sender, submission, entries, **facts)
    except services.TooMany as err:
        return JsonResponse({"sentence": str(err)}, status=422)
    return _plan(begun.batch, begun.items, status=201 if begun.is_new else 200)


@require_POST
def announce(request: HttpRequest, pk: UUID) -> HttpResponse:
    """More files for a batch, or the same ones again: the answer says which are missing."""
    batch, form = own_batch(request, pk), ManifestForm(request.POST)
    if not form.is_valid():
        return _refused(form)
    if batch.is_cancelled:
        sentence = _("This batch was cancelled. It takes no more photos.")
        return JsonResponse({"sentence": sentence}, status=422)
    try:
        items = services.announce(batch, form.cleaned_data["manifest"])
    except services.TooMany as err:
        return JsonResponse({"sentence": str(err)}, status=422)
    return _plan(batch, items)


def _refused(form: ManifestForm) -> JsonResponse:
    return JsonResponse({"sentence": str(next(iter(form.errors.values()))[0])}, status=422)


def _plan(batch: Batch, items: list[Item], status: int = 200) -> JsonResponse:
    """For each file of the manifest, in its order, whether it is wanted and where its upload stands."""
    alive = Upload.objects.filter(batch=batch, finished_at__isnull=True, expires_at__gt=timezone.now())
    stands = {
        upload.item_id: (reverse("batch_upload", args=[batch.pk, upload.pk]), upload.offset)
        for upload in alive
    }
    plan = {
        "page": reverse("batch", args=[batch.pk]),
        "uploads": reverse("batch_uploads", args=[batch.pk]),
        "isPaused": batch.is_paused,
        "files": [presenting.answer_of(item, stands) for item in items],
    }
    return JsonResponse(plan, status=status)


@never_cache
@require_safe
def batches(request: HttpRequest) -> HttpResponse:
    adoption.adopt_stragglers(request)
    rows = list(Batch.objects.visible_to(request)[:200])
    context = {"rows": presenting.lines(rows), "has_photos": True}
    return render(request, "images/batches/list.html", context)


def _number(request: HttpRequest, name: str, default: int = 0) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else default


@never_cache
@require_safe
def batch(request: HttpRequest, pk: UUID) -> HttpResponse:
    return batch_page(request, own_batch(request, pk))


def batch_page(request: HttpRequest, batch: Batch, status: int = 200, **instead: object) -> HttpResponse:
    """`instead` replaces what the page shows: a form that was refused."""
    show, after = request.GET.get("show", "all"), _number(request, "after")
    summary = presenting.Summary(batch)
    items, more = presenting.page_of(batch, show, after)
    presenting.add_remarks(items)
    context = {
        "batch": batch,
        "summary": summary,
        "items": items,
        "show": show,
        "after": after,
        "more": more,
        "first": after + 1,
        # The last page grows when files are added; the others have their fixed part of the numbers.
        "last": items[-1].number if more else 10**9,
        "shown": items[-1].number if items else after,
        "since": batch.change,
        "limits": photo_words.limits(),
        "links": batch.links.open(),
        "link_form": LinkForm(batch=batch),
        "setting_form": SettingForm.of(batch),
        "is_setting_intact": setting.is_intact(batch),
        "has_photos": True,
        **instead,
    }
    return render(request, "images/batches/batch.html", context, status=status)


@never_cache
@require_safe
def changes(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Rows that changed since a number, and the sums; 204 when nothing did and something is still to come.

    When nothing is, the answer is one that does not ask again.
    """
    batch, since = own_batch(request, pk), _number(request, "since")
    if batch.change == since and (batch.items.open().exists() or setting.being_made(batch)):
        return HttpResponse(status=204)
    summary = presenting.Summary(batch)
    first, last = _number(request, "first", 1), _number(request, "last", 10**9)
    shown, show = _number(request, "shown", last), request.GET.get("show", "all")
    # A list that shows a part only keeps its rows until it is loaded anew; its sums are always right.
    rows = list(presenting.changed(batch, since, first, last)[: presenting.PAGE * 2]) if show == "all" else []
    presenting.add_remarks(rows)
    context = {
        "batch": batch,
        "summary": summary,
        "items": [item for item in rows if item.number <= shown],
        "fresh": [item for item in rows if item.number > shown],
        "since": batch.change,
        "first": first,
        "last": last,
        "show": show,
        "shown": max([shown, *(item.number for item in rows)]),
        "is_poll": True,
    }
    return render(request, "images/batches/_changes.html", context)


@require_POST
def set_for_all(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One setting for all photos, also those to come."""
    batch = own_batch(request, pk)
    form = SettingForm(request.POST, batch=batch)
    if not form.is_valid():
        return batch_page(request, batch, status=422, setting_form=form)
    said = form.cleaned_data
    setting.change(batch, form.document, said["preset"], said["names"])
    messages.success(request, _("Set for all photos. Nothing is cut out again; files are made anew."))
    return redirect("batch", pk)


@require_POST
def pause(request: HttpRequest, pk: UUID) -> HttpResponse:
    services.pause(own_batch(request, pk))
    return redirect("batch", pk)


@require_POST
def resume(request: HttpRequest, pk: UUID) -> HttpResponse:
    services.resume(own_batch(request, pk))
    return redirect("batch", pk)


@require_POST
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    services.cancel(own_batch(request, pk))
    messages.success(request, _("Cancelled. What is ready stays here; the rest is deleted."))
    return redirect("batch", pk)


@require_POST
def retry(request: HttpRequest, pk: UUID) -> HttpResponse:
    count = services.retry_failed(own_batch(request, pk))
    words = ngettext("%(count)s photo is tried again.", "%(count)s photos are tried again.", count)
    messages.success(request, words % {"count": count})
    return redirect("batch", pk)


@require_POST
def twins(request: HttpRequest, pk: UUID) -> HttpResponse:
    batch, form = own_batch(request, pk), TwinsForm(request.POST)
    if form.is_valid():
        services.answer_twins(batch, form.cleaned_data["answer"])
    return redirect("batch", pk)


@require_POST
def mail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Whether its owner wants a letter when it is done; guests have no address."""
    batch, wanted = own_batch(request, pk), request.POST.get("wanted") == "on"
    if batch.owner_id:
        Batch.objects.filter(pk=batch.pk).update(wants_mail=wanted)
        messages.success(
            request,
            _("You get a mail when this batch is done.")
            if wanted
            else _("No mail is sent about this batch."),
        )
    return redirect("batch", pk)


@require_POST
def delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    services.delete(own_batch(request, pk))
    messages.success(
        request, _("The batch is gone. Its photos and links open no more, and their files are being deleted.")
    )
    return redirect("photos")
