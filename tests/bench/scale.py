"""`python -m tests.bench.scale [PHOTOS [VIEWS]]`: pages and the queue with a million photos in the database.

Fills a scratch database: SQLite in a folder that is deleted afterwards, or an empty one that DATABASE_URL
names. A tenth as many members as photos, one of whom has a two-hundredth of all; ten million page views.
Rows are copies of one real row, made by the database itself. Prints median and 95th percentile of each page,
from the request's arrival at Django to the last byte, and of moves of the queue; “here” is the mean of this
process's own work, which a busy machine changes less. Exit code 1 when a mark is missed.
`python -m tests.bench.scale 20000 100000` is quick.
"""

import logging
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.models import Model
    from django.test import Client

PHOTOS, VIEWS, REQUESTS = 1_000_000, 10_000_000, 40
_NEXT = re.compile(r'rel="next" href="\?at=([^"]+)"')
_MARK, _STAFF_MARK, _MOVE_MARK = 30, 100, 30

# Numbers of the copies, as each database counts.
_NUMBERS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) ",
    "postgresql": "WITH n(i) AS (SELECT generate_series(1::bigint, {rows})) ",
}
# Keys in no order, as random ones are.
_KEY = {
    "sqlite": "printf('%08x%024x', (i * 2654435761) % 4294967296, i)",
    "postgresql": "(lpad(to_hex((i * 2654435761) % 4294967296), 8, '0') || lpad(to_hex(i), 24, '0'))::uuid",
}
_EARLIER = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', 'now', '-' || (2 * i) || ' seconds')",
    "postgresql": "now() - (2 * i) * interval '1 second'",
}


def main() -> int:
    """The settings read the folder when they are imported, so that the work is done by a child."""
    with tempfile.TemporaryDirectory() as folder:
        child = [sys.executable, "-m", "tests.bench.scale", "--measure", *sys.argv[1:]]
        environment = {**os.environ, "BGBEGONE_DATA": folder, "ALLOWED_HOSTS": "testserver"}
        return subprocess.run(child, check=False, env=environment).returncode


def measure(photos: int, views: int) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bgbegone.settings")
    import django
    from django.db import connection

    django.setup()
    logging.disable(logging.WARNING)
    from tests.bench import dashboard

    dashboard._fill(views)
    started = time.perf_counter()
    alice = _fill(photos)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as its autovacuum does soon
    print(f"{photos:,} photos and {photos // 10:,} members in {time.perf_counter() - started:.0f} s more")
    print(f"({connection.vendor}), milliseconds, of {REQUESTS} times:")
    connection.close()
    outcomes = [*_pages(alice), *_staff_pages(), *_moves()]
    return 0 if all(outcomes) else 1


