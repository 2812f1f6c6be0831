"""Seventh scene: which word looks at which, in the published story and in the small model."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable

from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Animation,
    Create,
    CurvedArrow,
    FadeIn,
    FadeOut,
    Indicate,
    LaggedStart,
    Rectangle,
    RoundedRectangle,
    Square,
    VGroup,
    there_and_back,
)

from tapehead.analysis.results import Result
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.circuits import Clauses, Gauge, look
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, Name, Words
from tapehead.scenes.stage.palette import EAR, FAINT, HIGHLIGHT, INK, LUCK, NOSE, OUTPUT, PANEL, SOFT

TASK = "numerals"
KINDS = (("numerals", "digits", NOSE), ("words", "words", EAR), ("months", "months", LUCK))
LOOKS = (("members", HIGHLIGHT), ("in", OUTPUT), ("self", FAINT))


class Looking(StageScene):
    """The published three steps; then the small model's reader, and its heads that look at "in"."""

    def construct(self) -> None:
        self.story()
        self.paper()
        self.reader()
        self.upstairs()
        self.why()
        self.test()
        self.clear_stage(run_time=0.4)

    def badge(self, result: Result) -> None:
        self.badge_for(result.origin, result.model)

    def clauses(self) -> Clauses:
        """The example prompt of the digits."""
        text = self.result("says").facts["task"][TASK]["text"]
        return Clauses(text, size=HEADING, row=0.95).move_to(2.9 * LEFT + 0.1 * DOWN)

    def story(self) -> None:
        """A prompt, and what the three steps do with it: members, an order among them, the next one."""
        self.badge(self.result("paper_looks"))
        self.prompt = self.clauses()
        last = self.prompt.rows - 1
        rows = [VGroup(self.prompt.subject(k), self.prompt.verb(k), self.prompt.place(k)) for k in range(last + 1)]
        ends = [*(self.prompt.member(k) for k in range(last)), self.prompt.gap]
        steps = VGroup()
        for k, text in enumerate(("members", "a sequence", "the next one")):
            box = RoundedRectangle(corner_radius=0.2, width=4.6, height=1.35).set_stroke(SOFT, 4).set_fill(PANEL, 1)
            steps.add(VGroup(box, Words(text, size=HEADING, color=INK)).move_to([4.0, 1.9 - 1.9 * k, 0]))
        boxes = VGroup(*(Square(0.8).set_stroke(HIGHLIGHT, 5).move_to(self.prompt.member(k)) for k in range(last)))
        hops = VGroup()
        for one, other in itertools.pairwise(boxes):
            sides = (box.get_right() + 0.1 * RIGHT for box in (one, other))
            hops.add(CurvedArrow(*sides, angle=-2.2, color=HIGHLIGHT, stroke_width=7, tip_length=0.2))
        answer = Words("{x}", x=Name(self.result("says").facts["task"][TASK]["answer"]), size=HEADING, color=HIGHLIGHT)
        answer.move_to(self.prompt.gap)
        with self.say("looking.story") as cue:
            self.add(rows[0], ends[0])
            deal = LaggedStart(
                *(FadeIn(VGroup(row, end), shift=0.3 * RIGHT) for row, end in zip(rows[1:], ends[1:], strict=True)),
                lag_ratio=0.5,
            )
            self.play(deal, run_time=max(0.6, min(2.0, 0.45 * cue.to("spot"))))
            empty = LaggedStart(*(FadeIn(step[0]) for step in steps), lag_ratio=0.6)
            self.play(empty, run_time=max(0.5, min(1.8, cue.to("spot") - 0.2)))
            cue.until("spot")
            self.tell(steps[0], LaggedStart(*(FadeIn(box, scale=1.4) for box in boxes), lag_ratio=0.3), 1.0)
            cue.until("notice")
            self.tell(steps[1], LaggedStart(*(Create(hop) for hop in hops), lag_ratio=0.5), 1.2)
            cue.until("next")
            self.tell(steps[2], FadeIn(answer, shift=0.4 * DOWN), 0.6)
        gone = (steps, boxes, hops, answer)
        self.remove(*rows, *ends)
        self.add(self.prompt)  # as a whole: it stays for the scene
        self.play(*(FadeOut(part) for part in gone), run_time=0.4)

    def tell(self, step: VGroup, does: Animation, seconds: float) -> None:
        """A step is named, and done to the prompt."""
        self.play(FadeIn(step[1]), step[0].animate.set_stroke(HIGHLIGHT, 6), does, run_time=seconds)

    def paper(self) -> None:
        """Head 4.4 of the big model: from the third member to the second."""
        looks = self.result("paper_looks")
        name = next(label for label in looks.quantity("look").labels["look"] if label.startswith("4.4"))
        data = looks.quantity("look").labels["data"]
        rows = VGroup()
        for kind, shown, colour in KINDS:
            if kind in data:
                value = looks.read("look", look=name, data=kind)
                rows.add(Words(f"{shown} {{x:.0%}}", x=value, size=HEADING, color=colour))
        rows.arrange(DOWN, buff=0.5, aligned_edge=LEFT).move_to([4.0, -0.7, 0])
        head = Words("{name}", name=Name("head 4.4"), size=HEADING, color=HIGHLIGHT).move_to([4.2, 1.6, 0])
        weight = float(looks.read("look", look=name, data=TASK))
        with self.say("looking.paper") as cue:
            cue.until("head")
            # Nobody asks for the names here: they go, and what is looked at takes their room.
            names = VGroup(*(self.prompt.subject(k) for k in range(self.prompt.rows)))
            kept = VGroup(*(word for word in self.prompt if word not in names))
            self.play(names.animate.set_opacity(0), run_time=0.3)
            self.play(FadeIn(head), kept.animate.scale(1.2).move_to([-3.0, -0.1, 0]), run_time=0.7)
            start, end = (self.prompt.member(k).get_right() + 0.12 * RIGHT for k in (2, 1))
            arc = look(start, end, weight, HIGHLIGHT)
            cue.until("back")
            self.play(Create(arc), run_time=0.8)
            cue.until("third")
            self.play(LaggedStart(*(FadeIn(row) for row in rows), lag_ratio=0.4), run_time=1.0)
        self.play(FadeOut(rows), FadeOut(head), FadeOut(arc), run_time=0.4)

    def reader(self) -> None:
        """The small model's reader: from the last word to the last member."""
        looks = self.result("looks")
        self.badge(looks)
        share = looks.read("last_mass", task=TASK, layer="0", head="6", group="m4")
        last = self.prompt.rows - 1
        arc = look(
            self.prompt.place(last).get_right() + 0.1 * RIGHT + 0.12 * UP,
            self.prompt.member(last - 1).get_right() + 0.12 * RIGHT,
            float(share),
            HIGHLIGHT,
        )
        head = Words("{name}", name=Name("head 0.6"), size=HEADING, color=HIGHLIGHT).move_to([4.2, 1.4, 0])
        door = Words("the front door", size=SMALL, color=SOFT).next_to(head, DOWN, buff=0.3)
        number = Words("{x:.0%}", x=share, size=1.5 * HUGE, color=HIGHLIGHT).move_to([4.2, -1.0, 0])
        with self.say("looking.reader") as cue:
            cue.until("same")
            self.play(FadeIn(head), self.prompt.gap.animate.set_opacity(0), run_time=0.5)  # the arc goes through there
            cue.until("door")
            self.play(FadeIn(door), Indicate(self.prompt.place(last), color=HIGHLIGHT), run_time=0.8)
            cue.until("stares")
            self.play(Create(arc), run_time=0.7)
            self.play(FadeIn(number), run_time=0.5)
        gap = self.prompt.gap.animate.set_stroke(opacity=1).set_fill(opacity=1)
        self.play(*(FadeOut(m) for m in (arc, head, door, number)), gap, run_time=0.4)

    def upstairs(self) -> None:
        """Bars of what the shared heads look at from the last word."""
        looks = self.result("looks")
        names = [name for name in self.result("shared").facts["shared"] if "." in name and not name.startswith("0.")]
        bars, labels = VGroup(), VGroup()
        for i, name in enumerate(names):
            layer, head = name.split(".")
            y = 1.9 - 0.85 * i
            label = Words("{name}", name=Name(f"head {name}"), size=BODY, color=INK)
            label.move_to([2.2, y, 0], aligned_edge=RIGHT)
            labels.add(label)
            row, start = VGroup(), 2.5
            for kind, colour in LOOKS:
                share = float(looks.read("last_kind", task=TASK, layer=layer, head=head, kind=kind))
                width = max(4.0 * share, 0.01)
                bar = Rectangle(width=width, height=0.52, stroke_width=0).set_fill(colour, 1)
                row.add(bar.move_to([start + width / 2, y, 0]))
                start += width
            bars.add(row)
        key = VGroup()
        for (_, colour), shown in zip(LOOKS, ("members", "in", "itself"), strict=True):
            mark = Rectangle(width=0.28, height=0.28, stroke_width=0).set_fill(colour, 1)
            key.add(VGroup(mark, Words(shown, size=SMALL, color=SOFT)).arrange(RIGHT, buff=0.14))
        key.arrange(RIGHT, buff=0.4).move_to([4.3, 2.9, 0])
        last = self.prompt.rows - 1
        at = {"task": TASK, "layer": "3", "head": "3"}
        with self.say("looking.upstairs") as cue:
            cue.until("upstairs")
            self.play(LaggedStart(*(FadeIn(label) for label in labels), lag_ratio=0.15), FadeIn(key), run_time=0.8)
            cue.until("members")
            self.play(LaggedStart(*(FadeIn(row, shift=0.2 * RIGHT) for row in bars), lag_ratio=0.15), run_time=1.4)
            cue.until("word")
            # The verbs step aside as well.
            others = VGroup(*(self.prompt.verb(k) for k in range(last + 1)))
            kept = VGroup(*(self.prompt.place(k) for k in range(last + 1)), self.prompt.members, self.prompt.gap)
            self.play(others.animate.set_opacity(0), run_time=0.3)
            self.play(kept.animate.scale(1.17).move_to([-3.4, -0.1, 0]), run_time=0.6)
            arcs = self.arcs(lambda k: float(looks.read("last_mass", **at, group=f"in{k + 1}")), range(last))
            self.play(LaggedStart(*(Create(arc) for arc in arcs), lag_ratio=0.2), run_time=1.0)
            self.play(*(self.prompt.place(k).animate.set_color(OUTPUT) for k in range(last + 1)), run_time=0.4)
        self.play(FadeOut(bars), FadeOut(labels), FadeOut(key), FadeOut(arcs), run_time=0.4)

    def why(self) -> None:
        """Every "in" asks the same question; the last one collects the answers."""
        last = self.prompt.rows - 1
        asks, marks = VGroup(), VGroup()
        for k in range(1, last + 1):
            spot = self.prompt.place(k).get_center()
            asks.add(Rectangle(width=0.85, height=0.95).set_stroke(OUTPUT, 4).move_to(spot))
            marks.add(Words("what comes next?", size=HEADING, color=OUTPUT).move_to([2.9, spot[1], 0]))
        notes = Words("compare notes", size=HEADING, color=HIGHLIGHT).move_to([2.9, self.prompt.place(0).get_y(), 0])
        arcs = self.arcs(lambda _k: 0.6, range(1, last), HIGHLIGHT)
        with self.say("looking.why") as cue:
            cue.until("each")
            self.play(LaggedStart(*(FadeIn(box) for box in asks), lag_ratio=0.5), run_time=1.6)
            # Row after row, until the words are said: each of them, from its own place.
            rise = LaggedStart(*(FadeIn(mark, shift=0.3 * RIGHT) for mark in marks), lag_ratio=0.6)
            self.play(rise, run_time=max(1.0, min(3.0, cue.to("asking") + 0.3)))
            cue.until("asking")
            swell = (mark.animate(rate_func=there_and_back).scale(1.08) for mark in marks)
            self.play(LaggedStart(*swell, lag_ratio=0.3), run_time=1.2)
            cue.until("notes")
            self.play(LaggedStart(*(Create(arc) for arc in arcs), lag_ratio=0.25), FadeIn(notes), run_time=1.0)
        self.play(*(FadeOut(m) for m in (asks, marks, notes, arcs)), run_time=0.4)

    def arcs(self, weight: Callable[[int], float], rows: Iterable[int], colour: str = OUTPUT) -> VGroup:
        """Looks of the last "in" at those of earlier rows."""
        left = {k: self.prompt.place(k).get_left() + 0.06 * LEFT for k in (*rows, self.prompt.rows - 1)}
        start = left[self.prompt.rows - 1]
        return VGroup(*(look(start, left[k], weight(k), colour, bend=-0.55) for k in rows))

    def test(self) -> None:
        """Silence the reader at some places only: percentage points lost."""
        roles = self.result("roles")
        at = {"task": TASK, "layer": "0", "head": "6"}
        nothing = roles.read("head_cost", **at, where="members")
        everything = roles.read("head_cost", **at, where="earlier in")
        gauges = VGroup(
            Gauge(nothing, "{x:.0f}", top=110, height=3.9, width=1.1, colour=NOSE).move_to([2.8, -0.2, 0]),
            Gauge(nothing, "{x:.0f}", top=110, height=3.9, width=1.1, colour=NOSE).move_to([5.5, -0.2, 0]),
        )
        names = VGroup(
            Words("at members", size=SMALL, color=INK).next_to(gauges[0].frame, DOWN, buff=0.25),
            Words("at earlier in", size=SMALL, color=OUTPUT).next_to(gauges[1].frame, DOWN, buff=0.25),
        )
        unit = Words("points lost", size=SMALL, color=SOFT).move_to([4.15, 3.2, 0])
        last = self.prompt.rows - 1
        members = VGroup(*(self._box(self.prompt.member(k)) for k in range(last)))
        places = VGroup(*(self._box(self.prompt.place(k)) for k in range(last)))
        with self.say("looking.test") as cue:
            self.play(FadeIn(gauges[0]), FadeIn(names[0]), FadeIn(unit), run_time=0.6)
            cue.until("members")
            self.play(LaggedStart(*(FadeIn(box) for box in members), lag_ratio=0.2), run_time=0.9)
            cue.until("ins")
            self.play(FadeOut(members), FadeIn(gauges[1]), FadeIn(names[1]), run_time=0.4)
            self.play(LaggedStart(*(FadeIn(box) for box in places), lag_ratio=0.2), run_time=0.9)
            cue.until("goes")
            self.play(gauges[1].to(everything), run_time=0.8)

    def _box(self, word: Words) -> Rectangle:
        box = Rectangle(width=word.width + 0.3, height=0.95).move_to(word)
        return box.set_stroke(NOSE, 5).set_fill(opacity=0)
