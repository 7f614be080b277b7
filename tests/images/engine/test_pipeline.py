import numpy as np
import pytest
from PIL import Image

from images.engine import (
    BadImage,
    Colours,
    Cutout,
    Format,
    ImageTooLarge,
    Limits,
    Network,
    NoSubject,
    Options,
    Stage,
    remove_background,
)
from tests.images.engine.codecs.test_colour import swapped_profile
from tests.images.engine.pictures import (
    NAVY,
    colour_at,
    disc,
    disc_mask,
    iou,
    is_near,
    opened,
    saved,
    srgb_profile,
    unzipped,
)
from tests.images.engine.tiny import tiny_model, tiny_network


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    return tiny_network(tmp_path_factory.mktemp("network"))


@pytest.fixture(scope="module")
def cutout(network: Network) -> Cutout:
    return remove_background(saved(disc((240, 160)), icc_profile=srgb_profile()), network)


def test_subject_is_cut_out(cutout: Cutout) -> None:
    alpha = opened(cutout.data).getchannel("A")
    assert iou(alpha, disc_mask((240, 160))) > 0.95


def test_facts_about_the_result(cutout: Cutout) -> None:
    assert (cutout.format, cutout.width, cutout.height) == (Format.PNG, 240, 160)
    assert (cutout.model, cutout.weights_sha256) == ("tiny", tiny_model().weights[0].sha256)


def test_every_stage_is_timed(cutout: Cutout) -> None:
    assert set(cutout.stage_seconds) == {stage.value for stage in Stage}
    assert min(cutout.stage_seconds.values()) >= 0


def test_stages_are_told_in_order(network: Network) -> None:
    seen: list[Stage] = []
    remove_background(saved(disc()), network, on_stage=seen.append)
    assert seen == list(Stage)


def test_previews_have_one_size(network: Network) -> None:
    cutout = remove_background(saved(disc((300, 150))), network, Options(preview_side=100))
    preview, source = opened(cutout.preview), opened(cutout.source_preview)
    assert preview.size == source.size == (100, 50)
    assert (preview.mode, source.mode) == ("RGBA", "RGB")


def test_no_previews_where_nobody_wants_them(network: Network) -> None:
    cutout = remove_background(saved(disc()), network, Options(preview_side=0))
    assert (cutout.preview, cutout.source_preview) == (b"", b"")
    assert opened(cutout.data).size == (120, 80)


def test_result_holds_no_background(cutout: Cutout) -> None:
    pixels = np.asarray(opened(cutout.data))
    assert not pixels[pixels[..., 3] == 0].any()


def test_preview_holds_no_background(cutout: Cutout) -> None:
    red, green, blue, alpha = colour_at(opened(cutout.preview), 5, 5)
    assert alpha == 0
    assert not is_near((red, green, blue), NAVY, 15)


@pytest.mark.parametrize("format", Format)
def test_background_colour(network: Network, format: Format) -> None:
    options = Options(format=format, background=(0, 128, 0))
    image = unzipped(remove_background(saved(disc()), network, options).data)
    assert (image.mode, image.size) == ("RGB", (120, 80))
    assert is_near(colour_at(image, 3, 3), (0, 128, 0))


def test_jpeg_goes_on_white(network: Network) -> None:
    cutout = remove_background(saved(disc()), network, Options(format=Format.JPEG))
    assert is_near(colour_at(opened(cutout.data), 3, 3), (255, 255, 255))


@pytest.mark.parametrize("size", [(20_000, 10), (10, 20_000), (3, 2)])
def test_odd_sizes(network: Network, size: tuple[int, int]) -> None:
    photo = Image.new("RGB", size, (20, 30, 60))
    photo.paste((255, 255, 255), (0, 0, max(1, size[0] // 3), max(1, size[1] // 3)))
    assert opened(remove_background(saved(photo), network).data).size == size


def test_one_pixel_has_no_subject(network: Network) -> None:
    with pytest.raises(NoSubject):
        remove_background(saved(Image.new("RGB", (1, 1), "red")), network)


@pytest.mark.parametrize("colour", ["black", "white", (200, 30, 30)])
def test_photo_of_one_colour_has_no_subject(network: Network, colour: str) -> None:
    with pytest.raises(NoSubject):
        remove_background(saved(Image.new("RGB", (300, 200), colour)), network)


def test_subject_that_touches_all_four_borders(network: Network) -> None:
    photo = Image.new("RGB", (240, 160), NAVY)
    photo.paste((250, 250, 250), (100, 0, 140, 160))
    photo.paste((250, 250, 250), (0, 60, 240, 100))
    alpha = opened(remove_background(saved(photo), network).data).getchannel("A")
    for x, y in ((120, 0), (120, 159), (0, 80), (239, 80), (120, 80)):
        assert colour_at(alpha, x, y) == (255,)
    assert colour_at(alpha, 20, 20) == (0,)


def test_colours_in_srgb_when_asked(network: Network) -> None:
    data = saved(disc(), icc_profile=swapped_profile())
    image = opened(remove_background(data, network, Options(colours=Colours.SRGB)).data)
    assert "icc_profile" not in image.info
    assert is_near(colour_at(image, 60, 40)[:3], (180, 220, 250), 12)


def test_transparent_source_stays_transparent(network: Network) -> None:
    source = disc(mode="RGBA")
    source.paste((0, 0, 0, 0), (0, 0, 60, 80))
    alpha = opened(remove_background(saved(source), network).data).getchannel("A")
    assert alpha.crop((0, 0, 60, 80)).getextrema() == (0, 0)
    assert colour_at(alpha, 65, 40) > (250,)


@pytest.mark.parametrize("format", Format)
def test_place_and_camera_are_not_passed_on(network: Network, format: Format) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Secret Camera"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0)})
    data = saved(disc(), "JPEG", exif=exif, comment=b"Secret place")
    cutout = remove_background(data, network, Options(format=format))
    for result in (cutout.data, cutout.preview, cutout.source_preview):
        assert b"Secret" not in result
        assert not unzipped(result).getexif()


def test_limits_are_checked_before_decoding(network: Network) -> None:
    with pytest.raises(ImageTooLarge):
        remove_background(saved(disc()), network, Options(Limits(max_pixels=100)))


def test_bad_image_never_reaches_the_network(network: Network) -> None:
    seen: list[Stage] = []
    with pytest.raises(BadImage):
        remove_background(b"hello", network, on_stage=seen.append)
    assert seen == [Stage.DECODE]


@pytest.mark.parametrize(
    ("format", "extension", "mime"),
    [
        (Format.PNG, "png", "image/png"),
        (Format.WEBP, "webp", "image/webp"),
        (Format.AVIF, "avif", "image/avif"),
        (Format.JPEG, "jpg", "image/jpeg"),
        (Format.ZIP, "zip", "application/zip"),
    ],
)
def test_names_of_a_format(format: Format, extension: str, mime: str) -> None:
    assert (format.extension, format.mime) == (extension, mime)
