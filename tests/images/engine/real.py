"""The real weights and the research photos, where a machine has them."""

import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from images import weights
from images.engine.networks.catalogue import ISNET_GENERAL_USE
from images.engine.networks.network import Network
from images.weights import backends

PHOTOS = Path(__file__).parents[4] / "shared" / "data"

needs_photos = pytest.mark.skipif(
    not PHOTOS.is_dir(),
    reason="the photos with true masks (../shared/data) are not on this machine",
)


def real_task() -> backends.Task:
    folder = weights.default_folder(os.environ)
    return backends.prepare(folder, ISNET_GENERAL_USE, backends.threads_for(1))


@cache
def real_network() -> Network:
    """As `python -m images.engine` runs it."""
    return backends.load(real_task())


def square_network() -> Network:
    """As rembg runs it: one network, which sees every photo as a square."""
    network = backends.load(real_task())
    network.takes_rectangles = False
    return network


def rembg_session(home: Path) -> Any:
    """rembg's own session of the same weights, linked into `home`, which U2NET_HOME has to name."""
    name = ISNET_GENERAL_USE.rembg_session
    place = home / "models" / name
    place.mkdir(parents=True)
    found = weights.locate(weights.default_folder(os.environ), ISNET_GENERAL_USE)
    (place / f"{name}.onnx").symlink_to(found.resolve())
    from rembg import new_session

    return new_session(name)
