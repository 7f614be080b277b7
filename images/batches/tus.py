"""The words of the protocol tus 1.0.0: headers in, headers and refusals out. See https://tus.io/protocols."""

import base64
import binascii
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date
from django.utils.translation import gettext as _

from images.batches.models import Upload
from images.batches.pieces import Checksum, checksum_of
from images.work.limits import most_bytes

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,expiration,checksum"
ALGORITHMS = ("sha1", "sha256")
OFFSET_TYPE = "application/offset+octet-stream"
_MOST_METADATA = 8000


@dataclass
class Refused(Exception):
    """A request that is answered with a status and a sentence, and changes nothing."""

    status: int
    sentence: str
    headers: dict[str, str] = field(default_factory=dict)


def method_of(request: HttpRequest) -> str:
    """Some networks let no PATCH through; the protocol has a header for them."""
    return (request.headers.get("X-HTTP-Method-Override") or request.method or "").upper()


def answer(status: int, content: str = "", **headers: str) -> HttpResponse:
    response = HttpResponse(content, status=status, content_type="text/plain; charset=utf-8")
    for name, value in headers.items():
        response[name.replace("_", "-")] = value
    response["Tus-Resumable"] = VERSION
    response["Cache-Control"] = "no-store"
    if status == 204:
        del response["Content-Type"]
    return response


def refusal(err: Refused) -> HttpResponse:
    return answer(err.status, err.sentence, **err.headers)


def abilities() -> HttpResponse:
    """The answer to OPTIONS."""
    return answer(
        204,
        Tus_Version=VERSION,
        Tus_Extension=EXTENSIONS,
        Tus_Max_Size=str(most_bytes()),
        Tus_Checksum_Algorithm=",".join(ALGORITHMS),
    )


def check_version(request: HttpRequest) -> None:
    """Also what makes these addresses safe without a form's token: no page of another site can send this
    header unless we allowed it to, which we do not."""
    if request.headers.get("Tus-Resumable") != VERSION:
        sentence = _("This address speaks version %(version)s of the protocol tus.") % {"version": VERSION}
        raise Refused(412, sentence, {"Tus-Version": VERSION})


def number_in(request: HttpRequest, header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise Refused(400, _("%(header)s must be a whole number, zero or more.") % {"header": header})
    return int(text)


def length_of(request: HttpRequest) -> int:
    """How long the new file will be."""
    if "Upload-Defer-Length" in request.headers:
        raise Refused(400, _("The length of a file must be known when its upload begins."))
    length = number_in(request, "Upload-Length")
    if length > most_bytes():
        limit = most_bytes() // 1_000_000
        raise Refused(413, _("A file may have at most %(limit)s MB.") % {"limit": limit})
    if length == 0:
        raise Refused(400, _("The file is empty."))
    return length


def metadata_of(request: HttpRequest) -> dict[str, str]:
    """Pairs of a key and base64; a value that is no text is an error like any other."""
    header = request.headers.get("Upload-Metadata", "")
    if len(header) > _MOST_METADATA:
        raise Refused(400, _("Upload-Metadata is too long."))
    pairs = [pair.strip().partition(" ") for pair in header.split(",") if pair.strip()]
    try:
        return {key: base64.b64decode(value, validate=True).decode() for key, _space, value in pairs}
    except (binascii.Error, UnicodeDecodeError):
        raise Refused(400, _("Upload-Metadata must hold keys with values in base64.")) from None


def checksum_in(request: HttpRequest) -> Checksum | None:
    header = request.headers.get("Upload-Checksum")
    if header is None:
        return None
    try:
        return checksum_of(header, ALGORITHMS)
    except ValueError:
        sentence = _("Upload-Checksum must be one of %(names)s, a space, and base64.")
        raise Refused(400, sentence % {"names": ", ".join(ALGORITHMS)}) from None


def brings_bytes(request: HttpRequest) -> bool:
    return request.content_type == OFFSET_TYPE


def body_limit(request: HttpRequest, upload: Upload) -> int:
    """How many bytes of the body are taken. One that is announced longer than the file is refused whole."""
    left = upload.size - upload.offset
    try:
        announced = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        announced = 0
    if announced > left:
        raise Refused(413, _("These are more bytes than the file was said to have."))
    return left


def state_of(upload: Upload) -> dict[str, str]:
    """The headers that tell where an upload stands."""
    return {
        "Upload_Offset": str(upload.offset),
        "Upload_Expires": http_date(upload.expires_at.timestamp()),
    }
