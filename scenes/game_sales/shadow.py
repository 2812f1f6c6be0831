"""Fifth scene: three games as one arrow, two columns as a floor, and the shadow that is the best prediction."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Arc,
    Arrow,
    Create,
    DashedLine,
    FadeIn,
    FadeOut,
    GrowArrow,
    GrowFromEdge,
    Line,
    Polygon,
    Rectangle,
    Transform,
    VGroup,
    VMobject,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Words
from tapehead.scenes.stage.palette import FAINT, HIGHLIGHT, INK, SOFT
from tapehead.scenes.stage.planes import arrow
from tapehead.scenes.stage.specks import specks

from .pictures import CRITICS, SALES, TALK, speech

ORIGIN = np.array([-4.1, -0.75, 0.0])
ALONG, TOWARD, RISE = np.array([2.05, 0.3, 0.0]), np.array([0.85, -1.1, 0.0]), np.array([0.0, 1.95, 0.0])
"""Where the room's three directions are drawn: along the shadow, toward the viewer, and up from the floor."""
_ROOM = np.array([[1.0, 1, 2], [1, -1, 0], [1, 1, -1]]) / np.sqrt(np.array([[6.0], [2.0], [3.0]]))
"""Rows: along, toward, up, in the numbers of the three games; the floor is spanned by the result's two columns."""
REACH = ((-0.6, 2.75), (-1.6, 1.35))


def spot(games: np.ndarray) -> np.ndarray:
    """Where a triple of numbers, one per game, is drawn."""
    along, toward, up = _ROOM @ games
    return ORIGIN + along * ALONG + toward * TOWARD + up * RISE


