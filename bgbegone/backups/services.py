"""Making a backup, and restoring one: every check first, then all beside what is in use, then one stroke."""

import json
import os
import shutil
import socket
import tempfile
import uuid
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User
from bgbegone.backups import archive, rows
from bgbegone.backups.beside import beside
from images.photos.models import Photo
from images.work.models import Worker
from policy import erasures, retention
from policy.models import RetentionRun

# What belongs to this machine's moment, or is kept on its own.
_LEFT_OUT = {"probe", erasures.FOLDER}
# Whose folders lie under each root of the store.
_OWNERS = {
    "photos": "images.Photo",
    "grounds": "images.Ground",
    "uploads": "images.Upload",
    "exports": "accounts.AccountExport",
}


class Refused(Exception):
    """The argument is a sentence that says what is wrong and what to do. Nothing has been changed."""


# Making one


def back_up(target: Path | None, stream: IO[bytes]) -> dict[str, Any]:
    """Write everything to a file that must not exist yet, or, without one, to the stream; what it holds."""
    waiting = set(MigrationLoader(connection).disk_migrations or ()) - set(rows.applied())
    if waiting:
        raise Refused("The database is not up to date. Run “manage.py migrate” first.")
    if target is None:
        return _write(stream)
    with _written(target) as file:
        return _write(file)


def _write(stream: IO[bytes]) -> dict[str, Any]:
    with archive.Writer(stream) as writer:
        with rows.one_moment():
            writer.add_bytes(archive.HEAD, _head())
            rows.dump(writer)
        for name in _names():
            # What was deleted since the rows were read is left out; its row goes when this is restored.
            with suppress(FileNotFoundError), default_storage.open(name) as content:
                content.read(0)  # S3 fetches now, and says now that there is nothing
                writer.add(archive.FILES + name, content, content.size)
    return writer.totals.as_dict()


def _head() -> bytes:
    head = {
        "format": archive.FORMAT,
        "made_at": timezone.now().isoformat(),
        "migrations": rows.applied(),
        "keys": _fingerprints()[0],
    }
    return json.dumps(head).encode()


def _fingerprints() -> list[str]:
    """Of the keys in use, and of those that SECRET_KEY has replaced; they reveal none of them."""
    return [
        salted_hmac("bgbegone.backups", settings.API_KEY_PEPPER, secret=key, algorithm="sha256").hexdigest()
        for key in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    ]


