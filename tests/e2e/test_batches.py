"""Hundreds at once in a real browser: a folder dropped, a tab closed, the review, the archive.

SCREENSHOTS=folder keeps a picture of each state, to be looked at.
"""

import io
import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e import steps
from tests.e2e.conftest import Watch
from tests.e2e.pictures import ball
from tests.e2e.test_pages import _expect_sound

pytestmark = [pytest.mark.browser, pytest.mark.model]

NewPage = Callable[..., Page]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Shoes in two folders, with what cameras and systems leave beside them."""
    root = tmp_path / "shoes"
    (root / "red").mkdir(parents=True)
    for name in ("1.jpg", "2.jpg", "red/1.jpg", "red/schöne 🥿.jpg"):
        (root / name).write_bytes(ball())
    (root / "notes.txt").write_text("three pairs")
    (root / ".DS_Store").write_bytes(b"x")
    return root


def drop(page: Page, path: Path) -> None:
    """What the browser does when a folder is dropped on it from the desktop."""
    network = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        network.send("Input.dispatchDragEvent", {"type": kind, "x": 300, "y": 300, "data": data})
    expect(page.locator(".chosen bdi")).to_have_count(4, timeout=steps.RESULT_MS)  # it is read bit by bit


def _send_folder(page: Page, folder: Path) -> None:
    page.goto("/")
    drop(page, folder)
    steps.submit(page).click()
    expect(page).to_have_url(steps.BATCH_PAGE, timeout=steps.RESULT_MS)


def test_a_folder_is_dropped_cut_out_looked_through_and_taken_along(page: Page, folder: Path) -> None:
    _send_folder(page, folder)
    expect(page.get_by_role("heading", level=1)).to_have_text("shoes")
    _expect_sound(page, "batch-working")
    steps.all_ready(page, 4)
    expect(page.locator(".row-name bdi").filter(has_text="schöne 🥿.jpg")).to_be_visible()
    _expect_sound(page, "batch-ready")
    page.get_by_label("Choose all on this page").check()
    expect(page.locator("#rows input:checked")).to_have_count(4)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all as ZIP").click()
    with zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == [
            "manifest.csv",
            "shoes/1.png",
            "shoes/2.png",
            "shoes/red/1.png",
            "shoes/red/schöne 🥿.png",
        ]


def test_a_closed_tab_loses_nothing(page: Page, new_page: NewPage, folder: Path, watch: Watch) -> None:
    """Two files arrive, the tab is closed, the folder is dropped once more: two more are sent."""
    watch.expect("failed: |Failed to load resource")
    posts: list[str] = []

    def only_two(route: Route) -> None:
        posts.append(route.request.url)
        if len(posts) <= 2:
            route.continue_()
        else:
            route.abort("connectionreset")

    page.route(re.compile("/uploads/$"), only_two)
    page.goto("/")
    drop(page, folder)
    steps.submit(page).click()
    expect(page.locator("[data-files]")).to_contain_text("2 of 4 files", timeout=steps.RESULT_MS)
    state = page.context.storage_state()
    page.close(run_before_unload=False)

    again, sent = new_page(storage_state=state), []
    again.on("request", lambda request: sent.append(request.url) if "/uploads/" in request.url else None)
    again.goto("/")
    drop(again, folder)
    steps.submit(again).click()
    expect(again).to_have_url(steps.BATCH_PAGE, timeout=steps.RESULT_MS)
    assert len(sent) == 2
    expect(again.locator(".row")).to_have_count(4)
    steps.all_ready(again, 4)


def test_files_are_added_on_the_page_of_the_batch(page: Page, folder: Path, tmp_path: Path) -> None:
    _send_folder(page, folder)
    more = tmp_path / "more.jpg"
    more.write_bytes(ball())
    page.locator("#add-photos").set_input_files(more)
    expect(page.locator(".row")).to_have_count(5, timeout=steps.RESULT_MS)
    steps.all_ready(page, 5)


def test_sending_is_paused_and_goes_on(page: Page, folder: Path) -> None:
    page.goto("/")
    network = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": 12_000}
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", slow)
    drop(page, folder)
    steps.submit(page).click()
    panel = page.locator(".sending-batch")
    panel.get_by_role("button", name="Pause").click()
    expect(panel).to_contain_text("Paused")
    _expect_sound(page, "batch-sending")
    network.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})
    panel.get_by_role("button", name="Go on").click()
    expect(page).to_have_url(steps.BATCH_PAGE, timeout=steps.RESULT_MS)


def test_a_line_that_breaks_goes_on_by_itself(page: Page, folder: Path, watch: Watch) -> None:
    watch.expect("failed: |Failed to load resource")
    page.goto("/")
    drop(page, folder)
    page.route(re.compile("/uploads/"), lambda route: route.abort("connectionreset"))
    steps.submit(page).click()
    expect(page.locator("[data-left]")).to_contain_text("The connection was lost", timeout=steps.RESULT_MS)
    page.unroute(re.compile("/uploads/"))
    expect(page).to_have_url(steps.BATCH_PAGE, timeout=steps.RESULT_MS)


def _review(page: Page) -> None:
    """Open the review, and wait for its script, which shows the hint about keys and swipes."""
    page.get_by_role("link", name="Review").click()
    expect(page.locator("[data-hint]")).to_be_visible(timeout=steps.RESULT_MS)


@pytest.fixture
def reviewed(page: Page, folder: Path) -> Page:
    _send_folder(page, folder)
    steps.all_ready(page, 4)
    _review(page)
    return page


def test_a_review_by_keyboard(reviewed: Page) -> None:
    page = reviewed
    steps.expect_drawn(page.locator("[data-stage] img"))
    _expect_sound(page, "review")
    first = page.locator("#review").get_attribute("data-item")
    page.keyboard.press("a")
    expect(page.locator("[data-progress-words]")).to_have_text("1 of 4 looked at")
    page.keyboard.press("u")
    expect(page.locator("[data-progress-words]")).to_have_text("0 of 4 looked at")
    expect(page.locator("#review")).to_have_attribute("data-item", str(first))
    for key in "axaa":
        page.keyboard.press(key)
    expect(page.get_by_text("Nothing is left here to look at")).to_be_visible()
    page.locator("#review-end").get_by_role("link", name="Back to the batch").click()
    expect(page.locator(".mark-accepted")).to_have_count(3)
    expect(page.locator(".mark-rejected")).to_have_count(1)


def test_the_next_photo_is_drawn_at_once(reviewed: Page) -> None:
    """It has been loaded ahead: when the key's event is over, the photo stands there with its pixels."""
    page = reviewed
    page.wait_for_load_state("networkidle")
    page.route(re.compile("/preview"), lambda route: route.abort())
    drawn = page.evaluate("""() => [1, 2, 3].map(() => {
        const root = document.querySelector("#review");
        root.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
        const image = root.querySelector("[data-stage] img");
        return [root.dataset.item, image.complete && image.naturalWidth > 0];
    })""")
    assert [is_drawn for _item, is_drawn in drawn] == [True, True, True]
    assert len({item for item, _is_drawn in drawn}) == 3


