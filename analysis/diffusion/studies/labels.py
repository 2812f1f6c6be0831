"""What the studies of pictures share in naming: attributes by column, pictures as bytes, quantities with labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tapehead.analysis.diffusion.puppets.puppets import ATTRIBUTES
from tapehead.analysis.errors import UnknownNameError
from tapehead.analysis.results import Quantity, quantity

if TYPE_CHECKING:
    from torch import Tensor

PICTURE = ("channel", "row", "column")


def attribute_at(name: str) -> int:
    """Column of an attribute.

    Raises:
        UnknownNameError: there is no such attribute.
    """
    if name not in ATTRIBUTES:
        raise UnknownNameError("attribute", name, ATTRIBUTES)
    return ATTRIBUTES.index(name)


def shown(found: Tensor) -> np.ndarray:
    """Pictures as they are kept: one byte per channel."""
    import torch

    return np.asarray((found * 255).round().to(torch.uint8).numpy())


def labelled(values: Any, *axes: str, unit: str = "1", labels: Mapping[str, Sequence[str]] | None = None) -> Quantity:
    """A quantity with those of the labels whose axis it has."""
    return quantity(values, *axes, unit=unit, labels={a: row for a, row in (labels or {}).items() if a in axes})
