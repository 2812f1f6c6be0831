"""A chart of nothing but functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from manim import AnimationGroup

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Reading
from tapehead.scenes.stage.charts.chart import Box
from tapehead.scenes.stage.charts.functions import Function
from tapehead.scenes.stage.charts.xy import LineChart


class FunctionChart(LineChart):
    """Functions over an interval ``over=(low, high)``; ``update_to`` takes functions, ``room_for`` those to come.

    ``highlight(index, series)`` takes the places 0 to 239 along the axis.

    Raises:
        EpisodeError: a function has no finite values there, or the box is too small.
    """

    def __init__(
        self,
        *functions: Function,
        over: Sequence[float],
        x: str = "x",
        y: str = "",
        x_scale: str = "linear",
        y_scale: str = "linear",
        zero: bool = False,
        room_for: Sequence[Function] = (),
        box: Box = Box(),  # noqa: B008  (frozen)
    ) -> None:
        self._over = tuple(over)
        self._logarithmic = x_scale == "log"
        shown, room = ([self._as_series(each) for each in group] for group in (functions, room_for))
        super().__init__(*shown, x=x, y=y, x_scale=x_scale, y_scale=y_scale, zero=zero, room_for=room, box=box)

    def _as_series(self, function: Function) -> Any:
        return function.series(self._over, self._logarithmic)

    def update_to(self, *series: Any, run_time: float = 1.0) -> AnimationGroup:
        """Let the functions become others, on the same axes.

        Raises:
            EpisodeError: one of them leaves the axes; give the chart ``room_for=[...]`` when it is made.
        """
        return super().update_to(*map(self._as_series, series), run_time=run_time)

    def _own_reading(self, index: int, series: int) -> Reading:
        raise EpisodeError("a curve's value was not read from a result; give the annotation x=result.read(...)")
