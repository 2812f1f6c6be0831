"""Fifth scene: one number carries a whole ruler across, and that is what multiplying does."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    PI,
    RIGHT,
    UL,
    UP,
    UR,
    Arc,
    Circle,
    Create,
    DashedLine,
    DashedVMobject,
    Dot,
    FadeIn,
    FadeOut,
    Indicate,
    Line,
    ManimColor,
    Rectangle,
    RoundedRectangle,
    ShowPassingFlash,
    Transform,
    ValueTracker,
    VGroup,
    always_redraw,
    interpolate_color,
    rate_functions,
    there_and_back,
)

from tapehead.analysis.results import Reading
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.cats import CatPerson
from tapehead.scenes.stage.lettering import BODY, HEADING, TITLE, Formula, Lettering, Words
from tapehead.scenes.stage.palette import FAINT, HIGHLIGHT, INK, NAP, NAP_TINT, NOSE, NOSE_TINT, SOFT
from tapehead.scenes.stage.rulers import BARE, Ruler, laid

WIDE, NARROW = 1.85, 1.27
"""Frame units per bar: six bars fill the frame at first, nine when the dial is turned up."""
ABOVE, BELOW = np.array([-5.9, 1.1, 0.0]), np.array([-5.9, -1.95, 0.0])
SUM = 3.05
"""Height of the formula."""
DIAL = np.array([5.75, 2.95, 0.0])


class Units(StageScene):
    """Bars of nose stretch and drop onto the nap ruler; a dial turns the number; a table does not grow."""

    def construct(self) -> None:
        self.w = ValueTracker(2.0)
        self.unit = WIDE
        self.drop()
        self.lands()
        self.whole()
        self.dial()
        self.feet()
        self.why()
        self.clear_stage(run_time=0.4)

    # -- parts -------------------------------------------------------------------------------------

    def ruled(self, zero: np.ndarray, title: str, colour: str) -> Ruler:
        """A long line with plain ticks and its title above the right end."""
        high = 6 if self.unit == WIDE else 9
        return Ruler(title, colour, zero, self.unit, (0, high), reach=(0.35, 12.5 - high * self.unit), look=BARE)

    def number(self, reading: Reading, place: np.ndarray, color: str = INK) -> Words:
        """A number at a ruler's tick."""
        return Words("{v}", v=reading, size=HEADING, color=color).move_to(place)

    def on_nap(self, length: float) -> np.ndarray:
        """Where a length lies on the nap ruler, in bars of the nose ruler's size."""
        return BELOW + length * self.unit * RIGHT

    def formula(self, w: Reading) -> Formula:
        """What the wire does, in one line."""
        made = Formula('nap("nap") = wa({w}) dot nose("nose")', w=w, size=TITLE)
        return made.move_to(SUM * UP)

    def wire(self, n: int) -> Line:
        """From a nose's end to its nap's end, for the weight of this moment."""
        start, end = ABOVE + n * self.unit * RIGHT, self.on_nap(n * self.w.get_value())
        return Line(start + 0.13 * DOWN, end + 0.13 * UP, color=NOSE_TINT, stroke_width=6).set_z_index(2)

    def replaced(self, old: Lettering, new: Lettering) -> Lettering:
        """Swap two letterings without a moment at which both are seen."""
        self.remove(old)
        self.play(FadeIn(new), run_time=0.25)
        return new

    # -- lines -------------------------------------------------------------------------------------

    def drop(self) -> None:
        """One bar of nose stretches to twice its length and falls onto the nap ruler."""
        ruler = self.result("ruler")
        self.noses, self.naps = self.ruled(ABOVE, "nose", NOSE), self.ruled(BELOW, "nap", NAP)
        self.one_bar = slab(ABOVE, self.unit, NOSE)
        self.top = [
            self.number(ruler.read("nose", nose=str(n)), ABOVE + n * self.unit * RIGHT + 0.85 * UP, NOSE)
            for n in (1, 2, 3)
        ]
        with self.say("units.drop") as cue:
            self.play(FadeIn(self.noses, shift=0.6 * DOWN), FadeIn(self.naps, shift=0.6 * UP), run_time=0.5)
            cue.until("above")
            self.play(FadeIn(self.one_bar), run_time=0.5)
            self.play(Indicate(self.one_bar, scale_factor=1.1, color=HIGHLIGHT), run_time=0.7)
            self.sum = self.formula(ruler.read("w", w="2.00"))
            self.fallen = [self.one_bar.copy()]
            self.play(self.fallen[0].animate.shift(0.7 * UP), run_time=max(0.3, cue.to("stretch")))
            cue.until("stretch")
            longer = slab(ABOVE + 0.7 * UP, 2 * self.unit, NOSE_TINT)
            self.play(Transform(self.fallen[0], longer), FadeIn(self.sum), run_time=cue.to("drop"))
            cue.until("drop")
            landed = slab(BELOW, 2 * self.unit, NOSE_TINT)
            fall = Transform(self.fallen[0], landed, rate_func=rate_functions.rush_into)
            self.play(fall, run_time=max(0.3, cue.left - 0.1))

    def lands(self) -> None:
        """The end of the bar gets its number; the weight is marked as a guess."""
        ruler = self.result("ruler")
        self.low = [
            self.number(ruler.read("nap_at_rate", nose=str(n)), self.on_nap(2 * n) + 0.6 * DOWN, NAP) for n in (1, 2, 3)
        ]
        with self.say("units.lands") as cue:
            self.sound("tick")
            cue.until("lands")
            ring = Circle(radius=0.2, color=NAP, stroke_width=5).move_to(self.on_nap(2))
            self.play(FadeIn(self.low[0]), FadeIn(ring, scale=2.2), run_time=0.5)
            self.play(FadeOut(ring, scale=1.6), run_time=max(0.4, cue.to("guess")))
            cue.until("guess")
            digit = self.weight_glyph()
            frame = Rectangle(width=digit.width + 0.2, height=digit.height + 0.3, color=HIGHLIGHT, stroke_width=4)
            frame = DashedVMobject(frame.move_to(digit), num_dashes=18)
            doubt = Words("a guess", size=BODY, color=HIGHLIGHT).next_to(self.sum, RIGHT, buff=0.8)
            self.play(Create(frame), FadeIn(doubt), run_time=0.7)
            held = frame.animate(rate_func=there_and_back).scale(1.12)
            self.play(held, run_time=1.2)
            self.play(ShowPassingFlash(Line(frame.get_right(), doubt.get_left(), color=HIGHLIGHT)), run_time=0.6)
        self.remove(doubt, frame)

    def weight_glyph(self) -> VGroup:
        """The glyphs of the weight in the formula, found by their colour."""
        parts = [part for part in self.sum.family_members_with_points() if part.get_fill_color().to_hex() == NOSE_TINT]
        return VGroup(*parts)

    def whole(self) -> None:
        """Bars of one, two and three go across one after another, and every wire stays."""
        with self.say("units.whole") as cue:
            self.wires: list[Line] = []
            before = self.fallen[0]
            for n, mark in ((1, "one"), (2, "two"), (3, "three")):
                cue.until(mark)
                if n == 1:
                    self.wires.append(self.wire(1))
                    self.play(FadeIn(self.top[0]), Create(self.wires[0]), run_time=0.7)
                    continue
                crossing = slab(ABOVE, n * self.unit, NOSE)
                self.play(FadeIn(crossing), FadeIn(self.top[n - 1]), run_time=0.25)
                landed = slab(BELOW, 2 * n * self.unit, NOSE_TINT)
                self.wires.append(self.wire(n))
                fall = Transform(crossing, landed, rate_func=rate_functions.rush_into)
                self.play(fall, Create(self.wires[-1]), run_time=0.7)
                self.sound("tick")
                self.play(FadeIn(self.low[n - 1]), run_time=0.2)
                self.remove(before)
                before = crossing
            self.fallen = [before]
            cue.until("whole")
            glow = VGroup(*(wire.copy().set_stroke(INK, 9) for wire in self.wires))
            self.play(*(ShowPassingFlash(line, time_width=0.6) for line in glow), run_time=1.1)
            rest = [FadeOut(self.fallen[0]), FadeOut(self.one_bar)]
            self.play(*rest, run_time=0.4)
            self.narrow(max(0.6, cue.left - 0.2))

    def narrow(self, run_time: float) -> None:
        """Draw the same with shorter bars, to make room for more of them."""
        self.unit = NARROW
        noses, naps = self.ruled(ABOVE, "nose", NOSE), self.ruled(BELOW, "nap", NAP)
        moved = [
            words.animate.move_to(place)
            for n, words, place in [
                *((n, self.top[n - 1], ABOVE + n * NARROW * RIGHT + 0.85 * UP) for n in (1, 2, 3)),
                *((n, self.low[n - 1], self.on_nap(2 * n) + 0.6 * DOWN) for n in (1, 2, 3)),
            ]
        ]
        lines = [Transform(wire, self.wire(n)) for n, wire in enumerate(self.wires, 1)]
        ticks = []
        for old, new in ((self.noses, noses), (self.naps, naps)):
            for n, tick in enumerate(new.ticks):
                if n < len(old.ticks):
                    ticks.append(old.ticks[n].animate.move_to(tick.get_center()))
                else:
                    ticks.append(FadeIn(tick, shift=LEFT))
        self.play(*moved, *lines, *ticks, run_time=run_time)

    def dial(self) -> None:
        """Turn the weight up, back, and undo it."""
        ruler = self.result("ruler")
        fan = always_redraw(lambda: VGroup(*(self.wire(n) for n in (1, 2, 3))))
        ends = always_redraw(
            lambda: VGroup(*(Dot(self.on_nap(n * self.w.get_value()), radius=0.11, color=NAP) for n in (1, 2, 3)))
        )
        face = Circle(radius=0.78, color=NOSE_TINT, stroke_width=5).move_to(DIAL)
        hand = always_redraw(self.hand)
        with self.say("units.dial") as cue:
            self.remove(*self.wires)
            self.add(fan, ends)
            self.play(FadeIn(face), FadeIn(hand), run_time=0.35)
            cue.until("up")
            self.turn(3.0, "3.00", 1.6)
            self.play(Indicate(self.low[2], color=HIGHLIGHT), run_time=0.6)
            cue.until("back")
            self.turn(2.0, "2.00", 1.4)
            cue.until("half")
            fan.clear_updaters()
            undone = Formula('nose("nose") = wa({i}) dot nap("nap")', i=ruler.read("rate_inverse"), size=TITLE)
            self.sum = self.replaced(self.sum, undone.move_to(SUM * UP))
            flying = VGroup(*(slab(BELOW, 2 * n * self.unit, NAP_TINT) for n in (3,)))
            self.play(FadeIn(flying), run_time=0.3)
            home = slab(ABOVE, 3 * self.unit, NOSE)
            upward = VGroup(*(Line(w.get_end(), w.get_start(), color=INK, stroke_width=9) for w in fan))
            flashes = [ShowPassingFlash(line, time_width=0.6) for line in upward]
            self.play(Transform(flying[0], home), *flashes, run_time=max(0.8, cue.left - 0.1))
        self.clear_stage(run_time=0.4)

    def hand(self) -> VGroup:
        """The dial's hand and the arc that it has swept."""
        turned = 0.5 * PI - (self.w.get_value() - 2.0) * 0.5 * PI
        tip = DIAL + 0.62 * np.array([np.cos(turned), np.sin(turned), 0.0])
        swept = Arc(radius=0.78, start_angle=0.5 * PI, angle=turned - 0.5 * PI, arc_center=DIAL)
        swept.set_stroke(INK, 9)
        return VGroup(swept, Line(DIAL, tip, color=NOSE_TINT, stroke_width=9), Dot(DIAL, radius=0.1, color=NOSE_TINT))

    def turn(self, w: float, grid: str, run_time: float) -> None:
        """Turn the dial; numbers leave while their places move, and come back where they stopped."""
        ruler = self.result("ruler")
        self.remove(*self.low, self.sum)
        self.play(self.w.animate.set_value(w), run_time=run_time)
        self.low = [
            self.number(ruler.read("nap", w=grid, nose=str(n)), self.on_nap(w * n) + 0.6 * DOWN, NAP) for n in (1, 2, 3)
        ]
        self.sum = self.formula(ruler.read("w", w=grid))
        self.play(*(FadeIn(words) for words in (*self.low, self.sum)), run_time=0.3)

    def feet(self) -> None:
        """A table of one metre: the ruler on it changes, and the table stays."""
        ruler = self.result("ruler")
        metres, feet = ruler.read("metres", metre="1"), ruler.read("feet", metre="1")
        long, left = 8.4, np.array([-4.2, 0.22, 0.0])
        top = RoundedRectangle(width=long, height=0.34, corner_radius=0.08, color=INK, stroke_width=4)
        top.move_to(0.1 * UP)
        legs = [
            Line(np.array([x, -0.07, 0]), np.array([x * 1.03, -2.5, 0]), color=INK, stroke_width=5) for x in (-3.7, 3.7)
        ]
        floor = Line(6.2 * LEFT, 6.2 * RIGHT, color=FAINT, stroke_width=4).shift(2.5 * DOWN)
        table = VGroup(floor, top, *legs)
        metre = self.cut(left, long, 1.0)
        foot = self.cut(left, long, float(feet))
        first = Words("{m} metre", m=metres, size=TITLE).move_to(1.75 * UP)
        second = Words("≈ {f:.1f} feet", f=feet, size=TITLE).move_to(1.75 * UP)
        with self.say("units.feet") as cue:
            self.play(FadeIn(table, shift=0.3 * UP), run_time=0.6)
            cue.until("metre")
            self.play(FadeIn(metre, shift=0.4 * DOWN), FadeIn(first), run_time=0.6)
            self.sound("tick")
            cue.until("feet")
            self.remove(first)
            self.play(FadeOut(metre), FadeIn(foot, shift=0.3 * DOWN), FadeIn(second), run_time=0.6)
            self.sound("tick")
            cue.until("table")
            glow = VGroup(top, *legs).copy().set_stroke(HIGHLIGHT, 6)
            self.play(*(ShowPassingFlash(part, time_width=0.5) for part in glow), run_time=1.2)
            self.play(Indicate(second, scale_factor=1.15, color=HIGHLIGHT), run_time=max(0.6, cue.left - 0.1))
        self.clear_stage(run_time=0.4)

    def cut(self, left: np.ndarray, long: float, bars: float) -> VGroup:
        """A length laid out in ``bars`` equal bars; the last one is only as long as what is left."""
        pieces, done = VGroup(), 0.0
        while bars - done > 1e-9:
            part = min(1.0, bars - done)
            colour = SOFT if part == 1 else FAINT
            piece = laid(left + done / bars * long * RIGHT, part / bars * long, colour, UP, 0.48)
            pieces.add(piece)
            done += part
        return pieces

    def why(self) -> None:
        """The ruler under the cat changes; the cat does not."""
        start, long = np.array([-1.9, -2.05, 0.0]), 3.8
        tom = CatPerson(1, 1, mouth=0.35, lids=0, tinted=True, height=2.7).move_to(1.35 * UP)
        measured = slab(start, long, NOSE)
        corners = ((tom.nose.get_left(), measured.get_corner(UL)), (tom.nose.get_right(), measured.get_corner(UR)))
        sight = VGroup(*(DashedLine(a, b, color=NOSE_TINT, stroke_width=3) for a, b in corners))
        step = ValueTracker(long)

        def line() -> VGroup:
            share = (long - step.get_value()) / (long / 2)
            colour = interpolate_color(ManimColor(NOSE), ManimColor(NAP), share)
            base = Line(start + 5.0 * LEFT, start + 8.7 * RIGHT, color=colour, stroke_width=6)
            places = [start + n * step.get_value() * RIGHT for n in range(-3, 6)]
            ticks = [
                Line(p + 0.16 * UP, p + 0.3 * DOWN, color=colour, stroke_width=5) for p in places if abs(p[0]) < 6.7
            ]
            return VGroup(base, *ticks)

        drawn = always_redraw(line)
        before = [self.at_tick(n, start + n * long * RIGHT, NOSE) for n in (0, 1)]
        after = [self.at_tick(n, start + n * long / 2 * RIGHT, NAP) for n in (0, 1, 2)]
        titles = [
            Words(title, size=HEADING, color=colour, italic=True).move_to(
                np.array([6.6, -1.5, 0.0]), aligned_edge=RIGHT
            )
            for title, colour in (("nose", NOSE), ("nap", NAP))
        ]
        with self.say("units.why") as cue:
            shown = [FadeIn(thing) for thing in (tom, drawn, measured, titles[0], *before)]
            self.play(*shown, run_time=0.6)
            self.play(Create(sight), run_time=0.8)
            breath = tom.animate(rate_func=there_and_back).scale(1.02)
            self.play(breath, run_time=cue.to("cat"))
            cue.until("cat")
            halo = DashedVMobject(Circle(radius=2.12, color=HIGHLIGHT, stroke_width=4), num_dashes=40)
            halo.move_to(tom.face.get_center() + 0.15 * UP)
            self.play(Create(halo), run_time=min(1.0, cue.to("ruler")))
            cue.until("ruler")
            self.remove(*before, titles[0])
            self.sound("whoosh")
            self.play(step.animate.set_value(long / 2), FadeIn(titles[1]), run_time=max(0.8, cue.left - 0.2))
            drawn.clear_updaters()
            self.play(*(FadeIn(words) for words in after), run_time=0.3)
            self.play(Indicate(after[2], color=HIGHLIGHT), run_time=0.6)

    def at_tick(self, n: int, place: np.ndarray, colour: str) -> Words:
        """A whole number under its tick."""
        return self.number(self.result("ruler").read("tick", tick=str(n)), place + 0.62 * DOWN, colour)


def slab(start: np.ndarray, length: float, colour: str) -> Rectangle:
    """A bar on top of a line, thicker than a plain one."""
    return laid(start, length, colour, UP, 0.42)
