"""Sixth scene: ten loud neurons are a few detectors, and a step aside makes a zebra unlike herself."""

from __future__ import annotations

import numpy as np
from manim import DOWN, RIGHT, UP, Create, FadeIn, FadeOut, LaggedStart, ValueTracker, VGroup, linear

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.charts import NamedAxes
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Words
from tapehead.scenes.stage.meters import Readout
from tapehead.scenes.stage.networks import disc
from tapehead.scenes.stage.palette import INK, OKABE_ITO

from .pictures import COMMON, FIRST, NEAR, NOTHING, photo


class Place(StageScene):
    """The ten loudest, the zebra that moves, whether and where."""

    def construct(self) -> None:
        self.found, self.moved = self.result("inside"), self.result("shifts")
        self.badge_for(self.found.origin, self.found.model)
        self.loudest()
        self.shift_aside()
        self.pool()
        self.clear_stage(run_time=0.4)

    def loudest(self) -> None:
        channels = [int(one) for one in self.found["loudest"]]
        kinds = list(dict.fromkeys(channels))
        colour = {kind: OKABE_ITO[n % len(OKABE_ITO)] for n, kind in enumerate(kinds)}
        discs = VGroup(
            *(disc([-6.1 + 1.355 * n, 2.2, 0], colour[one], 0.52, tint=0.85) for n, one in enumerate(channels))
        )
        horse = photo(self.found["picture"][0], 3.4, FIRST).move_to([-5.0, -0.9, 0])
        where = {kind: -2.2 + n * 8.6 / max(len(kinds) - 1, 1) for n, kind in enumerate(kinds)}
        height: dict[int, int] = dict.fromkeys(kinds, 0)
        moves = []
        for one, kind in zip(discs, channels, strict=True):
            place = np.array([where[kind], -2.1 + 1.12 * height[kind], 0])
            height[kind] += 1
            moves.append(one.animate.move_to(place))
        told = Words("{n:.0f} detectors", n=self.found.read("loudest_channels"), size=HEADING, color=INK)
        told.move_to([-3.5, 3.25, 0])
        luck = Words("by luck: {x:.1f}", x=self.found.read("random_channels"), size=HEADING, color=NOTHING)
        luck.move_to([3.5, 3.25, 0])
        with self.say("place.loudest") as cue:
            self.play(
                FadeIn(horse), LaggedStart(*(FadeIn(one, scale=0.6) for one in discs), lag_ratio=0.15), run_time=1.2
            )
            cue.until("tiles")
            self.play(*moves, FadeIn(told), run_time=0.9)
            cue.until("luck")
            self.play(FadeIn(luck), run_time=0.4)
            cue.until("few")
            tall = [one for one, kind in zip(discs, channels, strict=True) if height[kind] > 1]
            self.play(*(one.animate.scale(1.12) for one in tall), run_time=0.4)
        self.gone = (horse, discs, told, luck)

    def shift_aside(self) -> None:
        pixels, placed = self.moved["pixels"], self.moved["placed"]
        count, at = len(pixels), ValueTracker(0)
        photos = [photo(picture, 4.6, NEAR).move_to([-4.45, 0.7, 0]) for picture in self.moved["picture"]]
        self.chart = NamedAxes(
            (-0.9, -1.9), (7.3, 4.6), (0, float(pixels[-1])), (0, 1.05), ("pixels aside", "shared with herself")
        )
        answer = Readout(
            "zebra: {x:.1f} %",
            [self.moved.read("probability", shift=n) for n in range(count)],
            at,
            size=HEADING,
            color=NEAR,
        ).move_to([-4.45, -2.35, 0])
        readout = Readout(
            "{x:.2f}", [self.moved.read("placed", shift=n) for n in range(count)], at, size=HEADING, color=COMMON
        )
        curve = self.chart.curve(pixels, placed, COMMON)
        low = self.moved.read("chance_placed")
        luck = self.chart.level(float(low))
        name = Words("luck {x:.2f}", x=low, size=SMALL, color=NOTHING).next_to(luck.get_start(), UP, buff=0.12)
        name.shift(0.9 * RIGHT)
        with self.say("place.shift") as cue:
            self.play(*(FadeOut(one) for one in self.gone), FadeIn(photos[0]), run_time=0.5)
            self.play(FadeIn(self.chart), FadeIn(luck), FadeIn(name), run_time=0.4)
            cue.until("move")
            readout.move_to([2.9, 2.35, 0])
            self.play(FadeIn(answer), FadeIn(readout), run_time=0.3)
            each = max(0.25, (cue.to("less") - 0.2) / (count - 1))
            for n in range(1, count):
                part = self.chart.curve(pixels[n - 1 : n + 1], placed[n - 1 : n + 1], COMMON)
                self.play(
                    FadeIn(photos[n]),
                    FadeOut(photos[n - 1]),
                    Create(part),
                    at.animate(rate_func=linear).set_value(n),
                    run_time=each,
                )
            cue.until("less")
            self.play(readout.animate.scale(1.15), run_time=0.3)
            cue.until("end")
            self.play(readout.animate.scale(1 / 1.15), run_time=0.3)
        answer.clear_updaters()
        readout.clear_updaters()
        self.add(curve)
        self.photo, self.readout = photos[-1], readout

    def pool(self) -> None:
        pixels, channels = self.moved["pixels"], self.moved["channels"]
        curve = self.chart.curve(pixels, channels, NEAR)
        last = len(pixels) - 1
        whether = Words("whether: {x:.2f}", x=self.moved.read("channels", shift=last), size=BODY, color=NEAR)
        where = Words("whether and where: {x:.2f}", x=self.moved.read("placed", shift=last), size=BODY, color=COMMON)
        whether.next_to(self.chart.at(float(pixels[-1]), float(channels[-1])), UP, buff=0.3).align_to(
            self.chart.axes, RIGHT
        )
        where.next_to(self.chart.at(float(pixels[-1]), float(self.moved["placed"][-1])), DOWN, buff=0.35)
        where.align_to(self.chart.axes, RIGHT)
        with self.say("place.pool") as cue:
            self.play(FadeOut(self.readout), FadeIn(where), run_time=0.4)
            cue.until("whether")
            self.play(Create(curve), run_time=0.9)
            cue.until("stays")
            self.play(FadeIn(whether), run_time=0.4)
            cue.until("right")
            self.play(whether.animate.set_color(INK), where.animate.set_color(INK), run_time=0.4)
