"""The engine alone: python -m images.engine IN OUT, for a file or a whole folder.

Exit code 0: all done. 1: a picture was bad. 2: wrong usage. 3: no model.
"""

import argparse
import os
import re
import sys
import traceback
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from images import weights
from images.engine import (
    Colours,
    EngineError,
    Format,
    Kind,
    ModelUnavailable,
    Network,
    Options,
    Rgb,
    probe,
    remove_background,
)
from images.engine.codecs.formats import SUFFIXES
from images.engine.networks.catalogue import ISNET_GENERAL_USE, Model, choose, companion_of
from images.weights import backends
from images.weights.backends import Backend

_BAD_IMAGE, _NO_MODEL = 1, 3
_WRITABLE = {".jpeg": Format.JPEG} | {f".{each.extension}": each for each in Format}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        wanted = Options(
            format=options.format or _format_of(options.target),
            background=options.background,
            colours=options.colours,
            preview_side=0,
            kind=options.kind,
            first_frame=options.first_frame,
        )
        pairs = _pairs(options.source, options.target, wanted.format)
    except ValueError as err:
        parser.error(str(err))
    try:
        network = _network(options.model, options.models_folder, options.backend)
    except ModelUnavailable as err:
        sys.stderr.write(f"{err}\n")
        return _NO_MODEL
    successes = [_cut_out(source, target, network, wanted) for source, target in pairs]
    return 0 if all(successes) else _BAD_IMAGE


def _cut_out(source: Path, target: Path, network: Network, options: Options) -> bool:
    """One line on what became of one file; a bad one does not stop the others."""
    try:
        with source.open("rb") as file:
            # Before reading all of a file that may be far too long.
            probe(file, options.limits, first_frame=options.first_frame)
            cutout = remove_background(file.read(), network, options)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(cutout.data)
    except (EngineError, OSError) as err:
        sys.stderr.write(f"{source}: {err}\n")
        return False
    except Exception:  # noqa: BLE001 (whatever is wrong with one file, the rest of the folder gets its turn)
        sys.stderr.write(f"{source}: this should not happen; please report it.\n{traceback.format_exc()}")
        return False
    seconds = sum(cutout.stage_seconds.values())
    sys.stdout.write(f"{source} → {target} ({cutout.width} × {cutout.height}, {seconds:.1f} s)\n")
    return True


def _network(name: str, folder: Path, backend: Backend | None) -> Network:
    allowed = os.environ.get("ALLOW_NONCOMMERCIAL_MODELS", "").lower() in ("1", "true", "yes", "on")
    model = choose(name, allowed)
    network, companion = _loaded(model, folder, backend), companion_of(model)
    if companion and (folder / companion.file_name).exists():
        network.companion = _loaded(companion, folder, backend)
    return network


def _loaded(model: Model, folder: Path, backend: Backend | None) -> Network:
    """Not measured here: a single photo should not wait for that."""
    return backends.load(backends.prepare(folder, model, backends.threads_for(1)), backend)


def _pairs(source: Path, target: Path, format: Format) -> list[tuple[Path, Path]]:
    """What to read and where to write it. Raises ValueError with a sentence on wrong usage."""
    if source.is_dir():
        return _folder_pairs(source, target, format)
    if not source.is_file():
        raise ValueError(f"{source} does not exist.")
    if target.is_dir():
        target = target / f"{source.stem}.{format.extension}"
    if target.exists() and target.samefile(source):
        raise ValueError(f"{target} is the photo itself; choose another name for the result.")
    return [(source, target)]


def _folder_pairs(source: Path, target: Path, format: Format) -> list[tuple[Path, Path]]:
    if target.exists() and (not target.is_dir() or target.samefile(source)):
        raise ValueError(f"{target} has to be a folder of its own, since {source} is a folder.")
    photos = [path for path in sorted(source.iterdir()) if path.suffix.lower() in SUFFIXES]
    if not photos:
        raise ValueError(f"There is no picture in {source}.")
    stems = Counter(photo.stem for photo in photos)
    # Of a.jpg and a.png each keeps its whole name, else one result would replace the other.
    names = [photo.stem if stems[photo.stem] == 1 else photo.name for photo in photos]
    return [(photos[i], target / f"{names[i]}.{format.extension}") for i in range(len(photos))]


def _format_of(target: Path) -> Format:
    """By the result's suffix; a name without one is a folder's, which gets PNG."""
    suffix = target.suffix.lower()
    if suffix not in _WRITABLE and suffix and not target.is_dir():
        known = ", ".join(sorted(_WRITABLE))
        raise ValueError(f"{target} ends in {suffix}; results can end in {known}.")
    return _WRITABLE.get(suffix, Format.PNG)


def _colour(text: str) -> Rgb | None:
    if text == "none":
        return None
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is neither 'none' nor a colour like '#ffffff'")
    red, green, blue = bytes.fromhex(text[1:])
    return red, green, blue


def _backend(text: str) -> Backend | None:
    if text == "auto":
        return None
    if text not in list(Backend):
        raise argparse.ArgumentTypeError(f"{text!r} is none of auto, {', '.join(Backend)}")
    return Backend(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m images.engine", description="Cuts the subject out of photos."
    )
    parser.add_argument("source", type=Path, metavar="IN", help="a photo, or a folder of photos")
    parser.add_argument("target", type=Path, metavar="OUT", help="the result, or a folder")
    parser.add_argument("--model", default=ISNET_GENERAL_USE.name)
    parser.add_argument("--models-folder", type=Path, default=weights.default_folder(os.environ))
    parser.add_argument("--backend", type=_backend, default=os.environ.get("BACKEND") or "auto")
    parser.add_argument("--background", type=_colour, metavar="#RRGGBB|none", help="default: none")
    parser.add_argument("--format", type=Format, choices=list(Format), help="default: as OUT ends")
    parser.add_argument(
        "--first-frame", action="store_true", help="of an animation or several pages, take the first"
    )
    parser.add_argument(
        "--kind", type=Kind, choices=list(Kind), default=Kind.AUTO, help="what the picture is; default: auto"
    )
    parser.add_argument(
        "--colours",
        type=Colours,
        choices=list(Colours),
        default=Colours.KEEP,
        help="keep the photo's colour profile, or convert to sRGB; default: keep",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
