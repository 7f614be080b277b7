"""In which queue each task waits: mail must not wait behind upkeep, nor a photo behind either."""

import pytest

from bgbegone.celery import app


@pytest.fixture(autouse=True)
def _registered() -> None:
    """As a worker does when it starts."""
    app.loader.import_default_modules()


def _queue_of(task: str) -> str:
    return str(app.amqp.router.route({}, task)["queue"].name)


@pytest.mark.parametrize(
    ("task", "queue"),
    [
        ("accounts.tasks.deliver", "mail"),
        ("accounts.tasks.deliver_due", "mail"),
        ("accounts.tasks.send_campaigns", "mail"),
        ("accounts.tasks.tell_people", "mail"),
        ("accounts.tasks.build_exports", "upkeep"),
        ("images.api.webhooks.tasks.deliver_due", "mail"),
        ("policy.contact.tasks.send", "mail"),
        ("policy.contact.tasks.send_due", "mail"),
        ("policy.tasks.delete_expired", "upkeep"),
    ],
)
def test_each_task_has_its_queue(task: str, queue: str) -> None:
    assert task in app.tasks
    assert _queue_of(task) == queue


def test_every_task_of_the_clock_exists() -> None:
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)
