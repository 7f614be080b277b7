"""Presets of one's own, and the one that is done to every new photo."""

import logging

from django.db import IntegrityError, transaction

from accounts.models import User
from images.editing import services
from images.editing.models import Edit, Preset
from images.engine.edits import recipe as recipes
from images.engine.edits.recipe import Recipe
from images.engine.errors import BadRecipe
from images.photos.models import Photo

logger = logging.getLogger(__name__)

MOST_PRESETS = 100


def keep(user: User, name: str, recipe: Recipe) -> Preset:
    """A preset by this name; one that there is gets the new recipe. Raises BadRecipe beyond so many."""
    if Preset.objects.filter(owner=user).exclude(name=name).count() >= MOST_PRESETS:
        raise BadRecipe("too_many_presets", {"limit": MOST_PRESETS})
    document = recipes.canonical(recipe.as_preset)
    preset, _made = Preset.objects.update_or_create(owner=user, name=name, defaults={"recipe": document})
    return preset


def make_default(preset: Preset, *, is_default: bool) -> None:
    """At most one of a member's. One that is not to be it leaves another one as it is."""
    with transaction.atomic():
        mine = Preset.objects.filter(owner=preset.owner_id)
        list(mine.select_for_update().order_by("pk"))  # of two at the same moment the second one waits
        others = mine.exclude(pk=preset.pk) if is_default else mine.none()
        others.filter(is_default=True).update(is_default=False)
        mine.filter(pk=preset.pk).update(is_default=is_default)


def begin(photo: Photo) -> None:
    """Do to a photo that was just cut out what its owner wants done to every one."""
    preset = Preset.objects.filter(owner=photo.owner_id, is_default=True).first() if photo.owner_id else None
    if preset is None or Edit.objects.filter(photo=photo).exists():
        return
    try:
        recipe = services.kept(photo, recipes.parse(preset.recipe))
        with transaction.atomic():
            Edit.objects.create(photo=photo, recipe=recipe)
    except BadRecipe as err:
        logger.info("preset left out", extra={"photo": photo.pk, "code": err.code})
    except IntegrityError:
        pass  # somebody has begun an edit at this very moment
