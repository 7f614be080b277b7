"""Percentiles from buckets."""

from collections import Counter

import pytest

from policy.analytics import durations


def test_half_and_nearly_all() -> None:
    counts = {"10": 50, "100": 45, "1000": 5}
    assert durations.percentile(counts, 0.5) == 10
    assert durations.percentile(counts, 0.95) == 100
    assert durations.percentile(counts, 0.99) == 1000


def test_nothing_has_no_percentile() -> None:
    assert durations.percentile({}, 0.5) is None
    assert durations.percentile({"5": 0}, 0.5) is None


def test_endless_requests_have_a_place_too() -> None:
    assert durations.percentile({durations.LONGER: 1}, 0.5) == 60_000


def test_one_request_is_its_own_percentile() -> None:
    assert durations.percentile({"30": 1}, 0.01) == durations.percentile({"30": 1}, 1) == 30


def test_days_add_up() -> None:
    days = [{"5": 1, "10": 2}, {"10": 3, durations.LONGER: 1}]
    assert durations.together(*days) == {"5": 1, "10": 5, durations.LONGER: 1}


@pytest.mark.parametrize(("share", "true"), [(0.1, 7), (0.5, 48), (0.8, 480), (1, 900)])
def test_a_percentile_is_the_bound_just_above_the_true_one(share: float, true: int) -> None:
    times = [7, 12, 33, 48, 90, 180, 480, 900]
    counts = Counter(str(next(bound for bound in durations.BOUNDS if ms <= bound)) for ms in times)
    found = durations.percentile(counts, share)
    assert found == next(bound for bound in durations.BOUNDS if bound >= true)
