"""The picture of a request, and the one behind it: a file, base64, or an address."""

from dataclasses import dataclass
from typing import Any

from images.api import bodies
from images.api.bodies import Body
from images.api.fetching.services import NotFetched, fetch
from images.api.v1.errors import Refused
from images.api.v1.forms import base64_bytes
from images.photos.receiving import ReceivedPhoto
from images.work.limits import most_bytes


@dataclass(frozen=True, slots=True)
class _Codes:
    """What is answered when an address is wrong, and when it cannot be fetched."""

    address: str
    download: str


_IMAGE = _Codes("invalid_image_url", "failed_image_download")
_GROUND = _Codes("invalid_bg_image_url", "failed_bg_download")

_SENTENCES = {
    "off": "This server fetches no addresses. Send the file itself.",
    "busy": "Too many addresses are being fetched at this moment. Please try again.",
    "failed": "The address does not answer, or breaks off.",
    "too_slow": "The address did not send everything in time.",
    "redirects": "The address leads on and on.",
    "refused": "This address may not be fetched.",
}


def image(body: Body) -> ReceivedPhoto:
    """The picture to cut out. Raises Refused unless there is exactly one."""
    file, encoded, address = (
        body.files.get("image_file"),
        _text(body, "image_file_b64"),
        _text(body, "image_url"),
    )
    is_file = file is not None and (file.length > 0 or file.label != bodies.NAMELESS)
    given = [is_file, bool(encoded), bool(address)]
    if not any(given):
        raise Refused("missing_source", "Give one of image_file, image_file_b64 and image_url.")
    if sum(given) > 1 or "image_file" in body.repeated:
        raise Refused("multiple_sources", "Give only one of image_file, image_file_b64 and image_url.")
    if encoded:
        return _decoded(encoded)
    return _fetched(address, _IMAGE) if address else file  # type: ignore[return-value]


def ground(body: Body) -> ReceivedPhoto | None:
    """The picture for behind, if there is one. Raises Refused when there are two kinds of background."""
    file, address = body.files.get("bg_image_file"), _text(body, "bg_image_url")
    is_file = file is not None and file.length > 0
    if sum([is_file, bool(address), bool(_text(body, "bg_color"))]) > 1:
        raise Refused("multiple_bg_sources", "Give only one of bg_color, bg_image_url and bg_image_file.")
    if address:
        return _fetched(address, _GROUND)
    return file if is_file else None


def _text(body: Body, name: str) -> str:
    value: Any = body.fields.get(name)
    return value.strip() if isinstance(value, str) and value.strip() != "undefined" else ""


def _decoded(text: str) -> ReceivedPhoto:
    data = base64_bytes(text)
    if data is None:
        raise Refused("failed_to_read_image", "image_file_b64 is not base64.")
    return bodies.photo_of(data)


def _fetched(address: str, codes: _Codes) -> ReceivedPhoto:
    try:
        return bodies.photo_of(fetch(address, most_bytes=most_bytes()))
    except NotFetched as err:
        raise _refusal(err, codes) from err


def _refusal(err: NotFetched, codes: _Codes) -> Refused:
    if err.code == "too_large":
        return Refused("file_too_large", "What lies at this address is too large.")
    if err.code == "busy":
        return Refused("busy", _SENTENCES["busy"], status=503, wait=2)
    detail = f"The address answered {err.status}." if err.status else _SENTENCES[err.code]
    return Refused(codes.address if err.code == "refused" else codes.download, detail)
