"""Lines over dates; then points with error bars."""

from __future__ import annotations

from manim import DOWN, LEFT, UP

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.charts import chart_of, show

from .figures import DAYS, PI


class Points(StageScene):
    """Daylight through a year, and pi out of darts."""

    def construct(self) -> None:
        self.year()
        self.darts()
        self.clear_stage(run_time=0.4)

    def year(self) -> None:
        found = self.result("daylight")
        chart = chart_of(DAYS, found)
        place = found.quantity("longest").labels["place"].index("Oslo")
        day = int(found.read("solstice", place=place))
        longest = found.read("longest", place=place)
        with self.say("points.year") as cue:
            self.play(chart.draw(cue.to("lasts") + 1.5))
        with self.say("points.north") as cue:
            self.play(chart.highlight(day, place))
            cue.until("oslo")
            self.play(show(chart.annotate("{x:.1f} hours", day, place, towards=2 * LEFT + 0.1 * UP, x=longest)))
        self.clear_stage(run_time=0.4)

    def darts(self) -> None:
        found = self.result("darts")
        chart = chart_of(PI, found)
        last = len(found["darts"]) - 1
        with self.say("points.darts") as cue:
            self.play(chart.draw(2.5))
            cue.until("pi")
            self.play(show(chart.extras[0]))
        with self.say("points.shorter") as cue:
            self.play(chart.highlight(last))
            cue.until("bar")
            self.play(show(chart.annotate("{value:.4f}", last, towards=DOWN + LEFT, away=1.4)))
