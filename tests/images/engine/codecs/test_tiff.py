"""TIFF of every kind: the right picture, or a true sentence about the file."""

import struct
import tracemalloc

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from images.engine import BadImage, probe
from images.engine.codecs.decode import decode
from tests.images.engine.pictures import corner, disc, opened, saved, srgb_profile
from tests.images.engine.profiles import odd_inks
from tests.images.engine.tiffs import Page, Tags, packed, page, tiff

REDUCED, PAGE, MASK = [1], [2], [4]
WHITE_IS_ZERO, RGB, INKS, LAB, SENSOR = [0], [2], [5], [8], [32803]
SIZE = (40, 30)


def ramp(samples: int = 3) -> NDArray[np.float64]:
    """(H, W, samples), 0 to 1: each sample rises in another direction."""
    width, height = SIZE
    across, down = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    return np.stack([across, down, 1 - across, (across + down) / 2][:samples], axis=2)


def words(samples: int = 3) -> NDArray[np.uint16]:
    return np.rint(ramp(samples) * 65_535).astype(np.uint16)


def shown(pages: list[Page] | Page, **form: object) -> NDArray[np.int_]:
    """What decode() makes of the colours: (H, W, 3)."""
    data = tiff([pages] if isinstance(pages, Page) else pages, **form)  # type: ignore[arg-type]
    facts, photo = probe(data), decode(data)
    assert (facts.width, facts.height) == photo.size
    return np.asarray(photo.rgb).astype(int)


def code_of(*pages: Page) -> str:
    with pytest.raises(BadImage) as caught:
        probe(tiff(pages))
    return caught.value.code


def is_ramp(found: NDArray[np.int_], tolerance: int = 1) -> bool:
    return bool(np.abs(found - np.rint(ramp() * 255)).max() <= tolerance)


def is_grey_ramp(found: NDArray[np.int_]) -> bool:
    return bool(np.abs(found - np.rint(ramp(1) * 255)).max() <= 1)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("is_planar", [False, True])
@pytest.mark.parametrize("is_deflated", [False, True])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_planes_and_pixels_in_either_order(
    order: str, is_planar: bool, is_deflated: bool, dtype: type
) -> None:
    values: NDArray[np.generic] = words() if dtype is np.uint16 else (words() >> 8).astype(np.uint8)
    made = page(values, order=order, is_planar=is_planar, is_deflated=is_deflated)
    assert is_ramp(shown(made, order=order))


@pytest.mark.parametrize("dtype", [np.uint16, np.uint32, np.int32, np.float32])
@pytest.mark.parametrize("predictor", [1, 2])
def test_differences_are_added_up(dtype: type, predictor: int) -> None:
    white = 1 if dtype is np.float32 else 65_535
    values: NDArray[np.generic] = (ramp() * white).astype(dtype)
    assert is_ramp(shown(page(values, is_deflated=True, predictor=predictor)))


@pytest.mark.parametrize("predictor", [2, 3, 9])
def test_uncompressed_values_are_no_differences(predictor: int) -> None:
    assert is_ramp(shown(page(words(), tags={317: [predictor]})))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("order", ["<", ">"])
def test_differences_of_floats(dtype: type, order: str) -> None:
    made = page(ramp().astype(dtype), order=order, is_deflated=True, predictor=3)
    assert is_ramp(shown(made, order=order))


@pytest.mark.parametrize(("dtype", "predictor"), [(np.uint16, 1), (np.uint16, 2), (np.float32, 3)])
@pytest.mark.parametrize("is_planar", [False, True])
@pytest.mark.parametrize("order", ["<", ">"])
def test_differences_begin_anew_with_each_tile(
    dtype: type, predictor: int, is_planar: bool, order: str
) -> None:
    values: NDArray[np.generic] = (ramp() * (1 if dtype is np.float32 else 65_535)).astype(dtype)
    made = page(values, order=order, is_planar=is_planar, is_deflated=True, predictor=predictor, tile=16)
    assert values.shape[1] % 16 != 0
    assert is_ramp(shown(made, order=order))


def test_eight_bits_in_planes_stay_eight() -> None:
    assert decode(tiff([page((words() >> 8).astype(np.uint8), is_planar=True)])).deep is None


