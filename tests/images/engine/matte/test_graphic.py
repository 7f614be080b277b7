"""Graphics are told from photos, and cut out exactly."""

from collections.abc import Callable
from itertools import islice

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from images.engine import Cutout, Kind, NoSubject, Options, remove_background
from images.engine.matte.graphic import Matte, find_graphic
from images.engine.photo import Photo
from tests.images.engine.drawings import (
    BLACK,
    BLUE,
    DRAWINGS,
    GREY,
    PALE,
    RED,
    SIZE,
    Drawn,
    as_jpeg,
    drawn,
    ground,
    made_smaller,
    noisy,
    screenshot,
    shaded,
    shape,
    text,
)
from tests.images.engine.pictures import colour_at, opened, saved
from tests.images.engine.real import PHOTOS, needs_photos, real_network
from tests.images.engine.tiny import tiny_network

WHITE, PINK, NAVY = ((255,) * 3, (255,) * 3), ((240, 200, 210),) * 2, ((20, 30, 60),) * 2
GRADIENT = ((255, 240, 200), (190, 220, 250))
GROUNDS = {"white": WHITE, "pink": PINK, "gradient": GRADIENT}
LIGHT_ON_DARK = [text(30, 40, "Nordwind Café", 56, PALE), text(30, 130, "since 1984", 24, (250, 200, 40))]


def made(name: str, on: str) -> Drawn:
    return drawn(DRAWINGS[name], ground(*GROUNDS[on]))


def cut(picture: Image.Image, kind: Kind = Kind.GRAPHIC) -> Matte:
    graphic = find_graphic(Photo(picture), kind)
    assert graphic is not None
    return graphic.cut(Photo(picture))


def error(matte: Matte, true: NDArray[np.float64]) -> float:
    """Mean absolute error of alpha, in percent of the whole picture."""
    return float(np.abs(np.asarray(matte.alpha) / 255 - true).mean() * 100)


@pytest.mark.parametrize("on", GROUNDS)
@pytest.mark.parametrize("name", DRAWINGS)
def test_clean_graphics_are_cut_out_exactly(name: str, on: str) -> None:
    picture = made(name, on)
    assert error(cut(picture.picture, Kind.AUTO), picture.alpha) < 0.04
    assert error(cut(noisy(picture.picture), Kind.AUTO), picture.alpha) < 0.05


@pytest.mark.parametrize("quality", [75, 90])
@pytest.mark.parametrize("on", GROUNDS)
@pytest.mark.parametrize("name", DRAWINGS)
def test_traces_of_jpeg_are_forgiven(name: str, on: str, quality: int) -> None:
    picture = made(name, on)
    assert error(cut(as_jpeg(picture.picture, quality)), picture.alpha) < 0.5


def test_light_on_dark() -> None:
    picture = drawn(LIGHT_ON_DARK, ground(*NAVY))
    assert error(cut(picture.picture, Kind.AUTO), picture.alpha) < 0.04


def test_holes_of_letters_are_open() -> None:
    picture = drawn([text(60, 40, "BOA 8", 120, BLACK)], ground(*WHITE))
    alpha = np.asarray(cut(picture.picture).alpha)
    assert (alpha[picture.alpha == 0] == 0).all()
    assert (alpha[picture.alpha == 1] == 255).all()


def test_colours_are_those_of_the_ink() -> None:
    picture = drawn([text(60, 40, "BOA 8", 120, BLUE)], ground(*PINK))
    matte = cut(picture.picture)
    assert matte.colours is not None
    alpha, colours = np.asarray(matte.alpha), np.asarray(matte.colours).astype(int)
    assert (np.abs(colours[(alpha > 0) & (alpha < 255)] - BLUE) <= 2).all()


