"""Figures that can be touched: which kinds there are, and the numbers that each of them takes along.

A toy's code is a file of ``web/toys``; what it shows comes from the quantities that ``page.toml`` names, or is computed
in the page from those, in which case the tests hold it against Python.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tapehead.analysis.errors import EpisodeError, ResultError, UnknownNameError
from tapehead.analysis.results import Quantity
from tapehead.render.page.declared import FILE, Toy
from tapehead.render.page.network import network_data
from tapehead.render.page.pictures import packed
from tapehead.render.page.sources import Load, Origin, named
from tapehead.scenes.episode import Episode

WEB = Path(__file__).parent / "web"
_MOST = 60_000
"""Numbers of one quantity: a page is read on a phone."""


@dataclass(frozen=True)
class Kind:
    """What a kind of toy has to be given: names of quantities, those that it may be given, and how many axes each."""

    needs: tuple[str, ...]
    may: tuple[str, ...] = ()
    free: bool = False
    """Whether it takes quantities of any name besides."""
    pictures: tuple[str, ...] = ()
    """Which of them are pictures: they travel packed, value for value."""
    facts: tuple[str, ...] = ()
    """Lists of words that it needs."""


KINDS: Mapping[str, Kind] = {
    "plane-map": Kind(("W", "points", "answers")),
    "grid": Kind((), free=True),
    "lines": Kind((), free=True),
    "network": Kind((), ("heads", "mlps")),
    "pictures": Kind(("picture",), free=True, pictures=("picture",)),
    "ellipse": Kind((), free=True),
    "folds": Kind(("x", "y", "linked")),
    "splits": Kind(("table",), ("published",)),
    "threshold": Kind(("signal", "control"), free=True),
    "looks": Kind(("single", "measured", "low", "high", "looks")),
    "projection": Kind(("edit", "protect"), ("null",)),
    "fence": Kind(("x", "kind", "w", "b")),
    "overlap": Kind(("activation",), ("picture",), pictures=("picture",)),
    "turns": Kind(("weights", "solved", "solution")),
    "matcher": Kind(("edge", "label"), facts=("names", "labels", "clues")),
}


def toy_data(toy: Toy, episode: Episode, load: Load, origins: Mapping[str, Origin]) -> dict[str, Any]:
    """What the page's script reads: plain data, NaN as null.

    Raises:
        EpisodeError: the kind is unknown, a quantity is missing or not there, or there is too much of it.
    """
    place = f"{episode.folder / FILE}, toy '{toy.id}'"
    if toy.kind not in KINDS:
        raise EpisodeError(f"{place}: {UnknownNameError('kind of toy', toy.kind, KINDS)}")
    kind = KINDS[toy.kind]
    if missing := [name for name in kind.needs if name not in toy.data]:
        raise EpisodeError(f"{place}: a {toy.kind} needs {missing[0]} in [toy.data], a quantity as in result/quantity")
    if missing := [name for name in kind.facts if name not in toy.facts]:
        raise EpisodeError(f"{place}: a {toy.kind} needs {missing[0]} in [toy.facts], words as in result:fact")
    data = {}
    for name, source in toy.data.items():
        if not kind.free and name not in (*kind.needs, *kind.may):
            raise EpisodeError(f"{place}: a {toy.kind} takes no '{name}'; it takes {', '.join(kind.needs + kind.may)}")
        result, _, array = source.partition("/")
        if result not in origins:
            raise EpisodeError(f"{place}: {UnknownNameError('result', result, origins)}")
        try:
            found = load(result).quantity(array)
        except ResultError as error:
            raise EpisodeError(f"{place}: {error}") from None
        if name in kind.pictures:
            most = toy.options.get("most_of", {})
            data[name] = packed(found, most, f"{place}, {source}") | _told(origins[result], array)
        else:
            data[name] = _quantity(found, origins[result], array, place)
    facts = {name: _words(source, load, origins, place) for name, source in toy.facts.items()}
    made: dict[str, Any] = {"id": toy.id, "kind": toy.kind, "title": toy.title, "data": data, "options": toy.options}
    made |= {"facts": facts} if facts else {}
    return made | ({"network": network_data(toy.options, episode.seed, place)} if toy.kind == "network" else {})


def _quantity(quantity: Quantity, origin: Origin, array: str, place: str) -> dict[str, Any]:
    if quantity.values.size > _MOST:
        raise EpisodeError(f"{place}: {origin.result}/{array} has {quantity.values.size} numbers, and {_MOST} are most")
    flat = np.asarray(quantity.values, dtype=float).ravel()
    return {
        "values": [float(value) if np.isfinite(value) else None for value in flat],
        "shape": list(quantity.values.shape),
        "axes": list(quantity.axes),
        "labels": {axis: list(labels) for axis, labels in quantity.labels.items()},
        "unit": quantity.unit,
    } | _told(origin, array)


def _told(origin: Origin, array: str) -> dict[str, str]:
    """Where a quantity was read, as each toy says below its figure."""
    return {
        "source": f"{origin.result}/{array}",
        "digest": origin.digest[:12],
        "origin": str(origin.own.origin),
        "model": origin.own.model,
    }


def _words(source: str, load: Load, origins: Mapping[str, Origin], place: str) -> list[str]:
    result, _, fact = source.partition(":")
    if result not in origins:
        raise EpisodeError(f"{place}: {UnknownNameError('result', result, origins)}")
    found = load(result).facts.get(fact)
    if not isinstance(found, list | tuple) or not all(isinstance(word, str) for word in found):
        raise EpisodeError(f"{place}: the fact '{fact}' of {result} is no list of words")
    return list(found)


def scripts(kinds: Sequence[str]) -> str:
    """The page's own script with the code of these kinds of toys and of no other."""
    names = ["kit.js", "parts.js", *(f"toys/{kind}.js" for kind in sorted(set(kinds))), "page.js"]
    return "\n".join((WEB / name).read_text(encoding="utf-8") for name in names)


def table(toy: Mapping[str, Any], most: int = 12) -> list[list[str]]:
    """A toy's numbers as rows, for those who have no script: the first quantity that is small enough, else how many
    numbers each quantity has, from where to where."""
    for name, one in toy["data"].items():
        if len(one.get("values", ())) in range(1, most + 1):
            shape = tuple(one["shape"])
            like = Quantity(np.zeros(shape), one["axes"], one["labels"], one["unit"])
            return [
                [", ".join(f"{axis} {label}" for axis, label in named(like, index)) or name, f"{value:.6g}"]
                for index, value in zip(np.ndindex(*shape), one["values"], strict=True)
                if value is not None
            ]
    return [[name, *_summed_up(one)] for name, one in toy["data"].items()]


def _summed_up(one: Mapping[str, Any]) -> tuple[str, str, str]:
    """How many, from where to where, and the one in the middle."""
    if "pictures" in one:
        return f"{len(one['pictures'])} pictures", "", ""
    there = np.asarray([value for value in one["values"] if value is not None], dtype=float)
    unit = "" if one["unit"] in ("1", "") else f" {one['unit']}"
    many = f"{len(one['values'])} numbers"
    if not there.size:
        return many, "none is there", ""
    return many, f"{there.min():.6g} to {there.max():.6g}{unit}", f"{np.median(there):.6g}{unit} in the middle"
