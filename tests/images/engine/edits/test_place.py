"""Crop, margins, canvas, alignment, scale, turning and flipping."""

from typing import Any

import numpy as np
import pytest
from PIL import Image

from images.engine.errors import BadRecipe, ImageTooLarge, NoSubject
from images.engine.options import Limits
from tests.images.engine.edits.pictures import BOX, RED, block, picture, rendered, sources
from tests.images.engine.pictures import is_near

SQUARE = {"top": 5, "right": 5, "bottom": 5, "left": 5}


def _box(**place: Any) -> tuple[int, int, int, int]:
    """Of what is visible in the finished picture."""
    found = rendered(place=place).subject
    assert found
    return found.left, found.top, found.right, found.bottom


def _size(**place: Any) -> tuple[int, int]:
    made = rendered(place=place)
    return made.width, made.height


def test_as_it_is() -> None:
    assert picture().tobytes() == block().tobytes()


def test_cropped_to_the_subject() -> None:
    assert _size(crop="subject") == (120, 200)
    assert picture(place={"crop": "subject"}).tobytes() == block().crop(BOX).tobytes()


def test_faint_doubts_far_away_make_no_crop_wider() -> None:
    cutout = block()
    cutout.putpixel((5, 5), (9, 9, 9, 3))
    assert picture(sources(cutout), place={"crop": "subject"}).size == (120, 200)


def test_margins_in_pixels_differ_by_side() -> None:
    margins = {"top": 1, "right": 2, "bottom": 3, "left": 4, "unit": "px"}
    assert _size(crop="subject", margins=margins) == (126, 204)
    assert _box(crop="subject", margins=margins) == (4, 1, 124, 201)


def test_margins_in_per_cent_are_of_the_finished_picture() -> None:
    left, top, right, bottom = _box(crop="subject", margins=SQUARE, canvas={"ratio": [1, 1], "longest": 1000})
    # To the width of an edge that enlarging makes soft.
    assert is_near((left, top, right, bottom), (230, 50, 770, 950), 3)


@pytest.mark.parametrize(
    ("canvas", "size"),
    [
        ({"width": 300, "height": 500}, (300, 500)),
        ({"longest": 400}, (240, 400)),
        ({"ratio": [1, 1]}, (200, 200)),
        ({"ratio": [2, 1]}, (400, 200)),
        ({"ratio": [1, 1.44], "longest": 2600}, (1806, 2600)),
    ],
)
def test_canvases(canvas: dict[str, Any], size: tuple[int, int]) -> None:
    assert _size(crop="subject", canvas=canvas) == size


@pytest.mark.parametrize(
    ("align", "box"),
    [
        ({"x": "left", "y": "top"}, (0, 0, 120, 200)),
        ({}, (90, 50, 210, 250)),
        ({"x": "right", "y": "bottom"}, (180, 100, 300, 300)),
    ],
)
def test_alignment(align: dict[str, str], box: tuple[int, ...]) -> None:
    canvas = {"width": 300, "height": 300}
    assert _box(crop="subject", canvas=canvas, align=align, scale="none") == box


@pytest.mark.parametrize(("scale", "height"), [("fit", 600), ("shrink", 200), ("none", 200), ("fill", 600)])
def test_scales(scale: str, height: int) -> None:
    _, top, _, bottom = _box(crop="subject", canvas={"width": 600, "height": 600}, scale=scale)
    assert bottom - top == height


def test_fill_leaves_no_gap() -> None:
    left, _, right, _ = _box(crop="subject", canvas={"width": 600, "height": 600}, scale="fill")
    assert (left, right) == (0, 600)


