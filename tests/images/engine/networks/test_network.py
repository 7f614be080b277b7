"""Both backends, on tiny networks in the form of every model of the catalogue."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from images.engine import ModelUnavailable, Network, remove_background
from images.engine.networks.catalogue import MODELS, Model
from images.weights.backends import Backend, Task
from tests.images.engine.pictures import disc, disc_mask, iou, opened, saved
from tests.images.engine.real import real_task
from tests.images.engine.tiny import SIDE, install_tiny, tiny_bytes, tiny_model

ROOT = Path(__file__).parents[4]
LOCAL = [model for model in MODELS.values() if not (model.is_remote or model.is_run_by_rembg)]
OUTPUTS = {
    "isnet-general-use": 12,
    "isnet-anime": 1,
    "u2net": 7,
    "u2netp": 7,
    "u2net_human_seg": 7,
    "silueta": 7,
}

both = pytest.mark.parametrize("backend", Backend)


def tensor(side: int = SIDE) -> np.ndarray:
    values = np.full((1, 3, side, side), -0.5, np.float32)
    values[:, :, : side // 8, : side // 8] = 0.5
    return values


def loaded(folder: Path, backend: Backend, model: Model | None = None) -> Network:
    """The tiny network, or one in the form of that model."""
    path = install_tiny(folder)
    if model:
        path.write_bytes(tiny_bytes(model.input_size, OUTPUTS.get(model.name, 1), model.gives_logits))
    return Task(path, model or tiny_model(), "digest", 1).load(backend)


@both
def test_output_is_a_map_of_probabilities(tmp_path: Path, backend: Backend) -> None:
    output = loaded(tmp_path, backend).run(tensor())
    assert output.shape == (SIDE, SIDE)
    assert output.dtype == np.float32
    assert output[0, 0] > 0.99
    assert output[-1, -1] < 0.01


@both
def test_output_stays_when_the_network_runs_again(tmp_path: Path, backend: Backend) -> None:
    network = loaded(tmp_path, backend)
    first = network.run(tensor())
    copy = first.copy()
    network.run(-tensor())
    assert np.array_equal(first, copy)


@both
def test_tensor_is_left_as_it_was(tmp_path: Path, backend: Backend) -> None:
    given = tensor()
    loaded(tmp_path, backend).run(given)
    assert np.array_equal(given, tensor())


@both
def test_network_says_what_it_is(tmp_path: Path, backend: Backend) -> None:
    network = loaded(tmp_path, backend)
    assert (network.model.name, network.weights_sha256) == ("tiny", "digest")
    assert network.backend.lower().replace(" ", "").startswith(backend)
    assert network.backend.endswith(("fp32", "bf16"))


@both
@pytest.mark.parametrize("content", [b"", b"no network at all"])
def test_file_without_a_network(tmp_path: Path, content: bytes, backend: Backend) -> None:
    path = install_tiny(tmp_path)
    path.write_bytes(content)
    with pytest.raises(ModelUnavailable) as caught:
        Task(path, tiny_model(), "", 1).load(backend)
    assert caught.value.code == "model_damaged"


@both
@pytest.mark.parametrize("model", LOCAL, ids=lambda model: model.name)
def test_every_form_of_the_catalogue_cuts_out(tmp_path: Path, model: Model, backend: Backend) -> None:
    cutout = remove_background(saved(disc((240, 160))), loaded(tmp_path, backend, model))
    assert cutout.model == model.name
    assert iou(opened(cutout.data).getchannel("A"), disc_mask((240, 160))) > 0.9


@pytest.mark.parametrize("model", LOCAL, ids=lambda model: model.name)
def test_both_backends_see_the_same(tmp_path: Path, model: Model) -> None:
    maps = [loaded(tmp_path, backend, model).run(tensor(model.input_size)) for backend in Backend]
    assert np.abs(maps[0] - maps[1]).mean() < 0.001
    assert maps[0].min() >= 0
    assert maps[0].max() <= 1


@pytest.mark.model
def test_both_backends_see_the_same_with_the_real_weights() -> None:
    picture = saved(Image.linear_gradient("L").resize((640, 480)).convert("RGB"), "PNG")
    photo = opened(picture)
    photo.paste((200, 30, 30), (220, 130, 410, 380))
    masks = [
        opened(remove_background(saved(photo), real_task().load(backend)).data).getchannel("A")
        for backend in Backend
    ]
    assert iou(*masks) > 0.99


SOCKETS = """
import os, socket, sys, time
from pathlib import Path
import numpy as np

def refuse(*arguments):
    os._exit(9)
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse

from images.weights.backends import Backend, Task
from tests.images.engine.tiny import SIDE, install_tiny, tiny_model
task = Task(install_tiny(Path(sys.argv[1])), tiny_model(), "", 1)
task.load(Backend(sys.argv[2])).run(np.zeros((1, 3, SIDE, SIDE), np.float32))
time.sleep(1)
descriptors = [entry.path for entry in os.scandir("/proc/self/fd")]
sys.stdout.write(repr([link for link in map(os.path.realpath, descriptors) if "socket:" in link]))
sys.stdout.write(repr([name for name, module in sys.modules.items() if "telemetry" in name and module]))
"""


@both
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="reads the open sockets from Linux's /proc")
def test_p13_no_backend_can_report_its_use(tmp_path: Path, backend: Backend) -> None:
    """Both libraries would: neither opens a socket, loads a reporter or leaves a device id behind."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}  # nobody has declined here
    command = [sys.executable, "-c", SOCKETS, str(tmp_path), backend]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[][]", "")
    assert {path.name for path in tmp_path.iterdir()} == {"tiny.onnx"}
