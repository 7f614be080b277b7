"""One call of /v1.0/removebg, from its body to the finished picture."""

import hashlib
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings

from images.api import intake, marking, rendering
from images.api.bodies import Body
from images.api.intake import NotTaken, Order
from images.api.keys.models import ApiKey
from images.api.limits.services import OverLimit, note_refusal
from images.api.v1 import geometry, grounds, sources
from images.api.v1.errors import Refused
from images.api.v1.forms import RemoveForm
from images.api.v1.geometry import Frame, Wanted
from images.api.waiting import Patience
from images.engine import Facts, Format, Kind
from images.engine.errors import EngineError
from images.photos.models import Photo
from images.work.failures import Failure
from images.work.wishes import wishes

_NAMES = uuid.UUID("a2f6b1de-6a2c-4d0e-9c38-0d6f8f8a5c11")
_SANDBOX_PIXELS = 250_000

# The contract's codes for what the engine and the service around it say. The rest is a fault of ours.
_CODES = {
    "empty": "failed_to_read_image",
    "not_an_image": "invalid_file_type",
    "svg": "invalid_file_type",
    "unsupported_format": "invalid_file_type",
    "unsupported_kind": "invalid_file_type",
    "camera_raw": "invalid_file_type",
    "animated": "invalid_file_type",
    "truncated": "failed_to_read_image",
    "damaged": "failed_to_read_image",
    "too_many_bytes": "file_too_large",
    "too_many_pixels": "resolution_too_high",
    "too_long_side": "invalid_dimensions",
    "too_long_for_format": "invalid_dimensions",
    "result_too_large": "invalid_dimensions",
    "margins_too_wide": "invalid_dimensions",
    "too_small": "unknown_foreground",
    "no_subject": "unknown_foreground",
    "no_subject_left": "unknown_foreground",
}
_BUSY = {"storage_full", "too_many_waiting"}
_SHADOWS = {"drop": "drop", "auto": "contact", "3d": "contact", "car": "contact"}


@dataclass(frozen=True, slots=True)
class Finished:
    """`kind` is what the subject is taken for; empty when nobody wants to know."""

    data: bytes
    mime: str
    kind: str
    frame: Frame


@dataclass(frozen=True, slots=True)
class Begun:
    """A call whose photo is taken in; `picture` is the file of the one for behind, or empty."""

    key: ApiKey
    photo: Photo
    form: RemoveForm
    picture: bytes
    patience: Patience


@contextmanager
def _refusals(key: ApiKey) -> Iterator[None]:
    """Everything that can be wrong, in the contract's words."""
    try:
        yield
    except (NotTaken, rendering.Failed) as err:
        raise _refused(err.failure) from err
    except EngineError as err:
        raise _refused(Failure(err.code, err.params)) from err
    except OverLimit as err:
        note_refusal(key)
        raise Refused("rate_limit_exceeded", status=429, wait=err.wait) from err
    except rendering.NotFinished as err:
        detail = "The work goes on: the same request, sent again, finds its result and is not counted twice."
        raise Refused("timeout", detail, status=503, wait=5) from err
    except rendering.Gone as err:
        raise Refused("not_found", "The picture was deleted meanwhile.", status=404) from err


def begin(key: ApiKey, body: Body) -> Begun:
    """Take a call in. Raises Refused."""
    form = RemoveForm(body)
    if not form.is_valid():
        raise Refused(form.code, form.detail)
    with _refusals(key):
        picture = grounds.checked(sources.ground(body))
        candidate = intake.look_at(sources.image(body))
        order = _order(key, form, candidate.facts, hashlib.sha256(picture).hexdigest())
        photo = intake.take_in(key, candidate, order)
    return Begun(key, photo, form, picture, Patience(settings.API_WAIT_SECONDS))


def proceed(call: Begun) -> Finished:
    """The finished picture. May be called again and again. Raises Refused, waiting.Paused."""
    with _refusals(call.key):
        return _finished(call)


def _refused(failure: Failure) -> Refused:
    if failure.code in _BUSY:
        return Refused("busy", failure.sentence, status=503, wait=10)
    code = _CODES.get(failure.code)
    return Refused(code, failure.sentence) if code else Refused("internal", failure.sentence, status=500)


def _order(key: ApiKey, form: RemoveForm, facts: Facts, ground: str) -> Order:
    """The same file with the same words from the same person is the same order, however often it is sent."""
    wanted = {name: str(value) for name, value in form.cleaned_data.items()}
    said = json.dumps([key.owner_id, key.is_sandbox, ground, wanted], sort_keys=True)
    return Order(
        name=uuid.uuid5(_NAMES, hashlib.sha256(said.encode()).hexdigest()),
        lifetime=timedelta(hours=settings.API_PHOTO_HOURS),
        options=wishes(
            region=_region(form, facts),
            windows=form.cleaned_data["semitransparency"],
            kind=_taken_for(form),
        ),
    )


