"""`python -m tests.e2e.batch [PHOTOS] [MEGABYTES] [KILLS] [SECONDS]`: a batch that everything happens to.

By default 500 photos of 3 MB, cut out by the real network; ten minutes. Needs Chromium, PostgreSQL, Redis.
Chromium drops the folder; its tab crashes when half has arrived, and the folder is dropped once more.
Meanwhile workers and web processes are killed with SIGKILL KILLS times each, and database and broker are cut
off for SECONDS (60). Then the archive is cut twice and resumed, and a robot goes through the review by
keyboard. Ends with a table, and with 0 if nothing was lost, none was there twice, and all sums agree.
"""

import hashlib
import http.cookiejar
import os
import secrets
import signal
import statistics
import sys
import tempfile
import threading
import time
import urllib.request
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import redis
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from tests import parts
from tests.bench import tables
from tests.e2e import steps
from tests.e2e.conftest import FLAGS
from tests.e2e.pictures import ball
from tests.relay import Relay, relay
from tests.stack import Stack, serving, wait_for

_MOST_SECONDS = 600
_REDIS_DATABASE = 15  # that of whole services under test
_PAUSE = 8  # seconds from one kill to the next: a worker that has to load the network gets something done
_LOOK = 1.0  # seconds for which the robot looks at a photo, as a person would
_MOST_REVIEWED = 60

# Notes when a key was pressed, and when the picture of the next photo stood on the screen: the second frame
# after it was decoded has been painted.
_WATCH = """() => {
    const root = document.querySelector("#review"), stage = root.querySelector("[data-stage]");
    window.shown = [];
    let pressed = 0;
    addEventListener("keydown", () => { pressed = performance.now(); }, true);
    new MutationObserver(async () => {
        const at = pressed, image = stage.querySelector("img");
        if (image) await image.decode().catch(() => null);
        requestAnimationFrame(() => requestAnimationFrame(() => window.shown.push(performance.now() - at)));
    }).observe(stage, { childList: true });
}"""


@dataclass
class Run:
    """The running service, the lines to its servers, and what is counted on the way."""

    stack: Stack
    web: Relay
    servers: list[Relay]
    database: str
    started: float = field(default_factory=time.monotonic)
    megabytes: int = 0
    killed: Counter[str] = field(default_factory=Counter)

    @property
    def address(self) -> str:
        return f"http://localhost:{self.web.port}"

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Asked past the line that is cut."""
        with psycopg.connect(self.database) as connection:
            return connection.execute(query).fetchall()

    def sums(self) -> Counter[str]:
        return Counter(each for (each,) in self.rows("SELECT sha256 FROM images_photo"))

    def accepted(self) -> int:
        count: int = self.rows("SELECT count(*) FROM images_item WHERE verdict = 'accepted'")[0][0]
        return count

    def fates(self) -> dict[str, int]:
        return dict(self.rows("SELECT fate, count(*) FROM images_item GROUP BY fate"))

    def is_over(self, photos: int) -> bool:
        return sum(self.fates().get(fate, 0) for fate in ("ready", "failed", "refused")) >= photos


@contextmanager
def running(folder: Path) -> Iterator[Run]:
    name = f"bgbegone_batch_{secrets.token_hex(4)}"
    queue = urlsplit(parts.REDIS)._replace(path=f"/{_REDIS_DATABASE}")
    with psycopg.connect(parts.POSTGRES, autocommit=True) as server, ExitStack() as stack:
        server.execute(f"CREATE DATABASE {name}")
        stack.callback(server.execute, f"DROP DATABASE {name} WITH (FORCE)")
        direct = urlsplit(parts.POSTGRES)._replace(path=f"/{name}")
        postgres, broker = (stack.enter_context(relay(each.port or 0)) for each in (direct, queue))
        stack.callback(_forget_queue, queue.geturl())
        served = stack.enter_context(
            serving(
                folder,
                DATABASE_URL=_through(direct.geturl(), direct.port, postgres),
                BROKER_URL=_through(queue.geturl(), queue.port, broker),
                CACHE_URL=_through(queue.geturl(), queue.port, broker),
            )
        )
        served.wait_until("database", "broker", "storage", "worker", "model")
        web = stack.enter_context(relay(served.port))
        yield Run(served, web, [postgres, broker], direct.geturl())


def _forget_queue(address: str) -> None:
    with redis.Redis.from_url(address) as connection:
        connection.flushdb()


def _through(address: str, port: int | None, line: Relay) -> str:
    return address.replace(f":{port}/", f":{line.port}/")


def photos_in(folder: Path, number: int, megabytes: float) -> Path:
    """As large as a camera's: what follows the end of a JPEG travels, and is read by nobody."""
    root = folder / "run"
    root.mkdir()
    for n in range(number):
        data = ball()
        (root / f"{n:04}.jpg").write_bytes(data + os.urandom(max(int(megabytes * 1e6) - len(data), 0)))
    return root


