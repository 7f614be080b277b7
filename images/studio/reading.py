"""Reads parts of a stored sheet: a page asks for many small squares of one large file."""

from dataclasses import dataclass
from functools import lru_cache

from django.core.files.storage import default_storage

from images.engine.edits import sheets
from images.engine.edits.subject import within_source
from images.engine.tiles import Bytes


@dataclass(frozen=True, slots=True)
class Sheets:
    """The file of a photo's squares, by its name in the store."""

    name: str

    @property
    def index(self) -> sheets.Index:
        return _index(self.name)

    def square(self, level: int, number: int) -> bytes:
        """A JPEG. Raises LookupError, FileNotFoundError."""
        return part(self.name, *self.index.place(level, number))

    def alpha(self) -> bytes:
        return part(self.name, *self.index.alpha)

    def delivered(self, *alphas: Bytes) -> tuple[Bytes, ...]:
        """Each alpha after marks, uint8 (H, W), as files have it: what the source hides stays hidden."""
        index = self.index
        if index.source is None:
            return alphas
        source = sheets.unpacked_alpha(part(self.name, *index.source), index.size)
        old = sheets.unpacked_alpha(self.alpha(), index.size)
        return tuple(within_source(alpha, old, source) for alpha in alphas)


@lru_cache(maxsize=64)  # a name stands for one content for ever
def _index(name: str) -> sheets.Index:
    return sheets.read_index(lambda start, length: part(name, start, length))


def part(name: str, start: int, length: int) -> bytes:
    """Some bytes of a stored file."""
    with default_storage.open(name) as file:
        # A store elsewhere can be asked for a range; reading its file would fetch all of it.
        remote = getattr(file, "obj", None)
        if remote is not None and hasattr(remote, "get"):
            answer = remote.get(Range=f"bytes={start}-{start + length - 1}")
            found: bytes = answer["Body"].read()
            return found
        file.seek(start)
        data: bytes = file.read(length)
        return data
