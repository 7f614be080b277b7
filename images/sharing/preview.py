"""What a link with few downloads shows before one is used: less than the picture itself."""

import io
from typing import IO

from PIL import Image

_LONGEST = 480  # pixels


def reduced(preview: IO[bytes], longest: int) -> IO[bytes]:
    """At most half as long as the picture, whose longest side is `longest` pixels, and never more than 480.

    Otherwise whoever has used up the last download, or none, would have the whole of a small photo.
    """
    most = max(1, min(_LONGEST, longest // 2))
    with preview, Image.open(preview) as picture:
        picture.thumbnail((most, most))
        out = io.BytesIO()
        picture.save(out, "WEBP", quality=80)
    out.seek(0)
    return out