def test_on_its_old_ground_it_is_what_it_was() -> None:
    picture = made("logo", "gradient")
    matte = cut(picture.picture)
    assert matte.colours is not None
    again = ground(*GRADIENT) + (np.asarray(matte.colours) - ground(*GRADIENT)) * (
        np.asarray(matte.alpha)[..., None] / 255
    )
    off = np.abs(again - np.asarray(picture.picture)).max(axis=2)
    assert (off > 4).mean() < 0.0001


def test_screenshot_keeps_its_words_and_pale_cards() -> None:
    alpha = np.asarray(cut(screenshot(), Kind.AUTO).alpha)
    assert (alpha[2:38, 2:798] == 255).mean() > 0.98  # the header, with the word in it
    assert (alpha[45:495, 2:138] == 255).all()
    assert (alpha[80:160, 180:340] == 255).all()
    assert (alpha[180:250, 200:780] == 0).all()


def test_words_on_a_panel_stay_whole_where_their_edges_pass_the_ground_s_colour() -> None:
    ink = (44, 55, 75)
    header, panel = shape((0, 0, 300, 0, 300, 30, 0, 30), ink), (0, 30, 120, 30, 120, 250, 0, 250)
    words = [text(8, 40 + 30 * row, word, 18, ink) for row, word in enumerate(("Home", "Orders", "Mail"))]
    picture = made_smaller([header, shape(panel, (231, 234, 239)), *words], (246, 247, 249))
    assert (np.asarray(cut(picture, Kind.AUTO).alpha)[34:246, 2:116] == 255).all()


def test_lines_beside_sharpened_edges_are_no_inks() -> None:
    words = [text(20, 40, "NORDWIND", 60, BLACK), text(20, 140, "coffee roasters", 26, GREY)]
    matte = cut(made_smaller(words, (254, 254, 254)), Kind.AUTO)
    assert error(matte, drawn(words, ground(*WHITE)).alpha) < 0.4


@pytest.mark.parametrize("background", [(254, 254, 254), (240, 200, 210)])
def test_thin_words_in_other_inks_are_recognised_after_sharpening(background: tuple[int, int, int]) -> None:
    words = [
        text(20, 40, "Acme Labs", 60, BLACK),
        text(20, 140, "quality tools since 1921", 24, RED),
        text(20, 190, "open from eight to twenty-two", 18, BLUE),
    ]
    matte = cut(made_smaller(words, background), Kind.AUTO)
    assert error(matte, drawn(words, ground(background, background)).alpha) < 0.5


def test_two_inks_whose_mixture_passes_the_ground() -> None:
    image = Image.new("RGB", (200, 120), (128, 128, 128))
    ImageDraw.Draw(image).rectangle((20, 20, 180, 100), fill="white")
    ImageDraw.Draw(image).rectangle((60, 40, 140, 80), fill="black")
    soft = image.resize((201, 121), Image.Resampling.BICUBIC)
    assert (np.asarray(cut(soft).alpha)[30:90, 30:170] == 255).all()


@pytest.mark.parametrize("has_shadow", [False, True])
@pytest.mark.parametrize("colour", [(200, 40, 40), (250, 250, 250), (60, 60, 60)])
@pytest.mark.parametrize("quality", [None, 85])
def test_photo_on_an_even_ground_is_no_graphic(
    colour: tuple[int, int, int], has_shadow: bool, quality: int | None
) -> None:
    picture = shaded((240, 240, 240), colour, has_shadow)
    assert find_graphic(Photo(as_jpeg(picture, quality) if quality else picture), Kind.AUTO) is None


@pytest.mark.parametrize("colour", [(128, 128, 128), (255, 255, 255)])
def test_nothing_drawn_is_no_graphic(colour: tuple[int, int, int]) -> None:
    photo = Photo(Image.new("RGB", (80, 60), colour))
    assert find_graphic(photo, Kind.AUTO) is None
    with pytest.raises(NoSubject):
        find_graphic(photo, Kind.GRAPHIC)


