"""The studio in the browser: by mouse, by keys alone, by touch, without a connection, in two windows."""

import os
import re
import time
from base64 import b64decode
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Download, Locator, Page, Route, expect

from tests.e2e import steps
from tests.e2e.accessible import SCHEMES, findings
from tests.e2e.conftest import Watch
from tests.e2e.pictures import CENTRE, SIZE, ball
from tests.similarity import similarity
from tests.stack import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.model]


def _open(page: Page, photo: bytes | None = None) -> None:
    """A photo of one's own, in the studio."""
    steps.send(page, steps.file(data=photo))
    expect(steps.result(page)).to_be_visible(timeout=steps.RESULT_MS)
    page.get_by_role("link", name="Open the studio").click()
    _is_ready(page)


def _is_ready(page: Page) -> None:
    expect(page.locator("canvas[data-loaded]")).to_be_attached(timeout=steps.RESULT_MS)


def _canvas(page: Page) -> Locator:
    return page.locator("[data-canvas]")


def _middle(page: Page) -> tuple[float, float]:
    box = _canvas(page).bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _draw(page: Page, across: float = 60) -> None:
    x, y = _middle(page)
    page.mouse.move(x - across, y)
    page.mouse.down()
    page.mouse.move(x + across, y, steps=6)
    page.mouse.up()


def _saved(page: Page) -> None:
    expect(page.locator("[data-studio-state]")).to_have_text("Saved", timeout=steps.RESULT_MS)


def _file(page: Page) -> Image.Image:
    with page.expect_download(timeout=steps.RESULT_MS) as download:
        page.get_by_role("button", name="Save and download").click()
    return Image.open(BytesIO(Path(download.value.path()).read_bytes()))


def _visible(picture: Image.Image) -> int:
    return int(np.count_nonzero(np.asarray(picture.convert("RGBA"))[..., 3] >= 128))


# How many pixels the page itself takes for visible.
_SEEN = """() => {
    const { tiles } = document.querySelector("[data-studio]").studio;
    const seen = (index) => tiles.bytes(index).filter((level) => level >= 128).length;
    return tiles.data.reduce((sum, _, index) => sum + seen(index), 0);
}"""


def test_what_is_drawn_is_in_the_file_and_there_tomorrow(page: Page) -> None:
    _open(page)
    whole = _visible(_file(page))
    _draw(page)
    _saved(page)
    less = _visible(_file(page))
    assert 0 < less < whole
    shown = page.evaluate(_SEEN)
    page.reload()
    _is_ready(page)
    assert page.evaluate(_SEEN) == shown
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()
    page.get_by_role("button", name="Undo").click()
    assert _visible(_file(page)) == whole


def test_keys_undo_and_redo_with_the_focus_on_the_picture(page: Page) -> None:
    _open(page)
    _draw(page)
    undo, redo = (page.get_by_role("button", name=name) for name in ("Undo", "Redo"))
    for keys, name in (
        ("Control+z", redo),
        ("Control+Shift+Z", undo),
        ("Control+z", redo),
        ("Control+y", undo),
    ):
        _canvas(page).press(keys)
        expect(name).to_be_enabled()
    expect(redo).to_be_disabled()


def test_a_stroke_beside_the_picture_is_none(page: Page) -> None:
    _open(page)
    box = _canvas(page).bounding_box()
    assert box
    page.mouse.move(box["x"] + 2, box["y"] + 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 5, box["y"] + 9)
    page.mouse.up()
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()


def test_brackets_are_keys_where_alt_makes_them(page: Page) -> None:
    _open(page)
    size = page.get_by_role("slider", name="Size")
    before = int(size.input_value())
    _canvas(page).press("Alt+]")
    assert int(size.input_value()) > before


def test_the_brush_is_as_it_was_for_the_next_photo(page: Page) -> None:
    _open(page)
    _canvas(page).press("]")
    page.get_by_label("Hardness").fill("30")
    page.get_by_label("Follow the edges of the photo").check()
    size = page.get_by_role("slider", name="Size").input_value()
    _open(page)
    assert page.get_by_role("slider", name="Size").input_value() == size
    assert page.get_by_label("Hardness").input_value() == "30"
    expect(page.get_by_label("Follow the edges of the photo")).to_be_checked()


