"""A heat map with numbers in its cells; then a table."""

from __future__ import annotations

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.charts import Series, Table, chart_of, show
from tapehead.scenes.stage.palette import HIGHLIGHT

from .figures import TURNS


class Grids(StageScene):
    """Correlations of steps, and how many primes there are."""

    def construct(self) -> None:
        self.turns()
        self.primes()
        self.clear_stage(run_time=0.4)

    def turns(self) -> None:
        chart = chart_of(TURNS, self.result("swing"), spec=".2f")
        with self.say("grids.heat") as cue:
            self.play(chart.draw(max(2.0, cue.to("turns"))))
        with self.say("grids.cells") as cue:
            self.play(show(chart.frame(0, 1)))
            cue.until("second")
            self.play(show(chart.frame(0, 2)))
        self.clear_stage(run_time=0.4)

    def primes(self) -> None:
        found = self.result("primes")
        columns = (("count", "primes"), ("guess", "old guess"), ("ratio", "over the guess"))
        table = Table(
            *(Series(found, name, label=label) for name, label in columns),
            places="below",
            specs=[",.0f", ",.0f", ".3f"],
        )
        with self.say("grids.table") as cue:
            self.play(table.draw(min(3.0, cue.to("thousand"))))
            cue.until("thousand")
            self.play(table.highlight(2))
            cue.until("million")
            self.play(table.highlight(-1))
        with self.say("grids.ratio") as cue:
            cue.until("makes")
            self.play(show(table.frame(len(found["ratio"]) - 1, 2, HIGHLIGHT)))
