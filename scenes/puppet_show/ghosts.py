"""Third scene: the album's average and its ghosts."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    RIGHT,
    UP,
    Circle,
    Create,
    DashedVMobject,
    Ellipse,
    FadeIn,
    FadeOut,
    Group,
    LaggedStart,
    Rectangle,
    RoundedRectangle,
    VGroup,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, Words
from tapehead.scenes.stage.palette import BAD, FAINT, GROUND, HIGHLIGHT, INK, OKABE_ITO, PANEL, SOFT
from tapehead.scenes.stage.portraits import Monitor, Portrait, arrange_row

SHOWN = 8
CROSSBAR = 7
"""Rows of a picture, from the top, in which the crossbar hangs."""


def as_picture(ghost: np.ndarray) -> np.ndarray:
    """A signed ghost as a picture: grey where it changes nothing."""
    shown: np.ndarray = 0.5 + 0.5 * ghost / np.abs(ghost).max()
    return shown


def card(hair: str, curtain: str) -> VGroup:
    """A page of the album, as a sign for a portrait: the result holds no single one of those it was averaged from."""
    sheet = Rectangle(width=1.7, height=1.7).set_fill(curtain, 0.35).set_stroke(SOFT, 3)
    locks = Circle(radius=0.48).set_fill(hair, 1).set_stroke(width=0).shift(0.18 * UP)
    face = Ellipse(width=0.6, height=0.76).set_fill(INK, 1).set_stroke(width=0).shift(0.05 * UP)
    ruff = Ellipse(width=1.0, height=0.3).set_fill(INK, 1).set_stroke(SOFT, 2).shift(0.5 * DOWN)
    return VGroup(sheet, locks, ruff, face)


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
        pages = VGroup(*(card(*self.rng.choice(OKABE_ITO, 2, replace=False)) for _ in range(12)))
        pages.arrange_in_grid(2, 6, buff=0.35).move_to([0, 0.4, 0])
        mean = Portrait(album["mean"], 4.6, colour=INK).move_to([0, 0.4, 0])
        caption = Words("average of {n} faces", n=album.read("faces"), size=BODY).move_to([0.6, -2.6, 0])
        self.add(pages[0])
        with self.say("ghosts.album") as cue:
            cue.until("album")
            deal = min(2.5, cue.to("top"))
            self.play(LaggedStart(*(FadeIn(page, shift=0.3 * UP) for page in pages[1:]), lag_ratio=0.3), run_time=deal)
            cue.until("top")
            slide = (page.animate.move_to(mean).scale(2.6) for page in pages)
            self.play(LaggedStart(*slide, lag_ratio=0.08), run_time=min(2.0, cue.to("average")))
            cue.until("average")
            self.play(FadeIn(mean), FadeIn(caption), run_time=0.8)
            self.remove(*pages)
        self.play(FadeOut(caption), run_time=0.3)
        self.mean = mean

    def first(self) -> None:
        """The commonest difference, added and taken away: an equation of pictures."""
        album = self.result("album")
        ghost = Portrait(as_picture(album["ghost"][0]), 3.5, colour=SOFT).move_to([0, 0.5, 0])
        plus, minus = (Portrait(album[way][0], 3.5, colour=INK).move_to([4.7, 0.5, 0]) for way in ("plus", "minus"))
        names = VGroup(
            Words("the average", size=SMALL, color=SOFT).move_to([-4.7, -1.65, 0]),
            Words("the first ghost", size=SMALL, color=SOFT).move_to([0, -1.65, 0]),
        )
        add, away = (Words(sign, size=HUGE, color=HIGHLIGHT).move_to([-2.35, 0.5, 0]) for sign in "+−")
        same = Words("=", size=HUGE, color=HIGHLIGHT).move_to([2.35, 0.5, 0])
        with self.say("ghosts.first") as cue:
            cue.until("differ")
            aside = self.mean.animate.scale(3.5 / 4.6).move_to([-4.7, 0.5, 0])
            self.play(aside, run_time=min(0.8, cue.to("ghost")))
            self.play(FadeIn(names[0]), run_time=0.3)
            cue.until("ghost")
            self.play(FadeIn(ghost), FadeIn(names[1]), run_time=0.6)
            cue.until("add")
            self.play(FadeIn(add), FadeIn(same), FadeIn(plus), run_time=0.8)
            cue.until("away")
            self.play(FadeOut(add), run_time=0.25)
            self.play(FadeIn(away), FadeIn(minus), run_time=0.8)
            self.remove(plus)
        self.equation = Group(self.mean, ghost, minus, names, away, same)

    def eight(self) -> None:
        """Eight ghosts and how much of the differences each of them makes; then a face put together."""
        album = self.result("album")
        shares = album["explained"][:SHOWN]
        tall, floor = 2.1 / shares.max(), -2.1
        row = arrange_row([as_picture(album["ghost"][n]) for n in range(SHOWN)], 13.2).move_to([0, 1.85, 0])
        bars, values = VGroup(), VGroup()
        for n, portrait in enumerate(row):
            foot = [portrait.get_x() - 0.36, floor, 0]
            bar = Rectangle(width=0.7, height=tall * shares[n], stroke_width=0).set_fill(HIGHLIGHT, 1)
            value = Words("{x:.0f}", x=album.read("explained", component=n), size=SMALL, color=HIGHLIGHT)
            bars.add(bar.move_to(foot, aligned_edge=DOWN))
            values.add(value.next_to(bar, UP, buff=0.12))
            grey = Rectangle(width=0.7, height=tall * float(album["explained_random"][n]), stroke_width=0)
            bars.add(grey.set_fill(SOFT, 1).move_to([portrait.get_x() + 0.36, floor, 0], aligned_edge=DOWN))
        total = Words(
            "{x:.0f} % of all differences", x=album.read("together", component=SHOWN - 1), size=HEADING, color=HIGHLIGHT
        ).move_to([2.2, 0.0, 0])
        control = Words(
            "grey: pictures without a pattern, {x:.1f} % each",
            x=album.read("explained_random", component=0),
            size=SMALL,
            color=SOFT,
        ).move_to([2.2, floor - 0.5, 0])
        name = Words("eigenfaces", size=HEADING).move_to([0, 3.3, 0])
        with self.say("ghosts.eight") as cue:
            arrive = LaggedStart(*(FadeIn(p) for p in row), lag_ratio=0.15)
            self.play(FadeOut(self.equation, run_time=0.3), arrive, run_time=1.2)
            self.play(FadeIn(bars), FadeIn(values), FadeIn(total), run_time=0.6)
            self.play(FadeIn(control), run_time=0.3)
            cue.until("called")
            self.play(FadeIn(name, shift=0.2 * DOWN), run_time=0.4)
            cue.until("every")
            self.play(*(FadeOut(m) for m in (bars, values, total, control, name)), run_time=0.3)
            self.rebuild(row, max(0.1, (cue.left - 0.3) / SHOWN))
        self.rebuilt = Group(*(m for m in self.mobjects if m is not self._badge))

    def rebuild(self, row: Group, pause: float) -> None:
        """A face that the album does not hold, from the average and one ghost after the other."""
        album = self.result("album")
        left = Portrait(album["original"], 3.1, colour=INK).move_to([-3.0, -0.75, 0])
        steps = [
            Portrait(album["rebuilt"][n], 3.1, colour=HIGHLIGHT).move_to([3.0, -0.75, 0]) for n in range(SHOWN + 1)
        ]
        names = VGroup(
            Words("a new face", size=SMALL, color=SOFT).next_to(left, DOWN, buff=0.18),
            Words("average + ghosts", size=SMALL, color=HIGHLIGHT).next_to(steps[0], DOWN, buff=0.18),
        )
        near = Words("≈", size=HUGE, color=SOFT).move_to([0, -0.75, 0])
        self.play(*(FadeIn(m) for m in (left, steps[0], names, near)), run_time=0.3)
        for n in range(1, SHOWN + 1):
            self.play(FadeIn(steps[n]), row[n - 1].frame.animate.set_stroke(HIGHLIGHT, 6), run_time=pause)
            self.remove(steps[n - 1])

    def strings(self) -> None:
        """The ghost that differs most where the crossbar hangs."""
        album = self.result("album")
        ways = np.abs(album["plus"] - album["minus"])
        most = int(np.argmax(ways[:, :, :CROSSBAR].mean((1, 2, 3)) / ways.mean((1, 2, 3))))
        self.monitor = Monitor(album["original"], 5.0).move_to([-3.7, 0.35, 0])
        self.page = RoundedRectangle(corner_radius=0.12, width=6.5, height=5.0).set_fill(PANEL, 1).set_stroke(FAINT, 3)
        self.page.move_to([3.3, 0.35, 0])
        pair = Group(*(Portrait(album[way][most], 2.7, colour=FAINT) for way in ("minus", "plus")))
        self.pair = pair.arrange(RIGHT, buff=0.3).move_to([3.3, 0.1, 0])
        words = ("average − ghost", "average + ghost")
        signs = (Words(w, size=SMALL, color=SOFT).next_to(p, UP, buff=0.25) for w, p in zip(words, pair, strict=True))
        self.signs = VGroup(*signs)
        ring = pair[1].mark(BAD)
        with self.say("ghosts.strings") as cue:
            self.play(FadeOut(self.rebuilt), FadeIn(self.monitor), FadeIn(self.page), run_time=0.4)
            self.play(self.monitor.lamp.animate.set_fill(HIGHLIGHT), run_time=0.2)
            cue.until("one")
            self.play(FadeIn(pair), FadeIn(self.signs), run_time=0.6)
            self.play(Create(ring), run_time=0.5)
        self.ring = ring

    def album_only(self) -> None:
        """The ghost is cut out of the page, the page goes, and the patient remains."""
        inside = Group(self.pair, self.signs)
        hole = Rectangle(width=inside.width + 0.3, height=inside.height + 0.4).move_to(inside)
        cut = DashedVMobject(hole.copy().set_stroke(INK, 4), num_dashes=60)
        hole.set_fill(GROUND, 1).set_stroke(width=0)
        question = Words("What do you notice\nwhile you paint?", size=HEADING, color=HIGHLIGHT, align="center")
        question.move_to([3.3, 0.35, 0])
        with self.say("ghosts.album_only") as cue:
            self.play(self.monitor.lamp.animate.set_fill(FAINT), run_time=0.3)
            cue.until("cut")
            self.play(Create(cut), run_time=1.0)
            gone = (self.pair, self.ring, self.signs)
            self.add(hole, cut, *gone)
            self.play(*(FadeOut(m, shift=2 * DOWN) for m in gone), run_time=0.8)
            cue.until("notice")
            self.play(*(FadeOut(m, shift=RIGHT) for m in (self.page, hole, cut)), run_time=0.5)
            lit = self.monitor.case[1].animate.set_stroke(HIGHLIGHT, 6)
            self.play(FadeIn(question), lit, run_time=0.6)
            self.play(self.monitor.animate.scale(1.04), run_time=max(0.3, cue.left))
