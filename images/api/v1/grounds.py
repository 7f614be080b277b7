"""The picture for behind, kept as long as the photo that it is for."""

from images.photos.models import Photo
from images.photos.receiving import ReceivedPhoto


def kept(photo: Photo, picture: ReceivedPhoto | None) -> str:
    """The id that a recipe names it by; empty without a picture. Raises Refused."""
    if picture is None:
        return ""
    raise NotImplementedError
