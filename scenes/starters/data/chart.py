"""A chart: read from a result, in a box, with numbered axes."""

from __future__ import annotations

from manim import LEFT, UP

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.charts import chart_of, show

from .figures import YEARS


class Chart(StageScene):
    """All planets; then one of them stands out."""

    def construct(self) -> None:
        orbits = self.result("orbits")
        # The same declaration as in print; what follows it are looks.  A chart that print has no use for is made here:
        # ScatterChart(Series(orbits, "year", x="distance"), x="distance", y="length of a year", x_scale="log")
        planets = chart_of(YEARS, orbits, named=["Earth", "Jupiter", "Neptune"])
        with self.say("chart.points") as cue:
            self.play(planets.draw(cue.to("up")))
        last = len(orbits["year"]) - 1
        with self.say("chart.neptune") as cue:
            self.play(planets.highlight(last))
            cue.until("lasts")
            self.play(show(planets.annotate("{value:.0f} years", last, towards=1.5 * LEFT + 0.2 * UP)))
