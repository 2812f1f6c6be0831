"""Taking a figure's numbers out of results: by name, with axes fixed, units and labels along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tapehead.analysis.dates import is_date
from tapehead.analysis.errors import ResultError
from tapehead.analysis.figures import Axis, Figure, Series, titled
from tapehead.analysis.results import Quantity, Result


@dataclass(frozen=True)
class FigureResults:
    """The results that a figure may use: its own, and those of the episode's other analyses by name."""

    own: Result
    others: Mapping[str, Result]

    def result(self, source: str) -> Result:
        """The result of an analysis of this episode; its own without a name.

        Raises:
            ResultError: the episode has no such analysis.
        """
        if not source:
            return self.own
        if source not in self.others:
            raise ResultError(f"the figure takes something from '{source}', which this episode does not compute")
        return self.others[source]

    def quantity(self, name: str, source: str = "") -> Quantity:
        """A quantity; ``analysis/quantity`` names one of another analysis."""
        where, _, array = name.rpartition("/")
        return self.result(where or source).quantity(array)


@dataclass(frozen=True)
class Picked:
    """An array with what is left of its axes, and the labels along them."""

    values: np.ndarray
    axes: tuple[str, ...]
    labels: Mapping[str, tuple[str, ...]]
    unit: str

    def named(self, axis: str) -> bool:
        """Whether an axis has labels that are words, and not just numbers."""
        return any(not label.isdigit() for label in self.labels.get(axis, ()))

    def along(self, axis: str) -> tuple[str, ...]:
        """Labels along an axis; numbers from zero where it has none."""
        return self.labels.get(axis) or tuple(str(i) for i in range(self.values.shape[self.axes.index(axis)]))


def taken(
    results: FigureResults, series: Series, name: str = "", where: Mapping[str, int | str] | None = None
) -> Picked:
    """A quantity of a series, its ``y`` without a name, with the series' axes fixed (or those of ``where``).

    Raises:
        ResultError: see :func:`picked`; or a place is to be read from something that is no single number.
    """
    name = name or series.y
    fixed: dict[str, int | str] = {}
    for axis, place in (series.where if where is None else where).items():
        fixed[axis] = place
        if isinstance(place, str) and place.startswith("="):
            told = results.quantity(place[1:], series.source).values
            if told.ndim:
                raise ResultError(f"'{place[1:]}' is no single number that could say which {axis}")
            fixed[axis] = int(told)
    return picked(results.quantity(name, series.source), fixed, name, series.gaps)


def picked(quantity: Quantity, where: Mapping[str, int | str], name: str, gaps: bool = False) -> Picked:
    """A quantity with some axes fixed.

    Raises:
        ResultError: it has no such axis or label, or holds something that is not finite and must not (``gaps``).
    """
    values, axes = quantity.values.astype(float), list(quantity.axes)
    for axis, place in where.items():
        if axis not in axes:
            continue  # a place is fixed for all quantities of a series; some do not have that axis
        labels = quantity.labels.get(axis, ())
        if isinstance(place, str) and place not in labels:
            raise ResultError(f"'{name}' has no {axis} '{place}'; it has {', '.join(labels) or 'no labels'}")
        at = labels.index(place) if isinstance(place, str) else place
        if not -(size := values.shape[axes.index(axis)]) <= at < size:
            raise ResultError(f"'{name}' has {size} places along {axis}, and none with the number {at}")
        values = np.take(values, at, axis=axes.index(axis))
        axes.remove(axis)
    if np.isinf(values).any() or (np.isnan(values).any() and not gaps):
        raise ResultError(f"'{name}' holds numbers that are not finite; they cannot be shown")
    return Picked(values, tuple(axes), {a: labels for a, labels in quantity.labels.items() if a in axes}, quantity.unit)


@dataclass(frozen=True)
class Curve:
    """One curve of an ``xy`` figure; ``low`` and ``high`` are the ends of its intervals, if it has any."""

    label: str
    x: np.ndarray
    y: np.ndarray
    names: tuple[str, ...] = ()
    worded: bool = False
    """Whether its places have names that are words."""
    low: np.ndarray | None = None
    high: np.ndarray | None = None


