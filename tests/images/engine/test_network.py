from pathlib import Path

import numpy as np
import pytest

from images.engine import ModelUnavailable
from images.engine.network import OnnxNetwork
from tests.images.engine.tiny import SIDE, install_tiny, tiny_model, tiny_network


def tensor() -> np.ndarray:
    values = np.full((1, 3, SIDE, SIDE), -0.5, np.float32)
    values[:, :, :8, :8] = 0.5
    return values


def test_output_is_a_map_of_probabilities(tmp_path: Path) -> None:
    output = tiny_network(tmp_path).run(tensor())
    assert output.shape == (SIDE, SIDE)
    assert output.dtype == np.float32
    assert output[0, 0] > 0.99
    assert output[-1, -1] < 0.01


def test_tensor_is_left_as_it_was(tmp_path: Path) -> None:
    given = tensor()
    tiny_network(tmp_path).run(given)
    assert np.array_equal(given, tensor())


def test_network_says_what_it_is(tmp_path: Path) -> None:
    network = tiny_network(tmp_path)
    assert network.model.name == "tiny"
    assert network.weights_sha256 == tiny_model().weights[0].sha256


@pytest.mark.parametrize("content", [b"", b"no network at all"])
def test_file_without_a_network(tmp_path: Path, content: bytes) -> None:
    path = install_tiny(tmp_path)
    path.write_bytes(content)
    with pytest.raises(ModelUnavailable) as caught:
        OnnxNetwork(path, tiny_model(), "")
    assert caught.value.code == "model_damaged"