def test_noise_all_over_cannot_be_cut_as_a_graphic() -> None:
    photo = Photo(Image.effect_noise((200, 150), 100).convert("RGB"))
    assert find_graphic(photo, Kind.AUTO) is None
    with pytest.raises(NoSubject, match="no even ground"):
        find_graphic(photo, Kind.GRAPHIC)


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (1, 500), (3, 7), (700, 2)])
def test_odd_sizes(size: tuple[int, int]) -> None:
    image = Image.new("RGB", size, "white")
    image.putpixel((0, 0), (0, 0, 0))
    find_graphic(Photo(image), Kind.AUTO)


def test_what_is_transparent_already_keeps_its_cover() -> None:
    picture = made("logo", "white")
    colours = Image.new("RGB", SIZE, BLUE)
    alpha = Image.fromarray(np.rint(picture.alpha * 255).astype(np.uint8))
    graphic = find_graphic(Photo(colours, alpha), Kind.AUTO)
    assert graphic is not None
    assert graphic.cut(Photo(colours, alpha)).alpha.getextrema() == (255, 255)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Cutout]:
    network = tiny_network(tmp_path_factory.mktemp("network"))
    return lambda data, **options: remove_background(data, network, Options(**options))


@pytest.mark.parametrize("kind", [Kind.AUTO, Kind.GRAPHIC])
def test_whole_way_of_a_graphic(whole: Callable[..., Cutout], kind: Kind) -> None:
    picture = made("logo", "white")
    result = whole(saved(picture.picture), kind=kind)
    assert (result.kind, result.confidence > 0.9) == (Kind.GRAPHIC, True)
    image = opened(result.data)
    assert error(Matte(image.getchannel("A")), picture.alpha) < 0.04
    assert colour_at(image, 2, 2) == (0, 0, 0, 0)


def test_graphic_that_somebody_wants_as_a_photo(whole: Callable[..., Cutout]) -> None:
    picture = drawn(LIGHT_ON_DARK, ground(*NAVY)).picture
    assert whole(saved(picture), kind=Kind.PHOTO).kind is Kind.PHOTO


def test_transparent_graphic_whole(whole: Callable[..., Cutout]) -> None:
    picture = made("text", "white")
    source = Image.new("RGB", SIZE, BLACK)
    source.putalpha(Image.fromarray(np.rint(picture.alpha * 255).astype(np.uint8)))
    result = whole(saved(source))
    assert result.kind is Kind.GRAPHIC
    assert opened(result.data).getchannel("A").tobytes() == source.getchannel("A").tobytes()


@needs_photos
def test_no_photo_is_taken_for_a_graphic() -> None:
    photos = sorted(PHOTOS.glob("*/images/*"))
    assert len(photos) > 30
    taken = [path.name for path in photos if find_graphic(Photo(Image.open(path).convert("RGB")), Kind.AUTO)]
    assert taken == []


@needs_photos
def test_no_subject_of_a_photo_on_an_even_ground_is_taken_for_a_graphic() -> None:
    for path in islice(sorted((PHOTOS / "alpha" / "images").glob("*")), 6):
        mask = next((PHOTOS / "alpha" / "masks").glob(f"{path.stem}*"))
        subject = Image.open(path).convert("RGB")
        on_white = Image.new("RGB", (subject.width + 60, subject.height + 60), "white")
        on_white.paste(subject, (30, 30), Image.open(mask).convert("L").resize(subject.size))
        assert find_graphic(Photo(on_white), Kind.AUTO) is None, path.name


@pytest.mark.model
@pytest.mark.parametrize("name", DRAWINGS)
def test_error_is_a_fifth_of_the_network_s_at_most(name: str) -> None:
    picture = made(name, "white")
    by_network = remove_background(saved(picture.picture), real_network(), Options(kind=Kind.PHOTO))
    today = error(Matte(opened(by_network.data).getchannel("A")), picture.alpha)
    assert error(cut(picture.picture), picture.alpha) <= today / 5
