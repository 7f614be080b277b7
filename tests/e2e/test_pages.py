"""What holds for every page: it fits, it has one heading, it works by keyboard, and it is small.

SCREENSHOTS=folder keeps a picture of each, to be looked at.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Known, Watch
from tests.e2e.pictures import blank

pytestmark = [pytest.mark.browser, pytest.mark.model]

_Scheme = Literal["light", "dark"]
_SCHEMES: tuple[_Scheme, ...] = ("light", "dark")
_WIDTHS = (390, 1280)


def _chosen(page: Page) -> None:
    steps.choose(
        page, steps.file(), steps.file("a name that is far longer than any narrow screen can hold.jpg")
    )
    expect(page.locator(".chosen li")).to_have_count(2)


def _refused(page: Page) -> None:
    steps.send(page, steps.file("letter.jpg", b"Dear Alice"))
    expect(page.get_by_role("alert").first).to_be_visible()


def _sent(page: Page, *files: FilePayload) -> None:
    steps.send(page, *files)
    expect(page).to_have_url(steps.PHOTO_PAGE, timeout=steps.RESULT_MS)


def _working(page: Page) -> None:
    """Behind two others, and with its poll held back, so that it stands still."""
    page.route("**/status/", lambda route: None)
    for _ in range(3):
        _sent(page)
    expect(page.locator(".working")).to_be_visible()


def _failed(page: Page) -> None:
    steps.send(page, steps.file("fog.jpg", blank()))
    expect(page.locator(".failed")).to_contain_text("No subject could be found", timeout=steps.RESULT_MS)


def _list(page: Page) -> None:
    """One after the other, since several at once are a batch, which has a page of its own."""
    _sent(page)
    _sent(page, steps.file("a name that is far longer than its picture is wide.jpg"))
    page.goto("/photos/")
    expect(page.locator(".chip-done")).to_have_count(2, timeout=steps.RESULT_MS)


_WAYS: dict[str, Callable[[Page], object]] = {
    "home": lambda page: page.goto("/"),
    "chosen": _chosen,
    "refused": _refused,
    "failed": _failed,
    "list": _list,
    "empty": lambda page: page.goto("/photos/"),
    "missing": lambda page: page.goto("/nowhere/"),
    "login": lambda page: page.goto("/accounts/login/"),
    # Last, since what it sends keeps the worker busy for a while.
    "working": _working,
}


def _keep_pictures(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        for scheme in _SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=Path(folder) / f"{name}-{scheme}.png", full_page=True)


def _expect_sound(page: Page, name: str) -> None:
    for width in _WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        _keep_pictures(page, f"{name}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.get_by_role("heading", level=1)).to_have_count(1)


@pytest.mark.parametrize("name", _WAYS)
def test_a_page_fits_every_width_and_has_one_heading(page: Page, watch: Watch, name: str) -> None:
    watch.expect("status of 4(04|22)")
    _WAYS[name](page)
    _expect_sound(page, name)


def test_the_result_fits_every_width(known: Known, new_page: Callable[..., Page]) -> None:
    page = known.open(new_page)
    steps.expect_drawn(page.get_by_alt_text("The subject without its background"))
    _expect_sound(page, "result")


def test_the_public_page_fits_every_width(known: Known, page: Page) -> None:
    page.goto(known.link)
    steps.expect_drawn(page.locator(".frame img"))
    _expect_sound(page, "shared")


def test_a_page_is_dark_for_those_who_want_it_dark(page: Page) -> None:
    page.goto("/")
    colours = []
    for scheme in _SCHEMES:
        page.emulate_media(color_scheme=scheme)
        colours.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert colours == ["rgb(243, 245, 244)", "rgb(15, 18, 19)"]


def test_a_broken_policy_would_be_noticed(page: Page, watch: Watch) -> None:
    watch.expect("policy|Policy|example.org")
    page.goto("/")
    with page.expect_console_message(lambda message: "policy violated: connect-src" in message.text):
        page.evaluate("fetch('https://example.org/').catch(() => null)")
    assert any("policy violated" in problem for problem in watch.problems)


def test_the_first_page_weighs_less_than_100_kb(page: Page) -> None:
    sizes: list[float] = []
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto("/", wait_until="networkidle")
    assert len(sizes) >= 3  # the page, its style, its script
    assert sum(sizes) < 100_000


# The file field itself is invisible; its label shows the focus.
_FOCUSED = """() => {
    const field = document.activeElement;
    const shown = field.type === "file" ? field.nextElementSibling : field;
    const { outlineStyle, outlineWidth } = getComputedStyle(shown);
    return [field.name || field.type || "", outlineStyle !== "none" && parseFloat(outlineWidth) > 0];
}"""


def test_choosing_and_sending_need_only_the_tab_key(page: Page) -> None:
    page.goto("/")
    focused = []
    for _ in range(10):
        page.keyboard.press("Tab")
        focused.append(page.evaluate(_FOCUSED))
    names = [name for name, _ in focused if name in ("photos", "visibility", "submit")]
    assert names == ["photos", "visibility", "submit"]
    assert all(is_visible for name, is_visible in focused if name)


def test_the_space_key_opens_the_file_dialog(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Choose photos").focus()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files([steps.file()])
    expect(page.locator(".chosen li")).to_have_count(1)
