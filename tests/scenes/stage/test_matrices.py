"""Matrices: entries where rows and columns meet, frames round what they name, and shapes that must fit."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from manim import DL, UR

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Result
from tapehead.scenes.stage.lettering import BODY, TITLE, Words
from tapehead.scenes.stage.matrices import (
    WEIGHT_COLOURS,
    Box,
    MatrixEquation,
    box_of,
    column,
    column_frame,
    row_frame,
    weights,
)
from tapehead.scenes.stage.palette import EAR, INK, NOSE, OUTPUT


def box(high: int, wide: int) -> Box:
    return Box([[Words("abc"[(i + j) % 3]) for j in range(wide)] for i in range(high)])


def shown(made: Box) -> list[list[float]]:
    return [[entry.shown[0]["value"] for entry in row] for row in made.rows]


def encloses(outer, inner) -> bool:
    low, high = (inner.get_corner(corner)[:2] for corner in (DL, UR))
    return bool(np.all(outer.get_corner(DL)[:2] <= low) and np.all(high <= outer.get_corner(UR)[:2]))


def test_weights_stand_in_their_rows_and_columns(numbers: Result) -> None:
    made = weights(numbers)
    assert shown(made) == numbers["W"].tolist()
    assert made.shape == (2, 2)
    colours = [[entry[0].get_fill_color().to_hex() for entry in row] for row in made.rows]
    assert colours == [list(row) for row in WEIGHT_COLOURS]
    assert made.rows[0].get_y() > made.rows[1].get_y()
    assert made.column(0).get_x() < made.column(1).get_x()
    assert made.rows[0][1].get_x() == pytest.approx(made.rows[1][1].get_x())


def test_boxes_of_other_shapes(numbers: Result) -> None:
    made = weights(numbers, "tall")
    assert (made.shape, shown(made)) == ((2, 3), numbers["tall"].tolist())
    assert {entry[0].get_fill_color().to_hex() for row in made.rows for entry in row} == {INK}
    assert shown(column(numbers, "x", (NOSE, EAR), cat="Mia")) == [[1.0], [2.0]]
    assert shown(column(numbers, "a", (OUTPUT, OUTPUT))) == [[2.75], [1.25]]
    with pytest.raises(EpisodeError, match="shows two"):
        weights(numbers, "a")


@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (1, 4), (3, 1)])
def test_brackets_hold_all_entries(shape: tuple[int, int]) -> None:
    made = box(*shape)
    left, right = made.bracket
    assert left.get_right()[0] <= made.rows.get_left()[0] < made.rows.get_right()[0] <= right.get_left()[0]
    assert left.get_top()[1] > made.rows.get_top()[1]
    assert left.get_bottom()[1] < made.rows.get_bottom()[1]


def test_a_larger_size_is_the_same_box_enlarged(numbers: Result) -> None:
    small, large = weights(numbers), weights(numbers, size=TITLE)
    spread = [b.column(1).get_x() - b.column(0).get_x() for b in (small, large)]
    assert spread[1] / spread[0] == pytest.approx(TITLE / BODY, rel=0.03)


@pytest.mark.parametrize("entries", [[], [[]], [["a", "b"], ["c"]]])
def test_ragged_boxes_are_refused(entries: list[list[str]]) -> None:
    with pytest.raises(EpisodeError, match="rows of one length"):
        Box([[Words(entry) for entry in row] for row in entries])


def test_a_colour_for_every_reading(numbers: Result) -> None:
    with pytest.raises(EpisodeError, match="colours"):
        box_of([numbers.row("W", along="input", output="nap")], [(NOSE,)])


def test_frames_hold_what_they_name_and_nothing_else(numbers: Result) -> None:
    made = weights(numbers).shift([1.5, -0.7, 0])
    for i in range(2):
        across, down = row_frame(made, i), column_frame(made, i)
        assert encloses(across, made.rows[i])
        assert encloses(down, made.column(i))
        assert not encloses(across, made.rows[1 - i])
        assert not encloses(down, made.column(1 - i))
    assert row_frame(made, 0).width == pytest.approx(row_frame(made, 1).width)


def test_an_equation_stands_in_order_on_one_line(numbers: Result) -> None:
    left, right, answer = (
        weights(numbers),
        column(numbers, "x", (NOSE, EAR), cat="Tom"),
        column(numbers, "a", (INK,) * 2),
    )
    made = MatrixEquation(left, right, answer)
    parts = (made.left, made.right, made.equals, made.answer)
    for one, next_ in itertools.pairwise(parts):
        assert one.get_right()[0] < next_.get_left()[0]
        assert one.get_y() == pytest.approx(next_.get_y(), abs=1e-6)
    product = np.array(shown(made.left)) @ np.array(shown(made.right))
    np.testing.assert_allclose(product, shown(made.answer), err_msg="the example itself is true")


@pytest.mark.parametrize(
    ("left", "right", "answer", "fits"),
    [
        ((2, 2), (2, 1), (2, 1), True),
        ((1, 2), (2, 1), (1, 1), True),
        ((3, 2), (2, 4), (3, 4), True),
        ((2, 2), (1, 2), (2, 2), False),
        ((2, 3), (2, 1), (2, 1), False),
        ((2, 2), (2, 1), (1, 2), False),
        ((3, 2), (2, 4), (4, 3), False),
    ],
)
def test_shapes_must_fit(left, right, answer, fits: bool) -> None:
    def make() -> MatrixEquation:
        return MatrixEquation(box(*left), box(*right), box(*answer))

    if fits:
        make()
    else:
        with pytest.raises(EpisodeError, match="times"):
            make()


def test_one_number_may_stand_without_a_bracket() -> None:
    MatrixEquation(box(1, 2), box(2, 1), Words("a"))
    with pytest.raises(EpisodeError, match="makes 2 × 1, not 1 × 1"):
        MatrixEquation(box(2, 2), box(2, 1), Words("a"))
