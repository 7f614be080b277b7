"""The service's settings, with every file in a folder that ends with the test run."""

import atexit
import os
import shutil
import tempfile

_FOLDER = tempfile.mkdtemp(prefix="bgbegone-tests-")
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
# Set before the settings read it: what the developer keeps in var/ must not be touched.
os.environ["BGBEGONE_DATA"] = _FOLDER
# What rembg brings along would be compiled for a minute, in each process that imports it; no test calls it.
os.environ.setdefault("NUMBA_DISABLE_JIT", "1")

from bgbegone.settings import *  # noqa: E402, F403
from tests import parts  # noqa: E402

# Each process of a parallel run has a database of its own, and so has each clone on this machine.
DATABASES["default"]["TEST"] = {"NAME": parts.scratch_database(DATABASES["default"]["ENGINE"])}  # noqa: F405
CACHES["default"]["LOCATION"] = parts.own_redis(CACHES["default"].get("LOCATION", ""))  # noqa: F405
CELERY_BROKER_URL = parts.own_redis(CELERY_BROKER_URL)  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {  # noqa: F405
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
STATIC_ROOT.mkdir()  # noqa: F405
UNLISTED_COOKIES_RAISE = True
# Whoever logs what no log may hold fails the test that runs (tests/leaks.py).
LOGGING["handlers"]["watch"] = {  # noqa: F405
    "class": "tests.leaks.Watch",
    "level": "INFO",
    "formatter": "text",
    "filters": ["no_paths"],
}
LOGGING["root"]["handlers"].append("watch")  # noqa: F405
