"""What the web server serves: Django in threads, behind a bridge that waits for clients without any."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from bgbegone.web.bridge import Bridge

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bgbegone.settings")
application = Bridge(get_wsgi_application(), threads=settings.WEB_THREADS, most=settings.LARGEST_BODY)
