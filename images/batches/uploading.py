"""The addresses at which files arrive, for the page's own script and for any client that speaks tus."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from images.batches import arrivals, pieces, services, tus
from images.batches.models import UPLOAD_LIFETIME, Batch, Item, Upload
from images.batches.tus import Refused
from images.work.failures import Failure, StorageFull

View = Callable[..., HttpResponse]


def _speaks_tus(view: View) -> View:
    """Refusals become answers. No form's token is asked for: see `tus.check_version`."""

    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if request.method == "OPTIONS":
                return tus.abilities()
            tus.check_version(request)
            return view(request, *args, **kwargs)
        except Refused as err:
            return tus.refusal(err)
        except StorageFull:
            return tus.refusal(Refused(507, Failure("storage_full", {}).sentence))

    return wrapped


def _own_batch(request: HttpRequest, pk: UUID) -> Batch:
    batch = Batch.objects.visible_to(request).filter(pk=pk).first()
    if batch is None:
        raise Refused(404, _("There is no such batch."))
    return batch


def _own_upload(request: HttpRequest, pk: UUID, upload_pk: UUID) -> Upload:
    """Somebody else's upload, a wrong address and one that is over answer alike."""
    batch = _own_batch(request, pk)
    alive = Upload.objects.filter(batch=batch, pk=upload_pk, expires_at__gt=timezone.now())
    upload = alive.select_related("item").first()
    if upload is None:
        raise Refused(404, _("There is no such upload, or it has ended."))
    return upload


@_speaks_tus
def uploads(request: HttpRequest, pk: UUID) -> HttpResponse:
    """POST makes an upload; with `creation-with-upload` its first bytes come along."""
    if tus.method_of(request) != "POST":
        raise Refused(405, _("Uploads are begun with POST."), {"Allow": "OPTIONS, POST"})
    batch = _own_batch(request, pk)
    upload = _begin(batch, request)
    if tus.brings_bytes(request) and upload.offset == 0:
        _append(request, upload)
    location = reverse("batch_upload", args=[batch.pk, upload.pk])
    return tus.answer(201, Location=location, **tus.state_of(upload))


def _begin(batch: Batch, request: HttpRequest) -> Upload:
    """The upload of one file. A file that is on its way already goes on where it stands."""
    size, metadata = tus.length_of(request), tus.metadata_of(request)
    try:
        item = services.item_for(batch, metadata, size)
    except services.NotWanted as err:
        raise Refused(409, str(err)) from None
    header = request.headers.get("Upload-Metadata", "")
    fresh = {
        "batch": batch,
        "size": size,
        "metadata": header,
        "expires_at": timezone.now() + UPLOAD_LIFETIME,
    }
    upload = _made_or_found(item, fresh)
    if upload.size != size:
        raise Refused(409, _("This file was announced with another size."))
    return upload


def _made_or_found(item: Item, fresh: dict[str, Any]) -> Upload:
    try:
        with transaction.atomic():
            return Upload.objects.get_or_create(item=item, defaults=fresh)[0]
    except IntegrityError:
        # The item went at this very moment: its photo or its batch was deleted.
        raise Refused(404, _("There is no such batch.")) from None


@_speaks_tus
def upload(request: HttpRequest, pk: UUID, upload_pk: UUID) -> HttpResponse:
    """HEAD says where it stands, PATCH adds bytes, DELETE ends it."""
    verb = tus.method_of(request)
    answer = {"HEAD": _stands, "PATCH": _patch, "DELETE": _delete}.get(verb)
    if answer is None:
        raise Refused(405, _("An upload knows HEAD, PATCH and DELETE."), {"Allow": "HEAD, PATCH, DELETE"})
    return answer(request, _own_upload(request, pk, upload_pk))


def _stands(request: HttpRequest, upload: Upload) -> HttpResponse:
    headers = {"Upload_Length": str(upload.size), **tus.state_of(upload)}
    if upload.metadata:
        headers["Upload_Metadata"] = upload.metadata
    return tus.answer(200, **headers)


def _patch(request: HttpRequest, upload: Upload) -> HttpResponse:
    if not tus.brings_bytes(request):
        raise Refused(415, _("Bytes are sent as %(type)s.") % {"type": tus.OFFSET_TYPE})
    if tus.number_in(request, "Upload-Offset") != upload.offset:
        raise _elsewhere()
    _append(request, upload)
    return tus.answer(204, **tus.state_of(upload))


def _elsewhere() -> Refused:
    return Refused(409, _("The upload stands at another byte. Ask where, and go on from there."))


def _append(request: HttpRequest, upload: Upload) -> None:
    most, checksum = tus.body_limit(request, upload), tus.checksum_in(request)
    try:
        pieces.append(upload, request, most, checksum)
    except pieces.WrongOffset:
        raise _elsewhere() from None
    except pieces.WrongChecksum:
        raise Refused(460, _("What arrived is not what was sent. Please send it once more.")) from None
    except pieces.TooManyPieces:
        raise Refused(400, _("The pieces are too small. Please send larger ones.")) from None
    if upload.is_complete:
        arrivals.finish(upload)


def _delete(request: HttpRequest, upload: Upload) -> HttpResponse:
    arrivals.drop(upload)
    return tus.answer(204)
