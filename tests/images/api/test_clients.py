"""Programs written for remove.bg run unchanged, but for the address."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest
import remove_bg_api
from PIL import Image
from removebg import removebg

from images.api.client.__main__ import main as folder_client
from images.api.limits.models import ApiUse
from tests.base import disc, member
from tests.images.api.serving import served
from tests.images.api.steps import key_of, pixel

_NPM = "remove.bg@1.3.0"
_REQUIRED = "npm" in os.environ.get("REQUIRE", "")


@pytest.fixture
def key(db: None, workers: None) -> str:
    member("alice")
    return key_of("alice")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    file = tmp_path / "photo.png"
    file.write_bytes(disc((600, 400)))
    return file


class TestRemovebg:
    """PyPI `removebg`."""

    def call(self, key: str, name: str, *args: Any, **options: Any) -> None:
        def program(address: str) -> None:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(removebg, "API_ENDPOINT", f"{address}/v1.0/removebg")
                getattr(removebg.RemoveBg(key, "error.log"), name)(*args, **options)

        served(program)

    @pytest.fixture(autouse=True)
    def _there(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.chdir(tmp_path)

    def test_a_file(self, key: str, photo: Path) -> None:
        self.call(key, "remove_background_from_img_file", str(photo), bg_color="ff0000")
        with Image.open(f"{photo}_no_bg.png") as image:
            assert image.format == "JPEG"
            red, green, blue = pixel(image, 2, 2)
            assert (red > 240, green < 20, blue < 20) == (True, True, True)

    def test_base64(self, key: str, photo: Path) -> None:
        text = base64.b64encode(photo.read_bytes())
        self.call(key, "remove_background_from_base64_img", text, size="4k")
        with Image.open("no-bg.png") as image:
            assert (image.mode, image.size) == ("RGBA", (600, 400))

    def test_a_wrong_key(self, key: str, photo: Path) -> None:
        with pytest.raises(Exception, match="403"):
            self.call("wrong", "remove_background_from_img_file", str(photo))


class TestRemoveBgApi:
    """PyPI `remove-bg-api`, which asks for the account before anything else."""

    def call(self, key: str, name: str, *args: Any, **options: Any) -> tuple[Any, Any]:
        """What a method returns, and the account afterwards."""

        def program(address: str) -> tuple[Any, Any]:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(remove_bg_api, "API_URL", f"{address}/v1.0")
                client = remove_bg_api.RemoveBg(key)
                return getattr(client, name)(*args, **options), client.account.get_balance_dict()

        return served(program)

    def test_bytes(self, key: str, photo: Path) -> None:
        data, balance = self.call(key, "remove_bg_bytes", photo.read_bytes())
        assert data.startswith(b"\x89PNG")
        assert balance == {"total": 0, "subscription": 0, "payg": 0, "enterprise": 0}

    def test_a_file_with_options(self, key: str, photo: Path, tmp_path: Path) -> None:
        data = {"size": "full", "format": "jpg", "crop": "true"}
        target = str(tmp_path / "out.jpg")
        out, _ = self.call(key, "remove_bg_file", str(photo), target, raw=False, data=data)
        with Image.open(out) as image:
            assert image.format == "JPEG"
            assert image.width < 600

    def test_base64(self, key: str, photo: Path) -> None:
        data, _ = self.call(key, "remove_bg_base64", base64.b64encode(photo.read_bytes()).decode())
        assert data.startswith(b"\x89PNG")

    def test_no_picture(self, key: str) -> None:
        with pytest.raises(remove_bg_api.Errors.ApiErrorCode400):
            self.call(key, "remove_bg_bytes", b"no picture")

    def test_a_wrong_key(self, key: str) -> None:
        with pytest.raises(remove_bg_api.Errors.ApiErrorCode403):
            self.call("wrong", "remove_bg_bytes", b"")


@pytest.fixture(scope="session")
def npm_package() -> Path:
    """The package as npm installs it, kept between runs."""
    refuse = pytest.fail if _REQUIRED else pytest.skip
    if not (shutil.which("npm") and shutil.which("node")):
        refuse("npm is not installed")
    folder = Path(tempfile.gettempdir()) / f"bgbegone-{_NPM.replace('@', '-')}-{os.getuid()}"
    if not (folder / "node_modules" / "remove.bg").exists():
        folder.mkdir(exist_ok=True)
        options = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder)]
        command = ["npm", "install", *options, _NPM]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        if done.returncode:
            refuse(f"npm cannot install {_NPM}: {done.stderr[-300:]}")
    return folder / "node_modules" / "remove.bg"


class TestNpm:
    """npm `remove.bg`: it asks for JSON, and sends a file as a form, an address as JSON."""

    @pytest.fixture(autouse=True)
    def _package(self, npm_package: Path) -> None:
        self.main = npm_package / json.loads((npm_package / "package.json").read_text())["main"]

    def call(self, name: str, **options: Any) -> dict[str, Any]:
        return served(lambda address: self.node(address, f"{name}({json.dumps(options)})"))

    def node(self, address: str, call: str) -> dict[str, Any]:
        source = self.main.read_text()
        assert "https://api.remove.bg/v1.0/removebg" in source
        moved = self.main.with_name(f"moved-{os.getpid()}.js")
        moved.write_text(source.replace("https://api.remove.bg/v1.0/removebg", f"{address}/v1.0/removebg"))
        script = f"""
            require({json.dumps(str(moved))}).{call}.then(
                (found) => console.log(JSON.stringify(found)),
                (errors) => console.log(JSON.stringify({{errors}})));
        """
        command = ["node", "-e", script]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        finally:
            moved.unlink()
        assert done.stdout, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def test_a_file(self, key: str, photo: Path, tmp_path: Path) -> None:
        out = tmp_path / "out.png"
        options = {"path": str(photo), "apiKey": key, "size": "auto", "type": "product"}
        found = self.call("removeBackgroundFromImageFile", **options, outputFile=str(out))
        assert "errors" not in found, found["errors"]
        assert (found["resultWidth"], found["detectedType"]) == ("600", "product")
        with Image.open(out) as image:
            assert (image.mode, image.size) == ("RGBA", (600, 400))

    def test_base64(self, key: str, photo: Path) -> None:
        text = base64.b64encode(photo.read_bytes()).decode()
        found = self.call("removeBackgroundFromImageBase64", base64img=text, apiKey=key, crop=True)
        assert int(found["resultWidth"]) < 600

    def test_a_wrong_key(self, key: str, photo: Path) -> None:
        found = self.call("removeBackgroundFromImageFile", path=str(photo), apiKey="wrong")
        assert found["errors"] == [{"title": "API Key invalid", "code": "auth_failed"}]


class TestOurs:
    """`python -m images.api.client FOLDER`."""

    def run(self, folder: Path) -> int:
        return served(lambda address: folder_client([str(folder), "--site", address, "--at-once", "1"]))

    def test_a_folder(self, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for number in range(3):
            (tmp_path / f"{number}.png").write_bytes(disc())
        (tmp_path / "notes.txt").write_text("no picture")
        monkeypatch.setenv("BGBEGONE_API_KEY", key)
        assert self.run(tmp_path) == 0
        results = sorted(file.name for file in (tmp_path / "cutouts").iterdir())
        assert results == ["0.png.png", "1.png.png", "2.png.png"]
        assert self.run(tmp_path) == 0
        assert ApiUse.objects.get().calls == 3  # nothing is sent twice

    def test_a_picture_that_fails_is_named(
        self, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
    ) -> None:
        (tmp_path / "bad.png").write_bytes(b"no picture")
        monkeypatch.setenv("BGBEGONE_API_KEY", key)
        assert self.run(tmp_path) == 1
        assert "bad.png: This file is not a picture" in capsys.readouterr().err

    def test_without_a_key(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("BGBEGONE_API_KEY", raising=False)
        with pytest.raises(SystemExit) as caught:
            folder_client([str(tmp_path)])
        assert caught.value.code == 2
