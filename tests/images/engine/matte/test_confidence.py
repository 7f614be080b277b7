import numpy as np
import pytest
from PIL import Image

from images.engine import remove_background
from images.engine.matte.confidence import NEEDS_A_LOOK, confidence
from images.engine.options import Rgb
from tests.images.engine.real import PHOTOS, needs_photos, real_network


def mask(side: int = 320, outside: float = 0.0, softness: float = 0.0) -> np.ndarray:
    """A square subject; `outside` is what the network thinks of a second one beside it."""
    values = np.zeros((side, side), np.float32)
    tenth = side // 10
    values[tenth : 6 * tenth, tenth : 5 * tenth] = 1
    values[tenth : 6 * tenth, 7 * tenth : 9 * tenth] = outside
    if softness:
        ramp = np.linspace(1, 0, max(2, int(softness * side)), dtype=np.float32)
        values[tenth : 6 * tenth, 5 * tenth : 5 * tenth + len(ramp)] = ramp
    return values


def photo(subject: Rgb = (160, 100, 70), ground: Rgb = (90, 110, 140), side: int = 320) -> Image.Image:
    """Flat colours, in the form of the mask."""
    return Image.composite(
        Image.new("RGB", (side, side), subject),
        Image.new("RGB", (side, side), ground),
        Image.fromarray((mask(side) * 255).astype(np.uint8)),
    )


def sure(values: np.ndarray, companion: np.ndarray | None = None) -> float:
    """In an ordinary photo."""
    return confidence(values, photo(), None if companion is None else (values, companion))


def test_a_clear_mask_is_certain() -> None:
    assert sure(mask()) > 0.85


def test_a_part_in_doubt_needs_a_look() -> None:
    assert sure(mask(outside=0.4)) < NEEDS_A_LOOK


def test_more_doubt_is_less_confidence() -> None:
    values = [sure(mask(outside=outside)) for outside in (0.0, 0.02, 0.1, 0.3)]
    assert values == sorted(values, reverse=True)
    assert len(set(values)) == 4


def test_a_soft_outline_is_no_doubt() -> None:
    assert sure(mask(softness=0.015)) > 0.8


@pytest.mark.parametrize("side", [80, 320, 1024])
def test_the_size_of_the_model_does_not_matter(side: int) -> None:
    assert sure(mask(side, 0.05)) == pytest.approx(sure(mask(640, 0.05)), abs=0.1)


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_it_lies_between_0_and_1(value: float) -> None:
    assert 0 <= sure(np.full((64, 64), value, np.float32)) <= 1


def test_the_mask_is_left_as_it_was() -> None:
    given = mask(outside=0.4)
    sure(given)
    assert np.array_equal(given, mask(outside=0.4))


def test_a_companion_that_agrees_changes_nothing() -> None:
    assert sure(mask(), mask()) == pytest.approx(sure(mask()), abs=0.01)


def test_the_more_a_companion_sees_beyond_the_less_is_certain() -> None:
    values = [sure(mask(), mask(outside=outside)) for outside in (0.0, 0.3, 1.0)]
    assert values == sorted(values, reverse=True)
    assert values[2] < 0.99 * values[0]


def test_a_subject_that_stands_out_is_more_certain_than_one_that_does_not() -> None:
    clear = confidence(mask(), photo((230, 60, 40), (40, 60, 130)))
    alike = confidence(mask(), photo((72, 86, 90), (64, 80, 84)))
    assert alike < NEEDS_A_LOOK < clear


def test_a_mask_whose_outline_crosses_even_ground_needs_a_look() -> None:
    ground = photo((230, 60, 40), (40, 60, 130)).rotate(90)
    assert confidence(mask(), ground) < confidence(mask(), ground.rotate(-90))


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_mask_without_an_outline_has_no_two_sides(value: float) -> None:
    whole = np.full((64, 64), value, np.float32)
    assert confidence(whole, photo((9, 9, 9), (9, 9, 9))) == sure(whole)


def test_opinions_may_be_of_different_sizes() -> None:
    assert sure(mask(1024), mask(320)) == pytest.approx(sure(mask(1024)), abs=0.01)


def test_two_that_see_nothing_agree() -> None:
    empty = np.zeros((64, 64), np.float32)
    assert sure(mask(), empty) == sure(mask())


@needs_photos
@pytest.mark.model
def test_a_failure_ranks_below_a_success() -> None:
    """Of the first photo the network takes the wrong part (IoU 0.2), of the second the right one (1.0)."""
    names = ("2007_000491.jpg", "2007_002094.jpg")
    files = [(PHOTOS / "voc" / "images" / name).read_bytes() for name in names]
    failure, success = (remove_background(file, real_network()).confidence for file in files)
    assert failure < NEEDS_A_LOOK < success
