"""Images in their place: what of each falls into the frame, and kept as long as neither it nor its corners change."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tapehead.render.drawing.resampling import placed as placed_bicubic

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Placed:
    """The part of an image that falls into the frame: RGBA, and where its upper left corner is."""

    cut: Pixels
    left: int
    top: int

    @property
    def bottom(self) -> int:
        """The first row below it."""
        return self.top + len(self.cut)

    def compose(self, picture: Pixels, rows: tuple[int, int]) -> None:
        """Lay it over a picture ``(height, width, 4)``, within these rows."""
        first, last = max(self.top, rows[0]), min(self.bottom, rows[1])
        if first >= last:
            return
        cut = self.cut[first - self.top : last - self.top]
        under = picture[first:last, self.left : self.left + cut.shape[1]]
        if bool(np.isin(cut[..., 3], (0, 255)).all()):
            np.copyto(under, cut, where=cut[..., 3:] == 255)  # nothing to blend
        else:
            below, above = (Image.fromarray(np.ascontiguousarray(part)) for part in (under, cut))
            under[:] = np.asarray(Image.alpha_composite(below, above))


def placed_in_box(source: Pixels, corners: NDArray[Any], algorithm: Any, size: tuple[int, int]) -> Placed | None:
    """An image where its corners are, inside of its box; Manim's perspective transform without the full-frame copy.

    Args:
        source: uint8 RGBA ``(h, w, 4)``.
        corners: ``(4, 2)`` in pixels of the frame: upper left, upper right, lower left, lower right.
        algorithm: one of Pillow's for resampling.
        size: of the frame, width and height in pixels.

    Returns:
        ``None`` where nothing of it can be seen: outside of the frame, or seen edge-on.
    """
    whole = corners.astype(np.int64)
    origin = whole.min(axis=0)
    width, height = (whole - origin).max(axis=0)
    corners = corners - origin
    sides = corners[[0, 1, 3, 2]] - corners[[1, 3, 2, 0]]
    lengths = np.linalg.norm(sides, axis=1)
    longest = int(np.argmax(lengths))
    side, before = sides[longest], sides[longest - 1]
    if width < 1 or height < 1 or lengths[longest] == 0:
        return None
    if abs(side[0] * before[1] - side[1] * before[0]) / lengths[longest] < 0.5:
        return None  # seen edge-on: thinner than half a pixel
    h, w = source.shape[:2]
    rows, wanted = [], []
    for (x, y), (u, v) in zip(corners, ((0, 0), (w, 0), (0, h), (w, h)), strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        wanted += [u, v]
    try:
        coefficients = np.linalg.solve(np.array(rows), np.array(wanted, dtype=float))
    except np.linalg.LinAlgError:
        return None
    left, top = max(0, int(origin[0])), max(0, int(origin[1]))
    right, bottom = min(size[0], int(origin[0] + width)), min(size[1], int(origin[1] + height))
    if right <= left or bottom <= top:
        return None
    made = _transformed(source, int(width), int(height), coefficients, algorithm)
    return Placed(made[top - origin[1] : bottom - origin[1], left - origin[0] : right - origin[0]], left, top)


def _transformed(source: Pixels, width: int, height: int, coefficients: NDArray[Any], algorithm: Any) -> Pixels:
    if algorithm == Image.Resampling.BICUBIC:
        return placed_bicubic(source, width, height, coefficients)
    image = Image.fromarray(source)
    return np.asarray(image.transform((width, height), Image.Transform.PERSPECTIVE, tuple(coefficients), algorithm))


class KeptImages:
    """Images in their place, for as long as they live, each with what it was made of."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[weakref.ref[Any], Pixels, NDArray[Any], Any, Placed | None]] = {}

    def of(
        self, image: Any, corners: NDArray[Any], make: Callable[[Any, NDArray[Any]], Placed | None]
    ) -> Placed | None:
        """What ``make(image, corners)`` gives: the same object as before if that would be the same pixels."""
        number, source, algorithm = id(image), image.get_pixel_array(), image.resampling_algorithm
        if (known := self._kept.get(number)) is not None and known[0]() is image:
            _, pixels, at, how, placed = known
            if how == algorithm and np.array_equal(at, corners) and np.array_equal(pixels, source):
                return placed
        placed = make(image, corners)
        gone = weakref.ref(image, lambda _gone: self._kept.pop(number, None))
        self._kept[number] = gone, np.array(source), corners.copy(), algorithm, placed
        return placed
