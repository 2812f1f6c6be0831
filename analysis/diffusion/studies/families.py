"""Directions of every kind at the points where studies look: those of the bottleneck, and their controls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.pullback import controls, spectrum
from tapehead.analysis.diffusion.pullback.jacobian import jacobian_at
from tapehead.analysis.diffusion.pullback.published_iteration import published_iteration
from tapehead.analysis.diffusion.pullback.svd import LocalBasis, local_basis
from tapehead.analysis.diffusion.pullback.tangents import sampled
from tapehead.analysis.errors import UnknownNameError

if TYPE_CHECKING:
    from torch import Tensor

FAMILIES = ("bottleneck", "isotropic", "low-pass", "eigenfaces", "published")
"""Where directions come from; all but the first are controls."""
STERNER = "same spectrum"
"""A further family: random, with the power of the basis in each channel and ring.  Where directions are as fine as
white noise, low-pass ones are white noise too, and only this control says anything beside isotropic ones."""
PUBLISHED_ITERATIONS = 12
"""The published loop never stops earlier, and in its logged run it stopped here."""
LOOSE = 1e-2
"""Residual of bases whose directions are only walked along: about half a degree."""


def points_at(model: DiffusionModel, t: int, count: int, seed: int, prompt: str = "", guidance: float = 1.0) -> Tensor:
    """x_t (n, D) on DDIM's way from seeded noise."""
    found: Tensor = sampled(model, (t,), count, seed, prompt or None, 20, guidance)[0].flatten(1).cpu()
    return found


def bases_of(model: DiffusionModel, xs: Tensor, t: int, k: int, seed: int, prompt: str = "") -> list[LocalBasis]:
    """Local bases at each x_t (n, D)."""
    return [
        local_basis(jacobian_at(model, x.reshape(model.shape), t, prompt or None), k, tolerance=LOOSE, seed=seed + i)
        for i, x in enumerate(xs)
    ]


def families_at(
    model: DiffusionModel, xs: Tensor, t: int, k: int, seed: int, prompt: str, wanted: Sequence[str]
) -> tuple[dict[str, list[Tensor]], list[LocalBasis]]:
    """Orthonormal directions (k, D) of every family at every point, and the local bases.

    Raises:
        UnknownNameError: there is no such family.
    """
    for name in wanted:
        if name not in (*FAMILIES, STERNER):
            raise UnknownNameError("family of directions", name, (*FAMILIES, STERNER))
    bases = bases_of(model, xs, t, k, seed, prompt)
    shape = model.shape
    radius = float(np.mean([spectrum.mean_radius(b.v, shape).mean() for b in bases]))
    many = range(len(xs))
    makers: dict[str, Callable[[], list[Tensor]]] = {
        "bottleneck": lambda: [b.v.cpu() for b in bases],
        "isotropic": lambda: [controls.isotropic(shape, k, seed + 7 * i + 1) for i in many],
        "low-pass": lambda: [controls.low_pass(shape, k, radius, seed + 7 * i + 2) for i in many],
        STERNER: lambda: [controls.same_spectrum(bases[i].v, shape, seed + 7 * i + 3) for i in many],
        "eigenfaces": lambda: [controls.eigenfaces(model, k, seed + 3).vectors] * len(xs),
        "published": lambda: [
            published_iteration(
                jacobian_at(model, x.reshape(model.shape), t, prompt or None),
                k,
                iterations=PUBLISHED_ITERATIONS,
                seed=seed + i,
            ).v.cpu()
            for i, x in enumerate(xs)
        ],
    }
    return {name: makers[name]() for name in wanted}, bases
