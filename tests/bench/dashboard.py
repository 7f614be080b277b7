"""`python -m tests.bench.dashboard`: the staff dashboard with ten million page views in the database.

Fills a scratch database: SQLite in a folder that is deleted afterwards, or an empty one that DATABASE_URL
names. The raw rows are made by the database itself; the rollups are 400 days of 40 pages, a year of counters
and of deletion runs. Prints median and 95th percentile of 30 requests for each range, from the request's
arrival at Django to the last byte of the answer. `python -m tests.bench.dashboard 100000` takes fewer rows.
"""

import logging
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.test import Client

ROWS, DAYS, ROUTES, REQUESTS = 10_000_000, 400, 40, 30
RANGES = ("7", "30", "90", "12m")

_COLUMNS = "id, hour, route, method, status, duration_ms, referrer_host, country, active_ms"
_RAW = {
    "sqlite": """
        WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {rows})
        INSERT INTO policy_pageview ({columns})
        SELECT printf('%032x', i), datetime('now', '-' || (i % 720) || ' hours'), 'page-' || (i % 40),
            'GET', CASE WHEN i % 50 = 0 THEN 404 ELSE 200 END, i % 97, '', '', i % 60000 FROM n""",
    "postgresql": """
        INSERT INTO policy_pageview ({columns})
        SELECT lpad(to_hex(i), 32, '0')::uuid, now() - (i % 720) * interval '1 hour', 'page-' || (i % 40),
            'GET', CASE WHEN i % 50 = 0 THEN 404 ELSE 200 END, i % 97, '', '', i % 60000
        FROM generate_series(0, {rows} - 1) AS i""",
}


def main() -> None:
    """The settings read the folder when they are imported, so that the work is done by a child."""
    with tempfile.TemporaryDirectory() as folder:
        child = [sys.executable, "-m", "tests.bench.dashboard", "--measure", *sys.argv[1:]]
        subprocess.run(
            child, check=True, env={**os.environ, "BGBEGONE_DATA": folder, "ALLOWED_HOSTS": "testserver"}
        )


def measure(rows: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bgbegone.settings")
    import django
    from django.db import connection

    django.setup()
    logging.disable(logging.INFO)
    _fill(rows)
    print(f"{_count():,} page views, {DAYS} days of {ROUTES} pages ({connection.vendor})")
    connection.close()
    client = _staff()
    for chosen in RANGES:
        times = [_milliseconds(client, chosen) for _ in range(REQUESTS)]
        wall, processor = (_summary(column) for column in zip(*times, strict=True))
        print(f"{chosen:>4}: {wall}; of the processor {processor}")


def _summary(times: tuple[float, ...]) -> str:
    slow = sorted(times)[int(len(times) * 0.95)]
    return f"median {statistics.median(times):.0f} ms, p95 {slow:.0f} ms"


def _count() -> int:
    from policy.models import PageView

    return PageView.objects.count()


def _fill(rows: int) -> None:
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    if _count():
        raise SystemExit("This database has page views already: the bench needs one of its own.")
    started = time.perf_counter()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA cache_size = -200000")  # for the filling, not for the requests
        cursor.execute(_RAW[connection.vendor].format(rows=rows, columns=_COLUMNS))
    print(f"filled in {time.perf_counter() - started:.0f} s")
    _roll_up()
    _sources()
    _count_and_delete()


def _days() -> Iterator[date]:
    from policy.analytics import days

    return (days.today() - timedelta(days=number) for number in range(DAYS))


def _roll_up() -> None:
    from policy.analytics import durations
    from policy.models import PageViewDaily

    dice = random.Random(1)  # noqa: S311 (the same figures each time)
    buckets = [str(bound) for bound in durations.BOUNDS[:14]]
    PageViewDaily.objects.bulk_create(
        PageViewDaily(
            day=day,
            route=f"page-{number}",
            views=8000,
            refused=dice.randrange(200),
            failed=dice.randrange(9),
            duration_ms=8000 * 40,
            durations={bucket: dice.randrange(1, 1100) for bucket in buckets},
            timed_views=6000,
            active_ms=6000 * dice.randrange(5000, 60_000),
        )
        for day in _days()
        for number in range(ROUTES)
    )


def _sources() -> None:
    """Where readers came from: eight pairs of site and country for each page and day."""
    from policy.models import PageSourceDaily

    pairs = [("", "DE"), ("", "FR"), ("search.example", "DE"), ("search.example", "US"), ("a.example", "DE")]
    pairs += [("b.example", "GB"), ("c.example", "AT"), ("other", "PL")]
    rows = (
        PageSourceDaily(day=day, route=f"page-{number}", referrer_host=host, country=country, views=1000)
        for day in _days()
        for number in range(ROUTES)
        for host, country in pairs
    )
    PageSourceDaily.objects.bulk_create(rows, batch_size=5000)


def _count_and_delete() -> None:
    from django.utils import timezone

    from policy import retention
    from policy.dashboard.sums import FIGURES
    from policy.models import DailyFigure, RetentionRun

    DailyFigure.objects.bulk_create(
        DailyFigure(day=day, key=key, value=900) for day in _days() for key in FIGURES
    )
    for rule in retention.rules():
        step = max(rule.every, timedelta(minutes=5))
        RetentionRun.objects.bulk_create(
            (
                RetentionRun(
                    rule=rule.name, ran_at=timezone.now() - number * step, deleted=3, is_complete=True
                )
                for number in range(timedelta(days=DAYS) // step)
            ),
            batch_size=5000,
        )


def _staff() -> "Client":
    from tests.base import staff

    client = staff()
    client.get("/admin/dashboard/")  # compiles the templates
    return client


def _milliseconds(client: "Client", chosen: str) -> tuple[float, float]:
    """Time on the wall, and time of the processor, which a busy machine changes less."""
    started, worked = time.perf_counter(), time.process_time()
    answer = client.get("/admin/dashboard/", {"range": chosen})
    spent = (1000 * (time.perf_counter() - started), 1000 * (time.process_time() - worked))
    assert answer.status_code == 200, answer.status_code
    assert answer.content.count(b'role="img"') == 6
    return spent


if __name__ == "__main__":
    if "--measure" in sys.argv:
        numbers = [int(word) for word in sys.argv if word.isdigit()]
        measure(numbers[0] if numbers else ROWS)
    else:
        main()
