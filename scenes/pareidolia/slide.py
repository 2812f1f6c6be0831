"""Second scene: a bean slides over noise, and at every place asks how much it is like itself."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Create,
    FadeIn,
    FadeOut,
    Line,
    Rectangle,
    Triangle,
    ValueTracker,
    VGroup,
    linear,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import HEADING, SMALL, Words
from tapehead.scenes.stage.meters import Readout
from tapehead.scenes.stage.palette import FAINT, SOFT

from .pictures import BAR, BEAN, grey_photo, heat_photo

WALK = 36
"""How many places the walk over the noise stops at."""


class Slide(StageScene):
    """Noise, bean, walk, map, the best patch."""

    def construct(self) -> None:
        self.found = self.result("search")
        self.badge_for(self.found.origin)
        self.noise()
        self.walk()
        self.best()
        self.point()
        self.clear_stage(run_time=0.4)

    def noise(self) -> None:
        picture, template = self.found["picture"], self.found["template"]
        self.world = grey_photo(picture, 6.7).move_to([-3.5, 0.35, 0])
        self.unit = 6.7 / picture.shape[0]
        self.size = (template.shape[1] * self.unit, template.shape[0] * self.unit)
        self.bean = grey_photo(template, 3.2, BEAN, spread=1.6).move_to([3.9, 2.0, 0])
        with self.say("slide.noise") as cue:
            self.play(FadeIn(self.world), run_time=0.8)
            cue.until("bean")
            self.play(FadeIn(self.bean), run_time=0.6)

    def middle(self, row: float, column: float) -> np.ndarray:
        """The middle of the window whose upper left corner is that pixel."""
        corner = self.world.image.get_corner(UP + LEFT)
        return corner + (column * self.unit + self.size[0] / 2) * RIGHT + (row * self.unit + self.size[1] / 2) * DOWN

    def walk(self) -> None:
        """The window goes to and fro; the reading is that of the place where it is."""
        scores = self.found["map"]
        rows, columns = scores.shape
        lanes = 4
        across = np.linspace(0, columns - 1, WALK // lanes).round().astype(int)
        stops = [
            (round((rows - 1) * lane / (lanes - 1)), int(j))
            for lane in range(lanes)
            for j in (across if lane % 2 == 0 else across[::-1])
        ]
        readings = [self.found.read("map", **{"place row": i, "place column": j}) for i, j in stops]
        values = np.array([float(one) for one in readings])
        at = ValueTracker(0)
        window = Rectangle(width=self.size[0], height=self.size[1]).set_stroke(BAR, 6)
        line = Line([1.2, -2.2, 0], [6.6, -2.2, 0]).set_stroke(FAINT, 5)

        def spot(value: float) -> np.ndarray:
            return line.get_start() + value * (line.get_end() - line.get_start())

        ends = VGroup(
            Words("not at all", size=SMALL, color=SOFT).next_to(spot(0), DOWN, buff=0.3, aligned_edge=LEFT),
            Words("exactly", size=SMALL, color=SOFT).next_to(spot(1), DOWN, buff=0.3, aligned_edge=RIGHT),
        )
        ends[0].align_to(line, LEFT)
        ends[1].align_to(line, RIGHT)
        mark = Triangle().set_stroke(width=0).set_fill(BAR, 1).scale(0.2).rotate(np.pi)
        stations = np.array([self.middle(i, j) for i, j in stops])

        def here() -> tuple[np.ndarray, float]:
            place = at.get_value()
            n = min(int(place), len(stops) - 2)
            share = place - n
            return stations[n] + share * (stations[n + 1] - stations[n]), values[n] + share * (
                values[n + 1] - values[n]
            )

        window.add_updater(lambda one: one.move_to(here()[0]))
        mark.add_updater(lambda one: one.move_to(spot(max(here()[1], 0)) + 0.25 * UP))
        told = Readout("{x:.2f}", readings, at, size=84, color=BAR).move_to([3.9, -0.85, 0])
        with self.say("slide.slide") as cue:
            self.play(FadeIn(window), FadeIn(line), FadeIn(mark), FadeIn(told), FadeIn(ends), run_time=0.5)
            self.play(at.animate.set_value(len(stops) - 1), run_time=max(1.0, cue.left - 0.2), rate_func=linear)
            cue.until("asks")
            cue.until("scale")
        for one in (window, mark, told):
            one.clear_updaters()
        self.window = window
        self.play(FadeOut(VGroup(line, mark, told, ends)), run_time=0.4)

    def best(self) -> None:
        """The map, the best place, and the patch that lies there."""
        heat = heat_photo(self.found["map"], 4.4).move_to([3.9, 1.55, 0])
        row, column = int(self.found["best_row"]), int(self.found["best_column"])
        value = Words("best of {n:,.0f}: {x:.2f}", n=self.found.read("looks"), x=self.found.read("best"), size=HEADING)
        value.set_color(BAR).move_to([3.9, -1.35, 0])
        patch = grey_photo(self.found["found"], 4.4, BAR, spread=2.2).move_to([2.05, 1.55, 0])
        with self.say("slide.best") as cue:
            self.play(FadeOut(self.bean), FadeIn(heat), run_time=0.7)
            cue.until("best")
            self.play(self.window.animate.move_to(self.middle(row, column)), FadeIn(value), run_time=0.8)
            cue.until("patch")
            bean = grey_photo(self.found["template"], 4.4, BEAN, spread=1.6).move_to([5.35, 1.55, 0])
            patch.scale_to_fit_width(3.1), bean.scale_to_fit_width(3.1)
            self.play(FadeOut(heat), FadeIn(patch), FadeIn(bean), run_time=0.7)
        self.patch = patch

    def point(self) -> None:
        words = Words("a shape", size=84, color=BEAN).move_to([3.9, -2.5, 0])
        with self.say("slide.point") as cue:
            self.play(Create(self.patch.mark(BAR)), run_time=0.6)
            cue.until("shape")
            self.play(FadeIn(words, shift=0.2 * UP), run_time=0.6)
