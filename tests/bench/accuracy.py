"""python -m tests.bench.accuracy: our masks and rembg's, same weights of both networks, scored side by side.

Needs the photos with true masks in ../shared/data, the scorer ../shared/tools/accuracy.py, the real
weights and rembg. Each engine runs in a process of its own. Ours also tells its confidence, which is compared
with the IoU of each photo.
"""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType

import numpy as np
from PIL import Image

from images.engine import Network, remove_background
from images.engine.matte.confidence import NEEDS_A_LOOK
from images.engine.networks.catalogue import ISNET_GENERAL_USE, U2NET
from tests.bench.tables import ROOT, table
from tests.images.engine.real import real_network, rembg_session

SHARED = ROOT.parent / "shared"
ENGINES = ("ours", "ours, without a companion", "rembg", "rembg, U²-Net")
# A photo of which the companion moves the IoU by more is named.
_WORTH_NAMING = 0.01
_SHOWN = {"iou": "IoU ↑", "mae": "mean error ×100 ↓", "bf": "border F ↑", "grad": "gradient error ×100 ↓"}
_NAMES = {"alpha": "alphamatting", "davis": "DAVIS", "voc": "VOC"}

CutOut = Callable[[bytes], bytes]
Scores = dict[str, dict[str, float]]  # by set/photo


def main() -> int:
    if len(sys.argv) == 3:
        write_all(sys.argv[1], Path(sys.argv[2]))
        return 0
    if not (SHARED / "data").is_dir():
        sys.stderr.write(f"{SHARED / 'data'} is not on this machine.\n")
        return 1
    sys.stdout.write(f"{report()}\n")
    return 0


def report() -> str:
    """Markdown: scores of both engines per set, and how well our confidence ranks."""
    with tempfile.TemporaryDirectory() as folder:
        scores = {engine: _scores(engine, Path(folder) / engine) for engine in ENGINES}
        confidences = json.loads((Path(folder) / "ours" / "confidence.json").read_text())
    iou = {photo: score["iou"] for photo, score in scores["ours"].items()}
    return "\n\n".join([_table(scores), _companion(scores), _ranking(confidences, iou)])


def _companion(scores: Mapping[str, Scores]) -> str:
    """On which photos the companion was heard, and what came of it."""
    both, alone = scores["ours"], scores["ours, without a companion"]
    moved = [photo for photo in both if abs(both[photo]["iou"] - alone[photo]["iou"]) > _WORTH_NAMING]
    named = [f"{photo} {alone[photo]['iou']:.2f} → {both[photo]['iou']:.2f}" for photo in moved]
    return f"The companion changed {len(moved)} of {len(both)} photos (IoU): {', '.join(named) or 'none'}."


def _scores(engine: str, folder: Path) -> Scores:
    command = [sys.executable, "-m", "tests.bench.accuracy", engine, str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, "ORT_DISABLE_TELEMETRY": "1"})
    scorer = _scorer()
    return {f"{photo.parents[1].name}/{photo.stem}": _score(scorer, photo, folder) for photo in _masks()}


def _masks() -> list[Path]:
    return sorted((SHARED / "data").glob("*/masks/*"))


def _scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("scorer", SHARED / "tools" / "accuracy.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _score(scorer: ModuleType, mask: Path, folder: Path) -> dict[str, float]:
    """As the scorer's own main() does it, but for one photo."""
    name, truth = mask.parents[1].name, np.asarray(Image.open(mask).convert("L"))
    alpha = scorer.alpha_of(folder / name / mask.name)
    assert alpha.shape == truth.shape, f"{mask.name} has another size"
    counts = (truth != 128) if name == "voc" else np.ones(truth.shape, bool)
    found = scorer.score(alpha, truth.astype(np.float32) / 255, counts, name == "alpha")
    return {key: float(value) for key, value in found.items()}


def _table(scores: Mapping[str, Scores]) -> str:
    rows = []
    for name, shown in _NAMES.items():
        for engine in ENGINES:
            photos = [score for photo, score in scores[engine].items() if photo.startswith(f"{name}/")]
            rows.append([shown, engine, *(_mean(photos, key) for key in _SHOWN)])
    return table(["set", "engine", *_SHOWN.values()], rows)


def _mean(photos: list[dict[str, float]], key: str) -> str:
    values = [photo[key] for photo in photos if key in photo]
    return f"{np.mean(values):.4f}" if values else "–"


def _ranking(confidences: Mapping[str, float], iou: Mapping[str, float]) -> str:
    """How the confidence of a photo goes with its IoU, and what “needs a look” finds."""
    parts = [f"{_correlation(confidences, iou):.2f} over all {len(iou)} photos"]
    for name, shown in _NAMES.items():
        inside = {photo: value for photo, value in iou.items() if photo.startswith(f"{name}/")}
        parts.append(f"{shown} {_correlation(confidences, inside):.2f}")
    flagged = {photo for photo in iou if confidences[photo] < NEEDS_A_LOOK}
    poor = {photo for photo, value in iou.items() if value < 0.8}
    return (
        f"Rank correlation (Spearman) of confidence with IoU: {', '.join(parts)}. “Needs a look” names"
        f" {len(flagged)} photos, and {len(flagged & poor)} of the {len(poor)} with an IoU below 0.8."
    )


def _correlation(confidences: Mapping[str, float], iou: Mapping[str, float]) -> float:
    # A second, which whoever only reads the tables need not wait.
    from scipy.stats import spearmanr

    return float(spearmanr([confidences[photo] for photo in iou], list(iou.values())).statistic)


def write_all(engine: str, folder: Path) -> None:
    confidences: dict[str, float] = {}
    cut_out = _rembg(folder, engine) if engine.startswith("rembg") else None
    network = None if cut_out else _ours(engine)
    for photo in sorted((SHARED / "data").glob("*/images/*")):
        key = f"{photo.parents[1].name}/{photo.stem}"
        target = folder / f"{key}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        if cut_out:
            target.write_bytes(cut_out(photo.read_bytes()))
        else:
            assert network
            cutout = remove_background(photo.read_bytes(), network)
            target.write_bytes(cutout.data)
            confidences[key] = cutout.confidence
    (folder / "confidence.json").write_text(json.dumps(confidences))


def _ours(engine: str) -> Network:
    network = real_network()
    if engine != "ours":
        network.companion = None
    return network


def _rembg(home: Path, engine: str) -> CutOut:
    os.environ["U2NET_HOME"] = str(home)
    session = rembg_session(home, ISNET_GENERAL_USE if engine == "rembg" else U2NET)
    from rembg import remove

    return lambda data: bytes(remove(data, session=session, force_return_bytes=True))


if __name__ == "__main__":
    sys.exit(main())
