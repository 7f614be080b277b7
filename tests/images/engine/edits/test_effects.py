"""Shadows and outlines: where they fall, and that no frame cuts them off."""

from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.images.engine.edits.pictures import block, picture, rendered, sources

SHADOW = {"kind": "drop", "unit": "px", "distance": 40, "softness": 0, "opacity": 50}
SMALL = {"place": {"crop": "subject"}}


def _alpha(**document: Any) -> np.ndarray:
    return np.asarray(picture(**document).getchannel("A")).astype(int)


@pytest.mark.parametrize(
    ("angle", "spot"), [(0, (260, 80)), (90, (340, 200)), (180, (260, 320)), (270, (180, 200))]
)
def test_a_shadow_falls_where_its_angle_says(angle: int, spot: tuple[int, int]) -> None:
    alpha = _alpha(shadow={**SHADOW, "angle": angle})
    assert abs(alpha[spot[1], spot[0]] - 128) <= 1
    assert (alpha > 0).sum() == pytest.approx(120 * 200 + 40 * (200 if angle % 180 else 120), rel=0.02)


def test_the_subject_stays_as_it_was() -> None:
    made = picture(shadow={**SHADOW, "softness": 30, "angle": 135})
    assert made.crop((200, 100, 320, 300)).tobytes() == block().crop((200, 100, 320, 300)).tobytes()


@pytest.mark.parametrize("angle", [0, 45, 135, 270])
@pytest.mark.parametrize("softness", [0, 3, 40])
def test_the_frame_grows_with_the_shadow(angle: int, softness: int) -> None:
    alpha = _alpha(shadow={**SHADOW, "angle": angle, "softness": softness}, **SMALL)
    for edge in (alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]):
        faint = edge[edge < 128]
        assert faint.size == 0 or faint.max() <= 2 or softness == 0


def test_a_shadow_of_a_subject_at_the_edge_makes_the_picture_larger() -> None:
    cutout = block(box=(500, 300, 600, 400))
    made = rendered(sources(cutout), shadow={**SHADOW, "angle": 135})
    assert (made.width, made.height) == (630, 430)


def test_a_frame_of_fixed_size_holds_subject_and_shadow() -> None:
    canvas = {"width": 300, "height": 300}
    alpha = _alpha(
        shadow={**SHADOW, "angle": 180, "softness": 20}, place={"crop": "subject", "canvas": canvas}
    )
    assert alpha.shape == (300, 300)
    assert alpha[-1].max() <= 2


def test_shadows_grow_with_the_picture() -> None:
    """In per cent: half the size, half the distance."""
    shadow = {"kind": "drop", "angle": 180, "distance": 20, "softness": 0}
    large = rendered(shadow=shadow, **SMALL)
    small = rendered(shadow=shadow, place={"crop": "subject", "canvas": {"longest": large.height // 2}})
    assert small.width == pytest.approx(large.width / 2, abs=1)


def test_a_contact_shadow_lies_below_what_stands_on_the_ground() -> None:
    cutout = Image.new("RGBA", (600, 400))
    cutout.paste((200, 30, 20, 255), (100, 50, 200, 300))  # stands
    cutout.paste((200, 30, 20, 255), (300, 50, 400, 150))  # floats
    made = picture(sources(cutout), shadow={"kind": "contact", "opacity": 100})
    alpha = np.asarray(made.getchannel("A")).astype(int)
    assert alpha[302, 150] > 60
    assert alpha[302, 350] < 3
    assert alpha[320:, :].max() < 10


def test_an_outline_is_as_wide_as_it_says() -> None:
    made = picture(outline={"unit": "px", "width": 10, "colour": "#00ff00"})
    assert made.getpixel((192, 200)) == (0, 255, 0, 255)
    assert made.getpixel((188, 200))[3] == 0  # type: ignore[index]
    assert made.getpixel((260, 200))[:3] == (200, 30, 20)  # type: ignore[index]


def test_an_outline_has_room() -> None:
    made = rendered(outline={"unit": "px", "width": 10}, **SMALL)
    assert (made.width, made.height) == (142, 222)


def test_nothing_of_nothing() -> None:
    empty = sources(Image.new("RGBA", (30, 20)))
    assert picture(empty, shadow=SHADOW, outline={"width": 5}).getbbox() is None


def test_an_effect_that_would_burst_the_limits_is_refused() -> None:
    from images.engine.errors import ImageTooLarge
    from images.engine.options import Limits

    with pytest.raises(ImageTooLarge):
        rendered(None, Limits(max_pixels=241_000), shadow={**SHADOW, "unit": "px", "distance": 2000})