def _fill(photos: int) -> Any:
    """Everything by copying; returns the member who has many."""
    from images.photos.models import Photo
    from images.work.models import Cutout
    from tests.base import member, signed_in, uploaded

    alice = member("alice")
    photo = uploaded(signed_in(alice))
    first = alice.pk + 1000
    name = "'member-' || i"
    mail = f"{name} || '@example.org'"
    columns = {"id": f"{first} + i", "username": name, "username_key": name, "email": mail}
    _copy(type(alice), alice.pk, photos // 10, columns)
    owner = f"CASE WHEN i % 200 = 0 THEN {alice.pk} ELSE {first} + 1 + i % {photos // 10} END"
    moments = {"created_at": "$earlier"}
    _copy(Photo, photo.pk, photos, {"id": "$key", "owner_id": owner, "submission": "$key", **moments})
    status = (
        f"CASE WHEN i <= {photos // 200 + 200} THEN 'queued' WHEN i % 1000 = 0 THEN 'failed' ELSE 'done' END"
    )
    columns = {"id": "$key", "photo_id": "$key", "status": status, "queued_at": "$earlier"}
    _copy(Cutout, photo.cutout.pk, photos, columns)
    _fill_notes(alice, photos, first)
    return alice


def _fill_notes(alice: Any, photos: int, first: int) -> None:
    """As many choices about cookies as photos, and news that every tenth member got."""
    from accounts.models import Campaign, Delivery
    from policy.models import CookieConsent

    choice = CookieConsent.objects.create(version="1", convenience=True, statistics=False, how="page")
    _copy(CookieConsent, choice.pk, photos, {"id": "$key", "given_at": "$earlier"})
    news = Campaign.objects.create(subject="News", body="x", state="sent", started_at=choice.given_at)
    delivery = Delivery.objects.create(campaign=news, user=alice, state="sent", claim=choice.pk)
    _copy(Delivery, delivery.pk, photos // 100, {"id": "$key", "user_id": f"{first} + i"})


def _copy(model: "type[Model]", key: object, rows: int, changes: dict[str, str]) -> None:
    from django.db import connection

    names = [str(field.column) for field in model._meta.concrete_fields]
    pk = model._meta.pk
    assert pk
    words = {"$key": _KEY[connection.vendor], "$earlier": _EARLIER[connection.vendor]}
    # A column that is unique by itself would be met here, and named in the error.
    values = [words.get(changes.get(name, ""), changes.get(name, f't."{name}"')) for name in names]
    insert = f'INSERT INTO "{model._meta.db_table}" ({", ".join(map(_quoted, names))}) '
    select = f'SELECT {", ".join(values)} FROM n, "{model._meta.db_table}" t WHERE t."{pk.column}" = %s'  # noqa: S608
    numbers = _NUMBERS[connection.vendor].format(rows=rows)
    statement = (
        f"{numbers}{insert}{select}" if connection.vendor == "postgresql" else f"{insert}{numbers}{select}"
    )
    # What is no placeholder of a parameter is a percent sign.
    statement = statement.replace("%", "%%").replace("= %%s", "= %s")
    with connection.cursor() as cursor:
        cursor.execute(statement, [pk.get_db_prep_value(key, connection)])


def _quoted(name: str) -> str:
    return f'"{name}"'


def _pages(alice: Any) -> list[bool]:
    from django.test import Client

    from images.photos.models import Photo
    from tests.base import signed_in

    client = signed_in(alice)
    own = Photo.objects.filter(owner=alice)
    newest = own.first()
    assert newest
    return [
        _page("first page, guest", Client(), "/"),
        _page("first page, member", client, "/"),
        _page("member's photos, first page", client, "/photos/"),
        _page("member's photos, last page", client, f"/photos/?at={_last_place(client)}"),
        _page("one photo", client, f"/photos/{newest.pk}/"),
        _page("privacy policy", Client(), "/privacy/"),
    ]


def _last_place(client: "Client") -> str:
    """Go on to the end, as somebody would who holds the key down."""
    at = ""
    while older := _NEXT.search(client.get(f"/photos/?at={at}").content.decode()):
        at = older[1]
    return at


def _staff_pages() -> list[bool]:
    from accounts.models import Campaign
    from bgbegone.lib.cursors import Order
    from images.photos.models import Photo
    from policy.models import CookieConsent
    from tests.base import staff

    client, path = staff(), "/admin/images/photo/"
    user = int(client.session["_auth_user_id"])
    oldest = Photo.objects.order_by("created_at", "pk")[200]
    place = Order("created_at", f"staff:{user}")._cursor("o", oldest)
    first_choice = CookieConsent.objects.order_by("given_at")[200]
    noted = Order("given_at", f"noted:{user}:cookies")._cursor("o", first_choice)
    notes, sent = (
        "/admin/noted/?kind=cookies",
        f"/admin/accounts/campaign/{Campaign.objects.get().pk}/change/",
    )
    return [
        _page("staff: photos, first page", client, path, _STAFF_MARK),
        _page("staff: photos, last pages", client, f"{path}?at={place}", _STAFF_MARK),
        _page("staff: photos that failed", client, f"{path}?cutout__status__exact=failed", _STAFF_MARK),
        _page("staff: photos that are done", client, f"{path}?cutout__status__exact=done", _STAFF_MARK),
        _page("staff: photos of one member", client, f"{path}?q=alice", _STAFF_MARK),
        _page("staff: people", client, "/admin/accounts/user/", _STAFF_MARK),
        _page("staff: what we noted, first page", client, notes, _STAFF_MARK),
        _page("staff: what we noted, last pages", client, f"{notes}&at={noted}", _STAFF_MARK),
        _page("staff: campaigns", client, "/admin/accounts/campaign/", _STAFF_MARK),
        _page("staff: a campaign that was sent", client, sent, _STAFF_MARK),
        _page("staff: dashboard, twelve months", client, "/admin/dashboard/?range=12m", _STAFF_MARK),
    ]


def _moves() -> list[bool]:
    from images.work import jobs
    from images.work.models import Cutout

    def place() -> None:
        waiting = Cutout.objects.filter(status="queued").order_by("queued_at").first()
        assert waiting
        waiting.ahead()

    return [
        _timed("queue: one claim", jobs.claim_next, _MOVE_MARK),
        _timed("queue: a place in it", place, _MOVE_MARK),
        _timed("queue: a sweep", lambda: list(Cutout.objects.silent()), _MOVE_MARK),
    ]


def _page(name: str, client: "Client", address: str, mark: int = _MARK) -> bool:
    def ask() -> None:
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)

    return _timed(name, ask, mark)


def _timed(name: str, work: Callable[[], object], mark: int) -> bool:
    work()  # compiles templates
    times, worked = [], time.process_time()
    for _ in range(REQUESTS):
        started = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - started))
    here = 1000 * (time.process_time() - worked) / REQUESTS
    slow = sorted(times)[int(REQUESTS * 0.95)]
    is_met = slow <= mark
    figures = f"median {statistics.median(times):7.1f}  p95 {slow:7.1f}  here {here:6.1f}  mark {mark}"
    print(f"{name:34} {figures}{'' if is_met else '  missed'}", flush=True)
    return is_met


if __name__ == "__main__":
    if "--measure" in sys.argv:
        numbers = [int(word) for word in sys.argv if word.isdigit()]
        sys.exit(measure(*[*numbers, *(PHOTOS, VIEWS)[len(numbers) :]]))
    sys.exit(main())
