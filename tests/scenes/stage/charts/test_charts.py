"""Charts fill their box and never leave it; marks stand where their values are; nothing else moves when data change."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from manim import DL, LEFT, RIGHT, UP, UR, FadeIn, Mobject, Square, tempconfig

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Result, quantity
from tapehead.scenes.stage.charts import (
    BarChart,
    Box,
    Chart,
    HeatMap,
    HistogramChart,
    LineChart,
    PairSeries,
    PlaneChart,
    ScatterChart,
    Series,
    each_of,
)
from tapehead.scenes.stage.layout import _overlaps, box
from tapehead.scenes.stage.lettering import Lettering

NAMES = ("a place", "second", "third", "fourth")


@pytest.fixture(autouse=True)
def own_media(media: Any) -> Any:
    with tempconfig({"media_dir": str(media)}):
        yield


@pytest.fixture
def found() -> Result:
    y = np.array([2.0, 3.5, -1.0, 12.25])
    ends = np.stack([y - 1, y + 1.5], axis=1)
    here = {"place": NAMES}
    return Result(
        {
            "x": quantity([0.4, 3.0, 40.0, 900.0], "place", unit="AU", labels=here),
            "y": quantity(y, "place", unit="pips", labels=here),
            "z": quantity(y[::-1] / 2, "place", unit="pips", labels=here),
            "far": quantity(y * 10, "place", labels=here),
            "ends": quantity(ends, "place", "end"),
            "count": quantity([3, 9, 4], "bin"),
            "edge": quantity([0.0, 1.0, 2.0, 3.0], "edge", unit="kg"),
            "grid": quantity(np.arange(8.0).reshape(2, 4), "who", "place", labels={"who": ("one", "two"), **here}),
        },
        name="found",
    )


CHARTS: dict[str, Callable[[Result], Chart]] = {
    "line": lambda r: LineChart(Series(r, "y", band="ends", label="first"), Series(r, "z", label="second"), y="spread"),
    "scatter": lambda r: ScatterChart(Series(r, "y", x="x", band="ends"), x="distance", x_scale="log", named="all"),
    "bars": lambda r: BarChart(Series(r, "y", band="ends"), title="size", values=True),
    "grouped": lambda r: BarChart(Series(r, "y", label="one"), Series(r, "z", label="two"), values=True, spec=".1f"),
    "lying": lambda r: BarChart(Series(r, "y"), title="size", horizontal=True, values=True),
    "stacked": lambda r: BarChart(
        *(Series(r, "grid", where={"who": who}, label=who) for who in ("one", "two")), layout="stacked"
    ),
    "heat": lambda r: HeatMap(r, "grid", "who", "place", title="how much"),
    "histogram": lambda r: HistogramChart(Series(r, "count", x="edge"), x="mass", y="how many"),
}


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("box", [Box(), Box(-6.5, 3.4, 6.2, 4.0), Box(0.3, 1.0, 6.2, 4.2)])
def test_a_chart_fills_its_box_and_never_leaves_it(name: str, box: Box, found: Result) -> None:
    chart = CHARTS[name](found).within(box.left, box.top, box.width, box.height)
    left, right = chart.get_left()[0], chart.get_right()[0]
    low, top = chart.get_bottom()[1], chart.get_top()[1]
    assert box.left - 0.05 <= left
    assert right <= box.right + 0.05
    assert box.bottom - 0.05 <= low
    assert top <= box.top + 0.3, "a number upon the highest bar"
    assert right - left > 0.85 * box.width
    assert top - low > 0.85 * box.height


def test_a_chart_stands_beside_something_as_any_mobject_does(found: Result) -> None:
    chart, other = BarChart(Series(found, "y")).within(-6.5, 3.4, 6.2, 4.0), Square(1.0).shift(4 * LEFT)
    before = chart.marks[0].get_center() - chart.at(0, 0)
    chart.next_to(other, RIGHT, buff=0.5)
    assert chart.get_left()[0] == pytest.approx(other.get_right()[0] + 0.5)
    assert chart.marks[0].get_center() - chart.at(0, 0) == pytest.approx(before), "it knows its places there as well"


def test_marks_stand_where_their_values_are(found: Result) -> None:
    bars = BarChart(Series(found, "y"))
    heights = np.array([mark.height for mark in bars.marks])
    assert heights / heights[0] == pytest.approx(np.abs(found["y"]) / 2.0, rel=1e-6)
    assert bars.marks[2].get_top()[1] == pytest.approx(bars.at(0, 0)[1]), "a negative one hangs from the line"
    dots = ScatterChart(Series(found, "y", x="x"), x_scale="log")
    steps = np.diff([dot.get_x() for dot in dots.marks])
    assert steps / steps[0] == pytest.approx(np.diff(np.log(found["x"])) / np.log(3 / 0.4))
    dots.shift(2 * LEFT)
    assert dots.marks[1].get_center() == pytest.approx(dots.at(3.0, 3.5)), "it knows its places wherever it goes"
    tower = CHARTS["stacked"](found)
    assert tower.marks[4].get_bottom()[1] == pytest.approx(tower.marks[0].get_top()[1], abs=0.02)


def test_numbers_of_axes_and_bars_say_where_they_come_from(found: Result) -> None:
    chart = BarChart(Series(found, "y"), values=True)
    shown = [each for part in chart.get_family() if isinstance(part, Lettering) for each in part.shown]
    assert {each["source"] for each in shown} >= {"found/y (axis)", "found/y[3]"}
    assert any(each["shown"] == "12.25" for each in shown)


def test_data_change_and_the_chart_stays(found: Result) -> None:
    chart = BarChart(Series(found, "y"), values=True)
    before = chart.axes.get_center().copy()
    for move in chart.update_to(Series(found, "z")).animations:
        move.begin()
        move.finish()
    assert chart.marks[0].height == pytest.approx(abs(chart.at(0, 6.125) - chart.at(0, 0))[1])
    assert chart.axes.get_center() == pytest.approx(before)
    assert chart.names[0].plain_text == "6.12"
    with pytest.raises(EpisodeError, match="room_for"):
        chart.update_to(Series(found, "far"))
    assert chart.series[0].y == "z", "what is refused changes nothing"
    roomy = BarChart(Series(found, "y"), room_for=[Series(found, "far")])
    roomy.update_to(Series(found, "far"))


@pytest.mark.parametrize("name", CHARTS)
def test_it_is_drawn_highlighted_and_annotated(name: str, found: Result) -> None:
    chart = CHARTS[name](found)
    assert chart.draw().run_time > 0
    value, same = (chart.annotate(f"about {{{field}:.1f}}", 1, towards=UP)[0].shown for field in ("value", "y"))
    assert value == same
    assert value[0]["source"].startswith("found/")
    for told in chart.highlight(1).animations:
        move = told.build() if hasattr(told, "build") else told
        move.begin()
        move.finish()
    opacities = [opacity(mark) for mark in chart._told_apart()]
    assert min(opacities) < 0.5 < max(opacities) or len(opacities) == 1
    with pytest.raises(EpisodeError, match="asked for"):
        chart.highlight(99)


def test_an_annotation_tells_the_value_and_what_it_is_drawn_over(found: Result) -> None:
    for chart in (ScatterChart(Series(found, "y", x="x")), LineChart(Series(found, "y", x="x"))):
        shown = chart.annotate("{y:.2f} at {x:.1f} and {value:.2f}", -1)[0].shown
        assert [(each["shown"], each["source"]) for each in shown] == [
            ("12.25", "found/y[3]"), ("900.0", "found/x[3]"), ("12.25", "found/y[3]"),
        ]  # fmt: skip
    shown = chart.annotate("{x:.2f}", 0, x=found.read("z", place=1))[0].shown
    assert shown[0]["source"] == "found/z[1]", "a field that is given goes first"
    over = LineChart(*each_of(found, "grid", "who", x="x")).annotate("{x:.1f}", 1, 1)[0].shown
    assert over[0]["source"] == "found/x[1]"


@pytest.mark.parametrize(("name", "said"), [("bars", "'place' and has no x"), ("histogram", "no single x")])
def test_what_has_no_x_says_so_and_what_to_write(name: str, said: str, found: Result) -> None:
    with pytest.raises(EpisodeError, match=rf"{said}.*; {{value}} is the value.*x=result\.read"):
        CHARTS[name](found).annotate("{x:.1f}", 1)


def test_the_name_of_a_reference_line_tells_its_value(found: Result) -> None:
    chart = ScatterChart(Series(found, "y", x="x"))
    across, upright = found.read("y", place=1), found.read("x", place=1)
    for field in ("value", "y"):
        assert chart.reference(across, f"at {{{field}:.1f}}")[1].shown[0]["source"] == "found/y[1]"
    for field in ("value", "x"):
        assert chart.reference(upright, f"at {{{field}:.1f}}", upright=True)[1].shown[0]["source"] == "found/x[1]"
    with pytest.raises(EpisodeError, match=r"of the y axis has no {x}; its name may hold {value}"):
        chart.reference(across, "at {x:.1f}")
    with pytest.raises(EpisodeError, match=r"and 3\.5 was not read from a result"):
        chart.reference(float(across), "at {value:.1f}")


def opacity(mark: Mobject) -> float:
    return max(mark.get_fill_opacity(), mark.get_stroke_opacity() if mark.get_stroke_width() else 0)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda r: Series(r, "grid"), "fix all but one"),
        (lambda r: Series(r, "y", x="edge", where={"who": "one"}), "no axis 'who'"),
        (lambda r: Series(r, "count", x="x", low="y"), "two ends"),
        (lambda r: LineChart(), "at least one"),
        (lambda r: LineChart(Series(r, "y"), x_scale="cubic"), "linear or log, not 'cubic'"),
        (lambda r: LineChart(Series(r, "y"), y_scale="log"), "no place for -1"),
        (lambda r: BarChart(Series(r, "count")), "has no labels"),
        (lambda r: BarChart(Series(r, "y"), Series(r, "z"), layout="stacked"), "one sign"),
        (lambda r: HistogramChart(Series(r, "count")), "numpy.histogram"),
        (lambda r: LineChart(Series(r, "y")).within(0, 0, 2, 1), "more room"),
        (lambda r: LineChart(Series(r, "y")).reference(99), "the axis goes from"),
        (lambda r: ScatterChart(Series(r, "y"), named=["nobody"]), "no place 'nobody'"),
    ],
)
def test_what_cannot_be_drawn_says_what_to_do(make: Callable[[Result], Any], said: str, found: Result) -> None:
    with pytest.raises(EpisodeError, match=said):
        make(found)


def test_a_reference_line_belongs_to_the_chart(found: Result) -> None:
    chart = LineChart(Series(found, "y"), y="spread")
    line = chart.reference(2.0, "here")
    assert line in chart.extras.submobjects
    assert line[0].get_y() == pytest.approx(chart.at(0, 2.0)[1])
    assert isinstance(FadeIn(line), FadeIn)


def test_a_heat_map_has_its_colours_and_its_cells_in_their_places(found: Result) -> None:
    chart = HeatMap(found, "grid", "who", "place", values=True, spec=".0f")
    assert chart.names[5].plain_text == "5"
    assert chart.names[5].get_center() == pytest.approx(chart.cell(1, 1).get_center())
    light = [sum(cell.get_fill_color().to_rgb()) for cell in chart.marks]
    assert light == sorted(light), "from dark to light"
    assert HeatMap(found, "grid", "place", "who").cells == pytest.approx(chart.cells.T)
    both = HeatMap(Result({"d": quantity([[-2.0, 1.0]], "a", "b")}, name="d"), "d", "a", "b")
    assert both.colour_scale.low == -both.colour_scale.high
    assert both.colour(0) == "#14161F", "nothing is as dark as the panel"
    assert chart.frame(1, 3)[0].get_center() == pytest.approx(chart.cell(1, 3).get_center())
    with pytest.raises(EpisodeError, match="needs its axes who, place"):
        HeatMap(found, "grid", "who", "nowhere")
    with pytest.raises(EpisodeError, match="2 × 4 cells"):
        chart.cell(2, 0)
    with pytest.raises(EpisodeError, match="another result, or another map"):
        chart.update_to(Series(found, "y"))


def test_a_heat_map_becomes_another_on_the_same_colours() -> None:
    one, two, far = (
        Result({"d": quantity(np.array(values), "a", "b")}, name=name)
        for name, values in (
            ("one", [[0.0, 1.0], [2.0, 3.0]]),
            ("two", [[3.0, 2.0], [1.0, 0.0]]),
            ("far", [[0.0, 9.0], [1.0, 2.0]]),
        )
    )
    chart = HeatMap(one, "d", "a", "b", values=True, spec=".0f")
    wanted = [chart.colour(value) for value in (3.0, 2.0, 1.0, 0.0)]
    moving = chart.update_to(two)
    moving.begin()
    moving.finish()
    assert [cell.get_fill_color().to_hex().upper() for cell in chart.marks] == [each.upper() for each in wanted]
    assert [name.plain_text for name in chart.names] == ["3", "2", "1", "0"]
    assert chart.reading(0, 0).result == "two"
    with pytest.raises(EpisodeError, match=r"reaches from 0 to 9.*room_for"):
        chart.update_to(far)
    assert chart.reading(0, 0).result == "two", "and is what it was"
    wide = HeatMap(one, "d", "a", "b", room_for=[HeatMap(far, "d", "a", "b")])
    assert wide.colour_scale.high >= 9
    wide.update_to(far)
    with pytest.raises(EpisodeError, match="2 × 2 cells and would have 1 × 2"):
        chart.update_to(Result({"d": quantity([[1.0, 2.0]], "a", "b")}, name="small"))


# -- names of points, and numbers upon bars


def near(points: np.ndarray) -> Result:
    names = tuple(f"place {letter}" for letter in "abcdefghijklmnopqrst"[: len(points)])
    here = {"place": names}
    return Result(
        {
            "x": quantity(points[:, 0], "place", labels=here),
            "y": quantity(points[:, 1], "place", labels=here),
            "pair": quantity(points, "place", "two", labels=here),
        },
        name="near",
    )


CLOSE = np.array([[0.0, 0.0], [1.0, 1.0], [1.02, 1.01], [1.05, 0.97], [2.0, 0.4], [2.9, 0.42], [3.0, 0.4]])
"""Two heaps of points: names at their right would lie on each other, and on points."""


def overlaps(chart: Chart) -> list[tuple[str, str]]:
    boxes = [(each.plain_text, box(each)) for each in chart.names]
    dots = [("a dot", (*(dot.get_corner(DL)[:2]), *(dot.get_corner(UR)[:2]))) for dot in points_of(chart)]
    pairs = [*itertools.combinations(boxes, 2), *itertools.product(boxes, dots)]
    return [
        (one, other)
        for (one, a), (other, b) in pairs
        if min(a[2], b[2]) - max(a[0], b[0]) > 1e-3 and min(a[3], b[3]) - max(a[1], b[1]) > 1e-3
    ]


def points_of(chart: Chart) -> list[Mobject]:
    return list(chart.marks) if isinstance(chart, ScatterChart) else [part for mark in chart.marks for part in mark]


def scatter(points: np.ndarray) -> Chart:
    return ScatterChart(Series(near(points), "y", x="x"), x="across", y="up", named="all")


@pytest.mark.parametrize(
    "make", [scatter, lambda points: PlaneChart(PairSeries(near(points), "pair", named=True), x="across", y="up")]
)
def test_names_of_points_lie_neither_on_each_other_nor_on_points(make: Callable[[np.ndarray], Chart]) -> None:
    chart = make(CLOSE)
    assert len(chart.names) == len(CLOSE)
    assert overlaps(chart) == []
    for name, dot in zip(chart.names, points_of(chart), strict=True):
        gaps = np.abs(name.get_center() - dot.get_center())[:2] - np.array([name.width, name.height]) / 2
        assert gaps.max() < 0.6, "a name stays with its point"
    assert chart.box.left <= chart.names.get_left()[0]
    assert chart.names.get_right()[0] <= chart.box.right
    again = make(CLOSE)
    assert [each.get_center().tolist() for each in again.names] == [each.get_center().tolist() for each in chart.names]


def test_a_name_does_not_lie_on_an_axis() -> None:
    chart = scatter(CLOSE)
    assert chart.names[0].get_bottom()[1] > chart.area.get_bottom()[1], "its point is where the axes meet"


def test_a_name_that_is_in_nobody_s_way_stands_at_the_right() -> None:
    chart = scatter(np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 0.2]]))
    name, dot = chart.names[1], chart.marks[1]
    assert name.get_left()[0] > dot.get_right()[0]
    assert name.get_y() == pytest.approx(dot.get_y())


def test_where_there_is_no_room_the_layout_says_so() -> None:
    chart = scatter(np.full((18, 2), 1.0))  # sixteen have places round a point
    assert overlaps(chart)
    told = [each for each in _overlaps([(each, box(each)) for each in chart.names]) if each.kind == "overlap"]
    assert told
    assert "place" in told[0].what


def test_names_at_the_ends_of_curves_do_not_leave_the_box(found: Result) -> None:
    flat = Result({name: quantity([3.0, 2.0, 0.001 * n], "step") for n, name in enumerate("abcdefgh")}, name="flat")
    chart = LineChart(*(Series(flat, name, label=f"curve {name}") for name in "abcdefgh"), y="left")
    assert overlaps_of_names(chart) == []
    assert chart.names.get_bottom()[1] >= chart.box.bottom - 1e-6


def overlaps_of_names(chart: Chart) -> list[str]:
    return [each.what for each in _overlaps([(each, box(each)) for each in chart.names])]


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ([6400.0, 250.0], ["6,400", "250"]),
        ([6400.5, 250.0], ["6,400.5", "250.0"]),
        ([64.0, 2.5], ["64", "2.5"]),
        ([0.0123, 0.004], ["0.0123", "0.0040"]),
        ([-6400.0, 250.0], ["−6,400", "250"]),
    ],
)
@pytest.mark.parametrize("horizontal", [False, True])
def test_numbers_at_bars_are_written_as_those_of_the_axis(
    values: list[float], written: list[str], horizontal: bool
) -> None:
    result = Result({"y": quantity(values, "who", labels={"who": ("one", "two")})}, name="r")
    chart = BarChart(Series(result, "y"), title="how much", values=True, horizontal=horizontal)
    assert [each.plain_text for each in chart.names] == written
    axis = [each.plain_text for each in chart.numbers if each.plain_text not in ("one", "two")]
    assert any("," in text for text in axis) == any("," in text for text in written)
    assert chart.get_right()[0] <= chart.box.right + 0.05
    assert BarChart(Series(result, "y"), values=True, spec=".1f").names[1].plain_text == f"{values[1]:.1f}"


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_that_was_given_no_box_stays_in_a_narrow_frame(name: str, found: Result) -> None:
    with tempconfig({"frame_width": 9.6, "frame_height": 8.0}):
        chart = CHARTS[name](found)
        assert chart.get_left()[0] >= -4.8 + 0.5
        assert chart.get_right()[0] <= 4.8 - 0.5
        wide = CHARTS[name](found).within(-6.5, 3.5, 13.0, 6.6)
        assert wide.get_right()[0] > 4.8, "who asks for a box gets it"
