"""Edits kept, and files made by them."""

import logging
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from images.editing import grounds
from images.editing.models import Edit, Rendition, Version
from images.engine.edits import recipe as recipes
from images.engine.edits.parts import Picture, Transparent
from images.engine.edits.recipe import Recipe
from images.engine.errors import BadRecipe
from images.photos.models import Photo
from images.work.bell import ring
from images.work.models import Cutout

logger = logging.getLogger(__name__)

# Of one photo; the ones that nobody has asked for the longest go first.
MOST_RENDITIONS = 40
MOST_VERSIONS = 100
# How late it may be known that a file is still wanted: each look at the gallery asks for a dozen.
_TOUCHED = timedelta(minutes=1)


def bound(photo: Photo, recipe: Recipe) -> Recipe:
    """The recipe for this photo's cut-out as it is now.

    Raises BadRecipe for one that was made for another photo, or on a cut-out by another model, or with a
    picture that is not that person's.
    """
    cutout = photo.cutout
    if recipe.cutout not in (None, cutout.pk):
        raise BadRecipe("recipe_other_photo")
    if recipe.weights not in (None, cutout.weights_sha256):
        raise BadRecipe("recipe_other_weights")
    if isinstance(recipe.ground, Picture) and not grounds.has(photo, recipe.ground.picture):
        raise BadRecipe("no_ground")
    return recipes.bound(recipe, cutout.pk, cutout.weights_sha256 or None)


def find(photo: Photo, recipe: Recipe) -> Rendition | None:
    """The rendition by this recipe, if it was ever asked for. Raises BadRecipe."""
    digest = recipes.digest(bound(photo, recipe))
    return Rendition.objects.filter(cutout=photo.cutout, digest=digest).first()


def request(photo: Photo, recipe: Recipe, *, queue: str = Rendition.Queue.INTERACTIVE) -> Rendition:
    """The rendition by this recipe: the one that there is, else a new one that a worker takes.

    One that failed a while ago, for a reason that may have passed, is tried again. Raises BadRecipe, and
    Photo.DoesNotExist when the photo was deleted meanwhile; its cut-out has to be done.
    """
    recipe = bound(photo, recipe)
    digest = recipes.digest(recipe)
    found = Rendition.objects.filter(cutout=photo.cutout, digest=digest).first()
    if found is None:
        return _created(photo.cutout, recipe, digest, queue)
    if found.last_used_at < timezone.now() - _TOUCHED:
        Rendition.objects.filter(pk=found.pk).update(last_used_at=timezone.now())
    if found.may_be_tried_again:
        _try_again(found, queue)
    elif found.is_active and queue == Rendition.Queue.INTERACTIVE != found.queue:
        _hurry(found)
    return found


def request_in_turn(photo: Photo, recipe: Recipe) -> Rendition:
    """As `request`, unless another file of this photo is being made: then that one, to be waited for first.

    Whoever draws and has each state checked has one file in the queue then, and not thirty.
    """
    if find(photo, recipe) is None:
        others = Rendition.objects.active().filter(cutout=photo.cutout, queue=Rendition.Queue.INTERACTIVE)
        if other := others.first():
            return other
    return request(photo, recipe)


def _created(cutout: Cutout, recipe: Recipe, digest: str, queue: str) -> Rendition:
    document = recipes.canonical(recipe)
    try:
        with transaction.atomic():
            if not Cutout.objects.select_for_update().filter(pk=cutout.pk).exists():
                raise Photo.DoesNotExist
            made: Rendition = Rendition.objects.create(
                cutout=cutout, recipe=document, digest=digest, queue=queue
            )
            transaction.on_commit(partial(ring, queue))
    except IntegrityError:
        # Somebody else has just asked for the same.
        return Rendition.objects.get(cutout=cutout, digest=digest)
    _make_room(cutout)
    return made


def _try_again(rendition: Rendition, queue: str) -> None:
    with transaction.atomic():
        Rendition.objects.filter(pk=rendition.pk, status=Rendition.Status.FAILED).update(
            status=Rendition.Status.QUEUED,
            queue=queue,
            queued_at=timezone.now(),
            attempts=0,
            error_code="",
            error_params={},
        )
        transaction.on_commit(partial(ring, queue))
    rendition.refresh_from_db()