def _region(form: RemoveForm, facts: Facts) -> tuple[int, int, int, int] | None:
    roi = form.cleaned_data["roi"]
    if roi is None:
        return None
    try:
        region = geometry.region(roi, facts.width, facts.height)
    except geometry.RegionError as err:
        raise Refused(str(err)) from err
    return None if region == (0, 0, facts.width, facts.height) else region


def _finished(call: Begun) -> Finished:
    photo, form = call.photo, call.form
    rendering.finish(photo.cutout, call.patience)
    frame = _frame(call.key, photo, form)
    document = recipe(form, frame, (photo.width, photo.height))
    if not _is_drawn_afterwards(call):
        name, mime = rendering.render(photo, document, call.patience)
        return Finished(rendering.read(name), mime, _kind(form), frame)
    document = {**document, "output": {"format": "png"}}
    png = rendering.read(rendering.render(photo, document, call.patience)[0])
    return Finished(*_drawn(call, png), _kind(form), frame)


def _frame(key: ApiKey, photo: Photo, form: RemoveForm) -> Frame:
    data, most = form.cleaned_data, form.most_pixels
    if key.is_sandbox:
        most = min(most or _SANDBOX_PIXELS, _SANDBOX_PIXELS)
    wanted = Wanted(data["crop"], data["crop_margin"], data["scale"], data["position"], most)
    size = photo.width, photo.height
    return geometry.frame(size, tuple(photo.cutout.subject or (0, 0, *size)), wanted)


def recipe(form: RemoveForm, frame: Frame, size: tuple[int, int]) -> dict[str, Any]:
    """The same document as the website's editor makes."""
    document: dict[str, Any] = {"version": 1, "output": {"format": _format(form, has_picture=False)}}
    shadow = _shadow(form)
    if shadow:
        document["shadow"] = shadow
    is_whole = frame.box == (0, 0, *size) and (frame.width, frame.height) == size
    if not is_whole or shadow:  # a shadow would widen the frame of a photo that is shown whole
        document["place"] = {
            "crop": list(frame.box),
            "margins": frame.margins,
            "canvas": {"width": frame.width, "height": frame.height},
        }
    colour = form.cleaned_data["bg_color"]
    if _takes_ground(form) and colour and colour[3] == 255:
        document["ground"] = {"kind": "colour", "colour": f"#{bytes(colour[:3]).hex()}"}
    return document


def _format(form: RemoveForm, has_picture: bool) -> str:
    """PNG where something is transparent, else JPEG, unless one was asked for."""
    if form.cleaned_data["channels"] == "alpha":
        return "mask"
    wanted = form.cleaned_data["format"]
    if wanted == "auto":
        colour = form.cleaned_data["bg_color"]
        return "jpeg" if has_picture or (colour and colour[3] == 255) else "png"
    return "jpeg" if wanted == "jpg" else str(wanted)


def _shadow(form: RemoveForm) -> dict[str, Any] | None:
    data = form.cleaned_data
    if not data["add_shadow"] or data["shadow_type"] == "none" or data["channels"] == "alpha":
        return None
    shadow: dict[str, Any] = {"kind": _SHADOWS[data["shadow_type"]]}
    if data["shadow_opacity"] is not None:
        shadow["opacity"] = data["shadow_opacity"]
    return shadow


def _takes_ground(form: RemoveForm) -> bool:
    """Alpha alone has none, and whoever takes colour and alpha apart puts both on a ground of their own."""
    data = form.cleaned_data
    return bool(data["format"] != "zip" and data["channels"] != "alpha")


def _is_drawn_afterwards(call: Begun) -> bool:
    """What a recipe cannot say: a sandbox's watermark, a colour that shines through, another's picture."""
    colour = call.form.cleaned_data["bg_color"]
    is_veil = colour is not None and 0 < colour[3] < 255
    is_grounded = _takes_ground(call.form) and (is_veil or bool(call.picture))
    return bool(call.key.is_sandbox or is_grounded)


def _drawn(call: Begun, png: bytes) -> tuple[bytes, str]:
    form = call.form
    if form.cleaned_data["channels"] == "alpha":
        return marking.alpha_of(png), "image/png"
    chosen = Format(_format(form, has_picture=bool(call.picture)))
    ground: marking.Ground = None
    if _takes_ground(form):
        ground = grounds.opened(call.picture) or form.cleaned_data["bg_color"]
    return marking.finish(png, chosen, watermark=call.key.is_sandbox, ground=ground), chosen.mime


def _taken_for(form: RemoveForm) -> Kind:
    """A hint: people, things and animals are photos, and what is said to be a graphic is cut out as one."""
    said = str(form.cleaned_data["type"])
    if said == "graphic":
        return Kind.GRAPHIC
    return Kind.AUTO if said in ("auto", "other") else Kind.PHOTO


def _kind(form: RemoveForm) -> str:
    """What the sender says it is: no network here names things."""
    if form.cleaned_data["type_level"] == "none":
        return ""
    said = str(form.cleaned_data["type"])
    return "other" if said == "auto" else said
