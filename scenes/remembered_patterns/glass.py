"""Second scene: the whole network, a pattern on glass, and the square that has to close."""

from __future__ import annotations

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Create, FadeIn, FadeOut, Indicate, LaggedStart, Line, VGroup

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, Words
from tapehead.scenes.stage.palette import EAR, FAINT, HIGHLIGHT, INK, LUCK, NOSE, SOFT
from tapehead.scenes.stage.squares import CommutingSquare

from .parts import Network, cross, label, pane, place, string, thing

COLUMNS = (("person",), ("snout", "life", "size"), ("animal",), ("country", "continent"), ("kind", "class"))
HEADS = ("owners", "what it is like", "animals", "where from", "what it is")


class Glass(StageScene):
    """The toy graph in columns; four dots on glass slide over it."""

    def construct(self) -> None:
        self.clues = self.result("clues")
        self.node_names = [str(name) for name in self.clues.facts["names"]]
        called = [str(name) for name in self.clues.facts["label_names"]]
        self.kinds = [called[int(k)] for k in self.clues["label"]]
        self.net = Network(self.kinds, self.clues["edge"], COLUMNS, height=5.3, centre=place(0, -0.15))
        self.network()
        self.pattern()
        self.slide()
        self.square()
        self.word()

    def spot(self, name: str) -> np.ndarray:
        return self.net.spots[self.node_names.index(name)]

    def network(self) -> None:
        """Dots, then strings."""
        heads = VGroup(
            *(
                label(text, place(x, 3.3), SOFT)
                for text, x in zip(HEADS, np.linspace(-6.3, 6.3, len(HEADS)) * 0.92, strict=True)
            )
        )
        owner, dog, country, continent = (self.spot(n) for n in ("Ren", "Akita", "Japan", "Asia"))
        way = VGroup(
            *(Line(a, b).set_stroke(HIGHLIGHT, 5) for a, b in ((owner, dog), (dog, country), (country, continent)))
        )
        with self.say("glass.network") as cue:
            self.play(FadeIn(heads), run_time=0.6)
            cue.until("things")
            self.play(LaggedStart(*(FadeIn(d) for d in self.net.dots), lag_ratio=0.02), run_time=1.2)
            cue.until("string")
            self.play(FadeIn(self.net.strings), run_time=0.9)
            self.play(LaggedStart(*(Create(w) for w in way), lag_ratio=0.5), run_time=max(1.0, 0.6 * cue.left))
        self.heads, self.way = heads, way

    def glass(self) -> VGroup:
        """Four dots and three strings on a sheet; the first dot is at the sheet's left."""
        dog, land, snout, life = place(-1.5, 0), place(1.35, 1.25), place(1.6, 0.0), place(1.35, -1.25)
        sheet = pane(4.6, 4.0)
        strings = VGroup(*(string(dog, at, c, 5, 0.36) for at, c in ((land, EAR), (snout, NOSE), (life, LUCK))))
        dots = VGroup(
            thing(dog, HIGHLIGHT, 0.34), *(thing(a, c, 0.3) for a, c in ((land, EAR), (snout, NOSE), (life, LUCK)))
        )
        return VGroup(sheet, strings, dots)

    def pattern(self) -> None:
        """The question is painted."""
        sheet = self.glass().scale(1.25).move_to(place(0, -0.2))
        names = ("something", "somewhere", "some snout", "some life")
        offsets = (DOWN, UP, RIGHT, DOWN)
        words = VGroup()
        for dot, text, off in zip(sheet[2], names, offsets, strict=True):
            made = Words(text, size=SMALL, color=INK)
            words.add(made.next_to(dot, off, buff=0.15))
        words[2].next_to(sheet[0], RIGHT, buff=0.25).match_y(sheet[2][2])
        words[1].next_to(sheet[0], RIGHT, buff=0.25).match_y(sheet[2][1])
        words[3].next_to(sheet[0], RIGHT, buff=0.25).match_y(sheet[2][3])
        words[0].next_to(sheet[0], LEFT, buff=0.25).match_y(sheet[2][0])
        with self.say("glass.pattern") as cue:
            self.play(FadeOut(self.way), FadeOut(self.heads), run_time=0.5)
            cue.until("glass")
            self.play(FadeOut(self.net), FadeIn(sheet[0]), run_time=0.4)
            cue.until("dots")
            self.play(LaggedStart(*(FadeIn(d, scale=0.5) for d in sheet[2]), lag_ratio=0.25), run_time=0.9)
            cue.until("strings")
            self.play(LaggedStart(*(Create(s) for s in sheet[1]), lag_ratio=0.3), run_time=1.0)
            self.play(LaggedStart(*(FadeIn(w) for w in words), lag_ratio=0.4), run_time=max(0.8, 0.7 * cue.left))
        self.sheet, self.words = sheet, words

    def landed(self, name: str, fits: bool) -> VGroup:
        """Rings and strings where the glass lands on an animal; a string that is not there is crossed out."""
        mine = self.spot(name)
        ends = ("Japan", "long snout", "pet")
        made = VGroup(thing(mine, HIGHLIGHT, 0.2).set_fill(opacity=0))
        for end, colour in zip(ends, (EAR, NOSE, LUCK), strict=True):
            at = self.spot(end)
            there = self.has(name, end)
            line = Line(mine, at).set_stroke(colour, 6 if there else 3, opacity=1 if there else 0.5)
            made.add(line, thing(at, colour, 0.2).set_fill(opacity=0))
            if not there:
                made.add(cross((mine + at) / 2))
        return made

    def has(self, source: str, target: str) -> bool:
        pair = [self.node_names.index(source), self.node_names.index(target)]
        return bool((self.clues["edge"] == pair).all(axis=1).any())

    def slide(self) -> None:
        """It lands on a cat: one string is missing.  It lands on the dog: all are there."""
        self.net.strings.set_stroke(opacity=0.35)
        cat, dog = self.landed("Siamese", False), self.landed("Shiba Inu", True)
        names = {n: label(n, place(0, 3.3), HIGHLIGHT, BODY, bold=True) for n in ("Siamese", "Shiba Inu")}
        small = self.sheet.copy().scale(0.55).move_to(place(-4.0, 0.0))
        with self.say("glass.slide") as cue:
            self.play(FadeOut(self.words), FadeIn(self.net), self.sheet.animate.become(small), run_time=0.8)
            cue.until("slide")
            self.play(self.sheet.animate.move_to(place(2.2, -0.6)), run_time=max(0.8, cue.to("land") * 0.8))
            cue.until("land")
            self.play(FadeOut(self.sheet), FadeIn(cat), FadeIn(names["Siamese"]), run_time=0.6)
            cue.until("under")
            self.play(FadeOut(cat), FadeOut(names["Siamese"]), run_time=0.4)
            self.sound("soft-pop")
            self.play(FadeIn(dog), FadeIn(names["Shiba Inu"]), run_time=0.6)
            self.play(Indicate(dog[0], color=HIGHLIGHT, scale_factor=1.4), run_time=max(0.5, 0.5 * cue.left))
        self.clear_stage(run_time=0.4)

    def square(self) -> None:
        """Pattern above, network below: both ways round end at the same place."""
        corners = {"a": place(-3.4, 1.6), "b": place(3.4, 1.6), "c": place(-3.4, -1.8), "d": place(3.4, -1.8)}
        box = CommutingSquare().move_to(place(0, -0.1))
        texts = VGroup(
            label("something", corners["a"] + 0.8 * UP, HIGHLIGHT, BODY),
            label("somewhere", corners["b"] + 0.8 * UP, EAR, BODY),
            label("Shiba Inu", corners["c"] + 0.85 * DOWN, HIGHLIGHT, BODY),
            label("Japan", corners["d"] + 0.85 * DOWN, EAR, BODY),
        )
        sides = VGroup(label("on the glass", place(-5.6, 1.6), SOFT), label("below", place(-5.6, -1.8), SOFT))
        with self.say("glass.square") as cue:
            self.play(FadeIn(box.dots), FadeIn(texts), FadeIn(sides), run_time=0.6)
            cue.until("follow")
            self.play(Create(box.over), run_time=0.8)
            self.play(Create(box.right), run_time=max(0.6, 0.6 * cue.to("drop")))
            cue.until("drop")
            self.play(Create(box.left), run_time=0.8)
            self.play(Create(box.under), run_time=0.8)
            cue.until("closes")
            self.sound("tick")
            self.play(Indicate(box.dots[3], color=EAR, scale_factor=1.3), run_time=max(0.5, 0.8 * cue.left))
        self.box = box
        self.texts = VGroup(texts, sides)

    def word(self) -> None:
        """The square shrinks; the word stands."""
        big = Words("homomorphism", size=HUGE, color=HIGHLIGHT, bold=True).move_to(place(0, -1.2))
        same = Words("the same shape", size=HEADING, color=INK).move_to(place(0, -2.6))
        rule = Line(place(-5.2, -1.95), place(5.2, -1.95)).set_stroke(FAINT, 4)
        with self.say("glass.word") as cue:
            self.play(FadeOut(self.texts), self.box.animate.scale(0.55).move_to(place(0, 1.7)), run_time=0.8)
            cue.until("name")
            self.play(FadeIn(big), run_time=0.5)
            cue.until("shape")
            self.play(Create(rule), FadeIn(same), run_time=0.6)
        self.clear_stage(run_time=0.4)
