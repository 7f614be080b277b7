"""How the bytes of an upload are taken in: bounded, and without a name in any folder."""

import hashlib
import html
import logging
import tempfile
from typing import IO, Any, BinaryIO, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload

from bgbegone.lib.names import readable
from images.work.limits import most_bytes

logger = logging.getLogger(__name__)

_IN_MEMORY = 256 * 1024


def file_name(_parser: object, sent: str) -> str | None:
    """In the place of Django's rule for names in a form, which takes joined emoji apart."""
    name = readable(html.unescape(sent).rsplit("/")[-1].rsplit("\\")[-1]).strip()
    return None if name in ("", ".", "..") else name


class ReceivedPhoto(UploadedFile):  # type: ignore[type-arg]
    """An uploaded file. `refusal` is the code of what went wrong while it came in, or empty."""

    refusal = ""

    @property
    def label(self) -> str:
        """The name that the sender's machine gave it; it is shown and never used as a path."""
        return self.name or ""

    @property
    def content(self) -> BinaryIO:
        return cast(BinaryIO, self.file)

    def sha256(self) -> str:
        """Of all of it, wherever somebody has read to."""
        self.content.seek(0)
        return hashlib.file_digest(self.content, "sha256").hexdigest()  # type: ignore[arg-type]

    @property
    def length(self) -> int:
        """Bytes that came in, also those beyond the limit, which were not kept."""
        return self.size or 0


class PhotoUploadHandler(FileUploadHandler):
    """Keeps each file up to the limit and drops what lies beyond, so that the form can say it.

    The files have no name, so a web process that is killed leaves no picture in a temporary folder.
    """

    files = 0
    total = 0
    received = 0
    refusal = ""
    file: IO[bytes]

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.files += 1
        if self.files > settings.MAX_FILES_PER_UPLOAD + 1:
            raise SkipFile  # one too many is enough to say so
        self.received = 0
        self.refusal = ""
        self.file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (outlives this call)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        self.total += len(raw_data)
        if self.total > most_bytes() * settings.MAX_FILES_PER_UPLOAD:
            raise StopUpload(connection_reset=True)
        if self.received > most_bytes():
            self.refusal = "too_many_bytes"
        if not self.refusal:
            self._keep(raw_data)

    def _keep(self, raw_data: bytes) -> None:
        try:
            self.file.write(raw_data)
        except OSError as err:
            # Raised here it would end as a bare error page; the form has a sentence for it.
            logger.error("upload could not be kept", extra={"error": err.strerror})
            self.refusal = "storage_full"

    def file_complete(self, file_size: int) -> ReceivedPhoto:
        self.file.seek(0)
        photo = ReceivedPhoto(
            file=self.file,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
        )
        photo.refusal = self.refusal
        return photo
