"""Shapes on the canvas, against areas by formula."""

import numpy as np
import pytest

from tapehead.analysis.errors import UsageError
from tapehead.analysis.vision.world.canvas import Canvas, grey

BLACK, WHITE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)


def test_an_ellipse_has_its_area_and_lies_where_it_was_placed() -> None:
    canvas = Canvas(64, BLACK, 8)
    canvas.place(0.25, 0.5, 0.5)
    canvas.ellipse(0, 0, 0.4, 0.2)
    canvas.fill(WHITE)
    shown = grey(canvas.picture())
    assert shown.mean() == pytest.approx(np.pi * 0.2 * 0.1, rel=0.01)
    rows, columns = np.nonzero(shown > 0.5)
    assert (columns.mean() + 0.5) / 64 == pytest.approx(0.25, abs=0.01)
    assert (rows.mean() + 0.5) / 64 == pytest.approx(0.5, abs=0.01)
    assert canvas.where(0, 0) == pytest.approx((0.25, 0.5))


def test_colours_keep_their_order() -> None:
    canvas = Canvas(8, (1.0, 0.5, 0.0))
    assert canvas.picture()[0, 0] == pytest.approx([1, 0.5, 0], abs=0.01)


def test_a_flipped_thing_is_a_mirror_image() -> None:
    pictures = []
    for flip in (False, True):
        canvas = Canvas(32, BLACK)
        canvas.place(0.5, 0.5, 1, 0, flip)
        canvas.box(0.1, -0.2, 0.4, 0.3)
        canvas.fill(WHITE)
        pictures.append(canvas.picture())
    assert np.allclose(pictures[0], pictures[1][:, ::-1], atol=0.02)
    assert not np.allclose(pictures[0], pictures[1])


@pytest.mark.parametrize("side", [4, 5000])
def test_a_side_that_is_no_picture_is_refused(side: int) -> None:
    with pytest.raises(UsageError, match="between 8 and 2048 pixels"):
        Canvas(side, BLACK)
