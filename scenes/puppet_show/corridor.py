"""Second scene: from static to a face, and the narrow place that every guess goes through."""

from __future__ import annotations

import numpy as np
from manim import DOWN, LEFT, UP, Arrow, FadeIn, FadeOut, Group, LaggedStart, Line, Rectangle, VGroup

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import HEADING, SMALL, Words
from tapehead.scenes.stage.palette import EAR, FAINT, HIGHLIGHT, SOFT
from tapehead.scenes.stage.portraits import Monitor, Portrait

SEEN = 12
"""Steps of the painting that are shown."""
GUESSES, IN_A_ROW = 8, 4
GAUGE = 5.0
"""Length of the gauge at the highest noise level there is, frame units."""
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
        """A finished portrait goes dark: where did it begin?"""
        final = self.result("painting")["final"][0]
        self.monitor = Monitor(final, 5.4).move_to([-3.0, 0.25, 0])
        self.add(self.monitor)
        with self.say("corridor.begin") as cue:
            self.hold(0.3 * cue.left)
            self.turn_to(np.zeros_like(final), max(0.3, cue.left))

    def turn_to(self, picture: np.ndarray, run_time: float) -> None:
        """Another picture on the screen."""
        new = self.monitor.showing(picture)
        self.play(FadeIn(new), run_time=run_time)
        self.monitor.remove(self.monitor.screen)
        self.remove(self.monitor.screen)
        self.monitor.screen = new
        self.monitor.add(new)

    def level(self, step: int) -> Words:
        """The clock of the process."""
        words = Words("noise level {t}", t=self.result("painting").read("t", step=step), size=HEADING, color=HIGHLIGHT)
        return words.move_to([3.6, 0.7, 0])

    def gauge(self, step: int) -> Rectangle:
        """As long as the noise level is high."""
        t = self.result("painting")["t"]
        bar = Rectangle(width=max(0.01, GAUGE * float(t[step] / t.max())), height=0.3, stroke_width=0)
        return bar.set_fill(HIGHLIGHT, 1).move_to([3.6 - GAUGE / 2, -0.1, 0], aligned_edge=LEFT)

    def static(self) -> None:
        """Noise, and one question."""
        question = Words("What here is noise?", size=HEADING).move_to([3.6, 2.2, 0])
        decoded = Words("its static, as the decoder shows it", size=SMALL, color=SOFT).move_to([3.6, -1.9, 0])
        self.question, self.decoded = question, decoded
        self.tape.keep_clean(question, decoded)
        with self.say("corridor.static") as cue:
            self.play(self.monitor.lamp.animate.set_fill(HIGHLIGHT), run_time=0.2)
            cue.until("static")
            self.turn_to(self.result("painting")["noisy"][0, 0], 0.5)
            self.play(FadeIn(decoded), run_time=0.4)
            cue.until("question")
            self.play(FadeIn(question), run_time=0.5)

    def walk(self) -> None:
        """A little less of it at each step."""
        found = self.result("painting")
        shown, bar = self.level(0), self.gauge(0)
        trough = Rectangle(width=GAUGE, height=0.3).set_stroke(FAINT, 3).move_to([3.6, -0.1, 0])
        rounds = Words("{n} rounds", n=found.read("steps"), size=HEADING).move_to([3.6, -1.9, 0])
        self.tape.keep_clean((0.9, -0.5, 6.4, 1.2), rounds)
        with self.say("corridor.steps") as cue:
            self.play(FadeOut(self.decoded), FadeIn(shown), FadeIn(trough), FadeIn(bar), run_time=0.3)

            def step(n: int, run_time: float) -> None:
                nonlocal shown, bar
                self.remove(shown, bar)
                shown, bar = self.level(self.steps[n]), self.gauge(self.steps[n])
                self.add(shown, bar, trough)
                self.turn_to(found["noisy"][self.steps[n], 0], run_time)

            cue.until("little")
            step(1, 0.5)
            step(2, 0.5)
            cue.until("again")
            pause = max(0.15, cue.to("back") / (SEEN - 3))
            for n in range(3, SEEN):
                step(n, pause)
            cue.until("back")
            self.play(FadeIn(rounds), run_time=0.4)
        self.clear_stage(run_time=0.4)

    def unforget(self) -> None:
        """What it guesses at each step is a whole face at once, rough first."""
        found = self.result("painting")
        chosen = [round(n) for n in np.linspace(0, self.last, GUESSES)]
        row = Group(*(Portrait(found["guess"][n, 0], 2.3, colour=FAINT) for n in chosen))
        for k, portrait in enumerate(row):
            down, across = divmod(k, IN_A_ROW)
            portrait.move_to([(across - (IN_A_ROW - 1) / 2) * 3.0, 1.85 - 3.15 * down, 0])
        title = Words("its guess at the finished picture, by noise level", size=SMALL, color=SOFT)
        title.move_to([0, 3.5, 0])
        times = VGroup(
            *(
                Words("{t}", t=found.read("t", step=n), size=SMALL, color=SOFT).next_to(p, DOWN, buff=0.14)
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
        drawn = Words("the network, simplified", size=SMALL, color=SOFT).move_to([0, 2.9, 0])
        below = (("unfinished", before), ("its guess", after))
        captions = VGroup(*(Words(w, size=SMALL, color=SOFT).next_to(p, DOWN, buff=0.2) for w, p in below))
        ways = VGroup(
            Arrow(before.get_right(), net.get_left(), buff=0.2, color=SOFT, stroke_width=7),
            Arrow(net.get_right(), after.get_left(), buff=0.2, color=SOFT, stroke_width=7),
        )
        pointer = Line(neck.get_bottom() + 0.1 * DOWN, [0, -1.85, 0]).set_stroke(HIGHLIGHT, 5)
        with self.say("corridor.waist") as cue, self.tape.keep_clean(name, mind, drawn, captions):
            self.play(*(FadeIn(m) for m in (before, net, drawn, captions[0], ways[0])), run_time=0.7)
            cue.until("narrow")
            travel = before.copy()
            self.play(travel.animate.move_to(neck).scale(0.18), run_time=0.8)
            self.play(*(FadeIn(m) for m in (after, captions[1], ways[1])), FadeOut(travel), run_time=0.5)
            cue.until("bottleneck")
            self.play(neck.animate.set_fill(HIGHLIGHT, 1).set_stroke(HIGHLIGHT, 4), run_time=0.3)
            self.play(FadeIn(name), FadeIn(pointer), run_time=0.4)
            cue.until("mind")
            self.play(FadeOut(name), run_time=0.25)
            self.play(FadeIn(mind, shift=0.2 * UP), run_time=0.4)
