"""The running service, a real browser, and pages that report what their visitor would not see."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

from tests import parts
from tests.e2e import steps
from tests.stack import Stack, serving

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]
# Reported by name, because a page could break the policy without a word in the console.
_REPORT_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
    console.error(`policy violated: ${event.effectiveDirective} ${event.blockedURI}`))"""


# Playwright's five seconds are too few where two cores cut out, serve and draw at once. Nothing waits longer
# than it must, except what fails.
expect.set_options(timeout=20_000)


Role = dict[str, Any]

# They live as long as this folder's tests: while Playwright's loop runs, Django refuses database
# queries, which later tests need.


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The service as `make serve` starts it, ready to cut out."""
    with serving(tmp_path_factory.mktemp("stack")) as running:
        running.wait_until("database", "broker", "storage", "worker", "model")
        yield running


@pytest.fixture(scope="package")
def peopled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The web server alone, which knows everybody: nobody works on what is sent to it."""
    with serving(tmp_path_factory.mktemp("peopled"), False, "-m tests.e2e.peopled") as running:
        yield running


@pytest.fixture(scope="package")
def roles(peopled: Stack) -> dict[str, Role]:
    return dict(json.loads((peopled.data / "var" / "roles.json").read_text()))


@contextmanager
def launched(path: str | None) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with launched(parts.headless_chromium()) as chromium:
        yield chromium


@dataclass
class Watch:
    """Collects what went wrong behind the pages of one test."""

    site: str
    problems: list[str] = field(default_factory=list)
    _expected: list[str] = field(default_factory=list)

    def expect(self, pattern: str) -> None:
        """Declare a problem that this test is about."""
        self._expected.append(pattern)

    def over(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", lambda error: self.problems.append(f"script: {error.error}"))
        context.on("request", self._request)
        context.on("requestfailed", self._failed)

    def unexpected(self) -> list[str]:
        return [p for p in self.problems if not any(re.search(e, p) for e in self._expected)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(f"console: {message.text} {message.location['url']}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("blob", "data") and f"{parts.scheme}://{parts.netloc}" != self.site:
            self.problems.append(f"foreign: {request.url}")

    def _failed(self, request: Request) -> None:
        # A download and a page left behind both end as "aborted".
        if request.failure != "net::ERR_ABORTED":
            self.problems.append(f"failed: {request.url} {request.failure}")


@pytest.fixture
def watch(stack: Stack) -> Iterator[Watch]:
    """Fails the test when one of its pages did something that the test did not declare."""
    watcher = Watch(stack.address)
    yield watcher
    assert watcher.unexpected() == []


@pytest.fixture
def new_page(browser: Browser, stack: Stack, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Makes a page for another person: a browser of their own, without any cookie."""
    contexts: list[BrowserContext] = []

    def make(**options: Any) -> Page:
        context = browser.new_context(base_url=stack.address, **{"locale": "en-GB", **options})
        context.add_init_script(_REPORT_VIOLATIONS)
        watch.over(context)
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page()


@dataclass(frozen=True)
class Known:
    """A finished photo, and the cookies of the browser that sent it."""

    address: str
    link: str
    cookies: Any

    def open(self, new_page: Callable[..., Page]) -> Page:
        """The photo's page, as its owner sees it."""
        page = new_page(storage_state=self.cookies)
        page.goto(self.address)
        return page


@pytest.fixture(scope="package")
def known(browser: Browser, stack: Stack) -> Known:
    """One result for all tests that only look at it."""
    with browser.new_context(base_url=stack.address) as context:
        page = context.new_page()
        steps.finished(page)
        return Known(page.url, steps.link(page), context.storage_state())
