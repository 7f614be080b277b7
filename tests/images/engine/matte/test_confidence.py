import numpy as np
import pytest

from images.engine.matte.confidence import NEEDS_A_LOOK, confidence
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


def test_a_clear_mask_is_certain() -> None:
    assert confidence(mask()) > 0.99


def test_a_part_in_doubt_needs_a_look() -> None:
    assert confidence(mask(outside=0.4)) < NEEDS_A_LOOK


def test_more_doubt_is_less_confidence() -> None:
    values = [confidence(mask(outside=outside)) for outside in (0.0, 0.02, 0.1, 0.3)]
    assert values == sorted(values, reverse=True)
    assert len(set(values)) == 4


def test_a_soft_outline_is_no_doubt() -> None:
    assert confidence(mask(softness=0.015)) > 0.9


@pytest.mark.parametrize("side", [64, 320, 1024])
def test_the_size_of_the_model_does_not_matter(side: int) -> None:
    assert confidence(mask(side, 0.05)) == pytest.approx(confidence(mask(640, 0.05)), abs=0.1)


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_it_lies_between_0_and_1(value: float) -> None:
    assert 0 <= confidence(np.full((64, 64), value, np.float32)) <= 1


def test_the_mask_is_left_as_it_was() -> None:
    given = mask(outside=0.4)
    confidence(given)
    assert np.array_equal(given, mask(outside=0.4))


def test_two_networks_that_disagree_are_less_certain() -> None:
    whole, half = mask(outside=1.0), mask()
    alone, agreed, differing = (
        confidence(whole),
        confidence(whole, (whole, whole)),
        confidence(whole, (half, whole)),
    )
    assert agreed == pytest.approx(alone)
    assert differing < 0.9 * alone


def test_a_companion_that_sees_something_else_needs_a_look() -> None:
    assert confidence(mask(), (mask(), np.roll(mask(), 200, axis=1))) < NEEDS_A_LOOK


def test_opinions_may_be_of_different_sizes() -> None:
    assert confidence(mask(1024), (mask(1024), mask(320))) == pytest.approx(confidence(mask(1024)), abs=0.01)


def test_two_that_see_nothing_agree() -> None:
    empty = np.zeros((64, 64), np.float32)
    assert confidence(mask(), (empty, empty)) == confidence(mask())


@needs_photos
@pytest.mark.model
def test_a_failure_ranks_below_a_success() -> None:
    """Of the first photo the network takes the wrong part (IoU 0.2), of the second the right one (1.0)."""
    from images.engine.codecs.decode import decode
    from images.engine.matte.predict import predict

    photos = [PHOTOS / "voc" / "images" / name for name in ("2007_000491.jpg", "2007_002094.jpg")]
    failure, success = (confidence(predict(decode(photo.read_bytes()), real_network())) for photo in photos)
    assert failure < NEEDS_A_LOOK < success
