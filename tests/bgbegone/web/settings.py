"""The service's own settings, but for style sheets and scripts, which need no second name for this."""

from bgbegone.settings import *  # noqa: F403

STORAGES["staticfiles"] = {  # noqa: F405
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
