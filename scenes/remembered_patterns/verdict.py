"""Last scene: what a place where it fits is worth, the end card, and the dog."""

from __future__ import annotations

from manim import DOWN, RIGHT, UP, Create, FadeIn, FadeOut, Indicate, LaggedStart, Line, RoundedRectangle, VGroup

from tapehead.analysis.results import Origin
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.cards import EndCard
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, Words
from tapehead.scenes.stage.palette import EAR, FAINT, HIGHLIGHT, LUCK, NOSE, OUTPUT, PANEL, SOFT
from tapehead.scenes.stage.squares import CommutingSquare

from .parts import place, shiba, string, thing


class Verdict(StageScene):
    """Three cards, the card at the end, and a dog that is asleep."""

    def construct(self) -> None:
        self.verdict()
        self.rule()
        self.dog()

    def verdict(self) -> None:
        """Wiring, chance, and the knife."""
        wires = self.result("wires")
        self.badge_for(wires.origin, wires.model)
        frames = VGroup()
        for x, title, colour in ((-4.5, "the wiring", HIGHLIGHT), (0.0, "the control", EAR), (4.5, "the jobs", LUCK)):
            frame = RoundedRectangle(corner_radius=0.2, width=3.9, height=4.0).set_stroke(SOFT, 3).set_fill(PANEL, 1)
            frame.move_to(place(x, 0.6))
            frames.add(VGroup(frame, Words(title, size=BODY, color=colour, bold=True).move_to(place(x, -1.95))))
        triangle = [place(-5.3, -0.5), place(-3.9, 0.6), place(-5.3, 1.7)]
        drawing = VGroup(
            *(string(triangle[a], triangle[b], HIGHLIGHT, 5, 0.32) for a, b in ((0, 1), (1, 2), (0, 2))),
            *(thing(at, HIGHLIGHT, 0.28) for at in triangle),
        )
        numbers = VGroup(
            Words("found: {x:.0f}", x=wires.read("found", pattern="parts"), size=BODY, color=HIGHLIGHT),
            Words("by chance: {x:.0f}", x=wires.read("degrees_mean", pattern="parts"), size=BODY, color=EAR),
        ).arrange(DOWN, buff=0.6)
        numbers.move_to(place(0, 0.6))
        wire = Line(place(3.0, 0.6), place(6.0, 0.6)).set_stroke(LUCK, 7)
        knife = Line(place(4.1, -0.5), place(4.9, 1.7)).set_stroke(NOSE, 9)
        with self.say("verdict.wires") as cue:
            self.play(FadeIn(frames), FadeIn(drawing), run_time=0.6)
            cue.until("wires")
            self.play(drawing.animate.set_opacity(0.6), run_time=0.5)
            cue.until("chance")
            self.play(FadeIn(numbers), run_time=0.6)
            cue.until("missing")
            self.play(Indicate(numbers[1], color=EAR, scale_factor=1.15), run_time=0.8)
            cue.until("jobs")
            self.play(Create(wire), run_time=0.6)
            cue.until("cut")
            self.sound("tick")
            self.play(Create(knife), run_time=0.4)
        self.clear_stage(run_time=0.4)

    def rule(self) -> None:
        """The end card."""
        card = EndCard(
            "Where does it fit?",
            "A place is a question.\nA control is the answer.",
            self.context.references,
            CommutingSquare(2.6, 1.3, radius=0.2, stroke=5),
        )
        with self.say("verdict.rule") as cue:
            self.play(FadeIn(card.question), run_time=0.5)
            cue.until("place")
            self.play(FadeIn(card.logo), run_time=0.6)
            cue.until("answer")
            self.play(FadeIn(card.answer, shift=0.2 * UP), run_time=0.6)
            cue.until("business")
            self.play(FadeIn(card.credits), run_time=0.5)
            self.hold(2.0)
        self.card = card

    def dog(self) -> None:
        """Asleep under the desk, with her clues."""
        self.badge_for(Origin.ILLUSTRATION)
        top = Line(place(-5.6, 1.6), place(5.6, 1.6)).set_stroke(SOFT, 10)
        legs = VGroup(Line(place(-5.0, 1.6), place(-5.0, -3.0)), Line(place(5.0, 1.6), place(5.0, -3.0))).set_stroke(
            SOFT, 8
        )
        floor = Line(place(-6.6, -3.0), place(6.6, -3.0)).set_stroke(FAINT, 4)
        dog = shiba(1.35, asleep=True).rotate(0.12).move_to(place(0, -1.4))
        lamp = VGroup(Line(place(3.2, 1.6), place(3.2, 2.6)), Line(place(2.4, 2.6), place(4.0, 2.6))).set_stroke(
            HIGHLIGHT, 7
        )
        snore = VGroup(
            *(
                Words("z", size=size, color=OUTPUT, italic=True).move_to(place(x, y))
                for size, x, y in ((SMALL, 2.0, -0.7), (BODY, 2.6, -0.1), (HEADING, 3.3, 0.6))
            )
        )
        name = Words("?", size=HUGE, color=HIGHLIGHT, bold=True).move_to(place(-2.8, 2.55))
        with self.say("verdict.dog") as cue:
            room = (FadeIn(m) for m in (top, legs, floor, lamp))
            self.play(FadeOut(self.card), *room, run_time=0.6)
            cue.until("asleep")
            self.play(FadeIn(dog, shift=0.2 * RIGHT), run_time=0.6)
            self.play(LaggedStart(*(FadeIn(z, shift=0.2 * UP) for z in snore), lag_ratio=0.4), run_time=1.2)
            cue.until("name")
            self.play(FadeIn(name), run_time=0.4)
        self.clear_stage(run_time=0.5)
