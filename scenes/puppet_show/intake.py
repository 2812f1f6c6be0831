"""First scene: a content note, the patient, and strings that nobody asked for."""

from __future__ import annotations

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Circle, Create, FadeIn, FadeOut, Group, Line, RoundedRectangle, VGroup

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, TITLE, Name, Words
from tapehead.scenes.stage.palette import BAD, FAINT, HIGHLIGHT, INK, PANEL, SOFT
from tapehead.scenes.stage.portraits import Monitor, Portrait, Wall

STRINGS = "strings"
SMALL_SIDE, SMALL_STEP, SMALL_ROW = 0.86, 0.98, 6
"""The portraits that are done, below the prompt: their height, distance, and how many stand in a row."""


def cassette(title: str) -> VGroup:
    """A video cassette with a label."""
    body = RoundedRectangle(corner_radius=0.2, width=5.6, height=3.2).set_fill(PANEL, 1).set_stroke(SOFT, 4)
    reels = VGroup(*(Circle(radius=0.55).set_stroke(SOFT, 4).move_to([x, -0.45, 0]) for x in (-1.4, 1.4)))
    window = Line([-0.7, -0.45, 0], [0.7, -0.45, 0]).set_stroke(FAINT, 8)
    label = RoundedRectangle(corner_radius=0.08, width=4.8, height=1.0).set_fill(INK, 1).set_stroke(width=0)
    label.move_to([0, 0.85, 0])
    words = Words(title, size=BODY, color=PANEL).move_to(label)
    return VGroup(body, reels, window, label, words)


class Intake(StageScene):
    """Twelve portraits from one prompt; some hang on strings."""

    def construct(self) -> None:
        found = self.result("intake")
        self.pictures = found["picture"]
        self.hung = [n for n in range(len(self.pictures)) if found["strings"][n]]
        self.note()
        self.one()
        self.paint()
        self.asked()
        self.nobody()

    def note(self) -> None:
        """The content note."""
        lines = VGroup(
            Words("A note before the tape", size=HEADING, color=HIGHLIGHT),
            Words("“Hallucination”: a machine paints what nobody asked for.", size=BODY),
            Words("A story about mathematics. No medical advice.", size=BODY, color=SOFT),
        ).arrange(DOWN, buff=0.6)
        card = RoundedRectangle(corner_radius=0.15, width=lines.width + 1.2, height=lines.height + 1.4)
        card.set_fill(PANEL, 1).set_stroke(FAINT, 3).move_to(lines)
        VGroup(card, lines).move_to([0, 0.4, 0])
        self.add(card, lines[0])
        with self.say("intake.note") as cue, self.tape.keep_clean(card):
            cue.until("word")
            self.play(FadeIn(lines[1]), run_time=0.5)
            cue.until("story")
            self.play(FadeIn(lines[2]), run_time=0.5)
        self.note_card = Group(card, lines)

    def one(self) -> None:
        """The cassette goes in and the tube lights up."""
        tape = cassette("Tape one")
        self.monitor = Monitor(np.zeros_like(self.pictures[0]), 5.4).move_to([-3.0, 0.25, 0])
        with self.say("intake.one") as cue, self.tape.keep_clean(tape[3]):
            self.play(FadeOut(self.note_card), FadeIn(tape, shift=0.5 * UP), run_time=0.5)
            cue.until("why")
            self.play(FadeOut(tape, shift=2 * LEFT), FadeIn(self.monitor), run_time=0.6)

    def show(self, number: int, run_time: float) -> None:
        """Another portrait on the screen; the colours slip as far as a regressor sees strings in it."""
        new = self.monitor.showing(self.pictures[number])
        score = self.result("intake").read("score", sample=number, attribute=STRINGS)
        self.tape.follow("chroma.delay", score, of=(-1, 1), to=(None, 1.2), over=run_time)
        self.play(FadeIn(new), run_time=run_time)
        self.monitor.remove(self.monitor.screen)
        self.remove(self.monitor.screen)
        self.monitor.screen = new
        self.monitor.add(new)
        row, column = divmod(number, SMALL_ROW)
        done = Portrait(self.pictures[number], SMALL_SIDE)
        done.move_to([3.6 + (column - (SMALL_ROW - 1) / 2) * SMALL_STEP, -0.7 - row * SMALL_STEP, 0])
        self.done.add(done)
        self.add(done)

    def paint(self) -> None:
        """One after another, until strings come."""
        found = self.result("intake")
        prompt = str(found.facts["prompts"][0])
        note = Words("{text}", text=Name(prompt), size=BODY, width=5.2, align="center").move_to([3.6, 1.4, 0])
        card = RoundedRectangle(corner_radius=0.12, width=6.0, height=note.height + 0.8).set_fill(PANEL, 1)
        card.set_stroke(FAINT, 3).move_to(note)
        self.card = VGroup(card, note)
        self.tape.keep_clean(self.card)
        self.done = Group()
        first = self.hung[0] if self.hung else len(self.pictures) - 1
        with self.say("intake.paint") as cue:
            self.play(self.monitor.lamp.animate.set_fill(HIGHLIGHT), run_time=0.3)
            cue.until("someone")
            self.play(FadeIn(self.card), run_time=0.5)
            cue.until("first")
            self.show(0, 0.5)
            cue.until("second")
            self.show(1, 0.5)
            cue.until("then")
            left = max(0.2, cue.to("strings"))
            for n in range(2, first):
                self.show(n, left / max(1, first - 2))
            self.show(first, 0.3)
            self.ring = self.monitor.screen.mark(BAD)
            small = self.done[-1].mark(BAD)
            self.done.add(small)
            self.play(FadeIn(self.ring), FadeIn(small), run_time=0.3)

    def asked(self) -> None:
        """Hold on it."""
        with self.say("intake.asked") as cue:
            self.play(self.monitor.lamp.animate.set_fill(FAINT), run_time=0.3)
            self.play(Group(self.monitor, self.ring).animate.scale(1.05), run_time=max(0.3, cue.left))

    def nobody(self) -> None:
        """All that were painted, and how many hang."""
        found = self.result("intake")
        ends = (self.card[1].get_corner(DOWN + side) + 0.14 * DOWN for side in (LEFT, RIGHT))
        under = Line(*ends).set_stroke(HIGHLIGHT, 6)
        wall = Wall(self.pictures, 6, 3.9).move_to([0, 0.9, 0])
        rings = VGroup(*(wall.ring(n, BAD) for n in self.hung))
        count = Words(
            "{x} of {n}", x=found.read("strings_count"), n=found.read("samples"), size=TITLE, color=BAD
        ).move_to([0, -2.1, 0])
        what = Words("on strings", size=SMALL, color=SOFT).next_to(count, DOWN, buff=0.2)
        with self.say("intake.nobody") as cue:
            self.play(self.monitor.lamp.animate.set_fill(HIGHLIGHT), run_time=0.3)
            cue.until("prompt")
            self.tape.keep_clean(count, what)
            self.play(Create(under), run_time=min(0.8, cue.to("count")))
            cue.until("count")
            self.clear_stage(run_time=0.4)
            self.play(FadeIn(wall), run_time=0.4)
            self.play(FadeIn(rings), FadeIn(count), FadeIn(what), run_time=0.6)
            cue.until("anyway")
            self.play(rings.animate.set_stroke(width=11), run_time=0.5)
        self.tape.own("chroma.delay", over=0.4)
        self.hold(0.5)
