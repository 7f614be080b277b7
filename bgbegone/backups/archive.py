"""The archive itself: a tar whose last member vouches for all others."""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Self

FORMAT = 1
HEAD, END = "backup.json", "end.json"
ROWS, FILES = "rows/", "files/"
_CHUNK = 1 << 20


class Broken(Exception):
    """Not a backup, cut off, or altered; the argument is a sentence."""


@dataclass
class Totals:
    """What an archive holds, and the digest over names, sizes and bytes of its members in their order."""

    rows: int = 0
    files: int = 0
    picture_bytes: int = 0
    _digest: Any = field(default_factory=hashlib.sha256)

    def begin(self, name: str, size: int) -> None:
        self._digest.update(f"{name}\0{size}\0".encode())
        if name.startswith(FILES):
            self.files += 1
            self.picture_bytes += size

    def update(self, data: bytes) -> None:
        self._digest.update(data)

    def as_dict(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "files": self.files,
            "bytes": self.picture_bytes,
            "sha256": self._digest.hexdigest(),
        }


class _Counted:
    """Hands a file on to the archive, and its bytes to the digest."""

    def __init__(self, content: IO[bytes], totals: Totals) -> None:
        self._content, self._totals = content, totals

    def read(self, size: int = -1) -> bytes:
        data = self._content.read(size)
        self._totals.update(data)
        return data


class Writer:
    """Writes one archive to a stream that need not be able to seek."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._tar = tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115
        self.totals = Totals()

    def add(self, name: str, content: IO[bytes], size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        self.totals.begin(name, size)
        self._tar.addfile(member, _Counted(content, self.totals))

    def add_bytes(self, name: str, data: bytes) -> None:
        self.add(name, io.BytesIO(data), len(data))

    def add_rows(self, name: str, lines: list[str]) -> None:
        self.totals.rows += len(lines)
        self.add_bytes(ROWS + name, "".join(f"{line}\n" for line in lines).encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_details: object) -> None:
        """Without its end, what was begun is no backup."""
        if kind is None:
            self._close()
        else:
            # Else it would write its rest at some later time.
            self._tar.fileobj.closed = True  # type: ignore[attr-defined]

    def _close(self) -> None:
        end = json.dumps(self.totals.as_dict()).encode()
        member = tarfile.TarInfo(END)
        member.size, member.mode = len(end), 0o600
        self._tar.addfile(member, io.BytesIO(end))
        self._tar.close()


def members(path: Path) -> Iterator[tuple[str, int, IO[bytes]]]:
    """Name, size and content of each member, in the order of the archive. Raises Broken."""
    try:
        with tarfile.open(path, mode="r|") as tar:
            for member in tar:
                # What is sparse claims more than it holds; a link holds nothing.
                is_whole = member.isreg() and not member.issparse()
                content = tar.extractfile(member) if is_whole and _is_ours(member.name) else None
                if content is None:
                    raise Broken(f"{path} is no backup of this service.")
                yield member.name, member.size, content
    except (tarfile.TarError, EOFError) as err:
        raise Broken(f"{path} is damaged, or no backup of this service ({err}).") from err


def _is_ours(name: str) -> bool:
    """Whether a backup could hold it; no name leads out of the store."""
    if name in (HEAD, END):
        return True
    return name.startswith((ROWS, FILES)) and not {"", ".", ".."} & set(name.split("/"))


def verify(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The archive's head, and its totals, which every byte has been compared with. Raises Broken."""
    totals, head, end = Totals(), None, None
    try:
        for name, size, content in members(path):
            if name == END:
                end = json.loads(content.read(_CHUNK))
            elif name == HEAD:
                head = _head_of(content.read(_CHUNK), path, totals)
            else:
                _read(name, size, content, totals)
    except (tarfile.TarError, EOFError, ValueError) as err:
        raise Broken(f"{path} is damaged, or no backup of this service ({err}).") from err
    if head is None:
        raise Broken(f"{path} is no backup of this service.")
    if end is None:
        raise Broken(f"{path} is cut off: its end is missing.")
    if end != totals.as_dict():
        raise Broken(f"{path} is damaged: it does not hold what was written.")
    return head, end


def _head_of(data: bytes, path: Path, totals: Totals) -> dict[str, Any]:
    totals.begin(HEAD, len(data))
    totals.update(data)
    head: dict[str, Any] = json.loads(data)
    if head.get("format") != FORMAT:
        raise Broken(
            f"{path} is a backup of another kind ({head.get('format')}); this release reads {FORMAT}."
        )
    return head


def _read(name: str, size: int, content: IO[bytes], totals: Totals) -> None:
    totals.begin(name, size)
    while data := content.read(_CHUNK):
        totals.update(data)
        if name.startswith(ROWS):
            totals.rows += data.count(b"\n")
