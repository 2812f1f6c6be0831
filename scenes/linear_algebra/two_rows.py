"""Eleventh scene: two rows stacked are the box of the first scene; rows ask, columns place."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    PI,
    RIGHT,
    UP,
    Circle,
    Create,
    DashedLine,
    Dot,
    FadeIn,
    FadeOut,
    GrowArrow,
    Indicate,
    LaggedStart,
    Line,
    Mobject,
    ReplacementTransform,
    Rotate,
    Transform,
    VGroup,
    there_and_back,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.cats import put
from tapehead.scenes.stage.lettering import BODY, HEADING, TITLE, Words
from tapehead.scenes.stage.matrices import column_frame, frame_round, row_frame, weights
from tapehead.scenes.stage.networks import Neuron
from tapehead.scenes.stage.palette import EAR, EAR_TINT, HIGHLIGHT, LUCK, NAP, NOSE, NOSE_TINT, OUTPUT, SOFT
from tapehead.scenes.stage.planes import arrow
from tapehead.scenes.stage.rulers import value

from .pictures import BETWEEN, FACE, clover, large_plane, pair_label, pillow, portrait, two_planes


def beside_box(x: float, y: float) -> np.ndarray:
    """A place, counted from the middle of the box."""
    return BETWEEN + np.array([x, y, 0.0])


class TwoRows(StageScene):
    """Left plane, box, right plane; the box is read across, then down, then all at once."""

    def construct(self) -> None:
        self.map = self.result("map")
        self.before, self.after = two_planes()
        self.w, self.a = self.map["W"], self.map["a"]
        self.cat = self.map.quantity("x").labels["cat"]
        self.luck()
        self.rows()
        self.columns()
        self.tom()
        self.ways()
        self.apart()

    def answer(self, cat: str) -> np.ndarray:
        """Nap and luck of one cat."""
        return np.asarray(self.a[self.cat.index(cat)])

    def luck(self) -> None:
        """A green ruler rises square to the orange one; a second neuron with rates of its own."""
        at, w = self.before.at, self.w
        nap = Line(at(-0.3 * w[0]), at(1.08 * w[0])).set_stroke(NAP, 6)
        nap_name = Words("nap", color=NAP).next_to(at(1.08 * w[0]), UP, buff=0.12)
        tom = put(portrait((1, 1), 2.75, FACE), at((1, 1)))
        luck = Line(at((0, 0)), at(1.15 * w[1])).set_stroke(LUCK, 6)
        big, way = large_plane(), w[0] / np.hypot(*w[0])
        ruler = Line(big.at(-0.55 * way), big.at(3.55 * way)).set_stroke(NAP, 6)
        name = Words("nap", color=NAP).next_to(ruler.get_end(), UP, buff=0.12)
        cat = put(portrait((1, 1), 2.75, 0.72), big.at((1, 1)))
        self.add(big, ruler, cat)  # the plane of the lamp: it stays until the second question needs room
        with self.say("two_rows.luck") as cue:
            self.play(FadeIn(name), run_time=0.4)
            cue.until("ask")
            asked = put(portrait((1, 1), 2.75, 2.6), np.array([4.7, -0.7, 0]))
            question = VGroup(clover(0.85), Words("luck?", size=HEADING, color=LUCK))
            question.arrange(RIGHT, buff=0.3).move_to([4.7, 2.3, 0])
            self.play(FadeIn(asked, target_position=cat, scale=0.3), run_time=0.6)
            self.play(FadeIn(question, shift=0.3 * DOWN), run_time=0.4)
            self.play(Indicate(ruler, color=HIGHLIGHT, scale_factor=1.0), run_time=max(0.5, cue.to("rates") - 0.1))
            cue.until("rates")
            turned = Line(big.at((0, 0)), big.at(2.3 * way)).set_stroke(LUCK, 6)
            self.play(FadeIn(turned), run_time=0.3)
            self.play(Rotate(turned, PI / 2, about_point=big.at((0, 0))), run_time=max(1.2, cue.to("nose") - 2.3))
            pairs: list[tuple[Mobject, Mobject]] = [(ruler, nap), (turned, luck), (cat, tom), (name, nap_name)]
            self.play(FadeOut(asked, question), run_time=0.3)
            self.play(*big.into(self.before), *(ReplacementTransform(*pair) for pair in pairs), run_time=0.8)
            self.add(self.before, nap, luck, tom)
            luck_name = Words("luck", color=LUCK).next_to(at(1.15 * w[1]), UP, buff=0.15)
            ends = [np.array([1.6, y, 0.0]) for y in (1.5, -1.5)]
            neuron = Neuron(
                ends,
                np.array([5.4, 0.0, 0.0]),
                (NOSE, EAR),
                (NOSE_TINT, EAR_TINT),
                LUCK,
                radius=0.38,
                tint=0.3,
            )
            lettered = zip((*neuron.inputs, neuron.output), ("nose", "ear", "luck"), (NOSE, EAR, LUCK), strict=True)
            discs = VGroup(*(VGroup(d, Words(name, color=c).next_to(d, DOWN, buff=0.14)) for d, name, c in lettered))
            self.play(FadeIn(luck_name), LaggedStart(*(FadeIn(disc) for disc in discs), lag_ratio=0.2), run_time=0.8)
            wires = VGroup()
            for i, mark in enumerate(("nose", "ear")):
                cue.until(mark)
                wire = neuron.wires[i]
                rate = Words(
                    "{w}", w=self.map.read("W", output="luck", input=i), size=HEADING, color=(NOSE_TINT, EAR_TINT)[i]
                )
                rate.move_to(wire.point_from_proportion(0.5) + 0.5 * (UP if i == 0 else DOWN) + 0.3 * RIGHT)
                wires.add(VGroup(wire, rate))
                self.play(Create(wire), FadeIn(rate), run_time=0.8)
                self.play(Indicate(neuron.output, color=LUCK), run_time=0.6)
        self.rulers, self.ruler_names = VGroup(nap, luck), VGroup(nap_name, luck_name)
        self.play(*(FadeOut(x) for x in (discs, wires, tom)), run_time=0.4)

    def rows(self) -> None:
        """Two rows slide together: the box.  Each row asks one thing."""
        with self.say("two_rows.rows") as cue:
            box = weights(self.map, size=TITLE).move_to([2.6, 0.2, 0])
            names = VGroup(Words("nap?", size=HEADING, color=NAP), Words("luck?", size=HEADING, color=LUCK))
            pictures = VGroup(pillow(0.62), clover(0.78))
            for row, name, picture in zip(box.rows, names, pictures, strict=True):
                name.next_to(box, RIGHT, buff=0.3).match_y(row)
                picture.next_to(box, LEFT, buff=0.35).match_y(row)
            box.rows[0].shift(1.3 * UP)
            box.rows[1].shift(1.3 * DOWN)
            self.play(FadeIn(box.rows, shift=0.6 * RIGHT), run_time=0.5)
            cue.until("stack")
            self.play(box.rows[0].animate.shift(1.3 * DOWN), box.rows[1].animate.shift(1.3 * UP), run_time=0.9)
            self.play(FadeIn(box.bracket), run_time=0.4)
            self.play(box.animate(rate_func=there_and_back).rotate(-0.07).shift(0.15 * UP), run_time=1.4)
            cue.until("across")
            yellow = row_frame(box, 0)
            self.play(Create(yellow), run_time=0.6)
            self.play(Transform(yellow, row_frame(box, 1)), run_time=0.8)
            cue.until("asks")
            self.play(
                Transform(yellow, row_frame(box, 0)),
                Indicate(self.rulers[0], scale_factor=1.0, color=HIGHLIGHT),
                FadeIn(names[0]),
                FadeIn(pictures[0]),
                run_time=0.8,
            )
            self.play(
                Transform(yellow, row_frame(box, 1)),
                Indicate(self.rulers[1], scale_factor=1.0, color=HIGHLIGHT),
                FadeIn(names[1]),
                FadeIn(pictures[1]),
                run_time=0.8,
            )
        self.play(*(FadeOut(x) for x in (box, names, pictures, yellow, self.rulers, self.ruler_names)), run_time=0.3)

    def columns(self) -> None:
        """Each column says where an old unit lands."""
        with self.say("two_rows.columns") as cue:
            self.box = weights(self.map).move_to(BETWEEN)
            self.way = arrow(beside_box(-1.2, -1.35), beside_box(1.2, -1.35), SOFT, 6)
            self.play(FadeIn(self.after), FadeIn(self.box), FadeIn(self.way), run_time=0.5)
            cue.until("down")
            yellow = column_frame(self.box, 0)
            self.play(Create(yellow), run_time=0.6)
            self.units, self.copies, labels = VGroup(), VGroup(), VGroup()
            for i, (mark, cat) in enumerate((("nose", "e1"), ("ear", "e2"))):
                cue.until(mark)
                unit = self.before.arrow((0, 0), np.eye(2)[i], (NOSE, EAR)[i], 11)
                copy = self.after.arrow((0, 0), self.answer(cat), (NOSE_TINT, EAR_TINT)[i], 10)
                lit = [Transform(yellow, column_frame(self.box, i))] if i else []
                self.play(GrowArrow(unit), *lit, run_time=0.6)
                self.play(ReplacementTransform(unit.copy(), copy), run_time=1.1)
                label = pair_label(self.map, "a", "output", cat, BODY, (NOSE_TINT, EAR_TINT)[i])
                label.next_to(self.after.at(self.answer(cat)), DOWN if i == 0 else UP, buff=0.15)
                self.sound("tick")
                self.play(FadeIn(label), run_time=0.4)
                self.units.add(unit)
                self.copies.add(copy)
                labels.add(label)
        self.play(FadeOut(labels), FadeOut(yellow), run_time=0.3)

    def tom(self) -> None:
        """Tom's recipe walked in both planes."""
        x, part = self.map["x"][0], self.map["column_part"][0]
        with self.say("two_rows.tom") as cue:
            tom = put(portrait(x, 2.75, FACE), self.before.at(x) + 0.75 * UP)
            self.play(FadeIn(tom), run_time=0.5)
            cue.until("first")
            second = self.before.arrow((x[0], 0), x, EAR, 11)
            self.play(Transform(self.units[1], second), run_time=0.8)
            cue.until("walk")
            there = self.after.arrow(part[0], part[0] + part[1], EAR_TINT, 10)
            self.play(Indicate(self.copies[0], color=HIGHLIGHT, scale_factor=1.0), run_time=0.5)
            self.play(Transform(self.copies[1], there), run_time=0.9)
            cue.until("arrive")
            place = self.after.at(self.answer("Tom"))
            dot = Dot(place, radius=0.13, color=OUTPUT)
            label = pair_label(self.map, "a", "output", "Tom", BODY, OUTPUT).next_to(place, UP, buff=0.2)
            label.shift(0.4 * LEFT)  # the cat is going to stand on the right
            self.sound("soft-pop")
            self.play(FadeIn(dot, scale=2.5), run_time=0.4)
            self.play(FadeIn(label), run_time=0.4)
            drops = VGroup(
                DashedLine(place, [place[0], self.after.zero[1], 0]).set_stroke(NAP, 4),
                DashedLine(place, [self.after.zero[0], place[1], 0]).set_stroke(LUCK, 4),
            )
            self.play(Create(drops[0]), run_time=0.6)
            self.play(Create(drops[1]), run_time=0.6)
            self.play(tom.animate.shift(place + 0.5 * DOWN + 0.8 * RIGHT - tom.face.get_center()), run_time=1.0)
        self.clear_stage(self.before, self.after, self.box, self.way, self.units, dot, run_time=0.35)

    def ways(self) -> None:
        """Three readings of one product find the same point of the plane."""
        after, names = self.after, ("nap", "luck")
        part = self.map["column_part"][self.cat.index("Tom")]
        place = after.at(self.answer("Tom"))
        feet = {"nap": np.array([place[0], after.zero[1], 0]), "luck": np.array([after.zero[0], place[1], 0])}
        sides = {"nap": DOWN, "luck": LEFT}
        with self.say("two_rows.ways") as cue:
            cue.until("rows")
            rows = VGroup(row_frame(self.box, 0), row_frame(self.box, 1))
            levels, readings = VGroup(), VGroup()
            for name, colour in zip(names, (NAP, LUCK), strict=True):
                levels.add(DashedLine(feet[name], place).set_stroke(colour, 4))
                answer = self.map.read("by_rows", cat="Tom", output=name)
                readings.add(value(answer, colour, BODY).next_to(feet[name], sides[name], buff=0.15))
            self.play(Create(rows), *(Create(level) for level in levels), FadeIn(readings), run_time=0.7)
            cue.until("columns")
            columns = VGroup(*(column_frame(self.box, j, 0.1) for j in range(2)))
            steps = after.walk(part, (NOSE_TINT, EAR_TINT))
            self.play(
                FadeOut(rows),
                Create(columns),
                *(GrowArrow(step) for step in steps),
                FadeOut(readings),
                run_time=0.7,
            )
            whole = frame_round(self.box.rows, 0.1)
            straight = after.arrow((0, 0), self.answer("Tom"), OUTPUT, 11)
            self.play(FadeOut(columns), Create(whole), GrowArrow(straight), run_time=0.7)
            cue.until("same")
            answers = [self.map.read("by_product", cat="Tom", output=name) for name in names]
            label = Words("({one}, {two})", one=answers[0], two=answers[1], size=HEADING, color=OUTPUT)
            label.next_to(place, UP, buff=0.3).shift(0.3 * LEFT)
            note = Words("largest difference: {d}", d=self.map.read("ways_differ"), color=HIGHLIGHT)
            note.move_to([5.0, -3.45, 0])  # under the plane
            ring = Circle(radius=0.32, color=HIGHLIGHT, stroke_width=6).move_to(place)
            self.play(Create(ring), FadeIn(label), FadeIn(note), run_time=0.6)
            self.play(Indicate(ring, color=HIGHLIGHT, scale_factor=1.3), run_time=max(0.6, cue.left))
        self.clear_stage(self.before, self.after, self.box, self.way, run_time=0.35)

    def apart(self) -> None:
        """The suspects of one nap stand at different heights of luck."""
        lines = self.result("lines")
        i = lines.quantity("point").index({"value": "2", "sample": 0, "input": 0})[0]
        points, out = lines["point"][i], lines["out"][i]
        keep = [k for k in range(len(points)) if -1.15 <= out[k][1] <= 4.9]
        ends = keep[0], keep[-1]
        five = [keep[round(share * (len(keep) - 1))] for share in (0.04, 0.27, 0.5, 0.73, 0.96)]
        colour = dict(zip(five, ("#FFF3C4", "#FFE88A", HIGHLIGHT, "#D9AE2B", "#A8831A"), strict=True))
        with self.say("two_rows.apart") as cue:
            cue.until("suspects")
            here = Line(self.before.at(points[ends[0]]), self.before.at(points[ends[1]])).set_stroke(HIGHLIGHT, 4)
            dots = VGroup(*(Dot(self.before.at(points[k]), radius=0.13, color=colour[k]) for k in five))
            self.play(Create(here), run_time=0.6)
            self.play(LaggedStart(*(FadeIn(dot, scale=2) for dot in dots), lag_ratio=0.15), run_time=0.6)
            cue.until("luck")
            there = Line(self.after.at(out[ends[0]]), self.after.at(out[ends[1]])).set_stroke(HIGHLIGHT, 4)
            goals = VGroup(*(Dot(self.after.at(out[k]), radius=0.13, color=colour[k]) for k in five))
            self.play(
                LaggedStart(
                    *(ReplacementTransform(a.copy(), b) for a, b in zip(dots, goals, strict=True)), lag_ratio=0.2
                ),
                run_time=1.6,
            )
            self.play(Create(there), run_time=0.6)
            self.add(goals)
            levels = VGroup(
                *(DashedLine(self.after.at((0, out[k][1])), self.after.at(out[k])).set_stroke(LUCK, 3) for k in five)
            )
            self.play(LaggedStart(*(Create(level) for level in levels), lag_ratio=0.15), run_time=0.9)
            cue.until("back")
            back = DashedLine(beside_box(1.2, -2.3), beside_box(-0.45, -2.3), dash_length=0.16)
            back.set_stroke(HIGHLIGHT, 6)
            tip = arrow(beside_box(-0.5, -2.3), beside_box(-1.2, -2.3), HIGHLIGHT, 6)
            question = Words("?", size=TITLE, color=HIGHLIGHT).move_to(beside_box(0, -3.0))
            self.play(Create(back), FadeIn(tip), FadeIn(question), run_time=0.8)
        over = (here, dots, there, goals, levels, back, tip, question)
        self.play(*(FadeOut(each) for each in over), run_time=0.35)  # planes, box and arrow go on in the next scene
