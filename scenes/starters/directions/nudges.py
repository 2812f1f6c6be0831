"""A histogram of the control, and where the finding lies."""

from __future__ import annotations

from manim import Indicate

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
            self.play(chart.draw(), run_time=2.0)
            cue.until("bar")
            self.play(Indicate(chart.marks, scale_factor=1.0), run_time=1.0)
        with self.say("nudges.found") as cue:
            cue.until("one")
            self.play(show(chart.reference(nudges.read("sigma", direction=0), "{x:.1f}", upright=True)))
