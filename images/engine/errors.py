"""The engine's failures: a code for machines, a sentence for people, and whether to try again."""

from collections.abc import Mapping
from typing import ClassVar


def gettext_noop(sentence: str) -> str:
    """Marks a sentence for makemessages; the web translates it, the engine knows no Django."""
    return sentence


SENTENCES: Mapping[str, str] = {
    "empty": gettext_noop("The file is empty. Choose the photo again."),
    "not_an_image": gettext_noop(
        "This file is not a picture. Choose a photo in JPEG, PNG, WebP, AVIF, HEIC, TIFF, BMP or GIF format."
    ),
    "svg": gettext_noop(
        "This is an SVG drawing, which is made of shapes and not of pixels."
        " Export it as PNG and choose that file."
    ),
    "unsupported_format": gettext_noop(
        "Pictures in %(format)s format cannot be read here."
        " Save the picture as JPEG or PNG and choose that file."
    ),
    "unsupported_kind": gettext_noop(
        "This kind of %(format)s file cannot be read here."
        " Save the picture as an ordinary JPEG or PNG and choose that file."
    ),
    "camera_raw": gettext_noop(
        "This is a camera raw file: what the sensor saw, which has to be developed first."
        " Open it in the camera maker's or another photo program, export it as JPEG or TIFF"
        " and choose that file."
    ),
    "truncated": gettext_noop(
        "The picture breaks off before its end. Copy or download it once more and choose the new file."
    ),
    "damaged": gettext_noop(
        "The picture is damaged and cannot be read."
        " Open it in an image program, save it again and choose the new file."
    ),
    "too_many_bytes": gettext_noop(
        "The file is %(megabytes)s MB; at most %(limit)s MB are allowed."
        " Save it with a stronger compression or in a smaller size."
    ),
    "too_many_pixels": gettext_noop(
        "The picture has %(megapixels)s megapixels (%(width)s × %(height)s);"
        " at most %(limit)s are allowed."
        " Make it smaller and choose the new file."
    ),
    "too_long_side": gettext_noop(
        "The picture is %(width)s × %(height)s pixels; no side may be longer than %(limit)s."
        " Make it smaller or cut it into parts."
    ),
    "too_long_for_format": gettext_noop(
        "%(format)s files cannot have a side longer than %(limit)s pixels and this picture is"
        " %(width)s × %(height)s. Choose PNG instead."
    ),
    "animated": gettext_noop(
        "The file holds more than one picture: it is an animation or has several pages."
        " Save one frame or page as a picture and choose that file."
    ),
    "no_subject": gettext_noop(
        "No subject could be found in this picture."
        " Choose one where a person, animal or thing stands out from what is behind it."
    ),
    "too_small": gettext_noop(
        "The picture is only %(width)s × %(height)s pixels, too small to find a subject in it."
        " Choose a larger version."
    ),
    "model_unavailable": gettext_noop(
        "The model %(model)s is not installed, so no picture can be cut out yet."
        " Run “manage.py models fetch %(model)s” on the server."
    ),
    "model_damaged": gettext_noop(
        "The file of the model %(model)s is damaged or not the one it claims to be (%(path)s)."
        " Run “manage.py models fetch %(model)s” to replace it."
    ),
    "model_unknown": gettext_noop(
        "There is no model called %(model)s. Run “manage.py models list” to see those that there are."
    ),
    "model_remote": gettext_noop(
        "The model %(model)s sends photos to another company's servers,"
        " which this service promises never to do."
        " Choose another one from “manage.py models list”."
    ),
    "model_noncommercial": gettext_noop(
        "The licence of the model %(model)s (%(licence)s) forbids commercial use."
        " Set ALLOW_NONCOMMERCIAL_MODELS=true if that fits you, or choose another model."
    ),
    "model_not_fetched": gettext_noop(
        "No source gave the model %(model)s (%(tried)s):"
        " connect this machine to the internet and try again,"
        " or copy the file from another machine to %(path)s."
    ),
    "disk_full": gettext_noop("There is no room left in %(folder)s. Free %(megabytes)s MB and try again."),
    "folder_not_writable": gettext_noop(
        "The folder %(folder)s cannot be written to (%(reason)s)."
        " Allow it, or set BGBEGONE_MODELS to another folder."
    ),
}


class EngineError(Exception):
    """`code` names a sentence of SENTENCES, `params` fills its placeholders."""

    is_retryable: ClassVar[bool] = False

    def __init__(self, code: str, params: Mapping[str, object] | None = None) -> None:
        self.code = code
        self.params: dict[str, object] = dict(params or {})
        # Both arguments go up so that the error survives pickling between processes.
        super().__init__(code, self.params)

    @property
    def message(self) -> str:
        return sentence(self.code) % self.params

    def __str__(self) -> str:
        return self.message


class BadImage(EngineError):
    """The file is at fault; the same file will fail again."""


class ImageTooLarge(BadImage):
    """More bytes, pixels or length than the limits allow."""


class NoSubject(EngineError):
    """A sound picture in which the network sees nothing to cut out."""


class ModelUnavailable(EngineError):
    """Weights are missing, damaged or not allowed; the same photo works once they are there."""

    is_retryable = True


def sentence(code: str) -> str:
    """The English sentence of a code with its %(name)s placeholders: what gettext translates."""
    return SENTENCES[code]
