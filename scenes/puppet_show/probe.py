"""Eleventh scene: a new probe asks the mind whether the strings are still there."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Arc,
    Arrow,
    Circle,
    Create,
    DashedLine,
    FadeIn,
    FadeOut,
    Group,
    GrowArrow,
    GrowFromEdge,
    Indicate,
    LaggedStart,
    Line,
    Rectangle,
    RoundedRectangle,
    VGroup,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, TITLE, Formula, Words
from tapehead.scenes.stage.palette import FAINT, INK, SOFT
from tapehead.scenes.stage.portraits import Monitor, Portrait, arrange_row

from .corridor import LAYERS, network
from .method_parts import chance_of, pictures, scores, slip_with
from .roles import CHANCE, FREE, OUTSIDE, PATIENT, STRINGS

START, TOP, STEP, LONG = -3.6, 2.2, 0.98, 7.4
"""Left end of the bars, height of the first, distance between them, and the length of all right answers."""
ASIDE = 2.9
"""How far the network moves aside for the question."""
ALONE = 1.3
"""How much larger it is until then."""
HEAPS = -1.9
"""Where the two heaps of portraits stand that somebody pointed at."""
ROWS = (
    ("h", "unedited", "untreated", INK),
    ("h", "clean side", "shadow moved", PATIENT),
    ("h", "both", "both arrows", OUTSIDE),
    ("h", "told", "outside alone", OUTSIDE),
    ("network", "both", "small network", OUTSIDE),
)
"""Kind of the probe, its condition, its name, its colour."""


class Probe(StageScene):
    """What is painted, what is still known, a second arrow, and what is known then."""

    def construct(self) -> None:
        self.silence()
        self.ask()
        self.before()
        self.after()
        self.consent()
        self.yes()
        self.both()
        self.curved()

    def silence(self) -> None:
        """The patient asks."""
        found = self.result("erasure")
        self.monitor = Monitor(pictures(found, "unedited")[0], 6.2).move_to([0, 0.4, 0])
        free = self.monitor.showing(pictures(found, "clean side")[0])
        self.add(self.monitor)
        with self.say("probe.silence") as cue:
            self.play(self.monitor.lamp.animate.set_fill(PATIENT), run_time=0.3)
            self.play(FadeIn(free), run_time=min(0.8, cue.left))
        self.clear_stage(run_time=0.4)

    def ask(self) -> None:
        """A needle into the bottleneck, and a dial that has two answers."""
        found = self.result("erasure")
        face = Portrait(pictures(found, "clean side")[0], 2.0, colour=INK).move_to([-5.4, -0.2, 0])
        bars, roads = network()
        waist = VGroup(bars, roads).scale(0.75).move_to([-1.4, -0.2, 0])
        middle = bars[len(LAYERS) // 2]
        needle = VGroup(
            Line(middle.get_top() + 2.0 * UP, middle.get_top() + 0.05 * UP).set_stroke(PATIENT, 7),
            RoundedRectangle(corner_radius=0.1, width=0.7, height=0.35).move_to(middle.get_top() + 2.1 * UP),
        )
        needle[1].set_fill(PATIENT, 1).set_stroke(width=0)
        name = Words("new probe", size=BODY, color=PATIENT).next_to(needle[1], RIGHT, buff=0.3)
        mind = Words("bottleneck", size=BODY, color=PATIENT).move_to([-1.4, -2.55, 0])
        question = Words("strings?", size=TITLE).move_to([4.3, 1.5, 0])
        answers = VGroup(Words("yes", size=HEADING, color=STRINGS), Words("no", size=HEADING, color=FREE))
        hub = np.array([4.3, -1.7, 0.0])
        answers[0].move_to(hub + np.array([-1.75, 1.55, 0]))
        answers[1].move_to(hub + np.array([1.75, 1.55, 0]))
        dial = Arc(radius=1.75, start_angle=1.15, angle=np.pi - 2.3, arc_center=hub).set_stroke(FAINT, 5)
        hand = Line(hub, hub + 1.5 * UP).set_stroke(PATIENT, 8)
        self.tape.keep_clean(question, answers, name, mind)
        asked = Group(face, waist, needle, name, mind)
        asked.shift(ASIDE * RIGHT).scale(ALONE)  # large and in the middle, until there is a question
        with self.say("probe.ask") as cue:
            self.play(FadeIn(face), FadeIn(waist), run_time=0.6)
            cue.until("probe")
            self.play(FadeIn(needle, shift=1.2 * DOWN), FadeIn(name), run_time=0.8)
            cue.until("reads")
            self.play(middle.animate.set_fill(PATIENT).set_stroke(PATIENT), FadeIn(mind), run_time=0.6)
            self.hold(max(0.1, cue.to("say") - 0.5))
            self.play(asked.animate.scale(1 / ALONE).shift(ASIDE * LEFT), run_time=0.5)
            cue.until("say")
            self.play(FadeIn(question), FadeIn(answers), FadeIn(dial), FadeIn(hand), run_time=0.5)
            for angle in (0.7, -1.4, 1.1):
                self.play(hand.animate.rotate(angle, about_point=hub), run_time=0.55)
        self.clear_stage(run_time=0.4)

    def chart(self) -> None:
        """Outlines up to all portraits, bars, shares, and the line of always saying no."""
        found = self.result("erasure")
        unit = LONG / 100
        self.title = Words("% right, of {n}; p: against “no”", n=found.read("count"), size=BODY, color=SOFT)
        self.title.move_to([START, 3.5, 0], aligned_edge=LEFT)
        self.outlines, self.bars, self.names, self.values, self.tests = (VGroup() for _ in range(5))
        for k, (space, condition, name, colour) in enumerate(ROWS):
            right, y = found.read("probe", space=space, condition=condition), TOP - STEP * k
            whole = Rectangle(width=LONG, height=0.72).set_stroke(FAINT, 3)
            bar = Rectangle(width=unit * float(right), height=0.72, stroke_width=0).set_fill(colour, 1)
            for shape in (whole, bar):
                shape.move_to([START, y, 0], aligned_edge=LEFT)
            self.outlines.add(whole)
            self.bars.add(bar)
            self.names.add(Words(name, size=BODY, color=colour).move_to([START - 0.3, y, 0], aligned_edge=RIGHT))
            self.values.add(Words("{n:.0f}", n=right, size=HEADING, color=colour).move_to([START + LONG + 0.5, y, 0]))
            test = chance_of(found.read("probe_p", space=space, condition=condition))
            self.tests.add(test.move_to([START + LONG + 1.0, y, 0], aligned_edge=LEFT))
        x = START + unit * float(found.read("most"))
        self.never = DashedLine([x, 2.65, 0], [x, TOP - 4 * STEP - 0.5, 0], dash_length=0.15).set_stroke(CHANCE, 7)
        self.floor = Words("always “no”: {n:.0f}", n=found.read("most"), size=BODY, color=CHANCE)
        self.floor.move_to([x, TOP - 4 * STEP - 0.95, 0])
        self.tape.keep_clean(self.title, self.outlines, self.names, self.values, self.floor, self.tests)

    def row(self, k: int, run_time: float = 0.8) -> None:
        """A row of the chart grows."""
        self.bring_to_front(self.never) if self.never in self.mobjects else None
        self.play(FadeIn(self.names[k]), GrowFromEdge(self.bars[k], LEFT), run_time=run_time)
        self.play(FadeIn(self.values[k]), FadeIn(self.tests[k]), run_time=0.25)

    def before(self) -> None:
        """Before the treatment, and what saying no is worth."""
        self.chart()
        with self.say("probe.before") as cue:
            self.play(FadeIn(self.title), FadeIn(self.outlines), FadeIn(self.names[0]), run_time=0.5)
            self.play(GrowFromEdge(self.bars[0], LEFT), run_time=cue.to("right"))
            self.play(FadeIn(self.values[0]), FadeIn(self.tests[0]), run_time=0.3)
            cue.until("no")
            self.play(Create(self.never), FadeIn(self.floor), run_time=0.8)

    def after(self) -> None:
        """After it: less, but more than guessing."""
        found = self.result("erasure")
        with self.say("probe.after") as cue:
            cue.until("after")
            self.row(1)
            cue.until("paint")
            slip_with(self, found, "clean side", over=0.6)
            cue.until("forgotten")
            x = float(self.never.get_x())
            more = float(self.bars[1].get_right()[0]) - x
            over = Rectangle(width=max(0.1, more), height=0.9).set_stroke(STRINGS, 7)
            over.move_to([x, TOP - STEP, 0], aligned_edge=LEFT)
            self.play(Create(over) if more > 0 else Indicate(self.values[1], color=PATIENT), run_time=0.6)
        self.clear_stage(run_time=0.4)

    def consent(self) -> None:
        """Portraits are pointed at and go to two heaps; the new arrow leads from one mean to the other."""
        found = self.result("erasure")
        hung = scores(found, "unedited") > 0
        shown = (1, 4, 3, 9, 5, 0)
        row = arrange_row([pictures(found, "unedited")[k] for k in shown], 13.2, tallest=2.0).move_to([0, 1.4, 0])
        # The few arrows that were pointed at before became one, n: it stands between the heaps.
        few = VGroup(
            *(
                Arrow(np.zeros(3), 1.5 * np.array([np.cos(a), np.sin(a), 0.0]), buff=0, color=PATIENT, stroke_width=8)
                for a in (0.1, 0.5, -0.3, 0.3, -0.1)
            )
        )
        few.arrange(RIGHT, buff=0.9).move_to([0, -1.5, 0])
        pointed = VGroup(*(Circle(radius=1.0).set_stroke(OUTSIDE, 5).move_to(one) for one in few))
        cosine = found.read("cosine_told")
        turn = float(np.arccos(float(cosine)))
        root = np.array([HEAPS, -0.7, 0.0])
        tip = root + 2.05 * np.array([np.cos(turn), np.sin(turn), 0.0])
        first = Arrow(root, root + 4.4 * RIGHT, buff=0, color=PATIENT, stroke_width=9)
        second = Arrow(root, tip, buff=0, color=OUTSIDE, stroke_width=11)
        name = Formula("n", size=HEADING, color=PATIENT).next_to(first, RIGHT, buff=0.25)
        other = Words("from outside", size=BODY, color=OUTSIDE).next_to(tip, RIGHT, buff=0.35).shift(0.45 * DOWN)
        near = Words("cosine {x:.2f}", x=cosine, size=BODY).next_to(name, RIGHT, buff=0.5)
        heaps = {True: ("strings", STRINGS, 2.45), False: ("none", FREE, -2.05)}
        tags = {
            hangs: Words(word, size=HEADING, color=colour).move_to([HEAPS + 3.6, y, 0], aligned_edge=LEFT)
            for hangs, (word, colour, y) in heaps.items()
        }
        self.tape.keep_clean(*tags.values(), first, second, name, other, near)
        with self.say("probe.consent") as cue:
            self.play(FadeIn(row), run_time=0.5)
            self.play(LaggedStart(*(Create(one) for one in few), lag_ratio=0.15), run_time=0.7)
            rings = LaggedStart(*(FadeIn(ring, scale=1.4) for ring in pointed), lag_ratio=0.4)
            self.play(rings, run_time=max(0.6, min(1.6, cue.to("point") - 0.1)))
            cue.until("point")
            self.play(FadeOut(pointed), run_time=0.2)  # first: the name stands where the last of them was
            self.play(
                *(each.animate.put_start_and_end_on(first.get_start(), first.get_end()) for each in few),
                FadeIn(name),
                run_time=0.3,
            )
            self.remove(few)
            self.add(first)
            beat = max(0.2, (cue.to("second") - 0.2) / len(shown))
            for k, portrait in zip(shown, row, strict=True):
                _, colour, y = heaps[bool(hung[k])]
                same = [n for n in shown if hung[n] == hung[k]]
                apart = min(2.2, 6.6 / len(same))
                spot = [HEAPS + apart * (same.index(k) - (len(same) - 1) / 2), y, 0]
                self.play(portrait.frame.animate.set_stroke(colour, 9), run_time=0.3 * beat)
                tag = [FadeIn(each) for each in tags.values()] if k == shown[-1] else []  # the row is in their way
                self.play(portrait.animate.move_to(spot), *tag, run_time=0.7 * beat)
            cue.until("second")
            self.play(GrowArrow(second), FadeIn(other), run_time=0.8)
            self.play(FadeIn(near), run_time=0.4)
            cue.until("may")
            self.play(Indicate(VGroup(second, other), color=OUTSIDE, scale_factor=1.15), run_time=0.8)
        self.clear_stage(run_time=0.4)

    def yes(self) -> None:
        """The patient agrees."""
        found = self.result("erasure")
        monitor = Monitor(pictures(found, "clean side")[15], 6.2).move_to([0, 0.4, 0])
        with self.say("probe.yes"):
            self.play(FadeIn(monitor), run_time=0.3)
            self.play(monitor.lamp.animate.set_fill(PATIENT), run_time=0.3)
        self.play(FadeOut(monitor), run_time=0.3)

    def both(self) -> None:
        """The straight cut on the portraits of both arrows, and on those of the told one alone, which does as much."""
        parts = (self.bars, self.names, self.values, self.tests)
        old = [self.outlines, *(part[k] for part in parts for k in range(2))]
        slip_with(self, self.result("erasure"), "both", over=0.8)
        with self.say("probe.both") as cue:
            self.play(*(FadeIn(part) for part in (*old, self.title, self.never, self.floor)), run_time=0.5)
            cue.until("both")
            self.row(2, 1.0)
            cue.until("alone")
            self.row(3)
            cue.until("verdict")
            self.play(Indicate(self.floor, color=CHANCE), Indicate(self.values[2], color=OUTSIDE), run_time=0.9)

    def curved(self) -> None:
        """A small network in place of the straight cut."""
        with self.say("probe.curved") as cue:
            cue.until("weak")
            self.play(*(self.bars[k].animate.set_fill(opacity=0.5) for k in (2, 3)), run_time=0.4)
            cue.until("network")
            self.row(4, 0.9)
            cue.until("folded")
            self.play(Indicate(self.values[4], color=OUTSIDE), run_time=0.9)
