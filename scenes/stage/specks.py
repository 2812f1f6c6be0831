"""Many small squares as one path: a crowd that can be drawn by the thousand, and that morphs speck by speck."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import VMobject


def specks(places: np.ndarray, colour: str, size: float = 0.1, opacity: float = 1.0) -> VMobject:
    """Many small squares as one path: (n, 2) places, ``size`` wide.  Two of equal length morph speck by speck."""
    made = VMobject()
    for x, y in np.asarray(places, dtype=float):
        corners = [np.array([x + size / 2 * a, y + size / 2 * b, 0.0]) for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
        made.start_new_path(corners[0])
        made.add_points_as_corners([*corners[1:], corners[0]])
    return made.set_stroke(width=0).set_fill(colour, opacity)


def block(count: int, rows: int, step: tuple[float, float], middle: Sequence[float]) -> np.ndarray:
    """(count, 2): places in columns of ``rows``, centred on ``middle``."""
    columns, offsets = np.divmod(np.arange(count), rows)
    places = np.column_stack([columns * step[0], -offsets * step[1]])
    return places - (places.max(axis=0) + places.min(axis=0)) / 2 + np.array(middle[:2])
