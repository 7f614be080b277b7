"""The queue: a bell for the workers and a clock for upkeep. The truth is in the database."""

import os
from typing import Any

from celery import Celery, signals

from bgbegone import hearing  # noqa: F401 (listens to Celery's signals)
from bgbegone.lib import filebroker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bgbegone.settings")
filebroker.register()


@signals.setup_logging.connect
def _leave_logging_to_django(**_kwargs: Any) -> None:
    """Without a listener Celery would set up logging of its own."""


@signals.worker_shutting_down.connect
def _take_no_more(**_kwargs: Any) -> None:
    filebroker.Transport.is_ending = True


app = Celery("bgbegone")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
_ROOMS = ("work", "api.webhooks", "editing", "studio", "batches")
app.autodiscover_tasks([f"images.{room}" for room in _ROOMS])
app.conf.beat_schedule = {
    name: {
        "task": task,
        "schedule": seconds,
        # When workers were away, a pile of old ticks would tell them nothing new.
        "options": {"expires": seconds},
    }
    for name, task, seconds in (
        ("sweep", "images.work.tasks.sweep", 3.0),
        ("sweep renditions", "images.editing.tasks.sweep", 3.0),
        ("batches", "images.batches.tasks.tend", 5.0),
        ("sweep preparations", "images.studio.tasks.sweep", 3.0),
        ("campaigns", "accounts.tasks.send_campaigns", 5.0),
        ("webhooks", "images.api.webhooks.tasks.deliver_due", 5.0),
        ("mail", "accounts.tasks.deliver_due", 15.0),
        ("disclosures", "accounts.tasks.tell_people", 60.0),
        ("exports", "accounts.tasks.build_exports", 10.0),
        ("retention", "policy.tasks.delete_expired", 300.0),
        ("contact mail", "policy.contact.tasks.send_due", 60.0),
        ("alarms", "accounts.tasks.ring_alarms", 300.0),
        ("page views", "policy.tasks.roll_up_views", 300.0),
    )
}
