"""Graphs: layers with weighted wires (a network), or named nodes with weighted edges (a circuit)."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
from matplotlib.colors import LinearSegmentedColormap, Normalize

from analysis.errors import ResultError
from analysis.figures import Figure
from render.figures.pick import Shelf, picked
from render.figures.style import Style


def graph_of(figure: Figure, shelf: Shelf) -> nx.DiGraph:
    """The graph with a ``layer`` per node and a ``weight`` per edge.

    Series of style ``layers`` are matrices (to, from) between neighbouring layers; one of style ``edges`` is a matrix
    (from, to) with labelled axes, in which zero means that there is no edge.

    Raises:
        ResultError: the matrices do not fit together, or the edges run in a circle.
    """
    graph = nx.DiGraph()
    for index, series in enumerate(figure.series):
        found = picked(shelf.quantity(series.y, series.source), series.where, series.y)
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
    for layer, nodes in enumerate(nx.topological_generations(graph)):
        for node in nodes:
            graph.nodes[node].setdefault("layer", layer)
            graph.nodes[node].setdefault("name", str(node))
    return graph


def draw_graph(axes: Any, figure: Figure, shelf: Shelf, style: Style) -> None:
    """From left to right; an edge is as thick and as strongly coloured as its weight, dashed if that is negative."""
    graph = graph_of(figure, shelf)
    places = nx.multipartite_layout(graph, subset_key="layer")
    weights = [data["weight"] for _, _, data in graph.edges(data=True)]
    top = max((abs(w) for w in weights), default=1.0) or 1.0
    signed = any(weight < 0 for weight in weights)
    colours = LinearSegmentedColormap.from_list("scale", style.scale if signed else (style.faint, style.scale[2]))
    norm = Normalize(-top if signed else 0.0, top)
    for number, (start, end, data) in enumerate(sorted(graph.edges(data=True), key=lambda e: abs(e[2]["weight"]))):
        weight = data["weight"]
        axes.annotate(
            "",
            places[end],
            places[start],
            arrowprops={
                "arrowstyle": "-|>" if data and graph.nodes[start]["name"] else "-",
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
            axes.text(x, y, name, ha="center", va="center", bbox=box)
        else:
            axes.plot([x], [y], "o", color=style.ground, markeredgecolor=style.ink, markersize=9, markeredgewidth=0.9)
    every = np.array(list(places.values()))
    low, high = every.min(axis=0), every.max(axis=0)
    margin = 0.14 * np.maximum(high - low, 0.2)
    axes.set_xlim(low[0] - margin[0], high[0] + margin[0])
    axes.set_ylim(low[1] - margin[1], high[1] + margin[1])
    axes.set_axis_off()
    if signed:
        axes.plot([], [], "-", color=style.scale[2], label="positive weight")
        axes.plot([], [], "--", color=style.scale[0], label="negative weight")
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, borderaxespad=0.2)
