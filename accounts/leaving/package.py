"""Packs everything that is held about somebody: JSON for programs, pictures, and a page to read (P16)."""

import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts import belongings
from accounts.leaving.readable import table
from accounts.models import User

_CHUNK = 1 << 20
# Up to here in memory, beyond it in a file of the system's own folder for such.
_IN_MEMORY = 8 << 20


def pack(user: User, language: str) -> IO[bytes]:
    """A ZIP file at its beginning: `index.html`, `data.json`, files in folders. Closing it deletes it."""
    found = [(rows, rows.facts()) for rows in belongings.rows_of(user)]
    package = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (handed over open)
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        files = [name for file in _files(user) if (name := _add(archive, file))]
        facts = {rows.model._meta.label: values for rows, values in found if values}
        archive.writestr("data.json", json.dumps(facts, cls=DjangoJSONEncoder, indent=2, ensure_ascii=False))
        with translation.override(language):
            archive.writestr("index.html", _page(user, found, files, timezone.now()))
    package.seek(0)
    return package


def _files(user: User) -> Iterator[belongings.Bytes]:
    for keeper in belongings.keepers():
        if keeper.files:
            yield from keeper.files(user)


def _add(archive: zipfile.ZipFile, file: belongings.Bytes) -> str | None:
    """The file's name in the package; None when it was deleted a moment ago."""
    try:
        source = file.open()
    except FileNotFoundError:
        return None
    # Stored as it is: pictures are compressed already.
    entry = zipfile.ZipInfo(_safe(file.name), timezone.localtime().timetuple()[:6])
    with source, archive.open(entry, "w", force_zip64=True) as target:
        shutil.copyfileobj(source, target, _CHUNK)
    return entry.filename


def _safe(name: str) -> str:
    """No path leads out of the folder in which somebody unpacks it, on any system."""
    parts = [re.sub(r'[\x00-\x1f\\:*?"<>|]', "_", part).strip(". ") for part in name.split("/")]
    return "/".join(part or "_" for part in parts)


def _page(
    user: User, found: list[tuple[belongings.Rows, list[dict[str, Any]]]], files: list[str], now: datetime
) -> str:
    parts = [
        {"title": rows.title, "entries": rows.entries, "table": table(rows, values)}
        for rows, values in found
        if values
    ]
    return render_to_string(
        "accounts/leaving/package.html", {"person": user, "parts": parts, "files": files, "now": now}
    )
