"""The real weights and the research photos, where a machine has them."""

import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from images import weights
from images.engine.networks.catalogue import ISNET_GENERAL_USE, U2NET, Model
from images.engine.networks.network import Network
from images.weights import backends

PHOTOS = Path(__file__).parents[4] / "shared" / "data"

needs_photos = pytest.mark.skipif(
    not PHOTOS.is_dir(),
    reason="the photos with true masks (../shared/data) are not on this machine",
)


def _folder() -> Path:
    return weights.default_folder(os.environ)


def task_of(model: Model) -> backends.Task:
    return backends.prepare(_folder(), model, backends.threads_for(1))


def real_task() -> backends.Task:
    return task_of(ISNET_GENERAL_USE)


@cache
def real_network() -> Network:
    """As `python -m images.engine` runs it: with the companion where its weights are there."""
    network = backends.load(real_task())
    if (_folder() / U2NET.file_name).exists():
        network.companion = backends.load(task_of(U2NET))
    return network


def square_network() -> Network:
    """As rembg runs it: one network, which sees every photo as a square."""
    network = backends.load(real_task())
    network.takes_rectangles = False
    return network


def rembg_session(home: Path, model: Model = ISNET_GENERAL_USE) -> Any:
    """rembg's own session of the same weights, linked into `home`, which U2NET_HOME has to name."""
    name = model.rembg_session
    place = home / "models" / name
    place.mkdir(parents=True)
    found = weights.locate(_folder(), model)
    (place / f"{name}.onnx").symlink_to(found.resolve())
    from rembg import new_session

    return new_session(name)
