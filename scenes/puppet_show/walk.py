"""Ninth scene: a straight walk and a carried arrow, and which of the two tears."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from manim import DOWN, RIGHT, UP, Arc, Dot, FadeIn, FadeOut, Group, Line, Rectangle, VGroup

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Words
from tapehead.scenes.stage.palette import BAD, FAINT, GOOD, HIGHLIGHT, INK, SOFT
from tapehead.scenes.stage.planes import arrow
from tapehead.scenes.stage.portraits import Monitor, arrange_row

WALKS = ("straight", "transported")
SAMPLE = 0


class Walk(StageScene):
    """What the books say on a drawn hill, then both walks as they came out."""

    def construct(self) -> None:
        self.question()
        self.carry()
        self.wrong()
        self.why()
        self.small()

    def on_hill(self, angle: float) -> np.ndarray:
        """A point of the drawn hill."""
        return np.array([5.2 * np.cos(angle), 5.2 * np.sin(angle) - 4.2, 0])

    def question(self) -> None:
        """A curved surface and arrows that leave it."""
        hill = Arc(radius=5.2, start_angle=0.5, angle=np.pi - 1.0).shift(4.2 * DOWN).set_stroke(SOFT, 6)
        start = self.on_hill(2.0)
        step = 1.35 * np.array([np.sin(2.0), -np.cos(2.0), 0])
        ahead = VGroup(*(arrow(start + n * step, start + (n + 1) * step, HIGHLIGHT) for n in range(3)))
        note = Words("a drawing", size=SMALL, color=SOFT).move_to([4.9, -3.2, 0])
        self.hill, self.dot, self.note = hill, Dot(start, radius=0.14, color=INK), note
        self.add(hill, self.dot, note)
        with self.say("walk.question") as cue:
            cue.until("easy")
            self.play(FadeIn(ahead[0]), run_time=0.3)
            self.play(FadeIn(ahead[1]), run_time=0.3)
            self.play(FadeIn(ahead[2]), run_time=0.3)
            cue.until("curved")
            self.play(hill.animate.set_stroke(GOOD, 8), run_time=0.4)
            cue.until("leaves")
            self.play(ahead[2].animate.set_color(BAD), run_time=0.4)
        self.play(FadeOut(ahead), run_time=0.3)

    def carry(self) -> None:
        """Step, ask, lay down."""
        angles = (2.0, 1.72, 1.44, 1.16)
        steps = VGroup(*(arrow(self.on_hill(a), self.on_hill(b), HIGHLIGHT) for a, b in pairwise(angles)))
        fan = VGroup()
        spot = self.on_hill(angles[1])
        for turn in (-0.7, -0.35, 0.35, 0.7):
            way = angles[1] - np.pi / 2 + turn
            fan.add(arrow(spot, spot + 0.9 * np.array([np.cos(way), np.sin(way), 0]), FAINT, 5))
        name = Words("parallel transport", size=HEADING, color=HIGHLIGHT).move_to([0, 2.6, 0])
        with self.say("walk.carry") as cue:
            cue.until("step")
            self.play(FadeIn(steps[0]), run_time=0.4)
            cue.until("ask")
            self.play(FadeIn(fan), run_time=0.4)
            cue.until("lay")
            self.play(FadeIn(steps[1]), FadeOut(fan), run_time=0.5)
            self.play(FadeIn(steps[2]), run_time=0.4)
            cue.until("transport")
            self.play(FadeIn(name), run_time=0.4)
        self.clear_stage(run_time=0.4)

    def wrong(self) -> None:
        """Both walks, painted, with the distance to any real puppet below."""
        found = self.result("walk")
        walks = found.quantity("picture").labels["walk"]
        rows, bars = Group(), VGroup()
        tall = 0.8 / float(found["off"][:, SAMPLE].max())
        for walk, y, colour in zip(WALKS, (2.15, -0.75), (INK, HIGHLIGHT), strict=True):
            which = walks.index(walk)
            row = arrange_row(list(np.moveaxis(found["picture"][which, SAMPLE], 1, -1)), 13.4).move_to([0, y, 0])
            group = VGroup()
            for n, portrait in enumerate(row):
                high = tall * float(found["off"][which, SAMPLE, n])
                bar = Rectangle(width=0.5, height=high, stroke_width=0).set_fill(colour, 1)
                group.add(bar.move_to(portrait.get_bottom() + 0.95 * DOWN, aligned_edge=DOWN))
            rows.add(row)
            bars.add(group)
        names = VGroup(
            Words("straight", size=SMALL).next_to(rows[0], UP, buff=0.15),
            Words("carried", size=SMALL, color=HIGHLIGHT).next_to(rows[1], UP, buff=0.12),
        )
        note = Words("bars: distance from any real puppet", size=SMALL, color=SOFT).move_to([1.6, -3.1, 0])
        self.tape.keep_clean(bars, names, note)
        worst = int(np.argmax(found["off"][walks.index("transported"), SAMPLE]))
        with self.say("walk.wrong") as cue:
            self.play(FadeIn(rows[0][0]), FadeIn(rows[1][0]), FadeIn(names), FadeIn(note), run_time=0.4)
            cue.until("both")
            pause = max(0.2, cue.to("tears") / len(rows[0]))
            row = found.row("off", "place", walk="transported", sample=SAMPLE)
            for n in range(len(rows[0])):
                self.tape.follow("track.error", row[n], of=(row[0], max(row)), to=(None, 0.6), over=pause)
                self.play(*(FadeIn(r[n]) for r in rows), *(FadeIn(b[n]) for b in bars), run_time=pause)
            cue.until("tears")
            torn = [n for n in (worst - 1, worst, worst + 1) if 0 <= n < len(rows[1])]
            self.play(*(rows[1][n].frame.animate.set_stroke(BAD, 8) for n in torn), run_time=0.4)
        self.tape.own("track.error", over=0.3)
        self.clear_stage(run_time=0.4)

    def why(self) -> None:
        """How much of the arrow was kept, and how far it turned, at their true sizes."""
        found = self.result("walk")
        where: dict[str, int | str] = {"walk": "transported", "sample": SAMPLE, "place": 1}
        kept, turned = found.read("kept", **where), found.read("turned", **where)
        origin = np.array([-4.6, -1.2, 0])
        angle = np.radians(float(turned))
        old = arrow(origin, origin + 3.4 * RIGHT, HIGHLIGHT)
        new = arrow(origin, origin + 3.4 * np.array([np.cos(angle), np.sin(angle), 0]), BAD)
        arc = Arc(radius=1.1, start_angle=0, angle=angle).shift(origin).set_stroke(SOFT, 5)
        degrees = Words("{x:.0f}°", x=turned, size=BODY, color=SOFT)
        degrees.move_to(origin + 1.75 * np.array([np.cos(angle / 2), np.sin(angle / 2), 0]))
        whole = Rectangle(width=5.0, height=0.6).set_stroke(SOFT, 3).move_to([3.4, 0.8, 0])
        part = Rectangle(width=5.0 * float(kept), height=0.6, stroke_width=0).set_fill(BAD, 1)
        part.align_to(whole, np.array([-1.0, 0, 0])).set_y(0.8)
        share = Words("{x:.0%} of the arrow kept", x=kept, size=BODY, color=BAD).next_to(whole, UP, buff=0.25)
        few = Words("laid into five directions", size=BODY, color=SOFT).next_to(whole, DOWN, buff=0.6)
        many = Words("published runs: fifty", size=BODY, color=SOFT).next_to(few, DOWN, buff=0.35)
        with self.say("walk.why") as cue:
            self.play(FadeIn(old), FadeIn(whole), run_time=0.4)
            cue.until("kept")
            self.play(FadeIn(part), FadeIn(share), run_time=0.5)
            cue.until("turned")
            self.play(FadeIn(new), FadeIn(arc), FadeIn(degrees), run_time=0.5)
            cue.until("five")
            self.play(FadeIn(few), run_time=0.4)
            cue.until("fifty")
            self.play(FadeIn(many), run_time=0.4)
        self.clear_stage(run_time=0.4)

    def small(self) -> None:
        """The patient."""
        found = self.result("walk")
        monitor = Monitor(np.moveaxis(found["picture"][0, SAMPLE, 1], 0, -1), 4.6).move_to([0, 0.2, 0])
        with self.say("walk.small") as cue:
            self.play(FadeIn(monitor), monitor.lamp.animate.set_fill(HIGHLIGHT), run_time=0.5)
            ground = Line([-2.0, -2.4, 0], [2.0, -2.4, 0]).set_stroke(GOOD, 5)
            self.play(FadeIn(ground), run_time=max(0.3, cue.left))
