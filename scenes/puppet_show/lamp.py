"""Fourth scene: pushes that can be made, as long as each other, and how far each of them moves the mind."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Arc,
    Circle,
    FadeIn,
    FadeOut,
    Group,
    LaggedStart,
    Line,
    Polygon,
    Rectangle,
    Rotate,
    VGroup,
    there_and_back,
)

from tapehead.analysis.results import Origin, Reading
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, Formula, Words
from tapehead.scenes.stage.palette import FAINT, INK, PANEL, SOFT
from tapehead.scenes.stage.planes import arrow
from tapehead.scenes.stage.portraits import Monitor, Portrait

from .roles import ALBUM, CHANCE, PATIENT

HUB = np.array([3.3, -1.7, 0.0])
RADIUS = 3.45
STRIPES = 3
"""Columns that are framed."""
OPEN, SHUT = 0.93 * np.pi, 0.07 * np.pi
"""Angles of the needle at nothing and at the end of the dial."""


def as_picture(push: np.ndarray) -> np.ndarray:
    """The first three of four latent channels as colours, grey where nothing is pushed.

    Full colour is what one number in fifty exceeds: by the largest of all, most of a push would be grey.
    """
    shown: np.ndarray = 0.5 + 0.5 * np.clip(push[:3] / np.quantile(np.abs(push[:3]), 0.98), -1, 1)
    return shown


def upright(push: np.ndarray, count: int) -> list[int]:
    """The columns of a push (channel, row, column) whose numbers agree most with those below them."""
    agree = (push[:, 1:] * push[:, :-1]).sum((0, 1))
    return [int(column) for column in np.argsort(agree)[::-1][:count]]


class Lamp(StageScene):
    """A lamp, a wall and a needle: chance, chance, and the loud one; its controls; and the table of all answers."""

    now: float
    """The angle at which the needle stands."""
    needle: Line

    def construct(self) -> None:
        self.most = 1.12 * float(self.result("nudges")["heard"][0])
        self.test()
        self.when()
        self.random()
        self.loud()
        self.asked()
        self.grain()
        self.stern()
        self.deaf()
        self.jacobian()

    # -- the dial ----------------------------------------------------------------------------------

    def angle(self, value: float) -> float:
        """Where the needle stands for a loudness."""
        return OPEN + (SHUT - OPEN) * min(1.0, value / self.most)

    def on_dial(self, value: float, radius: float) -> np.ndarray:
        """A point of the dial."""
        a = self.angle(value)
        point: np.ndarray = HUB + radius * np.array([np.cos(a), np.sin(a), 0.0])
        return point

    def tick(self, value: float, colour: str, width: float = 5) -> Line:
        """A mark that a push leaves on the dial."""
        return Line(self.on_dial(value, RADIUS - 0.1), self.on_dial(value, RADIUS + 0.35)).set_stroke(colour, width)

    def swing(self, value: float, run_time: float) -> None:
        """The needle goes to a value."""
        turn = self.angle(value) - self.now
        self.now = self.angle(value)
        self.play(Rotate(self.needle, turn, about_point=HUB), run_time=run_time)

    def number(self, reading: Reading, colour: str, spec: str) -> Words:
        """What the needle says, large, in the hub."""
        form = {".1f": "{x:.1f}", ".0f": "{x:.0f}"}[spec]
        return Words(form, x=reading, size=1.2 * HUGE, color=colour, bold=True).move_to(HUB + 0.95 * DOWN)

    def picture(self, name: str, colour: str) -> Portrait:
        """A push, seen as colours."""
        made = Portrait(as_picture(self.result("nudges")[name]), 4.2, colour=colour, smooth=False)
        return made.move_to([-3.8, 0.5, 0])

    # -- lines -------------------------------------------------------------------------------------

    def test(self) -> None:
        """Lamp, wall, picture; the mind as a needle at the right."""
        wall = Portrait(self.result("nudges")["shown"], 4.2, colour=SOFT).move_to([-3.8, 0.2, 0])
        shade = Polygon([-7.0, 3.0, 0], [-6.0, 3.0, 0], [-6.25, 3.6, 0], [-6.75, 3.6, 0]).set_fill(SOFT, 1)
        cord = Line([-6.5, 4.0, 0], [-6.5, 3.6, 0]).set_stroke(SOFT, 4)
        beam = Polygon([-7.0, 3.0, 0], [-6.0, 3.0, 0], wall.get_corner(UP + RIGHT), wall.get_corner(DOWN + LEFT))
        beam.set_fill(INK, 0.12).set_stroke(width=0)
        dial = Arc(radius=RADIUS, start_angle=SHUT, angle=OPEN - SHUT, arc_center=HUB).set_stroke(FAINT, 6)
        self.now = self.angle(0.0)
        tip = HUB + (RADIUS - 0.4) * np.array([np.cos(self.now), np.sin(self.now), 0.0])
        self.needle = Line(HUB, tip).set_stroke(PATIENT, 9)
        pin = Circle(radius=0.16).set_fill(PATIENT, 1).set_stroke(width=0).move_to(HUB)
        mind = Words("how far your mind moves", size=SMALL, color=SOFT).move_to(HUB + (RADIUS + 0.7) * UP)
        self.wall, self.dial, self.mind = wall, VGroup(dial, pin), mind
        self.light = VGroup(shade.set_stroke(width=0), cord)
        self.tape.keep_clean(mind)
        self.add(self.light, self.dial, self.needle, mind)
        with self.say("lamp.test") as cue:
            cue.until("lamp")
            self.play(shade.animate.set_fill(INK), FadeIn(beam), run_time=0.6)
            cue.until("picture")
            self.play(FadeIn(wall), run_time=0.6)
            cue.until("push")
            nudge = arrow(wall.get_left() + 1.0 * LEFT, wall.get_left() + 0.05 * LEFT, INK)
            self.play(FadeIn(nudge), wall.animate.shift(0.15 * RIGHT), run_time=0.6)
            cue.until("mind")
            self.swing(0.18 * self.most, 0.5)
            self.swing(0.0, 0.5)
            self.play(FadeOut(nudge), run_time=0.2)
        self.beam = beam

    def when(self) -> None:
        """Nearly pure noise hangs there, and nobody has asked for anything."""
        level = Words("noise level {t}", t=self.result("nudges").read("t"), size=BODY, color=SOFT)
        level.move_to([-3.8, -2.35, 0])
        prompt = Words("prompt: none", size=BODY, color=SOFT).next_to(level, DOWN, buff=0.25)
        self.tape.keep_clean(level, prompt)
        with self.say("lamp.when") as cue:
            cue.until("early")
            self.play(FadeIn(level), run_time=0.5)
            cue.until("prompt")
            self.play(FadeIn(prompt), run_time=0.5)
            cue.until("nothing")
            self.play(self.wall.animate.scale(1.05), self.beam.animate.set_fill(INK, 0.2), run_time=0.8)
        self.under = VGroup(level, prompt)

    def random(self) -> None:
        """Chance, chance again, and sixty-two more ticks beside them."""
        found = self.result("nudges")
        push = self.picture("random_nudge", CHANCE)
        draws = found["heard_isotropic"]
        one, two = (self.number(found.read("heard_isotropic", draw=n), CHANCE, ".1f") for n in range(2))
        self.chance = VGroup(*(self.tick(float(x), CHANCE, 3) for x in draws))
        count = Words("{n} random pushes", n=found.read("draws"), size=BODY, color=CHANCE).move_to([-3.8, -2.35, 0])
        self.tape.keep_clean(one, two, count)
        with self.say("lamp.random") as cue:
            cue.until("any")
            gone = (self.wall, self.light, self.beam, self.under)
            self.play(*(FadeOut(part) for part in gone), FadeIn(push), run_time=0.5)
            cue.until("first")
            self.swing(float(draws[0]), 0.45)
            self.play(FadeIn(one), FadeIn(self.chance[0]), run_time=0.3)
            cue.until("another")
            self.play(FadeOut(one), push.animate.rotate(np.pi / 2), run_time=0.4)
            self.swing(float(draws[1]), 0.4)
            self.play(FadeIn(two), FadeIn(self.chance[1]), run_time=0.3)
            cue.until("many")
            self.play(LaggedStart(*(FadeIn(t) for t in self.chance[2:]), lag_ratio=0.05), FadeIn(count), run_time=1.4)
            self.remove(*self.chance)
            self.add(self.chance)  # as one group: the ticks were put up one by one
            cue.until("none")
            self.swing(float(draws.max()), 0.4)
        self.count, self.push, self.said = count, push, two

    def loud(self) -> None:
        """One push, as long as all the others, and the needle goes to the other end."""
        found = self.result("nudges")
        loud = self.picture("loudest", PATIENT)
        value = self.number(found.read("heard", kind="loudest"), PATIENT, ".0f")
        times = Words("{x:.0f} times chance", x=found.read("heard_ratio"), size=HEADING, color=PATIENT)
        times.move_to([-3.8, -2.4, 0])
        self.tape.keep_clean(value, times)
        with self.say("lamp.loud") as cue:
            cue.until("this")
            self.play(FadeOut(self.push), FadeOut(self.count), FadeOut(self.said), FadeIn(loud), run_time=0.5)
            cue.until("moves")
            self.swing(float(found["heard"][0]), max(0.4, min(1.2, cue.to("times") - 0.4)))
            self.best = self.tick(float(found["heard"][0]), PATIENT, 8)
            self.play(FadeIn(value, scale=1.2), FadeIn(self.best), run_time=0.3)
            cue.until("times")
            self.play(FadeIn(times), run_time=0.4)
        self.push, self.said, self.times = loud, value, times

    def asked(self) -> None:
        """The patient looks at what it hears."""
        with self.say("lamp.asked") as cue:
            self.play(self.push.animate.scale(1.12), FadeOut(self.times), run_time=max(0.4, cue.left))

    def grain(self) -> None:
        """The loud push beside the static of a random one: stripes against none, as neighbouring numbers agree."""
        other = self.picture("random_nudge", CHANCE)
        names = VGroup(
            *(
                VGroup(
                    Words(name, size=SMALL, color=colour),
                    Words(
                        "beside {x:.2f}, below {y:.2f}",
                        x=self.result("grain").read("agrees", push=push, way="beside"),
                        y=self.result("grain").read("agrees", push=push, way="below"),
                        size=SMALL,
                        color=colour,
                    ),
                ).arrange(DOWN, buff=0.16)
                for name, push, colour in (("loudest", "loudest", PATIENT), ("static", "random", CHANCE))
            )
        )
        note = Words("how far neighbouring numbers agree", size=SMALL, color=SOFT).move_to([2.6, -3.45, 0])
        self.tape.keep_clean(names, note)
        stage = [self.dial, self.needle, self.mind, self.said, self.chance, self.best]
        with self.say("lamp.grain") as cue:
            self.play(
                *(FadeOut(part) for part in stage),
                self.push.animate.scale(5.0 / self.push.height).move_to([0, 0.7, 0]),
                run_time=0.6,
            )
            other.scale(5.0 / other.height).move_to([3.4, 0.7, 0])
            names[0].next_to(self.push, DOWN, buff=0.2)
            names[1].next_to(other, DOWN, buff=0.2)
            room = Group(self.push, names[0])  # alone in the middle, until there is something to hold it against
            cue.until("nothing")
            self.play(FadeIn(names[0]), FadeIn(note), run_time=0.3)
            stripes = self.stripes()
            self.play(LaggedStart(*(FadeIn(s, shift=0.3 * DOWN) for s in stripes), lag_ratio=0.4), run_time=1.2)
            cue.until("loud")
            self.play(FadeOut(stripes), run_time=0.3)
            self.play(self.push.animate(rate_func=there_and_back).scale(1.06), run_time=1.2)
            self.hold(max(0.1, cue.to("fine") - 0.5))
            self.play(room.animate.shift(3.4 * LEFT), run_time=0.5)
            cue.until("fine")
            self.play(FadeIn(other), FadeIn(names[1]), run_time=0.5)
        self.pair = Group(other, names, note)
        self.stage = stage

    def stripes(self) -> VGroup:
        """Frames around the columns in which the push is striped most."""
        push, image = self.result("nudges")["loudest"], self.push.image
        wide, left = image.width / push.shape[-1], float(image.get_left()[0])
        frame = Rectangle(width=wide, height=image.height).set_stroke(INK, 6)
        return VGroup(
            *(
                frame.copy().move_to([left + (at + 0.5) * wide, image.get_y(), 0])
                for at in sorted(upright(push, STRIPES))
            )
        )

    def stern(self) -> None:
        """The same needle for random mixtures with the same stripes, and for the album's ghosts."""
        found, grain = self.result("nudges"), self.result("grain")
        same = VGroup(*(self.tick(float(x), INK, 3) for x in grain["heard"]))
        ghost = self.tick(float(found.read("heard_high", kind="eigenface")), ALBUM, 9)
        rows = VGroup(
            Words("chance", size=BODY, color=CHANCE),
            Words("same stripes", size=BODY, color=INK),
            Words("best ghost of the album", size=BODY, color=ALBUM),
            Words("loudest", size=BODY, color=PATIENT),
        ).arrange(DOWN, buff=0.5, aligned_edge=LEFT)
        rows.move_to([-4.5, 0.4, 0])
        kinds = (
            (found.read("heard", kind="isotropic"), "1", CHANCE),
            (grain.read("heard_mean"), "1", INK),
            (found.read("heard_high", kind="eigenface"), "0", ALBUM),
            (found.read("heard", kind="loudest"), "0", PATIENT),
        )
        values = VGroup(
            *(Words("{x:." + places + "f}", x=reading, size=HEADING, color=colour) for reading, places, colour in kinds)
        )
        for row, number in zip(rows, values, strict=True):
            number.move_to([-1.3, row.get_y(), 0], aligned_edge=RIGHT)
        value = self.number(grain.read("heard_mean"), INK, ".1f")
        best = self.number(found.read("heard_high", kind="eigenface"), ALBUM, ".0f")
        self.tape.keep_clean(rows, values, value, best)
        with self.say("lamp.stern") as cue:
            back = [m for m in self.stage if m is not self.said]
            self.play(FadeOut(self.pair), FadeOut(self.push), run_time=0.2)
            self.play(*(FadeIn(m) for m in back), *(FadeIn(VGroup(rows[n], values[n])) for n in (0, 3)), run_time=0.3)
            cue.until("mix")
            self.play(LaggedStart(*(FadeIn(t) for t in same), lag_ratio=0.03), FadeIn(rows[1]), run_time=0.8)
            self.swing(float(grain.read("heard_mean")), 0.5)
            self.play(FadeIn(value), FadeIn(values[1]), run_time=0.2)
            cue.until("ghost")
            self.play(FadeOut(value), FadeIn(rows[2]), run_time=0.3)
            self.swing(float(found.read("heard_high", kind="eigenface")), 0.7)
            self.play(FadeIn(ghost), FadeIn(best), FadeIn(values[2]), run_time=0.3)
            cue.until("better")
            self.play(FadeOut(best), run_time=0.2)
            self.swing(float(found["heard"][0]), 0.7)
        self.clear_stage(run_time=0.4)

    def deaf(self) -> None:
        """The patient, lit for a moment."""
        monitor = Monitor(self.result("nudges")["shown"], 6.0).move_to([0, 0.3, 0])
        monitor.case[1].set_fill(PANEL, 1)
        with self.say("lamp.deaf") as cue:
            self.play(FadeIn(monitor), monitor.lamp.animate.set_fill(PATIENT), run_time=0.5)
            cue.until("find")
            self.play(monitor.animate.scale(1.06), run_time=max(0.3, cue.left))
        self.clear_stage(run_time=0.4)

    def jacobian(self) -> None:
        """All answers as one table, as a drawing."""
        self.badge_for(Origin.ILLUSTRATION)
        found = self.result("nudges")
        columns, rows = 32, 18
        cells = [
            [
                Rectangle(width=0.24, height=0.24, stroke_width=0).set_fill(INK, 0.1 + 0.5 * self.rng.random())
                for _ in range(rows)
            ]
            for _ in range(columns)
        ]
        grid = VGroup(*(VGroup(*cell).arrange(DOWN, buff=0.04) for cell in cells)).arrange(RIGHT, buff=0.04)
        grid.move_to([0.6, 0.1, 0])
        top = Words("{n} columns: the picture", n=found.read("dimensions"), size=SMALL).next_to(grid, UP, buff=0.25)
        side = Words("{n} rows:\nthe mind", n=found.read("h_dimensions"), size=SMALL, align="right")
        side.next_to(grid, LEFT, buff=0.25)
        letter = Formula("J", size=1.6 * HUGE, color=PATIENT).next_to(grid, RIGHT, buff=0.35)
        note = Words("a drawing of the table", size=SMALL, color=SOFT).next_to(grid, DOWN, buff=0.2)
        page = Rectangle(width=grid.width + 0.16, height=grid.height + 0.16).set_stroke(SOFT, 3).move_to(grid)
        self.tape.keep_clean(top, side, letter, note)
        with self.say("lamp.jacobian") as cue:
            self.play(FadeIn(page), run_time=0.3)  # still nothing written on it
            cue.until("write")
            step = max(0.05, cue.to("columns") / 8)
            for n in range(0, columns, 4):
                self.play(FadeIn(grid[n : n + 4]), run_time=step)
            self.play(FadeIn(top), FadeIn(note), run_time=0.4)
            cue.until("rows")
            self.play(FadeIn(side), run_time=0.4)
            cue.until("jacobian")
            self.play(FadeIn(letter), run_time=0.5)
            cue.until("noticed")
            self.play(grid[11].animate.set_fill(PATIENT, 1), run_time=0.5)
