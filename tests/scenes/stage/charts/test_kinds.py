"""Boxes, dates, tables, pictures, networks and functions: in their box, true to their values, kept on change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from manim import VGroup, tempconfig

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Result, quantity
from tapehead.scenes.stage.charts import (
    Box,
    BoxChart,
    Function,
    FunctionChart,
    ImageGrid,
    LineChart,
    NamedAxes,
    NetworkChart,
    ScatterChart,
    Series,
    Table,
    each_of,
)
from tapehead.scenes.stage.lettering import Lettering

GROUPS = ("two", "3 of them", "four")


@pytest.fixture(autouse=True)
def own_media(media: Any) -> Any:
    with tempconfig({"media_dir": str(media)}):
        yield


def made(scale: float = 1.0, name: str = "found") -> Result:
    rng = np.random.default_rng(4)
    here = {"group": GROUPS}
    edges = scale * np.array([[0, 2.0, 0, -1], [2, 0, 1, 0], [0, 1, 0, 0], [-1, 0, 0, 0]])
    return Result(
        {
            "length": quantity(scale * rng.normal(size=(3, 40)), "group", "draw", unit="cm", labels=here),
            "count": quantity(scale * np.array([4.0, 25, 1168]), "group", labels=here),
            "share": quantity(np.array([0.92, 1.15, 1.161]), "group", labels=here, unit="kg"),
            "bare": quantity([1.0, 2, 3], "place"),
            "pictures": quantity(scale * rng.random((3, 6, 9)), "group", "row", "column", labels=here),
            "edges": quantity(edges, "from", "to", labels={"from": ("a", "b", "c", "7")}),
            "at": quantity([[0.0, 0], [1, 1], [2, 0], [3, 5]], "from", "xy"),
            "slope": quantity(scale * 0.5),
            "day": quantity([0.0, 40, 100, 300], "time", unit="days since 2019-11-20"),
            "light": quantity([8.0, 7.5, 12, 15], "time", unit="hours"),
        },
        name=name,
    )


@pytest.fixture(scope="module")
def found() -> Result:
    return made()


def line(x: Any, slope: float) -> Any:
    return slope * x


KINDS: dict[str, Callable[[Result], Any]] = {
    "box": lambda r: BoxChart(*each_of(r, "length", "group"), title="length"),
    "strip": lambda r: BoxChart(*each_of(r, "length", "group"), shown="strip"),
    "both": lambda r: BoxChart(*each_of(r, "length", "group"), shown="both", zero=True),
    "table": lambda r: Table(Series(r, "count"), Series(r, "share", label="share"), specs=[",.0f", ".2f"], title="all"),
    "pictures": lambda r: ImageGrid(r, "pictures", "group", title="three"),
    "network": lambda r: NetworkChart(r, "edges", places="at", title="who"),
    "function": lambda r: FunctionChart(Function(line, (r.read("slope"),)), over=(0, 4), y="height"),
    "dates": lambda r: LineChart(Series(r, "light", x="day"), y="daylight"),
}


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("box", [Box(), Box(-6.5, 3.4, 6.2, 4.0)])
def test_every_kind_stays_in_its_box(name: str, box: Box, found: Result) -> None:
    chart = KINDS[name](found).within(box.left, box.top, box.width, box.height)
    assert box.left - 0.05 <= chart.get_left()[0] < chart.get_right()[0] <= box.right + 0.05
    assert box.bottom - 0.05 <= chart.get_bottom()[1] < chart.get_top()[1] <= box.top + 0.05
    assert chart.height > 0.6 * box.height


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_drawn_highlighted_and_made_plain(name: str, found: Result) -> None:
    chart = KINDS[name](found)
    assert chart.draw().run_time > 0
    chart.highlight(1)
    chart.plain()
    note = chart.annotate("here: {x:.1f}", 1, x=found.read("slope"))
    assert note[0].shown[0]["source"] == "found/slope[]"
    assert note in chart.extras.submobjects
    with pytest.raises(EpisodeError, match="asked for"):
        chart.highlight(1000)


def test_what_is_hollow_stays_hollow_when_others_stand_out(found: Result) -> None:
    chart = KINDS["both"](found)
    paint = [(part.get_fill_opacity(), part.get_stroke_opacity()) for mark in chart.marks for part in mark.get_family()]
    finished(chart.highlight(0))
    assert max(part.get_stroke_opacity() for part in chart.mark(1).get_family()) < 0.5
    bodies = [part for mark in chart.marks for part in mark if type(part).__name__ == "Rectangle"]
    assert [body.get_fill_opacity() for body in bodies] == [0, 0, 0]
    finished(chart.plain())
    again = [(part.get_fill_opacity(), part.get_stroke_opacity()) for mark in chart.marks for part in mark.get_family()]
    assert np.allclose(again, paint)


def finished(group: Any) -> None:
    for told in group.animations:
        move = told.build() if hasattr(told, "build") else told
        move.begin()
        move.finish()


@pytest.mark.parametrize("name", [kind for kind in KINDS if kind != "dates"])
def test_every_kind_becomes_another_in_its_place(name: str, found: Result) -> None:
    other = made(0.5, "other")
    chart = KINDS[name](found)
    before = [mark.get_center().copy() for mark in chart.marks]
    new: tuple[Any, ...] = {
        "box": each_of(other, "length", "group"),
        "table": (Series(other, "count"), Series(other, "share")),
        "function": (Function(line, (other.read("slope"),)),),
    }.get({"strip": "box", "both": "box"}.get(name, name), (other,))
    finished(chart.update_to(*new))
    assert len(chart.marks) == len(before)
    if name in ("table", "network", "pictures"):
        assert np.allclose([mark.get_x() for mark in chart.marks], [place[0] for place in before], atol=0.3)
    else:
        assert chart.marks[0].height < 1.0 * KINDS[name](found).marks[0].height
    if name == "table":
        assert [chart.cell(2, n).plain_text for n in (0, 1)] == ["584", "1.16"]


def test_a_box_stands_where_its_quartiles_are(found: Result) -> None:
    chart = KINDS["box"](found)
    for n, values in enumerate(found["length"]):
        body = next(part for part in chart.mark(n) if type(part).__name__ == "Rectangle")
        first, third = np.percentile(values, (25, 75))
        assert body.get_bottom()[1] == pytest.approx(chart.at(n, first)[1], abs=1e-6)
        assert body.get_top()[1] == pytest.approx(chart.at(n, third)[1], abs=1e-6)
        assert chart.mark(n)[-1].get_y() == pytest.approx(chart.at(n, np.median(values))[1])


def test_names_with_digits_and_numbers_in_cells_say_where_they_were_read(found: Result) -> None:
    for kind, wanted in (
        ("box", {"found/length:group"}),
        ("table", {"found/count:group", "found/share[2]"}),
        ("pictures", {"found/pictures:group"}),
        ("network", {"found/edges:from"}),
        ("function", {"found/slope[]/y (axis)"}),
    ):
        family = KINDS[kind](found).get_family()
        sources = {each["source"] for part in family if isinstance(part, Lettering) for each in part.shown}
        assert sources >= wanted, kind


def test_numbers_of_a_column_end_at_one_line(found: Result) -> None:
    table = KINDS["table"](found)
    assert [table.cell(n, 0).plain_text for n in range(3)] == ["4", "25", "1,168"]
    assert np.ptp([table.cell(n, 0).get_right()[0] for n in range(3)]) < 1e-6
    assert table.frame(1, 1)[0].get_center() == pytest.approx(table.cell(1, 1).get_center())


def test_pictures_share_one_scale(found: Result) -> None:
    grid = KINDS["pictures"](found)
    values = found["pictures"]
    share = (values - values.min()) / np.ptp(values)
    assert np.abs(grid.pictures[..., 0] / 255 - share).max() < 1 / 255
    colour = Result({"p": quantity(np.full((2, 3, 4, 4), 0.5), "n", "channel", "row", "column")}, name="c")
    assert ImageGrid(colour, "p", "n").pictures.shape == (2, 4, 4, 3)


def test_a_network_has_the_edges_of_its_quantity(found: Result) -> None:
    chart = KINDS["network"](found)
    assert len(chart.wires) == 3
    strong, weak = chart.edge("a", "b"), chart.edge(2, "b")
    assert strong.get_stroke_width() > weak.get_stroke_width()
    assert chart.edge("7", "a").get_stroke_color() != strong.get_stroke_color(), "minus is cool"
    assert float(chart.reading("a", "7")) == -1
    with pytest.raises(EpisodeError, match="no edge from a to c"):
        chart.edge("a", "c")
    x = [disc.get_x() for disc in chart.discs]
    assert np.diff(x) == pytest.approx(np.full(3, x[1] - x[0]))
    ring = NetworkChart(found, "edges")
    middle = np.mean([disc.get_center() for disc in ring.discs], axis=0)
    assert np.ptp([np.linalg.norm((disc.get_center() - middle)[:1]) for disc in ring.discs[::2]]) < 1e-6


def test_a_law_passes_through_the_points_that_follow_it() -> None:
    xs = np.array([1.0, 10, 100])
    found = Result({"x": quantity(xs, "n"), "y": quantity(2 / np.sqrt(xs), "n"), "s": quantity(2.0)}, name="r")
    chart = ScatterChart(Series(found, "y", x="x"), x_scale="log", y_scale="log")
    curve, name = chart.trace(Function(lambda x, s: s / np.sqrt(x), (found.read("s"),), label="law"))
    places = curve.get_all_points()
    for dot in chart.marks:
        assert np.linalg.norm(places - dot.get_center(), axis=1).min() < 0.03
    assert isinstance(name, Lettering)
    with pytest.raises(EpisodeError, match="does not pass"):
        chart.trace(Function(lambda x: -x))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda r: Function(line, (0.5,)), "parameters are readings"),
        (lambda r: FunctionChart(Function(np.log), over=(-1, 1)), "no numbers"),
        (lambda r: FunctionChart(Function(lambda x: x[:3]), over=(0, 1)), "takes and gives one row"),
        (lambda r: BoxChart(Series(r, "bare")), "no label to stand under"),
        (lambda r: BoxChart(*each_of(r, "length", "group"), shown="violin"), "not 'violin'"),
        (lambda r: each_of(r, "length", "nobody"), "has no axis 'nobody'"),
        (lambda r: Table(Series(r, "bare")), "name its rows"),
        (lambda r: Table(Series(r, "count"), specs=["", ""]), "given 2 formats"),
        (lambda r: Table(Series(r, "count")).within(0, 0, 3, 0.9), "no room for a table"),
        (lambda r: Table(Series(r, "count")).reference(1), "no axes"),
        (lambda r: ImageGrid(r, "count", "group"), "no row of pictures"),
        (lambda r: ImageGrid(r, "pictures", "group").within(0, 0, 1, 0.5), "give it more"),
        (lambda r: NetworkChart(r, "length"), "square"),
        (lambda r: NetworkChart(r, "edges", places="share"), "for this network it is"),
        (lambda r: NamedAxes((0, 0), (1, 1), (0, 1), (1, 2), ("", ""), scale="log"), "log scale"),
    ],
)
def test_what_cannot_be_drawn_says_what_to_do(make: Callable[[Result], Any], said: str, found: Result) -> None:
    with pytest.raises(EpisodeError, match=said):
        make(found)


def test_axes_with_names_alone_put_values_in_their_places() -> None:
    axes = NamedAxes((-1.0, -2.0), (4.0, 3.0), (0, 10), (-1, 1), ("x", ""))
    assert axes.at(5, 1) == pytest.approx([1.0, 1.0, 0.0])
    assert len(axes.names) == 1
    assert len(axes.decades) == 0
    logs = NamedAxes((0.0, 0.0), (4.0, 2.0), (1, 1e4), (0.5, 50), ("x", "y"), scale="log")
    assert logs.at(100, 5) == pytest.approx([2.0, 1.0, 0.0])
    assert len(logs.decades) == 3 + 2, "whole powers between the ends"
    dots = logs.dots(np.array([1, 1e4]), np.array([0.5, 50]), "#FFFFFF")
    assert isinstance(dots, VGroup)
    assert dots[1].get_center() == pytest.approx([4.0, 2.0, 0.0])


def test_the_name_of_a_curve_does_not_lie_on_the_band_of_a_line() -> None:
    n = np.linspace(1.0, 10.0, 10)
    for half in (0.1, 1.0, 2.5):  # the names of thin ones stand clear of them anyway
        y = 12 - n
        found = Result(
            {
                "n": quantity(n, "place"),
                "y": quantity(y, "place"),
                "ends": quantity(np.stack([y - half, y + half], axis=1), "place", "end"),
                "most": quantity(12.0),
            },
            name="found",
        )
        chart = LineChart(Series(found, "y", x="n", band="ends"), room_for=[Series(found, "y", x="n", band="ends")])
        _, name = chart.trace(Function(lambda x, most: most - x, (found.read("most"),), label="law"))
        for edge in (name.get_left()[0], name.get_right()[0]):
            share = (edge - chart.at(1, 0)[0]) / (chart.at(10, 0)[0] - chart.at(1, 0)[0])
            roof = chart.at(0, 12 - (1 + 9 * min(share, 1.0)) + half)[1]
            assert name.get_bottom()[1] > roof, f"the band reaches {half} up"
