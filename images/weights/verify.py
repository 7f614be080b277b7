"""Where the weights of a model lie, and whether they are the right ones."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from images.engine.errors import ModelUnavailable
from images.engine.networks.catalogue import Model


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
    """The file's SHA-256, one of those in the catalogue, or of a file with one of its MD5 sums.

    Raises ModelUnavailable.
    """
    try:
        digest = _digest(path, "sha256")
        is_known = digest in {weights.sha256 for weights in model.weights}
        pins = {weights.md5 for weights in model.weights if not weights.sha256}
        if is_known or (pins and _digest(path, "md5") in pins):
            return digest
    except OSError as err:
        raise ModelUnavailable("model_damaged", {"model": model.name, "path": str(path)}) from err
    raise ModelUnavailable("model_damaged", {"model": model.name, "path": str(path)})


def _digest(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()
