"""Pictures in rows; then a network."""

from __future__ import annotations

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.charts import ImageGrid, NetworkChart


class Webs(StageScene):
    """Rules of neighbours, and the divisors of a number."""

    def construct(self) -> None:
        self.rules()
        self.divisors()
        self.clear_stage(run_time=0.4)

    def rules(self) -> None:
        grid = ImageGrid(self.result("rules"), "cell", "rule")
        with self.say("webs.rules") as cue:
            self.play(grid.draw(1.5))  # slower, and the first pictures are too dark for a second to be seen
            cue.until("row")
        with self.say("webs.triangle") as cue:
            cue.until("one")
            self.play(grid.highlight(1))
        self.clear_stage(run_time=0.4)

    def divisors(self) -> None:
        chart = NetworkChart(self.result("divisors"), "edge", places="place", directed=True)
        with self.say("webs.divisors") as cue:
            self.play(chart.draw(1.8))
            cue.until("arrow")
        with self.say("webs.twelve") as cue:
            cue.until("node")
            self.play(chart.highlight(chart.nodes.index("12")))
