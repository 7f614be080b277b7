"""Layered files, reopened by programs that are not ours."""

import io
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from psd_tools import PSDImage
from psd_tools.constants import Resource

from images.engine.codecs import psd
from images.engine.codecs.psd import PsdLayer
from images.engine.errors import ImageTooLarge
from tests import parts
from tests.images.engine.edits.pictures import block, photo, picture, rendered, sources
from tests.images.engine.pictures import opened, srgb_profile

EVERYTHING = {
    "ground": {"kind": "gradient", "start": "#ffeedd", "end": "#88aacc"},
    "shadow": {"kind": "drop", "softness": 8},
    "outline": {"width": 3, "colour": "#ffffff"},
}
DOCUMENTS = [{}, EVERYTHING, {"place": {"crop": "subject"}}]


def _soft() -> Image.Image:
    """A cut-out with every level of alpha."""
    cutout = block()
    ramp = Image.linear_gradient("L").resize((120, 200))
    cutout.paste(Image.merge("RGBA", [*block().crop((200, 100, 320, 300)).split()[:3], ramp]), (200, 100))
    return cutout


def _psd(**document: Any) -> bytes:
    return rendered(sources(_soft(), **document.pop("info", {})), output={"format": "psd"}, **document).data


def _difference(one: Image.Image, other: Image.Image) -> int:
    pixels = [np.asarray(image.convert("RGBA")).astype(int) for image in (one, other)]
    seen = np.minimum(pixels[0][..., 3:], pixels[1][..., 3:]) > 0
    return int((np.abs(pixels[0] - pixels[1]) * np.where(seen, 1, [0, 0, 0, 1])).max())


class TestPsdTools:
    def test_the_layers_from_the_ground_up(self) -> None:
        found = PSDImage.open(io.BytesIO(_psd(**EVERYTHING)))
        names = ["Original", "Background", "Shadow", "Outline", "Subject"]
        assert [layer.name for layer in found] == names
        assert [layer.is_visible() for layer in found] == [False, True, True, True, True]

    def test_the_subject_has_a_mask(self) -> None:
        subject = list(PSDImage.open(io.BytesIO(_psd())))[-1]
        mask = subject.mask.topil()
        assert mask.tobytes() == _soft().getchannel("A").crop(subject.bbox).tobytes()

    @pytest.mark.parametrize("document", DOCUMENTS)
    def test_layers_mixed_by_somebody_else_give_our_picture(self, document: dict[str, Any]) -> None:
        found = PSDImage.open(io.BytesIO(_psd(**document)))
        mixed = found.composite(force=True, ignore_preview=True)
        assert _difference(mixed, picture(sources(_soft()), **document)) <= 1

    def test_profile_and_resolution(self) -> None:
        found = PSDImage.open(io.BytesIO(_psd(info={"icc_profile": srgb_profile(), "dpi": (300, 300)})))
        resources = {resource.key: resource.data for resource in found.image_resources.values()}
        assert resources[Resource.ICC_PROFILE] == srgb_profile()
        assert round(resources[Resource.RESOLUTION_INFO].horizontal / 65536) == 300

    def test_the_original_is_the_photo(self) -> None:
        original = next(iter(PSDImage.open(io.BytesIO(_psd()))))
        assert original.topil().tobytes() == photo().tobytes()


class TestOthers:
    def test_pillow_reads_the_merged_picture(self) -> None:
        made = opened(_psd(**EVERYTHING))
        assert made.format == "PSD"
        assert _difference(made, picture(sources(_soft()), **EVERYTHING)) <= 1

    def test_who_knows_no_transparency_sees_it_on_white(self) -> None:
        made = opened(_psd()).convert("RGB")
        ours = picture(sources(_soft()), ground={"kind": "colour", "colour": "#ffffff"})
        assert _difference(made, ours) <= 1


