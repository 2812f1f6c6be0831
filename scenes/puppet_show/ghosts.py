"""Third scene: the album's average and its ghosts."""

from __future__ import annotations

import numpy as np
from manim import DOWN, RIGHT, UP, FadeIn, FadeOut, Group, LaggedStart, Line, Rectangle, VGroup

from scenes.stage.base import StageScene
from scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, Words
from scenes.stage.palette import BAD, FAINT, HIGHLIGHT, INK, SOFT
from scenes.stage.portraits import Monitor, Portrait, arrange_row

SHOWN = 8
CROSSBAR = 7
"""Rows of a picture, from the top, in which the crossbar hangs."""


def as_picture(ghost: np.ndarray) -> np.ndarray:
    """A signed ghost as a picture: grey where it changes nothing."""
    shown: np.ndarray = 0.5 + 0.5 * ghost / np.abs(ghost).max()
    return shown


class Ghosts(StageScene):
    """Mean face, first ghost both ways, eight of them with their shares, and the one with strings."""

    def construct(self) -> None:
        self.album()
        self.first()
        self.eight()
        self.strings()
        self.album_only()

    def album(self) -> None:
        """Portraits slide on top of each other."""
        album = self.result("album")
        sides = [album["plus"][n] for n in range(4)] + [album["minus"][n] for n in range(4)]
        pages = arrange_row([album["original"], *sides[:3], *sides[4:7]], 13.0, tallest=1.75).move_to(0.4 * UP)
        mean = Portrait(album["mean"], 4.6, colour=INK).move_to(0.3 * UP)
        caption = Words("average of {n} faces", n=album.read("faces"), size=BODY).move_to([0.6, -2.75, 0])
        with self.say("ghosts.album") as cue:
            self.play(FadeIn(pages[0]), run_time=0.4)
            cue.until("album")
            self.play(LaggedStart(*(FadeIn(page) for page in pages[1:]), lag_ratio=0.3), run_time=cue.to("top"))
            self.play(*(page.animate.move_to(mean).scale(2.2) for page in pages), run_time=cue.to("average"))
            self.play(FadeIn(mean), FadeIn(caption), *(FadeOut(page) for page in pages), run_time=0.8)
        self.play(FadeOut(caption), run_time=0.3)
        self.mean = mean

    def first(self) -> None:
        """The commonest difference, added and taken away."""
        album = self.result("album")
        ghost = Portrait(as_picture(album["ghost"][0]), 3.0, colour=SOFT).move_to([-4.2, 0.3, 0])
        plus, minus = (Portrait(album[way][0], 4.6, colour=INK).move_to([2.6, 0.3, 0]) for way in ("plus", "minus"))
        note = Words("the first ghost", size=SMALL, color=SOFT).next_to(ghost, DOWN, buff=0.25)
        add = Words("+", size=HUGE, color=HIGHLIGHT).move_to([-1.3, 0.3, 0])
        away = Words("−", size=HUGE, color=HIGHLIGHT).move_to([-1.3, 0.3, 0])
        with self.say("ghosts.first") as cue:
            cue.until("differ")
            self.play(self.mean.animate.move_to(plus), run_time=cue.to("ghost"))
            self.play(FadeIn(ghost), FadeIn(note), run_time=0.6)
            cue.until("add")
            self.play(FadeIn(add), FadeIn(plus), run_time=0.8)
            cue.until("away")
            self.play(FadeOut(add), FadeOut(plus), run_time=0.4)
            self.play(FadeIn(away), FadeIn(minus), run_time=0.8)
        self.clear_stage(run_time=0.4)

    def eight(self) -> None:
        """Eight ghosts and how much of the differences each of them makes; then a face put together."""
        album = self.result("album")
        shares = album["explained"][:SHOWN]
        tall = 2.2 / shares.max()
        row = arrange_row([album["plus"][n] for n in range(SHOWN)], 13.2).move_to([0, 1.9, 0])
        bars, control = VGroup(), VGroup()
        for n, portrait in enumerate(row):
            foot = np.array([portrait.get_x(), -2.0, 0])
            bar = Rectangle(width=0.7, height=tall * shares[n], stroke_width=0).set_fill(HIGHLIGHT, 1)
            bars.add(bar.move_to(foot + 0.1 * RIGHT, aligned_edge=DOWN))
            grey = Rectangle(width=0.2, height=max(tall * float(album["explained_random"][n]), 0.02), stroke_width=0)
            control.add(grey.set_fill(SOFT, 1).move_to(foot - 0.45 * RIGHT, aligned_edge=DOWN))
        floor = Line([-6.7, -2.0, 0], [6.7, -2.0, 0]).set_stroke(FAINT, 3)
        total = Words(
            "{x:.0f} % of all differences", x=album.read("together", component=SHOWN - 1), size=HEADING, color=HIGHLIGHT
        ).move_to([2.2, -0.3, 0])
        grey_note = Words("grey: pictures without a pattern", size=SMALL, color=SOFT).move_to([2.2, -2.6, 0])
        with self.say("ghosts.eight") as cue:
            self.play(LaggedStart(*(FadeIn(p) for p in row), lag_ratio=0.15), FadeIn(floor), run_time=1.2)
            self.play(FadeIn(bars), FadeIn(control), FadeIn(grey_note), FadeIn(total), run_time=0.8)
            cue.until("called")
            cue.until("every")
            self.clear_stage(row, *row, *(part for p in row for part in p), run_time=0.4)
            left = Portrait(album["original"], 3.4, colour=INK).move_to([-3.0, -1.0, 0])
            steps = [Portrait(album["rebuilt"][n], 3.4, colour=HIGHLIGHT) for n in range(SHOWN + 1)]
            for step in steps:
                step.move_to([3.0, -1.0, 0])
            self.play(FadeIn(left), FadeIn(steps[0]), run_time=0.4)
            pause = max(0.12, (cue.left - 0.6) / SHOWN)
            for n in range(1, SHOWN + 1):
                self.play(FadeIn(steps[n]), row[n - 1].frame.animate.set_stroke(HIGHLIGHT, 6), run_time=pause)
                self.remove(steps[n - 1])
        self.play(FadeOut(left), FadeOut(steps[-1]), *(FadeOut(p) for p in row), run_time=0.4)

    def strings(self) -> None:
        """The ghost that differs most where the crossbar hangs."""
        album = self.result("album")
        ways = np.abs(album["plus"] - album["minus"])
        most = int(np.argmax(ways[:, :, :CROSSBAR].mean((1, 2, 3)) / ways.mean((1, 2, 3))))
        monitor = Monitor(album["original"], 4.4).move_to([-3.6, 0.3, 0])
        pair = Group(
            Portrait(album["minus"][most], 2.9, colour=BAD), Portrait(album["plus"][most], 2.9, colour=BAD)
        ).arrange(RIGHT, buff=0.4)
        pair.move_to([3.3, 0.3, 0])
        signs = VGroup(*(Words(s, size=HEADING, color=BAD).next_to(p, UP) for s, p in zip("−+", pair, strict=True)))
        self.pair, self.signs, self.monitor = pair, signs, monitor
        with self.say("ghosts.strings") as cue:
            self.play(FadeIn(monitor), run_time=0.5)
            self.play(monitor.lamp.animate.set_fill(HIGHLIGHT), run_time=0.3)
            cue.until("one")
            self.play(FadeIn(pair), FadeIn(signs), run_time=0.6)

    def album_only(self) -> None:
        """The ghost is cut out, and the patient remains."""
        with self.say("ghosts.album_only") as cue:
            self.play(self.monitor.lamp.animate.set_fill(FAINT), run_time=0.3)
            cue.until("cut")
            gone = Group(self.pair, self.signs)
            self.play(gone.animate.shift(8 * RIGHT), run_time=0.9)
            self.remove(gone)
            question = Words("What do you notice?", size=HEADING, color=HIGHLIGHT).move_to([3.2, 0.3, 0])
            cue.until("notice")
            self.play(FadeIn(question), run_time=0.6)
            self.play(self.monitor.animate.scale(1.06), run_time=max(0.3, cue.left))
        self.clear_stage(run_time=0.4)
