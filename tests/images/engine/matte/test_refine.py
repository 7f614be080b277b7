from collections.abc import Callable

import cv2
import numpy as np
import pytest
from PIL import Image, ImageChops

from images.engine.matte.refine import refine
from tests.images.engine.pictures import colour_at
from tests.images.engine.scenes import Floats, Scene, block, hairy, letters, ring


def half(side: int = 32) -> Floats:
    mask = np.zeros((side, side), np.float32)
    mask[:, side // 2 :] = 1
    return mask


def grey(size: tuple[int, int]) -> Image.Image:
    """A photo that shows no edge."""
    return Image.new("RGB", size, (128, 128, 128))


def refined(scene: Scene, side: int) -> Floats:
    return np.asarray(refine(scene.probabilities(side), scene.photo), np.float32) / np.float32(255)


def enlarged(scene: Scene, side: int) -> Floats:
    """Plain resizing, the measure of what refinement adds."""
    plain = Image.fromarray(scene.probabilities(side)).resize(scene.photo.size, Image.Resampling.BICUBIC)
    clipped: Floats = np.clip(np.asarray(plain), 0, 1)
    return clipped


def error(alpha: Floats, scene: Scene) -> float:
    return float(np.abs(alpha - scene.alpha).mean())


def slope_error(alpha: Floats, scene: Scene) -> float:
    """Between the gradients of an alpha and of the truth."""
    differences = [
        found - true for found, true in zip(np.gradient(alpha), np.gradient(scene.alpha), strict=True)
    ]
    return float(np.hypot(*differences).mean())


@pytest.mark.parametrize("size", [(32, 32), (7, 5), (200, 900), (1, 1), (2_000, 1), (1, 2_000)])
def test_alpha_has_the_photo_s_size(size: tuple[int, int]) -> None:
    alpha = refine(half(), grey(size))
    assert (alpha.mode, alpha.size) == ("L", size)


def test_inside_is_opaque_and_outside_transparent() -> None:
    alpha = refine(half(), grey((320, 200)))
    assert (colour_at(alpha, 300, 100), colour_at(alpha, 20, 100)) == ((255,), (0,))


@pytest.mark.parametrize("levels", [(5, 250), (250, 5), (20, 240)])
def test_black_and_white_photos_have_clean_edges(levels: tuple[int, int]) -> None:
    """Without colours three channels say the same, and what remains of their products is tiny."""
    side, radius = 1024, 300
    y, x = np.mgrid[:side, :side] - side / 2
    disc = np.clip((radius - np.hypot(x, y)) / 3 + 0.5, 0, 1).astype(np.float32)
    noise = np.random.default_rng(1).normal(0, 2, disc.shape)
    grey = np.clip(disc * levels[0] + (1 - disc) * levels[1] + noise, 0, 255).astype(np.uint8)
    seen = cv2.GaussianBlur(cv2.resize(disc, (256, 256), interpolation=cv2.INTER_AREA), (0, 0), 2)
    alpha = np.asarray(refine(seen, Image.fromarray(grey).convert("RGB"))) / 255
    edge = (disc > 0) & (disc < 1)
    assert (np.abs(alpha - disc)[edge] > 60 / 255).mean() < 0.001


def test_weak_probabilities_are_stretched() -> None:
    weak = half() * np.float32(0.9) + np.float32(0.05)
    assert refine(weak, grey((64, 64))).getextrema() == (0, 255)


def test_picture_that_is_all_subject_is_solid() -> None:
    sure = np.random.default_rng(1).uniform(0.97, 1, (64, 64)).astype(np.float32)
    assert np.asarray(refine(sure, grey((200, 100)))).min() >= 240


@pytest.mark.parametrize(("probability", "alpha"), [(0.9997, 255), (0.0003, 0)])
def test_what_is_all_but_certain_is_certain(probability: float, alpha: int) -> None:
    mask = half()
    mask[0, 0] = probability
    assert colour_at(refine(mask, grey((32, 32))), 0, 0) == (alpha,)


@pytest.mark.parametrize("size", [(512, 512), (500, 301), (100, 480)])
def test_tiles_leave_no_seam(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    scene = hairy()
    photo = scene.photo.resize(size)
    monkeypatch.setattr("images.engine.matte.refine._CORRECTED_TILE", 50)
    monkeypatch.setattr("images.engine.matte.refine._LIFTED_TILE", 100)
    tiled = refine(scene.probabilities(200), photo)
    monkeypatch.setattr("images.engine.matte.refine._CORRECTED_TILE", 1_000)
    monkeypatch.setattr("images.engine.matte.refine._LIFTED_TILE", 10_000)
    whole = refine(scene.probabilities(200), photo)
    difference = np.asarray(ImageChops.difference(tiled, whole))
    assert difference.max() <= 1


def test_probabilities_and_photo_are_left_as_they_were() -> None:
    mask, photo = half(), block(64).photo
    refine(mask, photo)
    assert np.array_equal(mask, half())
    assert photo.tobytes() == block(64).photo.tobytes()


@pytest.mark.parametrize("draw", [ring, letters, hairy, block])
@pytest.mark.parametrize("side", [64, 128])
def test_error_is_less_than_half_of_plain_resizing_s(draw: Callable[[int], Scene], side: int) -> None:
    scene = draw(512)
    alpha, plain = refined(scene, side), enlarged(scene, side)
    assert error(alpha, scene) < error(plain, scene) / 2
    assert slope_error(alpha, scene) < slope_error(plain, scene) / 2


@pytest.mark.parametrize("side", [64, 128, 1024])
def test_hole_of_a_ring_stays_open(side: int) -> None:
    alpha = refined(ring(), side)
    assert not alpha[226:286, 226:286].any()
    assert alpha[256, 170] == 1


@pytest.mark.parametrize("side", [64, 128, 1024])
def test_holes_of_letters_stay_open(side: int) -> None:
    scene = letters()
    alpha = refined(scene, side)
    assert alpha[185:198, 82:96].max() < 0.05
    assert np.abs(alpha - scene.alpha)[scene.alpha == 0].mean() < 0.005


@pytest.mark.parametrize("side", [128, 1024])
def test_hair_is_kept(side: int) -> None:
    scene = hairy()
    tips = np.zeros_like(scene.alpha, bool)
    tips[60:120, 200:312] = True  # above the head, where there is nothing but hair
    strands = tips & (scene.alpha > 0.8)
    assert refined(scene, side)[strands].mean() > 0.6


@pytest.mark.parametrize("side", [128, 512])
def test_no_half_transparent_patch_inside_a_solid_subject(side: int) -> None:
    scene, middle = block(), slice(side * 7 // 16, side * 9 // 16)
    doubtful = scene.probabilities(side)
    doubtful[middle, middle] = 0.85
    alpha = np.asarray(refine(doubtful, scene.photo))
    assert alpha[144:368, 144:368].min() == 255


def test_wire_that_the_photo_hardly_shows_is_not_lost() -> None:
    photo = Image.new("RGB", (256, 256), (100, 100, 100))
    photo.paste((102, 102, 102), (0, 127, 256, 130))
    wire = np.zeros((256, 256), np.float32)
    wire[127:130] = 0.8
    wire[:, 200:] = 1
    assert np.asarray(refine(wire, photo))[128, 20:180].min() >= 128
