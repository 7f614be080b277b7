"""`python -m tests.bgbegone.backups.story FOLDER`: what becomes of a site whose backup is restored.

In a process of its own, on the database and the store that the environment names. Every check asserts.
"""

import io
import json
import shutil
import sys
import tarfile
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import django
import pytest

django.setup()

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from accounts.leaving import services as leaving
from accounts.mailing import services as news
from accounts.models import AccountClosing, EmailPreference, SuppressedAddress, User
from bgbegone.backups import archive, services
from images import storage
from images.api.keys.models import ApiKey
from images.api.keys.services import issue
from images.editing.models import Ground
from images.photos.models import Photo
from images.photos.services import delete_photo
from images.sharing.models import ShareLink
from images.work.models import Cutout, Worker
from policy import erasures
from policy.models import Erasure, PageView, PolicyVersion, RetentionRun
from tests.base import member

FOLDER = Path(sys.argv[1])
BACKUP, LIST = FOLDER / "backup.tar", FOLDER / "deletions"


def quiet(*command: str, **options: Any) -> None:
    call_command(*command, stdout=io.StringIO(), stderr=io.StringIO(), **options)


def photo_of(owner: User | None, name: str) -> Photo:
    photo = Photo(
        owner=owner,
        guest=None if owner else uuid.uuid4(),
        submission=uuid.uuid4(),
        sha256=f"{name:0>64}",
        name=f"{name} 😀.jpg",
        format="JPEG",
        width=4,
        height=3,
        bytes=999,
        expires_at=timezone.now() + timedelta(days=5),
    )
    photo.file = storage.write(photo.id, ContentFile(name.encode() * 1000), "original")
    photo.save(force_insert=True)
    Cutout.objects.create(photo=photo, stage_seconds={"predict": 0.5}, confidence=0.75)
    return photo


def people() -> dict[str, User]:
    return {name: member(name) for name in ("alice", "bob", "carol", "dave")}


def facts(row: Any) -> dict[str, Any]:
    return {
        field.attname: bytes(value) if isinstance(value := getattr(row, field.attname), memoryview) else value
        for field in row._meta.concrete_fields
    }


class Site:
    """What stands when the backup is made."""

    def __init__(self) -> None:
        self.people = people()
        alice, bob, carol = (self.people[name] for name in ("alice", "bob", "carol"))
        self.kept, self.deleted, self.shared = (photo_of(alice, name) for name in ("kept", "gone", "shared"))
        self.carols, self.guests = photo_of(carol, "carols"), photo_of(None, "guests")
        self.link = ShareLink.issue(self.shared, timedelta(days=3))
        self.link.save()
        self.key = ApiKey(owner=alice, name="shop")
        issue(self.key)
        self.preference = EmailPreference.objects.create(
            user=bob, state="confirmed", address=bob.email, language="en"
        )
        self.ground = Ground(owner=alice, name="wall", width=1, height=1, bytes=1, expires_at=timezone.now())
        self.ground.expires_at += timedelta(days=9)
        self.ground.file = storage.write(self.ground.id, ContentFile(b"wall"), "original", storage.GROUNDS)
        self.ground.save(force_insert=True)
        default_storage.save("stray", ContentFile(b"beside the folders"))
        SuppressedAddress.objects.create(digest="a" * 64, reason="unwanted")
        leaving.close(carol)
        PageView.objects.bulk_create(
            PageView(route="home", hour=timezone.now(), status=200, duration_ms=3) for _ in range(5000)
        )
        self.before = {row.pk: facts(row) for row in (self.kept, self.kept.cutout, self.ground, alice)}

    def time_passes(self) -> None:
        """People delete, withdraw and leave."""
        AccountClosing.objects.update(erase_at=timezone.now())
        assert leaving.erase_due() == 1
        delete_photo(self.deleted)
        self.link.revoke()
        self.key.revoke()
        news.opt_out(self.preference.pk, how=news.How.LINK)
        leaving.close(self.people["dave"])
        self.newest = photo_of(self.people["alice"], "newest")  # not in the backup: it is lost
        passing = User.objects.create_user("passing", "passing@example.org")
        self.highest = passing.pk
        passing.delete()

    def check_restored(self) -> None:
        assert sorted(User.objects.values_list("username", flat=True)) == ["alice", "bob", "dave"]
        kept: list[tuple[Any, Any]] = [
            (Photo, self.kept.pk),
            (Ground, self.ground.pk),
            (User, self.people["alice"].pk),
        ]
        for model, pk in kept:
            assert facts(model.objects.get(pk=pk)) == self.before[pk], model
        assert facts(Cutout.objects.get(photo=self.kept)) == self.before[self.kept.cutout.pk]
        with default_storage.open(self.kept.file) as file:
            assert file.read() == b"kept" * 1000
        with default_storage.open(self.ground.file) as file:
            assert file.read() == b"wall"
        assert default_storage.exists("stray")
        for photo in (self.deleted, self.carols):
            assert not Photo.objects.filter(pk=photo.pk).exists()
            assert storage.names_of(photo.pk) == [], photo.name
        assert Photo.objects.filter(pk=self.guests.pk).exists()
        assert storage.names_of(self.guests.pk)
        assert not Photo.objects.filter(pk=self.newest.pk).exists()
        for what in (ShareLink, ApiKey, EmailPreference):
            assert not what.objects.exists(), what
        assert AccountClosing.objects.get().user.username == "dave"
        assert SuppressedAddress.objects.exists()
        assert PageView.objects.count() == 5000
        quiet("policy", "verify")
        # Numbers of what is on the list are given to nobody else.
        assert User.objects.create_user("new", "new@example.org").pk > self.highest


