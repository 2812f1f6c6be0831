"""Sixth scene: subtract the projection, on paper and in the network, with a shadow of equal length as the control."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Create,
    DashedLine,
    FadeIn,
    FadeOut,
    Group,
    GrowFromEdge,
    Line,
    Rectangle,
    VGroup,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.intervals import whisker
from tapehead.scenes.stage.lettering import BODY, HEADING, Formula, Words
from tapehead.scenes.stage.palette import FAINT, INK, SOFT
from tapehead.scenes.stage.planes import Plane

from .parts import AWAY, CHANCE, EYES, FREED, at, chance_of, eyes_of, label, linger, upright

ARMS = (
    ("told", "as found", AWAY),
    ("freed", "less its shadow", FREED),
    ("as much taken away", "less a random one", CHANCE),
)


class Shadow(StageScene):
    """Paper, network, control, and the eyes."""

    def construct(self) -> None:
        self.paper()
        self.network()
        self.see()
        self.clear_stage(run_time=0.5)

    def paper(self) -> None:
        found = self.result("paper")
        self.badge_for(found.origin)
        one, other, shade, freed = (found[name] for name in ("first", "second", "projection", "freed"))
        plane = Plane((-3.6, -1.3), 2.0, (-1.4, 2.6), (-0.4, 2.1), ("across", "up"), (FAINT, FAINT))
        plane.names.set_opacity(0)
        plane.remove(plane.names)
        hair, eyes = plane.arrow((0, 0), one, AWAY, 12), plane.arrow((0, 0), other, EYES, 12)
        drop = DashedLine(plane.at(one), plane.at(shade), dash_length=0.14).set_stroke(SOFT, 5)
        shadow = Line(plane.at((0, 0)), plane.at(shade)).set_stroke(INK, 20, 0.55)
        left = plane.arrow(shade, one, FREED, 12)
        alone = plane.arrow((0, 0), freed, FREED, 12)
        length = float(np.linalg.norm(other)), float(np.linalg.norm(freed))
        corner = plane.right_angle((0, 0), other / length[0], freed / length[1], 0.24, 5)
        names = VGroup(
            label("hair", AWAY, HEADING).next_to(plane.at(one), UP + RIGHT, buff=0.1),
            label("eyes", EYES, HEADING).next_to(plane.at(other), DOWN + RIGHT, buff=0.15),
            label("freed", FREED, HEADING).next_to(plane.at(freed), UP, buff=0.15),
        )
        rule = Formula("c = n_1 - (n_1 dot n_2) / (n_2 dot n_2) n_2", size=HEADING).move_to([4.15, 2.75, 0])
        result = Words(
            "({a:.1f}, {b:.1f})",
            a=found.read("freed", number=0),
            b=found.read("freed", number=1),
            size=84,
            color=FREED,
        ).move_to([4.4, 0.6, 0])
        against = Words("with the eyes: {x:.0f}", x=found.read("freed_dragged"), size=HEADING, color=EYES)
        against.move_to([4.4, -0.6, 0])
        kept = Words("length kept: {x:.0f} %", x=found.read("kept"), size=HEADING, color=SOFT).move_to([4.4, -1.6, 0])
        self.tape.keep_clean(plane, names, rule, result, against, kept)
        self.add(plane)
        with self.say("shadow.paper") as cue:
            cue.until("hair")
            self.play(Create(hair), FadeIn(names[0]), run_time=0.6)
            cue.until("eyes")
            self.play(Create(eyes), FadeIn(names[1]), run_time=0.6)
            cue.until("shadow")
            self.play(Create(drop), run_time=0.5)
            self.play(Create(shadow), run_time=0.5)
        with self.say("shadow.subtract") as cue:
            self.play(FadeIn(rule), run_time=0.5)
            self.play(Create(left), run_time=0.6)
            cue.until("left")
            self.play(left.animate.move_to(alone), FadeOut(drop), FadeIn(result), run_time=0.9)
            self.play(FadeIn(names[2]), FadeIn(corner), run_time=0.4)
            cue.until("product")
            self.play(FadeIn(against), run_time=0.5)
            cue.until("shorter")
            self.play(FadeIn(kept), run_time=0.5)
        self.clear_stage(run_time=0.5)

    def row(self, n: int, arm: str, text: str, colour: str, units: tuple[float, float]) -> list[VGroup]:
        """One arm: its name, and a bar with its interval on either half of the screen."""
        found = self.result("steered")
        y = 1.35 - 1.75 * n
        made = [VGroup(label(text, colour, BODY).move_to([-6.7, y, 0], aligned_edge=LEFT))]
        for name, x, unit, spread in (("target", -1.5, units[0], 0.0), ("drag", 3.0, units[1], 0.0)):
            value, low, high = (found.read(f"{name}_{end}", arm=arm) for end in ("mean", "low", "high"))
            sign = 1.0 if float(found.read(f"{name}_mean", arm="told")) >= 0 else -1.0
            zero = np.array([x + spread, y, 0.0])
            wide = sign * unit * float(value)
            side = RIGHT if wide >= 0 else LEFT
            bar = Rectangle(width=max(0.04, abs(wide)), height=0.85, stroke_width=0).set_fill(colour, 1)
            bar.move_to(zero, aligned_edge=-side)
            first, last = (zero + sign * unit * float(end) * RIGHT for end in (low, high))
            ends = whisker(first, last, INK, 5, 0.22)
            far = max(sign * unit * float(end) for end in (low, high))
            told = Words("{x:.2f}", x=value, size=HEADING, color=colour)
            told.move_to(zero + (max(far, 0.0) + 0.3) * RIGHT, aligned_edge=LEFT)
            made.append(VGroup(bar, ends, told))
        return made

    def network(self) -> None:
        """Three ways to push: how far the hair goes, and how far the eyes are dragged."""
        found = self.result("steered")
        self.badge_for(found.origin, found.model)
        units = tuple(
            2.2 / max(float(np.abs(found[f"{name}_{end}"]).max()) for end in ("low", "high"))
            for name in ("target", "drag")
        )
        rows = [self.row(n, *arm, (units[0], units[1])) for n, arm in enumerate(ARMS)]
        zeros = VGroup(*(Line([x, 2.2, 0], [x, -2.8, 0]) for x in (-1.5, 3.0))).set_stroke(FAINT, 5)
        heads = VGroup(
            label("hair goes", AWAY, BODY).move_to([-1.5, 3.1, 0], aligned_edge=LEFT),
            label("eyes are dragged", EYES, BODY).move_to([3.0, 3.1, 0], aligned_edge=LEFT),
        )
        tests = {arm: chance_of(found.read("less_p", arm=arm)) for arm, _, _ in ARMS[1:]}
        for n, test in enumerate(tests.values()):
            test.next_to(rows[n + 1][2][2], DOWN, buff=0.12).align_to(rows[n + 1][2][2], LEFT)
        self.tape.keep_clean(*(part for row in rows for part in row), heads, *tests.values())
        with self.say("shadow.network") as cue:
            self.play(FadeIn(zeros), FadeIn(heads), *(FadeIn(row[0]) for row in rows), run_time=0.5)
            self.play(*(GrowFromEdge(part[0], LEFT) for part in rows[0][1:]), run_time=0.6)
            self.play(*(FadeIn(part[1:]) for part in rows[0][1:]), run_time=0.3)
            cue.until("without")
            self.play(*(GrowFromEdge(part[0], LEFT) for part in rows[1][1:]), run_time=0.7)
            self.play(FadeIn(rows[1][1][1:]), run_time=0.3)
            cue.until("eyes")
            self.play(FadeIn(rows[1][2][1:]), FadeIn(tests["freed"]), run_time=0.5)
        with self.say("shadow.control") as cue:
            cue.until("random")
            third = rows[2]
            self.play(*(GrowFromEdge(part[0], LEFT) for part in third[1:]), run_time=0.7)
            self.play(*(FadeIn(part[1:]) for part in third[1:]), FadeIn(tests["as much taken away"]), run_time=0.4)
            linger(self, cue.left, third[2][2])
        self.clear_stage(run_time=0.5)

    def see(self) -> None:
        """The eyes of the same puppets: untouched, dragged, freed."""
        found = self.result("steered")
        pictures = (
            (upright(found["before"]), "untouched", SOFT),
            (upright(at(found, "arm_picture", "arm", "told"))[0], "dragged", AWAY),
            (upright(at(found, "arm_picture", "arm", "freed"))[0], "freed", FREED),
        )
        strips, names = Group(), VGroup()
        for n, (rows, text, colour) in enumerate(pictures):
            strip = Group(*(eyes_of(rows[k], 1.6, colour) for k in range(3))).arrange(RIGHT, buff=0.25)
            strips.add(strip.move_to([1.3, 2.45 - 2.3 * n, 0]))
            names.add(label(text, colour).next_to(strip, LEFT, buff=0.35))
        self.tape.keep_clean(strips, names)
        with self.say("shadow.see") as cue:
            self.play(FadeIn(strips[0]), FadeIn(names[0]), run_time=0.5)
            self.play(FadeIn(strips[1]), FadeIn(names[1]), run_time=0.5)
            cue.until("freed")
            self.play(FadeIn(strips[2]), FadeIn(names[2]), run_time=0.6)
            cue.until("bend")
            self.play(strips[2].animate.scale(1.02), run_time=0.8)
        self.clear_stage(run_time=0.5)
        with self.say("shadow.further"):
            large = eyes_of(pictures[2][0][0], 4.6, SOFT).move_to([0, 0.4, 0])
            self.play(FadeIn(large), run_time=0.6)
            self.play(large.animate.scale(1.03), run_time=1.0)
