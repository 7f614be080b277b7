"""A worker that is killed in the middle of a photo costs seconds, and never a photo."""

import pytest

from tests.e2e.recovery import recovery_run
from tests.stack import Stack

pytestmark = pytest.mark.model


def test_killed_workers_cost_no_photo_and_do_none_twice(stack: Stack) -> None:
    outcome = recovery_run(stack, photos=4, kills=2)
    assert outcome.kills == 2
    assert outcome.statuses == ["done"] * 4
    assert outcome.times_done == [1] * 4
    assert outcome.links == [1] * 4
    assert outcome.lost_files == 0
