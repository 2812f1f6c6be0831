"""Placements one after another: backtracking over the answer graph, in pieces that can be stopped, with a cap.

One loop serves homomorphisms (query nodes may meet in one node), monomorphisms (they may not) and induced
isomorphisms (and what the query does not join is not joined).  At each query node the shortest list of what is placed
already is walked and the others are asked; a last query node on which nothing else hangs is counted at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numba
import numpy as np

from tapehead.analysis.graphs.answer_graph import AnswerGraph, Links
from tapehead.analysis.graphs.labelled import Graph

HOMOMORPHISM, MONOMORPHISM, INDUCED = "homomorphism", "monomorphism", "induced"
KINDS = (HOMOMORPHISM, MONOMORPHISM, INDUCED)
_PIECE = 20_000_000
"""Steps between two looks at the clock."""


@numba.njit(cache=True, nogil=True)
def _contains(places: np.ndarray, low: int, high: int, wanted: int) -> bool:
    while low < high:
        middle = (low + high) // 2
        if places[middle] < wanted:
            low = middle + 1
        elif places[middle] > wanted:
            high = middle
        else:
            return True
    return False


@numba.njit(cache=True, nogil=True)
def _joined(offsets: np.ndarray, targets: np.ndarray, u: int, v: int) -> bool:
    low, high = offsets[u], offsets[u + 1]
    while low < high:
        middle = (low + high) // 2
        if targets[middle] < v:
            low = middle + 1
        elif targets[middle] > v:
            high = middle
        else:
            return True
    return False


@numba.njit(cache=True, nogil=True)
def _search(
    levels: int,
    node_base: np.ndarray,  # (levels + 1) where each level's candidates begin in `nodes`
    nodes: np.ndarray,
    link_base: np.ndarray,  # (levels + 1) where each level's links to earlier levels begin
    link_level: np.ndarray,  # the earlier level of each link
    link_is_bits: np.ndarray,
    link_first: np.ndarray,  # where a link's starts, or its rows, begin in `starts`
    link_data: np.ndarray,  # where a link's places, or its bits, begin in `places` / `bits`
    link_words: np.ndarray,
    starts: np.ndarray,
    places: np.ndarray,
    bits: np.ndarray,
    injective: bool,
    must_miss: np.ndarray,  # (levels, levels) 1: no edge from the node of the first to that of the second
    offsets: np.ndarray,
    targets: np.ndarray,
    at: np.ndarray,  # (levels) the candidate chosen, a place among the level's candidates
    cursor: np.ndarray,  # (levels) where the level's walk goes on
    walked: np.ndarray,  # (levels) the link that is walked; -1 for all candidates, -2 for bits only
    end: np.ndarray,  # (levels) where the walk ends
    state: np.ndarray,  # level, found, steps
    most: int,
    piece: int,
    kept: np.ndarray,  # (k, levels) the first placements
    one_per_root: bool,
    roots: np.ndarray,  # bool per candidate of the first level: it has a placement
) -> bool:
    """Go on from ``state``; true when there is nothing more to find."""
    level = state[0]
    found = state[1]
    steps = state[2]
    last_step = steps + piece
    last = levels - 1
    enter = walked[level] == -3
    while level >= 0:
        if enter:  # choose what to walk at this level
            enter = False
            cursor[level] = 0
            end[level] = node_base[level + 1] - node_base[level]
            walked[level] = -1
            best = np.int64(1) << 62
            only_bits = link_base[level + 1] > link_base[level]
            for k in range(link_base[level], link_base[level + 1]):
                if not link_is_bits[k]:
                    only_bits = False
                    first = link_first[k] + at[link_level[k]]
                    size = starts[first + 1] - starts[first]
                    if size < best:
                        best = size
                        walked[level] = k
                        cursor[level] = link_data[k] + starts[first]
                        end[level] = link_data[k] + starts[first + 1]
            if only_bits:
                walked[level] = -2
            if (
                level == last
                and not injective
                and kept.shape[0] <= found
                and not one_per_root
                and link_base[level + 1] - link_base[level] <= 1
                and walked[level] != -2
            ):  # nothing else to ask: count them together
                found += end[level] - cursor[level]
                cursor[level] = end[level]
                steps += 1
                if found >= most:
                    state[0], state[1], state[2] = level, found, steps
                    return False
        # the next candidate of this level
        choice = np.int64(-1)
        while cursor[level] < end[level]:
            steps += 1
            if walked[level] >= 0:
                option = np.int64(places[cursor[level]])
                cursor[level] += 1
            elif walked[level] == -1:
                option = cursor[level]
                cursor[level] += 1
            else:  # the next bit that all rows have
                option = np.int64(-1)
                word = cursor[level] // 64
                mask = ~np.uint64(0) << np.uint64(cursor[level] % 64)
                words = (end[level] + 63) // 64
                while word < words:
                    bitset = mask
                    for k in range(link_base[level], link_base[level + 1]):
                        row = starts[link_first[k] + at[link_level[k]]]
                        bitset &= bits[link_data[k] + row * link_words[k] + word]
                    if bitset:
                        low = bitset & (~bitset + np.uint64(1))
                        count = 0
                        if low >> np.uint64(32):
                            count += 32
                            low >>= np.uint64(32)
                        while low > np.uint64(1):
                            low >>= np.uint64(1)
                            count += 1
                        option = word * 64 + count
                        break
                    mask = ~np.uint64(0)
                    word += 1
                if option < 0:
                    cursor[level] = end[level]
                    break
                cursor[level] = option + 1
            good = True
            if walked[level] != -2:
                for k in range(link_base[level], link_base[level + 1]):
                    if k == walked[level]:
                        continue
                    first = link_first[k] + at[link_level[k]]
                    if link_is_bits[k]:
                        word_at = link_data[k] + starts[first] * link_words[k] + option // 64
                        if not (bits[word_at] >> np.uint64(option % 64)) & np.uint64(1):
                            good = False
                            break
                    elif not _contains(places, link_data[k] + starts[first], link_data[k] + starts[first + 1], option):
                        good = False
                        break
            if good and injective:
                node = nodes[node_base[level] + option]
                for j in range(level):
                    if nodes[node_base[j] + at[j]] == node:
                        good = False
                        break
                if good:
                    for j in range(level + 1):
                        other = node if j == level else nodes[node_base[j] + at[j]]
                        if must_miss[level, j] and _joined(offsets, targets, node, other):
                            good = False
                            break
                        if must_miss[j, level] and _joined(offsets, targets, other, node):
                            good = False
                            break
            if good:
                choice = option
                break
        if choice < 0:
            level -= 1
            if steps >= last_step:
                break
            continue
        at[level] = choice
        if level < last:
            level += 1
            walked[level] = -3
            enter = True
            continue
        if found < kept.shape[0]:
            for j in range(levels):
                kept[found, j] = nodes[node_base[j] + at[j]]
        found += 1
        if one_per_root:
            roots[at[0]] = True
            level = 0
        if found >= most:
            break
        if steps >= last_step:
            break
    state[0], state[1], state[2] = level, found, steps
    return level < 0


@dataclass(frozen=True)
class Enumerated:
    """``count`` placements, the first of them (k, query nodes) as node numbers, steps, and whether that was all."""

    count: int
    first: np.ndarray
    steps: int
    complete: bool
    seconds: float


@dataclass(frozen=True)
class _Tables:
    """The answer graph in the order of the search, in flat arrays."""

    node_base: np.ndarray
    nodes: np.ndarray
    link_base: np.ndarray
    link_level: np.ndarray
    link_is_bits: np.ndarray
    link_first: np.ndarray
    link_data: np.ndarray
    link_words: np.ndarray
    starts: np.ndarray
    places: np.ndarray
    bits: np.ndarray

    @classmethod
    def of(cls, answers: AnswerGraph) -> _Tables:
        when = {k: i for i, k in enumerate(answers.order)}
        by_level: list[list[Links]] = [[] for _ in answers.order]
        for link in answers.links:
            by_level[when[link.later]].append(link)
        starts, places, bits = [], [], []
        rows: list[tuple[int, bool, int, int, int]] = []
        first, listed, wide = 0, 0, 0
        for link in (one for level in by_level for one in level):
            if link.places is not None:
                assert link.starts is not None
                rows.append((when[link.earlier], False, first, listed, 0))
                starts.append(link.starts)
                places.append(link.places)
                first, listed = first + link.starts.size, listed + link.places.size
            else:
                assert link.row is not None and link.bits is not None
                rows.append((when[link.earlier], True, first, wide, link.bits.shape[1]))
                starts.append(link.row.astype(np.int64))
                bits.append(link.bits.ravel())
                first, wide = first + link.row.size, wide + link.bits.size
        table = np.array(rows, dtype=np.int64).reshape(-1, 5)
        sizes = [answers.candidates[k].size for k in answers.order]
        return cls(
            np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            np.concatenate([answers.candidates[k] for k in answers.order]).astype(np.int32),
            np.concatenate([[0], np.cumsum([len(level) for level in by_level])]).astype(np.int64),
            table[:, 0].copy(),
            table[:, 1].astype(bool),
            table[:, 2].copy(),
            table[:, 3].copy(),
            table[:, 4].copy(),
            np.concatenate([*starts, np.zeros(1, np.int64)]).astype(np.int64),
            np.concatenate([*places, np.zeros(1, np.int32)]).astype(np.int32),
            np.concatenate([*bits, np.zeros(1, np.uint64)]).astype(np.uint64),
        )


def enumerate_matches(
    graph: Graph,
    answers: AnswerGraph,
    kind: str = HOMOMORPHISM,
    missing: np.ndarray | None = None,
    *,
    most: int = 10_000_000,
    keep: int = 0,
    seconds: float | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Enumerated:
    """Count placements up to ``most`` and keep the first ``keep`` of them.

    ``missing`` (query nodes, query nodes), for induced isomorphisms, is true where no edge may be.  The search ends
    early after ``seconds``, or when ``stop`` says so; then it is not ``complete``.
    """
    found, first, steps, complete, took, _roots = _run(graph, answers, kind, missing, most, keep, seconds, stop, False)
    return Enumerated(found, first, steps, complete, took)


def matched_roots(graph: Graph, answers: AnswerGraph) -> np.ndarray:
    """Of the first query node of the order: which candidates have a placement at all (node numbers, rising)."""
    *_, roots = _run(graph, answers, HOMOMORPHISM, None, 1 << 62, 0, None, lambda: False, True)
    return answers.candidates[answers.order[0]][roots]


def _run(
    graph: Graph,
    answers: AnswerGraph,
    kind: str,
    missing: np.ndarray | None,
    most: int,
    keep: int,
    seconds: float | None,
    stop: Callable[[], bool],
    one_per_root: bool,
) -> tuple[int, np.ndarray, int, bool, float, np.ndarray]:
    began = time.perf_counter()
    levels = len(answers.order)
    tables = _Tables.of(answers)
    must_miss = np.zeros((levels, levels), np.int64)
    if missing is not None:
        must_miss[:] = missing[np.ix_(answers.order, answers.order)]
    kept = np.full((min(keep, most), levels), -1, np.int64)
    at, cursor, walked, end = (np.zeros(levels, np.int64) for _ in range(4))
    walked[:] = -3
    roots = np.zeros(answers.candidates[answers.order[0]].size, bool)
    state = np.zeros(3, np.int64)
    done = most == 0
    while not done:
        done = _search(
            levels,
            tables.node_base,
            tables.nodes,
            tables.link_base,
            tables.link_level,
            tables.link_is_bits,
            tables.link_first,
            tables.link_data,
            tables.link_words,
            tables.starts,
            tables.places,
            tables.bits,
            kind != HOMOMORPHISM,
            must_miss,
            graph.successors.offsets,
            graph.successors.targets,
            at,
            cursor,
            walked,
            end,
            state,
            most,
            _PIECE,
            kept,
            one_per_root,
            roots,
        )
        out_of_time = seconds is not None and time.perf_counter() - began > seconds
        if state[1] >= most or out_of_time or stop():
            break
    count = min(int(state[1]), most)
    back = np.empty_like(kept[:count])
    back[:, list(answers.order)] = kept[:count]
    return count, back, int(state[2]), bool(done) and int(state[1]) <= most, time.perf_counter() - began, roots
