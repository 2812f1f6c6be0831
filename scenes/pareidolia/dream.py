"""Eighth scene: noise is asked to be a little more of a bean, again and again, and obliges."""

from __future__ import annotations

import numpy as np
from manim import LEFT, RIGHT, UP, Create, FadeIn, FadeOut, GrowFromEdge, Line, Rectangle, VGroup, VMobject

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.charts import NamedAxes
from tapehead.scenes.stage.intervals import whisker
from tapehead.scenes.stage.lettering import BODY, HEADING, Words
from tapehead.scenes.stage.palette import FAINT
from tapehead.scenes.stage.portraits import Portrait

from .pictures import BAR, BEAN, CONTROL, NOISE, grey_photo

COLOURS = {"many": BEAN, "untrained": NOISE, "random steps": CONTROL}
TALL = 6.3


class Dream(StageScene):
    """Noise, the climb, the controls, the dream at its end."""

    def construct(self) -> None:
        self.found = self.result("dream")
        self.badge_for(self.found.origin, self.found.model)
        self.ask()
        self.climb()
        self.control()
        self.haunt()
        self.clear_stage(run_time=0.4)

    def frame_of(self, dreamer: str, frame: int, height: float = TALL) -> Portrait:
        place = self.found.quantity("frame").labels["dreamer"].index(dreamer)
        return grey_photo(self.found["frame"][place, frame], height, COLOURS[dreamer])

    def ask(self) -> None:
        self.shown = self.frame_of("many", 0).move_to([-3.6, 0.45, 0])
        steps = float(self.found["steps"])
        self.chart = NamedAxes((1.0, -2.5), (5.6, 4.6), (0, steps), (0, 100), ("steps", "sure of a bean, %"))
        with self.say("dream.ask") as cue:
            self.play(FadeIn(self.shown), run_time=0.6)
            cue.until("noise")
            self.play(self.shown.frame.animate.set_stroke(COLOURS["many"], 9), run_time=0.4)
            cue.until("ask")
            self.play(FadeIn(self.chart), run_time=0.6)
            cue.until("again")
            self.next(1)
            self.next(2)

    def next(self, frame: int, run_time: float = 0.45) -> None:
        new = self.frame_of("many", frame).move_to(self.shown)
        self.play(FadeOut(self.shown), FadeIn(new), run_time=run_time)
        self.shown = new

    def line(self, dreamer: str) -> VMobject:
        place = self.found.quantity("other").labels["dreamer"].index(dreamer)
        return self.chart.curve(self.found["step"], self.found["other"][place], COLOURS[dreamer], 8)

    def told(self, dreamer: str, words: str, drop: float) -> VGroup:
        value = self.found.read("other_end", dreamer=dreamer)
        colour = COLOURS[dreamer]
        made = Words(words + " {x:.0f} %", x=value, size=BODY, color=colour)
        place = self.found.quantity("other").labels["dreamer"].index(dreamer)
        end = self.chart.at(float(self.found["steps"]), float(self.found["other"][place, -1]))
        return made.move_to(end + drop * UP).align_to([6.75, 0, 0], np.array([1.0, 0, 0]))

    def climb(self) -> None:
        line = self.line("many")
        told = self.told("many", "other spotter", -0.6)
        with self.say("dream.climb") as cue:
            for frame in range(3, 6):
                self.next(frame, 0.4)
            self.play(Create(line), run_time=1.2)
            cue.until("sure")
            self.play(FadeIn(told), run_time=0.5)
            for frame in range(6, self.found["frame"].shape[1]):
                self.next(frame, 0.4)
            cue.until("visors")
            self.play(Create(self.shown.mark(BAR)), run_time=0.6)

    def control(self) -> None:
        """How well a visor fits in somewhere: the dream, steps by lot, networks that learned nothing."""
        last = self.found["frame"].shape[1] - 1
        rows = {}
        zero, unit = -3.7, 9.4
        for n, (name, label) in enumerate(
            (("many", "spotter"), ("random steps", "by lot"), ("untrained", "untrained"))
        ):
            y = 2.65 - 2.35 * n
            value, low, high = (self.found.read(f"visor_{end}", dreamer=name) for end in ("end", "low", "high"))
            bar = Rectangle(width=unit * float(value), height=0.95, stroke_width=0).set_fill(COLOURS[name], 1)
            bar.move_to([zero, y, 0], aligned_edge=LEFT)
            left, right = (np.array([zero + unit * float(end), y, 0]) for end in (low, high))
            spread = whisker(left, right)
            told = Words("{x:.2f}", x=value, size=HEADING, color=COLOURS[name]).next_to(spread, RIGHT, buff=0.25)
            who = Words(label, size=BODY, color=COLOURS[name]).next_to(told, RIGHT, buff=0.4)
            picture = self.frame_of(name, last, 2.15).move_to([-5.2, y, 0])
            rows[name] = (picture, bar, VGroup(spread, told, who))
        others = [one for one in self.mobjects if one not in (self.shown, self.standing_badge)]
        post = Line([zero, 3.5, 0], [zero, -2.8, 0]).set_stroke(FAINT, 5)
        with self.say("dream.control") as cue:
            self.play(
                *(FadeOut(one) for one in (*others, self.shown)), FadeIn(rows["many"][0]), FadeIn(post), run_time=0.6
            )
            for mark, name in (("fits", "many"), ("lot", "random steps"), ("untrained", "untrained")):
                cue.until(mark)
                picture, bar, told = rows[name]
                self.play(FadeIn(picture), GrowFromEdge(bar, LEFT), run_time=0.7)
                self.play(FadeIn(told), run_time=0.4)
        self.small = [post, *(part for row in rows.values() for part in row)]

    def haunt(self) -> None:
        with self.say("dream.haunt") as cue:
            back = self.frame_of("many", 0).move_to([0, 0.45, 0])
            self.play(*(FadeOut(one) for one in self.small), FadeIn(back), run_time=0.6)
            self.shown = back
            cue.until("looks")
            for frame in (2, 4):
                self.next(frame, 0.5)
            cue.until("again")
            for frame in (6, self.found["frame"].shape[1] - 1):
                self.next(frame, 0.5)
