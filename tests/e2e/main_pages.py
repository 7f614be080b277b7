"""The page of each main way, as somebody of the cast sees it. Nobody works on what is sent, so it stays."""

import re
import sqlite3
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Role
from tests.stack import Stack

_ID = "[0-9a-f-]{36}"


def _chosen(page: Page, _pages: list[str]) -> None:
    steps.choose(page, steps.file("a.jpg"), steps.file("b.jpg"))
    expect(page.locator(".chosen li")).to_have_count(2)


def _working(page: Page, _pages: list[str]) -> None:
    steps.send(page)
    expect(page).to_have_url(steps.PHOTO_PAGE)
    expect(page.locator(".working")).to_be_visible()


def _at(pattern: str) -> Callable[[Page, list[str]], None]:
    """The address, or the first of the person's own that is like it."""

    def way(page: Page, pages: list[str]) -> None:
        own = (path for path in pages if re.fullmatch(pattern, path))
        page.goto(next(own, pattern))

    return way


def _result(page: Page, pages: list[str]) -> None:
    studio = next(path for path in pages if path.endswith("/studio/"))
    page.goto(studio.removesuffix("studio/"))


def _studio(page: Page, pages: list[str]) -> None:
    _at(f"/photos/{_ID}/studio/")(page, pages)
    expect(page.locator("[data-loaded]")).to_be_visible()
    expect(page.locator("[data-tools][inert]")).to_have_count(0)


MAIN_PAGES: dict[str, tuple[str, Callable[[Page, list[str]], None]]] = {
    "start": ("visitor", _at("/")),
    "chosen": ("visitor", _chosen),
    "working": ("visitor", _working),
    "result": ("guest", _result),
    "studio": ("guest", _studio),
    "photos": ("member", _at("/photos/")),
    "batch": ("guest", _at(f"/batches/{_ID}/")),
    "sign-up": ("visitor", _at("/accounts/signup/")),
    "sign-in": ("visitor", _at("/accounts/login/")),
    "opt-out": ("visitor", _at("/opt-out/(?!forged).+/")),
    "policy": ("visitor", _at("/privacy/")),
    "account": ("member", _at("/accounts/")),
    "shared-link": ("visitor", _at("/r/(?!forged).+")),
    "gallery": ("visitor", _at("/gallery/")),
}


def show(page: Page, stack: Stack, roles: dict[str, Role], name: str) -> None:
    """Open it in a browser that knows nobody yet, as if there were a worker."""
    with sqlite3.connect(stack.data / "var" / "db.sqlite3", timeout=20) as database:
        database.execute("UPDATE images_worker SET pulse_at = datetime('now')")
        # Nobody stands in line because of an earlier test.
        database.execute("UPDATE images_cutout SET status = 'failed' WHERE status = 'queued'")
    who, way = MAIN_PAGES[name]
    cookies = roles[who]["cookies"].items()
    page.context.add_cookies([{"name": key, "value": value, "url": stack.address} for key, value in cookies])
    way(page, roles[who]["pages"])
