"""Fourth scene: a nose is laid along a line, and one length is chosen to count as one."""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import (
    DOWN,
    LEFT,
    PI,
    RIGHT,
    UP,
    Circle,
    Create,
    DashedLine,
    DashedVMobject,
    Dot,
    FadeIn,
    FadeOut,
    Indicate,
    Line,
    Polygon,
    RoundedRectangle,
    Transform,
    ValueTracker,
    VGroup,
    VMobject,
    always_redraw,
    rate_functions,
    there_and_back,
)

from tapehead.scenes.stage.base import Cue, StageScene
from tapehead.scenes.stage.cats import CatPerson
from tapehead.scenes.stage.lettering import HEADING, HUGE, Words
from tapehead.scenes.stage.palette import GROUND, HIGHLIGHT, INK, NAP, NOSE, PANEL, SOFT
from tapehead.scenes.stage.rulers import BROAD, Ruler, laid


def nose_shape(measure: float, unit: float) -> VMobject:
    """A nose as a picture of its own, exactly ``measure`` units wide."""
    nose = CatPerson(measure, tinted=True, height=2.4).nose.set_stroke(NOSE, 2)
    nose.scale(measure * unit / nose.width)
    return nose


class RulerScene(StageScene):
    """Tom's nose becomes a unit, other noses are counted in it, and a number turns out to be a label."""

    zero = np.array([-0.8, -0.3, 0.0])
    unit = 1.6
    end = 6.5
    """Where a ruler's line ends, in the frame."""

    def construct(self) -> None:
        self.tom = CatPerson(1, 1, mouth=0.4, lids=0, tinted=True, height=3.4).move_to(4.15 * LEFT)
        self.face_nose = self.tom.nose
        self.tom.remove(self.face_nose)
        self.nose_ruler = self.ruled("nose", NOSE, self.zero, self.unit)
        self.at = self.nose_ruler.at
        self.lift()
        self.one()
        self.count()
        self.label()
        self.nap()
        self.clear_stage(run_time=0.4)

    # -- parts -------------------------------------------------------------------------------------

    def ruled(self, title: str, colour: str, zero: np.ndarray, unit: float) -> Ruler:
        """A ruler with four numbered ticks that runs on to the right."""
        numbers = {n: self.result("ruler").read("tick", tick=str(n)) for n in range(4)}
        reach = (0.4, self.end - zero[0] - 3 * unit)
        return Ruler(title, colour, zero, unit, (0, 3), numbers, reach=reach, look=BROAD)

    def breathe(self, seconds: float, *also: Any) -> None:
        """The cat breathes once."""
        sleeper = VGroup(self.tom, self.hole, self.face_nose)
        self.play(sleeper.animate(rate_func=there_and_back).scale(1.02), *also, run_time=seconds)

    # -- lines -------------------------------------------------------------------------------------

    def lift(self) -> None:
        """The nose leaves the face and lands on a bare line."""
        with self.say("ruler.lift") as cue:
            self.play(FadeIn(self.tom), FadeIn(self.face_nose), run_time=0.4)
            self.hole = DashedVMobject(self.face_nose.copy().set_fill(opacity=0).set_stroke(SOFT, 3), num_dashes=14)
            self.nose = self.face_nose.copy()
            self.face_nose.set_opacity(0)
            self.add(self.hole, self.nose)
            self.line = self.nose_ruler.line
            cue.until("lift")
            aloft = self.nose.animate.scale(1.5).shift(1.3 * UP + 1.2 * RIGHT)
            self.play(aloft, Create(self.line), run_time=cue.to("lay"))
            cue.until("lay")
            laid = nose_shape(1, self.unit)
            laid.move_to(self.at(0.5) + (laid.height / 2 + 0.06) * UP)
            self.play(Transform(self.nose, laid), run_time=1.3)
            self.sound("soft-pop")
            twitch = self.tom.ears[2:].animate(rate_func=rate_functions.wiggle).rotate(0.14)
            self.play(twitch, run_time=0.8)
            self.breathe(max(cue.left, 0.5))

    def one(self) -> None:
        """A bar is dragged about until it is as long as the nose; that length is one."""
        with self.say("ruler.one") as cue:
            length = ValueTracker(0.55)

            def outline() -> VGroup:
                shape = laid(self.zero, length.get_value() * self.unit, GROUND)
                shape.set_stroke(HIGHLIGHT, 4).set_fill(HIGHLIGHT, 0.18)
                ends = (shape.get_left(), shape.get_right())
                return VGroup(shape, *(Dot(end, radius=0.13, color=HIGHLIGHT) for end in ends))

            dragged = always_redraw(outline)
            cue.until("choose")
            self.play(FadeIn(dragged), run_time=0.4)
            self.play(length.animate.set_value(1.5), run_time=cue.to("any"))
            cue.until("any")
            self.play(length.animate.set_value(0.35), run_time=1.1)
            self.play(length.animate.set_value(2.2), run_time=1.3)
            self.play(length.animate.set_value(1.0), run_time=cue.to("unit"))
            cue.until("unit")
            dragged.clear_updaters()
            self.bars = [laid(self.zero, self.unit, NOSE)]
            marks = zip(self.nose_ruler.ticks, self.nose_ruler.numbers, strict=True)
            self.ticks = [VGroup(*pair) for pair in marks]
            self.sound("tick")
            self.play(
                FadeOut(dragged), FadeIn(self.bars[0]), FadeIn(self.ticks[0]), FadeIn(self.ticks[1]), run_time=0.5
            )

    def count(self) -> None:
        """Noses of two and three are counted in bars."""
        two, three = nose_shape(2, self.unit), nose_shape(3, self.unit)
        for measure, shape in ((2, two), (3, three)):
            shape.move_to(self.at(measure / 2) + (shape.height / 2 + 0.06) * UP)
            self.bars.append(laid(self.at(measure - 1), self.unit, NOSE))
        with self.say("ruler.count") as cue:
            home = self.face_nose.copy().set_opacity(1).set_stroke(NOSE, 2)
            two.shift(7.4 * RIGHT)
            self.play(Transform(self.nose, home), two.animate.shift(7.4 * LEFT), run_time=min(1.2, cue.to("two")))
            self.remove(self.nose, self.hole)
            self.hole = VGroup()
            self.face_nose.set_opacity(1)
            self.add(self.face_nose)
            self.drop(1, cue, "two")
            three.shift(8.5 * RIGHT)
            self.play(FadeOut(two, shift=0.6 * UP), run_time=0.4)
            self.play(three.animate.shift(8.5 * LEFT), run_time=max(0.8, cue.to("three") - 0.2))
            self.drop(2, cue, "three")
            late = CatPerson(3, 1.4, mouth=0.9, tinted=True, height=1.7)
            late.nose.set_opacity(0)
            gap = DashedVMobject(late.nose.copy().set_fill(opacity=0).set_stroke(SOFT, 3, 1), num_dashes=14)
            late = VGroup(late, gap).move_to(np.array([9.0, -2.5, 0.0]))
            self.play(late.animate.move_to(np.array([5.35, -2.5, 0.0])), run_time=max(1.0, cue.left - 0.3))
            self.play(Indicate(self.ticks[3][1], scale_factor=1.2, color=HIGHLIGHT), run_time=0.5)
        self.late, self.three = late, three

    def drop(self, index: int, cue: Cue, mark: str) -> None:
        """One more bar falls into place, and its end gets its number."""
        fallen = self.bars[index].shift(1.3 * DOWN)
        cue.until(mark)
        fall = fallen.animate(rate_func=rate_functions.rush_into).shift(1.3 * UP)
        self.play(fall, run_time=0.35)
        self.sound("tick")
        self.play(FadeIn(self.ticks[index + 1]), run_time=0.25)

    def label(self) -> None:
        """Three noses with their numbers tied on; one label falls off, and the nose stays as it was."""
        ruler = self.result("ruler")
        places = (-0.25, 1.75, 4.75)
        noses = [nose_shape(n, 0.95) for n in (1, 2, 3)]
        for x, shape in zip(places, noses, strict=True):
            shape.move_to(np.array([x, 1.1 + shape.height / 2, 0.0]))
        tags = []
        for n, x, shape in zip((1, 2, 3), places, noses, strict=True):
            number = Words("{n}", n=ruler.read("nose", nose=str(n)), size=HEADING)
            tags.append(self.tag(number, np.array([x, -0.55, 0.0]), shape))
        with self.say("ruler.label") as cue:
            ruled = [self.line, *self.bars, *self.ticks, self.late]
            self.play(*(FadeOut(thing) for thing in ruled), Transform(self.three, noses[2]), run_time=0.6)
            self.play(FadeIn(noses[0]), FadeIn(noses[1]), run_time=max(0.3, cue.to("thing")))
            cue.until("thing")
            for shape in (noses[0], noses[1], self.three):
                self.play(Indicate(shape, scale_factor=1.12, color=HIGHLIGHT), run_time=0.55)
            cue.until("label")
            self.sound("soft-pop")
            self.play(*(FadeIn(tag, shift=0.3 * DOWN) for tag in tags), run_time=0.6)
            string, card = tags[1]
            knot = string.get_start()
            self.play(VGroup(string, card).animate(rate_func=swing).rotate(0.35, about_point=knot), run_time=1.4)
            fall = card.animate(rate_func=rate_functions.ease_in_quad).shift(1.15 * DOWN).rotate(-0.2)
            self.play(fall, string.animate.set_opacity(0.35), run_time=0.5)
            self.sound("tick")
            self.play(Indicate(noses[1], scale_factor=1.0, color=HIGHLIGHT), run_time=max(0.5, cue.left - 0.1))
        self.gone = [*noses[:2], self.three, *tags]

    def tag(self, number: Words, centre: np.ndarray, nose: VMobject) -> VGroup:
        """A luggage label on a string: string first, then the card with its number."""
        outline = [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.28), (0.24, 0.55), (-0.24, 0.55), (-0.5, 0.28)]
        card = Polygon(*(np.array([x, y, 0.0]) for x, y in outline), color=INK, stroke_width=3)
        card.set_fill(PANEL, 1).move_to(centre)
        hole = Circle(radius=0.07, color=INK, stroke_width=3).move_to(card.get_top() + 0.16 * DOWN)
        string = Line(nose.get_bottom(), hole.get_center(), color=SOFT, stroke_width=3)
        return VGroup(string, VGroup(card, hole, number.move_to(card.get_center() + 0.08 * DOWN)))

    def nap(self) -> None:
        """A second ruler with a unit of its own, and nothing between the two."""
        first = self.ruled("nose", NOSE, np.array([-0.8, 1.7, 0.0]), self.unit)
        bars = VGroup(*(laid(first.at(n), self.unit, NOSE, UP) for n in range(3)))
        second = self.ruled("nap", NAP, np.array([-0.8, -1.75, 0.0]), 1.15)
        pillows = [pillow(second.unit).move_to(second.at(n + 0.5) + 0.36 * UP) for n in range(3)]
        with self.say("ruler.nap") as cue:
            self.play(*(FadeOut(thing) for thing in self.gone), FadeIn(first), FadeIn(bars), run_time=0.6)
            cue.until("nap")
            self.play(Create(second.line), FadeIn(second.title), run_time=0.8)
            cue.until("bar")
            self.sound("soft-pop")
            self.play(FadeIn(pillows[0], shift=0.5 * DOWN), run_time=0.4)
            for n in (1, 2):
                self.play(FadeIn(pillows[n], shift=0.4 * DOWN), run_time=0.3)
            self.play(FadeIn(second.ticks, second.numbers), run_time=0.4)
            self.breathe(max(0.5, cue.to("gap")))
            cue.until("gap")
            x = 5.6
            upper, lower = np.array([x, 1.5, 0.0]), np.array([x, -1.5, 0.0])
            question = Words("?", size=HUGE, color=HIGHLIGHT).move_to((upper + lower) / 2)
            pieces = (
                DashedLine(upper, question.get_top() + 0.25 * UP, color=SOFT, stroke_width=4),
                DashedLine(lower, question.get_bottom() + 0.25 * DOWN, color=SOFT, stroke_width=4),
            )
            self.play(*(Create(piece) for piece in pieces), FadeIn(question), run_time=0.7)
            self.play(question.animate(rate_func=there_and_back).shift(0.12 * UP), run_time=max(0.6, cue.left))


def pillow(width: float) -> VGroup:
    """One sound afternoon: a pillow as long as the nap ruler's unit."""
    case = RoundedRectangle(width=width - 0.06, height=0.52, corner_radius=0.22, color=NAP, stroke_width=3)
    case.set_fill(NAP, 0.85)
    crease = Line(case.get_center() + 0.25 * LEFT, case.get_center() + 0.25 * RIGHT, color=GROUND, stroke_width=3)
    return VGroup(case, crease)


def swing(t: float) -> float:
    """To and fro, less each time, and back to rest."""
    return float(np.sin(4 * PI * t) * (1 - t))
