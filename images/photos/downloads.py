"""Handing a finished cut-out over in the wanted form."""

import io
import logging
import threading

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from bgbegone.lib import ratelimit
from bgbegone.lib.http import picture
from images.engine import EngineError, Format
from images.engine import render as render_picture
from images.photos.forms import DownloadForm
from images.work.failures import Failure
from images.work.models import Cutout
from policy.cookies import comforts

logger = logging.getLogger(__name__)

# A picture of 50 megapixels needs some 600 MB while it is rewritten: one at a time in each process.
_one_at_a_time = threading.Lock()
_PATIENCE_SECONDS = 20
# So many from one address in so many seconds: nobody may keep the others waiting for ever.
_CONVERSIONS, _SECONDS = 30, 60


def answer(request: HttpRequest, cutout: Cutout, *, stem: str) -> HttpResponseBase:
    """The download that the query string asks for."""
    form = DownloadForm(request.GET)
    if not form.is_valid():
        return _refused(request, str(next(iter(form.errors.values()))[0]))
    response = send(request, cutout, form.chosen_format, background=form.chosen_background, stem=stem)
    if response.status_code == 200 and form.has_changed():
        _remember(request, response, form)
    return response


def _remember(request: HttpRequest, response: HttpResponseBase, form: DownloadForm) -> None:
    """What was taken is offered first next time, when the visitor has allowed that."""
    colour = form.chosen_background
    background = bytes(colour).hex() if colour else comforts.TRANSPARENT
    comforts.remember(request, response, format=form.chosen_format.value, background=background)


def preset(request: HttpRequest) -> DownloadForm:
    """The form as it was last used, or as it comes."""
    kept = comforts.of(request)
    is_colour = kept.background not in ("", comforts.TRANSPARENT)
    initial = {
        # Remembered by an earlier release perhaps, which had another list of formats.
        "format": kept.format if kept.format in [form.value for form in Format] else "",
        "backdrop": "colour" if is_colour else "",
        "background": f"#{kept.background}" if is_colour else "",
    }
    return DownloadForm(initial=initial)


def send(
    request: HttpRequest,
    cutout: Cutout,
    form: Format,
    *,
    background: tuple[int, int, int] | None = None,
    stem: str,
) -> HttpResponseBase:
    """The cut-out as a file to save. A transparent PNG is what is stored; the rest is made now."""
    name = f"{stem}.{form.extension}"
    if form == Format.PNG and background is None:
        return picture(stored(cutout.file), form.mime, attachment=name)
    if ratelimit.is_over("convert", ratelimit.client_of(request), _CONVERSIONS, _SECONDS):
        return ratelimit.too_many(request, _SECONDS)
    if not _one_at_a_time.acquire(timeout=_PATIENCE_SECONDS):
        return render(request, "503.html", status=503)
    try:
        with stored(cutout.file) as file:
            data = render_picture(file.read(), form, background)
    except EngineError as err:
        return _refused(request, Failure(err.code, err.params).sentence)
    finally:
        _one_at_a_time.release()
    return picture(io.BytesIO(data), form.mime, attachment=name)


def _refused(request: HttpRequest, sentence: str) -> HttpResponse:
    return render(request, "400.html", {"sentence": sentence}, status=400)


def stored(name: str) -> "File[bytes]":
    """A file of the store; one that was lost there answers like one that never was."""
    try:
        return default_storage.open(name)
    except FileNotFoundError:
        logger.error("a stored picture is missing", extra={"file": name})
        raise Http404 from None
