"""Names of points in print: where they stand beside each other and beside what is drawn, in every format."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Canvas

from tapehead.analysis.figures import Axis, Figure, Series
from tapehead.analysis.results import Result, quantity
from tapehead.render.figures.language import Language
from tapehead.render.figures.make import Wanted, drawn
from tapehead.render.figures.names import keep_apart
from tapehead.render.figures.pick import FigureResults
from tapehead.render.figures.planes import draw_plane
from tapehead.render.figures.style import STYLES
from tapehead.render.figures.xy import draw_xy

CLOSE = np.array([[0.0, 0.0], [1.0, 1.0], [1.02, 1.01], [1.05, 0.97], [2.0, 0.4], [2.9, 0.42], [3.0, 0.4]])
"""Two heaps of points: names at their right would lie on each other, and on points."""
XY = Figure("near", "xy", "s", (Series("y", "x", "found", named=True),), Axis("across", "x"), Axis("up", "y"))
PLANE = Figure("near", "plane", "s", (Series("pair", label="found", named=True),), Axis("across", "x"), Axis("up", "y"))
DRAW = {"xy": draw_xy, "plane": draw_plane}

Box = tuple[float, float, float, float]


def near(points: np.ndarray, names: Sequence[str] = ()) -> FigureResults:
    """Each point has a name as long as its number is large, if it is not given one."""
    here = {"place": names or [f"place {'o' * n}{n}" for n in range(len(points))]}
    way = np.linspace(0, 3, 40)
    return FigureResults(
        Result(
            {
                "x": quantity(points[:, 0], "place", labels=here),
                "y": quantity(points[:, 1], "place", labels=here),
                "pair": quantity(points, "place", "two", labels=here),
                "to": quantity(points + np.array([0.9, 0.0]), "place", "two", labels=here),
                "way": quantity(way, "n"),
                "level": quantity(np.full(40, 0.4), "n"),
            },
            name="near",
        ),
        {},
    )


def canvas_of(figure: Figure, points: np.ndarray = CLOSE, dpi: int = 300, names: Sequence[str] = ()) -> Canvas:
    """The figure as it is drawn, with its names apart, at another resolution than it was laid out with."""
    import matplotlib as mpl

    with mpl.rc_context(dict(mpl.rcParamsDefault.items()) | STYLES["light"].parameters()):
        canvas = Canvas(figsize=(4.7, 3.1), layout="constrained", dpi=300)
        FigureCanvasAgg(canvas)
        DRAW[figure.kind](canvas.subplots(), figure, near(points, names), STYLES["light"])
        keep_apart(canvas)
        canvas.set_dpi(dpi)
        canvas.draw_without_rendering()
        return canvas


def names_of(canvas: Canvas) -> list[tuple[str, Box]]:
    (axes,) = canvas.axes
    named = [text for text in axes.texts if "-name-" in (text.get_gid() or "")]
    boxes = [text.get_window_extent() for text in named]
    return [(text.get_text(), (at.x0, at.y0, at.x1, at.y1)) for text, at in zip(named, boxes, strict=True)]


def dots_of(canvas: Canvas) -> list[tuple[str, Box]]:
    (axes,) = canvas.axes
    (line,) = [line for line in axes.lines if line.get_marker() == "o"]
    reach = line.get_markersize() / 2 * canvas.dpi / 72
    places = axes.transData.transform(line.get_xydata())
    return [("a dot", (x - reach, y - reach, x + reach, y + reach)) for x, y in places]


def shared(a: Box, b: Box) -> float:
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return wide * high if wide > 0 and high > 0 else 0.0


def overlaps(canvas: Canvas) -> list[tuple[str, str]]:
    names, dots = names_of(canvas), dots_of(canvas)
    pairs = [*itertools.combinations(names, 2), *itertools.product(names, dots)]
    return [(one, other) for (one, a), (other, b) in pairs if shared(a, b) > 1]


@pytest.mark.parametrize("dpi", [72, 300])
@pytest.mark.parametrize("figure", [XY, PLANE], ids=["xy", "plane"])
def test_names_lie_neither_on_each_other_nor_on_points_nor_outside(figure: Figure, dpi: int) -> None:
    canvas = canvas_of(figure, dpi=dpi)
    assert len(names_of(canvas)) == len(CLOSE)
    assert overlaps(canvas) == []
    page = canvas.bbox.extents
    for (name, box), (_, dot) in zip(names_of(canvas), dots_of(canvas), strict=True):
        assert page[0] <= box[0] and box[2] <= page[2] and page[1] <= box[1] and box[3] <= page[3], name
        gap = max(box[0] - dot[2], dot[0] - box[2], box[1] - dot[3], dot[1] - box[3])
        assert gap < 12 * dpi / 72, "a name stays with its point"


ROW = np.array(
    [
        [38, 1.7], [54, 8.6], [45, 3.1], [33, 1.25], [36, 1.5], [51, 5.65], [40, 2.0], [28, 0.84], [31, 1.1],
        [44, 2.7], [56, 14.2], [42, 2.35],
    ]
)  # fmt: skip
"""A film's twelve hours: in a row that close, names at two gaps hide a dot."""


