"""A photo's result as a file, as it will look, and what of it is kept."""

import json
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from bgbegone.lib.http import picture
from images.editing import delivery, remembered, services
from images.editing.forms import KeepForm, LookForm
from images.editing.models import Ground, Preset, Rendition
from images.editing.presenting import ShownLine, lines
from images.editing.presets import BY_SLUG, NO_PASSPORTS
from images.editing.settings import SettingsForm
from images.engine.edits import recipe as recipes
from images.engine.edits.recipe import Recipe
from images.engine.errors import EngineError
from images.photos.downloads import stored
from images.photos.models import Photo
from images.photos.views import own_photo
from images.work.failures import Failure


def finished_photo(request: HttpRequest, pk: UUID) -> Photo:
    photo = own_photo(request, pk)
    if not photo.cutout.is_done:
        raise Http404
    return photo


def stem_of(photo: Photo) -> str:
    return f"{photo.name.rpartition('.')[0] or photo.name or 'photo'}-cutout"


class _Refused(Exception):
    """What was asked for cannot be; the argument is a sentence."""


def _wish(request: HttpRequest, photo: Photo) -> tuple[Recipe, SettingsForm, LookForm]:
    """What a query string asks for: the photo's edit, or one of its versions, with what is said beside."""
    form = SettingsForm(request.GET, grounds=Ground.objects.visible_to(request))
    mine = Preset.objects.filter(owner=request.user.pk) if request.user.is_authenticated else None
    look = LookForm(request.GET, presets=Preset.objects.none() if mine is None else mine)
    for each in (form, look):
        if not each.is_valid():
            raise _Refused(str(next(iter(each.errors.values()))[0]))
    try:
        return look.applied_to(form.applied_to(_base(request, photo))), form, look
    except EngineError as err:
        raise _Refused(Failure(err.code, err.params).sentence) from None


def _base(request: HttpRequest, photo: Photo) -> Recipe:
    number = request.GET.get("version", "")
    if not number:
        return services.current(photo)
    if not number.isascii() or not number.isdigit() or len(number) > 6:
        raise Http404
    return recipes.parse(get_object_or_404(photo.versions, number=int(number)).recipe)


@require_GET
def photo_download(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The download that the query string asks for."""
    photo = finished_photo(request, pk)
    try:
        recipe, form, _look = _wish(request, photo)
    except _Refused as err:
        return delivery.refused(request, str(err))
    response = delivery.answer(request, photo, recipe, stem_of(photo))
    if response.status_code == 200 and form.has_changed():
        remembered.keep(request, response, recipe)
    return response


@never_cache
@require_GET
def photo_preview(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How it will look, whether a marketplace takes it, and what can be done with it."""
    photo = finished_photo(request, pk)
    try:
        recipe, _form, look = _wish(request, photo)
        rendition = delivery.made(request, photo, recipe)
    except _Refused as err:
        return delivery.refused(request, str(err))
    except EngineError as err:
        return delivery.refused(request, Failure(err.code, err.params).sentence)
    if isinstance(rendition, HttpResponse):
        return rendition
    status = 202 if rendition.is_active else 200
    context = _shown(request, photo, recipe, look, rendition)
    return render(request, "images/editing/preview.html", context, status=status)


def _shown(
    request: HttpRequest, photo: Photo, recipe: Recipe, look: LookForm, rendition: Rendition
) -> dict[str, Any]:
    market = BY_SLUG.get(look.cleaned_data["market"])
    failed = rendition.status == Rendition.Status.FAILED
    return {
        "photo": photo,
        "rendition": rendition,
        "market": market,
        "lines": _with_remedies(lines(rendition, market), look),
        "failure": Failure(rendition.error_code, rendition.error_params) if failed else None,
        "query": request.GET.urlencode(),
        "own_query": _own_query(look),
        "keep_form": KeepForm(
            initial={
                "recipe": json.dumps(recipes.canonical(recipe)),
                "revision": services.revision_of(photo),
            }
        ),
        "no_passports": NO_PASSPORTS if market and market.slug == "badge" else "",
        "has_photos": True,
    }


def _own_query(look: LookForm) -> str:
    """The photo's own edit, held against the same rules."""
    kept = [("keep", part) for part in LookForm.PARTS]
    return urlencode([("market", look.cleaned_data["market"]), *kept])


def _with_remedies(found: list[ShownLine], look: LookForm) -> list[tuple[ShownLine, str]]:
    """Each line with the query that puts it right: the preset's own part in place of the one kept."""
    keep = look.cleaned_data["keep"]
    result = []
    for line in found:
        can_help = line.remedy in keep
        kept = [("keep", part) for part in keep if part != line.remedy]
        query = urlencode([("market", look.cleaned_data["market"]), *kept]) if can_help else ""
        result.append((line, query))
    return result


@require_safe
def rendition_preview(request: HttpRequest, pk: UUID, rendition_pk: UUID) -> HttpResponseBase:
    """The small picture of a rendition."""
    photo = finished_photo(request, pk)
    rendition = get_object_or_404(photo.cutout.renditions, pk=rendition_pk, status=Rendition.Status.DONE)
    return picture(stored(rendition.preview), "image/webp")


@require_POST
def photo_keep(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make a recipe the photo's edit, and a version with a name if one is given."""
    photo, form = finished_photo(request, pk), KeepForm(request.POST)
    if not form.is_valid():
        return delivery.refused(request, str(next(iter(form.errors.values()))[0]))
    recipe, revision = form.cleaned_data["recipe"], form.cleaned_data["revision"] or 0

    def keep() -> None:
        services.save(photo, recipe, revision=revision)
        if form.cleaned_data["name"]:
            services.keep_version(photo, recipe, form.cleaned_data["name"])

    if refused := delivery.refusal_of(request, photo, keep):
        return refused
    messages.success(request, _("Kept. Links that you make from now on show it."))
    return redirect("photo", pk)
