"""Charts in a box, with numbered axes, read from results; see :class:`~tapehead.scenes.stage.charts.chart.Chart`.

chart = LineChart(Series(self.result("sums"), x="n", y="spread", band="spread_ci"), x="dice", y="spread")
self.play(chart.draw())
self.play(chart.highlight(3))
"""

from __future__ import annotations

from tapehead.scenes.stage.charts.bars import BarChart, HistogramChart
from tapehead.scenes.stage.charts.chart import Box, Chart, show
from tapehead.scenes.stage.charts.heat import HeatMap
from tapehead.scenes.stage.charts.series import Series
from tapehead.scenes.stage.charts.xy import LineChart, ScatterChart

__all__ = ["BarChart", "Box", "Chart", "HeatMap", "HistogramChart", "LineChart", "ScatterChart", "Series", "show"]