def curves(results: FigureResults, series: Series) -> list[Curve]:
    """A series as curves: one, or one per label of its ``over`` axis."""
    y = taken(results, series)
    if series.over:
        if series.over not in y.axes:
            raise ResultError(f"'{series.y}' has no axis '{series.over}'; it has {y.axes}")
        labels = y.labels.get(series.over, ())
        places = range(y.values.shape[y.axes.index(series.over)])
    else:
        labels, places = (), range(1)
    made = []
    for place in places:
        where = {**series.where, **({series.over: place} if series.over else {})}
        one = taken(results, series, where=where)
        if one.values.ndim > 1:
            raise ResultError(f"'{series.y}' still has the axes {one.axes}; fix all but one, or name one in 'over'")
        if series.x:
            source = series.x_source or series.source
            x = picked(results.quantity(series.x, source), series.x_where or where, series.x).values
        else:
            x = np.arange(one.values.size, dtype=float)
        x, values = np.atleast_1d(x), np.atleast_1d(one.values)
        if x.shape != values.shape:
            raise ResultError(f"'{series.y}' has {values.size} places and '{series.x}' has {x.size}")
        ends = [
            np.atleast_1d(taken(results, series, name, where).values) if name else None
            for name in (series.low, series.high)
        ]
        # Unlabelled curves (a herd) share one name and stand in the legend once.
        label = f"{series.label} {labels[place]}".strip() if labels else series.label if place == 0 else ""
        names = one.along(one.axes[0]) if one.axes else ()
        worded = bool(one.axes) and one.named(one.axes[0]) and not series.x
        made.append(Curve(label, x, values, names, worded, ends[0], ends[1]))
    return made


def pairs(results: FigureResults, name: str, series: Series, place: int | None = None) -> Picked:
    """A quantity of pairs as (places, 2), for a plane.

    Raises:
        ResultError: its last axis does not hold two.
    """
    where = {**series.where, **({series.over: place} if series.over and place is not None else {})}
    found = picked(results.quantity(name, series.source), where, name)
    if found.values.ndim < 1 or found.values.shape[-1] != 2:
        raise ResultError(f"'{name}' is no quantity of pairs; its axes are {found.axes}")
    flat = found.values.reshape(-1, 2)
    axes = found.axes[:-1]
    names = found.labels.get(axes[0], ()) if len(axes) == 1 else ()
    return Picked(flat, ("place", found.axes[-1]), {"place": names} if names else {}, found.unit)


def axis_label(results: FigureResults, axis: Axis) -> str:
    """An axis' name with the unit of its quantity."""
    unit = results.quantity(axis.unit_of).unit if axis.unit_of else ""
    return axis.label if unit == "1" or is_date(unit) else titled(axis.label, unit)


def count_of(results: FigureResults, figure: Figure) -> str:
    """How many: ``n = 40 cats``; empty if the figure does not say."""
    if not figure.n:
        return ""
    if figure.n in results.own.quantities:
        quantity = results.own.quantity(figure.n)
        unit = quantity.unit if quantity.unit != "1" else figure.n
        if quantity.values.ndim == 0:
            return f"n = {float(quantity.values):g} {unit}"
        if quantity.values.ndim == 1:
            axis, numbers = quantity.axes[0], [f"{value:g}" for value in quantity.values]
            if len(set(numbers)) == 1:
                return f"n = {numbers[0]} {unit} for each of the axis '{axis}'"
            labels = picked(quantity, {}, figure.n).along(axis)
            return f"{unit}: " + ", ".join(f"n = {n} ({label})" for n, label in zip(numbers, labels, strict=True))
    if isinstance(told := results.own.facts.get(figure.n), int):
        return f"n = {told} {figure.n}"
    shown = [results.quantity(series.y, series.source) for series in figure.series]
    for quantity in (*shown, *results.own.quantities.values()):
        if figure.n in quantity.axes:
            size = quantity.values.shape[quantity.axes.index(figure.n)]
            return f"n = {size} along the axis '{figure.n}'"
    raise ResultError(f"figure '{figure.name}': nothing in its result has an axis or a number '{figure.n}'")
