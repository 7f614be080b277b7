"""Without a model photos wait, the pages say so, and one that comes later is noticed without a restart."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from images import weights
from images.engine.networks import catalogue
from tests.e2e.pictures import ball
from tests.stack import Stack, Visitor, serving, wait_for


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def bare_stack(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Stack]:
    # Named, the library need not be found by a measurement of both.
    variables = {"BGBEGONE_MODELS": str(models), "BACKEND": "openvino"}
    with serving(tmp_path_factory.mktemp("bare"), **variables) as running:
        running.wait_until("database", "broker", "storage", "worker")
        yield running


def test_the_pages_say_that_no_model_is_installed(bare_stack: Stack) -> None:
    visitor = Visitor(bare_stack.address)
    assert "no model is installed" in visitor.get("/").decode()
    photo = visitor.upload(ball())
    assert "Your photo arrived safely. No model is installed yet" in visitor.get(photo).decode()
    assert visitor.is_working(photo)


@pytest.mark.model
def test_a_waiting_photo_is_done_as_soon_as_a_model_is_there(bare_stack: Stack, models: Path) -> None:
    visitor = Visitor(bare_stack.address)
    photo = visitor.upload(ball())
    source = weights.locate(settings.BGBEGONE_MODELS, catalogue.choose(settings.MODEL))
    # As a fetch does it: nobody may see half a file under the final name.
    draft = shutil.copy(source, models / "draft")
    Path(draft).rename(models / source.name)
    wait_for(lambda: not visitor.is_working(photo), f"still waiting: {bare_stack.log_file}")
    assert "The subject without its background" in visitor.get(photo).decode()
    assert "no model is installed" not in visitor.get("/").decode()
