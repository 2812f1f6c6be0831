"""Graphs: layers with weighted wires (a network), or named nodes with weighted edges (a circuit)."""

from __future__ import annotations

import re
from typing import Any

import networkx as nx
import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize, PowerNorm

from tapehead.analysis.errors import ResultError
from tapehead.analysis.figures import Figure
from tapehead.render.figures.pick import FigureResults, taken
from tapehead.render.figures.style import Style


def graph_of(figure: Figure, results: FigureResults) -> nx.DiGraph:
    """The graph with a ``layer`` per node and a ``weight`` per edge.

    Series of style ``layers`` are matrices (to, from) between neighbouring layers.  One of style ``edges`` is a matrix
    (from, to) with labelled axes, in which zero means that there is no edge, or a list along one axis with labels
    ``from → to``, where ``to`` may end in the input that is meant (``1.1.k``).  Several inputs of one node are one
    edge with the strongest one's ``weight``; its ``inputs`` name them all.

    Raises:
        ResultError: the matrices do not fit together, or the edges run in a circle.
    """
    graph = nx.DiGraph()
    for index, series in enumerate(figure.series):
        found = taken(results, series)
        if series.style == "edges" and found.values.ndim == 1:
            shown = taken(results, series, series.only).values if series.only else np.ones(len(found.values))
            for label, weight, wanted in zip(found.along(found.axes[0]), found.values, shown, strict=True):
                if wanted:
                    _list_edge(graph, label, float(weight))
            continue
        if found.values.ndim != 2:
            raise ResultError(f"'{series.y}' is no matrix: its axes are {found.axes}")
        if series.style == "layers":
            count, before = found.values.shape
            if index and before != sum(data["layer"] == index for _, data in graph.nodes(data=True)):
                raise ResultError(f"'{series.y}' comes from {before} nodes, which is not the layer before it")
            for node in range(before) if index == 0 else ():
                graph.add_node((0, node), layer=0, name="")
            for node in range(count):
                graph.add_node((index + 1, node), layer=index + 1, name="")
            for (to, start), weight in np.ndenumerate(found.values):
                graph.add_edge((index, start), (index + 1, to), weight=float(weight))
            continue
        for (start, to), weight in np.ndenumerate(found.values):
            if weight:
                graph.add_edge(found.along(found.axes[0])[start], found.along(found.axes[1])[to], weight=float(weight))
    if not nx.is_directed_acyclic_graph(graph):
        raise ResultError(f"figure '{figure.name}': its edges run in a circle, which has no order from left to right")
    floors = {node: _floor(str(node)) for node in graph}
    for layer, nodes in enumerate(nx.topological_generations(graph)):
        for node in nodes:
            floor = floors[node] if None not in floors.values() else layer
            graph.nodes[node].setdefault("layer", floor)
            graph.nodes[node].setdefault("name", str(node))
    return graph


_BOTTOM, _TOP = -1, 10_000


def _floor(name: str) -> int | None:
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
    end, place = (whole[1], whole[2]) if whole else (to, "")
    if not graph.has_edge(start, end):
        graph.add_edge(start, end, weight=weight, inputs=[])
    edge = graph.edges[start, end]
    edge["inputs"] = sorted([*edge["inputs"], place])
    edge["weight"] = max(edge["weight"], weight, key=abs)


def _bend(graph: nx.DiGraph, start: Any, end: Any) -> float:
    """How far an edge bends aside: one past other floors on the line of the MLPs would run through these."""
    rows = sorted({data["layer"] for _, data in graph.nodes(data=True)})
    apart = rows.index(graph.nodes[end]["layer"]) - rows.index(graph.nodes[start]["layer"])
    if apart <= 1:
        return 0.0
    return 0.32 if all(_on_line(graph.nodes[node]["name"]) for node in (start, end)) else 0.08


def _on_line(name: str) -> bool:
    return name.startswith("MLP") or name in ("embed", "final")


def _places(graph: nx.DiGraph) -> dict[Any, np.ndarray]:
    """Layers from left to right; in a transformer the MLPs are on one line and the heads of a layer above it."""
    places: dict[Any, np.ndarray] = nx.multipartite_layout(graph, subset_key="layer")
    names = [data["name"] for _, data in graph.nodes(data=True)]
    if not any(_on_line(name) for name in names) or any(_floor(name) is None for name in names):
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


def draw_graph(axes: Any, figure: Figure, results: FigureResults, style: Style) -> None:
    """From left to right; an edge is as thick and as strongly coloured as its weight, dashed if that is negative."""
    graph = graph_of(figure, results)
    places = _places(graph)
    weights = [data["weight"] for _, _, data in graph.edges(data=True)]
    top = max((abs(w) for w in weights), default=1.0) or 1.0
    signed = any(weight < 0 for weight in weights)
    colours = LinearSegmentedColormap.from_list("scale", style.scale if signed else (style.faint, style.scale[2]))
    norm = Normalize(-top, top) if signed else PowerNorm(0.5, 0.0, top)  # most edges of a circuit are weak
    for number, (start, end, data) in enumerate(sorted(graph.edges(data=True), key=lambda e: abs(e[2]["weight"]))):
        weight = data["weight"]
        axes.annotate(
            "",
            places[end],
            places[start],
            zorder=1,
            arrowprops={
                "arrowstyle": "-|>" if data and graph.nodes[start]["name"] else "-",
                # A straight line past other floors would run through what stands there.
                "connectionstyle": f"arc3,rad={_bend(graph, start, end)}",
                "color": colours(norm(weight)),
                "linewidth": 0.4 + 1.8 * abs(weight) / top,
                "linestyle": "--" if weight < 0 else "-",
                "shrinkA": 7,
                "shrinkB": 7,
                "gid": f"data-0-{number}",
            },
        )
    for node, (x, y) in places.items():
        name = graph.nodes[node]["name"]
        if name:
            box = {"boxstyle": "round,pad=0.3", "facecolor": style.ground, "edgecolor": style.ink, "linewidth": 0.7}
            axes.text(x, y, name, ha="center", va="center", bbox=box, zorder=3)
        else:
            axes.plot([x], [y], "o", color=style.ground, markeredgecolor=style.ink, markersize=9, markeredgewidth=0.9)
    every = np.array(list(places.values()))
    low, high = every.min(axis=0), every.max(axis=0)
    margin = 0.14 * np.maximum(high - low, 0.2)
    axes.set_xlim(low[0] - margin[0], high[0] + margin[0])
    axes.set_ylim(low[1] - margin[1], high[1] + margin[1])
    axes.set_axis_off()
    if not signed and any(data["name"] for _, data in graph.nodes(data=True)):
        units = {taken(results, series).unit for series in figure.series} - {"1"}
        bar = axes.figure.colorbar(ScalarMappable(norm, colours), ax=axes, orientation="horizontal", shrink=0.5, pad=0)
        bar.outline.set_visible(False)
        bar.set_label(f"{figure.value} ({units.pop()})" if units else figure.value)
    if signed:
        axes.plot([], [], "-", color=style.scale[2], label="positive weight")
        axes.plot([], [], "--", color=style.scale[0], label="negative weight")
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, borderaxespad=0.2)
