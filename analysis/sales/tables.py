"""Tables of games, from a CSV file or from a generator, and what is left of them once every column can be measured.

A small TOML file says which column is what::

    sales = { column = "Global_Sales", unit = "log" }
    name = "Name"

    [predictors]
    talk = { column = "mentions_before", unit = "log" }
    user = { column = "User_Score", unit = "reversed log" }
    critic = { column = "Critic_Score", unit = "log1p" }

Units: ``plain``; ``log``, which has no place for zero, so that rows with zero leave the table; ``log1p`` = log(1 + x);
``reversed log`` = log(largest + 1 − x), which turns the axis round.  Logs are natural ones.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.outside_files import reading

UNITS: Mapping[str, Callable[[np.ndarray, float], np.ndarray]] = {
    "plain": lambda x, _largest: x,
    "log": lambda x, _largest: np.log(x),
    "log1p": lambda x, _largest: np.log1p(x),
    "reversed log": lambda x, largest: np.log(largest + 1 - x),
}
"""What a column is measured in: its values, and the largest of its scale, become what is fitted."""
MISSING = ("", "na", "n/a", "nan", "none", "null", "-", "tbd")
"""How tables write that a number is missing ("tbd" is what Metacritic shows before four ratings)."""


@dataclass(frozen=True)
class Column:
    """One column: ``name`` is what we call it, ``column`` its heading in the table, ``unit`` a key of :data:`UNITS`.

    ``largest`` is the end of the scale for ``reversed log``; NaN: the largest value that is found.
    """

    name: str
    column: str
    unit: str = "plain"
    largest: float = float("nan")

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise UnknownNameError("unit", self.unit, UNITS, f"Column '{self.name}' asks for it.")


@dataclass(frozen=True)
class Columns:
    """Which column is predicted from which; ``title`` is the heading of the games' names, if there is one."""

    sales: Column
    predictors: tuple[Column, ...]
    title: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The predictors' names, in order."""
        return tuple(column.name for column in self.predictors)


@dataclass(frozen=True)
class Games:
    """A table: names of the games, and per heading one number each, NaN where it is missing."""

    names: tuple[str, ...]
    values: Mapping[str, np.ndarray]

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True)
class Design:
    """What is fitted: ``X`` (games, predictors) and ``y`` (games), both in their units.

    ``kept`` are the rows of the table that are left; ``funnel`` says after which step how many were left.
    """

    X: np.ndarray
    y: np.ndarray
    names: tuple[str, ...]
    kept: np.ndarray
    funnel: tuple[tuple[str, int], ...]

    def only(self, names: Sequence[str]) -> Design:
        """The same games with some of the predictors."""
        places = [self.names.index(name) for name in names]
        return Design(self.X[:, places], self.y, tuple(names), self.kept, self.funnel)

    def rows(self, which: np.ndarray) -> Design:
        """Some of the games, with all predictors."""
        return Design(self.X[which], self.y[which], self.names, self.kept[which], self.funnel)


# -- reading -------------------------------------------------------------------------------------------------------


def read_columns(path: Path) -> Columns:
    """Read the small file that names the columns.

    Raises:
        UsageError: it is not there, no valid TOML, or lacks ``sales`` or ``[predictors]``.
    """
    try:
        with reading(path) as file:
            said = tomllib.loads(file.read())
    except OSError as error:
        raise UsageError(f"the columns file {path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is no valid TOML: {error}") from error
    if unknown := sorted(said.keys() - {"sales", "name", "predictors"}):
        raise UsageError(f"{path}: unknown entry '{unknown[0]}'; it may hold sales, name and [predictors]")
    predictors = said.get("predictors")
    if "sales" not in said or not isinstance(predictors, dict) or not predictors:
        raise UsageError(f'{path}: write sales = "heading" and a table [predictors] with one line per predictor')
    title = said.get("name", "")
    if not isinstance(title, str):
        raise UsageError(f"{path}: name is the heading of the games' names, in quotes; found {title!r}")
    made = tuple(_column(path, name, entry) for name, entry in predictors.items())
    return Columns(_column(path, "sales", said["sales"]), made, title)


def _column(path: Path, name: str, entry: Any) -> Column:
    if isinstance(entry, str):
        return Column(name, entry)
    if not isinstance(entry, dict) or not isinstance(entry.get("column"), str):
        raise UsageError(f'{path}: {name} is a heading in quotes, or {{ column = "heading", unit = "log" }}')
    if unknown := sorted(entry.keys() - {"column", "unit", "largest"}):
        raise UsageError(f"{path}: {name} has an unknown entry '{unknown[0]}'; it may hold column, unit and largest")
    unit, largest = entry.get("unit", "plain"), entry.get("largest", float("nan"))
    if not isinstance(unit, str):
        raise UsageError(f"{path}: the unit of {name} is one of {', '.join(UNITS)}, in quotes; found {unit!r}")
    if isinstance(largest, bool) or not isinstance(largest, int | float):
        raise UsageError(f"{path}: largest of {name} is the end of its scale, a number; found {largest!r}")
    return Column(name, entry["column"], unit, float(largest))


