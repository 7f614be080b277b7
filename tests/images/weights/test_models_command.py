import re
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from images.engine.networks.catalogue import MODELS, Download, Weights
from tests.images.engine.tiny import install_tiny, tiny_model


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty models folder, and the tiny model as the default."""
    monkeypatch.setitem(MODELS, "tiny", tiny_model())
    settings.MODEL = "tiny"
    settings.ALLOW_NONCOMMERCIAL_MODELS = False
    settings.BGBEGONE_MODELS = tmp_path / "models"
    settings.BGBEGONE_MODELS.mkdir()
    return tmp_path / "models"


def models(*arguments: str) -> str:
    output = StringIO()
    call_command("models", *arguments, stdout=output)
    return output.getvalue()


def row(name: str) -> list[str]:
    """The columns of one model: name, licence, commercial, size, installed, source, backend."""
    (line,) = [line for line in models("list").splitlines() if line.startswith(f"{name} ")]
    return [column.strip() for column in line.split("  ") if column.strip()]


def test_list_shows_what_is_not_installed() -> None:
    assert row("isnet-general-use")[:5] == ["isnet-general-use", "Apache-2.0", "yes", "178.6 MB", "no"]


@pytest.mark.parametrize("name", ["rembg:birefnet-portrait", "isnet-anime"])
def test_list_shows_where_weights_come_from(name: str) -> None:
    assert row(name)[5].startswith("https://github.com/danielgatis/rembg/releases/")


def test_list_shows_what_is_installed(folder: Path) -> None:
    install_tiny(folder)
    assert row("tiny")[4::2] == ["yes", "measured at the first start"]


def test_list_shows_the_licence_of_the_installed_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Weights("0" * 64, 2_000_000, Download("https://models.invalid/"), "MIT")
    both = replace(tiny_model(), weights=(other, *tiny_model().weights))
    monkeypatch.setitem(MODELS, "tiny", both)
    assert row("tiny")[1] == "MIT"
    install_tiny(folder)
    assert row("tiny")[1] == "AGPL-3.0"


def test_list_shows_a_wrong_checksum(folder: Path) -> None:
    install_tiny(folder).write_bytes(b"damaged")
    assert row("tiny")[4] == "wrong checksum"


def test_list_shows_what_may_not_be_sold() -> None:
    assert row("bria-rmbg")[1:3] == ["CC-BY-NC-4.0", "no"]


def test_list_shows_what_is_refused() -> None:
    assert row("withoutbg")[-1] == "refused: sends photos to another company"


def test_fetch_takes_the_default_model(folder: Path) -> None:
    install_tiny(folder)
    assert "is installed and its checksum is right" in models("fetch")


def test_fetch_measures_what_runs_the_model_fastest(folder: Path) -> None:
    install_tiny(folder)
    assert re.search(r"Chosen: (openvino|onnxruntime) \(", models("fetch"))
    assert re.search(r"onnxruntime [\d.]+ s", row("tiny")[6])
    assert "Measuring" not in models("fetch")


def test_fetch_measures_nothing_where_the_operator_has_chosen(folder: Path, settings: Settings) -> None:
    settings.BACKEND = "onnxruntime"
    install_tiny(folder)
    assert "Measuring" not in models("fetch")
    assert row("tiny")[6] == "onnxruntime (BACKEND)"


def test_fetch_that_fails_says_what_to_do() -> None:
    with pytest.raises(CommandError, match="connect this machine to the internet") as caught:
        models("fetch")
    assert caught.value.returncode == 3


def test_verify(folder: Path) -> None:
    install_tiny(folder)
    assert tiny_model().weights[0].sha256 in models("verify")


def test_verify_of_a_damaged_file(folder: Path) -> None:
    install_tiny(folder).write_bytes(b"damaged")
    with pytest.raises(CommandError, match="is damaged"):
        models("verify", "tiny")


def test_verify_of_what_is_not_there() -> None:
    with pytest.raises(CommandError, match="is not installed"):
        models("verify", "tiny")


@pytest.mark.parametrize("action", ["fetch", "verify"])
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nonsense", "no model called"),
        ("withoutbg", "promises never"),
        ("rembg:atlascloud", "promises never"),
        ("rembg:bria-rmbg", "ALLOW_NONCOMMERCIAL_MODELS"),
        ("rembg:sam", "no model called"),
        ("bria-rmbg", "ALLOW_NONCOMMERCIAL_MODELS"),
    ],
)
def test_model_that_may_not_be_used(action: str, name: str, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        models(action, name)


def test_setting_allows_noncommercial_models(settings: Settings) -> None:
    settings.ALLOW_NONCOMMERCIAL_MODELS = True
    with pytest.raises(CommandError, match="is not installed"):
        models("verify", "bria-rmbg")


def test_action_is_needed() -> None:
    with pytest.raises(CommandError):
        models()


@pytest.fixture
def companion(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the file of the default model's companion belongs."""
    monkeypatch.setitem(MODELS, "tiny", replace(tiny_model(), companion="second"))
    monkeypatch.setitem(MODELS, "second", replace(tiny_model(), name="second"))
    return folder / "second.onnx"


def test_fetch_of_what_is_optional_takes_the_companion(companion: Path) -> None:
    install_tiny(companion.parent).rename(companion)
    assert "second.onnx is installed and its checksum is right" in models("fetch", "--optional")


def test_a_companion_that_cannot_be_fetched_is_no_failure(companion: Path) -> None:
    complaints = StringIO()
    call_command("models", "fetch", "--optional", stdout=StringIO(), stderr=complaints)
    assert "connect this machine to the internet" in complaints.getvalue()


@pytest.mark.parametrize("model", ["tiny", "nonsense"])
def test_a_model_that_has_no_companion_fetches_none(model: str, settings: Settings) -> None:
    settings.MODEL = model
    assert models("fetch", "--optional") == ""


def test_fetch_of_what_is_optional_heeds_the_setting(companion: Path, settings: Settings) -> None:
    settings.COMPANION = False
    assert models("fetch", "--optional") == ""
