"""Last scene: the same neurons, their null, the board, and what it all rests on."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    PI,
    RIGHT,
    UP,
    Arc,
    Create,
    Dot,
    FadeIn,
    FadeOut,
    Indicate,
    LaggedStart,
    Line,
    Rectangle,
    RoundedRectangle,
    SurroundingRectangle,
    VGroup,
    there_and_back,
)

from tapehead.analysis.results import Origin
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.cards import EndCard
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, TITLE, Name, Words
from tapehead.scenes.stage.marks import tick
from tapehead.scenes.stage.meters import Histogram
from tapehead.scenes.stage.palette import BAD, EAR, HIGHLIGHT, INK, LUCK, NOSE, PANEL, SOFT

PAIR = "numerals-words"
COLUMNS, ACROSS, DOWNWARDS = 24, 0.235, 0.225
"""Neurons in a row of a panel, and how far they are apart, frame units: nearly as far down as across."""
ASLEEP, DIM = SOFT, 0.5
"""Colour and opacity of a neuron of which nothing is said."""
NODE = (3.1, 1.3)
"""Width and height of a name's frame in the triangle."""


def between(a: np.ndarray, b: np.ndarray) -> Line:
    """The side from one frame of the triangle to another, from edge to edge: over no name, also while it comes."""
    way = b - a
    inside = min(half / max(abs(float(d)), 1e-9) for half, d in zip((NODE[0] / 2, NODE[1] / 2), way, strict=False))
    return Line(a + inside * way, b - inside * way)


