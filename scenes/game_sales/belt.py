"""Sixth scene: the belt that makes weights let go, and how far that can be trusted."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Create,
    Dot,
    FadeIn,
    FadeOut,
    Indicate,
    LaggedStart,
    Line,
    Rectangle,
    RoundedRectangle,
    VGroup,
    VMobject,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Words
from tapehead.scenes.stage.palette import FAINT, HIGHLIGHT, INK, SOFT
from tapehead.scenes.stage.specks import block, specks

from .pictures import NAMES, SHADES

LEFT_END, WIDE, FLOOR, HIGH = -4.6, 9.6, -2.2, 5.0


class Belt(StageScene):
    """Bars under a belt, the path, the truth, and the hole that a recipe picks."""

    def construct(self) -> None:
        found = self.result("belt")
        self.names = found.quantity("path").labels["predictor"]
        self.strength, self.path = found["strength"], np.abs(found["path"])
        self.idea()
        self.curves()
        self.first()
        self.chosen()
        self.clear_stage(run_time=0.4)

    def bars(self, step: int) -> VGroup:
        """The weights at one strength, as upright bars."""
        made = VGroup()
        for n, name in enumerate(self.names):
            tall = max(0.02, 9.0 * float(self.path[n, step]))
            bar = Rectangle(width=1.3, height=tall, stroke_width=0).set_fill(SHADES[name], 1)
            made.add(bar.move_to([-4.5 + 3.0 * n, -1.9, 0], aligned_edge=DOWN))
        return made

    def idea(self) -> None:
        """Four weights, and a strap that comes down on them."""
        bars = self.bars(0)
        names = VGroup(
            *(
                Words(NAMES[name], size=BODY, color=SHADES[name]).move_to([-4.5 + 3.0 * n, -2.5, 0])
                for n, name in enumerate(self.names)
            )
        )
        strap = RoundedRectangle(width=12.4, height=0.5, corner_radius=0.2).set_stroke(HIGHLIGHT, 5)
        strap.set_fill(HIGHLIGHT, 0.25)
        buckle = RoundedRectangle(width=0.9, height=0.8, corner_radius=0.12).set_stroke(HIGHLIGHT, 7)
        belt = VGroup(strap, buckle).move_to([0, 2.9, 0])
        middle = int(np.searchsorted(self.strength, 0.05))
        with self.say("belt.idea") as cue:
            self.play(FadeIn(bars, shift=0.2 * UP), FadeIn(names), run_time=0.7)
            cue.until("belt")
            self.play(FadeIn(belt, shift=0.4 * DOWN), run_time=0.6)
            cue.until("pull")
            after = self.bars(middle)
            top = float(after.get_top()[1]) + 0.35
            self.play(
                *(bar.animate.become(new) for bar, new in zip(bars, after, strict=True)),
                belt.animate.set_y(top),
                run_time=1.5,
            )
            cue.until("useless")
            self.play(bars[-1].animate.set_opacity(0.2), names[-1].animate.set_color(INK), run_time=0.6)
        self.clear_stage(run_time=0.4)

    def at(self, strength: float, weight: float) -> np.ndarray:
        share = np.log(strength / self.strength[0]) / np.log(self.strength[-1] / self.strength[0])
        return np.array([LEFT_END + WIDE * share, FLOOR + HIGH * weight / self.path.max(), 0.0])

    def curves(self) -> None:
        """Every weight over the pull, until it is gone."""
        found = self.result("belt")
        floor = Line([LEFT_END, FLOOR, 0], [LEFT_END + WIDE, FLOOR, 0]).set_stroke(FAINT, 5)
        wall = Line([LEFT_END, FLOOR, 0], [LEFT_END, FLOOR + HIGH + 0.4, 0]).set_stroke(FAINT, 5)
        pull = Words("pull harder", size=SMALL, color=SOFT).next_to(floor, DOWN, buff=0.3).align_to(floor, RIGHT)
        weight = Words("weight", size=SMALL, color=SOFT).next_to(wall, UP, buff=0.12)
        lines, names, ends = VGroup(), VGroup(), VGroup()
        for n, name in enumerate(self.names):
            line = VMobject().set_points_as_corners(
                [self.at(s, w) for s, w in zip(self.strength, self.path[n], strict=True)]
            )
            lines.add(line.set_stroke(SHADES[name], 7).set_fill(opacity=0))
            label = Words(NAMES[name], size=SMALL, color=SHADES[name])
            names.add(label.next_to(self.at(self.strength[0], self.path[n, 0]), LEFT, buff=0.2))
            gone = float(found.read("gone_at", predictor=name))
            ends.add(Dot(self.at(gone, 0.0), radius=0.14, color=SHADES[name]))
        marks = {"publisher": "publisher", "users": "user", "critics": "critic", "talk": "talk"}
        strap = Line([LEFT_END, FLOOR - 0.1, 0], [LEFT_END, FLOOR + HIGH, 0]).set_stroke(HIGHLIGHT, 6)
        with self.say("belt.path") as cue:
            self.play(FadeIn(floor), FadeIn(wall), FadeIn(pull), FadeIn(weight), run_time=0.4)
            self.play(FadeIn(names), *(Create(line) for line in lines), run_time=1.2)
            self.play(FadeIn(strap), run_time=0.2)
            for mark, name in marks.items():
                cue.until(mark)
                n = self.names.index(name)
                self.play(strap.animate.set_x(float(ends[n].get_x())), run_time=0.8)
                self.play(FadeIn(ends[n], scale=2), run_time=0.3)
        self.clear_stage(run_time=0.4)

    def hundred(self, count: int, x: float, colour: str) -> VGroup:
        """A square of tables; the first ``count`` of them in colour."""
        total = int(self.result("belt")["tables"])
        places = block(total, 10, (0.42, 0.42), (x, 0.5))
        lit = np.arange(total) < count
        return VGroup(specks(places[lit], colour, 0.34), specks(places[~lit], FAINT, 0.34))

    def first(self) -> None:
        """In how many fresh tables the useless column let go first."""
        found = self.result("belt")
        value = found.read("dropped_first", predictor="publisher")
        self.left = self.hundred(int(value), -3.6, HIGHLIGHT)
        self.title = Words("let go first", size=BODY, color=HIGHLIGHT).move_to([-3.6, 3.2, 0])
        self.number = Words(
            "{k:.0f} of {n:.0f}", k=value, n=found.read("tables"), size=HEADING, color=HIGHLIGHT
        ).move_to([-3.6, -2.3, 0])
        known = Words("planted weight:\nnothing", size=HEADING, color=SOFT, align="center").move_to([3.4, 0.6, 0])
        with self.say("belt.first") as cue:
            cue.until("know")
            self.play(FadeIn(known, shift=0.2 * UP), run_time=0.6)
            cue.until("ninety")
            self.play(FadeIn(self.left[1]), FadeIn(self.title), run_time=0.4)
            self.play(LaggedStart(FadeIn(self.left[0]), FadeIn(self.number), lag_ratio=0.5), run_time=1.0)
        self.play(FadeOut(known), run_time=0.3)

    def chosen(self) -> None:
        """And in how many it was gone at the pull that ten folds choose."""
        found = self.result("belt")
        value = found.read("dropped", predictor="publisher")
        right = self.hundred(int(value), 3.6, SOFT)
        title = Words("gone, by the recipe", size=BODY, color=SOFT).move_to([3.6, 3.2, 0])
        number = Words("{k:.0f} of {n:.0f}", k=value, n=found.read("tables"), size=HEADING, color=SOFT).move_to(
            [3.6, -2.3, 0]
        )
        proof = Words("staying proves nothing", size=BODY, color=INK).move_to([1.5, -3.3, 0])
        with self.say("belt.chosen") as cue:
            cue.until("recipe")
            self.play(FadeIn(title), FadeIn(right[1]), run_time=0.6)
            cue.until("one")
            self.play(Indicate(title, color=HIGHLIGHT, scale_factor=1.1), run_time=0.8)
            cue.until("eighteen")
            self.play(FadeIn(right[0]), FadeIn(number), run_time=0.7)
            cue.until("stays")
            self.play(FadeIn(proof, shift=0.2 * UP), run_time=0.6)
