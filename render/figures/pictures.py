"""Painted pictures in rows and columns, each shown as it is: portraits, strips along a direction, before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tapehead.analysis.errors import ResultError
from tapehead.analysis.figures import Figure, Series
from tapehead.render.figures.pick import FigureResults, Picked, axis_label, picked, taken
from tapehead.render.figures.style import POINTS, Style
from tapehead.render.figures.xy import broken

PICTURE = ("channel", "row", "column")
"""The last axes of every quantity of pictures."""
_BYTE = 255.0
_GAP = 0.06
"""Between two pictures, as a part of their side."""
_LETTER = 0.6
"""Mean width of a letter, in its size."""
_INCH = 72.0
_LARGEST = 1 / 3
"""Side of the largest picture, as a part of the page's width: it has few pixels."""


@dataclass(frozen=True)
class Row:
    """A row of the sheet: what stands before it, its pictures (n, height, width, 3) in [0, 1], a name under each."""

    label: str
    pictures: np.ndarray
    names: tuple[str, ...]
    gid: str
    first: int
    """Number of its first picture among those of its series."""


def rows_of(figure: Figure, results: FigureResults) -> list[Row]:
    """All rows of a sheet, from top to bottom.

    A series is one picture, a row of pictures, or rows of them.  Of two axes the one in ``over``, or the first, runs
    down.  Rows longer than the figure's ``columns`` are broken.  Series that are one picture each share one row.

    Raises:
        ResultError: a series holds no pictures, or numbers that are no colours and have no sign either.
    """
    rows: list[Row] = []
    for index, series in enumerate(figure.series):
        found, values = _pictures(results, series)
        outer, gid = found.axes[: -len(PICTURE)], f"data-{index}"
        if not outer:
            rows.append(Row("", values[None], (series.label or series.y,), gid, 0))
            continue
        if len(outer) == 1:
            values, down = values[None], [series.label]
        else:
            down = [f"{series.label} {name}".strip() for name in _names(found, outer[0])]
        places = _places(values.shape[1], series.every)
        names = _headings(results, series, found, outer[-1])
        most = figure.columns or len(places)
        for line, label in enumerate(down):
            for start in range(0, len(places), most):
                part = places[start : start + most]
                rows.append(
                    Row(
                        label if start == 0 else "",
                        values[line, part],
                        tuple(names[place] for place in part),
                        gid,
                        line * len(places) + start,
                    )
                )
    if all(len(row.pictures) == 1 and not row.label for row in rows) and len(rows) > 1:
        return [_joined(rows)]
    return rows


def _joined(rows: list[Row]) -> Row:
    """Single pictures as one row; they are numbered through."""
    names = tuple(name for row in rows for name in row.names)
    return Row("", np.concatenate([row.pictures for row in rows]), names, rows[0].gid, 0)


def _pictures(results: FigureResults, series: Series) -> tuple[Picked, np.ndarray]:
    """A quantity's pictures with at most two axes before those of a picture, and its values as (…, h, w, 3)."""
    quantity = results.quantity(series.y, series.source)
    found = taken(results, series)
    if found.axes[-3:] != PICTURE or len(found.axes) > 5:
        raise ResultError(
            f"'{series.y}' holds no pictures in rows and columns: its axes are {found.axes}; fix all but two before "
            f"{', '.join(PICTURE)}"
        )
    if series.over and series.over != found.axes[0]:
        if series.over not in found.axes[:-3]:
            raise ResultError(f"'{series.y}' has no axis '{series.over}'; it has {found.axes}")
        axes = (found.axes[1], found.axes[0], *PICTURE)
        found = Picked(found.values.swapaxes(0, 1), axes, found.labels, found.unit)
    values = np.moveaxis(found.values, -3, -1)
    if values.shape[-1] != 3:
        raise ResultError(f"'{series.y}' has {values.shape[-1]} channels, which are no colours; draw it as a matrix")
    if quantity.values.dtype == np.uint8:
        return found, values / _BYTE
    if values.min() < 0:
        # A difference has no colours of its own: grey is zero, and the scale is even about it.
        return found, 0.5 + 0.5 * values / float(np.abs(values).max())
    if values.max() > 1 + 1e-6:
        raise ResultError(f"'{series.y}' goes up to {values.max():.3g}; pictures are bytes, or numbers from 0 to 1")
    return found, values


