"""Fifth scene: heads are taken out for good as long as enough of the meter is left, and what remains is a circuit."""

from __future__ import annotations

import numpy as np
from manim import (
    DEGREES,
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Circle,
    Dot,
    FadeIn,
    FadeOut,
    LaggedStart,
    Line,
    Rotate,
    RoundedRectangle,
    VGroup,
    linear,
    rush_into,
    there_and_back,
)

from tapehead.analysis.results import Origin, Reading, Result
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.circuits import DARK, LIT, MLP, Gauge, Tower
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Name, Words
from tapehead.scenes.stage.palette import FAINT, HIGHLIGHT, INK, NOSE, PANEL, SOFT
from tapehead.scenes.stage.tears import mend, tear

from .dial_parts import Replay


class Dial(StageScene):
    """The rule, the published run on the big model, and the run on the small one."""

    def construct(self) -> None:
        self.cover()
        self.rule()
        self.published()
        self.left()
        self.mini()
        self.rest()
        self.clear_stage(run_time=0.4)

    def badge(self, result: Result) -> None:
        self.badge_for(result.origin, result.model)

    # -- why one after another -------------------------------------------------------------------------------------

    def cover(self) -> None:
        """A beam rests on two pillars; either one can go, but not both."""
        self.badge_for(Origin.ILLUSTRATION)
        ground = Line([-4.5, -2.4, 0], [4.5, -2.4, 0]).set_stroke(FAINT, 4)
        pillars = VGroup()
        for x in (-0.9, 0.9):
            cell = RoundedRectangle(corner_radius=0.15, width=1.3, height=2.6).set_fill(LIT, 0.9).set_stroke(FAINT, 3)
            pillars.add(cell.move_to([x, -2.37, 0], aligned_edge=DOWN))
        slab = RoundedRectangle(corner_radius=0.1, width=6.2, height=0.45).set_fill(PANEL, 1).set_stroke(SOFT, 4)
        slab.move_to([0, 0.27, 0], aligned_edge=DOWN)
        box = RoundedRectangle(corner_radius=0.15, width=2.2, height=1.1).set_fill(PANEL, 1).set_stroke(HIGHLIGHT, 4)
        answer = Words("five", size=HEADING, color=HIGHLIGHT)
        parcel = VGroup(box, answer.move_to(box)).next_to(slab, UP, buff=0.05)
        load = VGroup(slab, parcel)
        with self.say("dial.cover") as cue:
            self.add(ground, pillars)
            self.play(FadeIn(load, shift=0.4 * DOWN), run_time=0.9)
            cue.until("cover")
            for pillar in pillars:
                self.sound("tick")
                self.play(pillar.animate.set_fill(DARK, 1), run_time=0.4)
                self.play(load.animate.shift(0.06 * DOWN), run_time=0.15)
                self.play(load.animate.shift(0.06 * UP), run_time=0.15)
                self.hold(0.4)
                self.play(pillar.animate.set_fill(LIT, 0.9), run_time=0.3)
            cue.until("good")
            self.play(FadeOut(pillars[0], shift=0.3 * DOWN), run_time=0.4)
            self.hold(0.4)
            self.play(FadeOut(pillars[1], shift=0.3 * DOWN), run_time=0.4)
            self.play(load.animate(rate_func=rush_into).shift(2.6 * DOWN), run_time=0.4)
            self.sound("soft-pop")
        self.clear_stage(run_time=0.4)

    def rule(self) -> None:
        """Two decisions of the published run in a row: one light stays off, the next comes back; the line is a dial."""
        trace = self.result("paper_trace")
        self.badge(trace)
        removed = trace["trace_removed"]
        stays = int(np.flatnonzero((removed[:-1] == 1) & (removed[1:] == 0))[0])
        tries = [stays, stays + 1]  # in a row: when the second comes back, the meter stands where the first left it
        threshold = self.result("paper").read("threshold")
        gauge = Gauge(trace.read("trace_score", step=tries[0]), top=100, height=4.6, width=1.0, threshold=threshold)
        gauge.move_to([2.6, -0.1, 0])
        eighty = Words("{x:.0f} %", x=threshold, size=BODY, color=INK).next_to(gauge.line, RIGHT, buff=0.25)
        knob = _knob().next_to(eighty, RIGHT, buff=0.5)
        choice = Words("a choice", size=SMALL, color=HIGHLIGHT).next_to(knob, DOWN, buff=0.3)
        cells, names = VGroup(), VGroup()
        for y, k in zip((1.7, -1.3), tries, strict=True):
            head = int(trace["trace_head"][k])
            radius = 0.15 if head != MLP else 0.45
            cell = RoundedRectangle(corner_radius=radius, width=2.5, height=2.1).set_fill(LIT, 0.9).set_stroke(FAINT, 3)
            cells.add(cell.move_to([-5.2, y, 0]))
            title = (
                f"head {int(trace['trace_layer'][k])}.{head}"
                if head != MLP
                else f"workshop {int(trace['trace_layer'][k])}"
            )
            names.add(Words("{name}", name=Name(title), size=HEADING).next_to(cell, RIGHT, buff=0.4).shift(0.35 * UP))
        verdicts = VGroup(
            Words("stays off", size=HEADING, color=SOFT), Words("comes back on", size=HEADING, color=HIGHLIGHT)
        )
        for verdict, cell in zip(verdicts, cells, strict=True):
            verdict.next_to(cell, RIGHT, buff=0.4).shift(0.35 * DOWN)
        with self.say("dial.rule") as cue:
            self.play(FadeIn(cells), FadeIn(names), run_time=0.5)
            cue.until("rule")
            self.play(FadeIn(eighty), FadeIn(gauge.line), FadeIn(gauge.frame), FadeIn(gauge.column), run_time=0.6)
            self.play(gauge.line.animate(rate_func=there_and_back).set_stroke(HIGHLIGHT, 12), run_time=1.2)
            self.hold(max(0.0, 0.4 * cue.to("off")))
            self.sound("tick")
            self.play(cells[0].animate.set_fill(DARK, 1), FadeIn(gauge.number), run_time=0.6)
            self.add(gauge)
            cue.until("off")
            self.sound("tick")
            self.play(FadeIn(verdicts[0]), run_time=0.5)
            self.play(
                cells[1].animate.set_fill(DARK, 1),
                gauge.to(trace.read("trace_score", step=tries[1])),
                run_time=min(0.9, max(0.4, cue.to("on"))),
            )
            cue.until("on")
            self.play(
                cells[1].animate.set_fill(LIT, 0.9),
                gauge.to(trace.read("trace_score", step=tries[0])),
                FadeIn(verdicts[1]),
                run_time=0.6,
            )
            cue.until("choice")
            self.play(FadeIn(knob), FadeIn(choice), run_time=0.4)
            for angle in (35, -60, 25):
                self.play(Rotate(knob[1:], angle * DEGREES, about_point=knob[0].get_center()), run_time=0.45)
        self.clear_stage(run_time=0.4)

    # -- the published run -----------------------------------------------------------------------------------------

    def published(self) -> None:
        """All decisions of the published run, on the big tower."""
        trace = self.result("paper_trace")
        steps = int(trace["steps"])
        self.tower = Tower(12, 12, width=5.0, height=6.0).move_to([-3.6, 0.45, 0])
        self.title = Words("{name}", name=Name("GPT-2 small"), size=HEADING).move_to([3.4, 3.2, 0])
        self.replay = Replay(
            self.tower,
            trace["trace_layer"],
            trace["trace_head"],
            trace["trace_removed"],
            trace["trace_score"],
            [trace.read("left_heads", step=k) for k in range(steps)],
            trace.read("threshold"),
        ).place([3.3, -0.6, 0])
        total = Words("{n} decisions", n=trace.read("steps"), size=BODY).move_to([4.9, 2.05, 0])
        with self.say("dial.paper") as cue:
            parts = [self.tower, self.title, self.replay.axes, self.replay.key, self.replay.count]
            self.play(*(FadeIn(part) for part in parts), run_time=min(0.7, cue.to("down")))
            self.replay.start()
            self.add(self.replay.dots, self.replay.ring)
            first = int(np.sum(trace["trace_phase"] == 0))
            self.play(self.replay.step.animate.set_value(first), run_time=0.62 * cue.left, rate_func=linear)
            self.play(self.replay.step.animate.set_value(0.5 * (first + steps)), run_time=cue.to("decisions"))
            total.align_to(self.replay.count, DOWN)
            self.play(self.replay.step.animate.set_value(steps), FadeIn(total), run_time=cue.left, rate_func=linear)
            self.replay.stop()
            self.remove(self.replay.ring)
        self.play(FadeOut(self.replay.chart), FadeOut(self.replay.count), FadeOut(total), run_time=0.4)

    def left(self) -> None:
        """The circuit of the big model: how many heads and workshops, and what it keeps."""
        paper, trace = self.result("paper"), self.result("paper_trace")
        heads = [
            paper.read("head_count", task="numerals"),
            trace.read("left_heads", step=0),
            paper.read("mlp_count", task="numerals"),
        ]
        gauge = Gauge(paper.read("score", task="numerals"), threshold=paper.read("threshold"), height=4.0, width=0.9)
        name = Words("its circuit for digits", color=NOSE).move_to([3.4, 2.3, 0])
        numbers = VGroup(
            Words("{a:.0f} of {b:.0f} heads", a=heads[0], b=heads[1], size=BODY, color=HIGHLIGHT),
            Words("{c:.0f} workshops", c=heads[2], size=BODY),
        ).arrange(DOWN, buff=0.5, aligned_edge=LEFT)
        with self.say("dial.left") as cue:
            cue.until("circuit")
            self.show_circuit(name, self.tower, paper["heads"][0])
            cue.until("heads")
            self.count_up(numbers)
            cue.until("meter")
            self.tape.keep_clean(self.standing_badge, self.tower, self.title, name, numbers, gauge)
            tear(self, gauge.reading)
            self.play(FadeIn(gauge.move_to([5.5, -0.6, 0]), shift=0.3 * UP), run_time=min(0.7, cue.left))
        self.clear_stage(run_time=0.4)

    def show_circuit(self, name: Words, tower: Tower, heads: np.ndarray) -> None:
        """The circuit's name, and a frame around every head of it."""
        rings = VGroup(*(tower.ring(int(a), int(b)).set_stroke(INK, 3) for a, b in np.argwhere(heads)))
        self.play(FadeIn(name), LaggedStart(*(FadeIn(r, scale=1.5) for r in rings), lag_ratio=0.1), run_time=1.0)
        self.play(FadeOut(rings), run_time=0.3)

    def count_up(self, numbers: VGroup) -> None:
        """How many are left, one line after the other."""
        numbers.move_to([2.5, -0.5, 0])
        for words in numbers:
            self.play(FadeIn(words, shift=0.2 * UP), run_time=0.6)

    # -- the small model -------------------------------------------------------------------------------------------

    def mini(self) -> None:
        """The same with the small model, computed while the film was made."""
        found, shape = self.result("circuits"), self.result("shape")
        mend(self)
        self.badge(found)
        steps = int(found["steps"][0])
        self.tower = Tower(int(shape["layers"]), int(shape["heads"]), width=5.4, height=4.8).move_to([-3.4, 0.0, 0])
        title = Words("mini", size=HEADING).next_to(self.tower, UP, buff=0.3)
        layer, head, removed, score = (found[f"trace_{w}"][0][:steps] for w in ("layer", "head", "removed", "score"))
        threshold = found.read("threshold", task="numerals")
        readings = [found.read("left_heads", task="numerals", step=k) for k in range(steps)]
        replay = Replay(self.tower, layer, head, removed, score, readings, threshold, dot=0.08).place([3.6, -0.4, 0])
        total = Words("{n} decisions", n=found.read("steps", task="numerals"), size=BODY)
        numbers = VGroup(
            self.of("heads", found.read("head_count", task="numerals"), shape.read("head_total"), HIGHLIGHT),
            self.of("workshops", found.read("mlp_count", task="numerals"), shape.read("layers"), INK),
        ).arrange(DOWN, buff=0.5, aligned_edge=LEFT)
        numbers.move_to([2.35, -0.3, 0])
        self.gauge = Gauge(found.read("score", task="numerals"), threshold=threshold, height=4.4, width=1.0)
        self.gauge.move_to([5.8, -0.1, 0])
        with self.say("dial.mini") as cue:
            self.play(*(FadeIn(p) for p in (self.tower, title, replay.axes, replay.key, replay.count)), run_time=0.6)
            replay.start()
            self.add(replay.dots, replay.ring)
            total.move_to([5.0, 0, 0]).align_to(replay.count, DOWN)
            rest = max(0.6, cue.to("heads") - 0.4)
            self.play(replay.step.animate.set_value(0.55 * steps), run_time=0.6 * rest, rate_func=linear)
            self.play(FadeIn(total), replay.step.animate.set_value(steps), run_time=0.4 * rest, rate_func=linear)
            replay.stop()
            self.remove(replay.ring)
            self.play(FadeOut(replay.chart), FadeOut(replay.count), FadeOut(total), run_time=0.4)
            cue.until("heads")
            kept = [(int(a), int(b)) for a, b in np.argwhere(found["heads"][0])]
            kept += [(int(a), MLP) for a in np.flatnonzero(found["mlps"][0])]
            for words, shops in zip(numbers, (False, True), strict=True):
                cells = [self.tower.cell(*at) for at in kept if (at[1] == MLP) == shops]
                swell = [cell.animate(rate_func=there_and_back).scale(1.25) for cell in cells]
                self.play(FadeIn(words, shift=0.2 * UP), LaggedStart(*swell, lag_ratio=0.15), run_time=1.4)
            cue.until("eighty")
            where = Words("found on", size=SMALL, color=SOFT).next_to(self.gauge.frame, DOWN, buff=0.25)
            self.tape.keep_clean(self.standing_badge, self.tower, title, numbers, self.gauge, where)
            tear(self, found.read("score", task="numerals"))
            self.play(FadeIn(self.gauge, shift=0.3 * UP), FadeIn(where), run_time=0.6)
            cue.until("other")
            other = Words("new prompts", size=SMALL, color=HIGHLIGHT).move_to(where)
            self.sound("tick")
            tear(self, found.read("other_score", task="numerals"))
            self.play(
                self.gauge.to(found.read("other_score", task="numerals")), FadeOut(where), FadeIn(other), run_time=1.2
            )
            self.hold(max(0.0, 0.5 * cue.left - 0.5))
            self.play(self.gauge.number.animate(rate_func=there_and_back).scale(1.25), run_time=0.8)
        self.numbers, self.where = numbers, other

    def of(self, what: str, some: Reading, whole: Reading, colour: str) -> Words:
        """So many of so many."""
        return Words(f"{{a:.0f}} of {{b:.0f}} {what}", a=some, b=whole, size=BODY, color=colour)

    def rest(self) -> None:
        """What was thrown away, with the parts without which nothing works; then random circuits of the same size."""
        found = self.result("circuits")
        heads, mlps = 1 - found["heads"][0], 1 - found["mlps"][0]
        own = found.facts["task"]["numerals"]  # what all three tasks say alike stands beside it
        needed = [_place(name) for name in (own["needed"] if "needed" in own else found.facts["needed"])]
        for layer, head in needed:
            (mlps if head == MLP else heads)[layer if head == MLP else (layer, head)] = 1
        circuit, swapped = self.tower.copy(), self.tower.copy().show(heads, mlps, SOFT)
        for at in needed:
            swapped.paint(*at, HIGHLIGHT, 0.9)
        word = Words("what we threw away", size=BODY, color=SOFT)
        kept = Words("and {n} it cannot lack", n=found.read("needed_count", task="numerals"), color=HIGHLIGHT)
        texts = VGroup(word, kept).arrange(DOWN, buff=0.25, aligned_edge=LEFT).move_to([2.4, 2.4, 0])
        self.tape.keep_clean(self.standing_badge, self.tower, self.gauge, texts, self.where)
        with self.say("dial.rest") as cue:
            own_parts = [(int(a), int(b)) for a, b in np.argwhere(found["heads"][0])]
            swell = [self.tower.cell(*at).animate(rate_func=there_and_back).scale(1.2) for at in own_parts]
            self.play(LaggedStart(*swell, lag_ratio=0.1), run_time=max(0.6, min(1.6, cue.to("swap") - 0.1)))
            cue.until("swap")
            self.play(FadeOut(self.numbers), run_time=0.3)
            self.sound("whoosh")
            away = [(layer, head) for layer, head in np.ndindex(*heads.shape) if not found["heads"][0][layer, head]]
            rings = VGroup(*(self.tower.ring(*at, SOFT) for at in away))
            frames = LaggedStart(*(FadeIn(ring, scale=1.3) for ring in rings), lag_ratio=0.1)
            self.play(FadeIn(word), frames, run_time=max(0.8, min(2.4, 0.5 * cue.to("nothing"))))
            framed = VGroup(*(self.tower.ring(*at, HIGHLIGHT) for at in needed))
            self.play(FadeIn(kept), FadeIn(framed, scale=1.5), run_time=0.8)
            cue.until("nothing")
            tear(self, found.read("other_rest", task="numerals"), over=0.8)  # lights, meter and tape: all at once
            self.play(
                self.tower.animate.become(swapped),
                self.gauge.to(found.read("other_rest", task="numerals")),
                FadeOut(rings),
                FadeOut(framed),
                run_time=0.9,
            )
            cue.until("random")
            self.random_circuits(found, circuit, texts, cue.left)

    def random_circuits(self, found: Result, circuit: Tower, texts: VGroup, seconds: float) -> None:
        """A dot for each random circuit of the circuit's size, on the scale of the meter; then the circuit again."""
        frame = self.gauge.frame
        dots = VGroup()
        for value in found["other_random"][0]:
            y = float(frame.get_bottom()[1]) + frame.height * float(np.clip(value, 0, 100)) / 100
            dots.add(Dot([2.9 + self.rng.uniform(-1.4, 1.4), y, 0], radius=0.09, color=SOFT).set_opacity(0.8))
        title = Words("random circuits", size=SMALL, color=SOFT).move_to([2.9, float(self.where.get_y()), 0])
        best = found.read("other_random_best", task="numerals")
        top = float(frame.get_bottom()[1]) + frame.height * float(best) / 100
        number = Words("best {x:.0f} %", x=best, size=BODY, color=SOFT).move_to([3.0, top + 0.55, 0])
        ours = found.read("other_score", task="numerals")
        self.tape.keep_clean(title, dots, number)
        pour = LaggedStart(*(FadeIn(d, scale=0.3) for d in dots), lag_ratio=0.03)
        self.play(FadeIn(title), pour, run_time=max(1.6, min(3.0, seconds - 1.8)))
        self.play(FadeOut(texts), run_time=0.2)  # they name the lights that go out now
        tear(self, ours, over=0.7)
        again = self.tower.animate.become(circuit)
        self.play(FadeIn(number), again, self.gauge.to(ours), run_time=0.7)


def _knob() -> VGroup:
    """A round knob with a pointer, and ticks around it."""
    face = Circle(radius=0.5).set_fill(PANEL, 1).set_stroke(SOFT, 4)
    pointer = Line(face.get_center(), face.get_center() + 0.42 * UP).set_stroke(HIGHLIGHT, 8)
    return VGroup(face, pointer)


def _place(name: str) -> tuple[int, int]:
    """Layer and head of a component's name, ``0.6`` or ``MLP 0``."""
    if name.startswith("MLP "):
        return int(name.removeprefix("MLP ")), MLP
    layer, head = name.split(".")
    return int(layer), int(head)
