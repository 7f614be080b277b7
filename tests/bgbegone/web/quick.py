"""`python -m tests.bgbegone.web.quick`: the web server as the supervisor starts it, with short deadlines."""

import sys

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from gunicorn.app.wsgiapp import run

from bgbegone.web import connection, reception
from tests import migrated

SECONDS = 2.0


def main() -> None:
    django.setup()
    migrated.put_into(settings.BGBEGONE_DATA)
    call_command("migrate", verbosity=0)
    connections.close_all()  # its processes open their own
    settings.STATIC_ROOT.mkdir()
    (settings.STATIC_ROOT / "large.bin").write_bytes(b"x" * 20_000_000)
    connection.HEAD_SECONDS = connection.SEND_SECONDS = SECONDS
    reception.BODY_SECONDS = reception.SILENT_SECONDS = SECONDS
    sys.argv = ["gunicorn", "bgbegone.asgi", "--config", "bgbegone/gunicorn.py"]
    run()


if __name__ == "__main__":
    main()
