"""A column of points per sample, against what to expect; then paths in a plane with equal units."""

from __future__ import annotations

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.charts import chart_of

from .figures import RUNS, WALKS


class Columns(StageScene):
    """Runs of heads, and walks that lose their way."""

    def construct(self) -> None:
        self.runs()
        self.walks()
        self.clear_stage(run_time=0.4)

    def runs(self) -> None:
        chart = chart_of(RUNS, self.result("runs"))
        with self.say("columns.runs") as cue:
            self.play(chart.draw(max(2.0, cue.to("run"))))
        with self.say("columns.expected") as cue:
            cue.until("more")
            self.play(chart.highlight(-1))
        self.clear_stage(run_time=0.4)

    def walks(self) -> None:
        chart = chart_of(WALKS, self.result("walks"))
        with self.say("columns.walks") as cue:
            self.play(chart.draw(cue.to("walks") + 1.5))
        with self.say("columns.circle") as cue:
            cue.until("away")
            self.play(chart.highlight(-1))
