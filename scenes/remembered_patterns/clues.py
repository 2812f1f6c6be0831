"""First scene: a list of suspects, clue after clue, until one is left."""

from __future__ import annotations

from manim import LEFT, RIGHT, UP, Create, FadeIn, FadeOut, Indicate, LaggedStart, RoundedRectangle, VGroup

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.layout import em_of
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, TITLE, UNITS_PER_POINT, Name, Words
from tapehead.scenes.stage.palette import EAR, FAINT, HIGHLIGHT, INK, LUCK, NAP, NOSE, PANEL, SOFT

from .parts import card, place, shiba, string, thing

CARDS = (("from Japan", EAR), ("long snout", NOSE), ("a pet", LUCK), ("small", NAP))
ROWS = 8


class Clues(StageScene):
    """Cards of clues on the left, suspects on the right, and how many are left."""

    def construct(self) -> None:
        self.clues = self.result("clues")
        self.board()
        self.cut()
        self.one()
        self.idea()

    def count(self, clue: int) -> Words:
        left = self.clues.read("left", clue=clue)
        words = Words("{n} left", n=left, size=HEADING, color=HIGHLIGHT, bold=True)
        return words.move_to(place(-4.6, -3.0))

    def board(self) -> None:
        """The note, then the list."""
        suspects = self.clues.facts["left_names"][0]
        self.names = {}
        for k, name in enumerate(suspects):
            column, row = divmod(k, ROWS)
            words = Words("{n}", n=Name(name), size=SMALL, color=INK)
            self.names[str(name)] = words.move_to(place(-1.15 + 3.0 * column, 3.05 - 0.84 * row), aligned_edge=LEFT)
        note = RoundedRectangle(corner_radius=0.15, width=4.4, height=2.5).set_stroke(SOFT, 4).set_fill(PANEL, 1)
        note.move_to(place(-4.6, 2.1))
        ask = Words("Find my\nanimal", size=TITLE, color=INK, bold=True, align="center").move_to(note)
        self.now = self.count(0)
        with self.say("clues.board") as cue:
            self.play(FadeIn(note, shift=0.3 * UP), run_time=0.5)
            cue.until("note")
            self.play(FadeIn(ask), run_time=0.5)
            cue.until("list")
            rows = LaggedStart(*(FadeIn(w, shift=0.2 * RIGHT) for w in self.names.values()), lag_ratio=0.05)
            self.play(rows, run_time=1.4)
            self.play(FadeIn(self.now), run_time=0.4)
        self.note = VGroup(note, ask)

    def strike(self, clue: int) -> None:
        """Who does not fit fades; the count follows."""
        before, after = self.clues.facts["left_names"][clue - 1], self.clues.facts["left_names"][clue]
        gone = [self.names[str(n)] for n in before if n not in after]
        new = self.count(clue)
        self.sound("tick")
        self.play(*(FadeOut(w, shift=0.3 * RIGHT) for w in gone), run_time=0.5)
        self.gather([self.names[str(n)] for n in after])
        self.play(FadeOut(self.now), FadeIn(new), run_time=0.3)
        self.now = new

    def gather(self, left: list[Words]) -> None:
        """Who is left moves together and grows: the fewer, the larger."""
        columns = 2 if len(left) > 6 else 1
        rows = -(-len(left) // columns)
        grow = min(1.7, 6.2 / rows / 0.84) if len(left) > 1 else 1.7
        moves = []
        for k, words in enumerate(left):
            column, row = divmod(k, rows)
            x = (-0.2, 3.9)[column] if columns == 2 else 2.2
            y = ((rows - 1) / 2 - row) * min(1.5, 6.2 / rows)
            target = words.copy().scale(min(grow, 1.7) * SMALL * UNITS_PER_POINT / em_of(words))
            moves.append(words.animate.become(target.move_to(place(x, y), aligned_edge=LEFT)))
        self.play(*moves, run_time=0.5)

    def cut(self) -> None:
        """Three clues, one after the other."""
        self.cards = VGroup(*(card(text, colour) for text, colour in CARDS))
        for k, each in enumerate(self.cards):
            each.move_to(place(-4.6, 3.05 - 1.25 * k))
        with self.say("clues.cut") as cue:
            self.play(FadeOut(self.note), run_time=0.4)
            for k, mark in enumerate(("japan", "snout", "pet")):
                cue.until(mark)
                self.play(FadeIn(self.cards[k], shift=0.3 * RIGHT), run_time=0.4)
                self.strike(k + 1)

    def one(self) -> None:
        """The last clue, and the dog."""
        last = self.names[str(self.clues.facts["left_names"][-1][0])]
        dog = shiba(1.15).move_to(place(2.6, -1.1))
        big = Words("{n}", n=Name(self.clues.facts["left_names"][-1][0]), size=TITLE, color=HIGHLIGHT, bold=True)
        with self.say("clues.one") as cue:
            cue.until("small")
            self.play(FadeIn(self.cards[3], shift=0.3 * RIGHT), run_time=0.4)
            self.strike(4)
            cue.until("shiba")
            self.sound("soft-pop")
            self.play(FadeOut(last), FadeIn(big.move_to(place(2.6, 2.2))), FadeIn(dog, scale=0.7), run_time=0.8)
        self.dog, self.big = dog, big

    def idea(self) -> None:
        """Cards become dots and strings round a dot without a name."""
        centre = place(0.4, 0.0)
        spots = [place(5.2, 2.3), place(5.2, -2.0), place(-4.4, 2.3), place(-4.4, -2.0)]
        star = thing(centre, HIGHLIGHT, 0.75)
        mark = Words("?", size=TITLE, color=HIGHLIGHT, bold=True).move_to(centre)
        dots = VGroup(*(thing(at, colour, 0.45) for at, (_t, colour) in zip(spots, CARDS, strict=True)))
        strings = VGroup(*(string(centre, at, colour, 5, 0.8) for at, (_t, colour) in zip(spots, CARDS, strict=True)))
        words = VGroup(
            *(
                Words("{t}", t=Name(text), size=BODY, color=colour).next_to(dot, UP, buff=0.2)
                for dot, (text, colour) in zip(dots, CARDS, strict=True)
            )
        )
        ring = star.copy().set_stroke(FAINT, 3).set_fill(opacity=0)
        with self.say("clues.idea") as cue:
            self.play(*(FadeOut(m) for m in (self.dog, self.big, self.now, self.cards)), run_time=0.4)
            self.play(FadeIn(star), FadeIn(mark), run_time=0.5)
            cue.until("most")
            self.play(
                LaggedStart(*(FadeIn(VGroup(d, w)) for d, w in zip(dots, words, strict=True)), lag_ratio=0.2),
                run_time=max(0.6, min(1.4, cue.to("connected"))),
            )
            cue.until("connected")
            self.play(LaggedStart(*(Create(s) for s in strings), lag_ratio=0.2), run_time=1.2)
            self.play(Indicate(mark, color=HIGHLIGHT, scale_factor=1.2), FadeIn(ring, scale=1.3), run_time=0.8)
        self.clear_stage(run_time=0.4)
