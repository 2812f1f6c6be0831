"""Where names of points stand: as rectangles, without letters."""

from __future__ import annotations

import time
from typing import Any

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


NOTHING = np.zeros((0, 4))


def bad(middles: np.ndarray) -> dict[str, float]:
    """The area of dots under names, that which names share, and how many names stand nearer to another's point."""
    boxes = np.concatenate([middles - SIZES / 2, middles + SIZES / 2], axis=1)
    gaps = np.array(
        [[np.hypot(*np.maximum(np.abs(m - p) - s / 2, 0)) for p in PLACES] for m, s in zip(middles, SIZES, strict=True)]
    )
    return {
        "dots": sum(float(_shared(boxes, dot).sum()) for dot in DOTS),
        "names": sum(float(_shared(boxes[:n], box).sum()) for n, box in enumerate(boxes)),
        "astray": float((gaps.min(axis=1) < gaps.diagonal()).sum()),
    }


@pytest.mark.parametrize(
    ("without", "value", "worse", "than"),
    [("_RINGS", ((1.0, 2.6),), "names", 40), ("_WEIGHT", 1, "dots", 20), ("_ASTRAY", 0, "astray", 3)],
)
def test_in_a_row_of_close_points_names_hide_no_dot_and_stay_with_their_own(
    without: str, value: Any, worse: str, than: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found() -> dict[str, float]:
        return bad(apart(PLACES, SIZES, GAP, DOTS, NOTHING, WINDOW))

    now = found()
    assert now["dots"] == pytest.approx(0, abs=1e-6)
    assert now["names"] < 1.5 * 10.8, "the air between two of them"
    assert now["astray"] <= 1
    monkeypatch.setattr(f"tapehead.analysis.apart.{without}", value)
    assert found()[worse] > than, "so it is needed"


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
