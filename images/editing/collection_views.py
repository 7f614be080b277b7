"""What belongs to a person and not to one photo: presets and background pictures."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from bgbegone.lib import ratelimit
from bgbegone.lib.http import is_script, own_path, picture
from images.editing import defaults, delivery, grounds
from images.editing.forms import GroundForm, NamedForm
from images.editing.models import Ground, Preset
from images.engine.errors import EngineError
from images.photos.downloads import stored
from images.work.failures import Failure, StorageFull

_PICTURES, _SECONDS = 30, 60


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def presets(request: HttpRequest) -> HttpResponse:
    """The list; POST keeps a recipe as one more."""
    if request.method == "POST":
        return _keep(request)
    rows = Preset.objects.filter(owner=request.user.pk)
    return render(request, "images/editing/presets.html", {"presets": rows, "has_photos": True})


def _keep(request: HttpRequest) -> HttpResponse:
    form = NamedForm(request.POST)
    if not form.is_valid():
        return delivery.refused(request, str(next(iter(form.errors.values()))[0]))
    owner = User.objects.get(pk=request.user.pk)
    try:
        defaults.keep(owner, form.cleaned_data["name"], form.cleaned_data["recipe"])
    except EngineError as err:
        return delivery.refused(request, Failure(err.code, err.params).sentence)
    messages.success(request, _("The preset is kept. You find it beside each of your photos."))
    return redirect("presets")


def _own(request: HttpRequest, pk: UUID) -> Preset:
    return get_object_or_404(Preset, pk=pk, owner=request.user.pk)


@login_required
@require_POST
def preset_default(request: HttpRequest, pk: UUID) -> HttpResponse:
    preset = _own(request, pk)
    defaults.make_default(preset, is_default=request.POST.get("on") == "1")
    return redirect("presets")


@login_required
@require_POST
def preset_delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    _own(request, pk).delete()
    messages.success(request, _("The preset has been deleted."))
    return redirect("presets")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ground_list(request: HttpRequest) -> HttpResponse:
    """The list; POST adds one, and leads back to where it was sent from. A script gets to know which one."""
    if request.method != "POST":
        return _list(request, "")
    if ratelimit.is_over("ground", ratelimit.client_of(request), _PICTURES, _SECONDS):
        return ratelimit.too_many(request, _SECONDS)
    try:
        ground = _added(request)
    except _Refused as err:
        sentence = str(err)
        if is_script(request):
            return JsonResponse({"sentence": sentence}, status=422)
        return _list(request, sentence, 422)
    if is_script(request):
        return JsonResponse({"id": str(ground.pk), "name": ground.name}, status=201)
    messages.success(request, _("The picture can now be chosen as a background."))
    return redirect(own_path(request.GET.get("back", "")) or "grounds")


class _Refused(Exception):
    """No picture was added; the argument is a sentence."""


def _added(request: HttpRequest) -> Ground:
    form = GroundForm(request.POST, request.FILES)
    if not form.is_valid() or form.candidate is None:
        raise _Refused(form.reason)
    if Ground.objects.visible_to(request).count() >= grounds.MOST_GROUNDS:
        most = {"most": grounds.MOST_GROUNDS}
        raise _Refused(_("There is room for %(most)s pictures. Delete one first.") % most)
    try:
        return grounds.accept(form.candidate, request=request, guest=form.cleaned_data["submission"][1])
    except StorageFull:
        raise _Refused(Failure("storage_full", {}).sentence) from None


def _list(request: HttpRequest, reason: str, status: int = 200) -> HttpResponse:
    context = {
        "grounds": Ground.objects.visible_to(request),
        "form": GroundForm(),
        "reason": reason,
        "has_photos": True,
    }
    return render(request, "images/editing/grounds.html", context, status=status)


@require_safe
def ground_file(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    ground = get_object_or_404(Ground.objects.visible_to(request), pk=pk)
    return picture(stored(ground.file), ground.mime)


@require_POST
def ground_delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    grounds.delete(get_object_or_404(Ground.objects.visible_to(request), pk=pk))
    messages.success(request, _("The picture and every file made with it have been deleted."))
    return redirect("grounds")
