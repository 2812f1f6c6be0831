"""Which node can be reached from which: the graph's strong components in topological order, and an index of them.

Paths have one edge or more, so a node reaches itself only on a cycle.  Single questions are answered by the index of
Su, Zhu, Wei & Yu, "Reachability Querying: Can It Be Even Faster?" (IEEE TKDE 29, 2017, "BFL"): intervals of a
depth-first forest say yes, Bloom filters of descendants and ancestors say no, and what neither decides is searched
with the filters as guides.  Questions about sets are one sweep over the components, which is exact and needs no
index.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numba
import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from tapehead.analysis.graphs.labelled import Adjacency, Graph

WORDS = 4
"""Of 64 bits, per Bloom filter."""
LANES = 8
"""Words of 64 targets that one sweep of :func:`_bit_rows` carries."""


@numba.njit(cache=True, nogil=True)
def _topological(offsets: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Kahn's order of a DAG: the place of each node, so that edges lead to higher places."""
    n = offsets.size - 1
    waiting = np.zeros(n, np.int64)
    for t in targets:
        waiting[t] += 1
    place = np.empty(n, np.int32)
    queue = np.empty(n, np.int32)
    head, tail = 0, 0
    for u in range(n):
        if waiting[u] == 0:
            queue[tail] = u
            tail += 1
    while head < tail:
        u = queue[head]
        place[u] = head
        head += 1
        for i in range(offsets[u], offsets[u + 1]):
            t = targets[i]
            waiting[t] -= 1
            if waiting[t] == 0:
                queue[tail] = t
                tail += 1
    return place


