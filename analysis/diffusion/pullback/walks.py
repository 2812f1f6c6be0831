"""Walks through noisy pictures: guided and direct steps, straight lines, arcs and geodesics, and how long they are.

The ruler is the bottleneck h = f(x_t): a path's length is the sum of |f(x_{k+1}) - f(x_k)|, so that a geodesic is the
path that the network notices least.  Paths are (points, n, D) or (points, D), with n walkers side by side.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from tapehead.analysis.diffusion.models import inversion
from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.errors import UsageError

if TYPE_CHECKING:
    from torch import Tensor

SMALL = 0.02
"""Nudge of the central differences of linearised guidance, as a part of sqrt(D): small against the noise in x."""

Measure = Callable[["Tensor"], "Tensor"]
"""(n, D) -> (n, M): the bottleneck of noisy pictures, differentiable where geodesics are sought."""


def guidance_push(
    model: DiffusionModel,
    x: Tensor,
    t: int,
    v: Tensor,
    *,
    gamma: float = 1.0,
    count: int = 16,
    delta: float = 1.0,
    prompt: inversion.Prompt = None,
    linear: bool = False,
    block: int = 64,
) -> Tensor:
    """Published x-space guidance: ``count`` times z <- z + gamma (eps(z + delta v) - eps(z)).

    Args:
        model: any diffusion model.
        x: (n, D) at time ``t``.
        t: the time, which stays.
        v: unit directions (n, D) or (D,).
        gamma: step.
        count: steps.
        delta: nudge inside eps.
        prompt: caption(s); the same in both evaluations.
        linear: replace the difference by delta (d eps / dx) v, from central differences with a small nudge: what the
            published step tends to as delta falls.
        block: rows at a time.

    Returns:
        The whole path (count + 1, n, D); the first point is x.

    Raises:
        UsageError: fewer than one step, or directions that do not fit.
    """
    import torch

    directions = _fit(x, v)
    if count < 1:
        raise UsageError(f"guidance takes at least one step; asked for {count}")
    low, high = (-SMALL, SMALL) if linear else (0.0, delta)
    scale = math.sqrt(x.shape[1]) if linear else 1.0
    low, high = low * scale, high * scale
    gain = gamma * (delta / (high - low) if linear else 1.0)
    path = [x]
    with torch.no_grad():
        for _ in range(count):
            z = path[-1]
            moved = []
            for at in range(0, len(z), block):
                rows, pushes = z[at : at + block], directions[at : at + block]
                words = prompt if prompt is None or isinstance(prompt, str) else list(prompt)[at : at + block]
                ahead, behind = (
                    inversion.predicted_noise(model, (rows + far * pushes).reshape(-1, *model.shape), t, words)
                    for far in (high, low)
                )
                moved.append(rows + gain * (ahead - behind).reshape(len(rows), -1))
            path.append(torch.cat(moved))
    return torch.stack(path)


def direct_push(x: Tensor, v: Tensor, *, step: float, count: int = 1) -> Tensor:
    """``count`` direct steps z <- z + step v of (n, D): the path (count + 1, n, D), a straight line."""
    import torch

    if count < 1:
        raise UsageError(f"a walk takes at least one step; asked for {count}")
    directions = _fit(x, v)
    return torch.stack([x + step * i * directions for i in range(count + 1)])


def _fit(x: Tensor, v: Tensor) -> Tensor:
    """Directions (n, D) for walkers (n, D)."""
    if x.ndim != 2 or v.shape[-1] != x.shape[1] or v.ndim > 2 or (v.ndim == 2 and len(v) != len(x)):
        raise UsageError(f"walkers {tuple(x.shape)} and directions {tuple(v.shape)} do not fit together")
    return v.expand_as(x)


def lerp(a: Tensor, b: Tensor, points: int) -> Tensor:
    """Straight line from a (D,) to b (D,): (points, D), ends included."""
    import torch

    share = _shares(points).to(a).unsqueeze(1)
    return torch.lerp(a.expand(points, -1), b.expand(points, -1), share.expand(points, a.numel()))


def slerp(a: Tensor, b: Tensor, points: int) -> Tensor:
    """Arc from a to b whose direction turns evenly and whose length changes evenly: (points, D).

    Noise lives near a sphere of radius sqrt(D): a straight line between two noises cuts through its inside, where
    the network has never been.  Parallel ends give the straight line.

    Raises:
        UsageError: an end is 0, or the ends point in opposite directions.
    """
    import torch

    first, last = float(a.double().norm()), float(b.double().norm())
    if not first > 0 or not last > 0:
        raise UsageError("an arc needs two ends that are not 0")
    cosine = float((a.double() @ b.double()) / (first * last))
    if cosine < -1 + 1e-9:
        raise UsageError("between opposite ends there is no single arc")
    if cosine > 1 - 1e-9:
        return lerp(a, b, points)
    angle = math.acos(cosine)
    share = _shares(points).double().unsqueeze(1)
    direction = (
        torch.sin((1 - share) * angle) * a.double() / first + torch.sin(share * angle) * b.double() / last
    ) / math.sin(angle)
    return (direction * ((1 - share) * first + share * last)).to(a)


def _shares(points: int) -> Tensor:
    import torch

    if points < 2:
        raise UsageError(f"a path has at least its two ends; asked for {points} points")
    return torch.linspace(0, 1, points)


def pieces(measured: Tensor) -> Tensor:
    """Lengths (points - 1,) of the pieces of a path in h (points, M)."""
    return (measured[1:] - measured[:-1]).double().norm(dim=1)


def length(measured: Tensor) -> float:
    """Length of a path in h: sum of |h_{k+1} - h_k|."""
    return float(pieces(measured).sum())


def curvedness(measured: Tensor) -> float:
    """Length of a path in h divided by the distance of its ends; 1 for a straight one.

    Raises:
        UsageError: the path ends where it began.
    """
    chord = float((measured[-1] - measured[0]).double().norm())
    if not chord > 0:
        raise UsageError("a path that ends where it began has no curvedness")
    return length(measured) / chord


def turning(measured: Tensor) -> Tensor:
    """Angles in degrees (points - 2,) between neighbouring pieces of a path in h."""
    import torch

    steps = (measured[1:] - measured[:-1]).double()
    steps = steps / steps.norm(dim=1, keepdim=True).clamp(min=1e-30)
    return torch.rad2deg(torch.acos((steps[1:] * steps[:-1]).sum(1).clamp(-1, 1)))


def geodesic(measure: Measure, start: Tensor, *, rounds: int = 60, rate: float = 0.02) -> tuple[Tensor, list[float]]:
    """Bend a path (points, D) with fixed ends until its energy in h, sum of |h_{k+1} - h_k|^2, stops to fall.

    The path of least energy is one of least length, walked at even speed.  Steps are Adam's, of about ``rate`` per
    number and round; the best path that was met is returned, so that it is never worse than the one given.

    Returns:
        The path (points, D), and the energies before each round and at the end.

    Raises:
        UsageError: fewer than three points: there is nothing to bend.
    """
    import torch

    if len(start) < 3:
        raise UsageError(f"a path of {len(start)} points has nothing between its ends that could be bent")
    ends = measure(start[[0, -1]]).detach()
    inner = start[1:-1].clone().requires_grad_(True)
    optimiser = torch.optim.Adam([inner], lr=rate)
    energies: list[float] = []
    best, least = start[1:-1].clone(), math.inf
    for i in range(rounds + 1):
        with torch.enable_grad():
            h = torch.cat([ends[:1], measure(inner), ends[1:]])
            energy = (h[1:] - h[:-1]).square().sum()
        energies.append(float(energy.detach()))
        if energies[-1] < least:
            best, least = inner.detach().clone(), energies[-1]
        if i < rounds:
            for group in optimiser.param_groups:
                group["lr"] = rate * 0.5 * (1 + math.cos(math.pi * i / rounds))
            (inner.grad,) = torch.autograd.grad(energy, [inner])
            optimiser.step()
    return torch.cat([start[:1], best, start[-1:]]), energies
