"""Photos that wait for too long are an alarm for whoever runs the service."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bgbegone.lib.cursors import count_up_to
from images.work.models import Cutout, Worker
from policy import alarms

_PATIENCE = timedelta(minutes=10)
_COUNTED = 10_000


@alarms.register
def _photos_that_wait() -> Iterable[str]:
    """A long batch is no alarm while somebody works on it."""
    late = Cutout.objects.filter(status=Cutout.Status.QUEUED, queued_at__lt=timezone.now() - _PATIENCE)
    works = Worker.objects.ready().exists()
    number = count_up_to(late.filter(queue=Cutout.Queue.INTERACTIVE) if works else late, _COUNTED)
    if number:
        yield ngettext(
            "%(count)s photo has waited for more than ten minutes.",
            "%(count)s photos have waited for more than ten minutes.",
            number,
        ) % {"count": number}
    if number and not works:
        yield _("No worker is ready.")
