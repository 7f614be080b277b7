"""`python -m tests.e2e.peopled`: a web server alone, whose new database knows everybody of the cast.

Who may come in, and where, stands in `roles.json` in the data folder.
"""

import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import django
from django.core.management import call_command


def _fill() -> None:
    """Five photos of a guest, cut out here by a network of a few bytes, and everybody else."""
    # Models can be imported once Django knows its settings.
    from django.conf import settings
    from django.test import Client

    from images.editing import jobs as renditions
    from images.models import Photo, Preparation, Worker
    from images.studio import jobs as preparations
    from images.studio import services as studio
    from images.work import jobs, worker
    from tests import base
    from tests.e2e import cast
    from tests.images.engine.tiny import tiny_network

    guest = Client(headers={"host": "localhost"})
    base.upload(guest, *(base.upload_file() for _ in range(5)))
    with tempfile.TemporaryDirectory() as folder:
        worker._process.network = tiny_network(Path(folder))
        _work_off(jobs.process_next)
    roles = cast.roles(guest.cookies["sessionid"].value)
    for photo in Photo.objects.filter(cutout__status="done"):
        studio.prepare(photo, Preparation.Kind.SHEETS)
    guest.get(f"/photos/{Photo.objects.earliest('created_at').pk}/preview/")
    _work_off(preparations.process_next)
    _work_off(renditions.process_next)
    # Pages speak as they do in service; `main_pages` gives it a pulse.
    Worker.objects.create()
    (settings.BGBEGONE_DATA / "roles.json").write_text(json.dumps(roles))


def _work_off(process_next: Callable[[], bool]) -> None:
    while process_next():
        pass


if __name__ == "__main__":
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    _fill()
    server = ["-m", "gunicorn", "bgbegone.asgi", "--config", "bgbegone/gunicorn.py"]
    os.execv(sys.executable, [sys.executable, *server])
