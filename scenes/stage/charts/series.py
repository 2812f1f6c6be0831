"""What a chart shows: one row of numbers of a result, over another or over labels.  A number that is drawn was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Quantity, Reading, Result
from tapehead.scenes.stage.charts.scales import finite
from tapehead.scenes.stage.facts import Told


@dataclass(frozen=True)
class Series:
    """One row of a result: ``y`` over ``x``, or over the places of its own axis where ``x`` is not given.

    ``where`` fixes all axes but one, by label or number.  ``low`` and ``high`` name the ends of intervals; ``band``
    names one quantity that holds both, with a last axis of two.  ``label`` stands beside it in the chart.

    Raises:
        EpisodeError: a quantity has more than one axis left, or ``y``, ``x`` and the ends differ in length.
    """

    result: Result
    y: str
    x: str = ""
    label: str = ""
    colour: str = ""
    where: Mapping[str, int | str] = field(default_factory=dict)
    low: str = ""
    high: str = ""
    band: str = ""

    def __post_init__(self) -> None:
        size = len(self.ys)
        if self.x and len(self.xs) not in (size, size + 1):
            raise EpisodeError(f"{self.called}: '{self.x}' has {len(self.xs)} values, and '{self.y}' has {size}")
        if bool(self.low) != bool(self.high):
            raise EpisodeError(f"{self.called}: an interval has two ends; give low and high, or band")
        if (ends := self.ends) is not None and ends.shape != (size, 2):
            raise EpisodeError(f"{self.called}: its intervals have the shape {ends.shape}; wanted is ({size}, 2)")

    @property
    def called(self) -> str:
        """How a message names it."""
        return f"series '{self.result.name}/{self.y}'"

    @property
    def ys(self) -> np.ndarray:
        """The values, flat."""
        return finite(self._row(self.y), self.called)

    @property
    def xs(self) -> np.ndarray:
        """What they are drawn over; 0, 1, 2 … without ``x``."""
        return finite(self._row(self.x), f"{self.called} over '{self.x}'") if self.x else np.arange(float(len(self.ys)))

    @property
    def ends(self) -> np.ndarray | None:
        """Intervals, (n, 2), or none."""
        if self.band:
            values = self._quantity(self.band)
            return np.asarray(self._row(self.band, pair=True), float) if values.values.ndim else None
        if self.low:
            return np.stack([self._row(self.low), self._row(self.high)], axis=-1).astype(float)
        return None

    @property
    def names(self) -> tuple[Told, ...]:
        """The labels of the places, which know where they were read; empty where they have none."""
        labels = self._quantity(self.y).labels.get(self.axis, ())
        return tuple(Told(label, f"{self.result.name}/{self.y}:{self.axis}") for label in labels)

    @property
    def axis(self) -> str:
        """The axis along which the row lies."""
        left = [axis for axis in self._quantity(self.y).axes if axis not in self.where]
        return left[0] if left else ""

    def unit(self, of_x: bool = False) -> str:
        """The unit as an axis has it; empty for plain numbers."""
        if of_x and not self.x:
            return ""
        unit = self._quantity(self.x if of_x else self.y).unit
        return "" if unit == "1" else unit

    def reading(self, index: int) -> Reading:
        """One of the values, to be shown as a number.

        Raises:
            EpisodeError: there is none at that place.
        """
        if not -len(self.ys) <= index < len(self.ys):
            raise EpisodeError(f"{self.called} has {len(self.ys)} values; asked for number {index}")
        return self.result.read(self.y, **{**self._fixed(self.y), self.axis: index % len(self.ys)})

    def x_reading(self, index: int) -> Reading:
        """What one of the values is drawn over, to be shown as a number.

        Raises:
            EpisodeError: there is no such value, or no single number that it is drawn over.
        """
        self.reading(index)
        other = "{value} is the value, and any other number is a field: x=result.read(...)"
        if not self.x:
            raise EpisodeError(f"{self.called} is drawn over the places of '{self.axis}' and has no x to read; {other}")
        if len(self.xs) != len(self.ys):
            raise EpisodeError(f"{self.called} is drawn from one '{self.x}' to the next and has no single x; {other}")
        fixed = self._fixed(self.x)
        (along,) = (axis for axis in self._quantity(self.x).axes if axis not in fixed)
        return self.result.read(self.x, **{**fixed, along: index % len(self.ys)})

    def _quantity(self, name: str) -> Quantity:
        return self.result.quantity(name)

    def _fixed(self, name: str) -> dict[str, int | str]:
        axes = self._quantity(name).axes
        return {axis: at for axis, at in self.where.items() if axis in axes}

    def _row(self, name: str, pair: bool = False) -> np.ndarray:
        quantity, fixed = self._quantity(name), self._fixed(name)
        if name == self.y and (strange := set(self.where) - set(quantity.axes)):
            raise EpisodeError(f"{self.called} has no axis '{min(strange)}'; it has {', '.join(quantity.axes)}")
        left = [axis for axis in quantity.axes if axis not in fixed]
        if len(left) != 1 + pair:
            raise EpisodeError(
                f"series '{self.result.name}/{name}' has the axes {', '.join(quantity.axes) or 'none'}; fix all but "
                f"{'two' if pair else 'one'} of them: where={{'axis': place}}"
            )
        place = quantity.index({**fixed, **dict.fromkeys(left, 0)})
        at = tuple(slice(None) if axis in left else n for axis, n in zip(quantity.axes, place, strict=True))
        return quantity.values[at]


def each_of(result: Result, y: str, axis: str, **options: Any) -> tuple[Series, ...]:
    """One series per place of an axis, named by its label: ``each_of(r, "share", "group", x="n")``.

    ``options`` are those of :class:`Series`.

    Raises:
        EpisodeError: the quantity has no such axis.
    """
    quantity, where = result.quantity(y), dict(options.pop("where", {}))
    if axis not in quantity.axes:
        raise EpisodeError(f"'{result.name}/{y}' has no axis '{axis}'; it has {', '.join(quantity.axes) or 'none'}")
    size = quantity.values.shape[quantity.axes.index(axis)]
    labels = quantity.labels.get(axis) or tuple(str(n) for n in range(size))
    source = f"{result.name}/{y}:{axis}"
    return tuple(
        Series(result, y, where={**where, axis: n}, label=Told(label, source), **options)
        for n, label in enumerate(labels)
    )
