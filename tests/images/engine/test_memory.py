"""Memory at the largest size that is accepted, measured in a process of its own."""

import subprocess
import sys
from pathlib import Path

from PIL import Image

from tests.images.engine.pictures import disc, saved

ROOT = Path(__file__).parents[3]
MOST_MEGABYTES = 900  # measured: 736, of which 78 before the photo

CUT_OUT = """
import resource, sys
from pathlib import Path
from images.engine import remove_background
from tests.images.engine.tiny import tiny_network
remove_background(Path(sys.argv[1]).read_bytes(), tiny_network(Path(sys.argv[2])))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def test_fifty_megapixels_stay_in_bounds(tmp_path: Path) -> None:
    photo = tmp_path / "large.jpg"
    photo.write_bytes(saved(disc().resize((8_640, 5_760), Image.Resampling.NEAREST), "JPEG"))
    command = [sys.executable, "-c", CUT_OUT, str(photo), str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(done.stdout) < MOST_MEGABYTES
