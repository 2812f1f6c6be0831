"""Seventh scene: one unfinished portrait, walked along its loudest directions."""

from __future__ import annotations

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, FadeIn, FadeOut, Group, LaggedStart, Line, Rectangle, VGroup

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import HEADING, SMALL, Words
from tapehead.scenes.stage.palette import INK, SOFT
from tapehead.scenes.stage.planes import arrow
from tapehead.scenes.stage.portraits import Portrait, arrange_row

from .roles import CHANCE, PATIENT, SECOND, THIRD, slip

COLOURS = (PATIENT, SECOND, THIRD)


class Strip(StageScene):
    """Strips along three directions, names for what they do, and a random direction as a control."""

    def construct(self) -> None:
        found = self.result("strips")
        self.places = found["place_at"]
        self.middle = len(self.places) // 2
        self.walk()
        self.first()
        self.names()
        self.more()
        self.control()

    def row(self, family: str, direction: int, tallest: float, colour: str) -> Group:
        """Seven paintings along a direction; the unedited one in the middle is framed white."""
        found = self.result("strips")
        which = found.quantity("picture").labels["family"].index(family)
        pictures = np.moveaxis(found["picture"][which, direction], 1, -1)
        row = arrange_row(list(pictures), 13.2, tallest=tallest)
        for n, portrait in enumerate(row):
            portrait.frame.set_stroke(INK if n == self.middle else colour, 4)
        return row

    def sure(self, family: str, direction: int, over: float) -> None:
        """The tape follows how sure the second machine is of strings along a strip."""
        found = self.result("strips")
        slip(self, found.row("score", "place", family=family, direction=direction, attribute="strings"), over=over)

    def walk(self) -> None:
        """The unedited portrait, both ways, and the finished paintings."""
        self.strip = self.row("bottleneck", 0, 1.75, PATIENT).move_to([0, 0.4, 0])
        centre = Portrait(np.moveaxis(self.result("strips")["picture"][0, 0, self.middle], 0, -1), 5.6, colour=INK)
        centre.move_to([0, 0.4, 0])
        self.tape.keep_clean(centre, self.strip)
        self.sure("bottleneck", 0, 0.5)
        ways = VGroup(
            arrow(centre.get_right(), centre.get_right() + 3 * RIGHT, PATIENT),
            arrow(centre.get_left(), centre.get_left() + 3 * LEFT, PATIENT),
        )
        self.add(centre)
        with self.say("strip.walk") as cue:
            cue.until("one")
            self.play(centre.frame.animate.set_stroke(PATIENT, 6), run_time=0.5)
            cue.until("walk")
            self.play(FadeIn(ways), run_time=0.5)
            cue.until("finish")
            self.play(FadeOut(ways), FadeOut(centre), FadeIn(self.strip[self.middle]), run_time=0.4)
            self.sure("bottleneck", 0, 1.2)
            others = [p for n, p in enumerate(self.strip) if n != self.middle]
            self.play(LaggedStart(*(FadeIn(p) for p in others), lag_ratio=0.2), run_time=1.2)

    def first(self) -> None:
        """Both ends, large, with rings on what has changed."""
        pictures = np.moveaxis(self.result("strips")["picture"][0, 0], 1, -1)
        self.ends = Group(
            *(Portrait(pictures[n], 4.3, colour=PATIENT).move_to([x, -0.85, 0]) for n, x in ((0, -4.3), (-1, 4.3)))
        )
        self.tape.keep_clean(self.ends)
        eyes = VGroup(*(Rectangle(width=2.2, height=1.1).set_stroke(PATIENT, 6).move_to(p) for p in self.ends))
        hair = VGroup(
            *(Rectangle(width=3.0, height=1.7).set_stroke(PATIENT, 6).move_to(p).shift(UP) for p in self.ends)
        )
        with self.say("strip.first") as cue:
            self.play(self.strip.animate.set_y(2.75), FadeIn(self.ends, scale=0.5), run_time=0.6)
            cue.until("eyes")
            self.play(FadeIn(eyes), run_time=0.4)
            cue.until("hair")
            self.play(FadeOut(eyes), FadeIn(hair), run_time=0.4)
        self.play(FadeOut(hair), run_time=0.3)

    def names(self) -> None:
        """Loudness is what was computed; the names are ours."""
        loud = Words(
            "loudness {x:.1f}", x=self.result("strips").read("sigma", direction=0), size=HEADING, color=PATIENT
        ).move_to([0, 0.7, 0])
        names = Words("eyes?\ntilt?\nhair?", size=HEADING, color=SOFT, align="center").move_to([0, -1.4, 0])
        self.tape.keep_clean(loud, names)
        with self.say("strip.names") as cue:
            cue.until("loud")
            self.play(FadeIn(loud), run_time=0.4)
            cue.until("names")
            self.play(FadeIn(names), run_time=0.4)
        self.play(FadeOut(loud), FadeOut(names), FadeOut(self.ends), run_time=0.3)  # the strip stays: two more join it

    def more(self) -> None:
        """Three strips above each other; a line looks for a crossbar."""
        rows = Group(*(self.row("bottleneck", d, 1.95, COLOURS[d]) for d in range(3))).arrange(DOWN, buff=0.28)
        rows.move_to([0, 0.45, 0])
        self.tape.keep_clean(rows)
        sweep = VGroup(
            *(
                Line(r.get_corner(UP + LEFT), r.get_corner(UP + RIGHT)).set_stroke(INK, 5).shift(0.1 * DOWN)
                for r in rows
            )
        )
        with self.say("strip.more") as cue:
            self.lay_down(self.strip, rows[0])
            rows.submobjects[0] = self.strip
            cue.until("second")
            self.play(LaggedStart(*(FadeIn(p) for p in rows[1]), lag_ratio=0.1), run_time=0.7)
            cue.until("third")
            self.play(LaggedStart(*(FadeIn(p) for p in rows[2]), lag_ratio=0.1), run_time=0.7)
            cue.until("several")
            self.play(*(r[n].frame.animate.set_stroke(INK, 7) for r in rows for n in (0, 6)), run_time=0.5)
            cue.until("none")
            self.sure("bottleneck", 1, 1.0)
            self.play(FadeIn(sweep), run_time=0.5)
        again = (p.frame.animate.set_stroke(PATIENT, 4) for p in (self.strip[0], self.strip[-1]))
        self.play(*(FadeOut(p) for r in rows[1:] for p in r), FadeOut(sweep), *again, run_time=0.4)

    def lay_down(self, strip: Group, place: Group) -> None:
        """The strip that is on the stage goes to where another one like it would stand."""
        self.play(strip.animate.scale_to_fit_width(place.width).move_to(place), run_time=0.4)

    def control(self) -> None:
        """The loudest direction and a random one, with how much each painting changed."""
        found = self.result("strips")
        rows = Group(self.row("bottleneck", 0, 1.75, PATIENT), self.row("isotropic", 0, 1.75, CHANCE))
        rows[0].move_to([0, 2.1, 0])
        rows[1].move_to([0, -0.9, 0])
        labels = found.quantity("change").labels["family"]
        tall = 0.85 / float(found["change"].max())
        bars = VGroup()
        for row, family, colour in zip(rows, ("bottleneck", "isotropic"), (PATIENT, CHANCE), strict=True):
            group = VGroup()
            for n, portrait in enumerate(row):
                high = max(0.02, tall * float(found["change"][labels.index(family), 0, n]))
                bar = Rectangle(width=0.6, height=high, stroke_width=0).set_fill(colour, 1)
                group.add(bar.move_to(portrait.get_bottom() + 1.0 * DOWN, aligned_edge=DOWN))
            bars.add(group)
        note = Words("bars: how much the painting changed", size=SMALL, color=SOFT).move_to([1.6, -3.2, 0])
        self.tape.keep_clean(bars, note)
        with self.say("strip.control") as cue:
            self.lay_down(self.strip, rows[0])
            self.play(FadeIn(bars[0]), FadeIn(note), run_time=0.4)
            cue.until("random")
            self.sure("isotropic", 0, 0.7)
            self.play(LaggedStart(*(FadeIn(p) for p in rows[1]), lag_ratio=0.1), run_time=0.7)
            cue.until("less")
            self.play(FadeIn(bars[1]), run_time=0.5)
            cue.until("magic")
            self.play(bars[0].animate.set_fill(opacity=0.7), run_time=0.5)
