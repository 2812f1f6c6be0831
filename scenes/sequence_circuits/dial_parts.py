"""The replay of a pruning run: lights that go off and come back, step by step, and the meter at every try."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, DashedLine, Dot, Line, Mobject, ValueTracker, VGroup

from tapehead.analysis.results import Reading
from tapehead.scenes.stage.circuits import DARK, LIT, Tower
from tapehead.scenes.stage.lettering import BODY, SMALL, Words
from tapehead.scenes.stage.meters import Readout
from tapehead.scenes.stage.palette import BAD, FAINT, HIGHLIGHT, INK, SOFT


class Replay:
    """A tower and a chart that follow ``step``, a tracker that runs from 0 to the number of decisions.

    While step k is tried, its cell has a frame; after it, the cell is dark (removed) or lit (put back).  The chart has
    one dot per decision at the meter's reading of that try: filled if the light stays off, a ring if it comes back on.

    Args:
        tower: all lit; it is changed in place.
        layer, head, removed, score: one value per decision.
        left: heads still lit after each decision, as readings.
        threshold: where the line is drawn.
    """

    LOW, HIGH = -10.0, 110.0

    def __init__(
        self,
        tower: Tower,
        layer: np.ndarray,
        head: np.ndarray,
        removed: np.ndarray,
        score: np.ndarray,
        left: Sequence[Reading],
        threshold: Reading,
        *,
        width: float = 5.6,
        height: float = 3.6,
        dot: float = 0.05,
    ) -> None:
        self.tower, self.step = tower, ValueTracker(0.0)
        self.cells = [(int(a), int(b)) for a, b in zip(layer, head, strict=True)]
        self.removed = np.asarray(removed, dtype=bool)
        self.steps = len(self.cells)
        self._width, self._height = width, height
        self._done = 0
        self.floor = Line(self.at(0, 0), self.at(self.steps, 0)).set_stroke(FAINT, 3)
        self.wall = Line(self.at(0, self.LOW), self.at(0, self.HIGH)).set_stroke(FAINT, 3)
        ends = self.at(0, float(threshold)), self.at(self.steps, float(threshold))
        self.line = DashedLine(*ends, dash_length=0.12).set_stroke(INK, 3)
        self.dots = VGroup()
        for k, (value, off) in enumerate(zip(score, self.removed, strict=True)):
            mark = Dot(self.at(k + 0.5, float(value)), radius=dot, stroke_width=0)
            self.dots.add(mark.set_fill(HIGHLIGHT if off else BAD, 0))
        eighty = Words("{x:.0f} %", x=threshold, size=SMALL).next_to(self.line, LEFT, buff=0.25)
        self.key = VGroup(_key("stays off", HIGHLIGHT), _key("comes back", BAD)).arrange(RIGHT, buff=0.6)
        self.key.next_to(VGroup(self.wall, self.floor), DOWN, buff=0.35)
        self.axes = VGroup(self.floor, self.wall, self.line, eighty)
        self.chart = VGroup(self.axes, self.dots, self.key)
        self.count = Readout(
            "{x:.0f} heads on", left, self.step, keys=np.arange(1, self.steps + 1), size=BODY, color=HIGHLIGHT
        )
        self.ring = tower.ring(*self.cells[0])

    def at(self, step: float, score: float) -> np.ndarray:
        """Where a decision and a meter's reading lie in the chart, before it is moved."""
        share = (np.clip(score, self.LOW, self.HIGH) - self.LOW) / (self.HIGH - self.LOW)
        return np.array([self._width * step / self.steps, self._height * share, 0.0])

    def place(self, at: Sequence[float]) -> Replay:
        """The chart, with the count above it."""
        self.chart.move_to(np.array(at))
        self.count.next_to(self.wall, UP, buff=0.3).align_to(self.wall, LEFT)
        return self

    def start(self) -> None:
        """From now on tower, frame and dots follow the tracker."""
        self.tower.add_updater(self._follow)  # the tower is drawn first, so all that follows is drawn anew
        self._shown = self.count.words
        self.count.add_updater(self._only_one)

    def stop(self) -> None:
        """They stay as they are."""
        self._follow(self.tower)
        self.tower.clear_updaters()
        self.count.clear_updaters()

    def _only_one(self, _: Mobject) -> None:
        """Manim lists what it draws when an animation starts: a number that was replaced has to be hidden as well."""
        if self.count.words is not self._shown:
            self._shown.set_opacity(0)
            self._shown = self.count.words

    def _follow(self, _: Mobject) -> None:
        done = int(np.clip(np.floor(self.step.get_value() + 1e-6), 0, self.steps))
        for k in range(self._done, done):
            self.dots[k].set_fill(opacity=0.95)
            off = self.removed[k]
            self.tower.paint(*self.cells[k], DARK if off else LIT, 1.0 if off else 0.9)
        self._done = max(done, self._done)
        if done < self.steps:
            self.ring.become(self.tower.ring(*self.cells[done]))
            self.tower.paint(*self.cells[done], FAINT, 1.0)
        else:
            self.ring.set_stroke(opacity=0)


def _key(text: str, colour: str) -> VGroup:
    mark = Dot(radius=0.1, stroke_width=0).set_fill(colour, 1)
    return VGroup(mark, Words(text, size=SMALL, color=SOFT)).arrange(RIGHT, buff=0.18)
