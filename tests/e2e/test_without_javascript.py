"""The whole way with plain HTML: forms, links and a page that reloads itself."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Watch

pytestmark = [pytest.mark.browser, pytest.mark.model]


@pytest.fixture
def plain(new_page: Callable[..., Page]) -> Page:
    """A photo's result, reached without any script."""
    page = new_page(java_script_enabled=False)
    page.goto("/")
    page.get_by_label("Choose photos").set_input_files(steps.file())
    steps.submit(page).click()
    expect(page).to_have_url(steps.PHOTO_PAGE)
    expect(steps.result(page)).to_be_visible(timeout=steps.RESULT_MS)
    return page


def test_both_pictures_stand_side_by_side(plain: Page) -> None:
    before = plain.get_by_alt_text("The photo as it was sent")
    after = plain.get_by_alt_text("The subject without its background")
    steps.expect_drawn(before)
    steps.expect_drawn(after)
    assert before.bounding_box()["x"] + before.bounding_box()["width"] <= after.bounding_box()["x"]
    expect(plain.get_by_role("slider")).to_have_count(0)


def test_the_result_is_downloaded_shared_and_deleted(plain: Page, watch: Watch) -> None:
    watch.expect("status of 404")
    with plain.expect_download() as download:
        plain.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "ball-cutout.png"
    assert steps.link(plain).startswith("http")
    photo = plain.url
    steps.delete(plain)
    expect(plain).to_have_url(steps.LIST_PAGE)
    assert plain.goto(photo).status == 404
