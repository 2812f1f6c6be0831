"""Pictures from noise: DDIM with classifier-free guidance, seeded per picture."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.errors import UsageError


def starting_noise(model: DiffusionModel, count: int, seed: int) -> Any:
    """x_T (count, *shape): the i-th is the same whatever ``count`` is."""
    import torch

    rows = [
        torch.randn(model.shape, generator=torch.Generator().manual_seed(seed * 1_000_003 + i)) for i in range(count)
    ]
    return torch.stack(rows).to(model.device)


def sample(
    model: DiffusionModel,
    prompts: Sequence[str],
    seed: int = 0,
    steps: int = 30,
    guidance: float = 3.0,
    block: int = 64,
) -> Any:
    """Pictures (n, 3, size, size) in [0, 1], one per caption.

    Args:
        model: any diffusion model; one on pixels takes empty captions only.
        prompts: captions; an empty one asks for no guidance.
        seed: of the starting noise.
        steps: DDIM steps (eta 0).
        guidance: weight w in eps = eps_0 + w (eps_caption - eps_0); 1 is none.
        block: pictures at a time.

    Raises:
        UsageError: no steps, no captions, or captions that the model cannot take.
    """
    import torch

    if steps < 1 or not prompts:
        raise UsageError(f"sampling needs captions and steps; asked for {len(prompts)} captions and {steps} steps")
    scheduler = copy.deepcopy(model.scheduler)
    scheduler.set_timesteps(steps)
    noise = starting_noise(model, len(prompts), seed)
    pictures = []
    for start in range(0, len(prompts), block):
        words = prompts[start : start + block]
        x = noise[start : start + block]
        named, empty = model.read(words), model.read([""])
        with torch.no_grad():
            for time in scheduler.timesteps:
                x = scheduler.step(_predict(model, x, time, named, empty, guidance), time, x).prev_sample
        pictures.append(model.show(x).cpu())
    return torch.cat(pictures)


def _predict(model: DiffusionModel, x: Any, time: Any, named: Any, empty: Any, guidance: float) -> Any:
    import torch

    if named is None or guidance == 1:
        return model.called(model.unet, x, time, named)
    both = torch.cat([empty.expand_as(named), named])
    without, with_words = model.called(model.unet, torch.cat([x, x]), time, both).chunk(2)
    return without + guidance * (with_words - without)
