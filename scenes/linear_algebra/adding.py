"""Eighth scene: steps end to end on the plane and on the nap ruler; two roads that meet, and a cat that is none."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    PI,
    RIGHT,
    UP,
    Arc,
    Circle,
    Create,
    Dot,
    FadeIn,
    FadeOut,
    GrowArrow,
    Indicate,
    Line,
    MoveAlongPath,
    ReplacementTransform,
    Transform,
    VGroup,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.cats import NoCat, put
from tapehead.scenes.stage.lettering import BODY, HEADING, TITLE, Formula, Words
from tapehead.scenes.stage.palette import EAR, EAR_TINT, HIGHLIGHT, INK, NAP, NOSE, NOSE_TINT
from tapehead.scenes.stage.planes import road
from tapehead.scenes.stage.rulers import value

from .pictures import left_plane, nap_neuron, nap_ruler, portrait, small_face

HIGH, LOW = 1.25, 0.42
"""How far over the ruler the ear's step waits, and where steps lie end to end."""
SPOTS = {"nose": np.array([2.7, 2.75, 0]), "ear": np.array([2.7, 0.95, 0])}
TARGET = np.array([5.6, 1.85, 0])
"""The discs of the neuron over the ruler."""
COLOURS, TINTS = {"nose": NOSE, "ear": EAR}, {"nose": NOSE_TINT, "ear": EAR_TINT}


def beside_wires() -> dict[str, np.ndarray]:
    """Where a number stands that runs along a wire: outside of both."""
    return {key: (spot + TARGET) / 2 + (0.55 if key == "nose" else -0.55) * UP for key, spot in SPOTS.items()}


