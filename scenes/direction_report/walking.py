"""The walk, all walks, and the random controls: as long in x, as loud in the bottleneck."""

from __future__ import annotations

from manim import DOWN, LEFT, RIGHT, UP, FadeIn, FadeOut, Group, LaggedStart, VGroup

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Name, Words
from tapehead.scenes.stage.palette import EAR, HIGHLIGHT, LUCK, SOFT
from tapehead.scenes.stage.planes import arrow

from .parts import best_of, strip

LEAST_ROWS = 4
"""Strips that are shown above each other, at most."""


class Walk(StageScene):
    """One direction both ways, then all of them."""

    def construct(self) -> None:
        walk, test = self.result("walk"), self.result("test")
        row = strip(walk, 0, best_of(test), 2.6, HIGHLIGHT).move_to([0, 0.6, 0])
        middle = len(row) // 2
        number = Words("direction {n}", n=test.read("best_direction"), size=HEADING, color=HIGHLIGHT)
        number.move_to([0, 3.2, 0])
        foot = row[middle].get_bottom() + 0.4 * DOWN
        ways = VGroup(*(arrow(foot, foot + 6.4 * side, HIGHLIGHT) for side in (RIGHT, LEFT)))
        with self.say("walk.idea") as cue:
            self.play(FadeIn(row[middle]), run_time=0.5)
            cue.until("side")
            self.play(FadeIn(ways), run_time=0.5)
            cue.until("finishes")
            others = [one for n, one in enumerate(row) if n != middle]
            self.play(LaggedStart(*(FadeIn(one) for one in others), lag_ratio=0.2), run_time=1.4)
        with self.say("walk.what") as cue:
            self.play(FadeIn(number), run_time=0.5)
            cue.until("says")
            if self.variant("walk.what") == "default":
                told = Words("{what}: {x:.2f}", what=Name(test.facts["attribute"]), x=test.read("best"), size=HEADING)
            else:
                end = walk.read("end_change", family=0, direction=best_of(test))
                told = Words("changed by {x:.2f}", x=end, size=HEADING)
            told.next_to(ways, DOWN, buff=0.45)
            self.play(FadeIn(told), run_time=0.5)
        self.clear_stage(run_time=0.4)
        self.all()

    def all(self) -> None:
        """Strips of every direction, or of the first few."""
        walk = self.result("walk")
        count = min(LEAST_ROWS, int(self.result("basis")["directions"]))
        tallest = min(2.2, 6.2 / count - 0.15)
        rows = Group(*(strip(walk, 0, i, tallest, HIGHLIGHT, 12.0) for i in range(count)))
        rows.arrange(DOWN, buff=0.18).move_to([0.4, 0.25, 0])
        numbers = VGroup()
        sigma = self.result("basis")
        for i, row in enumerate(rows):
            word = Words("{x:.1f}", x=sigma.read("relative", time=0, direction=i), size=SMALL, color=SOFT)
            numbers.add(word.next_to(row, LEFT, buff=0.3))
        with self.say("walk.all") as cue:
            self.play(LaggedStart(*(FadeIn(row) for row in rows), lag_ratio=0.4), run_time=1.6)
            cue.until("loud")
            self.play(FadeIn(numbers), run_time=0.5)
        self.clear_stage(run_time=0.4)


class Control(StageScene):
    """Three rows: ours, a random direction as long, and as loud."""

    def construct(self) -> None:
        walk, best = self.result("walk"), best_of(self.result("test"))
        rows = Group(*(strip(walk, n, best, 1.75, colour, 11.4) for n, colour in enumerate((HIGHLIGHT, EAR, LUCK))))
        rows.arrange(DOWN, buff=0.5).move_to([1.0, 0.35, 0])
        names = VGroup(
            *(
                Words(name, size=BODY, color=colour).next_to(row, LEFT, buff=0.3)
                for name, colour, row in zip(("ours", "as long", "as loud"), (HIGHLIGHT, EAR, LUCK), rows, strict=True)
            )
        )
        far = Words("{x:.1f} times as far", x=walk.read("longer"), size=SMALL, color=LUCK)
        far.next_to(rows[2], DOWN, buff=0.15)
        with self.say("control.long") as cue:
            self.play(FadeIn(rows[0]), FadeIn(names[0]), run_time=0.6)
            cue.until("random")
            self.play(LaggedStart(*(FadeIn(one) for one in rows[1]), lag_ratio=0.1), FadeIn(names[1]), run_time=0.9)
        with self.say("control.loud") as cue:
            cue.until("again")
            self.play(LaggedStart(*(FadeIn(one) for one in rows[2]), lag_ratio=0.1), FadeIn(names[2]), run_time=0.9)
            cue.until("far")
            self.play(FadeIn(far), run_time=0.4)
        self.clear_stage(run_time=0.4)


