"""Fetches weights from the first source that gives a sound file, and only when a person asks for it."""

import errno
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from images.engine.errors import ModelUnavailable
from images.engine.networks.catalogue import Model, Weights
from images.weights.report import Report
from images.weights.sources import SourceFailed, bytes_of, name_of
from images.weights.verify import verify

_STALE_PART_SECONDS = 3600.0
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


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
            _store(bytes_of(weights, report), weights, path, report)
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
    digest, done = hashlib.new("sha256" if weights.sha256 else "md5"), 0
    most = weights.bytes if weights.sha256 else 2 * weights.bytes
    for chunk in chunks:
        part.write(chunk)
        digest.update(chunk)
        done += len(chunk)
        report.advance(done, weights.bytes)
        if done > most:
            break
    if done < weights.bytes and weights.sha256:
        raise SourceFailed(f"{name_of(weights)}: broke off after {done} of {weights.bytes} bytes")
    if digest.hexdigest() != (weights.sha256 or weights.md5):
        raise SourceFailed(f"{name_of(weights)}: wrong checksum, the file was thrown away")
    part.flush()
    os.fsync(part.fileno())


def _unwritable(folder: Path, err: OSError, needed: int) -> ModelUnavailable:
    if err.errno in _NO_ROOM:
        params = {"folder": str(folder), "megabytes": -(-needed // 1_000_000)}
        return ModelUnavailable("disk_full", params)
    return ModelUnavailable("folder_not_writable", {"folder": str(folder), "reason": err.strerror})
