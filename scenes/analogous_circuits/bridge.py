"""Last scene: four meanings of the same, and a pattern of dots and strings: where the next film begins."""

from __future__ import annotations

from manim import LEFT, UP, Create, FadeIn, FadeOut, Line, RoundedRectangle, VGroup

from tapehead.analysis.results import Origin
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import TITLE, Words
from tapehead.scenes.stage.networks import disc
from tapehead.scenes.stage.palette import EAR, HIGHLIGHT, INK, LUCK, NOSE, PANEL, SOFT

from .pictures import COMMON, TinyNetwork

FOUR = (
    ("neurons", "mostly the place"),
    ("weights", "nearly never"),
    ("answers", "too often"),
    ("role", "worth asking"),
)


class Bridge(StageScene):
    """Four rows; then a network becomes a pattern; then a note."""

    def construct(self) -> None:
        self.match = self.result("match")
        self.badge_for(Origin.ILLUSTRATION)
        self.four()
        self.end()

    def four(self) -> None:
        asked = Words("the same?", size=3 * TITLE, color=COMMON, bold=True)
        head = Words("the same", size=1.4 * TITLE, color=COMMON, bold=True).move_to([-5.9, 2.75, 0], aligned_edge=LEFT)
        rows = VGroup()
        for n, (what, how) in enumerate(FOUR):
            y = 1.4 - 1.3 * n
            colour = COMMON if what == "role" else SOFT
            left = Words(what, size=1.4 * TITLE, color=INK).move_to([-5.9, y, 0], aligned_edge=LEFT)
            right = Words(how, size=1.15 * TITLE, color=colour).move_to([0.9, y - 0.03, 0], aligned_edge=LEFT)
            rows.add(VGroup(left, right))
        with self.say("bridge.four") as cue:
            self.play(FadeIn(asked), run_time=0.5)
            for (what, _how), row in zip(FOUR, rows, strict=True):
                cue.until(what)
                if asked in self.mobjects:
                    self.play(FadeOut(asked), run_time=0.2)
                    self.play(FadeIn(head), run_time=0.2)
                self.play(FadeIn(row, shift=0.3 * UP), run_time=0.5)
        self.rows = VGroup(head, rows)

    def end(self) -> None:
        net = TinyNetwork(self.match["weights"][0], 5.6).move_to([0, 0.3, 0])
        dots = [*net.lamps, *net.hidden, *net.answer]
        colours = (EAR, NOSE, LUCK, HIGHLIGHT, INK)
        pattern = VGroup(
            *(
                disc(dot.get_center(), colour, 0.42, tint=0.4, width=6)
                for dot, colour in zip(dots, colours, strict=True)
            )
        )
        strings = VGroup(*(Line(w.get_start(), w.get_end()).set_stroke(SOFT, 5) for w in net.wires))
        note = RoundedRectangle(corner_radius=0.15, width=4.6, height=2.7).set_stroke(SOFT, 4).set_fill(PANEL, 1)
        note.move_to([3.7, 0.5, 0])
        words = Words("Find my\nanimal", size=TITLE, color=INK, bold=True, align="center").move_to(note)
        ask = Words("?", size=4 * TITLE, color=HIGHLIGHT, bold=True).move_to([3.7, 0.5, 0])
        self.badge_for(self.match.origin, self.match.model)
        with self.say("bridge.end") as cue:
            self.play(FadeOut(self.rows), FadeIn(net), run_time=0.6)
            cue.until("wires")
            self.play(*(wire.animate.set_stroke(INK) for wire in net.wires), run_time=0.6)
            cue.until("pattern")
            self.play(FadeIn(strings), FadeOut(net.wires), run_time=0.5)
            self.play(Create(pattern), FadeOut(VGroup(net.lamps, net.hidden, net.answer)), run_time=0.6)
            cue.until("look")
            self.play(VGroup(strings, pattern).animate.shift(3.4 * LEFT), FadeIn(ask), run_time=0.6)
            cue.until("note")
            self.play(FadeOut(ask), FadeIn(note, shift=0.3 * UP), FadeIn(words, shift=0.3 * UP), run_time=0.6)
