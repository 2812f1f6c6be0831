"""The other pen: a figure that is declared for print (:mod:`tapehead.analysis.figures`) as a chart on the stage.

One declaration says which quantities stand on which axes; ``tapehead figures`` draws it on paper and
:func:`chart_of` in a box, each in its own letters and colours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.figures import Figure
from tapehead.analysis.figures import Series as Printed
from tapehead.analysis.results import Reading, Result
from tapehead.scenes.stage.charts.bars import BarChart, HistogramChart
from tapehead.scenes.stage.charts.boxes import BoxChart
from tapehead.scenes.stage.charts.chart import SERIES_COLOURS, Chart
from tapehead.scenes.stage.charts.dots import DotChart
from tapehead.scenes.stage.charts.heat import HeatMap
from tapehead.scenes.stage.charts.image_rows import ImageRows, PictureRow
from tapehead.scenes.stage.charts.layers import Edges, LayerChart
from tapehead.scenes.stage.charts.planes import PairSeries, PlaneChart
from tapehead.scenes.stage.charts.series import Series, each_of
from tapehead.scenes.stage.charts.xy import LineChart, ScatterChart
from tapehead.scenes.stage.facts import Told
from tapehead.scenes.stage.palette import HIGHLIGHT

_WRITTEN = 8
"""Rows and columns up to which a heat map has its numbers in its cells."""
_BARS = 12
"""Bars up to which each has its number."""


def chart_of(
    figure: Figure, result: Result, *, others: Mapping[str, Result] | None = None, panel: int = 0, **looks: Any
) -> Any:
    """The chart of a declared figure: a :class:`Chart`, or of a ``strip`` the rows of pictures, which play like one.

    ``others`` are the results that its series name as their ``source``; ``panel`` chooses among several matrices;
    ``looks`` are options of the chart that is made (``box``, ``named``, ``room_for``, ``spec`` …).  Single values to
    compare with (style ``mark``), and lines among points, are the chart's ``extras``: ``chart.draw()`` leaves them out,
    and ``show(chart.extras[0])`` puts them up when they are spoken of.

    Raises:
        EpisodeError: a kind or a style that is drawn in print alone, or a source that was not given.
    """
    found = _Results(figure, result, others or {})
    if figure.kind not in _KINDS:
        raise EpisodeError(
            f"figure '{figure.name}' is of kind '{figure.kind}', which is drawn in print alone; on the stage there are "
            f"{', '.join(_KINDS)}"
        )
    return _KINDS[figure.kind](found, looks, panel)


class _Results:
    """A figure with the results that it takes its numbers from."""

    def __init__(self, figure: Figure, own: Result, others: Mapping[str, Result]) -> None:
        self.figure, self._own, self._others = figure, own, others

    def result(self, source: str) -> Result:
        if not source:
            return self._own
        if source not in self._others:
            raise EpisodeError(
                f"figure '{self.figure.name}' takes something from '{source}': give chart_of others={{'{source}': "
                "self.result(...)}"
            )
        return self._others[source]

    def where(self, series: Printed) -> dict[str, int | str]:
        """Fixed places; ``=name`` is what a quantity says."""
        result = self.result(series.source)
        return {
            axis: int(result.read(place[1:])) if isinstance(place, str) and place.startswith("=") else place
            for axis, place in series.where.items()
        }

    def rows(self, series: Printed) -> list[Series]:
        """A declared series as those of the stage: one, or one per label."""
        if series.x_where or series.x_source not in ("", series.source) or "/" in series.y + series.x:
            raise EpisodeError(
                f"figure '{self.figure.name}': '{series.y}' is drawn over another result's '{series.x}', which is done "
                "in print alone; on the stage, both come from one result"
            )
        result = self.result(series.source)
        options: dict[str, Any] = {"x": series.x, "low": series.low, "high": series.high}
        axes = result.quantity(series.y).axes
        where = {axis: place for axis, place in self.where(series).items() if axis in axes}
        if series.over:
            return list(each_of(result, series.y, series.over, where=where, **options))
        return [Series(result, series.y, label=series.label, where=where, **options)]

    def shown(self, *styles: str) -> list[Series]:
        """All rows of the styles given."""
        return [row for series in self.figure.series if series.style in styles for row in self.rows(series)]

    def marks(self) -> list[tuple[Reading, str]]:
        """Single values to compare with, and their names."""
        return [
            (self.result(series.source).read(series.y, **self.where(series)), series.label)
            for series in self.figure.series
            if series.style == "mark"
        ]

    def compare(self, chart: Chart, upright: bool = False) -> Chart:
        for value, name in self.marks():
            chart.reference(value, name, upright=upright)
        return chart


def _xy(found: _Results, looks: dict[str, Any], _panel: int) -> Chart:
    figure, points, lines = found.figure, found.shown("points"), found.shown("line", "path")
    if strange := {series.style for series in figure.series} - {"points", "line", "path", "mark"}:
        raise EpisodeError(f"figure '{figure.name}' has the style '{min(strange)}', which is drawn in print alone")
    options: dict[str, Any] = {
        "x": figure.x.label,
        "y": figure.y.label,
        "x_scale": figure.x.scale,
        "y_scale": figure.y.scale,
    }
    options |= {"levels": found.marks(), **looks}
    if not points:
        return found.compare(LineChart(*lines, **options))
    if any(series.named for series in figure.series):
        options.setdefault("named", "all")
    options["room_for"] = [*lines, *options.get("room_for", ())]
    chart = ScatterChart(*points, **options)
    for n, line in enumerate(lines):
        colour = SERIES_COLOURS[(len(points) + n) % len(SERIES_COLOURS)] if len(points) + len(lines) > 2 else HIGHLIGHT
        chart.line(replace(line, colour=colour))
    return found.compare(chart)


def _bars(found: _Results, looks: dict[str, Any], _panel: int) -> Chart:
    rows = [row for series in found.figure.series if series.style != "mark" for row in _row_of_bars(found, series)]
    many = sum(len(row.ys) for row in rows)
    options: dict[str, Any] = {"title": found.figure.y.label, "places": found.figure.x.label, "values": many <= _BARS}
    options |= {"levels": found.marks(), **looks}
    chart = BarChart(*rows, **options)
    return found.compare(chart, upright=chart.horizontal)


def _row_of_bars(found: _Results, series: Printed) -> list[Series]:
    axes = found.result(series.source).quantity(series.y).axes
    if not set(axes) - set(series.where):
        raise EpisodeError(
            f"figure '{found.figure.name}': '{series.y}' is a single bar, drawn in print alone; on the stage, bars are "
            "one quantity with a label for each"
        )
    return found.rows(series)


def _histogram(found: _Results, looks: dict[str, Any], _panel: int) -> Chart:
    rows = [row for series in found.figure.series if series.style != "mark" for row in found.rows(series)]
    options = {"x": found.figure.x.label, "y": found.figure.y.label, "levels": found.marks()}
    return found.compare(HistogramChart(*rows, **(options | looks)), upright=True)


def _matrix(found: _Results, looks: dict[str, Any], panel: int) -> Chart:
    figure = found.figure
    if not 0 <= panel < len(figure.series):
        raise EpisodeError(f"figure '{figure.name}' has {len(figure.series)} panels; asked for number {panel}")
    series = figure.series[panel]
    result, where = found.result(series.source), found.where(series)
    quantity = result.quantity(series.y)
    left = [axis for axis in quantity.axes if axis not in where]
    if len(left) != 2:
        raise EpisodeError(
            f"figure '{figure.name}': '{series.y}' is no matrix; its axes are {', '.join(quantity.axes)}"
        )
    sizes = [quantity.values.shape[quantity.axes.index(axis)] for axis in left]
    title = series.label or (figure.value if figure.value != "value" else "")
    options: dict[str, Any] = {"title": title, "row_title": figure.y.label, "column_title": figure.x.label}
    options |= {"values": max(sizes) <= _WRITTEN, **looks}
    return HeatMap(result, series.y, left[0], left[1], where=where, **options)


def _box(found: _Results, looks: dict[str, Any], _panel: int) -> Chart:
    figure = found.figure
    rows = [row for series in figure.series if series.style != "mark" for row in found.rows(series)]
    options: dict[str, Any] = {"title": figure.y.label, "x": figure.x.label, "y_scale": figure.y.scale}
    options["horizontal"] = figure.horizontal
    chart = BoxChart(*rows, **(options | {"levels": found.marks()} | looks))
    return found.compare(chart, upright=chart.horizontal)


def _dots(found: _Results, looks: dict[str, Any], _panel: int) -> Chart:
    figure = found.figure
    points = [series for series in figure.series if series.style != "mark"]
    if len(points) != 1:
        raise EpisodeError(
            f"figure '{figure.name}' has {len(points)} series of points; on the stage there is one, and values to "
            "compare it with"
        )
    result, where = found.result(points[0].source), found.where(points[0])
    quantity = result.quantity(points[0].y)
    left = [axis for axis in quantity.axes if axis not in where]
    if len(left) != 2:
        raise EpisodeError(
            f"figure '{figure.name}': '{points[0].y}' does not give each label its points; its axes are "
            f"{', '.join(quantity.axes)}"
        )
    columns = each_of(result, points[0].y, left[0], where={a: w for a, w in where.items() if a in quantity.axes})
    compared = [row for series in figure.series if series.style == "mark" for row in found.rows(series)]
    options: dict[str, Any] = {"title": figure.y.label, "x": figure.x.label, "y_scale": figure.y.scale}
    options |= {"compared": compared, "zero": figure.y.scale != "log"}  # print draws the line of nought as well
    return DotChart(*columns, **(options | looks))


def _plane(found: _Results, looks: dict[str, Any], _panel: int) -> Chart:
    figure, rows = found.figure, list[PairSeries]()
    for series in figure.series:
        result, where = found.result(series.source), found.where(series)
        options: dict[str, Any] = {
            "style": series.style,
            "to": series.to,
            "named": series.named,
            "closed": series.closed,
        }
        if not series.over:
            rows.append(PairSeries(result, series.y, series.label, where=where, **options))
            continue
        for each in each_label(result, series.y, series.over):
            label = Told(f"{series.label} {each.label}".strip(), each.label.source)
            rows.append(PairSeries(result, series.y, label, where={**where, series.over: each.place}, **options))
    units = {f"{axis}_unit": _unit(found, of.unit_of) for axis, of in (("x", figure.x), ("y", figure.y))}
    return PlaneChart(*rows, **({"x": figure.x.label, "y": figure.y.label, **units} | looks))


@dataclass(frozen=True)
class _Label:
    """A place of an axis, and what it is called, which knows where it was read."""

    place: int
    label: Told


def each_label(result: Result, y: str, axis: str) -> list[_Label]:
    """The places of an axis of a quantity.

    Raises:
        EpisodeError: it has no such axis.
    """
    quantity = result.quantity(y)
    if axis not in quantity.axes:
        raise EpisodeError(f"'{result.name}/{y}' has no axis '{axis}'; it has {', '.join(quantity.axes) or 'none'}")
    size = quantity.values.shape[quantity.axes.index(axis)]
    names = quantity.labels.get(axis) or tuple(str(n + 1) for n in range(size))
    return [_Label(n, Told(name, f"{result.name}/{y}:{axis}")) for n, name in enumerate(names)]


def _unit(found: _Results, quantity: str) -> str:
    if not quantity:
        return ""
    unit = found.result("").quantity(quantity).unit
    return "" if unit == "1" else unit


def _strip(found: _Results, looks: dict[str, Any], _panel: int) -> ImageRows:
    rows = [
        PictureRow(found.result(series.source), series.y, series.label, found.where(series))
        for series in found.figure.series
    ]
    return ImageRows(*rows, **({"title": found.figure.x.label} | looks))


def _graph(found: _Results, looks: dict[str, Any], _panel: int) -> Chart:
    figure = found.figure
    edges = [
        Edges(found.result(series.source), series.y, series.style != "edges", found.where(series), series.only)
        for series in figure.series
    ]
    title = figure.value if figure.value != "value" else ""
    return LayerChart(*edges, **({"title": title, "name": figure.name} | looks))


_KINDS: Mapping[str, Callable[[_Results, dict[str, Any], int], Any]] = {
    "xy": _xy,
    "bars": _bars,
    "histogram": _histogram,
    "matrix": _matrix,
    "box": _box,
    "dots": _dots,
    "plane": _plane,
    "strip": _strip,
    "graph": _graph,
}
