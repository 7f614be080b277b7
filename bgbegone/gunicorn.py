"""How gunicorn runs. It writes no access log: its lines would hold addresses and tokens."""

import os

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bgbegone.settings")
django.setup()

bind = f"{settings.HOST}:{settings.PORT}"
workers = settings.WEB_PROCESSES
threads = settings.WEB_THREADS
worker_class = "gthread"
# Its warnings are about bodies that Django sends along with HEAD answers, and that it drops.
loglevel = "error"
preload_app = True
# Time for a large upload over a slow line; the thread that waits for it blocks nobody else.
timeout = 120
graceful_timeout = 15
keepalive = 5
forwarded_allow_ips = "*" if settings.TRUST_PROXY else "127.0.0.1"
control_socket_disable = True