def test_a_swipe_is_an_answer(new_page: NewPage, folder: Path) -> None:
    page = new_page(has_touch=True, viewport={"width": 390, "height": 844})
    page.goto("/")
    page.locator("#id_folder").set_input_files(folder)
    steps.submit(page).click()
    expect(page).to_have_url(steps.BATCH_PAGE, timeout=steps.RESULT_MS)
    steps.all_ready(page, 4)
    _review(page)
    page.evaluate("""() => {
        const stage = document.querySelector("[data-stage]");
        const shared = { pointerType: "touch", isPrimary: true, bubbles: true, clientY: 300 };
        stage.dispatchEvent(new PointerEvent("pointerdown", { ...shared, clientX: 100 }));
        stage.dispatchEvent(new PointerEvent("pointermove", { ...shared, clientX: 220 }));
        stage.dispatchEvent(new PointerEvent("pointerup", { ...shared, clientX: 260 }));
    }""")
    expect(page.locator("[data-progress-words]")).to_have_text("1 of 4 looked at")


def test_without_javascript_the_form_makes_a_batch_and_the_review_works(new_page: NewPage) -> None:
    page = new_page(java_script_enabled=False)
    page.goto("/")
    page.get_by_label("Choose photos").set_input_files([steps.file("1.jpg"), steps.file("2.jpg")])
    steps.submit(page).click()
    expect(page).to_have_url(steps.BATCH_PAGE)
    steps.all_ready(page, 2)
    page.get_by_role("link", name="Review").click()
    page.get_by_role("button", name="Accept").click()
    page.get_by_role("button", name="Reject").click()
    expect(page.get_by_text("Nothing is left here to look at")).to_be_visible()


if os.environ.get("SCREENSHOTS"):
    Path(os.environ["SCREENSHOTS"]).mkdir(parents=True, exist_ok=True)
