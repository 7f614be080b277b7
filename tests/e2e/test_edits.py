"""Finished pictures without a script, by keyboard, and for everybody."""

import io
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Download, Page, expect

from tests.e2e import accessible, steps
from tests.e2e.conftest import Known

pytestmark = [pytest.mark.browser, pytest.mark.model]


def _picture(download: Download) -> Image.Image:
    with open(download.path(), "rb") as file:
        return Image.open(io.BytesIO(file.read())).convert("RGB")


def _await_check(page: Page) -> None:
    expect(page.get_by_role("heading", name="What was measured in the file")).to_be_visible(
        timeout=steps.RESULT_MS
    )


def _tab_to(page: Page, words: str) -> None:
    """Press Tab until what these words stand on has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if words in page.evaluate("document.activeElement.textContent || document.activeElement.value || ''"):
            return
    raise AssertionError(f"no way leads to {words}")


def test_an_amazon_picture_without_a_script(known: Known, new_page: Callable[..., Page]) -> None:
    page = new_page(java_script_enabled=False, storage_state=known.cookies)
    page.goto(known.address)
    page.get_by_text("Ready for a marketplace").click()
    page.get_by_role("link", name="Amazon, main picture").click()
    _await_check(page)
    expect(page.locator(".check-fail, .check-advice")).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    made = _picture(download.value)
    assert made.size == (2000, 2000)
    assert made.getpixel((0, 0)) == (255, 255, 255)


def test_an_amazon_picture_by_keyboard_alone(new_page: Callable[..., Page]) -> None:
    page = new_page()
    steps.finished(page)
    page.keyboard.press("Home")
    _tab_to(page, "Ready for a marketplace")
    page.keyboard.press("Enter")
    _tab_to(page, "Amazon, main picture")
    page.keyboard.press("Enter")
    _await_check(page)
    expect(page.locator(".check-pass")).to_have_count(7)
    _tab_to(page, "Download")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "ball-cutout.jpg"


def test_a_picture_of_ones_own_kept_as_the_edit(new_page: Callable[..., Page]) -> None:
    page = new_page(java_script_enabled=False)
    page.goto("/backgrounds/")
    page.get_by_label("Picture", exact=True).set_input_files(steps.file("beach.jpg"))
    page.get_by_role("button", name="Add").click()
    page.goto("/")
    page.get_by_label("Choose photos").set_input_files(steps.file())
    steps.submit(page).click()
    expect(steps.result(page)).to_be_visible(timeout=steps.RESULT_MS)
    photo = page.url
    page.get_by_label("Own picture").check()
    page.get_by_role("button", name="Look at it first").click()
    expect(page.get_by_alt_text("The finished picture")).to_be_visible(timeout=steps.RESULT_MS)
    page.get_by_label("Name of the version").fill("At the beach")
    page.get_by_role("button", name="Keep as this photo's edit").click()
    expect(page).to_have_url(photo)
    expect(page.get_by_text("At the beach")).to_be_attached()


def test_everybody_can_use_these_pages(known: Known, new_page: Callable[..., Page]) -> None:
    page = known.open(new_page)
    for summary in ("Ready for a marketplace", "Crop, size, shadow and more"):
        page.get_by_text(summary).click()
    assert accessible.findings(page) == []
    page.goto(f"{known.address}preview/?market=badge")
    _await_check(page)
    assert accessible.findings(page) == []
    page.goto("/backgrounds/")
    assert accessible.findings(page) == []
