"""Memory at the largest size that is accepted, measured in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.images.engine.pictures import disc, saved

ROOT = Path(__file__).parents[3]
MOST_MEGABYTES = 900  # measured: 749, of which 78 before the photo

CUT_OUT = """
import re, sys
from pathlib import Path
from images.engine import remove_background
from tests.images.engine.tiny import tiny_network
remove_background(Path(sys.argv[1]).read_bytes(), tiny_network(Path(sys.argv[2])))
# Not getrusage: a child begins with the peak of the process that started it.
peak = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())
print(int(peak[1]) // 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads the peak from Linux's /proc")
def test_fifty_megapixels_stay_in_bounds(tmp_path: Path) -> None:
    photo = tmp_path / "large.jpg"
    photo.write_bytes(saved(disc().resize((8_640, 5_760), Image.Resampling.NEAREST), "JPEG"))
    command = [sys.executable, "-c", CUT_OUT, str(photo), str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(done.stdout) < MOST_MEGABYTES
