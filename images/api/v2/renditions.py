"""Recipes and the files that they make: asked for, waited for, read; and the edit of a photo as it stands."""

from functools import partial
from uuid import UUID

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import quote_etag

from bgbegone.lib.http import picture
from images.api.keys.models import ApiKey, Scope
from images.api.limits.services import gets_samples
from images.api.v2 import pages, shapes
from images.api.v2.photos import check_that_done, own, sample
from images.api.v2.problems import Problem
from images.api.v2.resources import Call, Method, answer, check_match, resource, when_over
from images.api.waiting import Patience
from images.editing import grounds, services
from images.editing.models import Edit, Rendition
from images.editing.services import Outdated
from images.engine.edits import recipe as recipes
from images.engine.edits.recipe import Recipe
from images.photos import downloads


def _own(key: ApiKey, pk: UUID) -> Rendition:
    """The one door to renditions for programs. Raises Problem."""
    whose = {"cutout__photo__owner": key.owner_id, "cutout__photo__expires_at__gt": timezone.now()}
    rows = Rendition.objects.filter(**whose, pk=pk).select_related("cutout")
    rendition: Rendition | None = rows.first()
    if rendition is None:
        raise Problem("not_found", 404)
    return rendition


def _create(call: Call, pk: UUID) -> HttpResponseBase:
    """A rendition by a recipe: the one that there is, else a new one."""
    fields = call.fields
    document = fields.document("recipe")
    if document is None and not fields.errors:
        fields.refuse("recipe", "Must be an object.")
    fields.done()
    recipe, photo = recipes.parse(document), own(call.key, pk)
    check_that_done(photo.cutout)
    rendition = services.request(photo, recipe)
    return when_over(rendition, Patience(call.seconds), partial(_made, rendition))


def _made(rendition: Rendition) -> HttpResponseBase:
    location = shapes.address("api_v2_rendition", rendition.pk)
    return answer(shapes.rendition(rendition), 202 if rendition.is_active else 201, Location=location)


def _list(call: Call, pk: UUID) -> HttpResponseBase:
    rows = Rendition.objects.filter(cutout__photo=own(call.key, pk)).select_related("cutout")
    found, cursor = pages.piece(rows, call.query, by="queued_at")
    return answer({"data": [shapes.rendition(row) for row in found], "next": cursor})


def _read(call: Call, pk: UUID) -> HttpResponseBase:
    rendition = _own(call.key, pk)
    return when_over(rendition, Patience(call.seconds), partial(_shown, rendition))


def _shown(rendition: Rendition) -> HttpResponseBase:
    headers = {"Retry-After": "1"} if rendition.is_active else {}
    return answer(shapes.rendition(rendition), 200, **headers)


def _file(call: Call, pk: UUID) -> HttpResponseBase:
    rendition = _own(call.key, pk)
    check_that_done(rendition)
    etag = quote_etag(rendition.sha256)
    if gets_samples(call.key, [rendition.cutout.photo_id]):
        return sample(rendition.preview, quote_etag(rendition.sha256 + "-sample"))
    try:
        response = picture(downloads.stored(rendition.file), rendition.mime)
    except Http404:
        raise Problem("not_found", 404) from None
    response["ETag"] = etag
    return response


def _delete(call: Call, pk: UUID) -> HttpResponseBase:
    rendition = _own(call.key, pk)
    Rendition.objects.filter(pk=rendition.pk).update(status=Rendition.Status.FAILED, claim=None)
    grounds.forget(rendition)
    return HttpResponse(status=204)


def _revision(pk: UUID) -> int:
    return Edit.objects.filter(photo=pk).values_list("revision", flat=True).first() or 0


def _read_recipe(call: Call, pk: UUID) -> HttpResponseBase:
    photo = own(call.key, pk)
    revision = _revision(photo.pk)
    document = {"recipe": recipes.canonical(services.current(photo)), "revision": revision}
    return answer(document, ETag=f'"{revision}"')


def _write_recipe(call: Call, pk: UUID) -> HttpResponseBase:
    """Replace the edit as it stands; with `If-Match` only the one that was read."""
    fields = call.fields
    document = fields.document("recipe")
    if document is None and not fields.errors:
        fields.refuse("recipe", "Must be an object.")
    fields.done()
    recipe: Recipe = recipes.parse(document)
    photo = own(call.key, pk)
    check_that_done(photo.cutout)
    revision = _revision(photo.pk)
    check_match(call.request, f'"{revision}"')
    try:
        edit = services.save(photo, recipe, revision=revision)
    except Outdated:
        raise Problem("changed", 412) from None
    return answer({"recipe": edit.recipe, "revision": edit.revision}, ETag=f'"{edit.revision}"')


of_photo = resource(GET=Method(Scope.READ, _list), POST=Method(Scope.CUT_OUT, _create))
rendition = resource(GET=Method(Scope.READ, _read), DELETE=Method(Scope.DELETE, _delete))
file = resource(GET=Method(Scope.READ, _file))
recipe = resource(GET=Method(Scope.READ, _read_recipe), PUT=Method(Scope.CUT_OUT, _write_recipe))
