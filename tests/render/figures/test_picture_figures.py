"""Sheets of pictures, from small hand-made ones: the pixels in the file are those of the result, in the right place."""

from __future__ import annotations

import base64
import io
import re
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tapehead.analysis.errors import ResultError
from tapehead.analysis.figures import Axis, Figure, Series
from tapehead.analysis.results import Result, quantity
from tapehead.render.figures.make import Wanted, drawn
from tapehead.render.figures.pick import FigureResults
from tapehead.render.figures.pictures import rows_of
from tapehead.render.figures.style import STYLES
from tests.render.figures.test_figures import Drawing

PICTURE = ("channel", "row", "column")
RNG = np.random.default_rng(3)


def results(**quantities: Any) -> FigureResults:
    return FigureResults(Result(quantities, name="r"), {})


def sheet(*series: Series, **more: Any) -> Figure:
    return Figure("p", "pictures", "s", series, **more)


def svg(figure: Figure, own: FigureResults) -> Drawing:
    return Drawing(drawn(figure, own, STYLES["light"], Wanted(("svg",)))["svg"])


def pixels(page: Drawing) -> dict[str, np.ndarray]:
    """The embedded pictures as bytes (h, w, 3), by the name that they have in the file."""
    found = {}
    for tag in re.findall(r"<image [^>]*>", page.text, re.S):
        name, data = re.search(r'id="(data-[^"]*)"', tag), re.search(r"base64,\s*([^\"]+)", tag)
        if name and data:
            with Image.open(io.BytesIO(base64.b64decode(data[1]))) as picture:
                values = np.asarray(picture.convert("RGB"))
            # Some are stored upside down, and turned where they are placed.
            found[name[1]] = values[::-1] if "scale(1 -1)" in tag else values
    return found


def middles(picture: np.ndarray, side: int) -> np.ndarray:
    """The colour in the middle of each of side x side blocks, however much the picture was enlarged."""
    at = [((np.arange(side) + 0.5) * size / side).astype(int) for size in picture.shape[:2]]
    return picture[np.ix_(*at)]


def test_bytes_stand_where_their_axes_say() -> None:
    values = RNG.integers(0, 256, (2, 3, 3, 4, 4)).astype(np.uint8)
    own = results(
        walls=quantity(values, "way", "sample", *PICTURE, labels={"way": ("before", "after")}),
        amount=quantity([-4.0, 0.0, 4.0], "sample"),
    )
    page = svg(sheet(Series("walls", x="amount"), x=Axis("push", "amount")), own)
    found = pixels(page)
    assert len(found) == 6
    for index, picture in enumerate(values.reshape(-1, 3, 4, 4)):
        # Resampling rounds once more: a colour may be one step off.
        assert np.abs(middles(found[f"data-0-{index}"], 4).astype(int) - picture.transpose(1, 2, 0)).max() <= 1
    assert {"before", "after", "\N{MINUS SIGN}4", "0", "4", "push"} <= page.words()
    swapped = rows_of(sheet(Series("walls", over="sample")), own)
    assert [row.label for row in swapped] == ["1", "2", "3"]
    np.testing.assert_allclose(swapped[2].pictures[1], values[1, 2].transpose(1, 2, 0) / 255)


def test_long_rows_are_broken_or_thinned() -> None:
    values = RNG.random((7, 3, 2, 2))
    own = results(faces=quantity(values, "sample", *PICTURE))
    broken = rows_of(sheet(Series("faces", label="all"), columns=3), own)
    assert [(row.label, len(row.pictures), row.names) for row in broken] == [
        ("all", 3, ("1", "2", "3")),
        ("", 3, ("4", "5", "6")),
        ("", 1, ("7",)),
    ]
    assert [row.first for row in broken] == [0, 3, 6]
    (thinned,) = rows_of(sheet(Series("faces", every=4)), own)
    assert thinned.names == ("1", "5", "7")
    np.testing.assert_allclose(thinned.pictures, values[[0, 4, 6]].transpose(0, 2, 3, 1))
    with pytest.raises(ResultError, match="1 or more"):
        rows_of(sheet(Series("faces", every=0)), own)


