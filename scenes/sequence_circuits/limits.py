"""Last scene: what the film may claim, the answer to its first question, and a tape that breaks off."""

from __future__ import annotations

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, FadeIn, FadeOut, LaggedStart, Rectangle, RoundedRectangle, VGroup

from tapehead.analysis.results import Origin, Result
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.cards import EndCard
from tapehead.scenes.stage.circuits import MLP, Clauses, Tower
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Name, Words
from tapehead.scenes.stage.palette import EAR, FAINT, HIGHLIGHT, INK, LUCK, NOSE, OUTPUT, PANEL, SOFT

from .tapes_parts import Tape
from .watchman import Watchman

KINDS = (("numerals", "digits", NOSE), ("words", "words", EAR), ("months", "months", LUCK))


class Limits(StageScene):
    """The small print first, the answer second, the joke last."""

    def construct(self) -> None:
        self.small()
        self.choices()
        self.seeds()
        self.habit()
        self.end()

    def badge(self, result: Result) -> None:
        self.badge_for(result.origin, result.model)

    def card(self, title: str, inside: VGroup | Words, x: float) -> VGroup:
        """A framed picture with a title below."""
        frame = RoundedRectangle(corner_radius=0.2, width=3.9, height=3.4).set_stroke(SOFT, 3).set_fill(PANEL, 1)
        frame.move_to([x, 0.5, 0])
        inside.move_to(frame)
        return VGroup(frame, inside, Words(title, size=BODY, color=INK).next_to(frame, DOWN, buff=0.3))

    def small(self) -> None:
        """Three limits as three cards."""
        says = self.result("says")
        text = says.facts["task"]["numerals"]["text"]
        prompt = Clauses(text, size=SMALL, row=0.5)
        word = Words("{w}", w=Name(says.facts["task"]["words"]["members"][2]), size=HEADING, color=EAR)
        box = Rectangle(width=word.width + 0.5, height=1.0).set_stroke(EAR, 4)
        column = Rectangle(width=0.9, height=2.4).set_stroke(SOFT, 3)
        line = Rectangle(width=1.5, height=0.06, stroke_width=0).set_fill(HIGHLIGHT, 1)
        threshold = self.result("circuits").read("threshold", task="numerals")
        number = Words("{x:.0f} %", x=threshold, size=BODY, color=HIGHLIGHT)
        line.move_to(column.get_bottom() + float(threshold) / 100 * 2.4 * UP)
        dial = VGroup(column, line, number.next_to(line, RIGHT, buff=0.2))
        cards = [
            self.card("one kind of sentence", VGroup(prompt), -4.5),
            self.card("one word each", VGroup(box, word), 0),
            self.card("a picked threshold", dial, 4.5),
        ]
        self.badge(says)
        with self.say("limits.small") as cue:
            title = Words("the small print", size=HEADING, color=SOFT).to_edge(UP, buff=0.5)
            self.play(FadeIn(title), run_time=0.5)
            for card, mark in zip(cards, ("prompts", "word", "picked"), strict=True):
                cue.until(mark)
                self.play(FadeIn(card, shift=0.3 * UP), run_time=0.6)
        self.clear_stage(run_time=0.4)

    def choices(self) -> None:
        """How often each head is kept, over all choices; those that are always kept."""
        choices = self.result("choices")
        towers, names = VGroup(), VGroup()
        for i, (kind, shown, colour) in enumerate(KINDS):
            which = choices.quantity("frequency").labels["task"].index(kind)
            tower = Tower(*choices["always"].shape, width=3.5, height=2.7, lit=False)
            tower.shade(choices["frequency"][which], colour).move_to([-4.5 + 4.5 * i, 0.5, 0])
            tower.workshops().set_opacity(0)
            towers.add(tower)
            heads = VGroup(*(tower.cell(*at) for at in np.ndindex(*choices["always"].shape)))
            names.add(Words(shown, size=BODY, color=colour).next_to(heads, DOWN, buff=0.3))
        heading = Words("{n} ways to choose", n=choices.read("variant_count"), size=HEADING, color=SOFT).to_edge(
            UP, buff=0.5
        )
        always = [(int(a), int(b)) for a, b in np.argwhere(choices["always"])]
        rings = VGroup(*(tower.ring(*at, HIGHLIGHT) for tower in towers for at in always))
        count = Words("{n} always stay", n=choices.read("always_count"), size=HEADING, color=HIGHLIGHT)
        count.move_to([0.4, -2.75, 0])
        with self.say("limits.choices") as cue:
            self.play(FadeIn(heading), run_time=0.5)
            cue.until("move")
            self.play(LaggedStart(*(FadeIn(t) for t in towers), lag_ratio=0.3), FadeIn(names), run_time=1.4)
            cue.until("come")
            wander = [
                (tower, at)
                for i, tower in enumerate(towers)
                for at in np.ndindex(*choices["always"].shape)
                if 0 < choices["frequency"][i][at] < 1
            ]
            self.play(*(tower.cell(*at).animate.set_stroke(INK, 4) for tower, at in wander), run_time=0.7)
            cue.until("stay")
            self.play(*(tower.cell(*at).animate.set_stroke(FAINT, 2) for tower, at in wander), run_time=0.4)
            self.play(LaggedStart(*(FadeIn(r, scale=1.4) for r in rings), lag_ratio=0.05), FadeIn(count), run_time=0.9)
        self.clear_stage(run_time=0.4)

    def seeds(self) -> None:
        """Heads change seats, jobs stay: a drawing, so it says that it is one."""
        self.badge_for(Origin.ILLUSTRATION)
        shape = self.result("shape")
        heads = int(shape["heads"])
        tower = Tower(int(shape["layers"]), heads, width=6.4, height=3.6, lit=False).move_to([-1.2, 0.2, 0])
        jobs = (("reads", 0, 6, HIGHLIGHT), ("compares", 2, 3, OUTPUT), ("writes", 3, MLP, LUCK))
        seats = {job: (layer, head) for job, layer, head, _ in jobs}
        labels = VGroup()
        for job, layer, head, colour in jobs:
            tower.paint(layer, head, colour, 1)
            y = tower.cell(layer, 0).get_y()
            labels.add(Words(job, size=HEADING, color=colour).move_to([5.0, y, 0]))
        with self.say("limits.seeds") as cue:
            self.play(FadeIn(tower), run_time=0.5)
            for mark in ("again", "seats"):
                cue.until(mark)
                moves = []
                for job, layer, head, colour in jobs:
                    if head == MLP:
                        continue
                    old = seats[job]
                    new = (layer, int(self.rng.choice([h for h in range(heads) if h != old[1]])))
                    seats[job] = new
                    moves += [tower.turn([old], PANEL, 1), tower.turn([new], colour, 1)]
                self.play(*moves, run_time=0.8)
            cue.until("jobs")
            self.play(LaggedStart(*(FadeIn(label, shift=0.3 * LEFT) for label in labels), lag_ratio=0.3), run_time=1.0)
        self.clear_stage(run_time=0.4)

    def habit(self) -> None:
        """Two towers with different lights give the same word; then the card."""
        found = self.result("circuits")
        self.badge(found)
        which = found.quantity("heads").labels["task"].index("numerals")
        small = Tower(*found["heads"][which].shape, width=3.0, height=2.4, lit=False).move_to([3.6, 0.2, 0])
        small.show(found["heads"][which], found["mlps"][which], OUTPUT)
        big = Tower(12, 12, width=3.6, height=4.2, lit=False).move_to([-3.6, 0.2, 0])
        paper = self.result("paper")
        row = paper.quantity("heads").labels["task"].index("numerals")
        big.show(paper["heads"][row], paper["mlps"][row], HIGHLIGHT)
        names = VGroup(
            Words("{n}", n=Name("GPT-2 small"), size=BODY, color=HIGHLIGHT).next_to(big, UP, buff=0.3),
            Words("mini", size=BODY, color=OUTPUT).next_to(small, UP, buff=0.3),
        )
        answer = Words("{w}", w=Name(self.result("says").facts["task"]["numerals"]["answer"]), size=HEADING)
        card = EndCard(
            "Three habits, or one?",
            "Not the same wires.\nPerhaps the same jobs.",
            self.context.references,
        )
        with self.say("limits.habit") as cue:
            self.play(FadeIn(big), FadeIn(names[0]), run_time=0.6)
            cue.until("one")
            self.play(FadeIn(small), FadeIn(names[1]), run_time=0.6)
            cue.until("routes")
            self.play(FadeIn(answer.move_to([0.4, 0.2, 0]), scale=1.4), run_time=0.6)
            cue.until("jobs")
            self.play(*(FadeOut(m) for m in (big, small, names, answer)), run_time=0.4)
            self.play(FadeIn(card.question), FadeIn(card.answer, shift=0.2 * UP), run_time=0.7)
            self.play(FadeIn(card.credits), run_time=0.5)
            self.hold(2.5)
        self.play(FadeOut(card), run_time=0.5)

    def end(self) -> None:
        """The watchman sleeps, the tape runs out, and nobody says the last word."""
        self.badge_for(Origin.ILLUSTRATION)
        says = self.result("says").facts["task"]["words"]
        tape = Tape("words", EAR, says["members"], says["answer"], 0.4, self.rng)
        watchman = Watchman(asleep=True).move_to([4.9, -2.2, 0])
        with self.say("limits.end") as cue:
            self.play(FadeIn(tape.body), FadeIn(tape.title), run_time=0.6)
            cue.until("tape")
            self.play(FadeIn(watchman), run_time=0.6)
            cue.until("one")
            for member in list(tape.members)[:3]:
                self.play(FadeIn(member), run_time=0.45)
            self.play(FadeIn(tape.noise), run_time=0.3)
        self.clear_stage(run_time=0.3, at_once=True)
