"""The answer graph: the candidates that are left, and for every query edge which pairs of them it joins.

Child edges are kept as lists, descendant edges as rows of bits that candidates of one strong component share; both in
the direction in which the enumeration will walk them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numba
import numpy as np

from tapehead.analysis.errors import UsageError
from tapehead.analysis.graphs.labelled import Graph
from tapehead.analysis.graphs.patterns import CHILD, Pattern
from tapehead.analysis.graphs.reachability import Reachability, bits_needed

FEW_PAIRS = 20_000
"""Up to so many pairs are asked of the reachability index one by one; more are worked out together."""
MOST_BYTES = 2_000_000_000
"""Of bits for one descendant edge."""


@numba.njit(cache=True, nogil=True)
def _count_links(nodes: np.ndarray, offsets: np.ndarray, targets: np.ndarray, place: np.ndarray) -> np.ndarray:
    found = np.zeros(nodes.size + 1, np.int64)
    for k in range(nodes.size):
        count = 0
        for i in range(offsets[nodes[k]], offsets[nodes[k] + 1]):
            if place[targets[i]] >= 0:
                count += 1
        found[k + 1] = found[k] + count
    return found


@numba.njit(cache=True, nogil=True)
def _fill_links(
    nodes: np.ndarray, offsets: np.ndarray, targets: np.ndarray, place: np.ndarray, starts: np.ndarray
) -> np.ndarray:
    made = np.empty(starts[-1], np.int32)
    for k in range(nodes.size):
        at = starts[k]
        for i in range(offsets[nodes[k]], offsets[nodes[k] + 1]):
            if place[targets[i]] >= 0:
                made[at] = place[targets[i]]
                at += 1
    return made


@dataclass(frozen=True)
class Links:
    """One query edge from candidates of ``earlier`` to places among the candidates of ``later``.

    Lists (``starts``, ``places``) or rows of bits (``row`` per candidate, ``bits`` (rows, words)).
    """

    earlier: int
    later: int
    starts: np.ndarray | None = None
    places: np.ndarray | None = None
    row: np.ndarray | None = None
    bits: np.ndarray | None = None

    @property
    def pairs(self) -> int:
        """How many pairs of candidates the edge joins."""
        if self.places is not None:
            return self.places.size
        assert self.bits is not None and self.row is not None
        per_row = np.bitwise_count(self.bits).sum(axis=1, dtype=np.int64)
        return int(per_row[self.row].sum())


@dataclass(frozen=True)
class AnswerGraph:
    """Candidates per query node, the order in which they will be chosen, and the links between them."""

    candidates: list[np.ndarray]
    order: tuple[int, ...]
    links: tuple[Links, ...]

    @property
    def nodes(self) -> int:
        """Candidates of all query nodes together."""
        return sum(nodes.size for nodes in self.candidates)

    @property
    def pairs(self) -> int:
        """Pairs of candidates that an edge joins, of all query edges together."""
        return sum(link.pairs for link in self.links)


def search_order(pattern: Pattern, sizes: Sequence[int], first: int | None = None) -> tuple[int, ...]:
    """Query nodes in the order of the search: few candidates first, and always next to what is placed already."""
    beside = [set(pattern.neighbours(k)) - {k} for k in range(pattern.size)]
    left = set(range(pattern.size))
    joined = [0] * pattern.size
    order: list[int] = []
    while left:
        if not order and first is not None:
            following = first
        else:
            following = min(left, key=lambda k: (joined[k] == 0, -joined[k], sizes[k], k))
        order.append(following)
        left.discard(following)
        for k in beside[following]:
            joined[k] += 1
    return tuple(order)


def answer_graph(
    graph: Graph, reach: Reachability, pattern: Pattern, candidates: list[np.ndarray], first: int | None = None
) -> AnswerGraph:
    """Join the candidates, int32 (n, rising) per query node; loops of one query node have to be checked already.

    Raises:
        UsageError: the pairs of one descendant edge take more than :data:`MOST_BYTES`.
    """
    order = search_order(pattern, [nodes.size for nodes in candidates], first)
    when = {k: i for i, k in enumerate(order)}
    links = []
    for edge in pattern.edges:
        if edge.source == edge.target:
            continue
        forward = when[edge.source] < when[edge.target]
        earlier, later = (edge.source, edge.target) if forward else (edge.target, edge.source)
        here, there = candidates[earlier], candidates[later]
        if edge.kind == CHILD:
            lists = graph.successors if forward else graph.predecessors
            place = np.full(graph.nodes, -1, np.int32)
            place[there] = np.arange(there.size, dtype=np.int32)
            starts = _count_links(here, lists.offsets, lists.targets, place)
            links.append(Links(earlier, later, starts, _fill_links(here, lists.offsets, lists.targets, place, starts)))
        else:
            links.append(_descendants(reach, earlier, later, here, there, forward, pattern))
    return AnswerGraph(candidates, order, tuple(links))


def _descendants(
    reach: Reachability,
    earlier: int,
    later: int,
    here: np.ndarray,
    there: np.ndarray,
    forward: bool,
    pattern: Pattern,
) -> Links:
    if here.size * there.size <= FEW_PAIRS:
        us, vs = np.repeat(here, there.size), np.tile(there, here.size)
        found = reach.reaches(us, vs) if forward else reach.reaches(vs, us)
        rows = found.reshape(here.size, there.size)
        starts = np.zeros(here.size + 1, np.int64)
        np.cumsum(rows.sum(axis=1), out=starts[1:])
        return Links(earlier, later, starts, np.nonzero(rows)[1].astype(np.int32))
    needed = bits_needed(np.unique(reach.component[here]).size, there.size)
    if needed > MOST_BYTES:
        raise UsageError(
            f"the descendant edge between '{pattern.names[earlier]}' ({here.size:,} candidates) and "
            f"'{pattern.names[later]}' ({there.size:,}) would take {needed / 1e9:.1f} GB; give one of them a label, "
            "tie it to a node, or put a child edge in its place"
        )
    row, bits = reach.rows(here, there, downward=forward)
    return Links(earlier, later, row=row, bits=bits)
