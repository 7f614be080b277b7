"""Every rule about what a request may ask for. A field's error carries the contract's own code."""

import base64
import binascii
import math
import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from PIL import ImageColor

from images.api.bodies import Body
from images.api.v1 import measures
from images.api.v1.errors import TITLES
from images.api.v1.measures import ZERO, Length
from images.work.limits import most_bytes

_TRUE, _FALSE = {"true", "1", "yes", "on"}, {"false", "0", "no", "off"}
_SIZES: dict[str, float | None] = {
    "preview": 0.25,
    "small": 0.25,
    "regular": 0.25,
    "medium": 1.5,
    "hd": 4,
    "full": 25,
    "4k": 25,
    "50mp": 50,
    "auto": None,
}
_TYPES = {"auto", "person", "product", "car", "animal", "graphic", "transportation", "other"}
_TYPE_LEVELS = {"none", "1", "2", "latest"}
_FORMATS = {"auto", "png", "jpg", "webp", "zip"}
_SHADOWS = {"auto", "drop", "3d", "car", "none"}
_MOST_MARGIN_SHARE, _MOST_MARGIN = 50, 500
_HEX = re.compile(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")

Rgba = tuple[int, int, int, int]


def _bad(code: str, detail: str = "") -> ValidationError:
    return ValidationError(detail or code, code=code)


class Choice(forms.Field):
    """One of a few words, in any case; blank is the first. Its error is `invalid_` and the field's name."""

    def __init__(self, name: str, choices: Any, default: str) -> None:
        super().__init__(required=False)
        self.name, self.choices, self.default = name, set(choices), default

    def to_python(self, value: Any) -> str:
        word = str(value if value not in (None, "") else self.default).strip().lower()
        if word not in self.choices:
            raise _bad(f"invalid_{self.name}", f"Allowed: {', '.join(sorted(self.choices))}.")
        return word


class Flag(forms.Field):
    """A boolean of JSON, or one of the words that forms send for it."""

    def __init__(self, name: str, *, default: bool) -> None:
        super().__init__(required=False)
        self.name, self.default = name, default

    def to_python(self, value: Any) -> bool:
        if isinstance(value, bool):
            return value
        word = str(value if value is not None else "").strip().lower()
        if word in _TRUE | _FALSE:
            return word in _TRUE
        if word in ("", "none", "undefined", "null"):
            return self.default
        raise _bad(f"invalid_{self.name}", "Allowed: true, false.")


@dataclass(frozen=True, slots=True)
class Position:
    """Shares of the free room before the subject, across and down."""

    x: float
    y: float


class RemoveForm(forms.Form):
    """What a request wants, beside its picture. All of it may be absent, and blank is absent."""

    size = Choice("size", _SIZES, "preview")
    type = Choice("type", _TYPES, "auto")
    type_level = Choice("type_level", _TYPE_LEVELS, "1")
    format = Choice("format", _FORMATS, "auto")
    channels = Choice("channels", {"rgba", "alpha"}, "rgba")
    crop = Flag("crop", default=False)
    add_shadow = Flag("add_shadow", default=False)
    semitransparency = Flag("semitransparency", default=True)
    shadow_type = Choice("shadow_type", _SHADOWS, "auto")
    shadow_opacity = forms.CharField(required=False)
    roi = forms.CharField(required=False)
    crop_margin = forms.CharField(required=False)
    scale = forms.CharField(required=False)
    position = forms.CharField(required=False)
    bg_color = forms.CharField(required=False)

    def __init__(self, body: Body) -> None:
        # A picture as base64 is left out: this is held for as long as a request waits for its result.
        known = self.base_fields.keys() & body.fields
        super().__init__({name: _plain(body.fields[name]) for name in known})

    @property
    def code(self) -> str:
        """The first error's code; Django's own, of a null character, is that of a wrong value."""
        code = self._first.code or ""
        return code if code in TITLES else f"invalid_{next(iter(self.errors))}"

    @property
    def detail(self) -> str:
        """What the first error says beside its code."""
        text = str(next(iter(self._first.messages)))
        return "" if text == self.code else text

    @property
    def _first(self) -> ValidationError:
        errors: list[ValidationError] = next(iter(self.errors.as_data().values()))
        return errors[0]

    @property
    def most_pixels(self) -> float | None:
        """Pixels of the result; None leaves them alone."""
        megapixels = _SIZES[self.cleaned_data["size"]]
        return megapixels * 1_000_000 if megapixels else None

    def clean_shadow_opacity(self) -> float | None:
        text = self.cleaned_data["shadow_opacity"].strip().lower()
        if text in ("", "auto"):
            return None
        if not re.fullmatch(r"\d{1,3}(\.\d{1,3})?", text) or float(text) > 100:
            raise _bad("invalid_shadow_opacity", "Allowed: auto, or a number from 0 to 100.")
        return float(text)

    def clean_roi(self) -> list[Length] | None:
        """Left, top, right, bottom."""
        text = self.cleaned_data["roi"]
        try:
            return measures.lengths(text, 4) if text else None
        except measures.BadMeasure:
            raise _bad("invalid_roi", "Four values in px or %, for example “0% 0% 100% 50%”.") from None

    def clean_crop_margin(self) -> tuple[Length, Length, Length, Length]:
        """Top, right, bottom, left."""
        text = self.cleaned_data["crop_margin"]
        if not text:
            return ZERO, ZERO, ZERO, ZERO
        try:
            found = measures.lengths(text, 1, 2, 4)
        except measures.BadMeasure:
            raise _bad("invalid_crop_margin", "1, 2 or 4 values in px or %.") from None
        if any(side.value > (_MOST_MARGIN_SHARE if side.is_share else _MOST_MARGIN) for side in found):
            raise _bad("invalid_crop_margin", "At most 50% or 500px a side.")
        top, right, bottom, left = {1: found * 4, 2: found * 2, 4: found}[len(found)]
        return top, right, bottom, left

    def clean_scale(self) -> float | None:
        """From 0.1 to 1, or None for the original scale."""
        text = self.cleaned_data["scale"].strip().lower()
        if text in ("", "original"):
            return None
        try:
            return measures.share(text, least=10)
        except measures.BadMeasure:
            raise _bad("invalid_scale", "Allowed: original, or 10% to 100%.") from None

    def clean_position(self) -> Position | str:
        """A place, “original”, or empty."""
        text: str = self.cleaned_data["position"].strip().lower()
        if text in ("", "original"):
            return text
        if text == "center":
            return Position(0.5, 0.5)
        words = text.split()
        try:
            shares = [measures.share(word) if word.strip("0") else 0.0 for word in words]
        except measures.BadMeasure:
            shares = []
        if len(shares) not in (1, 2):
            raise _bad("invalid_position", "Allowed: original, center, or one or two percentages.")
        return Position(shares[0], shares[-1])

    def clean_bg_color(self) -> Rgba | None:
        text = self.cleaned_data["bg_color"].strip()
        if not text:
            return None
        match = _HEX.fullmatch(text)
        try:
            found = ImageColor.getrgb(f"#{match[1]}" if match else _name_of(text))
        except ValueError:
            raise _bad("invalid_bg_color", "Hex digits such as 81d4fa, or a colour name.") from None
        red, green, blue, *alpha = found
        return red, green, blue, alpha[0] if alpha else 255


def _plain(value: Any) -> Any:
    """Blank means absent; so does what some programs send for something unset."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and math.isfinite(value):  # 1e999 is JSON, and infinite here
        return f"{value:g}"
    return value if isinstance(value, str) else "\ufffd"  # no rule takes this


def _name_of(text: str) -> str:
    """A colour's name, and none of the other forms that Pillow reads."""
    if not text.isalpha():
        raise ValueError(text)
    return text.lower()


def base64_bytes(text: Any) -> bytes | None:
    """Bytes of base64, with or without a `data:` prefix, line breaks, URL-safe letters; None when it is none.

    A plus sign that a form has sent unescaped arrives as a space.
    """
    if not isinstance(text, str) or len(text) > 2 * most_bytes() + 1000:
        return None
    content = text.partition(",")[2] if text.startswith("data:") else text
    content = re.sub(r"[\r\n\t]+", "", content.strip()).replace(" ", "+")
    content = content.replace("-", "+").replace("_", "/")
    content = content.rstrip("=") + "=" * (-len(content.rstrip("=")) % 4)
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        return None