class Verdict(StageScene):
    """Neurons and their control, then the board and the thin file."""

    def construct(self) -> None:
        found = self.result("neurons")
        self.badge_for(found.origin, found.model)
        self.neurons()
        self.null()
        self.months()
        self.board()
        self.few()
        self.end()

    def panel(self, task: str, x: float, colour: str) -> tuple[VGroup, set[int]]:
        """All neurons of the workshop; the strongest ones in colour."""
        found = self.result("neurons")
        which = found.quantity("effect").labels["task"].index(task)
        effect = found["effect"][which]
        top = {int(n) for n in np.argsort(-effect)[: int(found["set_size"])]}
        dots = VGroup()
        for n in range(effect.size):
            row, column = divmod(n, COLUMNS)
            dot = Dot([x + ACROSS * (column + 0.5 - COLUMNS / 2), 2.35 - DOWNWARDS * row, 0], radius=0.075)
            dots.add(dot.set_color(colour if n in top else ASLEEP).set_opacity(1 if n in top else DIM))
        return dots, top

    def neurons(self) -> None:
        """Two panels; what they have in common lights up."""
        found = self.result("neurons")
        left, a = self.panel("numerals", -3.6, NOSE)
        right, b = self.panel("words", 3.6, EAR)
        titles = VGroup(
            Words("digits", size=HEADING, color=NOSE).move_to([-3.6, 3.1, 0]),
            Words("words", size=HEADING, color=EAR).move_to([3.6, 3.1, 0]),
        )
        shared = sorted(a & b)
        count = Words(
            "{n} of {all} the same",
            n=found.read("common", pair=PAIR),
            all=found.read("set_size"),
            size=HEADING,
            color=HIGHLIGHT,
        ).move_to([0.3, -3.05, 0])
        with self.say("verdict.neurons") as cue:
            # All grey first, floor by floor from the first word on; then the strongest light up, strongest first.
            effect = found["effect"]
            kinds = found.quantity("effect").labels["task"]
            panels = ((left, a, NOSE, "numerals"), (right, b, EAR, "words"))
            for panel, top, _, _ in panels:
                for n in top:
                    panel[n].set_color(ASLEEP).set_opacity(DIM)
            rows = [panel[i : i + COLUMNS] for i in range(0, len(left), COLUMNS) for panel in (left, right)]
            rising = LaggedStart(*(FadeIn(row) for row in rows), lag_ratio=0.1)
            self.play(LaggedStart(FadeIn(titles), rising, lag_ratio=0.1), run_time=max(1.0, cue.to("neurons")))
            cue.until("both")
            self.play(*(Indicate(title, color=INK, scale_factor=1.2) for title in titles), run_time=0.7)
            cue.until("workshop")
            walls = (SurroundingRectangle(panel, color=SOFT, buff=0.16, stroke_width=3) for panel in (left, right))
            self.play(*(Create(wall) for wall in walls), run_time=1.0)
            for (panel, top, colour, kind), mark in zip(panels, ("digits", "words"), strict=True):
                cue.until(mark)
                strength = -effect[kinds.index(kind)]
                order = [int(n) for n in np.argsort(strength, kind="stable")[: len(top)]]
                lights = (panel[n].animate.set_color(colour).set_opacity(1).scale(1.3) for n in order)
                self.play(LaggedStart(*lights, lag_ratio=0.25), run_time=1.5)
            cue.until("same")
            lit = [panel[n].animate.set_color(HIGHLIGHT).scale(1.3) for panel in (left, right) for n in shared]
            self.play(*lit, FadeIn(count), run_time=0.8)
            cue.until("helpers")
            helpers = (panel[n] for panel, top, _, _ in panels for n in sorted(top))
            self.play(*(dot.animate(rate_func=there_and_back).scale(1.4) for dot in helpers), run_time=0.9)
            cue.until("against")
            against = VGroup()
            for panel, _, _, kind in panels:
                row = effect[kinds.index(kind)]
                against.add(*(panel[int(n)] for n in np.flatnonzero(row < 0)))
            note = Words(
                "digits: {n} of {m} push the other way",
                n=found.read("negative", task="numerals"),
                m=found.read("neurons"),
                size=SMALL,
                color=INK,
            ).move_to([0.6, -3.65, 0])
            hollow = (dot.animate.set_fill(opacity=0).set_stroke(INK, 2, 0.9) for dot in against)
            self.play(*hollow, FadeIn(note), run_time=0.8)
        self.clear_stage(run_time=0.4)

    def null(self) -> None:
        """How many a shuffle would share."""
        found = self.result("neurons")
        which = found.quantity("common").labels["pair"].index(PAIR)
        common = int(found["common"][which])
        heap = Histogram(
            found["common_random"][which], np.arange(common + 2) - 0.5, width=11.5, height=4.4, colour=SOFT
        ).move_to([0, 0.7, 0])
        expected = found.read("common_expected", pair=PAIR)
        most = found.read("common_most", pair=PAIR)
        labels = VGroup(
            Words("expected {x:.0f}", x=expected, size=BODY, color=SOFT).move_to(heap.at(float(expected)) + 0.5 * DOWN),
            Words("most {x}", x=most, size=BODY, color=SOFT).move_to(heap.at(float(most)) + 0.5 * DOWN + 0.8 * RIGHT),
        )
        foot = heap.at(common)
        line = Line(foot, foot + 3.9 * UP).set_stroke(HIGHLIGHT, 8)
        ours = Words("{x}", x=found.read("common", pair=PAIR), size=HEADING, color=HIGHLIGHT).next_to(
            line, UP, buff=0.15
        )
        axis = Words("{n} shuffles: neurons in common", n=found.read("permutations"), size=BODY, color=SOFT)
        axis.move_to([0.9, -2.75, 0])
        loud = found.read("common_loud", pair=PAIR)
        spot = heap.at(float(loud))
        post = VGroup(
            Line(spot, spot + 3.1 * UP).set_stroke(SOFT, 8),
            Words("loudest {n}", n=loud, size=HEADING, color=SOFT).move_to(spot + 3.1 * UP + 1.7 * LEFT),
        )
        margin = Words(
            "{d} more; with other prompts {a:.0f} to {b:.0f}",
            d=found.read("margin", pair=PAIR),
            a=found.read("margin_low", pair=PAIR),
            b=found.read("margin_high", pair=PAIR),
            size=BODY,
            color=HIGHLIGHT,
        ).move_to([0.9, -3.4, 0])
        with self.say("verdict.null") as cue:
            self.play(FadeIn(heap.floor), FadeIn(line), FadeIn(ours), run_time=0.6)
            cue.until("shuffle")
            self.play(LaggedStart(*(FadeIn(bar, shift=0.3 * DOWN) for bar in heap.bars), lag_ratio=0.06), run_time=1.6)
            self.play(FadeIn(labels[0]), FadeIn(axis), run_time=0.4)
            cue.until("most")
            self.play(FadeIn(labels[1]), run_time=0.5)
            cue.until("loud")
            self.play(FadeIn(post[0], shift=0.5 * DOWN), run_time=0.7)
            cue.until("those")
            self.play(FadeIn(post[1]), run_time=0.5)
            cue.until("yes")
            self.play(line.animate.set_stroke(width=14), FadeIn(margin), run_time=0.5)
        self.clear_stage(run_time=0.4)

    def months(self) -> None:
        """The three pairs as a triangle."""
        found = self.result("neurons")
        size = found.read("set_size")
        spots = {"numerals": [-4.4, -1.7, 0], "words": [4.4, -1.7, 0], "months": [0, 2.5, 0]}
        shown = {"numerals": ("digits", NOSE), "words": ("words", EAR), "months": ("months", LUCK)}
        nodes = VGroup()
        for kind, place in spots.items():
            text = Words(shown[kind][0], size=TITLE, color=shown[kind][1])
            frame = RoundedRectangle(corner_radius=0.2, width=NODE[0], height=NODE[1]).set_stroke(shown[kind][1], 4)
            nodes.add(VGroup(frame.set_fill(PANEL, 1), text).move_to(place))
        sides, numbers = VGroup(), VGroup()
        for pair in found.quantity("common").labels["pair"]:
            a, b = (np.array(spots[kind]) for kind in pair.split("-"))
            sides.add(between(a, b).set_stroke(HIGHLIGHT, 6))
            off = np.array([0, -0.5, 0]) if pair == PAIR else np.array([1.15 * np.sign((a + b)[0]), 0.3, 0])
            value = Words("{n}", n=found.read("common", pair=pair), size=TITLE, color=HIGHLIGHT)
            rival = Words("loudest {n}", n=found.read("common_loud", pair=pair), size=BODY, color=SOFT)
            pair_of = VGroup(value, rival).arrange(DOWN, buff=0.12)
            numbers.add(pair_of.move_to((a + b) / 2 + 1.5 * off))
        note = Words("of {n}", n=size, size=BODY, color=SOFT).move_to([0, -0.9, 0])
        with self.say("verdict.months") as cue:
            self.play(
                FadeIn(sides[0]), FadeIn(nodes[0]), FadeIn(nodes[1]), FadeIn(numbers[0]), FadeIn(note), run_time=0.6
            )
            cue.until("months")
            self.play(FadeIn(nodes[2], shift=0.4 * DOWN), run_time=0.5)
            self.play(FadeIn(sides[1:]), run_time=0.7)
            cue.until("common")
            self.play(*(FadeIn(pair_of[0]) for pair_of in numbers[1:]), run_time=0.5)
            cue.until("loudness")
            self.play(*(FadeIn(pair_of[1]) for pair_of in numbers[1:]), run_time=0.5)
            cue.until("any")
            self.play(*(node[0].animate.set_stroke(HIGHLIGHT, 8) for node in nodes), run_time=0.6)
        self.clear_stage(run_time=0.4)

    def board(self) -> None:
        """Three questions with their answers, for both machines: words, under no machine's badge."""
        self.badge_for(Origin.ILLUSTRATION)
        cards, marks = VGroup(), VGroup()
        for i, question in enumerate(("same head?", "same neurons?", "same job?")):
            frame = Rectangle(width=4.9, height=1.25).set_stroke(SOFT, 3).set_fill(PANEL, 1)
            text = Words(question, size=HEADING, color=INK)
            card = VGroup(frame, text).move_to([-2.8, 2.0 - 1.9 * i, 0])
            pin = Dot(card.get_corner(UP + LEFT) + 0.2 * (DOWN + RIGHT), radius=0.09, color=BAD)
            cards.add(VGroup(card, pin))
        heads = VGroup(
            Words("{n}", n=Name("GPT-2 small"), size=BODY, color=SOFT).move_to([2.2, 3.2, 0]),
            Words("mini", size=BODY, color=SOFT).move_to([5.4, 3.2, 0]),
        )
        question = Words("?", size=HUGE, color=HIGHLIGHT).move_to([2.2, 0.1, 0])
        marks.add(tick(True).scale(1.4).move_to([2.2, 2.0, 0]), tick(True).scale(1.4).move_to([5.4, 2.0, 0]))
        marks.add(question, tick(True).scale(1.4).move_to([5.4, 0.1, 0]))
        marks.add(tick(False).scale(1.4).move_to([3.8, -1.8, 0]))
        only = Words("on tape B", size=SMALL, color=SOFT).move_to([2.2, 1.3, 0])
        loud = Words("the loud ones too", size=SMALL, color=SOFT).move_to([5.2, -0.65, 0])
        with self.say("verdict.board") as cue:
            self.play(FadeIn(heads), LaggedStart(*(FadeIn(card) for card in cards), lag_ratio=0.3), run_time=0.9)
            cue.until("head")
            self.ask(cards[0])
            cue.until("both")
            self.play(FadeIn(marks[0]), FadeIn(marks[1]), FadeIn(only), run_time=0.6)
            cue.until("reads")
            self.play(marks[1].animate(rate_func=there_and_back).scale(1.4), run_time=0.8)
            cue.until("neurons")
            self.ask(cards[1])
            cue.until("mini")
            self.play(FadeIn(marks[3]), run_time=0.5)
            cue.until("surprise")
            self.play(FadeIn(loud), run_time=0.5)
            cue.until("open")
            self.play(FadeIn(marks[2]), run_time=0.4)
            cue.until("job")
            self.ask(cards[2])
            self.play(FadeIn(marks[4], scale=1.5), run_time=min(0.5, cue.left))
        self.clear_stage(run_time=0.4)

    def ask(self, card: VGroup) -> None:
        """A question of the board that is being asked: its frame lights up."""
        self.play(card[0][0].animate.set_stroke(HIGHLIGHT, 6), run_time=0.4)

    def few(self) -> None:
        """A thin file, and how few prompts are in it."""
        weekend = self.result("weekend")
        self.badge_for(weekend.origin, weekend.model)
        back = RoundedRectangle(corner_radius=0.15, width=5.2, height=3.6).set_stroke(BAD, 4).set_fill(PANEL, 1)
        tab = RoundedRectangle(corner_radius=0.1, width=1.8, height=0.6).set_stroke(BAD, 4).set_fill(PANEL, 1)
        tab.move_to(back.get_corner(UP + LEFT) + 1.1 * RIGHT + 0.15 * UP)
        folder = VGroup(tab, back).move_to([-3.2, 0, 0])
        sheets = VGroup()
        prompts = weekend.read("prompts", sequence="number words")
        for k in range(int(prompts)):
            sheet = Rectangle(width=4.2, height=0.22).set_stroke(SOFT, 2).set_fill(INK, 0.85)
            sheets.add(sheet.move_to(folder[1].get_bottom() + (0.4 + 0.32 * k) * UP))
        home = folder.get_center()
        folder.scale(1.4).move_to([0, 0, 0])
        count = Words("{n} prompts of number words", n=prompts, size=BODY, color=HIGHLIGHT).move_to([3.3, 1.2, 0])
        others = VGroup(
            Words("one tiny model", size=BODY, color=INK),
            Words("one kind of sentence", size=BODY, color=INK),
            Words("told by its textbook", size=BODY, color=INK),
        )
        others.arrange(DOWN, buff=0.45).move_to([3.3, -0.8, 0])
        with self.say("verdict.few") as cue:
            self.play(FadeIn(folder), run_time=0.5)
            self.hold(max(0.0, cue.to("six") - 0.6))
            self.play(folder.animate.scale(1 / 1.4).move_to(home), run_time=0.6)
            cue.until("six")
            self.play(
                LaggedStart(*(FadeIn(s, shift=0.4 * DOWN) for s in sheets), lag_ratio=0.2), FadeIn(count), run_time=1.2
            )
            for other, mark in zip(others, ("tiny", "kind", "told"), strict=True):
                cue.until(mark)
                self.play(FadeIn(other), run_time=0.5)
            cue.until("thin")
            self.play(VGroup(folder, sheets).animate.stretch(0.7, 1), run_time=min(0.6, cue.left))
        self.clear_stage(run_time=0.4)

    def end(self) -> None:
        """The word and the digit become one and part again; then the card."""
        neurons = self.result("neurons")
        self.badge_for(neurons.origin, neurons.model)
        says = self.result("says").facts["task"]
        word = Words("{w}", w=Name(says["words"]["members"][0]), size=2 * HUGE, color=EAR).move_to([-3.2, 0.3, 0])
        digit = Words("{w}", w=Name(says["numerals"]["members"][0]), size=2 * HUGE, color=NOSE).move_to([3.2, 0.3, 0])
        alike = VGroup(word.copy(), Words("=", size=2 * HUGE, color=HIGHLIGHT), digit.copy()).arrange(RIGHT, buff=0.6)
        card = EndCard("Is one one?", "To this little machine, it is.", self.context.references, alike)
        # Each of them is said, and what is heard goes towards the other.
        heard = [
            VGroup(*(Arc(radius=r, start_angle=turn - 0.6, angle=1.2, arc_center=[x, 0.3, 0]) for r in (0.5, 0.9, 1.3)))
            for x, turn in ((-1.7, 0.0), (2.5, PI))
        ]
        for arcs in heard:
            arcs.set_stroke(INK, 7)
        with self.say("verdict.end") as cue:
            self.play(FadeIn(word), FadeIn(digit), run_time=0.7)
            cue.until("one")
            frame = RoundedRectangle(corner_radius=0.3, width=12.0, height=3.4).set_stroke(HIGHLIGHT, 6)
            self.play(FadeIn(frame.move_to([0, 0.3, 0])), run_time=0.6)
            cue.until("twice")
            for arcs in heard:
                self.play(LaggedStart(*(Create(arc) for arc in arcs), lag_ratio=0.4), run_time=0.6)
            cue.until("spelled")
            self.play(Indicate(word, color=EAR), Indicate(digit, color=NOSE), run_time=0.9)
        self.play(FadeOut(VGroup(frame, word, digit, *heard)), run_time=0.25)
        self.play(FadeIn(card.question), FadeIn(card.answer, shift=0.2 * UP), run_time=0.45)
        self.play(FadeIn(card.logo), FadeIn(card.credits), run_time=0.5)
        self.hold(3.0)
        self.clear_stage(run_time=0.5, at_once=True)
