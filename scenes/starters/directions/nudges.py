"""A histogram of the control, and where the finding lies."""

from __future__ import annotations

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.charts import HistogramChart, Series, show


class Nudges(StageScene):
    """Random nudges first; then the loudest direction."""

    def construct(self) -> None:
        nudges = self.result("nudges")
        kind = nudges.quantity("histogram").axes[0]
        chart = HistogramChart(
            Series(nudges, "histogram", x="edges", where={kind: 0}), x="how much is noticed", y="random nudges"
        )
        with self.say("nudges.random") as cue:
            self.play(chart.draw(), run_time=cue.left)
        with self.say("nudges.found") as cue:
            cue.until("one")
            self.play(show(chart.reference(nudges.read("sigma", direction=0), "{x:.1f}", upright=True)))