def test_names_in_a_row_of_close_points_hide_none_of_them() -> None:
    assert overlaps(canvas_of(XY, ROW, names=HOURS)) == []


HOURS = [f"{n} to {n + 1}" for n in range(7, 19)]


def test_in_the_same_places_names_at_the_right_would_overlap() -> None:
    """So the test above looks at something."""
    canvas = canvas_of(XY)
    for text in canvas.axes[0].texts:
        text.set_horizontalalignment("left")
        text.set_position((4, 0))
    assert len(overlaps(canvas)) >= 3


def test_a_name_that_is_in_nobodys_way_stands_at_the_right() -> None:
    canvas = canvas_of(XY, np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 0.2]]))
    (_, box), (_, dot) = names_of(canvas)[1], dots_of(canvas)[1]
    assert box[0] > dot[2]
    assert (box[1] + box[3]) / 2 == pytest.approx((dot[1] + dot[3]) / 2, abs=1)


@pytest.mark.parametrize(
    ("figure", "span"),
    [
        (Figure("f", "xy", "s", (XY.series[0], Series("level", "way", "a law", "line")), XY.x, XY.y), (0.0, 3.0)),
        (
            Figure("f", "plane", "s", (Series("pair", style="arrows", to="to", named=True),), PLANE.x, PLANE.y),
            (2.0, 2.9),
        ),
    ],
    ids=["a line", "an arrow"],
)
def test_a_name_does_not_lie_on_what_runs_through_its_point(figure: Figure, span: tuple[float, float]) -> None:
    """The lone point at (2, 0.4), whose name stands at its right elsewhere, has a line or an arrow there."""
    canvas = canvas_of(figure)
    name, box = names_of(canvas)[4]
    (left, y), (right, _) = canvas.axes[0].transData.transform([(span[0], 0.4), (span[1], 0.4)])
    assert box[1] > y or box[3] < y or box[2] < left or box[0] > right, name


def test_equal_results_make_equal_places_and_a_file_has_every_name() -> None:
    one, other = (drawn(XY, near(CLOSE), STYLES["light"], Wanted(("svg",)))["svg"] for _ in range(2))
    assert one == other
    assert len(re.findall(rb'id="data-0-0-name-\d"', one)) == len(CLOSE)


def test_names_are_placed_as_wide_as_they_are_in_their_language() -> None:
    words = Language(
        "xx", {"place 0": "0", **{f"place {'o' * n}{n}": f"an other name for it {n}" for n in range(1, 7)}}
    )
    plain, other = (
        drawn(XY, near(CLOSE), STYLES["light"], Wanted(("svg",), language=language))["svg"]
        for language in (Wanted().language, words)
    )
    assert b"an other name for it 3" in other
    assert places(plain)[3] != places(other)[3]


def places(svg: bytes) -> list[bytes]:
    """Where each name begins on the page."""
    return re.findall(rb'id="data-0-0-name-\d">\s*(?:<!--.*?-->\s*)?<g[^>]*transform="([^"]*)"', svg, re.S)
