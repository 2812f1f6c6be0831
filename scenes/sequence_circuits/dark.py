"""Fourth scene: the night watchman plays heads their average, one at a time, and watches the meter."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

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
    Transform,
    VGroup,
    VMobject,
    there_and_back,
)

from tapehead.analysis.results import Origin, Reading, Result
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.circuits import DARK, LIT, Gauge, Tower, swatch
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Name, Words
from tapehead.scenes.stage.palette import BAD, EAR, FAINT, HIGHLIGHT, INK, LUCK, NOSE, PANEL, SOFT
from tapehead.scenes.stage.tears import mend, tear

from .watchman import Watchman

KINDS = ("numerals", "words", "months")
SHOWN = ("digits", "words", "months")
COLOURS = (NOSE, EAR, LUCK)
TRIED = ((0, 0), (0, 1), (0, 2))
"""The first heads of the round, in order and not chosen."""
READER, REBEL, VERBS = (0, 6), (2, 1), (0, 4)
WORST = (7, 11)
NINE_TENTHS = 90.0
GROUND_LEVEL = -3.15
LOST = (0.0, 100.0)
"""Costs, in % of the meter: nothing is missing, everything is."""
FULL_SCALE = 120.0
"""Upper end of the meters in %: one head takes them above a hundred."""


class Dark(StageScene):
    """Heads go dark one at a time, first in the small model, then in the published one."""

    def construct(self) -> None:
        self.single = self.result("single")
        self.average()
        self.nobody()
        self.door()
        self.better()
        self.trap()
        self.paper()
        self.clear_stage(run_time=0.4)

    def badge(self, result: Result) -> None:
        self.badge_for(result.origin, result.model)

    # -- the watchman and his tower --------------------------------------------------------------------------------

    def average(self) -> None:
        """A wire is cut, and the floor above misses it; then the average is played instead."""
        self.badge_for(Origin.ILLUSTRATION)
        shape = self.result("shape")
        self.tower = Tower(int(shape["layers"]), int(shape["heads"]), width=5.4, height=3.5)
        self.tower.move_to([-2.6, 1.35, 0])
        self.man = Watchman()
        self.man.move_to([-8.2, GROUND_LEVEL, 0], aligned_edge=DOWN)
        booth = _Booth(self.rng).move_to([4.4, 0.2, 0])
        with self.say("dark.average") as cue:
            self.play(FadeIn(self.tower), run_time=min(0.7, 0.7 * cue.to("watchman")))
            self.play(self.man.animate.set_x(-5.0), run_time=1.1)
            self.beam = self.man.point_at(self.spot(TRIED[0])).shine(self.spot(TRIED[0]))
            self.play(FadeIn(self.beam), FadeIn(booth.whole), FadeIn(booth.upper_wave), run_time=0.6)
            cue.until("wire")
            self.play(Create(booth.cut, lag_ratio=0.3), run_time=0.5)
            self.play(FadeOut(booth.upper_wave, shift=0.4 * UP), run_time=0.6)
            self.hold(0.15 * cue.to("average"))
            self.play(booth.above.animate.set_stroke(BAD, 6), FadeIn(booth.query, scale=1.5), run_time=0.7)
            cue.until("average")
            self.play(FadeOut(booth.cut), FadeOut(booth.query), FadeIn(booth.others), run_time=0.4)
            gone = booth.cell.animate.set_fill(DARK, 1)
            waves = [*booth.others, booth.wave]
            self.play(*(Transform(wave, booth.mean.copy()) for wave in waves), gone, run_time=0.9)
            calm = booth.above.animate.set_stroke(SOFT, 3)
            self.play(FadeIn(booth.upper_mean, shift=0.3 * UP), FadeIn(booth.label), calm, run_time=min(0.5, cue.left))
        self.play(FadeOut(booth.everything), run_time=0.4)

    def aim(self, at: tuple[int, int], x: float | None = None) -> AnimationGroup:
        """He goes to stand at ``x`` and points his torch at a head."""
        shift = 0.0 if x is None else x - float(self.man.get_x())
        there = self.man.copy().shift(shift * RIGHT).point_at(self.spot(at))
        self.man.angle = there.angle
        return AnimationGroup(Transform(self.man, there), Transform(self.beam, there.shine(self.spot(at))))

    def spot(self, at: tuple[int, int]) -> np.ndarray:
        """Where a head's cell is."""
        place: np.ndarray = self.tower.cell(*at).get_center()
        return place

    def nobody(self) -> None:
        """Three heads go dark and come back; then all that are hardly missed turn grey."""
        self.badge(self.single)
        at = np.array([2.75, -0.15, 0])
        self.gauges = [self.gauge(i).shift(at + 1.65 * i * RIGHT) for i in range(len(KINDS))]
        digits = self.gauges[0]
        self.caption = Words("what is left", size=SMALL, color=SOFT).move_to([4.4, 3.2, 0])
        with self.say("dark.nobody") as cue:
            # The three meters stand where they will be needed; only the first is there yet.
            self.play(FadeIn(digits), FadeIn(self.names[0]), FadeIn(self.caption), run_time=min(0.5, cue.to("first")))
            cue.until("first")
            self.darken(digits, TRIED[0])
            cue.until("next")
            for before, head in itertools.pairwise(TRIED):
                self.play(self.tower.turn([before]), self.aim(head), run_time=0.3)
                self.darken(digits, head)
            spared = self.single["heads_left"][0] >= NINE_TENTHS
            missed = VGroup(swatch("hardly missed", SOFT), swatch("missed", LIT)).arrange(DOWN, aligned_edge=LEFT)
            missed.move_to([-1.6, -2.0, 0])
            count = Words(
                "{n} of {m} heads",
                n=self.single.read("spared", task="numerals"),
                m=self.result("shape").read("head_total"),
                size=HEADING,
            ).next_to(missed, DOWN, buff=0.3)
            self.play(
                self.tower.turn([TRIED[-1]]),
                digits.to(self.single.read("start", task="numerals")),
                FadeOut(self.beam),
                run_time=0.4,
            )
            cue.until("spared")
            grey = [(int(a), int(b)) for a, b in np.argwhere(spared)]
            self.play(
                LaggedStart(*(self.tower.turn([cell], SOFT, 0.45) for cell in grey), lag_ratio=0.08),
                FadeIn(missed),
                FadeIn(count),
                run_time=min(2.6, max(1.0, cue.left)),
            )
        self.play(FadeOut(missed), FadeOut(count), self.tower.turn(grey), run_time=0.4)

    @property
    def names(self) -> VGroup:
        """The kinds' names below their meters."""
        if not hasattr(self, "_names"):
            self._names = VGroup(
                *(
                    Words(shown, size=SMALL, color=colour).next_to(gauge.frame, DOWN, buff=0.25)
                    for shown, colour, gauge in zip(SHOWN, COLOURS, self.gauges, strict=True)
                )
            )
            foot = min(float(name.get_bottom()[1]) for name in self._names)
            for name, drop in zip(self._names, ("g", "", ""), strict=True):
                name.shift((foot + (0.0 if drop else 0.13) - float(name.get_bottom()[1])) * UP)
        return self._names

    def gauge(self, kind: int) -> Gauge:
        """A meter of one kind of prompts, with a line where it stands at first."""
        start = self.single.read("start", task=KINDS[kind])
        return Gauge(start, top=FULL_SCALE, height=4.2, width=0.75, threshold=start)

    def darken(self, gauge: Gauge, head: tuple[int, int], run_time: float = 0.7) -> None:
        """One head goes dark, and the digits' meter answers."""
        self.sound("tick")
        reading = self.single.read("heads_left", task="numerals", layer=head[0], head=head[1])
        self.play(self.tower.turn([head], DARK), gauge.to(reading), run_time=run_time)

    def to_head(self, head: tuple[int, int], kinds: Sequence[int]) -> AnimationGroup:
        """Meters of these kinds to what is left without a head."""
        return AnimationGroup(
            *(
                self.gauges[i].to(self.single.read("heads_left", task=KINDS[i], layer=head[0], head=head[1]))
                for i in kinds
            )
        )

    def door(self) -> None:
        """The reader on the ground floor: without it, nothing is left, whatever the kind; and the tape tears."""
        self.tape.keep_clean(self.standing_badge, self.tower, *self.gauges, self.names, self.caption)
        with self.say("dark.door") as cue:
            self.beam = self.man.shine(self.spot(TRIED[-1]))
            self.play(FadeIn(self.beam), run_time=0.2)
            self.play(self.aim(READER, -2.6), run_time=max(0.5, cue.to("this")))
            self.ring = self.tower.ring(*READER)
            self.name = self.label(READER)
            self.play(FadeIn(self.ring, scale=1.4), FadeIn(self.name), run_time=0.4)
            self.hold(max(0.0, cue.to("gone") - 1.2))
            self.sound("tick")
            self.torn_without(READER, over=1.2)
            self.play(self.tower.turn([READER], DARK), self.to_head(READER, [0]), run_time=1.2)
            cue.until("tears")
            number = self.gauges[0].number
            self.play(number.animate(rate_func=there_and_back).scale(1.25), run_time=0.8)
            cue.until("same")
            for i in (1, 2):
                if i == 2:
                    cue.until("months")
                self.play(FadeIn(self.gauges[i]), FadeIn(self.names[i]), run_time=0.3)
                self.play(self.to_head(READER, [i]), run_time=0.7)

    def torn_without(self, head: tuple[int, int], over: float) -> None:
        """The tape tears by what the digits' meter loses without a head."""
        tear(self, self.single.read("heads_left", task="numerals", layer=head[0], head=head[1]), over=over)

    def label(self, head: tuple[int, int]) -> Words:
        """A head's name, beside the watchman."""
        name = Words("{name}", name=Name(f"head {head[0]}.{head[1]}"), size=BODY, color=HIGHLIGHT)
        return name.move_to([-0.35, -1.55, 0])

    def restore(self, head: tuple[int, int]) -> AnimationGroup:
        """The lights on again, all meters full."""
        back = [g.to(self.single.read("start", task=k)) for g, k in zip(self.gauges, KINDS, strict=True)]
        return AnimationGroup(self.tower.turn([head]), FadeOut(self.ring), FadeOut(self.name), *back)

    def better(self) -> None:
        """Without this head the meters stand higher."""
        with self.say("dark.better") as cue:
            mend(self)
            self.play(self.restore(READER), self.aim(REBEL, -4.6), run_time=max(0.6, cue.to("surprise")))
            self.ring, self.name = self.tower.ring(*REBEL), self.label(REBEL)
            self.play(FadeIn(self.ring, scale=1.4), FadeIn(self.name), run_time=0.4)
            cue.until("up")
            self.sound("tick")
            self.torn_without(REBEL, over=0.9)
            self.play(self.tower.turn([REBEL], DARK), self.to_head(REBEL, range(3)), run_time=0.9)
            cue.until("argues")
            said = self.writes(REBEL)
            self.tape.keep_clean(said)
            self.play(FadeIn(said, shift=0.2 * UP), self.tower.turn([REBEL], BAD), run_time=0.6)
            cue.until("all")
            swell = [row.animate(rate_func=there_and_back).scale(1.12) for row in said[1:]]
            self.play(LaggedStart(*swell, lag_ratio=0.5), run_time=1.6)
        self.play(FadeOut(said), run_time=0.2)
        self.play(self.restore(REBEL), self.aim(VERBS, -4.0), run_time=0.4)

    def writes(self, head: tuple[int, int]) -> VGroup:
        """What a head adds to each meter by itself, beside the whole meter: its direct share, in logits."""
        direct = self.result("direct")
        lines = VGroup(Words("what it writes itself", size=SMALL, color=SOFT))
        for kind, shown, colour in zip(KINDS, SHOWN, COLOURS, strict=True):
            share = direct.read("heads", task=kind, layer=str(head[0]), head=str(head[1]))
            whole = direct.read("logit_difference", task=kind)
            lines.add(Words(f"{shown}: {{x:+.2f}} of {{y:.1f}}", x=share, y=whole, size=SMALL, color=colour))
        lines.arrange(DOWN, buff=0.16, aligned_edge=LEFT)
        return lines.move_to([0.0, -2.8, 0])

    def trap(self) -> None:
        """The head that tells the verbs apart is lost only as long as the average mixes them."""
        with self.say("dark.trap") as cue:
            self.ring, self.name = self.tower.ring(*VERBS), self.label(VERBS)
            self.play(FadeIn(self.ring, scale=1.4), FadeIn(self.name), run_time=min(0.4, cue.to("trap")))
            cue.until("trap")
            self.sound("tick")
            self.torn_without(VERBS, over=0.9)
            self.play(self.tower.turn([VERBS], DARK), self.to_head(VERBS, range(3)), run_time=0.9)
            cue.until("verbs")
            verbs = VGroup(*(Words(verb, size=HEADING) for verb in ("born", "lost", "done"))).arrange(RIGHT, buff=0.6)
            for verb in verbs:
                verb.align_to(verbs[0], UP)
            verbs.move_to([-0.35, -2.5, 0])
            frames = VGroup(*(_frame(verb) for verb in verbs))
            whole = _frame(verbs)
            self.play(FadeIn(verbs, lag_ratio=0.3), run_time=0.9)
            self.play(Create(whole), run_time=0.5)
            cue.until("apart")
            roles = self.result("roles")
            place: dict[str, int | str] = {"task": "numerals", "layer": VERBS[0], "head": VERBS[1]}
            cost = [
                roles.read("head_cost", where="everywhere", **place),
                roles.read("head_cost_own_template", **place),
            ]
            bars = [_cost(cost[i], colour, text) for i, (text, colour) in enumerate(_WAYS)]
            VGroup(*bars).arrange(DOWN, buff=0.9, aligned_edge=LEFT).move_to([4.4, 0.4, 0])
            head = Words("digits: what is lost", size=SMALL, color=NOSE).move_to([4.4, 3.2, 0])
            self.tape.keep_clean(head, *bars, verbs)
            gone = [*self.gauges, self.names, self.caption]
            self.play(*(FadeOut(part) for part in gone), FadeOut(whole), run_time=0.3)
            self.play(FadeIn(head), FadeIn(bars[0]), Create(frames, lag_ratio=0.2), run_time=0.7)
            tear(self, cost[1], of=LOST)
            self.play(FadeIn(bars[1]), run_time=min(0.6, max(0.3, cue.left)))
        self.clear_stage(run_time=0.4)

    # -- the published model ---------------------------------------------------------------------------------------

    def paper(self) -> None:
        """The published losses, head by head; the worst one ringed, with its meter."""
        published = self.result("paper_single")
        mend(self)
        self.badge(published)
        drop = published["heads_drop"][0]
        tower = Tower(*drop.shape, width=6.6, height=5.9, lit=False).shift(0.25 * UP)
        tower.remove(*tower.workshops())
        tower.move_to([-3.0, 0.35, 0])
        shaded = tower.copy().shade(drop, HIGHLIGHT, 0.0, float(drop.max()))
        title = Words("{name}", name=Name("GPT-2 small"), size=HEADING).move_to([3.6, 3.1, 0])
        key = VGroup(swatch("not missed", PANEL), swatch("missed most", LIT)).arrange(DOWN, aligned_edge=LEFT)
        key[0][0].set_stroke(FAINT, 2)
        key.move_to([5.0, 0.0, 0])
        reading = published.read("heads_left", task="numerals", layer=WORST[0], head=WORST[1])
        gauge = Gauge(reading, top=100.0, height=4.0, width=0.9).move_to([2.2, -0.3, 0])
        kind = Words("digits", size=SMALL, color=NOSE).next_to(gauge.frame, DOWN, buff=0.25)
        ring = tower.ring(*WORST)
        name = Words("{name}", name=Name("head 7.11"), size=BODY, color=HIGHLIGHT).move_to([5.0, 1.6, 0])
        with self.say("dark.paper") as cue:
            self.play(FadeIn(tower), FadeIn(title), run_time=0.6)
            cue.until("researchers")
            floors = [
                AnimationGroup(*(Transform(tower.cell(a, b), shaded.cell(a, b)) for b in range(drop.shape[1])))
                for a in range(drop.shape[0])
            ]
            self.play(
                LaggedStart(*floors, lag_ratio=0.35), FadeIn(key), run_time=min(2.4, max(0.6, cue.to("worst") - 0.1))
            )
            cue.until("worst")
            self.play(FadeIn(ring, scale=1.6), FadeIn(name), run_time=0.7)
            self.play(FadeIn(gauge.filled()), FadeIn(kind), run_time=0.4)
            cue.until("left")
            self.sound("tick")
            self.tape.keep_clean(self.standing_badge, tower, title, key, gauge, kind, name)
            tear(self, reading)
            self.play(gauge.read_out(), run_time=min(0.9, max(0.4, cue.left)))


