"""Seeded labelled graphs of any size, and queries that are cut out of them.

*scale-free*: nodes arrive one after another and link to earlier ones, mostly to those that have many links already
(Price, 1976; Barabási & Albert, 1999); a share of the edges is turned round, which makes cycles.  *layered*: nodes in
layers, edges lead one or two layers on; no cycles, and paths as long as there are layers.
"""

from __future__ import annotations

import numpy as np

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.graphs.labelled import Graph
from tapehead.analysis.graphs.patterns import CHILD, DESCENDANT, Pattern, PatternEdge

SHAPES = ("scale-free", "layered")


def label_names(count: int) -> tuple[str, ...]:
    """L0, L1, …"""
    return tuple(f"L{k}" for k in range(count))


def generate(shape: str, nodes: int, labels: int = 20, degree: float = 3.0, seed: int = 0, skew: float = 1.0) -> Graph:
    """A graph of a shape with about ``degree`` edges per node; label ``k`` has weight 1 / (k + 1)^``skew``.

    Raises:
        UnknownNameError: no such shape.
        UsageError: a size that makes no graph.
    """
    if shape not in SHAPES:
        raise UnknownNameError("shape of graph", shape, SHAPES)
    if nodes < 2 or labels < 1 or not 0 < degree < nodes:
        raise UsageError(
            "a graph needs 2 nodes or more, a label, and a degree between 0 and its size; "
            f"got {nodes}, {labels}, {degree}"
        )
    rng = np.random.default_rng(seed)
    weights = 1.0 / np.arange(1, labels + 1) ** skew
    marks = rng.choice(labels, size=nodes, p=weights / weights.sum())
    count = round(nodes * degree)
    edges = _scale_free(nodes, count, rng) if shape == "scale-free" else _layered(nodes, count, rng)
    return Graph.from_edges(marks, edges, label_names(labels))


def _scale_free(nodes: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """Edge k leaves node ~ k / degree and ends at an earlier node, or where an earlier edge ended (half of them)."""
    sources = np.maximum(1, (np.arange(count) * (nodes - 1)) // count + 1)
    ends = (rng.random(count) * sources).astype(np.int64)
    follow = rng.random(count) < 0.5
    earlier = (rng.random(count) * np.arange(count)).astype(np.int64)
    follow[0] = False
    # An edge that copies an earlier end may copy one that copies: resolve by following until one does not.
    origin = np.where(follow, earlier, np.arange(count))
    while True:
        further = origin[origin]
        if np.array_equal(further, origin):
            break
        origin = further
    ends = ends[origin]
    turned = rng.random(count) < 0.15
    loops = sources == ends
    pairs = np.column_stack([np.where(turned, ends, sources), np.where(turned, sources, ends)])
    return pairs[~loops]


def _layered(nodes: int, count: int, rng: np.random.Generator) -> np.ndarray:
    layers = max(2, int(np.log2(nodes)))
    starts = np.linspace(0, nodes, layers + 1).astype(np.int64)
    sources = rng.integers(0, starts[-2], count)
    layer = np.searchsorted(starts, sources, side="right") - 1
    ahead = np.minimum(layer + rng.integers(1, 3, count), layers - 1)
    low, high = starts[ahead], starts[ahead + 1]
    ends = low + (rng.random(count) * (high - low)).astype(np.int64)
    return np.column_stack([sources, ends])


def random_query(
    graph: Graph, size: int, seed: int, descendants: float = 0.0, extra: int = 0, any_label: float = 0.0
) -> Pattern:
    """A query of ``size`` nodes that has at least one match: a walk through the graph, node by node.

    ``descendants`` is the share of edges that ask for a path only; ``extra`` more edges are kept where the walk's nodes
    have some between them; ``any_label`` is the share of nodes whose label is not asked for.

    Raises:
        UsageError: no part of the graph is large enough.
    """
    rng = np.random.default_rng(seed)
    for _attempt in range(200):
        nodes = [int(rng.integers(graph.nodes))]
        edges: list[tuple[int, int]] = []
        for _try in range(40 * size):
            if len(nodes) == size:
                break
            k = int(rng.integers(len(nodes)))
            onward = bool(rng.random() < 0.6)
            near = (graph.successors if onward else graph.predecessors).of(nodes[k])
            if not near.size:
                continue
            other = int(near[rng.integers(near.size)])
            if other not in nodes:
                nodes.append(other)
                edges.append((k, len(nodes) - 1) if onward else (len(nodes) - 1, k))
        if len(nodes) == size:
            break
    else:
        raise UsageError(f"no connected part of {size} nodes was found in a graph of {graph.nodes}")
    between = [
        (a, b)
        for a in range(size)
        for b in range(size)
        if a != b and (a, b) not in edges and graph.has_edge(nodes[a], nodes[b])
    ]
    rng.shuffle(between)
    edges += [(int(a), int(b)) for a, b in between[:extra]]
    named = [graph.label_names[graph.labels[u]] for u in nodes]
    loose = rng.random(size) < any_label
    return Pattern(
        tuple(f"q{k}" for k in range(size)),
        tuple("" if loose[k] else named[k] for k in range(size)),
        tuple(PatternEdge(a, b, DESCENDANT if rng.random() < descendants else CHILD) for a, b in edges),
    )
