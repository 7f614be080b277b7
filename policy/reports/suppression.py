"""Which cells of a table of counts must be withheld so that no small one can be worked out (promise P10).

*Who attacks.* Somebody who has the table: every figure shown, all the sums, the minimum, and patience. Each
sum gives an equation, every count is a whole number and at least 0. What can be said of a withheld cell is
then an interval, from the least to the greatest value that some table has which fits all equations.

*What counts as safe.* A cell under the minimum, a total included, is never shown, and its interval holds at
least 0 to minimum − 1: the table tells no more of it than that it is small. Zero is small too; if zeros were
shown, a withheld cell would be known to hold somebody, and two withheld cells with the sum 2 were both 1.
Cells that are withheld only to protect others are marked in the same way and need no protection.

*How.* The equations of a table with two dimensions and its totals are those of a network: every row and every
column is a node, the total column and row among them, every cell an arc, and each node sends on what it
gets. Raising a cell means sending the difference back round a cycle of other withheld cells, which can grow
without bound and shrink to 0; so the interval is a pair of maximum flows, exact, and exact for whole
numbers as well because such equations are totally unimodular. Where the withheld cells do not carry enough,
the cheapest way round through cells still shown is withheld in addition (cost: the counts that are lost).
Withholding more never narrows an interval, so one pass over the small cells is enough; in the worst case
everything is withheld, which is safe.

*Insiders.* A partner knows how many visitors it has sent itself and can subtract them. The lines of an
insider (rows or columns) are taken as known, one insider at a time: their cells leave the network. A small
total then has the insider's share of it as its least value, and nothing less can be asked.

*What is known anyway.* Lines are only named when they stand for the minimum at least (see `tables`), which
the public knows of a withheld total, too: `Counts.least`. Such a total lends less room to others. An insider
could tie this to its own share; that narrows an interval from below and never to one value.

Not covered: what somebody may know of single visitors from elsewhere, partners who pool what each of them
has sent, and guesses from how this very method chooses (“minimality” attacks), which tell likelihoods and
not values. A count is of views: nobody is identified here, so views of one person cannot be told from views
of several.

After L. Cox, “Network models for complementary cell suppression”, JASA 90 (1995); A. Hundepool et al.,
*Statistical Disclosure Control* (Wiley 2012), chapter 4; L. Willenborg and T. de Waal, *Elements of
Statistical Disclosure Control* (Springer 2001), chapters 6 to 8.
"""

import heapq
import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

Cell = tuple[int, int]
Node = tuple[str, int]
Line = tuple[int, int]  # 0 and the number of a row, or 1 and that of a column
Known = frozenset[Line]

_NOBODY: Known = frozenset()


@dataclass(frozen=True, slots=True)
class Counts:
    """A table by position: row `rows` and column `columns` hold the totals.

    A table of one dimension has no columns but the total: `Counts.of([[5], [7]], is_flat=True)`.
    `least` is what some cells are known to reach; none of these is under the minimum.
    """

    rows: int
    columns: int
    values: Mapping[Cell, int]
    least: Mapping[Cell, int] = field(default_factory=dict)

    @classmethod
    def of(cls, lines: list[list[int]], *, is_flat: bool = False) -> Self:
        """Counts from the inner cells, row by row. A flat table has one column: the totals themselves."""
        rows, columns = len(lines), 0 if is_flat else len(lines[0])
        values = {(i, j): value for i, line in enumerate(lines) for j, value in enumerate(line)}
        if not is_flat:
            values |= {(i, columns): sum(line) for i, line in enumerate(lines)}
        for j in range(columns + 1):
            values[rows, j] = sum(values[i, j] for i in range(rows))
        return cls(rows, columns, values)

    def known_to_reach(self, minimum: int, axes: Collection[int]) -> Self:
        """The same, when every line of these axes (0: rows, 1: columns) is known to stand for the minimum."""
        totals = {(self.rows, self.columns)}
        totals |= {(i, self.columns) for i in range(self.rows) if 0 in axes}
        totals |= {(self.rows, j) for j in range(self.columns) if 1 in axes}
        return replace(self, least=dict.fromkeys(totals, minimum))

    def ends(self, cell: Cell) -> tuple[Node, Node]:
        """The arc of a cell. Inner cells run from column to row, totals back, the grand total closes it."""
        i, j = cell
        row = ("row", i if self.columns else self.rows)
        column = ("column", j)
        return (column, row) if (i == self.rows) == (j == self.columns) else (row, column)


def _is_known(cell: Cell, known: Known) -> bool:
    return (0, cell[0]) in known or (1, cell[1]) in known


