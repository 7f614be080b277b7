"""Grounds and formats."""

import io
from zipfile import ZipFile

import pytest
from PIL import Image

from images.engine.edits.output import extension, mime
from images.engine.edits.parts import Kind
from tests.images.engine.edits.pictures import RED, block, picture, rendered, sources
from tests.images.engine.pictures import is_near, opened, srgb_profile, unzipped


@pytest.mark.parametrize("format", ["png", "webp", "avif", "zip"])
def test_what_can_be_transparent_is(format: str) -> None:
    made = unzipped(rendered(output={"format": format}).data)
    assert made.getpixel((0, 0))[3] == 0  # type: ignore[index]
    assert is_near(made.getpixel((250, 200))[:3], RED)  # type: ignore[index, arg-type]


def test_jpeg_without_a_ground_is_on_white() -> None:
    made = picture(output={"format": "jpeg"})
    assert made.getpixel((0, 0)) == (255, 255, 255)


def test_a_colour_is_exact_everywhere_outside() -> None:
    made = picture(ground={"kind": "colour", "colour": "#0102fe"})
    assert made.getpixel((0, 0)) == (1, 2, 254)
    assert made.getpixel((250, 200)) == RED


def test_half_transparent_pixels_mix_with_the_ground() -> None:
    cutout = Image.new("RGBA", (4, 4), (255, 0, 0, 128))
    made = picture(sources(cutout), ground={"kind": "colour", "colour": "#0000ff"})
    assert is_near(made.getpixel((1, 1)), (128, 0, 127), 1)  # type: ignore[arg-type]


def test_the_mask_alone() -> None:
    made = picture(output={"format": "mask"})
    assert made.mode == "L"
    assert made.tobytes() == block().getchannel("A").tobytes()


def test_the_plain_recipe_gives_the_stored_bytes() -> None:
    made_from = sources(dpi=(300, 300))
    assert rendered(made_from).data == made_from.cutout_file()


def test_profile_and_resolution_stay() -> None:
    made_from = sources(icc_profile=srgb_profile(), dpi=(300, 300))
    made = opened(rendered(made_from, ground={"kind": "colour"}).data)
    assert made.info["icc_profile"] == srgb_profile()
    assert round(made.info["dpi"][0]) == 300


def test_a_resolution_of_ones_own() -> None:
    made = picture(sources(dpi=(300, 300)), output={"format": "jpeg", "dpi": 72})
    assert made.info["dpi"] == (72, 72)


def test_srgb_drops_the_profile() -> None:
    made = opened(rendered(sources(icc_profile=srgb_profile()), output={"colours": "srgb"}).data)
    assert "icc_profile" not in made.info


def test_the_small_picture_shows_the_same() -> None:
    made = rendered(place={"canvas": {"width": 2000, "height": 1000}}, ground={"kind": "colour"})
    preview = opened(made.preview)
    assert (preview.format, preview.size) == ("WEBP", (1280, 640))


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_a_name_for_files_and_for_the_web(kind: Kind) -> None:
    assert extension(kind)
    assert "/" in mime(kind)


def test_a_zip_holds_colour_and_alpha() -> None:
    with ZipFile(io.BytesIO(rendered(output={"format": "zip"}).data)) as archive:
        assert archive.namelist() == ["color.jpg", "alpha.png"]
