"""Fourth scene: one square glows for both alphabets, in both machines."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    PI,
    RIGHT,
    UP,
    Create,
    FadeIn,
    FadeOut,
    GrowFromEdge,
    LaggedStart,
    Line,
    Rectangle,
    Rotate,
    RoundedRectangle,
    Transform,
    VGroup,
    interpolate_color,
    there_and_back,
)
from manim.utils.color import ManimColor

from tapehead.analysis.results import Result
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.circuits import DARK, Tower
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, TITLE, Name, Words
from tapehead.scenes.stage.palette import BAD, EAR, EAR_TINT, GROUND, HIGHLIGHT, INK, NOSE, NOSE_TINT, SOFT
from tapehead.scenes.stage.tears import SHARE, mend, tear

KINDS = (("numerals", "digits", NOSE), ("words", "words", EAR))
MIDDLES, ACROSS = (-3.85, 3.85), 5.8
"""Where the two maps stand, and how wide they are."""
SHARE_Y, NUMBER_Y = -2.45, -3.05
"""Below each map: the share that one head brings back, and its number."""
TINTS = {NOSE: NOSE_TINT, EAR: EAR_TINT}
"""What a kind's colour becomes when everything comes back."""
PLAIN = 0.3
"""The score at which a square has its kind's own colour: below, it comes out of the dark; above, it grows paler."""
READER = (0, 6)
"""The small model's brightest head."""


def glow(score: float, colour: str) -> ManimColor:
    """The light of one square: one scale for both machines, whose legend stands between the maps.

    The root of the score, so that small ones can be told apart; and the full colour stands at :data:`PLAIN`, not at
    one: the big model's brightest head glows, and the small one's, which brings back more, is paler still.
    """
    share, plain = np.sqrt(float(np.clip(score, 0, 1))), np.sqrt(PLAIN)
    if share <= plain:
        return interpolate_color(ManimColor(DARK), ManimColor(colour), share / plain)
    return interpolate_color(ManimColor(colour), ManimColor(TINTS[colour]), (share - plain) / (1 - plain))


def legend() -> VGroup:
    """The one scale of light, between the maps: squares for nothing, a tenth, a half, everything; half in each hue."""
    rows = VGroup()
    for word, value in (("all", 1.0), ("half", 0.5), ("a tenth", 0.1), ("nothing", 0.0)):
        halves = VGroup(
            *(Rectangle(width=0.36, height=0.5, stroke_width=0).set_fill(glow(value, one), 1) for one in TINTS)
        )
        halves.arrange(RIGHT, buff=0)
        square = VGroup(halves, Rectangle(width=0.72, height=0.5).set_stroke(SOFT, 2))
        rows.add(VGroup(square, Words(word, size=SMALL, color=SOFT)).arrange(DOWN, buff=0.1))
    return rows.arrange(DOWN, buff=0.26)


