import contextlib
import gzip
import random
import struct
import tracemalloc
import zlib
from io import BytesIO

import pytest
from PIL import Image

from images.engine import BadImage, Facts, ImageTooLarge, Limits, probe
from images.engine.codecs import formats
from images.engine.codecs.decode import decode
from tests.images.engine.damage import VALID
from tests.images.engine.pictures import colour_at, corner, disc, is_near, saved

SVG = b'<?xml version="1.0"?><!-- drawn --><svg xmlns="http://www.w3.org/2000/svg"></svg>'


def chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def png_header(width: int, height: int) -> bytes:
    """A PNG of any size, without its pixels."""
    content = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", content) + chunk(b"IDAT", b"")


def with_chunk(extra: bytes) -> bytes:
    data = saved(disc())
    return data[:33] + extra + data[33:]


def code_of(data: bytes, limits: Limits = Limits()) -> str:  # noqa: B008
    with pytest.raises(BadImage) as caught:
        probe(data, limits)
    return caught.value.code


@pytest.mark.parametrize(
    ("format", "name", "mime"),
    [
        ("JPEG", "JPEG", "image/jpeg"),
        ("PNG", "PNG", "image/png"),
        ("WEBP", "WebP", "image/webp"),
        ("AVIF", "AVIF", "image/avif"),
        ("HEIF", "HEIC", "image/heic"),
        ("TIFF", "TIFF", "image/tiff"),
        ("BMP", "BMP", "image/bmp"),
        ("GIF", "GIF", "image/gif"),
    ],
)
def test_facts(format: str, name: str, mime: str) -> None:
    data = saved(disc(), format)
    assert probe(data) == Facts(name, mime, 120, 80, len(data))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_size_is_as_seen_after_rotation(format: str) -> None:
    exif = Image.Exif()
    exif[0x112] = 6
    facts = probe(saved(corner((60, 40)), format, exif=exif))
    assert (facts.width, facts.height) == (40, 60)


@pytest.mark.parametrize("padding", [0, 3])
def test_orientation_that_stands_behind_the_pixels_of_a_png(padding: int) -> None:
    exif = Image.Exif()
    exif[0x112] = 6
    content = exif.tobytes().removeprefix(b"Exif\0\0")
    data = saved(corner((60, 40)))
    comments = chunk(b"tEXt", b"Comment\0hello") * padding
    facts = probe(data[:-12] + comments + chunk(b"eXIf", content) + data[-12:])
    assert (facts.width, facts.height) == (40, 60)


def test_bomb_behind_the_pixels_of_a_png_stays_packed() -> None:
    bomb = chunk(b"zTXt", b"name\0\0" + zlib.compress(bytes(50_000_000), 9))
    data = saved(corner((60, 40)))
    assert probe(data[:-12] + bomb * 3 + data[-12:]).width == 60


def test_file_is_left_at_its_beginning() -> None:
    file = BytesIO(saved(disc()))
    file.seek(7)
    probe(file)
    assert file.tell() == 0


def test_file_is_left_at_its_beginning_after_an_error() -> None:
    file = BytesIO(b"hello")
    with pytest.raises(BadImage):
        probe(file)
    assert file.tell() == 0


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"a text file named .jpg", "not_an_image"),
        (b"<!DOCTYPE html><html><body><svg></svg></body></html>", "not_an_image"),
        (b"BMW is how this text begins", "not_an_image"),
        (SVG, "svg"),
        (b"<!-- drawn --><svg/>", "svg"),
        (gzip.compress(SVG), "svg"),
        (SVG.decode().encode("utf-16"), "svg"),
        (b"8BPS\0\1", "unsupported_format"),
        (b"\xff\x0a\xfa\x1f", "unsupported_format"),
        (b"\x89PNG\r\n\x1a\n", "damaged"),
        (b"\xff\xd8\xff\xe0", "damaged"),
        (gzip.compress(SVG)[:12] + b"????", "not_an_image"),
    ],
)
def test_what_is_no_picture(data: bytes, code: str) -> None:
    assert code_of(data) == code


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (saved(disc(), "TGA"), "Targa"),
        (saved(disc().convert("P"), "TGA"), "Targa"),
        (saved(disc(), "ICO"), "icon"),
        (saved(disc().resize((128, 128)), "ICNS"), "icon"),
        (saved(disc(), "PPM"), "Netpbm"),
        (b"P2\n# by hand\n2 2\n255\n0 1 2 3\n", "Netpbm"),
        (saved(disc(), "PCX"), "PCX"),
        (saved(disc(), "DDS"), "DDS"),
        (saved(disc(), "SGI"), "SGI"),
        (saved(disc(), "PDF"), "PDF"),
        (saved(disc(), "EPS"), "PostScript"),
        (saved(disc(), "JPEG2000"), "JPEG 2000"),
        (b"\0\0\2\0\1\0\x20\x20", "icon"),
        (b"\1\0\0\0\x6c\0\0\0" + bytes(32) + b" EMF", "Windows Metafile"),
        (bytes(128) + b"DICM", "DICOM"),
    ],
)
def test_pictures_of_other_formats_are_called_by_their_name(data: bytes, name: str) -> None:
    with pytest.raises(BadImage, match=f"Pictures in {name} format"):
        probe(data)


