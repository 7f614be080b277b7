"""Answers that hold a person's picture, or that only the holder of an address may see."""

from collections.abc import Callable
from functools import wraps
from typing import IO
from urllib.parse import quote

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme

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


def is_script(request: HttpRequest) -> bool:
    """Whether a script of ours asks, which reads JSON, and not a form."""
    return request.headers.get("X-Requested-With") == "XMLHttpRequest"


def own_path(text: str) -> str:
    """An address from outside where it leads to a page of this site, else nothing."""
    is_ours = text.startswith("/") and url_has_allowed_host_and_scheme(text, allowed_hosts=None)
    return text if is_ours else ""


def unpublished(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Tell browsers, caches and search engines to keep nothing of an answer, whatever it is.

    Browsers call the origin of such a page “null”, and Django's check refuses every form that stands on it:
    its template extends `apart.html`, which has none that needs a session.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, **kwargs: str) -> HttpResponseBase:
        response = view(request, **kwargs)
        response["Cache-Control"] = "no-store, private"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response

    return wrapped
