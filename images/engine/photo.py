"""A decoded photo, upright and in eight bits."""

from dataclasses import dataclass

from PIL import Image


@dataclass(frozen=True, slots=True)
class Photo:
    """`rgb` is an RGB image; `alpha` an L image of its size, or None where the source is opaque.

    `icc` describes the colours of `rgb`; None means sRGB. `dpi` is kept for printing.
    """

    rgb: Image.Image
    alpha: Image.Image | None = None
    icc: bytes | None = None
    dpi: tuple[float, float] | None = None

    @property
    def size(self) -> tuple[int, int]:
        return self.rgb.size

    def resized(self, size: tuple[int, int], resample: Image.Resampling) -> Image.Image:
        """RGB, or RGBA where the source has alpha. Hidden colours do not bleed into others."""
        if self.alpha is None:
            return self.rgb.resize(size, resample)
        with_alpha = self.rgb.copy()
        with_alpha.putalpha(self.alpha)
        return with_alpha.resize(size, resample)  # Pillow weighs colour by alpha here
