"""One quantity over another, bars, and how often: figures with two ordinary axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.errors import ResultError
from analysis.figures import Figure
from render.figures.pick import Curve, Shelf, axis_label, curves, picked
from render.figures.style import DASHES, HATCHES, SHAPES, Style

_MANY = 8
"""More curves than this are one crowd: thin, in one colour, without a name each."""


def draw_xy(axes: Any, figure: Figure, shelf: Shelf, style: Style) -> None:
    """Points, lines, steps and stems.  Each curve is found again in the file as ``data-<series>-<curve>``."""
    look = 0
    for index, series in enumerate(figure.series):
        found = curves(shelf, series)
        crowd = len(found) > _MANY
        for number, curve in enumerate(found):
            gid = f"data-{index}-{number}"
            colour = style.cycle[(0 if crowd else look) % len(style.cycle)]
            _curve(axes, curve, series.style, gid, colour, 0 if crowd else look, crowd)
            if series.named:
                for name, x, y in zip(curve.names, curve.x, curve.y, strict=True):
                    axes.annotate(name, (x, y), xytext=(3, 3), textcoords="offset points", color=style.ink)
            look += not crowd
        look += crowd
    _axes(axes, figure, shelf)
    _legend(axes)


def _curve(axes: Any, curve: Curve, kind: str, gid: str, colour: str, look: int, crowd: bool) -> None:
    label = curve.label if curve.label and not crowd else "_hidden"
    if kind in ("line", "step", "path"):
        axes.plot(
            curve.x,
            curve.y,
            color=colour,
            linestyle=DASHES[look % len(DASHES)],
            linewidth=0.6 if crowd else 1.3,
            drawstyle="steps-mid" if kind == "step" else "default",
            label=label,
            gid=gid,
        )
    elif kind == "stem":
        axes.vlines(curve.x, 0, curve.y, color=colour, linewidth=0.8)
        axes.plot(curve.x, curve.y, SHAPES[look % len(SHAPES)], color=colour, label=label, gid=gid)
    elif kind == "points":
        shape = SHAPES[look % len(SHAPES)]
        axes.plot(curve.x, curve.y, shape, color=colour, markeredgewidth=0, alpha=0.9, label=label, gid=gid)
    else:
        raise ResultError(f"'{kind}' is no way to draw one quantity over another")
    if curve.low is not None and curve.high is not None:
        # Bands are as wide as the interval; a fit's or a bootstrap's, whatever the analysis says.
        axes.fill_between(curve.x, curve.low, curve.high, color=colour, alpha=0.2, linewidth=0, gid=f"{gid}-interval")


def draw_bars(axes: Any, figure: Figure, shelf: Shelf, style: Style) -> None:
    """One group of bars per label, one bar per series, with the number over each and its interval if it has one."""
    groups = [picked(shelf.quantity(s.y, s.source), s.where, s.y) for s in figure.series]
    labels = groups[0].along(groups[0].axes[0])
    width = 0.8 / len(groups)
    for index, (series, group) in enumerate(zip(figure.series, groups, strict=True)):
        if group.values.ndim != 1 or len(group.values) != len(labels):
            raise ResultError(f"'{series.y}' has not one bar per label: its axes are {group.axes}")
        places = np.arange(len(labels)) + (index - (len(groups) - 1) / 2) * width
        ends = None
        if series.low and series.high:
            low, high = (
                picked(shelf.quantity(n, series.source), series.where, n).values for n in (series.low, series.high)
            )
            ends = np.vstack([group.values - low, high - group.values])
        drawn = axes.bar(
            places,
            group.values,
            width * 0.9,
            yerr=ends,
            color=style.cycle[index % len(style.cycle)],
            hatch=HATCHES[index % len(HATCHES)],
            edgecolor=style.ground,
            linewidth=0,
            ecolor=style.ink,
            label=series.label or "_hidden",
        )
        for number, (bar, value) in enumerate(zip(drawn, group.values, strict=True)):
            bar.set_gid(f"data-{index}-{number}")
            top = value if ends is None else value + ends[1, number]
            axes.annotate(
                _short(value),
                (bar.get_x() + bar.get_width() / 2, max(top, 0)),
                xytext=(0, 2),
                textcoords="offset points",
                ha="center",
                va="bottom",
            )
    axes.set_xticks(range(len(labels)), [_broken(label) for label in labels])
    axes.tick_params(axis="x", length=0)
    if all((group.values >= 0).all() for group in groups):
        axes.set_ylim(0, max(1e-12, axes.get_ylim()[1]) * 1.08)
    axes.axhline(0, color=style.soft, linewidth=0.6)
    _axes(axes, figure, shelf)
    _legend(axes)


def draw_histogram(axes: Any, figure: Figure, shelf: Shelf, style: Style) -> None:
    """How often each value came, with marks for the values to compare it with."""
    label = iter(range(100))
    for index, series in enumerate(figure.series):
        values = picked(shelf.quantity(series.y, series.source), series.where, series.y).values
        colour = style.cycle[index % len(style.cycle)]
        if series.style == "mark":
            if values.ndim:
                raise ResultError(f"'{series.y}' is no single number; fix its axes")
            next(label)
            dash = DASHES[index % len(DASHES)]
            axes.axvline(float(values), color=colour, linestyle=dash, label=series.label, gid=f"data-{index}-0")
            continue
        flat = values.ravel()
        counts, edges = np.histogram(flat, bins=np.histogram_bin_edges(flat, "fd" if np.ptp(flat) else 1))
        axes.stairs(counts, edges, fill=True, color=colour, alpha=0.6, label=series.label, gid=f"data-{index}-0")
    _axes(axes, figure, shelf)
    _legend(axes)


def _short(value: float) -> str:
    text = f"{value:.3g}"
    return ("0" if float(text) == 0 else text).replace("-", "\N{MINUS SIGN}")


def _broken(label: str) -> str:
    """A long label on two lines."""
    words = label.split()
    if len(label) <= 14 or len(words) == 1:
        return label
    best = min(range(1, len(words)), key=lambda i: abs(len(" ".join(words[:i])) - len(" ".join(words[i:]))))
    return " ".join(words[:best]) + "\n" + " ".join(words[best:])


def _axes(axes: Any, figure: Figure, shelf: Shelf) -> None:
    axes.set_xlabel(axis_label(shelf, figure.x))
    axes.set_ylabel(axis_label(shelf, figure.y))
    if figure.x.scale == "log":
        axes.set_xscale("log")
    if figure.y.scale == "log":
        axes.set_yscale("log")
    axes.grid(True, axis="y")
    axes.set_axisbelow(True)


def _legend(axes: Any) -> None:
    """Above the axes: there it covers no data, however they fall."""
    handles, _ = axes.get_legend_handles_labels()
    if handles:
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=min(3, len(handles)), borderaxespad=0.2)
