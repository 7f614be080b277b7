"""JPEG: what lacks its last marker, and kinds that are sound but not for us."""

import struct
from io import BytesIO

import pytest
from PIL import Image

from images.engine import BadImage, probe
from images.engine.codecs.decode import decode
from images.engine.codecs.jpeg import completed, is_too_long_to_open, is_unsupported
from tests.images.engine.pictures import disc, opened, saved


def noisy(**options: object) -> bytes:
    return saved(Image.effect_noise((160, 120), 60).convert("RGB"), "JPEG", **options)


KINDS = {
    "baseline": noisy(),
    "progressive": noisy(progressive=True),
    "grey": saved(Image.effect_noise((160, 120), 60), "JPEG"),
    "restarts": noisy(restart_marker_rows=1),
    "flat": saved(disc(), "JPEG"),
}


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("cut", [1, 2])
def test_without_its_last_marker(name: str, cut: int) -> None:
    data = KINDS[name]
    assert data.endswith(b"\xff\xd9")
    assert decode(data[:-cut]).rgb.tobytes() == opened(data).convert("RGB").tobytes()


@pytest.mark.parametrize("name", [name for name in KINDS if name != "flat"])
@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_pixels_that_are_missing(name: str, share: float) -> None:
    data = KINDS[name]
    with pytest.raises(BadImage) as caught:
        decode(data[: int(len(data) * share)])
    assert caught.value.code == "truncated"


def test_missing_pixels_give_no_picture() -> None:
    assert completed(KINDS["baseline"][:-200]) is None


def of_kind(marker: int, bits: int, components: int = 3) -> bytes:
    """A file whose frame says so."""
    data = bytearray(KINDS["baseline"])
    place = data.index(b"\xff\xc0")
    data[place + 1], data[place + 4], data[place + 9] = marker, bits, components
    return bytes(data)


def probed_and_decoded(data: bytes) -> None:
    probe(data)
    decode(data)


@pytest.mark.parametrize(
    ("marker", "bits", "components"),
    [(0xC1, 12, 3), (0xC2, 12, 3), (0xC3, 16, 3), (0xC5, 8, 3), (0xC0, 8, 2), (0xC0, 8, 5), (0xF7, 8, 3)],
)
def test_sound_but_unsupported_is_not_called_damaged(marker: int, bits: int, components: int) -> None:
    data = of_kind(marker, bits, components)
    assert is_unsupported(data)
    with pytest.raises(BadImage, match="This kind of JPEG file cannot be read"):
        probed_and_decoded(data)


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8", b"\xff\xd8\xff\xe0\xff\xff", b"\xff\xd8\xff\xff\xff\xff", *KINDS.values()]
)
def test_what_is_no_such_kind(data: bytes) -> None:
    assert not is_unsupported(data)


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def with_segments(extra: bytes, *, is_behind_frame: bool = False) -> bytes:
    data = KINDS["flat"]
    place = data.index(b"\xff\xc4") if is_behind_frame else 2
    return data[:place] + extra + data[place:]


PIECE = segment(0xE1, b"Exif\0\0" + bytes(10))


@pytest.mark.parametrize("between", [b"", b"\0", b"\xff", b"\xff\xd0", b"\xff\xff\0?"])
@pytest.mark.parametrize("is_behind_frame", [False, True])
def test_far_too_many_pieces_of_exif(between: bytes, is_behind_frame: bool) -> None:
    data = with_segments((between + PIECE) * 100, is_behind_frame=is_behind_frame)
    with pytest.raises(BadImage) as caught:
        probe(data)
    assert caught.value.code == "damaged"


@pytest.mark.parametrize("extra", [segment(0xFE, b""), segment(0xE5, b"x"), b"\0", b"\xff", b"\xff\xd0"])
def test_far_too_much_of_anything(extra: bytes) -> None:
    assert is_too_long_to_open(BytesIO(with_segments(extra * 100_000)))


@pytest.mark.parametrize(
    "extra", [PIECE * 60, segment(0xE2, bytes(65_000)) * 300, segment(0xE1, b"") * 9_000]
)
def test_many_things_before_the_pixels(extra: bytes) -> None:
    assert probe(with_segments(extra)).width == 120
    assert decode(with_segments(extra)).rgb.tobytes() == decode(KINDS["flat"]).rgb.tobytes()


@pytest.mark.parametrize("data", [b"\xff\xd8", b"\xff\xd8\xff\xe1", b"\xff\xd8\xff\xe1\0\0", *KINDS.values()])
def test_what_is_soon_opened(data: bytes) -> None:
    assert not is_too_long_to_open(BytesIO(data))