def _names(found: Picked, axis: str) -> tuple[str, ...]:
    """Labels along an axis; where it has none its places are counted from one."""
    return found.labels.get(axis) or tuple(str(i + 1) for i in range(found.values.shape[found.axes.index(axis)]))


def _headings(results: FigureResults, series: Series, found: Picked, axis: str) -> tuple[str, ...]:
    """What stands under the pictures: the numbers of ``x``, or the labels of their axis."""
    if not series.x:
        return _names(found, axis)
    told = picked(
        results.quantity(series.x, series.x_source or series.source), series.x_where or series.where, series.x
    )
    if told.axes != (axis,):
        raise ResultError(f"'{series.x}' has not one number per {axis}: its axes are {told.axes}")
    return tuple(_number(float(value)) for value in told.values)


def _number(value: float) -> str:
    text = f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
    return text.replace("-", "\N{MINUS SIGN}")


def _places(count: int, every: int) -> list[int]:
    """Every so many places and the last one, which says where it ends."""
    if every < 1:
        raise ResultError(f"every {every} pictures: it has to be 1 or more")
    places = list(range(0, count, every))
    return places if places[-1] == count - 1 else [*places, count - 1]


def draw_pictures(canvas: Any, figure: Figure, results: FigureResults, style: Style) -> None:
    """All rows on one grid of squares; the page is made as high as they need, whatever the figure's aspect says."""
    rows = rows_of(figure, results)
    most = max(len(row.pictures) for row in rows)
    shown = [index for index, row in enumerate(rows) if index == len(rows) - 1 or row.names != rows[index + 1].names]
    longest = max(len(line) for row in rows for line in broken(row.label).split("\n"))
    size, wide = POINTS / _INCH, canvas.get_figwidth()
    left = (longest * _LETTER + 1.2) * size if longest else 0.3 * size
    side = min((wide - left - 0.3 * size) / (most + (most - 1) * _GAP), _LARGEST * wide)
    left += (wide - left - 0.3 * size - side * (most + (most - 1) * _GAP)) / 2
    high, width = rows[0].pictures.shape[1:3]
    side_high = side * high / width
    foot = 1.5 * size
    below = (2.0 if figure.x.label else 0.0) * size
    total = len(rows) * side_high + (len(rows) - 1) * _GAP * side + len(shown) * foot + below + 0.4 * size
    canvas.set_layout_engine("none")  # everything has its place already
    canvas.set_figheight(total)
    top = total - 0.2 * size
    room = side / (size * _LETTER * (POINTS - 1) / POINTS)
    for index, row in enumerate(rows):
        for number, (picture, name) in enumerate(zip(row.pictures, row.names, strict=True)):
            x, y = left + number * side * (1 + _GAP), top - side_high
            axes = canvas.add_axes((x / wide, y / total, side / wide, side_high / total))
            axes.set_axis_off()
            axes.imshow(
                np.clip(picture, 0, 1),
                interpolation="nearest",
                aspect="auto",
                gid=f"{row.gid}-{row.first + number}",
            )
            if index in shown:
                small = min(1.0, room / max(len(name), 1))
                place = {"ha": "center", "va": "top", "fontsize": (POINTS - 1) * small, "color": style.ink}
                canvas.text((x + side / 2) / wide, (y - 0.15 * size) / total, name, **place)
        if row.label:
            middle = (top - side_high / 2) / total
            canvas.text((left - 0.6 * size) / wide, middle, broken(row.label), ha="right", va="center", color=style.ink)
        top -= side_high + _GAP * side + (foot if index in shown else 0)
    if figure.x.label:
        middle = left + side * (most + (most - 1) * _GAP) / 2
        canvas.text(middle / wide, 0.5 * size / total, axis_label(results, figure.x), ha="center", va="bottom")
