"""Eighth scene: what was real, with seeds and steps; the rules; the test bars; the end of the transmission."""

from __future__ import annotations

from manim import DOWN, LEFT, RIGHT, FadeIn, FadeOut, LaggedStart, VGroup

from tapehead.analysis.results import Origin
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, MONO, SMALL, Words
from tapehead.scenes.stage.palette import INK, SOFT
from tapehead.scenes.stage.portraits import Wall

from .parts import AWAY, FREED, WORLD, Emblem, TestBars, at, label, linger, notice, upright

ROWS = (("stamp", "stamp"), ("slider", "slider"), ("repeat", "too far"), ("loudest", "loudest"))


class SignOff(StageScene):
    """The card, one wall of all seeds, the rules, the bars."""

    def construct(self) -> None:
        self.card = self.result("card")
        self.badge_for(self.card.origin, self.card.model)
        self.real()
        self.seeds()
        self.rules()
        self.adjust()
        self.end()

    def real(self) -> None:
        head = VGroup(
            *(
                label(text, SOFT, SMALL).move_to([x, 2.95, 0], aligned_edge=LEFT)
                for text, x in (("study", -6.2), ("pictures", -0.9), ("seed", 2.3), ("noise", 4.3))
            )
        )
        rows = VGroup()
        for n, (part, text) in enumerate(ROWS):
            y = 1.85 - 1.05 * n
            cells = VGroup(label(text, INK, HEADING).move_to([-6.2, y, 0], aligned_edge=LEFT))
            for name, x in (("painted", -0.9), ("seed", 2.3), ("t", 4.3)):
                value = Words("{x:.0f}", x=self.card.read(name, part=part), size=BODY, color=AWAY, font=MONO)
                cells.add(value.move_to([x, y, 0], aligned_edge=LEFT))
            rows.add(cells)
        total = Words(
            "{n:.0f} pictures, pushed ones in {k:.0f} steps",
            n=self.card.read("total"),
            k=self.card.read("steps"),
            size=BODY,
            color=INK,
        ).move_to([-6.2, -2.5, 0], aligned_edge=LEFT)
        self.tape.keep_clean(head, rows, total)
        self.add(head, rows[0])
        with self.say("signoff.real") as cue:
            self.play(LaggedStart(*(FadeIn(row) for row in rows[1:]), lag_ratio=0.8), run_time=0.8 * cue.to("pictures"))
            cue.until("pictures")
            self.play(FadeIn(total), run_time=0.5)
        self.clear_stage(run_time=0.5)

    def seeds(self) -> None:
        """The first pictures of the last crowd, and the seeds of their noise."""
        pictures = upright(at(self.result("repeat"), "picture", "way", "told"))[0]
        wall = Wall(pictures[:10], 5, 5.1).move_to([0, 1.1, 0])
        numbers = VGroup(
            *(
                Words(
                    "{x:.0f}",
                    x=self.result("repeat").read("noise_seed", place=5 + n),
                    size=SMALL,
                    font=MONO,
                    color=AWAY,
                )
                for n in range(5)
            )
        )
        for n, one in enumerate(numbers):
            one.move_to(wall.place(5 + n) + (wall.side / 2 + 0.42) * DOWN)
        note = label("the seeds of the lower row", SOFT, SMALL).move_to([0, -2.85, 0])
        self.tape.keep_clean(numbers, note, wall)
        with self.say("signoff.seeds") as cue:
            self.play(FadeIn(wall), run_time=0.6)
            cue.until("seed")
            self.play(FadeIn(numbers), FadeIn(note), run_time=0.6)
        self.clear_stage(run_time=0.5)

    def rules(self) -> None:
        rules = VGroup(
            Words("Stay on the stamp.", size=72, color=AWAY, bold=True),
            Words("Take the shadow away.", size=72, color=FREED, bold=True),
            Words("Count what is left.", size=72, color=WORLD, bold=True),
        ).arrange(DOWN, buff=0.7, aligned_edge=LEFT)
        emblem = Emblem(4.2)
        VGroup(emblem, rules).arrange(RIGHT, buff=1.0).move_to([0, 0.4, 0])
        self.tape.keep_clean(rules)
        with self.say("signoff.rules") as cue:
            self.play(FadeIn(emblem), run_time=0.5)
            for mark, rule in zip(("stamp", "shadow", "count"), rules, strict=True):
                cue.until(mark)
                self.play(FadeIn(rule), run_time=0.5)
        self.clear_stage(run_time=0.6)

    def adjust(self) -> None:
        self.badge_for(Origin.ILLUSTRATION)
        bars = TestBars()
        words = notice("END OF TRANSMISSION", 84)
        self.tape.keep_clean(words)
        with self.say("signoff.haunt") as cue:
            self.play(FadeIn(bars), run_time=0.8)
            self.play(FadeIn(words), run_time=0.6)
            linger(self, cue.left, words)
        self.bars, self.words = bars, words

    def end(self) -> None:
        words = notice("Do not adjust your latent space.", 0.8 * HUGE)
        self.tape.keep_clean(words)
        with self.say("signoff.adjust"):
            self.play(FadeOut(self.words), FadeIn(words), run_time=0.6)
        with self.say("signoff.further"):
            self.play(self.bars.bars.animate.set_opacity(0.35), run_time=1.6)
