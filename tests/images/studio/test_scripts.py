"""The studio's scripts."""

import gzip
from pathlib import Path

from django.conf import settings

_MOST_BYTES = 25_000


def test_together_they_are_small() -> None:
    scripts = (Path(settings.BASE_DIR) / "static" / "js" / "studio").glob("*.js")
    assert 0 < sum(len(gzip.compress(script.read_bytes(), 9)) for script in scripts) <= _MOST_BYTES
