"""Fifth scene: the same circuit on texts that the search has never seen, beside nothing and beside the rest."""

from __future__ import annotations

from manim import UP, FadeIn, Line, VGroup

from tapehead.analysis.results import Reading
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.circuits import LIT, Gauge
from tapehead.scenes.stage.lettering import BODY, SMALL, Words
from tapehead.scenes.stage.palette import BAD, INK, SOFT

from .parts import standing

TOP = 120.0
PLACES = (-4.8, -1.6, 1.6, 4.8)


class Elsewhere(StageScene):
    """Four meters: found on, never seen, nothing, the rest."""

    def construct(self) -> None:
        circuit, held = self.result("circuit"), self.result("held_out")
        below = self.variant("elsewhere.score") == "below"
        made = (
            (circuit.read("score"), "where it was found", LIT),
            (held.read("score"), "never seen", BAD if below else LIT),
            (held.read("nothing"), "with nothing", SOFT),
            (held.read("complement"), "the rest alone", SOFT),
        )
        meters = [
            self.meter(reading, label, colour, x) for (reading, label, colour), x in zip(made, PLACES, strict=True)
        ]
        threshold = circuit.read("threshold")
        frame = meters[0][0].frame
        y = float(frame.get_bottom()[1]) + float(threshold) / TOP * float(frame.height)
        line = Line([PLACES[0] - 0.8, y, 0], [PLACES[1] + 0.8, y, 0]).set_stroke(INK, 4)
        number = Words("{x:.0f} %", x=threshold, size=SMALL).next_to(line, UP, buff=0.1)
        others = Words("{n} other texts", n=self.result("prompts").read("scored_on"), size=BODY, color=SOFT)
        others.move_to([PLACES[1], 3.1, 0])
        with self.say("elsewhere.other") as cue:
            self.play(FadeIn(meters[0]), run_time=0.5)
            cue.until("found")
            self.play(meters[0][0].read_out(), FadeIn(line), FadeIn(number), run_time=0.8)
            cue.until("aside")
            self.play(FadeIn(meters[1]), FadeIn(others), run_time=0.6)
        with self.say("elsewhere.score") as cue:
            cue.until("score")
            self.play(meters[1][0].read_out(), run_time=1.0)
        with self.say("elsewhere.nothing") as cue:
            for meter, mark in zip(meters[2:], ("nothing", "rest"), strict=True):
                cue.until(mark)
                self.play(FadeIn(meter), run_time=0.3)
                self.play(meter[0].read_out(), run_time=0.7)
        self.clear_stage(run_time=0.4)

    def meter(self, reading: Reading, label: str, colour: str, x: float) -> VGroup:
        """A full meter with its name below."""
        gauge = Gauge(reading, top=TOP, height=3.6, width=1.1, colour=colour).filled().move_to([x, 0.5, 0])
        below = float(gauge.frame.get_bottom()[1]) - 0.55
        return VGroup(gauge, standing(Words(label, size=SMALL, color=SOFT), (x, below)))
