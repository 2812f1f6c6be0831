"""Graphs: layers with weighted wires (a network), or named nodes with weighted edges (a circuit)."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize, PowerNorm

from tapehead.analysis.figures import Figure
from tapehead.analysis.layered_graphs import GraphPart, bend_of, layered_graph, places_of
from tapehead.render.figures.pick import FigureResults, taken
from tapehead.render.figures.style import Style


def graph_of(figure: Figure, results: FigureResults) -> nx.DiGraph:
    """The graph that a figure declares: see :func:`tapehead.analysis.layered_graphs.layered_graph`.

    Raises:
        ResultError: the matrices do not fit together, or the edges run in a circle.
    """
    parts = []
    for series in figure.series:
        found = taken(results, series)
        shown = taken(results, series, series.only).values if series.only else None
        labels = tuple(found.along(axis) for axis in found.axes)
        parts.append(GraphPart(series.y, series.style != "edges", found.values, labels, shown))
    return layered_graph(figure.name, parts)


def draw_graph(axes: Any, figure: Figure, results: FigureResults, style: Style) -> None:
    """From left to right; an edge is as thick and as strongly coloured as its weight, dashed if that is negative."""
    graph = graph_of(figure, results)
    places = places_of(graph)
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
                "connectionstyle": f"arc3,rad={bend_of(graph, start, end)}",
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
