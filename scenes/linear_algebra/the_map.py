"""Twelfth scene: back through the box, why this recipe, what a bend does to it, and the cat under the map."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    ArcBetweenPoints,
    Create,
    DashedVMobject,
    Dot,
    FadeIn,
    FadeOut,
    GrowArrow,
    Indicate,
    LaggedStart,
    Line,
    MoveAlongPath,
    Transform,
    VGroup,
    linear,
    there_and_back,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.cats import NoCat, put
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, TITLE, Formula, Words
from tapehead.scenes.stage.matrices import frame_round, weights
from tapehead.scenes.stage.networks import bend
from tapehead.scenes.stage.palette import BAD, EAR, EAR_TINT, HIGHLIGHT, INK, LUCK, NAP, NOSE, NOSE_TINT, OUTPUT, SOFT
from tapehead.scenes.stage.planes import arrow, ghost
from tapehead.scenes.stage.tears import tear

from .pictures import BETWEEN, FACE, pair_label, pillow, portrait, square_logo, two_planes
from .second_ruler import LOST
from .the_map_end import TheEnd

TERMS = ((NOSE, NOSE_TINT), (EAR, EAR_TINT))
"""The colours of the two terms of the nap rule: a measure and its weight."""
WIDE, HIGH = 8.1, 4.0
"""The square of two roads: how far its corners are apart."""


class TheMap(TheEnd, StageScene):
    """Nine lines; the last three and the end card are in :class:`TheEnd`."""

    def construct(self) -> None:
        self.map = self.result("map")
        self.before, self.after = two_planes()
        self.tape.off()
        self.back()
        self.basis()
        self.nobody()
        self.square()
        self.bend()
        self.between()
        self.again()
        self.cat()
        self.asleep()
        self.end_card()

    def place(self, array: str, cat: str) -> np.ndarray:
        """A pair of one cat from the map's arrays."""
        names = self.map.quantity("x").labels["cat"]
        return np.asarray(self.map[array][names.index(cat)])

    # -- two planes --------------------------------------------------------------------------------

    def back(self) -> None:
        """The box in reverse brings Tom home."""
        with self.say("the_map.back") as cue:
            box = weights(self.map).move_to(BETWEEN)
            there, here = BETWEEN + np.array([-1.2, -1.35, 0]), BETWEEN + np.array([1.2, -1.35, 0])
            way = arrow(there, here, SOFT, 6)
            dot = Dot(self.after.at(self.place("a", "Tom")), radius=0.14, color=OUTPUT)
            self.add(self.before, self.after, box, way)  # as the scene before leaves them
            self.play(FadeIn(dot, scale=2.5), run_time=0.5)
            cue.until("reverse")
            reverse = weights(self.map, "inverse", spec=".2f").move_to(BETWEEN)
            self.play(FadeOut(box, shift=0.5 * UP), Transform(way, arrow(here, there, HIGHLIGHT, 6)), run_time=0.6)
            self.play(FadeIn(reverse, shift=0.5 * UP), run_time=0.5)
            note = Words("the box, reversed", size=SMALL, color=SOFT).next_to(way, DOWN, buff=0.25)
            self.play(FadeIn(note), run_time=0.4)
            cue.until("home")
            goal = self.before.at(self.place("round_trip", "Tom"))
            self.add(ghost(dot), dot)
            path = ArcBetweenPoints(dot.get_center(), goal, angle=-0.6)
            self.play(MoveAlongPath(dot, path), run_time=1.3)
            tom = put(portrait((1, 1), 2.75, FACE), goal)
            label = pair_label(self.map, "round_trip", "input", "Tom", BODY).next_to(tom, UP, buff=0.16)
            self.sound("chime")
            self.play(FadeOut(dot), FadeIn(tom, scale=0.4), FadeIn(label), run_time=0.6)
        self.clear_stage(self.before, self.after, reverse, way, tom, run_time=0.35)
        self.box, self.way, self.tom = reverse, way, tom

    def basis(self) -> None:
        """One row leads one way only; a box that can be undone leads both ways, and is a change of basis."""
        there, here = BETWEEN + np.array([-1.2, -1.35, 0]), BETWEEN + np.array([1.2, -1.35, 0])
        box = weights(self.map).move_to(BETWEEN)
        with self.say("the_map.basis") as cue:
            lesser = Words("a measurement", size=SMALL, color=SOFT).move_to(BETWEEN + 1.75 * DOWN)
            self.play(FadeOut(self.box), FadeIn(box.rows[0]), FadeIn(box.bracket), run_time=0.35)
            self.play(Transform(self.way, arrow(there, here, SOFT, 6)), FadeIn(lesser), run_time=0.4)
            cue.until("square")
            back = arrow(here + 0.45 * DOWN, there + 0.45 * DOWN, HIGHLIGHT, 6)
            self.play(FadeOut(lesser), FadeIn(box.rows[1], shift=0.3 * UP), GrowArrow(back), run_time=0.6)
            frame = frame_round(box.rows, 0.1)
            self.play(Create(frame), self.way.animate.set_color(HIGHLIGHT), run_time=0.6)
            cue.until("name")
            grand = Words("change of basis", size=HEADING, color=HIGHLIGHT).move_to([BETWEEN[0], 3.1, 0])
            self.play(FadeIn(grand, shift=0.3 * DOWN), run_time=0.6)
            cue.until("languages")
            twin = put(portrait((1, 1), 2.75, FACE), self.after.at(self.place("a", "Tom")))
            said = VGroup()
            for cat, array, axis, names, colours in (
                (self.tom, "x", "input", ("nose", "ear"), (NOSE, EAR)),
                (twin, "a", "output", ("nap", "luck"), (NAP, LUCK)),
            ):
                words = VGroup(
                    *(
                        Words("{name} {v}", name=name, v=self.map.read(array, cat="Tom", **{axis: name}), color=colour)
                        for name, colour in zip(names, colours, strict=True)
                    )
                )
                words.arrange(DOWN, buff=0.15, aligned_edge=LEFT).next_to(cat, UP, buff=0.2)
                said.add(words)
            here = self.tom.animate(rate_func=there_and_back).scale(1.25)
            self.play(here, FadeIn(said[0]), run_time=0.6)
            self.play(FadeIn(twin, scale=0.4), FadeIn(said[1]), run_time=0.6)
        self.clear_stage(self.before, self.after, run_time=0.35)

    def nobody(self) -> None:
        """The same two numbers mean two different nobodies."""
        with self.say("the_map.nobody") as cue:
            label = pair_label(self.map, "x", "input", "nobody", TITLE, HIGHLIGHT).move_to([BETWEEN[0], 3.35, 0])
            cue.until("pair")
            self.play(FadeIn(label, scale=1.0, shift=0.3 * DOWN), run_time=0.5)
            self.nobody_goes(cue.to("first"), "first", cue)
            self.nobody_goes(0.1, "second", cue)
        self.clear_stage(run_time=0.35)

    def nobody_goes(self, wait: float, mark: str, cue: object) -> None:
        """Put the pair on one plane and follow it to the other."""
        cue.until(mark)  # type: ignore[attr-defined]
        planes = (self.before, self.after) if mark == "first" else (self.after, self.before)
        array, axis = ("a", "output") if mark == "first" else ("read_back", "input")
        colour = INK if mark == "first" else OUTPUT
        start, end = planes[0].at(self.place("x", "nobody")), planes[1].at(self.place(array, "nobody"))
        flier = Dot(np.array([BETWEEN[0], 2.85, 0]), radius=0.14, color=HIGHLIGHT)
        self.play(flier.animate.move_to(start), run_time=0.6)
        who, other = (NoCat(0.58, colour).move_to(place) for place in (start, end))  # the name of an axis is near
        bend = -0.3 if mark == "first" else 0.35
        path = DashedVMobject(ArcBetweenPoints(start, end, angle=bend), num_dashes=30).set_stroke(colour, 4)
        self.play(FadeIn(who), Create(path), run_time=0.9)
        one, two = (self.map.read(array, cat="nobody", **{axis: i}) for i in range(2))
        found = Words("({one:.2f}, {two:.2f})", one=one, two=two, size=BODY, color=colour)
        # Right of the upright axis beside which each of them lands, and below the road that leads there.
        axis, below = (self.after, 0.0) if mark == "first" else (self.before, 0.55)
        found.next_to([axis.zero[0], end[1] - below, 0], RIGHT, buff=0.2)
        self.play(FadeIn(other), FadeIn(found), FadeOut(flier), run_time=0.6)

    # -- two roads ---------------------------------------------------------------------------------

    def square(self) -> None:
        """Join and translate, translate and join: one corner."""
        self.logo = square_logo(WIDE, HIGH).shift(0.2 * DOWN)
        self.logo.corners.set_opacity(0)
        top_left, top_right, low_left, low_right = (dot.get_center() for dot in self.logo.corners)
        self.two = two = VGroup(portrait((1, 1), 2.75, 1.15), portrait((1, 2), 3.5, 1.15, collar=True))
        put(two[0], top_left + 1.75 * LEFT)
        put(two[1], top_left + 0.1 * LEFT)
        self.joined = joined = put(portrait(self.map["joined"], 6, 1.05), top_right + 0.75 * RIGHT)
        self.naps = naps = VGroup(pillow(0.72), pillow(0.9)).arrange(RIGHT, buff=0.25).move_to(low_left + 0.9 * LEFT)
        ends = (
            (top_left + 0.9 * RIGHT, top_right + 0.2 * LEFT),
            (top_right + np.array([0.75, -0.95, 0]), low_right + np.array([0.75, 1.05, 0])),
            (top_left + np.array([-0.9, -1.05, 0]), low_left + np.array([-0.9, 0.6, 0])),
            (low_left + 0.65 * RIGHT, low_right + 0.3 * LEFT),
        )
        for side, (start, end) in zip(self.logo.sides, ends, strict=True):
            side.put_start_and_end_on(start, end)
        names = VGroup(
            Words("add", color=INK).next_to(self.logo.sides[0], UP, buff=0.22),
            Words("translate", color=NAP).next_to(self.logo.sides[1], LEFT, buff=0.2),
            Words("translate", color=NAP).next_to(self.logo.sides[2], RIGHT, buff=0.2),
            Words("add", color=INK).next_to(self.logo.sides[3], DOWN, buff=0.12),
        )
        names[1:3].set_y(0.6)
        self.corner = low_right + 0.75 * RIGHT
        values = self.map.row("roads", along="road", rule="multiply and add", output="nap")
        with self.say("the_map.square") as cue:
            self.play(FadeIn(two), run_time=0.5)
            cue.until("why")
            self.rule = self.rule_of('nose("nose")', 'ear("ear")').move_to([-0.1, -0.45, 0])
            self.play(FadeIn(self.rule), FadeIn(self.logo.sides), FadeIn(names), run_time=0.7)
            self.dots = VGroup(Dot(radius=0.17, color=HIGHLIGHT), Dot(radius=0.17, color="#FFFFFF"))
            self.roads = (self.logo.sides[0], self.logo.sides[1]), (self.logo.sides[2], self.logo.sides[3])
            self.values = VGroup()
            places = (self.corner + 0.32 * UP, self.corner + 0.38 * DOWN)
            for i, mark in enumerate(("first", "second")):
                self.travel(i, cue.to(mark), (joined, naps)[i])
                cue.until(mark)
                value = Words("{v}", v=values[i], size=HEADING, color=NAP).move_to(places[i])
                self.sound("tick")
                self.play(FadeIn(value, shift=0.2 * RIGHT), run_time=0.3)
                self.values.add(value)
            cue.until("same")
            self.play(FadeOut(self.values[1], shift=0.7 * UP), run_time=0.35)
            self.ring = frame_round(self.values[0], 0.2)
            self.sound("chime")
            self.play(Create(self.ring), FadeOut(self.dots), run_time=0.5)

    def rule_of(self, nose: str, ear: str, bent: bool = False) -> Formula:
        """The nap row of W as an equation of two measures, and with the bend round it."""
        first, second = (self.map.read("W", output="nap", input=each) for each in ("nose", "ear"))
        total = f"wa({{a}}) thin {nose} + wb({{b}}) thin {ear}"
        template = f'nap("nap") = bad("bend")({total})' if bent else f'nap("nap") = {total}'
        return Formula(template, size=HEADING, a=first, b=second)

    def travel(self, i: int, seconds: float, made: VGroup) -> None:
        """A dot takes one of the two roads; ``made`` is what its first half leads to, and is there when it arrives."""
        dot, (one, two) = self.dots[i], self.roads[i]
        seconds = min(max(seconds, 0.5), 2.4)
        dot.move_to(one.get_start())
        self.add(dot)
        self.play(dot.animate(rate_func=linear).move_to(one.get_end()), run_time=seconds * 0.38)
        self.play(dot.animate(rate_func=linear).move_to(two.get_start()), FadeIn(made), run_time=seconds * 0.16)
        self.play(dot.animate(rate_func=linear).move_to(two.get_end()), run_time=seconds * 0.36)

    def bend(self) -> None:
        """With the bend of a real network the roads come apart, for two of whom one lies below zero."""
        values = self.map.row("bent_roads", along="road", rule="multiply, add, bend", output="nap")
        with self.say("the_map.bend") as cue:
            rule = self.rule_of('nose("nose")', 'ear("ear")', bent=True).move_to(self.rule)
            hinges = VGroup(*(bend(side.get_center(), 1.0, 1.05, BAD) for side in self.logo.sides[1:3]))
            gone = (FadeOut(self.rule), FadeOut(self.ring), FadeOut(self.values[0]))
            self.play(*gone, run_time=0.3)  # first: one rule comes where the other stands
            self.play(FadeIn(rule), run_time=max(0.4, cue.to("bend")))
            cue.until("bend")
            self.play(LaggedStart(*(FadeIn(each, scale=1.6) for each in hinges), lag_ratio=0.3), run_time=0.8)
            cue.until("zero")
            flats = [Indicate(each[2], scale_factor=1.2, color=HIGHLIGHT) for each in hinges]
            self.play(*flats, run_time=max(0.5, min(1.0, cue.to("pair"))))
            cue.until("pair")
            nobody = NoCat(1.05, INK).move_to(self.two[1].face.get_center())
            both = NoCat(1.0, INK).move_to(self.joined.face.get_center())
            away = (FadeOut(self.two[1], shift=0.4 * UP), FadeOut(self.joined), FadeOut(self.naps))
            self.play(*away, FadeIn(nobody, shift=0.4 * UP), run_time=0.6)
            split = VGroup(*(Words("{v}", v=v, size=HEADING, color=BAD) for v in values))
            split[0].move_to(self.corner + 0.58 * UP)
            split[1].move_to(self.corner + 0.68 * DOWN)
            for i, mark in enumerate(("first", "second")):
                self.dots[i].set_opacity(1)
                # What the nobody would nap lies below zero, and the bend leaves nothing of it: one nap is there.
                self.travel(i, cue.to(mark), (both, self.naps[0])[i])
                cue.until(mark)
                self.sound("tick")
                self.play(FadeIn(split[i], shift=0.3 * (UP, DOWN)[i]), run_time=0.4)
            cross = Words("≠", size=HEADING, color=BAD).move_to(self.corner + 0.05 * DOWN)
            # The rule of the second ruler: the worse the miss, here of one road by the other, the more the tape tears.
            self.tape.on()
            self.tape.keep_clean(self.standing_badge, split, cross, rule)
            tear(self, values[1], of=(float(values[0]), float(values[0]) + LOST), over=0.6)
            self.play(FadeIn(cross), FadeOut(self.dots), run_time=0.4)
            self.play(Indicate(cross, color=HIGHLIGHT, scale_factor=1.3), run_time=max(0.6, cue.left))
        self.bent = VGroup(rule, hinges, nobody, both, self.naps[0], split, cross)

    @staticmethod
    def of_colours(rule: Formula, *colours: str) -> VGroup:
        """The glyphs of a rule that have one of these colours: one of its terms."""
        return VGroup(*(glyph for glyph in rule if glyph.get_fill_color().to_hex().upper() in colours))

    @staticmethod
    def under(term: VGroup) -> Line:
        """A stripe under a term."""
        left, right, low = term.get_left()[0], term.get_right()[0], term.get_bottom()[1] - 0.16
        return Line([left, low, 0], [right, low, 0]).set_stroke(HIGHLIGHT, 7)

    def between(self) -> None:
        """Without it, from one bend to the next, the corner closes again."""
        with self.say("the_map.between") as cue:
            self.tape.off(fade=0.6)
            self.play(FadeOut(self.bent), run_time=0.25)
            self.play(FadeIn(self.rule), FadeIn(self.two[1]), run_time=0.4)
            cue.until("holds")
            slow = max(1.1, min(2.0, 0.4 * (cue.to("nose") - 0.6)))
            for i, made in enumerate((self.joined, self.naps)):
                self.dots[i].set_opacity(1)
                self.travel(i, slow, made)
            self.play(FadeIn(self.values[0]), Create(self.ring), FadeOut(self.dots), run_time=0.4)
            # What is known of one nose and of one ear stands in the rule, and is all of it.
            stripes = [self.under(self.of_colours(self.rule, *pair)) for pair in TERMS]
            for stripe, mark in zip(stripes, ("nose", "ear"), strict=True):
                cue.until(mark)
                self.play(Create(stripe), run_time=0.4)
            cue.until("only")
            light = frame_round(self.rule, 0.2)
            self.play(FadeOut(*stripes), Create(light), run_time=0.5)
            self.play(Indicate(self.ring, color=HIGHLIGHT, scale_factor=1.08), run_time=max(0.5, cue.left))
        self.clear_stage(run_time=0.5)
