"""Graphics on an even ground: text, logos, line art, screenshots, signatures.

A network for photos loses letters and fills holes. But such a picture is drawn with a few inks on one
ground, and each pixel is an ink, the ground, or a mixture of both, C = α F + (1 − α) B with F and B known:
so α and F follow exactly. A pixel is unmixed with an ink that shows beside it, the nearest first.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageStat

from images.engine.errors import NoSubject
from images.engine.matte.ground import Ground, find_ground
from images.engine.matte.inks import (
    EDGE,
    OFF_LINE,
    Drawing,
    Indices,
    Mask,
    drawing,
    explained,
    find_inks,
    grown,
    off_line,
    shares,
    square,
    tolerance,
    with_waves,
)
from images.engine.options import Kind
from images.engine.photo import Photo
from images.engine.tiles import Box, Bytes, Floats, at, for_each, squares
from images.engine.tiles import grown as grown_box

_TILE = 512
# What is looked at to tell a graphic from a photo: so many squares at most, spread over the picture.
_LOOKED_AT, _MOST_LOOKS = 256, 32
# Shading, texture and shadows leave more than this unexplained; photos on an even ground, 15 % and more.
_EXPLAINED = 0.96
# Pixels around a mixture in which its ink must show, nearest first.
_REACHES = (1, 2, 4)
# Farther than this from any sure ground, a speck among inks is theirs: small letters on a panel, whose
# sharpened edges pass the ground's colour.
_ALONE = 8
# So many of the 49 pixels around one, to say that there is something.
_SOME = 6
# Inks whose way from the ground is so much the same (a cosine), and as long, are one.
_ONE_WAY, _ONE_LENGTH = 0.99, 0.8
# JPEG leaves faint waves around strokes. What is fainter than this share of an ink, and touches none, is one.
_WAVE = 0.25


@dataclass(frozen=True, slots=True)
class Matte:
    """`alpha` an L image; `colours` an RGB image of its size with the subject's own, where they are known."""

    alpha: Image.Image
    colours: Image.Image | None = None


@dataclass(frozen=True, slots=True)
class Graphic:
    """`ground` is None where the file itself is transparent there: then nothing is left to cut out.

    `confidence`, 0 to 1, is how much of the drawing is `inks`, float32 (K, 3), and their mixtures.
    """

    ground: Ground | None
    inks: Floats
    confidence: float

    def cut(self, photo: Photo) -> Matte:
        if self.ground is None:
            return Matte(Image.new("L", photo.size, 255), photo.rgb.copy())
        return cut_graphic(photo.rgb, self.ground, self.inks)


def find_graphic(photo: Photo, kind: Kind) -> Graphic | None:
    """None for what is to be cut out as a photo. Raises NoSubject for a GRAPHIC without an even ground."""
    if kind is Kind.PHOTO:
        return None
    fill = None if photo.alpha is None else _far_from(photo)
    picture = photo.rgb if fill is None else _filled(photo, fill)
    ground = find_ground(picture)
    if ground is None:
        _expect_none(kind)
        return None
    looks = _looks(picture.size)
    ground = with_waves(picture, ground, looks)
    clarity = explained(picture, ground, looks, find_inks(picture, ground, looks))
    if kind is Kind.AUTO and (clarity or 0) < _EXPLAINED:
        return None
    inks = find_inks(picture, ground, list(squares(picture.size, _TILE)))
    if clarity is None:  # one colour all over
        _expect_none(kind)
        return None
    is_cut_out = fill is not None and np.abs(ground.terms[0] - fill).max() < 1
    return Graphic(None if is_cut_out else ground, inks, clarity or 0)


def _expect_none(kind: Kind) -> None:
    if kind is Kind.GRAPHIC:
        raise NoSubject("no_even_ground")


def _far_from(photo: Photo) -> tuple[int, int, int]:
    """Black or white, whichever the visible colours are farther from."""
    mean = ImageStat.Stat(photo.rgb.convert("L"), photo.alpha).mean[0] if photo.alpha else 0
    return (0, 0, 0) if mean > 127 else (255, 255, 255)


def _filled(photo: Photo, colour: tuple[int, int, int]) -> Image.Image:
    picture = Image.new("RGB", photo.size, colour)
    picture.paste(photo.rgb, mask=photo.alpha)
    return picture


