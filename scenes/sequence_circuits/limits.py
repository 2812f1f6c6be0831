"""Last scene: what the film may claim, the answer to its first question, and a tape that breaks off."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    AnimationGroup,
    Create,
    FadeIn,
    FadeOut,
    LaggedStart,
    Line,
    Rectangle,
    RoundedRectangle,
    VGroup,
    there_and_back,
)

from tapehead.analysis.results import Origin, Result
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.cards import EndCard
from tapehead.scenes.stage.circuits import MLP, Clauses, Tower
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Name, Words
from tapehead.scenes.stage.marks import tick
from tapehead.scenes.stage.palette import EAR, FAINT, HIGHLIGHT, INK, LUCK, NOSE, OUTPUT, PANEL, SOFT

from .tapes_parts import Tape
from .watchman import Watchman

KINDS = (("numerals", "digits", NOSE), ("words", "words", EAR), ("months", "months", LUCK))


LEVEL = 0.05
"""Above it, as many random draws did as well: a hint, and no more."""
ASIDE = 4.6
"""How far the textbook stands aside while mini is beside it, frame units."""
LOWER = 2.2
"""How far the seeds' towers go down to make room for their columns, frame units."""
HALF = 50.0
"""Per cent: what more than half of the meter, or of the prompts, says."""


