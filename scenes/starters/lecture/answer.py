"""The answer as a chart: what was measured, then what the formula says."""

from __future__ import annotations

from manim import RIGHT, UP, FadeIn

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.charts import LineChart, ScatterChart, Series
from tapehead.scenes.stage.lettering import BODY, Words


class Answer(StageScene):
    """Points that were measured; the line of the formula through them."""

    def construct(self) -> None:
        coins = self.result("coins")
        measured, said = Series(coins, "strays", x="tosses"), Series(coins, "formula", x="tosses", colour="#E69F00")
        points = ScatterChart(
            measured, room_for=[said], x="row", y="share of heads strays by", x_scale="log", y_scale="log"
        )
        # The same titles, scales and room: so it lies exactly upon the points, and its marks can be taken alone.
        line = LineChart(said, room_for=[measured], x="row", y="share of heads strays by", x_scale="log", y_scale="log")
        with self.say("answer.drawn") as cue:
            self.play(points.draw(cue.to("twice")))
        words = Words("the root of their number", size=BODY, color="#E69F00")
        words.move_to(points.area.get_corner(UP + RIGHT), UP + RIGHT)
        with self.say("answer.formula") as cue:
            cue.until("formula")
            self.play(FadeIn(line.marks), FadeIn(words), run_time=0.8)
