"""Where names of points stand: as rectangles, without letters."""

from __future__ import annotations

import time

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
GAP = 3.75


def hidden(middles: np.ndarray) -> float:
    """The area of dots and names that lies under names."""
    boxes = np.concatenate([middles - SIZES / 2, middles + SIZES / 2], axis=1)
    on_dots = sum(float(_shared(boxes, dot).sum()) for dot in DOTS)
    return on_dots + sum(float(_shared(boxes[:n], box).sum()) for n, box in enumerate(boxes))


NOTHING = np.zeros((0, 4))


def test_in_a_row_of_close_points_names_hide_no_dot_and_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def found() -> np.ndarray:
        return apart(PLACES, SIZES, GAP, DOTS, NOTHING, WINDOW)

    assert hidden(found()) == pytest.approx(0, abs=1e-6)
    assert (np.abs(found() - PLACES) - SIZES / 2).max(axis=1).max() < 5 * GAP, "each stays with its point"
    with monkeypatch.context() as without:
        without.setattr("tapehead.analysis.apart._RINGS", ((1.0, 2.6),))
        assert hidden(found()) > 1, "with few places to stand, it needs more"
    with monkeypatch.context() as without:
        without.setattr("tapehead.analysis.apart._WEIGHT", 1)
        assert hidden(found()) > 1, "were a dot no more than its area, it would be hidden"


def test_what_has_room_stays_where_it_is_preferred() -> None:
    lone = apart(PLACES[:1], SIZES[:1], GAP, DOTS[:1], NOTHING, WINDOW)
    assert lone[0] == pytest.approx(PLACES[0] + [GAP + SIZES[0, 0] / 2, 0])
    above = apart(PLACES[:1], SIZES[:1], GAP, DOTS[:1], NOTHING, WINDOW, [(0, 1)])
    assert above[0] == pytest.approx(PLACES[0] + [0, GAP + SIZES[0, 1] / 2])


def test_where_there_is_no_room_it_ends_soon_and_stays_inside() -> None:
    rng = np.random.default_rng(3)
    places = rng.uniform((60, 60), (200, 150), (150, 2))
    sizes = np.full((150, 2), (40.0, 11.0))
    began = time.process_time()
    dots = np.concatenate([places - 2, places + 2], axis=1)
    found = apart(places, sizes, GAP, dots, NOTHING, (0.0, 0.0, 400.0, 300.0))
    assert time.process_time() - began < 20, "a hundred times what it takes"
    assert ((found - sizes / 2 > -1) & (found + sizes / 2 < (401, 301))).all()


def test_the_shared_area_of_two_boxes() -> None:
    boxes = np.array([[0.0, 0.0, 2.0, 2.0], [3.0, 3.0, 4.0, 4.0]])
    assert _shared(boxes, np.array([1.0, 1.0, 5.0, 1.5])).tolist() == [0.5, 0.0]
