"""Fifth scene: a circle of pushes becomes an ellipse, with chance in its middle, and its axes have lengths."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from manim import (
    DOWN,
    RIGHT,
    UP,
    Circle,
    Create,
    Dot,
    FadeIn,
    FadeOut,
    LaggedStart,
    Line,
    Polygon,
    Rectangle,
    Rotate,
    VGroup,
    there_and_back,
)

from tapehead.analysis.results import Reading
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, Formula, Words
from tapehead.scenes.stage.palette import FAINT, INK, SOFT
from tapehead.scenes.stage.planes import arrow

from .roles import CHANCE, PATIENT, SECOND

BARS = 20
TALL = 4.6
TIME = "900"
LARGER = 1.75
"""How much larger the circle is while it is alone."""


def closed(points: np.ndarray, colour: str) -> Polygon:
    """A closed curve through points (n, 2)."""
    return Polygon(*(np.array([x, y, 0.0]) for x, y in points)).set_stroke(colour, 6).set_fill(opacity=0)


class Ellipse(StageScene):
    """The circle, its image, the axes, and the whole spectrum against a network that never learned."""

    def construct(self) -> None:
        found = self.result("circle")
        self.left, self.right = np.array([-5.0, 0.3, 0]), np.array([2.2, 0.3, 0])
        self.scale_right = 3.3 / float(found["sigma"][0])
        self.circle_points = 1.6 * found["circle"]
        self.ellipse_points = self.scale_right * found["ellipse"]
        self.circle()
        self.axes()
        self.spectrum()
        self.control()

    def circle(self) -> None:
        """Pushes of size one, large; then they make room, and every point travels to where the table sends it."""
        dots = VGroup(*(Dot([x, y, 0], radius=0.07, color=INK) for x, y in self.circle_points)).shift(self.left)
        middle = np.array([0.0, 0.3, 0.0])
        title = Words("pushes", size=BODY, color=SOFT).move_to([0, -3.2, 0])
        right = Words("what the mind does", size=BODY, color=SOFT).move_to(self.right + 3.5 * DOWN)
        goal = VGroup(*(Dot([x, y, 0], radius=0.07, color=INK) for x, y in self.ellipse_points)).shift(self.right)
        letter = Formula("J", size=1.3 * HUGE, color=PATIENT).move_to([-2.4, 1.7, 0])
        centre, spot = Dot(self.left, radius=0.1, color=INK), Dot(self.right, radius=0.1, color=INK)
        self.outline = closed(self.ellipse_points, INK).shift(self.right)
        self.tape.keep_clean(title, right, letter)
        hand = arrow(self.left, self.left + 1.6 * RIGHT, INK)
        large = VGroup(dots, centre, hand).scale(LARGER, about_point=self.left).shift(middle - self.left)
        self.add(title, centre, hand)
        with self.say("ellipse.circle") as cue:
            cue.until("all")
            rise = LaggedStart(*(FadeIn(dot) for dot in dots), lag_ratio=0.05)
            self.play(rise, Rotate(hand, 2 * np.pi, about_point=middle), run_time=min(2.2, cue.to("send")))
            cue.until("send")
            self.play(
                large.animate.scale(1 / LARGER, about_point=middle).shift(self.left - middle),
                title.animate.move_to(self.left + 2.3 * DOWN),
                *(FadeIn(part) for part in (letter, right, spot)),
                run_time=0.6,
            )
            moving = dots.copy()
            moves = (dot.animate.move_to(end) for dot, end in zip(moving, goal, strict=True))
            self.play(*moves, run_time=max(0.8, cue.to("ellipse")))
            self.play(FadeIn(self.outline), run_time=0.5)
        self.around = VGroup(title, right, letter, centre, dots, hand)

    def axes(self) -> None:
        """The longest axis and the next one, chance in the middle, then the formula of the three parts."""
        found = self.result("circle")
        second = self.scale_right * float(found["sigma"][1])
        long = arrow(self.right, self.right + 3.3 * RIGHT, PATIENT)
        short = arrow(self.right, self.right + second * UP, SECOND)
        one = Words("{x:.0f}", x=found.read("sigma", direction=0), size=HEADING, color=PATIENT)
        two = Words("{x:.0f}", x=found.read("sigma", direction=1), size=HEADING, color=SECOND)
        one.move_to(self.right + np.array([3.9, 0, 0]))
        two.move_to(self.right + np.array([0.65, second + 0.35, 0]))
        mean = self.result("nudges").read("isotropic_mean")
        ring = Circle(radius=self.scale_right * float(mean)).set_stroke(CHANCE, 7).move_to(self.right)
        chance = Words("chance: {x:.1f}", x=mean, size=BODY, color=CHANCE)
        chance.move_to(self.right + np.array([0, -0.95, 0]))
        formula = Formula("J = U Sigma V^T", size=HEADING).move_to([-5.0, 3.2, 0])
        names = Words("turn · stretch · turn", size=BODY, color=SOFT).next_to(formula, DOWN, buff=0.25)
        self.tape.keep_clean(one, two, chance, formula, names)
        with self.say("ellipse.axes") as cue:
            cue.until("longest")
            self.play(FadeIn(long), FadeIn(one), FadeIn(short), FadeIn(two), run_time=0.6)
            cue.until("chance")
            self.play(Create(ring), FadeIn(chance), run_time=0.8)
            cue.until("svd")
            self.play(FadeIn(formula), FadeOut(self.around[2]), run_time=0.5)
            cue.until("lengths")
            self.play(FadeIn(names), one.animate.scale(1.25), two.animate.scale(1.25), run_time=0.6)
        self.clear_stage(run_time=0.4)

    def heights(self, network: str) -> list[float]:
        """The first singular values over the first of them, as they stand on the stage."""
        found = self.result("spectra")
        return [TALL * float(found.read("relative", direction=n, network=network, time=TIME)) for n in range(BARS)]

    def stairs(self, network: str, colour: str) -> VGroup:
        """A stair for each, side by side: bars with gaps between them are stripes, which some cannot bear to see."""
        made = VGroup()
        for n, height in enumerate(self.heights(network)):
            bar = Rectangle(width=0.58, height=height, stroke_width=0).set_fill(colour, 1)
            made.add(bar.move_to([-5.7 + 0.6 * n, -2.3, 0], aligned_edge=DOWN))
        return made

    def edges(self, network: str, colour: str) -> VGroup:
        """The upper edges alone, so that the stairs behind them are seen."""
        return VGroup(
            *(
                Line([-5.99 + 0.6 * n, height - 2.3, 0], [-5.41 + 0.6 * n, height - 2.3, 0]).set_stroke(colour, 9)
                for n, height in enumerate(self.heights(network))
            )
        )

    def tenth(self, network: str) -> Reading:
        """The tenth singular value over the first."""
        return self.result("spectra").read("tenth", network=network, time=TIME)

    def spectrum(self) -> None:
        """The patient's singular values."""
        self.floor = Line([-6.1, -2.3, 0], [6.1, -2.3, 0]).set_stroke(FAINT, 3)
        self.axis = Words("singular values, as parts of the first", size=SMALL, color=SOFT)
        self.axis.move_to([0.6, -2.9, 0])
        self.ours = self.stairs("trained", PATIENT)
        place = self.ours[9].get_top()
        number = Words("{x:.0%}", x=self.tenth("trained"), size=BODY, color=PATIENT).move_to(place + 0.4 * UP)
        self.number = number
        with self.say("ellipse.spectrum") as cue:
            self.play(FadeIn(self.floor), run_time=0.3)  # the words wait until those of before have gone
            rise = LaggedStart(*(FadeIn(bar, shift=0.2 * UP) for bar in self.ours), lag_ratio=0.06)
            self.play(FadeIn(self.axis), rise, run_time=1.0)
            cue.until("tenth")
            ring = self.ours[9].copy().set_fill(opacity=0).set_stroke(INK, 5)
            self.play(FadeIn(number), FadeIn(ring), run_time=0.4)
            cue.until("key")
            # From the first to the ringed one, each in turn is bright for a moment: the height is the value, and stays.
            keys = (bar.animate(rate_func=there_and_back).set_fill(INK) for bar in self.ours[:10])
            self.play(LaggedStart(*keys, lag_ratio=0.3), run_time=1.6)
            cue.until("slope")
            line = VGroup(*(Line(a.get_top(), b.get_top()).set_stroke(INK, 4) for a, b in pairwise(self.ours)))
            self.play(LaggedStart(*(Create(part) for part in line), lag_ratio=0.5), FadeOut(ring), run_time=1.4)
            self.play(FadeOut(line), run_time=0.3)

    def control(self) -> None:
        """The same of a network with random weights."""
        other = self.edges("random", CHANCE)
        label = Words("never trained", size=BODY, color=CHANCE)
        title = Words("trained", size=BODY, color=PATIENT)
        nudges = self.result("nudges")
        times = VGroup(
            Words("{x:.0f} times chance", x=nudges.read("network_ratio"), size=SMALL, color=CHANCE),
            Words("{x:.0f} times chance", x=nudges.read("ratio"), size=SMALL, color=PATIENT),
        )
        # each name stands over the right end of its own stairs
        VGroup(label, times[0]).arrange(DOWN, buff=0.12).next_to(other[16], UP, buff=0.3).align_to(other, RIGHT)
        VGroup(title, times[1]).arrange(DOWN, buff=0.12).next_to(self.ours[16], UP, buff=0.25).align_to(other, RIGHT)
        self.tape.keep_clean(label, title, times, self.axis)
        place = other[9].get_top()
        number = Words("{x:.0%}", x=self.tenth("random"), size=BODY, color=CHANCE).move_to(
            place + 0.4 * UP + 0.2 * RIGHT
        )
        with self.say("ellipse.control") as cue:
            cue.until("stranger")
            rise = LaggedStart(*(FadeIn(bar, shift=0.2 * UP) for bar in other), lag_ratio=0.05)
            self.play(rise, FadeIn(label), FadeOut(self.number), run_time=1.0)
            cue.until("tenth")
            self.play(FadeIn(number), run_time=0.4)
            cue.until("favourites")
            self.play(FadeIn(times[0]), run_time=0.4)
            cue.until("yours")
            self.play(FadeIn(title), FadeIn(times[1]), run_time=0.4)
            cue.until("learned")
            self.play(other.animate.set_stroke(opacity=0.45), run_time=0.5)
