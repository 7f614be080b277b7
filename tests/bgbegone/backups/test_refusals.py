"""What is no backup, or no longer one, is refused with a sentence; so are a full disk and two at once."""

import os
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from bgbegone.backups import archive, services
from policy import erasures
from policy.models import Erasure


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backup.tar"


def _write(file: Path, *names: str) -> None:
    with file.open("wb") as stream, archive.Writer(stream) as writer:
        writer.add_bytes(archive.HEAD, b'{"format": 1}')
        for name in names:
            writer.totals.rows += 5000 if name.startswith(archive.ROWS) else 0
            writer.add_bytes(name, b"{}\n" * 5000)


def _member(kind: bytes) -> Callable[[Path], None]:
    """Something in front that is no plain file."""

    def write(file: Path) -> None:
        member = tarfile.TarInfo("files/photos/x")
        member.type, member.linkname, member.size = kind, "/etc/passwd", 0
        with tarfile.open(file, "w") as tar:
            tar.addfile(member)

    return write


def _sparse(file: Path) -> None:
    """Ten gigabytes, of which not one is there."""
    member = tarfile.TarInfo(archive.HEAD)
    member.pax_headers = {"GNU.sparse.size": str(10**10), "GNU.sparse.map": f"{10**10},0"}
    with tarfile.open(file, "w", format=tarfile.PAX_FORMAT) as tar:
        tar.addfile(member)


def _cut_off(file: Path) -> None:
    _write(file, "rows/images.photo/0")
    os.truncate(file, file.stat().st_size - tarfile.RECORDSIZE)


def test_a_whole_one_is_none_of_these(file: Path) -> None:
    _write(file, "rows/images.photo/0", "files/photos/x/original")
    head, totals = archive.verify(file)
    assert (head, totals["files"], totals["bytes"]) == ({"format": 1}, 1, 15000)


@pytest.mark.parametrize(
    "make",
    [
        Path.touch,
        _cut_off,
        _sparse,
        _member(tarfile.SYMTYPE),
        _member(tarfile.LNKTYPE),
        _member(tarfile.DIRTYPE),
        _member(tarfile.FIFOTYPE),
        *(
            lambda file, name=name: _write(file, name)
            for name in ("files/../../x", "files//etc/x", "/etc/x", "../x", "files/photos/./x", "x")
        ),
    ],
)
def test_what_is_no_backup(file: Path, make: Callable[[Path], None]) -> None:
    make(file)
    with pytest.raises(archive.Broken, match=r"no backup of this service|cut off"):
        archive.verify(file)


def test_a_folder_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no file"):
        call_command("restore", str(tmp_path))


def test_of_two_at_once_one_is_refused_and_the_other_is_complete(file: Path) -> None:
    with services._written(file) as first:
        first.write(b"first")
        with (
            pytest.raises(services.Refused, match="unless another backup is running"),
            services._written(file),
        ):
            pass
    assert file.read_bytes() == b"first"
    with pytest.raises(services.Refused, match="never replaces one"), services._written(file):
        pass
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.django_db
def test_a_full_disk_is_said_and_leaves_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(services, "_write", full)
    with pytest.raises(CommandError, match=r"could not be made: .*No space left on device"):
        call_command("backup", str(file))
    assert not list(file.parent.iterdir())


@pytest.mark.django_db
def test_half_a_copy_of_the_list_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    Erasure.objects.create(label="images.photo", key="1")
    with monkeypatch.context() as patch:
        patch.setattr(erasures, "ContentFile", _BreaksOff)
        with pytest.raises(OSError, match="No space left"):
            erasures.copy_out()
    assert list(erasures.copied()) == []
    erasures.copy_out()
    assert [key for _label, key, _at in erasures.copied()] == ["1"]


class _BreaksOff(ContentFile):  # type: ignore[type-arg]
    """The disk is full after the first bytes."""

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        yield b'["images.pho'
        raise OSError(28, "No space left on device")
