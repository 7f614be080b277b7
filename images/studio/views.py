"""The studio's page, what it asks for while it is open, and the form that needs no script."""

from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.models import User
from bgbegone.lib import ratelimit
from bgbegone.lib.http import is_script, own_path
from bgbegone.lib.waiting import NotYet, was_asked
from images.editing import defaults, delivery
from images.editing import services as editing
from images.editing.forms import GroundForm
from images.editing.jobs import picture_of
from images.editing.models import Edit, Rendition
from images.editing.presenting import lines
from images.editing.presets import BY_SLUG, NO_PASSPORTS, Market
from images.editing.settings import settings_of
from images.editing.versions import TooManyLinks, share
from images.editing.views import stem_of
from images.engine.edits.marks import PartMark
from images.engine.edits.parts import Colours, Kind, Output
from images.engine.edits.recipe import Recipe
from images.engine.edits.select import Mode, opposite
from images.engine.errors import EngineError
from images.photos.models import Photo
from images.photos.views import own_photo
from images.studio import answers, desk, services, strip
from images.studio.colours import recent_colours
from images.studio.forms import (
    BoxForm,
    ChoiceForm,
    ClickForm,
    KeepForm,
    MarksForm,
    SaveForm,
    StudioForm,
)
from images.studio.look import Pictures, look
from images.studio.making import stored
from images.studio.models import Preparation
from images.studio.reading import Sheets
from images.work.failures import Failure
from images.work.limits import limits

# Marks, clicks and looks from one address in a minute: nobody may keep the others waiting for ever.
_ASKED, _SECONDS = 400, 60


def _finished(request: HttpRequest, pk: UUID) -> Photo:
    photo = own_photo(request, pk)
    if not photo.cutout.is_done:
        raise Http404
    return photo


def _sheets(photo: Photo) -> Sheets:
    """Raises Http404 while there are none."""
    preparation = services.prepare(photo, Preparation.Kind.SHEETS)
    if not preparation.is_done:
        raise Http404
    return Sheets(preparation.file)


def _is_over(request: HttpRequest) -> bool:
    return ratelimit.is_over("studio", ratelimit.client_of(request), _ASKED, _SECONDS)


@never_cache
@require_safe
def studio(request: HttpRequest, pk: UUID) -> HttpResponse:
    photo = _finished(request, pk)
    services.prepare(photo, Preparation.Kind.SHEETS)
    return _page(request, photo)


def _back_from(request: HttpRequest, photo: Photo) -> str:
    """Where its owner came from: the review of a batch, say. Never to another site."""
    return own_path(request.GET.get("back", "")) or reverse("photo", args=[photo.pk])


def _page(
    request: HttpRequest, photo: Photo, form: StudioForm | None = None, status: int = 200
) -> HttpResponse:
    # First, so that a save in between is seen as one (static/js/studio/studio.js).
    revision = editing.revision_of(photo)
    recipe = editing.current(photo)
    context = {
        "photo": photo,
        "form": form or StudioForm.of(photo, recipe, request.GET.get("market")),
        "revision": revision,
        "click_form": ClickForm(initial={"action": "drop"}),
        "can_choose": services.can_choose(settings.BGBEGONE_MODELS),
        "state": strip.state(photo, recipe, revision),
        "colours": recent_colours(photo),
        "ground_form": GroundForm(),
        "is_member": request.user.is_authenticated,
        "back": _back_from(request, photo),
        "has_photos": True,
    }
    return render(request, "images/studio/studio.html", context, status=status)


