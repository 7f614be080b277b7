"""Time spent on a page, with a real one that is hidden, blurred, minimised, left and closed (promise P8)."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page

from tests import parts
from tests.base import BROWSER
from tests.e2e import prompt
from tests.e2e.conftest import FLAGS, launched
from tests.stack import Stack, serving, wait_for

pytestmark = pytest.mark.browser

# What the page measures and what we do are told apart by this much, on a busy machine too.
_MS = 300
_FLUSH_SECONDS = 20
# After which everything that was told has been written.
_SETTLED_SECONDS = 4 * prompt.SECONDS


@dataclass(frozen=True)
class Views:
    """The rows that were added since the test began."""

    stack: Stack
    before: frozenset[str]

    def times(self) -> list[int | None]:
        rows = self.stack.rows("SELECT id, active_ms FROM policy_pageview")
        return [ms for name, ms in rows if name not in self.before]

    def wait_for_rows(self, number: int = 1) -> None:
        wait_for(lambda: len(self.times()) >= number, "no page view", _FLUSH_SECONDS)

    def told(self, about: float) -> int:
        """The one time that arrived, when it is not much shorter: it grows each time the page is hidden."""
        least = about - _MS
        wait_for(lambda: any((ms or 0) > least for ms in self.times()), f"never {least}", _FLUSH_SECONDS)
        (ms,) = [ms for ms in self.times() if ms]
        return ms


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """No more of the service than answers and notes, so that nothing keeps the browser waiting."""
    with serving(tmp_path_factory.mktemp("stack"), False, "-m tests.e2e.prompt") as running:
        yield running


@pytest.fixture
def views(stack: Stack) -> Views:
    known = stack.rows("SELECT id FROM policy_pageview")
    return Views(stack, frozenset(name for (name,) in known))


class Tabs:
    """A browser whose tabs are hidden when others are in front. Playwright's own pages believe that they
    are always visible; those outside of its contexts are as a person would have them."""

    def __init__(self, session: CDPSession) -> None:
        self._session = session

    def open(self, address: str, *, background: bool = False) -> str:
        target = self._session.send("Target.createTarget", {"url": address, "background": background})
        return str(target["targetId"])

    def show(self, tab: str) -> None:
        self._session.send("Target.activateTarget", {"targetId": tab})

    def close(self, tab: str) -> None:
        self._session.send("Target.closeTarget", {"targetId": tab})

    def set_window(self, tab: str, state: str) -> None:
        window = self._session.send("Browser.getWindowForTarget", {"targetId": tab})["windowId"]
        bounds = {"windowId": window, "bounds": {"windowState": state}}
        self._session.send("Browser.setWindowBounds", bounds)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium with tabs and windows: of two pages only one is in front."""
    with launched(parts.chromium()) as chromium:
        yield chromium


@pytest.fixture
def tabs(browser: Browser) -> Iterator[Tabs]:
    """Named as a person's browser: Chromium calls itself headless, and would be left out as a program."""
    flags = [*FLAGS, f"--user-agent={BROWSER}"]
    own = browser.browser_type.launch(executable_path=parts.chromium(), args=flags)
    yield Tabs(own.new_browser_cdp_session())
    own.close()


@pytest.fixture
def hidden(tabs: Tabs, views: Views, stack: Stack) -> str:
    """A page of ours that was loaded behind another tab, and not looked at yet."""
    tabs.show(tabs.open("about:blank"))
    tab = tabs.open(f"{stack.address}/accounts/login/", background=True)
    views.wait_for_rows()
    time.sleep(1)
    return tab


def _looked_at(tabs: Tabs, tab: str, seconds: float) -> float:
    """Bring a tab to the front for a while; return for how many milliseconds."""
    tabs.show(tab)
    started = time.monotonic()
    time.sleep(seconds)
    return (time.monotonic() - started) * 1000


def test_p08_only_the_time_in_front_counts_until_the_tab_is_closed(
    tabs: Tabs, views: Views, hidden: str
) -> None:
    first = _looked_at(tabs, hidden, 1.4)
    other = tabs.open("about:blank")
    time.sleep(1.2)
    second = _looked_at(tabs, hidden, 0.9)
    tabs.show(other)
    time.sleep(0.7)
    third = _looked_at(tabs, hidden, 0.6)
    tabs.close(hidden)
    spent = first + second + third
    assert views.told(spent) == pytest.approx(spent, abs=_MS)


def test_p08_a_page_that_is_hidden_has_told_its_time_before_it_is_closed(
    tabs: Tabs, views: Views, hidden: str
) -> None:
    shown = _looked_at(tabs, hidden, 1.5)
    tabs.open("about:blank")
    assert views.told(shown) == pytest.approx(shown, abs=_MS)


