"""Weighted graphs that run from left to right: what a figure of kind ``graph`` shows, on the stage and in print.

A graph comes from matrices between neighbouring layers (a network), from a matrix of named nodes, or from a list of
edges (a circuit).  Where its nodes stand is said here as well, so that both pens put them into the same order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np

from tapehead.analysis.errors import ResultError


@dataclass(frozen=True)
class GraphPart:
    """What one series of a figure says of a graph.

    ``layers`` are weights (to, from); the other edges are weights (from, to), in which zero is no edge, or a list along
    one axis with labels ``from → to``, of which those that ``shown`` are not zero.
    """

    called: str
    layers: bool
    values: np.ndarray
    labels: tuple[tuple[str, ...], ...]
    """Along each axis of the values."""
    shown: np.ndarray | None = None


def layered_graph(called: str, parts: Sequence[GraphPart]) -> nx.DiGraph:
    """The graph with a ``layer`` and a ``name`` per node and a ``weight`` per edge.

    In a list, ``to`` may end in the input that is meant (``1.1.k``).  Several inputs of one node are one edge with the
    strongest one's ``weight``; its ``inputs`` name them all.

    Raises:
        ResultError: the matrices do not fit together, or the edges run in a circle.
    """
    graph = nx.DiGraph()
    for index, part in enumerate(parts):
        if not part.layers and part.values.ndim == 1:
            shown = np.ones(len(part.values)) if part.shown is None else part.shown
            for label, weight, wanted in zip(part.labels[0], part.values, shown, strict=True):
                if wanted:
                    _list_edge(graph, label, float(weight))
            continue
        if part.values.ndim != 2:
            raise ResultError(f"'{part.called}' is no matrix: it has {part.values.ndim} axes")
        if part.layers:
            _add_layer(graph, part, index)
            continue
        for (start, to), weight in np.ndenumerate(part.values):
            if weight:
                graph.add_edge(part.labels[0][start], part.labels[1][to], weight=float(weight))
    if not nx.is_directed_acyclic_graph(graph):
        raise ResultError(f"figure '{called}': its edges run in a circle, which has no order from left to right")
    floors = {node: floor_of(str(node)) for node in graph}
    for layer, nodes in enumerate(nx.topological_generations(graph)):
        for node in nodes:
            floor = floors[node] if None not in floors.values() else layer
            graph.nodes[node].setdefault("layer", floor)
            graph.nodes[node].setdefault("name", str(node))
    return graph


def _add_layer(graph: nx.DiGraph, part: GraphPart, index: int) -> None:
    count, before = part.values.shape
    if index and before != sum(data["layer"] == index for _, data in graph.nodes(data=True)):
        raise ResultError(f"'{part.called}' comes from {before} nodes, which is not the layer before it")
    for node in range(before) if index == 0 else ():
        graph.add_node((0, node), layer=0, name="")
    for node in range(count):
        graph.add_node((index + 1, node), layer=index + 1, name="")
    for (to, start), weight in np.ndenumerate(part.values):
        graph.add_edge((index, start), (index + 1, to), weight=float(weight))


_BOTTOM, _TOP = -1, 10_000


def floor_of(name: str) -> int | None:
    """Where a part of a transformer stands: heads, then the MLP of each layer, between embedding and final."""
    if name in ("embed", "final"):
        return _BOTTOM if name == "embed" else _TOP
    if head := re.fullmatch(r"(\d+)\.\d+", name):
        return 2 * int(head[1])
    if mlp := re.fullmatch(r"MLP (\d+)", name):
        return 2 * int(mlp[1]) + 1
    return None


def _list_edge(graph: nx.DiGraph, label: str, weight: float) -> None:
    start, arrow, to = label.partition(" → ")
    if not arrow:
        raise ResultError(f"'{label}' names no edge; a list of edges has labels like '0.6 → 1.1.k'")
    whole = re.fullmatch(r"(\d+\.\d+)\.([qkv])", to)
    # A piece of the label, and not the match: labels that know where they were read have pieces that know it too.
    end, place = (to[: len(whole[1])], whole[2]) if whole else (to, "")
    if not graph.has_edge(start, end):
        graph.add_edge(start, end, weight=weight, inputs=[])
    edge = graph.edges[start, end]
    edge["inputs"] = sorted([*edge["inputs"], place])
    edge["weight"] = max(edge["weight"], weight, key=abs)


def bend_of(graph: nx.DiGraph, start: Any, end: Any) -> float:
    """How far an edge bends aside: one past other floors on the line of the MLPs would run through these."""
    rows = sorted({data["layer"] for _, data in graph.nodes(data=True)})
    apart = rows.index(graph.nodes[end]["layer"]) - rows.index(graph.nodes[start]["layer"])
    if apart <= 1:
        return 0.0
    return 0.32 if all(_on_line(graph.nodes[node]["name"]) for node in (start, end)) else 0.08


def _on_line(name: str) -> bool:
    return name.startswith("MLP") or name in ("embed", "final")


def places_of(graph: nx.DiGraph) -> dict[Any, np.ndarray]:
    """Where each node stands, (2,): layers from left to right, in no unit.

    In a transformer the MLPs are on one line and the heads of a layer above it.
    """
    places: dict[Any, np.ndarray] = nx.multipartite_layout(graph, subset_key="layer")
    names = [data["name"] for _, data in graph.nodes(data=True)]
    if not any(_on_line(name) for name in names) or any(floor_of(name) is None for name in names):
        return places
    floors = sorted({data["layer"] for _, data in graph.nodes(data=True)})
    made = {}
    for column, floor in enumerate(floors):
        heads = sorted(node for node in graph if graph.nodes[node]["layer"] == floor)
        for row, node in enumerate(heads):
            # Neighbouring columns are half a place apart, so that edges do not run along each other.
            height = 0.0 if _on_line(str(node)) else 0.5 + 0.45 * row + 0.2 * (column % 4 == 1)
            made[node] = np.array([float(column), height])
    return made