class Limits(StageScene):
    """The small print first, the answer second, the joke last."""

    def construct(self) -> None:
        self.small()
        self.choices()
        self.taught()
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

    def taught(self) -> None:
        """What the training text says outright, and how the seed was chosen: both from the model's card."""
        seeds = self.result("seeds")
        self.badge(seeds)
        facts = self.result("says").facts["task"]
        third = [facts[kind]["members"] for kind in ("words", "numerals", "months")]
        word, digit = third[0][2], third[1][2]  # the example's third members are the same number
        frame = RoundedRectangle(corner_radius=0.25, width=7.4, height=4.2).set_stroke(SOFT, 3).set_fill(PANEL, 1)
        frame.move_to([-2.6, 0.1, 0])
        title = Words("mini's textbook", size=HEADING, color=SOFT).next_to(frame, UP, buff=0.3)
        shape = self.result("shape")
        mini = Tower(int(shape["layers"]), int(shape["heads"]), width=3.4, height=3.4, lit=False)
        mini.move_to([-4.7, 0.1, 0])  # beside its book, until it is asked what is in it
        lines = VGroup(
            Words("{a} is {b}.", a=Name(word), b=Name(digit), size=HEADING, color=INK),
            Words("{m} is the third month.", m=Name("March"), size=HEADING, color=INK),
        ).arrange(DOWN, buff=0.8, aligned_edge=LEFT)
        lines.move_to(frame)
        rules = VGroup(
            *(
                Line([frame.get_left()[0] + 0.4, y, 0], [frame.get_right()[0] - 0.4, y, 0]).set_stroke(FAINT, 4)
                for y in (line.get_bottom()[1] - 0.18 for line in lines)
            )
        )
        page = VGroup(frame, rules, title, lines)
        page.shift(ASIDE * RIGHT)
        code = seeds.read("code", seed=str(int(seeds["shipped"])))
        wish = VGroup(
            Words("asked for:", size=BODY, color=SOFT),
            Words("alphabets that\nshare a code", size=BODY, color=HIGHLIGHT),
            Words("mini: {x:.2f}", x=code, size=BODY, color=HIGHLIGHT),
            Words("cosine, at least one half", size=SMALL, color=SOFT),
        ).arrange(DOWN, buff=0.4)
        wish.move_to([4.3, 0.7, 0])
        same = int(seeds["by_behaviour"]) == int(seeds["shipped"])
        alone = VGroup(
            Words("by its marks alone:", size=BODY, color=SOFT),
            Words("the same one" if same else "another one", size=BODY, color=INK),
        ).arrange(DOWN, buff=0.25)
        alone.next_to(wish, DOWN, buff=0.6)
        with self.say("limits.taught") as cue:
            self.play(FadeIn(mini), FadeIn(frame), FadeIn(title), run_time=0.6)
            self.play(LaggedStart(*(Create(rule) for rule in rules), lag_ratio=0.4), run_time=0.8)
            # What is read goes into the machine: with each line, floors light up.
            half = mini.layers // 2
            cue.until("three")
            for line, floors in zip(lines, (range(half), range(half, mini.layers)), strict=True):
                self.play(FadeIn(line, shift=0.2 * RIGHT), run_time=0.5)
                cells = [(floor, head) for floor in floors for head in (*range(mini.heads), MLP)]
                self.play(mini.turn(cells), run_time=0.8)
                self.hold(max(0.1, min(0.4, cue.to("code") - 1.5)))
            self.add(mini)  # as a whole again: lights that were switched stand on the stage by themselves
            cue.until("code")
            self.play(FadeOut(mini, shift=2 * LEFT), page.animate.shift(ASIDE * LEFT), run_time=0.5)
            self.play(FadeIn(wish, shift=0.2 * LEFT), run_time=0.5)
            cue.until("marks")
            self.play(FadeIn(alone, shift=0.2 * LEFT), run_time=0.6)
            cue.until("taught")
            self.play(frame.animate.set_stroke(HIGHLIGHT, 6), run_time=0.6)
        self.clear_stage(run_time=0.4)

    @staticmethod
    def middle_of(tower: Tower) -> np.ndarray:
        """The middle of a tower's heads, without its workshops."""
        return VGroup(*(tower.cell(*at) for at in np.ndindex(tower.layers, tower.heads))).get_center()

    def seeds(self) -> None:
        """All trained seeds, from the card: heads in all three circuits against a hat, and which heads they are."""
        found = self.result("seeds")
        self.badge(found)
        shape = self.result("shape")
        shared = found.facts["shared"]
        columns, counts, hats, towers, codes = VGroup(), VGroup(), VGroup(), VGroup(), VGroup()
        per_head = 0.2
        for k in range(int(found["seeds"])):
            x = -4.4 + 2.45 * k
            seed = str(k)
            tower = Tower(int(shape["layers"]), int(shape["heads"]), width=1.95, height=1.9, lit=False)
            tower.workshops().set_opacity(0)
            tower.shift(np.array([x, -2.15, 0]) - self.middle_of(tower))
            for name in shared[k]:
                layer, head = name.split(".")
                tower.paint(int(layer), int(head), HIGHLIGHT, 1)
            value, expected = found.read("shared", seed=seed), found.read("expected", seed=seed)
            base = np.array([x, -0.95, 0])
            column = Rectangle(width=0.8, height=per_head * float(value), stroke_width=0).set_fill(HIGHLIGHT, 0.9)
            column.move_to(base + 0.3 * LEFT, aligned_edge=DOWN)
            hat = Rectangle(width=0.45, height=per_head * float(expected), stroke_width=0).set_fill(SOFT, 0.9)
            hat.move_to(base + 0.45 * RIGHT, aligned_edge=DOWN)
            columns.add(column)
            counts.add(Words("{n}", n=value, size=BODY, color=HIGHLIGHT).next_to(column, UP, buff=0.12))
            label = Words("{x:.0f}", x=expected, size=SMALL, color=SOFT).next_to(hat, UP, buff=0.12)
            hats.add(VGroup(hat, label))
            towers.add(tower)
            code = found.read("code", seed=seed)
            codes.add(Words("code {x:.2f}", x=code, size=BODY, color=INK).move_to([x, 2.6, 0]))
        title = Words("heads in all three circuits", size=BODY, color=HIGHLIGHT).move_to([-2.6, 3.35, 0])
        hat_key = Words("from a hat", size=BODY, color=SOFT).move_to([3.4, 3.35, 0])
        with self.say("limits.seeds") as cue:
            own = towers[int(found["shipped"])]  # mini comes at once, the others when they are spoken of
            towers.shift(LOWER * UP)  # alone in the frame for now; their columns come above them
            own.save_state()
            own.scale(2.8)
            own.shift(0.3 * UP - self.middle_of(own))
            self.play(FadeIn(own, shift=0.2 * UP), run_time=0.4)
            cue.until("again")
            self.play(own.animate.restore(), run_time=0.6)
            others = [tower for tower in towers if tower is not own]
            self.play(LaggedStart(*(FadeIn(t, shift=0.2 * UP) for t in others), lag_ratio=0.2), run_time=0.8)
            cue.until("share")
            self.play(*(tower.animate.shift(LOWER * DOWN) for tower in towers), run_time=0.5)
            self.play(
                FadeIn(title),
                LaggedStart(
                    *(FadeIn(VGroup(a, b), shift=0.2 * UP) for a, b in zip(columns, counts, strict=True)), lag_ratio=0.2
                ),
                run_time=1.0,
            )
            cue.until("hat")
            self.play(FadeIn(hat_key), LaggedStart(*(FadeIn(h) for h in hats), lag_ratio=0.2), run_time=0.8)
            cue.until("code")
            self.play(FadeIn(codes), run_time=0.6)
            cue.until("which")
            swell = []
            for k, tower in enumerate(towers):
                cells = [tower.cell(*(int(part) for part in name.split("."))) for name in shared[k]]
                swell.append(AnimationGroup(*(c.animate(rate_func=there_and_back).scale(1.3) for c in cells)))
            self.play(LaggedStart(*swell, lag_ratio=0.4), run_time=2.0)
            cue.until("seats")
            self.play(LaggedStart(*(t.animate.shift(0.15 * UP) for t in towers), lag_ratio=0.2), run_time=0.9)
            cue.until("jobs")
            self.play(*(t.animate.shift(0.15 * DOWN) for t in towers), run_time=0.6)
        self.clear_stage(run_time=0.4)

    def verdicts(self) -> tuple[tuple[str, bool | None, bool | None], ...]:
        """What was tested, and how it came out in the big machine and in the small one, read from the results.

        None: not tested there, or no better than luck.  The big machine's shared heads are held against a hat by
        Markov's inequality: so many in common come from a hat with a chance of at most what it gives on average,
        divided by them.
        """
        paper, shared, cross, lent = (self.result(name) for name in ("paper", "shared", "cross", "paper_cross"))
        kinds = [kind for kind, _, _ in KINDS]
        total = float(paper["heads"][0].size)
        shares = [float(paper.read("head_count", task=kind)) / total for kind in kinds]
        luck = total * float(np.prod(shares)) / max(1.0, float(paper.read("shared_head_count")))
        others = [{"data": data, "circuit": circuit} for data in kinds for circuit in kinds if data != circuit]
        big, small = self.result("paper_ov"), self.result("ov")
        successor, copied = (float(big.read("score", target=what, layer="9", head="1")) for what in ("next", "copy"))
        at = small.quantity("score").labels
        ahead, behind = (small["score"][at["task"].index("numerals"), at["target"].index(t)] for t in ("next", "copy"))
        moved = self.result("transplant")
        turned, control = (float(moved.read(f"onward_cross_{name}")) for name in ("previous", "control"))
        return (
            ("shared parts", luck <= LEVEL or None, bool(float(shared["count_p"]) <= LEVEL) or None),
            (
                "borrowing",
                bool(np.median([float(lent.read("score", **pair)) for pair in others]) > HALF),
                all(cross.read("score", **pair) > cross.read("random_best", **pair) for pair in others),
            ),
            # One rule for both: a head that usually has the next one among its best, and more often than its own.
            ("plus-one head", successor > max(HALF, copied), bool(((ahead > HALF) & (ahead > behind)).any())),
            ("cutting", None, None if self.result("cut_upstairs")["p"].max() > LEVEL else True),
            ("transplant", None, turned > HALF > control),
        )

    def habit(self) -> None:
        """Two columns of marks: what was tested in which machine, and how it came out; then the card."""
        rows = self.verdicts()
        weak = {what: small for what, _, small in rows}["cutting"] is None
        names = VGroup(
            Words("{n}", n=Name("GPT-2 small"), size=HEADING, color=HIGHLIGHT).move_to([1.4, 3.1, 0]),
            Words("mini", size=HEADING, color=OUTPUT).move_to([5.2, 3.1, 0]),
        )
        table = VGroup()
        for k, (what, big, small) in enumerate(rows):
            y = 2.0 - 1.02 * k
            row = VGroup(Words(what, size=HEADING, color=INK).move_to([-6.3, y, 0], aligned_edge=LEFT))
            for found, x in ((big, 1.4), (small, 5.2)):
                if found is None:  # a dash: not tested there, or not told from luck
                    row.add(Line([x - 0.3, y, 0], [x + 0.3, y, 0]).set_stroke(SOFT, 8))
                else:
                    row.add(tick(found).scale(1.3).move_to([x, y, 0]))
            table.add(row)
        table[1].add(Words("no control", size=SMALL, color=SOFT).next_to(table[1][1], RIGHT, buff=0.25))
        key = VGroup(
            Line([0, 0, 0], [0.5, 0, 0]).set_stroke(SOFT, 8),
            Words("not tested, or not told from luck" if weak else "not tested", size=SMALL, color=SOFT),
        )
        names.add(key.arrange(RIGHT, buff=0.25).move_to([1.9, -3.2, 0]))
        self.badge_for(Origin.ILLUSTRATION)  # a summary: it measures nothing by itself
        card = EndCard(
            "Three habits, or one?",
            "Not the same wires.\nPerhaps the same jobs.",
            self.context.references,
        )
        with self.say("limits.habit") as cue:
            asked = LaggedStart(*(FadeIn(row[0], shift=0.2 * RIGHT) for row in table), lag_ratio=0.3)
            self.play(FadeIn(names), asked, run_time=max(0.6, min(2.0, cue.to("tested") - 0.1)))
            cue.until("tested")
            self.play(LaggedStart(*(FadeIn(row[1:], scale=1.4) for row in table), lag_ratio=0.4), run_time=2.2)
            cue.until("one")
            self.play(*(row[0].animate(rate_func=there_and_back).scale(1.15) for row in table[:2]), run_time=0.7)
            cue.until("routes")
            self.play(*(mark.animate(rate_func=there_and_back).scale(1.5) for mark in table[2][1:]), run_time=0.7)
            cue.until("jobs")
            self.play(FadeOut(VGroup(names, table)), run_time=0.25)
            self.play(FadeIn(card.question), FadeIn(card.answer), run_time=0.45)
            self.play(FadeIn(card.credits), run_time=0.5)
            self.hold(2.5)
        self.clear_stage(run_time=0.5)

    def end(self) -> None:
        """The watchman sleeps, the tape runs out, and nobody says the last word."""
        self.badge_for(Origin.ILLUSTRATION)
        says = self.result("says").facts["task"]["words"]
        tape = Tape("words", EAR, says["members"], says["answer"], 0.4, self.rng)
        watchman = Watchman(asleep=True).scale(1.7).move_to([4.4, -1.9, 0])
        with self.say("limits.end") as cue:
            self.play(FadeIn(tape.body), FadeIn(tape.title), run_time=0.6)
            cue.until("tape")
            self.play(FadeIn(watchman), run_time=0.6)
            cue.until("one")
            for member in list(tape.members)[:3]:
                self.play(FadeIn(member), run_time=0.45)
            self.play(FadeIn(tape.noise), run_time=0.3)
        self.clear_stage(run_time=0.3, at_once=True)
