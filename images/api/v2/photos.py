"""Photos: sent, listed, read, tried again, deleted; and the finished cut-out."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from bgbegone.lib.http import picture
from images.api import bodies, intake, marking, rendering
from images.api.fetching.services import NotFetched, fetch
from images.api.intake import Order
from images.api.keys.models import ApiKey, Scope
from images.api.limits.services import gets_samples
from images.api.v1.forms import base64_bytes
from images.api.v2 import pages, shapes
from images.api.v2.fields import Fields
from images.api.v2.problems import Problem, wait
from images.api.v2.resources import Call, Method, answer, check_match, resource, when_over
from images.api.waiting import Patience
from images.engine import Region
from images.engine.options import Kind
from images.photos import downloads, services
from images.photos.models import Photo
from images.photos.receiving import ReceivedPhoto
from images.work.limits import most_bytes
from images.work.models import Cutout
from images.work.wishes import wishes

_LONGEST_SIDE = 30_000


def _all(key: ApiKey) -> QuerySet[Photo]:
    """Without those whose time is over, even while their bytes wait to be deleted."""
    alive = Photo.objects.filter(owner=key.owner_id, expires_at__gt=timezone.now())
    return alive.select_related("cutout")


def own(key: ApiKey, pk: UUID) -> Photo:
    """The one door to photos for programs: those of the key's owner. Raises Problem."""
    photo: Photo | None = _all(key).filter(pk=pk).first()
    if photo is None:
        raise Problem("not_found", 404)
    return photo


def _create(call: Call) -> HttpResponseBase:
    fields = call.fields
    hours = fields.number("keep_hours", 1, settings.MEMBER_PHOTO_DAYS * 24)
    is_private = fields.flag("private", default=True)
    lifetime = timedelta(hours=hours) if hours else None
    photo = taken(call, fields, is_private=is_private, lifetime=lifetime)
    return _state(call, photo, status_when_done=201)


def taken(call: Call, fields: Fields, **about: Any) -> Photo:
    """A new photo from what is left of the fields; `about` is for its order. Raises Problem, and what
    `intake.take_in` raises."""
    source = _source(call, fields)
    region = fields.numbers("region", 4, _LONGEST_SIDE)
    windows = fields.flag("windows", default=True)
    kind = Kind(fields.choice("kind", tuple(Kind)))
    name = fields.text("name", 200)
    fields.done()
    file = source()
    if name:
        file.name = name
    candidate = intake.look_at(file)
    box = _region(region, candidate.facts.width, candidate.facts.height)
    # Of its own: whoever wants one photo of two requests sends an Idempotency-Key.
    order = Order(uuid.uuid4(), options=wishes(kind=kind, region=box, windows=windows), **about)
    return intake.take_in(call.key, candidate, order)


def _source(call: Call, fields: Fields) -> Callable[[], ReceivedPhoto]:
    """Where the picture is, as a function that gets it: nothing is fetched for a request that is wrong.

    A file of a form, or base64 in `data`, or an address in `url`.
    """
    file, data, url = (
        call.body.files.get("file"),
        fields.text("data", 3 * most_bytes()),
        fields.text("url", 2000),
    )
    unknown = set(call.body.files) - {"file"}
    for name in unknown:
        fields.refuse(name, _("There is no such field."))
    if sum([file is not None, bool(data), bool(url)]) != 1 or call.body.repeated:
        fields.refuse("file", _("Send exactly one of: file, data, url."))
        return _no_file
    if file is not None:
        return lambda: file
    if url:
        return lambda: _fetched(url)
    decoded = base64_bytes(data)
    if decoded is None:
        fields.refuse("data", _("Must be base64."))
        return _no_file
    return lambda: bodies.photo_of(decoded)


def _no_file() -> ReceivedPhoto:
    raise Problem("invalid", 422)  # `done` has refused the request before


def _fetched(url: str) -> ReceivedPhoto:
    try:
        return bodies.photo_of(fetch(url, most_bytes=most_bytes()))
    except NotFetched as err:
        if err.code == "busy":
            raise Problem("busy", 503, headers=wait(2)) from err
        raise Problem("not_fetched", 422, errors=[{"field": "url", "detail": err.code}]) from err


