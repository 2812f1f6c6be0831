"""Seventh scene: circuits of language models as patterns, which fits into which, and what chance says of it."""

from __future__ import annotations

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Create, FadeIn, FadeOut, LaggedStart, RoundedRectangle, Square, VGroup, config

from tapehead.analysis.results import Reading
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, TITLE, Words
from tapehead.scenes.stage.palette import EAR, FAINT, HIGHLIGHT, INK, LUCK, NOSE, OUTPUT, PANEL, SOFT
from tapehead.scenes.stage.tears import mend, tear

from .parts import cross, place, string, thing, tick

NAMES = ("GPT-2 numerals", "GPT-2 words", "GPT-2 months")
SHOWN = ("digits", "words", "months")
COLOURS = (NOSE, EAR, LUCK)
MINI = "mini numerals"


class Circuits(StageScene):
    """A tower as a graph; then a table of what can be laid into what."""

    def construct(self) -> None:
        self.laid = self.result("laid")
        self.tape.off()
        self.graph()
        self.three()
        self.fits()
        self.chance()
        self.small()

    def graph(self) -> None:
        """Three floors of a tower: heads are round, workshops square, and every later part reads every earlier one."""
        floors = [-2.3, -0.2, 1.9]
        heads = VGroup(*(thing(place(x, y), HIGHLIGHT, 0.34) for y in floors for x in (-3.4, -1.2)))
        shops = VGroup(
            *(Square(0.66).set_stroke(OUTPUT, 5).set_fill(PANEL, 1).move_to(place(1.6, y + 0.55)) for y in floors)
        )
        wires = VGroup()
        for k in range(len(floors)):
            sources = [heads[2 * k], heads[2 * k + 1]]
            wires.add(*(string(h.get_center(), shops[k].get_center(), FAINT, 4, 0.42) for h in sources))
            for upper in range(k + 1, 3):
                for target in (heads[2 * upper], heads[2 * upper + 1]):
                    wires.add(
                        *(string(h.get_center(), target.get_center(), FAINT, 4, 0.4) for h in (*sources, shops[k]))
                    )
                wires.add(string(shops[k].get_center(), shops[upper].get_center(), FAINT, 4, 0.42))
        key = (
            VGroup(
                VGroup(thing(place(0, 0), HIGHLIGHT, 0.26), Words("a head", size=BODY, color=HIGHLIGHT)).arrange(
                    RIGHT, buff=0.3
                ),
                VGroup(Square(0.5).set_stroke(OUTPUT, 5), Words("an MLP", size=BODY, color=OUTPUT)).arrange(
                    RIGHT, buff=0.3
                ),
            )
            .arrange(DOWN, buff=0.5, aligned_edge=LEFT)
            .move_to(place(5.0, 1.7))
        )
        up = VGroup(
            string(place(4.0, -2.3), place(4.0, 0.3), SOFT, 5, 0.0),
            Words("read by\nall above", size=SMALL, color=SOFT).move_to(place(5.3, -1.0)),
        )
        ask = Words("same wires, or same jobs?", size=TITLE, color=HIGHLIGHT, bold=True)
        with self.say("circuits.graph") as cue:
            self.play(FadeIn(ask), run_time=0.5)
            cue.until("circuit")
            self.play(FadeOut(ask), run_time=0.3)
            self.play(LaggedStart(*(FadeIn(h, scale=0.6) for h in heads), lag_ratio=0.1), run_time=0.8)
            cue.until("heads")
            self.play(FadeIn(key[0]), run_time=0.4)
            self.play(FadeIn(shops), FadeIn(key[1]), run_time=0.5)
            cue.until("upstairs")
            self.bring_to_back(wires)
            self.play(FadeIn(wires), FadeIn(up), run_time=0.9)
        self.clear_stage(run_time=0.4)

    def cell(self, i: int, j: int) -> np.ndarray:
        return place(-1.3 + 2.75 * j, 1.35 - 1.75 * i)

    def three(self) -> None:
        """An empty table: rows are laid into columns."""
        self.table = VGroup()
        for i in range(3):
            for j in range(3):
                box = RoundedRectangle(corner_radius=0.12, width=2.5, height=1.5).set_stroke(FAINT, 3)
                self.table.add(box.set_fill(PANEL, 0.4 if i == j else 1).move_to(self.cell(i, j)))
        rows = VGroup(
            *(
                Words(s, size=BODY, color=c, bold=True).move_to(place(-4.2, self.cell(i, 0)[1]))
                for i, (s, c) in enumerate(zip(SHOWN, COLOURS, strict=True))
            )
        )
        columns = VGroup(
            *(
                Words(s, size=BODY, color=c, bold=True).move_to(place(self.cell(0, j)[0], 2.65))
                for j, (s, c) in enumerate(zip(SHOWN, COLOURS, strict=True))
            )
        )
        titles = VGroup(
            Words("laid", size=SMALL, color=SOFT).move_to(place(-6.0, self.cell(1, 0)[1])),
            Words("into", size=SMALL, color=SOFT).move_to(place(self.cell(0, 1)[0], 3.5)),
        )
        with self.say("circuits.three") as cue:
            cue.until("three")
            self.play(FadeIn(rows), run_time=0.6)
            cue.until("months")
            self.play(FadeIn(columns), run_time=0.6)
            cue.until("laid")
            self.play(FadeIn(titles), FadeIn(self.table), run_time=0.7)
        self.heads = VGroup(rows, columns, titles)

    def fits(self) -> None:
        """Ticks and crosses."""
        self.signs = {}
        for i, a in enumerate(NAMES):
            for j, b in enumerate(NAMES):
                if i != j:
                    yes = bool(self.laid.read("fits", circuit=a, into=b))
                    at = self.cell(i, j) + 0.35 * UP
                    self.signs[i, j] = (tick if yes else cross)(at, LUCK if yes else FAINT, 0.24)
        with self.say("circuits.fits") as cue:
            cue.until("digits")
            self.sound("tick")
            self.play(Create(self.signs[0, 1]), run_time=0.5)
            cue.until("months")
            self.sound("tick")
            self.play(Create(self.signs[2, 1]), run_time=0.5)
            rest = [sign for at, sign in self.signs.items() if at not in ((0, 1), (2, 1))]
            self.play(
                LaggedStart(*(Create(s) for s in rest), lag_ratio=0.2), run_time=max(0.6, 0.7 * cue.to("tempting"))
            )
            cue.until("tempting")
            self.play(self.heads[1][1].animate.scale(1.25), run_time=0.5)

    def chance(self) -> None:
        """Under every sign, in how many random circuits of that size it fits too."""
        shares = {}
        for (i, j), sign in self.signs.items():
            share = self.laid.read("by_chance", circuit=NAMES[i], into=NAMES[j])
            colour = HIGHLIGHT if (i, j) in ((0, 1), (2, 1)) else SOFT
            words = Words("{x:.0f} %", x=share, size=BODY, color=colour)
            shares[i, j] = words.move_to(self.cell(i, j) + 0.42 * DOWN)
            assert sign is not None
        note = Words("random circuits that fit, too", size=SMALL, color=SOFT).move_to(place(4.4, -3.25))
        self.tape.on()
        self.tape.keep_clean(note, *(word for part in self.heads for word in part), *shares.values())
        with self.say("circuits.chance") as cue:
            cue.until("control")
            self.play(self.heads[1][1].animate.scale(0.8), run_time=0.4)
            cue.until("months")
            self.by_chance(2, 1)
            self.play(
                FadeIn(shares[2, 1], shift=0.2 * UP),
                FadeIn(note),
                self.signs[2, 1].animate.set_stroke(NOSE),
                run_time=0.6,
            )
            cue.until("digits")
            self.by_chance(0, 1)
            self.play(FadeIn(shares[0, 1], shift=0.2 * UP), run_time=0.6)
            rest = [w for at, w in shares.items() if at not in ((0, 1), (2, 1))]
            self.play(LaggedStart(*(FadeIn(w) for w in rest), lag_ratio=0.1), run_time=0.8)
        mend(self)
        self.clear_stage(run_time=0.4)

    def by_chance(self, i: int, j: int) -> None:
        """The tape tears a find by the share of random circuits in which it is found as well."""
        self.tape.set("track.pos", 0.5 - self.cell(i, j)[1] / float(config.frame_height))
        tear(self, self.laid.read("by_chance", circuit=NAMES[i], into=NAMES[j]), of=(0.0, 100.0))

    def small(self) -> None:
        """Mini into all three, and into every random one as well."""
        rows, chances = VGroup(), list[Reading]()
        for k, (name, shown, colour) in enumerate(zip(NAMES, SHOWN, COLOURS, strict=True)):
            y = 1.9 - 1.65 * k
            start = Words("mini", size=HEADING, color=OUTPUT, bold=True).move_to(place(-5.3, y))
            end = Words(shown, size=HEADING, color=colour, bold=True).move_to(place(-0.2, y))
            way = string(place(-4.3, y), place(-1.6, y), INK, 5, 0.1)
            sign = tick(place(2.2, y), LUCK, 0.32)
            share = self.laid.read("by_chance", circuit=MINI, into=name)
            chances.append(share)
            words = Words("{x:.0f} % by chance", x=share, size=BODY, color=HIGHLIGHT).move_to(place(4.9, y))
            rows.add(VGroup(start, way, end, sign, words))
        tower = Words("four floors into twelve", size=BODY, color=SOFT).move_to(place(0, -3.0))
        with self.say("circuits.small") as cue:
            self.play(LaggedStart(*(FadeIn(VGroup(*row[:3])) for row in rows), lag_ratio=0.2), run_time=0.8)
            cue.until("mini")
            self.play(*(Create(row[3]) for row in rows), run_time=0.6)
            cue.until("random")
            self.tape.keep_clean(*(row[k] for row in rows for k in (0, 2, 4)), tower)
            self.tape.set("track.pos", 0.5 - rows.get_y() / float(config.frame_height))
            tear(self, min(chances), of=(0.0, 100.0))
            self.play(
                *(FadeIn(row[4]) for row in rows), *(row[3].animate.set_stroke(FAINT) for row in rows), run_time=0.7
            )
            cue.until("any")
            self.play(FadeIn(tower), run_time=0.5)
        mend(self)
        self.clear_stage(run_time=0.4)
