"""Twelfth scene: the wall after the treatment, its limits, why the strings came, and the four that kept them."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Arc,
    Circle,
    Create,
    FadeIn,
    FadeOut,
    Group,
    GrowFromEdge,
    Indicate,
    LaggedStart,
    Line,
    Rectangle,
    RoundedRectangle,
    VGroup,
    there_and_back,
)

from tapehead.analysis.results import Result
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.cards import EndCard
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, Words
from tapehead.scenes.stage.palette import BAD, FAINT, GROUND, HIGHLIGHT, INK, PANEL, SOFT
from tapehead.scenes.stage.portraits import Monitor, arrange_row

from .method_parts import change_chart, count_of, pictures, upright, wall_of

LIMITS = ("one small model", "one noise level", "one seed")


def puppet_sign(hung: bool) -> VGroup:
    """A drawn head, on strings or not: a sign for a page of the album, no picture of it."""
    colour = BAD if hung else INK
    head = Circle(radius=0.26).set_fill(GROUND, 1).set_stroke(colour, 4)
    eyes = (Circle(radius=0.035).move_to([x, 0.06, 0]).set_fill(colour, 1).set_stroke(width=0) for x in (-0.09, 0.09))
    mouth = Arc(radius=0.12, start_angle=np.pi + 0.5, angle=np.pi - 1).set_stroke(colour, 3)
    coat = (
        Arc(radius=0.42, start_angle=0, angle=np.pi, arc_center=np.array([0, -0.72, 0]))
        .set_fill(GROUND, 1)
        .set_stroke(colour, 4)
    )
    sign = VGroup(coat, head, *eyes, mouth)
    if hung:
        bar = Line([-0.45, 0.62, 0], [0.45, 0.62, 0]).set_stroke(BAD, 6)
        strings = (Line([x, 0.62, 0], [x, -0.5, 0]).set_stroke(BAD, 3) for x in (-0.36, 0.36))
        sign.add(bar, *strings)
    frame = Rectangle(width=1.2, height=1.6).set_stroke(FAINT, 3).set_fill(PANEL, 1)
    return VGroup(frame, sign.move_to(frame, aligned_edge=DOWN).shift(0.15 * UP))


class LastTape(StageScene):
    """After the treatment."""

    def construct(self) -> None:
        self.wall()
        self.counted()
        self.small()
        self.prompt()
        self.because()
        self.four()
        self.card()

    def wall(self) -> None:
        """The wall after the treatment with both arrows."""
        found = self.result("erasure")
        wall, rings = wall_of(found, "both", 8, 4.75, np.array([0, 1.15, 0]))
        text = Words("{n} portraits; a quarter of them is shown", n=found.read("count"), size=BODY)
        self.tape.keep_clean(text.next_to(wall, DOWN, buff=0.35))
        self.add(wall)
        with self.say("last_tape.wall") as cue:
            cue.until("wall")
            self.play(FadeIn(rings), FadeIn(text), run_time=1.0)
        self.gone = Group(wall, rings, text)

    def counted(self) -> None:
        """Before and after, and what else has changed."""
        found = self.result("erasure")
        height, y = 3.9, 1.65
        old, old_rings = wall_of(found, "unedited", 6, height, np.array([-3.5, y, 0]))
        new, new_rings = wall_of(found, "both", 6, height, np.array([3.5, y, 0]))
        before = count_of(found, "unedited", "before", np.array([-3.5, -1.8, 0]), HUGE)
        after = count_of(found, "both", "after", np.array([3.5, -1.8, 0]), HUGE)
        changes = change_chart(found, "both", unit=2.6).move_to([2.7, 0.1, 0])
        title = Words("change of the faces", size=BODY).move_to([2.7, 3.1, 0])
        self.tape.keep_clean(before, after, changes, title)
        with self.say("last_tape.count") as cue:
            self.play(FadeOut(self.gone), FadeIn(old), FadeIn(new), FadeIn(new_rings), run_time=0.4)
            cue.until("before")
            self.play(FadeIn(old_rings), FadeIn(before), run_time=0.5)
            cue.until("now")
            self.play(FadeIn(after, scale=1.15), run_time=0.5)
            cue.until("others")
            self.play(*(FadeOut(part) for part in (old, old_rings, new, new_rings)), run_time=0.4)
            self.play(before.animate.move_to([-5.3, 0.4, 0]), after.animate.move_to([-2.4, 0.4, 0]), run_time=0.5)
            bars, _ = changes
            self.play(FadeIn(title), FadeIn(bars.zero), FadeIn(bars.names), FadeIn(bars.values), run_time=0.3)
            self.play(*(GrowFromEdge(bar, LEFT) for bar in bars.bars), run_time=0.7)
        self.clear_stage(run_time=0.4)

    def verdict(self, found: Result, method: str, title: str, x: float) -> VGroup:
        """What an arrow leaves of the strings, and how much it changes of the rest."""
        other = Words("rest changes by {x:.2f}", x=found.read("drift_others", method=method), size=SMALL, color=SOFT)
        return VGroup(count_of(found, method, title, np.zeros(3)), other).arrange(DOWN, buff=0.5).move_to([x, 0.7, 0])

    def small(self) -> None:
        """A page with the limits; then the album's ghost, which does better."""
        page = RoundedRectangle(corner_radius=0.15, width=6.4, height=5.4).set_fill(PANEL, 1).set_stroke(SOFT, 3)
        page.move_to([0, 0.6, 0])
        rules = VGroup(*(Line([-2.8, y, 0], [2.8, y, 0]).set_stroke(FAINT, 3) for y in (1.7, 0.1, -1.5)))
        lines = VGroup(
            *(
                Words(text, size=HEADING).move_to([-2.6, y, 0], aligned_edge=DOWN + LEFT)
                for text, y in zip(LIMITS, (1.85, 0.25, -1.35), strict=True)
            )
        )
        ours = self.verdict(self.result("erasure"), "both", "the two arrows", -3.3)
        ghost = self.verdict(self.result("ghost"), "clean side", "the album’s ghost", 3.3)
        frame = RoundedRectangle(corner_radius=0.3, width=5.4, height=5.2).set_stroke(HIGHLIGHT, 6).move_to(ghost)
        self.tape.keep_clean(lines, ours, ghost)
        with self.say("last_tape.small") as cue:
            self.play(FadeIn(page), FadeIn(rules), run_time=0.5)
            cue.until("small")
            for line in lines:
                self.play(FadeIn(line, shift=0.2 * RIGHT), run_time=0.7)
            cue.until("album")
            self.play(*(FadeOut(part) for part in (page, rules, lines)), run_time=0.3)
            self.play(FadeIn(ours), FadeIn(ghost[0][0]), run_time=0.6)
            cue.until("zero")
            self.play(FadeIn(ghost[0][1:], scale=1.2), FadeIn(ghost[1]), run_time=0.6)
            self.play(Create(frame), run_time=0.7)
            self.hold(max(0.1, cue.left - 1.4))
            self.play(Indicate(ghost[0][1], color=BAD, scale_factor=1.2), run_time=0.9)
        self.clear_stage(run_time=0.4)

    def prompt(self) -> None:
        """The patient and an empty prompt."""
        monitor = Monitor(pictures(self.result("erasure"), "both")[0], 4.8).move_to([-3.2, 0.5, 0])
        note = RoundedRectangle(corner_radius=0.15, width=4.8, height=3.6).set_fill(PANEL, 1).set_stroke(SOFT, 3)
        note.move_to([3.6, 0.5, 0])
        rules = VGroup(*(Line([1.7, y, 0], [5.5, y, 0]).set_stroke(FAINT, 3) for y in (0.5, -0.1, -0.7)))
        head = Words("prompt", size=HEADING, color=SOFT).move_to([3.6, 1.6, 0])
        with self.say("last_tape.prompt") as cue:
            self.play(FadeIn(monitor), run_time=0.4)
            self.play(monitor.lamp.animate.set_fill(HIGHLIGHT), run_time=0.3)
            self.play(FadeIn(note), FadeIn(head), run_time=0.5)
            self.play(LaggedStart(*(Create(rule) for rule in rules), lag_ratio=0.4), run_time=max(0.6, cue.left - 0.2))
        self.clear_stage(run_time=0.4)

    def because(self) -> None:
        """Half of the album hangs on strings."""
        signs = VGroup(*(puppet_sign(k % 8 < 4) for k in range(16))).arrange_in_grid(rows=2, cols=8, buff=0.3)
        signs.move_to([0, 1.2, 0])
        page = RoundedRectangle(corner_radius=0.2, width=signs.width + 0.8, height=signs.height + 0.8)
        page.set_stroke(SOFT, 3).move_to(signs)
        hung = VGroup(*(sign for k, sign in enumerate(signs) if k % 8 < 4))
        half = RoundedRectangle(corner_radius=0.15, width=hung.width + 0.3, height=hung.height + 0.3)
        half.set_stroke(BAD, 6).move_to(hung)
        labels = VGroup(
            Words("half: strings", size=BODY, color=BAD).move_to([float(hung.get_x()), -1.6, 0]),
            Words("half: none", size=BODY).move_to([-float(hung.get_x()), -1.6, 0]),
        )
        tags = Words("no label says so", size=BODY, color=SOFT).move_to([0, -2.6, 0])
        self.tape.keep_clean(labels, tags)
        with self.say("last_tape.because") as cue:
            self.play(FadeIn(page), LaggedStart(*(FadeIn(sign) for sign in signs), lag_ratio=0.04), run_time=0.7)
            cue.until("half")
            self.play(Create(half), FadeIn(labels), run_time=0.8)
            cue.until("nobody")
            self.play(FadeIn(tags, shift=0.2 * UP), run_time=0.6)
            sway = (sign.animate(rate_func=there_and_back).scale(1.12) for sign in hung)
            self.play(LaggedStart(*sway, lag_ratio=0.4), run_time=max(1.0, cue.to("seen") - 1.2))
            cue.until("seen")
            self.play(hung.animate(rate_func=there_and_back).scale(1.04), run_time=0.9)

    def four(self) -> None:
        """The portraits that kept their strings."""
        found = self.result("erasure")
        kept = np.flatnonzero(found["survivor_score"] > 0)
        after = upright(found["survivor_picture"][found.quantity("survivor_picture").labels["way"].index("after")])
        row = arrange_row([after[k] for k in kept], 13.0, tallest=3.05).move_to([0, 0.7, 0])
        with self.say("last_tape.four") as cue:
            cue.until("four")
            self.clear_stage(run_time=0.4)
            self.play(LaggedStart(*(FadeIn(portrait) for portrait in row), lag_ratio=0.35), run_time=1.8)
        self.hold(0.6)
        self.play(FadeOut(row), run_time=1.0)

    def card(self) -> None:
        """What the film rests on."""
        logo = VGroup(puppet_sign(True), puppet_sign(False)).arrange(RIGHT, buff=0.5)
        card = EndCard("Who pulls the strings?", "What it has seen.", self.context.references, logo)
        self.tape.keep_clean(card)
        self.play(FadeIn(card.question), FadeIn(card.answer, shift=0.2 * UP), run_time=0.7)
        self.play(FadeIn(card.credits), FadeIn(card.logo), run_time=0.5)
        self.hold(3.0)
        self.clear_stage(run_time=0.5, at_once=True)
