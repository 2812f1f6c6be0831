"""Fifth scene: the arrow of the hair drags the eyes; the whole table of what drags what; two arrows that lean."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Arc,
    Create,
    FadeIn,
    FadeOut,
    Group,
    GrowFromEdge,
    Indicate,
    LaggedStart,
    Line,
    Rectangle,
    Rotate,
    VGroup,
)

from tapehead.analysis.diffusion.puppets.puppets import ATTRIBUTES
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.intervals import whisker
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Words
from tapehead.scenes.stage.palette import COOL, FAINT, GROUND, INK, SOFT, WARM, rgb
from tapehead.scenes.stage.planes import arrow

from .parts import AWAY, CHANCE, EYES, at, eyes_of, label, linger, upright

NAMES = tuple("curtain" if name == "background" else name for name in ATTRIBUTES)
CELL = (1.25, 0.5)


def shade(value: float, most: float) -> str:
    """Blue for less, orange for more, dark for nothing."""
    share = min(1.0, abs(value) / most)
    ground, end = np.array(rgb(GROUND)) + 0.06, np.array(rgb(WARM if value > 0 else COOL))
    mixed = np.clip(ground + share * (end - ground), 0, 1)
    return "#" + "".join(f"{round(255 * part):02X}" for part in mixed)


class Eyes(StageScene):
    """Strips of eyes, two bars, the table, the angle."""

    def construct(self) -> None:
        self.found = self.result("steered")
        self.look()
        self.drag()
        self.table()
        self.lean()
        self.further()

    def look(self) -> None:
        """Eyes of the same puppets, pushed back, untouched and pushed away, one under the other."""
        told = upright(at(self.found, "arm_picture", "arm", "told"))
        rows = (told[1], upright(self.found["before"]), told[0])
        self.strips = Group()
        for n, pictures in enumerate(rows):
            strip = Group(*(eyes_of(pictures[k], 1.5, SOFT) for k in range(3))).arrange(RIGHT, buff=0.25)
            self.strips.add(strip.move_to([1.3, 2.45 - 2.3 * n, 0]))
        names = VGroup(*(label(t, c) for t, c in (("redder", SOFT), ("untouched", INK), ("away", AWAY))))
        for name, strip in zip(names, self.strips, strict=True):
            name.next_to(strip, LEFT, buff=0.35)
        self.tape.keep_clean(names, self.strips)
        self.add(self.strips[1], names[1])
        with self.say("eyes.look") as cue:
            cue.until("eyes")
            self.play(self.strips[1].animate.scale(1.02), run_time=0.8)
        with self.say("eyes.touched") as cue:
            self.play(FadeIn(self.strips[2]), FadeIn(names[2]), run_time=0.6)
            cue.until("hair")
            self.play(FadeIn(self.strips[0]), FadeIn(names[0]), run_time=0.6)
            cue.until("anyway")
            self.play(self.strips[2].animate.scale(1.02), run_time=0.9)
        self.clear_stage(run_time=0.5)

    def drag(self) -> None:
        """What the push does to hair and to the eyes, in deviations, with intervals."""
        unit, zero = 3.0, np.array([-0.6, 0.0, 0.0])
        rows = VGroup()
        for n, (name, text, colour) in enumerate((("target", "hair", AWAY), ("drag", "eyes", EYES))):
            y = (1.6 - 2.3 * n) * UP
            value, low, high = (self.found.read(f"{name}_{end}", arm="told") for end in ("mean", "low", "high"))
            side = RIGHT if float(value) >= 0 else LEFT
            bar = Rectangle(width=max(0.04, unit * abs(float(value))), height=1.2, stroke_width=0).set_fill(colour, 1)
            bar.move_to(zero + y, aligned_edge=-side)
            first, last = (zero + y + unit * float(end) * RIGHT for end in (low, high))
            ends = whisker(first, last, INK, 6, 0.28)
            beyond = max(float(value) * side[0], float(low) * side[0], float(high) * side[0])
            told = Words("{x:.2f}", x=value, size=84, color=colour)
            told.move_to(zero + y + unit * beyond * side + 1.3 * side)
            names = label(text, colour, HEADING).move_to([-5.6, y[1], 0], aligned_edge=LEFT)
            rows.add(VGroup(bar, ends, told, names))
        floor = Line(zero + 2.6 * UP, zero + 1.7 * DOWN).set_stroke(FAINT, 6)
        note = label("moved, in deviations of the crowd", SOFT, BODY).move_to([0.3, -2.6, 0])
        self.tape.keep_clean(rows, note)
        with self.say("eyes.drag") as cue:
            self.play(FadeIn(floor), FadeIn(note), FadeIn(rows[0][3]), FadeIn(rows[1][3]), run_time=0.4)
            for mark, row in zip(("hair", "eyes"), rows, strict=True):
                cue.until(mark)
                edge = LEFT if row[0].get_center()[0] > zero[0] else RIGHT
                self.play(GrowFromEdge(row[0], edge), run_time=0.6)
                self.play(FadeIn(row[1]), FadeIn(row[2]), run_time=0.4)
        self.clear_stage(run_time=0.5)

    def table(self) -> None:
        """Rows are arrows, columns what moves; a cell is lit as far as it moves."""
        cross = self.found["cross"]
        most = float(np.abs(cross).max())
        corner = np.array([-4.45, 2.7, 0.0])
        cells, rows, heads = VGroup(), VGroup(), VGroup()
        for i in range(len(cross)):
            row = VGroup()
            for j in range(len(ATTRIBUTES)):
                cell = Rectangle(width=CELL[0] - 0.06, height=CELL[1] - 0.05, stroke_width=0)
                place = corner + (j + 0.5) * CELL[0] * RIGHT + (i + 0.5) * CELL[1] * DOWN
                if i == len(cross) - 1:
                    place = place + 0.2 * DOWN
                row.add(cell.set_fill(shade(float(cross[i, j]), most), 1).move_to(place))
            cells.add(row)
            text = NAMES[i] if i < len(NAMES) else "random"
            colour = {"hair": AWAY, "eyes": EYES, "random": CHANCE}.get(text, INK)
            rows.add(label(text, colour, SMALL).next_to(row, LEFT, buff=0.22))
        for j, text in enumerate(NAMES):
            colour = {"hair": AWAY, "eyes": EYES}.get(text, INK)
            heads.add(label(text, colour, SMALL).move_to(corner + (j + 0.5) * CELL[0] * RIGHT + 0.28 * UP))
        arrows = label("arrow", SOFT, SMALL).move_to([-5.2, 3.55, 0])
        moves = label("moves", SOFT, SMALL).move_to([1.2, 3.55, 0])
        hair, eyes = ATTRIBUTES.index("hair"), ATTRIBUTES.index("eyes")
        ring = Rectangle(width=CELL[0], height=CELL[1]).set_stroke(INK, 6).move_to(cells[hair][eyes])
        diagonal = VGroup(*(cells[k][k] for k in range(len(ATTRIBUTES))))
        clear = Words(
            "clearly moves: hair {a}, random {b}",
            a=self.found.read("clear", pushed="hair"),
            b=self.found.read("clear", pushed="random"),
            size=BODY,
            color=INK,
        ).move_to([0.7, -3.05, 0])
        self.tape.keep_clean(cells, rows, heads, arrows, moves, clear)
        with self.say("eyes.table") as cue:
            self.play(FadeIn(rows), FadeIn(arrows), run_time=0.5)
            self.play(LaggedStart(*(FadeIn(row) for row in cells), lag_ratio=0.12), run_time=1.6)
            cue.until("row")
            self.play(Indicate(rows, color=INK, scale_factor=1.04), run_time=0.8)
            cue.until("column")
            # Nobody reads twenty names at once: of the rows those stay that are spoken of.
            gone = [FadeOut(rows[n]) for n in range(len(cells) - 1) if n != hair]
            self.play(*gone, FadeIn(heads), FadeIn(moves), run_time=0.8)
            cue.until("tidy")
            self.play(*(one.animate.set_stroke(INK, 4) for one in diagonal), run_time=0.7)
            cue.until("eyes")
            self.play(*(one.animate.set_stroke(INK, 0) for one in diagonal), Create(ring), run_time=0.7)
        with self.say("eyes.clear") as cue:
            self.play(FadeOut(arrows), FadeOut(moves), FadeIn(clear), run_time=0.5)
            self.play(cells[hair].animate.set_stroke(AWAY, 4), run_time=1.2)
            cue.until("random")
            self.play(cells[-1].animate.set_stroke(CHANCE, 4), run_time=0.6)
            linger(self, cue.left, clear)
        self.clear_stage(run_time=0.5)

    def lean(self) -> None:
        """The two arrows at the angle that their cosine says."""
        cosine = float(self.found["overlap"])
        turned = float(np.arccos(np.clip(cosine, -1, 1)))
        foot, long = np.array([-2.4, -1.6, 0.0]), 4.4
        hair = arrow(foot, foot + long * UP, AWAY, 14)
        eyes = arrow(foot, foot + long * RIGHT, EYES, 14)
        end = foot + long * np.array([np.sin(turned), np.cos(turned), 0])
        bend = Arc(radius=1.1, start_angle=np.pi / 2 - turned, angle=turned, arc_center=foot).set_stroke(INK, 6)
        square = Arc(radius=1.1, start_angle=0.0, angle=np.pi / 2, arc_center=foot).set_stroke(FAINT, 4)
        level = Line(foot, foot + long * RIGHT).set_stroke(FAINT, 4)
        names = VGroup(
            label("hair", AWAY, HEADING).next_to(hair.get_end(), UP, buff=0.2),
            label("eyes", EYES, HEADING).next_to(foot + long * RIGHT, RIGHT, buff=0.25),
        )
        told = Words("cosine {x:.2f}", x=self.found.read("overlap"), size=84, color=INK).move_to([4.2, 1.6, 0])
        note = label("entangled", INK, HEADING).move_to([4.2, 0.5, 0])
        self.tape.keep_clean(names, told, note)
        with self.say("eyes.lean") as cue:
            # First as they would have to stand, then as they do.
            self.play(Create(hair), FadeIn(names[0]), FadeIn(level), run_time=0.7)
            self.play(Create(eyes), FadeIn(names[1]), FadeIn(square), run_time=0.7)
            cue.until("cosine")
            self.play(
                Rotate(eyes, np.pi / 2 - turned, about_point=foot),
                names[1].animate.shift(end - foot - long * RIGHT),
                Create(bend),
                run_time=0.9,
            )
            self.play(FadeIn(told), run_time=0.4)
            linger(self, cue.to("entangled"), told)
            self.play(FadeIn(note), run_time=0.5)
        self.clear_stage(run_time=0.5)

    def further(self) -> None:
        """One pair of eyes, as large as the screen allows."""
        picture = upright(at(self.found, "arm_picture", "arm", "told"))[0][0]
        strip = eyes_of(picture, 4.6, SOFT).move_to([0, 0.4, 0])
        self.tape.keep_clean(strip)
        with self.say("eyes.further"):
            self.play(FadeIn(strip), run_time=0.8)
            self.play(strip.animate.scale(1.03), run_time=1.2)
