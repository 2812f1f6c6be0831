"""First scene: the recipe, a wall of it, the question why, and a reader who dozes off over the answer."""

from __future__ import annotations

import numpy as np
from manim import (
    DEGREES,
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Create,
    Dot,
    FadeIn,
    FadeOut,
    LaggedStart,
    Line,
    MoveAlongPath,
    Transform,
    UpdateFromAlphaFunc,
    VGroup,
    VMobject,
    linear,
)

from scenes.stage.base import StageScene
from scenes.stage.cats import CatPerson, Reader
from scenes.stage.lettering import HUGE, TITLE, Formula, Words
from scenes.stage.palette import EAR, EAR_TINT, FAINT, HIGHLIGHT, INK, NOSE, NOSE_TINT, OUTPUT, SOFT, W11, W12

from .the_map_parts import chessboard, column, frame_round, weights

HUB = np.array([1.6, 0.2, 0.0])
ROWS, COLUMNS = 9, 22


class Hook(StageScene):
    """Multiply, multiply, add: easy to run and hard to believe."""

    def construct(self) -> None:
        self.recipe()
        self.why()
        self.equation()
        self.asleep()
        self.dream()
        self.clear_stage(run_time=0.5)

    # -- the machine and the wall -------------------------------------------------------------------

    def recipe(self) -> None:
        """Two numbers are stretched and fall together; then the same thing, everywhere at once."""
        starts = (np.array([-5.6, 1.7, 0]), np.array([-5.6, -1.3, 0]))
        gates = (np.array([-2.0, 1.7, 0]), np.array([-2.0, -1.3, 0]))
        wires = VGroup(
            *(Line(a, b, color=FAINT, stroke_width=5) for a, b in zip(starts, gates, strict=True)),
            *(Line(gate, HUB, color=FAINT, stroke_width=5) for gate in gates),
        )
        colours, tints, signs = (NOSE, EAR), (NOSE_TINT, EAR_TINT), (W11, W12)
        times = VGroup(
            *(Formula("times", size=HUGE, color=c).move_to(g + 1.05 * UP) for g, c in zip(gates, signs, strict=True))
        )
        plus = Formula("+", size=HUGE, color=OUTPUT).move_to(HUB + 1.15 * UP)
        dots = [Dot(place, radius=0.26, color=colour) for place, colour in zip(starts, colours, strict=True)]
        with self.say("hook.recipe") as cue:
            self.play(Create(wires), *(FadeIn(dot, scale=0.3) for dot in dots), run_time=1.4)
            way = max(0.6, cue.to("multiply") - 0.1)
            self.play(
                *(MoveAlongPath(d, w, rate_func=linear) for d, w in zip(dots, wires[:2], strict=True)), run_time=way
            )
            for dot, sign, tint, grow in zip(dots, times, tints, (2.0, 1.5), strict=True):
                self.play(FadeIn(sign, scale=0.5), dot.animate.scale(grow).set_color(tint), run_time=0.4)
            cue.until("add")
            total = Dot(HUB, radius=0.62, color=OUTPUT)
            self.play(FadeIn(plus, scale=0.5), *(dot.animate.move_to(HUB) for dot in dots), run_time=0.5)
            self.play(Transform(dots[0], total), FadeOut(dots[1]), run_time=0.3)
            cue.until("again")
            self.build_wall()
            machine = VGroup(wires, times, plus, dots[0])
            self.play(machine.animate.scale(0.05).move_to(self.cells[0]).set_opacity(0), run_time=0.7)
            self.remove(machine)
            self.wave(max(1.5, cue.left), waves=1.5, grow=True)

    def build_wall(self) -> None:
        """Some two hundred cells, each of them the little machine from far away."""
        places = [
            np.array([(c - (COLUMNS - 1) / 2) * 0.6, (r - (ROWS - 1) / 2) * 0.7 + 0.25, 0])
            for r in range(ROWS)
            for c in range(COLUMNS)
        ]
        self.cells = VGroup(*(Dot(place, radius=0.13, color=OUTPUT) for place in places))
        self.phase = np.array([0.45 * place[0] + 0.3 * place[1] for place in places])

    def wave(self, seconds: float, waves: float, grow: bool = False, height: float = 1.0) -> None:
        """A wave of light runs over the wall; with ``grow`` the wall appears as it passes."""

        def shine(cells: VGroup, alpha: float) -> None:
            for cell, phase in zip(cells, self.phase, strict=True):
                light = 0.25 + 0.75 * max(0.0, np.sin(phase - 2 * np.pi * waves * alpha)) ** 2
                seen = float(np.clip(3.5 * alpha - 0.22 * phase - 0.6, 0, 1)) if grow else 1.0
                cell.set_fill(opacity=height * light * seen)

        self.play(UpdateFromAlphaFunc(self.cells, shine, rate_func=linear), run_time=seconds)

    def why(self) -> None:
        """A face, a sentence and a cat hang on the wall of machines by thin wires, which come loose."""
        person = CatPerson(0.8, 0.9, 0.3, human=1.0, height=1.9).move_to(4.3 * LEFT + 1.1 * UP)
        words = VGroup(*(self.scribble(n).shift((n - 2) * 0.72 * RIGHT) for n in range(5))).move_to(1.1 * UP)
        cat = CatPerson(1.0, 1.0, 0.4, tinted=True, height=1.9).move_to(4.3 * RIGHT + 1.2 * UP)
        pictures = (person, words, cat)
        with self.say("hook.why") as cue:
            self.play(self.cells.animate.set_fill(opacity=0.16).stretch(0.42, 1).move_to(2.1 * DOWN), run_time=0.9)
            wires = []
            for picture, mark in zip(pictures, ("face", "sentence", "cat"), strict=True):
                cue.until(mark)
                foot = picture.get_bottom() + 0.1 * DOWN
                fan = VGroup(
                    *(
                        Line(foot, np.array([foot[0] + dx, -1.0, 0]), color=SOFT, stroke_width=2.5)
                        for dx in (-0.9, -0.3, 0.3, 0.9)
                    )
                )
                wires.append(fan)
                self.play(FadeIn(picture, shift=0.3 * UP), Create(fan), run_time=0.7)
            cue.until("why")
            loose = []
            for fan in wires:
                loose += [
                    wire.animate.rotate((8 - 5 * n) * DEGREES, about_point=wire.get_start()).scale(
                        0.62, about_point=wire.get_start()
                    )
                    for n, wire in enumerate(fan)
                ]
            marks = VGroup(
                *(Words("?", size=TITLE, color=HIGHLIGHT, bold=True).move_to([x, -1.75, 0]) for x in (-4.3, 0, 4.3))
            )
            self.play(*loose, run_time=0.6)
            self.play(LaggedStart(*(FadeIn(mark, shift=0.3 * UP) for mark in marks), lag_ratio=0.3), run_time=0.7)
        self.play(*(FadeOut(each) for each in (*pictures, *wires, marks, self.cells)), run_time=0.5)

    def scribble(self, n: int) -> VMobject:
        """A word that cannot be read: a wavy stroke of its own length."""
        length = (0.5, 0.42, 0.56, 0.36, 0.52)[n]
        x = np.linspace(-length / 2, length / 2, 24)
        y = 0.1 * np.sin((9 + 2 * n) * x * 3) * (1 + 0.4 * np.sin(5 * x + n))
        path = VMobject(color=INK, stroke_width=5)
        return path.set_points_smoothly([np.array([a, b, 0]) for a, b in zip(x, y, strict=True)])

    # -- the books, the reader, the dream -----------------------------------------------------------

    def equation(self) -> None:
        """Out of the reader's book: a box of numbers, a column of numbers, another column."""
        one_map = self.result("map")
        self.reader = Reader(0.0, height=3.6).move_to(5.0 * LEFT + 0.6 * DOWN)
        self.box = weights(one_map, size=HUGE * 0.75).move_to(0.6 * LEFT + 0.5 * UP)
        self.column = column(one_map, "x", (NOSE, EAR), size=HUGE * 0.75, cat="Tom").move_to(2.5 * RIGHT + 0.5 * UP)
        equals = Formula("=", size=HUGE * 0.75, color=INK).move_to(3.75 * RIGHT + 0.5 * UP)
        self.answer = column(one_map, "a", (OUTPUT, OUTPUT), size=HUGE * 0.75, cat="Tom").move_to(
            5.2 * RIGHT + 0.5 * UP
        )
        with self.say("hook.equation") as cue:
            self.play(FadeIn(self.reader, shift=0.6 * RIGHT), run_time=0.8)
            book = self.reader.book.get_top()
            for part, mark in ((self.box, "box"), (self.column, "column"), (self.answer, "gives")):
                cue.until(mark)
                fly = part.copy().scale(0.2).move_to(book).set_opacity(0)
                extra = [FadeIn(equals)] if part is self.answer else []
                self.play(Transform(fly, part), *extra, run_time=0.9)
                self.remove(fly)
                self.add(part)
        self.equals = equals

    def asleep(self) -> None:
        """The first row is the machine; then the pages turn, and the head sinks."""
        with self.say("hook.asleep") as cue:
            cue.until("row")
            frames = VGroup(
                frame_round(self.box.rows[0], 0.14),
                frame_round(self.column.rows, 0.14),
                frame_round(self.answer.rows[0], 0.14),
            )
            self.play(LaggedStart(*(Create(frame) for frame in frames), lag_ratio=0.4), run_time=1.4)
            cue.until("pages")
            self.sound("page", -6)
            half = Reader(0.45, height=3.6).move_to(self.reader).align_to(self.reader, DOWN)
            self.play(Transform(self.reader, half), FadeOut(frames), run_time=0.9)
            cue.until("asleep")
            gone = Reader(1.0, height=3.6).move_to(self.reader).align_to(self.reader, DOWN).shift(0.4 * RIGHT)
            self.play(Transform(self.reader, gone), run_time=0.9)
            self.formula = VGroup(self.box, self.column, self.equals, self.answer)
            self.play(self.formula.animate.shift(0.35 * UP).rotate(3 * DEGREES), run_time=0.8)

    def dream(self) -> None:
        """A chessboard floor, and behind the horizon an enormous sleeping cat that breathes."""
        with self.say("hook.dream") as cue:
            self.play(FadeOut(self.formula, shift=1.4 * UP), FadeOut(self.reader, shift=0.6 * DOWN), run_time=1.0)
            cue.until("floor")
            floor = chessboard()
            self.bring_to_back(floor)
            self.play(FadeIn(floor, shift=0.5 * UP), run_time=0.9)
            cue.until("cat")
            cat = CatPerson(1.2, 1.0, 0.5, asleep=True, tinted=True, height=4.6).move_to(0.9 * RIGHT + 1.1 * UP)
            small = Reader(0.0, height=1.3).move_to(4.6 * LEFT + 1.4 * DOWN)
            self.play(FadeIn(cat, shift=1.2 * UP, scale=0.8), FadeIn(small), run_time=1.4)
            self.sound("purr", -4)
            self.play(cat.animate.scale(1.03, about_point=cat.get_bottom()), run_time=max(0.8, cue.left))
