"""Consent for one picture, its end, and what staff choose. Every step leaves an event."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from images.engine.errors import EngineError
from images.gallery import wording
from images.gallery.models import GalleryEntry, GalleryEvent
from images.photos.making import maker
from images.photos.models import Photo

Kind = GalleryEvent.Kind


@dataclass(frozen=True, slots=True)
class Shot:
    """An entry with its two small pictures, as names in the store. `width` and `height` are the result's."""

    entry: GalleryEntry
    before: str
    after: str
    width: int
    height: int

    @property
    def files(self) -> dict[str, str]:
        return {"before.webp": self.before, "after.webp": self.after}

    @property
    def is_of_one_shape(self) -> bool:
        """Whether one can be laid over the other: nothing was cropped or added around it."""
        photo = self.entry.photo
        return abs(photo.width * self.height - photo.height * self.width) <= max(photo.width, self.width)


def shot_of(entry: GalleryEntry) -> Shot | None:
    """None while the result is being made, and where its own background was deleted since."""
    try:
        shown = maker().shown(entry.photo, entry.recipe)
    except (EngineError, Photo.DoesNotExist):
        return None
    if not (shown.preview and entry.photo.preview):
        return None
    return Shot(entry, entry.photo.preview, shown.preview, shown.width, shown.height)


def is_outdated(entry: GalleryEntry) -> bool:
    """Whether the photo has been edited, or cut out anew, since its owner agreed."""
    photo = entry.photo
    return photo.cutout.file != entry.cutout_file or maker().current(photo) != entry.recipe


@transaction.atomic
def agree(photo: Photo, *, credit: str = "") -> None:
    """The owner agrees to show the picture as it stands. A second click changes nothing.

    Of an earlier consent to another version nothing stays, so staff choose again. Raises Photo.DoesNotExist
    when it was deleted meanwhile.
    """
    photo = Photo.objects.select_for_update().get(pk=photo.pk)
    known = GalleryEntry.objects.filter(photo=photo).first()
    if known and known.credit == credit and not is_outdated(known):
        return
    GalleryEntry.objects.filter(photo=photo).delete()
    GalleryEntry.objects.create(
        photo=photo, recipe=maker().current(photo), cutout_file=photo.cutout.file, credit=credit
    )
    _note(photo, Kind.AGREED, wording=wording.VERSION, words=str(wording.WORDS))


def withdraw(photo: Photo) -> bool:
    """From now on nobody sees it there. False when there was nothing to withdraw."""
    return _end(photo, Kind.WITHDRAWN)


def let_go(photo: Photo) -> bool:
    """The photo is about to be deleted."""
    return _end(photo, Kind.DELETED)


@transaction.atomic
def _end(photo: Photo, kind: str) -> bool:
    if not GalleryEntry.objects.filter(photo=photo).delete()[0]:
        return False
    _note(photo, kind)
    return True


def show(pk: UUID) -> bool:
    """Staff have chosen it. False when its owner does not agree (any more), or it is there already."""
    return _move(pk, Kind.SHOWN, is_shown=True)


def take_down(pk: UUID) -> bool:
    return _move(pk, Kind.TAKEN_DOWN, is_shown=False)


@transaction.atomic
def _move(pk: UUID, kind: str, *, is_shown: bool) -> bool:
    # What two clicks are decided by is asked of the row itself, which the second one waits for.
    rows = GalleryEntry.objects.filter(pk=pk, shown_at__isnull=is_shown, pk__in=GalleryEntry.objects.agreed())
    if not rows.update(shown_at=timezone.now() if is_shown else None):
        return False
    _note(Photo.objects.get(gallery_entry=pk), kind)
    return True


def _note(photo: Photo, kind: str, **words: str) -> None:
    # Only members agree, so there is an owner.
    GalleryEvent.objects.create(user_id=photo.owner_id, photo=photo.pk, kind=kind, **words)  # type: ignore[misc]
