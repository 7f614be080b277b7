"""python -m tests.bench.paint [MEGAPIXELS]: how long a stroke and an undo take in the page, and its memory.

Needs Chromium, the real weights and ../shared/data/large. Times are those of the page's own work for one
movement of the pointer and for one drawing of the canvas; memory is what the studio's own tab has more than
with an empty page.
"""

import io
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests import parts
from tests.bench.accuracy import SHARED
from tests.e2e.conftest import FLAGS
from tests.stack import serving

_WAIT_MS, _SETTLE_MS = 240_000, 3000
_STROKES, _MOVES = 10, 40

_WATCH = """() => {
    const { studio } = document.querySelector("[data-studio]");
    window.spent = { move: [], draw: [], undo: [] };
    const timed = (owner, name, list) => {
        const act = owner[name].bind(owner);
        owner[name] = (...values) => {
            const began = performance.now();
            const result = act(...values);
            window.spent[list].push(performance.now() - began);
            return result;
        };
    };
    timed(studio, "move", "move");
    timed(studio, "undo", "undo");
    timed(studio.picture, "draw", "draw");
}"""


def report(megapixels: float = 50) -> str:
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder)) as stack,
        sync_playwright() as playwright,
    ):
        stack.wait_until("database", "broker", "storage", "worker", "model")
        browser = playwright.chromium.launch(executable_path=parts.chromium(), args=FLAGS)
        return _measured(browser, stack.address, _photo(megapixels))


def _photo(megapixels: float) -> bytes:
    picture = Image.open(SHARED / "data" / "large" / "photo-18mp.jpg")
    scale = (megapixels * 1e6 / (picture.width * picture.height)) ** 0.5
    size = (int(picture.width * scale), int(picture.height * scale))
    output = io.BytesIO()
    picture.resize(size).save(output, "JPEG", quality=88, icc_profile=picture.info.get("icc_profile"))
    return output.getvalue()


def _measured(browser: Browser, address: str, photo: bytes) -> str:
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(_WAIT_MS)
    upload = context.new_page()
    upload.goto("/")
    upload.set_input_files("#id_photos", {"name": "large.jpg", "mimeType": "image/jpeg", "buffer": photo})
    upload.get_by_role("button", name="Remove the background").click()
    studio = upload.get_by_role("link", name="Open the studio").get_attribute("href")
    page = context.new_page()
    page.goto("/healthz")
    upload.close()
    page.wait_for_timeout(_SETTLE_MS)
    empty = _memory(browser)
    page.goto(str(studio))
    page.wait_for_selector("canvas[data-loaded]")
    page.wait_for_timeout(_SETTLE_MS)
    page.evaluate(_WATCH)
    for size in (45, 80):  # of the slider: fifteen pixels, and two hundred
        page.locator("[name=brush]").fill(str(size))
        _paint(page)
    for _ in range(2 * _STROKES):
        page.get_by_role("button", name="Undo").click()
    spent = page.evaluate("window.spent")
    lines = [f"{name}: {_figures(times)}" for name, times in spent.items()]
    heap = page.evaluate("performance.memory.usedJSHeapSize") / 1e6
    return "\n".join(
        [*lines, f"heap {heap:.0f} MB, renderer {_memory(browser) - empty:.0f} MB more than empty"]
    )


def _paint(page: Page) -> None:
    box: Any = page.locator("[data-canvas]").bounding_box()
    for stroke in range(_STROKES):
        x, y = box["x"] + box["width"] * 0.3, box["y"] + box["height"] * (0.25 + 0.025 * stroke)
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + box["width"] * 0.4, y + 20, steps=_MOVES)
        page.mouse.up()


def _figures(times: list[float]) -> str:
    if len(times) < 2:
        return "–"
    high = statistics.quantiles(times, n=20)[-1]
    middle, most = statistics.median(times), max(times)
    return f"median {middle:.1f} ms, p95 {high:.1f} ms, most {most:.1f} ms ({len(times)})"


def _memory(browser: Browser) -> float:
    """Megabytes of all renderers, what they share counted once."""
    session = browser.new_browser_cdp_session()
    found = session.send("SystemInfo.getProcessInfo")["processInfo"]
    return sum(_resident(each["id"]) for each in found if each["type"] == "renderer") / 1e3


def _resident(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


if __name__ == "__main__":
    sys.stdout.write(f"{report(float(sys.argv[1]) if len(sys.argv) > 1 else 50)}\n")