@pytest.mark.parametrize("data", [bytes(5000), b"P1 is how this text begins", b"\n\5\1"])
def test_what_only_begins_like_one_has_no_name(data: bytes) -> None:
    assert code_of(data) == "not_an_image"


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG", "AVIF", "TIFF"])
def test_more_than_one_picture_is_refused(format: str) -> None:
    data = saved(disc(), format, save_all=True, append_images=[corner((120, 80))])
    assert code_of(data) == "animated"


def test_second_picture_of_a_phone_is_ignored() -> None:
    data = saved(disc(), "MPO", save_all=True, append_images=[corner((120, 80))])
    assert probe(data).mime == "image/jpeg"


@pytest.mark.parametrize("kind", [b"zTXt", b"iCCP"])
def test_bomb_in_a_png_chunk_stays_packed(kind: bytes) -> None:
    data = with_chunk(chunk(kind, b"name\0\0" + zlib.compress(bytes(100_000_000), 1)))
    tracemalloc.start()
    photo = probe(data), decode(data)
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()
    assert photo[1].icc is None


@pytest.mark.parametrize(
    ("size", "code"),
    [((10_000, 6_000), "too_many_pixels"), ((30_001, 10), "too_long_side")],
)
def test_large_picture_is_refused_by_its_header(size: tuple[int, int], code: str) -> None:
    with pytest.raises(ImageTooLarge) as caught:
        probe(png_header(*size))
    assert caught.value.code == code


@pytest.mark.filterwarnings("error")
def test_decompression_bomb_is_refused_without_a_warning() -> None:
    assert code_of(png_header(2**31 - 1, 2**31 - 1)) == "too_many_pixels"


@pytest.mark.parametrize("size", [(1, 1), (20_000, 10), (10, 20_000), (8_660, 5_773)])
def test_odd_sizes_within_the_limits_pass(size: tuple[int, int]) -> None:
    facts = probe(png_header(*size))
    assert (facts.width, facts.height) == size


def test_too_many_bytes() -> None:
    assert code_of(saved(disc()), Limits(max_bytes=100)) == "too_many_bytes"


def test_sentence_names_size_and_limit() -> None:
    with pytest.raises(ImageTooLarge, match=r"60 megapixels \(10000 × 6000\); at most 50 are"):
        probe(png_header(10_000, 6_000))


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG", "AVIF", "TIFF"])
def test_first_of_several_pictures_for_who_wants_it(format: str) -> None:
    data = saved(disc(), format, save_all=True, append_images=[corner((120, 80))])
    assert probe(data, first_frame=True).width == 120
    assert is_near(colour_at(decode(data).rgb, 60, 40), (250, 220, 180), 12)


def long_box(length: int) -> bytes:
    """One whose length is written in eight bytes."""
    return struct.pack(">I4sQ", 1, b"free", length)


START_OF_HEIC = struct.pack(">I4s4sI4s", 20, b"ftyp", b"heic", 0, b"mif1")


@pytest.mark.parametrize("length", [0, 15, 2**40, 2**40 + 1, 2**63 - 1, 2**63, 2**64 - 1])
def test_box_whose_length_no_file_can_have(length: int) -> None:
    data = START_OF_HEIC + long_box(length)
    assert code_of(data) == "damaged"
    with pytest.raises(BadImage):
        decode(data)


def test_picture_behind_a_box_whose_length_is_long_is_still_named() -> None:
    coded = struct.pack(">I4s", 8, b"vvcC")
    meta = b"".join(struct.pack(">I4s", 8 * n, name) for n, name in ((3, b"iprp"), (2, b"ipco"))) + coded
    data = START_OF_HEIC + long_box(24) + bytes(8) + struct.pack(">I4sI", 36, b"meta", 0) + meta
    assert code_of(data) == "unsupported_kind"


def test_what_goes_wrong_while_a_refusal_is_found_does_not_get_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(stream: object) -> bytes:
        raise OverflowError

    monkeypatch.setattr(formats.boxes, "coding_of", fail)
    assert code_of(START_OF_HEIC) == "damaged"


NUMBERS = [0, 1, 7, 8, 255, 65_535, 2**31 - 1, 2**31, 2**32 - 1, 2**40, 2**63 - 1, 2**63, 2**64 - 1]


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Up to three numbers changed, mostly near the start, or boxes put in; one file in five is cut off."""
    result = bytearray(data)
    for _ in range(chance.randrange(1, 4)):
        width, number = chance.choice([1, 2, 4, 8]), chance.choice(NUMBERS)
        place = min(int(chance.random() ** 2 * len(result)), len(result) - width)
        written = (number & (1 << 8 * width) - 1).to_bytes(width, chance.choice(["big", "little"]))
        if chance.random() < 0.3:
            result[place:place] = long_box(number)
        else:
            result[place : place + width] = written
    return bytes(result[: chance.randrange(len(result))] if chance.random() < 0.2 else result)


@pytest.mark.filterwarnings("ignore")  # Pillow's, of what it passes over
@pytest.mark.parametrize("name", VALID)
def test_nothing_but_a_refusal_comes_out_of_a_damaged_head(name: str) -> None:
    chance = random.Random(11)  # noqa: S311 (no secret)
    for _ in range(200):
        with contextlib.suppress(BadImage):
            probe(mutated(VALID[name], chance))
