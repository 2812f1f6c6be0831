"""Eighth scene: many pairs in place of one, and how many it takes."""

from __future__ import annotations

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Create, FadeIn, FadeOut, VGroup

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.charts import NamedAxes
from tapehead.scenes.stage.intervals import whisker
from tapehead.scenes.stage.lettering import HEADING, HUGE, SMALL, Words
from tapehead.scenes.stage.palette import INK

from .pictures import COMMON, FAR, FIRST, NEAR, NOTHING, cloud

GROUPS = ("one kind", "near kinds", "far kinds")
WIDE = 0.26
"""How far the specks of a group lie beside each other, in groups."""
COLOUR = {"covered": COMMON, "one kind": FIRST, "near kinds": NEAR, "far kinds": FAR}


class Many(StageScene):
    """Clouds of pairs, how often near beats far, how many pairs it takes, the strangest thing."""

    def construct(self) -> None:
        self.found = self.result("pairs")
        self.badge_for(self.found.origin, self.found.model)
        self.jitter = self.rng.uniform(-WIDE, WIDE, int(self.found["pairs"]))
        self.clouds()
        self.auc()
        self.size()
        self.twist()
        self.clear_stage(run_time=0.4)

    def column(self, chart: NamedAxes, group: str, x: float) -> VGroup:
        """The pairs of a group, their mean and their name."""
        names = self.found.quantity("value").labels
        values = self.found["value"][names["measure"].index("overlap"), names["group"].index(group)]
        mean = self.found.read("mean", measure="overlap", group=group)
        points = cloud(chart, x, values, COLOUR[group], self.jitter)
        level = chart.at(x, float(mean))
        bar = whisker(level + 0.62 * LEFT, level + 0.62 * RIGHT, INK, 6, 0.01)
        number = Words("{x:.2f}", x=mean, size=HEADING, color=INK)
        beside = chart.at(x + WIDE, float(mean))
        # Above the line of luck, whatever the mean.
        number.move_to([beside[0] + 0.75, max(beside[1] + 0.12, chart.at(x, float(self.found["chance"]))[1] + 0.42), 0])
        name = Words(group, size=SMALL, color=COLOUR[group]).next_to(chart.at(x, 0), DOWN, buff=0.2)
        return VGroup(points, name, bar, number)

    def clouds(self) -> None:
        self.chart = NamedAxes((-5.9, -2.3), (12.2, 5.2), (0.3, 3.7), (0, 0.95), ("", "overlap"))
        luck = self.found.read("chance")
        self.level = self.chart.level(float(luck))
        name = Words("luck {x:.2f}", x=luck, size=SMALL, color=NOTHING)
        name.next_to(self.chart.at(0.3, float(luck)), UP, buff=0.1).shift(0.95 * RIGHT)
        self.columns = {group: self.column(self.chart, group, n + 1) for n, group in enumerate(GROUPS)}
        with self.say("many.cloud") as cue:
            self.play(FadeIn(self.chart), FadeIn(self.level), FadeIn(name), run_time=0.6)
            cue.until("pairs")
            self.play(self.level.animate.set_stroke(INK), run_time=0.4)
            for group, mark in zip(GROUPS, ("kind", "near", "far"), strict=True):
                cue.until(mark)
                self.play(FadeIn(self.columns[group][:2], shift=0.2 * DOWN), run_time=0.5)
                self.play(FadeIn(self.columns[group][2:]), run_time=0.4)
        self.luck = name

    def auc(self) -> None:
        value = Words("{x:.0%}", x=self.found.read("auc", measure="overlap"), size=1.4 * HUGE, color=COMMON, bold=True)
        coin = Words("a coin: half", size=SMALL, color=NOTHING)
        value.move_to([3.0, 2.15, 0])
        coin.next_to(value, DOWN, buff=0.3)
        first = self.columns["one kind"]
        with self.say("many.auc") as cue:
            cue.until("pick")
            self.play(first[0].animate.set_fill(opacity=0.25), run_time=0.5)
            cue.until("cases")
            self.play(FadeIn(value, scale=0.8), run_time=0.5)
            cue.until("coin")
            self.play(FadeIn(coin), run_time=0.4)
        self.told = VGroup(value, coin)

    def size(self) -> None:
        """Intervals against the number of pairs."""
        sizes = self.found["size"]
        chart = NamedAxes(
            (-5.3, -2.1), (11.4, 4.8), (0.5, len(sizes) + 0.5), (0, 1.05), ("pairs in each group", "near beats far")
        )
        half = chart.level(0.5)
        coin = Words("coin", size=SMALL, color=NOTHING).next_to(half, LEFT, buff=0.2)
        posts = VGroup()
        for n in range(len(sizes)):
            ends = [float(self.found.read(f"size_{end}", measure="overlap", size=n)) for end in ("low", "high")]
            colour = COMMON if ends[0] > 0.5 else NOTHING
            post = whisker(chart.at(n + 1, ends[0]), chart.at(n + 1, ends[1]), colour, 9, 0.22)
            name = Words("{n:.0f}", n=self.found.read("size", size=n), size=SMALL, color=colour)
            posts.add(VGroup(post, name.next_to(chart.at(n + 1, 0), DOWN, buff=0.2)))
        chart.names[0].move_to([0.4, -3.25, 0])
        dot = chart.curve([0.5, len(sizes) + 0.5], np.full(2, float(self.found["auc"][0])), COMMON, 3)
        gone = (self.chart, self.level, self.luck, self.told, *self.columns.values())
        with self.say("many.size") as cue:
            self.play(*(FadeOut(one) for one in gone), FadeIn(chart), FadeIn(half), FadeIn(coin), run_time=0.6)
            cue.until("four")
            self.play(Create(posts[1]), run_time=0.6)
            cue.until("possible")
            self.play(posts[1][0].animate.set_color(INK), run_time=0.3)
            self.play(posts[1][0].animate.set_color(NOTHING), run_time=0.3)
            cue.until("only")
            for post in posts[2:]:
                self.play(FadeIn(post), run_time=0.3)
            self.play(Create(dot), run_time=0.4)
            cue.until("one")
            self.play(FadeIn(posts[0]), run_time=0.4)
        self.gone = (chart, half, coin, posts, dot)

    def twist(self) -> None:
        chart = NamedAxes((-5.9, -2.3), (12.2, 5.2), (0.3, 2.7), (0, 0.95), ("", "overlap"))
        luck = chart.level(float(self.found["chance"]))
        kind, covered = (self.column(chart, group, x) for group, x in (("one kind", 1), ("covered", 2)))
        covered[1].become(
            Words("the same, head covered", size=SMALL, color=COMMON).next_to(chart.at(2, 0), DOWN, buff=0.2)
        )
        kind[1].become(Words("two of one kind", size=SMALL, color=FIRST).next_to(chart.at(1, 0), DOWN, buff=0.2))
        with self.say("many.twist") as cue:
            self.play(*(FadeOut(one) for one in self.gone), FadeIn(chart), FadeIn(luck), run_time=0.5)
            self.play(FadeIn(kind[:2]), run_time=0.5)
            cue.until("herself")
            self.play(FadeIn(covered[:2]), run_time=0.5)
            cue.until("against")
            self.play(FadeIn(kind[2:]), run_time=0.3)
            self.play(FadeIn(covered[2:]), run_time=0.4)
            cue.until("record")
            self.play(covered[3].animate.set_color(COMMON), run_time=0.4)
