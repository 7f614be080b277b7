"""Links for whoever gets them, to a photo's result or to a batch; and what the key itself may do."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from images.api.keys.models import ApiKey, Scope
from images.api.limits.services import gets_samples
from images.api.v2 import batch_shapes, batches, pages, photos, shapes
from images.api.v2.fields import Fields
from images.api.v2.problems import Problem
from images.api.v2.resources import Call, Method, answer, resource
from images.batches.links import BatchLink, longest_life
from images.batches.models import Batch
from images.photos.models import Photo
from images.sharing.capability import Capability
from images.sharing.forms import MOST_LINKS
from images.sharing.models import ShareLink

View = Callable[..., HttpResponseBase]


def _links(
    own: Callable[[ApiKey, UUID], Any],
    photos_of: Callable[[Any], Any],
    issue: Callable[[Any, Fields], Capability],
    shape: Callable[[Any], dict[str, Any]],
    route: str,
) -> tuple[View, View]:
    """Two resources: the links to what `own` finds, and one of them, whose address is `route`.

    Behind a link every result is without its watermark, so whoever gets it with one makes and reads none.
    `photos_of` says which photos a link would show. `issue` makes a new link of what the fields say; it is
    not saved yet. Raises Problem.
    """

    def create(call: Call, pk: UUID) -> HttpResponseBase:
        row = own(call.key, pk)
        if gets_samples(call.key, photos_of(row)):
            raise Problem("not_allowed", 403)
        link = issue(row, call.fields)
        link.save(force_insert=True)
        return answer(shape(link), 201, Location=shapes.address(route, pk, link.pk))

    def list_(call: Call, pk: UUID) -> HttpResponseBase:
        _refuse_sandbox(call.key)
        found, cursor = pages.piece(own(call.key, pk).links.open(), call.query)
        return answer({"data": [shape(row) for row in found], "next": cursor})

    def found(call: Call, pk: UUID, link_pk: UUID) -> Any:
        link = own(call.key, pk).links.open().filter(pk=link_pk).first()
        if link is None:
            raise Problem("not_found", 404)
        return link

    def read(call: Call, pk: UUID, link_pk: UUID) -> HttpResponseBase:
        _refuse_sandbox(call.key)
        return answer(shape(found(call, pk, link_pk)))

    def withdraw(call: Call, pk: UUID, link_pk: UUID) -> HttpResponseBase:
        found(call, pk, link_pk).revoke()
        return HttpResponse(status=204)

    return (
        resource(GET=Method(Scope.READ, list_), POST=Method(Scope.CUT_OUT, create)),
        resource(GET=Method(Scope.READ, read), DELETE=Method(Scope.DELETE, withdraw)),
    )


def _refuse_sandbox(key: ApiKey) -> None:
    if key.is_sandbox:
        raise Problem("not_allowed", 403)


def _lifetime(fields: Fields, longest: timedelta) -> timedelta:
    most = int(longest.total_seconds() // 3600)
    return timedelta(hours=fields.number("hours", 1, most, most) or most)


def _check_room(row: Photo | Batch, sentence: str) -> None:
    if row.links.open().count() >= MOST_LINKS:
        raise Problem("invalid", 422, sentence % {"most": MOST_LINKS})


def _to_photo(photo: Photo, fields: Fields) -> ShareLink:
    lifetime = _lifetime(fields, photo.link_lifetime)
    downloads = fields.number("max_downloads", 1, 100_000)
    fields.done()
    photos.check_that_done(photo.cutout)
    _check_room(photo, _("This photo has %(most)s links already. Please withdraw one of them first."))
    return ShareLink.issue(photo, lifetime, downloads)


def _to_batch(batch: Batch, fields: Fields) -> BatchLink:
    lifetime = _lifetime(fields, longest_life(batch))
    may_review = fields.flag("may_review", default=False)
    fields.done()
    _check_room(batch, _("This batch has %(most)s links already. Please withdraw one of them first."))
    return BatchLink.issue(batch, lifetime, may_review=may_review)


def _itself(photo: Photo) -> list[UUID]:
    return [photo.pk]


def _all_of(batch: Batch) -> QuerySet[Any, Any]:
    return batch.items.values("photo")


def _account(call: Call) -> HttpResponseBase:
    return answer(shapes.account(call.key))


of_photo, link = _links(photos.own, _itself, _to_photo, shapes.link, "api_v2_link")
of_batch, batch_link = _links(batches.own, _all_of, _to_batch, batch_shapes.link, "api_v2_batch_link")
account = resource(GET=Method(Scope.READ, _account))
