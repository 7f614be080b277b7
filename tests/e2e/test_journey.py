"""From a photo to a clean cut-out and back to nothing, as a person with a browser goes."""

import io
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Download, Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Known, Watch
from tests.e2e.pictures import CENTRE, SIZE

pytestmark = [pytest.mark.browser, pytest.mark.model]
NewPage = Callable[..., Page]

CORNER = (3, 3)


def _picture(download: Download) -> Image.Image:
    image = Image.open(io.BytesIO(download.path().read_bytes()))
    assert image.size == SIZE
    return image


def _pixel(picture: Image.Image, place: tuple[int, int]) -> tuple[int, ...]:
    pixel = picture.getpixel(place)
    assert isinstance(pixel, tuple)
    return pixel


def _download(page: Page) -> Image.Image:
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    return _picture(download.value)


def test_a_photo_is_cut_out_while_its_stages_are_shown(page: Page) -> None:
    steps.send(page)
    expect(page).to_have_url(steps.PHOTO_PAGE)
    expect(page.locator(".steps .step")).to_have_count(6)
    expect(page.locator("[aria-current=step]")).to_be_visible(timeout=steps.RESULT_MS)
    expect(steps.result(page)).to_be_visible(timeout=steps.RESULT_MS)
    steps.expect_drawn(page.get_by_alt_text("The photo as it was sent"))
    steps.expect_drawn(page.get_by_alt_text("The subject without its background"))
    expect(page.get_by_role("heading", level=1)).to_have_text("ball.jpg")


def test_before_and_after_are_compared_by_keyboard(known: Known, new_page: NewPage) -> None:
    page = known.open(new_page)
    slider = page.get_by_role("slider", name="Compare before and after")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(slider).to_have_value("49")
    expect(slider).to_have_attribute("aria-valuetext", "49% of the original")


@pytest.mark.parametrize("form", ["PNG", "WebP"])
def test_a_transparent_download_has_a_clear_corner_and_a_solid_centre(
    known: Known, new_page: NewPage, form: str
) -> None:
    page = known.open(new_page)
    page.get_by_label(form).check()
    picture = _download(page)
    assert (picture.format, picture.mode) == (form.upper(), "RGBA")
    assert _pixel(picture, CORNER) == (0, 0, 0, 0)
    assert _pixel(picture, CENTRE)[3] == 255


def test_a_jpeg_stands_on_the_chosen_colour(known: Known, new_page: NewPage) -> None:
    page = known.open(new_page)
    page.get_by_label("JPEG").check()
    page.get_by_label("Background colour").fill("#00b140")
    expect(page.get_by_role("radio", name="Colour")).to_be_checked()
    picture = _download(page)
    assert picture.format == "JPEG"
    assert _pixel(picture, CORNER) == pytest.approx((0, 0xB1, 0x40), abs=4)
    assert _pixel(picture, CENTRE)[0] > 200


def test_another_person_opens_the_link_and_gets_no_cookie(known: Known, page: Page) -> None:
    page.goto(known.link)
    steps.expect_drawn(page.get_by_alt_text("A subject without its background"))
    with page.expect_download() as download:
        page.get_by_role("link", name="Download PNG").click()
    assert _picture(download.value).mode == "RGBA"
    expect(page.locator("main").get_by_role("button")).to_have_count(0)
    expect(page.get_by_text("ball.jpg")).to_have_count(0)
    assert page.context.cookies() == []


def test_another_person_cannot_open_the_owners_page(known: Known, page: Page, watch: Watch) -> None:
    watch.expect("status of 404")
    assert steps.status_of(page, known.address) == 404


def test_a_withdrawn_link_and_then_a_deleted_photo_open_nothing(
    page: Page, new_page: NewPage, watch: Watch
) -> None:
    watch.expect("status of 404")
    steps.finished(page)
    photo, link, other = page.url, steps.link(page), new_page()
    assert steps.status_of(other, link) == 200
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("The link has been withdrawn.")).to_be_visible()
    assert steps.status_of(other, link) == 404
    steps.delete(page)
    expect(page).to_have_url(steps.LIST_PAGE)
    expect(page.get_by_text("have been deleted")).to_be_visible()
    assert steps.status_of(page, photo) == 404


def test_a_private_photo_has_no_link(page: Page) -> None:
    steps.choose(page)
    page.get_by_role("radio", name="Private").check()
    steps.submit(page).click()
    expect(page.get_by_text("This photo is private.")).to_be_visible(timeout=steps.RESULT_MS)
    expect(page.get_by_role("textbox", name="Unlisted link")).to_have_count(0)


def test_several_photos_become_a_batch_that_finishes_by_itself(page: Page) -> None:
    steps.send(page, steps.file("1.jpg"), steps.file("2.jpg"))
    expect(page).to_have_url(steps.BATCH_PAGE, timeout=steps.RESULT_MS)
    expect(page.locator(".row")).to_have_count(2)
    steps.all_ready(page, 2)
    steps.expect_drawn(page.locator(".row img").first)


def test_a_refused_file_gets_its_sentence_and_the_next_try_works(page: Page, watch: Watch) -> None:
    watch.expect("status of 422")
    steps.send(page, steps.file("letter.jpg", b"Dear Alice"))
    alert = page.get_by_role("alert").filter(has_text="letter.jpg")
    expect(alert).to_contain_text("This file is not a picture.")
    expect(alert).to_be_focused()
    page.get_by_label("Choose photos").set_input_files(steps.file())
    steps.submit(page).click()
    expect(page).to_have_url(steps.PHOTO_PAGE)


def test_photos_can_be_pasted_and_dropped(page: Page) -> None:
    page.goto("/")
    steps.bring(page, "paste", "pasted.jpg")
    steps.bring(page, "drop", "dropped.jpg")
    expect(page.locator(".chosen bdi")).to_have_text(["pasted.jpg", "dropped.jpg"])
    steps.submit(page).click()
    expect(page).to_have_url(steps.BATCH_PAGE, timeout=steps.RESULT_MS)
    expect(page.locator(".row-name bdi")).to_have_text(["pasted.jpg", "dropped.jpg"])


def test_two_clicks_send_one_photo(page: Page) -> None:
    steps.choose(page)
    steps.submit(page).dblclick()
    expect(page).to_have_url(steps.PHOTO_PAGE)
    page.goto("/photos/")
    expect(page.locator(".tile")).to_have_count(1)


def test_a_chosen_photo_is_shown_small(page: Page) -> None:
    page.goto("/")
    page.set_input_files("#id_photos", [steps.file(), steps.file("old.heic", b"no picture")])
    expect(page.locator(".chosen .thumb").nth(1)).to_have_text("HEIC")
    sides = page.locator(".chosen canvas").evaluate("canvas => [canvas.width, canvas.height]")
    assert sides == [288, 96]
    assert page.locator(".chosen canvas").evaluate(
        "canvas => canvas.getContext('2d').getImageData(144, 48, 1, 1).data[3]"
    )