def drop(page: Page, folder: Path) -> None:
    """As a browser does it when a folder comes from the desktop."""
    network = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(folder)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        network.send("Input.dispatchDragEvent", {"type": kind, "x": 300, "y": 300, "data": data})
    page.locator(".chosen bdi").first.wait_for(timeout=60_000)


def send(context: BrowserContext, address: str, folder: Path) -> Page:
    """Drop the folder on the first page and press the button, again where the server cannot answer."""
    page = context.new_page()
    _insist(lambda: _open(page, address))
    drop(page, folder)
    time.sleep(2)  # all of the folder has been read
    for _ in range(60):
        steps.submit(page).click()
        with suppress(Error):
            page.wait_for_function(
                "() => location.pathname.startsWith('/batches/') || "
                "!document.querySelector('.sending-batch').hidden",
                timeout=5_000,
            )
            return page
    raise AssertionError("the upload does not begin")


def _open(page: Page, address: str) -> None:
    """The first page itself: where the database is cut off, another one answers."""
    page.goto(address, timeout=20_000)
    page.locator("#upload[data-enhanced]").wait_for(timeout=5_000)


def _arrive(run: Run, page: Page) -> None:
    """Stay until everything is sent; a web server that is killed when the page goes on is asked again."""
    with suppress(Error):
        page.wait_for_url(steps.BATCH_PAGE, timeout=_MOST_SECONDS * 1000)
    ((batch,),) = run.rows("SELECT id FROM images_batch")
    _insist(lambda: page.goto(f"{run.address}/batches/{batch}/"))


def _insist(act: Callable[[], object]) -> None:
    for _ in range(60):
        try:
            act()
        except Error:
            time.sleep(2)
        else:
            return
    act()


def crash_tab(page: Page) -> None:
    """As when its memory is used up: no script of it runs any more."""
    page.on("dialog", lambda dialog: dialog.accept())  # “files are being sent”
    with page.expect_event("crash", timeout=30_000), suppress(Error):
        page.goto("chrome://crash")
    page.close()


def hunt(run: Run, kills: int, seconds: float, is_over: Callable[[], bool]) -> None:
    """Kill workers and web processes in turn; in the middle of it, cut off database and broker."""
    prey: dict[str, Callable[[], list[int]]] = {
        "worker": run.stack.pool_pids,
        "web": lambda: run.stack.pids("gunicorn"),
    }
    for n in range(kills):
        if n == kills // 2 and seconds:
            _cut(run, seconds)
        for name, pids in prey.items():
            time.sleep(_PAUSE)
            if is_over():
                return
            run.killed[name] += bool(found := pids())
            for pid in found:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def _cut(run: Run, seconds: float) -> None:
    for line in run.servers:
        line.cut()
    time.sleep(seconds)
    for line in run.servers:
        line.mend()
    run.killed["cut, s"] += int(seconds)


def watch_memory(run: Run, is_over: threading.Event) -> None:
    while not is_over.wait(3):
        with suppress(OSError):
            run.megabytes = max(run.megabytes, run.stack.megabytes())


