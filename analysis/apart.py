"""Where names of points stand so that they lie neither on each other nor on the points: for the stage and for print."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
"""Where a name may stand, seen from its point, the first one preferred: right, left, above, below, and the corners."""
_RINGS = ((1.0, 2.6), (1.0, 1.8, 2.6, 4.2))
"""Gaps, in the usual one: further out only where nearer there is no room.  More are tried where something is hidden."""
_ROUNDS = 6
_WEIGHT = 8
"""How much more a name avoids a dot than the same area of all else: it is small, and its value is lost under a name."""
_ASTRAY = 0.25
"""What it costs, in areas of the name, to stand nearer to another point than to one's own: less than to hide a dot."""
_NOTHING = 1e-9
"""The share of a name's area below which nothing is hidden: sums of areas are rounded."""
_DIAGONAL = 0.6
"""At a corner of the name its point is further away than beside it."""


def apart(
    places: np.ndarray,
    sizes: np.ndarray,
    gap: float,
    dots: np.ndarray,
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
        dots: boxes that no name should lie on, ``(m, 4)``: left, bottom, right, top.
        taken: boxes that should stay free if they can, ``(k, 4)``.
        within: the box that names should not leave.
        first: the preferred side of each name; :data:`SIDES`' first where this is empty.
    """
    if not len(places):
        return np.zeros((0, 2))
    best, least = np.zeros(0), np.inf
    for rings in _RINGS:
        found, hidden = _tried(places, sizes, gap, (dots, taken), np.array(within), first, rings)
        if hidden < least:
            best, least = found, hidden
        if least == 0:
            break
    return best


def _tried(
    places: np.ndarray,
    sizes: np.ndarray,
    gap: float,
    free: tuple[np.ndarray, np.ndarray],
    window: np.ndarray,
    first: Sequence[tuple[int, int]],
    rings: Sequence[float],
) -> tuple[np.ndarray, float]:
    """The middles that are found with these gaps, and the area that is hidden all the same."""
    count = len(places)
    ways = np.array([ring * np.array(side, float) for ring in rings for side in SIDES])
    corner = np.abs(ways).min(axis=1) > 0
    reach = gap * np.where(corner, _DIAGONAL, 1.0)[:, None] * ways
    middles = places[:, None] + reach + np.sign(ways) * sizes[:, None] / 2
    boxes = np.concatenate([middles - sizes[:, None] / 2, middles + sizes[:, None] / 2], axis=2)
    area = sizes.prod(axis=1)[:, None]
    order = np.arange(len(ways)) * 1e-3 * area
    for n, side in enumerate(first):
        order[n, SIDES.index(side)] = -1e-3 * area[n, 0]
    outside = area - _shared(boxes, window)
    over = 4 * outside
    for weight, each in zip((_WEIGHT, 1), free, strict=True):
        over += weight * sum((_shared(boxes, np.asarray(box)) for box in each), np.zeros_like(order))
    over += _ASTRAY * area * _astray(boxes, places)
    cost = order + over
    chosen, beside = np.zeros(count, int), np.zeros_like(order)  # what each way has in common with where others stand

    def stand(n: int, way: int, before: int | None) -> None:
        change = _shared(boxes, boxes[n, way])
        if before is not None:
            change -= _shared(boxes, boxes[n, before])
        change[n] = 0
        np.add(beside, change, out=beside)
        chosen[n] = way

    for n in range(count):  # each beside those before it, and then anew beside all
        stand(n, int(np.argmin(cost[n] + 2 * beside[n])), None)
    for _ in range(_ROUNDS):
        moved = False
        for n in range(count):
            if (way := int(np.argmin(cost[n] + 2 * beside[n]))) != chosen[n]:
                stand(n, way, chosen[n])
                moved = True
        if not moved:
            break
    here = np.arange(count), chosen
    hidden = over[here] + beside[here]
    return np.asarray(middles[here]), float(np.where(hidden > _NOTHING * area[:, 0], hidden, 0).sum())


def _astray(boxes: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Whether each box ``(n, ways, 4)`` is nearer to another point than to its own, as 0 or 1."""
    count = len(places)
    own, nearest = np.zeros(boxes.shape[:2]), np.full(boxes.shape[:2], np.inf)
    for m, place in enumerate(places):
        outside = np.maximum(np.maximum(boxes[..., :2] - place, place - boxes[..., 2:]), 0)
        far = np.hypot(outside[..., 0], outside[..., 1])
        own[m] = far[m]
        others = np.arange(count) != m
        nearest[others] = np.minimum(nearest[others], far[others])
    return np.asarray(nearest < own, float)


def _shared(boxes: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The area that boxes ``(..., 4)`` have in common with others."""
    width = np.minimum(boxes[..., 2], other[..., 2]) - np.maximum(boxes[..., 0], other[..., 0])
    height = np.minimum(boxes[..., 3], other[..., 3]) - np.maximum(boxes[..., 1], other[..., 1])
    return np.asarray(np.maximum(width, 0) * np.maximum(height, 0))
