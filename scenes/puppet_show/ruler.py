"""Sixth scene: the ellipse drawn back upon the pictures, as a ruler marked in steps of the mind."""

from __future__ import annotations

import numpy as np
from manim import DOWN, RIGHT, UP, Dot, FadeIn, FadeOut, Indicate, ReplacementTransform, VGroup

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, TITLE, Formula, Words
from tapehead.scenes.stage.palette import BAD, EAR, FAINT, HIGHLIGHT, INK, SOFT
from tapehead.scenes.stage.planes import arrow
from tapehead.scenes.stage.portraits import Monitor

from .ellipse import closed

SIZES = 3
"""Lengths of pushes for which the true image was computed."""


class Ruler(StageScene):
    """Equal loudness in the picture plane, the metric's formula, and how far it holds."""

    def construct(self) -> None:
        self.left, self.right = np.array([-3.6, 0.3, 0]), np.array([3.6, 0.3, 0])
        self.back()
        self.metric()
        self.near()
        self.miles()

    def back(self) -> None:
        """Pushes that are noticed alike: short along the loud direction, long along the quiet one."""
        found = self.result("circle")
        sigma = found["sigma"]
        unit = 1.9 * float(sigma[1] / sigma[0])
        centre = np.array([0, 0.3, 0])
        curves = VGroup(*(closed(unit * s * found["ruler"], c) for s, c in ((1, INK), (0.66, FAINT), (0.33, FAINT))))
        curves.shift(centre)
        short = arrow(centre, centre + unit * RIGHT, HIGHLIGHT)
        long = arrow(centre, centre + unit * float(sigma[0] / sigma[1]) * UP, EAR)
        loud = Words("loud: short", size=BODY, color=HIGHLIGHT).move_to(centre + np.array([unit + 1.9, 0, 0]))
        quiet = Words("quieter: longer", size=BODY, color=EAR).move_to(centre + np.array([0, 2.45, 0]))
        note = Words("all of these are noticed alike", size=SMALL, color=SOFT).move_to([0.6, -2.6, 0])
        image = closed(unit * found["ellipse"] / float(sigma[1]), INK).shift(centre)
        self.add(image)
        with self.say("ruler.back") as cue:
            cue.until("turn")
            self.play(ReplacementTransform(image, curves[0]), run_time=0.9)
            cue.until("same")
            self.play(FadeIn(curves[1:]), FadeIn(note), run_time=0.6)
            cue.until("short")
            self.play(FadeIn(short), FadeIn(loud), run_time=0.5)
            cue.until("long")
            self.play(FadeIn(long), FadeIn(quiet), run_time=0.5)
        self.curves, self.words = curves, VGroup(short, long, loud, quiet, note)

    def metric(self) -> None:
        """Arrows forward, rulers back."""
        picture = Words("picture", size=HEADING).move_to([-4.4, 1.3, 0])
        mind = Words("mind", size=HEADING).move_to([4.4, 1.3, 0])
        forward = arrow(np.array([-2.8, 1.6, 0]), np.array([3.3, 1.6, 0]), INK)
        back = arrow(np.array([3.3, 1.0, 0]), np.array([-2.8, 1.0, 0]), HIGHLIGHT)
        arrows = Words("arrows", size=SMALL, color=SOFT).move_to([0.2, 2.0, 0])
        rulers = Words("rulers", size=SMALL, color=HIGHLIGHT).move_to([0.2, 0.55, 0])
        formula = Formula("||v||^2 = v^T J^T J v", size=TITLE).move_to([0.2, -0.8, 0])
        name = Words("pullback metric", size=HEADING, color=HIGHLIGHT).move_to([0.2, -2.1, 0])
        with self.say("ruler.metric") as cue:
            self.play(FadeOut(self.words), run_time=0.4)
            cue.until("ruler")
            self.play(Indicate(self.curves, color=HIGHLIGHT, scale_factor=1.06), run_time=1.2)
            aside = self.curves.animate.scale(0.6).move_to([-4.4, -1.0, 0])
            self.play(aside, FadeIn(picture), FadeIn(mind), run_time=0.6)
            cue.until("forward")
            self.play(FadeIn(forward), FadeIn(arrows), run_time=0.5)
            cue.until("back")
            self.play(FadeIn(back), FadeIn(rulers), run_time=0.5)
            cue.until("metric")
            self.play(FadeIn(formula), FadeIn(name), run_time=0.6)
        self.clear_stage(run_time=0.4)

    def near(self) -> None:
        """The true images of ever larger circles, on the scale of the ellipse."""
        found = self.result("circle")
        unit = 2.3 / float(found["sigma"][0])
        centre = np.array([-3.0, 0.4, 0])
        flat = closed(unit * found["ellipse"], FAINT).shift(centre)
        shades = (INK, HIGHLIGHT, BAD)
        curves = [closed(unit * found["true"][n], shades[n]).shift(centre) for n in range(SIZES)]
        rows = VGroup(
            *(
                Words(
                    "step of {s:.2f} %: {b:.0f} % off",
                    s=found.read("sizes", size=n),
                    b=found.read("bent", size=n),
                    size=BODY,
                    color=shades[n],
                )
                for n in range(SIZES)
            )
        ).arrange(DOWN, buff=0.5)
        rows.move_to([3.4, 0.6, 0])
        note = Words("steps in % of the picture's length", size=SMALL, color=SOFT).move_to([2.6, -2.4, 0])
        with self.say("ruler.near") as cue:
            self.play(FadeIn(flat), FadeIn(curves[0]), FadeIn(rows[0]), FadeIn(note), run_time=0.6)
            cue.until("bigger")
            self.play(FadeIn(curves[1]), FadeIn(rows[1]), run_time=0.6)
            cue.until("leaves")
            self.play(FadeIn(curves[2]), FadeIn(rows[2]), run_time=0.6)
        self.clear_stage(run_time=0.4)

    def miles(self) -> None:
        """Equal steps on the left, unequal ones on the right; lengths from the result."""
        found = self.result("circle")
        monitor = Monitor(self.result("nudges")["shown"], 3.8).move_to([-4.6, 0.3, 0])
        sigma = found["sigma"]
        start = np.array([-0.6, 0, 0])
        tops = [1.5, -0.9]
        colours = (HIGHLIGHT, SOFT)
        random = float(found["random_sigma"][0])
        lengths = [5.4, 5.4 * random / float(sigma[0])]
        bars = VGroup(
            *(
                VGroup(
                    Dot(start + np.array([0, y, 0]), color=c),
                    Dot(start + np.array([x, y, 0]), color=c),
                    arrow(start + np.array([0, y, 0]), start + np.array([x, y, 0]), c),
                )
                for x, y, c in zip(lengths, tops, colours, strict=True)
            )
        )
        labels = VGroup(
            Words("loudest: {x:.1f}", x=found.read("sigma", direction=0), size=BODY, color=HIGHLIGHT),
            Words("best of a random pair: {x:.1f}", x=found.read("random_sigma", direction=0), size=BODY, color=SOFT),
        )
        for label, y in zip(labels, tops, strict=True):
            label.move_to([2.1, y + 0.65, 0])
        with self.say("ruler.miles") as cue:
            self.play(FadeIn(monitor), monitor.lamp.animate.set_fill(HIGHLIGHT), run_time=0.4)
            cue.until("same")
            self.play(FadeIn(VGroup(bars[0][0], bars[1][0])), FadeIn(labels[1]), run_time=0.4)
            self.play(FadeIn(bars[1]), run_time=0.4)
            cue.until("miles")
            self.play(FadeIn(bars[0]), FadeIn(labels[0]), run_time=0.6)
