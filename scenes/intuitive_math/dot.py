"""Second chapter: one rate, two rates, a sign turned; the dot product as a shadow and as columns; a square closes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Circle,
    Create,
    DashedLine,
    FadeIn,
    FadeOut,
    GrowArrow,
    GrowFromEdge,
    LaggedStart,
    Line,
    Transform,
    TransformFromCopy,
    ValueTracker,
    VGroup,
    VMobject,
    always_redraw,
)

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Reading
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, TITLE, Words
from tapehead.scenes.stage.matrices import MatrixEquation, box_of, frame_round
from tapehead.scenes.stage.meters import Readout
from tapehead.scenes.stage.palette import FAINT, HIGHLIGHT, INK, PANEL, SOFT
from tapehead.scenes.stage.planes import Plane
from tapehead.scenes.stage.rulers import Ruler, RulerLook, laid
from tapehead.scenes.stage.squares import CommutingSquare

from .pictures import CATTY, RATTY, SIZE, SNOUT, WRONG, animal, matrix_of, page, pair, point_at, pulse

CAT_AT = np.array([-4.95, 0.4, 0.0])
NUMBERS = RulerLook(line=7, below=0.3, stroke=4, size=HEADING, colour=INK, gap=0.5, title=BODY, italic=True)


class DotProduct(StageScene):
    """Ten lines."""

    def construct(self) -> None:
        self.basis, self.dots = self.result("basis"), self.result("dots")
        self.badge_for(self.dots.origin)
        self.ruler()
        self.rates()
        self.cat_sum()
        self.name()
        self.slip()
        self.shadow()
        self.angle()
        self.columns()
        self.square()
        self.loud()

    # -- rates -------------------------------------------------------------------------------------

    def ruler(self) -> None:
        """Metres above, feet below; a bar of one metre drops and is that many feet."""
        found = self.result("ruler")
        unit = 3.4
        metres = Ruler(
            "metres",
            SOFT,
            np.array([-5.9, 1.5, 0.0]),
            unit,
            (0, 3),
            {n: found.read("tick", tick=str(n)) for n in range(4)},
            look=NUMBERS,
            reach=(0.2, 2.2),
        )
        feet = Ruler(
            "feet",
            HIGHLIGHT,
            np.array([-5.9, -2.0, 0.0]),
            unit / float(found.read("feet_per_metre")),
            (0, 6),
            {n: found.read("tick", tick=str(n)) for n in range(7)},
            look=NUMBERS,
            reach=(0.2, 6.2),
        )
        bar = laid(metres.at(0), unit, SOFT, UP, 0.5)
        lines = VGroup(
            *(DashedLine(metres.at(n) + 1.15 * DOWN, [metres.at(n)[0], -1.35, 0]).set_stroke(SOFT, 3) for n in (0, 1))
        )
        rate = Words("× {x:.2f}", x=found.read("feet_per_metre"), size=1.2 * HUGE, color=INK)
        rate.move_to([1.9, -0.15, 0])
        with self.say("dot.ruler") as cue:
            self.play(FadeIn(metres), run_time=0.7)
            cue.until("ruler")
            self.play(GrowFromEdge(bar, LEFT), run_time=0.6)
            cue.until("metre")
            self.play(FadeIn(feet), Create(lines), run_time=0.8)
            twin = bar.copy()
            self.add(twin)
            self.play(twin.animate.shift((feet.at(0) - metres.at(0))[1] * UP).set_fill(HIGHLIGHT), run_time=0.9)
            cue.until("multiply")
            self.sound("tick")
            self.play(FadeIn(rate, scale=0.8), run_time=0.6)
            more = VGroup(*(laid(metres.at(n), unit, SOFT, UP, 0.5) for n in (1, 2)))
            self.play(LaggedStart(*(GrowFromEdge(each, LEFT) for each in more), lag_ratio=0.6), run_time=1.2)
            self.play(
                *(
                    TransformFromCopy(each, laid(feet.at(0) + n * unit * RIGHT, unit, HIGHLIGHT, UP, 0.5))
                    for n, each in enumerate(more, 1)
                ),
                run_time=0.9,
            )
        self.clear_stage(run_time=0.5)

    def rates(self) -> None:
        """Two wires into one disc, each with its rate."""
        self.cat = animal(self.dots["x"][0], 2.0).move_to(CAT_AT)
        spots = {"snout": np.array([-1.5, 2.0, 0]), "body": np.array([-1.5, -1.3, 0]), "sum": np.array([4.6, 0.4, 0])}
        self.discs = VGroup(
            disc(spots["snout"], "snout", SNOUT),
            disc(spots["body"], "body", SIZE),
            disc(spots["sum"], "cat-like", CATTY),
        )
        rates = self.dots.row("row", along="side")
        self.wires = VGroup(
            *(
                Line(spots[name], spots["sum"], buff=1.05).set_stroke(colour, 8)
                for name, colour in (("snout", SNOUT), ("body", SIZE))
            )
        )
        self.rate_names = VGroup(
            *(
                Words("× {x}", x=rate, size=TITLE, color=colour).move_to(wire.get_center() + lift)
                for rate, colour, wire, lift in zip(
                    rates, (SNOUT, SIZE), self.wires, (0.75 * UP, 0.75 * DOWN), strict=True
                )
            )
        )
        plus = Words("+", size=HUGE, color=INK).move_to([2.55, 0.4, 0])
        with self.say("dot.rates") as cue:
            self.play(FadeIn(self.cat), FadeIn(self.discs[:2]), run_time=0.6)
            cue.until("rates")
            self.play(FadeIn(self.discs[2]), *(Create(wire) for wire in self.wires), run_time=0.9)
            cue.until("snout")
            self.play(FadeIn(self.rate_names[0], shift=0.3 * RIGHT), pulse(self.cat.snout, 1.4), run_time=0.7)
            cue.until("body")
            self.play(FadeIn(self.rate_names[1], shift=0.3 * RIGHT), pulse(self.cat.belly, 1.1), run_time=0.7)
            cue.until("add")
            self.play(FadeIn(plus, scale=0.5), run_time=0.5)
            self.play(pulse(self.discs[2], 1.1), run_time=0.9)
        self.plus = plus

    def cat_sum(self) -> None:
        """The two terms travel along the wires and meet; then the rat's."""
        terms = VGroup(
            *(
                Words("{x}", x=x, size=TITLE, color=colour).move_to(at)
                for x, colour, at in zip(
                    self.dots.row("term", along="side", point="cat"),
                    (SNOUT, SIZE),
                    ([1.2, 2.55, 0], [1.2, -1.75, 0]),
                    strict=True,
                )
            )
        )
        total = Words("{x}", x=self.dots.read("dot", point="cat"), size=1.2 * HUGE, color=CATTY).move_to([4.6, -1.7, 0])
        rat = animal(self.dots["x"][1], 2.0).move_to(CAT_AT)
        other = VGroup(
            *(
                Words("{x}", x=x, size=TITLE, color=colour).move_to(at)
                for x, colour, at in zip(
                    self.dots.row("term", along="side", point="rat"), (SNOUT, SIZE), terms, strict=True
                )
            )
        )
        less = Words("{x}", x=self.dots.read("dot", point="rat"), size=1.2 * HUGE, color=CATTY).move_to(total)
        with self.say("dot.cat") as cue:
            self.play(pulse(self.cat, 1.06), run_time=0.8)
            cue.until("snout")
            self.play(FadeOut(self.rate_names[0]), FadeIn(terms[0], shift=0.4 * RIGHT), run_time=0.6)
            cue.until("body")
            self.play(FadeOut(self.rate_names[1]), FadeIn(terms[1], shift=0.4 * RIGHT), run_time=0.6)
            cue.until("sum")
            self.sound("chime")
            self.play(FadeIn(total, scale=0.6), *(pulse(t, 1.1) for t in terms), run_time=0.9)
            cue.until("rat")
            self.play(Transform(self.cat, rat), FadeOut(terms), FadeIn(other), run_time=0.9)
            self.play(FadeOut(total), FadeIn(less), run_time=0.6)
        self.clear_stage(run_time=0.5)

    def name(self) -> None:
        """The same as a row times a column."""
        row = box_of([self.dots.row("row", along="side")], [(SNOUT, SIZE)], HUGE, wide=1.1)
        measures = box_of([[x] for x in self.dots.row("x", along="side", point="cat")], [[SNOUT], [SIZE]], HUGE)
        answer = Words("{x}", x=self.dots.read("dot", point="cat"), size=1.2 * HUGE, color=CATTY)
        equation = MatrixEquation(row, measures, answer, HUGE, buff=0.2).move_to([0, 0.25, 0])
        frame = frame_round(equation, 0.35)
        tags = VGroup(
            Words("a row", size=HEADING, color=SOFT).next_to(frame, DOWN, buff=0.3).set_x(row.get_x()),
            Words("a column", size=HEADING, color=SOFT).next_to(frame, DOWN, buff=0.3).set_x(measures.get_x()),
            Words("dot product", size=HUGE, color=HIGHLIGHT).next_to(frame, UP, buff=0.35),
        )
        with self.say("dot.name") as cue:
            cue.until("row")
            self.play(FadeIn(row), FadeIn(tags[0]), run_time=0.6)
            cue.until("column")
            self.play(FadeIn(measures), FadeIn(tags[1]), run_time=0.6)
            self.play(pulse(row.rows, 1.1), pulse(measures.rows, 1.1), run_time=0.9)
            self.play(FadeIn(equation.equals), FadeIn(answer), run_time=0.5)
            cue.until("product")
            self.play(FadeIn(tags[2], shift=0.2 * DOWN), Create(frame), run_time=0.8)
            cue.until("neuron")
            corners = ([3.0, -3.0, 0], [5.0, -3.0, 0], [6.6, -1.9, 0])
            bend = VMobject().set_points_as_corners([np.array(corner) for corner in corners]).set_stroke(WRONG, 9)
            self.play(FadeOut(tags[:2]), Create(bend), run_time=0.9)
        self.clear_stage(run_time=0.5)

    def slip(self) -> None:
        """Two rows, and what one turned sign does to the cat."""
        good, bad = (self.equation(name) for name in ("rates", "slip"))
        heads = VGroup(
            Words("cat-like", size=BODY, color=CATTY).next_to(good.left.rows[0], LEFT, buff=0.75),
            Words("rat-like", size=BODY, color=RATTY).next_to(good.left.rows[1], LEFT, buff=0.75),
        )
        heads.arrange(DOWN, buff=0.75, aligned_edge=RIGHT).next_to(good, LEFT, buff=0.4)
        ring = frame_round(good.left.rows[1][1], 0.2, WRONG)
        cat = animal(self.basis["x"][0], 2.1).move_to([0.6, -1.9, 0])
        rat = animal(self.basis["x"][1], 2.1).move_to(cat)
        with self.say("dot.slip") as cue:
            self.play(FadeIn(good.left.rows[0]), FadeIn(good.left.bracket), FadeIn(heads[0]), run_time=0.5)
            cue.until("second")
            self.play(FadeIn(good.left.rows[1], shift=0.2 * UP), FadeIn(heads[1]), run_time=0.6)
            self.play(FadeIn(good.right), FadeIn(good.equals), FadeIn(good.answer), FadeIn(cat), run_time=0.8)
            cue.until("signs")
            self.play(Create(ring), run_time=0.7)
            cue.until("label")
            self.play(pulse(ring, 1.3), run_time=0.9)
            cue.until("turn")
            self.sound("tick")
            self.play(FadeOut(good.left.rows[1][1], shift=0.3 * UP), FadeIn(bad.left.rows[1][1]), run_time=0.7)
            self.play(FadeOut(good.answer.rows), FadeIn(bad.answer.rows), run_time=0.7)
            cue.until("more")
            worst = frame_round(bad.answer.rows[1], 0.18, WRONG)
            self.play(Create(worst), Transform(cat, rat), run_time=1.0)
        self.clear_stage(run_time=0.5)

    def equation(self, matrix: str) -> MatrixEquation:
        """The matrix times the cat."""
        size = TITLE
        found = [[x] for x in self.basis.row("translated", along="side", matrix=matrix, point="cat")]
        made = MatrixEquation(
            matrix_of(self.basis, matrix, size),
            box_of([[x] for x in self.basis.row("x", along="side", point="cat")], [[SNOUT], [SIZE]], size),
            box_of(found, [[CATTY], [RATTY]], size, wide=1.7),
            size,
        )
        return made.move_to([1.2, 1.5, 0])

    # -- shadow ------------------------------------------------------------------------------------

    def shadow(self) -> None:
        """The cat's shadow on the row's arrow, and two lengths."""
        self.plane = page((-2.9, -2.0), 1.55, (-2.5, 2.6), (-0.6, 3.2))
        line, cat, foot = self.dots["line"], self.dots["x"][0], self.dots["foot"][0]
        self.rail = Line(self.plane.at(1.15 * line[0]), self.plane.at(1.1 * line[1])).set_stroke(CATTY, 3, 0.5)
        self.row = self.plane.arrow((0, 0), self.dots["row"], CATTY, 9)
        tag = Words("the row", size=SMALL, color=CATTY).next_to(self.row.get_end(), RIGHT, buff=0.2).shift(0.15 * UP)
        self.beast = animal(cat, 1.15).move_to(self.plane.at(cat) + 0.95 * RIGHT + 0.25 * UP)
        dot = point_at(self.plane.at(cat), INK)
        drop = DashedLine(self.plane.at(cat), self.plane.at(foot), dash_length=0.14).set_stroke(HIGHLIGHT, 5)
        cast = Line(self.plane.at((0, 0)), self.plane.at(foot)).set_stroke(HIGHLIGHT, 14)
        along = foot / np.linalg.norm(foot)
        corner = self.plane.right_angle(foot, -along, np.array([along[1], -along[0]]), 0.17)
        lengths = VGroup(
            Words("shadow {x:.2f}", x=self.dots.read("shadow", point="cat"), size=HEADING, color=HIGHLIGHT),
            Words("× row {x:.1f}", x=self.dots.read("row_length"), size=HEADING, color=CATTY),
            Words("= {x}", x=self.dots.read("dot", point="cat"), size=HUGE, color=INK),
        )
        lengths.arrange(DOWN, buff=0.55, aligned_edge=LEFT).move_to([4.9, 0.4, 0])
        with self.say("dot.shadow") as cue:
            self.play(FadeIn(self.plane), FadeIn(self.beast), FadeIn(dot), run_time=0.6)
            cue.until("row")
            self.play(GrowArrow(self.row), FadeIn(tag), FadeIn(self.rail), run_time=0.8)
            cue.until("drop")
            self.play(Create(drop), run_time=0.6)
            self.play(Create(cast), FadeIn(corner), run_time=0.6)
            cue.until("shadow")
            self.play(FadeIn(lengths[0]), pulse(cast, 1.1), run_time=0.7)
            cue.until("length")
            self.play(FadeIn(lengths[1]), pulse(self.row, 1.05), run_time=0.7)
            cue.until("again")
            self.sound("chime")
            self.play(FadeIn(lengths[2], scale=0.7), run_time=0.6)
        self.play(*(FadeOut(m) for m in (lengths, drop, cast, corner, tag, self.beast, dot)), run_time=0.5)

    def angle(self) -> None:
        """An animal walks round zero; beside it, its dot product with the row draws a wave."""
        long, start = float(self.dots.read("length", point="cat")), float(self.dots.read("angle", point="cat"))
        row = np.degrees(np.arctan2(*self.dots["row"][::-1]))
        places, values = self.dots["turn"], self.dots["dot_turned"][0]
        at = ValueTracker(-start)  # along the row
        small = page((-3.6, 0.15), 1.25, (-2.4, 2.4), (-2.4, 2.4))
        rail = Line(small.at(-0.78 * self.dots["row"]), small.at(0.82 * self.dots["row"])).set_stroke(CATTY, 3, 0.5)
        arrow_ = small.arrow((0, 0), 0.72 * self.dots["row"], CATTY, 9)

        def way() -> np.ndarray:
            angle = np.radians(row + start + at.get_value())
            return long * np.array([np.cos(angle), np.sin(angle)])

        along = self.dots["row"] / np.linalg.norm(self.dots["row"])
        walker = always_redraw(lambda: point_at(small.at(way()), INK, 0.17))
        cast = always_redraw(
            lambda: Line(small.at((0, 0)), small.at((way() @ along) * along)).set_stroke(HIGHLIGHT, 12)
        )
        drop = always_redraw(lambda: Line(small.at(way()), small.at((way() @ along) * along)).set_stroke(HIGHLIGHT, 3))
        left, unit, wide = 0.6, 0.33, 5.9
        middle = 0.15

        def spot(turn: float, value: float) -> np.ndarray:
            return np.array([left + wide * ((turn + start) % 360) / 360, middle + unit * value, 0])

        order = np.argsort((places + start) % 360)
        wave = VMobject().set_points_as_corners([spot(places[i], values[i]) for i in order]).set_stroke(FAINT, 5)
        zero = Line([left, middle, 0], [left + wide, middle, 0]).set_stroke(SOFT, 3)
        names = VGroup(
            Words("my way", size=SMALL, color=CATTY).move_to([left + 0.75, middle + 3.1, 0]),
            Words("don't care", size=SMALL, color=SOFT).move_to([left + 0.25 * wide + 1.15, middle + 0.4, 0]),
            Words("the other way", size=SMALL, color=CATTY).move_to([left + 0.5 * wide, middle - 3.0, 0]),
        )
        bead = always_redraw(
            lambda: point_at(spot(at.get_value(), values[round(at.get_value()) % len(values)]), HIGHLIGHT, 0.17)
        )
        read = Readout(
            "{x:.1f}",
            [self.dots.read("dot_turned", point="cat", turn=round(-start + n) % 360) for n in range(361)],
            at,
            keys=-start + np.arange(361),
            size=HUGE,
            color=HIGHLIGHT,
        ).move_to([5.4, 3.1, 0])
        with self.say("dot.angle") as cue:
            self.play(
                FadeOut(self.plane),
                FadeOut(self.rail),
                Transform(self.row, arrow_),
                FadeIn(small),
                FadeIn(rail),
                run_time=0.7,
            )
            self.play(
                FadeIn(walker),
                FadeIn(cast),
                FadeIn(drop),
                FadeIn(wave),
                FadeIn(zero),
                FadeIn(bead),
                FadeIn(read),
                run_time=0.5,
            )
            self.play(FadeIn(names[0]), run_time=0.3)
            cue.until("walk")
            self.play(at.animate.set_value(-start + 90), run_time=max(1.0, cue.to("right")))
            cue.until("right")
            self.play(FadeIn(names[1]), run_time=0.4)
            cue.until("behind")
            self.play(at.animate.set_value(-start + 180), FadeIn(names[2]), run_time=1.6)
            cue.until("asks")
            self.play(at.animate.set_value(-start + 360), run_time=max(1.5, cue.left))
        for each in (walker, cast, drop, bead, read):
            each.clear_updaters()
        self.clear_stage(run_time=0.5)

    # -- columns -----------------------------------------------------------------------------------

    def columns(self) -> None:
        """Half of the first column and twice the second, tail to head."""
        box = matrix_of(self.basis, "rates", TITLE).move_to([-4.7, 2.0, 0])
        plane = Plane((2.35, 0.8), 0.9, (-3.2, 4.8), (-4.4, 2.9), ("cat-like", "rat-like"), (CATTY, RATTY))
        cut = DashedLine(box.get_top() + 0.3 * UP, box.get_bottom() + 0.3 * DOWN).set_stroke(HIGHLIGHT, 5)
        whole = self.basis["W"][self.index("rates")].T
        parts = self.basis["column_part"][self.index("rates")][0]
        amounts = VGroup(
            *(
                Words("{x} × {name}", x=x, name=name, size=HEADING, color=colour)
                for x, name, colour in zip(
                    self.basis.row("x", along="side", point="cat"), ("first", "second"), (SNOUT, SIZE), strict=True
                )
            )
        )
        amounts.arrange(DOWN, buff=0.45, aligned_edge=LEFT).move_to([-4.7, -0.75, 0])
        arrows = VGroup(
            *(plane.arrow((0, 0), column, colour, 9) for column, colour in zip(whole, (SNOUT, SIZE), strict=True))
        )
        answer = pair(self.basis.row("translated", along="side", matrix="rates", point="cat"), HIGHLIGHT, HEADING)
        goal = plane.at(parts[0] + parts[1])
        answer.next_to(goal, DOWN, buff=0.25).shift(0.2 * LEFT)
        with self.say("dot.columns") as cue:
            self.play(FadeIn(box), FadeIn(plane), run_time=0.6)
            cue.until("cut")
            self.play(Create(cut), run_time=0.5)
            self.play(*(GrowArrow(each) for each in arrows), run_time=0.8)
            cue.until("half")
            self.play(FadeIn(amounts[0]), Transform(arrows[0], plane.arrow((0, 0), parts[0], SNOUT, 9)), run_time=0.8)
            cue.until("twice")
            self.play(FadeIn(amounts[1]), Transform(arrows[1], plane.arrow((0, 0), parts[1], SIZE, 9)), run_time=0.8)
            cue.until("lay")
            self.play(Transform(arrows[1], plane.arrow(parts[0], parts[0] + parts[1], SIZE, 9)), run_time=0.9)
            self.sound("chime")
            self.play(FadeIn(point_at(goal, HIGHLIGHT, 0.16), scale=2), FadeIn(answer), run_time=0.6)
        self.clear_stage(run_time=0.5)

    def index(self, matrix: str) -> int:
        """Place of a matrix on its axis."""
        return self.basis.quantity("W").labels["matrix"].index(matrix)

    def square(self) -> None:
        """The square that commutes, with the cat's numbers in its corners."""
        parts, total = (
            self.basis["column_part"][self.index("rates")][0],
            self.basis["translated"][self.index("rates")][0],
        )
        if not np.array_equal(parts.sum(axis=0), total):
            raise EpisodeError("the square does not close: translated parts do not add up to the translated whole")
        box = CommutingSquare(8.2, 4.0, colours=(SOFT, HIGHLIGHT), across=INK, down=CATTY, radius=0.42, stroke=9)
        box.move_to([0, 0.2, 0])
        recipe = [self.basis.row("recipe", along="side", point="cat", part=part) for part in ("first", "second")]
        made = [
            self.basis.row("column_part", along="side", matrix="rates", point="cat", part=part)
            for part in ("first", "second")
        ]
        corners = VGroup(
            both(recipe).next_to(box.dots[0], UP, buff=0.2),
            pair(self.basis.row("x", along="side", point="cat"), INK, BODY).next_to(box.dots[1], UP, buff=0.2),
            both(made).next_to(box.dots[2], DOWN, buff=0.2),
            pair(self.basis.row("translated", along="side", matrix="rates", point="cat"), HIGHLIGHT, BODY).next_to(
                box.dots[3], DOWN, buff=0.2
            ),
        )
        corners[2].shift(0.9 * RIGHT)
        names = VGroup(
            Words("add", size=HEADING, color=INK).next_to(box.over, UP, buff=0.2),
            Words("translate", size=HEADING, color=CATTY).next_to(box.right, LEFT, buff=0.3),
            Words("translate", size=HEADING, color=CATTY).next_to(box.left, RIGHT, buff=0.3),
            Words("add", size=HEADING, color=INK).next_to(box.under, UP, buff=0.2),
        )
        linear = Words("linear", size=HUGE, color=HIGHLIGHT).move_to(box)
        runners = VGroup(
            point_at(box.dots[0].get_center(), HIGHLIGHT, 0.2), point_at(box.dots[0].get_center(), INK, 0.2)
        )
        with self.say("dot.square") as cue:
            self.play(FadeIn(box.dots), FadeIn(corners[0]), run_time=0.7)
            cue.until("add")
            self.play(Create(box.over), FadeIn(names[0]), FadeIn(runners[0]), run_time=0.5)
            self.play(runners[0].animate.move_to(box.dots[1]), FadeIn(corners[1]), run_time=0.8)
            self.play(Create(box.right), FadeIn(names[1]), run_time=0.4)
            self.play(runners[0].animate.move_to(box.dots[3]), FadeIn(corners[3]), run_time=0.8)
            cue.until("or")
            self.play(Create(box.left), FadeIn(names[2]), FadeIn(runners[1]), run_time=0.5)
            self.play(runners[1].animate.move_to(box.dots[2]), FadeIn(corners[2]), run_time=0.8)
            self.play(Create(box.under), FadeIn(names[3]), run_time=0.4)
            cue.until("same")
            self.play(runners[1].animate.move_to(box.dots[3]), run_time=0.8)
            self.sound("chime")
            self.play(pulse(box.dots[3], 1.3), run_time=0.6)
            cue.until("linear")
            self.play(FadeOut(names[1:3]), FadeIn(linear, scale=0.8), run_time=0.6)
        self.clear_stage(run_time=0.5)

    def loud(self) -> None:
        """Two pushes of equal length, and how far their answers reach."""
        found = self.result("rates")
        pushes, answers = found["input"], found["axis"]
        here = page((-4.3, 0.2), 1.7, (-1.45, 1.45), (-1.45, 1.45))
        there = page((2.9, 0.2), 0.98, (-3.9, 3.9), (-3.6, 3.6))
        for name in (*there.names, *here.names):
            name.set_opacity(0)
        ring = Circle(radius=here.unit).set_stroke(FAINT, 4).move_to(here.at((0, 0)))
        shape = VMobject().set_points_smoothly([there.at(p) for p in ellipse(answers)]).set_stroke(FAINT, 4)
        colours = (HIGHLIGHT, SOFT)
        ins = VGroup(*(here.arrow((0, 0), p, colour, 10) for p, colour in zip(pushes, colours, strict=True)))
        outs = VGroup(*(there.arrow((0, 0), p, colour, 10) for p, colour in zip(answers, colours, strict=True)))
        sizes = VGroup(
            *(
                Words("× {x:.1f}", x=found.read("sigma", rank=rank), size=TITLE, color=colour).move_to(at)
                for rank, colour, at in zip(("1", "2"), colours, ([0.3, 0.95, 0], [4.9, 1.3, 0]), strict=True)
            )
        )
        heads = VGroup(
            Words("push", size=HEADING, color=INK).move_to([-4.3, 3.4, 0]),
            Words("answer", size=HEADING, color=INK).move_to([5.6, 3.4, 0]),
        )
        with self.say("dot.loud") as cue:
            self.play(FadeIn(here), FadeIn(there), FadeIn(ring), FadeIn(heads), run_time=0.6)
            for mark, n in (("here", 0), ("there", 1)):
                cue.until(mark)
                self.play(GrowArrow(ins[n]), run_time=0.6)
                self.play(TransformFromCopy(ins[n], outs[n]), run_time=0.9)
                self.play(FadeIn(sizes[n]), run_time=0.4)
            cue.until("listens")
            self.play(TransformFromCopy(ring, shape), run_time=1.3)
            cue.until("fifth")
            self.play(pulse(outs[0], 1.06), pulse(sizes[0], 1.15), run_time=1.0)
        self.clear_stage(run_time=0.4)


def disc(place: np.ndarray, name: str, colour: str) -> VGroup:
    """A neuron with its name in it."""
    ring = Circle(radius=0.95).set_stroke(colour, 6).set_fill(PANEL, 1).move_to(place)
    return VGroup(ring, Words(name, size=SMALL, color=colour).move_to(place))


def both(pairs: Sequence[Sequence[Reading]]) -> VGroup:
    """Two pairs side by side, red and blue."""
    return VGroup(*(pair(one, colour, BODY) for one, colour in zip(pairs, (SNOUT, SIZE), strict=True))).arrange(
        RIGHT, buff=0.3
    )


def ellipse(axes: np.ndarray, count: int = 72) -> np.ndarray:
    """(count + 1, 2): the closed curve of two half axes."""
    turn = np.linspace(0, 2 * np.pi, count + 1)
    return np.cos(turn)[:, None] * axes[0] + np.sin(turn)[:, None] * axes[1]
