"""Ninth scene: a nap does not tell which cat it was; what a single row of weights forgets, and what it keeps."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    PI,
    RIGHT,
    UP,
    Create,
    DashedVMobject,
    Dot,
    FadeIn,
    FadeOut,
    Flash,
    LaggedStart,
    Line,
    MoveAlongPath,
    Rectangle,
    ReplacementTransform,
    Transform,
    Uncreate,
    ValueTracker,
    VGroup,
    always_redraw,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.cats import NoCat
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, TITLE, Formula, Words
from tapehead.scenes.stage.networks import Neuron
from tapehead.scenes.stage.palette import EAR, FAINT, HIGHLIGHT, INK, NAP, NOSE, SOFT
from tapehead.scenes.stage.planes import arrow, road

from .pictures import asked, large_plane, left_plane, nap_ruler, portrait, small_face

NAPS = "2"
"""The nap that is told, as a label of ``lines``."""


class Lost(StageScene):
    """A whole line of suspects for one nap, and the one of them that is closest to zero."""

    def construct(self) -> None:
        self.lines, self.map = self.result("lines"), self.result("map")
        self.row = list(self.lines.quantity("point").labels["value"]).index(NAPS)
        self.sheet = left_plane()
        self.ruler = nap_ruler(self.result("ruler"))
        self.goal = self.ruler.at(self.lines.read("values", value=NAPS))
        points = self.lines["point"][self.row]
        inside = [k for k, (x, y) in enumerate(points) if -2 <= x <= 3 and -2.95 <= y <= 2.8]
        self.samples = inside
        self.spots = [self.sheet.at(points[k]) for k in inside]
        self.which()
        self.suspects()
        self.whole_line()
        self.squeeze()
        self.measurement()
        self.foot()
        self.clear_stage(run_time=0.4)

    def which(self) -> None:
        """The road back does not know where to land."""
        sheet, ruler, goal = self.sheet, self.ruler, self.goal
        self.add(sheet, ruler)
        with self.say("lost.which") as cue:
            start, end = sheet.at((1, 1)), ruler.at(self.map.read("a", cat="Tom", output="nap"))
            way = road(start, end, 0.55 * PI, NAP, 5)
            tom = small_face(1, 1, start + 0.6 * UP, 0.7)
            tick = ruler.tick(self.map.read("a", cat="Tom", output="nap"))
            self.play(FadeIn(tom, tick), Create(way), run_time=max(0.5, cue.to("backwards")))
            rider = Dot(end, radius=0.17, color=HIGHLIGHT)
            self.add(rider)
            back = road(end, start + np.array([1.2, 1.4, 0]), -0.45 * PI, HIGHLIGHT)
            self.play(
                Uncreate(way), MoveAlongPath(rider, back), FadeOut(tom), run_time=max(0.9, (cue.to("two") - 0.2) * 0.6)
            )
            self.play(FadeOut(rider, scale=2.5), FadeOut(tick), run_time=0.35)
            cue.until("two")
            self.tick = ruler.tick(self.lines.read("values", value=NAPS), 0.24, NAP, 12)
            self.told = Words("nap {n}", n=self.lines.read("values", value=NAPS), size=HEADING, color=NAP)
            self.told.move_to([goal[0] + 0.35, -2.1, 0])
            self.play(FadeIn(self.tick, self.told), run_time=0.4)
            self.play(Flash(goal, color=NAP, line_length=0.3, flash_radius=0.5, line_stroke_width=5), run_time=0.6)
            cue.until("which")
            # Roads back that might be: one after another is tried, and none is better than the others.
            spots = [sheet.at(pair) for pair in ((1.5, 1.5), (-1.0, 1.0), (-1.0, -1.5))]
            tried = VGroup()
            for spot, bend in zip(spots, (-0.3, -0.4, -0.5), strict=True):
                way = DashedVMobject(road(goal, spot, bend * PI, HIGHLIGHT, 5), num_dashes=26, dashed_ratio=0.55)
                tried.add(way)
            mark = asked(spots[0], TITLE)
            self.play(FadeIn(mark, scale=0.5), Create(tried[0]), run_time=0.6)
            for before, way, spot in zip(tried, tried[1:], spots[1:], strict=False):
                dim = before.animate.set_stroke(opacity=0.4)
                self.play(mark.animate.move_to(spot), Create(way), dim, run_time=0.75)
            self.ask = VGroup(tried, mark)

    def suspects(self) -> None:
        """Three cats, or nearly: each sends a road to the same tick."""
        sheet, goal = self.sheet, self.goal
        self.people, self.roads = VGroup(), VGroup()
        with self.say("lost.suspects") as cue:
            self.play(FadeOut(self.ask), run_time=0.3)
            plans = (
                ("first", "1", 0.35 * PI, DOWN + RIGHT),
                ("second", "0", 0.55 * PI, DOWN + RIGHT),
                ("third", "2", -0.25 * PI, UP + RIGHT),
            )
            for mark, nose, bend, side in plans:
                pair = [self.lines.read("crossing", value=NAPS, nose=nose, input=key) for key in ("nose", "ear")]
                place = sheet.at(pair)
                dot = Dot(place, radius=0.13, color=HIGHLIGHT)
                if min(pair) < 0:
                    face = NoCat(0.7).move_to(place + 0.75 * LEFT)
                else:
                    face = small_face(pair[0], pair[1], place + (0.85 if nose == "0" else 0.75) * LEFT, 0.7)
                label = Formula("(nose({x}), ear({y}))", x=pair[0], y=pair[1], size=BODY)
                label.next_to(place, side, buff=0.36)
                way = road(place, goal, bend, NAP, 4)
                cue.until(mark)
                self.play(FadeIn(face, dot, scale=0.5), FadeIn(label), run_time=0.5)
                self.play(Create(way), run_time=0.8)
                self.sound("tick")
                self.people.add(VGroup(face, dot, label))
                self.roads.add(way)

    def whole_line(self) -> None:
        """The places between light up; all of them nap the same."""
        with self.say("lost.line") as cue:
            labels = [person[2] for person in self.people]  # the line is going to run where they stand
            self.play(self.roads.animate.set_stroke(opacity=0.25), *(FadeOut(each) for each in labels), run_time=0.4)
            dots = VGroup(*(Dot(spot, radius=0.1, color=HIGHLIGHT) for spot in self.spots))
            self.line = Line(self.spots[0], self.spots[-1]).set_stroke(HIGHLIGHT, 8)
            self.play(
                LaggedStart(*(FadeIn(dot, scale=3) for dot in dots), lag_ratio=0.1), run_time=max(1.0, cue.to("line"))
            )
            self.play(Create(self.line), FadeOut(*(person[0] for person in self.people)), run_time=0.6)
            self.remove(*dots)
            self.play(FadeOut(*(person[1] for person in self.people), self.roads), run_time=0.3)
            where = ValueTracker(0.0)
            ends = np.array(self.spots)

            def spot() -> np.ndarray:
                return ends[0] + where.get_value() * (ends[-1] - ends[0])

            cat = always_redraw(lambda: Dot(spot(), radius=0.2, color=INK))
            wire = always_redraw(lambda: Line(spot(), self.goal).set_stroke(NAP, 5))
            self.play(FadeIn(wire, cat), run_time=0.3)
            count = len(self.samples) - 1
            for share in (0.5, 1.0):
                self.play(where.animate.set_value(share), run_time=max(0.8, cue.to("exactly") * share))
                self.tell(self.samples[round(share * count)])
            cue.until("exactly")
            self.play(where.animate.set_value(0.75), run_time=0.9)  # high up: the wire passes over the ruler's numbers
            self.tell(self.samples[round(0.75 * count)])
            self.play(FadeOut(wire, cat), run_time=0.3)

    def tell(self, sample: int) -> None:
        """The nap of a suspect, read anew."""
        nap = self.lines.read("out", value=NAPS, sample=sample, output="nap")
        fresh = Words("nap {n}", n=nap, size=HEADING, color=NAP).move_to(self.told)
        self.remove(self.told)
        self.add(fresh)
        self.told = fresh

    def squeeze(self) -> None:
        """All suspects pile up in one point of the ruler."""
        with self.say("lost.squeeze") as cue:
            cue.until("squeeze")
            crowd = VGroup(*(Dot(spot, radius=0.12, color=HIGHLIGHT) for spot in self.spots[::2]))
            self.add(crowd)
            paths = [road(dot.get_center(), self.goal, 0.12 * PI * np.sign(dot.get_y() + 0.1), NAP) for dot in crowd]
            moves = [MoveAlongPath(dot, path) for dot, path in zip(crowd, paths, strict=True)]
            self.play(LaggedStart(*moves, lag_ratio=0.03), run_time=1.3)
            self.remove(*crowd)
            heap = Dot(self.goal, radius=0.22, color=HIGHLIGHT)
            self.play(FadeIn(heap, scale=2), run_time=0.2)
            cue.until("in")
            places = (np.array([2.2, 3.1, 0]), np.array([2.2, 1.7, 0]), np.array([5.6, 2.4, 0]))
            neuron = Neuron(places[:2], places[2], (NOSE, EAR), (SOFT, SOFT), NAP, radius=0.42, width=5)
            self.play(FadeIn(neuron), run_time=0.4)
            riders = VGroup(Dot(places[0], radius=0.2, color=NOSE), Dot(places[1], radius=0.2, color=EAR))
            self.play(FadeIn(riders), run_time=0.2)
            self.play(*(r.animate.move_to(places[2]).set_color(NAP) for r in riders), run_time=0.8)
            cue.until("gone")
            self.dim = self.line.copy().set_stroke(FAINT, 5)
            self.play(Transform(self.line, self.dim), FadeOut(riders[1]), run_time=0.7)
        self.panel = VGroup(neuron, riders[0])
        self.heap = heap

    def measurement(self) -> None:
        """The way back frays; a stamp says what one row is."""
        with self.say("lost.measurement") as cue:
            goal, targets = (
                self.goal,
                [self.spots[k] for k in np.linspace(0, len(self.spots) - 1, 7).round().astype(int)],
            )
            frays = VGroup()
            for target in targets:
                path = road(goal, target, -0.12 * PI, HIGHLIGHT, 4)
                frays.add(DashedVMobject(path, num_dashes=22, dashed_ratio=0.55))
            # The name of the axis stands where the ways back spread, and steps aside.
            # So do the ruler's numbers, which the ways would cross.
            aside = (part.animate.set_opacity(0) for part in (self.sheet.names[0], self.ruler.numbers))
            self.play(FadeOut(self.panel), *aside, run_time=0.3)
            self.play(
                LaggedStart(*(Create(fray) for fray in frays), lag_ratio=0.05), run_time=max(1.2, cue.to("back") - 0.2)
            )
            cue.until("back")
            ends = VGroup(*(Words("?", size=BODY, color=HIGHLIGHT).next_to(t, LEFT, buff=0.42) for t in targets[1::2]))
            self.play(FadeIn(ends), frays.animate.set_stroke(opacity=0.5), run_time=0.4)
            no = Words("translation", size=BODY, color=SOFT).move_to([3.9, 2.9, 0])
            strike = VGroup(Line(UP + LEFT, DOWN + RIGHT), Line(UP + RIGHT, DOWN + LEFT)).set_stroke(HIGHLIGHT, 5)
            strike.scale_to_fit_height(0.36).next_to(no, RIGHT, buff=0.25)
            self.play(FadeIn(no), run_time=0.3)
            self.play(Create(strike), run_time=0.4)
            cue.until("measurement")
            stamp = Words("measurement", size=TITLE, color=NAP).move_to([3.9, 1.7, 0])
            frame = Rectangle(width=stamp.width + 0.6, height=stamp.height + 0.5, stroke_color=NAP, stroke_width=6)
            frame.move_to(stamp)
            self.sound("soft-pop")
            self.play(FadeIn(stamp), FadeIn(frame, scale=1.4), run_time=0.35)
            self.play(FadeOut(frays, ends), run_time=0.6)

    def foot(self) -> None:
        """The shortest way from zero meets the line at a right angle."""
        sheet = large_plane()
        foot = self.lines["foot"][self.row]
        along = self.lines["along"]

        def on_line(shift: float) -> np.ndarray:
            return sheet.at(foot + shift * along)

        with self.say("lost.foot") as cue:
            self.clear_stage(self.sheet, self.line, run_time=0.35)
            line = Line(on_line(-0.95), on_line(2.3)).set_stroke(HIGHLIGHT, 8)
            if (self.line.get_end() - self.line.get_start())[1] < 0:
                self.line.reverse_direction()
            self.play(*self.sheet.into(sheet), ReplacementTransform(self.line, line), run_time=0.8)
            self.add(sheet, line)
            name = Words("nap {n}", n=self.lines.read("values", value=NAPS), size=BODY, color=NAP)
            name.next_to(on_line(1.7), RIGHT, buff=0.3)
            self.play(FadeIn(name), run_time=max(0.5, cue.to("keep") - 0.1))
            cue.until("keep")
            zero = Dot(sheet.at((0, 0)), radius=0.18, color=INK)
            self.play(FadeIn(zero, scale=3), run_time=0.4)
            shift = ValueTracker(2.1)
            ray = always_redraw(lambda: arrow(sheet.at((0, 0)), on_line(shift.get_value()), INK))
            self.play(FadeIn(ray), run_time=0.3)
            self.play(shift.animate.set_value(-0.9), run_time=max(0.8, (cue.to("foot")) * 0.55))
            self.play(shift.animate.set_value(0.0), run_time=max(0.8, cue.to("foot")))
            cue.until("foot")
            mark = Dot(on_line(0), radius=0.13, color=HIGHLIGHT)
            pair = [self.lines.read("foot", value=NAPS, input=key) for key in ("nose", "ear")]
            place = Formula("(nose({x}), ear({y}))", x=pair[0], y=pair[1], size=BODY)
            place.next_to(mark, RIGHT, buff=0.35)
            nearest = portrait(foot, self.lines["values"][self.row], 2.0).shift([5.0, 0.3, 0])
            note = Words("closest to zero", size=SMALL, color=SOFT).move_to([5.0, -1.3, 0])
            self.play(FadeIn(mark, scale=2), FadeIn(place), run_time=0.4)
            self.play(FadeIn(nearest, shift=0.4 * RIGHT), FadeIn(note), run_time=0.6)  # not over the numbers
            cue.until("square")
            corner = sheet.right_angle(foot, along, -foot / np.hypot(*foot), 0.28, 6)
            self.play(Create(corner), run_time=0.5)
            self.play(Flash(on_line(0), color=INK, line_length=0.2, flash_radius=0.55), run_time=0.6)
