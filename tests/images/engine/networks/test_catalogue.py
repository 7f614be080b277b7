import re

import pytest

from images.engine import ModelUnavailable
from images.engine.networks.catalogue import (
    MODELS,
    Download,
    Model,
    NpmResource,
    Weights,
    WheelMember,
    choose,
    companion_of,
)

EVERY_FILE = [weights for model in MODELS.values() for weights in model.weights]


def code_of(name: str) -> str:
    with pytest.raises(ModelUnavailable) as caught:
        choose(name)
    return caught.value.code


def test_default_model_may_be_used_commercially() -> None:
    assert choose("isnet-general-use").allows_commercial_use


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("nonsense", "model_unknown"),
        ("atlascloud", "model_remote"),
        ("withoutbg", "model_remote"),
        ("bria-rmbg", "model_noncommercial"),
        ("rembg:nonsense", "model_unknown"),
        ("rembg:atlascloud", "model_remote"),
        ("rembg:withoutbg", "model_remote"),
        ("rembg:bria-rmbg", "model_noncommercial"),
    ],
)
def test_model_that_may_not_be_used(name: str, code: str) -> None:
    assert code_of(name) == code


def test_noncommercial_model_needs_the_setting() -> None:
    assert choose("bria-rmbg", allow_noncommercial=True).name == "bria-rmbg"


def test_no_setting_allows_a_remote_model() -> None:
    with pytest.raises(ModelUnavailable):
        choose("withoutbg", allow_noncommercial=True)


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.name)
def test_companions_may_be_used_wherever_their_model_may(model: Model) -> None:
    companion = companion_of(model)
    if companion is None:
        return
    assert not companion.is_remote
    assert companion.allows_commercial_use or not model.allows_commercial_use
    assert companion is not model


def test_the_default_model_has_a_companion_of_another_kind() -> None:
    companion = companion_of(choose("isnet-general-use"))
    assert companion
    assert companion.name == "u2net"


@pytest.mark.parametrize("name", MODELS)
def test_local_models_have_weights_and_remote_ones_none(name: str) -> None:
    assert bool(MODELS[name].weights) is not MODELS[name].is_remote


@pytest.mark.parametrize("weights", EVERY_FILE)
def test_every_file_is_pinned(weights: Weights) -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", weights.sha256) or re.fullmatch(r"[0-9a-f]{32}", weights.md5)
    assert weights.bytes > 1_000_000


@pytest.mark.parametrize("weights", EVERY_FILE)
def test_every_source_is_safe(weights: Weights) -> None:
    if isinstance(weights.source, Download):
        assert weights.source.url.startswith("https://")
    else:
        assert isinstance(weights.source, NpmResource | WheelMember)
        assert re.search(r"(@|==)\d+\.\d+\.\d+$", weights.source.package)


@pytest.mark.model
def test_remote_models_are_those_that_rembg_calls_remote() -> None:
    from rembg.sessions import sessions

    remote = {name for name, session in sessions.items() if not session.is_local()}
    assert remote == {model.rembg_session for model in MODELS.values() if model.is_remote}
