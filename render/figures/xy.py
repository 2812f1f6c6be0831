"""One quantity over another, bars, and how often: figures with two ordinary axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tapehead.analysis.boxes import box_parts, spread
from tapehead.analysis.dates import date_ticks, is_date
from tapehead.analysis.errors import ResultError
from tapehead.analysis.figures import Figure, Series
from tapehead.render.figures.names import name_points
from tapehead.render.figures.pick import Curve, FigureResults, Picked, axis_label, curves, taken
from tapehead.render.figures.style import DASHES, HATCHES, POINTS, SHAPES, Style
from tapehead.render.figures.ticks import set_log_ticks

_BARS = 14
"""More bars than this have their numbers upright and small."""
_FLAT = 0.03
"""A bar below this share of the highest is hardly seen."""
_BINS = 60
"""Whole numbers over a range up to this have a bin each."""
_EACH = 24
"""Up to so many values of a histogram are shown one by one as well."""
_PER_INCH = 17
"""Letters of a legend that fit into an inch."""
_MANY = 8
"""More curves than this are one crowd: thin, in one colour, without a name each."""


def draw_xy(axes: Any, figure: Figure, results: FigureResults, style: Style) -> None:
    """Points, lines, steps and stems.  Each curve is found again in the file as ``data-<series>-<curve>``."""
    look = 0
    places: set[tuple[str, ...]] = set()
    for index, series in enumerate(figure.series):
        if series.style == "mark":
            _level(axes, _single(results, series), series.label, f"data-{index}-0", look, style)
            look += 1
            continue
        found = curves(results, series)
        places |= {curve.names for curve in found if curve.worded}
        crowd = len(found) > _MANY
        for number, curve in enumerate(found):
            gid = f"data-{index}-{number}"
            colour = style.cycle[(0 if crowd else look) % len(style.cycle)]
            _curve(axes, curve, series.style, gid, colour, 0 if crowd else look, crowd)
            if series.named:
                name_points(axes, curve.names, zip(curve.x, curve.y, strict=True), style.ink, gid)
            look += not crowd
        look += crowd
    if len(places) == 1:
        (names,) = places
        axes.set_xticks(range(len(names)), names)
    elif not any(series.x for series in figure.series):
        axes.xaxis.get_major_locator().set_params(integer=True)  # places are counted
    _axes(axes, figure, results)
    legend(axes)


def _single(results: FigureResults, series: Series) -> float:
    value = taken(results, series).values
    if value.ndim:
        raise ResultError(f"'{series.y}' is no single number; fix its axes")
    return float(value)


def _level(axes: Any, value: float, label: str, gid: str, look: int, style: Style, *, upright: bool = False) -> None:
    """A number to compare with: a line right across, or from foot to top."""
    dash = DASHES[look % len(DASHES)] if look else DASHES[1]
    draw = axes.axvline if upright else axes.axhline
    draw(value, color=style.cycle[look % len(style.cycle)], linestyle=dash, label=label, gid=gid)


def _curve(axes: Any, curve: Curve, kind: str, gid: str, colour: str, look: int, crowd: bool) -> None:
    label = curve.label if curve.label and not crowd else "_hidden"
    if kind in ("line", "step", "path"):
        axes.plot(
            curve.x,
            curve.y,
            color=colour,
            linestyle=DASHES[look % len(DASHES)],
            linewidth=0.6 if crowd else None,
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


def draw_bars(axes: Any, figure: Figure, results: FigureResults, style: Style) -> None:
    """One group of bars per label, one bar per series, with the number over each and its interval if it has one.

    A series of style ``mark`` is one number to compare all bars with.
    """
    from matplotlib.patheffects import Normal, Stroke

    bars = [(index, series) for index, series in enumerate(figure.series) if series.style != "mark"]
    if not bars:
        raise ResultError(f"figure '{figure.name}' has marks and no bars")
    groups = [taken(results, series) for _, series in bars]
    single = all(group.values.ndim == 0 for group in groups)
    if single:
        groups, labels = [_beside(groups, index) for index in range(len(groups))], [series.label for _, series in bars]
    else:
        labels = list(groups[0].along(groups[0].axes[0])) if groups[0].axes else []
    for (_, series), group in zip(bars, groups, strict=True):
        if group.values.ndim != 1 or len(group.values) != len(labels):
            raise ResultError(f"'{series.y}' has not one bar per label: its axes are {group.axes}")
    width = 0.8 if single else 0.8 / len(groups)
    highest = max(float(np.nanmax(np.abs(group.values))) for group in groups)
    crowded = not single and len(labels) * len(groups) > _BARS
    written: dict[str, Any] = {"rotation": 90, "fontsize": POINTS - 2} if crowded else {}
    beside = np.nan_to_num(np.abs([group.values for group in groups])).max(axis=0)
    if single:
        highest = 0.0
    lowest = 0.0
    for place, ((index, series), group) in enumerate(zip(bars, groups, strict=True)):
        places = np.arange(len(labels)) + (0 if single else (place - (len(groups) - 1) / 2) * width)
        ends = None
        if series.low and series.high:
            low, high = (taken(results, series, name).values for name in (series.low, series.high))
            ends = np.vstack([group.values - low, high - group.values])
            lowest = min(lowest, float(np.nanmin(low, initial=0.0)))
        lowest = min(lowest, float(np.nanmin(group.values, initial=0.0)))
        drawn = axes.bar(
            places,
            group.values,
            width * 0.9,
            yerr=ends,
            color=style.cycle[0 if single else place % len(style.cycle)],
            hatch="" if single else HATCHES[place % len(HATCHES)],
            edgecolor=style.ground,
            linewidth=0,
            ecolor=style.ink,
            label="_hidden" if single else series.label or "_hidden",
        )
        for line in drawn.errorbar.lines[2] if drawn.errorbar is not None else ():
            # a rim of the ground: the lower half of an interval lies on its bar, which in print has the line's black
            rim = Stroke(linewidth=float(line.get_linewidth()[0]) + 2.5, foreground=style.ground)
            line.set_path_effects([rim, Normal()])
        for number, (bar, value) in enumerate(zip(drawn, group.values, strict=True)):
            if not np.isfinite(value):
                continue
            bar.set_gid(f"data-{index}-{number}")
            if crowded and abs(value) < highest * _FLAT <= beside[number]:
                continue  # where bars stand close, the numbers of flat ones would hide those of the others
            top = value if ends is None else value + ends[1, number]
            # The number of a flat bar would lie on the line that the bars stand on.
            axes.annotate(
                _short(value, highest, 2 if crowded else 3),
                (bar.get_x() + bar.get_width() / 2, max(top, 0)),
                xytext=(0, 4 if top < highest * _FLAT else 2),
                textcoords="offset points",
                ha="center",
                va="bottom",
                **written,
            )
    for index, series in enumerate(figure.series):
        if series.style == "mark":
            _level(axes, _single(results, series), series.label, f"data-{index}-0", index, style)
    _named(axes, labels)
    if figure.y.scale == "linear":
        foot, head = axes.get_ylim()  # with room for the numbers of the highest
        axes.set_ylim(0 if lowest >= 0 else foot, max(1e-12, head) * (1.12 if written else 1.08))
    axes.axhline(0, color=style.soft, linewidth=0.6)
    _axes(axes, figure, results)
    legend(axes)


def _named(axes: Any, labels: Sequence[str]) -> None:
    """Names along the axis; on a slant where there are many long ones."""
    crowded = len(labels) > 6 and max(len(label) for label in labels) > 6
    slanted = {"rotation": 40, "ha": "right", "rotation_mode": "anchor"} if crowded else {}
    axes.set_xticks(range(len(labels)), [label if crowded else broken(label) for label in labels], **slanted)
    axes.tick_params(axis="x", length=0)


def _beside(groups: list[Picked], index: int) -> Picked:
    """A single number as a bar in a row of its own: the other places are empty."""
    row = np.full(len(groups), np.nan)
    row[index] = groups[index].values
    return Picked(row, ("bar",), {}, groups[index].unit)


def draw_dots(axes: Any, figure: Figure, results: FigureResults, style: Style) -> None:
    """A column of points per label of the first series; those of style ``mark`` are single values to compare with.

    Points are spread sideways so that equal ones can be seen: always in the same way, it means nothing.
    """
    labels: tuple[str, ...] = ()
    for index, series in enumerate(figure.series):
        found = taken(results, series)
        names = found.along(found.axes[0]) if found.axes else ()
        if found.values.ndim != (1 if series.style == "mark" else 2) or (labels and names != labels):
            raise ResultError(f"'{series.y}' does not give each label its points; its axes are {found.axes}")
        labels = names
        colour, gid = style.cycle[index % len(style.cycle)], f"data-{index}"
        for number, values in enumerate(found.values):
            name = series.label if number == 0 and series.label else "_hidden"
            if series.style == "mark":
                look = {"color": colour, "linestyle": DASHES[max(0, index - 1) % len(DASHES)], "linewidth": 1.6}
                axes.plot([number - 0.38, number + 0.38], [values, values], label=name, gid=f"{gid}-{number}", **look)
            else:
                look = {"color": colour, "alpha": 0.55, "markeredgewidth": 0, "markersize": 3.2}
                places = number + 0.6 * (spread(len(values)) - 0.5)
                axes.plot(places, values, "o", label=name, gid=f"{gid}-{number}", **look)
    _named(axes, labels)
    axes.set_xlim(-0.6, len(labels) - 0.4)
    axes.axhline(0, color=style.soft, linewidth=0.6)
    _axes(axes, figure, results)
    legend(axes)


def draw_box(axes: Any, figure: Figure, results: FigureResults, style: Style) -> None:
    """A box per label of the axis ``over``, of the values along the other; marks are single values to compare with.

    Lying boxes (``horizontal``) stand from the top down.
    """
    labels: tuple[str, ...] = ()
    way: dict[str, Any] = {"orientation": "horizontal"} if figure.horizontal else {}
    for index, series in enumerate(figure.series):
        if series.style == "mark":
            value = _single(results, series)
            _level(axes, value, series.label, f"data-{index}-0", index, style, upright=figure.horizontal)
            continue
        found = taken(results, series)
        if labels or len(found.axes) != 2 or series.over not in found.axes:
            raise ResultError(
                f"'{series.y}' makes no boxes: it has the axes {found.axes}, and 'over' names the labels'"
            )
        labels = found.along(series.over)
        for number, values in enumerate(np.moveaxis(found.values, found.axes.index(series.over), 0)):
            parts = box_parts(values)
            told = {"q1": parts.first, "med": parts.middle, "q3": parts.third, "whislo": parts.low}
            lines = {"color": style.ink, "linewidth": 0.9}
            drawn = axes.bxp(
                [told | {"whishi": parts.high, "fliers": parts.outside}],
                positions=[-number if figure.horizontal else number],
                widths=0.5,
                **way,
                patch_artist=True,
                manage_ticks=False,
                boxprops={"facecolor": style.cycle[0], "alpha": 0.45, "linewidth": 0.9},
                medianprops=lines | {"linewidth": 1.6},
                whiskerprops=lines,
                capprops=lines,
                flierprops={"marker": "o", "markersize": 2.5, "markerfacecolor": "none", "markeredgecolor": style.ink},
            )
            for name, part in (("box", drawn["boxes"]), ("median", drawn["medians"]), ("outside", drawn["fliers"])):
                part[0].set_gid(f"data-{index}-{number}-{name}")
    if figure.horizontal:
        _lying(axes, figure, results, labels)
    else:
        _named(axes, labels)
        axes.set_xlim(-0.6, len(labels) - 0.4)
        _axes(axes, figure, results)
    legend(axes)


def _lying(axes: Any, figure: Figure, results: FigureResults, labels: Sequence[str]) -> None:
    """Axes of what lies: names down the side, numbers along the foot."""
    axes.set_yticks([-n for n in range(len(labels))], [broken(label) for label in labels])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-len(labels) + 0.4, 0.6)
    axes.set_xlabel(axis_label(results, figure.y))
    axes.set_ylabel(axis_label(results, figure.x))
    if figure.y.scale == "log":
        axes.set(xscale="log")
        set_log_ticks(axes, "x")
    axes.grid(True, axis="x")
    axes.set_axisbelow(True)


def _edges(values: np.ndarray) -> np.ndarray:
    """Of the bins: whole numbers get one each, if they are few."""
    if (values == np.round(values)).all() and np.ptp(values) <= _BINS:
        return np.arange(values.min() - 0.5, values.max() + 1.0)
    return np.histogram_bin_edges(values, "fd" if np.ptp(values) else 1)


def draw_histogram(axes: Any, figure: Figure, results: FigureResults, style: Style) -> None:
    """How often each value came, with marks for the values to compare it with."""
    label, whole = iter(range(100)), False
    for index, series in enumerate(figure.series):
        values = taken(results, series).values
        colour = style.cycle[index % len(style.cycle)]
        if series.style == "mark":
            if values.ndim:
                raise ResultError(f"'{series.y}' is no single number; fix its axes")
            next(label)
            dash = DASHES[index % len(DASHES)]
            axes.axvline(float(values), color=colour, linestyle=dash, label=series.label, gid=f"data-{index}-0")
            continue
        if series.x:
            counts, edges = values, results.quantity(series.x, series.x_source or series.source).values
            if counts.ndim != 1 or edges.shape != (len(counts) + 1,):
                raise ResultError(f"'{series.x}' is not the edges of the bins of '{series.y}': one more than counts")
        else:
            counts, edges = np.histogram(values.ravel(), bins=_edges(values.ravel()))
            whole = True
            if 1 < values.size <= _EACH:  # so few that bins alone would hide what they hold
                axes.plot(
                    values.ravel(), np.zeros(values.size), "|", color=style.ink, markersize=9, gid=f"each-{index}"
                )
        axes.stairs(counts, edges, fill=True, color=colour, alpha=0.6, label=series.label, gid=f"data-{index}-0")
    _axes(axes, figure, results)
    if whole and figure.y.scale == "linear":
        axes.yaxis.get_major_locator().set_params(integer=True)  # there are no halves of what was counted
    legend(axes)


def _short(value: float, top: float, digits: int = 3) -> str:
    """A few digits; what is far below the other bars is said to be about zero."""
    if value and abs(value) < top / 100:
        return "\N{ALMOST EQUAL TO}0"
    text = f"{value:.{digits}g}"
    return (f"{value:.0f}" if "e" in text else text).replace("-", "\N{MINUS SIGN}")


def broken(label: str) -> str:
    """A long label on two lines."""
    words = label.split()
    if len(label) <= 14 or len(words) == 1:
        return label
    best = min(range(1, len(words)), key=lambda i: abs(len(" ".join(words[:i])) - len(" ".join(words[i:]))))
    return " ".join(words[:best]) + "\n" + " ".join(words[best:])


def _axes(axes: Any, figure: Figure, results: FigureResults) -> None:
    axes.set_xlabel(axis_label(results, figure.x))
    axes.set_ylabel(axis_label(results, figure.y))
    unit = results.quantity(figure.x.unit_of).unit if figure.x.unit_of else ""
    if is_date(unit):
        low, high = axes.dataLim.intervalx
        axes.set_xticks(*date_ticks(low, high, unit))
    for letter, scale in (("x", figure.x.scale), ("y", figure.y.scale)):
        if scale == "log":
            axes.set(**{f"{letter}scale": "log"})
            set_log_ticks(axes, letter)
    axes.grid(True, axis="y")
    axes.set_axisbelow(True)


def legend(axes: Any) -> None:
    """Above the axes: there it covers no data, however they fall.  One series alone has none."""
    handles, labels = axes.get_legend_handles_labels()
    if len(handles) > 1:
        fit = int(axes.figure.get_figwidth() * _PER_INCH / (max(len(label) for label in labels) + 7))
        columns = max(1, min(3, len(handles), fit))
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=columns, borderaxespad=0.2)
