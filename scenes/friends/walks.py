"""Second scene: the table of friendships, and what its powers count."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    UP,
    Create,
    Dot,
    FadeIn,
    FadeOut,
    LaggedStart,
    MoveAlongPath,
    VGroup,
    VMobject,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, Words
from tapehead.scenes.stage.palette import HIGHLIGHT, INK, SOFT

from .pictures import FRIEND, SPOTS, NumberGrid, circle_of_six

CORNER, SIZE = (0.8, 2.2), (0.85, 0.72)
SHRINK, SHIFT = 0.56, np.array([-3.7, 0.2, 0.0])


def spot(name: str) -> np.ndarray:
    """Where somebody stands in the small picture on the left."""
    return SHRINK * np.array([*SPOTS[name], 0.0]) + SHIFT


class Walks(StageScene):
    """The table, its square, its cube."""

    def construct(self) -> None:
        self.badge_for(self.result("toy").origin)
        self.table()
        self.two()
        self.three()
        self.clear_stage(run_time=0.4)

    def grid(self, array: str, high: float) -> NumberGrid:
        toy = self.result("toy")
        names = toy.quantity(array).labels["row"]
        readings = [toy.row(array, "column", row=name) for name in names]
        made = NumberGrid(
            readings, names, corner=CORNER, size=SIZE, spec=".0f", high=high, colour=FRIEND, lettering=BODY
        )
        self.filled = [words for n, words in enumerate(made.numbers) if toy[array].ravel()[n]]
        for words in set(made.numbers) - set(self.filled):
            words.set_opacity(0)
        return made

    def table(self) -> None:
        """A one for friends."""
        toy = self.result("toy")
        people, lines = circle_of_six(toy["links"], toy.quantity("links").labels["row"])
        picture = VGroup(*lines.values(), *people.values())
        picture.scale(SHRINK, about_point=np.zeros(3)).shift(SHIFT)
        names = VGroup()
        for name in people:
            above = spot(name)[1] >= SHIFT[1]
            names.add(Words(name, size=BODY, color=INK).next_to(people[name], UP if above else DOWN, buff=0.12))
        self.now = self.grid("links", 1.6)
        with self.say("walks.table") as cue:
            self.play(FadeIn(picture), FadeIn(names), run_time=0.6)
            self.play(FadeIn(self.now.rows), FadeIn(self.now.columns), FadeIn(self.now.cells), run_time=0.7)
            cue.until("one")
            shown = LaggedStart(*(FadeIn(words) for words in self.filled), lag_ratio=0.12)
            self.play(shown, run_time=1.2)

    def walker(self, *names: str) -> tuple[Dot, VMobject]:
        """Somebody who walks from person to person."""
        path = VMobject().set_points_as_corners([spot(name) for name in names])
        return Dot(spot(names[0]), radius=0.14, color=HIGHLIGHT), path

    def step(self, array: str, high: float, title: str) -> None:
        new = self.grid(array, high)
        name = Words(title, size=HEADING, color=SOFT).move_to([3.4, -2.85, 0])
        old = self.now
        self.play(FadeOut(old), FadeIn(new), FadeIn(name), run_time=0.8)
        self.now, self.title = new, name

    def two(self) -> None:
        """Two steps: from a over b or c to d."""
        with self.say("walks.two") as cue:
            cue.until("itself")
            self.step("two", 4, "two steps")
            cue.until("ways")
            for over in ("b", "c"):
                dot, path = self.walker("a", over, "d")
                trail = path.copy().set_stroke(HIGHLIGHT, 6)
                self.add(dot)
                self.play(MoveAlongPath(dot, path), Create(trail), run_time=0.9)
                self.play(FadeOut(trail), FadeOut(dot), run_time=0.2)
            cue.until("answer")
            self.ring = self.now.ring(0, 3)
            self.play(Create(self.ring), run_time=0.5)

    def three(self) -> None:
        """Three steps, and that nothing was miscounted."""
        toy = self.result("toy")
        wrong = Words("{n:.0f} counts are wrong", n=toy.read("wrong"), size=HEADING, color=HIGHLIGHT).move_to(
            [-3.7, -2.4, 0]
        )
        with self.say("walks.three") as cue:
            self.play(FadeOut(self.title), run_time=0.2)
            self.step("three", 8, "three steps")
            self.bring_to_front(self.ring)
            for n, way in enumerate((("a", "b", "c", "d"), ("a", "c", "b", "d"))):
                if n:
                    cue.until("walked")
                dot, path = self.walker(*way)
                trail = path.copy().set_stroke(HIGHLIGHT, 6)
                self.add(dot)
                self.play(MoveAlongPath(dot, path), Create(trail), run_time=1.2)
                self.play(FadeOut(trail), FadeOut(dot), run_time=0.2)
            cue.until("wrong")
            self.play(FadeIn(wrong, shift=0.2 * UP), run_time=0.6)
