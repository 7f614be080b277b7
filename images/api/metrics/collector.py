"""What is counted, read from the database when somebody asks: the same from every process and machine."""

import shutil
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage, default_storage
from django.db.models import Avg, Count, Min, Model, QuerySet, Sum
from django.utils import timezone
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from accounts.outbox.models import OutgoingMail
from images.api.limits.models import ApiUse
from images.api.webhooks.models import WebhookDelivery
from images.editing.models import Rendition
from images.work.models import Cutout, Worker
from policy import figures

_RECENT = timedelta(minutes=15)
_MOST_ROWS = 500
_JOBS = (("cutout", Cutout), ("rendition", Rendition))
_COUNTED = {
    "jobs.done": ("bgbegone_jobs_done", "Photos cut out"),
    "jobs.failed": ("bgbegone_jobs_failed", "Photos that could not be cut out"),
    "photos.deleted": ("bgbegone_photos_deleted", "Photos deleted with everything made from them"),
    "webhooks.delivered": ("bgbegone_webhooks_delivered", "Messages that a webhook has taken"),
    "webhooks.given_up": ("bgbegone_webhooks_given_up", "Messages that no webhook took in time"),
}
_TIMES = {
    "jobs.wait_ms": ("bgbegone_job_wait_seconds", "Seconds that photos have waited, together"),
    "jobs.work_ms": ("bgbegone_job_work_seconds", "Seconds that photos were worked on, together"),
}


class ServiceCollector(Collector):
    """Asked at each scrape; each figure costs one indexed query."""

    def collect(self) -> Iterable[Metric]:
        yield from _queues()
        yield from _stages()
        yield from _failures()
        yield from _workers()
        yield from _totals()
        yield from _posts()
        yield from _storage()
        yield _api()


def _gauge(name: str, text: str, labels: tuple[str, ...] = ()) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"bgbegone_{name}", text, labels=labels)


def _age(oldest: datetime | None) -> float:
    return max(0.0, (timezone.now() - oldest).total_seconds()) if oldest else 0.0


def _queues() -> Iterator[Metric]:
    jobs = _gauge("jobs", "Jobs by kind, queue and state", ("kind", "queue", "status"))
    oldest = _gauge("job_oldest_wait_seconds", "How long the oldest job waits", ("kind", "queue"))
    for kind, model in _JOBS:
        for queue in model.Queue.values:
            rows: QuerySet[Any] = model.objects.active().filter(queue=queue)
            found = dict(rows.order_by().values_list("status").annotate(Count("pk")))
            for status in ("queued", "running"):
                jobs.add_metric([kind, queue, status], found.get(status, 0))
            first = rows.filter(status="queued").aggregate(first=Min("queued_at"))["first"]
            oldest.add_metric([kind, queue], _age(first))
    yield jobs
    yield oldest


def _recent() -> QuerySet[Cutout]:
    return Cutout.objects.filter(finished_at__gte=timezone.now() - _RECENT).order_by("-finished_at")


def _stages() -> Iterator[Metric]:
    """Means of what was finished in the last quarter of an hour."""
    stage = _gauge("stage_seconds", "Mean seconds of a stage, of the last 15 minutes", ("stage",))
    done = _recent().filter(status=Cutout.Status.DONE).values_list("stage_seconds", flat=True)[:_MOST_ROWS]
    sums: dict[str, list[float]] = {name.value: [] for name in Cutout.Stage}
    for seconds in done:
        for name, value in seconds.items():
            sums.setdefault(name, []).append(value)
    for name, values in sums.items():
        stage.add_metric([name], sum(values) / len(values) if values else 0.0)
    yield stage
    confidence = _gauge("confidence", "Mean confidence of cut-outs, of the last 15 minutes")
    confidence.add_metric([], _recent().aggregate(mean=Avg("confidence"))["mean"] or 0.0)
    yield confidence


def _failures() -> Iterator[Metric]:
    failed = _gauge("recent_failures", "Failures by code, of the last 15 minutes", ("code",))
    rows = _recent().filter(status=Cutout.Status.FAILED).order_by().values_list("error_code")
    for code, number in rows.annotate(Count("pk")):
        failed.add_metric([code or "internal"], number)
    yield failed


def _workers() -> Iterator[Metric]:
    workers = _gauge("workers", "Worker processes", ("state",))
    alive, ready = Worker.objects.alive().count(), Worker.objects.ready().count()
    workers.add_metric(["ready"], ready)
    workers.add_metric(["not_ready"], alive - ready)
    yield workers
    memory = _gauge("worker_memory_bytes", "Memory of all living workers together")
    memory.add_metric([], Worker.objects.alive().aggregate(sum=Sum("memory"))["sum"] or 0)
    yield memory


def _totals() -> Iterator[Metric]:
    for key, (name, text) in _COUNTED.items():
        yield CounterMetricFamily(name, text, value=figures.total(key))
    for key, (name, text) in _TIMES.items():
        yield CounterMetricFamily(name, text, value=figures.total(key) / 1000)


def _posts() -> Iterator[Metric]:
    waiting = _gauge("messages_waiting", "Messages that have not arrived yet", ("kind",))
    oldest = _gauge("message_oldest_seconds", "Age of the oldest of them", ("kind",))
    rows: tuple[tuple[str, type[Model], QuerySet[Any]], ...] = (
        ("mail", OutgoingMail, OutgoingMail.objects.all()),
        ("webhook", WebhookDelivery, WebhookDelivery.objects.filter(state=WebhookDelivery.State.WAITING)),
    )
    for kind, _model, found in rows:
        facts = found.order_by().aggregate(number=Count("pk"), first=Min("created_at"))
        waiting.add_metric([kind], facts["number"])
        oldest.add_metric([kind], _age(facts["first"]))
    yield waiting
    yield oldest


def _storage() -> Iterator[Metric]:
    """Of a disk its room; a store on the network has no end that it would tell."""
    if isinstance(default_storage, FileSystemStorage):
        folder = Path(default_storage.location)
        # Before the first photo there is no folder, and the disk is that of the one above.
        usage = shutil.disk_usage(next(each for each in (folder, *folder.parents) if each.exists()))
        space = _gauge("storage_bytes", "Room on the disk with the pictures", ("state",))
        space.add_metric(["used"], usage.used)
        space.add_metric(["free"], usage.free)
        yield space


def _api() -> Metric:
    today = ApiUse.objects.filter(day=timezone.localdate()).aggregate(
        calls=Sum("calls"), megapixels=Sum("megapixels"), refusals=Sum("refusals")
    )
    use = _gauge("api_today", "Use of the API today, of all keys together", ("what",))
    for what, value in today.items():
        use.add_metric([what], value or 0)
    return use
