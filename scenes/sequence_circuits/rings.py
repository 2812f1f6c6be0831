"""Sixth scene: three circuits laid over each other, what chance would share, and borrowing across alphabets."""

from __future__ import annotations

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Dot, FadeIn, FadeOut, LaggedStart, Line, Rectangle, VGroup, there_and_back

from tapehead.analysis.results import Result
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.circuits import DARK, MLP, Tower, swatch
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Name, Words
from tapehead.scenes.stage.meters import Histogram
from tapehead.scenes.stage.palette import EAR, FAINT, HIGHLIGHT, INK, LUCK, NOSE, OUTPUT, PANEL, SOFT
from tapehead.scenes.stage.tears import mend, tear

KINDS = ("numerals", "words", "months")
SHOWN = ("digits", "words", "months")
COLOURS = (NOSE, EAR, LUCK)
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
            tower = Tower(12, 12, width=3.3, height=3.9, lit=False)
            tower.show(paper["heads"][i], paper["mlps"][i], colour).move_to((i - 1) * 4.5 * RIGHT + 0.2 * UP)
            self.towers.add(tower)
            count = paper.read("head_count", task=kind)
            label = Words(f"{shown}: {{n}} heads", n=count, color=colour).next_to(tower, DOWN, buff=0.3)
            names.add(label)
        title = Words("{name}", name=Name("GPT-2 small"), size=HEADING).to_edge(UP, buff=0.4)
        with self.say("rings.three") as cue:
            self.play(FadeIn(title), FadeIn(self.towers[0]), FadeIn(names[0]), run_time=0.6)
            cue.until("three")
            for tower, name in zip(self.towers[1:], names[1:], strict=True):
                self.play(FadeIn(tower), FadeIn(name), run_time=0.6)
            cue.until("lay")
            self.play(
                FadeOut(names),
                *(tower.animate.move_to(3.6 * LEFT + 0.1 * DOWN) for tower in self.towers),
                run_time=min(1.4, cue.left),
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
                size=BODY,
                color=INK,
            )
            overlaps.add(row)
        overlaps.arrange(DOWN, buff=0.35, aligned_edge=LEFT).move_to([3.2, -1.3, 0])
        note = Words("in both, of in either", size=SMALL, color=SOFT).next_to(overlaps, DOWN, buff=0.35)
        with self.say("rings.eight") as cue:
            self.play(FadeOut(self.towers), FadeIn(whole), FadeIn(key), run_time=0.8)
            cue.until("eight")
            rings = VGroup(*(whole.ring(int(a), int(b)) for a, b in np.argwhere(paper["shared_heads"])))
            self.play(LaggedStart(*(FadeIn(r, scale=1.6) for r in rings), lag_ratio=0.2), FadeIn(count), run_time=1.4)
            cue.until("identical")
            self.play(FadeIn(overlaps[0]), FadeIn(note), run_time=0.6)
            cue.until("months")
            self.play(FadeIn(overlaps[1]), FadeIn(overlaps[2]), run_time=0.8)
        self.clear_stage(run_time=0.4)

    # -- the small model -------------------------------------------------------------------------------------------

    def mini(self) -> None:
        """The shared heads of the small model, and what chance would share."""
        shared = self.result("shared")
        self.badge(shared)
        layers, heads = shared["heads"].shape
        tower = Tower(layers, heads, width=4.4, height=3.0, lit=False).move_to(3.7 * LEFT + 0.2 * UP)
        seven = [(int(a), int(b)) for a, b in np.argwhere(shared["heads"])]
        name = Words("mini", size=HEADING).next_to(tower, UP, buff=0.35)
        count = Words("{n} in all three", n=shared.read("head_count"), color=HIGHLIGHT).next_to(tower, DOWN, buff=0.4)
        top = int(shared["head_count"])
        edges = np.arange(max(top, int(shared["count_most"])) + 2) - 0.5
        heap = Histogram(shared["count_random"], edges, width=5.0, height=2.8, colour=SOFT).move_to([3.3, 0.3, 0])
        axis = Words("heads in common, drawn at random", size=SMALL, color=SOFT).next_to(heap, DOWN, buff=0.75)
        expected = Words("expected {x:.1f}", x=shared.read("count_expected"), size=SMALL, color=SOFT)
        expected.move_to(heap.at(float(shared["count_expected"])) + 0.35 * DOWN).shift(0.4 * RIGHT)
        foot = heap.at(top)
        line = Line(foot, foot + 2.6 * UP).set_stroke(HIGHLIGHT, 6)
        found = Words("mini {x}", x=shared.read("head_count"), size=BODY, color=HIGHLIGHT).next_to(line, UP, buff=0.15)
        with self.say("rings.mini") as cue:
            self.play(FadeIn(tower), FadeIn(name), run_time=0.6)
            cue.until("seven")
            self.play(tower.turn(seven), FadeIn(count), run_time=0.8)
            cue.until("hat")
            self.play(FadeIn(heap.floor), FadeIn(axis), run_time=0.4)
            self.play(LaggedStart(*(FadeIn(bar, shift=0.4 * DOWN) for bar in heap.bars), lag_ratio=0.3), run_time=1.8)
            self.play(FadeIn(expected), run_time=0.4)
            cue.until("most")
            self.play(FadeIn(line, shift=0.5 * DOWN), FadeIn(found), run_time=0.8)
        self.tower = tower
        self.add(tower)  # as a whole again: lights that were switched stand on the stage by themselves
        self.clear_stage(tower, run_time=0.4)

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
            self.play(self.tower.animate.scale(1.35).move_to(0.3 * DOWN), run_time=max(0.5, min(0.9, cue.to("only"))))
            cue.until("only")
            swell = [cell.animate(rate_func=there_and_back).scale(1.2) for cell in seven]
            self.play(FadeIn(title), LaggedStart(*swell, lag_ratio=0.12), run_time=max(0.6, 0.5 * cue.to("digits")))
            corner = self.tower.animate.scale_to_fit_width(2.4).move_to([-5.2, 3.0, 0])
            self.play(corner, FadeIn(whole), FadeIn(ends), run_time=max(0.5, cue.to("digits")))
            cue.until("digits")
            tear(self, least, over=1.6)
            self.play(LaggedStart(*(FadeIn(m, shift=0.3 * UP) for m in marks), lag_ratio=0.4), run_time=1.6)
            cue.until("months")
            dots = VGroup(*(dot for cloud in clouds for dot in cloud))
            self.play(FadeIn(key), LaggedStart(*(FadeIn(d, scale=0.3) for d in dots), lag_ratio=0.005), run_time=1.8)
            cue.until("enough")
            swell = [part.animate(rate_func=there_and_back).scale(1.15) for mark in marks for part in mark]
            self.play(*swell, run_time=1.0)
        self.clear_stage(run_time=0.4)

    def table(self, result: Result, cell: float = 1.25) -> tuple[VGroup, dict[tuple[int, int], VGroup]]:
        """Data in rows, circuits in columns; the numbers are % of the full network, with the best random circuit's."""
        whole, cells = VGroup(), {}
        compared = "random_best" in result.quantities
        for i, data in enumerate(KINDS):
            for j, circuit in enumerate(KINDS):
                value = result.read("score", data=data, circuit=circuit)
                box = Rectangle(width=1.75 * cell, height=cell).set_stroke(FAINT, 2)
                box.set_fill(HIGHLIGHT if i == j else PANEL, 0.16 if i == j else 1)
                box.move_to(1.75 * cell * j * RIGHT + cell * i * DOWN)
                number = Words("{x:.0f} %", x=value, size=BODY, color=INK).move_to(box)
                cells[i, j] = VGroup(box, number)
                if compared:
                    best = result.read("random_best", data=data, circuit=circuit)
                    other = Words("random {x:.0f}", x=best, size=SMALL, color=SOFT).move_to(box).shift(0.3 * DOWN)
                    cells[i, j].add(other.set_opacity(0))
                    number.shift(0.22 * UP)
                whole.add(cells[i, j])
        for i, shown in enumerate(SHOWN):
            whole.add(Words(shown, size=SMALL, color=COLOURS[i]).next_to(cells[i, 0], LEFT, buff=0.3))
            whole.add(Words(shown, size=SMALL, color=COLOURS[i]).next_to(cells[0, i], UP, buff=0.3))
        whole.add(Words("prompts", size=SMALL, color=SOFT).next_to(cells[1, 0], LEFT, buff=2.0))
        whole.add(Words("through the circuit of", size=SMALL, color=SOFT).next_to(cells[0, 1], UP, buff=0.95))
        return whole.move_to(0.1 * UP), cells

    def swap_tasks(self) -> None:
        """The cross-task table of the small model, each cell with the best random circuit of that size."""
        cross = self.result("cross")
        mend(self)
        self.badge(cross)
        table, cells = self.table(cross, cell=1.45)
        with self.say("rings.swap") as cue:
            self.play(FadeIn(table), run_time=0.8)
            cue.until("borrow")
            self.play(*(cells[i, i][0].animate.set_fill(HIGHLIGHT, 0.2) for i in range(3)), run_time=0.6)
            cue.until("there")
            self.play(cells[2, 0][0].animate.set_stroke(HIGHLIGHT, 7), run_time=0.5)
            cue.until("control")
            self.play(cells[2, 0][2].animate.set_opacity(1), run_time=0.4)
            rest = [cells[at][2] for at in cells if at != (2, 0)]
            self.play(LaggedStart(*(words.animate.set_opacity(1) for words in rest), lag_ratio=0.1), run_time=1.2)
            cue.until("back")
            self.play(
                cells[2, 0][0].animate.set_stroke(FAINT, 2),
                cells[0, 2][0].animate.set_stroke(HIGHLIGHT, 7),
                run_time=0.5,
            )
        self.clear_stage(run_time=0.4)

    def over(self) -> None:
        """The published table, its cell above a hundred, and the random circuits that no cell is compared with."""
        cross = self.result("paper_cross")
        self.badge(cross)
        table, cells = self.table(cross)
        with self.say("rings.over") as cue:
            self.play(FadeIn(table), run_time=0.8)
            cue.until("better")
            self.play(cells[2, 0][0].animate.set_stroke(HIGHLIGHT, 7), run_time=0.5)
            cue.until("over")
            self.bring_to_front(cells[2, 0])
            self.play(cells[2, 0].animate.scale(1.12), run_time=0.4)
            cue.until("gap")
            note = Words("a wider gap, not a better answer", size=BODY, color=HIGHLIGHT).move_to([0.6, -3.1, 0])
            self.play(FadeIn(note, shift=0.2 * UP), run_time=0.6)
            cue.until("nobody")
            unknown = VGroup()
            for box, _ in cells.values():
                unknown.add(Words("random ?", size=SMALL, color=SOFT).move_to(box).shift(0.3 * DOWN))
            self.play(*(cell[1].animate.shift(0.22 * UP) for cell in cells.values()), run_time=0.4)
            self.play(LaggedStart(*(FadeIn(words) for words in unknown), lag_ratio=0.1), run_time=1.2)
