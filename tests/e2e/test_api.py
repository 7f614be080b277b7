"""The API of the running service: a hasty program, its key in no log, and the page that explains it."""

import hashlib
import io
import os
import statistics
import time
import urllib.error
import urllib.request
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page

from tests.e2e import accessible
from tests.stack import Stack

pytestmark = [pytest.mark.model, pytest.mark.browser]


@pytest.fixture(scope="module")
def key(stack: Stack) -> str:
    return stack.api_key()


def photo(number: int) -> bytes:
    """One megapixel, no two alike."""
    image = Image.new("RGB", (1200, 834), (30, 60, number % 200))
    ImageDraw.Draw(image).ellipse((300, 150, 900, 700), fill=(230, 120, 60))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=92)
    return buffer.getvalue()


def remove(stack: Stack, key: str, data: bytes) -> tuple[int, bytes]:
    boundary = uuid.uuid4().hex
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="image_file"; filename="a.jpg"\r\n\r\n'
    size = f'\r\n--{boundary}\r\nContent-Disposition: form-data; name="size"\r\n\r\nauto'
    request = urllib.request.Request(
        f"{stack.address}/v1.0/removebg",
        head.encode() + data + size.encode() + f"\r\n--{boundary}--\r\n".encode(),
        {"X-API-Key": key, "Content-Type": f"multipart/form-data; boundary={boundary}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as err:
        return err.code, err.read()


def test_fifty_retries_at_once_are_one_job_and_the_same_bytes(stack: Stack, key: str) -> None:
    data = photo(1)
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: remove(stack, key, data), range(50)))
    assert Counter(status for status, _ in answers) == {200: 50}
    assert len({hashlib.sha256(body).digest() for _, body in answers}) == 1
    with Image.open(io.BytesIO(answers[0][1])) as result:
        assert (result.mode, result.size) == ("RGBA", (1200, 834))


def test_a_key_stands_in_no_log(stack: Stack, key: str) -> None:
    assert remove(stack, key, photo(2))[0] == 200
    assert remove(stack, key + "x", photo(3))[0] == 403
    assert key not in stack.log
    assert key[4:] not in stack.log


def test_requests_that_wait_keep_nobody_out(stack: Stack, key: str) -> None:
    """Forty wait for their results, more than there are threads; a page comes all the same."""
    with ThreadPoolExecutor(40) as pool:
        waiting = [pool.submit(remove, stack, key, photo(100 + n % 8)) for n in range(40)]
        time.sleep(0.5)
        seconds = []
        while not all(each.done() for each in waiting):
            started = time.monotonic()
            with urllib.request.urlopen(f"{stack.address}/healthz", timeout=30) as answer:
                assert answer.status == 200
            seconds.append(time.monotonic() - started)
            time.sleep(0.2)
    assert statistics.median(seconds) < 2
    assert {each.result()[0] for each in waiting} == {200}


def test_the_page_breaks_no_policy_and_everybody_can_read_it(new_page: Callable[..., Page]) -> None:
    """A report of the policy fails the test (`watch`)."""
    page = new_page(viewport={"width": 390, "height": 844})
    page.goto("/api/docs/")
    assert page.locator("article.operation").count() >= 17
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Copy the example for curl").click()
    for width in (390, 1280):
        for scheme in ("light", "dark"):
            _photograph(page, width, scheme)
    assert accessible.findings(page) == []


def _photograph(page: Page, width: int, scheme: Literal["light", "dark"]) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        page.set_viewport_size({"width": width, "height": 1400})
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=f"{folder}/api-docs-{width}-{scheme}.png")
