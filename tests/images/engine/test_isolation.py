"""The engine lives without Django and Celery, and the web process without ONNX Runtime."""

import os
import subprocess
import sys
from pathlib import Path

from tests.images.engine.pictures import disc, saved
from tests.images.engine.tiny import install_tiny

ROOT = Path(__file__).parents[3]

CUT_OUT = """
import sys
from images.engine import __main__ as command
from images.engine.networks import catalogue
from tests.images.engine.tiny import tiny_model
catalogue.MODELS["tiny"] = tiny_model()
sys.exit(command.main(sys.argv[1:]))
"""
BLOCK = """
import sys
for name in ("django", "celery"):
    sys.modules[name] = None
"""


def run(code: str, *arguments: object) -> "subprocess.CompletedProcess[str]":
    environment = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def cut_out(code: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    install_tiny(folder)
    (folder / "in.png").write_bytes(saved(disc()))
    arguments = ["--model", "tiny", "--models-folder", folder]
    return run(code, folder / "in.png", folder / "out.png", *arguments)


def test_cut_out_without_django_and_celery(tmp_path: Path) -> None:
    done = cut_out(BLOCK + CUT_OUT, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "out.png").exists()


def test_cut_out_with_django_installed_but_not_configured(tmp_path: Path) -> None:
    done = cut_out("import django\n" + CUT_OUT, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_engine_asks_for_no_django_by_itself(tmp_path: Path) -> None:
    code = CUT_OUT.replace("sys.exit(", "code = (") + "sys.exit(code or 'django' in sys.modules)"
    assert cut_out(code, tmp_path).returncode == 0


def test_probing_loads_no_inference_library() -> None:
    code = "import sys, images.engine, images.weights; sys.exit('onnxruntime' in sys.modules)"
    assert run(code).returncode == 0
