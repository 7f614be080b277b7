"""The picture for behind: looked at before the work begins, and drawn when it is done."""

from images.api import intake
from images.engine.codecs.decode import decode
from images.engine.photo import Photo
from images.photos.receiving import ReceivedPhoto


def checked(picture: ReceivedPhoto | None) -> bytes:
    """Its bytes, held to the same limits as a photo; empty without one. Raises NotTaken."""
    if picture is None:
        return b""
    intake.look_at(picture)
    picture.content.seek(0)
    return picture.content.read()


def opened(data: bytes) -> Photo | None:
    """Upright. Raises EngineError for what looked like a picture and is none."""
    return decode(data) if data else None
