"""The owner's archives, and what is done with the chosen rows of the list."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from images.batches import archive, services
from images.batches.models import Item
from images.batches.views import own_batch


@require_safe
def whole(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """`which` is all, accepted, changed or chosen; chosen ones come as numbers in `n`."""
    batch = own_batch(request, pk)
    items = archive.wanted(batch, request.GET.get("which", "all"), request.GET.get("n", ""))
    packed = archive.pack(batch, items)
    if not packed.items:
        messages.error(request, _("There is nothing in such an archive yet."))
        return redirect("batch", pk)
    return archive.answer(request, packed, batch.title)


@require_POST
def chosen(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Download, try again or delete the rows that were ticked."""
    batch = own_batch(request, pk)
    ids = [item for item in request.POST.getlist("item") if len(item) == 36]
    items = list(batch.items.filter(pk__in=ids, photo__isnull=False)) if _are_ids(ids) else []
    if not items:
        messages.error(request, _("Please choose at least one photo first."))
        return redirect("batch", pk)
    act = {"download": _download, "retry": _retry, "delete": _delete}.get(request.POST.get("do", ""))
    return act(request, pk, items) if act else redirect("batch", pk)


def _are_ids(texts: list[str]) -> bool:
    try:
        return all(UUID(text) for text in texts)
    except ValueError:
        return False


def _download(request: HttpRequest, pk: UUID, items: list[Item]) -> HttpResponse:
    numbers = archive.ranges_of([item.number for item in items])
    return redirect(f"{reverse('batch_archive', args=[pk])}?which=chosen&n={numbers}")


def _retry(request: HttpRequest, pk: UUID, items: list[Item]) -> HttpResponse:
    count = services.retry_failed(own_batch(request, pk), items)
    words = ngettext("%(count)s photo is tried again.", "%(count)s photos are tried again.", count)
    messages.success(request, words % {"count": count})
    return redirect("batch", pk)


def _delete(request: HttpRequest, pk: UUID, items: list[Item]) -> HttpResponse:
    if request.POST.get("sure") != "yes":
        context = {
            "chosen": [item.pk for item in items],
            "field": "item",
            "action": reverse("batch_chosen", args=[pk]),
            "back": reverse("batch", args=[pk]),
        }
        return render(request, "images/batches/delete_chosen.html", context)
    count = services.delete_items(own_batch(request, pk), items)
    words = ngettext("%(count)s photo has been deleted.", "%(count)s photos have been deleted.", count)
    messages.success(request, words % {"count": count})
    return redirect("batch", pk)
