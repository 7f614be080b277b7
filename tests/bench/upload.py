"""`python -m tests.bench.upload`: from the click to the visible result, beside the bare inference.

A real browser sends a photo of one megapixel to the whole service on an idle machine; the network alone is
timed in a process of its own, in turns with it. Prints medians.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from tests import parts
from tests.stack import Stack, serving

ROUNDS = 7
_BROWSER = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
_PHOTO = Path("../shared/data/davis/images/dog_00010.jpg")
_INFERENCE = """
import os, time
import numpy as np
from images import weights
from images.engine.catalogue import choose
from images.engine.network import OnnxNetwork
model = choose("isnet-general-use")
path = weights.locate(weights.default_folder(os.environ), model)
network = OnnxNetwork(path, model, "")
tensor = np.random.default_rng(0).random((1, 3, 1024, 1024), np.float32) - 0.5
network.run(tensor)
started = time.perf_counter()
network.run(tensor)
print(time.perf_counter() - started)
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as stack:
        stack.wait_until("worker", "model")
        photo = _photo(Path(folder))
        _seconds_to_result(stack, photo)  # the first one warms everything up
        uploads, inferences = [], []
        for _ in range(ROUNDS):
            inferences.append(_bare_inference())
            uploads.append(_seconds_to_result(stack, photo))
    upload, inference = statistics.median(uploads), statistics.median(inferences)
    print(f"bare inference {inference:.2f} s, click to visible result {upload:.2f} s, ", end="")
    print(f"difference {upload - inference:+.2f} s (medians of {ROUNDS})")


def _photo(folder: Path) -> Path:
    """One megapixel with a subject."""
    path = folder / "photo.jpg"
    Image.open(_PHOTO).convert("RGB").resize((1224, 817)).save(path, quality=90)
    return path


def _bare_inference() -> float:
    run = subprocess.run(
        [sys.executable, "-c", _INFERENCE], check=True, capture_output=True, text=True, timeout=120
    )
    return float(run.stdout)


def _seconds_to_result(stack: Stack, photo: Path) -> float:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=parts.chromium(), args=_BROWSER)
        page = browser.new_page()
        page.goto(stack.address)
        seconds = _timed(page, photo)
        browser.close()
    return seconds


def _timed(page: Page, photo: Path) -> float:
    page.locator("#id_photos").set_input_files(photo)
    # The choice is drawn as a thumbnail first; the clock starts with the click.
    expect(page.locator(".chosen li")).to_have_count(1)
    started = time.perf_counter()
    page.locator("#upload button[type=submit]").click()
    result = page.locator('img[src$="cutout.webp"]')
    result.wait_for(timeout=60_000)
    result.evaluate("image => image.decode()")
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
