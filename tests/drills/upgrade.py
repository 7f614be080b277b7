"""A folder of data that the first version has made, with photos that wait, under today's."""

import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

from tests.drills import house
from tests.drills.outcome import Outcome, Skipped
from tests.stack import ROOT

# The first that landed: uploads, jobs, links, retention.
_FIRST = "d454f6a"
_FILL = """
import django
django.setup()
from django.core.files.base import ContentFile
from django.core.management import call_command
call_command("migrate", verbosity=0)
import sys, uuid
from datetime import timedelta
from pathlib import Path
from django.utils import timezone
from images.models import Cutout, Photo
from images import storage
for number, file in enumerate(sorted(Path(sys.argv[1]).glob("*.jpg"))):
    data = file.read_bytes()
    photo = Photo(
        guest=uuid.uuid4(), submission=uuid.uuid4(), sha256=f"{number:064}", name=file.name, format="JPEG",
        width=900, height=675, bytes=len(data), expires_at=timezone.now() + timedelta(days=1),
    )
    photo.file = storage.write(photo.id, ContentFile(data), "original")
    photo.save(force_insert=True)
    Cutout.objects.create(photo=photo)
"""


def drill(folder: Path, *, is_short: bool) -> Outcome:
    from tests.e2e.pictures import ball

    photos = 4 if is_short else 60
    old, pictures = folder / "old", folder / "pictures"
    _unpack(old)
    pictures.mkdir()
    for number in range(photos):
        (pictures / f"{number:03}.jpg").write_bytes(ball())
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "bgbegone.settings",
        "BGBEGONE_DATA": str(folder / "var"),
    }
    fill = [sys.executable, "-c", _FILL, str(pictures)]
    run = subprocess.run(fill, cwd=old, env=environment, capture_output=True, text=True, check=False)
    if run.returncode:
        raise Skipped(f"the first version does not run here: {run.stderr.strip().splitlines()[-1]}")
    with house.house(folder) as stack:
        house.wait_until_idle(stack)
        held = house.books(stack)
    done = held["statuses"].get("done", 0)
    lost = photos - done + held["lost_files"]
    return Outcome(done=done, lost=lost, twice=held["twins"], strays=held["strays"], note=f"from {_FIRST}")


def _unpack(target: Path) -> None:
    archive = subprocess.run(["git", "archive", _FIRST], cwd=ROOT, capture_output=True, check=False)
    if archive.returncode:
        raise Skipped("the first version is not in this clone's history")
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
        tar.extractall(target, filter="data")
