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


KINDS: Mapping[str, Kind] = {
    "plane-map": Kind(("W", "points", "answers")),
    "grid": Kind((), free=True),
    "lines": Kind((), free=True),
    "network": Kind((), ("heads", "mlps")),
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
        data[name] = _quantity(found, origins[result], array, place)
    made: dict[str, Any] = {"id": toy.id, "kind": toy.kind, "title": toy.title, "data": data, "options": toy.options}
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
        "source": f"{origin.result}/{array}",
        "digest": origin.digest[:12],
        "origin": str(origin.own.origin),
        "model": origin.own.model,
    }


def scripts(kinds: Sequence[str]) -> str:
    """The page's own script with the code of these kinds of toys and of no other."""
    names = ["kit.js", *(f"toys/{kind}.js" for kind in sorted(set(kinds))), "page.js"]
    return "\n".join((WEB / name).read_text(encoding="utf-8") for name in names)


def table(toy: Mapping[str, Any], most: int = 12) -> list[list[str]]:
    """A toy's numbers as rows, for those who have no script: the first quantity that is small enough, else nothing."""
    for name, one in toy["data"].items():
        if len(one["values"]) <= most:
            shape = tuple(one["shape"])
            like = Quantity(np.zeros(shape), one["axes"], one["labels"], one["unit"])
            return [
                [", ".join(f"{axis} {label}" for axis, label in named(like, index)) or name, f"{value:.6g}"]
                for index, value in zip(np.ndindex(*shape), one["values"], strict=True)
                if value is not None
            ]
    return []
