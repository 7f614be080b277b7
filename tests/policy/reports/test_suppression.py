"""No small cell of a published table can be worked out (promise P10).

The attacker of these tests is another program than the one that protects: it solves linear programs
over every equation that the published totals give.
"""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from policy.reports.suppression import Cell, Counts, Known, interval, leaks, to_withhold

_COUNT = st.one_of(st.just(0), st.integers(0, 12), st.integers(0, 60), st.integers(0, 5000))
_MINIMUM = st.integers(5, 15)


@st.composite
def tables(draw: st.DrawFn) -> Counts:
    rows, columns, is_flat = draw(st.integers(1, 6)), draw(st.integers(1, 6)), draw(st.booleans())
    width = 1 if is_flat else columns
    line = st.lists(_COUNT, min_size=width, max_size=width)
    return Counts.of(draw(st.lists(line, min_size=rows, max_size=rows)), is_flat=is_flat)


class Attacker:
    """Knows the totals' equations, all that is not hidden, and what else it is told."""

    def __init__(self, counts: Counts, hidden: frozenset[Cell], known: Known = frozenset()) -> None:
        seen = [cell for cell in hidden if (0, cell[0]) in known or (1, cell[1]) in known]
        self.unknown = sorted(hidden - set(seen))
        self.floors = {} if known else counts.least
        rows, columns = range(counts.rows), range(counts.columns)
        sums = [[(i, j) for i in rows] + [(counts.rows, j)] for j in range(counts.columns + 1)]
        if counts.columns:
            sums += [[(i, j) for j in columns] + [(i, counts.columns)] for i in range(counts.rows + 1)]
        self.left = np.array([[self._sign(cell, line) for cell in self.unknown] for line in sums], float)
        given = [[(cell, -1 if cell == line[-1] else 1) for cell in line] for line in sums]
        self.right = np.array(
            [-sum(s * counts.values[c] for c, s in line if c not in self.unknown) for line in given], float
        )

    @staticmethod
    def _sign(cell: Cell, line: list[Cell]) -> int:
        return 0 if cell not in line else -1 if cell == line[-1] else 1

    def interval(self, cell: Cell) -> tuple[float, float]:
        aim = np.array([float(other == cell) for other in self.unknown])
        bounds = [(self.floors.get(other, 0), None) for other in self.unknown]
        least, most = (linprog(s * aim, A_eq=self.left, b_eq=self.right, bounds=bounds) for s in (1, -1))
        assert least.status == 0
        return least.fun, math.inf if most.status == 3 else -most.fun


def small(counts: Counts, minimum: int) -> list[Cell]:
    return [cell for cell, value in counts.values.items() if value < minimum]


@settings(max_examples=120)
@given(tables(), _MINIMUM)
def test_p10_no_cell_under_the_minimum_can_be_recovered(counts: Counts, minimum: int) -> None:
    hidden = to_withhold(counts, minimum)
    attacker = Attacker(counts, hidden)
    for cell in small(counts, minimum):
        assert cell in hidden
        least, most = attacker.interval(cell)
        assert least <= 1e-6
        assert most >= minimum - 1 - 1e-6


@settings(max_examples=80)
@given(tables(), _MINIMUM, st.sampled_from([(0,), (1,), (0, 1)]))
def test_p10_nor_by_knowing_that_named_lines_are_not_small(
    counts: Counts, minimum: int, axes: tuple[int, ...]
) -> None:
    informed = counts.known_to_reach(minimum, axes)
    assume(all(counts.values[cell] >= floor for cell, floor in informed.least.items()))
    hidden = to_withhold(informed, minimum)
    assert not leaks(informed, hidden, minimum)
    attacker = Attacker(informed, hidden)
    for cell in small(counts, minimum):
        assert _is_wide(attacker.interval(cell), minimum)
        assert interval(informed, hidden, cell) == pytest.approx(attacker.interval(cell), abs=1e-6)


