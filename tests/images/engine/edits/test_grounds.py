"""What takes the place of the background."""

import numpy as np
import pytest
from PIL import Image

from images.engine.edits.sources import Sources
from images.engine.errors import BadRecipe
from tests.images.engine.edits.pictures import BOX, RED, block, photo, picture, rendered, sources
from tests.images.engine.pictures import is_near, saved

OUTSIDE, INSIDE = (20, 20), (260, 200)
PICTURE = {"kind": "picture", "picture": "11111111-2222-4333-8444-555555555555"}


def _with(ground: Image.Image) -> Sources:
    made_from = sources()
    return Sources(made_from.cutout_file, made_from.original_file, lambda: saved(ground))


class TestGradient:
    def test_runs_where_its_angle_says(self) -> None:
        made = picture(ground={"kind": "gradient", "start": "#000000", "end": "#ffffff", "angle": 90})
        levels = [made.getpixel((x, 5))[0] for x in (0, 300, 599)]  # type: ignore[index]
        assert levels[0] < 3
        assert abs(levels[1] - 128) < 3
        assert levels[2] > 252

    def test_a_radial_one_begins_in_the_middle(self) -> None:
        cutout = block(box=(0, 0, 1, 1))
        made = picture(sources(cutout), ground={"kind": "gradient", "shape": "radial", "end": "#000000"})
        middle, corner = made.getpixel((300, 200)), made.getpixel((599, 399))
        assert middle[0] > 250  # type: ignore[index]
        assert corner[0] < 5  # type: ignore[index]

    def test_one_colour_stays_one_colour(self) -> None:
        made = picture(ground={"kind": "gradient", "start": "#336699", "end": "#336699"})
        assert made.crop((0, 0, 100, 100)).getcolors() == [(10_000, (0x33, 0x66, 0x99))]

    def test_has_no_bands(self) -> None:
        """Between two neighbouring levels lies a mixture and not a step."""
        made = picture(ground={"kind": "gradient", "start": "#404040", "end": "#484848", "angle": 180})
        rows = np.asarray(made)[:, 500, 0].reshape(-1, 8)
        assert sum(len(set(row.tolist())) > 1 for row in rows) > len(rows) / 2


class TestPicture:
    def test_fills_the_frame(self) -> None:
        halves = Image.new("RGB", (100, 100), (0, 0, 255))
        halves.paste((255, 255, 0), (0, 0, 100, 50))
        made = picture(_with(halves), ground=PICTURE)
        assert made.size == (600, 400)
        assert made.getpixel((5, 5)) == (255, 255, 0)
        assert made.getpixel((5, 395)) == (0, 0, 255)
        assert made.getpixel(INSIDE) == RED

    def test_shows_the_part_that_was_chosen(self) -> None:
        halves = Image.new("RGB", (100, 200), (0, 0, 255))
        halves.paste((255, 255, 0), (0, 0, 100, 100))
        made = picture(_with(halves), ground={**PICTURE, "y": 1})
        assert made.getpixel((5, 5)) == (0, 0, 255)

    def test_whole_between_bars(self) -> None:
        ground = {**PICTURE, "fit": "fit", "colour": "#123456"}
        made = picture(_with(Image.new("RGB", (100, 100), (0, 0, 255))), ground=ground)
        assert made.getpixel((5, 200)) == (0x12, 0x34, 0x56)
        assert made.getpixel((150, 200)) == (0, 0, 255)

    def test_where_it_is_transparent_the_colour_of_the_bars_shows(self) -> None:
        ground = {**PICTURE, "colour": "#123456"}
        made = picture(_with(Image.new("RGBA", (60, 40))), ground=ground)
        assert made.getpixel(OUTSIDE) == (0x12, 0x34, 0x56)

    def test_one_that_is_gone_gets_a_sentence(self) -> None:
        with pytest.raises(BadRecipe) as caught:
            rendered(ground=PICTURE)
        assert caught.value.code == "no_ground"


class TestOwn:
    def test_blur_does_not_bleed(self) -> None:
        """Red stands on green: blurred as it is, red would show far around it."""
        made = np.asarray(picture(ground={"kind": "blur", "strength": 5})).astype(int)
        around = made.copy()
        left, top, right, bottom = BOX
        around[top:bottom, left:right] = (30, 160, 60)
        assert np.abs(around - np.array((30, 160, 60))).max() <= 2

    def test_blur_blurs(self) -> None:
        stripes = photo()
        pixels = np.asarray(stripes).copy()
        pixels[:, ::2] = 0
        stripes = Image.fromarray(pixels)
        stripes.paste(RED, BOX)
        made = picture(sources(block(), stripes), ground={"kind": "blur", "strength": 1})
        assert is_near(made.getpixel(OUTSIDE), (15, 80, 30), 4)  # type: ignore[arg-type]

    def test_a_subject_that_is_all_of_the_photo(self) -> None:
        whole = Image.new("RGBA", (60, 40), (*RED, 255))
        made = picture(sources(whole, whole.convert("RGB")), ground={"kind": "blur"})
        assert made.getpixel((5, 5)) == RED

    def test_grey_and_dark(self) -> None:
        grey = picture(ground={"kind": "grey"}).getpixel(OUTSIDE)
        assert len(set(grey)) == 1  # type: ignore[arg-type]
        dark = picture(ground={"kind": "dark", "strength": 50}).getpixel(OUTSIDE)
        assert is_near(dark, (15, 80, 30), 1)  # type: ignore[arg-type]

    def test_it_goes_where_the_photo_goes(self) -> None:
        pixels = np.asarray(photo()).copy()
        pixels[:, :100] = (0, 0, 255)
        made = picture(
            sources(block(), Image.fromarray(pixels)),
            ground={"kind": "dark", "strength": 0},
            place={"flip": "horizontal", "canvas": {"longest": 300}},
        )
        assert is_near(made.getpixel((295, 100)), (0, 0, 255), 2)  # type: ignore[arg-type]
        assert is_near(made.getpixel((5, 100)), (30, 160, 60), 2)  # type: ignore[arg-type]

    def test_beyond_the_photo_it_goes_on(self) -> None:
        made = picture(ground={"kind": "dark", "strength": 0}, place={"canvas": {"ratio": [1, 1]}})
        assert made.size == (600, 600)
        assert made.getpixel((5, 5)) == (30, 160, 60)