@pytest.mark.parametrize("bits", [10, 12, 14])
@pytest.mark.parametrize("samples", [1, 3])
def test_packed_values(bits: int, samples: int) -> None:
    values = np.rint(ramp(samples) * (2**bits - 1)).astype(np.uint16)
    found = shown(packed(values, bits))
    assert is_ramp(found) if samples == 3 else is_grey_ramp(found)


@pytest.mark.parametrize(("dtype", "white"), [(np.uint8, 255), (np.uint16, 65_535), (np.float32, 1)])
def test_white_is_zero(dtype: type, white: int) -> None:
    values: NDArray[np.generic] = (ramp(1) * white).astype(dtype)
    found = shown(page(values, tags={262: WHITE_IS_ZERO}))
    assert is_grey_ramp(255 - found)


def test_signed_values_begin_at_black() -> None:
    values = np.rint(ramp() * 32_767).astype(np.int16)
    values[0, 0, 0] = -5
    assert is_ramp(shown(page(values)))


def test_file_beyond_four_gigabytes_by_its_form() -> None:
    assert is_ramp(shown(page(words()), is_big=True))


@pytest.mark.parametrize("orientation", [3, 6])
def test_deep_values_are_turned(orientation: int) -> None:
    stored = {3: words()[::-1, ::-1], 6: words().swapaxes(0, 1)[::-1]}[orientation]
    assert is_ramp(shown(page(np.ascontiguousarray(stored), tags={274: [orientation]})))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("kind", [1, 2])
def test_alpha_and_colours_multiplied_by_it(dtype: type, kind: int) -> None:
    cover = np.full((*SIZE[::-1], 1), 0.5)
    colours = ramp() * (cover if kind == 1 else 1)
    values = np.concatenate([colours, cover], axis=2) * np.iinfo(dtype).max
    data = tiff([page(np.rint(values).astype(dtype), tags={338: [kind]})])
    photo = decode(data)
    assert photo.alpha is not None
    assert photo.alpha.getextrema() == (128, 128)
    assert is_ramp(np.asarray(photo.rgb).astype(int), 2)


def test_more_channels_than_colours_are_no_alpha() -> None:
    assert decode(tiff([page(words(4), tags={262: RGB, 338: [0]})])).alpha is None


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("is_planar", [False, True])
def test_alpha_behind_another_sample(dtype: type, is_planar: bool) -> None:
    cover = np.full((*SIZE[::-1], 1), 128 / 255)
    values = np.rint(np.concatenate([ramp(), cover / 9, cover], axis=2) * np.iinfo(dtype).max)
    data = tiff([page(values.astype(dtype), is_planar=is_planar, tags={338: [0, 2]})])
    assert probe(data).width == 40
    photo = decode(data)
    assert photo.alpha is not None
    assert photo.alpha.getextrema() == (128, 128)
    assert is_ramp(np.asarray(photo.rgb).astype(int))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("kind", [0, 1, 2])
def test_grey_with_another_sample(dtype: type, kind: int) -> None:
    cover = np.full((*SIZE[::-1], 1), 0.5)
    values = np.concatenate([ramp(1) * (cover if kind == 1 else 1), cover], axis=2) * np.iinfo(dtype).max
    made = page(np.rint(values).astype(dtype), tags={338: [kind]})
    assert np.abs(shown(made) - np.rint(ramp(1) * 255)).max() <= 2
    assert (decode(tiff([made])).alpha is not None) == (kind > 0)


def test_deep_inks() -> None:
    inks = 65_535 - words()
    values = np.concatenate([inks, np.zeros_like(inks[..., :1])], axis=2)
    assert is_ramp(shown(page(values, tags={262: INKS})), 2)
    coloured = shown(page(values, tags={262: INKS, 34675: odd_inks()}))
    assert not is_ramp(coloured, 60)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize(("cover", "seen"), [(128, (128, 128)), (255, None)])
def test_alpha_of_inks(dtype: type, cover: int, seen: tuple[int, int] | None) -> None:
    black = np.zeros((*SIZE[::-1], 1))
    values = np.concatenate([1 - ramp(), black, black + cover / 255], axis=2) * np.iinfo(dtype).max
    made = page(np.rint(values).astype(dtype), tags={262: INKS, 338: [2], 274: [6]})
    photo = decode(tiff([made]))
    assert probe(tiff([made])).width == photo.size[0] == 30
    assert (photo.alpha and photo.alpha.getextrema()) == seen
    assert photo.alpha is None or photo.alpha.size == photo.size


