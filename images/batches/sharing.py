"""A batch for a customer: its public page and bytes, and the owner's power over the links (promise P14)."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bgbegone.lib import ratelimit
from bgbegone.lib.http import picture, unpublished
from images.batches import archive, mirror, outcomes
from images.batches.forms import LinkForm, RemarkForm
from images.batches.links import BatchLink, Remark
from images.batches.models import Item
from images.batches.views import batch_page, own_batch
from images.photos import downloads
from images.sharing import door
from images.sharing.door import miss

_PAGE = 60
_REMARKS_PER_MINUTE = 120


def _open(token: str) -> BatchLink | None:
    return BatchLink.objects.with_token(token).first()


def _shown(link: BatchLink) -> "QuerySet[Item]":
    """What a customer sees: everything that is ready, still kept, and that the owner has not rejected."""
    ready = link.batch.items.ready().exclude(verdict=Item.Verdict.REJECTED)
    # One that was deleted from the list of photos keeps its line until the clerk has deleted its bytes.
    kept = ready.filter(photo__expires_at__gt=timezone.now())
    return kept.select_related("photo__cutout").order_by("number")


# No session is read here that another site could use: the token is the right, and a password if there is one.
@csrf_exempt
@unpublished
@require_http_methods(["GET", "HEAD", "POST"])
def shared(request: HttpRequest, token: str) -> HttpResponseBase:
    link = _open(token)
    if request.method == "POST":
        return door.unlock(request, link, token)
    if link is None:
        return miss(request)
    return door.closed(request, link, token) or _page(request, link, token)


def _page(request: HttpRequest, link: BatchLink, token: str) -> HttpResponse:
    after = request.GET.get("after", "0")
    after_number = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0
    items = list(_shown(link).filter(number__gt=after_number)[: _PAGE + 1])
    remarks = {remark.item_id: remark for remark in link.remarks.filter(item__in=items)}
    context = {
        "link": link,
        "token": token,
        "rows": [(item, remarks.get(item.pk)) for item in items[:_PAGE]],
        "more": items[_PAGE - 1].number if len(items) > _PAGE else None,
        "total": _shown(link).count(),
    }
    return render(request, "images/batches/shared.html", context)


@unpublished
@require_safe
def shared_archive(request: HttpRequest, token: str) -> HttpResponseBase:
    link = _open(token)
    if link is None:
        return miss(request)
    if closed := door.closed(request, link, token):
        return closed
    packed = archive.pack(link.batch, _shown(link), listing=False)
    return archive.answer(request, packed, _("cut-outs"), is_owners=False)


@unpublished
@require_safe
def shared_picture(request: HttpRequest, token: str, number: int) -> HttpResponseBase:
    link = _open(token)
    if link is None:
        return miss(request)
    if closed := door.closed(request, link, token):
        return closed
    item = _shown(link).filter(number=number).first()
    preview = outcomes.preview_of(item) if item else ""
    return picture(downloads.stored(preview), "image/webp") if preview else miss(request)


# As above. Browsers bring the cookie that a password has given to nobody else's forms.
@csrf_exempt
@unpublished
@require_POST
def remark(request: HttpRequest, token: str, number: int) -> HttpResponseBase:
    """Accept, reject, or say something about one photo, where the owner allows it."""
    link = _open(token)
    if link is None:
        return miss(request)
    if closed := door.closed(request, link, token):
        return closed
    item = _shown(link).filter(number=number).first() if link.may_review else None
    if item is None:
        return miss(request)
    if ratelimit.is_over("remark", str(link.pk), _REMARKS_PER_MINUTE, 60):
        return ratelimit.too_many(request, 60)
    form = RemarkForm(request.POST)
    if not form.is_valid():
        sentence = str(next(iter(form.errors.values()))[0])
        return render(request, "400.html", {"sentence": sentence}, status=400)
    with transaction.atomic():
        said = {**form.cleaned_data, "said_at": timezone.now()}
        Remark.objects.update_or_create(link=link, item=item, defaults=said)
        mirror.change(link.batch_id, [item.pk])
    response = redirect("shared_batch", token)
    response["Location"] += (
        f"?after={max(number - 1, 0)}#photo-{number}" if number > _PAGE else f"#photo-{number}"
    )
    return response


@require_POST
def create(request: HttpRequest, pk: UUID) -> HttpResponse:
    batch = own_batch(request, pk)
    form = LinkForm(request.POST, batch=batch)
    if not form.is_valid():
        return batch_page(request, batch, status=422, link_form=form)
    link = BatchLink.issue(batch, form.lifetime, may_review=form.cleaned_data["may_review"])
    link.locked(form.cleaned_data["password"]).save(force_insert=True)
    messages.success(request, _("A new link is ready."))
    return redirect("batch", pk)


@require_POST
def revoke(request: HttpRequest, pk: UUID, link_pk: UUID) -> HttpResponse:
    batch = own_batch(request, pk)
    get_object_or_404(batch.links, pk=link_pk).revoke()
    messages.success(request, _("The link has been withdrawn. It opens nothing any more."))
    return redirect("batch", pk)
