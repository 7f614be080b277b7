"""The short form of two drills. The others take minutes: `python -m tests.drills`."""

from pathlib import Path

import pytest

from tests.drills import dying, kills


@pytest.mark.xdist_group("drills")
class TestShort:
    def test_whoever_is_killed_nothing_is_lost_and_nothing_done_twice(self, tmp_path: Path) -> None:
        outcome = kills.drill(tmp_path, is_short=True)
        assert outcome.is_clean, outcome

    def test_a_death_between_storing_and_committing_leaves_nothing(self, tmp_path: Path) -> None:
        outcome = dying.drill(tmp_path, is_short=True)
        assert outcome.is_clean, outcome
