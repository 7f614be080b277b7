"""Staff's pages: for every eye, and by keyboard alone.

SCREENSHOTS=folder keeps a picture of each, to be looked at.
"""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import accessible
from tests.e2e.campaign import in_service
from tests.e2e.conftest import Watch
from tests.e2e.pictures import ball
from tests.stack import Stack, Visitor, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.model]

_STATUS = "from images.models import Cutout; print(Cutout.objects.latest('queued_at').status)"


@pytest.fixture(scope="module")
def told(stack: Stack) -> dict[str, Any]:
    """The session of a member of staff, and a page of each kind."""
    Visitor(stack.address).upload(ball())
    wait_for(lambda: in_service(stack, _STATUS).split()[-1] == "done", "no result")
    words = in_service(stack, "from tests.e2e.cast import tell_staff; tell_staff()")
    return dict(json.loads(words.splitlines()[-1]))


@pytest.fixture
def page(told: dict[str, Any], new_page: Callable[..., Page], stack: Stack) -> Page:
    opened = new_page(reduced_motion="reduce")
    cookies = told["cookies"].items()
    opened.context.add_cookies(
        [{"name": key, "value": value, "url": stack.address} for key, value in cookies]
    )
    return opened


def _keep_pictures(page: Page, path: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        name = re.sub(r"\W+", "-", re.sub(r"[0-9a-f-]{36}|\d+", "N", path)).strip("-")
        for width in accessible.WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            for scheme in accessible.SCHEMES:
                page.emulate_media(color_scheme=scheme)
                page.screenshot(path=Path(folder) / f"{name}-{width}-{scheme}.png", full_page=True)


def test_every_page_is_for_every_eye_in_both_schemes(page: Page, told: dict[str, Any], watch: Watch) -> None:
    if os.environ.get("SCREENSHOTS"):
        watch.expect("style-src|inline style")  # the camera brings a style of its own
    found = []
    for path in told["pages"]:
        answer = page.goto(path)
        assert answer
        assert answer.status == 200, path
        found += accessible.findings(page, [1280])
        for width in accessible.WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                found.append(f"{path} is wider than {width}")
        _keep_pictures(page, path)
    assert found == [], "\n".join(found)


# What has the focus, and whether a person sees that it has.
_FOCUSED = """() => {
    const one = document.activeElement;
    const shown = one.matches(".board-range input") ? one.nextElementSibling : one;
    const { outlineStyle, outlineWidth } = getComputedStyle(shown);
    const words = one.textContent.trim() || one.value || one.name || one.id || one.tagName;
    return [words, one === document.body || (outlineStyle !== "none" && parseFloat(outlineWidth) > 0)];
}"""


def _tab_to(page: Page, words: str) -> None:
    """Go on by keyboard to what bears these words, seeing the focus all the way."""
    for _ in range(120):
        page.keyboard.press("Tab")
        focused, is_seen = page.evaluate(_FOCUSED)
        assert is_seen, f"nobody sees the focus on {focused}"
        if focused == words:
            return
    raise AssertionError(f"{words} is not reached")


def test_a_campaign_is_written_looked_at_and_sent_by_keyboard(page: Page) -> None:
    page.goto("/admin/accounts/campaign/add/")
    page.get_by_label("Subject").focus()
    page.keyboard.type("News by keyboard")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.type("Hello {{ name | there }}, see [the guides](/guides/).")
    _tab_to(page, "Save")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Preview")
    expect(page.locator(".campaign-links li")).to_contain_text("works")
    page.locator("#content-start").focus()
    _tab_to(page, "Send…")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Send")
    page.locator("#content-start").focus()
    _tab_to(page, "Send")
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("It is on its way")


def test_the_dashboard_and_the_notes_are_read_by_keyboard(page: Page) -> None:
    page.goto("/admin/")
    _tab_to(page, "Dashboard")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dashboard")
    page.locator("[name=range]:checked").focus()
    page.keyboard.press("ArrowRight")
    _tab_to(page, "Show")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("range=90"))
    _tab_to(page, "What we noted")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("What we noted")
    _tab_to(page, "Links to other sites")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2, name="Links to other sites")).to_be_visible()
    _tab_to(page, "q")
    page.keyboard.type("example")
    page.keyboard.press("Enter")
    expect(page.get_by_role("cell", name="example.org")).to_be_visible()
