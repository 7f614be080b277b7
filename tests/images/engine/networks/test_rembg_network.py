"""Models that rembg itself runs, on tiny networks in their form and on the real weights."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from images import weights
from images.engine import Kind, ModelUnavailable, NoSubject, Options, remove_background
from images.engine.networks.catalogue import MODELS, Model, choose
from images.engine.networks.precision import Precision
from images.weights import backends
from images.weights.backends import Backend, Task
from tests.images.engine.networks.test_network import OUTPUTS, ROOT, SOCKETS
from tests.images.engine.pictures import disc, disc_mask, iou, opened, saved
from tests.images.engine.real import PHOTOS, needs_photos, rembg_session
from tests.images.engine.tiny import tiny_bytes

LOCAL = [model for model in MODELS.values() if model.is_run_by_rembg and not model.is_remote]
SMALL = MODELS["rembg:u2netp"]


def task(folder: Path, model: Model = SMALL) -> Task:
    """A tiny network in the form of that model, as if it were installed."""
    path = folder / model.file_name
    outputs = OUTPUTS.get(model.rembg_session, 1)
    path.write_bytes(tiny_bytes(model.input_size, outputs, model.gives_logits))
    return Task(path, model, "digest", 1)


@pytest.mark.parametrize("model", LOCAL, ids=lambda model: model.rembg_session)
def test_every_session_of_the_family_cuts_out(tmp_path: Path, model: Model) -> None:
    network = backends.load(task(tmp_path, model))
    cutout = remove_background(saved(disc((240, 160))), network)
    assert (cutout.model, cutout.companion) == (model.name, "")
    assert cutout.backend.startswith("rembg 2.")
    assert iou(opened(cutout.data).getchannel("A"), disc_mask((240, 160))) > 0.9


@pytest.mark.parametrize("model", LOCAL, ids=lambda model: model.rembg_session)
def test_the_catalogue_knows_the_size_that_the_session_wants(tmp_path: Path, model: Model) -> None:
    network = backends.load(task(tmp_path, model))
    picture = np.zeros((*model.square, 3), np.uint8)
    assert network.run(picture).shape == model.square


def test_a_picture_of_nothing_is_still_told(tmp_path: Path) -> None:
    """rembg stretches any answer to the whole range, and would cut noise out."""
    network = backends.load(task(tmp_path))
    with pytest.raises(NoSubject):
        remove_background(
            saved(Image.new("RGB", (240, 160), (90, 90, 90))), network, Options(kind=Kind.PHOTO)
        )


def test_there_is_nothing_to_measure(tmp_path: Path) -> None:
    assert backends.measure(task(tmp_path)).seconds == {}
    assert not (tmp_path / "backends.json").exists()


def test_a_file_without_a_network(tmp_path: Path) -> None:
    broken = task(tmp_path)
    broken.path.write_bytes(b"no network at all")
    with pytest.raises(ModelUnavailable) as caught:
        backends.load(broken)
    assert caught.value.code == "model_damaged"


@pytest.mark.parametrize("precision", [Precision.INT8, Precision.BF16])
def test_a_precision_that_it_has_not(tmp_path: Path, precision: Precision) -> None:
    task(tmp_path)
    with pytest.raises(ModelUnavailable) as caught:
        backends.load(Task(tmp_path / SMALL.file_name, SMALL, "digest", 1, precision))
    assert caught.value.code == "no_precision"


WITHOUT = """
import sys
sys.modules["rembg"] = None
from images.engine import ModelUnavailable
from tests.images.engine.networks.test_rembg_network import Path, backends, task
try:
    backends.load(task(Path(sys.argv[1])))
except ModelUnavailable as err:
    sys.stdout.write(err.code)
"""
UNSEEN = "import sys, images.weights.backends, images.engine; sys.exit('rembg' in sys.modules)"
# The session opens nothing either, whose weights would be fetched if they were not there.
QUIET = SOCKETS.partition("from tests.images.engine.tiny")[0] + (
    "from tests.images.engine.networks.test_rembg_network import task\n"
    "task(Path(sys.argv[1])).load(Backend(sys.argv[2])).run(np.zeros((320, 320, 3), np.uint8))\n"
)


def child(code: str, *arguments: object) -> "subprocess.CompletedProcess[str]":
    environment = {"PATH": os.environ["PATH"], "HOME": str(arguments[0]) if arguments else "/"}
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_without_rembg_the_model_says_what_to_install(tmp_path: Path) -> None:
    done = child(WITHOUT, tmp_path)
    assert (done.returncode, done.stdout) == (0, "rembg_missing")


def test_who_does_not_run_it_does_not_import_it() -> None:
    assert child(UNSEEN).returncode == 0


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="Linux only, like its neighbour")
def test_p13_rembg_opens_no_connection(tmp_path: Path) -> None:
    done = child(QUIET, tmp_path, Backend.ONNXRUNTIME)
    assert (done.returncode, done.stderr) == (0, "")


def real_mask(model: Model, photo: Path) -> Image.Image:
    network = backends.load(backends.prepare(weights.default_folder(os.environ), model, 0))
    return opened(remove_background(photo.read_bytes(), network).data).getchannel("A")


@pytest.mark.model
@needs_photos
@pytest.mark.parametrize("name", ["isnet-general-use", "u2net"])
def test_with_the_real_weights_it_is_rembgs_mask(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, photo = choose(f"rembg:{name}"), PHOTOS / "davis" / "images" / "camel_00015.jpg"
    if not (weights.default_folder(os.environ) / model.file_name).exists():
        pytest.skip(f"{model.file_name} is not on this machine")
    monkeypatch.setenv("U2NET_HOME", str(tmp_path))
    (theirs,) = rembg_session(tmp_path, model).predict(Image.open(photo).convert("RGB"))
    assert iou(real_mask(model, photo), theirs) >= 0.98