def test_a_stroke_that_leaves_the_picture_goes_on(page: Page) -> None:
    _open(page)
    x, y = _middle(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(5, 5, steps=4)
    page.mouse.move(x + 40, y, steps=4)
    page.mouse.up()
    _saved(page)
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()


def _tab_to(page: Page, target: Locator, most: int = 60, key: str = "Tab") -> None:
    for _ in range(most):
        page.keyboard.press(key)
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"no way to {target} by keyboard")


def test_a_picture_is_made_by_keyboard_alone(page: Page) -> None:
    # Asked for only as the key is pressed, a busy browser may not know in time that it is to show no dialog.
    page.on("filechooser", lambda chooser: None)
    page.goto("/")
    expect(page.locator("#upload[data-enhanced]")).to_be_visible()
    _tab_to(page, page.locator("#id_photos"))
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files([steps.file()])
    _tab_to(page, steps.submit(page))
    page.keyboard.press("Enter")
    expect(steps.result(page)).to_be_visible(timeout=steps.RESULT_MS)
    _tab_to(page, page.get_by_role("link", name="Open the studio"))
    page.keyboard.press("Enter")
    _is_ready(page)
    _tab_to(page, _canvas(page))
    page.keyboard.press("]")
    page.keyboard.press("Enter")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    _saved(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("radio", name="Brush")).to_be_focused()
    _tab_to(page, page.get_by_label("Marketplace or use"))
    page.keyboard.type("Amazon")
    check = page.locator("[data-check]")
    expect(check.locator("[data-verdict=pass]")).not_to_have_count(0, timeout=steps.RESULT_MS)
    expect(check.locator("[data-verdict=fail]")).to_have_count(0)
    _tab_to(page, page.get_by_role("button", name="Save and download"))
    with page.expect_download(timeout=steps.RESULT_MS) as download:
        page.keyboard.press("Enter")
    picture = Image.open(BytesIO(Path(download.value.path()).read_bytes()))
    assert (picture.format, picture.size) == ("JPEG", (2000, 2000))
    assert picture.getpixel((3, 3)) == (255, 255, 255)


_GREY = {"ground": "colour", "colour": "#8090a0"}
_LOOKS: dict[str, dict[str, Any]] = {
    "transparent": {"ground": "transparent"},
    "colour": _GREY,
    "gradient": {"ground": "gradient", "colour": "#204060", "end": "#f0e0d0", "slant": 120},
    "from the middle": {"ground": "gradient", "shape": "radial"},
    "blurred": {"ground": "blur", "strength": 20},
    "grey": {"ground": "grey", "strength": 80},
    "darkened": {"ground": "dark", "strength": 60},
    "own picture": {"ground": "picture", "fit": "fill", "y": 80},
    "all of it": {"fit": "fit", "x": 10, "colour": "#204060"},
    "shadow": {**_GREY, "shadow": "drop"},
    "contact shadow": {"shadow": "contact"},
    "outline": {"shadow": "none", "outline": 4},
    "cropped": {"crop": "subject", "margin": 5},
}
_SET = """([name, value]) => {
    const { form, fields } = document.querySelector("[data-studio]").studio;
    fields[name].value = value;
    (form.querySelector(`[name="${name}"]`)).dispatchEvent(new Event("input", { bubbles: true }));
}"""
_PIXELS = """const pixels = (source, width, height) => {
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    canvas.getContext("2d").drawImage(source, 0, 0);
    return canvas.toDataURL();
};"""
# What the page shows as the finished picture, once it does.
_RESULT = f"""async () => {{
    {_PIXELS}
    const {{ studio }} = document.querySelector("[data-studio]");
    await studio.showResult(true);
    await studio.result.decode();
    return pixels(studio.result, studio.result.naturalWidth, studio.result.naturalHeight);
}}"""
# What it draws itself, and where the photo lies in that.
_DRAWN = f"""async () => {{
    {_PIXELS}
    const {{ studio }} = document.querySelector("[data-studio]");
    const {{ picture, canvas }} = studio;
    await studio.showResult(false);
    do await new Promise(requestAnimationFrame); while (picture.isLoading);
    picture.redraw();
    await new Promise(requestAnimationFrame);
    const [right, bottom] = picture.toCanvas(...picture.size);
    const box = [picture.x, picture.y, right, bottom].map(Math.round);
    return [pixels(canvas, canvas.width, canvas.height), box];
}}"""


