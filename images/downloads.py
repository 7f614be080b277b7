"""Handing a finished cut-out over in the wanted form."""

import io
import threading

from django.core.files.storage import default_storage
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from bgbegone.lib.http import picture
from images.engine import Format
from images.engine import render as render_picture
from images.forms import DownloadForm
from images.models import Cutout

# A picture of 50 megapixels needs some 600 MB while it is rewritten: one at a time in each process.
_one_at_a_time = threading.Lock()
_PATIENCE_SECONDS = 20


def answer(request: HttpRequest, cutout: Cutout, *, stem: str) -> HttpResponseBase:
    """The download that the query string asks for."""
    form = DownloadForm(request.GET)
    if not form.is_valid():
        sentence = next(iter(form.errors.values()))[0]
        return render(request, "400.html", {"sentence": sentence}, status=400)
    return send(request, cutout, form.chosen_format, background=form.chosen_background, stem=stem)


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
        return picture(default_storage.open(cutout.file), form.mime, attachment=name)
    if not _one_at_a_time.acquire(timeout=_PATIENCE_SECONDS):
        return render(request, "503.html", status=503)
    try:
        with default_storage.open(cutout.file) as file:
            data = render_picture(file.read(), form, background)
    finally:
        _one_at_a_time.release()
    return picture(io.BytesIO(data), form.mime, attachment=name)