class Adding(StageScene):
    """Adding before or after the translation makes no difference."""

    def construct(self) -> None:
        self.map = self.result("map")
        self.sheet = left_plane()
        self.ruler = nap_ruler(self.result("ruler"))
        self.nose = float(self.map.read("W", output="nap", input="nose"))
        self.ear = float(self.map.read("W", output="nap", input="ear"))
        self.total = float(self.map.read("a", cat="Tom", output="nap"))
        self.arrows()
        self.both()
        self.orders()
        self.apart()
        self.nobody()
        self.mind()
        self.clear_stage(self.sheet, self.ruler, run_time=0.4)

    def arrows(self) -> None:
        """The unit steps fly to the ruler and are stretched by their weights."""
        sheet, ruler = self.sheet, self.ruler
        self.add(sheet, ruler)  # as the scene before leaves them
        with self.say("adding.arrows") as cue:
            self.red, self.blue = sheet.arrow((0, 0), (1, 0), NOSE), sheet.arrow((0, 0), (0, 1), EAR)
            self.play(GrowArrow(self.red), GrowArrow(self.blue), run_time=max(0.5, cue.to("ruler") - 0.1))
            cue.until("ruler")
            self.play(Indicate(ruler.line, color=HIGHLIGHT, scale_factor=1.0), run_time=0.8)
            flying = self.red.copy()
            self.play(Transform(flying, ruler.arrow(0, 1, NOSE)), run_time=max(0.7, cue.to("nose")))
            self.pink = ruler.arrow(0, self.nose, NOSE_TINT)
            two = value(self.map.read("W", output="nap", input="nose"), NOSE_TINT, BODY)
            self.two = two.next_to(self.pink, UP, buff=0.1)
            self.equation = self.row_equation()
            self.play(ReplacementTransform(flying, self.pink), FadeIn(self.two), FadeIn(self.equation[0]), run_time=0.7)
            self.sound("tick")
            cue.until("ear")
            flying = self.blue.copy()
            self.play(Transform(flying, ruler.arrow(0, 1, EAR, HIGH)), run_time=0.9)
            self.pale = ruler.arrow(0, self.ear, EAR_TINT, HIGH)
            quarters = value(self.map.read("W", output="nap", input="ear"), EAR_TINT, BODY)
            self.quarters = quarters.next_to(self.pale, UP, buff=0.1)
            self.play(
                ReplacementTransform(flying, self.pale),
                FadeIn(self.quarters),
                FadeIn(self.equation[1]),
                run_time=0.7,
            )
            self.sound("tick")

    def row_equation(self) -> VGroup:
        """The row as an equation, its two products apart."""
        first, second = (self.map.read("W", output="nap", input=key) for key in ("nose", "ear"))
        parts = VGroup(
            Formula('nap("nap") = nosetint({w}) nose("nose")', w=first, size=HEADING),
            Formula('"" + eartint({w}) ear("ear")', w=second, size=HEADING),
        )
        parts.arrange(RIGHT, buff=0.25)
        return parts.move_to([3.5, 2.3, 0])

    def both(self) -> None:
        """End to end on the plane is Tom; end to end on the ruler is his nap."""
        sheet, ruler = self.sheet, self.ruler
        with self.say("adding.both") as cue:
            cue.until("plane")
            self.play(Transform(self.blue, sheet.arrow((1, 0), (1, 1), EAR)), run_time=0.8)
            self.tom = VGroup(
                Dot(sheet.at((1, 1)), radius=0.13, color=INK),
                small_face(1, 1, sheet.at((1, 1)) + np.array([0.0, 0.72, 0]), 0.75),
            )
            self.play(FadeIn(self.tom, scale=0.5), run_time=0.5)
            cue.until("line")
            self.play(self.pale.animate.move_to(self.chained()), FadeOut(self.quarters), run_time=0.8)
            self.quarters.next_to(self.pale, UP, buff=0.1)
            self.play(FadeIn(self.quarters), run_time=0.25)
            cue.until("nap")
            self.tick = ruler.tick(self.total)
            nap = value(self.map.read("a", cat="Tom", output="nap"), NAP, HEADING)
            self.nap = nap.next_to(ruler.at(self.total), DOWN, buff=1.0)
            drop = Line(ruler.at(self.total) + LOW * UP, ruler.at(self.total) + 0.9 * DOWN).set_stroke(NAP, 4)
            self.drop = drop
            self.play(Create(drop), FadeIn(self.tick), run_time=0.4)
            self.play(FadeIn(self.nap, shift=0.2 * DOWN), run_time=0.4)

    def chained(self) -> np.ndarray:
        """Where the ear's step lies when it starts at the end of the nose's step."""
        return self.ruler.at(self.nose + self.ear / 2) + LOW * UP

    def orders(self) -> None:
        """Add then convert, convert then add: two roads to one tick."""
        sheet, ruler = self.sheet, self.ruler
        goal = ruler.at(self.total)
        with self.say("adding.orders") as cue:
            self.play(FadeOut(self.tick, self.nap, self.drop, self.equation), run_time=0.35)
            cue.until("first")
            rider = Dot(sheet.at((0, 0)), radius=0.17, color=HIGHLIGHT)
            first = VGroup(
                Line(sheet.at((0, 0)), sheet.at((1, 0))).set_stroke(HIGHLIGHT, 5),
                Line(sheet.at((1, 0)), sheet.at((1, 1))).set_stroke(HIGHLIGHT, 5),
                road(sheet.at((1, 1)), goal, 0.55 * PI, HIGHLIGHT, 5),
            )
            name = Words("add, then convert", size=BODY, color=HIGHLIGHT).move_to([1.2, 2.9, 0])
            self.play(FadeIn(name, rider), FadeOut(self.two, self.quarters), run_time=0.25)
            for part, time in zip(first, (0.3, 0.3, 0.7), strict=True):
                self.play(Create(part), MoveAlongPath(rider, part), run_time=time)
            cue.until("second")
            self.play(
                self.pale.animate.move_to(ruler.at(self.ear / 2) + HIGH * UP),
                first.animate.set_stroke(opacity=0.3),
                run_time=0.3,
            )
            starts = (sheet.at((0.5, 0)), sheet.at((1, 0.5)))
            ends = (self.pink.get_center(), self.pale.get_center())
            roads = VGroup(
                road(starts[0], ends[0], 0.2 * PI, NOSE_TINT, 5),
                road(starts[1], ends[1], 0.25 * PI, EAR_TINT, 5),
            )
            pair = VGroup(Dot(starts[0], radius=0.15, color=NOSE_TINT), Dot(starts[1], radius=0.15, color=EAR_TINT))
            other = Words("convert, then add", size=BODY, color=INK).move_to([0.9, -2.1, 0])
            self.play(FadeIn(pair, other), run_time=0.2)
            self.play(
                *(Create(path) for path in roads),
                *(MoveAlongPath(dot, path) for dot, path in zip(pair, roads, strict=True)),
                run_time=0.8,
            )
            self.play(self.pale.animate.move_to(self.chained()), FadeOut(pair), run_time=max(0.5, cue.to("meet") - 0.4))
            last = Dot(self.pale.get_end(), radius=0.15, color=INK)
            self.play(last.animate.move_to(goal), run_time=0.35)
            cue.until("meet")
            self.sound("chime", -6)
            ring = Circle(radius=0.2, stroke_color=HIGHLIGHT, stroke_width=7).move_to(goal)
            same = Words(
                "{one} = {other}",
                one=self.map.read("sum_units", output="nap"),
                other=self.map.read("unit_sum", output="nap"),
                size=HEADING,
                color=NAP,
            ).next_to(goal, DOWN, buff=0.85)
            self.play(ring.animate.scale(2.0), FadeIn(same, self.tick), run_time=0.6)
            self.play(ring.animate.scale(0.7), run_time=0.4)

    def apart(self) -> None:
        """Nose and ears travel down their own wires and are joined as a smile."""
        spots, target = SPOTS, TARGET
        terms = {key: self.map.read("terms", cat="Tom", output="nap", input=key) for key in ("nose", "ear")}
        with self.say("adding.apart") as cue:
            self.clear_stage(self.sheet, self.ruler, self.tom, self.red, self.blue, run_time=0.35)
            neuron, names = nap_neuron(spots, target)
            names.remove(names[2])
            cat = put(portrait((1, 1), self.total, 1.9), np.array([0.35, 1.75, 0]))
            names[0].next_to(spots["nose"], UP, buff=0.72)
            names[1].next_to(spots["ear"], DOWN, buff=0.72)
            self.play(FadeIn(cat, target_position=self.tom[1], scale=0.3), run_time=0.5)
            self.neuron = VGroup(neuron, names)
            self.play(FadeIn(neuron, names), run_time=max(0.4, cue.to("apart") - 0.2))
            cue.until("apart")
            nose, ears = cat.nose.copy(), VGroup(cat.ears[1], cat.ears[3]).copy()
            cat.nose.set_opacity(0)
            for lining in (cat.ears[1], cat.ears[3]):
                lining.set_opacity(0)
            small = ears.copy().scale(0.6).arrange(RIGHT, buff=0.08).move_to(spots["ear"])
            self.play(
                nose.animate.scale(1.5).move_to(spots["nose"]),
                Transform(ears, small),
                Indicate(self.red, color=NOSE_TINT, scale_factor=1.0),
                Indicate(self.blue, color=EAR_TINT, scale_factor=1.0),
                run_time=1.0,
            )
            cue.until("wires")
            way = (target - spots["nose"]) / np.linalg.norm(target - spots["nose"])
            arrived = {"nose": target - 0.9 * way, "ear": target - 0.9 * way * [1, -1, 1]}
            sent = VGroup(nose.copy(), ears.copy())
            middles = beside_wires()
            numbers = VGroup(
                value(terms["nose"], NOSE_TINT, HEADING).move_to(middles["nose"]),
                value(terms["ear"], EAR_TINT, HEADING).move_to(middles["ear"]),
            )
            self.play(
                sent[0].animate.move_to(arrived["nose"]).set_color(NOSE_TINT),
                sent[1].animate.move_to(arrived["ear"]).set_color(EAR_TINT),
                FadeIn(numbers),
                run_time=max(0.9, cue.to("join") - 0.3),
            )
            cue.until("join")
            plus = Words("+", size=TITLE).move_to(target)
            self.play(FadeIn(plus), run_time=0.3)
            self.play(
                sent[0].animate.move_to(target).scale(0.3).set_opacity(0),
                sent[1].animate.move_to(target).scale(0.3).set_opacity(0),
                FadeOut(plus),
                run_time=0.5,
            )
            smile = Arc(radius=0.36, start_angle=1.15 * PI, angle=0.7 * PI).set_stroke(NAP, 8).move_to(target)
            nap = value(self.map.read("a", cat="Tom", output="nap"), NAP, HEADING)
            nap.next_to(self.ruler.at(self.total), DOWN, buff=1.0)
            tick, drop = self.ruler.tick(self.total), Dot(target, radius=0.16, color=NAP)
            self.play(Create(smile), run_time=0.3)
            self.play(drop.animate.move_to(self.ruler.at(self.total)), run_time=0.5)
            self.sound("tick")
            self.play(ReplacementTransform(drop, tick), FadeIn(nap, shift=0.2 * DOWN), run_time=0.4)

    def nobody(self) -> None:
        """The same recipe at a place where no cat lives."""
        x = {key: self.map.read("x", cat="nobody", input=key) for key in ("nose", "ear")}
        terms = {key: self.map.read("terms", cat="nobody", output="nap", input=key) for key in ("nose", "ear")}
        nap = self.map.read("a", cat="nobody", output="nap")
        sheet, ruler = self.sheet, self.ruler
        with self.say("adding.nobody") as cue:
            self.clear_stage(sheet, ruler, self.neuron, run_time=0.35)
            red, blue = sheet.walk([(1, 0), (0, 1)], (NOSE, EAR))
            aside = np.array([0.5, 0.1, 0.0])  # the ruler's arrows reach to where the wires' ends were
            self.play(FadeIn(red, blue), self.neuron.animate.shift(aside), run_time=0.4)
            # Where a nose and ears went in, two numbers do.
            middles = beside_wires()
            put_in = {key: value(x[key], c, HEADING).move_to(SPOTS[key] + aside) for key, c in COLOURS.items()}
            sent = {key: value(terms[key], c, HEADING).move_to(middles[key] + aside) for key, c in TINTS.items()}
            out = value(nap, NAP, HEADING).move_to(TARGET + aside)
            cue.until("nose")
            left = VGroup(
                value(x["nose"], NOSE, BODY).next_to(sheet.at((x["nose"] / 2, 0)), DOWN, buff=0.2),
                value(x["ear"], EAR, BODY).next_to(sheet.at((x["nose"], x["ear"] / 2)), LEFT, buff=0.2),
            )
            turned, carried = sheet.walk([(x["nose"], 0), (0, 1)], (NOSE, EAR))
            self.play(Transform(red, turned), Transform(blue, carried), FadeIn(left[0], put_in["nose"]), run_time=0.7)
            back = ruler.arrow(0, terms["nose"], NOSE_TINT)
            forth = ruler.arrow(terms["nose"], terms["nose"] + terms["ear"], EAR_TINT, HIGH)
            numbers = VGroup(
                value(terms["nose"], NOSE_TINT, BODY).next_to(back.get_center(), UP, buff=0.2).shift(0.45 * LEFT),
                value(terms["ear"], EAR_TINT, BODY).next_to(forth, UP, buff=0.1),
            )
            self.play(ReplacementTransform(red.copy(), back), FadeIn(numbers[0], sent["nose"]), run_time=0.6)
            cue.until("ears")
            taller = sheet.arrow((x["nose"], 0), (x["nose"], x["ear"]), EAR)
            self.play(Transform(blue, taller), FadeIn(left[1], put_in["ear"]), run_time=0.6)
            self.play(ReplacementTransform(blue.copy(), forth), FadeIn(numbers[1], sent["ear"]), run_time=0.7)
            cue.until("nap")
            self.mark = ruler.tick(nap)
            drop = Line(ruler.at(nap) + HIGH * UP, ruler.at(nap) + 0.9 * DOWN).set_stroke(NAP, 4)
            self.answer = value(nap, NAP, HEADING).next_to(ruler.at(nap), DOWN, buff=1.0)
            self.play(Create(drop), FadeIn(self.mark), run_time=0.4)
            self.play(FadeIn(self.answer, shift=0.2 * DOWN), FadeIn(out), run_time=0.4)
        self.place = sheet.at((x["nose"], x["ear"]))

    def mind(self) -> None:
        """A face tries to appear and cannot; the tick does not care."""
        with self.say("adding.mind") as cue:
            ghost = NoCat(1.0).move_to(self.place + 0.05 * UP)
            self.play(FadeIn(ghost, scale=0.4), run_time=max(0.4, cue.to("exists") + 0.3))
            for side in (LEFT, 2 * RIGHT, LEFT):
                self.play(ghost.animate.shift(0.12 * side), run_time=0.18)
            cue.until("mind")
            self.play(self.mark.animate.set_stroke(width=18).scale(1.6), run_time=0.3)
            self.play(self.mark.animate.set_stroke(width=7).scale(1 / 1.6), run_time=0.3)
