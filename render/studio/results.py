"""A film's results as the studio shows them: what each is, who uses it, and its numbers along chosen axes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapehead.analysis.errors import UsageError
from tapehead.analysis.registry import load
from tapehead.analysis.results import Quantity, Result
from tapehead.analysis.store import Entry, Store
from tapehead.render.page.cards import with_unit
from tapehead.render.page.sources import Origin, compared, fact_of, origins, place_of
from tapehead.render.planning.film_plan import FilmPlan
from tapehead.scenes.episode import Episode

LONGEST, MOST_ROWS = 2000, 100
"""Numbers along an axis, and rows beside each other, that a chart has at most; of more, every k-th is shown."""
_OPEN = 8
_LABELS = 200
"""Labels of an axis that are told with the list of results."""


def results_data(episode: Episode, plan: FilmPlan, store: Store) -> list[dict[str, Any]]:
    """All results of a film, in the order in which they are declared; ``path`` is where their numbers lie.

    Args:
        episode: as it was drawn.
        plan: of the same film; its results are in the store.
        store: where they lie.
    """
    entries = {name: entry for name, ref in plan.results.items() if (entry := store.peek("result", ref.key))}
    kept: dict[str, Result] = {}

    def read(name: str) -> Result:
        if name not in kept:
            kept[name] = load(store, entries[name], name)
        return kept[name]

    used: dict[str, list[str]] = {}
    for scene in episode.scenes:
        for name in scene.uses:
            used.setdefault(name, []).append(scene.name)
    found = origins(episode, entries, read) if len(entries) == len(episode.analyses) else {}
    said = _said(plan)
    return [_told(name, origin, entries[name], used.get(name, []), said) for name, origin in found.items()]


def _said(plan: FilmPlan) -> dict[str, list[dict[str, str]]]:
    """By result: the lines that say a number of it, or a fact."""
    found: dict[str, list[dict[str, str]]] = {}
    for scene in plan.scenes:
        for line in scene.context.lines.values():
            for each in line.numbers:
                fact = fact_of(each.source)
                result = fact[0] if fact else each.source.partition("/")[0]
                told = {"line": line.key, "scene": scene.name, "said": each.shown, "source": each.source}
                found.setdefault(result, []).append(told)
    return found


def _told(
    name: str, origin: Origin, entry: Entry, scenes: list[str], said: Mapping[str, list[dict[str, str]]]
) -> dict[str, Any]:
    own, facts = origin.own, origin.facts
    return {
        "id": name,
        "path": str(entry.path),
        "digest": origin.digest,
        "code": origin.code.function,
        "sentence": origin.code.sentence,
        "run": {key: facts[key] for key in ("analysis", "version", "seed", "parameters") if key in facts},
        "origin": str(own.origin),
        "model": own.model,
        "citation": own.citation,
        "facts": origin.told,
        "scenes": scenes,
        "lines": said.get(name, []),
        "figures": [
            {"name": each.name, "title": each.title, "shows": each.shows, "control": each.control}
            for each in origin.figures
        ],
        "quantities": [_quantity(array, each, origin) for array, each in own.quantities.items()],
    }


def _quantity(array: str, found: Quantity, origin: Origin) -> dict[str, Any]:
    finite = found.values[np.isfinite(found.values)] if found.values.dtype.kind == "f" else found.values
    count, control = compared(origin, array)
    return {
        "name": array,
        "unit": "" if found.unit == "1" else found.unit,
        "kind": {"b": "yes or no", "i": "whole numbers", "u": "whole numbers"}.get(found.values.dtype.kind, "numbers"),
        "axes": [
            {
                "name": axis,
                "size": size,
                "labels": list(found.labels.get(axis, ())[:_LABELS]) if size <= _LABELS else [],
            }
            for axis, size in zip(found.axes, found.values.shape, strict=True)
        ],
        "count": int(found.values.size),
        "missing": int(found.values.size - finite.size),
        "least": float(finite.min()) if finite.size else None,
        "most": float(finite.max()) if finite.size else None,
        "n": count.removeprefix("n = "),
        "control": control,
    }


class Shelf:
    """Reads results of a drawn film; a few stay open."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, Result] = OrderedDict()
        self._lock = threading.Lock()

    def result(self, film: Mapping[str, Any], name: str) -> Result:
        """A result by the id that the episode gave it.

        Raises:
            UsageError: the film has none of that name.
        """
        path = result_of(film, name)["path"]
        with self._lock:
            if path not in self._open:
                self._open[path] = Store.read_result(Path(path))
            self._open.move_to_end(path)
            while len(self._open) > _OPEN:
                self._open.popitem(last=False)
            read = self._open[path]
            return Result(read.quantities, read.origin, read.citation, read.model, read.facts, name)

    def numbers(
        self, film: Mapping[str, Any], name: str, array: str, along: str, by: str, at: Mapping[str, int]
    ) -> dict[str, Any]:
        """Numbers of a quantity along one axis, a row for each place of another one.

        Args:
            film: as it was drawn.
            name: the result.
            array: the quantity.
            along: an axis; empty for the first.
            by: another axis, each of whose places makes a row; empty for one row.
            at: the place along every axis that is neither; where nothing is said, the first.

        Returns:
            ``rows`` of numbers, ``None`` where one is not finite, the labels ``x`` of their columns and ``names`` of
            the rows, and every how many-th number of each is there.

        Raises:
            UsageError: no such result, quantity, axis or place.
        """
        found = self._quantity(film, name, array)
        if not found.axes:
            return {
                "along": "", "by": "", "x": [""], "names": [""], "rows": [[_plain(found.values)]], "every": [1, 1],
                "unit": "" if found.unit == "1" else found.unit, "at": {},
            }  # fmt: skip
        along = along or found.axes[0]
        for axis in (along, by, *at):
            if axis and axis not in found.axes:
                raise UsageError(f"{name}/{array} has no axis '{axis}'; it has {', '.join(found.axes)}")
        if by == along:
            raise UsageError(f"'{along}' cannot be both the axis and what the rows stand for")
        where: list[int | slice] = []
        for axis, size in zip(found.axes, found.values.shape, strict=True):
            place = at.get(axis, 0)
            if axis in (along, by):
                where.append(slice(None))
            elif 0 <= place < size:
                where.append(place)
            else:
                raise UsageError(f"axis '{axis}' of {name}/{array} has the places 0 to {size - 1}, and no {place}")
        cut = found.values[tuple(where)]
        if by and found.axes.index(by) > found.axes.index(along):
            cut = cut.T
        table: NDArray[Any] = cut if by else cut[None]
        every = -(-table.shape[0] // MOST_ROWS), -(-table.shape[1] // LONGEST)
        rows = table[:: every[0], :: every[1]]
        return {
            "along": along,
            "by": by,
            "x": _labels(found, along)[:: every[1]],
            "names": _labels(found, by)[:: every[0]] if by else [array],
            "rows": [[_plain(value) for value in row] for row in rows],
            "every": list(every),
            "unit": "" if found.unit == "1" else found.unit,
            "at": {axis: at.get(axis, 0) for axis in found.axes if axis not in (along, by)},
        }

    def where_from(self, film: Mapping[str, Any], source: str) -> dict[str, Any]:
        """All that is told of the number at ``result/quantity[1,2]``, or of the words at ``result:fact``.

        Raises:
            TapeheadError: the text names none.
        """
        if fact := fact_of(source):
            told = result_of(film, fact[0])
            return {"result": fact[0], "array": "", "index": [], "value": "", "name": source, **_of_result(told)}
        place = place_of(source, lambda name: self.result(film, name))
        told = result_of(film, place.result)
        quantity = next(each for each in told["quantities"] if each["name"] == place.array)
        return {
            "result": place.result,
            "array": place.array,
            "index": list(place.index),
            "value": with_unit(place.value, place.unit),
            "exact": repr(place.value),
            "name": place.name,
            "n": quantity["n"],
            "control": quantity["control"],
            **_of_result(told),
        }

    def _quantity(self, film: Mapping[str, Any], name: str, array: str) -> Quantity:
        quantities = self.result(film, name).quantities
        if array not in quantities:
            raise UsageError(f"result '{name}' has no '{array}'; it has {', '.join(sorted(quantities))}")
        return quantities[array]


def result_of(film: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """What the film tells of a result.

    Raises:
        UsageError: there is none of that name.
    """
    for each in film["results"]:
        if each["id"] == name:
            found: Mapping[str, Any] = each
            return found
    known = ", ".join(each["id"] for each in film["results"])
    raise UsageError(f"there is no result '{name}'; there are {known or 'none'}")


def _of_result(told: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("origin", "model", "citation", "code", "sentence", "digest", "run")
    return {key: told[key] for key in kept}


def _labels(found: Quantity, axis: str) -> list[str]:
    size = found.values.shape[found.axes.index(axis)]
    return list(found.labels.get(axis, ())) or [str(place) for place in range(size)]


def _plain(value: Any) -> float | int | bool | None:
    plain = value.item()
    return None if isinstance(plain, float) and not np.isfinite(plain) else plain
