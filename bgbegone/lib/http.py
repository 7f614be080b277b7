"""Answers that hold a person's picture."""

from typing import IO
from urllib.parse import quote

from django.http import FileResponse

# A picture may do nothing at all, even when somebody gets a browser to treat it as a page.
BYTES_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


def picture(file: IO[bytes], mime: str, *, attachment: str = "") -> FileResponse:
    """Stream picture bytes so that no cache keeps them and no index lists them.

    `attachment` is the name under which the browser should save the file; empty shows it in the page.
    """
    response = FileResponse(file, content_type=mime)
    response["Content-Security-Policy"] = BYTES_POLICY
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    kind = f"attachment; filename*=UTF-8''{quote(attachment)}" if attachment else "inline"
    response["Content-Disposition"] = kind
    return response
