"""Points, arrows and paths in a plane with equal units on both axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from tapehead.analysis.figures import Figure, Series
from tapehead.render.figures.names import name_points
from tapehead.render.figures.pick import FigureResults, axis_label, pairs
from tapehead.render.figures.style import DASHES, SHAPES, Style
from tapehead.render.figures.xy import legend

_MANY = 8


def draw_plane(axes: Any, figure: Figure, results: FigureResults, style: Style) -> None:
    """Each series in its own colour and shape; zero is marked by the axes' lines."""
    axes.axhline(0, color=style.faint, linewidth=0.6)
    axes.axvline(0, color=style.faint, linewidth=0.6)
    reach: list[np.ndarray] = []
    look = 0
    for index, series in enumerate(figure.series):
        quantity = results.quantity(series.y, series.source)
        labels = quantity.labels.get(series.over, ())
        places = range(quantity.values.shape[quantity.axes.index(series.over)]) if series.over else [None]
        crowd = len(places) > _MANY
        for number, place in enumerate(places):
            points = pairs(results, series.y, series, place)
            gid, at = f"data-{index}-{number}", 0 if crowd else look
            name = f"{series.label} {labels[place]}" if place is not None and labels else series.label
            label = name if name and not crowd else "_hidden"
            colour = style.cycle[(number if crowd else look) % len(style.cycle)]
            reach.append(points.values)
            reach.append(_one(axes, results, series, points.values, gid, colour, at, label, crowd))
            if series.named and "place" in points.labels:
                name_points(axes, points.labels["place"], points.values, style.ink, gid)
            look += not crowd
    every = np.vstack(reach)
    low, high = every.min(axis=0), every.max(axis=0)
    margin = 0.08 * max(float(np.max(high - low)), 1e-9)
    axes.set_xlim(low[0] - margin, high[0] + margin)
    axes.set_ylim(low[1] - margin, high[1] + margin)
    axes.set_aspect("equal", adjustable="box")
    axes.set_xlabel(axis_label(results, figure.x))
    axes.set_ylabel(axis_label(results, figure.y))
    legend(axes)


def _one(
    axes: Any,
    results: FigureResults,
    series: Series,
    points: np.ndarray,
    gid: str,
    colour: str,
    look: int,
    label: str,
    crowd: bool,
) -> np.ndarray:
    """Draw one set of points; returns all that it reaches."""
    if series.style == "arrows":
        ends = pairs(results, series.to, series).values
        for number, (start, end) in enumerate(zip(points, ends, strict=True)):
            axes.annotate(
                "",
                end,
                start,
                arrowprops={
                    "arrowstyle": "-|>",
                    "color": colour,
                    "linewidth": 0.9,
                    "shrinkA": 2,
                    "shrinkB": 0,
                    "gid": f"{gid}-arrow-{number}",
                },
            )
        axes.plot(*points.T, SHAPES[look % len(SHAPES)], color=colour, label=label, gid=gid)
        axes.plot(*ends.T, "|", color=colour, markersize=0.1, gid=f"{gid}-ends")
        return ends
    if series.style == "path":
        dash = "-" if crowd else DASHES[look % len(DASHES)]
        way = np.vstack([points, points[:1]]) if series.closed else points
        axes.plot(*way.T, color=colour, linestyle=dash, linewidth=0.7 if crowd else 1.3, label=label, gid=gid)
        if crowd:
            axes.plot(*points[:1].T, "o", color=colour, markersize=2.5)
        return points
    shape = SHAPES[look % len(SHAPES)]
    axes.plot(*points.T, shape, color=colour, markerfacecolor="none", markeredgewidth=1.1, label=label, gid=gid)
    return points
