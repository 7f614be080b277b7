"""What can be had of a result, on the page of its photo."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from images.editing import remembered, services
from images.editing.models import Edit, Ground, Preset
from images.editing.presets import MARKETS
from images.editing.settings import LABELS, SettingsForm, settings_of
from images.engine.edits.recipe import Recipe
from images.photos.models import Photo
from images.photos.panels import Place, register


@register(Place.RESULT, "images/editing/_download.html", order=10)
def _download(request: HttpRequest, photo: Photo) -> Mapping[str, Any]:
    recipe = services.current(photo)
    known = {} if recipe != Recipe() else remembered.initial(request)
    grounds = Ground.objects.visible_to(request)
    return {
        "photo": photo,
        "form": SettingsForm(initial=settings_of(recipe) | known, grounds=grounds),
        "grounds": grounds,
        "kinds": LABELS.items(),
        "is_edited": recipe != Recipe(),
    }


@register(Place.RESULT, "images/editing/_markets.html", order=20)
def _markets(request: HttpRequest, photo: Photo) -> Mapping[str, Any]:
    is_member = request.user.is_authenticated
    mine = Preset.objects.filter(owner=request.user.pk) if is_member else Preset.objects.none()
    return {"photo": photo, "markets": MARKETS, "presets": mine}


@register(Place.RESULT, "images/editing/_versions.html", order=30)
def _versions(request: HttpRequest, photo: Photo) -> Mapping[str, Any] | None:
    versions = list(photo.versions.all())
    edit = Edit.objects.filter(photo=photo).first()
    if not versions and edit is None:
        return None
    return {"photo": photo, "versions": versions, "edit": edit}
