"""Pictures of results on a page: packed without loss, so that what is looked at is what was computed."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from typing import Any

import numpy as np

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Quantity

MOST = 400
"""Pictures of one quantity: more would make a page of megabytes."""
_LAYOUTS = ((("channel", "row", "column"), (1, 2, 0)), (("row", "column", "colour"), (0, 1, 2)))
"""Last axes of a quantity of pictures, and how they become height × width × 3."""


def packed(quantity: Quantity, most_of: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Each picture as WebP without loss (base64), in the order of the axes before ``row``, ``column`` and colour.

    Values of 0 to 1 become the nearest of 256 steps; what is whole numbers already stays as it is.  ``most_of`` keeps
    only the first few places of an axis.

    Raises:
        EpisodeError: the quantity holds no pictures, too many of them, or no axis of that name.
    """
    order = next((order for last, order in _LAYOUTS if tuple(quantity.axes[-3:]) == last), None)
    if order is None:
        raise EpisodeError(
            f"{place}: pictures have the axes channel, row, column or row, column, colour; "
            f"found {', '.join(quantity.axes) or 'none'}"
        )
    values, axes = np.asarray(quantity.values), list(quantity.axes[:-3])
    labels = {axis: list(quantity.labels[axis]) for axis in axes if axis in quantity.labels}
    for axis, many in most_of.items():
        if axis not in axes or not isinstance(many, int) or many < 1:
            raise EpisodeError(
                f"{place}: most_of takes a number of places of {', '.join(axes)}; found {axis} = {many!r}"
            )
        values = np.take(values, range(min(many, values.shape[axes.index(axis)])), axis=axes.index(axis))
        if axis in labels:
            labels[axis] = labels[axis][:many]
    shape = values.shape[:-3]
    if (count := int(np.prod(shape))) > MOST:
        raise EpisodeError(
            f"{place}: these are {count} pictures, and {MOST} are most; most_of takes the first of an axis"
        )
    values = pixels(values)
    flat = values.reshape(-1, *values.shape[-3:]).transpose(0, *(k + 1 for k in order))
    return {
        "pictures": [_webp(one) for one in flat],
        "shape": list(shape),
        "axes": axes,
        "labels": labels,
        "unit": quantity.unit,
    }


def pixels(values: np.ndarray) -> np.ndarray:
    """The same shape as bytes: shares of 0 to 1 as 256 steps, whole numbers as they are."""
    if not np.issubdtype(values.dtype, np.integer) and values.max() <= 1:
        values = 255 * values
    return np.asarray(np.clip(np.round(values), 0, 255), np.uint8)


def _webp(picture: np.ndarray) -> str:
    from PIL import Image

    made = io.BytesIO()
    Image.fromarray(picture).save(made, "WEBP", lossless=True, quality=80, method=4)
    return base64.b64encode(made.getvalue()).decode()