def _region(box: list[int] | None, width: int, height: int) -> Region | None:
    if box is None:
        return None
    left, top, right, bottom = box
    if not (left < right <= width and top < bottom <= height):
        sentence = _(
            "Left, top, right and bottom must lie within the photo of %(width)s × %(height)s pixels."
        )
        detail = sentence % {"width": width, "height": height}
        raise Problem("invalid", 422, errors=[{"field": "region", "detail": detail}])
    return left, top, right, bottom


def _state(call: Call, photo: Photo, *, status_when_done: int = 200) -> HttpResponseBase:
    """The photo as it is, after the wait that was asked for; 202 while the work goes on."""
    shown = partial(_shown, call, photo, status_when_done)
    return when_over(photo.cutout, Patience(call.seconds), shown)


def _shown(call: Call, photo: Photo, status_when_done: int) -> HttpResponse:
    is_active = photo.cutout.is_active or photo.cutout.status == Cutout.Status.HELD
    is_post = call.request.method == "POST"
    headers = {"Preference-Applied": f"wait={call.seconds}"} if call.seconds else {}
    if is_post:
        headers["Location"] = shapes.address("api_v2_photo", photo.pk)
    if is_active:
        headers["Retry-After"] = "1"
    status = (202 if is_active else status_when_done) if is_post else 200
    return answer(shapes.photo(photo), status, **headers)


def _list(call: Call) -> HttpResponseBase:
    query, rows = call.query, _all(call.key)
    status = query.choice("status", ("", *Cutout.Status.values))
    if status:
        rows = rows.filter(cutout__status=status)
    found, cursor = pages.piece(rows, query)
    return answer({"data": [shapes.photo(row) for row in found], "next": cursor})


def _read(call: Call, pk: UUID) -> HttpResponseBase:
    return _state(call, own(call.key, pk))


def _delete(call: Call, pk: UUID) -> HttpResponseBase:
    photo = own(call.key, pk)
    check_match(call.request, answer(shapes.photo(photo))["ETag"])
    services.delete_photo(photo)
    return HttpResponse(status=204)


def _retry(call: Call, pk: UUID) -> HttpResponseBase:
    call.fields.done()
    photo = own(call.key, pk)
    services.retry(photo)
    return _state(call, photo)


def _result(call: Call, pk: UUID) -> HttpResponseBase:
    """The cut-out as PNG."""
    photo = own(call.key, pk)
    check_that_done(photo.cutout)
    is_sample = gets_samples(call.key, [photo.pk])
    etag = f'"{photo.cutout.pk.hex}-{photo.cutout.file[-40:-4]}{"-s" if is_sample else ""}"'
    if is_sample:
        return sample(photo.cutout.preview, etag)
    response = picture(downloads.stored(photo.cutout.file), "image/png")
    response["ETag"] = etag
    return response


def check_that_done(job: object) -> None:
    if job.is_done:  # type: ignore[attr-defined]
        return
    if job.status == Cutout.Status.FAILED:  # type: ignore[attr-defined]
        raise Problem("failed", 422, shapes.failure(job)["detail"])
    raise Problem("not_ready", 409, headers=wait(1))


def sample(preview: str, etag: str) -> HttpResponse:
    """What a sandbox gets, and every key of a sandbox's photos: the small picture, with a watermark."""
    response = HttpResponse(marking.sample(rendering.read(preview)), content_type="image/png")
    response["ETag"] = etag
    return response


def _original(call: Call, pk: UUID) -> HttpResponseBase:
    photo = own(call.key, pk)
    try:
        response = picture(
            downloads.stored(photo.file), "application/octet-stream", attachment=photo.name or "photo"
        )
    except Http404:
        raise Problem("not_found", 404) from None
    response["ETag"] = f'"{photo.sha256}"'
    return response


photos = resource(GET=Method(Scope.READ, _list), POST=Method(Scope.CUT_OUT, _create))
photo = resource(GET=Method(Scope.READ, _read), DELETE=Method(Scope.DELETE, _delete))
retry = resource(POST=Method(Scope.CUT_OUT, _retry))
result = resource(GET=Method(Scope.READ, _result))
original = resource(GET=Method(Scope.READ, _original))
