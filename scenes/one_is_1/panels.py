"""First scene: the same sequence in two alphabets, which share no symbol; and a detective with one trick."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    PI,
    RIGHT,
    UP,
    Circle,
    Create,
    Ellipse,
    FadeIn,
    FadeOut,
    GrowFromEdge,
    Indicate,
    LaggedStart,
    Line,
    Polygon,
    Rectangle,
    Rotate,
    RoundedRectangle,
    VGroup,
    VMobject,
)

from tapehead.analysis.results import Origin
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import HEADING, HUGE, SMALL, TITLE, Name, Words
from tapehead.scenes.stage.palette import EAR, FAINT, HIGHLIGHT, INK, NOSE, PANEL, SOFT

from .splice_parts import FilmStrip

SIDES = (("words", -3.9, EAR), ("numerals", 3.9, NOSE))
TOP, ROW = 2.35, 0.98
LARGE = 1.6
"""How many times larger a symbol is while it stands alone on its panel."""
GLASS = "#9FC6E8"


def shoe(colour: str) -> VGroup:
    """A sneaker from the side."""
    upper = VMobject()
    upper.set_points_as_corners([np.array(p) for p in ([-1.45, -0.3, 0], [-1.5, 0.3, 0])])
    upper.add_cubic_bezier_curve_to(np.array([-1.5, 0.7, 0]), np.array([-1.35, 0.95, 0]), np.array([-1.2, 0.95, 0]))
    upper.add_cubic_bezier_curve_to(np.array([-1.0, 0.6, 0]), np.array([-0.6, 0.6, 0]), np.array([-0.35, 1.05, 0]))
    upper.add_cubic_bezier_curve_to(np.array([0.0, 0.5, 0]), np.array([0.4, 0.25, 0]), np.array([0.9, 0.2, 0]))
    upper.add_cubic_bezier_curve_to(np.array([1.4, 0.15, 0]), np.array([1.65, 0.0, 0]), np.array([1.65, -0.3, 0]))
    upper.add_line_to(np.array([-1.45, -0.3, 0]))
    upper.set_stroke(colour, 5).set_fill(colour, 0.25)
    sole = RoundedRectangle(corner_radius=0.1, width=3.3, height=0.26).set_stroke(colour, 5).set_fill(colour, 0.8)
    sole.move_to([0.1, -0.43, 0])
    laces = VGroup(*(Line([x, y, 0], [x + 0.28, y + 0.22, 0]) for x, y in ((-0.25, 0.42), (0.0, 0.2), (0.3, 0.05))))
    return VGroup(upper, sole, laces.set_stroke(INK, 5)).center()


def lamp(colour: str) -> VGroup:
    """A table lamp that is on."""
    glow = Polygon([-0.8, 0.3, 0], [0.8, 0.3, 0], [1.5, -1.15, 0], [-1.5, -1.15, 0], stroke_width=0)
    glow.set_fill(HIGHLIGHT, 0.2)
    shade = Polygon([-0.45, 1.15, 0], [0.45, 1.15, 0], [0.85, 0.3, 0], [-0.85, 0.3, 0])
    shade.set_stroke(colour, 5).set_fill(colour, 0.6)
    stem = Line([0, 0.3, 0], [0, -1.1, 0]).set_stroke(colour, 7)
    base = Ellipse(width=1.3, height=0.28).set_stroke(colour, 5).set_fill(colour, 0.8).move_to([0, -1.15, 0])
    return VGroup(glow, stem, base, shade)


class Panels(StageScene):
    """Two panels, two symbols, two answers, one question."""

    def construct(self) -> None:
        self.two()
        self.symbols()
        self.fills()
        self.detective()
        self.clear_stage(run_time=0.4)

    def spot(self, side: int, row: int) -> np.ndarray:
        return np.array([SIDES[side][1], TOP - ROW * row, 0.0])

    def two(self) -> None:
        """The words, the digits, and that they are the same aloud."""
        says = self.result("says")
        self.boxes, self.members = VGroup(), []
        for i, (task, x, colour) in enumerate(SIDES):
            box = RoundedRectangle(corner_radius=0.25, width=4.6, height=5.4).set_stroke(colour, 4).set_fill(PANEL, 1)
            self.boxes.add(box.move_to([x, 0.4, 0]))
            members = says.facts["task"][task]["members"]
            made = (Words("{m}", m=Name(m), size=TITLE, color=colour) for m in members)
            self.members.append(VGroup(*(word.move_to(self.spot(i, k)) for k, word in enumerate(made))))
        self.same = VGroup(*(Line([-0.45, y, 0], [0.45, y, 0]) for y in (0.75, 0.4))).set_stroke(HIGHLIGHT, 9)
        with self.say("panels.two") as cue:
            cue.until("words")
            self.play(FadeIn(self.boxes), run_time=0.5)
            for members, mark in zip(self.members, ("digits", "twice"), strict=True):
                shown = LaggedStart(*(FadeIn(word, shift=0.15 * UP) for word in members), lag_ratio=0.6)
                self.play(shown, run_time=min(2.2, cue.to(mark)))
                cue.until(mark)
            self.play(*(box.animate.set_stroke(HIGHLIGHT, 8) for box in self.boxes), FadeIn(self.same), run_time=0.5)

    def symbols(self) -> None:
        """To the model they are as alike as a shoe and a lamp."""
        things = VGroup(shoe(EAR).scale(1.15), lamp(NOSE).scale(1.15))
        for thing, (_, x, _) in zip(things, SIDES, strict=True):
            thing.move_to([x, -0.55, 0])
        with self.say("panels.symbols") as cue:
            calm = (box.animate.set_stroke(colour, 4) for box, (_, _, colour) in zip(self.boxes, SIDES, strict=True))
            symbols = (m[0].animate.scale(LARGE).shift(0.3 * DOWN) for m in self.members)
            self.play(*calm, FadeOut(self.same), *(FadeOut(m[1:]) for m in self.members), *symbols, run_time=0.8)
            for i, mark in enumerate(("word", "digit")):
                cue.until(mark)
                grow = Indicate(self.members[i][0], color=SIDES[i][2], scale_factor=1.15)
                self.play(grow, FadeIn(things[i], scale=0.6), run_time=0.7)
            cue.until("shoe")
            slash = Line([-0.4, 0.05, 0], [0.4, 1.1, 0]).set_stroke(INK, 9)
            self.play(FadeIn(self.same.set_stroke(INK)), Create(slash), run_time=0.6)
        self.play(  # first what stands where the words come again
            FadeOut(things),
            FadeOut(self.same),
            FadeOut(slash),
            *(m[0].animate.scale(1 / LARGE).shift(0.3 * UP) for m in self.members),
            run_time=0.4,
        )
        self.play(*(FadeIn(m[1:]) for m in self.members), run_time=0.3)

    def fills(self) -> None:
        """The gaps are filled, alike; by one thing or by two?"""
        says = self.result("says")
        gaps, answers, bars, numbers = VGroup(), VGroup(), VGroup(), VGroup()
        for i, (task, x, colour) in enumerate(SIDES):
            gap = RoundedRectangle(corner_radius=0.1, width=2.2, height=0.84).set_stroke(SOFT, 3)
            gaps.add(gap.move_to(self.spot(i, 4)))
            answer = Words("{a}", a=Name(says.facts["task"][task]["answer"]), size=TITLE, color=HIGHLIGHT)
            answers.add(answer.move_to(gap))
            share = says.read("p_answer", task=task)
            bar = Rectangle(width=0.03 * float(share), height=0.42, stroke_width=0).set_fill(colour, 1)
            bars.add(bar.move_to([x - 2.3, -2.78, 0], aligned_edge=LEFT))
            frame = Rectangle(width=3.0, height=0.42).set_stroke(SOFT, 2).move_to(bar, aligned_edge=LEFT)
            number = Words("{x:.0f} %", x=share, size=SMALL, color=colour).next_to(frame, RIGHT, buff=0.25)
            numbers.add(VGroup(frame, number))
        note = Words("mean of {n} prompts each", n=says.read("prompts", task="words"), size=SMALL, color=SOFT)
        note.move_to([1.6, -3.5, 0])
        with self.say("panels.fills") as cue:
            self.play(FadeIn(gaps), run_time=0.4)
            for i, mark in enumerate(("five", "both")):
                cue.until(mark)
                self.sound("soft-pop")
                self.play(FadeIn(answers[i], scale=1.4), FadeIn(numbers[i]), GrowFromEdge(bars[i], LEFT), run_time=0.6)
            self.play(FadeIn(note), run_time=0.3)
            cue.until("one")
            one = self.suspect([0, 0.6, 0])
            wires = VGroup(*(self.wire(one, gap) for gap in gaps))
            self.play(FadeIn(one, scale=0.7), Create(wires), run_time=0.6)
            self.hold(0.7)
            two = VGroup(self.suspect([-0.75, 0.6, 0]), self.suspect([0.75, 0.6, 0]))
            ways = VGroup(*(self.wire(thing, gap) for thing, gap in zip(two, gaps, strict=True)))
            self.remove(one)
            self.play(FadeIn(two), FadeOut(wires), Create(ways), run_time=0.6)
        self.clear_stage(run_time=0.5)

    def suspect(self, place: list[float]) -> VGroup:
        """Somebody unknown."""
        disc = Circle(radius=0.62).set_stroke(INK, 4).set_fill(FAINT, 0.5)
        return VGroup(disc, Words("?", size=HEADING, color=INK)).move_to(place)

    def wire(self, thing: VGroup, gap: RoundedRectangle) -> VMobject:
        """A wire from a suspect to the gap that it fills."""
        right = gap.get_x() > 0
        start = thing.get_bottom()
        end = gap.get_left() if right else gap.get_right()
        wire = VMobject().set_points_as_corners([start, np.array([start[0], end[1], 0]), end])
        return wire.set_stroke(HIGHLIGHT, 5).set_fill(opacity=0)

    def detective(self) -> None:
        """A lamp swings in, a magnifier, and the trick: a strip of film with one frame in the light."""
        self.badge_for(Origin.ILLUSTRATION)
        source = np.array([0.0, 4.2, 0.0])
        cone = Polygon(source, [4.6, -3.0, 0], [-4.6, -3.0, 0], stroke_width=0).set_fill(HIGHLIGHT, 0.1)
        pool = Ellipse(width=9.2, height=1.3, stroke_width=0).set_fill(HIGHLIGHT, 0.1).move_to([0, -3.0, 0])
        shade = Polygon([-0.3, 4.1, 0], [0.3, 4.1, 0], [0.8, 3.4, 0], [-0.8, 3.4, 0])
        shade.set_stroke(SOFT, 3).set_fill(FAINT, 1)
        light = VGroup(cone, pool, shade).rotate(-PI / 5, about_point=source)
        glass = Circle(radius=1.0).set_stroke(INK, 9).set_fill(GLASS, 0.12)
        handle = Line([0.72, -0.72, 0], [1.7, -1.7, 0]).set_stroke(INK, 16)
        mark = Words("?", size=HUGE, color=INK)
        magnifier = VGroup(handle, glass, mark).move_to([0.3, 0.3, 0])
        magnifier.set_z_index(1)  # the strip that comes slides under it
        with self.say("panels.detective") as cue:
            self.play(FadeIn(light), run_time=0.5)
            self.play(Rotate(light, PI / 5, about_point=source), run_time=0.9)
            cue.until("detective")
            self.play(FadeIn(magnifier, shift=0.6 * LEFT), run_time=0.6)
            cue.until("trick")
            strip = FilmStrip(5, width=1.35, height=1.2).move_to([0, -1.0, 0])
            self.play(FadeIn(strip, shift=3 * LEFT), magnifier.animate.move_to([0.42, -1.27, 0]), run_time=0.9)
            self.bring_to_front(magnifier)
            self.play(strip.frames[2].animate.set_stroke(HIGHLIGHT, 7).set_fill(HIGHLIGHT, 0.25), run_time=0.5)
