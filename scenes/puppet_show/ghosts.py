"""Third scene: the album's average and its ghosts."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Circle,
    Create,
    DashedVMobject,
    FadeIn,
    FadeOut,
    Group,
    LaggedStart,
    Line,
    Rectangle,
    VGroup,
    there_and_back,
)

from tapehead.analysis.results import Origin
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, Words
from tapehead.scenes.stage.palette import FAINT, INK, PANEL, SOFT
from tapehead.scenes.stage.portraits import Monitor, Portrait, arrange_row

from .roles import ALBUM, PATIENT, out_of_focus

SHOWN = 8
CROSSBAR = 7
"""Rows of a picture, from the top, in which the crossbar hangs."""
FOCUS = 3.2
"""How far the average and what is made of it is out of focus, in pixels: what it holds is for the last tape to show."""
GHOSTLY = 2.4
"""The same for the ghosts: they show that there is something, and not what."""
PAGES = 12


def as_picture(ghost: np.ndarray) -> np.ndarray:
    """A signed ghost as a picture, not quite in focus: grey where it changes nothing."""
    soft = out_of_focus(ghost, GHOSTLY)
    shown: np.ndarray = 0.5 + 0.5 * soft / np.abs(soft).max()
    return shown


class Ghosts(StageScene):
    """Mean face, first ghost both ways, eight of them with their shares, and the one with strings."""

    def construct(self) -> None:
        self.album()
        self.refused()
        self.first()
        self.eight()
        self.strings()
        self.album_only()

    def blurred(self, name: str, place: int | None = None) -> np.ndarray:
        """A picture that is made of the average, out of focus."""
        rows = self.result("album")[name]
        return out_of_focus(rows if place is None else rows[place], FOCUS)

    def album(self) -> None:
        """The album is there, face down; its portraits slide on top of each other, and the average is not in focus."""
        album = self.result("album")
        pages = VGroup(
            *(
                VGroup(
                    Rectangle(width=2.0, height=2.0).set_fill(PANEL, 1).set_stroke(ALBUM, 5),
                    Circle(radius=0.42).set_stroke(FAINT, 5),
                )
                for _ in range(PAGES)
            )
        )
        pages.arrange_in_grid(2, 6, buff=0.2).move_to([0, 0.5, 0])
        mean = Portrait(self.blurred("mean"), 5.6, colour=ALBUM).move_to([0, 0.45, 0])
        caption = Words("average of {n} faces", n=album.read("faces"), size=BODY, color=ALBUM).move_to([0, -2.9, 0])
        self.tape.keep_clean(mean, caption)
        self.badge_for(Origin.ILLUSTRATION)  # the album is closed: these are no pages of it
        self.add(pages)
        with self.say("ghosts.album") as cue:
            cue.until("album")
            lifts = (page.animate(rate_func=there_and_back).shift(0.25 * UP) for page in pages)
            self.play(LaggedStart(*lifts, lag_ratio=0.15), run_time=min(2.0, cue.to("top")))
            cue.until("top")
            slide = (page.animate.move_to(mean).scale(2.8) for page in pages)
            self.play(LaggedStart(*slide, lag_ratio=0.08), run_time=min(2.0, cue.to("average")))
            cue.until("average")
            self.badge_for(album.origin, album.model)
            self.play(FadeIn(mean), FadeIn(caption), run_time=0.8)
            self.remove(*pages)
            cue.until("focus")
            self.play(mean.animate.scale(1.06), run_time=0.8)
        self.mean, self.caption = mean, caption

    def refused(self) -> None:
        """The patient asks for it in focus, and is told to wait."""
        monitor = Monitor(self.result("album")["original"], 4.2).move_to([4.4, 0.4, 0])
        self.tape.keep_clean(monitor.screen)
        self.face = monitor
        with self.say("ghosts.sharp") as cue:
            aside = Group(self.mean, self.caption).animate.move_to([-3.0, 0.1, 0])
            self.play(aside, FadeIn(monitor), monitor.lamp.animate.set_fill(PATIENT), run_time=max(0.5, cue.left))
        with self.say("ghosts.later") as cue:
            self.play(monitor.lamp.animate.set_fill(FAINT), run_time=0.3)
            self.play(self.mean.animate.scale(0.95), run_time=max(0.4, cue.left))

    def first(self) -> None:
        """The commonest difference, added and taken away: an equation of pictures."""
        album = self.result("album")
        ghost = Portrait(as_picture(album["ghost"][0]), 4.1, colour=ALBUM).move_to([0, 0.5, 0])
        plus, minus = (
            Portrait(self.blurred(way, 0), 4.1, colour=ALBUM).move_to([4.75, 0.5, 0]) for way in ("plus", "minus")
        )
        names = VGroup(
            Words("the average", size=SMALL, color=SOFT).move_to([-4.75, -2.0, 0]),
            Words("the first ghost", size=SMALL, color=SOFT).move_to([0, -2.0, 0]),
        )
        add, away = (Words(sign, size=HUGE, color=INK).move_to([-2.37, 0.5, 0]) for sign in "+−")
        same = Words("=", size=HUGE, color=INK).move_to([2.37, 0.5, 0])
        unlike = Words("≠", size=1.5 * HUGE, color=INK).move_to([-0.5, 0.5, 0])
        self.tape.keep_clean(names, add, away, same, unlike)
        with self.say("ghosts.first") as cue:
            cue.until("differ")
            aside = self.mean.animate.scale(4.1 / self.mean.height).move_to([-4.75, 0.5, 0])
            self.play(aside, FadeOut(self.caption), FadeIn(unlike), run_time=min(0.8, cue.to("ghost")))
            self.play(FadeIn(names[0]), run_time=0.3)
            cue.until("ghost")
            self.play(FadeOut(unlike), FadeOut(self.face), run_time=0.25)
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
            bar = Rectangle(width=0.7, height=tall * shares[n], stroke_width=0).set_fill(ALBUM, 1)
            value = Words("{x:.0f}", x=album.read("explained", component=n), size=SMALL, color=ALBUM)
            bars.add(bar.move_to(foot, aligned_edge=DOWN))
            values.add(value.next_to(bar, UP, buff=0.12))
            grey = Rectangle(width=0.7, height=tall * float(album["explained_random"][n]), stroke_width=0)
            bars.add(grey.set_fill(SOFT, 1).move_to([portrait.get_x() + 0.36, floor, 0], aligned_edge=DOWN))
        total = Words(
            "{x:.0f} % of all differences", x=album.read("together", component=SHOWN - 1), size=HEADING, color=ALBUM
        ).move_to([2.2, 0.0, 0])
        control = Words(
            "grey: pictures without a pattern, {x:.1f} % each",
            x=album.read("explained_random", component=0),
            size=SMALL,
            color=SOFT,
        ).move_to([2.2, floor - 0.5, 0])
        name = Words("eigenfaces", size=HEADING, color=ALBUM).move_to([0, 3.3, 0])
        self.tape.keep_clean(values, total, control, name)
        with self.say("ghosts.eight") as cue:
            arrive = LaggedStart(*(FadeIn(p) for p in row), lag_ratio=0.15)
            self.play(FadeOut(self.equation), run_time=0.25)  # first: the row would come over it
            self.play(arrive, run_time=1.0)
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
        left = Portrait(self.blurred("original"), 3.5, colour=INK).move_to([-3.0, -0.95, 0])
        steps = [
            Portrait(self.blurred("rebuilt", n), 3.5, colour=ALBUM).move_to([3.0, -0.95, 0]) for n in range(SHOWN + 1)
        ]
        names = VGroup(
            Words("a new face", size=SMALL, color=SOFT).next_to(left, DOWN, buff=0.18),
            Words("average + ghosts", size=SMALL, color=ALBUM).next_to(steps[0], DOWN, buff=0.18),
        )
        near = Words("≈", size=HUGE, color=SOFT).move_to([0, -0.95, 0])
        self.play(*(FadeIn(m) for m in (left, steps[0], names, near)), run_time=0.3)
        for n in range(1, SHOWN + 1):
            self.play(FadeIn(steps[n]), row[n - 1].frame.animate.set_stroke(ALBUM, 8), run_time=pause)
            self.remove(steps[n - 1])

    def strings(self) -> None:
        """The patient sees one of the ghosts hold something, where the crossbar would hang."""
        album = self.result("album")
        ways = np.abs(album["plus"] - album["minus"])
        most = int(np.argmax(ways[:, :, :CROSSBAR].mean((1, 2, 3)) / ways.mean((1, 2, 3))))
        self.monitor = Monitor(album["original"], 5.6).move_to([-3.6, 0.4, 0])
        self.page = Portrait(as_picture(album["ghost"][most]), 5.4, colour=ALBUM).move_to([3.3, 0.4, 0])
        self.tape.keep_clean(self.monitor.screen, self.page)
        self.ring = Rectangle(width=5.0, height=0.9).set_stroke(PATIENT, 8)
        self.ring.move_to(self.page.get_top() + 0.5 * DOWN)
        with self.say("ghosts.strings") as cue:
            self.play(FadeOut(self.rebuilt), run_time=0.25)
            self.play(FadeIn(self.monitor), FadeIn(self.page), run_time=0.4)
            self.play(self.monitor.lamp.animate.set_fill(PATIENT), run_time=0.2)
            cue.until("one")
            self.play(Create(self.ring), run_time=0.7)

    def album_only(self) -> None:
        """The ghost is cut off from the patient, goes back into the album, and the patient remains."""
        top = self.page.get_top() + 0.98 * DOWN
        cut = DashedVMobject(Line(top + 2.9 * LEFT, top + 2.9 * RIGHT).set_stroke(INK, 6), num_dashes=30)
        question = Words("What do you notice\nwhile you paint?", size=HEADING, color=PATIENT, align="center")
        question.move_to([3.3, 0.35, 0])
        self.tape.keep_clean(question)
        with self.say("ghosts.album_only") as cue:
            self.play(self.monitor.lamp.animate.set_fill(FAINT), run_time=0.3)
            cue.until("cut")
            self.play(Create(cut), run_time=0.9)
            cue.until("notice")
            self.play(*(FadeOut(m, shift=2 * RIGHT) for m in (self.page, self.ring, cut)), run_time=0.5)
            lit = self.monitor.case[1].animate.set_stroke(PATIENT, 8)
            self.play(FadeIn(question), lit, run_time=0.6)
            self.play(self.monitor.animate.scale(1.06), run_time=max(0.3, cue.left))