@settings(max_examples=60)
@given(tables(), _MINIMUM, st.data())
def test_p10_nor_by_a_partner_that_knows_its_own_line(counts: Counts, minimum: int, data: Any) -> None:
    axis = data.draw(st.integers(0, 1 if counts.columns else 0))
    lines = counts.columns if axis else counts.rows
    assume(lines > 1)  # who knows the only line knows all there is
    line = data.draw(st.integers(0, lines - 1))
    known = frozenset([(axis, line)])
    hidden = to_withhold(counts, minimum, [known])
    attacker = Attacker(counts, hidden, known)
    for cell in set(small(counts, minimum)) & set(attacker.unknown):
        least, most = attacker.interval(cell)
        own = counts.values[(cell[0], line) if axis else (line, cell[1])]
        is_sum = cell[axis] == (counts.columns if axis else counts.rows)
        assert least <= (own if is_sum else 0) + 1e-6
        assert most >= minimum - 1 - 1e-6


@settings(max_examples=80)
@given(tables(), st.data())
def test_the_intervals_are_those_of_linear_programming(counts: Counts, data: Any) -> None:
    cells = sorted(counts.values)
    hidden = data.draw(st.frozensets(st.sampled_from(cells), min_size=1))
    attacker = Attacker(counts, hidden)
    for cell in hidden:
        assert interval(counts, hidden, cell) == pytest.approx(attacker.interval(cell), abs=1e-6)


@settings(max_examples=80)
@given(tables(), _MINIMUM, st.data())
def test_the_audit_finds_what_an_attacker_finds(counts: Counts, minimum: int, data: Any) -> None:
    """Also where too little is withheld: the small cells alone, and some."""
    more = data.draw(st.frozensets(st.sampled_from(sorted(counts.values))))
    hidden = frozenset(small(counts, minimum)) | more
    attacker = Attacker(counts, hidden)
    found = {cell for cell in small(counts, minimum) if not _is_wide(attacker.interval(cell), minimum)}
    assert set(leaks(counts, hidden, minimum)) == found


def _is_wide(found: tuple[float, float], minimum: int) -> bool:
    return found[0] <= 1e-6 and found[1] >= minimum - 1 - 1e-6


def test_a_single_small_cell_takes_three_others_with_it() -> None:
    counts = Counts.of([[3, 40, 90], [50, 60, 70], [80, 95, 99]])
    hidden = to_withhold(counts, 10)
    assert hidden == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_the_small_cells_alone_are_not_enough() -> None:
    counts = Counts.of([[3, 40], [50, 60]])
    assert interval(counts, {(0, 0)}, (0, 0)) == (3, 3)
    assert leaks(counts, {(0, 0)}, 10) == [(0, 0)]


def test_two_in_a_row_with_a_small_sum_are_not_enough() -> None:
    counts = Counts.of([[1, 1, 500], [1, 1, 500]])
    assert leaks(counts, {(0, 0), (0, 1), (1, 0), (1, 1)}, 10)
    assert not leaks(counts, to_withhold(counts, 10), 10)


def test_zero_is_small_and_cannot_be_told_from_nine() -> None:
    counts = Counts.of([[0, 40, 300], [50, 60, 400]])
    hidden = to_withhold(counts, 10)
    assert (0, 0) in hidden
    least, most = interval(counts, hidden, (0, 0))
    assert least == 0
    assert most >= 9


def test_a_table_without_small_cells_is_shown_whole() -> None:
    assert to_withhold(Counts.of([[10, 40], [50, 60]]), 10) == frozenset()


def test_a_small_total_is_withheld_too() -> None:
    counts = Counts.of([[2], [3], [400]], is_flat=True)
    hidden = to_withhold(counts, 10)
    assert {(0, 0), (1, 0)} < hidden


def test_the_same_table_is_always_protected_in_the_same_way() -> None:
    """Else the difference of two copies would show what one of them hides."""
    lines = [[3, 30, 30, 30], [30, 4, 30, 30], [30, 30, 5, 30]]
    assert len({to_withhold(Counts.of(lines), 10) for _ in range(5)}) == 1
