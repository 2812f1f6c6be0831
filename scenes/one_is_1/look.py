"""Fifth scene: the same glow, and two different leanings."""

from __future__ import annotations

from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Animation,
    Arrow,
    Create,
    CubicBezier,
    FadeIn,
    FadeOut,
    GrowFromEdge,
    Indicate,
    LaggedStart,
    Line,
    Rectangle,
    RoundedRectangle,
    VGroup,
)

from tapehead.analysis.results import Origin, Reading, Result
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.circuits import Clauses, look
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, TITLE, Name, Words
from tapehead.scenes.stage.palette import BAD, HIGHLIGHT, INK, NOSE, PANEL, SOFT

TASK = "numerals"
READER = {"task": TASK, "layer": "0", "head": "6"}


class Look(StageScene):
    """The reader at work, the successor head at work, and the lesson."""

    def construct(self) -> None:
        self.reader()
        self.gpt()
        self.jobs()
        self.clear_stage(run_time=0.4)

    def badge(self, result: Result) -> None:
        self.badge_for(result.origin, result.model)

    def bar(self, label: str, value: Reading, colour: str, at: tuple[float, float], unit: float = 0.03) -> VGroup:
        """A bar for a percentage, ``unit`` frame units for each of the hundred."""
        bar = Rectangle(width=max(unit * float(value), 0.02), height=0.85, stroke_width=0).set_fill(colour, 1)
        bar.move_to([at[0], at[1], 0], aligned_edge=LEFT)
        name = Words(label, size=BODY, color=colour).next_to([at[0], at[1], 0], LEFT, buff=0.25)
        number = Words("{x:.0f} %", x=value, size=BODY, color=colour).next_to(bar, RIGHT, buff=0.2)
        return VGroup(bar, name, number)

    def grown(self, bar: VGroup) -> tuple[Animation, ...]:
        """A bar grows from its left edge; its name and number come meanwhile."""
        return FadeIn(bar[1]), GrowFromEdge(bar[0], LEFT), FadeIn(bar[2])

    def reader(self) -> None:
        """From the last word to the newest number, which it repeats: the numbers and the places before them alone."""
        looks, ov = self.result("looks"), self.result("ov")
        self.badge(looks)
        text = self.result("says").facts["task"][TASK]["text"]
        prompt = Clauses(text, size=TITLE, row=1.2, member_colour=NOSE).move_to([0, 0.1, 0])
        last = prompt.rows - 1
        share = looks.read("last_mass", group="m4", **READER)
        head = Words("{n}", n=Name("head 0.6"), size=TITLE, color=HIGHLIGHT).move_to([3.7, 2.6, 0])
        number = Words("looks there: {x:.0%}", x=share, size=HEADING, color=INK).move_to([3.7, 1.5, 0])
        # Who and what step aside before the head comes; what is left goes apart, so that its looking is seen.
        others = VGroup(*(part(k) for part in (prompt.subject, prompt.verb) for k in range(prompt.rows)))
        same = self.bar("same", ov.read("score_top1", target="copy", **READER), INK, (2.3, 1.0), 0.034)
        later = self.bar("next", ov.read("score_top1", target="next", **READER), HIGHLIGHT, (2.3, -0.2), 0.034)
        title = Words("reader", size=HUGE, color=INK).move_to([3.7, -2.0, 0])
        with self.say("look.reader") as cue:
            self.play(FadeIn(prompt), run_time=0.6)
            cue.until("stands")
            self.play(others.animate.set_opacity(0), run_time=0.3)
            apart = [prompt.place(k).animate.set_x(-5.9) for k in range(last)]
            apart.append(prompt.place(last).animate.set_x(-5.9).set_color(HIGHLIGHT))
            apart += [thing.animate.set_x(-1.9) for thing in (*prompt.members, prompt.gap)]
            self.play(*apart, FadeIn(head), run_time=0.6)
            cue.until("back")
            arc = self.arc(prompt, last, share, HIGHLIGHT)
            self.play(Create(arc), FadeIn(number), run_time=0.7)
            cue.until("before")
            arcs = self.earlier(prompt)
            self.play(LaggedStart(*(Create(one) for one in reversed(arcs)), lag_ratio=0.5), run_time=1.2)
            cue.until("repeats")
            self.play(FadeOut(number), run_time=0.3)
            for bar in (same, later):
                self.play(*self.grown(bar), run_time=0.7)
            cue.until("reader")
            self.play(FadeIn(title, scale=1.3), run_time=0.5)
            kept = self.result("kept")
            parts = VGroup(
                Words("back on tape C", size=HEADING, color=SOFT),
                *(
                    Words(f"{text} {{x:.0%}}", x=kept.read(f"patch_head_{name}", **READER), size=HEADING, color=colour)
                    for text, name, colour in (
                        ("what it carries:", "value", HIGHLIGHT),
                        ("its looking:", "pattern", SOFT),
                    )
                ),
            ).arrange(DOWN, buff=0.3)
            self.play(FadeOut(same), FadeOut(later), title.animate.set_y(-1.6), run_time=0.4)
            self.play(FadeIn(parts.move_to([3.7, 0.7, 0]), shift=0.2 * UP), run_time=0.6)
            cue.until("others")
            moved = [Indicate(prompt.member(k), color=HIGHLIGHT) for k in range(last - 1)]
            self.play(
                *(one.animate.set_color(HIGHLIGHT) for one in arcs), LaggedStart(*moved, lag_ratio=0.3), run_time=1.4
            )
        self.clear_stage(run_time=0.4)

    def earlier(self, prompt: Clauses) -> list[CubicBezier]:
        """From the word before each earlier member to the member above it: as wide as its attention there."""
        found = self.result("looks")
        queries = found.quantity("mass").labels["query"]
        arcs = []
        for k in range(1, prompt.rows - 1):
            before = queries[queries.index(f"m{k + 1}") - 1]
            share = found.read("mass", query=before, group=f"m{k}", **READER)
            arcs.append(self.arc(prompt, k, share, SOFT))
        return arcs

    def arc(self, prompt: Clauses, k: int, share: Reading, colour: str) -> CubicBezier:
        """From the word before a gap up to the member in the clause above, between the columns: over no word."""
        end = prompt.member(k - 1).get_left() + 0.2 * LEFT
        return look(prompt.place(k).get_right() + 0.2 * RIGHT, end, float(share), colour, bend=0.15)

    def gpt(self) -> None:
        """A number goes in and the next one comes out, a little more often than the number itself."""
        ov = self.result("paper_ov")
        self.badge(ov)
        box = RoundedRectangle(corner_radius=0.25, width=4.6, height=2.6).set_stroke(HIGHLIGHT, 5).set_fill(PANEL, 1)
        name = Words("{n}", n=Name("head 9.1"), size=TITLE, color=HIGHLIGHT)
        digits = self.result("says").facts["task"][TASK]["members"]
        into = Words("{n}", n=Name(digits[2]), size=2 * HUGE, color=NOSE).move_to([-5.7, 2.1, 0])
        out = Words("{n}", n=Name(digits[3]), size=2 * HUGE, color=HIGHLIGHT).move_to([5.7, 2.1, 0])
        middle = VGroup(box, name).move_to([0, 2.1, 0])
        one = Arrow([-5.1, 2.1, 0], [-2.3, 2.1, 0], color=SOFT, stroke_width=8)
        two = Arrow([2.3, 2.1, 0], [5.1, 2.1, 0], color=SOFT, stroke_width=8)
        next_one, itself = (
            self.bar(label, ov.read("score", target=target, layer="9", head="1"), colour, (-2.4, y), 0.06)
            for label, target, colour, y in (("the next", "next", HIGHLIGHT, -0.45), ("itself", "copy", INK, -1.55))
        )
        note = Words("among its first {n} words", n=ov.read("top"), size=BODY, color=SOFT).move_to([0.2, -2.5, 0])
        title = Words("successor head", size=TITLE, color=HIGHLIGHT).move_to([0.2, -3.35, 0])
        machine = VGroup(middle, into, one).shift(1.9 * DOWN)  # in the middle, until bars need room below it
        with self.say("look.gpt") as cue:
            self.play(FadeIn(middle), run_time=0.6)
            cue.until("give")
            self.play(FadeIn(into), FadeIn(one), run_time=0.6)
            self.hold(max(0.0, cue.to("next") - 0.6))
            self.play(machine.animate.shift(1.9 * UP), run_time=0.6)
            cue.until("next")
            self.play(FadeIn(two), FadeIn(out), *self.grown(next_one), run_time=0.8)
            self.play(FadeIn(note), run_time=0.4)
            cue.until("itself")
            self.play(*self.grown(itself), run_time=0.8)
            cue.until("leans")
            self.play(Indicate(out, color=HIGHLIGHT), Indicate(next_one, color=HIGHLIGHT), run_time=0.8)
            cue.until("successor")
            self.play(FadeIn(title, scale=1.3), run_time=0.5)
        self.clear_stage(run_time=0.4)

    def jobs(self) -> None:
        """Two glowing squares, two leanings: a drawing of what was measured before."""
        self.badge_for(Origin.ILLUSTRATION)
        cards = VGroup()
        for x, name, job, colour in (
            (-3.4, "head 0.6", "repeats the last", INK),
            (3.4, "head 9.1", "prefers the next", HIGHLIGHT),
        ):
            square = RoundedRectangle(corner_radius=0.15, width=2.5, height=2.5).set_stroke(INK, 5)
            square.set_fill(colour, 0.9).move_to([x, 1.5, 0])
            label = Words("{n}", n=Name(name), size=BODY, color=INK).next_to(square, UP, buff=0.25)
            text = Words(job, size=HEADING, color=colour).move_to([x, -1.2, 0])
            frame = RoundedRectangle(corner_radius=0.15, width=text.width + 0.8, height=1.2)
            frame.set_stroke(colour, 4).set_fill(PANEL, 1).move_to(text)
            thread = Line(square.get_bottom(), frame.get_top()).set_stroke(BAD, 4)
            cards.add(VGroup(VGroup(square, label), VGroup(thread, frame, text)))
        faces = VGroup(*(card[0] for card in cards))
        for face in faces:  # larger and in the middle, until there is something to be said below them
            face.scale(1.4).shift(1.4 * DOWN)
        note = Words("an address, not a confession", size=HEADING, color=SOFT).move_to([0, -2.9, 0])
        with self.say("look.jobs") as cue:
            self.play(FadeIn(faces), run_time=0.6)
            cue.until("jobs")
            self.play(*(Indicate(face[0], color=INK, scale_factor=1.1) for face in faces), run_time=0.8)
            self.hold(max(0.0, cue.to("reads") - 0.6))
            self.play(*(face.animate.scale(1 / 1.4).shift(1.4 * UP) for face in faces), run_time=0.6)
            cue.until("reads")
            self.play(FadeIn(cards[0][1], shift=0.2 * DOWN), run_time=0.6)
            cue.until("speaks")
            self.play(FadeIn(cards[1][1], shift=0.2 * DOWN), run_time=0.6)
            cue.until("address")
            self.play(FadeIn(note, shift=0.2 * UP), run_time=0.6)
