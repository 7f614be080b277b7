"""The scheduler goes on where the machine's clock is turned back."""

from datetime import timedelta
from pathlib import Path

from bgbegone.celery import app
from bgbegone.clock import Clock


def test_a_clock_that_is_turned_back_stops_nothing(tmp_path: Path) -> None:
    clock = Clock(app, schedule_filename=str(tmp_path / "schedule"), lazy=True)
    clock.setup_schedule()
    later = app.now() + timedelta(hours=1)
    for entry in clock.schedule.values():
        entry.last_run_at = later  # as they were before it was turned
    seconds = clock.tick()
    assert not any(entry.last_run_at and entry.last_run_at > app.now() for entry in clock.schedule.values())
    assert 0 <= seconds <= 5
    assert {event.entry.name for event in clock._heap} == set(clock.schedule)
    clock.close()
