"""What marketplaces take, as data: easy to read, and easy to put right when they change their minds.

A preset sets ground, crop, size and format; its rules are held against the finished file.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from bgbegone.lib.words import Words
from images.engine.edits.check import Rules
from images.engine.edits.parts import Kind


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule was read, and when; `is_official` where the marketplace itself says so."""

    words: Words
    read_on: date
    is_official: bool


@dataclass(frozen=True, slots=True)
class Market:
    slug: str
    name: Words
    document: dict[str, Any]
    rules: Rules
    sources: tuple[Source, ...]
    advice: Words = ""


_WHITE = {"kind": "colour", "colour": "#ffffff"}
_GUIDES = _("sellers' guides")


def _document(canvas: dict[str, Any], margin: float, **output: Any) -> dict[str, Any]:
    """The subject in the middle of white, with the same margin on every side, in per cent."""
    margins = dict.fromkeys(("top", "right", "bottom", "left"), margin)
    place = {"crop": "subject", "margins": margins, "canvas": canvas}
    return {
        "version": 1,
        "ground": _WHITE,
        "place": place,
        "output": {"format": "jpeg", "colours": "srgb", **output},
    }


def _square(side: int) -> dict[str, Any]:
    return {"width": side, "height": side}


MARKETS = (
    Market(
        "amazon",
        _("Amazon, main picture"),
        _document(_square(2000), 5, max_bytes=10_000_000),
        Rules(
            formats=(Kind.JPEG, Kind.PNG, Kind.TIFF),
            needs_white=True,
            least_share=85,
            least_longest=500,
            advised_longest=1600,
            most_longest=10_000,
            most_bytes=10_000_000,
            advises_srgb=True,
            forbids_effects=True,
        ),
        (Source(_GUIDES, date(2026, 6, 1), False),),
        _("The file's name has to be the product's id."),
    ),
    Market(
        "ebay",
        "eBay",
        _document(_square(1600), 5, max_bytes=12_000_000),
        Rules(
            formats=(Kind.JPEG, Kind.PNG, Kind.TIFF, Kind.WEBP),
            least_longest=500,
            advised_longest=1600,
            most_bytes=12_000_000,
            forbids_effects=True,
        ),
        (
            Source(_("eBay's help, page 4370"), date(2026, 11, 1), True),
            Source(_GUIDES, date(2026, 2, 1), False),
        ),
    ),
    Market(
        "google",
        _("Google Shopping"),
        _document(_square(1500), 8, max_bytes=16_000_000),
        Rules(
            formats=(Kind.JPEG, Kind.WEBP, Kind.PNG, Kind.TIFF),
            least_share=75,
            most_share=90,
            # From 31 January 2027; 100 until then, 250 for clothes.
            least_shortest=500,
            advised_longest=1500,
            most_megapixels=64,
            most_bytes=16_000_000,
        ),
        (
            Source(_("Google's help for merchants: the formats"), date(2026, 11, 1), True),
            Source(_GUIDES, date(2026, 11, 1), False),
        ),
    ),
    Market(
        "zalando",
        "Zalando",
        _document({"width": 1801, "height": 2600}, 5, max_bytes=20_000_000),
        Rules(
            formats=(Kind.JPEG,),
            needs_white=True,
            least_longest=1100,
            advised_longest=2600,
            least_shortest=762,
            ratio=1801 / 2600,
            most_bytes=20_000_000,
        ),
        (Source(_("Zalando's site for partners"), date(2025, 3, 1), True),),
    ),
    Market(
        "etsy",
        "Etsy",
        _document({"width": 2700, "height": 2025}, 6),
        Rules(formats=(Kind.JPEG, Kind.PNG), least_shortest=2000),
        (
            Source(_("Etsy's rules for sellers"), date(2026, 11, 1), True),
            Source(_GUIDES, date(2026, 1, 1), False),
        ),
        _("It has to be the real item: no drawing and no computer graphics."),
    ),
    Market(
        "shopify",
        "Shopify",
        _document(_square(2048), 8, max_bytes=20_000_000),
        Rules(
            formats=(Kind.JPEG, Kind.PNG, Kind.WEBP, Kind.AVIF),
            advised_longest=2048,
            most_longest=5000,
            most_megapixels=25,
            most_bytes=20_000_000,
        ),
        (Source(_GUIDES, date(2026, 1, 1), False),),
    ),
    Market(
        "square",
        _("Square, for social media"),
        _document(_square(1080), 8),
        Rules(formats=(Kind.JPEG, Kind.PNG, Kind.WEBP), least_longest=1080, ratio=1.0),
        (),
    ),
    Market(
        "badge",
        _("Badge or staff card"),
        _document({"width": 900, "height": 1200}, 6, dpi=300)
        | {"ground": {"kind": "colour", "colour": "#f2f4f5"}},
        Rules(formats=(Kind.JPEG, Kind.PNG), ratio=0.75, least_shortest=600),
        (),
    ),
)

BY_SLUG = {market.slug: market for market in MARKETS}

# Said beside the badge, because people look for it there.
NO_PASSPORTS = _(
    "Not for passports: the United States refuse photos with a replaced background since January 2026, "
    "Germany takes only certified digital photos since May 2025, and the United Kingdom wants unaltered "
    "ones. Have an authority or a certified photographer take yours."
)
