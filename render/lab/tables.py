"""A run's results as CSV: one file of single numbers per part, and one per set of axes, a row for each place."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from tapehead.analysis.results import Quantity, Result
from tapehead.analysis.store import write_atomically


def number(value: float) -> str:
    """A number as a table shows it: whole ones without a point, others with nine digits; empty where there is none."""
    if not np.isfinite(value):
        return ""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else f"{value:.9g}"


def places(one: Quantity, axis: str) -> tuple[str, ...]:
    """Labels along an axis, or numbers from zero."""
    return one.labels.get(axis) or tuple(str(i) for i in range(one.values.shape[one.axes.index(axis)]))


def tables_of(part: Result) -> dict[str, list[list[str]]]:
    """Rows by table: ``""`` holds single numbers, others are named by their axes, as in ``layer-head``.

    Quantities of the same axes with different labels (heads' layers, MLPs) are apart.
    """
    single = [["name", "value", "unit"]]
    grouped: dict[tuple[object, ...], list[str]] = {}
    for name, one in sorted(part.quantities.items()):
        if one.values.ndim == 0:
            single.append([name, number(float(one.values)), one.unit])
        else:
            grouped.setdefault((one.axes, tuple(places(one, axis) for axis in one.axes)), []).append(name)
    found = {"": single}
    for (axes, labels), names in grouped.items():
        assert isinstance(axes, tuple) and isinstance(labels, tuple)
        called = "-".join(axes)
        while called in found:
            called += "-of-" + names[0].split("_")[0]
        units = [part.quantities[name].unit for name in names]
        head = [*axes, *(n if u == "1" else f"{n} ({u})" for n, u in zip(names, units, strict=True))]
        columns = [part.quantities[name].values.ravel() for name in names]
        rows = [
            [*where, *(number(float(column[i])) for column in columns)]
            for i, where in enumerate(itertools.product(*labels))
        ]
        found[called] = [head, *rows]
    return found


def write_tables(parts: Mapping[str, Result], folder: Path) -> list[Path]:
    """``<part>.csv`` and ``<part>-<axes>.csv`` of every part that is there."""
    paths = []
    for name, part in parts.items():
        if not float(part["there"]):
            continue
        for called, rows in tables_of(part).items():
            text = io.StringIO(newline="")
            csv.writer(text, lineterminator="\n").writerows(rows)
            path = folder / (f"{name}-{called}.csv" if called else f"{name}.csv")
            write_atomically(path, text.getvalue())
            paths.append(path)
    return paths
