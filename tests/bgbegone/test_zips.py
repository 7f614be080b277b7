"""The archive writer: every byte known ahead, any part by itself, and readable for everybody."""

import io
import subprocess
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import which
from typing import IO, cast

import pytest

from bgbegone.lib import zips
from bgbegone.lib.zips import Archive, Entry

NOW = datetime(2026, 11, 26, 12, 30, 2, tzinfo=UTC)


def _entry(name: str, data: bytes) -> Entry:
    return Entry(name, len(data), zlib.crc32(data), NOW, lambda: io.BytesIO(data))


FILES = {
    "a.png": b"first",
    "schöne Schuhe/☂ 🥿.png": bytes(range(256)) * 40,
    "empty.txt": b"",
    "z.csv": b"a,b\n",
}


@pytest.fixture
def archive() -> Archive:
    return Archive([_entry(name, data) for name, data in FILES.items()])


def test_python_reads_it_back(archive: Archive) -> None:
    data = b"".join(archive.read())
    assert len(data) == archive.size
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        assert found.testzip() is None
        assert {info.filename: found.read(info) for info in found.infolist()} == FILES
        assert {info.date_time for info in found.infolist()} == {(2026, 11, 26, 12, 30, 2)}


def test_no_entry_has_a_data_descriptor_and_names_are_utf8(archive: Archive) -> None:
    """macOS opens no stored entry that has one."""
    with zipfile.ZipFile(io.BytesIO(b"".join(archive.read()))) as found:
        for info in found.infolist():
            assert info.flag_bits == 1 << 11
            assert info.compress_type == zipfile.ZIP_STORED


@pytest.mark.skipif(which("unzip") is None, reason="unzip is not installed")
def test_info_zip_reads_it(archive: Archive, tmp_path: Path) -> None:
    file = tmp_path / "archive.zip"
    file.write_bytes(b"".join(archive.read()))
    assert subprocess.run(["unzip", "-tq", file], check=False, capture_output=True).returncode == 0


def test_any_two_parts_make_the_whole(archive: Archive) -> None:
    whole = b"".join(archive.read())
    for cut in range(0, archive.size + 1, 7):
        assert b"".join(archive.read(0, cut)) + b"".join(archive.read(cut)) == whole


def test_a_part_in_the_middle(archive: Archive) -> None:
    whole = b"".join(archive.read())
    assert b"".join(archive.read(30, 300)) == whole[30:300]
    assert list(archive.read(archive.size)) == []


def test_an_empty_archive_is_one_too() -> None:
    archive = Archive([])
    with zipfile.ZipFile(io.BytesIO(b"".join(archive.read()))) as found:
        assert found.namelist() == []


def test_a_file_that_has_shrunk_is_no_silent_gap() -> None:
    short = Entry("a", 10, 0, NOW, lambda: io.BytesIO(b"123"))
    with pytest.raises(zips.Shrunk):
        list(Archive([short]).read())


class _Zeros(io.RawIOBase):
    """A file of gigabytes that takes no room."""

    def __init__(self, size: int) -> None:
        self.size, self.position = size, 0

    def seek(self, offset: int, whence: int = 0) -> int:
        self.position = offset
        return offset

    def read(self, size: int = -1) -> bytes:
        length = max(min(size, self.size - self.position), 0)
        self.position += length
        return bytes(length)


class _Whole(io.RawIOBase):
    """An archive as a file in which a reader may jump about."""

    def __init__(self, archive: Archive) -> None:
        self.archive, self.position = archive, 0

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.position

    def seek(self, offset: int, whence: int = 0) -> int:
        self.position = offset + {0: 0, 1: self.position, 2: self.archive.size}[whence]
        return self.position

    def read(self, size: int = -1) -> bytes:
        stop = self.archive.size if size < 0 else min(self.position + size, self.archive.size)
        data = b"".join(self.archive.read(self.position, stop))
        self.position += len(data)
        return data


def _huge() -> Iterator[Entry]:
    for number in range(3):
        yield Entry(f"{number}.png", 3_000_000_000, 0, NOW, lambda: cast(IO[bytes], _Zeros(3_000_000_000)))
    yield Entry("five.png", 5_000_000_000, 0, NOW, lambda: cast(IO[bytes], _Zeros(5_000_000_000)))
    yield _entry("last.csv", b"the end")


def test_beyond_four_gigabytes() -> None:
    """ZIP64: positions, sizes and the directory's own place no longer fit into 32 bits."""
    archive = Archive(list(_huge()))
    assert archive.size > 14_000_000_000
    with zipfile.ZipFile(_Whole(archive)) as found:
        assert [info.file_size for info in found.infolist()][2:] == [3_000_000_000, 5_000_000_000, 7]
        assert found.read("last.csv") == b"the end"
        with found.open("five.png") as file:
            assert file.read(5) == bytes(5)


def test_more_than_65535_files() -> None:
    archive = Archive([_entry(f"{number}", b"") for number in range(70_000)])
    with zipfile.ZipFile(_Whole(archive)) as found:
        assert len(found.namelist()) == 70_000