def test_single_pictures_share_a_row_and_signs_are_even_about_grey() -> None:
    ghost = RNG.normal(size=(3, 2, 2))
    own = results(mean=quantity(RNG.random((3, 2, 2)), *PICTURE), ghost=quantity(ghost, *PICTURE))
    (row,) = rows_of(sheet(Series("mean", label="average"), Series("ghost", label="ghost")), own)
    assert row.names == ("average", "ghost")
    shown = row.pictures[1].transpose(2, 0, 1)
    np.testing.assert_allclose((shown - 0.5) * 2 * np.abs(ghost).max(), ghost, atol=1e-12)
    page = svg(sheet(Series("mean", label="average"), Series("ghost", label="ghost")), own)
    assert set(pixels(page)) == {"data-0-0", "data-0-1"}


def test_the_page_is_as_high_as_its_rows() -> None:
    def height(rows: int) -> float:
        own = results(faces=quantity(RNG.random((rows, 6, 3, 4, 4)), "way", "sample", *PICTURE))
        found = re.search(r'<svg[^>]*? height="([\d.]+)pt"', svg(sheet(Series("faces")), own).text)
        assert found
        return float(found[1])

    # A further row of squares: equal steps, which a fixed aspect would not give.
    assert height(3) - height(2) == pytest.approx(height(2) - height(1), rel=1e-3)
    assert height(2) > 1.3 * height(1)


@pytest.mark.parametrize(
    ("values", "axes", "says"),
    [
        (np.ones((2, 4, 4)), ("sample", "row", "column"), "holds no pictures"),
        (np.ones((4, 4, 4)), PICTURE, "4 channels"),
        (np.full((3, 4, 4), 2.0), PICTURE, "goes up to 2"),
        (np.ones((2, 2, 2, 3, 4, 4)), ("a", "b", "c", *PICTURE), "fix all but two"),
    ],
)
def test_what_is_no_picture_is_refused(values: np.ndarray, axes: tuple[str, ...], says: str) -> None:
    with pytest.raises(ResultError, match=says):
        rows_of(sheet(Series("what")), results(what=quantity(values, *axes)))


def test_names_that_do_not_belong_to_the_row_are_refused() -> None:
    own = results(
        faces=quantity(np.ones((2, 3, 4, 4)), "sample", *PICTURE), score=quantity(np.ones((2, 9)), "sample", "a")
    )
    with pytest.raises(ResultError, match="not one number per sample"):
        rows_of(sheet(Series("faces", x="score")), own)
    with pytest.raises(ResultError, match="no axis 'way'"):
        rows_of(sheet(Series("faces", over="way")), own)
    with pytest.raises(ResultError, match="2 places along sample"):
        rows_of(sheet(Series("faces", where={"sample": 2})), own)


# -- what these films asked of the other kinds


def test_a_closed_path_ends_where_it_began() -> None:
    corners = quantity([[0.0, 0.0], [2.0, 0.0], [2.0, 1.0]], "angle", "axis")
    for closed, count in ((False, 3), (True, 4)):
        page = svg(Figure("c", "plane", "s", (Series("way", style="path", closed=closed),)), results(way=corners))
        line = page.line("data-0-0")
        assert len(line) == count
        if closed:
            np.testing.assert_allclose(line[0], line[-1])


def test_bars_have_a_line_to_compare_with() -> None:
    own = results(
        right=quantity([80.0, 60.0], "edit", unit="%", labels={"edit": ("none", "both")}),
        most=quantity(57.0, unit="%"),
    )
    figure = Figure("b", "bars", "s", (Series("most", label="always no", style="mark"), Series("right", label="probe")))
    page = svg(figure, own)
    assert page.groups(r"data-1-\d") == ["data-1-0", "data-1-1"]
    heights = page.line("data-0-0")[:, 1]
    np.testing.assert_allclose(heights, 57.0, atol=0.2)
    assert {"always no", "none", "both"} <= page.words()
    with pytest.raises(ResultError, match="marks and no bars"):
        svg(Figure("b", "bars", "s", (Series("most", style="mark"),)), own)
