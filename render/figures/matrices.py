"""Heat maps side by side on one scale (a response and its controls), and strips of small images."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, Normalize

from analysis.errors import ResultError
from analysis.figures import Figure
from render.figures.pick import Picked, Shelf, axis_label, picked
from render.figures.style import Style

_WRITTEN = 10
"""Matrices of at most this many rows and columns have their numbers written into the cells."""
_LABELLED = 24
"""Longer axes are labelled every few places only."""
_VECTOR = 4096
"""Cells up to which a heat map is drawn as vectors; a finer one as a picture."""


def draw_matrices(canvas: Any, figure: Figure, shelf: Shelf, style: Style) -> None:
    """One panel per series; all share the colours' scale, which is even about zero where values have signs."""
    panels = [picked(shelf.quantity(s.y, s.source), s.where, s.y) for s in figure.series]
    for series, panel in zip(figure.series, panels, strict=True):
        if panel.values.ndim != 2:
            raise ResultError(f"'{series.y}' is no matrix: its axes are {panel.axes}; fix all but two")
    signed = any((panel.values < 0).any() for panel in panels)
    top = max(float(np.abs(panel.values).max()) for panel in panels) or 1.0
    norm = Normalize(-top if signed else 0.0, top)
    colours = LinearSegmentedColormap.from_list("scale", style.scale if signed else style.scale[1:])
    frames = canvas.subplots(1, len(panels), squeeze=False)[0]
    drawn = None
    for index, (axes, series, panel) in enumerate(zip(frames, figure.series, panels, strict=True)):
        drawn = _panel(axes, panel, norm, colours, index)
        axes.set_title(series.label or series.y)
        rows, columns = panel.axes
        axes.set_xlabel(figure.x.label or columns.replace("_", " "))
        axes.set_ylabel(figure.y.label or rows.replace("_", " "))
    units = {panel.unit for panel in panels}
    bar = canvas.colorbar(drawn, ax=list(frames), shrink=0.8, pad=0.03)
    bar.outline.set_visible(False)
    unit = next(iter(units)) if len(units) == 1 else ""
    bar.set_label(unit if unit not in ("", "1") else "value")


def _panel(axes: Any, panel: Picked, norm: Normalize, colours: Any, index: int) -> Any:
    values = panel.values
    fine = values.size > _VECTOR
    drawn = axes.pcolormesh(
        values, norm=norm, cmap=colours, edgecolors="face", linewidth=0.2, rasterized=fine, gid=f"data-{index}-0"
    )
    axes.invert_yaxis()
    axes.set_aspect("equal")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    for name, size, ticks in (
        (panel.axes[0], values.shape[0], axes.set_yticks),
        (panel.axes[1], values.shape[1], axes.set_xticks),
    ):
        step = max(1, -(-size // _LABELLED))
        labels = panel.along(name)
        long = max(len(label) for label in labels) > 4 and size > 4 and ticks == axes.set_xticks
        ticks([i + 0.5 for i in range(0, size, step)], labels[::step], **({"rotation": 90} if long else {}))
    if max(values.shape) <= _WRITTEN:
        for row, column in np.ndindex(values.shape):
            value = float(values[row, column])
            red, green, blue, _ = colours(norm(value))
            dark = 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2 < 0.18
            text = f"{value:.3g}" if abs(value) >= 5e-13 else "0"
            axes.text(
                column + 0.5,
                row + 0.5,
                text.replace("-", "\N{MINUS SIGN}"),
                ha="center",
                va="center",
                color="#FFFFFF" if dark else "#14161F",
            )
    return drawn


def draw_strip(canvas: Any, figure: Figure, shelf: Shelf, style: Style) -> None:
    """Each series is a row of small images: axes (place, height, width) or with a last axis of three colours.

    Values are shown on one scale for the whole figure, from the least to the greatest.
    """
    rows = [picked(shelf.quantity(s.y, s.source), s.where, s.y) for s in figure.series]
    for series, row in zip(figure.series, rows, strict=True):
        if row.values.ndim not in (3, 4) or (row.values.ndim == 4 and row.values.shape[-1] != 3):
            raise ResultError(f"'{series.y}' is no row of images: its axes are {row.axes}")
    low, high = min(float(r.values.min()) for r in rows), max(float(r.values.max()) for r in rows)
    most = max(len(row.values) for row in rows)
    frames = canvas.subplots(len(rows), most, squeeze=False, gridspec_kw={"wspace": 0.05, "hspace": 0.08})
    for index, (series, row) in enumerate(zip(figure.series, rows, strict=True)):
        names = row.along(row.axes[0])
        for number, axes in enumerate(frames[index]):
            axes.set_xticks([])
            axes.set_yticks([])
            axes.spines[:].set_visible(False)
            if number >= len(row.values):
                continue
            picture = (row.values[number] - low) / ((high - low) or 1.0)
            axes.imshow(picture, cmap="gray", vmin=0, vmax=1, interpolation="nearest", gid=f"data-{index}-{number}")
            if index == len(rows) - 1:
                axes.set_xlabel(names[number])
        frames[index][0].set_ylabel(series.label or series.y)
    if figure.x.label:
        canvas.supxlabel(axis_label(shelf, figure.x), fontsize="medium")
    assert style, "images have no colours of a style; the frame around them has"
