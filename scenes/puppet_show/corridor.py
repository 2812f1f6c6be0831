"""Second scene: from static to a face, and the place in the middle of the network where it sums up what it sees."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    UP,
    ArcBetweenPoints,
    Arrow,
    Create,
    FadeIn,
    FadeOut,
    Group,
    LaggedStart,
    Line,
    Rectangle,
    VGroup,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import HEADING, SMALL, Words
from tapehead.scenes.stage.palette import FAINT, PANEL, SOFT
from tapehead.scenes.stage.portraits import Monitor, Portrait

from .roles import PATIENT, slip

SEEN = 12
"""Steps of the painting that are shown."""
GUESSES, IN_A_ROW = 8, 4
GAUGE = 5.0
"""Length of the gauge at the highest noise level there is, frame units."""
LAYERS = (4.0, 3.1, 2.2, 1.4, 2.2, 3.1, 4.0)
"""Sides of the pictures inside, from layer to layer, in frame units: a drawing of the network's shape."""


def network() -> tuple[VGroup, VGroup]:
    """The network as layers, the middle one in the middle, and the side roads that run past it."""
    bars = VGroup(*(Rectangle(width=0.5, height=high).set_fill(PANEL, 1).set_stroke(SOFT, 4) for high in LAYERS))
    bars.arrange(buff=0.55)
    roads = VGroup()
    for k in range(len(LAYERS) // 2):
        start, end = bars[k].get_top() + 0.08 * UP, bars[-1 - k].get_top() + 0.08 * UP
        roads.add(ArcBetweenPoints(start, end, angle=-0.55).set_stroke(SOFT, 5))
    return bars, roads


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
        self.monitor = Monitor(final, 6.6).move_to([-3.1, 0.3, 0])
        self.tape.keep_clean(self.monitor.screen)
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
        words = Words("noise level {t}", t=self.result("painting").read("t", step=step), size=HEADING)
        return words.move_to([3.6, 0.7, 0])

    def gauge(self, step: int) -> Rectangle:
        """As long as the noise level is high."""
        t = self.result("painting")["t"]
        bar = Rectangle(width=max(0.01, GAUGE * float(t[step] / t.max())), height=0.3, stroke_width=0)
        return bar.set_fill(SOFT, 1).move_to([3.6 - GAUGE / 2, -0.1, 0], aligned_edge=LEFT)

    def static(self) -> None:
        """Noise, and one question."""
        question = Words("What here is noise?", size=HEADING).move_to([3.6, 2.2, 0])
        decoded = Words("its static, as the decoder shows it", size=SMALL, color=SOFT).move_to([3.6, -1.9, 0])
        self.question, self.decoded = question, decoded
        self.tape.keep_clean(question, decoded)
        with self.say("corridor.static") as cue:
            self.play(self.monitor.lamp.animate.set_fill(PATIENT), run_time=0.2)
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
                slip(self, found.read("score", step=self.steps[n], sample=0, attribute="strings"), over=run_time)
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
        row = Group(*(Portrait(found["guess"][n, 0], 2.6, colour=FAINT) for n in chosen))
        for k, portrait in enumerate(row):
            down, across = divmod(k, IN_A_ROW)
            portrait.move_to([(across - (IN_A_ROW - 1) / 2) * 3.3, 1.9 - 3.25 * down, 0])
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
            self.play(*(p.frame.animate.set_stroke(PATIENT, 7) for p in row[:2]), run_time=0.5)
            cue.until("fine")
            calm = [p.frame.animate.set_stroke(FAINT, 3) for p in row[:2]]
            self.play(*calm, *(p.frame.animate.set_stroke(PATIENT, 7) for p in row[-3:]), run_time=0.5)
        self.clear_stage(run_time=0.4)

    def waist(self) -> None:
        """The network with its side roads; its middle gets its name."""
        found = self.result("painting")
        middle = self.steps[SEEN // 2]
        net, roads = network()
        VGroup(net, roads).move_to([0, 0.5, 0])
        before = Portrait(found["noisy"][middle, 0], 2.9, colour=SOFT).move_to([-5.5, 0.1, 0])
        after = Portrait(found["guess"][middle, 0], 2.9, colour=SOFT).move_to([5.5, 0.1, 0])
        neck = net[len(LAYERS) // 2]
        name = Words("bottleneck", size=HEADING, color=PATIENT).move_to([0, -2.9, 0])
        mind = Words("the patient's mind", size=HEADING, color=PATIENT).move_to([0, -2.9, 0])
        below = (("unfinished", before), ("its guess", after))
        captions = VGroup(*(Words(w, size=SMALL, color=SOFT).next_to(p, DOWN, buff=0.2) for w, p in below))
        ways = VGroup(
            Arrow(before.get_right(), net.get_left(), buff=0.1, color=SOFT, stroke_width=7),
            Arrow(net.get_right(), after.get_left(), buff=0.1, color=SOFT, stroke_width=7),
        )
        ways.set_y(0.1)
        pointer = Line(neck.get_bottom() + 0.1 * DOWN, [0, -2.45, 0]).set_stroke(PATIENT, 5)
        self.tape.keep_clean(name, mind, captions, before, after)
        with self.say("corridor.waist") as cue:
            self.play(*(FadeIn(m) for m in (before, captions[0], ways[0])), run_time=0.4)
            self.play(LaggedStart(*(FadeIn(bar) for bar in net), lag_ratio=0.2), run_time=0.9)
            self.play(*(FadeIn(m) for m in (after, captions[1], ways[1])), run_time=0.4)
            cue.until("middle")
            travel = before.copy()
            self.play(travel.animate.move_to(neck).scale(0.3), run_time=0.8)
            self.play(neck.animate.set_fill(PATIENT, 0.5), FadeOut(travel), run_time=0.5)
            cue.until("roads")
            self.play(LaggedStart(*(Create(road) for road in roads), lag_ratio=0.3), run_time=1.2)
            cue.until("bottleneck")
            self.play(neck.animate.set_fill(PATIENT, 1).set_stroke(PATIENT, 5), run_time=0.3)
            self.play(FadeIn(name), FadeIn(pointer), run_time=0.4)
            cue.until("mind")
            self.play(FadeOut(name), run_time=0.25)
            self.play(FadeIn(mind, shift=0.2 * UP), run_time=0.4)
