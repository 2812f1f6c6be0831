"""Points of x_t that studies look at, and the exact directions in which known attributes move them.

The world is drawn by a differentiable renderer r(a); with x_t = sqrt(abar) x0(r(a)) + sqrt(1 - abar) eps the tangent of
attribute j is sqrt(abar) d x0 / d a_j, through the autoencoder where the model has one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tapehead.analysis.diffusion.models.inversion import last_time, noisy, signal_and_noise, times_between, travel
from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.models.sampling import starting_noise
from tapehead.analysis.diffusion.puppets.puppets import ATTRIBUTES, render, sample_attributes


@dataclass(frozen=True)
class Faces:
    """Random faces: attributes (n, 9), pictures (n, 3, size, size) in [0, 1], x0 and their noise (n, C, H, W)."""

    attributes: Any
    pictures: Any
    x0: Any
    noise: Any

    def at(self, model: DiffusionModel, t: int) -> Any:
        """x_t (n, C, H, W), with the same noise at every time."""
        return noisy(model, self.x0, t, self.noise)


def faces(model: DiffusionModel, count: int, seed: int) -> Faces:
    """``count`` random faces with seeded noise."""
    attributes = sample_attributes(count, seed)
    pictures = render(attributes, model.size)
    return Faces(attributes, pictures, model.code(pictures), starting_noise(model, count, seed + 1))


def sampled(
    model: DiffusionModel,
    times: Sequence[int],
    count: int,
    seed: int,
    prompts: Sequence[str] | str | None = None,
    steps: int = 30,
    guidance: float = 1.0,
) -> Any:
    """x_t (len(times), n, C, H, W) on the way that DDIM takes from seeded noise; the times are met exactly."""
    import torch

    way = times_between(model, last_time(model), 0, steps, tuple(times))
    kept: dict[int, list[Any]] = {t: [] for t in times}

    def seen(t: int, x: Any) -> None:
        if t in kept:
            kept[t].append(x)

    travel(model, starting_noise(model, count, seed), way, prompts, guidance, seen=seen)
    return torch.stack([torch.cat(kept[t]) for t in times])


def tangents(model: DiffusionModel, attributes: Any, t: int = 0, size: int | None = None) -> Any:
    """d x_t / d a_j (9, D) of one face (9,), exact: forward mode through the renderer and the autoencoder.

    Args:
        model: whose x_t it is.
        attributes: (9,).
        t: time; scales with sqrt(abar_t) only.
        size: side of the pictures; the model's own if not given.
    """
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel

    def draw(a: Any) -> Any:
        picture = render(a, size or model.size).unsqueeze(0) * 2 - 1
        picture = picture.to(model.device)
        if model.vae is None:
            return picture.flatten()
        return model.vae.encode(picture).latent_dist.mean.flatten() * model.vae.config.scaling_factor

    def along(direction: Any) -> Any:
        return torch.func.jvp(draw, (attributes,), (direction,))[1]

    # The fused attention kernels have no forward mode.
    with sdpa_kernel(SDPBackend.MATH):
        found = torch.func.vmap(along)(torch.eye(len(ATTRIBUTES)))
    return found.detach() * signal_and_noise(model, t)[0]
