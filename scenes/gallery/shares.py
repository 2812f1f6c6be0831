"""Boxes, every value of a sample, and bars of shares."""

from __future__ import annotations

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.charts import BarChart, chart_of, each_of, show

from .figures import MEANS


class Shares(StageScene):
    """The means of dice as boxes and one by one, and what primes end in."""

    def construct(self) -> None:
        self.boxes()
        self.ends()
        self.clear_stage(run_time=0.4)

    def boxes(self) -> None:
        dice = self.result("dice")
        chart, every = chart_of(MEANS, dice), chart_of(MEANS, dice, shown="both")
        with self.say("shares.box") as cue:
            self.play(chart.draw(min(2.5, cue.to("half"))))
            cue.until("half")
            self.play(show(chart.extras[0]))
        with self.say("shares.each") as cue:
            cue.until("every")
            self.swap(chart.marks, every.marks)
        self.clear_stage(run_time=0.4)

    def ends(self) -> None:
        primes = self.result("primes")
        chart = BarChart(
            *each_of(primes, "ending", "ending"), layout="stacked", title="share by last digit", places="primes below"
        )
        with self.say("shares.ends") as cue:
            self.play(chart.draw(cue.to("ends") + 1.0))
            cue.until("equally")
            self.play(chart.highlight(-1, series=1))
