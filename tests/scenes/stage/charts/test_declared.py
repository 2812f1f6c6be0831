"""One declaration, two pens: what print and stage draw of a figure stands at the same values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from manim import tempconfig

from tapehead.analysis.errors import EpisodeError, ResultError
from tapehead.analysis.figures import Axis, Figure, Series
from tapehead.analysis.results import Result, quantity
from tapehead.scenes.stage.charts import (
    BarChart,
    Box,
    BoxChart,
    DotChart,
    HeatMap,
    HistogramChart,
    ImageRows,
    LayerChart,
    LineChart,
    PlaneChart,
    ScatterChart,
    chart_of,
)
from tapehead.scenes.stage.lettering import Lettering

NAMES = ("one", "two", "3")


@pytest.fixture(autouse=True)
def own_media(tmp_path: Any) -> Any:
    with tempconfig({"media_dir": str(tmp_path / "media")}):
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
            "own": quantity([2.0, 5.0, 9.0], "group", labels=here),
            "pairs": quantity([[0.0, 0.0], [3.0, 4.0], [6.0, 0.0]], "group", "axis", labels=here),
            "to": quantity([[0.0, 1.0], [3.0, 0.0], [6.0, 2.0]], "group", "axis", labels=here),
            "cells": quantity(np.arange(24.0).reshape(3, 2, 4), "group", "row", "column", labels=here),
            "edges": quantity([0.5, -1.0, 0.1], "edge", labels={"edge": ("a → b 2", "b 2 → c", "a → c")}),
            "kept": quantity([1, 1, 0], "edge"),
            "circle": quantity(np.eye(3)[[1, 2, 0]], "from", "to", labels={"from": NAMES, "to": NAMES}),
            "first": quantity([[1.0, -0.5], [0.2, 0.3], [0.0, 0.1]], "to", "from"),
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
    rows = chart_of(figure("strip", Series("cells", label="cells"), Series("cells")), found)
    assert isinstance(rows, ImageRows) and len(rows.marks) == 6
    assert rows.pictures[0].min() == 0 and rows.pictures[1].max() == 255, "one scale for all rows"
    assert rows.mark(1, 1).get_y() < rows.mark(1, 0).get_y()
    assert [name.plain_text for name in rows.names] == ["cells", *NAMES]


def test_columns_of_points_stand_over_their_labels_with_what_they_are_compared_with(found: Result) -> None:
    declared = figure("dots", Series("each", label="drawn"), Series("own", label="own", style="mark"))
    chart = chart_of(declared, found)
    assert isinstance(chart, DotChart) and len(chart.marks) == 3
    for n, mark in enumerate(chart.marks):
        points, level = mark
        heights = sorted({round(float(part.get_y()), 6) for part in points.get_family() if len(part.points)} or {0})
        if len(heights) == 4:  # a dot each
            assert heights == pytest.approx([chart.at(n, value)[1] for value in found["each"][n]], abs=1e-6)
        assert points.get_bottom()[1] < chart.at(n, float(found["each"][n].min()))[1] + 1e-6
        assert level.get_y() == pytest.approx(chart.at(n, found["own"][n])[1])
        assert abs(level.get_x() - chart.at(n, 0)[0]) < 1e-6
    assert [name.plain_text for name in chart.names] == ["own"]
    assert chart.y_scale.holds(0)


def test_a_plane_has_equal_units_and_everything_in_its_place(found: Result) -> None:
    declared = figure(
        "plane",
        Series("pairs", label="way", style="path", closed=True),
        Series("pairs", label="moves", style="arrows", to="to", named=True),
    )
    for wide in (12.0, 5.0):
        chart = chart_of(declared, found, box=Box(-6, 3, wide, 6))
        assert isinstance(chart, PlaneChart)
        one, right, up = (chart.at(*pair) for pair in ((0, 0), (1, 0), (0, 1)))
        assert right[0] - one[0] == pytest.approx(up[1] - one[1], rel=1e-6)
        path, arrows = chart.marks
        np.testing.assert_allclose(path[0].get_start(), chart.at(0, 0), atol=1e-6)
        np.testing.assert_allclose(path[0].get_end(), chart.at(0, 0), atol=1e-6)
        np.testing.assert_allclose(arrows[1].get_end(), chart.at(0, 1), atol=1e-6)
        names = [name.plain_text for name in chart.names if isinstance(name, Lettering)]
        assert names == list(NAMES)
        assert chart.get_left()[0] >= -6 - 1e-3 and chart.get_right()[0] <= -6 + wide + 1e-3


def test_graphs_run_from_left_to_right(found: Result) -> None:
    circuit = chart_of(figure("graph", Series("edges", style="edges", only="kept")), found)
    assert isinstance(circuit, LayerChart)
    a, b, c = (circuit.mark(circuit.node(name)) for name in ("a", "b 2", "c"))
    assert a.get_x() < b.get_x() < c.get_x()
    assert len(circuit.wires) == 2, "the third is not kept"
    assert circuit.wires[-1].get_stroke_width() > circuit.wires[0].get_stroke_width()
    assert a[1].shown == [] and b[1].shown[0]["source"] == "found/edges:edge", "a name with a digit was read"
    network = chart_of(figure("graph", Series("first", style="layers")), found)
    assert isinstance(network, LayerChart)
    assert len(network.marks) == 5 and len(network.wires) == 6
    assert len({round(float(mark.get_x()), 6) for mark in network.marks}) == 2


def test_lying_boxes_are_upright_ones_turned(found: Result) -> None:
    declared = figure("box", Series("each", over="group"), Series("luck", style="mark", label="luck"), horizontal=True)
    chart = chart_of(declared, found)
    assert isinstance(chart, BoxChart) and chart.horizontal
    assert chart.y_text.words == "size" and chart.x_text.words == "length"
    assert [mark.get_y() for mark in chart.marks] == sorted((mark.get_y() for mark in chart.marks), reverse=True)
    for n, mark in enumerate(chart.marks):
        (body,) = (part for part in mark if type(part).__name__ == "Rectangle")
        first, third = np.quantile(found["each"][n], (0.25, 0.75))
        assert body.get_left()[0] == pytest.approx(chart.at(first, -n)[0], abs=1e-6)
        assert body.get_right()[0] == pytest.approx(chart.at(third, -n)[0], abs=1e-6)
    line = chart.extras[0][0]
    assert line.get_x() == pytest.approx(chart.at(7, 0)[0]) and line.height > line.width
    with pytest.raises(EpisodeError, match="boxes can lie"):
        figure("dots", Series("each"), horizontal=True)


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
        ("lying", Series("each", over="group"), draw_box),
        ("histogram", Series("y", "edge"), draw_histogram),
    ):
        declared = figure("box" if kind == "lying" else kind, series, horizontal=kind == "lying")
        axes = Canvas().subplots()
        draw(axes, declared, results, STYLES["light"])
        chart = chart_of(declared, found)
        for n, mark in enumerate(chart.marks):
            if kind in ("box", "lying"):
                along = int(kind == "box")
                (body,) = [part for part in axes.patches if part.get_gid() == f"data-0-{n}-box"]
                low, high = (float(end(body.get_path().vertices[:5, along])) for end in (np.min, np.max))
                parts = [part for part in mark if type(part).__name__ == "Rectangle"]
                if kind == "lying":
                    shown = parts[0].get_left()[0], parts[0].get_right()[0]
                    assert shown == pytest.approx((chart.at(low, 0)[0], chart.at(high, 0)[0]), abs=1e-6)
                    continue
                shown = parts[0].get_bottom()[1], parts[0].get_top()[1]
            else:
                low, high = 0.0, float(axes.patches[0].get_data().values[n])
                shown = mark.get_bottom()[1], mark.get_top()[1]
            assert shown == pytest.approx((chart.at(0, low)[1], chart.at(0, high)[1]), abs=1e-6), kind


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        (figure("pictures", Series("each")), "drawn in print alone"),
        (figure("dots", Series("each"), Series("each")), "2 series of points"),
        (figure("dots", Series("y")), "does not give each label its points"),
        (figure("plane", Series("each")), "holds no pairs"),
        (figure("plane", Series("pairs", style="arrows")), "name them with to="),
        (figure("strip", Series("each")), "no row of pictures"),
        (figure("graph", Series("circle", style="edges")), "run in a circle"),
        (figure("xy", Series("y", "n", style="stem")), "'stem', which is drawn in print alone"),
        (figure("xy", Series("y", source="o")), "others="),
        (figure("xy", Series("y", "n", x_source="o")), "both come from one result"),
        (figure("bars", Series("luck")), "a single bar"),
        (figure("matrix", Series("y")), "no matrix"),
    ],
)
def test_what_one_pen_cannot_draw_is_told(declared: Figure, said: str, found: Result) -> None:
    with pytest.raises((EpisodeError, ResultError), match=said):
        chart_of(declared, found)
