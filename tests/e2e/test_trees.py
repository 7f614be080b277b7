"""The accessibility tree of each main page: what it says to those who do not see it, as reviewed text.

With TREES=write the files are written anew, and whoever does that reads what has changed.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Role
from tests.e2e.main_pages import MAIN_PAGES, show
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("peopled")]

_FOLDER = Path(__file__).parent / "trees"
# Of the policy its head is enough: the words have tests of their own.
_LINES = {"policy": 60}
# What is another on each day, in each run, or where the network for clicks is installed.
_VOLATILE = {
    r'\n *- radio "Choose by click"\n *- text: Choose by click': "",
    r"\n *- /url: .*": "",
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}": "(id)",
    r"localhost:\d+\S*": "(address)",
    r"\d{1,2} [A-Z][a-z]+ \d{4}": "(date)",
    r"\d\d:\d\d": "(time)",
    r"\d+ hours, \d+ minutes": "(while)",
    r"cut out in [\d.]+ s tiny ONNX Runtime [\d.]+": "cut out in (seconds) tiny ONNX Runtime (version)",
    r"Last opened on \(date\), \(time\)\.|Not opened yet\.": "(last opened)",
    r"\d+% Fit": "(zoom) Fit",
    r"\b\d+(\.\d+)? (bytes|kB|KB)": "(bytes)",
}


@pytest.fixture(scope="module")
def stack(peopled: Stack) -> Stack:
    return peopled


@pytest.mark.parametrize("name", MAIN_PAGES)
def test_a_page_says_what_was_reviewed(
    new_page: Callable[..., Page], stack: Stack, roles: dict[str, Role], name: str
) -> None:
    page = new_page(reduced_motion="reduce")
    show(page, stack, roles, name)
    # Head and foot are the same everywhere.
    said = _steady(page.locator("body" if name == "start" else "main").aria_snapshot(), _LINES.get(name))
    file = _FOLDER / f"{name}.txt"
    if os.environ.get("TREES") == "write":
        file.write_text(said)
    assert said == file.read_text()


def _steady(tree: str, lines: int | None) -> str:
    for pattern, word in _VOLATILE.items():
        tree = re.sub(pattern, word, tree)
    return "\n".join(tree.splitlines()[:lines]) + "\n"
