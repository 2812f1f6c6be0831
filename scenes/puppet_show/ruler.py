"""Sixth scene: the ellipse drawn back upon the pictures, as a ruler marked in steps of the mind."""

from __future__ import annotations

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Dot, FadeIn, FadeOut, LaggedStart, Line, ReplacementTransform, VGroup

from tapehead.analysis.results import Reading
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, TITLE, Formula, Words
from tapehead.scenes.stage.palette import FAINT, INK, SOFT
from tapehead.scenes.stage.planes import arrow
from tapehead.scenes.stage.portraits import Monitor

from .ellipse import closed
from .roles import CHANCE, PATIENT, SECOND

WAY_FROM, WAY = 1.0, 5.2
"""Where the ways begin that are laid out in steps, and how long they are, frame units."""
LARGE = 2.55
"""Radius of the mind's circle, frame units."""
SIZES = 3
"""Lengths of pushes for which the true image was computed."""


class Ruler(StageScene):
    """A case that only a ruler can decide, the ruler, and how far it holds."""

    def construct(self) -> None:
        self.miles()
        self.metric()
        self.near()

    def miles(self) -> None:
        """Two ways as long as each other on the picture, and what they are in the mind."""
        found, nudges = self.result("circle"), self.result("nudges")
        monitor = Monitor(nudges["shown"], 5.8).move_to([-3.8, 0.3, 0])
        self.tape.keep_clean(monitor.screen)
        start = np.array([0.4, 0, 0])
        loud, chance = found.read("sigma", direction=0), nudges.read("isotropic_mean")
        rows = VGroup()
        for y, colour in ((1.3, PATIENT), (-1.3, CHANCE)):
            ends = (start + y * UP, start + y * UP + 3.2 * RIGHT)
            rows.add(
                VGroup(
                    Line(*ends).set_stroke(colour, 9),
                    *(Line(e + 0.2 * DOWN, e + 0.2 * UP).set_stroke(colour, 7) for e in ends),
                )
            )
        asked = VGroup(
            *(
                Words("?", size=1.5 * HUGE, color=c).next_to(r, RIGHT, buff=0.5)
                for r, c in zip(rows, (PATIENT, CHANCE), strict=True)
            )
        )
        same = Words("as long as each other, on the wall", size=SMALL, color=SOFT).move_to([3.0, 2.7, 0])
        self.tape.keep_clean(asked, same)
        self.rows, self.monitor, self.same, self.question = rows, monitor, same, asked
        self.readings = (loud, chance)
        with self.say("ruler.miles") as cue:
            self.play(FadeIn(monitor), monitor.lamp.animate.set_fill(PATIENT), run_time=0.4)
            cue.until("same")
            self.play(FadeIn(rows), FadeIn(same), run_time=0.5)
            cue.until("miles")
            self.play(FadeIn(asked), run_time=0.5)
            cue.until("know")
            self.play(rows.animate.set_stroke(width=12), run_time=0.5)

    def metric(self) -> None:
        """Equal steps of the mind, drawn on the pictures; then the two ways are measured with them."""
        found = self.result("circle")
        sigma = found["sigma"]
        unit = LARGE * float(sigma[1] / sigma[0])
        left, right = np.array([-3.8, 0.2, 0]), np.array([3.8, 0.2, 0])
        flat = VGroup(*(closed(LARGE * s * found["circle"], c) for s, c in ((1, INK), (0.66, FAINT), (0.33, FAINT))))
        flat.shift(0.2 * UP)  # alone in the middle first; then it makes room for the picture
        curves = VGroup(*(closed(unit * s * found["ruler"], c) for s, c in ((1, INK), (0.66, FAINT), (0.33, FAINT))))
        curves.shift(left)
        short = arrow(left, left + unit * RIGHT, PATIENT)
        long = arrow(left, left + unit * float(sigma[0] / sigma[1]) * UP, SECOND)
        names = VGroup(
            Words("picture", size=BODY, color=SOFT).move_to(left + (LARGE + 0.45) * DOWN),
            Words("mind", size=BODY, color=SOFT).move_to([0, left[1] - LARGE - 0.45, 0]),
        )
        back = arrow(np.array([0.9, 0.2, 0]), np.array([-0.9, 0.2, 0]), INK)
        formula = Formula("||v||^2 = v^T J^T J v", size=TITLE).move_to([0, 3.45, 0])  # above both curves
        name = Words("pullback metric", size=HEADING, color=PATIENT).move_to([0, -3.3, 0])
        self.tape.keep_clean(names, formula, name)
        with self.say("ruler.metric") as cue:
            self.play(self.monitor.lamp.animate.set_fill(FAINT), run_time=0.2)
            cue.until("flat")
            gone = (self.monitor, self.rows, self.same, self.question)
            self.play(*(FadeOut(part) for part in gone), FadeIn(flat), FadeIn(names[1]), run_time=0.6)
            cue.until("back")
            self.play(VGroup(flat, names[1]).animate.shift(right[0] * RIGHT), run_time=0.5)
            self.play(FadeIn(back), FadeIn(names[0]), run_time=0.4)
            image = flat.copy()
            self.play(ReplacementTransform(image, curves), run_time=1.2)
            cue.until("short")
            self.play(FadeIn(short), run_time=0.5)
            cue.until("long")
            self.play(FadeIn(long), run_time=0.5)
            cue.until("metric")
            self.play(FadeIn(formula), FadeIn(name), run_time=0.6)
        self.clear_stage(run_time=0.4)

    def measured(self, form: str, reading: Reading, colour: str, y: float) -> tuple[Words, VGroup, VGroup]:
        """One of the ways that are as long as each other, laid out in steps of the mind: words, way, its marks.

        Args:
            form: the words, with ``{x}`` for the reading.
            reading: how many steps of the mind the way is long.
            colour: of all parts.
            y: height of the way, frame units.
        """
        start, steps = np.array([WAY_FROM, y, 0.0]), float(reading)
        words = Words(form, x=reading, size=BODY, color=colour).move_to(start + 0.55 * UP, aligned_edge=LEFT)
        way = VGroup(Line(start, start + WAY * RIGHT).set_stroke(colour, 7))
        marks = VGroup()
        for k in range(int(steps) + 1):
            place = start + WAY * k / steps * RIGHT
            marks.add(Line(place + 0.2 * DOWN, place + 0.2 * UP).set_stroke(colour, 5))
        return words, way, marks

    def near(self) -> None:
        """The true images of ever larger circles, on the scale of the ellipse; the two ways in steps of the mind."""
        found = self.result("circle")
        unit = 2.9 / float(found["sigma"][0])
        centre = np.array([-3.4, 0.3, 0])
        flat = closed(unit * found["ellipse"], FAINT).shift(centre)
        curves = [closed(unit * found["true"][n], PATIENT if n else INK).shift(centre) for n in range(SIZES)]
        for n, curve in enumerate(curves):
            curve.set_stroke(width=(5, 6, 8)[n], opacity=(1.0, 0.6, 1.0)[n])
        nudges = self.result("nudges")
        tiny = self.measured("loud, tiniest push: {x:.0f} steps", nudges.read("sigma", direction=0), INK, 1.7)
        made = self.measured("loud, a hundredth: {x:.0f} steps", nudges.read("heard", kind="loudest"), PATIENT, 0.0)
        chance = self.measured("chance: {x:.1f} steps", nudges.read("heard", kind="isotropic"), CHANCE, -1.7)
        dot = Dot(centre, radius=0.1, color=INK)
        # Which of the curves is which push: each length in the colour of its curve.
        sizes = VGroup(Words("pushes of", size=SMALL, color=SOFT))
        for n in range(SIZES):
            length = found.read("sizes", size=n)
            places = max(0, int(np.ceil(-np.log10(float(length)))))  # to its first digit that is not nought
            size = Words(f"{{x:.{places}f}} %", x=length, size=BODY, color=PATIENT if n else INK)
            sizes.add(size.set_opacity(0.75 if n == 1 else 1))
        sizes.arrange(RIGHT, buff=0.4, aligned_edge=DOWN).move_to([centre[0], -2.85, 0])
        self.tape.keep_clean(sizes, *(words for words, _, _ in (tiny, made, chance)))
        with self.say("ruler.near") as cue:
            self.play(FadeIn(flat), FadeIn(dot), run_time=0.4)
            cue.until("close")
            self.play(FadeIn(sizes[:2]), FadeIn(curves[0]), run_time=0.4)
            for n in (1, 2):  # further away, the true image leaves the ellipse
                self.play(FadeIn(curves[n]), FadeIn(sizes[n + 1]), run_time=max(0.3, min(0.6, 0.5 * cue.to("tiniest"))))
            cue.until("tiniest")
            self.lay(tiny)
            cue.until("made")
            self.lay(made)
            self.lay(chance)

    def lay(self, row: tuple[Words, VGroup, VGroup]) -> None:
        """A way appears, and then its marks, one step after the other."""
        words, way, marks = row
        steps = LaggedStart(*(FadeIn(mark) for mark in marks), lag_ratio=0.3)
        self.play(FadeIn(words), FadeIn(way), steps, run_time=0.8)
