"""Matching by definition, slowly: what the fast parts are compared with."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from tapehead.analysis.graphs.labelled import Graph
from tapehead.analysis.graphs.patterns import CHILD, Pattern


def paths(graph: Graph) -> dict[int, set[int]]:
    """For each node all that a path of one edge or more leads to, by walking."""
    found = {}
    for start in range(graph.nodes):
        waiting, seen = [int(v) for v in graph.successors.of(start)], set()
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                waiting += [int(v) for v in graph.successors.of(node)]
        found[start] = seen
    return found


def steps(graph: Graph, kind: str) -> dict[int, set[int]]:
    if kind == CHILD:
        return {u: set(map(int, graph.successors.of(u))) for u in range(graph.nodes)}
    return paths(graph)


def own_candidates(graph: Graph, pattern: Pattern) -> list[set[int]]:
    return [
        {
            u
            for u in range(graph.nodes)
            if label in ("", graph.label_names[graph.labels[u]]) and tied in ("", graph.name_of(u))
        }
        for label, tied in zip(pattern.labels, pattern.tied, strict=True)
    ]


def simulation(graph: Graph, pattern: Pattern) -> list[set[int]]:
    left = own_candidates(graph, pattern)
    step = [steps(graph, edge.kind) for edge in pattern.edges]
    changed = True
    while changed:
        before = [set(nodes) for nodes in left]
        for edge, to in zip(pattern.edges, step, strict=True):
            if edge.source == edge.target:
                left[edge.source] = {u for u in left[edge.source] if u in to[u]}
                continue
            left[edge.source] = {u for u in left[edge.source] if to[u] & left[edge.target]}
            left[edge.target] = {v for v in left[edge.target] if any(v in to[u] for u in left[edge.source])}
        changed = before != left
    return left


def matches(graph: Graph, pattern: Pattern, kind: str = "homomorphism") -> Iterator[tuple[int, ...]]:
    """All placements that keep labels and edges, found by trying all placements."""
    step = [steps(graph, edge.kind) for edge in pattern.edges]
    children = steps(graph, CHILD)
    asked = {(edge.source, edge.target) for edge in pattern.edges}
    for placed in itertools.product(*(sorted(nodes) for nodes in own_candidates(graph, pattern))):
        if any(placed[e.target] not in to[placed[e.source]] for e, to in zip(pattern.edges, step, strict=True)):
            continue
        if kind != "homomorphism" and len(set(placed)) < len(placed):
            continue
        if kind == "induced" and any(
            placed[b] in children[placed[a]] and (a, b) not in asked
            for a, b in itertools.product(range(pattern.size), repeat=2)
        ):
            continue
        yield placed
