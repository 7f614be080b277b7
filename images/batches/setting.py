"""One setting for all photos of a batch: what is made of each cut-out, without cutting out again.

What was edited in a single photo stays: its marks always, and each part that was set there. The rest follows
the batch, also when its setting changes later.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from bgbegone.lib.bell import ring
from bgbegone.lib.words import Words
from images.batches.models import Batch, Item, ItemQuerySet
from images.editing import presets, services
from images.editing.models import Edit, Ground, Preset, Rendition
from images.engine.edits import check
from images.engine.edits import recipe as recipes
from images.engine.edits.check import Facts, Line, Verdict
from images.engine.edits.parts import Picture
from images.engine.edits.recipe import Recipe
from images.engine.errors import BadRecipe
from images.photos.models import Photo

logger = logging.getLogger(__name__)

_PARTS = ("ground", "shadow", "outline", "place", "output")
# So many files are asked for in one go, so that the clerk does its other work in between.
_AT_ONCE = 200


# How a batch says that its setting is a preset of its owner's; a marketplace's goes by its slug.
_OWN = "own-"


@dataclass(frozen=True, slots=True)
class Ready:
    """A setting that is there to be chosen: a marketplace's, or a preset that the owner has kept."""

    label: Words
    document: dict[str, Any]
    word: str  # what stands for {preset} in a name
    is_own: bool


def ready_made(batch: Batch) -> dict[str, Ready]:
    """What can be chosen for a batch, by what `Batch.preset` holds then; the owner's own first."""
    mine = Preset.objects.filter(owner=batch.owner_id) if batch.owner_id else Preset.objects.none()
    found = {f"{_OWN}{row.pk.hex}": Ready(row.name, row.recipe, row.name, is_own=True) for row in mine}
    if batch.preset.startswith(_OWN) and batch.preset not in found:
        # The preset is gone, what was set by it stands: names can be changed without losing the rest.
        found[batch.preset] = Ready(_("A deleted preset"), batch.recipe, _("preset"), is_own=True)
    markets = {
        each.slug: Ready(each.name, each.document, each.slug, is_own=False) for each in presets.MARKETS
    }
    return found | markets


def word_of(batch: Batch) -> str:
    """What stands for {preset} in the names of its files."""
    found = ready_made(batch).get(batch.preset) if batch.preset else None
    return found.word if found else ""


def of(batch: Batch) -> Recipe:
    """The batch's own recipe; the plain one where nothing is set, or where it is not `intact`."""
    try:
        return _parsed(batch)
    except BadRecipe as err:
        logger.info("a batch's setting left behind", extra={"batch": batch.pk, "code": err.code})
        return Recipe()


def is_intact(batch: Batch) -> bool:
    """False when its recipe needs a picture that was deleted, or is of a release that knew other ones."""
    try:
        _parsed(batch)
    except BadRecipe:
        return False
    return True


def _parsed(batch: Batch) -> Recipe:
    """Raises BadRecipe."""
    recipe = recipes.parse(batch.recipe) if batch.recipe else Recipe()
    if isinstance(recipe.ground, Picture):
        whose = {"owner": batch.owner_id, "guest": batch.guest}
        if not Ground.objects.filter(pk=recipe.ground.picture, **whose).exists():
            raise BadRecipe("no_ground")
    return recipe


def canonical(document: dict[str, Any]) -> dict[str, Any]:
    """A recipe as a batch keeps it: for every photo, so without marks; empty when it changes nothing.

    Raises BadRecipe.
    """
    recipe = recipes.parse(document).as_preset
    return {} if recipe.is_plain else recipes.canonical(recipe)


def change(batch: Batch, document: dict[str, Any], preset: str, names: str) -> None:
    """Set it for all. Files that are there already stay in the store and are found again."""
    with transaction.atomic():
        Batch.objects.filter(pk=batch.pk).update(recipe=document, preset=preset, names=names)
        number = Batch.objects.bump(batch.pk)
        batch.items.filter(fate=Item.Fate.READY).update(is_due=True, change=number)
        # The clock would do it, too; whoever has just clicked need not wait for it.
        transaction.on_commit(partial(ring, "images.batches.tasks.tend", queue="upkeep"))


def joined(general: Recipe, own: Recipe | None) -> Recipe:
    """The batch's recipe with what was edited in one photo."""
    if own is None:
        return general
    plain = Recipe()
    set_there = {name: getattr(own, name) for name in _PARTS if getattr(own, name) != getattr(plain, name)}
    return replace(general, marks=own.marks, **set_there)


