"""Fifth scene: yesterday's answer in a drawer, and when it helps today's question."""

from __future__ import annotations

from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Circle,
    FadeIn,
    FadeOut,
    Intersection,
    LaggedStart,
    Rectangle,
    RoundedRectangle,
    VGroup,
)

from tapehead.analysis.results import Origin
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Words
from tapehead.scenes.stage.palette import EAR, FAINT, HIGHLIGHT, INK, LUCK, OUTPUT, PANEL, SOFT

from .parts import pane, place, string, thing


def old_pattern(centre: tuple[float, float]) -> VGroup:
    """Yesterday's question: a pet from Japan.  Strings, then dots."""
    x, y = centre
    dog, land, pet = place(x - 1.3, y), place(x + 1.2, y + 1.0), place(x + 1.2, y - 1.0)
    strings = VGroup(string(dog, land, EAR, 5, 0.36), string(dog, pet, LUCK, 5, 0.36))
    return VGroup(strings, VGroup(thing(dog, HIGHLIGHT, 0.34), thing(land, EAR, 0.3), thing(pet, LUCK, 0.3)))


class Cabinet(StageScene):
    """A drawing of drawers and panes; nothing in it is measured, so it says that it is an illustration."""

    def construct(self) -> None:
        self.badge_for(Origin.ILLUSTRATION)
        self.again()
        self.drawer()
        self.lay()
        self.cut()

    def new_pattern(self, x: float, y: float) -> VGroup:
        """Today's question holds yesterday's."""
        old = old_pattern((x + 0.6, y))
        owner, town = place(x - 2.9, y + 1.0), place(x - 2.9, y - 1.2)
        dog = place(x - 0.7, y)
        strings = VGroup(string(owner, dog, OUTPUT, 5, 0.36), string(owner, town, OUTPUT, 5, 0.36))
        return VGroup(strings, VGroup(thing(owner, OUTPUT, 0.34), thing(town, OUTPUT, 0.3)), old)

    def again(self) -> None:
        """A new question; the old piece in it lights up."""
        new = self.new_pattern(0.6, 0.4).scale(1.5).move_to(place(0, 0.1))
        names = VGroup(
            Words("who", size=SMALL, color=OUTPUT).next_to(new[1][0], UP, buff=0.15),
            Words("where he lives", size=SMALL, color=OUTPUT).next_to(new[1][1], DOWN, buff=0.15),
            Words("Japan", size=SMALL, color=EAR).next_to(new[2][1][1], UP, buff=0.15),
            Words("pet", size=SMALL, color=LUCK).next_to(new[2][1][2], DOWN, buff=0.15),
        )
        glow = pane(5.4, 5.4, HIGHLIGHT, 0.12).move_to(new[2])
        with self.say("cabinet.again") as cue:
            self.play(FadeIn(new), run_time=0.7)
            cue.until("again")
            self.play(FadeIn(names), run_time=0.4)
            cue.until("piece")
            self.play(FadeIn(glow, scale=1.1), run_time=0.6)
        self.clear_stage(run_time=0.4)

    def cabinet(self) -> VGroup:
        """A cabinet of six drawers; the fourth is ours."""
        body = RoundedRectangle(corner_radius=0.1, width=4.4, height=6.3).set_stroke(SOFT, 4).set_fill(PANEL, 1)
        drawers = VGroup()
        for k in range(4):
            front = Rectangle(width=3.9, height=1.3).set_stroke(FAINT, 4).set_fill(PANEL, 1)
            handle = RoundedRectangle(corner_radius=0.06, width=0.9, height=0.16, stroke_width=0).set_fill(SOFT, 1)
            drawers.add(VGroup(front, handle.shift(0.3 * DOWN)).move_to(place(0, 2.2 - 1.48 * k)))
        return VGroup(body, drawers).move_to(place(-4.4, 0.1))

    def drawer(self) -> None:
        """The drawer comes out: a list for every dot."""
        made = self.cabinet()
        ours = made[1][1]
        pattern = old_pattern((2.0, 1.3))
        lists = VGroup()
        for x, colour, rows in ((-0.3, HIGHLIGHT, 5), (2.2, EAR, 1), (4.7, LUCK, 1)):
            column = VGroup(
                *(
                    RoundedRectangle(corner_radius=0.08, width=1.7, height=0.34, stroke_width=0).set_fill(colour, 0.85)
                    for _ in range(rows)
                )
            ).arrange(DOWN, buff=0.14)
            lists.add(column.move_to(place(x, -0.75), aligned_edge=UP))
        name = Words("a view", size=HEADING, color=HIGHLIGHT, bold=True).move_to(place(3.5, -2.75))
        with self.say("cabinet.drawer") as cue:
            self.play(FadeIn(made), run_time=0.5)
            cue.until("drawer")
            self.sound("whoosh")
            self.play(ours.animate.shift(0.55 * RIGHT).set_stroke(HIGHLIGHT), run_time=0.6)
            self.play(FadeIn(pattern), run_time=0.5)
            cue.until("list")
            self.play(LaggedStart(*(FadeIn(c, shift=0.2 * DOWN) for c in lists), lag_ratio=0.3), run_time=1.2)
            cue.until("view")
            self.play(FadeIn(name), run_time=0.5)
        self.clear_stage(run_time=0.4)

    def lay(self) -> None:
        """Glass upon glass: the old pattern slides onto the new one."""
        new = self.new_pattern(2.4, 0.2)
        old = VGroup(pane(3.7, 3.6, HIGHLIGHT, 0.14), old_pattern((0.0, 0.0))).move_to(place(-4.6, 0.2))
        goal = old.get_center() + new[2].get_center() - old[1].get_center()
        rule = Words("a string on a string, a dot on a dot", size=BODY, color=INK).move_to(place(0, -2.9))
        titles = VGroup(
            Words("yesterday", size=BODY, color=HIGHLIGHT).move_to(place(-4.6, 2.9)),
            Words("today", size=BODY, color=OUTPUT).move_to(place(2.4, 2.9)),
        )
        with self.say("cabinet.lay") as cue:
            self.play(FadeIn(new), FadeIn(old), FadeIn(titles), run_time=0.7)
            cue.until("lay")
            self.play(FadeOut(titles[0]), old.animate.move_to(goal), run_time=max(0.9, 0.5 * cue.to("rule")))
            cue.until("rule")
            self.sound("tick")
            self.play(FadeIn(rule), run_time=0.5)
        self.clear_stage(run_time=0.4)

    def cut(self) -> None:
        """Two sets, and what is in both."""
        ours = Circle(radius=2.3).set_stroke(OUTPUT, 5).set_fill(OUTPUT, 0.18).move_to(place(-1.5, 0.3))
        kept = Circle(radius=2.0).set_stroke(HIGHLIGHT, 5).set_fill(HIGHLIGHT, 0.18).move_to(place(1.6, 0.3))
        both = Intersection(ours, kept).set_stroke(LUCK, 6).set_fill(LUCK, 0.55)
        words = VGroup(
            Words("today's suspects", size=BODY, color=OUTPUT).move_to(place(-5.2, -1.9)),
            Words("the old list", size=BODY, color=HIGHLIGHT).move_to(place(4.9, -1.9)),
            Words("still suspects", size=BODY, color=LUCK).move_to(place(0.2, -2.85)),
        )
        with self.say("cabinet.cut") as cue:
            self.play(FadeIn(ours), FadeIn(words[0]), run_time=0.6)
            cue.until("stand")
            self.play(FadeIn(kept, shift=0.5 * LEFT), FadeIn(words[1]), run_time=0.6)
            cue.until("both")
            self.sound("soft-pop")
            self.play(FadeIn(both), FadeIn(words[2]), run_time=0.6)
            cue.until("lost")
            self.play(ours.animate.set_fill(opacity=0.05), kept.animate.set_fill(opacity=0.05), run_time=0.7)
        self.clear_stage(run_time=0.4)
