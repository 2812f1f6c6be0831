"""Local bases at many points, for studies that compare them: over samples, times, captions and depths."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.pullback.jacobian import Jacobian, jacobian_at
from tapehead.analysis.diffusion.pullback.svd import LocalBasis, local_basis
from tapehead.analysis.diffusion.pullback.tangents import faces, sampled
from tapehead.analysis.errors import UsageError
from tapehead.analysis.results import Result, quantity

LIBRARIES = ("numpy", "scipy", "torch", "diffusers", "transformers")
"""Whose versions matter to every study of a diffusion model."""
TOLERANCE = 1e-3
"""Residual of the bases: below 0.1 degrees of error (pullback.md, section 3)."""
RANDOM_TOLERANCE, RANDOM_BUDGET = 1e-2, 400
"""For networks with random weights.  Their singular values hardly decay, so that the last of k directions is a matter
of chance and the solver would spend thousands of products on it."""
SOURCES = ("sampled", "faces")


def points(model: DiffusionModel, source: str, times: Sequence[int], count: int, seed: int) -> Any:
    """x_t (times, count, C, H, W): on DDIM's way from seeded noise, or random faces with seeded noise.

    Raises:
        UsageError: another source, or no times.
    """
    import torch

    if source not in SOURCES or not times:
        raise UsageError(f"points are {' or '.join(SOURCES)}, at least at one time; asked for '{source}' at {times}")
    if source == "sampled":
        return sampled(model, times, count, seed)
    crowd = faces(model, count, seed)
    return torch.stack([crowd.at(model, t) for t in times])


def bases_at(
    model: DiffusionModel,
    xs: Any,
    t: int,
    k: int,
    *,
    prompts: Sequence[str | None] | None = None,
    layer: str = "mid",
    seed: int = 0,
    starts: Sequence[LocalBasis] | None = None,
    tolerance: float = TOLERANCE,
    budget: int = 6000,
) -> list[LocalBasis]:
    """The leading ``k`` directions at each x_t (n, C, H, W).

    Args:
        model: any diffusion model.
        xs: x_t.
        t: time.
        k: directions.
        prompts: one caption per point.
        layer: where h is read.
        seed: of the solver's start.
        starts: bases of nearby points, to begin with.
        tolerance: residual at which the solver stops.
        budget: products after which it stops in any case.
    """
    words = list(prompts) if prompts is not None else [None] * len(xs)
    found = []
    for i, (x, prompt) in enumerate(zip(xs, words, strict=True)):
        jacobian = jacobian_at(model, x, t, prompt, layer)
        start = starts[i].v if starts is not None else None
        basis = local_basis(jacobian, k, tolerance=tolerance, start=start, seed=seed + i, budget=budget)
        found.append(basis)
    return found


def random_basis(jacobian: Jacobian, k: int, seed: int) -> LocalBasis:
    """The leading directions of a network with random weights, as well as :data:`RANDOM_BUDGET` allows."""
    return local_basis(jacobian, k, tolerance=RANDOM_TOLERANCE, seed=seed, budget=RANDOM_BUDGET)


def random_network(model: DiffusionModel, seed: int) -> DiffusionModel:
    """The same U-Net with random weights: what a finding owes to the architecture alone."""
    import torch

    torch.manual_seed(seed)
    unet = type(model.unet).from_config(model.unet.config)
    unet = unet.to(model.device).eval().requires_grad_(False)
    return dataclasses.replace(model, name=f"{model.name} with random weights", digest=f"random {seed}", unet=unet)


def stacked(bases: Sequence[LocalBasis], what: str) -> np.ndarray:
    """One array of all bases: (n, k, …) of ``u``, ``sigma``, ``v`` or ``residuals``."""
    return np.stack([getattr(basis, what).detach().float().cpu().numpy() for basis in bases])


def time_labels(times: Sequence[int]) -> dict[str, tuple[str, ...]]:
    """Labels of an axis ``time``."""
    return {"time": tuple(map(str, times))}


def basis_result(
    model: DiffusionModel,
    times: Sequence[int],
    source: str,
    own: Sequence[Sequence[LocalBasis]],
    random: Sequence[Sequence[LocalBasis]],
) -> Result:
    """Bases along time and sample as one result, with those of a random network at the same points."""
    labels = time_labels(times)
    quantities = {}
    for prefix, found in (("", own), ("random_", random)):
        for what, axes in (
            ("sigma", ("direction",)),
            ("residuals", ("direction",)),
            ("u", ("direction", "h")),
            ("v", ("direction", "x")),
        ):
            values = np.stack([stacked(row, what) for row in found])
            quantities[prefix + what] = quantity(values, "time", "sample", *axes, labels=labels)
    products = sum(basis.n_jvp + basis.n_vjp for row in own for basis in row)
    missed, random_missed = (sum(not basis.converged for row in rows for basis in row) for rows in (own, random))
    quantities |= {
        "t": quantity(np.array(times), "time", labels=labels),
        "samples": quantity(len(own[0])),
        "random_samples": quantity(len(random[0])),
        "directions": quantity(own[0][0].v.shape[0]),
        "products": quantity(products),
        "not_converged": quantity(missed),
        "random_not_converged": quantity(random_missed),
        "adjoint_error": quantity(max(basis.adjoint_error for row in own for basis in row)),
    }
    facts = {"shape": list(model.shape), "source": source, "layer": own[0][0].layer, "size": model.size}
    return Result(quantities, model=model.name, facts=facts)
