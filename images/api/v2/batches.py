"""Batches: many photos with one setting; paused, cancelled, taken along as one archive."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from bgbegone.lib import ratelimit
from images.api.keys.models import ApiKey, Scope
from images.api.limits.services import gets_samples
from images.api.v2 import batch_shapes, pages, photos, shapes
from images.api.v2.fields import Fields
from images.api.v2.problems import Problem, wait
from images.api.v2.resources import Call, Method, answer, check_match, resource
from images.batches import archive, names, presenting, services, setting
from images.batches.models import DEFAULT_NAMES, Batch
from images.photos.services import Sender
from images.work.models import Cutout

_BATCHES_PER_MINUTE = 60


def _all(key: ApiKey) -> "pages.Rows":
    return Batch.objects.filter(owner=key.owner_id, expires_at__gt=timezone.now()).select_related("owner")


def own(key: ApiKey, pk: UUID) -> Batch:
    """The one door to batches for programs: those of the key's owner. Raises Problem."""
    batch: Batch | None = _all(key).filter(pk=pk).first()
    if batch is None:
        raise Problem("not_found", 404)
    return batch


def _shown(batch: Batch, status: int = 200) -> HttpResponse:
    headers = {"Location": shapes.address("api_v2_batch", batch.pk)} if status == 201 else {}
    return answer(batch_shapes.batches([batch])[0], status, **headers)


def _create(call: Call) -> HttpResponseBase:
    fields, owner = call.fields, call.key.owner
    if ratelimit.is_over("batch", f"api-{owner.pk}", _BATCHES_PER_MINUTE, 60):
        raise Problem("too_many_requests", 429, headers=wait(60))
    name = fields.text("name", 200)
    is_private = fields.flag("private", default=True)
    facts = _setting(fields, Batch(owner=owner))
    # Whoever sends the same bytes twice by a program means it.
    facts |= {"name": name, "is_private": is_private, "twins": Batch.Twins.KEEP}
    return _shown(services.begin(Sender(owner=owner), uuid.uuid4(), [], **facts).batch, 201)


def _setting(fields: Fields, batch: Batch) -> dict[str, Any]:
    """What is made of all photos: by a preset or a recipe, nothing without either; and the names.

    Takes what is left of the fields. Raises Problem, BadRecipe.
    """
    preset, document = fields.text("preset", 80), fields.document("recipe")
    template = fields.text("names", 200) or DEFAULT_NAMES
    if preset and document is not None:
        fields.refuse("recipe", _("Send a preset or a recipe, not both."))
    if not names.is_template(template):
        fields.refuse("names", _("Names may hold {folder}, {name}, {n}, {n:04} and {preset}."))
    ready = setting.ready_made(batch)
    chosen = preset if preset in ready else next((k for k, each in ready.items() if each.label == preset), "")
    if preset and not chosen:
        fields.refuse("preset", _("There is no such preset."))
    fields.done()
    plain: dict[str, Any] = {"version": 1}
    recipe = setting.canonical(ready[chosen].document if chosen else (document or plain))
    if not setting.is_intact(Batch(owner=batch.owner, recipe=recipe)):
        raise Problem("invalid", 422, errors=[{"field": "recipe", "detail": _("There is no such picture.")}])
    return {"recipe": recipe, "preset": chosen, "names": template}


def _list(call: Call) -> HttpResponseBase:
    found, cursor = pages.piece(_all(call.key), call.query)
    return answer({"data": batch_shapes.batches(found), "next": cursor})


def _read(call: Call, pk: UUID) -> HttpResponseBase:
    return _shown(own(call.key, pk))


def _delete(call: Call, pk: UUID) -> HttpResponseBase:
    batch = own(call.key, pk)
    check_match(call.request, _shown(batch)["ETag"])
    services.delete(batch)
    return HttpResponse(status=204)


def _set(call: Call, pk: UUID) -> HttpResponseBase:
    batch = own(call.key, pk)
    said = _setting(call.fields, batch)
    setting.change(batch, said["recipe"], said["preset"], said["names"])
    return _shown(own(call.key, pk))


def _act(act: Callable[[Batch], object]) -> Callable[..., HttpResponseBase]:
    def handler(call: Call, pk: UUID) -> HttpResponseBase:
        call.fields.done()
        act(own(call.key, pk))
        return _shown(own(call.key, pk))

    return handler


def _add(call: Call, pk: UUID) -> HttpResponseBase:
    """One more photo; it waits in the bulk queue, behind single ones."""
    batch, fields = own(call.key, pk), call.fields
    if call.key.is_sandbox and batch.links.open().exists():  # they would show it without its watermark
        raise Problem("not_allowed", 403)
    path = fields.text("path", 1000)
    along = partial(services.add, batch, path=path)
    taken = photos.taken(call, fields, is_private=batch.is_private, queue=Cutout.Queue.BULK, along=along)
    row = batch.items.select_related("photo__cutout").get(photo=taken)
    return answer(batch_shapes.item(row), 202, Location=shapes.address("api_v2_photo", taken.pk))


def _photos(call: Call, pk: UUID) -> HttpResponseBase:
    batch, query = own(call.key, pk), call.query
    show = query.choice("show", ("all", *(key for key in presenting.FILTERS if key != "all")))
    rows = presenting.choose(batch, show).select_related("photo__cutout")
    found, cursor = pages.numbered(rows, query)
    return answer({"data": [batch_shapes.item(row) for row in found], "next": cursor})


def _archive(call: Call, pk: UUID) -> HttpResponseBase:
    """The ZIP, whole or from where a cut download stood (`Range`)."""
    batch, query = own(call.key, pk), call.query
    if gets_samples(call.key, batch.items.values("photo")):  # it would hold results without their watermark
        raise Problem("not_allowed", 403)
    which = query.choice("which", ("all", "accepted", "changed"))
    query.done()
    packed = archive.pack(batch, archive.wanted(batch, which))
    if not packed.items:
        raise Problem("not_ready", 409, _("There is nothing in such an archive yet."), headers=wait(5))
    return archive.answer(call.request, packed, batch.title)


def _does(act: Callable[[Batch], object]) -> Callable[..., HttpResponseBase]:
    return resource(POST=Method(Scope.CUT_OUT, _act(act)))


batches = resource(GET=Method(Scope.READ, _list), POST=Method(Scope.CUT_OUT, _create))
batch = resource(GET=Method(Scope.READ, _read), DELETE=Method(Scope.DELETE, _delete))
of_batch = resource(GET=Method(Scope.READ, _photos), POST=Method(Scope.CUT_OUT, _add))
set_for_all = resource(PUT=Method(Scope.CUT_OUT, _set))
pause, resume, retry = _does(services.pause), _does(services.resume), _does(services.retry_failed)
# What waits goes with its bytes, so it takes the right to delete.
cancel = resource(POST=Method(Scope.DELETE, _act(services.cancel)))
whole = resource(GET=Method(Scope.READ, _archive))
