"""Results: arrays with named axes, units and an origin.

A number may appear on screen only as a :class:`Reading`, and a reading can only be taken from a
:class:`Result`.  That is how "every number on screen was computed" is kept by construction and not by care.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tapehead.analysis.errors import ResultError
from tapehead.analysis.outside_files import shown


class Origin(enum.StrEnum):
    """Where a result comes from; decides the badge that a scene shows."""

    COMPUTED = "computed"
    PUBLISHED = "published"
    ILLUSTRATION = "illustration"


class Reading(float):
    """One number of one result, with the place it was read from.

    Arithmetic on a reading gives a plain ``float`` again: a derived number has to be computed by the
    analysis, not by the scene.
    """

    result: str
    array: str
    index: tuple[int, ...]
    unit: str

    def __new__(cls, value: float, result: str, array: str, index: tuple[int, ...], unit: str) -> Reading:
        """Make a reading of ``value`` found at ``result``/``array``/``index``."""
        self = super().__new__(cls, value)
        self.result, self.array, self.index, self.unit = result, array, index, unit
        return self

    def __getnewargs__(self) -> tuple[float, str, str, tuple[int, ...], str]:  # type: ignore[override]
        """What a copy is made from: mobjects that hold readings are copied by Manim."""
        return float(self), self.result, self.array, self.index, self.unit

    @property
    def source(self) -> str:
        """``result/array[i,j]``: what the cue list records beside the text that was shown."""
        return f"{self.result}/{self.array}[{','.join(map(str, self.index))}]"


@dataclass(frozen=True)
class Quantity:
    """An array, the names of its axes, the labels along them and its unit.

    ``axes`` has one name per dimension; ``labels`` maps an axis name to one label per position
    (axes without labels are addressed by number).
    """

    values: np.ndarray
    axes: tuple[str, ...] = ()
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unit: str = "1"

    def __post_init__(self) -> None:
        values = np.asarray(self.values)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "axes", tuple(self.axes))
        object.__setattr__(self, "labels", {k: tuple(v) for k, v in self.labels.items()})
        if values.ndim != len(self.axes):
            raise ResultError(
                f"an array of {values.ndim} dimensions was given {len(self.axes)} axis names: {self.axes}"
            )
        if values.dtype.kind not in "biuf":
            raise ResultError(f"a quantity holds numbers; found dtype {values.dtype}")
        for axis, labels in self.labels.items():
            if axis not in self.axes:
                raise ResultError(f"labels for an axis that is not there: '{axis}'; axes are {self.axes}")
            size = values.shape[self.axes.index(axis)]
            if len(labels) != size:
                raise ResultError(f"axis '{axis}' has {size} places and {len(labels)} labels")
        values.setflags(write=False)

    def index(self, where: Mapping[str, int | str]) -> tuple[int, ...]:
        """Turn ``axis=label`` or ``axis=number`` into a full index.

        Raises:
            ResultError: an axis is missing, unknown, or has no such label or place.
        """
        unknown = set(where) - set(self.axes)
        missing = set(self.axes) - set(where)
        if unknown or missing:
            raise ResultError(f"axes are {self.axes}; unknown: {sorted(unknown)}, not given: {sorted(missing)}")
        found = []
        for axis, size in zip(self.axes, self.values.shape, strict=True):
            at = where[axis]
            if isinstance(at, str):
                labels = self.labels.get(axis, ())
                if at not in labels:
                    raise ResultError(f"axis '{axis}' has no place '{at}'; it has {', '.join(labels) or 'no labels'}")
                at = labels.index(at)
            if not -size <= at < size:
                raise ResultError(f"axis '{axis}' has {size} places; asked for {at}")
            found.append(int(at) % size)
        return tuple(found)


@dataclass(frozen=True)
class Result:
    """What an analysis returns: named quantities, their origin, and for whom they hold.

    ``model`` names the model for the badge ("recomputed now: mini"); ``citation`` is required for
    published numbers; ``facts`` holds short texts (a model digest, a sample's seed) for provenance.
    """

    quantities: Mapping[str, Quantity]
    origin: Origin = Origin.COMPUTED
    citation: str = ""
    model: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.quantities, Mapping):
            raise ResultError(f"a result holds quantities by name; found {type(self.quantities).__name__}")
        for name, one in self.quantities.items():
            if not isinstance(name, str) or not isinstance(one, Quantity):
                raise ResultError(
                    f"a result holds quantities by name; found {type(one).__name__} under {shown(name)}: "
                    "write quantity(values, axes...)"
                )
        if self.origin is Origin.PUBLISHED and not self.citation:
            raise ResultError(f"result '{self.name}' is published and has no citation")

    def __getitem__(self, array: str) -> np.ndarray:
        """The values of one quantity, read-only."""
        return self.quantity(array).values

    def quantity(self, array: str) -> Quantity:
        """One quantity by name.

        Raises:
            ResultError: there is none of that name.
        """
        try:
            return self.quantities[array]
        except KeyError:
            raise ResultError(
                f"result '{self.name}' has no '{array}'; it has {', '.join(sorted(self.quantities))}"
            ) from None

    def read(self, array: str, **where: int | str) -> Reading:
        """Read one number: ``result.read("nap", cat="Tom")``.

        Raises:
            ResultError: the quantity, an axis or a label is not there, or the number is not finite.
        """
        quantity = self.quantity(array)
        index = quantity.index(where)
        value = float(quantity.values[index])
        if not np.isfinite(value):
            raise ResultError(f"{self.name}/{array}{list(index)} is {value}: it cannot be shown")
        return Reading(value, self.name, array, index, quantity.unit)

    def row(self, array: str, along: str, **where: int | str) -> list[Reading]:
        """All readings along one axis, the others fixed."""
        quantity = self.quantity(array)
        if along not in quantity.axes:
            raise ResultError(f"{self.name}/{array} has no axis '{along}'; it has {quantity.axes}")
        size = quantity.values.shape[quantity.axes.index(along)]
        return [self.read(array, **{**where, along: i}) for i in range(size)]


def quantity(values: Any, *axes: str, unit: str = "1", labels: Mapping[str, Sequence[str]] | None = None) -> Quantity:
    """Short form for analyses: ``quantity(W, "output", "input", labels={...})``."""
    return Quantity(np.asarray(values), axes, {k: tuple(v) for k, v in (labels or {}).items()}, unit)
