"""Charts in a box, with numbered axes, read from results; see :class:`~tapehead.scenes.stage.charts.chart.Chart`.

chart = LineChart(Series(self.result("sums"), x="n", y="spread", band="spread_ci"), x="dice", y="spread")
self.play(chart.draw())
self.play(chart.highlight(3))

The episode ``gallery`` has an example of each.
"""

from __future__ import annotations

from tapehead.scenes.stage.charts.bars import BarChart, HistogramChart
from tapehead.scenes.stage.charts.boxes import BoxChart
from tapehead.scenes.stage.charts.chart import Box, Chart, show
from tapehead.scenes.stage.charts.declared import chart_of
from tapehead.scenes.stage.charts.dots import DotChart
from tapehead.scenes.stage.charts.function_chart import FunctionChart
from tapehead.scenes.stage.charts.functions import Function
from tapehead.scenes.stage.charts.heat import HeatMap
from tapehead.scenes.stage.charts.image_rows import ImageRows, PictureRow
from tapehead.scenes.stage.charts.images import ImageGrid
from tapehead.scenes.stage.charts.layers import Edges, LayerChart
from tapehead.scenes.stage.charts.named import NamedAxes
from tapehead.scenes.stage.charts.network import NetworkChart
from tapehead.scenes.stage.charts.planes import PairSeries, PlaneChart
from tapehead.scenes.stage.charts.series import Series, each_of
from tapehead.scenes.stage.charts.table import Table
from tapehead.scenes.stage.charts.xy import LineChart, ScatterChart

__all__ = [
    "BarChart",
    "Box",
    "BoxChart",
    "Chart",
    "DotChart",
    "Edges",
    "Function",
    "FunctionChart",
    "HeatMap",
    "HistogramChart",
    "ImageGrid",
    "ImageRows",
    "LayerChart",
    "LineChart",
    "NamedAxes",
    "NetworkChart",
    "PairSeries",
    "PictureRow",
    "PlaneChart",
    "ScatterChart",
    "Series",
    "Table",
    "chart_of",
    "each_of",
    "show",
]
