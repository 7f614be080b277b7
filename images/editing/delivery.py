"""Handing a result over as a file: the stored one where nothing was changed, else one that a worker makes."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from bgbegone.lib import ratelimit
from bgbegone.lib.http import picture
from bgbegone.lib.waiting import NotYet, Topic, was_asked
from images.editing import services
from images.editing.models import Rendition
from images.editing.settings import in_format
from images.engine.edits import output
from images.engine.edits import recipe as recipes
from images.engine.edits.parts import Kind
from images.engine.edits.recipe import Recipe
from images.engine.errors import EngineError
from images.photos.downloads import stored
from images.photos.making import Document, Maker, Shown, register
from images.photos.models import Photo
from images.work.failures import Failure

# New files from one address in so many seconds: nobody may keep the others waiting for ever.
_CONVERSIONS, _SECONDS = 30, 60

# So long a request is put aside, and most people never see that there was a queue.
PATIENCE_SECONDS = 6.0
_ACTIVE, _OVER = "active", "over"


def _look(renditions: Collection[UUID]) -> Mapping[UUID, str]:
    rows = Rendition.objects.filter(pk__in=renditions)
    return {row.pk: _ACTIVE if row.is_active else _OVER for row in rows}


_topic = Topic("renditions", _look)


def answer(request: HttpRequest, photo: Photo, recipe: Recipe, stem: str) -> HttpResponseBase:
    """The file, the sentence that says why there is none, or a page that asks again by itself."""
    name = f"{stem}.{output.extension(recipe.output.format)}"
    if recipe.is_plain:
        return picture(stored(photo.cutout.file), output.mime(Kind.PNG), attachment=name)
    try:
        rendition = made(request, photo, recipe)
    except EngineError as err:
        return refused(request, Failure(err.code, err.params).sentence)
    return rendition if isinstance(rendition, HttpResponse) else _answer(request, rendition, name)


def made(request: HttpRequest, photo: Photo, recipe: Recipe) -> Rendition | HttpResponse:
    """The rendition, after a while in which a worker may have made it; or the answer to who asks too often.

    Raises EngineError, Http404.
    """
    try:
        if services.find(photo, recipe) is None and _is_over(request):
            return ratelimit.too_many(request, _SECONDS)
        rendition = services.request(photo, recipe)
    except Photo.DoesNotExist:
        raise Http404 from None  # deleted meanwhile
    if rendition.is_active and not was_asked(request):
        return later(rendition)
    return rendition


def later(rendition: Rendition) -> NotYet:
    """Ask again when it is over, or after a while."""
    return NotYet(_topic, rendition.pk, seen=_ACTIVE, seconds=PATIENCE_SECONDS)


def _answer(request: HttpRequest, rendition: Rendition, name: str) -> HttpResponseBase:
    if rendition.is_done:
        return picture(stored(rendition.file), rendition.mime, attachment=name)
    if rendition.error_code == "file_vanished":
        raise Http404
    if rendition.status == Rendition.Status.FAILED:
        return refused(request, Failure(rendition.error_code, rendition.error_params).sentence)
    response = render(request, "images/editing/making.html", status=202)
    response["Cache-Control"] = "no-store"
    response["Retry-After"] = "2"
    return response


def _is_over(request: HttpRequest) -> bool:
    return ratelimit.is_over("convert", ratelimit.client_of(request), _CONVERSIONS, _SECONDS)


def refusal_of(request: HttpRequest, photo: Photo, change: Callable[[], object]) -> HttpResponse | None:
    """Change the edit of a photo; None when that went well, else the answer that says why not."""
    try:
        change()
    except EngineError as err:
        return refused(request, Failure(err.code, err.params).sentence)
    except services.Outdated:
        messages.error(request, _("This photo has been edited elsewhere meanwhile. Nothing was overwritten."))
        return redirect("photo", photo.pk)
    except Photo.DoesNotExist:
        raise Http404 from None
    return None


def refused(request: HttpRequest, sentence: str) -> HttpResponse:
    return render(request, "400.html", {"sentence": sentence}, status=400)


def _current(photo: Photo) -> Document:
    recipe = services.current(photo)
    return {} if recipe == Recipe() else recipes.canonical(recipe)


def _of(document: Document) -> Recipe:
    return recipes.parse(document) if document else Recipe()


def _shown(photo: Photo, document: Document) -> Shown:
    recipe, cutout = _of(document), photo.cutout
    extension = output.extension(recipe.output.format)
    if recipe.is_plain:
        return Shown(cutout.preview, cutout.width or 0, cutout.height or 0, extension)
    rendition = services.request(photo, recipe)
    if not rendition.is_done:
        return Shown("", cutout.width or 0, cutout.height or 0, extension)
    return Shown(rendition.preview, rendition.width or 0, rendition.height or 0, extension)


def _hand_over(
    request: HttpRequest, photo: Photo, document: Document, ending: str, stem: str
) -> HttpResponseBase:
    recipe = _of(document)
    kinds = [kind for kind in Kind if output.extension(kind) == ending and kind is not Kind.MASK]
    if not kinds:
        raise Http404
    if recipe.output.format is not kinds[0]:
        recipe = replace(recipe, output=in_format(recipe.output, kinds[0]))
    return answer(request, photo, recipe, stem)


register(Maker(_current, _shown, _hand_over))