def everything() -> str:
    """All that is stored, as text: what a refused restore must not have touched."""
    output = io.BytesIO()
    services.back_up(None, output)
    output.seek(0)
    with tarfile.open(fileobj=output) as tar:
        parts = {member.name: tar.extractfile(member).read() for member in tar}
    return repr({name: data for name, data in parts.items() if name not in (archive.HEAD, archive.END)})


def refused(words: str, file: Path = BACKUP, **options: Any) -> None:
    with pytest.raises(CommandError, match=words):
        quiet("restore", str(file), **options)


def altered(change: Callable[[bytearray], Any]) -> Path:
    data = bytearray(BACKUP.read_bytes())
    changed = change(data)
    copy = FOLDER / "altered.tar"
    copy.write_bytes(data if changed is None else changed)
    return copy


def rewritten(edit: Callable[[str, bytes], bytes | None]) -> Path:
    """A whole and genuine archive with other members: of another release, or of another day."""
    copy = FOLDER / "rewritten.tar"
    with copy.open("wb") as stream, archive.Writer(stream) as writer:
        for name, _size, content in archive.members(BACKUP):
            data = edit(name, content.read())
            if data is not None and name != archive.END:
                writer.totals.rows += data.count(b"\n") if name.startswith(archive.ROWS) else 0
                writer.add_bytes(name, data)
    return copy


def with_head(**changes: Any) -> Path:
    return rewritten(
        lambda name, data: (
            json.dumps({**json.loads(data), **changes}).encode() if name == archive.HEAD else data
        )
    )


def refusals() -> None:
    before = everything()
    refused("There is no", FOLDER / "nothing.tar")
    refused("people or photos here")
    refused(
        "damaged",
        altered(lambda data: data.__setitem__(len(data) // 2, data[len(data) // 2] ^ 1)),
        replace=True,
    )
    refused("damaged", altered(lambda data: data[: len(data) // 2]), replace=True)
    refused("no backup", altered(lambda _data: b"a letter"), replace=True)
    long_ago = timezone.now() - timedelta(days=settings.BACKUP_DAYS + 1)
    refused("BACKUP_DAYS", with_head(made_at=long_ago.isoformat()), replace=True)
    refused(
        "cannot be read",
        rewritten(
            lambda name, data: (
                data.replace(b'"full_name"', b'"nickname"')
                if name.startswith("rows/accounts.user/")
                else data
            )
        ),
        replace=True,
    )
    refused("newer release", with_head(migrations=[["images", "9999_gallery"]]), replace=True)
    with override_settings(SECRET_KEY="another"):
        refused("SECRET_KEY", replace=True)
    Worker.objects.create()
    refused("worker is running", replace=True)
    Worker.objects.all().delete()
    kept = default_storage.save
    default_storage.save = _full  # type: ignore[method-assign]
    try:
        refused("does not answer", replace=True)
    finally:
        default_storage.save = kept  # type: ignore[method-assign]
    assert everything() == before


def _full(*_args: Any, **_options: Any) -> str:
    raise OSError(28, "No space left on device")


def breaks_off(site: Site) -> None:
    """A disk that is full in the middle, after the database beside is complete."""
    before, put = everything(), services._put_back
    services._put_back = _full  # type: ignore[assignment]
    default_storage.delete(site.kept.file)
    with pytest.raises(CommandError, match=r"No space left on device\. What was in use is as it was"):
        quiet("restore", str(BACKUP), replace=True)
    services._put_back = put
    default_storage.save(site.kept.file, ContentFile(b"kept" * 1000))
    assert everything() == before


def of_an_earlier_release() -> Path:
    """The same backup as it would be from before `policy` kept a list of what was deleted."""

    def earlier(name: str, data: bytes) -> bytes | None:
        if name == archive.HEAD:
            head = json.loads(data)
            head["migrations"] = [
                (app, name) for app, name in head["migrations"] if app != "policy" or name < "0006"
            ]
            return json.dumps(head).encode()
        return None if name.startswith("rows/policy.erasure/") else data

    return rewritten(earlier)


def machine_is_lost() -> None:
    """Nothing remains but the backup, the list that was copied away, and the keys."""
    connection.close()
    if connection.vendor == "sqlite":
        for file in settings.BGBEGONE_DATA.glob("db.sqlite3*"):
            file.unlink()
    else:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    if isinstance(default_storage, FileSystemStorage):
        shutil.rmtree(default_storage.location)
    else:
        for name in [*services._names(), *services._names(erasures.FOLDER)]:
            default_storage.delete(name)


def main() -> None:
    quiet("migrate", verbosity=0)
    RetentionRun.objects.create(rule="any")
    site = Site()
    with override_settings(DEBUG=False):
        quiet("backup", str(BACKUP))
    assert BACKUP.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="there already"):
        quiet("backup", str(BACKUP))
    site.time_passes()
    erasures.copy_out()
    quiet("backup", str(LIST), deletions=True)

    refusals()
    breaks_off(site)
    quiet("restore", str(BACKUP), replace=True)
    site.check_restored()
    number = Erasure.objects.count()
    quiet("restore", str(of_an_earlier_release()), replace=True)
    assert Erasure.objects.count() >= number
    site.check_restored()

    machine_is_lost()
    refused("no list of what was deleted")
    quiet("restore", str(BACKUP), deletions=[LIST])
    site.check_restored()
    assert PolicyVersion.objects.exists()
    print("restored")


if __name__ == "__main__":
    main()
