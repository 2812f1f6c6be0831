"""Fifth scene: a circle of pushes becomes an ellipse, and its axes have lengths."""

from __future__ import annotations

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Dot, FadeIn, FadeOut, Indicate, LaggedStart, Line, Polygon, Rectangle, VGroup

from tapehead.analysis.results import Reading
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HUGE, SMALL, Formula, Words
from tapehead.scenes.stage.palette import EAR, FAINT, HIGHLIGHT, INK, SOFT
from tapehead.scenes.stage.planes import arrow

BARS = 20
TALL = 3.6
TIME = "900"


def closed(points: np.ndarray, colour: str) -> Polygon:
    """A closed curve through points (n, 2)."""
    return Polygon(*(np.array([x, y, 0.0]) for x, y in points)).set_stroke(colour, 6).set_fill(opacity=0)


class Ellipse(StageScene):
    """The circle, its image, the axes, and the whole spectrum against a network that never learned."""

    def construct(self) -> None:
        found = self.result("circle")
        self.left, self.right = np.array([-3.9, 0.2, 0]), np.array([3.3, 0.2, 0])
        self.circle_points = 1.4 * found["circle"]
        self.scale_right = 2.5 / float(found["sigma"][0])
        self.ellipse_points = self.scale_right * found["ellipse"]
        self.circle()
        self.ellipse()
        self.axes()
        self.spectrum()
        self.control()

    def circle(self) -> None:
        """Pushes of size one in the plane of two directions."""
        dots = VGroup(*(Dot([x, y, 0], radius=0.06, color=INK) for x, y in self.circle_points)).shift(self.left)
        one = arrow(self.left, self.left + 1.4 * RIGHT, HIGHLIGHT)
        two = arrow(self.left, self.left + 1.4 * UP, EAR)
        title = Words("pushes of the picture", size=SMALL, color=SOFT).move_to(self.left + 2.6 * DOWN)
        dimensions = Words("{n} directions in all", n=self.result("circle").read("dimensions"), size=SMALL, color=SOFT)
        dimensions.move_to(self.left + 2.5 * UP)
        self.dots, self.vectors, self.title, self.note = dots, VGroup(one, two), title, dimensions
        centre = Dot(self.left, radius=0.09, color=INK)
        self.add(title, centre)
        with self.say("ellipse.circle") as cue:
            cue.until("all")
            self.play(Indicate(centre, scale_factor=2.0, color=HIGHLIGHT), run_time=0.8)
            cue.until("circle")
            self.play(LaggedStart(*(FadeIn(dot) for dot in dots), lag_ratio=0.02), run_time=1.0)
            cue.until("two")
            self.play(FadeIn(self.vectors), FadeIn(dimensions), run_time=0.6)

    def ellipse(self) -> None:
        """Every point travels to where the table sends it."""
        title = Words("what the mind does", size=SMALL, color=SOFT).move_to(self.right + 2.6 * DOWN)
        moving = self.dots.copy()
        goal = VGroup(*(Dot([x, y, 0], radius=0.06, color=INK) for x, y in self.ellipse_points)).shift(self.right)
        letter = Formula("J", size=HUGE, color=HIGHLIGHT).move_to([-0.9, 1.6, 0])
        self.outline = closed(self.ellipse_points, INK).shift(self.right)
        self.image, self.letter, self.title_right = moving, letter, title
        with self.say("ellipse.ellipse") as cue:
            cue.until("send")
            self.play(FadeIn(letter), FadeIn(title), run_time=0.4)
            moves = (dot.animate.move_to(end) for dot, end in zip(moving, goal, strict=True))
            self.play(*moves, run_time=cue.to("ellipse"))
            self.play(FadeIn(self.outline), run_time=0.5)

    def length(self, which: int, colour: str) -> Words:
        """An axis' length."""
        reading = self.result("circle").read("sigma", direction=which)
        return Words("{x:.1f}", x=reading, size=BODY, color=colour)

    def axes(self) -> None:
        """The longest axis and the next one, then the formula of the three parts."""
        long = arrow(self.right, self.right + 2.5 * RIGHT, HIGHLIGHT)
        second = self.scale_right * float(self.result("circle")["sigma"][1])
        short = arrow(self.right, self.right + second * UP, EAR)
        one = self.length(0, HIGHLIGHT).move_to(self.right + np.array([3.3, 0, 0]))
        two = self.length(1, EAR).move_to(self.right + np.array([0, second + 0.45, 0]))
        formula = Formula("J = U Sigma V^T", size=HUGE).move_to([0, 0.3, 0])
        names = Words("turn · stretch · turn", size=BODY, color=SOFT).next_to(formula, DOWN, buff=0.5)
        with self.say("ellipse.axes") as cue:
            cue.until("longest")
            self.play(FadeIn(long), FadeIn(one), run_time=0.5)
            cue.until("second")
            self.play(FadeIn(short), FadeIn(two), run_time=0.5)
            cue.until("svd")
            self.clear_stage(run_time=0.4)
            self.play(FadeIn(formula), run_time=0.5)
            cue.until("lengths")
            self.play(FadeIn(names), run_time=0.5)
        self.clear_stage(run_time=0.4)

    def bars(self, network: str, colour: str, shift: float) -> VGroup:
        """The first singular values over the first of them."""
        which = {"network": network, "time": TIME}
        found = self.result("spectra")
        heights = [found.read("relative", direction=n, **which) for n in range(BARS)]
        made = VGroup()
        for n, height in enumerate(heights):
            bar = Rectangle(width=0.24, height=TALL * float(height), stroke_width=0).set_fill(colour, 1)
            made.add(bar.move_to([-5.7 + 0.6 * n + shift, -2.0, 0], aligned_edge=DOWN))
        return made

    def tenth(self, network: str) -> Reading:
        """The tenth singular value over the first."""
        return self.result("spectra").read("tenth", network=network, time=TIME)

    def spectrum(self) -> None:
        """The patient's singular values."""
        self.floor = Line([-6.1, -2.0, 0], [6.1, -2.0, 0]).set_stroke(FAINT, 3)
        self.axis = Words("singular values, largest first, as parts of the first", size=SMALL, color=SOFT)
        self.axis.move_to([0.6, -2.55, 0])
        self.ours = self.bars("trained", HIGHLIGHT, -0.13)
        place = self.ours[9].get_top()
        number = Words("{x:.0%}", x=self.tenth("trained"), size=BODY, color=HIGHLIGHT).move_to(place + 0.4 * UP)
        self.number = number
        with self.say("ellipse.spectrum") as cue:
            self.play(FadeIn(self.floor), FadeIn(self.axis), run_time=0.3)
            self.play(LaggedStart(*(FadeIn(bar, shift=0.2 * UP) for bar in self.ours), lag_ratio=0.06), run_time=1.0)
            cue.until("tenth")
            ring = self.ours[9].copy().set_fill(opacity=0).set_stroke(INK, 5)
            self.play(FadeIn(number), FadeIn(ring), run_time=0.4)
            cue.until("murmur")
            self.play(self.ours[9:].animate.set_fill(opacity=0.55), FadeOut(ring), run_time=0.6)

    def control(self) -> None:
        """The same of a network with random weights."""
        other = self.bars("random", SOFT, 0.13)
        label = Words("the same network, never trained", size=BODY, color=SOFT).move_to([1.6, 2.9, 0])
        place = other[9].get_top()
        number = Words("{x:.0%}", x=self.tenth("random"), size=BODY, color=SOFT).move_to(place + 0.4 * UP + 0.2 * RIGHT)
        with self.say("ellipse.control") as cue:
            cue.until("stranger")
            rise = LaggedStart(*(FadeIn(bar, shift=0.2 * UP) for bar in other), lag_ratio=0.05)
            self.play(rise, FadeIn(label), FadeOut(self.number), run_time=1.0)
            cue.until("tenth")
            self.play(FadeIn(number), run_time=0.4)
            cue.until("learned")
            self.play(self.ours.animate.set_fill(opacity=1), run_time=0.5)
            title = Words("trained", size=BODY, color=HIGHLIGHT).next_to(label, LEFT, buff=0.6)
            self.play(FadeIn(title), run_time=0.3)