@never_cache
@require_GET
def ready(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The index of the squares, and of which revision the edit is; 202 while a worker makes them."""
    photo = _finished(request, pk)
    preparation = services.prepare(photo, Preparation.Kind.SHEETS)
    if later := answers.patiently(request, preparation):
        return later
    if not preparation.is_done:
        return answers.unready(preparation)
    index = Sheets(preparation.file).index
    levels = [[width, height] for width, height, _offsets in index.levels]
    return JsonResponse({"size": index.size, "levels": levels, "revision": editing.revision_of(photo)})


@require_GET
def square(request: HttpRequest, pk: UUID, level: int, number: int) -> HttpResponseBase:
    try:
        return answers.bytes_of(_sheets(_finished(request, pk)).square(level, number), "image/jpeg")
    except LookupError:
        raise Http404 from None


@require_GET
def alpha(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    return answers.packed(_sheets(_finished(request, pk)).alpha())


@require_POST
def mark(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The squares that the last of some marks changes."""
    photo, form = _finished(request, pk), MarksForm(request.POST)
    if _is_over(request):
        return answers.too_many(_SECONDS)
    if not form.is_valid():
        return answers.refused(form)
    return answers.guarded(
        lambda: answers.packed(desk.patch(photo, form.cleaned_data["marks"], _sheets(photo)))
    )


@require_POST
def choose(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """What clicks mean, as a mark; 202 while the network looks at the photo for the first time."""
    photo, form = _finished(request, pk), ChoiceForm(request.POST)
    if not services.can_choose(settings.BGBEGONE_MODELS):
        raise Http404
    if _is_over(request):
        return answers.too_many(_SECONDS)
    if not form.is_valid():
        return answers.refused(form)
    seen = services.prepare(photo, Preparation.Kind.EMBEDDING)
    if not seen.is_done:
        return answers.unready(seen)
    return answers.guarded(lambda: JsonResponse(_chosen(photo, seen, form)))


def _chosen(photo: Photo, seen: Preparation, form: ChoiceForm) -> dict[str, Any]:
    clicks, mode = form.cleaned_data["clicks"], Mode(form.cleaned_data["mode"])
    base = _sheets(photo)
    if mode is Mode.DROP and len(clicks) == 1:
        alpha = desk.alpha(photo, form.cleaned_data["marks"] or (), base)
        away = opposite(alpha, clicks[0][0], clicks[0][1])
        clicks = [*clicks, (*away, 0)] if away else clicks
    return desk.chosen(seen.file, base.index.size, clicks, mode).document()


@require_POST
def box(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """What the network sees in a box, as a mark; 202 while it looks."""
    photo, form = _finished(request, pk), BoxForm(request.POST)
    if _is_over(request):
        return answers.too_many(_SECONDS)
    if not form.is_valid():
        return answers.refused(form)
    width, height = _sheets(photo).index.size
    place = form.within(width, height)
    if place is None:
        return _too_small()
    seen = services.prepare(photo, Preparation.Kind.BOX, place)
    if seen.error_code == "too_small":
        return _too_small()  # and not the photo, as the network would have it
    if not seen.is_done:
        return answers.unready(seen)
    return JsonResponse({**seen.result, "mode": form.cleaned_data["mode"]})


def _too_small() -> HttpResponse:
    return answers.sentence(_("The box is too small. Draw it around the whole subject."), 422)


@require_POST
def save(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Keep the edit. To the script the new revision, to a plain form the page again, or the download."""
    photo = _finished(request, pk)
    form = SaveForm(request.POST, photo=photo)
    if not form.is_valid():
        return answers.refused(form) if is_script(request) else _page(request, photo, form, 422)
    marks = form.cleaned_data["marks"]
    try:
        current = editing.current(photo)
        recipe = form.recipe(current, current.marks if marks is None else marks)
        edit = editing.save(photo, recipe, revision=form.cleaned_data["revision"])
    except editing.Outdated as err:
        return _outdated(request, photo, err.edit)
    except EngineError as err:
        return (
            answers.sentence(answers.words(err), 422) if is_script(request) else _unsaved(request, photo, err)
        )
    if is_script(request):
        return JsonResponse({"revision": edit.revision, "settings": _shown(form, recipe)})
    return redirect(_after(request, photo, form))


def _shown(form: StudioForm, recipe: Recipe) -> dict[str, Any]:
    """What the fields say from now on, where not they but a preset or another choice has set it."""
    was = form.cleaned_data["market"]
    if not form.sets_all:
        return {**form.overruled(recipe), "was": was}
    return {**settings_of(recipe), "was": was, "remedy": ""}


def _after(request: HttpRequest, photo: Photo, form: StudioForm) -> str:
    if "download" in request.POST:
        return reverse("studio_file", args=[photo.pk])
    market = form.cleaned_data["market"]
    query = f"?{urlencode({'market': market})}" if market else ""
    return reverse("studio", args=[photo.pk]) + query


def _outdated(request: HttpRequest, photo: Photo, edit: Edit) -> HttpResponseBase:
    words = _("This edit was changed in another window meanwhile. Nothing was overwritten.")
    if is_script(request):
        return JsonResponse({"sentence": words, "revision": edit.revision}, status=409)
    messages.error(request, words)
    return redirect("studio", photo.pk)


def _unsaved(request: HttpRequest, photo: Photo, err: EngineError) -> HttpResponse:
    messages.error(request, answers.words(err))
    return redirect("studio", photo.pk)


@never_cache
@require_GET
def look_at(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """What the edit, as it was last kept, will look like; `frame=photo` shows the photo's own frame."""
    photo = _finished(request, pk)
    if _is_over(request):
        return answers.too_many(_SECONDS)
    if later := answers.patiently(request, services.prepare(photo, Preparation.Kind.SHEETS)):
        return later
    recipe = editing.current(photo)
    if request.GET.get("frame") == "photo":
        recipe = Recipe(marks=recipe.marks)
    base = _sheets(photo)

    def shown() -> HttpResponseBase:
        alpha = desk.alpha(photo, recipe.marks, base)
        pictures = Pictures(partial(stored, photo.preview), partial(picture_of, photo, recipe))
        return answers.bytes_of(*look(base, alpha, recipe, pictures, limits()))

    return answers.guarded(shown)


@require_POST
def click(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """A click on the picture, without a script: it comes in pixels of the picture that was shown."""
    photo = _finished(request, pk)
    form = ClickForm({**request.POST.dict(), "x": request.POST.get("at.x"), "y": request.POST.get("at.y")})
    if not form.is_valid() or _is_over(request):
        messages.error(request, _("Click on the picture, where something should change."))
        return redirect("studio", photo.pk)
    try:
        recipe = editing.current(photo)
        added = _clicked(photo, recipe, form)
        editing.save(
            photo, replace(recipe, marks=(*recipe.marks, added)), revision=form.cleaned_data["revision"]
        )
    except editing.Outdated as err:
        return _outdated(request, photo, err.edit)
    except EngineError as err:
        return _unsaved(request, photo, err)
    return redirect("studio", photo.pk)


def _clicked(photo: Photo, recipe: Recipe, form: ClickForm) -> Any:
    base, action = _sheets(photo), form.cleaned_data["action"]
    x, y = strip.in_photo(base.index.size, form.cleaned_data["x"], form.cleaned_data["y"])
    if action != "only":
        return PartMark(x, y, keep=action == "keep", by_colour=action == "hole")
    seen = services.prepare(photo, Preparation.Kind.EMBEDDING)
    if not seen.is_done:
        raise EngineError("not_ready")
    return desk.chosen(seen.file, base.index.size, [(x, y, 1)], Mode.ONLY)


@require_POST
def back(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Take the last mark back, or all of them, without a script."""
    photo = _finished(request, pk)
    recipe = editing.current(photo)
    marks = () if "all" in request.POST else recipe.marks[:-1]
    form = forms.IntegerField(min_value=0)
    try:
        editing.save(photo, replace(recipe, marks=marks), revision=form.clean(request.POST.get("revision")))
    except editing.Outdated as err:
        return _outdated(request, photo, err.edit)
    except forms.ValidationError:
        return HttpResponse(status=400)
    return redirect("studio", photo.pk)


@never_cache
@require_GET
def check(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """What the marketplace says to the finished file, which is made for that."""
    photo = _finished(request, pk)
    recipe = editing.current(photo)
    market = BY_SLUG.get(request.GET.get("market", ""))
    if market is None:
        return HttpResponse(status=204)
    if _is_over(request):
        return answers.too_many(_SECONDS)
    try:
        rendition = editing.request_in_turn(photo, recipe)
    except EngineError as err:
        return answers.sentence(answers.words(err), 422)
    if rendition.is_active and not was_asked(request):
        return delivery.later(rendition)
    return answers.html(request, "images/studio/_check.html", _checked(rendition, market))


def _checked(rendition: Rendition, market: Market) -> dict[str, Any]:
    failure = Failure(rendition.error_code, rendition.error_params) if rendition.error_code else None
    return {
        "market": market,
        "lines": lines(rendition, market),
        "failure": failure,
        "no_passports": NO_PASSPORTS if market.slug == "badge" else "",
        "is_active": rendition.is_active,
    }


@require_POST
def keep(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Keep the edit as it stands: as a version, as one with a link to it, or as a preset for other photos."""
    photo, form = _finished(request, pk), KeepForm(request.POST)
    if not form.is_valid():
        return _told(request, photo, answers.sentence_of(form), 422)
    try:
        words, link = _kept(request, photo, form.cleaned_data)
    except EngineError as err:
        return _told(request, photo, answers.words(err), 422)
    except TooManyLinks as err:
        return _told(request, photo, str(err), 422)
    return _told(request, photo, words, 200, link)


def _kept(request: HttpRequest, photo: Photo, said: dict[str, Any]) -> tuple[str, str]:
    recipe = editing.current(photo)
    if said["kind"] == "preset":
        if not request.user.is_authenticated:
            raise Http404
        preset = defaults.keep(User.objects.get(pk=request.user.pk), said["name"], recipe)
        defaults.make_default(preset, is_default=said["default"])
        return _("The preset is kept. You find it beside each of your photos."), ""
    version = editing.keep_version(photo, recipe, said["name"])
    if said["kind"] == "version":
        return _("Kept as “%(name)s”.") % {"name": version.label}, ""
    link = share(version)
    return _("Whoever has this link sees this version, whatever you change later."), link.url or ""


def _told(request: HttpRequest, photo: Photo, words: str, status: int, link: str = "") -> HttpResponse:
    if is_script(request):
        return JsonResponse({"sentence": words, "link": link}, status=status)
    (messages.success if status == 200 else messages.error)(request, words)
    return redirect("photo" if link else "studio", photo.pk)


@require_GET
def file(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The finished file of the edit as it stands; with `copy`, as what every clipboard takes.

    With `ready` only whether it is there: 202 while a worker makes it, 422 with the sentence where none can.
    """
    photo = _finished(request, pk)
    recipe = editing.current(photo)
    if "copy" in request.GET:
        recipe = replace(recipe, output=Output(Kind.PNG, colours=Colours.SRGB))
    if "ready" in request.GET:
        return _readiness(request, photo, recipe)
    return delivery.answer(request, photo, recipe, stem_of(photo))


def _readiness(request: HttpRequest, photo: Photo, recipe: Recipe) -> HttpResponse:
    if recipe.is_plain:
        return JsonResponse({})
    try:
        rendition = delivery.made(request, photo, recipe)
    except EngineError as err:
        return answers.sentence(answers.words(err), 422)
    if isinstance(rendition, NotYet):
        return rendition
    if isinstance(rendition, HttpResponse):
        return answers.too_many(_SECONDS)
    return JsonResponse({}) if rendition.is_done else answers.unready(rendition)
