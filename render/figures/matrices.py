"""Heat maps side by side on one scale (a response and its controls), and strips of small images."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, Normalize

from tapehead.analysis.errors import ResultError
from tapehead.analysis.figures import Figure, Series
from tapehead.render.figures.pick import FigureResults, Picked, axis_label, picked, taken
from tapehead.render.figures.style import POINTS, Style

_WRITTEN = 12
"""Matrices of at most this many rows and columns have their numbers written into the cells, where they fit."""
_SMALLEST = 4.5
"""Size of letters, in points, below which a number is not written into its cell."""
_LETTER = 0.62
"""Width of a digit, in its size."""
_FAINT = 0.05
"""Share of the scale's end below which a cell cannot be told from an empty one."""
_VECTOR = 4096
"""Cells up to which a heat map is drawn as vectors; a finer one as a picture."""


def draw_matrices(canvas: Any, figure: Figure, results: FigureResults, style: Style) -> None:
    """One panel per series; all share the colours' scale, which is even about zero where values have signs."""
    panels = [taken(results, series) for series in figure.series]
    for series, panel in zip(figure.series, panels, strict=True):
        if panel.values.ndim != 2:
            raise ResultError(f"'{series.y}' is no matrix: its axes are {panel.axes}; fix all but two")
    signed = any((panel.values < 0).any() for panel in panels)
    top = max(float(np.nanmax(np.abs(panel.values))) for panel in panels) or 1.0
    norm = Normalize(-top if signed else 0.0, top)
    colours = LinearSegmentedColormap.from_list("scale", style.scale if signed else style.scale[1:])
    columns = figure.columns or len(panels)
    rows = -(-len(panels) // columns)
    grid = canvas.subplots(rows, columns, squeeze=False).ravel()
    for spare in grid[len(panels) :]:
        spare.set_visible(False)
    frames, drawn = grid[: len(panels)], None
    for index, (axes, series, panel) in enumerate(zip(frames, figure.series, panels, strict=True)):
        drawn = _panel(axes, panel, norm, colours, index)
        axes.spines[:].set(visible=True, color=style.faint, linewidth=0.6)  # where nothing is, one sees that too
        if signed and style.grey:
            _below_zero(axes, panel, top, index)
        axes.set_title(series.label or series.y)
        down, across = panel.axes
        last, first = index + columns >= len(panels), index % columns == 0
        if last:
            axes.set_xlabel(figure.x.label or across.replace("_", " "))
        if first:
            axes.set_ylabel(figure.y.label or down.replace("_", " "))
        alike = len({(one.along(one.axes[0]), one.along(one.axes[1])) for one in panels}) == 1
        _ticks(axes, panel, (first or not alike, last or not alike))
    units = {panel.unit for panel in panels}
    bar = canvas.colorbar(drawn, ax=list(frames), shrink=0.8, pad=0.03)
    bar.outline.set_visible(False)
    unit = next(iter(units)) if len(units) == 1 else ""
    bar.set_label(f"{figure.value} ({unit})" if unit not in ("", "1") else figure.value)
    canvas.draw_without_rendering()  # from here on the cells have a size
    for axes, panel in zip(frames, panels, strict=True):
        _thin(axes, panel)
    canvas.draw_without_rendering()
    for axes, panel in zip(frames, panels, strict=True):
        _numbers(axes, panel, norm, colours)


def _panel(axes: Any, panel: Picked, norm: Normalize, colours: Any, index: int) -> Any:
    values = panel.values
    fine = values.size > _VECTOR
    if np.isnan(values).any():
        axes.set_facecolor("none")
        axes.patch.set(hatch="////////", edgecolor="#9AA0AC", linewidth=0)
        axes.patch.set_gid(f"missing-{index}")
    drawn = axes.pcolormesh(
        np.ma.masked_invalid(values),
        norm=norm,
        cmap=colours,
        edgecolors="face",
        linewidth=0.2,
        rasterized=fine,
        gid=f"data-{index}-0",
    )
    axes.invert_yaxis()
    axes.set_aspect("equal")
    axes.tick_params(length=0)
    return drawn


def _below_zero(axes: Any, panel: Picked, top: float, index: int) -> None:
    """Dots in the cells below zero: two ends of a scale in greys have the same tone somewhere."""
    rows, columns = np.nonzero(np.nan_to_num(panel.values) < -_FAINT * top)
    axes.plot(columns + 0.5, rows + 0.5, "o", color="#FFFFFF", markeredgecolor="#000000", markeredgewidth=0.4,
              markersize=2.2, linestyle="none", gid=f"below-{index}")  # fmt: skip


def _ticks(axes: Any, panel: Picked, named: tuple[bool, bool]) -> None:
    """A name at every row and column, where the panel is the one that names them."""
    for axis, ticks, wanted in zip(panel.axes, (axes.set_yticks, axes.set_xticks), named, strict=True):
        labels = panel.along(axis)
        ticks([i + 0.5 for i in range(len(labels))], labels if wanted else [""] * len(labels))


def _cell(axes: Any, panel: Picked) -> tuple[float, float]:
    """Width and height of a cell in points, as laid out by now."""
    box, points = axes.get_window_extent(), 72 / axes.figure.dpi
    return box.width * points / panel.values.shape[1], box.height * points / panel.values.shape[0]


def _thin(axes: Any, panel: Picked) -> None:
    """Turn names that are wider than their columns upright, and leave out some where all do not fit."""
    wide, high = _cell(axes, panel)
    letters = max(len(label.get_text()) for label in axes.get_xticklabels())
    upright = panel.named(panel.axes[1]) and letters * _LETTER * POINTS > wide
    need = POINTS if upright or not letters else (letters + 0.5) * _LETTER * POINTS
    for axis, room, size in ((axes.xaxis, wide, need), (axes.yaxis, high, POINTS)):
        step = max(1, int(np.ceil(size / room)))
        if step > 1:
            texts = [label.get_text() for label in axis.get_ticklabels()]
            axis.set_ticks(axis.get_ticklocs()[::step], texts[::step])
    if upright:
        axes.tick_params(axis="x", rotation=90)


def _numbers(axes: Any, panel: Picked, norm: Normalize, colours: Any) -> None:
    """Write each number into its cell, in letters of one size for the panel, unless there is no room for them."""
    values = panel.values
    if max(values.shape) > _WRITTEN:
        return
    texts = {at: _short(float(values[at])) for at in np.ndindex(values.shape) if np.isfinite(values[at])}
    wide, high = _cell(axes, panel)
    longest = max(len(text) for text in texts.values())
    size = min(POINTS, 0.9 * wide / (_LETTER * longest), 0.7 * high)
    if size < _SMALLEST:
        return
    for (row, column), text in texts.items():
        red, green, blue, _ = colours(norm(values[row, column]))
        dark = 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2 < 0.18
        place = {"ha": "center", "va": "center", "fontsize": size, "color": "#FFFFFF" if dark else "#14161F"}
        axes.text(column + 0.5, row + 0.5, text, **place)


def _short(value: float) -> str:
    text = f"{value:.3g}" if abs(value) >= 5e-13 else "0"
    if "e" in text:
        text = f"{value:.0f}"
    return text.replace("-", "\N{MINUS SIGN}")


def _images(series: Series, row: Picked) -> np.ndarray:
    """Images (place, height, width) or (place, height, width, 3) of a series; channels may stand first."""
    values = row.values
    if values.ndim == 4 and row.axes[1] == "channel" and values.shape[1] == 3:
        return np.moveaxis(values, 1, -1)
    if values.ndim not in (3, 4) or (values.ndim == 4 and values.shape[-1] != 3):
        raise ResultError(f"'{series.y}' is no row of images: its axes are {row.axes}")
    return values


def draw_strip(canvas: Any, figure: Figure, results: FigureResults, style: Style) -> None:
    """Each series is a row of small images: axes (place, height, width), with a last axis of three colours or an axis
    ``channel`` of three after the first.

    Values are shown on one scale for the whole figure, from the least to the greatest.
    """
    rows = [picked(results.quantity(s.y, s.source), s.where, s.y) for s in figure.series]
    images = [_images(series, row) for series, row in zip(figure.series, rows, strict=True)]
    low, high = min(float(i.min()) for i in images), max(float(i.max()) for i in images)
    most = max(map(len, images))
    frames = canvas.subplots(len(rows), most, squeeze=False, gridspec_kw={"wspace": 0.05, "hspace": 0.08})
    for index, (series, row) in enumerate(zip(figure.series, rows, strict=True)):
        names = row.along(row.axes[0])
        for number, axes in enumerate(frames[index]):
            axes.set_xticks([])
            axes.set_yticks([])
            axes.spines[:].set_visible(False)
            if number >= len(images[index]):
                continue
            picture = (images[index][number] - low) / ((high - low) or 1.0)
            axes.imshow(picture, cmap="gray", vmin=0, vmax=1, interpolation="nearest", gid=f"data-{index}-{number}")
            if index == len(rows) - 1:
                axes.set_xlabel(names[number])
        frames[index][0].set_ylabel(series.label or series.y)
    if figure.x.label:
        canvas.supxlabel(axis_label(results, figure.x), fontsize="medium")
    assert style, "images have no colours of a style; the frame around them has"
