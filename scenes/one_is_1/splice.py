"""Third scene: two tapes that differ in one frame, and one head's output cut from one run into the other."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Create,
    FadeIn,
    FadeOut,
    LaggedStart,
    Line,
    MoveAlongPath,
    Polygon,
    Rotate,
    RoundedRectangle,
    ShowPassingFlash,
    VGroup,
    VMobject,
    linear,
    there_and_back,
)

from tapehead.analysis.results import Origin
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.circuits import DARK, Tower
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, TITLE, Name, Words
from tapehead.scenes.stage.palette import BAD, FAINT, HIGHLIGHT, INK, NOSE, PANEL, SOFT
from tapehead.scenes.stage.tears import mend, tear_apart

from .splice_parts import FilmStrip, scissors

TASK = "numerals"
HEAD = (2, 3)
"""The head that the drawing takes as its example; the scene says nothing about what it does."""
A, B = HIGHLIGHT, SOFT


class Splice(StageScene):
    """Tapes, their one difference, the splice, and the scale."""

    def construct(self) -> None:
        says = self.result("says")
        self.badge_for(says.origin, says.model)
        fact = says.facts["task"][TASK]
        self.subjects = [clause.split()[0] for clause in fact["text"].split(". ")]
        self.clean, self.answer = list(fact["members"]), fact["answer"]
        self.repeated = [*self.clean[:3], self.clean[2]]
        self.reordered = [self.clean[2], self.clean[0], self.clean[1], self.clean[3]]  # as in the analysis "kept"
        self.tapes()
        self.same()
        self.cut()
        self.scale()
        self.clear_stage(run_time=0.4)

    def strip_of(self, members: list[str], y: float, colour: str) -> FilmStrip:
        """A strip with somebody and a number in every frame; the last frame waits for its number."""
        strip = FilmStrip(5, width=2.0, height=1.5, colour=colour).move_to([0.75, y, 0])
        for k, subject in enumerate(self.subjects):
            who = Words("{n}", n=Name(subject), size=SMALL, color=SOFT)
            what = Words("{n}", n=Name([*members, "?"][k]), size=TITLE, color=NOSE if k < 4 else HIGHLIGHT)
            strip.put(k, VGroup(who.move_to([0, 0.45, 0]), what.move_to([0, -0.25, 0])))
        return strip

    def tapes(self) -> None:
        """Tape A, tape B, and that nobody goes on with the same word after B."""
        self.strips = VGroup(self.strip_of(self.clean, 1.9, A), self.strip_of(self.repeated, -1.4, B))
        self.names = VGroup(
            *(
                Words(f"tape {letter}", size=HEADING, color=colour).next_to(strip, LEFT, buff=0.35)
                for letter, colour, strip in zip("AB", (A, INK), self.strips, strict=True)
            )
        )
        five = Words("{n}", n=Name(self.answer), size=HEADING, color=HIGHLIGHT)
        tag = VGroup(RoundedRectangle(corner_radius=0.2, width=1.1, height=0.9).set_stroke(HIGHLIGHT, 4), five)
        tag[0].set_fill(PANEL, 1)
        tag.move_to([self.strips[1].frames[4].get_x(), -3.2, 0])
        cross = VGroup(Line(UP + LEFT, DOWN + RIGHT), Line(DOWN + LEFT, UP + RIGHT)).scale(0.4).set_stroke(BAD, 9)
        cross.next_to(tag, LEFT, buff=0.3)
        first = VGroup(self.strips[0], self.names[0]).shift(1.65 * DOWN)  # in the middle until the other comes
        with self.say("splice.tapes") as cue:
            blank = VGroup(self.strips[0].base, self.strips[0].holes, self.strips[0].frames)
            self.play(FadeIn(blank, shift=2 * LEFT), run_time=min(0.6, cue.to("a")))
            for i, mark in enumerate(("a", "b")):
                cue.until(mark)
                self.sound("whoosh")
                came = self.strips[i] if i else self.strips[0].contents
                room = [first.animate.shift(1.65 * UP)] if i else []
                self.play(FadeIn(came, shift=2 * LEFT), FadeIn(self.names[i]), *room, run_time=0.8)
            self.remove(blank, first)
            self.add(self.strips, self.names)
            cue.until("nobody")
            self.play(FadeIn(tag, shift=0.2 * UP), run_time=0.5)
            self.play(Create(cross), run_time=0.5)
        self.play(FadeOut(tag), FadeOut(cross), run_time=0.3)

    def same(self) -> None:
        """What differs between A and B: the habit and the last number; and tape C, which keeps the last number."""
        first, second = self.strips
        rings = VGroup(*(self.frame_of(strip, 3, BAD) for strip in self.strips))
        link = Line(rings[0].get_bottom(), rings[1].get_top()).set_stroke(BAD, 6)
        third = self.strip_of(self.reordered, -1.4, B)
        name = Words("tape C", size=HEADING, color=INK).next_to(third, LEFT, buff=0.35)
        # Where each of A's numbers went on C: three roads that cross, and one that is straight.
        roads = VGroup()
        for k, member in enumerate(self.clean):
            at = self.reordered.index(member)
            road = Line(first.frames[k].get_bottom() + 0.3 * DOWN, third.frames[at].get_top() + 0.3 * UP)
            roads.add(road.set_stroke(HIGHLIGHT if at == k else SOFT, 8 if at == k else 5))
        kept = VGroup(self.frame_of(first, 3, HIGHLIGHT), self.frame_of(third, 3, HIGHLIGHT))
        with self.say("splice.same") as cue:
            cue.until("alike")
            scan = RoundedRectangle(corner_radius=0.15, width=2.2, height=5.7).set_stroke(INK, 4)
            scan.move_to([first.frames[0].get_x(), 0.25, 0])
            self.play(FadeIn(scan), run_time=0.3)
            self.play(scan.animate.set_x(first.frames[3].get_x()), run_time=1.2, rate_func=linear)
            cue.until("two")
            self.play(FadeOut(scan), Create(rings), run_time=0.5)
            cue.until("four")
            self.play(Create(link), run_time=0.5)
            cue.until("c")
            self.sound("whoosh")
            self.play(
                FadeOut(second, shift=DOWN), FadeOut(self.names[1]), FadeOut(rings), FadeOut(link),
                FadeIn(third, shift=2 * LEFT), FadeIn(name), run_time=0.9,
            )  # fmt: skip
            self.play(Create(kept), Create(roads[3]), run_time=0.6)
            cue.until("habit")
            self.play(LaggedStart(*(Create(road) for road in roads[:3]), lag_ratio=0.4), run_time=1.2)
        self.clear_stage(run_time=0.4)

    def frame_of(self, strip: FilmStrip, k: int, colour: str) -> RoundedRectangle:
        """A frame around a frame."""
        frame = strip.frames[k]
        ring = RoundedRectangle(corner_radius=0.12, width=frame.width + 0.1, height=frame.height + 0.1)
        return ring.set_stroke(colour, 8).move_to(frame)

    # -- two runs side by side -------------------------------------------------------------------------------------

    def side(self, x: float, letter: str, members: list[str], colour: str) -> tuple[Words, FilmStrip, Tower]:
        """A tape at the bottom, the network above it."""
        shape = self.result("shape")
        tower = Tower(int(shape["layers"]), int(shape["heads"]), width=4.4, height=2.9, lit=False)
        tower.move_to([x, 0.45, 0])
        strip = FilmStrip(4, width=0.95, height=0.8, colour=colour).move_to([x, -2.1, 0])
        for k, member in enumerate(members):
            strip.put(k, Words("{n}", n=Name(member), size=BODY, color=NOSE))
        name = Words(f"tape {letter}", size=BODY, color=colour).move_to([x - 1.6, 3.0, 0])
        return name, strip, tower

    def answer_box(self, x: float, text: str, colour: str, mark: str = "") -> VGroup:
        box = RoundedRectangle(corner_radius=0.15, width=1.3, height=1.0).set_stroke(colour, 4).set_fill(PANEL, 1)
        return VGroup(box, Words("{n}{mark}", n=Name(text), mark=mark, size=HEADING, color=colour)).move_to([x, 3.0, 0])

    def cut(self) -> None:
        """One head's cell flies from the run on tape A into the run on tape B: a drawing of what will be measured."""
        self.badge_for(Origin.ILLUSTRATION)
        sides = [self.side(-3.5, "A", self.clean, A), self.side(3.5, "B", self.repeated, INK)]
        towers = [side[2] for side in sides]
        says_a, says_b = self.answer_box(-3.5, self.answer, A), self.answer_box(3.5, "?", INK)
        cells = [tower.cell(*HEAD) for tower in towers]
        rings = VGroup(*(tower.ring(*HEAD) for tower in towers))
        tool = scissors().move_to(cells[1].get_center() + 1.15 * RIGHT)
        with self.say("splice.cut") as cue:
            lit = [tower.turn(_heads(tower), A, 0.55) for tower in towers[:1]]
            self.play(*(FadeIn(VGroup(*side)) for side in sides), run_time=0.5)
            cue.until("play")
            self.play(
                *(self.run_through(side[1], side[2]) for side in sides),
                *lit,
                towers[1].turn(_heads(towers[1]), SOFT, 0.5),
                run_time=0.9,
            )
            self.play(FadeIn(says_a), FadeIn(says_b), FadeIn(rings, scale=1.6), run_time=0.5)
            cue.until("cut")
            self.play(FadeIn(tool, shift=0.6 * LEFT), run_time=0.4)
            self.play(*(Rotate(tool[k], (-1) ** (k // 2) * 0.2, about_point=tool[4].get_center()) for k in range(4)),
                      cells[1].animate.set_fill(DARK, 1), run_time=0.4)  # fmt: skip
            self.sound("tick")
            cue.until("splice")
            piece = cells[0].copy().set_stroke(INK, 4).set_fill(A, 1)
            self.add(piece)
            self.play(FadeOut(tool), piece.animate.move_to(cells[1]), run_time=1.6, path_arc=-0.6)
            self.hold(max(0.1, cue.to("back") - 1.2))
            self.play(self.run_through(sides[1][1], towers[1]), run_time=0.8)
            cue.until("back")
            five = self.answer_box(3.5, self.answer, HIGHLIGHT, "?")
            self.remove(says_b)
            for _ in range(2):
                self.play(FadeIn(five), run_time=0.3)
                self.play(five[0].animate.set_stroke(FAINT), run_time=0.15)
                self.play(five[0].animate.set_stroke(HIGHLIGHT), run_time=0.15)
        self.clear_stage(run_time=0.4)

    def run_through(self, strip: FilmStrip, tower: Tower) -> ShowPassingFlash:
        """A flash from the tape up through the network."""
        x = tower.floor(0)[:-1].get_center()[0]
        return ShowPassingFlash(Line([x, strip.get_top()[1], 0], [x, 2.5, 0]).set_stroke(INK, 12), time_width=0.5)

    def scale(self) -> None:
        """Nothing to everything, and a ring that visits every head."""
        shape = self.result("shape")
        tower = Tower(int(shape["layers"]), int(shape["heads"]), width=6.0, height=3.6, lit=False)
        tower.workshops().set_opacity(0)
        heads = VGroup(*(tower.cell(*at) for at in _heads(tower))).set_stroke(SOFT, 3)  # dark, and yet to be seen
        tower.shift(np.array([-2.6, 0.1, 0]) - heads.get_center())
        rail = Line([3.2, -2.0, 0], [3.2, 2.2, 0]).set_stroke(SOFT, 8)
        ends = VGroup(*(Line([2.95, y, 0], [3.45, y, 0]) for y in (-2.0, 2.2))).set_stroke(SOFT, 8)
        tip = Polygon([3.1, 0.1, 0], [2.6, 0.4, 0], [2.6, -0.2, 0], stroke_width=0).set_fill(HIGHLIGHT, 1)
        words = (("zero: nothing", -2.0, SOFT), ("one: everything", 2.2, HIGHLIGHT))
        zero, one = (
            Words(text, size=BODY, color=colour).move_to([3.7, y, 0], aligned_edge=LEFT) for text, y, colour in words
        )
        path, order = VMobject(), []
        for layer in range(tower.layers):
            row = [(layer, head) for head in range(tower.heads)]
            order += row if layer % 2 == 0 else row[::-1]
        path.set_points_as_corners([tower.cell(*at).get_center() for at in order])
        count = Words("{n} heads", n=shape.read("head_total"), size=HEADING, color=INK).move_to([-2.6, -2.6, 0])
        title = Words("activation patching", size=TITLE, color=HIGHLIGHT).move_to([0, 3.2, 0])
        with self.say("splice.scale") as cue:
            self.play(FadeIn(tower), FadeIn(rail), FadeIn(ends), FadeIn(tip), run_time=0.6)
            self.tape.keep_clean(self.standing_badge, zero, one, count, title)
            for mark, y, word, seen in (("zero", -2.0, zero, "torn"), ("one", 2.2, one, "whole")):
                cue.until(mark)
                (tear_apart if seen == "torn" else mend)(self, over=0.6)
                self.play(tip.animate.set_y(y), FadeIn(word), run_time=0.6)
                cue.until(seen)
                self.play(word.animate(rate_func=there_and_back).scale(1.12), run_time=0.6)
            ring = tower.ring(*order[0], colour=HIGHLIGHT)
            self.play(FadeIn(ring), run_time=0.3)
            cue.until("every")
            self.play(
                MoveAlongPath(ring, path, rate_func=linear),
                LaggedStart(*(tower.cell(*at).animate.set_stroke(HIGHLIGHT, 4) for at in order), lag_ratio=0.9),
                FadeIn(count),
                FadeOut(tip),
                run_time=max(1.6, cue.to("name")),
            )
            cue.until("name")
            self.play(FadeIn(title, shift=0.2 * DOWN), FadeOut(ring), run_time=0.6)


def _heads(tower: Tower) -> list[tuple[int, int]]:
    """All heads of a tower, from the bottom."""
    return [(layer, head) for layer in range(tower.layers) for head in range(tower.heads)]
