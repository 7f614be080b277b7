"""What a person does in the browser, in the words of the page."""

import re
from base64 import b64encode

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.e2e.pictures import ball

PHOTO_PAGE = re.compile(r"/photos/[0-9a-f-]{36}/$")
LIST_PAGE = re.compile(r"/photos/$")
BATCH_PAGE = re.compile(r"/batches/[0-9a-f-]{36}/$")
# A cold worker on a busy machine; whatever waits for a result waits this long.
RESULT_MS = 60_000

_BRING = """([kind, name, encoded]) => {
    const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], name, { type: "image/jpeg" }));
    const shared = { bubbles: true, cancelable: true };
    document.body.dispatchEvent(kind === "paste"
        ? new ClipboardEvent("paste", { ...shared, clipboardData: data })
        : new DragEvent("drop", { ...shared, dataTransfer: data }));
}"""


def file(name: str = "ball.jpg", data: bytes | None = None) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": ball() if data is None else data}


def choose(page: Page, *files: FilePayload) -> None:
    """Open the first page and choose photos in the browser's own dialog."""
    page.goto("/")
    with page.expect_file_chooser() as chooser:
        page.get_by_text("Choose photos", exact=True).click()
    chooser.value.set_files(list(files) or [file()])


def bring(page: Page, kind: str, name: str) -> None:
    """Paste or drop a photo, as the browser reports it to the page."""
    page.evaluate(_BRING, [kind, name, b64encode(ball()).decode()])


def submit(page: Page) -> Locator:
    return page.get_by_role("button", name="Remove the background")


def send(page: Page, *files: FilePayload) -> None:
    choose(page, *files)
    submit(page).click()


def finished(page: Page) -> None:
    """Send one photo and stay until its result is there."""
    send(page)
    expect(page).to_have_url(PHOTO_PAGE)
    expect(result(page)).to_be_visible(timeout=RESULT_MS)


def all_ready(page: Page, count: int) -> None:
    """On a batch's page: every photo of it is cut out. Each of them may take as long as one alone."""
    marks = page.locator(".mark-ready, .mark-look")
    for place in range(count):
        expect(marks.nth(place)).to_be_visible(timeout=RESULT_MS)
    expect(marks).to_have_count(count)


def result(page: Page) -> Locator:
    return page.locator("image-compare")


def link(page: Page) -> str:
    """The unlisted link that the photo's page shows."""
    return page.get_by_role("textbox", name="Unlisted link").input_value()


def delete(page: Page) -> None:
    page.get_by_text("Delete this photo").click()
    page.get_by_role("button", name="Delete now").click()


def status_of(page: Page, address: str) -> int:
    response = page.goto(address)
    assert response
    return response.status


def expect_drawn(image: Locator) -> None:
    """The picture has arrived and has pixels, so its alternative text stands for something."""
    expect(image).to_be_visible()
    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("picture => picture.naturalWidth") > 0
