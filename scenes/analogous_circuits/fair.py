"""Fifth scene: pictures share places before they share anything else, and a fairer shuffle knows it."""

from __future__ import annotations

import numpy as np
from manim import DOWN, UP, Create, FadeIn, FadeOut, Group, Line, VGroup

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Words
from tapehead.scenes.stage.meters import Histogram
from tapehead.scenes.stage.palette import INK, SOFT

from .pictures import COMMON, FAR, FIRST, NEAR, NOTHING, photo, spots, tile

COLOURS = (FIRST, NEAR, FAR)
SEATS = 8
"""So many tiles are shown changing seats."""


class Fair(StageScene):
    """Where the loud ones lie, tiles that change seats, and what nothing looks like then."""

    def construct(self) -> None:
        self.found = self.result("inside")
        self.badge_for(self.found.origin, self.found.model)
        self.member = self.found["member"].astype(float)
        self.where()
        self.seats()
        self.null()
        self.clear_stage(run_time=0.4)

    def where(self) -> None:
        crowd = self.member.sum(axis=1)
        crowd /= crowd.max()
        self.photos = [
            photo(picture, 4.4, colour).move_to([x, 0.9, 0])
            for picture, colour, x in zip(self.found["picture"], COLOURS, (-4.7, 0.0, 4.7), strict=True)
        ]
        heats = [spots(crowd[n], self.photos[n], COMMON) for n in range(3)]
        words = Words("in the middle, every time", size=HEADING, color=COMMON).move_to([0, -2.2, 0])
        with self.say("fair.where") as cue:
            self.play(*(FadeIn(one) for one in self.photos), run_time=0.6)
            for mark, heat in zip(("horse", "zebra", "car"), heats, strict=True):
                cue.until(mark)
                self.play(FadeIn(heat, scale=0.9), run_time=0.6)
            cue.until("middle")
            self.play(FadeIn(words), run_time=0.4)
        self.gone = (*self.photos, *heats, words)

    def row(self, shown: int, channels: np.ndarray, y: float) -> list[Group]:
        """The tiles of some detectors in a row."""
        return [
            tile(self.member[shown, channel], 1.35, COLOURS[shown], COLOURS[shown]).move_to([-4.2 + 1.5 * k, y, 0])
            for k, channel in enumerate(channels)
        ]

    def seats(self) -> None:
        loud = np.argsort(-self.member[[0, 2]].sum(axis=(0, 2, 3)), kind="stable")[:SEATS]
        horse, car = self.row(0, loud, 2.0), self.row(2, loud, -0.6)
        small = [
            photo(self.found["picture"][n], 1.5, COLOURS[n]).move_to([-6.1, y, 0]) for n, y in ((0, 2.0), (2, -0.6))
        ]
        one = Words("one tile for each detector, its places stay", size=BODY, color=SOFT).move_to([0.4, -2.4, 0])
        with self.say("fair.shuffle") as cue:
            self.play(*(FadeOut(each) for each in self.gone), *(FadeIn(each) for each in small), run_time=0.5)
            cue.until("places")
            self.play(*(FadeIn(each) for each in (*horse, *car)), run_time=0.6)
            cue.until("fair")
            self.play(FadeIn(one), run_time=0.4)
            cue.until("tiles")
            for _ in range(2):
                order = self.rng.permutation(SEATS)
                self.play(
                    *(
                        each.animate(path_arc=1.2).move_to([-4.2 + 1.5 * int(k), -0.6, 0])
                        for each, k in zip(car, order, strict=True)
                    ),
                    run_time=0.9,
                )
        self.gone = (*small, *horse, *car, one)

    def pile(self, pair: str, x: float, edges: np.ndarray) -> Histogram:
        values = self.found["channel_overlap"][("near", "far").index(pair)]
        made = Histogram(values, edges, width=6.1, height=3.0, colour=NOTHING)
        return made.shift([x, -1.7, 0])

    def null(self) -> None:
        """Two heaps, and what was measured on each."""
        values = self.found["channel_overlap"]
        most = max(float(values.max()), float(self.found["overlap"].max())) * 1.02
        edges = np.linspace(0, most, 32)
        piles, posts, names = {}, {}, {}
        for pair, x, colour, text in (("far", -6.6, FAR, "horse, car"), ("near", 0.55, NEAR, "horse, zebra")):
            piles[pair] = self.pile(pair, x, edges)
            posts[pair] = piles[pair].mark(self.found.read("overlap", pair=pair), "{x:.2f}", colour, 3.55)
            names[pair] = Words(text, size=HEADING, color=colour).move_to([x + 3.05, 3.3, 0])
        low, high = (piles["far"].at(self.found.read(f"channel_{end}", pair="far")) for end in ("low", "high"))
        span = Line(low, high).shift(0.3 * DOWN).set_stroke(INK, 8)
        ends = VGroup(
            *(
                Words("{x:.2f}", x=self.found.read(f"channel_{end}", pair="far"), size=SMALL, color=INK).next_to(
                    place + 0.3 * DOWN, DOWN, buff=0.15
                )
                for end, place in (("low", low), ("high", high))
            )
        )
        mean = Words("luck: {x:.2f}", x=self.found.read("channel_mean", pair="far"), size=SMALL, color=SOFT)
        mean.next_to(ends, DOWN, buff=0.12).set_x(float((low + high)[0] / 2)).set_y(float(ends.get_y()))
        with self.say("fair.null") as cue:
            self.play(*(FadeOut(each) for each in self.gone), FadeIn(piles["far"]), FadeIn(names["far"]), run_time=0.6)
            cue.until("now")
            self.play(Create(span), FadeIn(ends), FadeIn(mean), run_time=0.7)
            cue.until("range")
            self.play(span.animate.set_stroke(COMMON), run_time=0.4)
            cue.until("measured")
            self.play(FadeIn(posts["far"], shift=0.2 * UP), run_time=0.5)
            cue.until("zebra")
            self.play(FadeIn(piles["near"]), FadeIn(names["near"]), run_time=0.5)
            self.play(FadeIn(posts["near"], shift=0.2 * UP), run_time=0.4)
            cue.until("most")
            self.play(*(one.bars.animate.set_fill(COMMON) for one in piles.values()), run_time=0.4)
            self.play(*(one.bars.animate.set_fill(NOTHING) for one in piles.values()), run_time=0.4)