_WAYS = (("one average for all", BAD), ("an average for each verb", INK))


class _Booth:
    """A head, its wire, and the floor above: what it says, nothing, or its average."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.cell = RoundedRectangle(corner_radius=0.12, width=1.3, height=1.0).set_fill(LIT, 0.9).set_stroke(FAINT, 2)
        self.cell.move_to([0, -2.0, 0])
        self.above = RoundedRectangle(corner_radius=0.12, width=3.8, height=0.9).set_fill(PANEL, 1).set_stroke(SOFT, 3)
        self.above.move_to([0, 2.6, 0])
        words = Words("floors above", size=SMALL).move_to(self.above)
        self.wire = Line([0, -1.5, 0], [0, 2.15, 0]).set_stroke(SOFT, 4)
        waves = [_wave(rng) for _ in range(30)]
        grid = np.linspace(-1.5, 1.5, 60)
        curve = np.mean(waves, axis=0)
        few = waves[:6]
        self.screen = Rectangle(width=3.4, height=1.15).set_fill(PANEL, 1).set_stroke(FAINT, 3).move_to([0, -0.6, 0])
        self.upper = self.screen.copy().move_to([0, 1.2, 0])
        low, high = self.screen.get_center(), self.upper.get_center()
        self.wave = _curve(grid, waves[0], LIT).shift(low)
        self.upper_wave = _curve(grid, waves[0], LIT).shift(high)
        self.others = VGroup(*(_curve(grid, wave, SOFT, 2.5).shift(low) for wave in few[1:]))
        self.mean = _curve(grid, curve, INK).shift(low)
        self.upper_mean = self.mean.copy().shift(high - low)
        self.label = Words("its average", size=SMALL, color=INK).next_to(self.cell, DOWN, buff=0.25)
        self.query = Words("?", size=HEADING, color=BAD).move_to(self.upper)
        self.cut = VGroup(
            Line([-0.3, 0.14, 0], [0.3, 0.46, 0]).set_stroke(BAD, 8),
            Line([-0.3, 0.46, 0], [0.3, 0.14, 0]).set_stroke(BAD, 8),
        )
        self.whole = VGroup(self.wire, self.cell, self.above, words, self.screen, self.upper, self.wave)
        self.everything = VGroup(self.whole, self.others, self.upper_mean, self.label)

    def move_to(self, place: Sequence[float]) -> _Booth:
        """All of it, the parts that are not shown yet too."""
        for part in (
            self.whole,
            self.upper_wave,
            self.cut,
            self.query,
            self.others,
            self.mean,
            self.upper_mean,
            self.label,
        ):
            part.shift(np.array(place))
        return self


def _wave(rng: np.random.Generator) -> np.ndarray:
    grid = np.linspace(0, 1, 60)
    wave = np.zeros_like(grid)
    for k in (1, 2, 3, 5):
        wave += rng.normal() * np.sin(2 * np.pi * (k * grid + rng.uniform()))
    return 0.45 * wave / np.abs(wave).max()


def _curve(x: np.ndarray, y: np.ndarray, colour: str, width: float = 5) -> VMobject:
    points = np.column_stack([x, y, np.zeros_like(x)])
    return VMobject().set_points_smoothly(points[::3]).set_stroke(colour, width)


def _frame(words: VGroup) -> RoundedRectangle:
    box = RoundedRectangle(corner_radius=0.15, width=words.width + 0.35, height=0.85)
    return box.set_stroke(HIGHLIGHT, 4).move_to(words)


def _cost(reading: Reading, colour: str, text: str) -> VGroup:
    """How much of the meter is lost, as a bar with its number; a bar of nothing is a line."""
    words = Words(text, size=SMALL, color=colour)
    bar = Rectangle(width=max(0.03 * float(reading), 0.05), height=0.55, stroke_width=0).set_fill(colour, 0.9)
    bar.next_to(words, DOWN, buff=0.25, aligned_edge=LEFT)
    number = Words("{x:.0f} %", x=reading, size=BODY).next_to(bar, RIGHT, buff=0.25)
    return VGroup(words, bar, number)
