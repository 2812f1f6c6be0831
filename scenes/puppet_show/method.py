"""Tenth scene: the shadow is taken away, which fails; then it is moved, which helps."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Arrow,
    Create,
    DashedLine,
    FadeIn,
    FadeOut,
    GrowFromEdge,
    Indicate,
    LaggedStart,
    Line,
    MoveAlongPath,
    VGroup,
    there_and_back,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.cats import cat_icon, put
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, Formula, Words
from tapehead.scenes.stage.meters import BarChart
from tapehead.scenes.stage.palette import BAD, FAINT, GOOD, HIGHLIGHT, INK, SOFT
from tapehead.scenes.stage.portraits import Monitor

from .method_parts import (
    AGAIN,
    Fence,
    ball,
    change_chart,
    count_of,
    fence_path,
    pictures,
    wall_of,
)

WALL = np.array([-2.75, 0.95, 0.0])
COUNT = np.array([4.2, 0.95, 0.0])
BARS = (
    ("unedited", "untreated", INK),
    ("projection", "shadow taken away", INK),
    ("clean side", "shadow moved", INK),
    (AGAIN, "moved five times", HIGHLIGHT),
    ("random", "random arrow", SOFT),
)


class Method(StageScene):
    """A shadow, the wall before and after, the fence, and the way that works better."""

    def construct(self) -> None:
        self.shadow()
        self.before()
        self.fails()
        self.worse()
        self.fence()
        self.side()
        self.random()

    def shadow(self) -> None:
        """A picture is a point; its shadow on the puppet arrow is subtracted."""
        origin, along = np.array([-4.9, -1.6, 0.0]), np.array([np.cos(0.35), np.sin(0.35), 0.0])
        point = origin + 3.4 * along + 2.6 * np.array([-along[1], along[0], 0.0])
        foot = origin + np.dot(point - origin, along) * along
        line = Line(origin - 0.8 * along, origin + 5.9 * along).set_stroke(FAINT, 4)
        arrow = Arrow(origin, origin + 2.0 * along, buff=0, color=HIGHLIGHT, stroke_width=9)
        name = Formula("n", size=HEADING, color=HIGHLIGHT).next_to(arrow, DOWN, buff=0.1)
        note = Words("puppet arrow", size=SMALL, color=HIGHLIGHT).move_to(origin + 5.0 * along + 0.75 * DOWN)
        cat = put(cat_icon(1.0, 1.0, height=0.9), point)
        letter = Formula("z", size=HEADING).next_to(cat, UP, buff=0.2)
        shade = Line(origin, foot).set_stroke(BAD, 16)
        drop = DashedLine(point + 0.45 * (foot - point) / 2.6, foot, dash_length=0.12).set_stroke(SOFT, 4)
        product = Formula("bad(z dot n)", size=1.2 * HUGE).move_to([3.9, 1.9, 0])
        label = Words("length of the shadow", size=BODY, color=BAD).next_to(product, DOWN, buff=0.4)
        whole = Formula("z - bad((z dot n)) mark(n)", size=HUGE).move_to([3.9, 0.5, 0])
        self.tape.keep_clean(product, label, whole)
        with self.say("method.shadow") as cue:
            self.play(
                FadeIn(line), Create(arrow), FadeIn(name), FadeIn(note), FadeIn(cat), FadeIn(letter), run_time=0.8
            )
            cue.until("shadow")
            self.play(Create(drop), run_time=0.5)
            self.play(Create(shade), run_time=0.7)
            cue.until("multiply")
            self.play(FadeIn(product), run_time=0.5)
            self.play(FadeIn(label, shift=0.2 * UP), Indicate(shade, color=BAD), run_time=0.8)
            cue.until("subtract")
            moved = origin - foot
            self.play(FadeOut(label), FadeOut(product), FadeIn(whole), run_time=0.5)
            self.play(
                VGroup(cat, letter, drop).animate.shift(moved),
                shade.animate.put_start_and_end_on(origin, origin + 0.01 * along),
                run_time=1.0,
            )
            swell = cat.animate(rate_func=there_and_back).scale(1.15)
            self.play(FadeOut(shade), FadeOut(drop), swell, run_time=0.6)
        self.clear_stage(run_time=0.4)

    def before(self) -> None:
        """The wall as it comes, and how many of all hang on strings."""
        found = self.result("erasure")
        self.wall, self.rings = wall_of(found, "unedited", 6, 5.2, WALL)
        self.count = count_of(found, "unedited", "before", COUNT)
        self.note = Words("a quarter of them is shown", size=SMALL, color=SOFT).next_to(self.wall, DOWN, buff=0.3)
        self.tape.keep_clean(self.count, self.note)
        with self.say("method.before") as cue:
            cue.until("fresh")
            self.play(FadeIn(self.wall), FadeIn(self.note), run_time=0.8)
            cue.until("before")
            self.play(LaggedStart(*(Create(ring) for ring in self.rings), lag_ratio=0.15), run_time=1.0)
            self.add(self.rings)  # as one group: the rings were put up one by one
            self.play(FadeIn(self.count, scale=1.1), run_time=0.5)

    def turn(self, method: str, title: str, run_time: float = 0.7) -> None:
        """The wall and its rings become those of another method; the count goes until :meth:`tell`."""
        found = self.result("erasure")
        wall, rings = wall_of(found, method, 6, 5.2, WALL)
        old = [part for part in (self.wall, self.rings, self.count) if part in self.mobjects]
        self.play(*(FadeOut(part) for part in old), FadeIn(wall), FadeIn(rings), run_time=run_time)
        self.wall, self.rings = wall, rings
        self.count = count_of(found, method, title, COUNT)
        self.tape.keep_clean(self.count)

    def fails(self) -> None:
        """Without the shadow there are more."""
        with self.say("method.fails") as cue:
            cue.until("after")
            self.turn("projection", "shadow taken away", run_time=min(0.6, cue.to("count")))
            cue.until("count")
            self.play(FadeIn(self.count, scale=1.15), run_time=0.3)
        self.clear_stage(run_time=0.4)

    def worse(self) -> None:
        """The patient sees the two counts."""
        found = self.result("erasure")
        monitor = Monitor(pictures(found, "projection")[5], 4.6).move_to([-3.7, 0.5, 0])
        counts = VGroup(
            count_of(found, "unedited", "before", np.array([1.6, 0.6, 0])),
            count_of(found, "projection", "after", np.array([5.1, 0.6, 0])),
        )
        self.tape.keep_clean(counts)
        with self.say("method.worse"):
            self.play(FadeIn(monitor), FadeIn(counts), monitor.lamp.animate.set_fill(HIGHLIGHT), run_time=0.4)
            self.play(Indicate(counts[1][1], color=BAD, scale_factor=1.2), run_time=0.6)
        self.clear_stage(run_time=0.3)

    def fence(self) -> None:
        """No shadow is the top of the ridge; free portraits fall down on the wrong side."""
        found = self.result("erasure")
        fence, top = Fence(), ball(0.0, HIGHLIGHT, 0.22)
        label = Words("no shadow", size=BODY, color=HIGHLIGHT).move_to([0, 2.2, 0])
        new = found.read("new", method="projection")
        free = VGroup(*(ball(2.6 + 0.36 * k, GOOD) for k in range(int(new))))
        number = Words("{n} fell", n=new, size=HEADING, color=BAD).move_to([-4.0, 1.2, 0])
        self.tape.keep_clean(label, number)
        with self.say("method.fence") as cue:
            self.play(FadeIn(fence), FadeIn(free), run_time=0.6)
            cue.until("fence")
            self.play(FadeIn(top, shift=0.6 * DOWN), FadeIn(label), run_time=0.6)
            cue.until("ten")
            self.play(FadeOut(top), run_time=0.2)
            rolls = (
                MoveAlongPath(dot, fence_path(2.6 + 0.36 * k, -5.8 + 0.36 * k, 0.16)) for k, dot in enumerate(free)
            )
            self.play(LaggedStart(*rolls, lag_ratio=0.08), FadeIn(number), run_time=max(1.4, cue.left - 0.5))
            self.play(*(dot.animate.set_color(BAD) for dot in free), run_time=0.3)
        self.play(FadeOut(free), FadeOut(number), FadeOut(label), run_time=0.3)
        self.ridge = fence

    def side(self) -> None:
        """The shadow is moved to where free portraits have it: once, and at five steps."""
        one = ball(-3.4, BAD, 0.22)
        with self.say("method.side") as cue:
            self.play(FadeIn(one), run_time=0.3)
            cue.until("move")
            self.play(MoveAlongPath(one, fence_path(-3.4, 3.6, 0.22)), run_time=1.3)
            self.play(one.animate.set_color(GOOD), run_time=0.2)
            self.play(FadeOut(self.ridge), FadeOut(one), run_time=0.3)
            self.turn("clean side", "shadow moved", run_time=0.5)
            self.play(FadeIn(self.note), run_time=0.2)
            cue.until("once")
            self.play(FadeIn(self.count, scale=1.15), run_time=0.4)
            cue.until("five")
            self.turn(AGAIN, "moved five times", run_time=0.6)
            self.hold(max(0.05, cue.left - 0.6))
            self.play(FadeIn(self.count, scale=1.15), run_time=0.4)
        self.clear_stage(run_time=0.4)

    def random(self) -> None:
        """All counts with their control, and what else has changed."""
        found = self.result("erasure")
        readings = [found.read("scored", method=method) for method, _, _ in BARS]
        chart = BarChart(
            readings, [name for _, name, _ in BARS], [c for _, _, c in BARS], unit=0.085, spec=".0f", height=0.55
        )
        head = Words("{n} portraits: on strings", n=found.read("count"), size=BODY, color=BAD)
        VGroup(head, chart).arrange(DOWN, buff=0.5).move_to([0, 0.5, 0])
        changes = change_chart(found, AGAIN, "random").move_to([4.2, 0.25, 0])
        title = Words("change of the faces", size=BODY).move_to([4.4, 3.2, 0])
        key = Words("grey: random arrow", size=SMALL, color=SOFT).move_to([4.2, -2.75, 0])
        self.tape.keep_clean(chart, head, changes, title, key)
        with self.say("method.random") as cue:
            self.play(FadeIn(head), FadeIn(chart.zero), FadeIn(chart.names[:4]), FadeIn(chart.values[:4]), run_time=0.4)
            self.play(*(GrowFromEdge(bar, LEFT) for bar in chart.bars[:4]), run_time=0.6)
            cue.until("random")
            self.play(GrowFromEdge(chart.bars[4], LEFT), FadeIn(chart.names[4]), FadeIn(chart.values[4]), run_time=0.7)
            cue.until("matter")
            self.play(Indicate(chart.bars[3], color=HIGHLIGHT), Indicate(chart.bars[4], color=SOFT), run_time=0.9)
            cue.until("others")
            left = VGroup(head, chart)
            self.play(left.animate.shift((-6.75 - float(left.get_left()[0])) * RIGHT), run_time=0.5)
            bars, greys = changes
            self.play(FadeIn(title), FadeIn(bars.zero), FadeIn(bars.names), FadeIn(bars.values), run_time=0.4)
            self.play(*(GrowFromEdge(bar, LEFT) for bar in (*bars.bars, *greys)), FadeIn(key), run_time=0.7)
            cue.until("turned")
            self.play(*(Indicate(bars.bars[k], color=HIGHLIGHT) for k in (1, 2)), run_time=0.9)
