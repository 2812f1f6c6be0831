"""One declaration, two pens: what print and stage draw of a figure stands at the same values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from manim import tempconfig

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.figures import Axis, Figure, Series
from tapehead.analysis.results import Result, quantity
from tapehead.scenes.stage.charts import BarChart, BoxChart, HeatMap, HistogramChart, LineChart, ScatterChart, chart_of
from tapehead.scenes.stage.lettering import Lettering

NAMES = ("one", "two", "3")


@pytest.fixture(autouse=True)
def own_media(media: Any) -> Any:
    with tempconfig({"media_dir": str(media)}):
        yield


@pytest.fixture(scope="module")
def found() -> Result:
    here = {"group": NAMES}
    y = np.array([1.0, 3.0, 2.0])
    return Result(
        {
            "n": quantity([1.0, 10.0, 100.0], "group", labels=here),
            "y": quantity(y, "group", unit="cm", labels=here),
            "low": quantity(y - 0.5, "group", labels=here),
            "high": quantity(y + 0.5, "group", labels=here),
            "each": quantity(np.arange(12.0).reshape(3, 4), "group", "draw", labels=here),
            "edge": quantity([0.0, 1, 2, 4], "edge"),
            "luck": quantity(7.0, unit="cm"),
            "best": quantity(1),
        },
        name="found",
    )


def figure(kind: str, *series: Series, **options: Any) -> Figure:
    return Figure("f", kind, "what it shows", series, Axis("size", "n"), Axis("length", "y"), **options)


def test_each_kind_becomes_its_chart_at_the_declared_values(found: Result) -> None:
    line = chart_of(figure("xy", Series("y", "n", "found", "line", low="low", high="high")), found)
    assert isinstance(line, LineChart)
    assert line.series[0].ends is not None
    assert line.y_text.words == "length (cm)"
    bars = chart_of(figure("bars", Series("y", label="a", low="low", high="high"), Series("n", label="b")), found)
    assert isinstance(bars, BarChart)
    assert [each.label for each in bars.series] == ["a", "b"]
    counts = chart_of(figure("histogram", Series("y", "edge"), Series("best", style="mark", label="here")), found)
    assert isinstance(counts, HistogramChart)
    assert counts.extras[0][0].get_x() == pytest.approx(counts.at(1, 0)[0])
    heat = chart_of(figure("matrix", Series("each"), value="how much"), found, values=False)
    assert isinstance(heat, HeatMap)
    assert heat.cells == pytest.approx(found["each"])
    box = chart_of(figure("box", Series("each", over="group")), found)
    assert isinstance(box, BoxChart)
    assert [str(each.label) for each in box.series] == list(NAMES)


def test_points_lines_and_marks_share_axes_and_wait_for_their_cue(found: Result) -> None:
    declared = figure(
        "xy",
        Series("y", "n", "found", named=True),
        Series("high", "n", "law", "line"),
        Series("luck", style="mark", label="luck"),
    )
    chart = chart_of(declared, found)
    assert isinstance(chart, ScatterChart)
    law, luck = chart.extras
    assert luck[0].get_y() == pytest.approx(chart.at(0, 7)[1]), "there is room for it"
    assert law[0].get_end() == pytest.approx(chart.at(100, 2.5))
    assert {name.plain_text for name in chart.names} == set(NAMES)
    assert all(move.mobject is not chart.extras for move in chart.draw().animations if hasattr(move, "mobject"))
    assert {"found/y:group"} <= {s["source"] for n in chart.names if isinstance(n, Lettering) for s in n.shown}


def test_places_are_fixed_as_in_print(found: Result) -> None:
    chart = chart_of(figure("xy", Series("each", where={"group": "=best"}, style="line")), found)
    assert chart.series[0].ys == pytest.approx([4, 5, 6, 7])
    many = chart_of(figure("xy", Series("each", over="group", style="line")), found)
    assert len(many.series) == 3
    other = Result({"y": quantity([9.0, 8.0], "n")}, name="other")
    assert chart_of(figure("xy", Series("y", source="o")), found, others={"o": other}).series[0].ys[0] == 9


def test_both_pens_reach_the_same_values(found: Result) -> None:
    from matplotlib.figure import Figure as Canvas

    from tapehead.render.figures.pick import FigureResults
    from tapehead.render.figures.style import STYLES
    from tapehead.render.figures.xy import draw_box, draw_histogram

    results = FigureResults(found, {})
    for kind, series, draw in (
        ("box", Series("each", over="group"), draw_box),
        ("histogram", Series("y", "edge"), draw_histogram),
    ):
        declared = figure(kind, series)
        axes = Canvas().subplots()
        draw(axes, declared, results, STYLES["light"])
        chart = chart_of(declared, found)
        for n, mark in enumerate(chart.marks):
            if kind == "box":
                (body,) = [part for part in axes.patches if part.get_gid() == f"data-0-{n}-box"]
                low, high = (float(end(body.get_path().vertices[:5, 1])) for end in (np.min, np.max))
                parts = [part for part in mark if type(part).__name__ == "Rectangle"]
                shown = parts[0].get_bottom()[1], parts[0].get_top()[1]
            else:
                low, high = 0.0, float(axes.patches[0].get_data().values[n])
                shown = mark.get_bottom()[1], mark.get_top()[1]
            assert shown == pytest.approx((chart.at(0, low)[1], chart.at(0, high)[1]), abs=1e-6), kind


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        (figure("graph", Series("each", style="edges")), "drawn in print alone"),
        (figure("xy", Series("y", "n", style="stem")), "'stem', which is drawn in print alone"),
        (figure("xy", Series("y", source="o")), "others="),
        (figure("xy", Series("y", "n", x_source="o")), "both come from one result"),
        (figure("bars", Series("luck")), "a single bar"),
        (figure("matrix", Series("y")), "no matrix"),
    ],
)
def test_what_one_pen_cannot_draw_is_told(declared: Figure, said: str, found: Result) -> None:
    with pytest.raises(EpisodeError, match=said):
        chart_of(declared, found)
