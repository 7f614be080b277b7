"""Format and background as last used, where the visitor has allowed to remember them."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from images.editing.forms import KINDS, DownloadForm
from policy.cookies import comforts


def form(request: HttpRequest) -> DownloadForm:
    """The form as it was last used, or as it comes."""
    kept = comforts.of(request)
    is_colour = kept.background not in ("", comforts.TRANSPARENT)
    initial = {
        # Remembered by an earlier release perhaps, which had another list of formats.
        "format": kept.format if kept.format in KINDS else "",
        "backdrop": "colour" if is_colour else "",
        "background": f"#{kept.background}" if is_colour else "",
    }
    return DownloadForm(initial=initial)


def keep(request: HttpRequest, response: HttpResponseBase, form: DownloadForm) -> None:
    """What was taken is offered first next time."""
    colour = form.chosen_background
    background = bytes(colour).hex() if colour else comforts.TRANSPARENT
    comforts.remember(request, response, format=form.chosen_format.value, background=background)
