"""python -m tests.bench.edges: how well edges come back, measured where the truth is known.

The real mattes of ../shared/data/alpha are put over other photos. Each engine gets the composite and the
true matte shrunk to a coarse square, as a perfect network of that size would see it, and has to give back
alpha and the subject's own colour. The composites have 800 pixels, so 160 cells stand for a photo of 18
megapixels and a network of 1024. rembg's modes are run by its own functions.

Errors are means over the soft band. Alpha: of |alpha - truth| (x1000) and of the difference of their
gradients (x100), in the band and 8 pixels around it. Colour: of |colour - true foreground|, in levels
of 255, where the truth is soft and the engine shows anything.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from images.engine.matte.composite import composite
from images.engine.matte.refine import refine
from images.engine.photo import Photo
from tests.bench import tables
from tests.bench.accuracy import SHARED

Floats = NDArray[np.float32]
CutOut = Callable[[Image.Image, Floats], Image.Image]
GRIDS = (160, 320)
_HARD = (0.02, 0.98)


@dataclass(frozen=True, slots=True)
class Composite:
    """`alpha` float32 (H, W), `front` float32 (H, W, 3), both 0 to 1; `photo` has them over another photo."""

    alpha: Floats
    front: Floats
    photo: Image.Image

    def coarse(self, side: int) -> Floats:
        small = Image.fromarray(self.alpha).resize((side, side), Image.Resampling.BOX)
        clipped: Floats = np.clip(np.asarray(small), 0, 1)
        return clipped

    @property
    def soft(self) -> NDArray[np.bool_]:
        band: NDArray[np.bool_] = (self.alpha > _HARD[0]) & (self.alpha < _HARD[1])
        return band


def report() -> str:
    composites = list(_composites(SHARED / "data"))
    rows = [[name, *_figures(cut_out, composites)] for name, cut_out in _engines().items()]
    kinds = ("alpha", "gradient", "colour")
    header = ["", *(f"{kind}, {side} cells" for side in GRIDS for kind in kinds), "colour, true matte"]
    lifted = [_lifting(composites, side) for side in GRIDS]
    return f"{tables.table(header, rows)}\n\n{' '.join(lifted)}"


def _figures(cut_out: CutOut, composites: list[Composite]) -> Iterator[str]:
    for side in GRIDS:
        errors = [_errors(cut_out(each.photo, each.coarse(side)), each) for each in composites]
        yield from (f"{value:.2f}" for value in np.mean(errors, axis=0))
    exact = [_errors(cut_out(each.photo, each.alpha), each)[2] for each in composites]
    yield f"{np.mean(exact):.2f}"


def _lifting(composites: list[Composite], side: int) -> str:
    """Our refinement against resizing alone, as shares of the error that is left."""
    plain = np.mean([alpha_errors(resized(each.coarse(side), each.photo), each) for each in composites], 0)
    ours = np.mean([alpha_errors(_refined(each, side), each) for each in composites], 0)
    left = 100 * ours / plain
    share = f"{left[0]:.0f} % of the error of alpha and {left[1]:.0f} % of that of its gradient"
    return f"From {side} cells, refinement leaves {share}."


def resized(coarse: Floats, photo: Image.Image) -> Floats:
    enlarged = Image.fromarray(coarse).resize(photo.size, Image.Resampling.BICUBIC)
    clipped: Floats = np.clip(np.asarray(enlarged), 0, 1)
    return clipped


def _refined(each: Composite, side: int) -> Floats:
    return np.asarray(refine(each.coarse(side), each.photo), np.float32) / np.float32(255)


def _errors(cutout: Image.Image, truth: Composite) -> tuple[float, float, float]:
    pixels = np.asarray(cutout.convert("RGBA"), np.float32) / np.float32(255)
    alpha = pixels[..., 3]
    shown = truth.soft & (alpha > 0)
    colour = 255 * np.abs(pixels[..., :3] - truth.front)[shown].mean()
    return (*alpha_errors(alpha, truth), float(colour))


def alpha_errors(alpha: Floats, truth: Composite) -> tuple[float, float]:
    from scipy import ndimage

    band = ndimage.binary_dilation(truth.soft, iterations=8)
    slopes = [ndimage.gaussian_gradient_magnitude(each, 1.0) for each in (alpha, truth.alpha)]
    difference = np.abs(alpha - truth.alpha)[band].mean()
    return 1000 * float(difference), 100 * float(np.abs(slopes[0] - slopes[1])[band].mean())


def _composites(data: Path) -> Iterator[Composite]:
    """The foreground of each matte, by the closed-form estimate that no engine here uses, over a photo."""
    from pymatting import estimate_foreground_cf  # type: ignore[import-untyped]

    grounds = sorted((data / "davis" / "images").iterdir())
    for number, file in enumerate(sorted((data / "alpha" / "masks").iterdir())):
        alpha = np.asarray(Image.open(file).convert("L"), np.float32) / np.float32(255)
        source = next((data / "alpha" / "images").glob(f"{file.stem}.*"))
        colours = np.asarray(Image.open(source).convert("RGB")) / 255
        front = np.clip(estimate_foreground_cf(colours, alpha.astype(np.float64)), 0, 1).astype(np.float32)
        size = (alpha.shape[1], alpha.shape[0])
        ground = Image.open(grounds[number]).convert("RGB").resize(size, Image.Resampling.LANCZOS)
        share = alpha[..., None]
        mixed = front * share * 255 + np.asarray(ground, np.float32) * (1 - share)
        yield Composite(alpha, front, Image.fromarray(np.rint(mixed).astype(np.uint8)))


def _engines() -> dict[str, CutOut]:
    from rembg.bg import alpha_matting_cutout, decontaminate_cutout, naive_cutout

    return {
        "rembg": lambda photo, coarse: naive_cutout(photo, _rembg_mask(photo, coarse)),
        "rembg, alpha_matting": lambda photo, coarse: alpha_matting_cutout(
            photo, _rembg_mask(photo, coarse), 240, 10, 10
        ),
        "rembg, decontaminate": lambda photo, coarse: decontaminate_cutout(photo, _rembg_mask(photo, coarse)),
        "ours": _ours,
    }


def _ours(photo: Image.Image, coarse: Floats) -> Image.Image:
    if coarse.shape == (photo.height, photo.width):  # the true matte: nothing to refine
        return composite(Photo(photo), Image.fromarray(np.rint(coarse * 255).astype(np.uint8)))
    return composite(Photo(photo), refine(coarse, photo))


def _rembg_mask(photo: Image.Image, coarse: Floats) -> Image.Image:
    """As its sessions make it of a network's answer."""
    return Image.fromarray((coarse * 255).astype(np.uint8)).resize(photo.size, Image.Resampling.LANCZOS)


if __name__ == "__main__":
    sys.stdout.write(f"{report()}\n")
