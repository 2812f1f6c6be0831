"""Curves of functions whose parameters were read from results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Reading, Result, quantity
from tapehead.scenes.stage.charts.series import Series

_STEPS = 240
"""Places at which a function is taken."""


def along(low: float, high: float, logarithmic: bool = False) -> np.ndarray:
    """Places from one end of an axis to the other, evenly spread over it."""
    return np.geomspace(low, high, _STEPS) if logarithmic else np.linspace(low, high, _STEPS)


@dataclass(frozen=True)
class Function:
    """``rule(x, *parameters)``, of arrays; parameters are readings: ``Function(line, r.read("at"), r.read("slope"))``.

    Raises:
        EpisodeError: a parameter is a plain number, and so nobody could say where it came from.
    """

    rule: Callable[..., Any]
    parameters: tuple[Reading, ...] = ()
    label: str = ""
    colour: str = ""

    def __post_init__(self) -> None:
        for each in self.parameters:
            if not isinstance(each, Reading):
                raise EpisodeError(
                    f"a function's parameters are readings; got {each!r}. Use result.read(...), or compute it in the "
                    "analysis"
                )

    @property
    def called(self) -> str:
        """How a message names it."""
        return f"function '{self.label or getattr(self.rule, '__name__', 'rule')}'"

    @property
    def source(self) -> str:
        """What its record says: the results of its parameters."""
        return ", ".join(dict.fromkeys(each.source for each in self.parameters)) or self.called

    def values(self, xs: np.ndarray) -> np.ndarray:
        """Its values, flat; not finite where it has none.

        Raises:
            EpisodeError: the rule does not take an array, or gives back none of that length.
        """
        try:
            with np.errstate(all="ignore"):
                ys = np.asarray(self.rule(xs, *map(float, self.parameters)), float)
        except (TypeError, ValueError) as error:
            raise EpisodeError(f"{self.called} cannot be computed for an array of x: {error}") from None
        if ys.ndim == 0:
            ys = np.full(len(xs), float(ys))
        if ys.shape != xs.shape:
            raise EpisodeError(f"{self.called} gives {ys.shape} for {xs.shape} places; it takes and gives one row")
        return ys

    def series(self, over: Sequence[float], logarithmic: bool = False) -> Series:
        """As a row of values over an interval.

        Raises:
            EpisodeError: it has a pole or a gap there.
        """
        low, high = over
        if not low < high:
            raise EpisodeError(f"{self.called} is drawn over (low, high); got {low:g}, {high:g}")
        xs = along(low, high, logarithmic)
        found = {"x": quantity(xs, "place"), "y": quantity(self.values(xs), "place")}
        return Series(Result(found, name=self.source), "y", x="x", label=self.label, colour=self.colour)
