"""What tests of the studio begin with."""

import gzip
import io
import json
from typing import Any

from django.test import Client
from PIL import Image

from images.photos.models import Photo
from images.studio import jobs
from images.work import worker
from tests.base import disc, finished, upload_file

SCRIPT = {"x-requested-with": "XMLHttpRequest"}


def address(photo: Photo, name: str = "") -> str:
    return f"/photos/{photo.pk}/studio/{name}"


def opened(client: Client, size: tuple[int, int] = (600, 400), picture: bytes | None = None) -> Photo:
    """A photo whose studio has been opened and prepared: a bright ball in the middle, if nothing else."""
    photo = finished(client, file=upload_file(picture or disc(size)))
    assert client.get(address(photo)).status_code == 200
    prepared()
    return photo


def prepared() -> None:
    """What a worker does next."""
    assert jobs.process_next(worker._process.network)


def half_hidden() -> bytes:
    """A ball of which the photo itself hides all that is right of x = 350."""
    picture, file = Image.open(io.BytesIO(disc((600, 400)))).convert("RGBA"), io.BytesIO()
    picture.paste((0, 0, 0, 0), (350, 0, *picture.size))
    picture.save(file, "PNG")
    return file.getvalue()


def stroke(*points: int, keep: bool = False, **more: Any) -> dict[str, Any]:
    """Through x, y and differences, in pixels; twenty pixels wide."""
    quarters = [4 * length for length in points]
    return {"op": "stroke", "keep": keep, "radius": 40, "points": quarters, **more}


def ask(client: Client, photo: Photo, name: str, **values: Any) -> Any:
    """As the script asks."""
    fields = {key: json.dumps(value) if key == "marks" else value for key, value in values.items()}
    return client.post(address(photo, name), fields, headers=SCRIPT)


def save(client: Client, photo: Photo, marks: list[dict[str, Any]], revision: int = 0, **fields: Any) -> Any:
    return ask(client, photo, "save/", marks=marks, revision=revision, **fields)


def content(response: Any) -> bytes:
    assert response["Content-Encoding"] == "gzip"
    return gzip.decompress(b"".join(response.streaming_content))
