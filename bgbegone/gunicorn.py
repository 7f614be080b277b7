"""How gunicorn runs. It writes no access log: its lines would hold addresses and tokens."""

import os
import resource

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bgbegone.settings")
django.setup()

bind = f"{settings.HOST}:{settings.PORT}"
workers = settings.WEB_PROCESSES
worker_class = "bgbegone.web.worker.Worker"
# What clients send wrong is no error of ours, and their number is up to them.
loglevel = "error"
preload_app = True
# A process whose event loop is silent for so long hangs, and is replaced.
timeout = 120
graceful_timeout = 20
keepalive = 5
control_socket_disable = True

# Connections that only wait cost a file each.
_most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (_most, _most))
