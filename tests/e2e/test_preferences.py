"""The main pages for those who have told their system how they see: enlarged, in few colours, without motion.

SCREENSHOTS=folder keeps a picture of each in forced colours, to be looked at.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Role
from tests.e2e.main_pages import MAIN_PAGES, show
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("peopled")]

_SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
# A window of 1280 pixels at 200 % and at 400 %.
_WIDTHS = (640, 320)
_FIND = (Path(__file__).parent / "preferences.js").read_text()


@pytest.fixture(scope="module")
def stack(peopled: Stack) -> Stack:
    return peopled


@pytest.mark.parametrize("name", MAIN_PAGES)
def test_a_page_serves_all_who_see_differently(
    new_page: Callable[..., Page], stack: Stack, roles: dict[str, Role], name: str
) -> None:
    page = new_page(viewport={"width": 640, "height": 400}, device_scale_factor=2)
    show(page, stack, roles, name)
    page.evaluate(_FIND)
    problems = _enlarged(page) + _calm(page) + _strong(page) + _in_few_colours(page, name)
    assert not problems, "\n".join(problems)


def _enlarged(page: Page) -> list[str]:
    found = []
    for width in _WIDTHS:
        page.set_viewport_size({"width": width, "height": 400})
        found += page.evaluate("tooWide()")
    return found


def _calm(page: Page) -> list[str]:
    page.emulate_media(reduced_motion="reduce")
    return list(page.evaluate("moving()"))


def _strong(page: Page) -> list[str]:
    found = []
    for scheme in _SCHEMES:
        page.emulate_media(contrast="more", color_scheme=scheme)
        found += page.evaluate("faint()")
    page.emulate_media(contrast="null", color_scheme="light")
    return found


def _in_few_colours(page: Page, name: str) -> list[str]:
    page.evaluate("rememberGrounds()")
    page.emulate_media(forced_colors="active")
    page.keyboard.press("Tab")  # so that what has the focus shows it
    found = list(page.evaluate("lost()"))
    if folder := os.environ.get("SCREENSHOTS"):
        page.set_viewport_size({"width": 640, "height": 800})
        page.screenshot(path=Path(folder) / f"forced-{name}.png", full_page=True)
    return found


_BAD = """<main>
    <p id="wide" style="inline-size: 700px">x</p>
    <p id="faint" style="color: #777; background: #fff">x</p>
    <p id="moving">x</p>
    <i id="ground" style="display: block; block-size: 9px; background: #00f"></i>
    <button id="bare" style="appearance: none; border: 0; outline: none">x</button>
    <label><input id="box" type="checkbox" style="appearance: none; border: 1px solid"> x</label>
    <nav><a id="here" href="/" aria-current="page">x</a> <a href="/">y</a></nav>
</main>"""
_MOVE = "document.getElementById('moving').animate([{ opacity: 1 }, { opacity: 0.5 }], 60_000) && null"


def test_what_is_lost_would_be_noticed(new_page: Callable[..., Page]) -> None:
    page = new_page(viewport={"width": 640, "height": 400})
    page.set_content(_BAD)
    page.evaluate(_FIND)
    page.evaluate(_MOVE)
    found = "\n".join(_enlarged(page) + _calm(page) + _strong(page) + _in_few_colours(page, "bad"))
    for problem, one in (
        ("wider than 640", "wide"),
        ("moves", "moving"),
        ("4.5 : 1", "faint"),
        ("no edge", "bare"),
        ("no focus", "bare"),
        ("checked or not", "box"),
        ("chosen or not", "here"),
        ("only a ground", "ground"),
    ):
        assert re.search(f'^{problem}.*id="{one}"', found, re.MULTILINE), f"{problem}: {one}\n{found}"
