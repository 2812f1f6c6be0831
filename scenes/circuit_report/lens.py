"""Seventh scene: what would be said on every floor, on the texts and on their twins; who writes most of it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Create,
    DashedLine,
    FadeIn,
    FadeOut,
    GrowFromEdge,
    Line,
    SurroundingRectangle,
    VGroup,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Words
from tapehead.scenes.stage.meters import BarChart
from tapehead.scenes.stage.palette import FAINT, GOOD, HIGHLIGHT, INK, SOFT

from .parts import shaded, tower_of

LEFT_END, WIDTH, FOOT, TALL = -5.2, 10.0, -1.9, 4.2

LEAST = 1.0
"""So much of the meter the plot spans at least: noise is not to look like a lead."""


class Lens(StageScene):
    """Two curves over the floors; then shares of the meter on the tower."""

    def construct(self) -> None:
        self.curves()
        self.writer()
        self.clear_stage(run_time=0.4)

    def curves(self) -> None:
        """The mean lead after every floor, and the floor from which half of it stays."""
        found = self.result("lens")
        texts, twins = found["difference"], found["difference_corrupted"]
        low, high = min(0.0, *texts, *twins), max(0.0, *texts, *twins)
        high = max(high, low + LEAST)
        self.unit = TALL / (high - low)
        self.low, self.rows = low, len(texts)
        axis = VGroup(
            Line(self.at(0, low), self.at(0, high)).set_stroke(FAINT, 4),
            Line(self.at(0, 0), self.at(self.rows - 1, 0)).set_stroke(FAINT, 4),
        )
        ends = VGroup(
            Words("ground", size=SMALL, color=SOFT).move_to(self.at(0, low) + 0.45 * DOWN),
            Words("top floor", size=SMALL, color=SOFT).move_to(self.at(self.rows - 1, low) + 0.45 * DOWN),
        )
        title = Words("the lead, if it had to speak here", size=HEADING, color=SOFT).move_to([0, 3.2, 0])
        lead, grey = self.curve(texts, HIGHLIGHT), self.curve(twins, SOFT, 5)
        name = Words("{x:.1f}", x=found.read("difference", row=self.rows - 1), size=BODY, color=HIGHLIGHT)
        name.next_to(self.at(self.rows - 1, texts[-1]), RIGHT, buff=0.2)
        tower = tower_of(self.result("prompts"), width=6.6, height=4.6).move_to([0, 0.4, 0])
        stop = SurroundingRectangle(tower.floor(0), buff=0.08).set_stroke(INK, 6)
        with self.say("lens.idea") as cue:
            self.play(FadeIn(tower), run_time=0.6)
            cue.until("stop")
            self.play(FadeIn(stop), run_time=0.2)
            floors = list(range(1, tower.layers))[:: max(1, tower.layers // 6)]
            share = max(0.15, cue.to("read") / max(1, len(floors)))
            for floor in floors:
                self.play(stop.animate.set_y(tower.floor(floor).get_y()), run_time=share)
            cue.until("read")
            self.play(FadeOut(tower), FadeOut(stop), FadeIn(axis), FadeIn(ends), FadeIn(title), run_time=0.5)
            self.play(Create(lead), run_time=max(0.6, cue.left - 0.1))
        turn = int(found["turn"])
        with self.say("lens.turn") as cue:
            self.play(FadeIn(name), run_time=0.3)
            cue.until("half")
            if self.variant("lens.turn") != "none" and 0 <= turn < self.rows:
                post = DashedLine(self.at(turn, low), self.at(turn, high)).set_stroke(INK, 4)
                self.play(Create(post), run_time=0.6)
            cue.until("grey")
            self.play(Create(grey), run_time=max(0.5, cue.left - 0.2))
        self.clear_stage(run_time=0.4)

    def at(self, row: int, value: float) -> np.ndarray:
        """Where a value of a row lies."""
        x = LEFT_END + WIDTH * row / max(1, self.rows - 1)
        return np.array([x, FOOT + self.unit * (float(value) - self.low), 0.0])

    def curve(self, values: Sequence[float] | np.ndarray, colour: str, width: float = 8) -> VGroup:
        """Straight pieces from floor to floor."""
        points = [self.at(row, value) for row, value in enumerate(values)]
        return VGroup(*(Line(a, b).set_stroke(colour, width) for a, b in itertools.pairwise(points)))

    def writer(self) -> None:
        """Each head's share of the meter, and that of the largest on the texts and on the twins."""
        found = self.result("attribution")
        layer, head = int(found["best_layer"]), int(found["best_head"])
        tower = tower_of(self.result("prompts"), width=5.6, height=4.4).move_to([-3.4, 0.4, 0])
        shaded(tower, found["heads"], None, GOOD)
        ring = tower.ring(layer, head, INK)
        name = Words("head {name}", name=found.facts["best"], size=BODY).next_to(tower, UP, buff=0.25)
        readings = [found.read(array, layer=layer, head=head) for array in ("heads", "heads_corrupted")]
        largest = max(abs(float(reading)) for reading in readings)
        chart = BarChart(
            readings,
            ["texts", "twins"],
            [HIGHLIGHT, SOFT],
            unit=1.5 / max(largest, 0.1 * LEAST),
            spec=".1f",
            height=0.7,
        )
        chart.shift(np.array([3.7, 0.9, 0]) - chart.zero.get_top())
        with self.say("lens.writer") as cue:
            self.play(FadeIn(tower), run_time=0.5)
            cue.until("writer")
            self.play(FadeIn(ring, scale=1.5), FadeIn(name), run_time=0.5)
            for number, mark in ((0, "adds"), (1, "twins")):
                cue.until(mark)
                side = LEFT if readings[number] >= 0 else RIGHT
                self.play(
                    FadeIn(chart.zero),
                    FadeIn(chart.names[number]),
                    GrowFromEdge(chart.bars[number], side),
                    FadeIn(chart.values[number]),
                    run_time=0.6,
                )