def cut_graphic(picture: Image.Image, ground: Ground, inks: Floats) -> Matte:
    """Of an RGB image, with the colours of the inks where alpha is soft."""
    alpha, colours = Image.new("L", picture.size), picture.copy()

    def cut(tile: Box) -> None:
        around = grown_box(tile, _ALONE + EDGE, (picture.height, picture.width))
        part = drawing(picture, ground, around)
        if not part.is_drawn.any():
            return
        cover, own = _unmixed(part, inks)
        inner = at(tile, around)
        alpha.paste(Image.fromarray(cover[inner]), tile[:2])
        colours.paste(Image.fromarray(own[inner]), tile[:2])

    for_each(cut, squares(picture.size, _TILE))
    return Matte(alpha, colours)


def _looks(size: tuple[int, int]) -> list[Box]:
    """Some squares of the picture, all of a small one."""
    every = list(squares(size, _LOOKED_AT))
    return every[:: -(-len(every) // _MOST_LOOKS)]


@dataclass(frozen=True, slots=True)
class _Soft:
    """Pixels beside the ground, by their place in the flattened part, and what they are found to be."""

    indices: Indices
    difference: Floats  # (N, 3), as the ones below
    ground: Floats
    ink: Floats
    share: Floats  # (N,)
    is_settled: Mask

    def settle(self, chosen: Mask, share: Floats, ink: Floats) -> None:
        self.share[chosen], self.ink[chosen] = share[chosen], np.broadcast_to(ink, self.ink.shape)[chosen]
        self.is_settled[chosen] = True


def _unmixed(part: Drawing, inks: Floats) -> tuple[Bytes, Bytes]:
    """uint8 (H, W) alpha and (H, W, 3) colours."""
    labels = _labels(part, inks)
    is_bare = ~part.is_drawn & ~_passing(part, labels, inks)
    cover = (~is_bare).astype(np.float32)
    own = part.colours.copy()
    # Only beside the ground anything is mixed with it.
    soft = _soft(part, ~is_bare & grown(is_bare, EDGE))
    for reach in _REACHES:
        _settle_with_inks_within(part, soft, labels, inks, reach)
    _settle_rest(part, soft)
    share = _snapped(part, soft)
    cover.ravel()[soft.indices] = share
    mixed = (share > 0) & (share < 1)
    own.reshape(-1, 3)[soft.indices[mixed]] = _rounded(soft.ink[mixed])
    return _rounded(cover * 255), own


def _soft(part: Drawing, where: Mask) -> _Soft:
    indices = np.flatnonzero(where)
    difference, ground = part.differences(indices)
    ink = part.colours.reshape(-1, 3)[indices].astype(np.float32)
    return _Soft(
        indices, difference, ground, ink, np.ones(len(indices), np.float32), np.zeros(len(indices), bool)
    )


def _labels(part: Drawing, inks: Floats) -> NDArray[np.int8]:
    """Which ink each core pixel shows, or is a thin stroke of: (H, W), -1 for none."""
    indices = np.flatnonzero(part.is_core)
    difference, ground = part.differences(indices)
    best = np.full(len(indices), np.float32(tolerance(part.ground)))
    chosen = np.full(len(indices), -1, np.int8)
    for number, ink in enumerate(inks):
        vector = ink - ground
        share = shares(difference, vector)
        # Of two inks on one line it is the nearer one: less of the farther would do as well.
        off = off_line(difference, vector, share) + (1 - share) * OFF_LINE
        is_better = off < best
        best[is_better], chosen[is_better] = off[is_better], number
    labels = np.full(part.off.shape, -1, np.int8)
    labels.ravel()[indices] = chosen
    return labels


def _passing(part: Drawing, labels: NDArray[np.int8], inks: Floats) -> Mask:
    """Specks that only look like the ground: where two inks meet, their mixtures may pass its colour."""
    bare = (~part.is_drawn).view(np.uint8)
    _, areas = cv2.connectedComponents(bare)
    sure = np.isin(areas, np.unique(areas[cv2.erode(bare, square(1), borderValue=1) > 0])) & (bare > 0)
    specks = (bare > 0) & ~sure
    if not specks.any():
        return specks
    groups = _groups(inks - part.ground.terms[0])
    shown = [np.isin(labels, np.flatnonzero(groups == group)) for group in np.unique(groups)]
    is_alone = ~grown(sure, _ALONE) & _meeting([*shown, part.is_core & (labels < 0)], _ALONE)
    passing: Mask = specks & (_meeting(shown, EDGE + 1) | is_alone | _between(part))
    return passing


def _meeting(shown: list[Mask], reach: int) -> Mask:
    """Where more than one of the inks is within reach."""
    meeting: Mask = np.sum([grown(each, reach) for each in shown], axis=0) > 1
    return meeting


def _between(part: Drawing) -> Mask:
    """Where some of what is drawn around is brighter than the ground, and some darker, in any band."""
    ground = part.ground.levels(part.box).astype(np.int16)
    least = part.ground.noise + part.ground.waves
    both = np.zeros(part.off.shape, bool)
    for band in range(3):
        above = part.colours[..., band] - ground[..., band]
        sides = [(above > least) & part.is_drawn, (above < -least) & part.is_drawn]
        brighter, darker = (
            cv2.boxFilter(side.view(np.uint8), -1, (7, 7), normalize=False) >= _SOME for side in sides
        )
        both |= brighter & darker
    return both


def _groups(vectors: Floats) -> NDArray[np.int64]:
    """A number for each ink, the same for those that are one but for noise: blurred edges overshoot."""
    lengths = np.maximum(np.linalg.norm(vectors, axis=1), 1)
    units = vectors / lengths[:, None]
    groups = np.arange(len(vectors))
    for i in range(len(vectors)):
        for j in range(i):
            is_near = units[i] @ units[j] > _ONE_WAY
            if is_near and min(lengths[i], lengths[j]) > _ONE_LENGTH * max(lengths[i], lengths[j]):
                groups[i] = groups[j]
    return groups


def _settle_with_inks_within(
    part: Drawing, soft: _Soft, labels: NDArray[np.int8], inks: Floats, reach: int
) -> None:
    """Each with the ink on whose line to the ground it lies best."""
    best = np.full(len(soft.indices), np.float32(tolerance(part.ground)))
    share, ink = soft.share.copy(), soft.ink.copy()
    is_found = np.zeros(len(best), bool)
    for number in np.flatnonzero(np.bincount(labels.ravel() + 1, minlength=len(inks) + 1)[1:]):
        is_near = grown(labels == number, reach).ravel()[soft.indices]
        vector = inks[number] - soft.ground
        shown = shares(soft.difference, vector)
        off = off_line(soft.difference, vector, shown)
        is_better = is_near & (off < best) & ~soft.is_settled
        best[is_better], share[is_better], ink[is_better] = off[is_better], shown[is_better], inks[number]
        is_found |= is_better
    soft.settle(is_found, share, ink)


def _settle_rest(part: Drawing, soft: _Soft) -> None:
    """Mixtures with what is no ink: with the colour farthest from the ground beside them."""
    strongest, ink = _strongest_beside(part, soft.indices)
    vector = ink - soft.ground
    share = shares(soft.difference, vector)
    fits = (off_line(soft.difference, vector, share) <= tolerance(part.ground) + OFF_LINE) & (
        strongest > OFF_LINE
    )
    soft.settle(fits & ~soft.is_settled, share, ink)


def _strongest_beside(part: Drawing, indices: Indices) -> tuple[Bytes, Floats]:
    """How far from the ground the farthest pixel around each one is, and its colour."""
    height, width = part.off.shape
    down, across = np.divmod(indices, width)
    strongest, place = part.off.ravel()[indices], indices.copy()
    for below in range(-EDGE, EDGE + 1):
        for beside in range(-EDGE, EDGE + 1):
            there = np.clip(down + below, 0, height - 1) * width + np.clip(across + beside, 0, width - 1)
            is_stronger = part.off.ravel()[there] > strongest
            strongest = np.where(is_stronger, part.off.ravel()[there], strongest)
            place = np.where(is_stronger, there, place)
    return strongest, part.colours.reshape(-1, 3)[place].astype(np.float32)


def _snapped(part: Drawing, soft: _Soft) -> Floats:
    """What differs from none or all by noise only is none or all."""
    length = np.maximum(np.abs(soft.ink - soft.ground).max(axis=1, initial=0), 1)
    grain = (max(part.ground.noise, part.ground.waves / 2) + 1) / length
    cover = part.is_core.astype(np.uint8)
    cover.ravel()[soft.indices] &= soft.share > _WAVE
    solid = grown(cover.view(np.bool_), EDGE).ravel()[soft.indices]
    is_none = (soft.share < grain) | ((soft.share < _WAVE) & ~solid)
    snapped: Floats = np.where(is_none, 0, np.where(soft.share > 1 - grain, 1, soft.share))
    return snapped


def _rounded(values: Floats) -> Bytes:
    levels: Bytes = np.rint(np.clip(values, 0, 255)).astype(np.uint8)
    return levels