def test_enlarging_and_reducing_keep_colour_and_edge() -> None:
    for longest in (50, 1000):
        small = picture(place={"crop": "subject", "margins": SQUARE, "canvas": {"longest": longest}})
        assert small.getpixel((small.width // 2, small.height // 2)) == (*RED, 255)


@pytest.mark.parametrize("longest", [33, 151, 700])
def test_what_reaches_the_edge_of_the_photo_reaches_that_of_the_frame(longest: int) -> None:
    whole = Image.new("RGBA", (300, 200), (*RED, 255))
    made = picture(sources(whole), place={"canvas": {"longest": longest}})
    assert made.getchannel("A").getextrema() == (255, 255)


def test_flipped() -> None:
    assert _box(flip="horizontal") == (280, 100, 400, 300)
    assert _box(flip="vertical") == (200, 100, 320, 300)


def test_turned_by_a_quarter() -> None:
    assert _size(rotate=90) == (400, 600)
    assert _box(rotate=90) == (100, 200, 300, 320)


def test_turned_by_a_little_nothing_is_lost() -> None:
    made = picture(place={"rotate": 7})
    areas = [np.asarray(image.getchannel("A")).sum(dtype=int) for image in (made, block())]
    assert abs(areas[0] / areas[1] - 1) < 0.01
    assert is_near(tuple(made.getpixel((made.width // 2 - 40, made.height // 2)))[:3], RED, 2)  # type: ignore[arg-type]


def test_a_drawn_crop_cuts_the_subject() -> None:
    made = picture(
        place={"crop": [250, 0, 600, 400], "canvas": {"width": 700, "height": 700}, "scale": "none"}
    )
    assert made.getbbox() == (175, 250, 245, 450)


def test_a_crop_reaches_as_far_as_the_picture() -> None:
    assert _size(crop=[-50, -50, 300, 300]) == (300, 300)
    assert _size(crop=[-30_000, -30_000, 60_000, 60_000]) == (600, 400)


@pytest.mark.parametrize("crop", [[600, 0, 700, 100], [-20, -20, -1, -1], [0, 400, 10, 410]])
def test_a_crop_outside_gets_a_sentence(crop: list[int]) -> None:
    with pytest.raises(BadRecipe) as caught:
        rendered(place={"crop": crop})
    assert "600 × 400" in str(caught.value)


def test_margins_that_leave_no_room() -> None:
    wide = {"left": 200, "right": 200, "unit": "px"}
    with pytest.raises(BadRecipe):
        rendered(place={"margins": wide, "canvas": {"width": 400, "height": 400}})


def test_a_size_above_the_limit_gets_a_sentence() -> None:
    with pytest.raises(ImageTooLarge) as caught:
        rendered(place={"canvas": {"width": 10_000, "height": 10_000}})
    assert "100 megapixels" in str(caught.value)


def test_the_limit_is_the_callers() -> None:
    with pytest.raises(ImageTooLarge):
        rendered(None, Limits(max_pixels=1000), place={"rotate": 1})


def test_a_strip_that_is_turned_is_refused_before_it_takes_memory() -> None:
    made_from = sources(block((3000, 160), (1400, 40, 1600, 120)))
    with pytest.raises(ImageTooLarge) as caught:
        rendered(made_from, Limits(max_pixels=480_000), place={"rotate": 45, "crop": "subject"})
    assert (caught.value.code, "5 megapixels" in str(caught.value)) == ("result_too_large", True)
    assert "cutout" not in vars(made_from)


@pytest.mark.parametrize(("size", "degrees"), [((600, 600), 45), ((600, 400), 45), ((800, 300), 3)])
def test_a_turned_picture_at_the_limit_may_be_cropped(size: tuple[int, int], degrees: int) -> None:
    limits = Limits(max_pixels=size[0] * size[1])
    made_from = sources(block(size, (200, 100, 300, 200)))
    made = rendered(made_from, limits, place={"rotate": degrees, "crop": "subject"})
    assert made.width < 200


def test_nothing_to_crop_to() -> None:
    with pytest.raises(NoSubject):
        rendered(sources(Image.new("RGBA", (10, 10))), place={"crop": "subject"})
