"""Where names of points stand so that they lie neither on each other nor on the points: for the stage and for print."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
"""Where a name may stand, seen from its point, the first one preferred: right, left, above, below, and the corners."""
_RINGS = (1.0, 2.6)
"""Gaps, in the usual one: further out only where nearer there is no room."""
_ROUNDS = 6
_DIAGONAL = 0.6
"""At a corner of the name its point is further away than beside it."""


def apart(
    places: np.ndarray,
    sizes: np.ndarray,
    gap: float,
    taken: np.ndarray,
    within: tuple[float, float, float, float],
    first: Sequence[tuple[int, int]] = (),
) -> np.ndarray:
    """The middles of names, ``(n, 2)``.

    A name stays on its preferred side unless it would lie on something there.  Where there is no room for all, as
    little as can be is hidden, and what is left is for a check of the layout to tell.  The same points always give the
    same places.

    Args:
        places: of the points, ``(n, 2)``.
        sizes: width and height of each name, ``(n, 2)``.
        gap: between a point and its name.
        taken: boxes that should stay free, ``(m, 4)``: left, bottom, right, top.
        within: the box that names should not leave.
        first: the preferred side of each name; :data:`SIDES`' first where this is empty.
    """
    count = len(places)
    if not count:
        return np.zeros((0, 2))
    ways = np.array([ring * np.array(side, float) for ring in _RINGS for side in SIDES])
    corner = np.abs(ways).min(axis=1) > 0
    reach = gap * np.where(corner, _DIAGONAL, 1.0)[:, None] * ways
    middles = places[:, None] + reach + np.sign(ways) * sizes[:, None] / 2
    boxes = np.concatenate([middles - sizes[:, None] / 2, middles + sizes[:, None] / 2], axis=2)
    area = sizes.prod(axis=1)[:, None]
    order = np.arange(len(ways)) * 1e-3 * area
    for n, side in enumerate(first):
        order[n, SIDES.index(side)] = -1e-3 * area[n, 0]
    window = np.array(within)
    outside = area - _shared(boxes, window)
    cost = order + 4 * outside + sum((_shared(boxes, np.asarray(box)) for box in taken), np.zeros_like(order))
    chosen = np.zeros(count, int)
    for n in range(count):  # each beside those before it, and then anew beside all
        others = sum((_shared(boxes[n], boxes[m, chosen[m]]) for m in range(n)), np.zeros(len(ways)))
        chosen[n] = np.argmin(cost[n] + 2 * others)
    for _ in range(_ROUNDS):
        before = chosen.copy()
        for n in range(count):
            others = sum((_shared(boxes[n], boxes[m, chosen[m]]) for m in range(count) if m != n), np.zeros(len(ways)))
            chosen[n] = np.argmin(cost[n] + 2 * others)
        if (before == chosen).all():
            break
    return np.asarray(middles[np.arange(count), chosen])


def _shared(boxes: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The area that each box ``(..., 4)`` has in common with another one."""
    width = np.minimum(boxes[..., 2], other[2]) - np.maximum(boxes[..., 0], other[0])
    height = np.minimum(boxes[..., 3], other[3]) - np.maximum(boxes[..., 1], other[1])
    return np.asarray(np.maximum(width, 0) * np.maximum(height, 0))
