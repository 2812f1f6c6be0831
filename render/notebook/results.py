"""Results for Python: by name and computed when asked for, as tables of pandas and xarray, shown in a notebook."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from tapehead.analysis.errors import MissingPartError, ResultError, UnknownNameError
from tapehead.analysis.registry import ModelChoice, load
from tapehead.analysis.results import Quantity, Result
from tapehead.analysis.store import Store
from tapehead.render.progress import Reporter
from tapehead.scenes.episode import Episode

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

_SHOWN_NUMBERS = 6


@dataclass(frozen=True)
class NotebookResult(Result):
    """A result that shows itself, and that pandas and xarray can have."""

    digest: str = ""
    """Of its entry in the store: equal digests are equal results."""

    @classmethod
    def of(cls, result: Result, digest: str) -> NotebookResult:
        """The same result, with its digest."""
        return cls(**{each.name: getattr(result, each.name) for each in fields(Result)}, digest=digest)

    def to_xarray(self, array: str = "") -> xr.Dataset | xr.DataArray:
        """One quantity as a ``DataArray``, or all of them as a ``Dataset``, units in ``attrs["units"]``.

        Axes of one name that differ in length or labels between quantities are told apart as ``AXIS (QUANTITY)``.

        Raises:
            MissingPartError: xarray is not installed.
            ResultError: there is no quantity of that name.
        """
        xarray = _library("xarray")
        if array:
            return _data_array(xarray, array, self.quantity(array), {})
        renamed = _told_apart(self.quantities)
        facts = {"origin": str(self.origin), "citation": self.citation, "model": self.model, "digest": self.digest}
        return xarray.Dataset(
            {name: _data_array(xarray, name, one, renamed[name]) for name, one in self.quantities.items()},
            attrs={name: value for name, value in facts.items() if value},
        )

    def to_pandas(self, *arrays: str) -> pd.DataFrame | pd.Series:
        """All quantities in one long table; or those that are named, as columns over the axes that they share.

        The long table has a row per number: ``quantity``, a column per axis (empty where a quantity does not have it),
        ``value``, ``unit``.  With names, axes become the index, labels its values, and units are in ``attrs["units"]``.
        A single quantity of one axis, or of none, is a ``Series``.

        Raises:
            MissingPartError: pandas is not installed.
            ResultError: there is no quantity of a name, or those that are named have different axes.
        """
        pandas = _library("pandas")
        if not arrays:
            return _long(pandas, self.quantities)
        given = {name: self.quantity(name) for name in arrays}
        first = next(iter(given.values()))
        for name, one in given.items():
            if one.axes != first.axes or one.values.shape != first.values.shape:
                raise ResultError(
                    f"'{name}' has the axes {_sized(one)} and '{arrays[0]}' has {_sized(first)}: they are no columns "
                    "of one table; take them one by one, or all in one long table with to_pandas()"
                )
        index = _index(pandas, first)
        columns = {name: one.values.reshape(-1).copy() for name, one in given.items()}
        units = {name: one.unit for name, one in given.items() if one.unit not in ("", "1")}
        if len(given) == 1 and len(first.axes) < 2:
            found = pandas.Series(columns[arrays[0]], index=index, name=arrays[0])
        else:
            found = pandas.DataFrame(columns, index=index)
        found.attrs["units"] = units
        return found

    def _repr_html_(self) -> str:
        """A row per quantity: axes, unit, its numbers if they are few, else how they range."""
        rows = "".join(
            f"<tr><td><code>{html.escape(name)}</code></td><td>{html.escape(_sized(one)[1:-1]) or 'one number'}</td>"
            f"<td>{html.escape('' if one.unit == '1' else one.unit)}</td><td>{html.escape(_told(one))}</td></tr>"
            for name, one in sorted(self.quantities.items())
        )
        origin = str(self.origin) + (f", model {self.model}" if self.model else "")
        cited = f"<br>{html.escape(self.citation)}" if self.citation else ""
        return (
            f"<table><caption><b>{html.escape(self.name)}</b>: {html.escape(origin)}, "
            f"<code>{self.digest[:12]}</code>{cited}</caption>"
            "<thead><tr><th>quantity</th><th>axes</th><th>unit</th><th>numbers</th></tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )


class Results(Mapping[str, NotebookResult]):
    """An episode's results by the names that it declares; each is computed, or found in the store, when asked for."""

    def __init__(
        self,
        episode: Episode,
        store: Store,
        reporter: Reporter,
        seed: int | None = None,
        model: ModelChoice | None = None,
    ) -> None:
        self._episode, self._store, self._reporter = episode, store, reporter
        self._seed, self._model = seed, model or ModelChoice()
        self._known: dict[str, NotebookResult] = {}

    def __getitem__(self, name: str) -> NotebookResult:
        """One result, and what it needs, computed or kept.

        Raises:
            UnknownNameError: the episode declares none of that name.
        """
        if name not in list(self):
            raise UnknownNameError("result", name, list(self), f"Episode '{self._episode.slug}' has these.")
        if name not in self._known:
            self.compute(name)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return (call.id for call in self._episode.analyses)

    def __len__(self) -> int:
        return len(self._episode.analyses)

    def __contains__(self, name: object) -> bool:
        return any(call.id == name for call in self._episode.analyses)

    def compute(self, *names: str) -> Results:
        """Compute these now, or all of them; those that are kept are read.

        Raises:
            UnknownNameError: the episode declares none of a name.
        """
        from tapehead.render.film.make import analyze

        # In this process: one that begins another needs a guarded main module, and a plain script has none.
        entries = analyze(self._episode, self._store, self._reporter, self._seed, self._model, names, jobs=1)
        for name, entry in entries.items():
            self._known[name] = NotebookResult.of(load(self._store, entry, name), entry.digest)
        return self

    def __repr__(self) -> str:
        return f"<results of {self._episode.slug}: {', '.join(self) or 'none'}>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td><code>{html.escape(call.id)}</code></td><td><code>{html.escape(call.function)}</code></td>"
            f"<td>{html.escape(', '.join(f'{name} = {value}' for name, value in call.parameters.items()))}</td>"
            f"<td>{'here' if call.id in self._known else ''}</td></tr>"
            for call in self._episode.analyses
        )
        head = "<thead><tr><th>result</th><th>analysis</th><th>parameters</th><th></th></tr></thead>"
        return f"<table>{head}<tbody>{rows}</tbody></table>"