class Elsewhere(StageScene):
    """The direction at home, and at another picture: laid over, carried, and a random tangent carried."""

    def construct(self) -> None:
        from tapehead.scenes.stage.portraits import arrange_row

        from .parts import picture

        carried = self.result("carried")
        home = arrange_row(list(picture(carried["home"][0])), 6.2, tallest=1.9).move_to([-3.4, 1.9, 0])
        label = Words("here", size=BODY, color=HIGHLIGHT).next_to(home, UP, buff=0.15)
        made = ((0, "as it is", EAR), (1, "carried", HIGHLIGHT), (3, "random", SOFT))
        places = ((3.6, 1.9), (-3.4, -1.6), (3.6, -1.6))
        rows, names = [], []
        for (method, name, colour), place in zip(made, places, strict=True):
            shown = picture(carried["picture"][0, method, 0])
            row = arrange_row(list(shown), 6.2, tallest=1.9).move_to([*place, 0])
            words = Words(name + " there", size=BODY, color=colour).next_to(row, UP, buff=0.15)
            rows.append(row)
            names.append(words)
        with self.say("elsewhere.carry") as cue:
            self.play(FadeIn(home), FadeIn(label), run_time=0.6)
            cue.until("lay")
            self.play(FadeIn(rows[0]), FadeIn(names[0]), run_time=0.6)
            cue.until("carry")
            self.play(FadeIn(rows[1]), FadeIn(names[1]), run_time=0.6)
        left = Words("{x:.0f} % left", x=carried.read("kept_published"), size=SMALL, color=HIGHLIGHT)
        left.next_to(rows[1], DOWN, buff=0.2)
        with self.say("elsewhere.kept") as cue:
            cue.until("left")
            self.play(FadeIn(left), run_time=0.4)
        own = Words("alike: {x:.2f}", x=carried.read("published_alike"), size=SMALL, color=HIGHLIGHT)
        own.next_to(left, RIGHT, buff=0.5)
        other = Words("alike: {x:.2f}", x=carried.read("random_alike"), size=SMALL, color=SOFT)
        other.next_to(rows[2], DOWN, buff=0.2)
        with self.say("elsewhere.alike") as cue:
            cue.until("agree")
            self.play(FadeIn(own), run_time=0.4)
            cue.until("random")
            self.play(FadeIn(rows[2]), FadeIn(names[2]), FadeIn(other), run_time=0.6)
        self.clear_stage(run_time=0.4)


class Removal(StageScene):
    """The component along the direction moved to where other pictures have it, and a random move as far."""

    def construct(self) -> None:
        from tapehead.scenes.stage.portraits import Portrait

        from .parts import picture

        removal = self.result("removal")
        shown = picture(removal["picture"])
        before = Portrait(shown[0, 0], 3.4).move_to([-4.7, 0.5, 0])
        after = Portrait(shown[0, 1], 3.4, colour=HIGHLIGHT).move_to([0, 0.5, 0])
        control = Portrait(shown[1, 1], 3.4, colour=SOFT).move_to([4.7, 0.5, 0])
        names = [
            Words(text, size=BODY, color=colour).next_to(portrait, UP, buff=0.2)
            for text, colour, portrait in (
                ("as it is", SOFT, before),
                ("taken away", HIGHLIGHT, after),
                ("a random move", SOFT, control),
            )
        ]
        own = Words("changed by {x:.2f}", x=removal.read("mean_change"), size=BODY, color=HIGHLIGHT)
        other = Words("changed by {x:.2f}", x=removal.read("mean_control"), size=BODY, color=SOFT)
        own.next_to(after, DOWN, buff=0.25)
        other.next_to(control, DOWN, buff=0.25)
        with self.say("removal.idea") as cue:
            self.play(FadeIn(before), FadeIn(names[0]), run_time=0.6)
            cue.until("moved")
            self.play(FadeIn(after), FadeIn(names[1]), run_time=0.6)
        with self.say("removal.change") as cue:
            cue.until("ours")
            self.play(FadeIn(own), run_time=0.4)
            cue.until("random")
            self.play(FadeIn(control), FadeIn(names[2]), FadeIn(other), run_time=0.6)
        self.play(FadeOut(before), run_time=0.1)
        self.clear_stage(run_time=0.4)
