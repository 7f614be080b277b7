"""A finished cut-out gets its link, unless its owner wants none (promise P15)."""

from images.sharing.models import ShareLink
from images.work.results import Result, on_done


@on_done
def _reveal(result: Result) -> None:
    photo = result.cutout.photo
    if not photo.is_private and not photo.links.exists():
        ShareLink.issue(photo, photo.link_lifetime).save(force_insert=True)
