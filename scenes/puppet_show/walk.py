"""Ninth scene: an arrow that is carried along, by how many directions there are to hold it, and where it leads."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Arc, Create, Dot, FadeIn, FadeOut, Group, LaggedStart, Line, Rectangle, VGroup

from tapehead.analysis.results import Origin
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Words
from tapehead.scenes.stage.palette import FAINT, INK, SOFT
from tapehead.scenes.stage.planes import arrow
from tapehead.scenes.stage.portraits import Monitor, Portrait

from .method_parts import chance_of
from .roles import ALBUM, CHANCE, PATIENT

SHOWN = ("straight", "5", "all")
"""Walks whose ends are shown."""
SAMPLE = 0


class Walk(StageScene):
    """What the books say on a drawn hill; then one picture of what became of it."""

    def construct(self) -> None:
        self.ask()
        self.carry()
        self.kept()
        self.ends()
        self.small()

    def on_hill(self, angle: float) -> np.ndarray:
        """A point of the drawn hill."""
        return np.array([6.4 * np.cos(angle), 6.4 * np.sin(angle) - 4.6, 0])

    def ask(self) -> None:
        """The patient wants to see where it leads."""
        found = self.result("carried")
        self.monitor = Monitor(np.moveaxis(found["start"][SAMPLE], 0, -1), 6.2).move_to([0, 0.3, 0])
        self.tape.keep_clean(self.monitor.screen)
        self.add(self.monitor)
        with self.say("walk.ask") as cue:
            self.play(self.monitor.lamp.animate.set_fill(PATIENT), run_time=0.3)
            self.play(self.monitor.animate.scale(1.05), run_time=max(0.3, cue.left))

    def carry(self) -> None:
        """A straight way leaves the hill; an arrow that is laid down at each place stays on it."""
        self.badge_for(Origin.ILLUSTRATION)
        hill = Arc(radius=6.4, start_angle=0.45, angle=np.pi - 0.9).shift(4.6 * DOWN).set_stroke(ALBUM, 8)
        start = self.on_hill(2.1)
        along = np.array([np.sin(2.1), -np.cos(2.1), 0])
        ahead = VGroup(*(arrow(start + n * 1.5 * along, start + (n + 1) * 1.5 * along, INK) for n in range(3)))
        angles = np.linspace(2.1, 1.4, 4)
        laid = VGroup(*(arrow(self.on_hill(a), self.on_hill(b), PATIENT) for a, b in pairwise(angles)))
        spot, fan = self.on_hill(angles[1]), VGroup()
        for turn in (-0.7, -0.35, 0.35, 0.7):
            way = angles[1] - np.pi / 2 + turn
            fan.add(arrow(spot, spot + 1.1 * np.array([np.cos(way), np.sin(way), 0]), FAINT, 5))
        note = Words("the album, as a drawing", size=SMALL, color=ALBUM).move_to([0, -0.6, 0])
        name = Words("parallel transport", size=HEADING, color=PATIENT).move_to([0, -2.2, 0])
        straight = Words("straight", size=BODY, color=INK).next_to(ahead[-1].get_end(), RIGHT, buff=0.25)
        self.tape.keep_clean(note, name, straight)
        with self.say("walk.carry") as cue:
            dot = Dot(start, radius=0.15, color=INK)
            self.play(FadeOut(self.monitor), run_time=0.25)
            self.play(FadeIn(hill), FadeIn(dot), run_time=0.35)
            cue.until("straight")
            self.play(LaggedStart(*(FadeIn(a) for a in ahead), lag_ratio=0.5), FadeIn(straight), run_time=1.1)
            cue.until("surface")
            self.play(FadeIn(note), run_time=0.4)
            cue.until("lay")
            self.play(FadeIn(laid[0]), FadeIn(fan), run_time=0.5)
            self.play(FadeIn(laid[1]), FadeOut(fan), run_time=0.5)
            self.play(FadeIn(laid[2]), run_time=0.4)
            cue.until("transport")
            self.play(FadeIn(name), run_time=0.4)
        self.clear_stage(run_time=0.4)

    def kept(self) -> None:
        """How much of the arrow survives one step, with luck's interval and a random tangent beside it."""
        found = self.result("carried")
        self.badge_for(found.origin, found.model)
        unit = 7.0 / 100
        ranks = found.quantity("energy_mean").labels["rank"]
        rows, luck, values, names, greys = VGroup(), VGroup(), VGroup(), VGroup(), VGroup()
        for n, rank in enumerate(ranks):
            y, share = 2.2 - 1.35 * n, found.read("energy_mean", rank=rank)
            whole = Rectangle(width=100 * unit, height=0.75).set_stroke(FAINT, 3)
            bar = Rectangle(width=max(0.03, unit * float(share)), height=0.75, stroke_width=0).set_fill(PATIENT, 1)
            for shape in (whole, bar):
                shape.move_to([-3.2, y, 0], aligned_edge=LEFT)
            ends = [
                np.array([-3.2 + unit * float(found.read(end, rank=rank)), y, 0])
                for end in ("energy_low", "energy_high")
            ]
            rows.add(VGroup(whole, bar))
            luck.add(VGroup(Line(*ends).set_stroke(INK, 5)))
            values.add(Words("{x:.0f} %", x=share, size=HEADING, color=PATIENT).next_to(whole, RIGHT, buff=0.35))
            names.add(
                Words("{k} directions", k=found.read("k", rank=rank), size=BODY).move_to(
                    [-3.5, y, 0], aligned_edge=RIGHT
                )
            )
            at = -3.2 + unit * float(found.read("energy_random", rank=rank))
            greys.add(Line([at, y - 0.5, 0], [at, y + 0.5, 0]).set_stroke(CHANCE, 7))
        title = Words("left of the arrow after one step", size=BODY, color=SOFT).move_to([0.3, 3.35, 0])
        key = Words("grey: a random arrow", size=SMALL, color=CHANCE).move_to([0.3, -2.95, 0])
        self.tape.keep_clean(names, values, title, key)
        told = {mark: ranks.index(rank) for mark, rank in (("five", "5"), ("fifty", "50"), ("all", "all"))}
        with self.say("walk.kept") as cue:
            self.play(FadeIn(title), *(FadeIn(row[0]) for row in rows), FadeIn(names), run_time=0.5)
            cue.until("tried")
            self.play(FadeIn(greys), FadeIn(key), run_time=0.5)
            for mark, n in told.items():
                cue.until(mark)
                for k in range(n if n - 1 in told.values() or n == 0 else n - 1, n + 1):
                    self.play(Create(rows[k][1]), FadeIn(luck[k]), FadeIn(values[k]), run_time=0.45)
        self.clear_stage(run_time=0.4)

    def ends(self) -> None:
        """Where each walk ends: the portrait, and how far all of them are from any real puppet."""
        found = self.result("carried")
        walks = found.quantity("off_mean").labels["walk"]
        row, words = Group(), VGroup()
        names = {"straight": "straight", "5": "held by five", "all": "held by all"}
        for walk in SHOWN:
            colour = INK if walk == "straight" else PATIENT
            picture = np.moveaxis(found["picture"][walks.index(walk), SAMPLE], 0, -1)
            row.add(Portrait(picture, 4.1, colour=colour))
        row.arrange(RIGHT, buff=0.4).move_to([0, 0.7, 0])
        for walk, portrait in zip(SHOWN, row, strict=True):
            off = Words("{x:.3f}", x=found.read("off_mean", walk=walk), size=HEADING)
            head = Words(names[walk], size=BODY, color=SOFT).next_to(portrait, UP, buff=0.2)
            off.next_to(portrait, DOWN, buff=0.25)
            parts = VGroup(head, off)
            if walk != "straight":
                parts.add(chance_of(found.read("off_p", walk=walk)).next_to(off, DOWN, buff=0.2))
            words.add(parts)
        key = Words("mean distance from any real puppet", size=SMALL, color=SOFT).move_to([0, -2.9, 0])
        self.tape.keep_clean(row, words, key)
        with self.say("walk.verdict") as cue:
            self.play(FadeIn(row[0]), FadeIn(words[0][0]), run_time=0.4)
            self.play(LaggedStart(*(FadeIn(p) for p in row[1:]), lag_ratio=0.4), run_time=1.2)
            cue.until("end")
            self.play(*(FadeIn(w) for w in words), FadeIn(key), run_time=0.5)
            self.hold(0.45 * cue.left)
            self.play(*(w[1].animate.scale(1.15) for w in words), run_time=0.5)
        self.clear_stage(run_time=0.4)

    def small(self) -> None:
        """The patient."""
        found = self.result("carried")
        monitor = Monitor(np.moveaxis(found["picture"][0, SAMPLE], 0, -1), 6.2).move_to([0, 0.3, 0])
        self.tape.keep_clean(monitor.screen)
        with self.say("walk.small") as cue:
            self.play(FadeIn(monitor), monitor.lamp.animate.set_fill(PATIENT), run_time=0.5)
            self.play(monitor.animate.scale(1.04), run_time=max(0.3, cue.left))
