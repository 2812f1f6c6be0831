"""Ninth scene: cut the shared heads, ask what random cuts do, spare the door, and transplant a direction."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    AnimationGroup,
    Arrow,
    Dot,
    FadeIn,
    FadeOut,
    LaggedStart,
    Line,
    Rectangle,
    Rotate,
    VGroup,
    there_and_back,
)

from tapehead.analysis.results import Result
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.circuits import Gauge, Tower
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Name, Words
from tapehead.scenes.stage.palette import EAR, FAINT, HIGHLIGHT, INK, LUCK, NOSE, OUTPUT, PANEL, SOFT
from tapehead.scenes.stage.tears import mend, tear

KINDS = (("numerals", "digits", NOSE), ("words", "words", EAR), ("months", "months", LUCK))
ALONE = 1.35
"""How much larger the table is while it is alone."""


class Surgery(StageScene):
    """The knife with its control, twice; then the transplant with its own."""

    def construct(self) -> None:
        self.cut()
        self.control()
        self.door()
        self.upstairs()
        self.transplant()
        self.across()
        self.clear_stage(run_time=0.4)

    def small_tower(self) -> Tower:
        """The tower, all lit."""
        layers, heads = self.result("cut")["heads"].shape
        return Tower(layers, heads, width=5.2, height=4.6).move_to([-3.6, 0.0, 0])

    def cut(self) -> None:
        """Seven lights out; three meters fall."""
        cut = self.result("cut")
        self.tower = self.small_tower()
        at = [(int(a), int(b)) for a, b in np.argwhere(cut["heads"])]
        whole = self.result("shape")
        meters, names = VGroup(), VGroup()
        for i, (kind, shown, colour) in enumerate(KINDS):
            gauge = Gauge(cut.read("left", data=kind), "{x:.1f} %", height=4.2, width=0.9, colour=colour)
            gauge.move_to([1.5 + 2.2 * i, 0.1, 0])
            meters.add(gauge.filled())
            names.add(Words(shown, size=SMALL, color=colour).next_to(gauge.frame, DOWN, buff=0.25))
        name = Words("mini, {n} heads", n=whole.read("head_total"), color=SOFT, size=SMALL).next_to(
            self.tower, UP, buff=0.35
        )
        self.tape.keep_clean(self.standing_badge, self.tower, name, meters, names)
        with self.say("surgery.cut") as cue:
            self.play(FadeIn(self.tower), FadeIn(name), run_time=0.5)
            cue.until("knife")
            rings = VGroup(*(self.tower.ring(*a, INK) for a in at))
            self.play(LaggedStart(*(FadeIn(r, scale=1.5) for r in rings), lag_ratio=0.15), run_time=0.8)
            self.play(FadeIn(meters), FadeIn(names), run_time=0.5)
            cue.until("cut")
            self.sound("tick")
            tear(self, cut.read("left", data="numerals"), over=1.2)
            self.play(self.tower.turn(at, PANEL, 1), *(gauge.read_out() for gauge in meters), run_time=1.2)
            cue.until("rest")
            cells = [self.tower.cell(*a) for a in np.ndindex(cut["heads"].shape) if a not in at]
            swell = [cell.animate(rate_func=there_and_back).scale(1.2) for cell in cells]
            self.play(LaggedStart(*swell, lag_ratio=0.1), run_time=max(0.8, min(2.2, cue.to("each") - 0.2)))
            cue.until("each")
            swell = [gauge.frame.animate(rate_func=there_and_back).set_stroke(INK, 8) for gauge in meters]
            self.play(LaggedStart(*swell, lag_ratio=0.7), run_time=max(0.8, min(2.0, cue.to("fall") - 0.1)))
            cue.until("fall")
            self.play(*(gauge.number.animate.set_color(HIGHLIGHT) for gauge in meters), run_time=0.5)
        self.clear_stage(run_time=0.4)

    def strips(self, result: Result) -> tuple[VGroup, list[VGroup], VGroup]:
        """Per kind a line from nothing to everything, with a dot per random cut and a mark for ours."""
        whole, clouds, marks = VGroup(), [], VGroup()
        left, width = -2.6, 8.0
        draws = result["left_random"]
        for i, (kind, shown, colour) in enumerate(KINDS):
            y = 1.9 - 1.75 * i
            axis = Line([left, y - 0.45, 0], [left + width, y - 0.45, 0]).set_stroke(FAINT, 4)
            name = Words(shown, size=BODY, color=colour).move_to([left - 1.6, y, 0])
            cloud = VGroup()
            for value in draws[i]:
                x = left + width * float(np.clip(value / 100, -0.02, 1.02))
                dot = Dot([x, y + self.rng.uniform(-0.32, 0.32), 0], radius=0.07, color=SOFT)
                cloud.add(dot.set_opacity(0.8))
            own = result.read("left", data=kind)
            x = left + width * float(np.clip(float(own) / 100, 0, 1))
            mark = Line([x, y - 0.62, 0], [x, y + 0.5, 0]).set_stroke(HIGHLIGHT, 7)
            number = Words("{x:.0f} %", x=own, size=SMALL, color=HIGHLIGHT).move_to([x - 0.05, y - 0.85, 0])
            marks.add(VGroup(mark, number))
            middle = result.read("left_random_median", data=kind)
            mx = left + width * float(middle) / 100
            tick = Line([mx, y - 0.62, 0], [mx, y - 0.3, 0]).set_stroke(INK, 5)
            note = Words("random, median {x:.0f} %", x=middle, size=SMALL, color=INK).move_to([mx, y - 0.85, 0])
            clouds.append(cloud)
            whole.add(VGroup(axis, name, VGroup(tick, note)))
        return whole, clouds, marks

    def control(self) -> None:
        """A hundred random cuts for each meter; those that are as deadly light up."""
        mend(self)
        cut = self.result("cut")
        frame, clouds, marks = self.strips(cut)
        with self.say("surgery.control") as cue:
            self.play(FadeIn(VGroup(*(row[:2] for row in frame))), FadeIn(marks), run_time=0.7)
            cue.until("random")
            dots = VGroup(*(dot for cloud in clouds for dot in cloud))
            self.play(LaggedStart(*(FadeIn(d, scale=0.3) for d in dots), lag_ratio=0.01), run_time=2.2)
            self.play(FadeIn(VGroup(*(row[2] for row in frame))), run_time=0.5)
            cue.until("few")
            deadly = [
                clouds[i][j] for i in range(3) for j in np.flatnonzero(cut["left_random"][i] <= float(cut["left"][i]))
            ]
            self.play(*(d.animate.set_color(HIGHLIGHT).scale(1.4) for d in deadly), run_time=0.7)
        self.clear_stage(run_time=0.4)

    def door(self) -> None:
        """The reader on the ground floor, as a door."""
        tower = self.small_tower().move_to([0, 0.2, 0])
        ring = tower.ring(0, 6, HIGHLIGHT)
        words = Words("the front door", size=BODY, color=HIGHLIGHT).move_to([1.2, -2.75, 0])
        with self.say("surgery.door") as cue:
            self.play(FadeIn(tower), run_time=0.5)
            cue.until("hit")
            self.play(FadeIn(ring, scale=1.5), FadeIn(words), run_time=0.6)
            # What comes in goes up from there, floor by floor; behind the locked door all floors are without news.
            floors = [[tower.cell(layer, head) for head in range(tower.heads)] for layer in range(1, tower.layers)]
            rise = [
                AnimationGroup(*(cell.animate(rate_func=there_and_back).set_fill(INK, 1).scale(1.12) for cell in floor))
                for floor in ([tower.cell(0, 6)], *floors)
            ]
            self.play(LaggedStart(*rise, lag_ratio=0.35), run_time=max(1.2, min(3.2, cue.to("door") - 0.2)))
            cue.until("door")
            self.play(tower.turn([(0, 6)], PANEL, 1), run_time=0.5)
            dark = [
                tower.turn([(layer, head) for head in range(tower.heads)], FAINT, 1) for layer in range(1, tower.layers)
            ]
            self.play(LaggedStart(*dark, lag_ratio=0.3), run_time=max(0.5, min(1.4, cue.left)))
        self.tower, self.reader = tower, ring
        self.add(tower, ring)  # as a whole again: lights that were switched stand on the stage by themselves
        self.clear_stage(tower, ring, run_time=0.4)

    def upstairs(self) -> None:
        """The same strips for cuts that leave the ground floor alone."""
        cut = self.result("cut_upstairs")
        frame, clouds, marks = self.strips(cut)
        title = Words("{n} heads cut, the reader spared", n=cut.read("head_count"), size=HEADING, color=INK)
        title.move_to([1.0, 3.3, 0])
        at = [(int(a), int(b)) for a, b in np.argwhere(cut["heads"])]
        every = [(layer, head) for layer in range(self.tower.layers) for head in range(self.tower.heads)]
        with self.say("surgery.upstairs") as cue:
            # The same tower: the lights go on again, the reader's stays on, and the six go out.
            self.play(self.tower.turn(every), run_time=max(0.6, min(1.0, 0.3 * cue.to("six"))))
            rings = VGroup(*(self.tower.ring(*a, INK) for a in at))
            shown = max(0.6, min(1.6, 0.7 * cue.to("six")))
            self.play(LaggedStart(*(FadeIn(r, scale=1.5) for r in rings), lag_ratio=0.2), run_time=shown)
            cue.until("six")
            self.sound("tick")
            self.play(self.tower.turn(at, PANEL, 1), FadeIn(title), run_time=min(0.6, 0.4 * cue.to("left") + 0.2))
            kept = VGroup(self.tower, self.reader, rings)
            corner = kept.animate.scale_to_fit_width(2.0).move_to([-5.4, 3.05, 0])
            rows = FadeIn(VGroup(*(row[:2] for row in frame)))
            self.play(corner, rows, run_time=max(0.5, min(0.9, cue.to("left"))))
            cue.until("left")
            self.tape.keep_clean(kept)
            self.tape.keep_clean(self.standing_badge, frame, marks, *clouds, title)
            tear(self, cut.read("left", data="numerals"))
            self.play(FadeIn(marks, scale=1.2), run_time=0.6)
            cue.until("half")
            dots = VGroup(*(dot for cloud in clouds for dot in cloud))
            self.play(LaggedStart(*(FadeIn(d, scale=0.3) for d in dots), lag_ratio=0.01), run_time=1.6)
            self.play(FadeIn(VGroup(*(row[2] for row in frame))), run_time=0.5)
            cue.until("many")
            deadly = [
                clouds[i][j] for i in range(3) for j in np.flatnonzero(cut["left_random"][i] <= float(cut["left"][i]))
            ]
            grown = [dot.animate.set_color(HIGHLIGHT).scale(1.4) for dot in deadly]
            self.play(LaggedStart(*grown, lag_ratio=0.1), run_time=2.0)
            cue.until("evidence")
            self.play(*(mark[0].animate(rate_func=there_and_back).scale(1.3) for mark in marks), run_time=0.8)
        self.clear_stage(run_time=0.4)

    # -- the transplant --------------------------------------------------------------------------------------------

    def column(self, words: Sequence[str], x: float, colour: str) -> VGroup:
        """Members of a prompt, one below the other, with a gap at the end."""
        column = VGroup()
        for i, word in enumerate(words):
            made = Words("{w}", w=Name(word), size=HEADING, color=colour).move_to([x, 1.9 - 0.85 * i, 0])
            column.add(made)
        gap = Rectangle(width=1.3, height=0.72).set_stroke(HIGHLIGHT, 4).set_fill(PANEL, 1)
        column.add(gap.move_to([x, 1.9 - 0.85 * len(words), 0]))
        return column

    def transplant(self) -> None:
        """The upstairs lights of a prompt that counts down go into one that counts up."""
        found = self.result("transplant")
        mend(self)
        digits = sorted(self.result("ov").facts["task"]["numerals"]["members"], key=int)
        last = digits.index(found.facts["members"]["numerals→numerals"][1])  # a prompt of those that were measured
        down = self.column(digits[last : last + 4][::-1], -5.4, NOSE)
        up = self.column(digits[last - 3 : last + 1], 5.4, NOSE)
        labels = VGroup(
            Words("counts down", size=BODY, color=SOFT).next_to(down, UP, buff=0.3),
            Words("counts up", size=BODY, color=SOFT).next_to(up, UP, buff=0.3),
        )
        layers, heads = self.result("cut")["heads"].shape
        donor = Tower(layers, heads, width=2.9, height=3.6).move_to([-2.6, 0.2, 0])
        receiver = Tower(layers, heads, width=2.9, height=3.6).move_to([2.6, 0.2, 0])
        at = [(layer, head) for layer in range(1, layers) for head in range(heads)]
        share = found.read("onward_own_previous")
        six = Words("{w}", w=Name(digits[last + 1]), size=HEADING, color=HIGHLIGHT).move_to(up[-1])
        four = Words("{w}", w=Name(digits[last - 1]), size=HEADING, color=HIGHLIGHT).move_to(up[-1])
        number = Words("turned around: {x:.0f} %", x=share, size=HEADING, color=HIGHLIGHT).move_to([0.6, -2.9, 0])
        with self.say("surgery.transplant") as cue:
            self.play(FadeIn(up), FadeIn(receiver), FadeIn(labels[1]), FadeIn(six), run_time=0.8)
            cue.until("down")
            said = four.copy().move_to(down[-1])
            self.play(FadeIn(down), FadeIn(donor), FadeIn(labels[0]), FadeIn(said), run_time=0.8)
            cue.until("lift")
            lifted = VGroup(*(donor.cell(*a).copy().set_fill(OUTPUT, 0.9) for a in at))
            self.play(FadeIn(lifted), *(donor.cell(*a).animate.set_fill(PANEL, 1) for a in at), run_time=0.7)
            cue.until("plant")
            way = receiver.cell(1, 0).get_center() - donor.cell(1, 0).get_center()  # cell upon cell
            self.play(lifted.animate(path_arc=-0.5).shift(way), FadeOut(six), run_time=1.2)
            cue.until("turns")
            self.play(FadeIn(four, scale=1.5), up[-1].animate.set_stroke(OUTPUT, 7), run_time=0.5)
            self.play(FadeIn(number), run_time=0.5)
        self.clear_stage(run_time=0.4)

    def across(self) -> None:
        """All nine pairs, and what a donor that counts up does."""
        found = self.result("transplant")
        table, cells = VGroup(), {}
        for i, (donor, _, _) in enumerate(KINDS):
            for j, (receiver, _, _) in enumerate(KINDS):
                value = found.read("onward_chosen_previous", donor=donor, receiver=receiver)
                box = Rectangle(width=1.85, height=1.1).set_stroke(FAINT, 2).set_fill(OUTPUT, 0.3 * float(value) / 100)
                box.move_to([1.85 * j, -1.1 * i, 0])
                cells[i, j] = VGroup(box, Words("{x:.0f} %", x=value, size=BODY, color=INK).move_to(box))
                table.add(cells[i, j])
        for i, (_, shown, colour) in enumerate(KINDS):
            table.add(Words(shown, size=SMALL, color=colour).next_to(cells[i, 0], LEFT, buff=0.3))
            table.add(Words(shown, size=SMALL, color=colour).next_to(cells[0, i], UP, buff=0.25))
        table.move_to([-2.9, 0.2, 0])
        heading = VGroup(
            Words("from", size=SMALL, color=SOFT).move_to([table.get_left()[0] + 0.5, table.get_top()[1] - 0.2, 0]),
            Words("into", size=SMALL, color=SOFT).next_to(table, UP, buff=0.25).shift(0.6 * RIGHT),
        )
        pairs = (
            ("donor counts down", "onward_cross_previous", HIGHLIGHT),
            ("donor counts up", "onward_cross_control", SOFT),
        )
        columns = VGroup()
        for i, (label, name, colour) in enumerate(pairs):
            gauge = Gauge(found.read(name), height=2.8, colour=colour).move_to([3.0 + 2.6 * i, 0.3, 0])
            text = Words(label.replace(" counts ", "\ncounts "), size=SMALL, color=colour)
            columns.add(VGroup(gauge, text.next_to(gauge.frame, DOWN, buff=0.25)))
        whole = VGroup(table, heading)
        aside = whole.get_center()
        whole.scale(ALONE).move_to([0, 0.1, 0])  # large and in the middle, until its mean stands beside it
        arrow = Arrow([-1.2, 0, 0], [1.2, 0, 0], color=OUTPUT, stroke_width=12).move_to([3.2, -3.05, 0])
        way = VGroup(Words("up", size=SMALL, color=SOFT), Words("down", size=SMALL, color=OUTPUT))
        for word in way:
            word.next_to(arrow, RIGHT, buff=0.3)
        with self.say("surgery.across") as cue:
            self.play(FadeIn(whole), run_time=0.7)
            cue.until("across")
            others = [cells[i, j][0] for i in range(3) for j in range(3) if i != j]
            self.play(*(box.animate.set_stroke(HIGHLIGHT, 5) for box in others), run_time=0.7)
            self.hold(max(0.05, cue.to("turn") - 0.6))
            self.play(whole.animate.scale(1 / ALONE).move_to(aside), run_time=0.5)
            cue.until("turn")
            self.play(FadeIn(columns[0]), run_time=0.6)
            cue.until("control")
            self.play(FadeIn(columns[1]), run_time=0.6)
            cue.until("message")
            self.play(FadeIn(arrow), FadeIn(way[0]), run_time=0.4)
            self.play(Rotate(arrow, np.pi), FadeOut(way[0], rate_func=_early), run_time=0.8)
            self.play(FadeIn(way[1]), run_time=0.3)


def _early(t: float) -> float:
    """Done after a third, so that two words in one place are never seen together."""
    return min(1.0, 3 * t)