def read_games(path: Path, columns: Columns) -> Games:
    """Read a CSV file with a heading; only the named columns are looked at.

    Raises:
        UsageError: the file is not there or empty, a heading is missing or stands twice, a row has another number of
            cells than the heading, or a cell holds text where a number belongs.
    """
    try:
        with reading(path, newline="") as file:
            rows = [row for row in csv.reader(file, strict=True) if row]
    except OSError as error:
        raise UsageError(f"the table {path} cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path} is no CSV file in UTF-8: {error}") from error
    if not rows:
        raise UsageError(f"{path} is empty; its first line has to hold the headings")
    heading = [cell.strip() for cell in rows[0]]
    wanted = [columns.sales, *columns.predictors]
    for name in dict.fromkeys([*(column.column for column in wanted), *filter(None, [columns.title])]):
        if name not in heading:
            raise UnknownNameError("column", name, heading, f"That is the heading of {path}.")
        if heading.count(name) > 1:
            raise UsageError(f"{path} has {heading.count(name)} columns '{name}'; rename all but one")
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(heading):
            raise UsageError(f"{path}: row {number} has {len(row)} cells and the heading {len(heading)}; mend that row")
    values = {
        column.column: np.array(
            [
                _number(path, number, column.column, row[heading.index(column.column)])
                for number, row in enumerate(rows[1:], 2)
            ]
        )
        for column in wanted
    }
    place = heading.index(columns.title) if columns.title else None
    names = tuple(str(n) if place is None else row[place].strip() for n, row in enumerate(rows[1:], 2))
    return Games(names, values)


def _number(path: Path, row: int, column: str, cell: str) -> float:
    text = cell.strip()
    if text.lower() in MISSING:
        return float("nan")
    try:
        value = float(text)
    except ValueError:
        raise UsageError(
            f"{path}: row {row}, column '{column}' holds '{text}', which is no number; "
            "write a number with a point, or leave the cell empty if it is missing"
        ) from None
    if not np.isfinite(value):
        raise UsageError(f"{path}: row {row}, column '{column}' holds {text}; a number has to be finite")
    return value


# -- measuring -----------------------------------------------------------------------------------------------------


def measured(games: Games, columns: Columns, whose: str = "the table") -> Design:
    """Throw out, step by step, every game that cannot be measured, and measure the rest.

    The order is that of the columns: first the games without sales, then per predictor those without a number, and
    those with zero where the unit is ``log``.

    Raises:
        UsageError: a negative number under a log, or a design that cannot be fitted (see :func:`check`).
    """
    left = np.ones(len(games), dtype=bool)
    funnel = [("all", len(games))]
    measures = []
    for column in (columns.sales, *columns.predictors):
        raw = games.values[column.column]
        known = np.isfinite(raw)
        if column.unit in ("log", "log1p") and np.any(raw[known] < 0):
            raise UsageError(
                f"{whose}: column '{column.column}' holds {raw[known].min():g}, and there is no {column.unit} of a "
                f"negative number; give it another unit ({', '.join(UNITS)})"
            )
        usable = known & (raw != 0) if column.unit == "log" else known
        lost = bool(np.any(left & ~usable))
        left &= usable
        if lost:
            step = f"{column.name} known" + (
                " and not zero" if np.any(raw[known] == 0) and column.unit == "log" else ""
            )
            funnel.append((step, int(left.sum())))
        measures.append((column, raw))
    ready = []
    for column, raw in measures:
        values = raw[left]
        largest = column.largest if np.isfinite(column.largest) else float(values.max(initial=0.0))
        if column.unit == "reversed log" and np.any(values > largest):
            raise UsageError(
                f"{whose}: column '{column.column}' holds {values.max():g}, beyond the end of its scale, {largest:g}"
            )
        ready.append(UNITS[column.unit](values, largest))
    X = np.column_stack(ready[1:]) if ready[1:] else np.empty((int(left.sum()), 0))
    design = Design(X, ready[0], columns.names, np.flatnonzero(left), tuple(funnel))
    check(design, whose)
    return design


def check(design: Design, whose: str = "the table") -> None:
    """Make sure that a design can be fitted and has games left to judge the fit by.

    Raises:
        UsageError: fewer games than columns (constant included) and one more, a constant column, or a column that the
            others determine.
    """
    games, columns = design.X.shape
    if games < columns + 2:
        steps = "; ".join(f"{step}: {count}" for step, count in design.funnel)
        raise UsageError(
            f"{whose} leaves {games} games for {columns} predictors and a constant, and at least {columns + 2} are "
            f"needed ({steps}); take fewer predictors, or fill the gaps"
        )
    for name, values in (("sales", design.y), *zip(design.names, design.X.T, strict=True)):
        if np.ptp(values) <= 1e-12 * max(1.0, float(np.abs(values).max())):
            raise UsageError(
                f"{whose}: column '{name}' is the same, {values[0]:g}, for all {games} games that are left; "
                "nothing can be said about what never changes, so leave it out"
            )
    scaled = (design.X - design.X.mean(axis=0)) / design.X.std(axis=0)
    if columns > 1 and np.linalg.matrix_rank(scaled, tol=1e-8 * np.sqrt(games)) < columns:
        for place in range(1, columns):
            if np.linalg.matrix_rank(scaled[:, : place + 1], tol=1e-8 * np.sqrt(games)) <= place:
                raise UsageError(
                    f"{whose}: column '{design.names[place]}' follows exactly from "
                    f"{', '.join(design.names[:place])}; leave one of them out"
                )
