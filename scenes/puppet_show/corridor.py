"""Second scene: from static to a face, and the narrow place that every guess goes through."""

from __future__ import annotations

import numpy as np
from manim import DOWN, UP, FadeIn, FadeOut, Group, LaggedStart, Rectangle, VGroup

from scenes.stage.base import StageScene
from scenes.stage.lettering import HEADING, SMALL, Words
from scenes.stage.palette import EAR, FAINT, HIGHLIGHT, SOFT
from scenes.stage.portraits import Monitor, Portrait, arrange_row

SEEN = 12
"""Steps of the painting that are shown."""
GUESSES = 8
HOURGLASS = (3.4, 2.6, 1.8, 1.0, 0.5, 1.0, 1.8, 2.6, 3.4)
"""Heights of the layers, in frame units: a drawing of the network's shape."""


def hourglass() -> VGroup:
    """The network as layers, narrow in the middle."""
    bars = (Rectangle(width=0.42, height=high).set_fill(EAR, 0.35).set_stroke(EAR, 3) for high in HOURGLASS)
    return VGroup(*bars).arrange(buff=0.22)


class Corridor(StageScene):
    """Steps of the painting, as it looks and as it is guessed."""

    def construct(self) -> None:
        found = self.result("painting")
        self.last = len(found["t"]) - 1
        self.steps = [round(n) for n in np.linspace(0, self.last, SEEN)]
        self.begin()
        self.static()
        self.walk()
        self.unforget()
        self.waist()

    def begin(self) -> None:
        """An empty screen."""
        blank = np.zeros_like(self.result("painting")["final"][0])
        self.monitor = Monitor(blank, 5.4).move_to([-3.0, 0.25, 0])
        with self.say("corridor.begin") as cue:
            self.play(FadeIn(self.monitor), run_time=0.5)
            self.play(self.monitor.animate.scale(1.03), run_time=max(0.3, cue.left))

    def show(self, step: int, run_time: float) -> None:
        """The unfinished picture of a step."""
        new = self.monitor.showing(self.result("painting")["noisy"][step, 0])
        self.play(FadeIn(new), run_time=run_time)
        self.monitor.remove(self.monitor.screen)
        self.remove(self.monitor.screen)
        self.monitor.screen = new
        self.monitor.add(new)

    def level(self, step: int) -> Words:
        """The clock of the process."""
        words = Words("noise level {t}", t=self.result("painting").read("t", step=step), size=HEADING, color=HIGHLIGHT)
        return words.move_to([3.6, 0.6, 0])

    def static(self) -> None:
        """Noise, and one question."""
        question = Words("What here is noise?", size=HEADING).move_to([3.6, 2.2, 0])
        self.question = question
        with self.say("corridor.static") as cue:
            self.play(self.monitor.lamp.animate.set_fill(HIGHLIGHT), run_time=0.2)
            cue.until("static")
            self.show(0, 0.5)
            cue.until("question")
            self.play(FadeIn(question), run_time=0.5)

    def walk(self) -> None:
        """A little less of it at each step."""
        shown = self.level(0)
        self.tape.keep_clean(self.question)
        with self.say("corridor.steps") as cue:
            self.play(FadeIn(shown), run_time=0.3)

            def step(n: int, run_time: float) -> None:
                nonlocal shown
                self.remove(shown)
                shown = self.level(self.steps[n])
                self.add(shown)
                self.tape.keep_clean(shown)
                self.show(self.steps[n], run_time)

            cue.until("little")
            step(1, 0.5)
            step(2, 0.5)
            cue.until("again")
            pause = max(0.15, cue.to("back") / (SEEN - 3))
            for n in range(3, SEEN):
                step(n, pause)
        self.clear_stage(run_time=0.4)

    def unforget(self) -> None:
        """What it guesses at each step is a whole face at once, rough first."""
        found = self.result("painting")
        chosen = [round(n) for n in np.linspace(0, self.last, GUESSES)]
        row = arrange_row([found["guess"][n, 0] for n in chosen], 13.4).move_to([0, 0.6, 0])
        title = Words("its guess at the finished picture", size=SMALL, color=SOFT).move_to([0, 2.4, 0])
        times = VGroup(
            *(
                Words("{t}", t=found.read("t", step=n), size=SMALL, color=SOFT).next_to(p, DOWN, buff=0.2)
                for n, p in zip(chosen, row, strict=True)
            )
        )
        with self.say("corridor.unforget") as cue, self.tape.keep_clean(title, times):
            self.play(FadeIn(title), LaggedStart(*(FadeIn(p) for p in row), lag_ratio=0.2), run_time=1.2)
            self.play(FadeIn(times), run_time=0.3)
            cue.until("unforget")
            cue.until("rough")
            self.play(*(p.frame.animate.set_stroke(HIGHLIGHT, 7) for p in row[:2]), run_time=0.5)
            cue.until("fine")
            calm = [p.frame.animate.set_stroke(FAINT, 3) for p in row[:2]]
            self.play(*calm, *(p.frame.animate.set_stroke(HIGHLIGHT, 7) for p in row[-3:]), run_time=0.5)
        self.clear_stage(run_time=0.4)

    def waist(self) -> None:
        """The network's narrow middle gets its name."""
        found = self.result("painting")
        middle = self.steps[SEEN // 2]
        net = hourglass().move_to([0, 0.4, 0])
        before = Portrait(found["noisy"][middle, 0], 2.4, colour=SOFT).move_to([-5.4, 0.4, 0])
        after = Portrait(found["guess"][middle, 0], 2.4, colour=SOFT).move_to([5.4, 0.4, 0])
        neck = net[len(HOURGLASS) // 2]
        name = Words("bottleneck", size=HEADING, color=HIGHLIGHT).move_to([0, -2.3, 0])
        mind = Words("the patient's mind", size=HEADING, color=HIGHLIGHT).move_to([0, -2.3, 0])
        drawn = Words("drawn: the shape of the network", size=SMALL, color=SOFT).move_to([0, 2.9, 0])
        with self.say("corridor.waist") as cue, self.tape.keep_clean(name, mind, drawn):
            self.play(FadeIn(before), FadeIn(net), FadeIn(drawn), run_time=0.7)
            cue.until("narrow")
            travel = before.copy()
            self.play(travel.animate.move_to(neck).scale(0.18), run_time=0.8)
            self.play(FadeOut(travel), FadeIn(after), run_time=0.5)
            cue.until("bottleneck")
            self.play(neck.animate.set_fill(HIGHLIGHT, 1).set_stroke(HIGHLIGHT, 4), FadeIn(name), run_time=0.5)
            cue.until("mind")
            self.play(FadeOut(name), run_time=0.25)
            self.play(FadeIn(mind, shift=0.2 * UP), run_time=0.4)
        self.play(*(FadeOut(m) for m in Group(before, net, after, drawn, mind)), run_time=0.4)
