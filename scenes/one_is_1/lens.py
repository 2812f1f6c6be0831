"""Seventh scene: stop on every floor and read what the machine would say there."""

from __future__ import annotations

import itertools

from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Arrow,
    Circle,
    Create,
    FadeIn,
    FadeOut,
    GrowArrow,
    Indicate,
    LaggedStart,
    Line,
    Rectangle,
    VGroup,
    there_and_back,
)

from tapehead.analysis.results import Origin, Result
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.circuits import Tower
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, TITLE, Name, Words
from tapehead.scenes.stage.palette import EAR, FAINT, HIGHLIGHT, INK, LUCK, NOSE, PANEL, SOFT

KINDS = (("numerals", "digits", NOSE), ("words", "words", EAR), ("months", "months", LUCK))
FLOORS = (6, 7, 8, 9, 10, 11)
"""Floors of the big model whose most likely word is shown."""
EXAMPLE = "1 2 3 4"


class Lens(StageScene):
    """The published flip, and a model without one."""

    def construct(self) -> None:
        self.idea()
        self.gpt()
        self.mini()
        self.two()
        self.clear_stage(run_time=0.4)

    def badge(self, result: Result) -> None:
        self.badge_for(result.origin, result.model)

    def idea(self) -> None:
        """A lens glides up a tower and stops on every floor."""
        self.badge_for(Origin.ILLUSTRATION)
        tower = Tower(12, 12, width=4.6, height=5.6).move_to([-2.6, 0, 0])
        glass = Circle(radius=0.55).set_stroke(INK, 7).set_fill(SOFT, 0.25)
        handle = Line([0.4, 0.0, 0], [1.2, 0.0, 0]).set_stroke(INK, 10).shift(0.15 * RIGHT)
        lens = VGroup(glass, handle).move_to([1.3, tower.floor(0).get_y(), 0])
        words = VGroup(
            Words("what would you say", size=HEADING, color=INK),
            Words("if you stopped here?", size=HEADING, color=INK),
        ).arrange(DOWN, buff=0.2)
        words.move_to([4.6, -0.6, 0])
        with self.say("lens.idea") as cue:
            self.play(FadeIn(tower), run_time=0.6)
            cue.until("when")
            self.play(FadeIn(lens), run_time=0.5)
            cue.until("stop")
            for floor in (3, 6, 9):
                self.play(lens.animate.set_y(tower.floor(floor).get_y()), run_time=0.6)
            cue.until("read")
            self.play(FadeIn(words), run_time=0.5)
            self.play(lens.animate.set_y(tower.floor(11).get_y()), run_time=min(0.7, cue.left))
        self.clear_stage(run_time=0.4)

    def gpt(self) -> None:
        """The published example, floor by floor, and how often it flips there."""
        found = self.result("paper_lens")
        self.badge(found)
        said = [word.strip() for word in found.facts["examples"][EXAMPLE]]  # before the first floor, then after each
        rows, words = VGroup(), []
        for i, floor in enumerate(FLOORS):
            y = -2.45 + 1.1 * i
            box = Rectangle(width=6.0, height=0.92).set_stroke(FAINT, 3).set_fill(PANEL, 1).move_to([-3.5, y, 0])
            label = Words("{n}", n=Name(f"floor {floor}"), size=BODY, color=SOFT).move_to([-5.2, y, 0])
            word = Words("{w}", w=Name(said[floor + 1]), size=HEADING, color=INK).move_to([-1.9, y, 0])
            rows.add(VGroup(box, label))
            words.append(word)
        shares = VGroup()
        for i, (kind, shown, colour) in enumerate(KINDS[:2]):
            value = found.read("flip", task=kind)
            line = Words(f"{shown}: {{x:.1f}} %", x=value, size=TITLE, color=colour)
            shares.add(line.move_to([3.7, 0.9 - 1.5 * i, 0]))
        note = Words("of {n} prompts flip here", n=found.read("prompts"), size=SMALL, color=SOFT)
        note.next_to(shares, UP, buff=0.7)
        board = VGroup(rows, *words).shift(3.5 * RIGHT)  # in the middle, until the shares need room beside it
        with self.say("lens.gpt") as cue:
            self.play(LaggedStart(*(FadeIn(row) for row in rows), lag_ratio=0.15), run_time=0.9)
            cue.until("four")
            self.play(LaggedStart(*(FadeIn(w) for w in words[:3]), lag_ratio=0.8), run_time=1.6)
            cue.until("five")
            flip = rows[3][0]
            self.play(FadeIn(words[3], scale=1.6), flip.animate.set_stroke(HIGHLIGHT, 7), run_time=0.5)
            self.play(LaggedStart(*(FadeIn(w) for w in words[4:]), lag_ratio=0.5), run_time=0.7)
            self.play(board.animate.shift(3.5 * LEFT), run_time=max(0.5, min(0.9, cue.to("digits"))))
            cue.until("digits")
            self.play(FadeIn(shares[0]), FadeIn(note), run_time=0.5)
            cue.until("words")
            self.play(FadeIn(shares[1]), run_time=0.5)
        self.clear_stage(run_time=0.4)

    def mini(self) -> None:
        """Mean probability of the answer after each floor, for the three kinds."""
        found = self.result("lens")
        self.badge(found)
        rows = found.quantity("p_answer").labels["row"]
        left, width, foot, tall = -4.4, 8.4, -2.0, 4.4
        axis = VGroup(
            Line([left, foot, 0], [left + width, foot, 0]).set_stroke(FAINT, 4),
            Line([left, foot, 0], [left, foot + tall, 0]).set_stroke(FAINT, 4),
        )
        names = VGroup()
        for i, row in enumerate(rows):
            floor = Name(row.replace("block", "floor").replace("embedding", "street"))
            names.add(
                Words("{r}", r=floor, size=SMALL, color=SOFT).move_to(
                    [left + width * i / (len(rows) - 1), foot - 0.42, 0]
                )
            )
        title = Words("the right word", size=BODY, color=SOFT)
        title.move_to([0, 3.2, 0])
        ticks = VGroup()
        for word, share in (("never", 0.0), ("half", 0.5), ("always", 1.0)):
            y = foot + tall * share
            ticks.add(
                Line([left - 0.15, y, 0], [left + width, y, 0]).set_stroke(FAINT, 2, opacity=0.6),
                Words(word, size=SMALL, color=SOFT).move_to([left - 0.3, y, 0], aligned_edge=RIGHT),
            )
        curves, ends, kinds = VGroup(), VGroup(), VGroup()
        for k, (kind, shown, colour) in enumerate(KINDS):
            values = [found.read("p_answer", task=kind, row=row) for row in rows]
            points = [[left + width * i / (len(rows) - 1), foot + tall * float(v), 0] for i, v in enumerate(values)]
            parts = VGroup(*(Line(a, b).set_stroke(colour, 7) for a, b in itertools.pairwise(points)))
            curves.add(parts)
            place = [left + width + 0.35, foot + tall * 0.95 - 0.6 * k, 0]
            end = Words(f"{shown} {{x:.2f}}", x=values[-1], size=SMALL, color=colour)
            ends.add(end.move_to(place, aligned_edge=LEFT))
            kinds.add(Words(shown, size=SMALL, color=colour).move_to(place, aligned_edge=LEFT))
        first = found.read("says", task="numerals", row="block 0", what="answer")
        ahead = Words("{x:.0%} of digits: in front", x=first, size=HEADING, color=NOSE).move_to([0.9, foot + 0.7, 0])
        glass = Circle(radius=0.5).set_stroke(INK, 7).set_fill(SOFT, 0.25).move_to([left, foot + 0.6, 0])
        with self.say("lens.mini") as cue:
            self.play(*(FadeIn(m) for m in (axis, ticks, names, title, kinds, glass)), run_time=0.6)
            # The same lens passes every floor, and goes back to the first, where it is said to be in front.
            self.play(glass.animate.set_x(left + width), run_time=max(0.5, 0.6 * cue.to("front")))
            self.play(glass.animate.set_x(left + width / (len(rows) - 1)), run_time=max(0.4, cue.to("front") - 0.05))
            cue.until("front")
            self.play(*(Create(curve[0]) for curve in curves), FadeOut(glass), run_time=1.2)
            self.hold(max(0.0, 0.3 * cue.to("average") - 0.6))
            self.play(FadeIn(ahead, shift=0.2 * UP), FadeOut(title), run_time=0.6)  # it has been read
            self.play(
                *(curve[0].animate(rate_func=there_and_back).set_stroke(width=14) for curve in curves), run_time=1.0
            )
            cue.until("average")
            between = len(rows) - 3
            for i in range(1, len(rows) - 2):
                left_over = max(0.4, (cue.to("surer") - 0.1) / (between + 1 - i))
                self.play(*(Create(curve[i]) for curve in curves), run_time=min(1.0, left_over))
            cue.until("surer")
            self.play(*(Create(curve[-1]) for curve in curves), run_time=0.6)
            self.play(FadeIn(ends), FadeOut(kinds), FadeOut(ahead), run_time=0.4)
        self.clear_stage(run_time=0.4)

    def two(self) -> None:
        """A switch and a dial."""
        self.badge_for(Origin.ILLUSTRATION)
        plate = Rectangle(width=2.5, height=4.0).set_stroke(SOFT, 6).set_fill(PANEL, 1).move_to([-3.8, 0.2, 0])
        lever = Rectangle(width=1.4, height=1.7, stroke_width=0).set_fill(SOFT, 1).move_to([-3.8, -0.7, 0])
        dial = Circle(radius=2.0).set_stroke(SOFT, 6).set_fill(PANEL, 1).move_to([3.8, 0.2, 0])
        hand = Line(dial.get_center(), dial.get_center() + 1.65 * (0.8 * LEFT + 0.6 * DOWN)).set_stroke(HIGHLIGHT, 12)
        names = VGroup(
            Words("{n}", n=Name("GPT-2 small"), size=HEADING, color=INK).move_to([-3.8, 3.1, 0]),
            Words("mini", size=HEADING, color=INK).move_to([3.8, 3.1, 0]),
        )
        jobs = VGroup(
            Words("flips", size=TITLE, color=HIGHLIGHT).move_to([-3.8, -2.7, 0]),
            Words("turns", size=TITLE, color=HIGHLIGHT).move_to([3.8, -2.7, 0]),
        )
        # The same question goes into both, and the same answer comes out of both.
        facts = self.result("says").facts["task"]["numerals"]
        asked, said = (
            VGroup(*(Words("{w}", w=Name(word), size=TITLE, color=colour) for word in shown)).arrange(RIGHT, buff=0.22)
            for shown, colour in ((facts["members"], NOSE), ([facts["answer"]], HIGHLIGHT))
        )
        asked.move_to([-0.35, 1.35, 0])
        said.move_to([-0.35, -1.0, 0])
        into = VGroup(
            Arrow(
                asked.get_left(),
                [plate.get_right()[0], 1.35, 0],
                color=SOFT,
                stroke_width=6,
                buff=0.12,
                max_tip_length_to_length_ratio=0.5,
            ),
            Arrow(
                asked.get_right(),
                [dial.get_left()[0] + 0.25, 1.35, 0],
                color=SOFT,
                stroke_width=6,
                buff=0.12,
                max_tip_length_to_length_ratio=0.5,
            ),
        )
        out = VGroup(
            Arrow(
                [plate.get_right()[0], -1.0, 0],
                said.get_left(),
                color=SOFT,
                stroke_width=6,
                buff=0.12,
                max_tip_length_to_length_ratio=0.5,
            ),
            Arrow(
                [dial.get_left()[0] + 0.25, -1.0, 0],
                said.get_right(),
                color=SOFT,
                stroke_width=6,
                buff=0.12,
                max_tip_length_to_length_ratio=0.5,
            ),
        )
        with self.say("lens.two") as cue:
            self.play(*(FadeIn(m) for m in (plate, lever, dial, hand, names)), run_time=0.7)
            cue.until("changes")
            self.play(lever.animate.set_y(1.1).set_fill(HIGHLIGHT, 1), FadeIn(jobs[0]), run_time=0.35)
            cue.until("makes")
            self.play(hand.animate.rotate(-3.6, about_point=dial.get_center()), FadeIn(jobs[1]), run_time=1.6)
            for mark, what, ways in (("question", asked, into), ("answer", said, out)):
                cue.until(mark)
                self.play(FadeIn(what), *(GrowArrow(way) for way in ways), run_time=0.7)
            cue.until("ways")
            self.play(*(Indicate(job, color=HIGHLIGHT) for job in jobs), run_time=min(0.9, max(0.3, cue.left)))