@dataclass(frozen=True)
class Archive:
    """What came of it: whole, and in three parts of which two were cut off."""

    sums: set[str]
    files: int
    broken: str | None
    megabytes: float
    first_byte: float  # milliseconds


def archive(run: Run, opener: urllib.request.OpenerDirector, page: str, folder: Path) -> Archive:
    address, sums, start = f"{run.address}{page}archive.zip", set(), time.monotonic()
    whole = folder / "whole.zip"
    with opener.open(address, timeout=120) as response, whole.open("wb") as file:
        file.write(response.read(1))
        first_byte = time.monotonic() - start
        etag, size = response.headers["ETag"], int(response.headers["Content-Length"])
        while data := response.read(1 << 20):
            file.write(data)
    with whole.open("rb") as file:
        sums.add(hashlib.file_digest(file, "sha256").hexdigest())
    digest, at = hashlib.sha256(), 0
    for stop in (size // 3, 2 * size // 3, size):
        part = urllib.request.Request(address, headers={"Range": f"bytes={at}-", "If-Range": etag})
        with opener.open(part, timeout=120) as response:  # left in the middle: the line breaks
            while at < stop and (data := response.read(min(1 << 20, stop - at))):
                digest.update(data)
                at += len(data)
    sums.add(digest.hexdigest())
    with zipfile.ZipFile(whole) as found:
        names, broken = len(found.namelist()), found.testzip()
    return Archive(sums, names, broken, size / 1e6, first_byte * 1000)


def review(page: Page, address: str, look: float, most: int) -> tuple[float, list[float]]:
    """Accept photo after photo by keyboard: how many a minute, and the milliseconds to each next one."""
    page.goto(f"{address}review/")
    page.locator("[data-hint]").wait_for()
    page.wait_for_load_state("networkidle")
    page.evaluate(_WATCH)
    started = time.monotonic()
    for n in range(most):
        page.wait_for_timeout(look * 1000)
        page.keyboard.press("a")
        page.wait_for_function(f"() => window.shown.length >= {n + 1}", polling=10)
    return 60 * most / (time.monotonic() - started), page.evaluate("() => window.shown")


def _has_told(run: Run, answers: int) -> None:
    """Answers are sent while the next photo is looked at; the table tells what is missing."""
    with suppress(AssertionError):
        wait_for(lambda: run.accepted() == answers, "answers are missing", 15)


def batch_run(
    run: Run, browser: Browser, folder: Path, photos: int, kills: int, seconds: float
) -> dict[str, Any]:
    root = folder / "run"
    total = sum(file.stat().st_size for file in root.iterdir())
    context = browser.new_context(base_url=run.address)
    there = _half_sent(run, context, root, photos)
    with _troubled(run, kills, seconds) as hunter:
        page = send(context, run.address, root)
        _arrive(run, page)
        uploaded, sent = time.monotonic() - run.started, run.web.bytes_there
        with suppress(AssertionError):  # the table tells what still waits
            wait_for(lambda: run.is_over(photos), "photos still wait", _MOST_SECONDS)
        worked = time.monotonic() - run.started
        hunter.join()
        run.stack.wait_until("database", "broker", "storage", "worker", "model")
        path = urlsplit(page.url).path
        packed = archive(run, _opener(context), path, folder)
        most = min(photos // 2, _MOST_REVIEWED)
        rates = _reviewed(run, page, f"{run.address}{path}", most)
    ended = time.monotonic() - run.started
    return {
        "photos, MB": (photos, round(total / 1e6)),
        "fates": run.fates(),
        "there when the tab crashed": there,
        "sums sent = sums kept": _sums(root) == run.sums(),
        "items, photos of them, photos": run.rows(
            "SELECT count(*), count(DISTINCT photo_id), (SELECT count(*) FROM images_photo) FROM images_item"
        )[0],
        "MB sent again": round((sent - total) / 1e6, 1),
        "killed": dict(run.killed),
        "seconds to all sent, cut out, the end": tuple(round(each) for each in (uploaded, worked, ended)),
        "archive: files, MB, broken": (packed.files, round(packed.megabytes), packed.broken),
        "archive: SHA-256, whole and cut twice": sorted(each[:16] for each in packed.sums),
        "archive: first byte, ms": round(packed.first_byte),
        "review: photos/min, next ms p50 p95 max": rates,
        "reviewed in the database": run.accepted(),
        "memory of all processes at most, MB": run.megabytes,
        "pieces left": len(list((run.stack.data / "var" / "files").glob("uploads/*/*"))),
        "clean": _is_clean(run, photos, packed, root, most),
    }


def _half_sent(run: Run, context: BrowserContext, root: Path, photos: int) -> int:
    """Send until half has arrived and the tab crashes; how many are there."""
    page = send(context, run.address, root)
    half = f"() => parseInt(document.querySelector('[data-files]').textContent) >= {photos // 2}"
    page.wait_for_function(half, timeout=_MOST_SECONDS * 1000)
    crash_tab(page)
    return sum(count for fate, count in run.fates().items() if fate != "awaited")


@contextmanager
def _troubled(run: Run, kills: int, seconds: float) -> Iterator[threading.Thread]:
    """In the block processes are killed, and lines cut, by the thread that it is given."""
    over = threading.Event()
    hunter = threading.Thread(target=hunt, args=(run, kills, seconds, over.is_set), daemon=True)
    watcher = threading.Thread(target=watch_memory, args=(run, over), daemon=True)
    hunter.start()
    watcher.start()
    try:
        yield hunter
    finally:
        over.set()
        watcher.join()


def _opener(context: BrowserContext) -> urllib.request.OpenerDirector:
    """A program with the browser's cookies."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    opener.addheaders = [("Cookie", "; ".join(f"{c['name']}={c['value']}" for c in context.cookies()))]
    return opener


def _reviewed(run: Run, page: Page, address: str, most: int) -> list[str]:
    """Half of them with a look at each, half as fast as keys can be pressed."""
    looked = review(page, address, _LOOK, most // 2)
    _has_told(run, most // 2)  # else the page would begin with a photo whose answer is on its way
    hasty = review(page, address, 0, most - most // 2)
    _has_told(run, most)
    return [_figures(*each) for each in (looked, hasty)]


def _figures(rate: float, shown: list[float]) -> str:
    ordered = sorted(shown)
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    return f"{rate:.0f}: {statistics.median(shown):.0f} {p95:.0f} {ordered[-1]:.0f}"


def _sums(root: Path) -> Counter[str]:
    return Counter(hashlib.sha256(file.read_bytes()).hexdigest() for file in root.iterdir())


def _is_clean(run: Run, photos: int, packed: Archive, root: Path, reviewed: int) -> bool:
    return all(
        [
            run.fates() == {"ready": photos},
            run.sums() == _sums(root),
            len(packed.sums) == 1,
            packed.broken is None,
            packed.files == photos + 1,
            run.accepted() == reviewed,
        ]
    )


def main() -> int:
    if not (parts.chromium() and parts.has_servers()):
        print("This needs Chromium, PostgreSQL and Redis.")
        return 2
    said = [float(text) for text in sys.argv[1:]]
    photos, megabytes, kills, seconds = [*said, *[500.0, 3.0, 10.0, 60.0][len(said) :]][:4]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        photos_in(Path(folder), int(photos), megabytes)
        chromium = playwright.chromium.launch(executable_path=parts.headless_chromium(), args=FLAGS)
        with running(Path(folder)) as run:
            outcome = batch_run(run, chromium, Path(folder), int(photos), int(kills), seconds)
        chromium.close()
    rows = [[name, str(value)] for name, value in outcome.items()]
    print(f"{tables.machine()}\n\n{tables.table(['what', 'figure'], rows)}")
    return 0 if outcome["clean"] else 1


if __name__ == "__main__":
    sys.exit(main())