def _library(name: str) -> Any:
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError:
        raise MissingPartError(f"{name} is not installed: pip install 'tapehead[notebook]'") from None


def _sized(one: Quantity) -> str:
    """``(cat 3, neuron 5)``."""
    return f"({', '.join(f'{axis} {size}' for axis, size in zip(one.axes, one.values.shape, strict=True))})"


def _told(one: Quantity) -> str:
    """The numbers if they are few, else how they range."""
    values = one.values
    if values.size == 0:
        return "none"
    if values.size <= _SHOWN_NUMBERS:
        return ", ".join(f"{value:.6g}" for value in values.reshape(-1).astype(float))
    known = values.astype(float)
    known = known[np.isfinite(known)]
    gaps = f", {values.size - known.size} missing" if known.size < values.size else ""
    return f"{known.min():.4g} to {known.max():.4g}, mean {known.mean():.4g}{gaps}" if known.size else "all missing"


def _places(one: Quantity, axis: str) -> list[str] | range:
    return list(one.labels[axis]) if axis in one.labels else range(one.values.shape[one.axes.index(axis)])


def _told_apart(quantities: Mapping[str, Quantity]) -> dict[str, dict[str, str]]:
    """New names of axes, by quantity: of axes that are called alike the first to come keeps its name."""
    first: dict[str, list[str] | range] = {}
    renamed: dict[str, dict[str, str]] = {}
    for name, one in quantities.items():
        renamed[name] = {}
        for axis in one.axes:
            places = _places(one, axis)
            if first.setdefault(axis, places) != places:
                renamed[name][axis] = f"{axis} ({name})"
    return renamed


def _data_array(xarray: Any, name: str, one: Quantity, renamed: Mapping[str, str]) -> Any:
    return xarray.DataArray(
        one.values.copy(),
        dims=tuple(renamed.get(axis, axis) for axis in one.axes),
        coords={renamed.get(axis, axis): list(labels) for axis, labels in one.labels.items()},
        name=name,
        attrs={} if one.unit in ("", "1") else {"units": one.unit},
    )


def _index(pandas: Any, one: Quantity) -> Any:
    if not one.axes:
        return None
    if len(one.axes) == 1:
        return pandas.Index(_places(one, one.axes[0]), name=one.axes[0])
    return pandas.MultiIndex.from_product([_places(one, axis) for axis in one.axes], names=one.axes)


def _long(pandas: Any, quantities: Mapping[str, Quantity]) -> Any:
    axes = list(dict.fromkeys(axis for one in quantities.values() for axis in one.axes))
    parts = []
    for name, one in quantities.items():
        columns: dict[str, Any] = {"quantity": np.full(one.values.size, name, dtype=object)}
        for axis in axes:
            places = np.full(one.values.size, None, dtype=object)
            if axis in one.axes:
                at = np.indices(one.values.shape)[one.axes.index(axis)].reshape(-1)
                places = np.array(list(_places(one, axis)), dtype=object)[at]
            columns[axis] = places
        columns["value"] = one.values.reshape(-1).astype(float)
        columns["unit"] = np.full(one.values.size, one.unit, dtype=object)
        parts.append(pandas.DataFrame(columns))
    return pandas.concat(parts, ignore_index=True) if parts else pandas.DataFrame()
