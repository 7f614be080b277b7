"""The page on which its owner goes through a batch: one photo large, the most doubtful first."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bgbegone.lib.http import is_script, picture
from images.batches import outcomes, presenting, services, setting
from images.batches.models import Batch, Item
from images.batches.views import own_batch
from images.photos import downloads

# So many come with the page; whoever has looked at them loads it anew.
_MOST = 2000
_FILTERS = ("todo", "look", "unfit", "failed", "all")


def chosen(batch: Batch, show: str) -> QuerySet[Item]:
    """The items of one filter, the most doubtful first."""
    ready = Q(fate=Item.Fate.READY)
    if show == "unfit":
        return setting.unfit(batch).select_related("photo__cutout", "batch").by_doubt()
    filters = {
        "todo": ready & Q(verdict=Item.Verdict.NONE),
        "look": presenting.doubtful(),
        "failed": Q(fate=Item.Fate.FAILED),
        "all": ready,
    }
    return batch.items.filter(filters[show]).select_related("photo__cutout", "batch").by_doubt()


@never_cache
@require_safe
def review(request: HttpRequest, pk: UUID) -> HttpResponse:
    batch = own_batch(request, pk)
    show = request.GET.get("show", "todo")
    show = show if show in _FILTERS else "todo"
    items = list(chosen(batch, show)[:_MOST])
    wanted = request.GET.get("item", "")
    at = next((n for n, item in enumerate(items) if str(item.pk) == wanted), 0)
    context = {
        "batch": batch,
        "summary": presenting.Summary(batch),
        "show": show,
        "item": items[at] if items else None,
        "edit": studio_address(items[at]) if items else "",
        "following": items[at + 1] if at + 1 < len(items) else None,
        "at": at,
        "items": [_facts(item) for item in items],
        "has_photos": True,
    }
    return render(request, "images/batches/review.html", context)


def _facts(item: Item) -> dict[str, Any]:
    """What the page's script needs to show the item without asking."""
    photo, failure = item.photo, item.failure
    is_doubtful = photo is not None and photo.cutout.needs_a_look
    is_ready = item.fate == Item.Fate.READY
    return {
        "item": str(item.pk),
        "name": item.name,
        "folder": item.folder,
        "number": item.number,
        "verdict": item.verdict,
        "confidence": None if item.confidence is None else round(100 * item.confidence),
        "look": is_doubtful,
        "after": preview_address(item) if is_ready else "",
        "before": _file(item, "original.webp") if is_ready else "",
        "width": photo.width if photo else 0,
        "height": photo.height if photo else 0,
        "edit": studio_address(item),
        "why": failure.sentence if failure else "",
    }


def studio_address(item: Item) -> str:
    """The studio, from which one comes back to this very photo."""
    back = (
        f"{reverse('batch_review', args=[item.batch_id])}?{urlencode({'show': 'all', 'item': str(item.pk)})}"
    )
    return f"{reverse('studio', args=[item.photo_id])}?{urlencode({'back': back})}"


def preview_address(item: Item) -> str:
    """Another one whenever the item has changed, since a browser may keep what it has shown."""
    return f"{reverse('batch_preview', args=[item.batch_id, item.pk])}?v={item.change}"


@require_safe
def preview(request: HttpRequest, pk: UUID, item_pk: UUID) -> HttpResponseBase:
    """A small picture of the item's file as the batch's setting makes it."""
    items = own_batch(request, pk).items.select_related("photo__cutout", "batch")
    name = outcomes.preview_of(get_object_or_404(items, pk=item_pk, photo__isnull=False))
    if not name:
        raise Http404
    response = picture(downloads.stored(name), "image/webp")
    # For this page alone and for a while: what was loaded ahead must not be loaded again when it is shown.
    response["Cache-Control"] = "private, max-age=600"
    return response


def _file(item: Item, name: str) -> str:
    return reverse("photo_file", args=[item.photo_id, name])


@require_POST
def judge(request: HttpRequest, pk: UUID, item_pk: UUID) -> HttpResponse:
    """Accept, reject, take back, or have it cut out once more."""
    batch = own_batch(request, pk)
    item = get_object_or_404(batch.items.select_related("photo__cutout"), pk=item_pk, photo__isnull=False)
    if request.POST.get("verdict") == "redo":
        services.redo(item)
    elif request.POST.get("verdict") in Item.Verdict.values:
        services.judge(item, request.POST["verdict"])
    else:
        return JsonResponse({"sentence": _("This is no answer.")}, status=422)
    if is_script(request):
        return HttpResponse(status=204)
    query = urlencode({"show": request.POST.get("show", "todo"), "item": request.POST.get("following", "")})
    return redirect(f"{reverse('batch_review', args=[pk])}?{query}")