class MapScene(StageScene):
    """Two maps of the big model, then two of the small one; and what they do not say."""

    def construct(self) -> None:
        self.gpt()
        self.scores()
        self.mini()
        self.closed()
        self.clear_stage(run_time=0.4)

    def maps(self, result: Result, height: float) -> list[Tower]:
        """A grid per alphabet, each square as bright as its head brings back, on the one scale of the scene."""
        values = result["patch_head_output"]
        labels = result.quantity("patch_head_output").labels["task"]
        towers = []
        for i, (kind, _, colour) in enumerate(KINDS):
            grid = values[labels.index(kind)]
            tower = Tower(*grid.shape, width=ACROSS, height=height, lit=False)
            tower.workshops().set_opacity(0)
            heads = VGroup(*(tower.cell(*at) for at in np.ndindex(*grid.shape)))
            heads.set_stroke(SOFT, 2, 0.5)  # a head that brings back nothing is seen to be there
            for at in np.ndindex(*grid.shape):
                tower.cell(*at).set_fill(glow(grid[at], colour), 1)
            tower.shift([MIDDLES[i], 0.15, 0] - heads.get_center())
            towers.append(tower)
        return towers

    def names(self, towers: list[Tower], y: float) -> VGroup:
        return VGroup(
            *(
                Words(shown, size=HEADING, color=colour).move_to([x, y, 0])
                for x, (_, shown, colour) in zip(MIDDLES, KINDS, strict=True)
            )
        )

    def dark(self, towers: list[Tower]) -> list[Tower]:
        """The same grids before anything was measured."""
        blanks = [tower.copy() for tower in towers]
        for blank in blanks:
            for cell in blank:
                if cell.get_fill_opacity() > 0:
                    cell.set_fill(DARK, 1)
        return blanks

    def lights(self, blank: Tower, tower: Tower) -> LaggedStart:
        """A dark grid takes its brightness, floor by floor from the ground."""
        floors = zip(*(one.submobjects for one in (blank, tower)), strict=True)
        cells = [Transform(before, after) for before, after in floors if before.get_fill_opacity() > 0]
        return LaggedStart(*cells, lag_ratio=4 / len(cells))

    def share(self, found: Result, kind: str, k: int, at: dict[str, str]) -> VGroup:
        """So much of the answer comes back: a rail as wide as the grid, filled that far."""
        rail = Rectangle(width=ACROSS, height=0.34).set_stroke(SOFT, 2).set_fill(DARK, 1)
        rail.move_to([MIDDLES[k], SHARE_Y, 0])
        value = float(found.read("patch_head_output", task=kind, **at))
        fill = Rectangle(width=ACROSS * float(np.clip(value, 0.002, 1)), height=0.34, stroke_width=0)
        return VGroup(rail, fill.set_fill(KINDS[k][2], 1).move_to(rail, aligned_edge=LEFT))

    def gpt(self) -> None:
        """The published maps appear, one square after another."""
        found = self.result("weekend")
        self.badge_for(found.origin, found.model)
        self.towers = self.maps(found, 4.8)
        self.key = legend().move_to([0, 0.1, 0])
        self.labels = self.names(self.towers, 3.25)
        blanks = self.dark(self.towers)
        with self.say("map.gpt") as cue:
            self.add(*blanks)  # the case goes on: no empty picture at its beginning
            cells = [cell for blank in blanks for cell in blank if cell.get_fill_opacity() > 0]
            count = LaggedStart(
                *(cell.animate(rate_func=there_and_back).set_stroke(INK, 4) for cell in cells), lag_ratio=0.1
            )
            self.play(FadeIn(self.key), run_time=min(0.6, cue.to("square")))
            cue.until("square")
            self.play(count, run_time=max(1.0, min(3.2, cue.to("digits") - 0.1)))
            self.remove(*cells)
            self.add(*blanks)
            for i, mark in enumerate(("digits", "words")):
                cue.until(mark)
                self.play(FadeIn(self.labels[i]), self.lights(blanks[i], self.towers[i]), run_time=2.0 - 0.6 * i)
                self.remove(blanks[i], *blanks[i])
                self.add(self.towers[i])
            cue.until("head")
            self.rings = VGroup(*(tower.ring(9, 1, HIGHLIGHT) for tower in self.towers))
            name = Words("{n}", n=Name("head 9.1"), size=BODY, color=HIGHLIGHT).move_to([0, 3.25, 0])
            self.play(FadeIn(self.rings, scale=1.8), FadeIn(name), run_time=0.7)
        self.name = name

    def scores(self) -> None:
        """What the square brings back."""
        found = self.result("weekend")
        numbers, at = VGroup(), {"layer": "9", "head": "1"}
        for x, (kind, _, colour) in zip(MIDDLES, KINDS, strict=True):
            value = found.read("patch_head_output", task=kind, **at)
            numbers.add(Words("{x:.0%}", x=value, size=HEADING, color=colour).move_to([x, NUMBER_Y, 0]))
        shares = [self.share(found, kind, k, at) for k, (kind, _, _) in enumerate(KINDS)]
        asked = Words("tape C: not asked", size=SMALL, color=SOFT).move_to([0, -3.35, 0])
        self.tape.keep_clean(self.standing_badge, *self.towers, self.labels, self.key, self.name, numbers, asked)
        self.tape.keep_clean(*shares)
        with self.say("map.scores") as cue:
            for k, mark in enumerate(("digits", "words")):
                cue.until(mark)
                tear(self, found.read("patch_head_output", task=KINDS[k][0], **at), SHARE)
                self.play(FadeIn(shares[k][0]), GrowFromEdge(shares[k][1], LEFT), run_time=1.0)
                self.play(FadeIn(numbers[k], shift=0.2 * UP), run_time=0.5)
            cue.until("one")
            self.play(*(ring.animate.set_stroke(width=10) for ring in self.rings), run_time=0.5)
            cue.until("asked")
            self.play(FadeIn(asked), run_time=0.4)
        self.clear_stage(run_time=0.4)

    def mini(self) -> None:
        """The small model's maps on tape B, then on tape C, with bootstrap intervals at the brightest square."""
        first, second = self.result("patches"), self.result("kept")
        self.badge_for(first.origin, first.model)
        towers, later = self.maps(first, 3.9), self.maps(second, 3.9)
        self.towers = towers
        labels = self.names(towers, 2.75)
        numbers, after = (VGroup(*(self.number(result, k) for k in range(len(KINDS)))) for result in (first, second))
        tapes = VGroup(*(Words(text, size=HEADING, color=INK).move_to([0, 3.3, 0]) for text in ("tape B", "tape C")))
        name = Words("{n}", n=Name("head 0.6"), size=BODY, color=HIGHLIGHT).move_to([0, 2.65, 0])
        key = legend().move_to([0, 0.1, 0])
        self.rings = VGroup(*(tower.ring(*READER, HIGHLIGHT) for tower in towers))
        reader, blanks = {"layer": "0", "head": "6"}, self.dark(towers)
        shares, smaller = (
            [self.share(result, kind, k, reader) for k, (kind, _, _) in enumerate(KINDS)] for result in (first, second)
        )
        marks = VGroup(  # where it stood on tape B
            *(Line(UP, DOWN).scale(0.3).set_stroke(INK, 6).move_to(share[1].get_right()) for share in shares)
        )
        self.tape.keep_clean(self.standing_badge, *towers, labels, tapes, name, key, numbers, after)
        self.tape.keep_clean(*blanks, *shares, marks)
        with self.say("map.mini") as cue:
            cue.until("mini")
            mend(self)
            self.play(*(FadeIn(b) for b in blanks), FadeIn(labels), FadeIn(tapes[0]), FadeIn(key), run_time=0.7)
            self.play(
                *(self.lights(blank, tower) for blank, tower in zip(blanks, towers, strict=True)),
                run_time=max(0.8, min(2.4, cue.to("head") - 0.2)),
            )
            for blank in blanks:
                self.remove(blank, *blank)
            self.add(*towers)
            cue.until("head")
            self.play(FadeIn(self.rings, scale=1.8), FadeIn(name), run_time=0.6)
            self.play(*(FadeIn(share[0]) for share in shares), run_time=0.4)
            self.torn_by(first, "numerals")
            for share, number in zip(shares, numbers, strict=True):
                self.play(GrowFromEdge(share[1], LEFT), FadeIn(number, shift=0.2 * UP), run_time=0.9)
            cue.until("c")
            self.play(
                FadeOut(tapes[0]), FadeIn(tapes[1], scale=1.3), FadeOut(numbers), FadeIn(marks),
                *(tower.animate.become(other) for tower, other in zip(towers, later, strict=True)),
                *(share[1].animate.become(less[1]) for share, less in zip(shares, smaller, strict=True)), run_time=1.6,
            )  # fmt: skip
            self.bring_to_front(self.rings)
            cue.until("same")
            self.point_again()
            for number, mark, (kind, _, _) in zip(after, ("digits", "words"), KINDS, strict=True):
                cue.until(mark)
                self.torn_by(second, kind)
                self.play(FadeIn(number, shift=0.2 * UP), run_time=0.5)

    def torn_by(self, found: Result, kind: str) -> None:
        """The tape tears by what the reader does not bring back."""
        tear(self, found.read("patch_head_output", task=kind, layer="0", head="6"), SHARE)

    def point_again(self) -> None:
        """The frames around the one head widen and close again, when the head is spoken of once more."""
        self.play(*(ring.animate(rate_func=there_and_back).scale(1.6) for ring in self.rings), run_time=0.9)

    def number(self, found: Result, k: int) -> VGroup:
        """What the reader brings back for kind ``k``, its interval and the number of prompts."""
        kind, _, colour = KINDS[k]
        at = {"task": kind, "layer": "0", "head": "6"}
        number = Words("{x:.0%}", x=found.read("patch_head_output", **at), size=HEADING, color=colour)
        spread = Words(
            "{a:.0%} to {b:.0%}, {n} prompts",
            a=found.read("patch_head_output_low", **at),
            b=found.read("patch_head_output_high", **at),
            n=found.read("prompts", task=kind),
            size=SMALL,
            color=SOFT,
        )
        return VGroup(number, spread).arrange(RIGHT, buff=0.35).move_to([MIDDLES[k], NUMBER_Y, 0])

    def closed(self) -> None:
        """A stamp over the maps that does not hold; the two squares stay, and with them the question."""
        frame = RoundedRectangle(corner_radius=0.2, width=6.4, height=2.0).set_stroke(BAD, 8).set_fill(GROUND, 0.95)
        stamp = VGroup(frame, Words("case closed?", size=96, color=BAD)).scale(1.5)
        where = Words("where: the brightest head", size=TITLE, color=INK).move_to([0, 3.25, 0])
        what = Words("what does it do?", size=HUGE, color=HIGHLIGHT).move_to([0, -2.75, 0])
        large, kinds, marks = VGroup(), VGroup(), VGroup()
        for x, (_, shown, colour) in zip(MIDDLES, KINDS, strict=True):
            square = RoundedRectangle(corner_radius=0.3, width=3.2, height=3.2).move_to([x, 0.85, 0])
            large.add(square.set_stroke(HIGHLIGHT, 7))
            kinds.add(Words(shown, size=HEADING, color=colour).next_to(square, DOWN, buff=0.25))
            marks.add(Words("?", size=2 * HUGE, color=GROUND, bold=True).move_to(square))
        thread = Line(large[0].get_right(), large[1].get_left()).set_stroke(BAD, 6)
        with self.say("map.closed") as cue:
            cue.until("one")
            self.point_again()
            cue.until("closed")
            mend(self)
            self.clear_stage(*self.towers, *self.rings, run_time=0.3)
            self.play(FadeIn(stamp, scale=1.8), run_time=0.4)
            self.play(Rotate(stamp, -PI / 14), run_time=0.5)
            cue.until("where")
            squares = VGroup(*(tower.cell(*READER).copy() for tower in self.towers))
            for square, goal in zip(squares, large, strict=True):
                goal.set_fill(square.get_fill_color(), 1)  # as bright as it was measured
            self.add(*squares)
            self.bring_to_front(stamp)
            self.clear_stage(stamp, *squares, run_time=0.4)
            grown = (Transform(square, goal) for square, goal in zip(squares, large, strict=True))
            self.play(*grown, FadeOut(stamp, shift=5 * DOWN), FadeIn(where), run_time=0.9)
            self.play(Create(thread), FadeIn(kinds), run_time=0.5)
            cue.until("what")
            self.play(FadeIn(marks, scale=0.5), FadeIn(what, shift=0.2 * RIGHT), run_time=0.6)