@numba.njit(cache=True, nogil=True)
def _intervals(offsets: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Post-order numbers of a depth-first forest and the lowest number in each subtree."""
    n = offsets.size - 1
    low, post = np.full(n, -1, np.int32), np.full(n, -1, np.int32)
    at = np.zeros(n, np.int64)
    seen = np.zeros(n, np.bool_)
    stack = np.empty(n, np.int32)
    number = 0
    for root in range(n):
        if seen[root]:
            continue
        depth = 0
        stack[0] = root
        seen[root] = True
        low[root] = number
        at[root] = offsets[root]
        while depth >= 0:
            u = stack[depth]
            if at[u] < offsets[u + 1]:
                t = targets[at[u]]
                at[u] += 1
                if not seen[t]:
                    seen[t] = True
                    low[t] = number
                    at[t] = offsets[t]
                    depth += 1
                    stack[depth] = t
            else:
                post[u] = number
                number += 1
                depth -= 1
    return low, post


@numba.njit(cache=True, nogil=True)
def _blooms(offsets: np.ndarray, targets: np.ndarray, words: int) -> tuple[np.ndarray, np.ndarray]:
    """Bloom filters of everything that a component reaches and of everything that reaches it, itself included."""
    n = offsets.size - 1
    out, into = np.zeros((n, words), np.uint64), np.zeros((n, words), np.uint64)
    for u in range(n):
        mixed = np.uint64(u) * np.uint64(0x9E3779B97F4A7C15)
        bit = np.int64(mixed >> np.uint64(40)) % (64 * words)
        mark = np.uint64(1) << np.uint64(bit % 64)
        out[u, bit // 64] |= mark
        into[u, bit // 64] |= mark
    for u in range(n - 1, -1, -1):
        for i in range(offsets[u], offsets[u + 1]):
            for w in range(words):
                out[u, w] |= out[targets[i], w]
    for u in range(n):
        for i in range(offsets[u], offsets[u + 1]):
            for w in range(words):
                into[targets[i], w] |= into[u, w]
    return out, into


@numba.njit(cache=True, nogil=True)
def _may_reach(u: int, v: int, low: np.ndarray, post: np.ndarray, out: np.ndarray, into: np.ndarray) -> int:
    """1: it reaches; 0: it does not; -1: not decided."""
    if low[u] <= post[v] <= post[u]:
        return 1
    if u > v:
        return 0
    for w in range(out.shape[1]):
        if out[v, w] & ~out[u, w] or into[u, w] & ~into[v, w]:
            return 0
    return -1


@numba.njit(cache=True, nogil=True)
def _reach_pairs(
    us: np.ndarray,
    vs: np.ndarray,
    offsets: np.ndarray,
    targets: np.ndarray,
    low: np.ndarray,
    post: np.ndarray,
    out: np.ndarray,
    into: np.ndarray,
) -> tuple[np.ndarray, int]:
    """For pairs of different components whether the first reaches the second, and how many had to be searched."""
    found = np.zeros(us.size, np.bool_)
    n = offsets.size - 1
    seen = np.full(n, -1, np.int64)
    stack = np.empty(n, np.int32)
    searched = 0
    for k in range(us.size):
        u, v = us[k], vs[k]
        said = _may_reach(u, v, low, post, out, into)
        if said >= 0:
            found[k] = said == 1
            continue
        searched += 1
        depth = 0
        stack[0] = u
        seen[u] = k
        while depth >= 0 and not found[k]:
            w = stack[depth]
            depth -= 1
            for i in range(offsets[w], offsets[w + 1]):
                t = targets[i]
                if t == v:
                    found[k] = True
                    break
                if seen[t] == k or t > v:
                    continue
                seen[t] = k
                said = _may_reach(t, v, low, post, out, into)
                if said == 1:
                    found[k] = True
                    break
                if said == -1:
                    depth += 1
                    stack[depth] = t
    return found, searched


@numba.njit(cache=True, nogil=True)
def _sweep_up(offsets: np.ndarray, targets: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Which components reach, over one edge or more, one that ``own`` marks."""
    n = offsets.size - 1
    found = np.zeros(n, np.bool_)
    for c in range(n - 1, -1, -1):
        for i in range(offsets[c], offsets[c + 1]):
            t = targets[i]
            if own[t] or found[t]:
                found[c] = True
                break
    return found


@numba.njit(cache=True, nogil=True)
def _sweep_down(offsets: np.ndarray, targets: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Which components are reached, over one edge or more, from one that ``own`` marks."""
    n = offsets.size - 1
    found = np.zeros(n, np.bool_)
    for c in range(n):
        if own[c] or found[c]:
            for i in range(offsets[c], offsets[c + 1]):
                found[targets[i]] = True
    return found


@numba.njit(cache=True, nogil=True)
def _label_masks(offsets: np.ndarray, targets: np.ndarray, own: np.ndarray, cyclic: np.ndarray) -> np.ndarray:
    """OR of the masks of all components that each one reaches over one edge or more."""
    n = offsets.size - 1
    found = np.zeros(n, np.uint64)
    for c in range(n - 1, -1, -1):
        for i in range(offsets[c], offsets[c + 1]):
            found[c] |= found[targets[i]] | own[targets[i]]
        if cyclic[c]:
            found[c] |= own[c]
    return found


@numba.njit(cache=True, nogil=True)
def _bit_rows(
    active: np.ndarray,
    offsets: np.ndarray,
    targets: np.ndarray,
    cyclic: np.ndarray,
    rows: np.ndarray,
    target_comps: np.ndarray,
    lanes: int,
) -> np.ndarray:
    """Bit ``t`` of row ``r``: does component ``rows[r]`` reach ``target_comps[t]`` over one edge or more?

    ``active`` are the components on the way, in the order in which they have to be worked off (every edge of
    ``offsets``/``targets`` leads from a later one to an earlier one); ``cyclic`` says which reach themselves.
    """
    n = offsets.size - 1
    words = (target_comps.size + 63) // 64
    made = np.zeros((rows.size, words), np.uint64)
    through = np.zeros((n, lanes), np.uint64)  # what is reached over one edge or more
    own = np.zeros((n, lanes), np.uint64)
    on = np.zeros(n, np.bool_)
    for c in active:
        on[c] = True
    for first in range(0, words, lanes):
        start, end = first * 64, min(target_comps.size, (first + lanes) * 64)
        for t in range(start, end):
            k = t - start
            own[target_comps[t], k // 64] |= np.uint64(1) << np.uint64(k % 64)
        for c in active:
            for w in range(lanes):
                through[c, w] = np.uint64(0)
            for i in range(offsets[c], offsets[c + 1]):
                d = targets[i]
                if on[d]:
                    for w in range(lanes):
                        through[c, w] |= through[d, w] | own[d, w]
            if cyclic[c]:
                for w in range(lanes):
                    through[c, w] |= own[c, w]
        for r in range(rows.size):
            if on[rows[r]]:
                for w in range(min(lanes, words - first)):
                    made[r, first + w] = through[rows[r], w]
        for t in range(start, end):
            for w in range(lanes):
                own[target_comps[t], w] = np.uint64(0)
    return made


@dataclass(frozen=True)
class Reachability:
    """The strong components of a graph, numbered so that edges lead to higher numbers, and what is known of them.

    ``component`` int32 (nodes); ``down`` and ``up`` are the components' successors and predecessors;
    ``cyclic`` bool (components): more than one node, or a self-loop.
    """

    component: np.ndarray
    down: Adjacency
    up: Adjacency
    cyclic: np.ndarray

    @classmethod
    def of(cls, graph: Graph) -> Reachability:
        """Find the components (Pearce's algorithm, by scipy) and put them in topological order."""
        n = graph.nodes
        if not n:
            empty = Adjacency(np.zeros(1, np.int64), np.zeros(0, np.int32))
            return cls(np.zeros(0, np.int32), empty, empty, np.zeros(0, bool))
        after = graph.successors
        matrix = csr_array((np.ones(after.targets.size, np.int8), after.targets, after.offsets), shape=(n, n))
        count, raw = connected_components(matrix, directed=True, connection="strong")
        edges = graph.edges()
        ends = raw[edges].astype(np.int64)
        loops = edges[:, 0] == edges[:, 1]
        between = ends[ends[:, 0] != ends[:, 1]]
        keys = np.unique(between[:, 0] * count + between[:, 1])
        first = Adjacency.from_pairs(count, keys // count, keys % count)
        place = _topological(first.offsets, first.targets)
        component = place[raw].astype(np.int32)
        sources, targets = place[keys // count].astype(np.int64), place[keys % count].astype(np.int64)
        cyclic = np.bincount(component, minlength=count) > 1
        cyclic[component[edges[loops, 0]]] = True
        down = Adjacency.from_pairs(count, sources, targets)
        return cls(component, down, Adjacency.from_pairs(count, targets, sources), cyclic)

    @property
    def components(self) -> int:
        """How many strong components there are."""
        return self.cyclic.size

    @cached_property
    def _index(self) -> tuple[np.ndarray, ...]:
        low, post = _intervals(self.down.offsets, self.down.targets)
        return (low, post, *_blooms(self.down.offsets, self.down.targets, WORDS))

    def build_index(self) -> None:
        """Make the index of single questions now and not at the first one."""
        assert self._index is not None

    def reaches(self, sources: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """For pairs of nodes (n) and (n) whether a path of one edge or more leads from the first to the second."""
        us, vs = self.component[np.asarray(sources)], self.component[np.asarray(targets)]
        found, _searched = _reach_pairs(us, vs, self.down.offsets, self.down.targets, *self._index)
        same = us == vs
        found[same] = self.cyclic[us[same]]
        return found

    def can_reach(self, marked: np.ndarray) -> np.ndarray:
        """Which nodes have a path to a marked one; ``marked`` and the answer are bool (nodes)."""
        own = self._own(marked)
        found = _sweep_up(self.down.offsets, self.down.targets, own) | (own & self.cyclic)
        return found[self.component]

    def reached_from(self, marked: np.ndarray) -> np.ndarray:
        """Which nodes have a path from a marked one; ``marked`` and the answer are bool (nodes)."""
        own = self._own(marked)
        found = _sweep_down(self.down.offsets, self.down.targets, own) | (own & self.cyclic)
        return found[self.component]

    def _own(self, marked: np.ndarray) -> np.ndarray:
        own = np.zeros(self.components, bool)
        own[self.component[marked]] = True
        return own

    def masks_below(self, masks: np.ndarray) -> np.ndarray:
        """OR of ``masks``, uint64 (nodes), over all that each node reaches."""
        return self._masks(masks, self.down, False)

    def masks_above(self, masks: np.ndarray) -> np.ndarray:
        """OR of ``masks``, uint64 (nodes), over all that reaches each node."""
        return self._masks(masks, self.up, True)

    def _masks(self, masks: np.ndarray, lists: Adjacency, turned: bool) -> np.ndarray:
        own = np.zeros(self.components, np.uint64)
        np.bitwise_or.at(own, self.component, masks)
        if not turned:
            return _label_masks(lists.offsets, lists.targets, own, self.cyclic)[self.component]
        mirror = mirrored(lists)
        found = _label_masks(mirror.offsets, mirror.targets, own[::-1].copy(), self.cyclic[::-1].copy())
        return found[::-1][self.component]

    def rows(self, sources: np.ndarray, targets: np.ndarray, downward: bool = True) -> tuple[np.ndarray, np.ndarray]:
        """Who of ``targets`` is reached from each of ``sources`` (or reaches it, if not ``downward``).

        Returns the row of each source, int32 (sources), and the rows' bits, uint64 (rows, words): bit ``t`` stands for
        ``targets[t]``.  Sources of one component share a row.
        """
        comps, row = np.unique(self.component[sources], return_inverse=True)
        marked_from = np.zeros(self.components, bool)
        marked_from[comps] = True
        aims = self.component[targets]
        marked_to = np.zeros(self.components, bool)
        marked_to[aims] = True
        if downward:
            lists = self.down
            on = marked_from | _sweep_down(self.down.offsets, self.down.targets, marked_from)
            on &= marked_to | _sweep_up(self.down.offsets, self.down.targets, marked_to)
            active = np.flatnonzero(on)[::-1]
        else:
            lists = self.up
            on = marked_from | _sweep_up(self.down.offsets, self.down.targets, marked_from)
            on &= marked_to | _sweep_down(self.down.offsets, self.down.targets, marked_to)
            active = np.flatnonzero(on)
        active = np.ascontiguousarray(active, dtype=np.int64)
        bits = _bit_rows(active, lists.offsets, lists.targets, self.cyclic, comps, aims, LANES)
        return row.astype(np.int32), bits


def mirrored(lists: Adjacency) -> Adjacency:
    """The same lists with the nodes numbered backwards."""
    n = lists.offsets.size - 1
    sources = np.repeat(np.arange(n), lists.degrees)
    return Adjacency.from_pairs(n, n - 1 - sources, n - 1 - lists.targets.astype(np.int64))


def bits_needed(sources: int, targets: int) -> int:
    """Bytes of :meth:`Reachability.rows` at worst."""
    return sources * ((targets + 63) // 64) * 8
