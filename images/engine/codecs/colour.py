"""Colour profiles: what is kept, what is converted to sRGB."""

from dataclasses import replace
from io import BytesIO

from PIL import Image, ImageCms
from PIL.ImageCms import ImageCmsProfile

from images.engine.photo import Photo

_SPACES = {"RGB": "RGB ", "CMYK": "CMYK", "L": "GRAY", "LAB": "Lab "}
_INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
_FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION


def usable_profile(icc: bytes | None, mode: str) -> bytes | None:
    """The profile, if it describes pixels of this mode. As in browsers, a wrong one is ignored."""
    if not icc:
        return None
    try:
        space = _profile(icc).profile.xcolor_space
    except (OSError, ValueError, ImageCms.PyCMSError):
        return None
    return icc if space == _SPACES.get(mode) else None


def to_srgb(image: Image.Image, icc: bytes | None) -> Image.Image:
    """An RGB image in sRGB, from RGB, L, CMYK or LAB; an unusable profile counts as none."""
    usable = usable_profile(icc, image.mode)
    if usable is None and image.mode != "LAB":
        return image.convert("RGB")
    try:
        source = _profile(usable) if usable else _built_in("LAB")
        return _transformed(image, source, _built_in("sRGB"))
    except ImageCms.PyCMSError:  # a profile without the tables that a conversion needs
        return image.convert("RGB")


def in_srgb(photo: Photo) -> Photo:
    """The same photo with colours that need no profile."""
    if photo.icc is None:
        return photo
    return replace(photo, rgb=to_srgb(photo.rgb, photo.icc), icc=None)


def from_srgb(colour: tuple[int, int, int], icc: bytes | None) -> tuple[int, int, int]:
    """The same colour in an RGB profile's space, so that a chosen background looks as chosen."""
    usable = usable_profile(icc, "RGB")
    if usable is None:
        return colour
    dot = Image.new("RGB", (1, 1), colour)
    try:
        dot = _transformed(dot, _built_in("sRGB"), _profile(usable))
    except ImageCms.PyCMSError:  # it says how to read colours but not how to write them
        return colour
    red, green, blue = dot.tobytes()
    return red, green, blue


def _profile(icc: bytes) -> ImageCmsProfile:
    return ImageCmsProfile(BytesIO(icc))


def _built_in(space: str) -> ImageCmsProfile:
    return ImageCmsProfile(ImageCms.createProfile("LAB" if space == "LAB" else "sRGB"))


def _transformed(image: Image.Image, source: ImageCmsProfile, target: ImageCmsProfile) -> Image.Image:
    transform = ImageCms.buildTransform(source, target, image.mode, "RGB", _INTENT, _FLAGS)
    return transform.apply(image)
