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
        " Choose to take the first picture, or save another one as a picture and choose that file."
    ),
    "no_subject": gettext_noop(
        "No subject could be found in this picture."
        " Choose one where a person, animal or thing stands out from what is behind it."
    ),
    "no_even_ground": gettext_noop(
        "This picture cannot be cut out as a graphic: there is no even ground along its border."
        " Choose “photo” instead."
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
    "no_precision": gettext_noop(
        "The model %(model)s cannot be run in %(precision)s here: this processor, the chosen BACKEND or the"
        " model's file does not allow it. Leave PRECISION at auto, or choose f32."
    ),
    "rembg_missing": gettext_noop(
        "This model is run by rembg, which is not installed."
        " Run “pip install --require-hashes -r requirements-rembg.txt” on the server,"
        " or start with “make serve”."
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
    "recipe_version": gettext_noop(
        "This edit is of another version than the %(version)s that is understood here."
        " Open the photo and make it anew."
    ),
    "recipe_damaged": gettext_noop(
        "The edit cannot be understood: something is wrong with “%(where)s”. Correct it there."
    ),
    "recipe_unknown": gettext_noop(
        "The edit cannot be understood: there is nothing called “%(where)s”. Correct its name."
    ),
    "recipe_choice": gettext_noop("The edit cannot be understood: “%(where)s” has to be one of %(choices)s."),
    "recipe_number": gettext_noop("“%(where)s” has to be a number from %(least)s to %(most)s."),
    "recipe_colour": gettext_noop("“%(where)s” has to be a colour such as #ffffff."),
    "recipe_too_long": gettext_noop(
        "The edit has %(count)s marks or points; at most %(limit)s are possible. Take some of them back."
    ),
    "recipe_other_photo": gettext_noop(
        "This edit was made for another photo. Open that one, or begin a new edit."
    ),
    "recipe_other_weights": gettext_noop(
        "This edit was made on an earlier cut-out of the photo, by another model."
        " Begin a new edit on the cut-out of today."
    ),
    "crop_empty": gettext_noop("The crop has no size. Draw it from its left top to its right bottom."),
    "crop_outside": gettext_noop(
        "The crop lies outside of the picture, which is %(width)s × %(height)s pixels."
        " Draw it on the picture."
    ),
    "margins_too_wide": gettext_noop("The margins leave no room for the picture. Make them smaller."),
    "result_too_large": gettext_noop(
        "The result would have %(megapixels)s megapixels (%(width)s × %(height)s);"
        " at most %(limit)s are possible. Choose a smaller size."
    ),
    "result_too_heavy": gettext_noop(
        "Even in the lowest quality the file would have %(kilobytes)s kB; at most %(limit)s were asked for."
        " Choose a smaller size, or another format."
    ),
    "no_cmyk_profile": gettext_noop(
        "This server knows no printing inks: its operator has set no CMYK_PROFILE. Choose sRGB."
    ),
    "cmyk_needs_tiff": gettext_noop(
        "Printing inks (CMYK) are for TIFF files. Choose TIFF, or other colours."
    ),
    "bits_need_png": gettext_noop(
        "Sixteen bits are for PNG and TIFF files. Choose one of them, or eight bits."
    ),
    "too_many_presets": gettext_noop(
        "You have %(limit)s presets, and no more are possible. Delete one first."
    ),
    "mark_outside": gettext_noop("The mark lies outside of the photo. Draw it on the picture."),
    "no_subject_left": gettext_noop("Nothing is left of the subject. Take some of the marks back."),
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


class BadRecipe(EngineError):
    """An edit that cannot be carried out as it was written."""


class NoSubject(EngineError):
    """A sound picture in which the network sees nothing to cut out."""


class ModelUnavailable(EngineError):
    """Weights are missing, damaged or not allowed; the same photo works once they are there."""

    is_retryable = True


def sentence(code: str) -> str:
    """The English sentence of a code with its %(name)s placeholders: what gettext translates."""
    return SENTENCES[code]
