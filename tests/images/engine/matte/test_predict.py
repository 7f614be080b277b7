import numpy as np
import pytest
from PIL import Image

from images.engine import Network, NoSubject
from images.engine.matte.predict import input_tensor, look, predict
from images.engine.networks.catalogue import ISNET_GENERAL_USE
from images.engine.photo import Photo
from tests.images.engine.pictures import disc, disc_mask, iou
from tests.images.engine.real import real_network
from tests.images.engine.tiny import SIDE, tiny_model, tiny_network


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    return tiny_network(tmp_path_factory.mktemp("network"))


def noise(width: int, height: int) -> Image.Image:
    values = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    return Image.fromarray(values)


NOTHING = [
    Image.new("RGB", (80, 60), "white"),
    Image.new("RGB", (80, 60), "black"),
    Image.new("RGB", (80, 60), (255, 0, 0)),
    Image.new("RGB", (1, 1), (10, 200, 30)),
    Image.new("RGB", (20_000, 10), (10, 200, 30)),
    Image.linear_gradient("L").convert("RGB"),
    noise(800, 600),
]


def test_tensor_has_the_model_s_form() -> None:
    tensor = input_tensor(Photo(disc()), tiny_model())
    assert tensor.shape == (1, 3, SIDE, SIDE)
    assert tensor.dtype == np.float32
    assert tensor.flags.c_contiguous


def test_brightest_value_becomes_one() -> None:
    tensor = input_tensor(Photo(Image.new("RGB", (8, 8), (51, 102, 0))), tiny_model())
    assert np.allclose(tensor[0, :, 0, 0], [0.0, 0.5, -0.5])


def test_black_photo_divides_by_no_zero() -> None:
    assert np.all(input_tensor(Photo(Image.new("RGB", (8, 8))), tiny_model()) == -0.5)


def test_mean_and_deviation_apply_per_channel() -> None:
    photo = Photo(Image.new("RGB", (8, 8), "white"))
    model = ISNET_GENERAL_USE
    tensor = input_tensor(photo, model)
    assert np.allclose(tensor[0, :, 0, 0], (1 - np.array(model.mean)) / np.array(model.std))


def test_transparent_source_stands_on_grey() -> None:
    alpha = Image.new("L", (8, 8), 0)
    alpha.paste(255, (0, 0, 4, 8))
    tensor = input_tensor(Photo(Image.new("RGB", (8, 8), "white"), alpha), tiny_model())
    assert np.allclose(tensor[0, 0, 0, [0, -1]], [0.5, 128 / 255 - 0.5], atol=0.01)


def test_subject_is_found(network: Network) -> None:
    probabilities = predict(Photo(disc((SIDE, SIDE))), network)
    found = Image.fromarray((probabilities * 255).astype(np.uint8))
    assert iou(found, disc_mask((SIDE, SIDE))) > 0.95


def test_photo_is_left_as_it_was(network: Network) -> None:
    photo = Photo(disc())
    predict(photo, network)
    assert photo.rgb.tobytes() == disc().tobytes()


def test_one_colour_has_no_subject(network: Network) -> None:
    with pytest.raises(NoSubject) as caught:
        predict(Photo(Image.new("RGB", (250, 50), "green")), network)
    assert caught.value.code == "no_subject"


def test_thumbnail_without_a_subject_is_too_small(network: Network) -> None:
    with pytest.raises(NoSubject, match="only 64 × 48 pixels"):
        predict(Photo(Image.new("RGB", (64, 48), "green")), network)


class Everything:
    """Sees a subject in every pixel."""

    model = tiny_model()
    weights_sha256 = backend = ""
    takes_rectangles = False
    companion = None

    def run(self, tensor: np.ndarray) -> np.ndarray:
        return np.ones(tensor.shape[2:], np.float32)


def test_a_companion_adds_what_was_overlooked(tmp_path_factory: pytest.TempPathFactory) -> None:
    network, photo = tiny_network(tmp_path_factory.mktemp("duo")), Photo(disc())
    alone = predict(photo, network)
    network.companion = Everything()  # type: ignore[assignment]
    sight = look(photo, network)
    assert np.array_equal(sight.alone, alone)
    assert sight.companion is not None
    assert sight.probabilities.mean() > alone.mean()


def test_a_companion_finds_a_subject_alone(tmp_path_factory: pytest.TempPathFactory) -> None:
    network = tiny_network(tmp_path_factory.mktemp("duo"))
    network.companion = Everything()  # type: ignore[assignment]
    assert predict(Photo(Image.new("RGB", (50, 50), "green")), network).min() > 0.9


def test_without_a_companion_the_network_stands_alone(network: Network) -> None:
    sight = look(Photo(disc()), network)
    assert sight.companion is None
    assert sight.probabilities is sight.alone


def test_a_part_of_a_photo_can_be_looked_at(network: Network) -> None:
    """The box that somebody draws."""
    part = Photo(disc((400, 300)).crop((100, 50, 300, 250)))
    assert predict(part, network).shape == (SIDE, SIDE)


@pytest.mark.model
@pytest.mark.parametrize("image", NOTHING)
def test_real_network_finds_nothing_where_nothing_is(image: Image.Image) -> None:
    with pytest.raises(NoSubject):
        predict(Photo(image), real_network())


@pytest.mark.model
def test_real_network_finds_a_small_disc() -> None:
    small = Image.new("RGB", (800, 600), (40, 60, 80))
    small.paste(disc((48, 48)).crop((12, 12, 36, 36)), (388, 288))
    assert predict(Photo(small), real_network()).max() > 0.9
