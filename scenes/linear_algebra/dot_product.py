"""Tenth scene: the nap ruler lies in the plane, and a nap is a shadow on it times its length."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    Create,
    DashedVMobject,
    Dot,
    FadeIn,
    FadeOut,
    GrowArrow,
    Indicate,
    LaggedStart,
    Line,
    Mobject,
    Rectangle,
    ReplacementTransform,
    Transform,
    VGroup,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.cats import put
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Formula, Words
from tapehead.scenes.stage.matrices import MatrixEquation, box_of, column
from tapehead.scenes.stage.palette import (
    EAR,
    EAR_TINT,
    HIGHLIGHT,
    INK,
    LUCK,
    NAP,
    NAP_TINT,
    NOSE,
    NOSE_TINT,
    SOFT,
)
from tapehead.scenes.stage.rulers import bar

from .pictures import DEEP_NAP, lamp, large_plane, portrait

LEFT_EDGE = 2.75
"""Where the words and bars beside the plane begin."""
PER_UNIT = 1.32
"""Frame units per unit in the bars beside the plane."""


class DotProduct(StageScene):
    """One large plane; the orange ruler in it, a lamp, a shadow, and three bars beside it."""

    def construct(self) -> None:
        self.plane = large_plane()  # as the scene before leaves it
        self.facts, self.lines, self.map = self.result("shadow"), self.result("lines"), self.result("map")
        self.way = self.facts["direction"]
        self.normal = np.array([-self.way[1], self.way[0]])
        self.tom_at = self.facts["x"][0]
        self.slant()
        self.ruler()
        self.shadow()
        self.times()
        self.name()
        self.light()
        self.clear_stage(run_time=0.4)

    # -- small things ------------------------------------------------------------------------------

    def beside(self, thing: Mobject, y: float) -> Mobject:
        """Put something into the column right of the plane."""
        return thing.move_to([0, y, 0]).align_to([LEFT_EDGE, 0, 0], LEFT)

    def bar(self, length: float | np.ndarray, y: float, colour: str) -> Rectangle:
        """A bar in the column right of the plane, at the column's scale."""
        return bar(np.array([LEFT_EDGE, y, 0.0]), PER_UNIT * float(length), colour)

    def foot_of(self, value: str) -> VGroup:
        """The line of all cats with one nap, its closest point to zero, the shortest way there, and a name."""
        at, i = self.plane.at, self.lines.quantity("foot").index({"value": value, "input": 0})[0]
        foot, along = self.lines["foot"][i], self.lines["along"]
        top = (2.35 - foot[1]) / along[1]
        low = (-0.8 - foot[1]) / along[1]
        line = Line(at(foot + low * along), at(foot + top * along)).set_stroke(NAP_TINT, 4)
        mark = self.plane.right_angle(foot, along, -self.way, 0.13, 2.5)
        name = Words("nap {v}", v=self.lines.read("values", value=value), size=SMALL, color=NAP)
        name.next_to(line.get_end(), LEFT if value == "1" else RIGHT, buff=0.16)
        return VGroup(line, mark, Dot(at(foot), radius=0.1, color=HIGHLIGHT), name)

    def closest_of(self, value: str, y: float) -> VGroup:
        """The cat of that closest point, beside the plane, as its measures and its nap make it."""
        i = self.lines.quantity("foot").index({"value": value, "input": 0})[0]
        cat = put(portrait(self.lines["foot"][i], self.lines["values"][i], 1.5), np.array([4.8, y, 0.0]))
        name = Words("nap {v}", v=self.lines.read("values", value=value), size=BODY, color=NAP)
        return VGroup(cat, name.next_to(cat, DOWN, buff=0.2))

    # -- the six lines -----------------------------------------------------------------------------

    def slant(self) -> None:
        """The closest points of two naps lie on one path through zero, and the weights lie along it."""
        at = self.plane.at
        with self.say("dot_product.slant") as cue:
            zero = Dot(at((0, 0)), radius=0.1, color=INK)
            self.add(self.plane)
            self.play(FadeIn(zero), run_time=min(0.5, cue.to("one")))
            self.play(Indicate(zero, scale_factor=1.6, color=HIGHLIGHT), run_time=cue.to("one"))
            self.levels, closest = VGroup(), VGroup()
            for mark, value, y in (("one", "1", 2.0), ("two", "2", -0.9)):
                cue.until(mark)
                found, cat = self.foot_of(value), self.closest_of(value, y)
                self.play(Create(found[0]), FadeIn(found[3]), run_time=0.7)
                self.play(
                    FadeIn(found[1]),
                    FadeIn(found[2], scale=2),
                    FadeIn(cat, target_position=found[2], scale=0.2),
                    run_time=0.5,
                )
                self.levels.add(found)
                closest.add(cat)
            cue.until("path")
            self.path = Line(at(-0.55 * self.way), at(3.55 * self.way)).set_stroke(INK, 4)
            self.play(Create(self.path), FadeOut(closest), run_time=min(1.0, cue.to("leans")))
            cue.until("leans")
            row = self.facts["row"]
            self.arrow = self.plane.arrow((0, 0), row, HIGHLIGHT, 10)
            self.weights = VGroup(Words("weights", color=SOFT), column(self.facts, "row", (NOSE_TINT, EAR_TINT)))
            self.weights.arrange(DOWN, buff=0.25).move_to([4.7, 1.6, 0])
            self.play(GrowArrow(self.arrow), FadeIn(self.weights), run_time=1.1)
            self.play(Indicate(self.weights[1], scale_factor=1.0, color=HIGHLIGHT), run_time=0.6)

    def ruler(self) -> None:
        """The path is the nap ruler: ticks, and its two legs."""
        at = self.plane.at
        with self.say("dot_product.ruler") as cue:
            self.play(FadeOut(self.levels), run_time=cue.to("ruler"))
            cue.until("ruler")
            self.ticks = VGroup()
            for i, tick in enumerate(self.facts["tick"]):
                stroke = Line(at(tick - 0.07 * self.normal), at(tick + 0.07 * self.normal)).set_stroke(NAP, 4)
                number = Words("{x}", x=self.facts.read("tick_nap", nap=i), size=SMALL, color=NAP)
                self.ticks.add(VGroup(stroke, number.move_to(at(tick + 0.22 * self.normal if i else (0.13, -0.19)))))
            self.title = Words("nap", color=NAP)
            self.title.move_to(at(3.42 * self.way + 0.2 * self.normal))
            self.play(
                self.path.animate.set_stroke(NAP, 7),
                FadeOut(self.arrow),
                FadeIn(self.title),
                LaggedStart(*(FadeIn(tick) for tick in self.ticks), lag_ratio=0.25),
                run_time=1.3,
            )
            row = self.facts["row"]
            cue.until("across")
            across = Words("{x}", x=self.facts.read("row", input="nose"), color=NOSE_TINT)
            across.next_to(at((row[0] / 2, 0)), DOWN, buff=0.16)
            legs = self.plane.walk([(row[0], 0), (0, row[1])], (NOSE_TINT, EAR_TINT)).add(across)
            self.play(GrowArrow(legs[0]), FadeIn(across), run_time=0.9)
            cue.until("up")
            up = Words("{x}", x=self.facts.read("row", input="ear"), color=EAR_TINT)
            up.next_to(at((row[0], row[1] / 2)), RIGHT, buff=0.16)
            self.play(GrowArrow(legs[1]), FadeIn(up), run_time=0.8)
            self.play(Indicate(self.path, scale_factor=1.0, color=HIGHLIGHT), run_time=0.7)
        self.play(FadeOut(legs), FadeOut(up), FadeOut(self.weights), run_time=0.3)

    def shadow(self) -> None:
        """A lamp square to the ruler; Tom's shadow on it."""
        at, foot = self.plane.at, self.facts["foot"][0]
        with self.say("dot_product.shadow") as cue:
            self.tom = put(portrait(self.tom_at, 2.75, height=0.72), at(self.tom_at))
            self.play(FadeIn(self.tom), run_time=0.5)
            cue.until("lamp")
            high = 1.95
            start, end = (at(t * self.way + high * self.normal) for t in (0.0, 2.3))
            light = -(high - 0.06) * self.plane.unit * np.array([*self.normal, 0])
            self.lamp = lamp(start, end, light, HIGHLIGHT)
            self.play(FadeIn(self.lamp[1:]), run_time=0.4)
            self.bring_to_back(self.lamp[0])
            self.play(*(Create(ray) for ray in self.lamp[0]), run_time=max(0.4, cue.to("shadow")))
            cue.until("shadow")
            self.cast = Line(at((0, 0)), at(foot)).set_stroke(DEEP_NAP, 16)
            self.ray = Line(at(self.tom_at), at(foot)).set_stroke(HIGHLIGHT, 3.5)
            self.foot = Dot(at(foot), radius=0.1, color=HIGHLIGHT)
            self.add(self.ray, self.tom)
            self.play(Create(self.ray), run_time=0.5)
            self.add(self.cast, *self.ticks)
            self.play(Create(self.cast), FadeIn(self.foot), run_time=0.7)
            cue.until("long")
            name = Words("shadow ≈ {x}", x=self.facts.read("shadow", cat="Tom"), color=NAP_TINT)
            self.cast_bar = self.bar(self.facts["shadow"][0], 1.75, DEEP_NAP)
            self.cast_name = self.beside(name, 2.3)
            self.play(ReplacementTransform(self.cast.copy(), self.cast_bar), FadeIn(self.cast_name), run_time=0.8)

    def times(self) -> None:
        """Shadow and length: the shadow bar stretches into the nap."""
        nap = float(self.facts["nap"][0])
        with self.say("dot_product.times") as cue:
            goal = self.bar(nap, -1.85, NAP).set_fill(opacity=0).set_stroke(NAP, 4)
            goal = DashedVMobject(goal, num_dashes=34)
            name = self.beside(Words("nap", color=NAP), -1.3)
            cue.until("yet")
            self.play(FadeIn(goal), FadeIn(name), run_time=0.6)
            try_on = self.cast_bar.copy()
            self.play(try_on.animate.move_to(self.bar(self.facts["shadow"][0], -1.85, NAP)), run_time=0.7)
            cue.until("length")
            arrow = self.plane.arrow((0, 0), self.facts["row"], HIGHLIGHT, 9)
            label = self.beside(Words("length ≈ {x}", x=self.facts.read("length"), color=HIGHLIGHT), 0.5)
            rod = self.bar(self.facts["length"], -0.05, HIGHLIGHT)
            self.play(GrowArrow(arrow), run_time=0.6)
            self.play(ReplacementTransform(arrow.copy(), rod), FadeIn(label), run_time=0.7)
            cue.until("product")
            full = self.beside(Words("nap = {x}", x=self.facts.read("nap", cat="Tom"), color=NAP), -1.3)
            rule = self.beside(Words("shadow × length", size=SMALL, color=SOFT), -2.45)
            self.play(Transform(try_on, self.bar(nap, -1.85, NAP)), FadeIn(rule), FadeIn(full[3:]), run_time=1.2)
            self.remove(name)
            self.add(full)
            self.sound("chime", -6)
            spot = Dot(self.plane.at(self.facts["foot"][0]), radius=0.2, color=NAP)
            self.play(FadeIn(spot, scale=2.2), run_time=0.4)
            self.play(FadeOut(spot), run_time=0.4)
        gone = (goal, try_on, full, rod, label, rule, arrow, self.cast_bar, self.cast_name)
        self.play(*(FadeOut(thing) for thing in gone), run_time=0.35)

    def name(self) -> None:
        """Two products and a sum fold into row times column; red and blue ruler fold into the orange one."""
        w = self.map.row("W", along="input", output="nap")
        x = self.map.row("x", along="input", cat="Tom")
        a = self.map.read("a", cat="Tom", output="nap")
        with self.say("dot_product.name") as cue:
            parts = [
                Formula("wa({w}) dot nose({x})", w=w[0], x=x[0]),
                Formula("+ med wb({w}) dot ear({x})", w=w[1], x=x[1]),
                Formula("= nap({a})", a=a),
            ]
            long = VGroup(*parts).arrange(RIGHT, buff=0.18)
            self.beside(long, 1.9)
            self.play(FadeIn(parts[0]), run_time=0.4)
            cue.until("fold")
            self.play(FadeIn(parts[1]), run_time=0.5)
            row = box_of([w], [(NOSE_TINT, EAR_TINT)], wide=1.0)
            folded = MatrixEquation(row, column(self.map, "x", (NOSE, EAR), cat="Tom"), Words("{a}", a=a, color=NAP))
            self.beside(folded, 0.3)
            self.play(FadeIn(parts[2]), run_time=0.5)
            self.play(FadeIn(folded, shift=0.4 * DOWN), run_time=0.6)
            cue.until("name")
            caption = self.beside(Words("dot product", size=HEADING, color=INK), -1.1)
            self.play(FadeIn(caption), run_time=0.5)
            cue.until("rulers")
            rods = VGroup(
                Line(self.plane.at((0, 0)), self.plane.at((3.3, 0))).set_stroke(NOSE, 10),
                Line(self.plane.at((0, 0)), self.plane.at((0, 2.5))).set_stroke(EAR, 10),
            )
            self.play(*(Create(rod) for rod in rods), run_time=0.5)
            goal = Line(self.plane.at((0, 0)), self.plane.at(3.3 * self.way)).set_stroke(NAP, 10)
            self.play(*(Transform(rod, goal.copy()) for rod in rods), run_time=1.0)
        self.play(FadeOut(rods), FadeOut(long), FadeOut(folded), FadeOut(caption), run_time=0.3)

    def light(self) -> None:
        """Tom slides along the light: another cat, the same shadow; a second lamp would see it."""
        at, along, foot = self.plane.at, self.lines["along"], self.facts["foot"][0]
        with self.say("dot_product.light") as cue:
            nap = self.beside(Words("nap = {x}", x=self.facts.read("nap", cat="Tom"), size=BODY, color=NAP), 1.9)
            bar = self.bar(self.facts["nap"][0], 1.35, NAP)
            way = Line(at(foot), at(foot + 1.95 * along)).set_stroke(HIGHLIGHT, 3.5)
            self.play(FadeIn(nap), FadeIn(bar), Transform(self.ray, way), run_time=0.6)
            cue.until("slide")
            stops = [foot + s * along for s in (1.25, 0.5, 0.95)]
            seconds = max(0.5, cue.to("still") / 2)
            for i, stop in enumerate(stops):
                if i == 2:
                    cue.until("still")
                    seconds = 0.9
                new = put(portrait(stop, 2.75, height=0.72), at(stop))
                pulse = [Indicate(self.cast, scale_factor=1.0, color=HIGHLIGHT)] if i == 2 else []
                self.play(Transform(self.tom, new), *pulse, run_time=seconds)
            cue.until("lamp")
            across = np.array([*self.way, 0])
            start, end = (at(3.2 * self.way + t * self.normal) for t in (0.35, 2.0))
            second = lamp(start, end, -(3.2 - 0.04) * self.plane.unit * across, LUCK, rays=7)
            ruler = Line(at((0, 0)), at(2.3 * self.normal)).set_stroke(LUCK, 7)
            self.play(FadeOut(self.lamp), FadeOut(self.title), FadeIn(second[1:]), Create(ruler), run_time=0.6)
            cast = Line(at((0, 0)), at(float(stops[2] @ self.normal) * self.normal)).set_stroke("#3F8F4B", 16)
            self.bring_to_back(second[0])
            note = self.beside(Words("a second lamp", color=LUCK), -0.4)
            self.play(*(Create(ray) for ray in second[0]), Create(cast), FadeIn(note), run_time=0.9)
            last = foot + 0.55 * along
            new = put(portrait(last, 2.75, height=0.72), at(last))
            short = Line(at((0, 0)), at(float(last @ self.normal) * self.normal)).set_stroke("#3F8F4B", 16)
            self.play(Transform(self.tom, new), Transform(cast, short), run_time=0.8)
