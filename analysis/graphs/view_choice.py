"""Which views to keep for a workload, when there is room for only some.

What a set of views is worth is how many candidates they spare all queries together, before any other filter.  A
candidate is spared once, whoever spares it, so a further view is worth less the more there are: the worth is monotone
and submodular.  Under a budget the better of "greedy by worth per byte" and "the one best view" is at least
1 − 1/√e ≈ 0.39 of the best choice (Khuller, Moss & Naor, "The Budgeted Maximum Coverage Problem", 1999; Krause &
Guestrin, 2005).  How good it really is, is bounded by the data as well: no choice is worth more than what was reached
plus what the remaining views, taken by worth per byte, would add until the budget is full (Leskovec et al., KDD 2007).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyroaring import BitMap

from tapehead.analysis.errors import UsageError
from tapehead.analysis.graphs.labelled import Graph
from tapehead.analysis.graphs.patterns import Pattern
from tapehead.analysis.graphs.prefilter import by_label
from tapehead.analysis.graphs.views import MOST_PLACEMENTS, View, placements

GUARANTEE = 1 - 1 / math.sqrt(math.e)
"""The share of the best choice's worth that is reached at least, whatever the data."""


@dataclass(frozen=True)
class Choice:
    """``views`` in the order in which they were chosen (places in the offered list).

    ``worth``, candidates spared; ``bound``, which no choice within the budget exceeds; ``all_worth``, that of all
    views; ``bytes`` and ``built_s`` of what was chosen.
    """

    views: tuple[int, ...]
    worth: int
    bound: float
    all_worth: int
    bytes: int
    built_s: float


def spared_by(view: View, query: Pattern, base: Sequence[BitMap]) -> dict[int, BitMap]:
    """Per query node, which of its candidates ``base`` a view rules out."""
    by: dict[int, set[int]] = {}
    for placed in itertools.islice(placements(view.pattern, query), MOST_PLACEMENTS):
        for k, q in enumerate(placed):
            by.setdefault(q, set()).add(k)
    return {q: base[q] - BitMap.intersection(*(view.kept[k] for k in ks)) for q, ks in by.items()}


def choose_views(graph: Graph, workload: Sequence[Pattern], offered: Sequence[View], budget: int) -> Choice:
    """Choose among views for a workload, spending at most ``budget`` bytes.

    Raises:
        UsageError: there is no query, or the budget is negative.
    """
    if not workload or budget < 0:
        raise UsageError(
            f"views are chosen for one query or more and a budget of 0 or more; got {len(workload)}, {budget}"
        )
    bases = [[BitMap(nodes) for nodes in by_label(graph, query)] for query in workload]
    spares = [
        {(i, q): cut for i, query in enumerate(workload) for q, cut in spared_by(view, query, bases[i]).items()}
        for view in offered
    ]
    costs = [max(1, view.stored_bytes) for view in offered]
    greedy = _greedy(spares, costs, budget)
    alone = [(_worth(spares, [v]), v) for v in range(len(offered)) if costs[v] <= budget]
    best_alone = max(alone, default=(0, -1))
    worth = _worth(spares, greedy)
    chosen = greedy
    if best_alone[0] > worth:
        chosen, worth = [best_alone[1]], best_alone[0]
    bound = min((_bound(spares, costs, budget, reached) for reached in (greedy, chosen, [])), default=float(worth))
    return Choice(
        tuple(chosen),
        worth,
        bound,
        _worth(spares, range(len(offered))),
        sum(costs[v] for v in chosen),
        sum(offered[v].built_s for v in chosen),
    )


_Spares = list[dict[tuple[int, int], BitMap]]


def _union(spares: _Spares, views: Sequence[int] | range) -> dict[tuple[int, int], BitMap]:
    union: dict[tuple[int, int], BitMap] = {}
    for v in views:
        for place, cut in spares[v].items():
            union[place] = union[place] | cut if place in union else cut
    return union


def _worth(spares: _Spares, views: Sequence[int] | range) -> int:
    return sum(len(cut) for cut in _union(spares, views).values())


def _gain(spared: dict[tuple[int, int], BitMap], cuts: dict[tuple[int, int], BitMap]) -> int:
    return sum(cut.difference_cardinality(spared[at]) if at in spared else len(cut) for at, cut in cuts.items())


def _greedy(spares: _Spares, costs: Sequence[int], budget: int) -> list[int]:
    """By worth per byte, lazily: gains only fall, so the best of the old ones is looked at again and no other."""
    spared: dict[tuple[int, int], BitMap] = {}
    gains = {v: _gain(spared, spares[v]) for v in range(len(spares)) if costs[v] <= budget}
    fresh = set(gains)
    chosen: list[int] = []
    left = budget
    while gains:
        best = max(gains, key=lambda v: (gains[v] / costs[v], -v))
        if gains[best] == 0:
            break
        if costs[best] > left:
            del gains[best]
            continue
        if best not in fresh:
            gains[best] = _gain(spared, spares[best])
            fresh.add(best)
            continue
        chosen.append(best)
        left -= costs[best]
        del gains[best]
        for at, cut in spares[best].items():
            spared[at] = spared[at] | cut if at in spared else cut
        fresh = set()
    return chosen


def _bound(spares: _Spares, costs: Sequence[int], budget: int, reached: Sequence[int]) -> float:
    """What no choice within the budget exceeds, seen from one that was reached."""
    spared = _union(spares, reached)
    gains = sorted(
        ((_gain(spared, cuts), cost) for cuts, cost in zip(spares, costs, strict=True) if cost <= budget),
        key=lambda each: -each[0] / each[1],
    )
    total, left = float(sum(len(cut) for cut in spared.values())), float(budget)
    for gain, cost in gains:
        share = min(1.0, left / cost)
        total += share * gain
        left -= share * cost
        if left <= 0:
            break
    return total


def sub_patterns(query: Pattern, sizes: Sequence[int]) -> Iterator[Pattern]:
    """All connected parts of a query with one of these numbers of edges: what could be remembered of it."""
    for size in sizes:
        for edges in itertools.combinations(range(len(query.edges)), size):
            part = query.sub(edges)
            if len(part.parts()) == 1:
                yield part


def is_same(one: Pattern, other: Pattern) -> bool:
    """Whether two patterns differ only in the names and the order of their nodes."""
    if (one.size, len(one.edges)) != (other.size, len(other.edges)):
        return False
    if sorted(zip(one.labels, one.tied, strict=True)) != sorted(zip(other.labels, other.tied, strict=True)):
        return False
    asked = {(e.source, e.target, e.kind) for e in other.edges}
    for placed in placements(one, other):
        if len(set(placed)) == one.size and {(placed[e.source], placed[e.target], e.kind) for e in one.edges} == asked:
            return all(one.labels[k] == other.labels[q] and one.tied[k] == other.tied[q] for k, q in enumerate(placed))
    return False
