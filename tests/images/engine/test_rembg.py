"""Our masks are those of rembg with the same weights, where our network sees squares as its does."""

import pytest
from PIL import Image, ImageDraw

from images.engine import remove_background
from tests.images.engine.pictures import iou, opened, saved
from tests.images.engine.real import PHOTOS, needs_photos, rembg_session, square_network

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> object:
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("rembg")
        patch.setenv("U2NET_HOME", str(home))
        return rembg_session(home)


def drawn_photo() -> Image.Image:
    """A red cup on a table, before a wall."""
    photo = Image.linear_gradient("L").resize((640, 480)).convert("RGB")
    draw = ImageDraw.Draw(photo)
    draw.rectangle((0, 340, 640, 480), fill=(110, 80, 50))
    draw.arc((360, 180, 480, 320), 250, 110, fill=(170, 20, 20), width=22)
    draw.rounded_rectangle((220, 130, 410, 380), 30, fill=(200, 30, 30))
    draw.ellipse((225, 110, 405, 160), fill=(90, 10, 10))
    return photo


def agreement(photo: Image.Image, session: object) -> float:
    ours = opened(remove_background(saved(photo), square_network()).data).getchannel("A")
    return iou(ours, session.predict(photo)[0])


def test_mask_of_a_drawn_photo(session: object) -> None:
    assert agreement(drawn_photo(), session) >= 0.99


@needs_photos
@pytest.mark.parametrize("name", ["davis/images/camel_00015.jpg", "voc/images/2007_000256.jpg"])
def test_mask_of_a_real_photo(session: object, name: str) -> None:
    assert agreement(Image.open(PHOTOS / name).convert("RGB"), session) >= 0.99
