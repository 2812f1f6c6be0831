"""Sixth scene: without head 9.1 digits hardly suffer, unless the others have gone home; words do either way."""

from __future__ import annotations

import numpy as np
from manim import (
    DEGREES,
    DOWN,
    LEFT,
    RIGHT,
    UP,
    FadeIn,
    FadeOut,
    GrowFromEdge,
    Indicate,
    LaggedStart,
    Line,
    Polygon,
    Rectangle,
    Rotate,
    VGroup,
)

from tapehead.analysis.results import Origin
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.circuits import DARK, Gauge, Tower
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, TITLE, Name, Words
from tapehead.scenes.stage.palette import BAD, EAR, FAINT, HIGHLIGHT, INK, NOSE, SOFT
from tapehead.scenes.stage.tears import mend, tear

TASK = "numerals"
HEAD = {"task": TASK, "layer": "9", "head": "1"}
KINDS = (("numerals", "digits", NOSE), ("words", "words", EAR))


class Ablate(StageScene):
    """One head out of the whole network, then out of its circuit; then both for the other alphabet."""

    def construct(self) -> None:
        found = self.result("paper_single")
        self.badge_for(found.origin, found.model)
        self.drop()
        self.backup()
        self.words()
        self.important()
        self.clear_stage(run_time=0.4)

    def drop(self) -> None:
        """All lights on; one goes out; the meter stays."""
        found = self.result("paper_single")
        self.tower = Tower(12, 12, width=5.4, height=5.6).move_to([-3.3, 0.2, 0])
        self.tower.workshops().set_opacity(0)
        self.ring = self.tower.ring(9, 1, BAD)
        left = found.read("heads_left", **HEAD)
        self.gauge = Gauge(left, height=4.4, width=1.0, size=HEADING).move_to([3.2, -0.1, 0]).filled()
        meter = Words("the meter", size=BODY, color=SOFT).next_to(self.gauge.frame, DOWN, buff=0.3)
        name = Words("{n}", n=Name("head 9.1"), size=BODY, color=BAD).next_to(self.tower, UP, buff=0.2)
        name.align_to(self.tower, LEFT)  # over the column in which it is
        self.tape.keep_clean(self.standing_badge, self.tower, self.gauge, meter, name)
        with self.say("ablate.drop") as cue:
            self.play(FadeIn(self.tower), FadeIn(self.gauge), FadeIn(meter), run_time=0.7)
            cue.until("out")
            self.play(FadeIn(self.ring, scale=1.8), FadeIn(name), run_time=0.5)
            level = self.gauge.column.get_top()
            mark = Line(level + 0.9 * RIGHT, level - 0.9 * RIGHT).set_stroke(INK, 3)
            full = Words("with every head", size=SMALL, color=SOFT).move_to(level + 2.4 * RIGHT)
            self.play(FadeIn(mark), FadeIn(full), run_time=0.4)
            cue.until("crash")
            tear(self, left, over=0.9)
            self.play(self.tower.turn([(9, 1)], DARK), self.gauge.read_out(), run_time=0.9)
            cue.until("left")
            self.play(self.gauge.number.animate.set_color(HIGHLIGHT), run_time=0.4)
        self.add(full)
        self.meter, self.name, self.mark = meter, name, VGroup(mark, full)

    def backup(self) -> None:
        """Only the circuit stays lit; the same head costs far more."""
        found = self.result("paper_single")
        which = found.quantity("circuit_heads").labels["task"].index(TASK)
        circuit = found["circuit_heads"][which]
        outside = [(int(a), int(b)) for a, b in np.argwhere(circuit == 0)]
        cost = found.read("circuit_drop", **HEAD)
        scale = self.gauge.frame.height / 100
        frame = Rectangle(width=1.0, height=self.gauge.frame.height).set_stroke(SOFT, 3).move_to(self.gauge.frame)
        kept = self.result("paper").read("score", task=TASK)
        column = Rectangle(width=0.9, height=scale * float(kept), stroke_width=0).set_fill(HIGHLIGHT, 0.9)
        column.move_to(frame.get_bottom(), aligned_edge=DOWN)
        stands = Words("{x:.0f} %", x=kept, size=HEADING, color=INK).next_to(frame, UP, buff=0.18)
        piece = Rectangle(width=0.9, height=scale * float(cost), stroke_width=0).set_fill(BAD, 0.95)
        piece.move_to(column.get_top(), aligned_edge=UP)
        rest = column.copy().stretch_to_fit_height(scale * (float(kept) - float(cost)))
        rest.move_to(frame.get_bottom(), aligned_edge=DOWN)
        remain = Words("{x:.0f} %", x=found.read("circuit_left", **HEAD), size=HEADING, color=INK)
        remain.next_to(frame, UP, buff=0.18)
        number = Words("costs {x:.0f} points", x=cost, size=BODY, color=BAD).move_to([5.5, -1.1, 0])
        whole = self.gauge.copy().filled()
        note = Words("only the circuit", size=BODY, color=HIGHLIGHT).move_to([-3.3, -3.15, 0])
        self.tape.keep_clean(self.tower, whole, frame, stands, remain, piece, number, note)
        with self.say("ablate.backup") as cue:
            mend(self)
            self.play(self.tower.turn([(9, 1)], HIGHLIGHT), FadeOut(self.gauge), FadeIn(whole), run_time=0.5)
            cue.until("home")
            self.play(LaggedStart(*(self.tower.turn([at], DARK) for at in outside), lag_ratio=0.01), run_time=1.4)
            gone = [FadeOut(m) for m in (whole, self.meter, self.mark)]
            tear(self, kept)
            self.play(*gone, FadeIn(note), FadeIn(frame), FadeIn(column), FadeIn(stands), run_time=0.5)
            cue.until("out")
            self.remove(column)
            self.add(rest, piece)
            tear(self, found.read("circuit_left", **HEAD), over=0.9)
            self.play(self.tower.turn([(9, 1)], DARK), piece.animate.shift(1.5 * RIGHT), FadeOut(stands), run_time=0.9)
            cue.until("costs")
            self.play(FadeIn(number), FadeIn(remain), run_time=0.4)
            cue.until("cover")
            covers = [(int(a), int(b)) for a, b in np.argwhere(circuit == 0) if a >= 9]
            self.play(
                *(self.tower.cell(*at).animate.set_stroke(HIGHLIGHT, 3) for at in covers), run_time=min(0.8, cue.left)
            )
            cue.until("missed")
            self.play(
                *(self.tower.cell(*at).animate.set_stroke(SOFT, 1) for at in covers),
                self.tower.cell(9, 1).animate.set_stroke(BAD, 6),
                run_time=0.6,
            )
            cue.until("open")
            self.play(*(self.tower.cell(*at).animate.set_stroke(HIGHLIGHT, 3) for at in covers), run_time=0.6)
        self.clear_stage(piece, run_time=0.4)
        self.piece = piece

    def words(self) -> None:
        """What that head costs either alphabet, with the others on and off: the fallen piece is one of four."""
        found = self.result("paper_single")
        level, unit = 1.85, 0.105
        title = Words("points gone without {n}", n=Name("head 9.1"), size=HEADING, color=INK).move_to([0, 3.4, 0])
        beam = Line([-6.3, level, 0], [6.3, level, 0]).set_stroke(SOFT, 8)
        bars, numbers, labels, kinds = VGroup(), VGroup(), VGroup(), VGroup()
        for (kind, shown, colour), middle in zip(KINDS, (-3.3, 3.3), strict=True):
            kinds.add(Words(shown, size=HEADING, color=colour).move_to([middle, -2.85, 0]))
            for x, array, label in ((-1.5, "heads_drop", "others on"), (1.5, "circuit_drop", "others off")):
                lost = found.read(array, **HEAD | {"task": kind})
                bar = Rectangle(width=1.7, height=unit * max(float(lost), 0.2), stroke_width=0).set_fill(BAD, 0.95)
                bars.add(bar.move_to([middle + x, level, 0], aligned_edge=UP))
                numbers.add(Words("{x:.0f}", x=lost, size=HEADING, color=INK).next_to(bar, DOWN, buff=0.15))
                labels.add(Words(label, size=BODY, color=SOFT).move_to([middle + x, level + 0.45, 0]))
        self.tape.keep_clean(title, bars, numbers, labels, kinds)
        with self.say("ablate.words") as cue:
            mend(self)
            self.play(
                self.piece.animate.become(bars[1]), FadeIn(beam), FadeIn(title), FadeIn(labels[:2]), FadeIn(kinds[0]),
                run_time=0.8,
            )  # fmt: skip
            self.play(GrowFromEdge(bars[0], UP), FadeIn(numbers[:2]), run_time=min(0.6, cue.to("words")))
            cue.until("words")
            self.play(FadeIn(kinds[1]), FadeIn(labels[2:]), run_time=0.5)
            for k, mark, array in ((2, "among", "heads_left"), (3, "without", "circuit_left")):
                cue.until(mark)
                tear(self, found.read(array, **HEAD | {"task": "words"}), over=0.9)
                self.play(GrowFromEdge(bars[k], UP), run_time=0.9)
                self.play(FadeIn(numbers[k]), run_time=0.3)
            cue.until("either")
            self.play(*(Indicate(bars[k], color=BAD, scale_factor=1.08) for k in (2, 3)), run_time=0.8)
        self.clear_stage(run_time=0.4)

    def important(self) -> None:
        """Two words on a pair of scales."""
        self.badge_for(Origin.ILLUSTRATION)
        beam = Line([-5.4, 0, 0], [5.4, 0, 0]).set_stroke(SOFT, 10)
        foot = Polygon([0, 0, 0], [-1.0, -1.9, 0], [1.0, -1.9, 0]).set_stroke(SOFT, 4).set_fill(FAINT, 0.6)
        pans = VGroup(
            Rectangle(width=2.4, height=1.5, stroke_width=0).set_fill(HIGHLIGHT, 0.9).move_to([-4.2, 0.8, 0]),
            Rectangle(width=2.4, height=1.5, stroke_width=0).set_fill(BAD, 0.9).move_to([4.2, 0.8, 0]),
        )
        scales = VGroup(beam, pans).shift(0.3 * UP)
        foot.shift(0.3 * UP)
        words = VGroup(
            Words("important", size=TITLE, color=HIGHLIGHT).move_to([-4.0, 3.2, 0]),
            Words("indispensable", size=TITLE, color=BAD).move_to([4.0, 3.2, 0]),
        )
        note = Words("ask twice", size=TITLE, color=SOFT).move_to([0, -2.6, 0])
        with self.say("ablate.important") as cue:
            cue.until("important")
            mend(self)
            self.play(FadeIn(foot), FadeIn(scales), FadeIn(words), run_time=0.6)
            self.play(Rotate(scales, 10 * DEGREES, about_point=[0, 0.3, 0]), run_time=2.4)
            cue.until("half")
            self.play(FadeIn(note), run_time=0.5)
            self.play(Rotate(scales, -6 * DEGREES, about_point=[0, 0.3, 0]), run_time=min(0.7, cue.left))
