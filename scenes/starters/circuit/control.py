"""A measurement of a model, and beside it its control."""

from __future__ import annotations

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.charts import BarChart, Series


class Control(StageScene):
    """Logit differences by task; then those of the spoilt texts take their place."""

    def construct(self) -> None:
        says = self.result("says")
        real = Series(says, "difference", low="difference_low", high="difference_high", label="texts")
        spoilt = Series(says, "difference_corrupted", label="spoilt texts")
        alone = BarChart(real, title="next rather than last", room_for=[spoilt], values=True, spec=".1f")
        both = BarChart(real, spoilt, title="next rather than last", values=True, spec=".1f")
        with self.say("control.says") as cue:
            self.play(alone.draw(cue.left))
        with self.say("control.spoilt") as cue:
            cue.until("bars")
            self.swap(alone, both)
