"""Ninth scene: two circles that nobody here made, judged as the towns were."""

from __future__ import annotations

import numpy as np
from manim import LEFT as TO_LEFT
from manim import Create, FadeIn, FadeOut, GrowFromEdge, Indicate, LaggedStart, Line, VGroup, VMobject

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.intervals import Intervals
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, Words
from tapehead.scenes.stage.palette import BAD, INK, SOFT
from tapehead.scenes.stage.specks import specks

from .pictures import FRIEND, STRANGER

CLUB, NOVEL = "karate", "lesmis"
SIDES = {CLUB: -3.6, NOVEL: 3.6}
COLOURS = {CLUB: FRIEND, NOVEL: STRANGER}
ROUND, HEIGHT, BELOW = 2.35, 0.55, -2.75
"""How large the circles are, where their middles lie, and where the words below them stand."""
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

    def ring(self, name: str) -> tuple[VMobject, VMobject]:
        """A dot for every person on a circle, and a line for every friendship: the network itself."""
        known = self.result("links")
        which = known.quantity("persons").labels["network"].index(name)
        turn = np.linspace(0, 2 * np.pi, round(float(known["persons"][which])), endpoint=False)
        places = np.column_stack([SIDES[name] + ROUND * np.cos(turn), HEIGHT + ROUND * np.sin(turn)])
        lines = VMobject().set_stroke(COLOURS[name], 2.5, 0.5)
        for one, other in known["pair"][known["network"] == which].astype(int):
            lines.start_new_path(np.array([*places[one], 0.0]))
            lines.add_line_to(np.array([*places[other], 0.0]))
        return specks(places, COLOURS[name], 0.15), lines

    def who(self) -> None:
        drawn = {name: self.ring(name) for name in SIDES}
        self.rings = {name: dots for name, (dots, _lines) in drawn.items()}
        self.lines = {name: lines for name, (_dots, lines) in drawn.items()}
        self.titles = {
            name: Words(NAMES[name], size=BODY, color=COLOURS[name]).move_to([SIDES[name], 3.35, 0]) for name in SIDES
        }
        self.counts = {
            name: Words("{n:.0f} people", n=self.found.read("persons", network=name), size=HEADING, color=COLOURS[name])
            for name in SIDES
        }
        for name, count in self.counts.items():
            count.move_to([SIDES[name], BELOW, 0])
        with self.say("circles.who") as cue:
            self.play(*(FadeIn(ring) for ring in self.rings.values()), run_time=0.4)
            cue.until("two")
            self.play(*(Indicate(ring, color=INK, scale_factor=1.05) for ring in self.rings.values()), run_time=0.8)
            for mark, name in (("club", CLUB), ("novel", NOVEL)):
                cue.until(mark)
                self.play(FadeIn(self.titles[name]), FadeIn(self.counts[name]), Create(self.lines[name]), run_time=1.4)

    def itself(self) -> None:
        told = {
            name: Words("{x:.0%}", x=self.found.read("itself", network=name), size=HUGE, color=COLOURS[name]).move_to(
                [SIDES[name], BELOW, 0]
            )
            for name in SIDES
        }
        worth = Words("its own\nhomework", size=HEADING, color=BAD, align="center").move_to([0, BELOW, 0])
        with self.say("circles.itself") as cue:
            self.play(FadeIn(worth), run_time=0.5)
            for mark, name in (("club", CLUB), ("novel", NOVEL)):
                cue.until(mark)
                self.play(FadeOut(self.counts[name]), FadeIn(told[name]), run_time=0.5)
            cue.until("know")
            self.play(Indicate(worth, color=INK, scale_factor=1.08), run_time=0.9)
        self.play(
            *(FadeOut(each) for each in (*told.values(), *self.rings.values(), *self.lines.values())),
            *(FadeOut(each) for each in (*self.titles.values(), worth)),
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
            self.play(FadeIn(title), FadeIn(self.chart.zero), FadeIn(self.chart.names), run_time=0.5)
            for n, mark in enumerate(("club", "novel")):
                cue.until(mark)
                self.play(GrowFromEdge(self.chart.bars[n], TO_LEFT), run_time=0.6)
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
