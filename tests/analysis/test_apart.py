"""Where names of points stand: as rectangles, without letters."""

from __future__ import annotations

import numpy as np
import pytest

from tapehead.analysis.apart import _shared, apart

ASKED = np.array([38.0, 54.0, 45.0, 33.0, 36.0, 51.0, 40.0, 28.0, 31.0, 44.0, 56.0, 42.0])
WAIT = np.array([1.704, 8.565, 3.091, 1.232, 1.498, 5.646, 2.000, 0.838, 1.070, 2.705, 14.226, 2.351])
LETTERS = np.array([6, 6, 7, 8, 8, 8, 8, 8, 8, 8, 8, 8])
PLACES = 0.6 * np.stack([109 + 16.5 * (ASKED - 30), 90 + 22.5 * (WAIT - 2)], axis=1)
SIZES = np.stack([3.96 * LETTERS + 1.5, np.full(12, 10.8)], axis=1)
WINDOW = (32.4, 30.0, 337.2, 229.2)
DOTS = np.concatenate([PLACES - 2, PLACES + 2], axis=1)


def hidden(middles: np.ndarray) -> float:
    """The area of dots and names that lies under names."""
    boxes = np.concatenate([middles - SIZES / 2, middles + SIZES / 2], axis=1)
    on_dots = sum(float(_shared(boxes, dot).sum()) for dot in DOTS)
    return on_dots + sum(float(_shared(boxes[:n], box).sum()) for n, box in enumerate(boxes))


def test_in_a_row_of_close_points_two_names_step_aside_together(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = np.repeat(DOTS, 8, axis=0)
    assert hidden(apart(PLACES, SIZES, 3.75, taken, WINDOW, crowded=True)) == 0
    monkeypatch.setattr("tapehead.analysis.apart._two_at_a_time", lambda *_given: None)
    assert hidden(apart(PLACES, SIZES, 3.75, taken, WINDOW, crowded=True)) > 0, "one at a time, none finds room"


def test_the_shared_area_of_two_boxes() -> None:
    boxes = np.array([[0.0, 0.0, 2.0, 2.0], [3.0, 3.0, 4.0, 4.0]])
    assert _shared(boxes, np.array([1.0, 1.0, 5.0, 1.5])).tolist() == [0.5, 0.0]
