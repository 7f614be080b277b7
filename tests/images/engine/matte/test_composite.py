import numpy as np
import pytest
from PIL import Image

from images.engine import NoSubject
from images.engine.matte.composite import composite, on_background
from images.engine.photo import Photo
from tests.images.engine.codecs.test_colour import swapped_profile
from tests.images.engine.pictures import colour_at, disc, disc_mask


def red(alpha: Image.Image | None = None) -> Photo:
    return Photo(Image.new("RGB", (4, 4), (255, 0, 0)), alpha)


def level(value: int) -> Image.Image:
    return Image.new("L", (4, 4), value)


def test_colour_is_not_multiplied_by_alpha() -> None:
    assert colour_at(composite(red(), level(128)), 0, 0) == (255, 0, 0, 128)


def test_faintest_pixel_keeps_its_colour() -> None:
    assert colour_at(composite(red(), level(1)), 0, 0) == (255, 0, 0, 1)


def test_removed_background_is_gone_from_the_file() -> None:
    assert colour_at(composite(red(), level(0)), 0, 0) == (0, 0, 0, 0)


def test_nothing_of_the_ground_survives_around_the_subject() -> None:
    pixels = np.asarray(composite(Photo(disc()), disc_mask()))
    assert not pixels[pixels[..., 3] == 0].any()


@pytest.mark.parametrize(("source", "seen"), [(128, 128), (128, 255), (255, 128), (200, 128)])
def test_what_is_cut_out_already_is_not_cut_twice(source: int, seen: int) -> None:
    assert colour_at(composite(red(level(source)), level(seen)), 0, 0) == (255, 0, 0, 128)


def test_subject_that_the_source_hides_is_no_subject() -> None:
    with pytest.raises(NoSubject):
        composite(red(level(0)), level(255))


def test_photo_and_alpha_are_left_as_they_were() -> None:
    photo, alpha = red(level(200)), level(9)
    composite(photo, alpha)
    assert photo.rgb.mode == "RGB"
    assert colour_at(photo.rgb, 0, 0) == (255, 0, 0)
    assert colour_at(alpha, 0, 0) == (9,)


def test_background_shows_through() -> None:
    cutout = composite(red(), level(51))
    assert colour_at(on_background(cutout, (0, 0, 255), None), 0, 0) == (51, 0, 204)


def test_background_is_in_the_photo_s_colours() -> None:
    cutout = composite(red(), level(0))
    red_value, _, blue = colour_at(on_background(cutout, (0, 0, 255), swapped_profile()), 0, 0)
    assert red_value > 250
    assert blue < 5
