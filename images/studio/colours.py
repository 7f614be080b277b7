"""Colours that somebody has lately put behind photos: offered again, on each of their devices."""

from images.editing.models import Edit
from images.photos.models import Photo

_PLAIN = ("#ffffff", "#f2f2f2", "#000000", "#dbe9f6", "#f6e6d8")
_EDITS, _MOST = 40, 8


def recent_colours(photo: Photo) -> list[str]:
    """The last ones first, then plain ones."""
    whose = {"photo__owner": photo.owner_id} if photo.owner_id else {"photo__guest": photo.guest}
    recipes = Edit.objects.filter(**whose).order_by("-changed_at").values_list("recipe", flat=True)[:_EDITS]
    grounds = [recipe.get("ground", {}) for recipe in recipes]
    used = [ground[name] for ground in grounds for name in ("colour", "start", "end") if name in ground]
    return list(dict.fromkeys([*used, *_PLAIN]))[:_MOST]
