"""Fourth chapter: where a sum is zero, the widest street, distance as a score, and what a fence does not say."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    UP,
    Create,
    DashedLine,
    FadeIn,
    FadeOut,
    GrowArrow,
    LaggedStart,
    Line,
    Polygon,
    Rotate,
    Transform,
    VGroup,
    VMobject,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, Words
from tapehead.scenes.stage.meters import Histogram
from tapehead.scenes.stage.palette import FAINT, HIGHLIGHT, INK, SOFT
from tapehead.scenes.stage.planes import arrow
from tapehead.scenes.stage.specks import specks

from .pictures import CATTY, RATTY, animal, page, point_at, pulse

FIT = "support vectors"
SPECK = 0.2


class Hyperplane(StageScene):
    """Nine lines."""

    def construct(self) -> None:
        self.table, self.found = self.result("table"), self.result("fence")
        self.badge_for(self.found.origin)
        self.where()
        self.zero()
        self.name()
        self.street()
        self.score()
        self.held()
        self.shuffle()
        self.truth()
        self.end()

    # -- helpers -----------------------------------------------------------------------------------

    def cloud(self, points: np.ndarray, colour: str, size: float = SPECK) -> VMobject:
        """Animals as specks on the page."""
        return specks(np.array([self.page.at(p)[:2] for p in points]), colour, size)

    def edge(self, name: str, colour: str, width: float = 8) -> Line:
        """The fence, or an edge of its street, cut to the page."""
        edges = self.found.quantity("line").labels["edge"]
        one, other = self.found["line"][edges.index(name)]
        return self.across(one, other, colour, width)

    def across(self, one: np.ndarray, other: np.ndarray, colour: str, width: float = 8) -> Line:
        """The line through two pairs from border to border of the page."""
        way = (other - one) / np.linalg.norm(other - one)
        ends = []
        for sign in (-1, 1):
            steps = [
                (side[int(sign * way[k] > 0)] - one[k]) / (sign * way[k])
                for k, side in enumerate((self.page.across, self.page.up))
                if abs(way[k]) > 1e-9
            ]
            ends.append(one + sign * min(steps) * way)
        return Line(self.page.at(ends[0]), self.page.at(ends[1])).set_stroke(colour, width)

    # -- scenes ------------------------------------------------------------------------------------

    def where(self) -> None:
        """Two clouds, and a question between them."""
        self.page = page((-3.6, -1.7), 1.34, (-1.9, 4.2), (-1.05, 3.85))
        rats, cats = self.cloud(self.table["first"], RATTY), self.cloud(self.table["second"], CATTY)
        names = VGroup(
            Words("rats", size=HEADING, color=RATTY).move_to([3.2, -2.2, 0]),
            Words("cats", size=HEADING, color=CATTY).move_to([3.2, 0.9, 0]),
        )
        rat = animal(self.table["centre"][0], 1.8).move_to([5.3, -2.0, 0])
        cat = animal(self.table["centre"][1], 1.6).move_to([5.3, 1.0, 0])
        ask = Words("?", size=2 * HUGE, color=HIGHLIGHT).move_to(self.page.at((1.6, 1.5)))
        with self.say("hyperplane.where") as cue:
            self.play(FadeIn(self.page), run_time=0.5)
            cue.until("rats")
            self.play(FadeIn(rats), FadeIn(names[0]), FadeIn(rat), run_time=0.6)
            self.play(FadeIn(cats), FadeIn(names[1]), FadeIn(cat), run_time=0.6)
            cue.until("point")
            self.play(pulse(rats, 1.06), pulse(cats, 1.06), run_time=0.9)
            cue.until("where")
            self.play(FadeIn(ask, scale=0.6), run_time=0.6)
        self.rats, self.cats = rats, cats
        self.play(FadeOut(ask), FadeOut(names), FadeOut(rat), FadeOut(cat), run_time=0.4)

    def zero(self) -> None:
        """The row's arrow, the line where the sum is zero, and the two sides of it."""
        w, b = self.found["w"][0], float(self.found["b"][0])
        foot = -b * w / (w @ w)
        self.row = self.page.arrow(foot, foot + 0.75 * w, INK, 10)
        self.fence = self.edge("fence", HIGHLIGHT, 10)
        ruled = VGroup(
            Words("snout × {x:.1f}", x=self.found.read("w", fit=FIT, side="first"), size=HEADING, color=INK),
            Words("+ body × {x:.1f}", x=self.found.read("w", fit=FIT, side="second"), size=HEADING, color=INK),
            Words("{x:.1f}", x=self.found.read("b", fit=FIT), size=HEADING, color=SOFT),
            Words("= zero", size=HEADING, color=HIGHLIGHT),
        )
        ruled.arrange(DOWN, buff=0.4, aligned_edge=LEFT).move_to([5.05, 1.3, 0])
        signs = VGroup(
            Words("above", size=BODY, color=CATTY).move_to(self.page.at((-0.9, 3.3))),
            Words("below", size=BODY, color=RATTY).move_to(self.page.at((3.3, -0.6))),
        )
        with self.say("hyperplane.zero") as cue:
            self.play(GrowArrow(self.row), run_time=0.7)
            cue.until("product")
            self.play(FadeIn(ruled[:2]), run_time=0.5)
            self.play(FadeIn(ruled[2]), run_time=0.5)
            cue.until("zero")
            self.play(Create(self.fence), FadeIn(ruled[3]), run_time=1.0)
            cue.until("above")
            self.play(FadeIn(signs[0]), pulse(self.cats, 1.05), run_time=0.7)
            cue.until("below")
            self.play(FadeIn(signs[1]), pulse(self.rats, 1.05), run_time=0.7)
        self.play(FadeOut(ruled), FadeOut(signs), FadeOut(self.row), run_time=0.4)

    def name(self) -> None:
        """A line in a plane, a wall in a room, and the word."""
        start = np.array([3.3, -2.0, 0.0])
        x, y, z = np.array([2.6, -0.35, 0.0]), np.array([0.95, 0.95, 0.0]), np.array([0.0, 2.9, 0.0])
        box = VGroup(
            *(
                Line(start + a, start + b).set_stroke(FAINT, 4)
                for a, b in (
                    (0 * x, x),
                    (0 * x, y),
                    (0 * x, z),
                    (x, x + y),
                    (x, x + z),
                    (y, x + y),
                    (y, y + z),
                    (z, x + z),
                    (z, y + z),
                    (x + y, x + y + z),
                    (x + z, x + y + z),
                    (y + z, x + y + z),
                )
            )
        )
        pane = Polygon(*(start + p for p in (0.25 * x, 0.7 * x + y, 0.85 * x + y + z, 0.4 * x + z)))
        pane.set_stroke(HIGHLIGHT, 6).set_fill(HIGHLIGHT, 0.3)
        word = Words("hyperplane", size=80, color=HIGHLIGHT).move_to([4.8, 3.4, 0])
        with self.say("hyperplane.name") as cue:
            cue.until("line")
            self.play(pulse(self.fence, 1.04), run_time=0.8)
            cue.until("wall")
            self.play(Create(box), run_time=0.7)
            self.play(FadeIn(pane), run_time=0.6)
            cue.until("thousand")
            self.play(pane.animate.set_fill(opacity=0.05), box.animate.set_stroke(opacity=0.2), run_time=1.2)
            cue.until("flat")
            self.play(pane.animate.set_fill(opacity=0.35), box.animate.set_stroke(opacity=1), run_time=1.0)
            cue.until("sides")
            self.play(pulse(self.cats, 1.05), pulse(self.rats, 1.05), pulse(pane, 1.04), run_time=1.0)
            cue.until("fence")
            self.play(FadeIn(word, shift=0.2 * DOWN), run_time=0.6)
        self.play(FadeOut(box), FadeOut(pane), FadeOut(word), run_time=0.4)

    def street(self) -> None:
        """Half of the animals, many fences, one street, and those who hold it."""
        learned = VGroup(
            self.cloud(self.found["learned_first"], RATTY), self.cloud(self.found["learned_second"], CATTY)
        )
        edges = VGroup(self.edge("lower edge", INK, 5), self.edge("upper edge", INK, 5))
        a, b = edges
        road = Polygon(a.get_start(), a.get_end(), b.get_end(), b.get_start()).set_stroke(width=0).set_fill(INK, 0.13)
        rings = VGroup(
            *(
                point_at(self.page.at(p), HIGHLIGHT, 0.2).set_fill(opacity=0).set_stroke(HIGHLIGHT, 5)
                for p in self.found["support"]
            )
        )
        held = Words(
            "{n:.0f} of {m:.0f}",
            n=self.found.read("supports"),
            m=self.found.read("learned"),
            size=HUGE,
            color=HIGHLIGHT,
        )
        held.move_to([5.0, 0.9, 0])
        below = Words("hold the fence", size=BODY, color=SOFT).next_to(held, DOWN, buff=0.3)
        with self.say("hyperplane.street") as cue:
            self.play(FadeOut(self.rats), FadeOut(self.cats), FadeIn(learned), run_time=0.6)
            middle = self.fence.get_center()
            cue.until("many")
            self.play(Rotate(self.fence, 0.22, about_point=middle), run_time=0.6)
            self.play(Rotate(self.fence, -0.4, about_point=middle), run_time=0.8)
            self.play(Rotate(self.fence, 0.18, about_point=middle), run_time=0.6)
            cue.until("street")
            self.add(road)
            self.bring_to_back(road)
            self.play(FadeIn(road), *(Create(edge) for edge in edges), run_time=1.0)
            cue.until("middle")
            self.play(pulse(self.fence, 1.03), run_time=0.9)
            cue.until("hold")
            self.play(LaggedStart(*(FadeIn(ring, scale=2) for ring in rings), lag_ratio=0.15), run_time=1.0)
            cue.until("kerb")
            self.play(FadeIn(held), FadeIn(below), run_time=0.5)
        self.play(*(FadeOut(m) for m in (rings, held, below, road, edges)), run_time=0.4)
        self.learned = learned

    def score(self) -> None:
        """Distances from the fence as posts, and a gauge of them."""
        normal = self.found["normal"][0]
        lines = VGroup()
        for points, colour in ((self.found["learned_first"], RATTY), (self.found["learned_second"], CATTY)):
            for p in points:
                away = float((p @ self.found["w"][0] + self.found["b"][0]) / np.hypot(*self.found["w"][0]))
                lines.add(Line(self.page.at(p - away * normal), self.page.at(p)).set_stroke(colour, 3, 0.8))
        far = self.found["learned_second"]
        scores = far @ self.found["w"][0] + self.found["b"][0]
        best, near = far[int(np.argmax(scores))], far[int(np.argmin(np.abs(scores)))]
        rings = VGroup(
            *(
                point_at(self.page.at(p), HIGHLIGHT, 0.26).set_fill(opacity=0).set_stroke(HIGHLIGHT, 6)
                for p in (best, near)
            )
        )
        beasts = VGroup(animal(best, 1.15).move_to([5.0, 1.9, 0]), animal(near, 1.4).move_to([4.9, -1.2, 0]))
        tags = VGroup(
            Words("surely a cat", size=BODY, color=CATTY).move_to([5.0, 0.35, 0]),
            Words("who knows?", size=BODY, color=SOFT).move_to([5.0, -2.95, 0]),
        )
        with self.say("hyperplane.score") as cue:
            cue.until("far")
            self.play(LaggedStart(*(Create(line) for line in lines), lag_ratio=0.04), run_time=1.6)
            cue.until("cat")
            self.play(FadeIn(rings[0], scale=2), FadeIn(beasts[0]), FadeIn(tags[0]), run_time=0.8)
            cue.until("knows")
            self.play(FadeIn(rings[1], scale=2), FadeIn(beasts[1]), FadeIn(tags[1]), run_time=0.8)
        self.play(*(FadeOut(m) for m in (lines, rings, beasts, tags)), run_time=0.4)

    def held(self) -> None:
        """The learned half goes, the other comes in, and is counted."""
        x, kind = self.table["x"], self.table["kind"]
        out = np.arange(len(x)) // 2 % 2 == 1
        new = VGroup(*(self.cloud(x[out & (kind == k)], colour) for k, colour in ((0, RATTY), (1, CATTY))))
        wrong = (self.found["distance"][0] > 0) != (self.found["held_kind"] == 1)
        rings = VGroup(
            *(point_at(self.page.at(p), INK, 0.24).set_fill(opacity=0).set_stroke(INK, 6) for p in x[out][wrong])
        )
        right = Words("{x:.0f} %", x=self.found.read("right", fit=FIT), size=1.5 * HUGE, color=HIGHLIGHT)
        right.move_to([4.9, 1.0, 0])
        fresh = Words("of {n:.0f} new ones", n=self.found.read("held_out"), size=BODY, color=SOFT).next_to(
            right, DOWN, buff=0.35
        )
        with self.say("hyperplane.held") as cue:
            cue.until("half")
            self.play(pulse(self.learned, 1.03), run_time=0.8)
            cue.until("let")
            self.play(FadeOut(self.learned, shift=0.5 * LEFT), run_time=0.5)
            self.play(FadeIn(new, shift=0.5 * LEFT), run_time=0.7)
            cue.until("right")
            self.play(
                FadeIn(right, scale=0.7),
                FadeIn(fresh),
                LaggedStart(*(FadeIn(r, scale=2) for r in rings), lag_ratio=0.2),
                run_time=0.9,
            )
        self.clear_stage(self.page, self.fence, new, run_time=0.4)
        self.new = new

    def shuffle(self) -> None:
        """Shuffled kinds, and the heap of what such fences get right."""
        null = self.found["null_right"][0]
        heap = Histogram(null, np.arange(22.5, 102.6, 5), width=11.6, height=4.4, colour=SOFT)
        heap.move_to([0.2, -2.2, 0], aligned_edge=DOWN)
        ours = self.found.read("right", fit=FIT)
        post = Line(heap.at(float(ours)), heap.at(float(ours)) + 4.0 * UP).set_stroke(HIGHLIGHT, 9)
        words = VGroup(
            Words("ours {x:.0f} %", x=ours, size=HEADING, color=HIGHLIGHT).next_to(post, UP, buff=0.2),
            Words("{n:.0f} shuffles", n=self.found.read("shuffles"), size=HEADING, color=SOFT).move_to([-3.0, 3.2, 0]),
            Words("{x:.0f} %", x=self.found.read("null_quantiles", fit=FIT, quantile="50%"), size=HEADING, color=INK),
            Words("{n:.0f} reach it", n=self.found.read("null_count", fit=FIT), size=HEADING, color=INK),
        )
        words[2].next_to(heap.at(50), DOWN, buff=0.25)
        words[3].next_to(post, LEFT, buff=0.35).shift(0.9 * UP)
        bars = heap.grown(0.02)
        with self.say("hyperplane.shuffle") as cue:
            self.play(pulse(self.new, 1.03), run_time=0.7)
            cue.until("shuffle")
            self.play(self.new[0].animate.set_fill(SOFT), self.new[1].animate.set_fill(SOFT), run_time=0.6)
            gone = (self.page, self.fence, self.new)
            self.play(*(FadeOut(m) for m in gone), FadeIn(heap.floor), FadeIn(bars), FadeIn(words[1]), run_time=0.8)
            for share in (0.2, 1.0):
                self.play(Transform(bars, heap.grown(share)), run_time=0.7)
            cue.until("most")
            self.play(FadeIn(words[2]), run_time=0.5)
            cue.until("none")
            self.play(Create(post), FadeIn(words[0]), run_time=0.7)
            self.play(FadeIn(words[3]), run_time=0.4)
        self.clear_stage(run_time=0.5)

    def truth(self) -> None:
        """The planted fence beside ours, and what it gets right in the long run."""
        rats, cats = self.cloud(self.table["first"], RATTY, 0.15), self.cloud(self.table["second"], CATTY, 0.15)
        ours = self.edge("fence", HIGHLIGHT, 9)
        w, b = self.table["planted"], float(self.table["planted_offset"])
        foot, along = -b * w / (w @ w), np.array([-w[1], w[0]]) / np.hypot(*w)
        true = self.across(foot, foot + along, INK, 9)
        dashed = DashedLine(true.get_start(), true.get_end(), dash_length=0.25).set_stroke(INK, 9)
        words = VGroup(
            Words("{x:.0f}° apart", x=self.found.read("planted_angle", fit=FIT), size=HEADING, color=INK),
            Words("truth, in the long run", size=SMALL, color=SOFT),
            Words("{x:.0f} %", x=self.table.read("planted_best"), size=HUGE, color=INK),
            Words("ours, on these", size=SMALL, color=SOFT),
            Words("{x:.0f} %", x=self.found.read("right", fit=FIT), size=HUGE, color=HIGHLIGHT),
        )
        for word, y in zip(words, (3.0, 1.75, 0.85, -0.85, -1.75), strict=True):
            word.move_to([4.9, y, 0])
        with self.say("hyperplane.truth") as cue:
            self.play(FadeIn(self.page), FadeIn(rats), FadeIn(cats), FadeIn(ours), run_time=0.7)
            cue.until("truth")
            self.play(Create(dashed), run_time=1.0)
            self.play(FadeIn(words[0]), run_time=0.5)
            cue.until("run")
            self.play(FadeIn(words[1]), FadeIn(words[2]), run_time=0.6)
            cue.until("lucky")
            self.play(FadeIn(words[3]), FadeIn(words[4]), run_time=0.6)
        self.ours = ours
        self.clear_stage(self.page, rats, cats, ours, run_time=0.4)
        self.both = VGroup(rats, cats)

    def end(self) -> None:
        """A fence was found in the network; an eye that may look elsewhere."""
        word = Words("knows what a cat is", size=BODY, color=INK).move_to([4.75, 3.3, 0])
        fence = Words("has a fence in it", size=BODY, color=HIGHLIGHT).move_to([4.75, 2.3, 0])
        cat = animal(self.table["centre"][1], 1.9).move_to([4.2, -1.2, 0])
        away = arrow(np.array([6.0, -0.75, 0]), np.array([7.0, -0.2, 0]), HIGHLIGHT, 9)
        looks = Words("looks elsewhere?", size=BODY, color=SOFT).move_to([4.4, -3.1, 0])
        with self.say("hyperplane.end") as cue:
            cue.until("knows")
            self.play(FadeIn(word), FadeIn(cat), run_time=0.8)
            cue.until("found")
            self.play(word.animate.set_color(SOFT), FadeIn(fence), pulse(self.ours, 1.04), run_time=0.9)
            cue.until("looks")
            self.play(GrowArrow(away), FadeIn(looks), run_time=0.8)
            cue.until("fourth")
            self.play(pulse(self.ours, 1.04), run_time=0.9)
        self.clear_stage(run_time=0.4)
