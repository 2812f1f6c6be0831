"""Pictures in rows on one scale; then a network in layers."""

from __future__ import annotations

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.charts import chart_of

from .figures import COUNTER, HEAT


class Layers(StageScene):
    """Heat that forgets where it came from, and a network that counts."""

    def construct(self) -> None:
        self.heat()
        self.counter()
        self.clear_stage(run_time=0.4)

    def heat(self) -> None:
        rows = chart_of(HEAT, self.result("heat"))
        with self.say("layers.heat") as cue:
            self.play(rows.draw(cue.to("spreads") + 0.8))
        with self.say("layers.ring") as cue:
            cue.until("ring")
            self.play(rows.highlight(-1, 2))
        self.clear_stage(run_time=0.4)

    def counter(self) -> None:
        chart = chart_of(COUNTER, self.result("counter"))
        with self.say("layers.counter") as cue:
            self.play(chart.draw(max(1.5, cue.to("binary"))))
        with self.say("layers.right") as cue:
            cue.until("right")
            self.play(chart.highlight(-1))
