"""Tenth scene: the shadow is taken away, which does nothing; then it is moved, which helps."""

from __future__ import annotations

from collections.abc import Sequence

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
    Mobject,
    MoveAlongPath,
    VGroup,
)

from tapehead.analysis.results import Origin, Result
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, Formula, Words
from tapehead.scenes.stage.meters import BarChart
from tapehead.scenes.stage.palette import FAINT, INK, SOFT
from tapehead.scenes.stage.portraits import Monitor, Portrait

from .method_parts import (
    Fence,
    ball,
    chance_of,
    change_chart,
    count_of,
    fence_path,
    pictures,
    slip_with,
    wall_of,
)
from .roles import CHANCE, FREE, PATIENT, STRINGS

WALL = np.array([-2.2, 0.45, 0.0])
COUNT = np.array([5.0, 0.6, 0.0])
COLUMNS, TALL = 12, 6.0
BARS = (
    ("unedited", "untreated", INK),
    ("projection", "shadow taken away", PATIENT),
    ("clean side", "shadow moved", PATIENT),
    ("random", "random arrow", CHANCE),
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

    def badge(self, found: Result) -> None:
        """From here on the picture rests on what was computed."""
        self.badge_for(found.origin, found.model)

    def shadow(self) -> None:
        """A picture is a point; its shadow on the puppet arrow is subtracted."""
        found = self.result("erasure")
        self.badge_for(Origin.ILLUSTRATION)  # the portrait is one of them; where its shadow falls is drawn
        origin, along = np.array([-4.3, -2.6, 0.0]), np.array([np.cos(0.22), np.sin(0.22), 0.0])
        point = origin + 5.0 * along + 2.6 * np.array([-along[1], along[0], 0.0])
        foot = origin + np.dot(point - origin, along) * along
        line = Line(origin - 0.8 * along, origin + 10.8 * along).set_stroke(FAINT, 4)
        arrow = Arrow(origin, origin + 3.2 * along, buff=0, color=PATIENT, stroke_width=12)
        name = Formula("n", size=HEADING, color=PATIENT).next_to(arrow, DOWN, buff=0.1)
        note = Words("puppet arrow", size=HEADING, color=PATIENT).move_to(origin + 8.2 * along + 0.75 * DOWN)
        face = Portrait(pictures(found, "unedited")[0], 3.4, colour=INK).move_to(point + 0.6 * UP)
        letter = Formula("z", size=HEADING).next_to(face, RIGHT, buff=0.25)
        shade = Line(origin, foot).set_stroke(INK, 18)
        drop = DashedLine(face.get_bottom(), foot, dash_length=0.12).set_stroke(SOFT, 4)
        whole = Formula("z - (z dot n) mark(n)", size=HUGE).move_to([4.0, 2.5, 0])
        self.tape.keep_clean(whole, name, letter, note)
        with self.say("method.shadow") as cue:
            self.play(FadeIn(line), Create(arrow), FadeIn(name), FadeIn(note), run_time=0.7)
            self.play(FadeIn(face), FadeIn(letter), run_time=0.5)
            cue.until("shadow")
            self.play(Create(drop), run_time=0.5)
            self.play(Create(shade), run_time=0.7)
            cue.until("subtract")
            moved = origin - foot
            self.play(
                face.animate.shift(moved),
                letter.animate.shift(moved),
                drop.animate.shift(moved),
                shade.animate.put_start_and_end_on(origin, origin + 0.01 * along),
                FadeIn(whole),
                run_time=1.0,
            )
            self.play(FadeOut(shade), run_time=0.3)
        self.clear_stage(run_time=0.4)

    def before(self) -> None:
        """The wall as it comes, and how many of all hang on strings."""
        found = self.result("erasure")
        self.wall, self.rings = wall_of(found, "unedited", COLUMNS, TALL, WALL)
        self.count = count_of(found, "unedited", "before", COUNT)
        self.note = Words("half of them are shown", size=SMALL, color=SOFT).move_to([5.0, -2.2, 0])
        self.tape.keep_clean(self.count, self.note, self.wall)
        with self.say("method.before") as cue:
            cue.until("fresh")
            self.badge(found)
            self.play(FadeIn(self.wall), FadeIn(self.note), run_time=0.8)
            cue.until("before")
            slip_with(self, found, "unedited", over=1.0)
            self.play(LaggedStart(*(Create(ring) for ring in self.rings), lag_ratio=0.05), run_time=1.0)
            self.add(self.rings)  # as one group: the rings were put up one by one
            self.play(FadeIn(self.count, scale=1.1), run_time=0.5)

    def turn(self, method: str, title: str, run_time: float = 0.7, gone: Sequence[Mobject] = ()) -> None:
        """The wall and its rings become those of another method, and with them the tape; the count waits.

        What stood where the wall comes goes with the old one (``gone``).
        """
        found = self.result("erasure")
        wall, rings = wall_of(found, method, COLUMNS, TALL, WALL)
        old = [*gone, *(part for part in (self.wall, self.rings, self.count) if part in self.mobjects)]
        slip_with(self, found, method, over=run_time)
        self.tape.keep_clean(wall)
        self.play(*(FadeOut(part) for part in old), FadeIn(wall), FadeIn(rings), run_time=run_time)
        self.wall, self.rings = wall, rings
        self.count = count_of(found, method, title, COUNT)
        self.tape.keep_clean(self.count)

    def fails(self) -> None:
        """Without the shadow there are about as many."""
        with self.say("method.fails") as cue:
            cue.until("after")
            self.turn("projection", "shadow taken away", run_time=min(0.6, cue.left))
            self.play(FadeIn(self.count, scale=1.15), run_time=0.3)
        self.clear_stage(run_time=0.4)

    def worse(self) -> None:
        """The patient sees the two counts, and what luck says of them."""
        found = self.result("erasure")
        monitor = Monitor(pictures(found, "projection")[5], 5.6).move_to([-3.9, 0.3, 0])
        counts = VGroup(
            count_of(found, "unedited", "before", np.array([1.5, 0.9, 0])),
            count_of(found, "projection", "after", np.array([5.2, 0.9, 0])),
        )
        test = chance_of(found.read("p", method="unedited", other="projection")).move_to([3.35, -1.6, 0])
        self.tape.keep_clean(counts, test, monitor.screen)
        with self.say("method.worse"):
            self.play(FadeIn(monitor), FadeIn(counts), monitor.lamp.animate.set_fill(PATIENT), run_time=0.4)
            self.play(FadeIn(test), Indicate(counts[1][1], color=STRINGS, scale_factor=1.2), run_time=0.6)
        self.clear_stage(run_time=0.3)

    def fence(self) -> None:
        """No shadow is a place like any other on the ground: some fall one way, some the other."""
        found = self.result("erasure")
        fence = Fence()
        label = Words("no shadow", size=HEADING, color=PATIENT).move_to([0, 3.2, 0])
        top = VGroup(*(ball(0.3 * (k - 3), INK) for k in range(7)))
        new, kept = found.read("new", method="projection"), found.read("kept", method="projection")
        numbers = VGroup(
            Words("{n} new", n=new, size=HEADING, color=STRINGS).move_to([-4.6, 1.4, 0]),
            Words("{n} as before", n=kept, size=BODY, color=STRINGS).move_to([-4.6, 0.6, 0]),
        )
        self.tape.keep_clean(label, numbers, fence.names)
        with self.say("method.fence") as cue:
            self.badge_for(Origin.ILLUSTRATION)
            self.play(FadeIn(fence), run_time=0.5)
            cue.until("fence")
            self.play(FadeIn(top, shift=0.6 * DOWN), FadeIn(label), run_time=0.6)
            cue.until("place")
            self.badge(found)  # the two numbers were counted
            rolls = (
                MoveAlongPath(dot, fence_path(0.3 * (k - 3), -4.6 + 0.4 * k if k < 4 else 2.4 + 0.4 * k, 0.16))
                for k, dot in enumerate(top)
            )
            self.play(LaggedStart(*rolls, lag_ratio=0.1), FadeIn(numbers), run_time=max(1.4, cue.left - 0.2))
        self.play(FadeOut(top), FadeOut(numbers), FadeOut(label), run_time=0.3)
        self.ridge = fence

    def side(self) -> None:
        """The shadow is moved to where free portraits have it."""
        one = ball(-3.4, STRINGS, 0.24)
        with self.say("method.side") as cue:
            self.badge_for(Origin.ILLUSTRATION)
            self.play(FadeIn(one), run_time=0.3)
            cue.until("move")
            self.play(MoveAlongPath(one, fence_path(-3.4, 3.6, 0.24)), run_time=1.3)
            self.play(one.animate.set_color(FREE), run_time=0.2)
            cue.until("told")
            self.badge(self.result("erasure"))
            self.turn("clean side", "shadow moved", run_time=1.0, gone=(self.ridge, one))
            self.play(FadeIn(self.note), run_time=0.2)
            self.hold(max(0.05, cue.left - 0.6))
            self.play(FadeIn(self.count, scale=1.15), run_time=0.4)
        self.clear_stage(run_time=0.4)

    def random(self) -> None:
        """All counts with their control, and what else has changed."""
        found = self.result("erasure")
        readings = [found.read("scored", method=method) for method, _, _ in BARS]
        unit = 5.6 / float(found["scored"].max())
        chart = BarChart(
            readings,
            [name for _, name, _ in BARS],
            [c for _, _, c in BARS],
            unit=unit,
            spec=".0f",
            height=0.85,
            size=BODY,
        )
        head = Words("{n} portraits: on strings", n=found.read("count"), size=BODY, color=STRINGS)
        VGroup(head, chart).arrange(DOWN, buff=0.5).move_to([0, 0.7, 0])
        test = chance_of(found.read("p", method="clean side", other="random"))
        test.next_to(chart, DOWN, buff=0.4).align_to(chart, RIGHT)
        changes = change_chart(found, "clean side", "random", unit=4.2)
        changes.scale(1.3).move_to([0, 0.2, 0])
        title = Words("change of the faces", size=HEADING).move_to([0, 3.45, 0])
        key = Words("grey: random arrow", size=BODY, color=CHANCE).move_to([1.2, -3.2, 0])
        self.tape.keep_clean(chart, head, changes, title, key, test)
        with self.say("method.random") as cue:
            self.play(FadeIn(head), FadeIn(chart.zero), FadeIn(chart.names[:3]), run_time=0.4)
            self.play(*(GrowFromEdge(bar, LEFT) for bar in chart.bars[:3]), run_time=0.5)
            self.play(FadeIn(chart.values[:3]), run_time=0.2)  # a number waits for its bar
            cue.until("random")
            self.play(GrowFromEdge(chart.bars[3], LEFT), FadeIn(chart.names[3]), run_time=0.5)
            self.play(FadeIn(chart.values[3]), run_time=0.2)
            cue.until("matter")
            self.play(Indicate(chart.bars[2], color=PATIENT), FadeIn(test), run_time=0.9)
            cue.until("others")
            self.play(FadeOut(VGroup(head, chart, test)), run_time=0.3)  # counted: another question
            bars, greys = changes
            self.play(FadeIn(title), FadeIn(bars.zero), FadeIn(bars.names), FadeIn(key), run_time=0.4)
            self.play(*(GrowFromEdge(bar, LEFT) for bar in (*bars.bars, *greys)), run_time=0.5)
            self.play(FadeIn(bars.values), run_time=0.2)
            cue.until("turned")
            self.play(*(Indicate(bars.bars[k], color=PATIENT) for k in (1, 2)), run_time=0.9)