def test_profile_and_resolution_of_deep_values() -> None:
    photo = decode(tiff([page(words(), tags={34675: srgb_profile()})]))
    assert photo.icc == srgb_profile()
    metric: Tags = {296: [3]}
    assert decode(tiff([page(words(), tags=metric)])).dpi is None


def test_predictor_and_lzw_as_photoshop_writes_them() -> None:
    data = saved(Image.fromarray(words(1)[..., 0]), "TIFF", compression="tiff_lzw")
    assert np.array_equal(decode(data).deep[..., 1], words(1)[..., 0])  # type: ignore[index]
    assert opened(data).mode == "I;16"


@pytest.mark.parametrize(
    "tags",
    [{262: LAB}, {262: [3]}, {259: [34712]}, {339: [6] * 3}, {258: [16, 8, 16]}],
    ids=["lab", "palette", "packed as nobody unpacks", "complex", "mixed bits"],
)
def test_deep_kinds_that_nobody_reads(tags: Tags) -> None:
    assert code_of(page(words(), tags=tags)) == "unsupported_kind"


def test_unknown_differences() -> None:
    assert code_of(page(words(), is_deflated=True, tags={317: [9]})) == "unsupported_kind"


def test_shallow_kind_that_nobody_reads() -> None:
    values = np.zeros((*SIZE[::-1], 1), np.uint8)
    assert code_of(page(values, tags={258: [3]})) == "unsupported_kind"


def test_way_to_compress_whose_decoder_is_missing() -> None:
    assert code_of(page((words() >> 8).astype(np.uint8), tags={259: [50001]})) == "unsupported_kind"


@pytest.mark.parametrize("compression", ["lzma", "zstd"])
def test_newer_ways_to_compress_deep_values(compression: str) -> None:
    grey = Image.fromarray(words(1)[..., 0])
    photo = decode(saved(grey, "TIFF", compression=compression))
    assert photo.deep is not None
    assert (photo.deep[..., 0] == words(1)[..., 0]).all()


