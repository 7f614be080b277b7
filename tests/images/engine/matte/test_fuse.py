import numpy as np
import pytest

from images.engine.matte.fuse import fused, overlooked


def mask(*boxes: tuple[float, float, float, float], shape: tuple[int, int] = (480, 640)) -> np.ndarray:
    """1 inside the boxes (left, top, right, bottom, as shares), 0 elsewhere."""
    values = np.zeros(shape, np.float32)
    for left, top, right, bottom in boxes:
        rows = slice(round(top * shape[0]), round(bottom * shape[0]))
        values[rows, round(left * shape[1]) : round(right * shape[1])] = 1
    return values


HALF, WHOLE = (0.2, 0.2, 0.5, 0.8), (0.2, 0.2, 0.8, 0.8)
SQUARE = (320, 320)


def iou(one: np.ndarray, other: np.ndarray) -> float:
    ours, theirs = one >= 0.5, other >= 0.5
    return float((ours & theirs).sum() / (ours | theirs).sum())


def test_an_overlooked_half_comes_back() -> None:
    assert iou(fused(mask(HALF), mask(WHOLE, shape=SQUARE)), mask(WHOLE)) > 0.97


def test_what_the_companion_does_not_see_stays() -> None:
    assert np.array_equal(fused(mask(WHOLE), mask(HALF, shape=SQUARE)), mask(WHOLE))


def test_edges_remain_those_of_the_main_network() -> None:
    """The companion's subject is wider by one percent all around: an outline, and no region."""
    wider = mask((0.19, 0.19, 0.81, 0.81), shape=SQUARE)
    assert np.array_equal(fused(mask(WHOLE), wider), mask(WHOLE))


def test_far_from_the_region_nothing_changes() -> None:
    alone = mask(HALF)
    alone[:, : 640 // 5] = 0.3  # a haze at the left
    together = fused(alone, mask(WHOLE, shape=SQUARE))
    assert np.array_equal(together[:, : 640 // 4], alone[:, : 640 // 4])


def test_a_small_thing_is_not_believed() -> None:
    companion = mask(HALF, (0.9, 0.9, 0.95, 0.95), shape=SQUARE)
    assert np.array_equal(fused(mask(HALF), companion), mask(HALF))


@pytest.mark.parametrize("sure", [0.0, 0.3, 0.7])
def test_an_unsure_companion_is_not_believed(sure: float) -> None:
    alone = mask(HALF)
    assert np.array_equal(fused(alone, mask(WHOLE, shape=SQUARE) * np.float32(sure)), alone)


def test_a_main_network_that_sees_nothing_takes_all() -> None:
    assert iou(fused(mask(), mask(WHOLE, shape=SQUARE)), mask(WHOLE)) > 0.95


def test_two_that_see_nothing_find_nothing() -> None:
    assert not overlooked(mask(), mask(shape=SQUARE)).any()


@pytest.mark.parametrize("shape", [(1024, 896), (512, 1024), (64, 64)])
def test_the_result_is_of_the_main_network_s_size(shape: tuple[int, int]) -> None:
    together = fused(mask(HALF, shape=shape), mask(WHOLE, shape=SQUARE))
    assert together.shape == shape
    assert together.dtype == np.float32
    assert 0 <= together.min() <= together.max() <= 1


def test_both_masks_are_left_as_they_were() -> None:
    alone, companion = mask(HALF), mask(WHOLE, shape=SQUARE)
    fused(alone, companion)
    assert np.array_equal(alone, mask(HALF))
    assert np.array_equal(companion, mask(WHOLE, shape=SQUARE))
