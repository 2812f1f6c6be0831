"""Whole paths to Cairo in one call, and those of unchanged objects as they were.

Manim hands a path over curve by curve, a Python call for each.  Cairo takes a list of them as well (``cairo_path_t``
and ``cairo_append_path``, Cairo 1.16 manual, "Paths"): the points of an object are that list already, but for a header
in the place of each curve's first point.  Pycairo makes such lists from contexts only, so this one is appended through
the library that pycairo has loaded.  What Cairo does with it is what it does with single calls: pixels are the same.
"""

from __future__ import annotations

import ctypes
import functools
import sys
import weakref
from collections.abc import Callable
from typing import Any

import cairo  # noqa: F401  (whose library it is)
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Append = Callable[[Any, Floats], None]

_CURVE = 4
"""Points of a curve: anchor, two handles, anchor."""


def _header(kind: int, length: int) -> float:
    """What Cairo puts before the points of a step, its kind and its length with the header, as the bits of a double."""
    return float(np.array([kind, length], np.int32).view(np.float64)[0])


_MOVE, _TO, _CLOSE = _header(0, 2), _header(2, 4), _header(3, 1)


def path_data(points: Floats, subpaths: NDArray[np.int_], closed: list[bool]) -> Floats:
    """Cairo's list of a path: ``(steps, 2)`` doubles, headers and points of 16 bytes each.

    Args:
        points: ``(n, 2 or 3)``: anchor, two handles, anchor of each curve in turn.
        subpaths: ``(m, 2)``: the first point and the end of each stretch of curves that hang together.
        closed: whether each of them is closed at its end.
    """
    counts = [(int(end) - int(first)) // _CURVE for first, end in subpaths]
    made = np.zeros((sum(2 + _CURVE * n + shut for n, shut in zip(counts, closed, strict=True) if n), 2))
    at = 0
    for (first, _), n, shut in zip(subpaths, counts, closed, strict=True):
        if not n:
            continue
        end = at + 2 + _CURVE * n
        made[at, 0] = _MOVE
        made[at + 1] = points[first, :2]
        made[at + 2 : end] = points[first : first + _CURVE * n, :2]
        made[at + 2 : end : _CURVE, 0] = _TO
        if shut:
            made[end, 0] = _CLOSE
        at = end + shut
    return made


class _CairoPath(ctypes.Structure):
    """``cairo_path_t``."""

    _fields_ = (("status", ctypes.c_int), ("data", ctypes.c_void_p), ("num_data", ctypes.c_int))


@functools.cache
def appender() -> Append | None:
    """What appends a list of :func:`path_data` to a context's path; ``None`` where that cannot be reached.

    The context's own pointer comes first in pycairo's object (``PycairoContext`` in its public ``py3cairo.h``).
    """
    if sys.implementation.name != "cpython":
        return None
    try:
        append = ctypes.CDLL(sys.modules["cairo._cairo"].__file__).cairo_append_path
    except (KeyError, AttributeError, OSError):  # linked statically, and not exported
        return None
    append.argtypes, append.restype = (ctypes.c_void_p, ctypes.POINTER(_CairoPath)), None
    behind = object.__basicsize__

    def appended(context: Any, data: Floats) -> None:
        path = _CairoPath(0, data.ctypes.data, len(data))
        append(ctypes.c_void_p.from_address(id(context) + behind), ctypes.byref(path))

    return appended


class KeptPaths:
    """The paths of the objects that were drawn, for as long as they live, each with the points it was made of."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[weakref.ref[Any], Floats, Floats]] = {}

    def of(self, vmobject: Any, points: Floats) -> Floats:
        """The list of an object whose points, as they are shown, are these."""
        known = self._kept.get(id(vmobject))
        if known is not None and known[0]() is vmobject and np.array_equal(known[1], points):
            return known[2]
        subpaths = vmobject.get_subpath_split_indices_from_points(points, n_dims=2)
        alike = vmobject.consider_points_equals_2d
        data = path_data(points, subpaths, [alike(points[first], points[end - 1]) for first, end in subpaths])
        number = id(vmobject)
        self._kept[number] = weakref.ref(vmobject, lambda _gone: self._kept.pop(number, None)), points.copy(), data
        return data