def _names(folder: str = "") -> Iterator[str]:
    """Every file of the store that a backup holds."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    prefix = f"{folder}/" if folder else ""
    yield from (prefix + name for name in files)
    for name in folders:
        if folder or name not in _LEFT_OUT:
            yield from _names(prefix + name)


@contextmanager
def _written(target: Path) -> Iterator[IO[bytes]]:
    """The file appears under its name when it is complete; only its owner may read it."""
    draft = target.with_name(f"{target.name}.part")
    try:
        file = open(draft, "xb", opener=lambda path, flags: os.open(path, flags, 0o600))  # noqa: SIM115
    except FileExistsError:
        raise Refused(f"{draft} is there already. Delete it, unless another backup is running.") from None
    try:
        # Only now: nobody else who writes this backup can finish it any more.
        if target.exists():
            raise Refused(f"{target} is there already. Choose another name: a backup never replaces one.")
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.rename(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


# Restoring one


def restore(source: Path, *, lists: list[Path], replace: bool, without_list: bool) -> dict[str, int]:
    """Put a backup in the place of what is there; how many rows and files came back, and how many did not."""
    head, totals = archive.verify(source)
    made_at = datetime.fromisoformat(head["made_at"])
    _check(head, made_at, totals)
    known = list(_list_of_erasures(lists))
    if not (known or lists or without_list or _has_list()):
        raise Refused(
            "There is no list of what was deleted since this backup was made, so that it would come back. "
            "Name a copy of it with --deletions FILE, or say --without-list if there is none."
        )
    if _is_in_use() and not replace:
        raise Refused(
            "There are people or photos here already. Say --replace to put the backup in their place."
        )
    _has_owner.cache_clear()
    with beside():
        applied = _fill_database(source, head["migrations"], known, made_at)
        files, left_out = _put_back_files(source)
    retention.delete_expired()
    return {"rows": totals["rows"], "files": files, "left_out": left_out, "deleted_again": applied}


def _check(head: dict[str, Any], made_at: datetime, totals: dict[str, Any]) -> None:
    if made_at < erasures.kept_since():
        raise Refused(
            f"This backup is of {made_at:%Y-%m-%d}. What was deleted is remembered for no longer than "
            f"{settings.BACKUP_DAYS} days (BACKUP_DAYS): an older one would bring deleted things back."
        )
    newer = {tuple(node) for node in head["migrations"]} - set(MigrationLoader(None).disk_migrations or ())
    if newer:
        raise Refused("This backup is of a newer release. Install that one, then restore it.")
    if head["keys"] not in _fingerprints():
        raise Refused(
            "This backup was made with another SECRET_KEY or API_KEY_PEPPER. Without them second factors, "
            "links and API keys are lost. Set both, or put the files secret_key and api_key_pepper into the "
            "data folder."
        )
    _check_that_nobody_works()
    _check_room(totals["bytes"])


def _check_that_nobody_works() -> None:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.HOST, settings.HOST)  # noqa: S104
    with suppress(OSError), socket.create_connection((host, settings.PORT), timeout=2):
        raise Refused(f"Something answers on port {settings.PORT}. Stop the service first, on every machine.")
    with suppress(DatabaseError):  # a database without tables
        if Worker.objects.alive().exists():
            raise Refused("A worker is running. Stop the service first, on every machine.")


def _check_room(needed: int) -> None:
    if isinstance(default_storage, FileSystemStorage):
        folder = Path(default_storage.location)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
        if free < needed * 1.1:
            raise Refused(
                f"{needed / 1e9:.1f} GB of pictures do not fit: {free / 1e9:.1f} GB are free in {folder}."
            )
    try:
        default_storage.delete(default_storage.save("probe/restore", ContentFile(b"ready")))
    except Exception as err:
        raise Refused(f"The store for pictures does not answer ({type(err).__name__}).") from err


def _is_in_use() -> bool:
    try:
        return User.objects.exists() or Photo.objects.exists()
    except DatabaseError:
        return False


def _has_list() -> bool:
    """Deletions are written down here: the service has run on this database, or in this store."""
    try:
        if RetentionRun.objects.exists():
            return True
    except DatabaseError:
        pass
    return next(erasures.copied(), None) is not None


def _list_of_erasures(lists: list[Path]) -> Iterator[erasures.Known]:
    with suppress(DatabaseError):
        yield from erasures.read("".join(erasures.lines()))
    yield from erasures.copied()
    for file in lists:
        try:
            yield from erasures.read(file.read_text())
        except (OSError, ValueError) as err:
            raise Refused(f"{file} is no list of deletions ({type(err).__name__}).") from err


def _fill_database(
    source: Path, migrations: list[list[str]], known: list[erasures.Known], made_at: datetime
) -> int:
    tables = rows.Tables([(app, name) for app, name in migrations])
    with tables.filling():
        for name, _size, content in archive.members(source):
            if name.startswith(archive.ROWS):
                tables.fill(name, content)
    call_command("migrate", interactive=False, verbosity=0)
    applied = erasures.carry_out(known, made_at)
    rows.keep_numbers_free(_highest(known))
    _sign_everybody_out()
    return applied


def _highest(known: list[erasures.Known]) -> dict[str, int]:
    most: dict[str, int] = defaultdict(int)
    for label, key, _at in known:
        if key.isdigit():
            most[label] = max(most[label], int(key))
    return most


def _sign_everybody_out() -> None:
    """A session that was ended since must not open again. Guests keep theirs: it leads to their photos."""
    for session in Session.objects.iterator(chunk_size=500):
        if "_auth_user_id" in session.get_decoded():
            session.delete()


def _put_back_files(source: Path) -> tuple[int, int]:
    """Files whose folder still belongs to somebody; the database in use does not know them yet."""
    put, left = 0, 0
    for name, size, content in archive.members(source):
        if name.startswith(archive.FILES):
            path = name.removeprefix(archive.FILES)
            root, _slash, rest = path.partition("/")
            is_owned = _has_owner(root, rest.partition("/")[0])
            if is_owned:
                _put_back(path, size, content)
            put, left = put + is_owned, left + (not is_owned)
    return put, left


@lru_cache(maxsize=1)  # a folder's files follow each other
def _has_owner(root: str, folder: str) -> bool:
    if root not in _OWNERS:
        return True
    try:
        return bool(apps.get_model(_OWNERS[root])._default_manager.filter(pk=uuid.UUID(folder)).exists())
    except ValueError:
        return False


def _put_back(name: str, size: int, content: IO[bytes]) -> None:
    """Names are random: what has the same name and size is the same file."""
    if default_storage.exists(name) and default_storage.size(name) == size:
        return
    default_storage.delete(name)
    with tempfile.SpooledTemporaryFile(max_size=8_000_000) as whole:
        shutil.copyfileobj(content, whole)
        whole.seek(0)
        default_storage.save(name, File(whole, name))
