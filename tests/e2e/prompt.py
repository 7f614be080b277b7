"""`python -m tests.e2e.prompt`: the web server alone, which writes page views every half second."""

import sys

import django
from django.core.management import call_command
from django.db import connections
from gunicorn.app.wsgiapp import run

SECONDS = 0.5


def main() -> None:
    django.setup()
    from policy.analytics import buffer

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    connections.close_all()  # its processes open their own
    buffer.SECONDS = SECONDS  # type: ignore[assignment]
    # It need not wait for uploads in the end.
    quickly = ["--graceful-timeout", "1"]
    sys.argv = ["gunicorn", "bgbegone.asgi", "--config", "bgbegone/gunicorn.py", *quickly]
    run()


if __name__ == "__main__":
    main()