def _hurry(rendition: Rendition) -> None:
    """Somebody waits for what a batch has asked for."""
    Rendition.objects.filter(pk=rendition.pk, status=Rendition.Status.QUEUED).update(
        queue=Rendition.Queue.INTERACTIVE
    )
    ring(Rendition.Queue.INTERACTIVE)


def _make_room(cutout: Cutout) -> None:
    rows = Rendition.objects.filter(cutout=cutout).order_by("-last_used_at")
    over = rows.filter(status__in=[Rendition.Status.DONE, Rendition.Status.FAILED])[MOST_RENDITIONS:]
    for rendition in over:
        grounds.forget(rendition)


def kept(photo: Photo, recipe: Recipe) -> dict[str, Any]:
    """The document to store: bound to the cut-out where it has marks, else good for a later one, too.

    Raises BadRecipe.
    """
    of_this_cutout = bound(photo, recipe)
    return recipes.canonical(of_this_cutout if recipe.marks else recipes.bound(recipe, None, None))


class Outdated(Exception):
    """Somebody else, or another tab, has saved meanwhile; `edit` is what stands now."""

    def __init__(self, edit: Edit) -> None:
        super().__init__()
        self.edit = edit


def current(photo: Photo) -> Recipe:
    """The recipe of a photo as it stands; the plain one where nothing was edited, or where the cut-out has
    been made anew since. With a background picture that was deleted only the picture is gone.
    """
    edit = Edit.objects.filter(photo=photo).first()
    if edit is None:
        return Recipe()
    try:
        recipe = _without_a_lost_picture(photo, recipes.parse(edit.recipe))
        bound(photo, recipe)
    except BadRecipe as err:
        logger.info("edit left behind", extra={"photo": photo.pk, "code": err.code})
        return Recipe()
    return recipe


def revision_of(photo: Photo) -> int:
    """How often the photo's edit was saved; 0 where it has none."""
    return Edit.objects.filter(photo=photo).values_list("revision", flat=True).first() or 0


def _without_a_lost_picture(photo: Photo, recipe: Recipe) -> Recipe:
    is_lost = isinstance(recipe.ground, Picture) and not grounds.has(photo, recipe.ground.picture)
    return replace(recipe, ground=Transparent()) if is_lost else recipe


def save(photo: Photo, recipe: Recipe, *, revision: int) -> Edit:
    """Make this the recipe of the photo, by who has last seen `revision`, 0 for none. Where it is that
    already, nothing changes, nor the revision: a look from one window is no change to another.

    Raises BadRecipe, Outdated.
    """
    document = kept(photo, recipe)
    if unchanged := Edit.objects.filter(photo=photo, recipe=document).first():
        return unchanged
    if revision == 0:
        try:
            with transaction.atomic():
                edit: Edit = Edit.objects.create(photo=photo, recipe=document)
                return edit
        except IntegrityError:
            return _same(photo, document)
    moved = Edit.objects.filter(photo=photo, revision=revision).update(
        recipe=document, revision=F("revision") + 1, changed_at=timezone.now()
    )
    return Edit.objects.get(photo=photo) if moved else _same(photo, document)


def _same(photo: Photo, document: dict[str, Any]) -> Edit:
    """What was saved already, when its answer got lost or its page was left, is no other's change."""
    edit = Edit.objects.filter(photo=photo, recipe=document).first()
    if edit is None:
        raise _outdated(photo)
    return edit


def go_back(photo: Photo, recipe: Recipe, edit: Edit | None) -> Edit:
    """Make an earlier recipe the edit; what stands now becomes a version. Raises as `save` does."""
    with transaction.atomic():
        if edit is not None:
            keep_version(photo, current(photo))
        return save(photo, recipe, revision=edit.revision if edit else 0)


def _outdated(photo: Photo) -> Exception:
    edit = Edit.objects.filter(photo=photo).first()
    return Outdated(edit) if edit else Photo.DoesNotExist()


def keep_version(photo: Photo, recipe: Recipe, name: str = "") -> Version:
    """Keep a recipe under a name. The oldest ones make room."""
    document = kept(photo, recipe)
    with transaction.atomic():
        Photo.objects.select_for_update().get(pk=photo.pk)  # numbers are given one after the other
        last = Version.objects.filter(photo=photo).first()
        number = last.number + 1 if last else 1
        version: Version = Version.objects.create(photo=photo, number=number, name=name, recipe=document)
        Version.objects.filter(photo=photo, number__lte=number - MOST_VERSIONS).delete()
    return version