@pytest.mark.imagemagick
class TestImageMagick:
    def test_finds_every_layer(self, tmp_path: Path) -> None:
        (tmp_path / "in.psd").write_bytes(_psd(**EVERYTHING))
        command = [str(parts.imagemagick()), f"{tmp_path}/in.psd", "-format", "%l\n", "info:"]
        listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        # The first one has no name: the merged picture.
        assert listed.split() == ["Original", "Background", "Shadow", "Outline", "Subject"]

    @pytest.mark.parametrize("document", DOCUMENTS)
    def test_the_merged_picture_is_ours(self, document: dict[str, Any], tmp_path: Path) -> None:
        self._is_ours(document, tmp_path, "in.psd[0]")

    @pytest.mark.parametrize("document", DOCUMENTS)
    def test_its_layers_mixed_are_ours(self, document: dict[str, Any], tmp_path: Path) -> None:
        # The first picture is the merged one, the second the original, which is hidden.
        self._is_ours(document, tmp_path, "in.psd", "-delete", "0,1")

    def _is_ours(self, document: dict[str, Any], folder: Path, *read: str) -> None:
        """On white: of a colour that hardly shows, eight bits keep little."""
        (folder / "in.psd").write_bytes(_psd(**document))
        ours = picture(sources(_soft()), **{"ground": {"kind": "colour", "colour": "#ffffff"}, **document})
        paper = ("-size", f"{ours.width}x{ours.height}", "xc:white")
        command = [str(parts.imagemagick()), *paper, "(", *read, ")", "-layers", "flatten", "PNG32:out.png"]
        subprocess.run(command, check=True, cwd=folder)
        assert _difference(Image.open(folder / "out.png"), ours) <= 1


def _written(name: str, image: Image.Image) -> bytes:
    file = io.BytesIO()
    psd.write_psd(file, [PsdLayer(name, image.size, image.getchannel)], image)
    return file.getvalue()


class TestWriter:
    @pytest.mark.parametrize("width", [1, 2, 127, 128, 129, 300])
    def test_plain_rows_of_every_length(self, width: int) -> None:
        plain = Image.new("RGB", (width, 3), (9, 8, 7))
        assert opened(_written("One", plain)).tobytes() == plain.tobytes()

    def test_rows_that_nothing_makes_shorter(self) -> None:
        noise = np.random.default_rng(0).integers(0, 256, (40, 301, 3)).astype(np.uint8)
        image = Image.fromarray(noise)
        assert opened(_written("Noise", image)).tobytes() == image.tobytes()

    def test_a_grainy_layer_is_no_longer_than_its_pixels(self) -> None:
        noise = np.random.default_rng(0).integers(0, 256, (40, 301, 3)).astype(np.uint8)
        file = _written("Noise", Image.fromarray(noise))
        layer = next(iter(PSDImage.open(io.BytesIO(file))))
        assert layer.topil().tobytes() == noise.tobytes()
        assert [len(channel.data) for channel in layer._channels] == [40 * 301] * 3

    def test_names_in_every_script(self) -> None:
        found = PSDImage.open(io.BytesIO(_written("背景 ü", Image.new("RGB", (2, 2)))))
        assert [layer.name for layer in found] == ["背景 ü"]

    def test_a_side_too_long(self) -> None:
        with pytest.raises(ImageTooLarge):
            psd.write_psd(io.BytesIO(), [], Image.new("RGB", (psd.LONGEST_SIDE + 1, 1)))

    @pytest.mark.parametrize(("dpi", "written"), [(32_767, 32_767), (65_536, 32_767), (100_000, 32_767)])
    def test_resolution_that_the_format_has_no_number_for(self, dpi: float, written: int) -> None:
        file = io.BytesIO()
        psd.write_psd(file, [], Image.new("RGB", (2, 2)), dpi=(dpi, 300))
        resources = PSDImage.open(io.BytesIO(file.getvalue())).image_resources
        found = resources[Resource.RESOLUTION_INFO].data
        assert (found.horizontal / 65_536, found.vertical / 65_536) == (written, 300)
