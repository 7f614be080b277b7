"""Grounds and formats."""

import io
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest
from PIL import Image

from images.engine.edits.output import extension, mime
from images.engine.edits.parts import Kind
from images.engine.edits.sources import Sources
from images.engine.errors import BadRecipe, ImageTooLarge
from tests.images.engine.edits.pictures import RED, block, picture, rendered, sources
from tests.images.engine.pictures import is_near, opened, srgb_profile, unzipped
from tests.images.engine.profiles import cmyk_profile


@pytest.mark.parametrize("format", ["png", "webp", "avif", "zip"])
def test_what_can_be_transparent_is(format: str) -> None:
    made = unzipped(rendered(output={"format": format}).data)
    assert made.getpixel((0, 0))[3] == 0  # type: ignore[index]
    assert is_near(made.getpixel((250, 200))[:3], RED)  # type: ignore[index]


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


class TestSize:
    def _noise(self) -> Sources:
        pixels = np.random.default_rng(0).integers(0, 256, (400, 600, 4)).astype(np.uint8)
        return sources(Image.fromarray(pixels))

    @pytest.mark.parametrize("format", ["jpeg", "webp", "avif"])
    def test_at_most_so_many_bytes(self, format: str) -> None:
        large = rendered(self._noise(), output={"format": format}).data
        small = rendered(self._noise(), output={"format": format, "max_bytes": len(large) * 3 // 4}).data
        assert len(large) // 2 < len(small) <= len(large) * 3 // 4

    def test_what_is_small_enough_keeps_its_quality(self) -> None:
        output = {"format": "jpeg", "max_bytes": 1_000_000}
        assert rendered(output=output).data == rendered(output={"format": "jpeg"}).data

    def test_less_than_is_possible_gets_a_sentence(self) -> None:
        for kind in ("jpeg", "png"):
            with pytest.raises(ImageTooLarge) as caught:
                rendered(self._noise(), output={"format": kind, "max_bytes": 2_000})
            assert "at most 2 were asked for" in str(caught.value)

    def test_quality(self) -> None:
        low, high = (
            len(rendered(self._noise(), output={"format": "jpeg", "quality": quality}).data)
            for quality in (40, 95)
        )
        assert low < high


class TestInks:
    def test_cmyk_in_the_operators_profile(self) -> None:
        made_from = sources()
        made_from.cmyk = cmyk_profile()
        made = picture(made_from, output={"format": "tiff", "colours": "cmyk"})
        assert made.mode == "CMYK"
        assert made.info["icc_profile"] == cmyk_profile()
        inks: Any = made.getpixel((0, 0))
        assert max(inks) <= 3  # none on white

    @pytest.mark.parametrize(
        ("output", "code"),
        [
            ({"format": "tiff", "colours": "cmyk"}, "no_cmyk_profile"),
            ({"format": "jpeg", "colours": "cmyk"}, "cmyk_needs_tiff"),
            ({"format": "jpeg", "bits": 16}, "bits_need_png"),
        ],
    )
    def test_what_cannot_be(self, output: dict[str, object], code: str) -> None:
        with pytest.raises(BadRecipe) as caught:
            rendered(output=output)
        assert caught.value.code == code
