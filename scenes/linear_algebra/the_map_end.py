"""The end of the film: the cat under the map, and a card that answers the first question."""

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
    GrowArrow,
    Indicate,
    LaggedStart,
    Polygon,
    Rectangle,
    Transform,
    VGroup,
    VMobject,
    there_and_back,
)

from tapehead.analysis.results import Origin
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.cards import EndCard
from tapehead.scenes.stage.cats import CatPerson, Reader, cat_icon, put
from tapehead.scenes.stage.lettering import Words
from tapehead.scenes.stage.matrices import frame_round
from tapehead.scenes.stage.networks import bend
from tapehead.scenes.stage.palette import COOL, EAR, GRID, HIGHLIGHT, INK, NOSE, OUTPUT, SOFT

from .hook_parts import BAND, FAR, OUT, Lattice, scribbles
from .pictures import chessboard, square_logo

LOW = (*BAND[:5], 0.7)
"""The wall below the pictures, darker than in the first scene."""


class TheEnd(StageScene):
    """The last three lines and the end card, for the last scene."""

    def again(self) -> None:
        """Face, sentence and cat of the beginning become numbers and go into the wall, again and again."""
        places = [np.array([x, 1.75, 0.0]) for x in (-4.5, 0.0, 4.5)]
        face = put(CatPerson(0.8, 0.9, 0.3, human=1, height=2.2), places[0])
        words = scribbles().move_to(places[1])
        cat = put(CatPerson(1, 1, 0.5, tinted=True, height=2.0), places[2] + 0.1 * DOWN)
        wall = Lattice(OUT)
        wall.show(LOW, 0.0)
        with self.say("the_map.again") as cue:
            self.badge_for(Origin.ILLUSTRATION)
            for mark, thing in (("face", face), ("sentence", words), ("cat", cat)):
                cue.until(mark)
                self.play(FadeIn(thing, shift=0.3 * UP), run_time=0.45)
            cue.until("column")
            columns = VGroup(*(self.column_of(place) for place in places))
            drops = [
                FadeIn(each, target_position=place, scale=0.3) for each, place in zip(columns, places, strict=True)
            ]
            self.play(LaggedStart(*drops, lag_ratio=0.2), run_time=max(0.8, cue.to("multiply") - 0.2))
            cue.until("multiply")
            self.bring_to_back(wall)
            self.play(FadeIn(wall), columns.animate.shift(1.5 * DOWN).set_opacity(0), run_time=0.9)
            self.remove(columns)
            self.play(wall.wave(max(0.4, cue.to("bend"))), run_time=max(0.4, cue.to("bend")))
            hinge = bend(np.array([0.0, -0.35, 0.0]), 1.0, 1.1)
            self.play(FadeIn(hinge, scale=1.6), wall.wave(0.6), run_time=0.6)
            rest = max(0.2, cue.to("again"))
            self.play(wall.wave(rest), Indicate(hinge[2], scale_factor=1.15, color=HIGHLIGHT), run_time=rest)
            cue.until("again")
            self.sound("whoosh")
            gone = [FadeOut(thing, run_time=0.5) for thing in (face, words, cat, hinge)]
            self.play(wall.wave(1.6, FAR), *gone, run_time=1.6)
            self.play(wall.wave(max(0.4, cue.left)), run_time=max(0.4, cue.left))
        self.clear_stage(run_time=0.5)

    def column_of(self, place: np.ndarray) -> VGroup:
        """A column of numbers, as bars: a drawing, of no picture in particular."""
        lengths = self.rng.uniform(0.3, 1.1, 4)
        bars = VGroup(*(Rectangle(width=length, height=0.17, stroke_width=0).set_fill(OUTPUT, 1) for length in lengths))
        bars.arrange(DOWN, buff=0.1, aligned_edge=LEFT)
        bracket = frame_round(bars, 0.14, SOFT)
        return VGroup(bracket, bars).move_to(place + 2.25 * DOWN)

    def cat(self) -> None:
        """A cat comes apart and returns; forty of them; the map peels off the floor."""
        cats = self.result("cats")
        with self.say("the_map.cat") as cue:
            tom = CatPerson(1, 1, 0.45, asleep=True, tinted=True, height=3.2)
            put(tom, np.array([0.0, -0.2, 0.0]))
            self.play(FadeIn(tom), run_time=0.5)
            cue.until("apart")
            parts = ((tom.ears, 0.9 * UP), (tom.nose, 4.2 * LEFT + 0.4 * UP), (tom.mouth, 4.2 * RIGHT + 0.2 * DOWN))
            self.play(*(part.animate.shift(way) for part, way in parts), run_time=1.0)
            self.play(*(part.animate.shift(-way) for part, way in parts), run_time=0.9)
            cue.until("forty")
            wall = VGroup()
            for nose, ear in zip(cats["nose"], cats["ear"], strict=True):
                wall.add(put(cat_icon(float(nose), float(ear), height=0.52), np.zeros(3)))
            for i, icon in enumerate(wall):
                icon.shift(np.array([-5.4 + 1.2 * (i % 10), 2.6 - 1.35 * (i // 10), 0]))
            note = Words("{n} invented cats", n=cats.read("cats"), color=INK).move_to([0.6, -3.2, 0])
            come = LaggedStart(*(FadeIn(i, scale=0.4) for i in wall), lag_ratio=0.03)
            self.play(FadeOut(tom, scale=0.3, run_time=0.4), come, FadeIn(note), run_time=1.2)
            cue.until("map")
            floor = chessboard()
            paper = self.paper()
            self.play(FadeOut(wall), FadeOut(note), FadeIn(floor), FadeIn(paper), run_time=0.5)
            self.play(Transform(paper, self.paper(peeled=True)), run_time=1.3)
        self.paper_map, self.floor = paper, floor

    def paper(self, peeled: bool = False) -> VGroup:
        """A sheet with a grid on it, flat on the floor or lifted by its upper edge."""
        low = [(-4.6, -3.0), (4.6, -3.0)]
        high = [(-2.6, -0.75), (2.6, -0.75)] if not peeled else [(-3.9, 1.9), (3.9, 1.9)]

        def at(x: float, y: float) -> np.ndarray:
            left = np.array(low[0]) + y * (np.array(high[0]) - np.array(low[0]))
            right = np.array(low[1]) + y * (np.array(high[1]) - np.array(low[1]))
            place = left + x * (right - left)
            return np.array([place[0], place[1], 0.0])

        sheet = Polygon(at(0, 0), at(1, 0), at(1, 1), at(0, 1)).set_stroke(INK, 4).set_fill("#10202A", 1)
        grid = VGroup()
        for i in range(1, 8):
            grid.add(VMobject().set_points_as_corners([at(i / 8, 0), at(i / 8, 1)]))
        for i in range(1, 5):
            grid.add(VMobject().set_points_as_corners([at(0, i / 5), at(1, i / 5)]))
        grid.set_stroke(GRID, 3)
        axes = VGroup(
            VMobject().set_points_as_corners([at(0.25, 0), at(0.25, 1)]).set_stroke(EAR, 5),
            VMobject().set_points_as_corners([at(0, 0.4), at(1, 0.4)]).set_stroke(NOSE, 5),
        )
        return VGroup(sheet, grid, axes)

    def asleep(self) -> None:
        """The giant cat sleeps; the map is its blanket; the reader lays a hand on it."""
        with self.say("the_map.asleep") as cue:
            giant = put(CatPerson(1, 1, 0.45, asleep=True, tinted=True, height=4.6), np.array([1.2, 0.2, 0.0]))
            reader = Reader(0.0, height=2.6).move_to([-5.2, -1.3, 0])
            self.add(self.floor, giant, self.paper_map)
            self.play(FadeIn(giant, shift=0.8 * UP), run_time=0.7)
            cover = self.paper().stretch_to_fit_width(8.2).stretch_to_fit_height(2.5).move_to([1.2, -2.3, 0])
            self.play(Transform(self.paper_map, cover), FadeIn(reader), run_time=1.0)
            cue.until("slept")
            self.play(giant.animate(rate_func=there_and_back).scale(1.025), run_time=max(1.2, cue.left))
            shut = Rectangle(width=0.9, height=0.6, color=INK, stroke_width=3).set_fill(COOL, 1)
            shut.move_to(reader.book)
            self.play(FadeOut(reader.book), FadeIn(shut), run_time=0.6)
        self.clear_stage(run_time=0.5)

    def end_card(self) -> None:
        """The first question and its answer; the square as logo; what the film was reworked from."""
        logo = square_logo(3.0, 1.5)
        card = EndCard(
            "Why this recipe?",
            "So that you can take a world apart\nand trust the pieces.",
            self.context.references,
            logo,
        )
        self.play(FadeIn(card.question), run_time=0.5)
        self.play(FadeIn(card.answer, shift=0.2 * UP), run_time=0.7)
        if card.logo is logo:
            roads = LaggedStart(*(GrowArrow(side) for side in logo.sides), lag_ratio=0.25)
            self.play(roads, FadeIn(logo.corners), run_time=1.2)
            self.play(Create(logo.ring), FadeIn(card.credits), run_time=0.6)
        else:
            self.play(FadeIn(card.credits), run_time=0.6)
        self.hold(3.0)
        self.clear_stage(run_time=0.6, at_once=True)
