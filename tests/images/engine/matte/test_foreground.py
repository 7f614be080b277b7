from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from images.engine.matte.foreground import with_own_colours
from tests.images.engine.pictures import colour_at, is_near
from tests.images.engine.scenes import Floats, Scene, hairy, letters, ring

SCENES = [ring, letters, hairy]


def alpha_of(scene: Scene) -> Image.Image:
    return Image.fromarray(np.rint(scene.alpha * 255).astype(np.uint8))


def own_colours(scene: Scene) -> Floats:
    return np.asarray(with_own_colours(scene.photo, alpha_of(scene)), np.float32) / np.float32(255)


def error(colours: Floats, scene: Scene) -> float:
    """Mean difference from the true foreground, in levels, where alpha is soft."""
    soft = (scene.alpha > 0.02) & (scene.alpha < 0.98)
    return float(np.abs(colours - scene.foreground)[soft].mean() * 255)


@pytest.mark.parametrize("draw", SCENES)
@pytest.mark.parametrize("overview", [1024, 128])
def test_soft_pixels_lose_the_background(
    draw: Callable[[int], Scene], overview: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("images.engine.matte.foreground._OVERVIEW", overview)
    scene = draw(512)
    photo = np.asarray(scene.photo, np.float32) / np.float32(255)
    assert error(photo, scene) > 35
    assert error(own_colours(scene), scene) < 6


@pytest.mark.parametrize("draw", SCENES)
def test_certain_pixels_keep_every_bit(draw: Callable[[int], Scene]) -> None:
    scene = draw(512)
    result = np.asarray(with_own_colours(scene.photo, alpha_of(scene)))
    certain = np.isin(np.asarray(alpha_of(scene)), (0, 255))
    assert np.array_equal(result[certain], np.asarray(scene.photo)[certain])


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (2_100, 3), (3, 2_100), (1_300, 700)])
@pytest.mark.parametrize("level", [1, 128, 254])
def test_one_colour_stays_that_colour(size: tuple[int, int], level: int) -> None:
    red = Image.new("RGB", size, (255, 0, 0))
    result = with_own_colours(red, Image.new("L", size, level))
    assert result.getextrema() == red.getextrema()


def test_photo_is_left_as_it_was() -> None:
    scene = ring(128)
    with_own_colours(scene.photo, alpha_of(scene))
    assert scene.photo.tobytes() == ring(128).photo.tobytes()


def test_pure_colours_are_not_touched() -> None:
    scene = ring(256)
    everywhere = Image.new("L", scene.photo.size, 255)
    assert with_own_colours(scene.photo, alpha_of(scene), everywhere).tobytes() == scene.photo.tobytes()


@pytest.mark.parametrize("overview", [256, 64])
def test_tiles_leave_no_seam(overview: int, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = hairy(500)
    monkeypatch.setattr("images.engine.matte.foreground._OVERVIEW", overview)
    monkeypatch.setattr("images.engine.matte.foreground._TILE", 96)
    tiled = own_colours(scene)
    monkeypatch.setattr("images.engine.matte.foreground._TILE", 1_000)
    visible = np.abs(tiled - own_colours(scene)) * scene.alpha[..., None]
    assert visible.max() < 0.02


def test_subject_without_any_solid_pixel() -> None:
    veil = Image.new("L", (64, 64), 0)
    veil.paste(128, (16, 16, 48, 48))
    photo = Image.new("RGB", (64, 64), (0, 0, 255))
    photo.paste((128, 0, 127), (16, 16, 48, 48))
    result = with_own_colours(photo, veil)
    assert is_near(colour_at(result, 32, 32), (255, 0, 0), 40)
