"""How coarse a direction in x_t is: where the power of its two-dimensional Fourier transform lies.

Frequencies are in cycles per picture side; a direction is a flattened (channels, height, width).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tapehead.analysis.errors import UsageError

if TYPE_CHECKING:
    from torch import Tensor

Shape = tuple[int, int, int]
"""Channels, height and width."""


def frequencies(shape: Shape) -> Tensor:
    """Radius (height, width) of each Fourier coefficient in cycles per side, in the order of ``fft2``."""
    import torch

    _, height, width = shape
    y = torch.fft.fftfreq(height, 1 / height, dtype=torch.float64).view(-1, 1)
    x = torch.fft.fftfreq(width, 1 / width, dtype=torch.float64).view(1, -1)
    return (y.square() + x.square()).sqrt()


def power(directions: Tensor, shape: Shape) -> Tensor:
    """Share of a direction's power at each coefficient, over all channels: (n, height, width), rows sum to 1.

    Raises:
        UsageError: the directions have another size, or one of them is 0.
    """
    import torch

    size = shape[0] * shape[1] * shape[2]
    if directions.ndim != 2 or directions.shape[1] != size:
        raise UsageError(f"directions of shape {tuple(directions.shape)} are no rows of {size} = {shape} numbers")
    found = torch.fft.fft2(directions.double().cpu().reshape(-1, *shape)).abs().square().sum(1)
    total = found.sum((1, 2), keepdim=True)
    if not bool((total > 0).all()):
        raise UsageError("a direction of length 0 has no frequencies")
    return found / total


def mean_radius(directions: Tensor, shape: Shape) -> Tensor:
    """Mean frequency (n,), weighted with power; for an orthonormal set the mean over it depends on its span only."""
    return (power(directions, shape) * frequencies(shape)).sum((1, 2))


def energy_below(directions: Tensor, shape: Shape, radius: float) -> Tensor:
    """Share of each direction's power (n,) at frequencies below ``radius`` cycles per side."""
    return (power(directions, shape) * (frequencies(shape) < radius)).sum((1, 2))


def radial_power(directions: Tensor, shape: Shape) -> Tensor:
    """Share of power in rings one cycle wide, (n, rings): ring i holds radii from i - 1/2 to i + 1/2."""
    import torch

    ring = frequencies(shape).round().long().flatten()
    found = power(directions, shape).flatten(1)
    return torch.zeros(len(found), int(ring.max()) + 1, dtype=found.dtype).index_add_(1, ring, found)