class Shadow(StageScene):
    """Arrow, floor, drop, right angle; then all games, and what the weight on talk says."""

    def construct(self) -> None:
        self.arrow()
        self.floor()
        self.drop()
        self.angle()
        self.all()
        self.double()
        self.clear_stage(run_time=0.4)

    def arrow(self) -> None:
        """A room with a direction for each game, and the sales in it."""
        found = self.result("shadow")
        start, tip = spot(np.zeros(3)), spot(found["arrow"])
        ends = [spot(1.9 * unit) for unit in np.eye(3)]
        self.room = VGroup(*(Line(start, end).set_stroke(SOFT, 4) for end in ends))
        names = VGroup(
            *(
                Words(name, size=SMALL, color=SOFT).next_to(end, way, buff=0.12)
                for name, end, way in zip(
                    ("first game", "second game", "third game"), ends, (RIGHT, UP, DOWN), strict=True
                )
            )
        )
        self.sales = arrow(start, tip, SALES, 11)
        self.sold = Words("sales", size=HEADING, color=SALES).next_to(tip, RIGHT, buff=0.25)
        numbers = (
            VGroup(*(Words("{x:.0f}", x=x, size=HEADING, color=SALES) for x in found.row("arrow", along="game")))
            .arrange(DOWN, buff=0.35)
            .move_to([4.8, 0.6, 0])
        )
        heads = VGroup(*(game for game in (Words(n, size=SMALL, color=SOFT) for n in ("first", "second", "third"))))
        for head, number in zip(heads, numbers, strict=True):
            head.next_to(number, LEFT, buff=0.5).set_x(3.7)
        with self.say("shadow.arrow") as cue:
            self.play(FadeIn(self.room), FadeIn(names), run_time=0.4)
            cue.until("three")
            self.play(FadeIn(numbers), FadeIn(heads), run_time=0.6)
            cue.until("arrow")
            self.play(GrowArrow(self.sales), FadeIn(self.sold), run_time=1.0)
        self.play(
            FadeOut(numbers), FadeOut(heads), FadeOut(names), self.room.animate.set_stroke(opacity=0.35), run_time=0.5
        )

    def floor(self) -> None:
        """Two columns and what they span."""
        found = self.result("shadow")
        start = spot(np.zeros(3))
        self.columns = VGroup(
            *(
                arrow(start, spot(column), colour, 9)
                for column, colour in zip(found["span"], (TALK, CRITICS), strict=True)
            )
        )
        self.labels = VGroup(
            Words("one column", size=BODY, color=TALK).move_to([0.0, -2.25, 0], aligned_edge=LEFT),
            Words("the other", size=BODY, color=CRITICS).move_to([-4.2, 1.65, 0], aligned_edge=RIGHT),
        )
        (a, b), (c, d) = REACH
        corners = [ORIGIN + x * ALONG + y * TOWARD for x, y in ((a, c), (b, c), (b, d), (a, d))]
        self.slab = Polygon(*corners).set_stroke(FAINT, 4).set_fill(FAINT, 0.35)
        lines = VGroup(
            *(Line(ORIGIN + x * ALONG + c * TOWARD, ORIGIN + x * ALONG + d * TOWARD) for x in np.arange(0, b, 0.7)),
            *(
                Line(ORIGIN + a * ALONG + y * TOWARD, ORIGIN + b * ALONG + y * TOWARD)
                for y in np.arange(-0.8, 1.5, 0.8)
            ),
        ).set_stroke(FAINT, 2)
        self.net = lines
        weights = self.rng.uniform([0, 0], [1.5, 1.3], (40, 2))
        dots = specks(np.array([spot(w @ found["span"])[:2] for w in weights]), INK, 0.09)
        with self.say("shadow.floor") as cue:
            cue.until("columns")
            self.play(*(GrowArrow(one) for one in self.columns), FadeIn(self.labels), run_time=0.8)
            cue.until("floor")
            self.play(FadeIn(self.slab), FadeIn(self.net), run_time=0.8)
            self.bring_to_front(self.columns, self.labels, self.sales)
            cue.until("lies")
            self.play(FadeIn(dots), run_time=0.8)
        self.play(FadeOut(dots), run_time=0.3)

    def drop(self) -> None:
        """The arrow's tip drops to the floor; the walk along the columns gets there."""
        found = self.result("shadow")
        start, tip, foot = spot(np.zeros(3)), spot(found["arrow"]), spot(found["shadow"])
        self.rest = DashedLine(tip, foot, dash_length=0.16).set_stroke(HIGHLIGHT, 6)
        self.cast = arrow(start, foot, HIGHLIGHT, 11)
        # Right of the floor: no line of it runs through the word.
        self.best = Words("prediction", size=BODY, color=HIGHLIGHT).next_to(foot, RIGHT, buff=1.15)
        second = arrow(spot(found["span"][0]), foot, CRITICS, 9)
        sums = (
            VGroup(
                Words("{w:.0f} × one column", w=found.read("weights", column="first"), size=BODY, color=TALK),
                Words("{w:.0f} × the other", w=found.read("weights", column="second"), size=BODY, color=CRITICS),
            )
            .arrange(DOWN, buff=0.35, aligned_edge=LEFT)
            .move_to([4.9, 2.6, 0])
        )
        with self.say("shadow.drop") as cue:
            cue.until("drop")
            ghost = self.sales.copy().set_opacity(0.7)
            self.add(ghost)
            self.play(Create(self.rest), Transform(ghost, self.cast), run_time=1.3)
            self.remove(ghost)
            self.add(self.cast)
            self.play(FadeIn(self.best), run_time=0.4)
            cue.until("one")
            self.play(FadeOut(self.labels), FadeIn(sums[0]), run_time=0.6)
            cue.until("other")
            self.play(GrowArrow(second), FadeIn(sums[1]), run_time=0.7)
        self.play(FadeOut(second), FadeOut(sums), run_time=0.4)

    def angle(self) -> None:
        """The little square at the foot, and a thousand other spots on the floor."""
        found = self.result("shadow")
        foot = spot(found["shadow"])
        back, up = -0.16 * ALONG, 0.16 * RISE
        corner = VMobject().set_points_as_corners([foot + back, foot + back + up, foot + up]).set_stroke(INK, 5)
        places = found["spots"] @ found["span"]
        inside = (_ROOM @ places.T).T
        (a, b), (c, d) = REACH
        seen = (inside[:, 0] > a) & (inside[:, 0] < b) & (inside[:, 1] > c) & (inside[:, 1] < d)
        dots = specks(np.array([spot(p)[:2] for p in places[seen]]), SOFT, 0.06, 0.8)
        over = Words("left over", size=SMALL, color=HIGHLIGHT).next_to(self.rest.get_center(), RIGHT, buff=0.25)
        tried = Words("{n:,.0f} other spots", n=found.read("tries"), size=BODY, color=SOFT).move_to([4.7, 2.9, 0])
        none = Words("{n:.0f} are nearer", n=found.read("nearer"), size=HEADING, color=INK).move_to([4.7, 2.0, 0])
        with self.say("shadow.angle") as cue:
            self.play(FadeIn(over), run_time=0.4)
            cue.until("right")
            self.play(Create(corner), run_time=0.6)
            cue.until("spots")
            self.play(FadeIn(dots), FadeIn(tried), run_time=1.0)
            cue.until("none")
            self.play(FadeIn(none, shift=0.2 * UP), run_time=0.6)
        self.clear_stage(run_time=0.4)

    def all(self) -> None:
        """The triangle of all games, drawn to scale."""
        found = self.result("shadow")
        angle = found.read("angle")
        turn, long = np.radians(float(angle)), 6.4
        start = np.array([-5.9, -2.4, 0.0])
        tip = start + long * np.array([np.cos(turn), np.sin(turn), 0.0])
        foot = np.array([tip[0], start[1], 0.0])
        sales = Arrow(start, tip, buff=0, color=SALES, stroke_width=11)
        cast = Arrow(start, foot, buff=0, color=HIGHLIGHT, stroke_width=11)
        rest = DashedLine(tip, foot, dash_length=0.18).set_stroke(SOFT, 6)
        square = (
            VMobject()
            .set_points_as_corners([foot + 0.3 * LEFT, foot + 0.3 * (LEFT + UP), foot + 0.3 * UP])
            .set_stroke(INK, 4)
        )
        arc = Arc(radius=1.2, start_angle=0, angle=turn, arc_center=start).set_stroke(INK, 5)
        names = VGroup(
            Words("sales", size=BODY, color=SALES).next_to((start + tip) / 2, LEFT, buff=0.45),
            Words("shadow", size=BODY, color=HIGHLIGHT).next_to((start + foot) / 2, DOWN, buff=0.25),
            Words("left over", size=BODY, color=SOFT).next_to((tip + foot) / 2, RIGHT, buff=0.3),
        )
        said = Words("{x:.0f}°", x=angle, size=BODY, color=INK).move_to(start + np.array([1.75, 0.62, 0]))
        games = Words("{n:.0f} games", n=found.read("games"), size=HEADING, color=SOFT).move_to([3.8, 2.7, 0])
        cosine = Words("cosine, squared", size=HEADING, color=INK).move_to([3.8, 0.9, 0])
        result = Words("R² = {x:.2f}", x=found.read("r2"), size=84, color=HIGHLIGHT).move_to([3.8, -0.7, 0])
        with self.say("shadow.all") as cue:
            self.play(FadeIn(games), GrowArrow(sales), FadeIn(names[0]), run_time=0.8)
            cue.until("same")
            self.play(GrowArrow(cast), Create(rest), FadeIn(names[1:]), FadeIn(square), run_time=0.9)
            cue.until("angle")
            self.play(Create(arc), FadeIn(said), run_time=0.6)
            cue.until("cosine")
            self.play(FadeIn(cosine, shift=0.2 * UP), run_time=0.6)
            cue.until("r")
            self.play(FadeIn(result, scale=0.8), run_time=0.6)
        self.clear_stage(run_time=0.4)

    def double(self) -> None:
        """Twice the talk, and how much longer the bar of sales becomes."""
        found = self.result("shadow")
        more, low, high = (found.read(name) for name in ("doubling", "doubling_low", "doubling_high"))
        one, two = speech(1.7).move_to([-4.6, 2.0, 0]), VGroup(*(speech(1.7).move_to([x, 2.0, 0]) for x in (2.6, 4.9)))
        way = arrow(np.array([-2.9, 2.0, 0]), np.array([0.9, 2.0, 0]), TALK, 9)
        left, wide = -6.0, 8.2
        before = Rectangle(width=wide, height=0.9, stroke_width=0).set_fill(SALES, 1)
        before.move_to([left, -0.6, 0], aligned_edge=LEFT)
        extra = Rectangle(width=wide * float(more) / 100, height=0.9, stroke_width=0).set_fill(HIGHLIGHT, 1)
        extra.next_to(before, RIGHT, buff=0)
        plus = Words("+{x:.0f} %", x=more, size=HEADING, color=HIGHLIGHT).next_to(extra, UP, buff=0.2)
        ends = [np.array([left + wide * (1 + float(end) / 100), -1.45, 0.0]) for end in (low, high)]
        span = Line(*ends).set_stroke(INK, 8)
        said = Words("{a:.0f} to {b:.0f} %", a=low, b=high, size=BODY, color=INK).next_to(span, DOWN, buff=0.3)
        label = Words("sales", size=BODY, color=SALES).next_to(before, DOWN, buff=0.25).align_to(before, LEFT)
        held = Words("scores held still", size=SMALL, color=SOFT).move_to([-1.0, 1.45, 0])
        with self.say("shadow.double") as cue:
            self.play(FadeIn(one, scale=0.7), FadeIn(before), FadeIn(label), run_time=0.6)
            cue.until("double")
            self.play(Create(way), FadeIn(two, scale=0.7), FadeIn(held), run_time=0.8)
            cue.until("more")
            self.play(GrowFromEdge(extra, LEFT), FadeIn(plus), run_time=0.8)
            cue.until("between")
            self.play(Create(span), FadeIn(said), run_time=0.6)
