"""The proof of the policy in a real browser: every page, with cookies refused and then allowed.

Has a service of its own, so that what its database holds afterwards comes from these visits alone.
"""

import re
import sqlite3
import uuid
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from policy.cookies import registry
from policy.cookies.registry import Category
from tests.base import BROWSER
from tests.e2e import accessible, steps
from tests.e2e.conftest import Known, Watch
from tests.stack import Stack, serving, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.xdist_group("privacy")]

_READ_ONLY = [
    "/guides/",
    "/guides/product-photos/",
    "/guides/marketplace-rules/",
    "/privacy/",
    "/privacy/versions/",
    "/privacy/versions/1/",
    "/privacy/transparency/",
    "/cookies/",
]
_PAGES = [
    "/",
    *_READ_ONLY,
    "/contact/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/photos/",
    "/nowhere/",
    "/leaving/?to=forged",
    "/opt-out/forged/",
    "/receipt/forged/",
]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with serving(tmp_path_factory.mktemp("private")) as running:
        running.wait_until("database", "broker", "storage", "worker", "model")
        yield running


@pytest.fixture(scope="module")
def known(browser: Browser, stack: Stack) -> Known:
    with browser.new_context(base_url=stack.address) as context:
        page = context.new_page()
        steps.finished(page)
        return Known(page.url, steps.link(page), context.storage_state())


def _answer(page: Page, words: str) -> None:
    page.goto("/guides/")
    page.get_by_role("button", name=words).click()
    expect(page.get_by_role("region", name="Your choice is saved")).to_be_visible()


def _cookies(page: Page) -> set[str]:
    return {str(cookie["name"]) for cookie in page.context.cookies()}


def _allowed(*categories: Category) -> set[str]:
    return {cookie.name for category in categories for cookie in registry.of(category)}


def _every_page(page: Page, known: Known) -> Iterator[None]:
    """Stands on each page once, the result and its public page too."""
    for address in [*_PAGES, known.address, known.link]:
        page.goto(address, wait_until="networkidle")
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        yield
    page.goto("/guides/marketplace-rules/")
    page.locator('main a[href^="/leaving/"]').first.click()
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    yield


# Pages that are refused on purpose.
_REFUSED = "status of 4(00|04)"


def test_p11_whoever_only_reads_gets_no_cookie(page: Page) -> None:
    for address in _READ_ONLY:
        page.goto(address, wait_until="networkidle")
    assert _cookies(page) == set()


def test_p11_refused_means_necessary_cookies_only(
    known: Known, new_page: Callable[..., Page], watch: Watch
) -> None:
    watch.expect(_REFUSED)
    page = new_page(storage_state=known.cookies)
    _answer(page, "No, thank you")
    for _ in _every_page(page, known):
        assert _cookies(page) <= _allowed(Category.NECESSARY)


def test_p11_allowed_means_listed_cookies_only(
    known: Known, new_page: Callable[..., Page], watch: Watch
) -> None:
    watch.expect(_REFUSED)
    page = new_page(storage_state=known.cookies)
    _answer(page, "Yes, please")
    page.goto(known.address)
    with page.expect_download():
        page.get_by_role("button", name="Download").click()
    assert "comforts" in _cookies(page)
    for _ in _every_page(page, known):
        assert _cookies(page) <= _allowed(*Category)


def test_every_page_is_accessible(known: Known, new_page: Callable[..., Page], watch: Watch) -> None:
    watch.expect(_REFUSED)
    page = new_page(storage_state=known.cookies)
    found = [finding for _ in _every_page(page, known) for finding in accessible.findings(page)]
    assert found == []


def _dump(stack: Stack) -> str:
    with sqlite3.connect(stack.data / "var" / "db.sqlite3") as database:
        return "\n".join(database.iterdump())


def _views(stack: Stack) -> int:
    with sqlite3.connect(stack.data / "var" / "db.sqlite3") as database:
        return int(database.execute("SELECT count(*) FROM policy_pageview").fetchone()[0])


def _let_views_be_written(new_page: Callable[..., Page], stack: Stack) -> None:
    """What comes last is written last: one more view, which is told by where it came from."""
    site = f"{uuid.uuid4().hex}.example"
    new_page(user_agent=BROWSER).goto("/guides/cars/", referer=f"https://{site}/")
    query = f"SELECT 1 FROM policy_pageview WHERE referrer_host = '{site}'"  # noqa: S608
    wait_for(lambda: stack.rows(query), "the last view was not written", 30)


def test_p08_the_database_holds_nobody(
    known: Known, new_page: Callable[..., Page], stack: Stack, watch: Watch
) -> None:
    watch.expect(_REFUSED)
    before = _views(stack)
    # Headless Chromium calls itself so, and programs are not counted.
    page = new_page(storage_state=known.cookies, user_agent=BROWSER)
    for _ in _every_page(page, known):
        pass
    wait_for(lambda: _views(stack) >= before + len(_PAGES), "the views were not written", 30)
    dump = _dump(stack)
    token = known.link.rstrip("/").rpartition("/")[2]
    for trace in ("127.0.0.1", "::1", "Mozilla", "HeadlessChrome", token):
        assert trace not in dump
    assert re.findall(r"[\w.+-]+@[\w-]+\.\w+", dump) == []


def test_p08_the_log_holds_nobody(known: Known, stack: Stack) -> None:
    token = known.link.rstrip("/").rpartition("/")[2]
    for trace in ("127.0.0.1", "Mozilla", token):
        assert trace not in stack.log


def test_p08_global_privacy_control_means_that_nothing_is_noted(
    new_page: Callable[..., Page], stack: Stack
) -> None:
    _let_views_be_written(new_page, stack)
    before = _views(stack)
    private = new_page(user_agent=BROWSER, extra_http_headers={"Sec-GPC": "1"})
    for address in _READ_ONLY:
        private.goto(address)
    _let_views_be_written(new_page, stack)
    assert _views(stack) == before + 1
