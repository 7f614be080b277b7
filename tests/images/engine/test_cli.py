import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from images.engine.__main__ import main
from images.engine.matte.refine import refine
from images.engine.networks.catalogue import ISNET_GENERAL_USE, MODELS
from tests.images.engine.pictures import colour_at, disc, is_near, opened, saved, srgb_profile
from tests.images.engine.tiny import install_tiny, tiny_model

ROOT = Path(__file__).parents[3]


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(saved(disc(), "JPEG"))
    return path


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The arguments that choose the tiny model, which is in the catalogue for this test."""
    monkeypatch.setitem(MODELS, "tiny", tiny_model())
    folder = tmp_path / "models"
    folder.mkdir()
    install_tiny(folder)
    return ["--model", "tiny", "--models-folder", str(folder)]


def usage_error(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    with pytest.raises(SystemExit) as caught:
        main([str(argument) for argument in arguments])
    assert caught.value.code == 2
    return capsys.readouterr().err


def test_one_photo(photo: Path, tiny: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    target = photo.with_name("out.png")
    assert main([str(photo), str(target), *tiny]) == 0
    assert opened(target.read_bytes()).mode == "RGBA"
    assert f"{photo} → {target} (120 × 80" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "format"),
    [("a.png", "PNG"), ("a.webp", "WEBP"), ("a.jpg", "JPEG"), ("a.avif", "AVIF"), ("a", "PNG")],
)
def test_format_follows_the_name(photo: Path, tiny: list[str], name: str, format: str) -> None:
    target = photo.with_name(name)
    main([str(photo), str(target), *tiny])
    assert opened(target.read_bytes()).format == format


def test_zip_follows_the_name(photo: Path, tiny: list[str]) -> None:
    target = photo.with_name("a.zip")
    main([str(photo), str(target), *tiny])
    assert zipfile.ZipFile(target).namelist() == ["color.jpg", "alpha.png"]


@pytest.mark.parametrize(("colours", "is_kept"), [("keep", True), ("srgb", False)])
def test_colours_can_be_chosen(photo: Path, tiny: list[str], colours: str, is_kept: bool) -> None:
    photo.write_bytes(saved(disc(), "JPEG", icc_profile=srgb_profile()))
    target = photo.with_name("a.png")
    main([str(photo), str(target), "--colours", colours, *tiny])
    assert ("icc_profile" in opened(target.read_bytes()).info) == is_kept


def test_format_can_be_chosen(photo: Path, tiny: list[str]) -> None:
    target = photo.with_name("a.out")
    main([str(photo), str(target), "--format", "webp", *tiny])
    assert opened(target.read_bytes()).format == "WEBP"


def test_background(photo: Path, tiny: list[str]) -> None:
    target = photo.with_name("out.png")
    main([str(photo), str(target), "--background", "#00ff00", *tiny])
    assert is_near(colour_at(opened(target.read_bytes()), 2, 2), (0, 255, 0))


def test_no_background_is_the_default(photo: Path, tiny: list[str]) -> None:
    target = photo.with_name("out.png")
    main([str(photo), str(target), "--background", "none", *tiny])
    assert opened(target.read_bytes()).mode == "RGBA"


def test_photo_into_a_folder(photo: Path, tiny: list[str]) -> None:
    main([str(photo), str(photo.parent), "--format", "webp", *tiny])
    assert photo.with_name("photo.webp").exists()


def test_folder_goes_on_after_a_bad_file(
    tmp_path: Path, tiny: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    (source / "a.jpg").write_bytes(b"no picture")
    (source / "b.png").write_bytes(saved(disc()))
    (source / "notes.txt").write_text("not meant")
    assert main([str(source), str(target), *tiny]) == 1
    assert [path.name for path in target.iterdir()] == ["b.png"]
    assert capsys.readouterr().err == f"{source / 'a.jpg'}: {NOT_A_PICTURE}\n"


NOT_A_PICTURE = (
    "This file is not a picture. Choose a photo in JPEG, PNG, WebP, AVIF, HEIC, TIFF, BMP or GIF format."
)


def test_folder_says_what_it_could_not_read(
    tmp_path: Path, tiny: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (source / "a.nef").write_bytes(b"FUJIFILMCCD-RAW")
    (source / "b.png").write_bytes(saved(disc()))
    assert main([str(source), str(tmp_path / "out"), *tiny]) == 1
    assert f"{source / 'a.nef'}: This is a camera raw file" in capsys.readouterr().err


def test_photos_of_one_name_do_not_replace_each_other(tmp_path: Path, tiny: list[str]) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    (source / "a.jpg").write_bytes(saved(disc(), "JPEG"))
    (source / "a.png").write_bytes(saved(disc()))
    main([str(source), str(target), *tiny])
    assert {path.name for path in target.iterdir()} == {"a.jpg.png", "a.png.png"}


def test_bad_picture(tmp_path: Path, tiny: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "empty.jpg"
    empty.touch()
    assert main([str(empty), str(tmp_path / "out.png"), *tiny]) == 1
    assert "The file is empty." in capsys.readouterr().err


def test_result_that_cannot_be_written(
    photo: Path, tiny: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(photo), str(photo / "out.png"), *tiny]) == 1
    assert "Traceback" not in capsys.readouterr().err


def test_wrong_usage(photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.png"
    assert "does not exist" in usage_error(capsys, tmp_path / "nothing.jpg", out)
    assert "the photo itself" in usage_error(capsys, photo, photo)
    assert "can end in" in usage_error(capsys, photo, tmp_path / "out.gif")
    assert "neither" in usage_error(capsys, photo, out, "--background", "greenish")
    assert "invalid" in usage_error(capsys, photo, out, "--format", "bmp")


def test_wrong_folders(photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "no picture in" in usage_error(capsys, empty, tmp_path / "out")
    assert "folder of its own" in usage_error(capsys, tmp_path, photo)
    assert "folder of its own" in usage_error(capsys, tmp_path, tmp_path)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (ISNET_GENERAL_USE.name, "is not installed"),
        ("nonsense", "no model called"),
        ("withoutbg", "another company's servers"),
        ("bria-rmbg", "forbids commercial use"),
    ],
)
def test_no_model(
    photo: Path, model: str, words: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = str(tmp_path / "out.png")
    assert main([str(photo), out, "--model", model, "--models-folder", str(tmp_path)]) == 3
    assert words in capsys.readouterr().err


def test_command_line_answers_with_its_exit_code(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "images.engine", str(tmp_path / "nothing.jpg"), "out.png"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, check=False)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("backend", ["auto", "openvino", "onnxruntime"])
def test_backend_can_be_chosen(photo: Path, tiny: list[str], backend: str) -> None:
    assert main([str(photo), str(photo.with_name("a.png")), "--backend", backend, *tiny]) == 0


def test_backend_that_there_is_not(photo: Path, tiny: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert "none of auto, openvino, onnxruntime" in usage_error(
        capsys, photo, "a.png", "--backend", "abacus", *tiny
    )


def test_backend_of_the_environment_is_checked_too(
    photo: Path, tiny: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKEND", "abacus")
    assert "abacus" in usage_error(capsys, photo, "a.png", *tiny)


def test_one_run_measures_nothing(photo: Path, tiny: list[str]) -> None:
    main([str(photo), str(photo.with_name("a.png")), *tiny])
    assert [path.name for path in Path(tiny[3]).iterdir()] == ["tiny.onnx"]


def test_surprise_in_one_file_does_not_end_a_folder(
    photo: Path, tiny: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, target = photo.parent / "in", photo.parent / "out"
    folder.mkdir()
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        (folder / name).write_bytes(photo.read_bytes())
    monkeypatch.setattr("images.engine.pipeline.refine", surprised_once())
    assert main([str(folder), str(target), "--kind", "photo", *tiny]) == 1
    assert sorted(path.name for path in target.iterdir()) == ["b.png", "c.png"]
    assert "a.jpg: this should not happen" in capsys.readouterr().err


def surprised_once() -> Callable[..., Image.Image]:
    """`refine`, but at its first call something that nobody has thought of."""
    calls = iter([KeyError("surprise")])

    def refined(probabilities: Any, photo: Image.Image) -> Image.Image:
        for error in calls:
            raise error
        return refine(probabilities, photo)

    return refined


def test_kind_and_first_picture_can_be_chosen(photo: Path, tiny: list[str]) -> None:
    photo.write_bytes(saved(disc(), "GIF", save_all=True, append_images=[disc().rotate(90)]))
    target = photo.with_name("out.png")
    assert main([str(photo), str(target), *tiny]) == 1
    assert main([str(photo), str(target), "--first-frame", "--kind", "graphic", *tiny]) == 0
    assert colour_at(opened(target.read_bytes()), 60, 40) == (250, 220, 180, 255)
