"""Third scene: the glass is folded, two dots land on one thing, and the two ways to count."""

from __future__ import annotations

from manim import DOWN, LEFT, RIGHT, UP, Create, FadeIn, FadeOut, LaggedStart, VGroup

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Name, Words
from tapehead.scenes.stage.palette import EAR, HIGHLIGHT, INK, LUCK, NOSE, OUTPUT, SOFT

from .parts import pane, place, string, thing

LEFT_X = -4.1


class Fold(StageScene):
    """A diamond of a pattern on the left, its placements on the right."""

    def construct(self) -> None:
        self.found = self.result("fold")
        self.ask()
        self.six()
        self.two()
        self.why()

    def diamond(self, spread: float) -> VGroup:
        """Owner above, two animals, Japan below; ``spread`` is how far the animals stand apart."""
        top, low = place(LEFT_X, 2.1), place(LEFT_X, -2.1)
        one, other = place(LEFT_X - spread, 0), place(LEFT_X + spread, 0)
        strings = VGroup(
            *(string(a, b, SOFT, 5, 0.42) for a, b in ((top, one), (top, other), (one, low), (other, low)))
        )
        dots = VGroup(
            thing(top, OUTPUT, 0.38), thing(one, HIGHLIGHT, 0.38), thing(other, HIGHLIGHT, 0.38), thing(low, EAR, 0.38)
        )
        return VGroup(strings, dots)

    def ask(self) -> None:
        """The pattern: an owner, one animal, another, both from Japan."""
        self.sheet = pane(5.2, 6.0).move_to(place(LEFT_X, 0))
        self.shape = self.diamond(1.45)
        strings, dots = self.shape
        self.tags = VGroup(
            Words("owner", size=SMALL, color=OUTPUT).next_to(dots[0], UP, buff=0.12),
            Words("one", size=SMALL, color=HIGHLIGHT).next_to(dots[1], DOWN, buff=0.15).shift(0.35 * LEFT),
            Words("other", size=SMALL, color=HIGHLIGHT).next_to(dots[2], DOWN, buff=0.15).shift(0.4 * RIGHT),
            Words("Japan", size=SMALL, color=EAR).next_to(dots[3], DOWN, buff=0.12),
        )
        with self.say("fold.ask") as cue:
            self.play(FadeIn(self.sheet), run_time=0.4)
            cue.until("who")
            self.play(FadeIn(dots[0]), FadeIn(self.tags[0]), run_time=0.4)
            first = (strings[0], dots[1], self.tags[1], strings[2], dots[3], self.tags[3])
            self.play(
                LaggedStart(*(FadeIn(m) for m in first), lag_ratio=0.2), run_time=max(0.8, 0.8 * cue.to("another"))
            )
            cue.until("another")
            second = (strings[1], dots[2], self.tags[2], strings[3])
            self.play(LaggedStart(*(FadeIn(m) for m in second), lag_ratio=0.2), run_time=1.0)

    def six(self) -> None:
        """The list of placements: those in which the two animals are one are marked."""
        heads = VGroup(
            *(
                Words(text, size=SMALL, color=colour).move_to(place(x, 2.75))
                for text, colour, x in (("owner", OUTPUT, 0.5), ("one", HIGHLIGHT, 2.9), ("other", HIGHLIGHT, 5.6))
            )
        )
        self.rows, self.same = VGroup(), []
        for k, (owner, one, _home, other) in enumerate(self.found.facts["placements"]):
            y = 1.9 - 0.78 * k
            row = VGroup(
                *(
                    Words("{n}", n=Name(str(n)), size=SMALL, color=INK).move_to(place(x, y))
                    for n, x in ((owner, 0.5), (one, 2.9), (other, 5.6))
                )
            )
            self.rows.add(row)
            if str(one) == str(other):
                self.same.append(row)
        count = self.found.read("homomorphisms")
        self.count = Words("{n} placements", n=count, size=HEADING, color=INK, bold=True).move_to(place(3.1, -3.25))
        with self.say("fold.six") as cue:
            self.play(FadeIn(heads), run_time=0.4)
            cue.until("six")
            self.play(LaggedStart(*(FadeIn(r, shift=0.2 * RIGHT) for r in self.rows), lag_ratio=0.2), run_time=1.4)
            self.play(FadeIn(self.count), run_time=0.4)
            cue.until("four")
            self.sound("tick")
            self.play(*(row.animate.set_color(NOSE) for row in self.same), run_time=0.6)
        self.heads = heads

    def two(self) -> None:
        """The diamond folds to a line; then folded ones are forbidden."""
        folded = self.diamond(0.0)
        together = Words("one = other", size=SMALL, color=NOSE).move_to(place(LEFT_X + 2.55, 0.35))
        left = self.found.read("monomorphisms")
        fewer = Words("{n} without a fold", n=left, size=HEADING, color=LUCK, bold=True).move_to(self.count)
        with self.say("fold.two") as cue:
            self.play(FadeOut(self.tags[1]), FadeOut(self.tags[2]), run_time=0.3)
            self.play(
                self.shape.animate.become(folded),
                self.sheet.animate.stretch(0.62, 0),
                run_time=max(0.8, cue.to("folded")),
            )
            cue.until("content")
            self.play(FadeIn(together), run_time=0.4)
            cue.until("forbid")
            self.sound("whoosh")
            self.play(
                *(FadeOut(row, shift=0.4 * RIGHT) for row in self.same),
                FadeOut(self.count),
                FadeIn(fewer),
                run_time=0.8,
            )
            unfolded = self.diamond(1.45)
            self.play(
                FadeOut(together),
                self.shape.animate.become(unfolded),
                self.sheet.animate.stretch(1 / 0.62, 0),
                run_time=max(0.5, 0.7 * cue.left),
            )
        self.clear_stage(run_time=0.4)

    def why(self) -> None:
        """Two questions, each with its own rule."""
        panes = VGroup()
        for x, colour, title in ((-3.5, LUCK, "apart"), (3.5, NOSE, "may meet")):
            sheet = pane(6.0, 5.0, colour).move_to(place(x, 0.1))
            panes.add(VGroup(sheet, Words(title, size=HEADING, color=colour, bold=True).move_to(place(x, 2.0))))
        apart = VGroup(thing(place(-4.7, 0.1), LUCK, 0.6), thing(place(-2.3, 0.1), LUCK, 0.6))
        meet = VGroup(thing(place(3.5, 0.1), NOSE, 0.75), thing(place(3.5, 0.1), NOSE, 0.55))
        words = VGroup(
            Words("two witnesses", size=BODY, color=INK).move_to(place(-3.5, -1.5)),
            Words("who paid, who complained", size=BODY, color=INK, width=5.4, align="center").move_to(
                place(3.5, -1.5)
            ),
        )
        with self.say("fold.why") as cue:
            self.play(FadeIn(panes), run_time=0.6)
            cue.until("witnesses")
            self.play(Create(apart), FadeIn(words[0]), run_time=0.8)
            cue.until("paid")
            self.play(FadeIn(words[1]), run_time=0.5)
            cue.until("same")
            self.play(Create(meet), run_time=0.8)
        self.clear_stage(run_time=0.4)
