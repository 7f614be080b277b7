"""The main ways in Firefox and in WebKit: one walk, written once; and in Firefox without any script."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e import drivers, people
from tests.e2e.campaign import in_service
from tests.e2e.drivers import Driver
from tests.e2e.pictures import ball
from tests.stack import Stack, wait_for

pytestmark = [pytest.mark.browsers, pytest.mark.model, pytest.mark.xdist_group("crawl")]

_RESULT_SECONDS = 60
_BROWSERS: dict[str, Callable[[], contextlib.AbstractContextManager[Driver]]] = {
    "firefox": drivers.firefox,
    "webkit": drivers.webkit,
    "plain": lambda: drivers.firefox(with_script=False),
}


@pytest.fixture(scope="module", params=_BROWSERS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def driver(kind: str) -> Iterator[Driver]:
    with _BROWSERS[kind]() as driver:
        yield driver


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    file = tmp_path / "ball.jpg"
    file.write_bytes(ball())
    return file


def _send(driver: Driver, stack: Stack, *files: Path) -> None:
    driver.open(f"{stack.address}/")
    # Several are one string with a line for each, by the standard.
    driver.choose("input[name=photos]", "\n".join(map(str, files)))
    driver.click("form button", "Remove the background")


def _wait_for_address(driver: Driver, part: str) -> None:
    wait_for(lambda: part in driver.address, f"never at {part}", _RESULT_SECONDS)


def test_a_photo_is_sent_shown_and_opened_in_the_studio(
    driver: Driver, kind: str, stack: Stack, photo: Path
) -> None:
    _send(driver, stack, photo)
    _wait_for_address(driver, "/photos/")
    driver.find("image-compare img")
    wait_for(lambda: driver.run(_IS_DRAWN), "the result is not drawn", _RESULT_SECONDS)
    driver.click("a", "Open the studio")
    if kind == "plain":
        driver.click("input[type=image]")
        driver.click("button", "Take the last one back")
    else:
        driver.find("canvas[data-loaded]")
        driver.click("[data-do=in]")
        driver.click("[data-do=result]")
    driver.find("button", "Save")


_IS_DRAWN = """return [...document.querySelectorAll("image-compare img")]
    .every((one) => one.complete && one.naturalWidth > 0);"""


def test_two_photos_are_a_batch(driver: Driver, kind: str, stack: Stack, photo: Path) -> None:
    second = photo.with_name("second.jpg")
    second.write_bytes(ball())
    _send(driver, stack, photo, second)
    _wait_for_address(driver, "/batches/")
    wait_for(lambda: _are_ready(driver, kind), "never ready", _RESULT_SECONDS)
    driver.find("a", "Download all as ZIP")


def _are_ready(driver: Driver, kind: str) -> bool:
    if kind == "plain":
        driver.open(driver.address)
    count = "return document.querySelectorAll('.mark-ready, .mark-look').length"
    with contextlib.suppress(drivers.Refused):
        return bool(driver.run(count) == 2)
    return False


def test_somebody_signs_up_gets_news_and_stops_them(driver: Driver, kind: str, stack: Stack) -> None:
    name = f"{kind}-ida"
    driver.open(f"{stack.address}/accounts/signup/")
    driver.type("[name=username]", name)
    driver.type("[name=email]", f"{name}@example.org")
    driver.type("[name=password1]", people.PASSWORD)
    driver.click("[name=policy]")
    driver.click("main button", "Sign up")
    driver.find("h1", "Look into your mailbox")
    driver.open(people.mailed_link(stack, f"{name}@example.org"))
    driver.click("button", "Yes, confirm")
    _wait_for_address(driver, "/photos/")
    driver.open(f"{stack.address}/accounts/news/")
    driver.click("button", "Get news")
    driver.open(people.mailed_link(stack, f"{name}@example.org", 2))
    driver.click("button", "Yes, send me news")
    driver.find("h1", "You will hear from us")
    driver.open(_opt_out_address(stack, name))
    driver.click("main button", "Stop the news")
    driver.find("h1", "Done: no more news")


def _opt_out_address(stack: Stack, name: str) -> str:
    """As it stands under every copy of the news."""
    told = in_service(
        stack,
        "from accounts.models import EmailPreference; from accounts.mailing import tokens; "
        f"print(tokens.opt_out_url(EmailPreference.objects.get(user__username={name!r})))",
    )
    return told.split()[-1]
