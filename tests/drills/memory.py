"""Ten thousand mixed pictures through one worker, whose memory stays what it was after the first fifty."""

from pathlib import Path

from tests.bench import soak
from tests.drills import house
from tests.drills.outcome import Outcome


def drill(folder: Path, *, is_short: bool) -> Outcome:
    photos = 120 if is_short else 10_000
    is_flat = soak.main(photos, **house.settings(folder)) == 0
    return Outcome(
        done=photos, lost=not is_flat, note="the worker's memory, within a tenth of that after fifty"
    )
