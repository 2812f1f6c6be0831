"""First chapter: a cat as a recipe, the other network's page, false friends, and the question to ask of any numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Arc,
    Circle,
    Create,
    FadeIn,
    FadeOut,
    GrowArrow,
    LaggedStart,
    Line,
    Rectangle,
    Rotate,
    RoundedRectangle,
    Transform,
    TransformFromCopy,
    VGroup,
)

from tapehead.analysis.results import Origin
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, TITLE, Words
from tapehead.scenes.stage.matrices import frame_round
from tapehead.scenes.stage.meters import Histogram
from tapehead.scenes.stage.palette import FAINT, HIGHLIGHT, INK, SOFT
from tapehead.scenes.stage.planes import arrow

from .pictures import (
    CATTY,
    RATTY,
    SIZE,
    SNOUT,
    THERE,
    THERE_TOO,
    WORDS,
    WRONG,
    animal,
    bottle,
    bow,
    matrix_of,
    other_page,
    page,
    pair,
    plate,
    point_at,
    present,
    pulse,
)

ONE, TWO = (1.0, 0.0), (0.0, 1.0)


class Basis(StageScene):
    """Eleven lines."""

    def construct(self) -> None:
        self.found = self.result("basis")
        self.door()
        self.cat_stands()
        self.recipe()
        self.name()
        self.other()
        self.turn()
        self.same()
        self.poison()
        self.friends()
        self.chance()
        self.end()

    def at(self, array: str, point: str, **where: str) -> np.ndarray:
        """A pair of a named point."""
        values = self.found[array]
        if where:
            values = values[self.found.quantity(array).labels["matrix"].index(where["matrix"])]
        return np.asarray(values[self.found.quantity("x").labels["point"].index(point)])

    def door(self) -> None:
        """Five plates in the door, one after the other; then the cat beside them."""
        self.badge_for(Origin.ILLUSTRATION)
        plates = VGroup(*(plate(word) for word in WORDS)).arrange(DOWN, buff=0.26).move_to([-3.2, 0.25, 0])
        self.cat = animal(self.at("x", "cat"), 3.3).move_to([3.85, 0.1, 0])
        empty = VGroup(*(each[0].copy().set_stroke(FAINT, 3) for each in plates))
        door = RoundedRectangle(width=7.0, height=7.3, corner_radius=0.2).set_stroke(SOFT, 6).move_to(plates)
        knob = Circle(radius=0.14).set_stroke(width=0).set_fill(SOFT, 1).move_to(door.get_right() + 0.18 * LEFT)
        with self.say("basis.door") as cue:
            self.add(door.set_stroke(FAINT))  # a film begins with a picture, however faint
            self.play(door.animate.set_stroke(SOFT), FadeIn(knob), run_time=1.2)
            self.play(LaggedStart(*(FadeIn(each) for each in empty), lag_ratio=0.25), run_time=1.2)
            for mark, each in zip(("basis", "dot", "projection", "hyperplane", "singular"), plates, strict=True):
                cue.until(mark)
                self.sound("tick")
                self.play(FadeIn(each, shift=0.4 * RIGHT), run_time=0.4)
            cue.until("cat")
            self.play(FadeIn(self.cat, shift=0.6 * LEFT), plates.animate.set_opacity(0.6), run_time=0.9)
        self.plates = VGroup(door, knob, empty, plates)

    def cat_stands(self) -> None:
        """Its two measures, and then its place on the page."""
        self.badge_for(self.found.origin)
        snout, body = self.found.row("x", along="side", point="cat")
        names = VGroup(
            Words("snout {x}", x=snout, size=HEADING, color=SNOUT).move_to([4.9, 3.1, 0]),
            Words("body {x}", x=body, size=HEADING, color=SIZE).move_to([3.2, -3.0, 0]),
        )
        self.page = page((-5.9, -2.3), 2.0, (-0.3, 2.9), (-0.3, 2.6))
        with self.say("basis.cat") as cue:
            self.play(FadeOut(self.plates), FadeIn(self.page), run_time=0.7)
            cue.until("snout")
            self.play(FadeIn(names[0]), pulse(self.cat.snout, 1.5), run_time=0.9)
            cue.until("body")
            self.play(FadeIn(names[1]), pulse(self.cat.belly, 1.1), run_time=0.9)
            cue.until("place")
            self.spot = self.page.at(self.at("x", "cat"))
            self.play(
                self.cat.animate.scale(0.42).move_to(self.spot + 1.45 * RIGHT + 0.15 * UP),
                FadeIn(point_at(self.spot, CATTY)),
                run_time=1.1,
            )
            guides = VGroup(
                Line(self.page.at((0.5, 0)), self.spot).set_stroke(SOFT, 3),
                Line(self.page.at((0, 2)), self.spot).set_stroke(SOFT, 3),
            )
            self.play(Create(guides), run_time=0.6)
        self.names, self.guides = names, guides

    def recipe(self) -> None:
        """Half of one arrow, twice the other, tail to head."""
        steps = np.asarray(self.found["recipe"][0])
        half, twice = (
            Words("{x} ×", x=x, size=HEADING, color=colour)
            for x, colour in zip(self.found.row("x", along="side", point="cat"), (SNOUT, SIZE), strict=True)
        )
        shelf = VGroup(
            arrow(np.array([3.3, 1.7, 0]), np.array([5.3, 1.7, 0]), SNOUT, 10),
            arrow(np.array([4.8, -2.2, 0]), np.array([4.8, -0.2, 0]), SIZE, 10),
        )
        labels = VGroup(
            Words("one snout", size=SMALL, color=SNOUT).next_to(shelf[0], DOWN, buff=0.2),
            Words("one body", size=SMALL, color=SIZE).next_to(shelf[1], RIGHT, buff=0.25),
        )
        half.next_to(shelf[0], LEFT, buff=0.3)
        twice.next_to(shelf[1], LEFT, buff=0.4)
        first = self.page.arrow((0, 0), ONE, SNOUT, 9)
        second = self.page.arrow((0, 0), TWO, SIZE, 9)
        with self.say("basis.recipe") as cue:
            self.play(FadeOut(self.names), FadeOut(self.guides), run_time=0.4)
            cue.until("snout")
            self.play(GrowArrow(shelf[0]), FadeIn(labels[0]), GrowArrow(first), run_time=0.7)
            cue.until("half")
            self.play(FadeIn(half), Transform(first, self.page.arrow((0, 0), steps[0], SNOUT, 9)), run_time=0.7)
            cue.until("body")
            self.play(GrowArrow(shelf[1]), FadeIn(labels[1]), GrowArrow(second), run_time=0.7)
            cue.until("twice")
            self.play(FadeIn(twice), Transform(second, self.page.arrow((0, 0), steps[1], SIZE, 9)), run_time=0.7)
            cue.until("lay")
            self.play(Transform(second, self.page.arrow(steps[0], steps[0] + steps[1], SIZE, 9)), run_time=0.9)
            self.play(pulse(self.cat, 1.15), run_time=0.7)
        self.walk, self.shelf = VGroup(first, second), VGroup(shelf, labels)
        self.amounts = VGroup(half, twice)

    def name(self) -> None:
        """The rat by other amounts of the same arrows, and the word."""
        steps = np.asarray(self.found["recipe"][1])
        there = self.page.at(self.at("x", "rat"))
        rat = animal(self.at("x", "rat"), 1.45).move_to(there + 0.15 * LEFT + 0.75 * UP)
        walk = self.page.walk(list(steps), (SNOUT, SIZE), width=9)
        amounts = VGroup(
            *(
                Words("{x} ×", x=x, size=HEADING, color=colour).move_to(old)
                for x, colour, old in zip(
                    self.found.row("x", along="side", point="rat"), (SNOUT, SIZE), self.amounts, strict=True
                )
            )
        )
        word = Words("basis", size=1.3 * HUGE, color=HIGHLIGHT).move_to([4.4, 3.15, 0])
        with self.say("basis.name") as cue:
            cue.until("rat")
            self.play(
                FadeOut(self.amounts),
                FadeIn(amounts),
                self.walk.animate.set_opacity(0.3),
                *(GrowArrow(step) for step in walk),
                run_time=0.9,
            )
            self.play(FadeIn(rat, scale=0.6), FadeIn(point_at(there, RATTY)), run_time=0.6)
            cue.until("every")
            self.play(*(pulse(each, 1.08) for each in self.shelf[0]), run_time=1.0)
            cue.until("basis")
            self.sound("chime")
            self.play(FadeIn(word, shift=0.3 * DOWN), Create(frame_round(self.shelf, 0.3)), run_time=0.8)
        self.clear_stage(run_time=0.5)

    def other(self) -> None:
        """Two pages: ours, and an empty one with arrows of another colour."""
        self.here = page((-6.1, -1.7), 1.75, (-0.3, 2.5), (-0.3, 2.5))
        self.there = other_page((0.1, -0.45), 1.32, (-0.5, 4.0), (-1.8, 2.2), ("this", "that"))
        spot = self.here.at(self.at("x", "cat"))
        self.cat = animal(self.at("x", "cat"), 1.35).move_to(spot + 0.62 * RIGHT)
        heads = VGroup(
            Words("ours", size=BODY, color=SOFT).move_to([-4.0, 3.45, 0]),
            Words("another network", size=BODY, color=THERE).move_to([1.9, 3.45, 0]),
        )
        own = VGroup(self.there.arrow((0, 0), ONE, THERE, 9), self.there.arrow((0, 0), TWO, THERE_TOO, 9))
        with self.say("basis.other") as cue:
            units = VGroup(self.here.arrow((0, 0), ONE, SNOUT, 9), self.here.arrow((0, 0), TWO, SIZE, 9))
            self.play(
                FadeIn(self.here), FadeIn(self.cat), FadeIn(heads[0]), FadeIn(point_at(spot, CATTY)), run_time=0.6
            )
            self.play(*(GrowArrow(unit) for unit in units), run_time=0.6)
            cue.until("network")
            self.play(FadeIn(self.there), FadeIn(heads[1]), run_time=0.8)
            cue.until("told")
            self.play(pulse(self.cat, 1.08), *(pulse(unit, 1.08) for unit in units), run_time=1.2)
            cue.until("arrows")
            self.play(*(GrowArrow(each) for each in own), run_time=0.9)
        self.units, self.own = units, own

    def turn(self) -> None:
        """Our unit arrows on the other page: turned, and longer."""
        columns = self.found["W"][0].T
        old = VGroup(self.there.arrow((0, 0), ONE, SNOUT, 9), self.there.arrow((0, 0), TWO, SIZE, 9))
        new = VGroup(self.there.arrow((0, 0), columns[0], SNOUT, 9), self.there.arrow((0, 0), columns[1], SIZE, 9))
        angle = np.radians(float(self.found.read("turned", matrix="turn")))
        arcs = VGroup(
            Arc(radius=0.85, start_angle=0, angle=-angle, arc_center=self.there.at((0, 0))),
            Arc(radius=0.85, start_angle=np.pi / 2, angle=-angle, arc_center=self.there.at((0, 0))),
        ).set_stroke(HIGHLIGHT, 5)
        by = Words("{x:.0f}°", x=self.found.read("turned", matrix="turn"), size=HEADING, color=HIGHLIGHT)
        by.move_to(self.there.at((1.35, -0.5)))
        box = matrix_of(self.found, "turn")
        box.move_to([5.75, -2.75, 0])
        long = Words("× {x:.1f}", x=self.found.read("scale", matrix="turn"), size=TITLE, color=HIGHLIGHT)
        long.move_to([2.2, -3.2, 0])
        with self.say("basis.turn") as cue:
            self.play(self.own.animate.set_opacity(0.25), run_time=0.3)
            cue.until("page")
            self.play(
                *(TransformFromCopy(unit, each) for unit, each in zip(self.units, old, strict=True)), run_time=0.9
            )
            cue.until("turned")
            turned = [each.copy().rotate(-angle, about_point=self.there.at((0, 0))) for each in old]
            self.play(*(Transform(a, b) for a, b in zip(old, turned, strict=True)), Create(arcs), run_time=1.0)
            self.play(FadeIn(by), run_time=0.4)
            cue.until("blog")
            self.play(FadeIn(box), run_time=0.6)
            cue.until("long")
            self.play(*(Transform(a, b) for a, b in zip(old, new, strict=True)), FadeIn(long, scale=0.8), run_time=1.0)
        self.play(FadeOut(arcs), FadeOut(by), FadeOut(long), FadeOut(box), run_time=0.4)
        self.images = old

    def same(self) -> None:
        """Half of the one and twice the other, over there; the same cat, another name."""
        parts = self.found["column_part"][0][0]
        spot = self.there.at(self.at("translated", "cat", matrix="turn"))
        walk = self.there.walk(parts, (SNOUT, SIZE), width=9)
        twin = self.cat.copy().move_to(spot + 0.55 * LEFT + 1.15 * UP)
        names = VGroup(
            pair(self.found.row("x", along="side", point="cat"), CATTY, HEADING).move_to([-2.3, 0.55, 0]),
            pair(self.found.row("translated", along="side", matrix="turn", point="cat"), CATTY, HEADING),
        )
        names[1].next_to(spot, RIGHT, buff=0.22)
        with self.say("basis.same") as cue:
            self.play(self.images.animate.set_opacity(0.3), *(GrowArrow(step) for step in walk), run_time=1.2)
            cue.until("same")
            self.play(TransformFromCopy(self.cat, twin), FadeIn(point_at(spot, CATTY)), run_time=1.0)
            cue.until("here")
            self.play(FadeIn(names), run_time=0.6)
            self.play(pulse(names[1], 1.12), run_time=0.8)
        self.clear_stage(run_time=0.5)

    def poison(self) -> None:
        """The parcel and the bottle, under one word."""
        self.badge_for(Origin.ILLUSTRATION)
        gift, flask = present(3.6).move_to([-3.6, 0.3, 0]), bottle(2.5).move_to([3.6, 0.35, 0])
        words = VGroup(
            Words("gift", size=HUGE, color=INK).move_to([-3.6, -2.75, 0]),
            Words("Gift", size=HUGE, color=INK).move_to([3.6, -2.75, 0]),
        )
        heads = VGroup(
            Words("English", size=BODY, color=SOFT).move_to([-3.6, 3.45, 0]),
            Words("German", size=BODY, color=THERE).move_to([3.6, 3.45, 0]),
        )
        with self.say("basis.poison") as cue:
            self.play(FadeIn(heads[0]), FadeIn(words[0]), run_time=0.5)
            cue.until("present")
            self.play(FadeIn(gift, scale=0.8), run_time=0.6)
            self.play(TransformFromCopy(words[0], words[1]), FadeIn(heads[1]), run_time=0.9)
            cue.until("poison")
            self.play(FadeIn(flask, scale=0.8), run_time=0.6)
        self.clear_stage(run_time=0.5)

    def friends(self) -> None:
        """One thing, two names; one name, two things."""
        self.badge_for(self.found.origin)
        here = page((-3.9, -1.9), 1.75, (-1.6, 1.4), (-0.3, 2.7))
        there = other_page((5.2, -1.9), 1.25, (-4.6, 1.0), (-0.4, 3.8), ("this", "that"))
        spot, goal = here.at(self.at("x", "present")), there.at(self.at("translated", "present", matrix="gift"))
        false, back = there.at(self.at("x", "present")), here.at(self.at("read_back", "present", matrix="gift"))
        names = VGroup(
            pair(self.found.row("x", along="side", point="present"), HIGHLIGHT, HEADING).next_to(spot, UP, buff=0.25),
            pair(
                self.found.row("translated", along="side", matrix="gift", point="present"), HIGHLIGHT, HEADING
            ).next_to(goal, DOWN, buff=0.25),
            pair(self.found.row("x", along="side", point="present"), WRONG, HEADING).next_to(false, UP, buff=0.25),
        )
        thirds = self.thirds(WRONG).next_to(back, DOWN, buff=0.25).shift(0.55 * RIGHT)
        ways = VGroup(bow(spot, goal, HIGHLIGHT, -0.45), bow(false, back, WRONG, 0.42))
        with self.say("basis.friends") as cue:
            self.play(FadeIn(here), FadeIn(there), run_time=0.6)
            cue.until("one")
            self.play(FadeIn(point_at(spot, HIGHLIGHT), scale=2), FadeIn(names[0]), run_time=0.6)
            cue.until("other")
            self.play(Create(ways[0]), run_time=0.9)
            self.play(FadeIn(point_at(goal, HIGHLIGHT), scale=2), FadeIn(names[1]), run_time=0.5)
            cue.until("say")
            self.play(
                FadeIn(point_at(false, WRONG), scale=2),
                FadeIn(names[2]),
                ways[0].animate.set_stroke(opacity=0.25),
                run_time=0.7,
            )
            cue.until("third")
            self.play(Create(ways[1]), FadeOut(ways[0]), run_time=0.8)
            self.play(FadeIn(point_at(back, WRONG), scale=2), FadeIn(thirds), run_time=0.5)
        self.clear_stage(run_time=0.5)

    def thirds(self, colour: str) -> Words:
        """The false friend in fractions."""
        place = {"matrix": "gift", "point": "present"}
        fields: dict[str, Any] = {
            f"{name}{n}": self.found.read(f"read_back_{side}", side=part, **place)
            for n, part in enumerate(("first", "second"))
            for name, side in (("t", "top"), ("b", "bottom"))
        }
        return Words("({t0:.0f}/{b0:.0f}, {t1:.0f}/{b1:.0f})", size=HEADING, color=colour, **fields)

    def chance(self) -> None:
        """How uneven random boxes are; a turn would stand at the left end."""
        uneven = self.found["null_uneven"]
        heap = Histogram(uneven, np.linspace(0, 1, 26), width=11.6, height=4.4, colour=THERE)
        heap.move_to([0.3, -2.3, 0], aligned_edge=DOWN)
        foot = heap.at(0)
        post = Line(foot, foot + 4.4 * UP).set_stroke(HIGHLIGHT, 8)
        words = VGroup(
            Words("a mere turn", size=BODY, color=HIGHLIGHT).next_to(post, UP, buff=0.2).align_to(post, LEFT),
            Words("squeezes everything flat", size=SMALL, color=SOFT).next_to(heap.at(1), DOWN, buff=0.3),
        )
        words[1].align_to(heap, RIGHT)
        count = Words("{n:,.0f} random boxes", n=self.found.read("draws"), size=HEADING, color=THERE).move_to(
            [3.4, 3.2, 0]
        )
        nearly = heap.at(self.found.read("null_turns_at"))
        zone = Rectangle(width=(nearly - foot)[0], height=4.4, stroke_width=0).set_fill(HIGHLIGHT, 0.25)
        zone.move_to(foot, aligned_edge=DOWN).align_to(post, LEFT)
        turns = Words("{n:.0f} within a tenth", n=self.found.read("null_turns"), size=HEADING, color=HIGHLIGHT)
        turns.next_to(zone, RIGHT, buff=0.3).set_y(1.2)
        empty = VGroup(heap.grown(0.0))
        middle, columns = np.array([-0.6, -1.7, 0.0]), self.found["W"][1].T
        theirs = VGroup(
            *(
                arrow(middle, middle + 2.3 * np.append(c, 0), colour, 12)
                for c, colour in zip(columns, (THERE, THERE_TOO), strict=True)
            )
        )
        ours = VGroup(arrow(middle, middle + 3.4 * RIGHT, SNOUT, 10), arrow(middle, middle + 3.4 * UP, SIZE, 10))
        with self.say("basis.chance") as cue:
            self.play(*(GrowArrow(each) for each in (*theirs, *ours)), run_time=0.7)
            cue.until("turn")
            self.play(Rotate(ours, 1.9, about_point=middle), run_time=1.6)
            self.play(Rotate(ours, -1.4, about_point=middle), run_time=max(0.6, cue.to("drawn") - 0.2))
            cue.until("drawn")
            self.play(
                FadeOut(ours),
                FadeOut(theirs),
                FadeIn(count),
                FadeIn(words),
                FadeIn(post),
                FadeIn(heap.floor),
                run_time=0.5,
            )
            bars = empty[0]
            self.add(bars)
            for share in (0.1, 0.35, 1.0):
                self.play(Transform(bars, heap.grown(share)), run_time=0.45)
            cue.until("none")
            self.play(FadeIn(zone), FadeIn(turns, shift=0.2 * LEFT), run_time=0.5)
        self.clear_stage(run_time=0.5)

    def end(self) -> None:
        """A name, its language, and the question."""
        numbers = pair(self.found.row("x", along="side", point="cat"), INK, 1.6 * HUGE).move_to([0, 1.7, 0])
        cats = VGroup(
            animal(self.at("x", "cat"), 2.1).move_to([-4.4, -1.0, 0]),
            animal(self.at("read_back", "cat", matrix="rates"), 2.0).move_to([4.3, -1.1, 0]),
        )
        tags = VGroup(
            Words("ours", size=BODY, color=SOFT).move_to([-4.4, -3.0, 0]),
            Words("theirs", size=BODY, color=THERE).move_to([4.3, -3.15, 0]),
        )
        ask = Words("in which basis?", size=HUGE, color=HIGHLIGHT).move_to([0, 3.3, 0])
        with self.say("basis.end") as cue:
            self.play(FadeIn(numbers), run_time=0.4)
            cue.until("name")
            ways = VGroup(
                arrow(np.array([-1.5, 0.7, 0]), np.array([-2.4, -0.4, 0]), SOFT, 10),
                arrow(np.array([1.5, 0.7, 0]), np.array([2.4, -0.4, 0]), THERE, 10),
            )
            self.play(GrowArrow(ways[0]), FadeIn(cats[0]), FadeIn(tags[0]), run_time=0.9)
            cue.until("first")
            self.play(GrowArrow(ways[1]), FadeIn(cats[1]), FadeIn(tags[1]), run_time=0.9)
            cue.until("ask")
            self.play(FadeIn(ask, shift=0.3 * DOWN), run_time=0.6)
            self.play(LaggedStart(*(pulse(cat, 1.1) for cat in cats), lag_ratio=0.4), run_time=1.2)
        self.clear_stage(run_time=0.4)
