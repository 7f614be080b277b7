"""What the scripts compute and decide, by Node's own runner: `node --test tests/js/`."""

import subprocess
from pathlib import Path

import pytest

_FOLDER = Path(__file__).parent


@pytest.mark.node
@pytest.mark.parametrize("file", sorted(path.name for path in _FOLDER.glob("*.test.*js")))
def test_node(file: str) -> None:
    run = subprocess.run(
        ["node", "--test", _FOLDER / file], capture_output=True, text=True, timeout=120, check=False
    )
    assert run.returncode == 0, f"{run.stdout}\n{run.stderr}"