def test_p08_a_minimised_window_does_not_count(tabs: Tabs, views: Views, hidden: str) -> None:
    first = _looked_at(tabs, hidden, 1)
    tabs.set_window(hidden, "minimized")
    time.sleep(1.5)
    tabs.set_window(hidden, "normal")
    second = _looked_at(tabs, hidden, 1)
    tabs.close(hidden)
    assert views.told(first + second) == pytest.approx(first + second, abs=_MS)


def test_p08_a_page_that_nobody_looked_at_has_no_time(tabs: Tabs, views: Views, hidden: str) -> None:
    time.sleep(1)
    tabs.close(hidden)
    time.sleep(_SETTLED_SECONDS)
    assert views.times() == [None]


# When our script looked for the first time, and when the page was blurred or came back, by its own clock: the
# machine may take a while between our order and the page's obedience.
_NOTE = """() => {
    const hasFocus = document.hasFocus.bind(document);
    document.hasFocus = () => { window.began ??= performance.now(); return hasFocus(); };
    for (const kind of ["blur", "pageshow"])
        addEventListener(kind, () => { window[kind + "At"] = performance.now(); });
}"""


def _noting(page: Page) -> Page:
    page.add_init_script(f"({_NOTE})()")
    return page


@pytest.fixture
def reading(new_page: Callable[..., Page], views: Views) -> Page:
    """A page of Playwright's, which is visible all the time, and in focus until told otherwise. Opened when
    `views` has looked what was there before it."""
    page = _noting(new_page(user_agent=BROWSER))
    page.goto("/accounts/login/")
    return page


def test_p08_a_visible_page_without_focus_does_not_count(reading: Page, views: Views) -> None:
    reading.wait_for_timeout(1200)
    focus = reading.context.new_cdp_session(reading)
    focus.send("Emulation.setFocusEmulationEnabled", {"enabled": False})
    reading.context.new_page()
    reading.wait_for_timeout(1500)
    assert reading.evaluate("[document.visibilityState, document.hasFocus()]") == ["visible", False]
    shown: float = reading.evaluate("blurAt - began")
    reading.goto("about:blank")
    assert views.told(shown) == pytest.approx(shown, abs=_MS)


def test_p08_leaving_for_another_page_tells_the_time_of_the_first(reading: Page, views: Views) -> None:
    reading.wait_for_timeout(1000)
    shown: float = reading.evaluate("performance.now() - began")
    reading.goto("about:blank")
    assert views.told(shown) == pytest.approx(shown, abs=_MS)


def _beacons(page: Page) -> list[Any]:
    sent: list[Any] = []
    page.on("request", lambda request: sent.append(request) if "/beacon/" in request.url else None)
    return sent


@pytest.mark.parametrize("signal", ["Sec-GPC", "DNT"])
def test_p08_for_who_said_no_nothing_is_loaded_sent_or_stored(
    new_page: Callable[..., Page], views: Views, signal: str
) -> None:
    page = new_page(user_agent=BROWSER, extra_http_headers={signal: "1"})
    sent = _beacons(page)
    page.goto("/accounts/login/")
    page.wait_for_timeout(500)
    assert page.locator("meta[name=view], script[src*=beacon]").count() == 0
    page.goto("/privacy/")
    page.wait_for_timeout(1000 * _SETTLED_SECONDS)
    assert sent == []
    assert views.times() == []


@pytest.fixture
def remembering(browser: Browser, stack: Stack) -> Iterator[Page]:
    """A browser that keeps the pages that were left, asleep, for the way back; Playwright turns that off."""
    switched_off = ["--disable-back-forward-cache"]
    own = browser.browser_type.launch(
        executable_path=parts.chromium(), args=FLAGS, ignore_default_args=switched_off
    )
    yield _noting(own.new_page(user_agent=BROWSER, base_url=stack.address))
    own.close()


def test_p08_a_page_that_comes_back_goes_on_counting_and_its_sleep_does_not_count(
    remembering: Page, views: Views
) -> None:
    remembering.goto("/privacy/")
    remembering.wait_for_timeout(1000)
    first: float = remembering.evaluate("performance.now() - began")
    remembering.goto("about:blank")
    remembering.wait_for_timeout(2000)
    # Later, or the page that answers would be gone.
    remembering.evaluate("void setTimeout(() => history.back(), 100)")
    remembering.wait_for_timeout(1000)
    # The very page that was left: a new one would have begun a moment ago.
    assert remembering.evaluate("performance.now() - began") > first + 2000
    second: float = remembering.evaluate("performance.now() - pageshowAt")
    remembering.goto("about:blank")
    assert views.told(first + second) == pytest.approx(first + second, abs=_MS)
