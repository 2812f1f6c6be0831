"""Second scene: the meter on the texts, on their twins, and with the answers shuffled."""

from __future__ import annotations

from manim import DOWN, FadeIn, GrowFromEdge, Line, VGroup

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Words
from tapehead.scenes.stage.meters import BarChart
from tapehead.scenes.stage.palette import BAD, GOOD, HIGHLIGHT, INK, SOFT

ZERO = -2.4
"""Where the bars start."""
AHEAD, BEHIND = 5.6, 2.6
"""Room for bars to the right and to the left of it."""
LEAST = 1.0
"""So much of the meter fills the room at least: a lead of nothing is not to look like one."""


class Baseline(StageScene):
    """Three bars on one zero line, the interval of the first, and the verdict."""

    def construct(self) -> None:
        found, prompts = self.result("baseline"), self.result("prompts")
        readings = [found.read(name) for name in ("difference", "corrupted", "shuffled")]
        ends = [*map(float, readings), float(found["difference_low"]), float(found["difference_high"])]
        unit = min(AHEAD / max(*ends, LEAST), BEHIND / max(-min(ends), LEAST / 2))
        chart = BarChart(
            readings,
            ["the texts", "their twins", "answers shuffled"],
            [HIGHLIGHT, SOFT, SOFT],
            unit=unit,
            spec=".1f",
            height=0.7,
            gap=0.6,
            size=BODY,
        )
        chart.shift([ZERO - chart.zero.get_x(), 1.9 - chart.bars[0].get_y(), 0])
        low, high = (ZERO + unit * float(found[f"difference_{end}"]) for end in ("low", "high"))
        y = chart.bars[0].get_y() - 0.48
        whisker = VGroup(
            Line([low, y, 0], [high, y, 0]).set_stroke(INK, 4),
            *(Line([x, y - 0.1, 0], [x, y + 0.1, 0]).set_stroke(INK, 4) for x in (low, high)),
        )
        title = Words("how far the right word is ahead", size=HEADING, color=SOFT).move_to([0, 3.1, 0])
        wins = Words(
            "right in {x:.0f} % of {n} texts", x=found.read("prefers"), n=prompts.read("prompts"), size=BODY
        ).move_to([0, -1.9, 0])
        with self.say("baseline.meter") as cue:
            self.play(FadeIn(title), run_time=0.6)
            cue.until("meter")
            self.play(FadeIn(chart.zero), run_time=0.4)
            cue.until("stands")
            self.play(FadeIn(chart.names[0]), GrowFromEdge(chart.bars[0], _side(readings[0])), run_time=0.8)
            self.play(FadeIn(chart.values[0]), FadeIn(whisker), run_time=0.4)
            cue.until("wins")
            self.play(FadeIn(wins), run_time=0.5)
        with self.say("baseline.controls") as cue:
            for number, mark in ((1, "twins"), (2, "shuffled")):
                cue.until(mark)
                self.play(
                    FadeIn(chart.names[number]),
                    GrowFromEdge(chart.bars[number], _side(readings[number])),
                    FadeIn(chart.values[number]),
                    run_time=0.7,
                )
        clear = self.variant("baseline.verdict") == "default"
        verdict = Words(
            "something to explain" if clear else "not sure at all", size=HEADING, color=GOOD if clear else BAD
        )
        chance = Words("as much by shuffling: p = {p:.2g}", p=found.read("p"), size=SMALL, color=SOFT)
        chance.next_to(wins, DOWN, buff=0.25)
        verdict.next_to(chance, DOWN, buff=0.25)
        with self.say("baseline.verdict") as cue:
            self.play(FadeIn(chance), run_time=0.4)
            cue.until("verdict")
            self.play(FadeIn(verdict, scale=1.2), run_time=0.5)
        self.clear_stage(run_time=0.4)


def _side(reading: float) -> list[float]:
    return [-1, 0, 0] if reading >= 0 else [1, 0, 0]
