"""A database of an earlier release, with rows in it, becomes one of today and loses nothing."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

# In a process of its own, on a database of its own: the tables as that release made them, filled, brought
# up to date, and read with today's models.
_UPGRADE = """
import django
django.setup()
import uuid
from datetime import datetime, timezone
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

THEN = [("accounts", "0007_suppression"), ("images", "0003_imageaccess"), ("policy", "0004_first_guides")]
executor = MigrationExecutor(connection)
others = [key for key in executor.loader.graph.leaf_nodes() if key[0] not in dict(THEN)]
executor.migrate([*THEN, *others])
old = executor.loader.project_state([*THEN, *others]).apps
now = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
user = old.get_model("accounts", "User").objects.create(
    username="alice", username_key="alice", email="alice@example.org", password="!", date_joined=now
)
for number, status in enumerate(["done", "failed", "queued", "running"]):
    photo = old.get_model("images", "Photo").objects.create(
        id=uuid.UUID(int=number), owner=user, submission=uuid.uuid4(), sha256=f"{number:064}",
        file=f"photos/{number}/original", name=f"{number}.jpg", format="JPEG", width=40, height=30, bytes=999,
        created_at=now, expires_at=now,
    )
    cutout = old.get_model("images", "Cutout").objects.create(
        photo=photo, status=status, file=f"photos/{number}/cutout.png", confidence=0.75, queued_at=now,
        stage_seconds={"predict": 0.5}, model="isnet-general-use",
    )
old.get_model("images", "ShareLink").objects.create(
    photo_id=uuid.UUID(int=0), seed=b"seed", digest="d" * 64, expires_at=now, downloads=3
)
old.get_model("images", "ImageAccess").objects.create(
    photo=uuid.UUID(int=0), user=user, reason="fault", seen_at=now
)

call_command("migrate", verbosity=0)
from images.models import Cutout, ImageAccess, Photo, ShareLink
from accounts.models import User

assert User.objects.get().username == "alice"
assert sorted(Cutout.objects.values_list("status", flat=True)) == ["done", "failed", "queued", "running"]
photo = Photo.objects.get(pk=uuid.UUID(int=0))
assert (photo.owner.username, photo.name, photo.created_at) == ("alice", "0.jpg", now)
assert photo.cutout.stage_seconds == {"predict": 0.5} and photo.cutout.confidence == 0.75
assert (photo.links.get().downloads, ImageAccess.objects.get().reason) == (3, "fault")
print("upgraded")
"""


def test_a_database_of_an_earlier_release_keeps_its_rows(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "bgbegone.settings",
        "BGBEGONE_DATA": str(tmp_path),
    }
    environment.pop("DATABASE_URL", None)
    run = subprocess.run(
        [sys.executable, "-c", _UPGRADE],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (0, "upgraded\n"), run.stderr
