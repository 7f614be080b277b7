import numpy as np
import pytest
from PIL import Image

from images.engine.refine import refine
from tests.images.engine.pictures import colour_at


def ramp(side: int = 32) -> np.ndarray:
    return np.tile(np.linspace(0, 1, side, dtype=np.float32), (side, 1)).T.copy()


def half(side: int = 32) -> np.ndarray:
    mask = np.zeros((side, side), np.float32)
    mask[:, side // 2 :] = 1
    return mask


@pytest.mark.parametrize("size", [(32, 32), (7, 5), (200, 900), (1, 1), (2_000, 1), (1, 2_000)])
def test_alpha_has_the_photo_s_size(size: tuple[int, int]) -> None:
    alpha = refine(half(), size)
    assert (alpha.mode, alpha.size) == ("L", size)


def test_inside_is_opaque_and_outside_transparent() -> None:
    alpha = refine(half(), (320, 200))
    assert (colour_at(alpha, 300, 100), colour_at(alpha, 20, 100)) == ((255,), (0,))


def test_weak_probabilities_are_stretched() -> None:
    assert refine(half() * np.float32(0.9) + np.float32(0.05), (64, 64)).getextrema() == (0, 255)


@pytest.mark.parametrize(("probability", "alpha"), [(0.5, 127), (0.9997, 255), (0.0003, 0)])
def test_value_is_cut_unless_all_but_whole(probability: float, alpha: int) -> None:
    mask = half()
    mask[0, 0] = probability
    assert colour_at(refine(mask, (32, 32)), 0, 0) == (alpha,)


def test_strips_leave_no_seam() -> None:
    lifted = np.asarray(refine(ramp(), (16, 1_000)), np.float64)
    whole = Image.fromarray(ramp() * 255).resize((16, 1_000), Image.Resampling.BICUBIC)
    # One level for the margin at either end, one for cutting to eight bits.
    assert np.abs(lifted - np.clip(np.asarray(whole), 0, 255)).max() <= 2


def test_probabilities_are_left_as_they_were() -> None:
    mask = half()
    refine(mask, (10, 10))
    assert np.array_equal(mask, half())


def test_what_is_all_but_certain_is_certain() -> None:
    probabilities = np.full((16, 16), 0.999, np.float32)
    probabilities[:, :8] = 0.001
    probabilities[0, 0], probabilities[15, 15] = 0, 1
    lifted = np.asarray(refine(probabilities, (32, 32)))
    assert set(np.unique(lifted[:, 4:10])) == {0}
    assert set(np.unique(lifted[:, 22:28])) == {255}
