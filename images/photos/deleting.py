"""What else has to happen before the bytes of a photo go: the rooms above register it here."""

from collections.abc import Callable

from images.photos.models import Photo

Handler = Callable[[Photo], object]

_handlers: list[Handler] = []


def before(handler: Handler) -> Handler:
    """Decorate a function that is called before anything of a photo is deleted; it may be called again."""
    _handlers.append(handler)
    return handler


def prepare(photo: Photo) -> None:
    for handler in _handlers:
        handler(photo)
