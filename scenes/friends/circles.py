"""Ninth scene: two circles that nobody here made, judged as the towns were."""

from __future__ import annotations

import numpy as np
from manim import LEFT as TO_LEFT
from manim import Create, FadeIn, FadeOut, GrowFromEdge, Indicate, LaggedStart, Line, VGroup

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.intervals import Intervals
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, Words
from tapehead.scenes.stage.palette import BAD, INK, SOFT
from tapehead.scenes.stage.specks import specks

from .pictures import FRIEND, STRANGER

CLUB, NOVEL = "karate", "lesmis"
SIDES = {CLUB: -3.6, NOVEL: 3.6}
COLOURS = {CLUB: FRIEND, NOVEL: STRANGER}
NAMES = {CLUB: "a karate club", NOVEL: "Les Misérables"}


class Circles(StageScene):
    """Who they are, what the homework says, what is left, and a reason that nobody has tested."""

    def construct(self) -> None:
        self.found = self.result("circles")
        self.badge_for(self.found.origin)
        self.who()
        self.itself()
        self.honest()
        self.closed()
        self.clear_stage(run_time=0.4)

    def ring(self, name: str) -> VGroup:
        """As many dots as there are persons, on a circle."""
        many = round(float(self.found.read("persons", network=name)))
        turn = np.linspace(0, 2 * np.pi, many, endpoint=False)
        places = np.column_stack([SIDES[name] + 1.9 * np.cos(turn), 0.7 + 1.9 * np.sin(turn)])
        return specks(places, COLOURS[name], 0.13)

    def who(self) -> None:
        self.rings = {name: self.ring(name) for name in SIDES}
        self.titles = {
            name: Words(NAMES[name], size=BODY, color=COLOURS[name]).move_to([SIDES[name], 3.35, 0]) for name in SIDES
        }
        self.counts = {
            name: Words("{n:.0f}", n=self.found.read("persons", network=name), size=HUGE, color=COLOURS[name]).move_to(
                [SIDES[name], 0.7, 0]
            )
            for name in SIDES
        }
        with self.say("circles.who") as cue:
            self.play(*(FadeIn(ring) for ring in self.rings.values()), run_time=0.4)
            cue.until("two")
            self.play(*(Indicate(ring, color=INK, scale_factor=1.05) for ring in self.rings.values()), run_time=0.8)
            for mark, name in (("club", CLUB), ("novel", NOVEL)):
                cue.until(mark)
                self.play(FadeIn(self.titles[name]), FadeIn(self.counts[name]), run_time=0.6)

    def itself(self) -> None:
        told = {
            name: Words("{x:.0%}", x=self.found.read("itself", network=name), size=HUGE, color=COLOURS[name]).move_to(
                [SIDES[name], 0.7, 0]
            )
            for name in SIDES
        }
        worth = Words("its own homework", size=HEADING, color=BAD).move_to([0, -2.2, 0])
        with self.say("circles.itself") as cue:
            self.play(FadeIn(worth), run_time=0.5)
            for mark, name in (("club", CLUB), ("novel", NOVEL)):
                cue.until(mark)
                self.play(FadeOut(self.counts[name]), FadeIn(told[name]), run_time=0.5)
            cue.until("know")
            self.play(Indicate(worth, color=INK, scale_factor=1.08), run_time=0.9)
        self.play(
            *(FadeOut(each) for each in (*told.values(), *self.rings.values(), *self.titles.values(), worth)),
            run_time=0.4,
        )

    def honest(self) -> None:
        """Areas from one zero line, with the chance of a coin and the best of shuffled labels."""
        zero, unit = (-2.4, 1.4), 7.2
        rows = [tuple(self.found.read(f"honest{end}", network=name) for end in ("", "_low", "_high")) for name in SIDES]
        self.chart = Intervals(
            rows,
            ["club", "novel"],
            list(COLOURS.values()),
            zero=zero,
            unit=unit,
            step=1.9,
            thick=1.0,
            size=BODY,
        )
        title = Words("how often a friend outranks a stranger", size=BODY, color=SOFT).move_to([0.6, 3.1, 0])
        null = self.found.read("null_most")
        x = zero[0] + unit * float(null)
        line = Line([x, 2.4, 0], [x, -1.5, 0]).set_stroke(SOFT, 4)
        name = Words("shuffled {x:.2f}", x=null, size=SMALL, color=SOFT).move_to([x, -1.85, 0])
        with self.say("circles.honest") as cue:
            self.play(FadeIn(title), FadeIn(self.chart.zero), run_time=0.5)
            for n, mark in enumerate(("club", "novel")):
                cue.until(mark)
                self.play(FadeIn(self.chart.names[n]), GrowFromEdge(self.chart.bars[n], TO_LEFT), run_time=0.6)
                self.play(FadeIn(self.chart.whiskers[n]), FadeIn(self.chart.values[n]), run_time=0.3)
            cue.until("shuffled")
            self.play(Create(line), FadeIn(name), run_time=0.6)
            cue.until("more")
            self.play(Indicate(self.chart.values, color=INK, scale_factor=1.1), run_time=0.9)
        self.clear_stage(run_time=0.4)

    def closed(self) -> None:
        """Two friends of one: how often the third side of the triangle is there."""
        with self.say("circles.closed") as cue:
            corners = {name: [[x - 1.5, -0.6, 0], [x + 1.5, -0.6, 0], [x, 2.0, 0]] for name, x in SIDES.items()}
            sides = {
                name: VGroup(*(Line(places[2], places[n]) for n in (0, 1))).set_stroke(COLOURS[name], 7)
                for name, places in corners.items()
            }
            dots = {name: specks(np.array(places)[:, :2], COLOURS[name], 0.4) for name, places in corners.items()}
            shown = LaggedStart(*(FadeIn(each) for each in (*sides.values(), *dots.values())), lag_ratio=0.2)
            self.play(shown, run_time=1.0)
            for mark, name in (("novel", NOVEL), ("club", CLUB)):
                cue.until(mark)
                share = self.found.read("closed", network=name)
                third = Line(corners[name][0], corners[name][1]).set_stroke(COLOURS[name], 12 * float(share) / 100 + 1)
                told = Words("{x:.0f} % are friends", x=share, size=HEADING, color=COLOURS[name])
                title = Words(NAMES[name], size=BODY, color=COLOURS[name]).move_to([SIDES[name], 3.1, 0])
                self.play(FadeIn(title), Create(third), FadeIn(told.move_to([SIDES[name], -1.6, 0])), run_time=0.8)
            cue.until("fit")
            fits = Words("not tested", size=HEADING, color=SOFT).move_to([0, 0.7, 0])
            self.play(FadeIn(fits), run_time=0.5)
