"""Colour profiles: what is kept, what is converted to sRGB."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms
from PIL.ImageCms import ImageCmsProfile

from images.engine.codecs.deep import Words, eight_bits
from images.engine.codecs.icc import stripped
from images.engine.codecs.spaces import Levels, Space, converter, profile
from images.engine.photo import Photo
from images.engine.tiles import for_each

_SPACES = {"RGB": "RGB ", "CMYK": "CMYK", "L": "GRAY", "LAB": "Lab "}
_INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
# Far from the edge of any space, where different colours would be cut off to the same.
_DOTS = ((180, 70, 70), (70, 180, 70), (70, 70, 180), (128, 128, 128))
_FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION
_STRIP_ROWS = 256


def usable_profile(icc: bytes | None, mode: str) -> bytes | None:
    """The profile, if it describes pixels of this mode, without what says nothing of colours. As in browsers,
    a wrong one is ignored.
    """
    bare = stripped(icc) if icc else None
    if bare is None:
        return None
    try:
        space = _profile(bare).profile.xcolor_space
    except (OSError, ValueError, ImageCms.PyCMSError):
        return None
    return bare if space == _SPACES.get(mode) else None


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
    """The same photo with colours that need no profile, and in eight bits if it had one."""
    if photo.icc is None:
        return photo
    return replace(photo, rgb=to_srgb(photo.rgb, photo.icc), icc=None, deep=None)


def described(photo: Photo, space: Space | None) -> Photo:
    """The photo whose file says so of its colours: with a profile, or in sRGB where one would not do.

    A profile of the file's own comes first, as in browsers.
    """
    if space is None or photo.icc is not None:
        return photo
    if not space.needs_conversion:
        return replace(photo, icc=profile(space))
    if photo.deep is None:
        values = np.array(photo.rgb)
        _convert(values, space)
        return replace(photo, rgb=Image.fromarray(values))
    deep = photo.deep.copy()
    _convert(deep, space)
    return replace(photo, rgb=Image.fromarray(eight_bits(deep[..., :3])), deep=deep)


def _convert(values: NDArray[np.uint8] | Words, space: Space) -> None:
    """The first three bands of (H, W, 3 or 4), in place."""
    colours = values[..., :3]
    brightest = float(colours.max()) / np.iinfo(values.dtype).max
    convert: Callable[[Levels], Levels] = converter(space, values.dtype.itemsize, brightest)

    def convert_strip(top: int) -> None:
        colours[top : top + _STRIP_ROWS] = convert(colours[top : top + _STRIP_ROWS])

    for_each(convert_strip, range(0, len(colours), _STRIP_ROWS))


def grey_as_rgb(words: Words, icc: bytes | None) -> Words:
    """uint16 (H, W, 1), or 2 with alpha, to (H, W, 3 or 4) in sRGB; `icc` is a profile of greys."""
    grey, alpha = words[..., :1], words[..., 1:]
    rgb = np.repeat(grey, 3, axis=2) if icc is None else _grey_curve(icc)[grey[..., 0]]
    result: Words = np.concatenate([rgb, alpha], axis=2)
    return result


def _grey_curve(icc: bytes) -> Words:
    """Of a profile of greys, uint16 (65536, 3) in sRGB. It is smooth, so 256 places of it tell the rest."""
    ramp = Image.fromarray(np.arange(256, dtype=np.uint8)[None])
    known = np.asarray(to_srgb(ramp, icc), np.float64)[0] * 257
    places, knots = np.arange(65_536), np.arange(256) * 257
    bands = [np.interp(places, knots, known[:, band]) for band in range(3)]
    curve: Words = np.rint(np.stack(bands, axis=1)).astype(np.uint16)
    return curve


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


def converted(image: Image.Image, source: bytes | None, target: bytes | None) -> Image.Image:
    """An RGB image from one profile's colours to another's; None is sRGB."""
    usable, wanted = usable_profile(source, "RGB"), usable_profile(target, "RGB")
    if usable == wanted:
        return image
    if wanted is None:
        return to_srgb(image, usable)
    try:
        return _transformed(image, _profile(usable) if usable else _built_in("sRGB"), _profile(wanted))
    except ImageCms.PyCMSError:  # one that says how to read colours but not how to write them
        return image


def is_srgb(icc: bytes | None) -> bool:
    """Whether programs without colour management show these colours right: what a profile does counts, not
    what it is called.
    """
    dots = Image.frombytes("RGB", (len(_DOTS), 1), bytes(level for dot in _DOTS for level in dot))
    shown = to_srgb(dots, icc)
    return all(abs(one - other) <= 2 for one, other in zip(dots.tobytes(), shown.tobytes(), strict=True))


def in_cmyk(image: Image.Image, source: bytes | None, target: bytes) -> Image.Image:
    """A CMYK image from an RGB one, in the inks of the target's profile."""
    usable = usable_profile(source, "RGB")
    colours = _profile(usable) if usable else _built_in("sRGB")
    transform = ImageCms.buildTransform(colours, _profile(target), "RGB", "CMYK", _INTENT, _FLAGS)
    return transform.apply(image)


def _profile(icc: bytes) -> ImageCmsProfile:
    return ImageCmsProfile(BytesIO(icc))


def _built_in(space: str) -> ImageCmsProfile:
    return ImageCmsProfile(ImageCms.createProfile("LAB" if space == "LAB" else "sRGB"))


def _transformed(image: Image.Image, source: ImageCmsProfile, target: ImageCmsProfile) -> Image.Image:
    transform = ImageCms.buildTransform(source, target, image.mode, "RGB", _INTENT, _FLAGS)
    return transform.apply(image)
