"""Names of points in print: beside their points, and neither on each other nor on what is drawn, as on the stage."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from typing import Any, TypeGuard

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.text import Annotation

from tapehead.analysis.apart import apart

_NAME = re.compile(r"-name-\d+$")
_NOTHING = ("None", "none", "", " ")
"""What matplotlib calls a line without marks, and marks without a line."""
_GAP = 2.5
"""Points of print between the edge of a mark and its name."""
_AIR = 1.5
"""Points of print that two names have between them at the least: letters get other widths at other resolutions."""
_STEP = 2.0
"""A line is looked at in squares of so many points of print: names go where they cover few of them."""

_Box = tuple[float, float, float, float]


def name_points(axes: Any, names: Iterable[str], places: Iterable[Iterable[float]], colour: str, gid: str) -> None:
    """Write a name at each place, to be moved by :func:`keep_apart`; in the file it is ``<gid>-name-<number>``."""
    for number, (name, place) in enumerate(zip(names, places, strict=True)):
        at = {"xytext": (0, 0), "textcoords": "offset points", "ha": "center", "va": "center"}
        written = axes.annotate(name, tuple(place), color=colour, gid=f"{gid}-name-{number}", **at)
        written.set_in_layout(False)  # it looks for room within the axes; they need not shrink for it


def keep_apart(canvas: Canvas) -> None:
    """Move the names of points to where there is room.  To be called when all else is drawn and has its words."""
    named = {axes: names for axes in canvas.axes if (names := [text for text in axes.texts if _is_name(text)])}
    if not named:
        return
    canvas.draw_without_rendering()  # the axes get their places, and the letters their sizes
    point = canvas.dpi / 72
    for axes, names in named.items():
        places = axes.transData.transform([name.xy for name in names])
        boxes = [name.get_window_extent() for name in names]
        radius = max((float(line.get_markersize()) / 2 for line in _marked(axes)), default=0.0)
        found = apart(
            places,
            np.array([[box.width, box.height] for box in boxes]) + _AIR * point,
            (radius + _GAP - _AIR / 2) * point,
            np.array(list(_dots(axes, point))).reshape(-1, 4),
            np.array(list(_in_the_way(axes, point))).reshape(-1, 4),
            (axes.bbox.x0, axes.bbox.y0, axes.bbox.x1, axes.bbox.y1),
        )
        for name, middle, place in zip(names, found, places, strict=True):
            name.set_position(tuple((middle - place) / point))  # in points of print: right at any resolution


def _is_name(text: Any) -> TypeGuard[Annotation]:
    return isinstance(text, Annotation) and bool(_NAME.search(text.get_gid() or ""))


def _marked(axes: Axes) -> list[Line2D]:
    """What has a mark at each of its places."""
    return [line for line in axes.lines if line.get_marker() not in _NOTHING]


def _dots(axes: Axes, point: float) -> Iterator[_Box]:
    """The marks, as boxes on the page."""
    for line in _marked(axes):
        reach = float(line.get_markersize()) / 2 * point
        for x, y in line.get_transform().transform(line.get_xydata()):
            yield x - reach, y - reach, x + reach, y + reach


def _in_the_way(axes: Axes, point: float) -> Iterator[_Box]:
    """Boxes on the page that a name should leave free if it can: lines, arrows, other words."""
    for line in axes.lines:
        if line.get_linestyle() not in _NOTHING:
            yield from _along(line.get_transform().transform(line.get_xydata()), _STEP * point)
    for lines in axes.collections:
        if isinstance(lines, LineCollection):
            for way in lines.get_segments():
                yield from _along(lines.get_transform().transform(way), _STEP * point)
    for text in axes.texts:
        if isinstance(text, Annotation) and text.arrow_patch is not None:
            yield from _along(axes.transData.transform([text.xyann, text.xy]), _STEP * point)
        if text.get_text() and not _is_name(text):
            box = text.get_window_extent()
            yield box.x0, box.y0, box.x1, box.y1


def _along(way: np.ndarray, step: float) -> Iterator[_Box]:
    """Squares in a row, from end to end of each piece of a way over the page."""
    for start, end in itertools.pairwise(way):
        length = float(np.hypot(*(end - start)))
        if np.isfinite(length):
            many = max(1, int(length / step))
            for x, y in start + (np.arange(many)[:, None] + 0.5) / many * (end - start):
                yield x - step / 2, y - step / 2, x + step / 2, y + step / 2