def photo_page(side: int = 40, **more: object) -> Page:
    return page(np.asarray(disc((side, side))), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("note", [{254: REDUCED}, {254: MASK}, {254: [5]}, {255: [2]}])
def test_thumbnails_and_masks_behind_the_photo_are_no_pages(note: Tags) -> None:
    small = photo_page(20, tags=note)
    assert probe(tiff([photo_page(), small, small])).width == 40


@pytest.mark.parametrize("note", [{254: [0]}, {254: PAGE}, {}])
def test_other_pages_are_pages(note: Tags) -> None:
    assert code_of(photo_page(), photo_page(20, tags=note)) == "animated"


@pytest.mark.parametrize(
    "first",
    [
        photo_page(20, tags={254: REDUCED}),
        photo_page(20, tags={255: [2]}),
        photo_page(20, tags={50706: b"\1\4\0\0"}),
        photo_page(20, inner=[photo_page(60)]),
        photo_page(20, inner=[photo_page(10, tags={254: REDUCED}), photo_page(60)]),
        photo_page(20, inner=[photo_page(20, tags={262: SENSOR})]),
        photo_page(20, tags={262: SENSOR}),
    ],
    ids=["reduced", "reduced of old", "DNG", "larger inside", "second inside", "sensor inside", "sensor"],
)
def test_camera_raw(first: Page) -> None:
    assert code_of(first) == "camera_raw"


MARKS = [b"CR\2\0", b"IIIITwaR", b"IIIICwaR", b"MMMMRawT"]


@pytest.mark.parametrize("mark", MARKS)
def test_camera_raw_by_its_mark(mark: bytes) -> None:
    data = tiff([photo_page()])
    with pytest.raises(BadImage) as caught:
        probe(data[:8] + mark + data[8 + len(mark) :])
    assert caught.value.code == "camera_raw"


@pytest.mark.parametrize("pixels", [b"IIIIIIII", b"MMMMMMMM", b"CR\2CR\2CR"])
def test_pixels_behind_the_header_that_begin_as_a_mark(pixels: bytes) -> None:
    data = tiff([photo_page()])
    assert probe(data[:8] + pixels + data[16:]).width == 40


def test_smaller_versions_inside_are_no_camera_raw() -> None:
    assert probe(tiff([photo_page(inner=[photo_page(20), photo_page(10)])])).width == 40


def test_pages_in_a_circle_end() -> None:
    data = bytearray(tiff([photo_page()]))
    start = int.from_bytes(data[4:8], "little")
    count = int.from_bytes(data[start : start + 2], "little")
    data[start + 2 + 12 * count : start + 6 + 12 * count] = data[4:8]
    assert probe(bytes(data)).width == 40


@pytest.mark.parametrize("share", [0.3, 0.6])
def test_deep_file_that_breaks_off(share: float) -> None:
    made = page(np.random.default_rng(1).integers(0, 65_536, (30, 40, 3), np.uint16), is_deflated=True)
    data = tiff([made])
    start = int.from_bytes(data[4:8], "little")
    cut = data[:8] + bytes(int(start * share) - 8) + data[int(start * share) :]
    with pytest.raises(BadImage):
        decode(cut)


def piled_up(count: int, kind: int, values: int) -> bytes:
    """A file whose entries, without those of a picture, all have the same values."""
    place = 8 + 2 + 12 * count + 4
    entries = b"".join(struct.pack("<HHII", 1000 + i, kind, values, place) for i in range(count))
    return b"II*\0" + struct.pack("<IH", 8, count) + entries + bytes(4) + bytes(values * 4)


def bytes_taken(data: bytes) -> int:
    tracemalloc.start()
    try:
        with pytest.raises(BadImage):
            probe(data)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.filterwarnings("ignore:Tag data larger than file")
@pytest.mark.parametrize("kind", [4, 7], ids=["numbers", "bytes"])
def test_values_that_lie_one_upon_the_other_take_no_more_than_the_file(kind: int) -> None:
    data = piled_up(60, kind, 100_000)
    assert bytes_taken(data) < 10 * len(data)


@pytest.mark.parametrize("kind", [1, 3, 11])
def test_more_strips_than_a_picture_can_have(kind: int) -> None:
    data = bytearray(tiff([photo_page()]))
    struct.pack_into("<HI", data, data.index(struct.pack("<HH", 273, 4)) + 2, kind, 300_000)
    with pytest.raises(BadImage) as caught:
        probe(bytes(data) + bytes(1_200_000))
    assert caught.value.code == "damaged"


def test_long_values_of_a_program_are_passed_over() -> None:
    assert probe(tiff([page(words(), tags={65_000: [70_000] * 300_000})])).width == 40


def grey_with(samples: int) -> Page:
    return page(np.repeat(words(1), 1 + samples, axis=2), tags={262: [1]})


def test_what_is_not_shown_is_not_the_white_of_what_is() -> None:
    values = np.concatenate([ramp().astype(np.float32), np.full((*SIZE[::-1], 1), 1000, np.float32)], axis=2)
    for is_planar in (False, True):
        assert is_ramp(shown(page(values, is_planar=is_planar, tags={338: [0]})))


def test_some_samples_beside_the_colours_are_passed_over() -> None:
    assert is_grey_ramp(shown(grey_with(8)))


def test_too_many_samples_beside_the_colours() -> None:
    assert code_of(grey_with(9)) == "unsupported_kind"


def of_tiles(dtype: type, width: int, height: int) -> Page:
    """A picture of 40 × 30 that says how large its tiles are, whatever they hold."""
    return page(words(1).astype(dtype), is_deflated=True, tile=64, tags={322: [width], 323: [height]})


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_tiles_larger_than_the_picture(dtype: type) -> None:
    assert probe(tiff([of_tiles(dtype, 1024, 1024)])).width == 40


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_tiles_out_of_all_proportion(dtype: type) -> None:
    assert code_of(of_tiles(dtype, 32_768, 4096)) == "unsupported_kind"


def test_tiles_by_their_size_in_a_file_of_strips() -> None:
    tiles: Tags = {322: [32_768], 323: [8192]}
    assert code_of(page((words(1) >> 8).astype(np.uint8), tags=tiles)) == "unsupported_kind"


def test_orientation_is_seen_by_probe() -> None:
    made = saved(corner((60, 40)), "TIFF", tiffinfo={274: 6})
    assert (probe(made).width, probe(made).height) == (40, 60)
