"""Eighth scene: forty portraits pushed both ways, with chance beside them, and the ghost that beats the arrow."""

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
    Dot,
    FadeIn,
    FadeOut,
    Group,
    Indicate,
    LaggedStart,
    Line,
    Rectangle,
    VGroup,
)

from tapehead.analysis.results import Origin
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Words
from tapehead.scenes.stage.palette import FAINT, INK, SOFT
from tapehead.scenes.stage.planes import arrow
from tapehead.scenes.stage.portraits import Monitor, Portrait, Wall

from .method_parts import chance_of
from .roles import ALBUM, CHANCE, FREE, OUTSIDE, PATIENT, STRINGS, slip

FAMILIES = (
    ("bottleneck", "your loudest", PATIENT),
    ("isotropic", "random", CHANCE),
    ("same spectrum", "same ingredients", CHANCE),
)
GHOST = ("eigenfaces", "the album's ghosts", ALBUM)
WALL_COLUMNS = 10
FLOOR = -2.4
LARGER = 1.7
"""How much larger the arrows are while they are alone."""
BIN = 0.026
"""Width of a heap of dots, in units of the cosine."""


class Many(StageScene):
    """Portraits both ways, how many tip, how the arrows agree, and the control that wins."""

    def construct(self) -> None:
        found = self.result("found")
        self.families = found.quantity("flips").labels["family"]
        self.ten()
        self.fence()
        self.pointed()
        self.same()
        self.ghost()
        self.beaten()

    def wall(self, way: int) -> Wall:
        """All portraits, pushed one way (0), as they were (1) or pushed the other way (2)."""
        pictures = np.moveaxis(self.result("found")["picture"][:, way], 1, -1)
        return Wall(pictures, WALL_COLUMNS, 5.15).move_to([0, 0.95, 0])

    def ten(self) -> None:
        """All at once, pushed to and fro; those whose strings come or go are ringed."""
        found = self.result("found")
        start, there, back = self.wall(1), self.wall(0), self.wall(2)
        tips = np.flatnonzero(found["flipped"][self.families.index("bottleneck")])
        rings = VGroup(*(start.ring(int(n), STRINGS).set_stroke(STRINGS, 7) for n in tips))
        count = Words(
            "{x} of {n} tip",
            x=found.read("flips_count", family="bottleneck"),
            n=found.read("samples"),
            size=HEADING,
            color=STRINGS,
        ).move_to([0, -2.85, 0])
        self.tape.keep_clean(start, there, back, count)
        one = Portrait(np.moveaxis(found["picture"][0, 1], 0, -1), 5.6, colour=INK).move_to([0, 0.75, 0])
        self.tape.keep_clean(one)
        self.add(one)
        with self.say("many.ten") as cue:
            cue.until("ten")
            slip(self, found.read("flips", family="bottleneck"), of=(0, 100), over=2.0)
            self.play(FadeOut(one), FadeIn(start), run_time=0.7)
            cue.until("five")
            self.play(FadeIn(there), run_time=0.7)
            self.play(FadeIn(back), FadeOut(there), run_time=0.7)
            self.remove(start)
            cue.until("switches")
            self.play(LaggedStart(*(Create(ring) for ring in rings), lag_ratio=0.06), FadeIn(count), run_time=1.2)
        self.shown = Group(back, rings, count)

    def bar(self, family: str, name: str, colour: str, y: float) -> VGroup:
        """How many portraits tip, with the interval that luck leaves."""
        found = self.result("found")
        unit = 5.6 / 100
        label = Words(name, size=BODY, color=colour).move_to([-2.3, y, 0], aligned_edge=RIGHT)
        wide = unit * float(found.read("flips", family=family))
        made = Rectangle(width=max(0.05, wide), height=0.62, stroke_width=0).set_fill(colour, 1)
        made.move_to([-1.9, y, 0], aligned_edge=LEFT)
        low, high = (float(found.read(end, family=family)) for end in ("flips_low", "flips_high"))
        ends = [np.array([-1.9 + unit * x, y, 0]) for x in (low, high)]
        luck = VGroup(
            Line(*ends).set_stroke(INK, 4), *(Line(e + 0.16 * DOWN, e + 0.16 * UP).set_stroke(INK, 4) for e in ends)
        )
        number = Words("{x}", x=found.read("flips_count", family=family), size=HEADING, color=colour)
        number.move_to([4.35, y, 0])
        return VGroup(label, made, luck, number)

    def fence(self) -> None:
        """Counts by family with their intervals; then a ball on a ridge."""
        self.bars = VGroup(*(self.bar(*family, 2.5 - 1.05 * n) for n, family in enumerate(FAMILIES)))
        found = self.result("found")
        title = Words("tip, of {n}; lines: what luck leaves open", n=found.read("samples"), size=SMALL, color=SOFT)
        title.move_to([1.3, 3.35, 0])
        ridge = Arc(radius=1.6, start_angle=0.3, angle=np.pi - 0.6).set_stroke(SOFT, 6).move_to([0.8, -2.3, 0])
        ball = Circle(radius=0.24).set_fill(INK, 1).set_stroke(width=0).move_to(ridge.get_top() + 0.26 * UP)
        tests = VGroup(
            *(
                chance_of(found.read("flips_p", family=family)).move_to([4.95, 2.5 - 1.05 * n, 0], aligned_edge=LEFT)
                for n, (family, _, _) in enumerate(FAMILIES)
                if n
            )
        )
        self.tape.keep_clean(self.bars, title, tests)
        self.title, self.tests = title, tests
        with self.say("many.fence") as cue:
            ground = (FadeIn(ridge), FadeIn(ball))
            self.play(FadeOut(self.shown), run_time=0.25)  # first: the bars would come over the faces
            self.play(FadeIn(self.bars[0]), FadeIn(title), *ground, run_time=0.4)
            cue.until("random")
            self.play(FadeIn(self.bars[1]), FadeIn(tests[0]), run_time=0.5)
            cue.until("own")
            self.play(FadeIn(self.bars[2]), FadeIn(tests[1]), run_time=0.5)
            cue.until("fence")
            self.play(Indicate(ball, color=INK, scale_factor=1.4), run_time=0.5)
            cue.until("tip")
            self.play(ball.animate.shift([1.3, -0.7, 0]), run_time=0.6)
        self.clear_stage(run_time=0.4)

    def pointed(self) -> None:
        """The second machine looks at the two ends of a push and says which has strings: a label, from outside."""
        found = self.result("found")
        at = self.families.index("bottleneck")
        which = int(np.argmax(found["pick"][at]))
        ways = [Portrait(np.moveaxis(found["picture"][which, w], 0, -1), 4.4, colour=SOFT) for w in (0, 2)]
        pair = Group(*ways).arrange(RIGHT, buff=2.6).move_to([0, 0.6, 0])
        way = arrow(ways[0].get_right() + 0.2 * RIGHT, ways[1].get_left() + 0.2 * LEFT, PATIENT)
        tags = VGroup(
            Words("none", size=HEADING, color=FREE).next_to(ways[0], DOWN, buff=0.25),
            Words("strings", size=HEADING, color=STRINGS).next_to(ways[1], DOWN, buff=0.25),
        )
        help_ = Words("told from outside", size=BODY, color=OUTSIDE).move_to([0, 3.4, 0])
        self.tape.keep_clean(pair, tags, help_)
        with self.say("many.pointed") as cue:
            self.play(FadeIn(pair), run_time=0.5)
            cue.until("help")
            self.play(FadeIn(help_), run_time=0.5)
            cue.until("labels")
            self.play(FadeIn(tags), run_time=0.5)
            cue.until("way")
            self.play(FadeIn(way), run_time=0.5)
            cue.until("inside")
            self.play(FadeOut(tags), FadeOut(help_), run_time=0.5)
        self.clear_stage(run_time=0.4)

    def same(self) -> None:
        """Agreement of each arrow with the mean of the others, one dot a portrait, beside random ones."""
        found = self.result("found")
        unit = 5.2
        rows = (("bottleneck", "yours", PATIENT, 0.3), ("isotropic", "random", CHANCE, -1.9))
        floor = [np.array([x, 0, 0]) for x in (-5.2, 5.2)]
        lines, dots, means = VGroup(), [], VGroup()
        for family, name, colour, y in rows:
            lines.add(Line(*(p + y * UP for p in floor)).set_stroke(FAINT, 4))
            lines.add(Words(name, size=BODY, color=colour).move_to([-6.3, y, 0]))
            row = found["held_out"][self.families.index(family)]
            heap = VGroup()
            high: dict[int, int] = {}
            for x in row:
                step = round(float(x) / BIN)
                high[step] = high.get(step, 0) + 1
                spot = [unit * BIN * step, y + 0.14 * high[step], 0]
                heap.add(Dot(spot, radius=0.068, color=colour))
            dots.append(heap)
            at = unit * float(found.read("held_out_mean", family=family))
            means.add(Line([at, y - 0.35, 0], [at, y, 0]).set_stroke(INK, 7))
        mean = Words("mean", size=SMALL, color=INK).next_to(means[0], RIGHT, buff=0.15)
        ends = VGroup(
            Words("opposite", size=SMALL, color=SOFT).move_to([-5.2, -2.6, 0]),
            Words("no agreement", size=SMALL, color=SOFT).move_to([0, -2.6, 0]),
            Words("the same", size=SMALL, color=SOFT).move_to([5.2, -2.6, 0]),
        )
        nought = Line([0, -2.3, 0], [0, 2.4, 0]).set_stroke(FAINT, 3)
        turned = (0.1, 0.7, -0.5, 1.2, 0.4)
        turns = [arrow(np.zeros(3), 1.1 * np.array([np.cos(a), np.sin(a), 0]), PATIENT, 6) for a in turned]
        arrows = VGroup(*turns).arrange(RIGHT, buff=0.5).scale(LARGER).move_to([0, 0.3, 0])
        test = chance_of(found.read("held_out_p", family="isotropic")).move_to([4.6, 1.9, 0])
        self.tape.keep_clean(ends, lines, test, mean)
        with self.say("many.same") as cue:
            self.badge_for(Origin.ILLUSTRATION)
            self.play(FadeIn(arrows), run_time=0.5)
            cue.until("turn")
            self.play(*(each.animate.rotate(-0.6 * a) for each, a in zip(arrows, turned, strict=True)), run_time=1.2)
            cue.until("hold")
            self.play(arrows.animate.scale(1 / LARGER).move_to([0, 3.0, 0]), run_time=0.5)
            self.badge_for(found.origin, found.model)
            self.play(FadeIn(lines), FadeIn(nought), FadeIn(ends), run_time=0.4)
            cue.until("random")
            self.play(LaggedStart(*(FadeIn(d) for d in dots[1]), lag_ratio=0.05), FadeIn(means[1]), run_time=0.9)
            cue.until("yours")
            self.play(LaggedStart(*(FadeIn(d) for d in dots[0]), lag_ratio=0.05), FadeIn(means[0], mean), run_time=0.9)
            self.play(FadeIn(test), run_time=0.3)
        self.clear_stage(run_time=0.4)

    def ghost(self) -> None:
        """The patient asks."""
        found = self.result("found")
        monitor = Monitor(np.moveaxis(found["picture"][0, 1], 0, -1), 6.2).move_to([0, 0.3, 0])
        self.tape.keep_clean(monitor.screen)
        with self.say("many.ghost") as cue:
            self.play(FadeIn(monitor), monitor.lamp.animate.set_fill(PATIENT), run_time=0.5)
            self.play(monitor.animate.scale(1.04), run_time=max(0.3, cue.left))
        self.clear_stage(run_time=0.4)

    def beaten(self) -> None:
        """The fourth bar, which has seen the pictures; then the arrows become one."""
        found = self.result("found")
        fourth = self.bar(*GHOST, 2.5 - 1.05 * len(FAMILIES))
        test = chance_of(found.read("flips_p", family="eigenfaces"))
        test.move_to([4.95, 2.5 - 1.05 * len(FAMILIES), 0], aligned_edge=LEFT)
        under = Line([-5.9, FLOOR + 1.3, 0], [5.9, FLOOR + 1.3, 0]).set_stroke(ALBUM, 6)
        tail = np.array([-4.6, -1.0, 0])
        fan = VGroup(
            *(
                arrow(tail, tail + 8.0 * np.array([np.cos(a), np.sin(a), 0]), PATIENT, 6)
                for a in np.linspace(-0.2, 0.58, 9)
            )
        ).set_opacity(0.5)
        n = arrow(tail, tail + 8.0 * np.array([np.cos(0.2), np.sin(0.2), 0]), PATIENT, 12)
        name = Words("the average arrow", size=HEADING, color=PATIENT).move_to([0.6, -2.4, 0])
        self.tape.keep_clean(fourth, test, name, self.bars)
        with self.say("many.beaten") as cue:
            self.play(FadeIn(self.bars), FadeIn(self.title), FadeIn(self.tests), run_time=0.4)
            cue.until("ten")
            self.play(FadeIn(fourth), FadeIn(test), run_time=0.5)
            cue.until("write")
            self.play(Create(under), run_time=0.6)
            cue.until("average")
            gone = (self.bars, self.title, self.tests, fourth, test, under)
            self.play(*(FadeOut(part) for part in gone), run_time=0.25)  # counted: what is left is the arrows
            self.badge_for(Origin.ILLUSTRATION)
            self.play(FadeIn(fan), run_time=0.4)
            self.play(*(each.animate.put_start_and_end_on(n.get_start(), n.get_end()) for each in fan), run_time=0.8)
            self.play(FadeIn(n), FadeIn(name), run_time=0.4)
