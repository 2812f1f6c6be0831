"""Fourth scene: a square for every pair of columns, what shuffling leaves of them, and the forbidden column."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    Create,
    FadeIn,
    FadeOut,
    GrowFromEdge,
    Indicate,
    LaggedStart,
    Line,
    ManimColor,
    Rectangle,
    Transform,
    VGroup,
    interpolate_color,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import HEADING, SMALL, TINY, Words
from tapehead.scenes.stage.meters import Histogram
from tapehead.scenes.stage.palette import BAD, COOL, FAINT, HIGHLIGHT, INK, PANEL, SOFT, WARM
from tapehead.scenes.stage.specks import specks

from .pictures import CRITICS, PUBLISHER, SALES, TALK, USERS

COLUMNS = (
    ("sales", "sales", SALES),
    ("talk before", "talk", TALK),
    ("talk after", "after", TALK),
    ("user", "players", USERS),
    ("critic", "critics", CRITICS),
    ("publisher", "firm", PUBLISHER),
)
WIDE, HIGH = 1.2, 0.84
CORNER = (-5.0, 2.45)


def shade(r: float) -> ManimColor:
    """Orange for what rises together, blue for the opposite, dark for nothing."""
    return interpolate_color(ManimColor(PANEL), ManimColor(WARM if r >= 0 else COOL), min(1.0, abs(r) ** 0.7))


class Pairs(StageScene):
    """The grid, its first row, the control, the forbidden column, and that each is one shadow."""

    def construct(self) -> None:
        self.grid()
        self.row()
        self.shuffle()
        self.after()
        self.walls()
        self.clear_stage(run_time=0.4)

    def place(self, row: float, column: float) -> np.ndarray:
        return np.array([CORNER[0] + WIDE * (column + 0.5), CORNER[1] - HIGH * (row + 0.5), 0.0])

    def grid(self) -> None:
        """All squares."""
        r = self.result("pairs")["r"]
        self.cells, self.across, self.down = VGroup(), VGroup(), VGroup()
        for i, (_label, name, colour) in enumerate(COLUMNS):
            self.across.add(Words(name, size=TINY, color=colour).move_to(self.place(-1, i) + 0.1 * DOWN))
            side = Words(name, size=TINY, color=colour)
            self.down.add(side.move_to(self.place(i, 0) + 0.75 * LEFT, aligned_edge=RIGHT))
            for j in range(len(COLUMNS)):
                cell = Rectangle(width=WIDE - 0.08, height=HIGH - 0.08, stroke_width=0)
                self.cells.add(cell.set_fill(shade(r[i, j]), 1).move_to(self.place(i, j)))
        scale = VGroup(
            *(
                Rectangle(width=0.3, height=0.32, stroke_width=0).set_fill(shade(x), 1).move_to([4.6, y, 0])
                for x, y in zip(np.linspace(-1, 1, 13), np.linspace(-1.9, 1.94, 13), strict=True)
            )
        )
        together = Words("rise together", size=SMALL, color=WARM).move_to([4.6, 2.6, 0])
        apart = Words("opposite", size=SMALL, color="#7FB0FF").move_to([4.6, -2.5, 0])
        with self.say("pairs.grid") as cue:
            self.play(FadeIn(self.across), FadeIn(self.down), run_time=0.5)
            self.play(LaggedStart(*(FadeIn(cell) for cell in self.cells), lag_ratio=0.04), run_time=1.6)
            cue.until("orange")
            self.play(FadeIn(scale), FadeIn(together), run_time=0.6)
            cue.until("blue")
            self.play(FadeIn(apart), run_time=0.5)
        self.play(FadeOut(scale), FadeOut(together), FadeOut(apart), run_time=0.4)

    def ring(self, row: int, column: int) -> Rectangle:
        return Rectangle(width=WIDE, height=HIGH).set_stroke(HIGHLIGHT, 6).move_to(self.place(row, column))

    def row(self) -> None:
        """Four squares of the first row, with their numbers and intervals."""
        found = self.result("pairs")
        listed = (
            ("talk", "talk before", 1),
            ("critics", "critic", 4),
            ("publisher", "publisher", 5),
            ("users", "user", 3),
        )
        entries = VGroup()
        for n, (_mark, label, column) in enumerate(listed):
            _, name, colour = COLUMNS[column]
            at = {"row": "sales", "column": label}
            text = Words("{n}  {x:.2f}", n=name, x=found.read("r", **at), size=HEADING, color=colour)
            ends = Words(
                "{a:.2f} to {b:.2f}", a=found.read("r_low", **at), b=found.read("r_high", **at), size=SMALL, color=SOFT
            )
            entry = VGroup(text, ends).arrange(DOWN, buff=0.14, aligned_edge=LEFT)
            entries.add(entry.move_to([3.2, 2.25 - 1.4 * n, 0], aligned_edge=LEFT))
        ring = None
        with self.say("pairs.row") as cue:
            for entry, (mark, _label, column) in zip(entries, listed, strict=True):
                cue.until(mark)
                new = self.ring(0, column)
                move = Create(new) if ring is None else Transform(ring, new)
                ring = ring or new
                self.play(move, FadeIn(entry, shift=0.2 * LEFT), run_time=0.6)
        assert ring is not None
        self.play(FadeOut(entries), FadeOut(ring), run_time=0.4)

    def shuffle(self) -> None:
        """What the strongest of five squares comes to when sales are shuffled, and where talk lies."""
        found = self.result("pairs")
        talk = found.read("r", row="sales", column="talk before")
        heap = Histogram(found["null"], np.arange(0, 0.56, 0.02), width=3.9, height=2.6, colour=SOFT)
        heap.move_to([4.55, -0.6, 0])
        most = found.read("null_most")
        posts = (heap.mark(most, "{x:.2f}", INK, 1.2), heap.mark(talk, "talk", TALK, 2.4))
        title = Words("strongest of a\nshuffled table", size=SMALL, color=SOFT, align="center").move_to([4.5, 2.6, 0])
        count = Words("{n:,.0f} shuffles", n=found.read("shuffles"), size=SMALL, color=SOFT)
        count.next_to(heap.floor, DOWN, buff=0.25)
        cells = [self.cells[n] for n in range(6)]
        with self.say("pairs.shuffle") as cue:
            self.play(*(cell.animate.set_fill(opacity=0.25) for cell in self.cells[6:]), run_time=0.5)
            cue.until("shuffle")
            order = self.rng.permutation(5) + 1
            faint = [cell.animate.set_fill(shade(0.05 * k), 1) for k, cell in zip(order, cells[1:], strict=True)]
            self.play(*faint, FadeIn(title), FadeIn(heap.floor), FadeIn(count), run_time=0.7)
            grow = LaggedStart(*(GrowFromEdge(bar, DOWN) for bar in heap.bars if bar.height > 0.02), lag_ratio=0.1)
            self.play(grow, run_time=1.2)
            cue.until("most")
            self.play(FadeIn(posts[0]), run_time=0.5)
            self.play(FadeIn(posts[1]), run_time=0.5)
        r = found["r"]
        back = [self.cells[n].animate.set_fill(shade(r[n // 6, n % 6]), 1) for n in range(36)]
        gone = [FadeOut(thing) for thing in (heap, title, count, *posts)]
        self.play(*back, *gone, run_time=0.5)

    def after(self) -> None:
        """The column of talk after the release is crossed out."""
        found = self.result("pairs")
        value = found.read("r", row="sales", column="talk after")
        text = Words("after  {x:.2f}", x=value, size=HEADING, color=TALK).move_to([4.4, 2.2, 0])
        paper = VGroup(Rectangle(width=2.6, height=3.2).set_stroke(INK, 4).set_fill(PANEL, 1))
        paper.add(Words("Saturday", size=SMALL, color=INK).move_to([0, 1.2, 0]))
        paper.add(Line([-1.1, 0.85, 0], [1.1, 0.85, 0]).set_stroke(INK, 4))
        for n in range(5):
            paper.add(Line([-1.0, 0.45 - 0.4 * n, 0], [1.0 - 0.4 * (n % 2), 0.45 - 0.4 * n, 0]).set_stroke(SOFT, 5))
        paper.move_to([4.4, -0.6, 0])
        bars = VGroup(
            Line(self.place(-0.45, 2), self.place(5.45, 2)), Line(self.place(2, -0.45), self.place(2, 5.45))
        ).set_stroke(BAD, 9)
        with self.say("pairs.after") as cue:
            self.play(*(Indicate(self.cells[n], color=HIGHLIGHT, scale_factor=1.05) for n in (2, 12)), run_time=0.8)
            cue.until("forbidden")
            self.play(FadeIn(text), run_time=0.5)
            cue.until("friday")
            self.play(FadeIn(paper, shift=0.3 * LEFT), run_time=0.6)
            self.play(Create(bars), run_time=0.6)
        self.clear_stage(run_time=0.4)

    def walls(self) -> None:
        """The cloud of games, talk across and sales upward, and its shadow on either wall."""
        found = self.result("logs")
        named = found.quantity("log").labels["column"]
        talk, sales = (found["log"][named.index(name)] for name in ("talk", "sales"))

        def spread(values: np.ndarray, low: float, high: float) -> np.ndarray:
            return low + (high - low) * (values - values.min()) / (values.max() - values.min())

        x, y = spread(talk, -4.2, 5.6), spread(sales, -1.4, 3.2)
        cloud = specks(np.column_stack([x, y]), INK, 0.1)
        floor = Line([-5.2, -2.3, 0], [6.2, -2.3, 0]).set_stroke(FAINT, 5)
        wall = Line([-5.2, -2.3, 0], [-5.2, 3.5, 0]).set_stroke(FAINT, 5)
        across = Words("talk (log)", size=SMALL, color=TALK).move_to([6.2, -2.75, 0], aligned_edge=RIGHT)
        upward = Words("sales (log)", size=SMALL, color=SALES).move_to([-5.0, 3.55, 0], aligned_edge=LEFT)
        down = specks(np.column_stack([x, np.full(x.size, -2.12)]), TALK, 0.12, 0.7)
        side = specks(np.column_stack([np.full(y.size, -5.02), y]), SALES, 0.12, 0.7)
        with self.say("pairs.walls") as cue:
            self.play(*(FadeIn(each) for each in (cloud, floor, wall, across, upward)), run_time=0.7)
            cue.until("cloud")
            self.play(Transform(cloud.copy(), down), run_time=0.9)
            cue.until("wall")
            self.play(Transform(cloud.copy(), side), run_time=0.9)
            cue.until("kind")
            self.play(Indicate(cloud, color=HIGHLIGHT, scale_factor=1.04), run_time=0.9)
