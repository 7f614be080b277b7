"""Measures a finished file, and holds what it is against what a marketplace takes.

`measure` looks at the bytes themselves, so that what it says is true of the file and not of the wish.
"""

from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from io import SEEK_END
from typing import Any, BinaryIO, Self

import cv2
import numpy as np
from PIL import Image

from images.engine.codecs.colour import is_srgb
from images.engine.edits.layers import Layers
from images.engine.edits.parts import Kind

# A lossy format works in blocks of this size; what shares one with the subject's edge is never pure.
_BLOCK = 16
_MEASURED = (Kind.PNG, Kind.WEBP, Kind.AVIF, Kind.JPEG, Kind.TIFF)


class Verdict(StrEnum):
    PASS = "pass"  # noqa: S105 (no password)
    ADVICE = "advice"  # taken, but better is advised
    FAIL = "fail"


class Rule(StrEnum):
    WHITE = "white"
    SHARE = "share"
    LONGEST = "longest"
    SHORTEST = "shortest"
    RATIO = "ratio"
    MEGAPIXELS = "megapixels"
    BYTES = "bytes"
    COLOURS = "colours"
    FORMAT = "format"
    PLAIN = "plain"


# Which part of a preset's own recipe puts a failure right.
REMEDIES = {
    Rule.WHITE: "ground",
    Rule.SHARE: "place",
    Rule.LONGEST: "place",
    Rule.SHORTEST: "place",
    Rule.RATIO: "place",
    Rule.MEGAPIXELS: "place",
    Rule.BYTES: "output",
    Rule.COLOURS: "output",
    Rule.FORMAT: "output",
    Rule.PLAIN: "effects",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """`darkest` is the lowest level of the ground away from the subject, None where it is transparent;
    `share` how much of the frame's width or height the subject takes, whichever is more, in per cent.
    """

    format: str
    width: int
    height: int
    bytes: int
    darkest: int | None
    share: float
    is_srgb: bool
    has_effects: bool

    @classmethod
    def of(cls, document: dict[str, Any]) -> Self | None:
        """As they were stored; None for what was not measured, or is of an earlier release."""
        try:
            return cls(**document)
        except TypeError:
            return None

    def document(self) -> dict[str, Any]:
        return asdict(self)


def measure(file: BinaryIO, kind: Kind, layers: Layers) -> Facts | None:
    """None for files that are no single picture. The file is at its beginning, and is afterwards."""
    if kind not in _MEASURED:
        return None
    image = Image.open(file)
    box, (width, height) = layers.box, image.size
    share = max(box.width / width, box.height / height) if box else 0.0
    facts = Facts(
        format=kind.value,
        width=width,
        height=height,
        bytes=file.seek(0, SEEK_END),
        darkest=None if image.mode == "RGBA" else _darkest(image, layers.subject.getchannel("A")),
        share=round(share * 100, 1),
        is_srgb=image.mode in ("RGB", "RGBA") and is_srgb(image.info.get("icc_profile")),
        has_effects=layers.shadow is not None or layers.outline is not None,
    )
    file.seek(0)
    return facts


def _darkest(image: Image.Image, alpha: Image.Image) -> int:
    """Of all bands, outside of the blocks that the subject touches."""
    touched = np.asarray(alpha.point([0] + [255] * 255).reduce(_BLOCK)) > 0
    near = cv2.dilate(touched.astype(np.uint8), np.ones((3, 3), np.uint8))
    size = (near.shape[1] * _BLOCK, near.shape[0] * _BLOCK)
    whole = cv2.resize(1 - near, size, interpolation=cv2.INTER_NEAREST)
    is_ground = np.ascontiguousarray(np.asarray(whole, np.uint8)[: image.height, : image.width])
    if not is_ground.any():
        return 255  # the subject fills the frame
    pixels = np.asarray(image.convert("RGB"))
    bands = (np.ascontiguousarray(pixels[..., band]) for band in range(3))
    return min(int(cv2.minMaxLoc(band, is_ground)[0]) for band in bands)


@dataclass(frozen=True, slots=True)
class Rules:
    """What is taken, and what is advised; None where nothing is said. Shares in per cent."""

    formats: tuple[Kind, ...] = ()
    needs_white: bool = False
    least_share: float | None = None
    most_share: float | None = None
    least_longest: int | None = None
    advised_longest: int | None = None
    most_longest: int | None = None
    least_shortest: int | None = None
    ratio: float | None = None  # width by height
    most_megapixels: float | None = None
    most_bytes: int | None = None
    advises_srgb: bool = False
    forbids_effects: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One rule: what was measured, what is wanted (a number, a pair of them, or names), the verdict, and
    which part of a preset's own recipe puts it right."""

    rule: Rule
    value: Any
    limit: Any
    verdict: Verdict
    remedy: str | None = None


def check(facts: Facts, rules: Rules) -> list[Line]:
    """In the order in which people ask."""
    lines = [
        _white(facts, rules),
        _range(Rule.SHARE, facts.share, rules.least_share, rules.most_share),
        _longest(facts, rules),
        _range(Rule.SHORTEST, min(facts.width, facts.height), rules.least_shortest, None),
        _ratio(facts, rules),
        _range(Rule.MEGAPIXELS, round(facts.width * facts.height / 1e6, 1), None, rules.most_megapixels),
        _range(Rule.BYTES, facts.bytes, None, rules.most_bytes),
        _colours(facts, rules),
        _format(facts, rules),
        _plain(facts, rules),
    ]
    return [replace(line, remedy=_remedy(line, facts)) for line in lines if line is not None]


def _remedy(line: Line, facts: Facts) -> str | None:
    if line.verdict is Verdict.PASS:
        return None
    # A shadow darkens white, and takes room from the subject: no other ground or crop would help.
    is_shadowed = facts.has_effects and line.rule in (Rule.WHITE, Rule.SHARE)
    return "effects" if is_shadowed else REMEDIES[line.rule]


def _verdict(is_right: bool) -> Verdict:
    return Verdict.PASS if is_right else Verdict.FAIL


def _white(facts: Facts, rules: Rules) -> Line | None:
    if not rules.needs_white:
        return None
    return Line(Rule.WHITE, facts.darkest, 255, _verdict(facts.darkest == 255))


def _range(rule: Rule, value: float, least: float | None, most: float | None) -> Line | None:
    if least is None and most is None:
        return None
    is_right = (least is None or value >= least) and (most is None or value <= most)
    return Line(rule, value, (least, most), _verdict(is_right))


def _longest(facts: Facts, rules: Rules) -> Line | None:
    longest = max(facts.width, facts.height)
    line = _range(Rule.LONGEST, longest, rules.least_longest, rules.most_longest)
    advised = rules.advised_longest
    if advised is None or longest >= advised or (line and line.verdict is Verdict.FAIL):
        return line
    return Line(Rule.LONGEST, longest, (advised, rules.most_longest), Verdict.ADVICE)


def _ratio(facts: Facts, rules: Rules) -> Line | None:
    if rules.ratio is None:
        return None
    # Sides are whole pixels: right is what is nearest to the ratio, to one of them.
    is_right = abs(facts.width - facts.height * rules.ratio) <= max(1.0, rules.ratio)
    value = round(facts.width / facts.height, 3)
    return Line(Rule.RATIO, value, round(rules.ratio, 3), _verdict(is_right))


def _colours(facts: Facts, rules: Rules) -> Line | None:
    if not rules.advises_srgb:
        return None
    return Line(Rule.COLOURS, facts.is_srgb, True, Verdict.PASS if facts.is_srgb else Verdict.ADVICE)


def _format(facts: Facts, rules: Rules) -> Line | None:
    if not rules.formats:
        return None
    names = [kind.value for kind in rules.formats]
    return Line(Rule.FORMAT, facts.format, names, _verdict(facts.format in names))


def _plain(facts: Facts, rules: Rules) -> Line | None:
    if not rules.forbids_effects:
        return None
    return Line(Rule.PLAIN, facts.has_effects, False, _verdict(not facts.has_effects))