@dataclass(slots=True)
class _Network:
    """What can still change. `hidden` cells may take any value from 0 up, all others only at a price."""

    counts: Counts
    hidden: Collection[Cell]
    known: Known = _NOBODY
    may_hide_more: bool = False
    moved: dict[Cell, int] = field(default_factory=dict)
    _arcs: dict[Node, list[tuple[Node, Cell, int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        cells = self.counts.values if self.may_hide_more else self.hidden
        for cell in cells:
            tail, head = self.counts.ends(cell)
            if not _is_known(cell, self.known):
                self._arcs.setdefault(tail, []).append((head, cell, 1))
                self._arcs.setdefault(head, []).append((tail, cell, -1))

    def send(self, source: Node, sink: Node, wanted: float, *, without: Cell) -> float:
        """Send up to `wanted` along any ways but one cell; returns how much arrived."""
        self.moved = {}
        arrived: float = 0
        while arrived < wanted:
            way = self._cheapest(source, sink, without)
            if way is None:
                break
            amount = min(wanted - arrived, *(self._room(cell, sign) for cell, sign in way))
            if math.isinf(amount):
                return amount
            for cell, sign in way:
                self.moved[cell] = self.moved.get(cell, 0) + sign * int(amount)
            arrived += amount
        return arrived

    def _room(self, cell: Cell, sign: int) -> float:
        if sign > 0:
            return math.inf
        least = 0 if self.known else self.counts.least.get(cell, 0)
        return self.counts.values[cell] + self.moved.get(cell, 0) - least

    def _cheapest(self, source: Node, sink: Node, without: Cell) -> list[tuple[Cell, int]] | None:
        """Dijkstra over what has room; withheld cells cost nothing."""
        queue: list[tuple[int, int, Node]] = [(0, 0, source)]
        came: dict[Node, tuple[Node, Cell, int]] = {}
        costs, done, turn = {source: 0}, set(), 0
        while queue:
            cost, _, node = heapq.heappop(queue)
            if node == sink:
                return list(self._back(came, source, sink))
            if node in done:
                continue
            done.add(node)
            for other, cell, sign in self._arcs.get(node, ()):
                if cell == without or other in done or not self._room(cell, sign):
                    continue
                price = cost + self._price(cell)
                if price < costs.get(other, math.inf):
                    costs[other], came[other], turn = price, (node, cell, sign), turn + 1
                    heapq.heappush(queue, (price, turn, other))
        return None

    def _price(self, cell: Cell) -> int:
        return 0 if cell in self.hidden or self.moved.get(cell) else self.counts.values[cell]

    @staticmethod
    def _back(
        came: Mapping[Node, tuple[Node, Cell, int]], source: Node, sink: Node
    ) -> Iterator[tuple[Cell, int]]:
        node = sink
        while node != source:
            node, cell, sign = came[node]
            yield cell, sign


def interval(
    counts: Counts, hidden: Collection[Cell], cell: Cell, known: Known = _NOBODY
) -> tuple[int, float]:
    """The least and the greatest value that a withheld cell can have, for somebody who has all the others."""
    tail, head = counts.ends(cell)
    network, value = _Network(counts, hidden, known), counts.values[cell]
    least = value - network.send(tail, head, value - counts.least.get(cell, 0), without=cell)
    return int(least), value + network.send(head, tail, math.inf, without=cell)


def to_withhold(counts: Counts, minimum: int, insiders: Iterable[Known] = ()) -> frozenset[Cell]:
    """The cells under the minimum, and as many others as their protection takes."""
    small = sorted(cell for cell, value in counts.values.items() if value < minimum)
    hidden = set(small)
    for known in _attackers(counts, insiders):
        for cell in small:
            if not _is_known(cell, known):
                _protect(counts, hidden, cell, minimum, known)
    return frozenset(hidden)


def _attackers(counts: Counts, insiders: Iterable[Known]) -> list[Known]:
    """The public, and every insider for whom anything is left to find out."""
    rows = {(0, i) for i in range(counts.rows)}
    columns = {(1, j) for j in range(counts.columns)}
    return [
        _NOBODY,
        *(known for known in insiders if not (known >= rows or (columns and known >= columns))),
    ]


def _protect(counts: Counts, hidden: set[Cell], cell: Cell, minimum: int, known: Known) -> None:
    """Withhold more until the interval of the cell is wide enough."""
    for source, sink, wanted in _aims(counts, cell, minimum, known):
        within = _Network(counts, hidden, known)
        if within.send(source, sink, wanted, without=cell) < wanted:
            beyond = _Network(counts, hidden, known, may_hide_more=True)
            beyond.send(source, sink, wanted, without=cell)
            hidden |= {other for other, amount in beyond.moved.items() if amount}


def leaks(
    counts: Counts, hidden: Collection[Cell], minimum: int, insiders: Iterable[Known] = ()
) -> list[Cell]:
    """Small cells that are shown or can be told closer than “under the minimum”. Empty for a safe table."""
    small = [cell for cell, value in counts.values.items() if value < minimum]
    return [
        cell
        for known in _attackers(counts, insiders)
        for cell in small
        if not _is_known(cell, known) and not _is_safe(counts, hidden, cell, minimum, known)
    ]


def _is_safe(counts: Counts, hidden: Collection[Cell], cell: Cell, minimum: int, known: Known) -> bool:
    network = _Network(counts, hidden, known)
    return cell in hidden and all(
        network.send(source, sink, wanted, without=cell) == wanted
        for source, sink, wanted in _aims(counts, cell, minimum, known)
    )


def _aims(
    counts: Counts, cell: Cell, minimum: int, known: Known
) -> tuple[tuple[Node, Node, int], tuple[Node, Node, int]]:
    """What must be possible: to lower the cell to nothing, and to raise it to minimum − 1."""
    (tail, head), value = counts.ends(cell), counts.values[cell]
    lowest = _share(counts, cell, known)
    return (tail, head, value - lowest), (head, tail, minimum - 1 - value)


def _share(counts: Counts, cell: Cell, known: Known) -> int:
    """How much of a total an insider has sent itself; 0 for an inner cell."""
    (i, j), share = cell, 0
    for axis, number in known:
        if axis == 0 and i == counts.rows:
            share += counts.values[number, j]
        elif axis == 1 and j == counts.columns:
            share += counts.values[i, number]
    return share
