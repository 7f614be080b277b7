"""`python -m tests.bench.upload`: from the click to the visible result, beside the bare inference.

A photo of one megapixel is sent to the whole service on an idle machine: by a client that asks for
pages and pictures as a browser does but draws nothing, as if the browser ran on a machine of its own,
and by a real browser that shares the processor with the network. The network alone is timed in a
process of its own, in turns with them. Prints medians.
"""

import contextlib
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import parts
from tests.bench.engines import running
from tests.bench.load import megapixel
from tests.stack import Stack, Visitor, serving

ROUNDS = 7
_BROWSER = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def report() -> str:
    """Markdown: a sentence with the medians."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder)) as stack,
        _browser() as browser,
        running("bare") as (bare,),
    ):
        stack.wait_until("worker", "model")
        photo = megapixel(Path(folder))
        _seconds_in(browser, stack, photo)  # the first one warms everything up
        bare.run(photo)
        rounds = [
            (bare.run(photo)["seconds"], _seconds_of_client(stack, photo), _seconds_in(browser, stack, photo))
            for _ in range(ROUNDS)
        ]
        megabytes = stack.megabytes()
    inference, client, drawn = (statistics.median(times) for times in zip(*rounds, strict=True))
    return (
        f"From upload to result, one megapixel, medians of {ROUNDS} in turns: the network alone"
        f" {inference:.2f} s; a client that draws nothing {client:.2f} s ({client - inference:+.2f} s);"
        f" a browser on the same cores {drawn:.2f} s ({drawn - inference:+.2f} s)."
        f" All processes of the service together: {megabytes} MB."
    )


def _seconds_of_client(stack: Stack, photo: Path) -> float:
    visitor, data = Visitor(stack.address), photo.read_bytes()
    started = time.perf_counter()
    visitor.result(visitor.upload(data))
    return time.perf_counter() - started


@contextlib.contextmanager
def _browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=parts.chromium(), args=_BROWSER)
        yield browser
        browser.close()


def _seconds_in(browser: Browser, stack: Stack, photo: Path) -> float:
    page = browser.new_page()
    page.goto(stack.address)
    page.locator("#id_photos").set_input_files(photo)
    # The choice is drawn as a thumbnail first, and the browser comes to rest before the click.
    expect(page.locator(".chosen li")).to_have_count(1)
    page.wait_for_timeout(1000)
    seconds = _timed(page)
    page.close()
    return seconds


def _timed(page: Page) -> float:
    started = time.perf_counter()
    page.locator("#upload button[type=submit]").click()
    result = page.locator('img[src$="cutout.webp"]')
    result.wait_for(timeout=60_000)
    result.evaluate("image => image.decode()")
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.stdout.write(f"{report()}\n")
