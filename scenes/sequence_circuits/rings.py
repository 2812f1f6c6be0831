"""Sixth scene: three circuits laid over each other, what chance would share, and borrowing across alphabets."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Dot,
    FadeIn,
    FadeOut,
    LaggedStart,
    Line,
    RoundedRectangle,
    ShowPassingFlash,
    Transform,
    VGroup,
    there_and_back,
)

from tapehead.analysis.results import Result
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.circuits import DARK, MLP, Gauge, Tower, between, swatch
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, Name, Words
from tapehead.scenes.stage.meters import Histogram
from tapehead.scenes.stage.palette import EAR, FAINT, HIGHLIGHT, INK, LUCK, NOSE, OUTPUT, PANEL, SOFT
from tapehead.scenes.stage.tears import mend, tear

KINDS = ("numerals", "words", "months")
SHOWN = ("digits", "words", "months")
COLOURS = (NOSE, EAR, LUCK)
SCALE = 120.0
"""Per cent of the meter at the top of a gauge, where more than everything may be left."""
READER = (0, 6)
"""The head on the ground floor without which nothing works; every set that is drawn has it."""
BY_COUNT = (DARK, FAINT, OUTPUT, HIGHLIGHT)
"""Colour of a head that is in none, one, two or all three circuits."""


class Rings(StageScene):
    """Lays the circuits over each other, first of the big model, then of the small one."""

    def construct(self) -> None:
        self.badge(self.result("paper"))
        self.three()
        self.eight()
        self.mini()
        self.alone()
        self.swap_tasks()
        self.over()
        self.clear_stage(run_time=0.4)

    def badge(self, result: Result) -> None:
        self.badge_for(result.origin, result.model)

    # -- the big model ---------------------------------------------------------------------------------------------

    def three(self) -> None:
        """Three towers, each with its own circuit, slide over each other."""
        paper = self.result("paper")
        self.towers, names = VGroup(), VGroup()
        for i, (kind, shown, colour) in enumerate(zip(KINDS, SHOWN, COLOURS, strict=True)):
            tower = Tower(12, 12, width=3.5, height=4.6, lit=False).move_to((i - 1) * 4.65 * RIGHT + 0.25 * UP)
            self.towers.add(tower)
            count = paper.read("head_count", task=kind)
            label = Words(f"{shown}: {{n}} heads", n=count, color=colour).next_to(tower, DOWN, buff=0.3)
            names.add(label)
        title = Words("{name}", name=Name("GPT-2 small"), size=HEADING).to_edge(UP, buff=0.4)
        with self.say("rings.three") as cue:
            self.add(self.towers[0])  # the scene does not begin in the dark
            self.play(FadeIn(title), *(FadeIn(tower) for tower in self.towers[1:]), run_time=min(0.6, cue.to("three")))
            cue.until("three")
            for i, tower in enumerate(self.towers):
                places = [(int(a), int(b)) for a, b in np.argwhere(paper["heads"][i])]
                places += [(int(a), MLP) for a in np.flatnonzero(paper["mlps"][i])]
                lights = LaggedStart(*(tower.turn([at], COLOURS[i]) for at in places), lag_ratio=0.3)
                self.play(FadeIn(names[i]), lights, run_time=max(0.6, (cue.to("lay") - 0.2) / (3 - i)))
            for tower in self.towers:  # as a whole again
                self.remove(*tower)
                self.add(tower)
            cue.until("lay")
            self.play(FadeOut(names), FadeOut(title), run_time=min(0.25, 0.3 * cue.left))  # they stand in the way
            lit = [np.concatenate([paper["heads"][i], paper["mlps"][i][:, None]], axis=1) for i in range(3)]
            for tower, own in zip(self.towers[1:], lit[1:], strict=True):  # dark cells would hide the circuit below
                for layer, head in np.argwhere(own == 0):
                    tower.cell(layer, MLP if head == tower.heads else head).set_fill(opacity=0)
            self.play(
                *(tower.animate.move_to(3.6 * LEFT + 0.1 * DOWN) for tower in self.towers),
                run_time=min(1.2, cue.left),
            )

    def eight(self) -> None:
        """One tower, coloured by how many circuits a head is in; the pairs' overlaps beside it."""
        paper = self.result("paper")
        times = paper["times"]
        whole = Tower(12, 12, width=4.6, height=5.2, lit=False).move_to(3.6 * LEFT + 0.1 * DOWN)
        for layer, head in np.ndindex(12, 12):
            if n := int(times[layer, head]):
                whole.paint(layer, head, BY_COUNT[n], 1)
        for layer in range(12):
            if n := int(paper["mlps"][:, layer].sum()):
                whole.paint(layer, MLP, BY_COUNT[n], 1)
        key = VGroup(swatch("in one", FAINT), swatch("in two", OUTPUT), swatch("in all three", HIGHLIGHT))
        key.arrange(RIGHT, buff=0.5).move_to([3.2, 2.4, 0])
        count = Words("{n} shared heads", n=paper.read("shared_head_count"), size=HEADING, color=HIGHLIGHT).move_to(
            [3.2, 1.2, 0]
        )
        overlaps = VGroup()
        for a, b in ((0, 1), (0, 2), (1, 2)):
            row = Words(
                f"{SHOWN[a]} and {SHOWN[b]} {{x:.2f}}",
                x=paper.read("overlap", task=KINDS[a], other=KINDS[b]),
                size=HEADING,
                color=INK,
            )
            overlaps.add(row)
        overlaps.arrange(DOWN, buff=0.45, aligned_edge=LEFT).move_to([3.2, -0.9, 0])
        note = Words("in both, of either", size=SMALL, color=SOFT).next_to(overlaps, DOWN, buff=0.35)
        with self.say("rings.eight") as cue:
            # The three become one, cell by cell: two sizes of the same tower are never seen through each other.
            self.remove(*self.towers[:2])
            merged = VGroup(*(cell.copy() for cell in self.towers[2]))
            for cell, *below in zip(merged, self.towers[2], self.towers[1], self.towers[0], strict=True):
                seen = next((one for one in below if one.get_fill_opacity() > 0), below[-1])
                cell.set_fill(seen.get_fill_color(), 1)
            self.remove(self.towers[2])
            self.add(merged)
            cells = (Transform(cell, goal) for cell, goal in zip(merged, whole, strict=True))
            self.play(*cells, FadeIn(key), run_time=0.8)
            self.remove(merged)
            self.add(whole)
            cue.until("eight")
            rings = VGroup(*(whole.ring(int(a), int(b)) for a, b in np.argwhere(paper["shared_heads"])))
            self.play(LaggedStart(*(FadeIn(r, scale=1.6) for r in rings), lag_ratio=0.2), FadeIn(count), run_time=1.4)
            cue.until("identical")
            self.play(FadeOut(key), FadeIn(overlaps[0]), FadeIn(note), run_time=0.6)
            cue.until("months")
            self.play(FadeIn(overlaps[1]), FadeIn(overlaps[2]), run_time=0.8)
        self.clear_stage(run_time=0.4)

    # -- the small model -------------------------------------------------------------------------------------------

    def mini(self) -> None:
        """The shared heads of the small model, and what chance would share."""
        shared = self.result("shared")
        self.badge(shared)
        layers, heads = shared["heads"].shape
        tower = Tower(layers, heads, width=5.1, height=4.2, lit=False).move_to(3.6 * LEFT + 0.2 * UP)
        seven = [(int(a), int(b)) for a, b in np.argwhere(shared["heads"])]
        name = Words("mini", size=HEADING).next_to(tower, UP, buff=0.35)
        count = Words("{n} in all three", n=shared.read("head_count"), color=HIGHLIGHT).next_to(tower, DOWN, buff=0.4)
        top = int(shared["head_count"])
        edges = np.arange(max(top, int(shared["count_most"])) + 2) - 0.5
        heap = Histogram(shared["count_random"], edges, width=5.4, height=3.4, colour=SOFT).move_to([3.6, 0.3, 0])
        axis = Words("heads in common, {n} draws", n=shared.read("count_draws"), size=SMALL, color=SOFT)
        axis.next_to(heap, DOWN, buff=0.75)
        expected = Words("expected {x:.1f}", x=shared.read("count_expected"), size=SMALL, color=SOFT)
        expected.move_to(heap.at(float(shared["count_expected"])) + 0.35 * DOWN).shift(0.4 * RIGHT)
        foot = heap.at(top)
        line = Line(foot, foot + 3.0 * UP).set_stroke(HIGHLIGHT, 6)
        found = Words("mini {x}", x=shared.read("head_count"), size=BODY, color=HIGHLIGHT).next_to(line, UP, buff=0.15)
        with self.say("rings.mini") as cue:
            self.play(FadeIn(tower), FadeIn(name), run_time=0.6)
            cue.until("seven")
            self.play(tower.turn(seven), FadeIn(count), run_time=0.8)
            cue.until("draw")
            self.draw_sets(tower, max(1.2, min(4.5, cue.to("hat") + 0.8)))
            cue.until("hat")
            self.play(FadeIn(heap.floor), FadeIn(axis), run_time=0.4)
            self.play(LaggedStart(*(FadeIn(bar, shift=0.4 * DOWN) for bar in heap.bars), lag_ratio=0.3), run_time=1.8)
            self.play(FadeIn(expected), run_time=0.4)
            cue.until("most")
            self.play(FadeIn(line, shift=0.5 * DOWN), FadeIn(found), run_time=0.8)
        self.tower = tower
        self.add(tower)  # as a whole again: lights that were switched stand on the stage by themselves
        self.clear_stage(tower, run_time=0.4)

    def draw_sets(self, tower: Tower, seconds: float) -> None:
        """What drawing from a hat means: three sets of a circuit's size, one after another, the reader in each."""
        others = [at for at in np.ndindex(tower.layers, tower.heads) if at != READER]
        for kind, colour in enumerate(COLOURS):
            size = int(self.result("circuits")["head_count"][kind])
            drawn = [READER, *(others[n] for n in self.rng.choice(len(others), size - 1, replace=False))]
            rings = VGroup(*(tower.ring(layer, head, colour) for layer, head in drawn))
            self.play(
                LaggedStart(*(FadeIn(ring, scale=1.6) for ring in rings), lag_ratio=0.1), run_time=0.7 * seconds / 3
            )
            self.play(FadeOut(rings), run_time=0.3 * seconds / 3)

    def alone(self) -> None:
        """What the shared part keeps by itself, and as many random sets around the same reader."""
        shared = self.result("shared")
        whole, clouds, marks = VGroup(), [], VGroup()
        left, width = -2.4, 6.8
        for i, (kind, shown, colour) in enumerate(zip(KINDS, SHOWN, COLOURS, strict=True)):
            y = 1.75 - 1.75 * i
            axis = Line([left, y - 0.45, 0], [left + width, y - 0.45, 0]).set_stroke(FAINT, 4)
            name = Words(shown, size=BODY, color=colour).move_to([left - 1.7, y, 0])
            cloud = VGroup()
            for value in shared["score_random"][i]:
                x = left + width * float(np.clip(value / 100, -0.02, 1.0))
                cloud.add(Dot([x, y + self.rng.uniform(-0.3, 0.3), 0], radius=0.07, color=SOFT).set_opacity(0.75))
            own = shared.read("score", data=kind)
            x = left + width * float(np.clip(float(own) / 100, 0, 1))
            mark = Line([x, y - 0.6, 0], [x, y + 0.45, 0]).set_stroke(HIGHLIGHT, 8)
            number = Words("{x:.0f} %", x=own, size=SMALL, color=HIGHLIGHT)
            marks.add(VGroup(mark, number.move_to([left + width + 1.25, y, 0])))
            clouds.append(cloud)
            whole.add(VGroup(axis, name))
        ends = VGroup(
            Words("nothing", size=SMALL, color=SOFT).move_to([left, -2.75, 0]),
            Words("the whole meter", size=SMALL, color=SOFT).move_to([left + width - 0.6, -2.75, 0]),
        )
        title = Words("only what is shared", size=HEADING, color=INK).move_to([1.0, 3.2, 0])
        key = Words("random sets, same reader", size=SMALL, color=SOFT).move_to([0.8, -3.3, 0])
        least = min((shared.read("score", data=kind) for kind in KINDS), key=float)
        self.tape.keep_clean(self.standing_badge, whole, ends, title, key, marks, *clouds)
        self.tape.keep_clean(self.tower)
        seven = [self.tower.cell(int(a), int(b)) for a, b in np.argwhere(shared["heads"])]
        with self.say("rings.alone") as cue:
            # What is kept is seen first, and stands in the corner while it is measured.
            self.play(self.tower.animate.scale(1.15).move_to(0.3 * DOWN), run_time=max(0.5, min(0.9, cue.to("only"))))
            cue.until("only")
            swell = [cell.animate(rate_func=there_and_back).scale(1.2) for cell in seven]
            self.play(FadeIn(title), LaggedStart(*swell, lag_ratio=0.12), run_time=max(0.6, 0.5 * cue.to("left")))
            corner = self.tower.animate.scale_to_fit_width(2.2).move_to([-5.3, 3.05, 0])
            self.play(corner, FadeIn(whole), FadeIn(ends), run_time=max(0.5, cue.to("left")))
            cue.until("left")
            tear(self, least, over=1.6)
            self.play(LaggedStart(*(FadeIn(m, shift=0.3 * UP) for m in marks), lag_ratio=0.4), run_time=1.6)
            cue.until("luck")
            dots = VGroup(*(dot for cloud in clouds for dot in cloud))
            self.play(FadeIn(key), LaggedStart(*(FadeIn(d, scale=0.3) for d in dots), lag_ratio=0.005), run_time=1.8)
            cue.until("enough")
            swell = [part.animate(rate_func=there_and_back).scale(1.15) for mark in marks for part in mark]
            self.play(*swell, run_time=1.0)
        self.clear_stage(self.tower, run_time=0.4)

    # -- one alphabet on the parts of another -----------------------------------------------------------------------

    def loan(self, result: Result, data: int, circuit: int, tower: Tower) -> tuple[Gauge, VGroup]:
        """The meter of ``data``'s prompts on the circuit of ``circuit``, not read yet, and what is named below it."""
        reading = result.read("score", data=KINDS[data], circuit=KINDS[circuit])
        gauge = Gauge(reading, top=SCALE, height=4.2, width=1.1, colour=COLOURS[data], size=HEADING)
        gauge.move_to([3.5, 0.1, 0]).filled()
        gauge.column.stretch(0.001, 1, about_point=gauge.frame.get_bottom())
        whole = gauge.frame.get_bottom() + 100 / SCALE * gauge.frame.height * UP
        line = Line(whole + 0.75 * LEFT, whole + 0.75 * RIGHT).set_stroke(INK, 4)
        name = Words(SHOWN[data], size=BODY, color=COLOURS[data]).next_to(gauge.frame, DOWN, buff=0.25)
        owner = Words(f"the circuit of the {SHOWN[circuit]}", size=BODY, color=COLOURS[circuit])
        owner.move_to([tower.get_x(), -2.75, 0])
        return gauge, VGroup(line, name, owner)

    def card(self, kind: int) -> VGroup:
        """Prompts of one kind, on their way into a tower."""
        box = RoundedRectangle(corner_radius=0.2, width=2.6, height=1.5).set_stroke(COLOURS[kind], 5).set_fill(PANEL, 1)
        return VGroup(box, Words(SHOWN[kind], size=HEADING, color=COLOURS[kind])).move_to([-5.6, 0.1, 0])

    def into(self, card: VGroup, tower: Tower, gauge: Gauge, seconds: float) -> None:
        """Prompts go into the tower, through it, and the meter answers."""
        y = card.get_y()
        ways = [
            Line([tower.get_left()[0], y, 0], [tower.get_right()[0], y, 0]),
            Line([tower.get_right()[0], y, 0], [gauge.frame.get_left()[0], y, 0]),
        ]
        flash = [ShowPassingFlash(way.set_stroke(COLOURS[SHOWN.index(card[1].plain_text)], 16)) for way in ways]
        push = card.animate(rate_func=there_and_back).shift(0.45 * RIGHT)
        self.play(push, LaggedStart(*flash, lag_ratio=0.6), run_time=seconds)

    def randoms(self, result: Result, data: int, circuit: int, gauge: Gauge) -> tuple[VGroup, Words, VGroup]:
        """A dot per random circuit of that size on the scale of the meter, the best of them, and what they are."""
        foot, tall = float(gauge.frame.get_bottom()[1]), gauge.frame.height
        dots = VGroup()
        for value in result["random"][data, circuit]:
            y = foot + tall * float(np.clip(value, 0, SCALE)) / SCALE
            dots.add(Dot([5.75 + self.rng.uniform(-0.6, 0.6), y, 0], radius=0.08, color=SOFT).set_opacity(0.85))
        best = result.read("random_best", data=KINDS[data], circuit=KINDS[circuit])
        number = Words("best {x:.0f} %", x=best, size=BODY, color=SOFT)
        number.move_to([5.75, foot + tall * float(best) / SCALE + 0.5, 0])
        key = Words("{n} random\ncircuits", n=result.read("draws"), size=SMALL, color=SOFT)
        key.next_to(gauge.frame, DOWN, buff=0.25).set_x(5.75)
        return dots, number, key

    def swap_tasks(self) -> None:
        """The months run on the circuit of the digits; random circuits beside it; then the other way round."""
        cross, own = self.result("cross"), self.result("circuits")
        mend(self)
        self.badge(cross)
        tower = Tower(*own["heads"][0].shape, width=4.8, height=4.2, lit=False).move_to([-0.8, 0.1, 0])
        digits, months = (tower.copy().show(own["heads"][k], own["mlps"][k], COLOURS[k]) for k in (0, 2))
        gauge, names = self.loan(cross, 2, 0, tower)
        other, others = self.loan(cross, 0, 2, tower)
        title = Words("mini", size=HEADING, color=INK).move_to([-0.8, 3.0, 0])
        card, second = self.card(2), self.card(0)
        dots, best, key = self.randoms(cross, 2, 0, gauge)
        later, most, _ = self.randoms(cross, 0, 2, other)
        self.tape.keep_clean(self.standing_badge, tower, names, others, title, card, second, gauge, other)
        every = [cross.read("score", data=a, circuit=b) for a in KINDS for b in KINDS if a != b]
        low, high = between(every)  # the other pairs are in the figure; no pair is left out of the range
        pairs = Words("all pairs: {a:.0f} to {b:.0f} %", a=low, b=high, size=SMALL, color=SOFT).move_to([-0.8, -3.4, 0])
        self.tape.keep_clean(dots, best, key, later, most, pairs)
        with self.say("rings.swap") as cue:
            # The tower of what is shared comes out of its corner, dark again.
            self.play(Transform(self.tower, tower.copy()), FadeIn(title), FadeIn(card, shift=0.5 * RIGHT), run_time=0.9)
            self.remove(self.tower)
            self.add(tower)
            cue.until("run")
            lit = LaggedStart(*(Transform(a, b) for a, b in zip(tower, digits, strict=True)), lag_ratio=0.03)
            self.play(lit, FadeIn(names[2]), run_time=1.4)
            cue.until("borrow")
            self.play(FadeIn(gauge), FadeIn(names[:2]), run_time=0.6)
            cue.until("there")
            self.into(card, tower, gauge, max(0.6, min(2.4, cue.to("score") - 0.2)))
            cue.until("score")
            tear(self, cross.read("score", data=KINDS[2], circuit=KINDS[0]))
            self.play(gauge.read_out(), run_time=0.8)
            cue.until("control")
            pour = LaggedStart(*(FadeIn(d, scale=0.3) for d in dots), lag_ratio=0.03)
            self.play(FadeIn(key), pour, run_time=max(0.8, min(1.6, cue.to("back") - 0.8)))
            self.play(FadeIn(best), run_time=0.4)
            cue.until("back")
            turned = LaggedStart(*(Transform(a, b) for a, b in zip(tower, months, strict=True)), lag_ratio=0.03)
            self.play(*(FadeOut(m) for m in (card, gauge, names, dots, best)), run_time=0.25)
            self.play(FadeIn(second, shift=0.5 * RIGHT), FadeIn(other), FadeIn(others), turned, run_time=0.8)
            cue.until("less")
            tear(self, cross.read("score", data=KINDS[0], circuit=KINDS[2]))
            self.play(other.read_out(), run_time=0.6)
            cue.until("more")
            pour = LaggedStart(*(FadeIn(d, scale=0.3) for d in later), lag_ratio=0.03)
            self.play(pour, run_time=max(0.6, min(1.2, cue.left - 0.8)))
            self.play(FadeIn(most), FadeIn(pairs), run_time=0.4)
        self.clear_stage(run_time=0.4)

    def over(self) -> None:
        """The same in the big model: its meter stands above the whole network's, and no random circuit beside it."""
        cross, paper = self.result("paper_cross"), self.result("paper")
        mend(self)
        self.badge(cross)
        tower = Tower(*paper["heads"][0].shape, width=4.8, height=5.2, lit=False).move_to([-0.8, 0.3, 0])
        tower.show(paper["heads"][0], paper["mlps"][0], COLOURS[0])
        gauge, names = self.loan(cross, 2, 0, tower)
        names[2].set_y(-2.75)
        card = self.card(2)
        title = Words("{name}", name=Name("GPT-2 small"), size=HEADING, color=INK).move_to([-0.8, 3.4, 0])
        whole = Words("whole network", size=SMALL, color=INK).next_to(names[0], RIGHT, buff=0.2).shift(0.12 * UP)
        with self.say("rings.over") as cue:
            self.play(*(FadeIn(m) for m in (title, tower, card, names, gauge)), run_time=0.8)
            cue.until("better")
            self.into(card, tower, gauge, max(0.6, min(2.6, cue.to("over") - 0.2)))
            cue.until("over")
            self.play(gauge.read_out(), FadeIn(whole), run_time=0.8)
            cue.until("gap")
            note = Words("a wider gap, not a better answer", size=BODY, color=HIGHLIGHT).move_to([1.4, -3.45, 0])
            self.play(FadeIn(note, shift=0.2 * UP), run_time=0.6)
            cue.until("nobody")
            unknown = Words("?", size=2 * HUGE, color=SOFT).move_to([5.75, -0.7, 0])
            key = Words("random\ncircuits", size=SMALL, color=SOFT).next_to(unknown, DOWN, buff=0.3)
            self.play(FadeIn(unknown, scale=1.4), FadeIn(key), run_time=0.6)
            self.play(unknown.animate(rate_func=there_and_back).scale(1.15), run_time=1.0)
