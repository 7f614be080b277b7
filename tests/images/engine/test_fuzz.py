"""Damaged files of every format: a result or BadImage, nothing else, and soon."""

import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from images.engine import BadImage, Limits, probe
from images.engine.codecs.decode import decode
from images.engine.errors import SENTENCES
from tests.images.engine.damage import VALID, damaged, places, resized, spliced

ROOT = Path(__file__).parents[3]
# A header's lie about its size costs memory within the limits, so they are low here.
LIMITS = Limits(max_pixels=4_000_000)
# The slowest takes 0.1 s on an idle machine; a decoder that hangs takes for ever.
MOST_SECONDS = 10
MEGABYTES, PROCESSOR_SECONDS = 3_000, 120

bounded = settings(max_examples=200)
changes = st.lists(st.tuples(places, st.integers(0, 255)), min_size=1, max_size=8)
numbers = st.sampled_from([0, 1, 2, 255, 256, 65_535, 65_536, 2**31 - 1, 2**31, 2**32 - 1])


def outcome(data: bytes) -> str:
    """The mode of the photo, or the code of the refusal; any other exception passes through."""
    started = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            probe(data, LIMITS)
            return decode(data).rgb.mode
        except BadImage as err:
            return err.code
        finally:
            assert time.perf_counter() - started < MOST_SECONDS


@pytest.mark.parametrize("name", VALID)
@bounded
@given(changed=changes, cut=places, doubled=places)
def test_damaged_file(name: str, changed: list[tuple[float, int]], cut: float, doubled: float) -> None:
    assert outcome(damaged(VALID[name], changed, cut, doubled)) in {"RGB", *SENTENCES}


@pytest.mark.parametrize("name", VALID)
@bounded
@given(place=places, number=numbers, width=st.sampled_from([2, 4]), order=st.sampled_from(["big", "little"]))
def test_number_that_lies(name: str, place: float, number: int, width: int, order: str) -> None:
    assert outcome(resized(VALID[name], place, number, width, order)) in {"RGB", *SENTENCES}


@bounded
@given(first=st.sampled_from(sorted(VALID)), second=st.sampled_from(sorted(VALID)), at=places, on=places)
def test_head_of_one_file_and_tail_of_another(first: str, second: str, at: float, on: float) -> None:
    assert outcome(spliced(VALID[first], VALID[second], at, on)) in {"RGB", *SENTENCES}


@pytest.mark.parametrize("name", VALID)
@pytest.mark.parametrize("length", [0, 1, 2, 3, 4, 7, 8, 12, 16, 24, 33])
def test_file_of_a_few_bytes(name: str, length: int) -> None:
    assert outcome(VALID[name][:length]) in SENTENCES


@pytest.mark.parametrize("name", VALID)
def test_undamaged_file(name: str) -> None:
    assert outcome(VALID[name]) == "RGB"


@pytest.mark.skipif(sys.platform != "linux", reason="limits a child's memory and time")
def test_nothing_kills_or_hangs_a_process(tmp_path: Path) -> None:
    arguments = [str(tmp_path), str(MEGABYTES), str(PROCESSOR_SECONDS)]
    command = [sys.executable, "-m", "tests.images.engine.damage", *arguments]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr[-2_000:]
    results, refusals, growth = map(int, done.stdout.split())
    assert min(results, refusals) > 20
    assert growth < 100
