"""The numbers of a figure as files: CSV for a spreadsheet, XLSX for one with types, NPZ for Python.

A table has one row per place of each series: which series, the places along the axes (fixed ones included), and a
column per quantity with its unit.  Equal results make equal bytes here as well.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tapehead.analysis.errors import ResultError
from tapehead.analysis.figures import Figure, Series
from tapehead.analysis.results import Quantity
from tapehead.render.figures.pick import FigureResults, Picked, picked, taken

DATA_FORMATS = ("csv", "npz", "xlsx")
_MOST_ROWS = 1_048_575
"""What a sheet holds below its header."""
_CREATED = (2000, 1, 1)


@dataclass(frozen=True)
class Table:
    """Named columns and rows; ``None`` where a series has nothing to say."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def table_of(figure: Figure, results: FigureResults) -> Table:
    """All that a figure shows, one row per place of each series.

    Raises:
        ResultError: the results do not have what the figure declares.
    """
    records = [record for series in figure.series for record in _records(series, results)]
    names = list(dict.fromkeys(name for record in records for name in record[0]))
    values = list(dict.fromkeys(name for record in records for name in record[1]))
    columns = ("series", *names, *values)
    rows = tuple(
        (record[2], *(record[0].get(name) for name in names), *(record[1].get(name) for name in values))
        for record in records
    )
    return Table(columns, rows)


def _records(series: Series, results: FigureResults) -> Iterator[tuple[dict[str, Any], dict[str, float | None], str]]:
    """Places, values and name of each row of a series."""
    y = taken(results, series)
    columns = {_titled(series.y, y.unit): y.values}
    for name, source, where in (
        (series.x, series.x_source or series.source, series.x_where or series.where),
        *((each, series.source, series.where) for each in (series.low, series.high, series.to, series.only)),
    ):
        if name:
            one = picked(results.quantity(name, source), _numbered(where, results, series), name, gaps=True)
            columns[_titled(name, one.unit)] = _beside(one, y, name)
    fixed = {axis: _place(place, series, axis, results) for axis, place in series.where.items()}
    labels = [y.along(axis) for axis in y.axes]
    told = series.label or series.y.rpartition("/")[2]
    for index in np.ndindex(y.values.shape):
        places = fixed | {axis: _number(labels[at][index[at]]) for at, axis in enumerate(y.axes)}
        yield places, {name: _value(values[index]) for name, values in columns.items()}, told


def _titled(name: str, unit: str) -> str:
    short = name.rpartition("/")[2]
    return short if unit in ("", "1") else f"{short} ({unit})"


def _numbered(where: Any, results: FigureResults, series: Series) -> dict[str, int | str]:
    """Places that a quantity says are numbers from here on."""
    return {
        axis: int(results.quantity(place[1:], series.source).values)
        if isinstance(place, str) and place.startswith("=")
        else place
        for axis, place in where.items()
    }


def _place(place: int | str, series: Series, axis: str, results: FigureResults) -> Any:
    (found,) = _numbered({axis: place}, results, series).values()
    labels = results.quantity(series.y, series.source).labels.get(axis, ())
    return labels[found] if isinstance(found, int) and labels else found


def _beside(one: Picked, y: Picked, name: str) -> np.ndarray:
    """A quantity spread over the places of the one that it belongs to: by the names of its axes, else by its shape.

    Raises:
        ResultError: it fits neither way.
    """
    if set(one.axes) <= set(y.axes):
        order = [one.axes.index(axis) for axis in y.axes if axis in one.axes]
        shape = [one.values.shape[one.axes.index(axis)] if axis in one.axes else 1 for axis in y.axes]
        return np.broadcast_to(one.values.transpose(order).reshape(shape), y.values.shape)
    if one.values.shape == y.values.shape:
        return one.values
    if one.values.size and one.values.shape == y.values.shape[-one.values.ndim :]:
        return np.broadcast_to(one.values, y.values.shape)
    raise ResultError(f"'{name}' has the axes {one.axes}, which do not go beside {y.axes}; take it by --format npz")


def _number(label: str) -> int | str:
    return int(label) if label.isdigit() else label


def _value(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)


def csv_of(table: Table) -> bytes:
    """UTF-8, commas, a header; numbers as short as they can be read back exactly, whole ones without a point."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows([_written(value) for value in row] for row in table.rows)
    return out.getvalue().encode("utf-8")


def _written(value: Any) -> Any:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    return "" if value is None else value


def xlsx_of(table: Table, told: str) -> bytes:
    """Two sheets: the table, and the figure's caption a line a row.

    Raises:
        ResultError: it has more rows than a sheet.
    """
    from datetime import datetime

    import xlsxwriter

    if len(table.rows) > _MOST_ROWS:
        raise ResultError(
            f"it has {len(table.rows):,} rows, and a sheet holds {_MOST_ROWS:,}; take --format csv or npz"
        )
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": datetime(*_CREATED), "comments": "tapehead"})
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet("data")
    sheet.write_row(0, 0, table.columns, bold)
    for number, row in enumerate(table.rows, 1):
        for column, value in enumerate(row):
            if value is not None:
                sheet.write(number, column, value)
    sheet.freeze_panes(1, 0)
    about = book.add_worksheet("about")
    about.set_column(0, 0, 120)
    for number, line in enumerate(told.splitlines()):
        about.write_string(number, 0, line)
    book.close()
    return out.getvalue()


def npz_of(figure: Figure, results: FigureResults) -> bytes:
    """Each quantity whole, as ``numpy.load`` reads it: ``NAME``, ``NAME.axes``, ``NAME.unit``, ``NAME.labels.AXIS``."""
    arrays: dict[str, np.ndarray] = {}
    for name, quantity in _quantities(figure.series, results):
        arrays[name] = quantity.values
        arrays[f"{name}.axes"] = np.array(quantity.axes, dtype=str)
        arrays[f"{name}.unit"] = np.array(quantity.unit)
        for axis, labels in quantity.labels.items():
            arrays[f"{name}.labels.{axis}"] = np.array(labels, dtype=str)
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)  # type: ignore[arg-type]  # every name is an array's
    return out.getvalue()


def _quantities(every: Sequence[Series], results: FigureResults) -> Iterator[tuple[str, Quantity]]:
    seen: set[str] = set()
    for series in every:
        for name, source in (
            (series.y, series.source),
            (series.x, series.x_source or series.source),
            *((each, series.source) for each in (series.low, series.high, series.to, series.only)),
        ):
            where, _, array = name.rpartition("/")
            called = ".".join(part for part in (where or source, array) if part)
            if name and called not in seen:
                seen.add(called)
                yield called, results.quantity(name, source)


def data_of(kind: str, figure: Figure, results: FigureResults, told: str) -> bytes:
    """The numbers of a figure as a file of ``kind``, one of :data:`DATA_FORMATS`; ``told`` is its caption."""
    if kind == "npz":
        return npz_of(figure, results)
    table = table_of(figure, results)
    return csv_of(table) if kind == "csv" else xlsx_of(table, told)
