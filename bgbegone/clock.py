"""The scheduler's clock."""

from typing import Any

from celery.beat import PersistentScheduler


class Clock(PersistentScheduler):
    """Celery's own, for machines whose clock is turned back: it would rest until the time has caught up."""

    def tick(self, *args: Any, **options: Any) -> Any:
        now = self.app.now()
        ahead = [entry for entry in self.schedule.values() if entry.last_run_at and entry.last_run_at > now]
        for entry in ahead:
            entry.last_run_at = now
            self._heap = None  # made anew from what was just set
        return super().tick(*args, **options)