def recipes_of(items: Sequence[Item]) -> dict[Item, Recipe]:
    """For each item that is ready, bound to its cut-out; plain ones are left as they are."""
    ready = [item for item in items if item.photo and item.photo.cutout.is_done]
    edited = set(Edit.objects.filter(photo__in=[i.photo_id for i in ready]).values_list("photo", flat=True))
    general = {batch.pk: of(batch) for batch in {item.batch_id: item.batch for item in ready}.values()}
    found = {}
    for item in ready:
        own = _own(item.photo) if item.photo_id in edited else None
        found[item] = _bound(item, joined(general[item.batch_id], own))
    return found


def _own(photo: Photo | None) -> Recipe | None:
    return services.current(photo) if photo else None


def _bound(item: Item, recipe: Recipe) -> Recipe:
    """Whose the pictures in it are was looked at before: a thousand items ask for each of them once."""
    if recipe.is_plain or item.photo is None:
        return Recipe()
    cutout = item.photo.cutout
    return recipes.bound(replace(recipe, cutout=None, weights=None), cutout.pk, cutout.weights_sha256 or None)


def renditions_of(wanted: dict[Item, Recipe]) -> dict[Item, Rendition]:
    """The files that there are, or that are being made, by these recipes; two queries for all."""
    digests = {item: recipes.digest(recipe) for item, recipe in wanted.items() if not recipe.is_plain}
    cutouts = [item.photo.cutout.pk for item in digests if item.photo]
    rows = Rendition.objects.filter(cutout__in=cutouts, digest__in=set(digests.values()))
    by_key = {(row.cutout_id, row.digest): row for row in rows.defer("recipe")}
    keys = {item: (_cutout(item), digest) for item, digest in digests.items()}
    return {item: by_key[key] for item, key in keys.items() if key in by_key}


def _cutout(item: Item) -> UUID | None:
    return item.photo.cutout.pk if item.photo else None


def ask_due() -> int:
    """Have the files made that batches want and that nobody has asked for yet; how many."""
    due = Item.objects.filter(is_due=True, fate=Item.Fate.READY).select_related("photo__cutout", "batch")
    items = list(due[:_AT_ONCE])
    asked = sum(_ask(item, recipe) for item, recipe in recipes_of(items).items())
    Item.objects.filter(pk__in=[item.pk for item in items]).update(is_due=False)
    return asked


def _ask(item: Item, recipe: Recipe) -> bool:
    if recipe.is_plain or item.photo is None:
        return False
    try:
        services.request(item.photo, recipe, queue=Rendition.Queue.BULK)
    except (BadRecipe, Photo.DoesNotExist):
        return False  # the photo was edited or deleted at this very moment
    return True


def note_missing(items: Iterable[Item]) -> None:
    """Let the clerk ask for files that are wanted and are not there: an edit has changed, or they were
    deleted because nobody had wanted them for long."""
    rows = list(items)
    Item.objects.filter(pk__in=[item.pk for item in rows]).update(is_due=True)
    for item, recipe in recipes_of([item for item in rows if item._state.adding]).items():
        _ask(item, recipe)  # of no batch: nobody else would ask


def being_made(batch: Batch) -> int:
    """How many files workers are at, or will be."""
    active = Rendition.objects.active().filter(cutout__photo__item__batch=batch).count()
    due = batch.items.filter(is_due=True, fate=Item.Fate.READY).count() if batch.recipe else 0
    return active + due


def checked(batch: Batch, rendition: Rendition | None) -> list[Line]:
    """What the marketplace's rules say to the finished file; empty where there are none."""
    market = presets.BY_SLUG.get(batch.preset)
    facts = Facts.of(rendition.checks) if rendition and rendition.checks else None
    return check.check(facts, market.rules) if market and facts else []


def is_unfit(lines: Iterable[Line]) -> bool:
    return any(line.verdict is Verdict.FAIL for line in lines)


def unfit(batch: Batch) -> ItemQuerySet:
    """The items whose file does not pass the marketplace's check."""
    items = list(batch.items.ready().select_related("photo__cutout", "batch"))
    files = renditions_of(recipes_of(items)) if batch.preset in presets.BY_SLUG else {}
    failed = [item.pk for item, file in files.items() if is_unfit(checked(batch, file))]
    return batch.items.filter(pk__in=failed)
