"""The whole way with plain HTML: forms, links and a page that reloads itself."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Known, Watch

pytestmark = [pytest.mark.browser, pytest.mark.model]


@pytest.fixture
def plain(new_page: Callable[..., Page]) -> Page:
    return new_page(java_script_enabled=False)


def test_a_photo_is_sent_awaited_downloaded_and_deleted(plain: Page, watch: Watch) -> None:
    watch.expect("status of 404")
    plain.goto("/")
    plain.get_by_label("Choose photos").set_input_files(steps.file())
    steps.submit(plain).click()
    expect(plain).to_have_url(steps.PHOTO_PAGE)
    expect(steps.result(plain)).to_be_visible(timeout=steps.RESULT_MS)
    with plain.expect_download() as download:
        plain.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "ball-cutout.png"
    photo = plain.url
    steps.delete(plain)
    expect(plain).to_have_url(steps.LIST_PAGE)
    assert steps.status_of(plain, photo) == 404


def test_both_pictures_stand_side_by_side(known: Known, new_page: Callable[..., Page]) -> None:
    page = new_page(java_script_enabled=False, storage_state=known.cookies)
    page.goto(known.address)
    before = page.get_by_alt_text("The photo as it was sent")
    after = page.get_by_alt_text("The subject without its background")
    steps.expect_drawn(before)
    steps.expect_drawn(after)
    first, second = before.bounding_box(), after.bounding_box()
    assert first
    assert second
    assert first["x"] + first["width"] <= second["x"]
    expect(page.get_by_role("slider")).to_have_count(0)
