"""Bars in groups; then a histogram that becomes another."""

from __future__ import annotations

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.charts import Series, chart_of

from .figures import FIRST, HEAPS


class Heaps(StageScene):
    """First digits, and the means of dice."""

    def construct(self) -> None:
        self.digits()
        self.means()
        self.clear_stage(run_time=0.4)

    def digits(self) -> None:
        chart = chart_of(FIRST, self.result("digits"))
        with self.say("heaps.digits") as cue:
            self.play(chart.draw(max(1.5, cue.to("one"))))
            self.play(chart.highlight(0))
            cue.until("nine")
            self.play(chart.highlight(-1))
        with self.say("heaps.law") as cue:
            cue.until("pair")
            self.play(chart.plain())
        self.clear_stage(run_time=0.4)

    def means(self) -> None:
        dice = self.result("dice")
        many = Series(dice, "many", x="edge")
        chart = chart_of(HEAPS, dice, room_for=[many])
        with self.say("heaps.tent") as cue:
            self.play(chart.draw(cue.to("tent") + 0.8))
        with self.say("heaps.bell") as cue:
            cue.until("bell")
            self.play(chart.update_to(many))
