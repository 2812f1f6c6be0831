"""First scene: a portrait that hangs on strings which nobody asked for, and the one rule of the tape."""

from __future__ import annotations

from manim import DOWN, LEFT, RIGHT, Create, FadeIn, FadeOut, Group, LaggedStart, Rectangle, RoundedRectangle, VGroup

from tapehead.analysis.results import Reading
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, Name, Words
from tapehead.scenes.stage.palette import FAINT, GROUND, PANEL, SOFT
from tapehead.scenes.stage.portraits import Monitor, Portrait, Wall

from .roles import FREE, PATIENT, STRINGS, slip


class Intake(StageScene):
    """A portrait that hangs, the question, twelve portraits from one prompt, and the tape's one rule."""

    def construct(self) -> None:
        found = self.result("intake")
        self.pictures = found["picture"]
        self.hung = [n for n in range(len(self.pictures)) if found["strings"][n]]
        self.first = self.hung[0] if self.hung else len(self.pictures) - 1
        self.asked()
        self.nobody()
        self.count()
        self.often()
        self.rule()
        self.note()

    def score(self, number: int) -> Reading:
        """How sure the second machine is of strings in a portrait."""
        return self.result("intake").read("score", sample=number, attribute="strings")

    def asked(self) -> None:
        """The hanging face, alone and large; the question comes before anything else."""
        self.monitor = Monitor(self.pictures[self.first], 6.6).move_to([0, 0.35, 0])
        self.tape.keep_clean(self.monitor.screen)
        self.add(self.monitor)
        slip(self, self.score(self.first), over=1.0)
        with self.say("intake.asked") as cue:
            self.play(self.monitor.animate.scale(1.05), run_time=max(0.5, cue.left))

    def nobody(self) -> None:
        """The prompt says nothing of strings."""
        prompt = str(self.result("intake").facts["prompts"][0])
        note = Words("{text}", text=Name(prompt), size=BODY, width=5.2, align="center").move_to([3.7, 1.3, 0])
        card = RoundedRectangle(corner_radius=0.12, width=6.0, height=note.height + 0.9).set_fill(PANEL, 1)
        self.card = VGroup(card.set_stroke(FAINT, 3).move_to(note), note)
        self.tape.keep_clean(self.card)
        ring = self.monitor.screen.mark(STRINGS)
        with self.say("intake.nobody") as cue:
            self.play(self.monitor.lamp.animate.set_fill(PATIENT), run_time=0.3)
            cue.until("someone")
            self.play(self.monitor.animate.scale(0.86).move_to([-3.3, 0.35, 0]), FadeIn(self.card), run_time=0.7)
            cue.until("never")
            self.play(FadeIn(ring.move_to(self.monitor.screen).scale(0.86 * 1.05)), run_time=0.4)
            cue.until("anyway")
            self.play(ring.animate.set_stroke(width=14), run_time=0.5)
        self.ring = ring

    def count(self) -> None:
        """How often: the wall of all of them, still dark, around the one."""
        self.wall = Wall(self.pictures, 4, 5.3).move_to([-3.35, 0.5, 0])
        self.covers = VGroup(
            *(
                Rectangle(width=1.02 * self.wall.side, height=1.02 * self.wall.side, stroke_width=0)
                .set_fill(GROUND, 1)
                .move_to(self.wall.place(n))
                for n in range(self.wall.count)
            )
        )
        frames = VGroup(*(self.wall.ring(n, FAINT).set_stroke(FAINT, 3) for n in range(self.wall.count)))
        self.frames = frames
        self.tape.keep_clean(self.wall)
        with self.say("intake.count") as cue:
            self.play(self.monitor.lamp.animate.set_fill(FAINT), run_time=0.2)
            here = self.wall.place(self.first)
            small = Group(self.monitor, self.ring).animate.scale(0.3).move_to(here)
            self.play(small, FadeIn(frames), run_time=max(0.5, cue.left))

    def often(self) -> None:
        """One portrait after the other; those that hang are ringed, and the tape slips with each."""
        found = self.result("intake")
        number = Words("{x} of {n}", x=found.read("strings_count"), n=found.read("samples"), size=HUGE, color=STRINGS)
        number.move_to([3.7, -1.6, 0])
        what = Words("on strings", size=BODY, color=SOFT).next_to(number, DOWN, buff=0.25)
        self.tape.keep_clean(number, what)
        self.add(self.wall, self.covers, self.frames)
        rings = VGroup(*(self.wall.ring(n, STRINGS).set_stroke(STRINGS, 8) for n in self.hung))
        with self.say("intake.often") as cue:
            self.play(FadeOut(self.monitor), FadeOut(self.ring), run_time=0.15)
            for n, mark in ((0, "first"), (1, "second")):
                cue.until(mark)
                slip(self, self.score(n), over=0.3)
                self.play(FadeOut(self.covers[n]), run_time=0.35)
            between = range(2, self.first)
            each = max(0.07, cue.to("then") / max(1, len(between)))
            for n in between:
                self.play(FadeOut(self.covers[n]), run_time=each)
            cue.until("then")
            slip(self, self.score(self.first), over=0.3)
            self.play(FadeOut(self.covers[self.first]), run_time=0.3)
            rest = range(self.first + 1, self.wall.count)
            each = max(0.07, (cue.to("count") - 0.1) / max(1, len(rest)))
            for n in rest:
                self.play(FadeOut(self.covers[n]), run_time=each)
            cue.until("count")
            self.play(FadeIn(number), FadeIn(what), run_time=0.4)
            cue.until("hanging")
            self.play(LaggedStart(*(Create(ring) for ring in rings), lag_ratio=0.3), run_time=0.9)
        self.rings = rings
        self.numbers = VGroup(number, what)

    def rule(self) -> None:
        """A free portrait and a hanging one, and what the tape does with each."""
        free = next(n for n in range(len(self.pictures)) if n not in self.hung)
        pair = Group(*(Portrait(self.pictures[n], 4.6, colour=c) for n, c in ((free, FREE), (self.first, STRINGS))))
        pair.arrange(RIGHT, buff=1.0).move_to([0, 0.7, 0])
        scores = VGroup(
            *(
                Words("{x:.2f}", x=self.score(n), size=HEADING, color=c).next_to(p, DOWN, buff=0.25)
                for n, c, p in zip((free, self.first), (FREE, STRINGS), pair, strict=True)
            )
        )
        sure = Words("how sure of strings", size=SMALL, color=SOFT).move_to([0, 3.4, 0])
        self.tape.keep_clean(pair, scores, sure)
        gone = (self.wall, self.frames, self.rings, self.card, self.numbers)
        with self.say("intake.rule") as cue:
            cue.until("second")
            slip(self, self.score(free), over=0.5)
            self.play(*(FadeOut(part) for part in gone), run_time=0.25)
            self.play(FadeIn(pair), run_time=0.35)
            self.play(FadeIn(scores), FadeIn(sure), run_time=0.4)
            cue.until("slips")
            slip(self, self.score(self.first), over=0.5)
            self.play(pair[1].frame.animate.set_stroke(STRINGS, 12), run_time=0.6)
            cue.until("calm")
            slip(self, self.score(free), over=0.5)
            self.play(
                pair[1].frame.animate.set_stroke(STRINGS, 3), pair[0].frame.animate.set_stroke(FREE, 12), run_time=0.6
            )
        self.pair = Group(pair, scores, sure)

    def note(self) -> None:
        """The content note, beside the portrait that hangs."""
        lines = VGroup(
            Words("“Hallucination”:\na machine paints\nwhat nobody asked for.", size=HEADING),
            Words("A story about mathematics.\nNo medical advice.", size=BODY, color=SOFT),
        )
        lines.arrange(DOWN, buff=0.8, aligned_edge=LEFT).move_to([0.2, 0.4, 0], aligned_edge=LEFT)
        hanging = self.pair[0][1]
        gone = (self.pair[0][0], *self.pair[1:])
        self.tape.keep_clean(lines)
        with self.say("intake.note") as cue:
            slip(self, self.score(self.first), over=0.5)
            self.play(
                *(FadeOut(part) for part in gone),
                hanging.animate.scale(5.4 / hanging.height).move_to([-3.7, 0.4, 0]),
                run_time=0.6,
            )
            cue.until("word")
            self.play(FadeIn(lines[0]), run_time=0.5)
            cue.until("story")
            self.play(FadeIn(lines[1]), run_time=0.5)
