"""The square that closes: both ways round end at the same dot."""

from __future__ import annotations

import numpy as np
import pytest

from tapehead.analysis.errors import EpisodeError
from tapehead.scenes.stage.squares import CommutingSquare


def test_both_ways_round_end_at_the_same_dot() -> None:
    square = CommutingSquare(6, 3, radius=0.4)
    upper_left, upper_right, lower_left, lower_right = (dot.get_center() for dot in square.dots)
    for arrow, start, end in (
        (square.over, upper_left, upper_right),
        (square.right, upper_right, lower_right),
        (square.left, upper_left, lower_left),
        (square.under, lower_left, lower_right),
    ):
        way = (end - start) / np.linalg.norm(end - start)
        assert arrow.get_start() == pytest.approx(start + 0.5 * way)
        assert arrow.get_end() == pytest.approx(end - 0.5 * way, abs=0.02)


def test_sizes_and_colours_are_checked() -> None:
    with pytest.raises(EpisodeError, match="two colours"):
        CommutingSquare(colours=("#FFFFFF",))
    with pytest.raises(EpisodeError, match="width"):
        CommutingSquare(width=0)
