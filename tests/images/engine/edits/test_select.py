"""What clicks and boxes mean for alpha."""

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from images.engine.edits import select
from images.engine.edits.select import Mode, combined, opposite, part, within

Alpha = NDArray[np.uint8]


def _discs(*middles: tuple[int, int], radius: int = 40, size: tuple[int, int] = (400, 300)) -> Alpha:
    picture = Image.new("L", size)
    for x, y in middles:
        ImageDraw.Draw(picture).ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return np.asarray(cv2.blur(np.asarray(picture), (5, 5)), np.uint8)


def test_a_click_takes_one_of_two_parts_with_its_soft_rim() -> None:
    alpha = _discs((100, 150), (300, 150))
    left = part(alpha, 100, 150, keep=False)
    assert not left[:, :200].any()
    assert (left[:, 200:] == alpha[:, 200:]).all()
    assert alpha[150, 100] == 255


def test_the_rim_between_two_parts_stays_with_the_nearer_one() -> None:
    alpha = _discs((100, 150), (186, 150))
    left = part(alpha, 100, 150, keep=False)
    assert (left[:, 150:] == alpha[:, 150:]).all()


def test_a_click_on_nothing_takes_nothing() -> None:
    alpha = _discs((100, 150))
    assert (part(alpha, 350, 20, keep=False) == alpha).all()


def test_a_hole_is_filled_and_the_background_is_not() -> None:
    ring = _discs((200, 150), radius=90) - _discs((200, 150), radius=40)
    filled = part(ring, 200, 150, keep=True)
    assert (filled[120:180, 170:230] == 255).all()
    assert (part(ring, 5, 5, keep=True) == ring).all()


def _ring() -> tuple[Image.Image, Alpha]:
    """A red ring before blue, whose inside was taken for the subject."""
    photo = Image.new("RGB", (400, 300), (40, 60, 150))
    draw = ImageDraw.Draw(photo)
    draw.ellipse((110, 60, 290, 240), fill=(200, 40, 40))
    draw.ellipse((160, 110, 240, 190), fill=(40, 60, 150))
    return photo, _discs((200, 150), radius=90)


def test_the_inside_of_a_ring_is_opened_by_its_colour() -> None:
    photo, alpha = _ring()
    opened = select.colour(alpha, photo, 200, 150, keep=False)
    assert not opened[130:170, 180:220].any()
    assert opened[150, 130] == 255
    inside = np.hypot(*(np.mgrid[:300, :400] - np.array([150, 200])[:, None, None])) < 40
    error = np.count_nonzero((opened < 128) & (alpha >= 128) ^ inside)
    assert error < 0.1 * np.count_nonzero(inside)


def test_only_what_was_chosen_stays_and_keeps_its_soft_edge() -> None:
    alpha = _discs((100, 150), (300, 150))
    edge = np.where(np.arange(400)[None] < 160, alpha, 0).astype(np.uint8)
    only = combined(alpha, edge, Mode.ONLY)
    assert not only[:, 220:].any()
    assert np.abs(only[:, :160].astype(int) - alpha[:, :160]).max() <= 8


def test_what_was_chosen_is_solid_inside() -> None:
    alpha = _discs((100, 150))
    alpha[140:160, 90:110] = 60
    only = combined(alpha, _discs((100, 150)), Mode.ONLY)
    assert only[150, 100] == 255


def test_what_the_network_had_not_seen_comes_with_the_area() -> None:
    alpha, edge = _discs((100, 150)), _discs((300, 150))
    assert (combined(alpha, edge, Mode.KEEP) == np.maximum(alpha, edge)).all()
    assert combined(alpha, edge, Mode.ONLY)[150, 300] == 255
    assert combined(alpha, edge, Mode.ONLY)[150, 100] == 0
    assert not combined(alpha, _discs((100, 150)), Mode.DROP)[150, 60:140].max() > 130


def test_a_box_changes_nothing_outside_unless_only_it_is_wanted() -> None:
    alpha, box = _discs((100, 150), (300, 150)), (250, 100, 350, 200)
    empty = np.zeros((100, 100), np.uint8)
    assert (within(alpha, empty, box, Mode.KEEP) == alpha).all()
    assert not within(alpha, empty, box, Mode.ONLY).any()
    assert not within(alpha, 255 - empty, box, Mode.DROP)[150, 300]
    assert within(alpha, 255 - empty, box, Mode.DROP)[150, 100] == 255


def test_the_opposite_of_a_click_is_deep_in_the_subject_and_elsewhere() -> None:
    alpha = _discs((100, 150), (300, 150))
    assert opposite(alpha, 300, 150) is not None
    x, y = opposite(alpha, 300, 150) or (0, 0)
    assert np.hypot(x - 100, y - 150) < 12
    assert opposite(np.zeros((300, 400), np.uint8), 10, 10) is None


def test_areas_of_one_level_stay_so() -> None:
    photo = Image.new("RGB", (60, 40))
    assert not select.edge_of(np.zeros((10, 10), np.float32), photo).any()
    assert (select.edge_of(np.ones((10, 10), np.float32), photo) == 255).all()