def _grainy() -> bytes:
    """The ball before sand: on even ground hardly anything would be different."""
    picture = Image.open(BytesIO(ball((900, 675)))).resize((1800, 1350))
    pixels = np.asarray(picture).astype(int)
    is_ground = np.abs(pixels - pixels[3, 3]).max(2, keepdims=True) < 8
    return _jpeg(pixels + _grain(1800, 1350) * is_ground)


def _beach() -> bytes:
    """A picture higher than wide, the lower the brighter."""
    return _jpeg(np.linspace(40, 220, 1600)[:, None, None] + _grain(1200, 1600))


def _grain(width: int, height: int) -> NDArray[np.float64]:
    grain = np.random.default_rng().normal(0, 14, (height // 2, width // 2, 3))
    return grain.repeat(2, 0).repeat(2, 1)


def _jpeg(pixels: NDArray[Any]) -> bytes:
    output = BytesIO()
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(output, "JPEG", quality=92)
    return output.getvalue()


def _set(page: Page, **fields: Any) -> None:
    for name, value in fields.items():
        page.evaluate(_SET, [name, str(value)])


def _of_data(address: str) -> Image.Image:
    return Image.open(BytesIO(b64decode(address.partition(",")[2]))).convert("RGBA")


def _alike(shown: Image.Image, file: Image.Image) -> float:
    """On grey, where they are transparent."""
    small = file.convert("RGBA").resize(shown.size, Image.Resampling.BICUBIC)
    ground = Image.new("RGBA", shown.size, "#b0b0b0")
    return similarity(Image.alpha_composite(ground, shown), Image.alpha_composite(ground, small))


def _add_picture(page: Page, data: bytes) -> None:
    """One's own, in the studio's own form."""
    page.get_by_label("What is behind").select_option("picture")
    page.get_by_label("Add a picture").set_input_files(steps.file("beach.jpg", data))
    expect(page.get_by_label("Your picture").locator("option:checked")).to_have_text("beach.jpg")


def test_what_the_page_shows_is_the_file(page: Page, watch: Watch) -> None:
    watch.expect("422")  # as long as no picture is chosen
    _open(page, _grainy())
    _add_picture(page, _beach())
    page.get_by_label("Show faintly what is gone").uncheck()
    found = {}
    for name, fields in _LOOKS.items():
        _set(page, **fields)
        file = _file(page)
        found[name] = _alike(_of_data(page.evaluate(_RESULT)), file)
        if name in ("colour", "gradient", "from the middle"):
            drawn, box = page.evaluate(_DRAWN)
            found[f"{name}, drawn"] = _alike(_of_data(drawn).crop(box), file)
    assert {name: value for name, value in found.items() if value < 0.99} == {}


def test_a_copied_picture_is_the_file(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    _open(page)
    page.get_by_role("button", name="Copy picture").click()
    expect(page.locator("[data-studio-state]")).to_have_text("Copied", timeout=steps.RESULT_MS)
    # Our own pages may write into the clipboard and not read it.
    reader = page.context.new_page()
    reader.route("**/reader", lambda route: route.fulfill(body="<p>", content_type="text/html"))
    reader.goto("/reader")
    reader.bring_to_front()
    copied = reader.evaluate(
        """async () => {
            const [item] = await navigator.clipboard.read();
            const bytes = new Uint8Array(await (await item.getType("image/png")).arrayBuffer());
            return "," + btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
        }"""
    )
    one, other = (
        np.asarray(picture.convert("RGBA")).astype(int) for picture in (_of_data(copied), _file(page))
    )
    assert one.shape == other.shape
    assert np.abs(one[..., 3] - other[..., 3]).max() <= 1
    # A browser multiplies colour by alpha: what hardly shows comes back as something else that hardly shows.
    shown = [each[..., :3] * each[..., 3:] / 255 for each in (one, other)]
    assert np.abs(shown[0] - shown[1]).max() <= 1


def _cut(page: Page) -> tuple[int, int, int, int]:
    names = ("cut_left", "cut_top", "cut_width", "cut_height")
    left, top, width, height = (int(page.locator(f"[name={name}]").input_value()) for name in names)
    return left, top, left + width, top + height


def _is_cut(page: Page, whole: Image.Image) -> None:
    _saved(page)
    assert _file(page).tobytes() == whole.crop(_cut(page)).tobytes()
    page.evaluate("scrollTo(0, 0)")  # the button is far below the picture


def test_a_crop_is_drawn_and_pulled_by_mouse(page: Page) -> None:
    _open(page)
    whole = _file(page)
    page.locator(".choice", has_text="Crop").click()
    _draw(page, 100)
    expect(page.locator("[name=crop]")).to_have_value("whole")  # a line is no crop
    x, y = _middle(page)
    page.mouse.move(x - 90, y - 60)
    page.mouse.down()
    page.mouse.move(x + 30, y + 50, steps=4)
    page.mouse.up()
    _is_cut(page, whole)
    before = _cut(page)
    corner = page.get_by_role("button", name="Crop, lower right corner")
    corner.hover()
    page.mouse.down()
    page.mouse.move(x + 70, y + 80, steps=4)
    page.mouse.up()
    after = _cut(page)
    assert after[:2] == before[:2]
    assert after[2] > before[2]
    assert after[3] > before[3]
    _is_cut(page, whole)


def test_a_crop_is_made_by_keyboard_alone(page: Page) -> None:
    _open(page)
    whole = _file(page)
    page.get_by_role("radio", name="Brush").focus()
    for _ in range(10):
        if page.get_by_role("radio", name="Crop").is_checked():
            break
        page.keyboard.press("ArrowDown")
    corner = page.get_by_role("button", name="Crop, upper left corner")
    _tab_to(page, corner, key="Shift+Tab")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("ArrowDown")
    expect(page.locator("[data-told]")).to_have_text(re.compile(r"Crop of \d+ × \d+ at \d+, \d+"))
    left, top, right, bottom = _cut(page)
    assert (left > top > 0, right, bottom) == (True, *whole.size)
    _is_cut(page, whole)
    corner.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+ArrowLeft")
    assert _cut(page)[0] < left
    assert _cut(page)[2] - _cut(page)[0] == right - left
    _is_cut(page, whole)


def test_a_crop_that_leaves_nothing_is_said(page: Page, watch: Watch) -> None:
    watch.expect("422")
    _open(page)
    _set(page, crop="drawn", cut_left=5000, cut_top=0, cut_width=10, cut_height=10)
    page.get_by_role("button", name="Result", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("{} × {}".format(*SIZE), timeout=steps.RESULT_MS)
    expect(page.get_by_alt_text("The finished picture")).to_be_hidden()


def test_settings_stay_as_they_were_said(page: Page, watch: Watch) -> None:
    watch.expect("422")
    _open(page)
    page.get_by_label("Marketplace or use").select_option("amazon")
    _saved(page)
    page.get_by_text("Crop and size").click()
    page.get_by_text("Each side on its own").click()
    left, shape = page.get_by_label("Left", exact=True), page.get_by_label("Shape", exact=True)
    margin = page.locator("[name=margin]").input_value()
    left.fill("3")
    _saved(page)
    page.get_by_label("Format", exact=True).select_option("png")
    _saved(page)
    shape.select_option("longest")
    page.get_by_label("Longest side, px").fill("")
    page.get_by_role("button", name="Save and download").click()
    expect(page.get_by_role("alert")).to_contain_text("Please say how many pixels")
    page.get_by_label("Longest side, px").fill("200")
    studio = page.url
    assert max(_file(page).size) == 200
    page.goto(studio)  # a reload would be broken off by the end of the download
    _is_ready(page)
    expect(page.get_by_label("Marketplace or use")).to_have_value("amazon")
    assert [left.input_value(), page.locator("[name=margin]").input_value()] == ["3", margin]


def test_a_file_that_cannot_be_made_is_said_where_one_is(page: Page, watch: Watch) -> None:
    watch.expect("422")
    page.set_viewport_size({"width": 390, "height": 844})
    _open(page)
    page.get_by_text("Crop and size").click()
    page.get_by_label("Shape", exact=True).select_option("own")
    page.get_by_label("Width, px", exact=True).fill("1500")
    page.get_by_label("Height, px", exact=True).fill("1500")
    page.get_by_label("Format", exact=True).select_option("jpeg")
    page.get_by_text("Bytes, resolution, colours").click()
    page.get_by_label("At most, kB").fill("1")
    page.get_by_role("button", name="Save and download").click()
    expect(page.get_by_role("alert")).to_contain_text("kB", timeout=steps.RESULT_MS)
    expect(page.get_by_role("alert")).to_be_in_viewport()  # far above the button, on a phone
    page.get_by_label("At most, kB").fill("")
    assert _file(page).size == (1500, 1500)


def test_while_a_worker_makes_the_file_the_studio_stays(page: Page) -> None:
    _open(page)
    _draw(page)
    waiting = [202, 202]
    page.route(
        "**/studio/file/*ready",
        lambda route: route.fulfill(status=waiting.pop(), body="{}") if waiting else route.continue_(),
    )
    studio, downloads = page.url, list[Download]()
    page.on("download", lambda each: downloads.append(each))  # noqa: PLW0108 (Playwright marks it)
    with page.expect_download(timeout=steps.RESULT_MS):
        page.get_by_role("button", name="Save and download").dblclick()
    page.wait_for_timeout(500)
    assert (page.url, waiting, len(downloads)) == (studio, [], 1)
    expect(page.locator("[data-busy]")).to_be_empty()


def test_a_verdict_is_faint_until_the_file_has_been_measured_anew(page: Page) -> None:
    _open(page)
    page.get_by_label("Marketplace or use").select_option("amazon")
    check = page.locator("[data-check]")
    expect(check.locator("[data-verdict=fail]")).to_have_count(0)
    expect(check.locator("[data-verdict=pass]")).not_to_have_count(0, timeout=steps.RESULT_MS)
    held: list[Route] = []
    page.route("**/studio/check/**", lambda route: held.append(route))  # noqa: PLW0108 (Playwright marks it)
    with page.expect_request("**/studio/check/**"):
        _set(page, colour="#eeeeee")
    expect(check).to_have_attribute("aria-busy", "true")
    held.pop().continue_()
    page.unroute("**/studio/check/**")
    expect(check.locator("[data-verdict=fail]")).to_have_count(1, timeout=steps.RESULT_MS)
    expect(check).to_have_attribute("aria-busy", "false")


def test_a_verdict_of_another_marketplace_goes_where_none_comes_after_it(page: Page, watch: Watch) -> None:
    _open(page)
    page.get_by_label("Marketplace or use").select_option("amazon")
    check = page.locator("[data-check]")
    expect(check.locator("[data-verdict=pass]")).not_to_have_count(0, timeout=steps.RESULT_MS)
    watch.expect("status of 429")
    page.route("**/studio/check/**", lambda route: route.fulfill(status=429, json={"sentence": ""}))
    page.get_by_label("Marketplace or use").select_option("ebay")
    expect(check.locator("[data-verdict]")).to_have_count(0)
    expect(check).to_have_attribute("aria-busy", "false")
    page.unroute("**/studio/check/**")
    page.get_by_label("Marketplace or use").select_option("amazon")
    expect(check.locator("[data-verdict=pass]")).not_to_have_count(0, timeout=steps.RESULT_MS)


def test_tab_compares_and_is_no_trap(page: Page) -> None:
    _open(page)
    _canvas(page).focus()
    original = page.get_by_role("button", name="Original")
    page.keyboard.down("Tab")
    expect(original).to_have_attribute("aria-pressed", "true")
    page.keyboard.up("Tab")
    expect(original).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Shift+Tab")
    expect(_canvas(page)).not_to_be_focused()


def test_without_a_connection_nothing_is_lost(page: Page, watch: Watch) -> None:
    watch.expect("failed|Failed|ERR_")
    _open(page)
    page.context.set_offline(True)
    _draw(page)
    expect(page.get_by_role("alert")).to_contain_text("No connection")
    page.context.set_offline(False)
    _saved(page)
    expect(page.get_by_role("alert")).to_be_hidden()


_SHOWN = """async () => {
    const { picture, canvas } = document.querySelector("[data-studio]").studio;
    const frame = () => new Promise(requestAnimationFrame);
    await frame();
    await frame();
    const shown = canvas.toDataURL();
    picture.refresh(); // all of it anew
    await frame();
    await frame();
    return shown === canvas.toDataURL();
}"""


def _drag_down(page: Page) -> None:
    x, y = _middle(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 40, steps=4)
    page.mouse.up()


def _drawn_along_edges_without_a_connection(page: Page, watch: Watch) -> int:
    """How much was visible before; the connection is there again."""
    watch.expect("failed|Failed|ERR_")
    _open(page)
    whole = _visible(_file(page))
    page.get_by_label("Follow the edges of the photo").check()
    page.route("**/studio/mark/", lambda route: route.abort())
    _drag_down(page)
    expect(page.get_by_role("alert")).to_contain_text("No connection")
    page.unroute("**/studio/mark/")
    return whole


def test_a_stroke_along_edges_waits_for_a_connection(page: Page, watch: Watch) -> None:
    whole = _drawn_along_edges_without_a_connection(page, watch)
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()
    expect(page.get_by_role("alert")).to_be_hidden()
    assert page.evaluate(_SHOWN)
    assert _visible(_file(page)) < whole


def test_a_stroke_along_edges_outlives_its_tab(page: Page, watch: Watch) -> None:
    whole = _drawn_along_edges_without_a_connection(page, watch)
    page.goto(page.url)
    _is_ready(page)
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()
    assert _visible(_file(page)) < whole


def test_an_answer_that_breaks_off_costs_no_stroke(page: Page, watch: Watch) -> None:
    watch.expect("502")
    _open(page)
    whole = _visible(_file(page))
    page.get_by_label("Follow the edges of the photo").check()
    page.route("**/studio/mark/", lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"))
    _drag_down(page)
    expect(page.get_by_role("alert")).to_contain_text("No connection")
    page.unroute("**/studio/mark/")
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()
    expect(page.get_by_role("alert")).to_be_hidden()
    assert _visible(_file(page)) < whole


def test_a_page_on_its_way_while_a_stroke_was_saved_shows_it(page: Page) -> None:
    _open(page)
    saves: list[Route] = []
    page.route("**/studio/save/", lambda route: saves.append(route))  # noqa: PLW0108 (Playwright wraps no built-in)
    with page.expect_request("**/studio/save/"):
        _draw(page)

    def late(route: Route) -> None:
        earlier, save = route.fetch(), saves.pop()
        save.fulfill(response=save.fetch())
        time.sleep(0.5)  # the old page hears that it is saved, and forgets it
        route.fulfill(response=earlier)

    page.route(page.url, late, times=1)
    page.goto(page.url)
    _is_ready(page)
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()


def test_what_a_stroke_has_not_changed_looks_as_before(page: Page, watch: Watch) -> None:
    watch.expect("422")
    _open(page)
    page.get_by_label("Follow the edges of the photo").check()
    refusal = '{"sentence": "Not this one."}'
    page.route("**/studio/mark/", lambda route: route.fulfill(status=422, body=refusal))
    _drag_down(page)
    expect(page.get_by_role("alert")).to_contain_text("Not this one.")
    _saved(page)
    expect(page.get_by_role("alert")).to_contain_text("Not this one.")  # that it is saved is no answer to it
    assert page.evaluate(_SHOWN)
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()


def test_a_closed_tab_keeps_settings_that_could_not_be_saved(page: Page, watch: Watch) -> None:
    watch.expect("failed|Failed|ERR_")
    _open(page)
    page.route("**/studio/save/", lambda route: route.abort())
    page.get_by_label("What is behind").select_option("colour")
    expect(page.get_by_role("alert")).to_contain_text("No connection")
    page.goto("/healthz")
    page.unroute("**/studio/save/")
    page.go_back()
    _is_ready(page)
    expect(page.get_by_label("What is behind")).to_have_value("colour")
    assert _file(page).mode == "RGB"


def test_a_closed_tab_keeps_what_could_not_be_saved(page: Page, watch: Watch) -> None:
    watch.expect("failed|Failed|ERR_|503")
    _open(page)
    page.route("**/studio/save/", lambda route: route.abort())
    _draw(page)
    expect(page.get_by_role("alert")).to_contain_text("No connection")
    page.unroute("**/studio/save/")
    page.goto(page.url)
    _is_ready(page)
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()
    # It left with the page, or is saved now.
    wait_for(lambda: page.evaluate("localStorage.length") == 0, "something stayed in the browser")


def test_the_later_of_two_windows_is_told(page: Page, watch: Watch) -> None:
    watch.expect("409")
    _open(page)
    other = page.context.new_page()
    other.goto(page.url)
    _is_ready(other)
    _draw(page)
    _saved(page)
    _draw(other, 20)
    expect(other.get_by_role("alert")).to_contain_text("changed in another window")
    other.get_by_text("Part", exact=True).click()
    other.mouse.click(*_middle(other))
    expect(other.locator("[data-busy]")).to_be_empty()
    # Whatever else is done meanwhile: it is still not saved.
    expect(other.get_by_role("alert")).to_contain_text("changed in another window")
    other.get_by_role("button", name="Keep what is here").click()
    _saved(other)


def test_a_photo_that_was_deleted_meanwhile_is_said(page: Page, watch: Watch) -> None:
    watch.expect("404")
    _open(page)
    other = page.context.new_page()
    other.goto(page.url.removesuffix("studio/"))
    steps.delete(other)
    _draw(page)
    expect(page.get_by_role("alert")).to_contain_text("not there any more")


def test_a_part_is_taken_by_a_click(page: Page) -> None:
    _open(page)
    page.get_by_text("Part", exact=True).click()
    page.mouse.click(*_middle(page))
    _saved(page)
    assert _visible(_file(page)) == 0


Touch = Callable[..., None]


@pytest.fixture
def phone(new_page: Callable[..., Page]) -> Page:
    page = new_page(has_touch=True, viewport={"width": 390, "height": 844})
    _open(page)
    return page


@pytest.fixture
def touch(phone: Page) -> Touch:
    """What its fingers do, all of them at a time: `touch("touchMove", (x, y), (u, v))`."""
    session = phone.context.new_cdp_session(phone)

    def send(kind: str, *points: tuple[float, float]) -> None:
        places = [{"x": px, "y": py, "id": i} for i, (px, py) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    return send


def _drag(touch: Touch, start: tuple[float, float], across: float, down: float) -> None:
    touch("touchStart", start)
    for share in (0.3, 0.7, 1):
        touch("touchMove", (start[0] + across * share, start[1] + down * share))
    touch("touchEnd")


def _drawn_crop(phone: Page, touch: Touch) -> tuple[float, float]:
    """A crop around the middle, which is where it says."""
    phone.locator(".choice", has_text="Crop").click()
    phone.evaluate("scrollTo(0, 0)")
    x, y = _middle(phone)
    _drag(touch, (x - 80, y - 30), 140, 50)
    return x, y


def test_a_crop_is_drawn_pulled_and_moved_by_a_finger(phone: Page, touch: Touch) -> None:
    whole = _file(phone)
    x, y = _drawn_crop(phone, touch)
    _is_cut(phone, whole)
    left, top, right, bottom = _cut(phone)
    corner = phone.get_by_role("button", name="Crop, lower right corner").bounding_box()
    assert corner
    # As far beside the corner's middle as a thumb is broad.
    _drag(touch, (corner["x"] + corner["width"] - 6, corner["y"] + corner["height"] - 6), 25, 20)
    pulled = _cut(phone)
    assert pulled[:2] == (left, top)
    assert pulled[2] > right
    assert pulled[3] > bottom
    _is_cut(phone, whole)
    _drag(touch, (x, y), -15, 10)
    moved = _cut(phone)
    assert (moved[2] - moved[0], moved[3] - moved[1]) == (pulled[2] - left, pulled[3] - top)
    assert moved[0] < left
    assert moved[1] > top
    _is_cut(phone, whole)


@pytest.mark.parametrize("second", [(-20, -20), (0, -160)], ids=["on the crop", "beside it"])
def test_a_second_finger_zooms_and_leaves_the_crop(
    phone: Page, touch: Touch, second: tuple[float, float]
) -> None:
    x, y = _drawn_crop(phone, touch)
    touch("touchStart", (x, y))
    touch("touchMove", (x + 8, y + 6))
    held, zoom = _cut(phone), phone.locator("[data-zoom]").inner_text()
    one, other = (x + 8, y + 6), (x + second[0], y + second[1])
    touch("touchStart", one, other)
    touch("touchMove", (one[0] + 40, one[1] + 60), (other[0] - 30, other[1] - 20))
    touch("touchEnd", (one[0] + 40, one[1] + 60))
    touch("touchMove", (one[0] + 80, one[1] + 60))
    touch("touchEnd")
    assert _cut(phone) == held
    expect(phone.locator("[data-zoom]")).not_to_have_text(zoom)
    _drag(touch, _middle(phone), 20, 10)
    assert _cut(phone) != held


def test_a_second_finger_takes_a_click_back(phone: Page, touch: Touch) -> None:
    whole = _visible(_file(phone))
    phone.get_by_text("Part", exact=True).click()
    phone.evaluate("scrollTo(0, 0)")
    x, y = _middle(phone)
    touch("touchStart", (x, y))
    phone.wait_for_timeout(400)  # it rests: no pinch that has begun with one finger
    touch("touchStart", (x, y), (x + 40, y))
    touch("touchEnd")
    assert _visible(_file(phone)) == whole


def test_a_finger_draws_under_a_lens_and_two_fingers_zoom(phone: Page, touch: Touch) -> None:
    page = phone
    x, y = _middle(page)
    touch("touchStart", (x, y))
    touch("touchMove", (x + 30, y + 5))
    expect(page.locator("[data-lens]")).to_be_visible()
    touch("touchMove", (x + 60, y + 5))
    touch("touchEnd")
    _saved(page)
    before = page.locator("[data-zoom]").inner_text()
    touch("touchStart", (x - 30, y), (x + 30, y))
    touch("touchMove", (x - 60, y), (x + 60, y))
    touch("touchEnd")
    expect(page.locator("[data-zoom]")).not_to_have_text(before)


def test_the_page_is_accessible_and_fits(page: Page) -> None:
    _open(page)
    page.locator(".choice", has_text="Crop").click()
    x, y = _middle(page)
    page.mouse.move(x - 120, y - 90)
    page.mouse.down()
    page.mouse.move(x + 90, y + 100)
    page.mouse.up()
    for summary in page.locator(".studio-tools summary").all()[1:]:
        summary.click()
    assert findings(page) == []
    for width in (390, 820, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if folder := os.environ.get("SCREENSHOTS"):
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                page.screenshot(path=Path(folder) / f"studio-{width}-{scheme}.png", full_page=True)


@pytest.mark.parametrize("width", [1280, 390])
def test_without_a_script_a_click_works_too(width: int, new_page: Callable[..., Page]) -> None:
    page = new_page(java_script_enabled=False, viewport={"width": width, "height": 844})
    page.goto("/")
    page.get_by_label("Choose photos").set_input_files(steps.file())
    steps.submit(page).click()
    expect(steps.result(page)).to_be_visible(timeout=steps.RESULT_MS)
    page.get_by_role("link", name="Open the studio").click()
    picture = page.get_by_role("button", name="The picture")
    expect(picture).to_be_visible(timeout=steps.RESULT_MS)
    shown = picture.bounding_box()
    assert shown
    assert (shown["width"], shown["height"]) == SIZE
    assert page.evaluate("document.documentElement.scrollWidth") == width
    picture.click(position={"x": CENTRE[0], "y": CENTRE[1]})
    page.get_by_label("What is behind").select_option("colour")
    with page.expect_download(timeout=steps.RESULT_MS) as download:
        page.get_by_role("button", name="Save and download").click()
    made = Image.open(BytesIO(Path(download.value.path()).read_bytes())).convert("RGB")
    assert made.getpixel(CENTRE) == (255, 255, 255)
