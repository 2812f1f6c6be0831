"""A line with its band and a law through it; then functions that become others."""

from __future__ import annotations

from typing import Any

import numpy as np

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.charts import Function, FunctionChart, chart_of, show
from tapehead.scenes.stage.palette import HIGHLIGHT

from .figures import STRAYS


def root_law(n: Any, sigma: float) -> Any:
    """How much the mean of n values strays that stray by sigma each."""
    return sigma / np.sqrt(n)


def odd_polynomial(x: Any, *coefficients: float) -> Any:
    """The sum of c_k x^(2k + 1)."""
    return sum(c * x ** (2 * k + 1) for k, c in enumerate(coefficients))


class Curves(StageScene):
    """Dice against the square root law, and the sine against its polynomials."""

    def construct(self) -> None:
        self.dice()
        self.sine()
        self.clear_stage(run_time=0.4)

    def dice(self) -> None:
        dice = self.result("dice")
        chart = chart_of(STRAYS, dice)
        law = chart.trace(Function(root_law, (dice.read("sigma"),), label="the law"))
        with self.say("curves.dice") as cue:
            self.play(chart.draw(max(1.5, cue.to("strays"))))
        with self.say("curves.law") as cue:
            cue.until("law")
            self.play(show(law))
        self.clear_stage(run_time=0.4)

    def sine(self) -> None:
        terms = self.result("sine").row("coefficient", "term")
        sine = Function(np.sin, label="sine")
        line, cubic, fifth = (
            Function(odd_polynomial, tuple(terms[: n + 1]), label=name, colour=HIGHLIGHT)
            for n, name in enumerate(("line", "cubic", "fifth degree"))
        )
        chart = FunctionChart(sine, line, over=(0, np.pi), room_for=[cubic, fifth])
        with self.say("curves.sine") as cue:
            self.play(chart.draw(max(1.2, cue.to("line"))))
        with self.say("curves.terms") as cue:
            cue.until("one")
            self.play(chart.update_to(sine, cubic))
            cue.until("next")
            self.play(chart.update_to(sine, fifth))
