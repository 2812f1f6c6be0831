"""The answer as a chart: what was measured, then what the formula says."""

from __future__ import annotations

from manim import RIGHT, UP, FadeIn

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.charts import chart_of
from tapehead.scenes.stage.lettering import BODY, Words
from tapehead.scenes.stage.palette import HIGHLIGHT

from .figures import SPREAD


class Answer(StageScene):
    """Points that were measured; the line of the formula through them."""

    def construct(self) -> None:
        # The same declaration as on the handout.  Its line is put up when it is spoken of: show(points.extras[0]).
        points = chart_of(SPREAD, self.result("coins"))
        line = points.extras[0][0]
        with self.say("answer.drawn") as cue:
            self.play(points.draw(cue.to("twice")))
        words = Words("the root of their number", size=BODY, color=HIGHLIGHT)
        words.move_to(points.area.get_corner(UP + RIGHT), UP + RIGHT)
        with self.say("answer.formula") as cue:
            cue.until("formula")
            self.play(FadeIn(line), FadeIn(words), run_time=0.8)
