"""Runs axe-core in a page: what a program can find of WCAG 2.2 AA."""

from collections.abc import Sequence
from typing import Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
WIDTHS = (390, 1280)

_EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# All that can change with the scheme: our style sheets give it other colours, and nothing else.
_COLOURS = ["color-contrast", "link-in-text-block"]


def findings(page: Page, widths: Sequence[int] = WIDTHS) -> list[str]:
    """What axe complains about in either scheme and at each width, with the element it means."""
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 844})
        for scheme, rules in zip(SCHEMES, (_EVERYTHING, _COLOURS), strict=True):
            page.emulate_media(color_scheme=scheme)
            found += [f"{width} {scheme} {complaint}" for complaint in _run(page, rules)]
    return found


def _run(page: Page, rules: list[str]) -> list[str]:
    # Through the debugger rather than a script element, which the site's policy would refuse.
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE_SCRIPT)
    # Without a copy of our style sheets, for which axe would write style into the page; and without frames:
    # the only ones hold a message apart from the page, and take no word from it.
    options = {"runOnly": rules, "preload": False, "iframes": False}
    result = page.evaluate("(options) => axe.run(document, options)", options)
    return [
        f"{page.url} {violation['id']}: {node['html'][:200]}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]
