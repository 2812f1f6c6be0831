"""Where a run starts: a picture from a prompt and a seed or from a file, and its x_t at the times that are asked for.

A picture of a file is inverted: its x0 is carried up to time t by DDIM.  One made from a seed is met on its way down,
so that its x_t are exact.  Either way x_0 is inverted and denoised again, and how far that comes back is measured, with
another picture's distance beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tapehead.analysis.diffusion.lab.scores import Eye
from tapehead.analysis.diffusion.models import inversion
from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.models.sampling import starting_noise
from tapehead.analysis.photographs import Photograph
from tapehead.analysis.results import Result, quantity

if TYPE_CHECKING:
    from torch import Tensor

PICTURE = ("channel", "row", "column")
FINER = 2.5
"""Steps of an inversion, as a multiple of those that strips are decoded with: it is done once and all else rests on
it."""


@dataclass(frozen=True, eq=False)
class Source:
    """What is looked at: a photograph, or what the model makes of a prompt and a seed.

    ``guidance`` is the classifier-free weight with which it is made and with which all that becomes of it is decoded.
    """

    prompt: str = ""
    seed: int = 0
    photograph: Photograph | None = None
    guidance: float = 1.0

    @property
    def told(self) -> str:
        """In words."""
        if self.photograph is not None:
            return self.photograph.told
        return f"seed {self.seed}" + (f", “{self.prompt}”" if self.prompt else ", without a prompt")

    @property
    def identity(self) -> list[object]:
        """What changes with anything that its pixels depend on."""
        shot = None if self.photograph is None else self.photograph.digest
        return [self.prompt, None if shot else self.seed, shot, self.guidance]


@dataclass(frozen=True, eq=False)
class Start:
    """x0 (C, H, W) and x_t (times, C, H, W) of a source, on the CPU."""

    x0: Tensor
    xs: Tensor


def as_bytes(pictures: Tensor) -> np.ndarray:
    """Pictures in [0, 1] as they are kept: one byte per channel."""
    import torch

    return np.asarray((pictures * 255).round().to(torch.uint8).cpu().numpy())


def steps_for(model: DiffusionModel, steps: int, t: int) -> int:
    """Steps from ``t`` down, of ``steps`` for the whole way; at least four, or the tail is all there is."""
    return max(4, round(steps * t / inversion.last_time(model)))


def start_of(model: DiffusionModel, source: Source, times: Sequence[int], steps: int) -> Start:
    """x0 and x_t of a source; ``steps`` for the whole way."""
    import torch

    if source.photograph is not None:
        x0 = model.code(source.photograph.pixels[None])
        way = inversion.times_between(model, 0, max(times), max(4, steps), tuple(times))
        begin = x0
    else:
        top = inversion.last_time(model)
        way = inversion.times_between(model, top, 0, steps, tuple(times))
        begin = starting_noise(model, 1, source.seed)
    met: dict[int, Tensor] = {}
    end = inversion.travel(
        model,
        begin,
        way,
        source.prompt or None,
        source.guidance,
        seen=lambda t, x: met.update({t: x.cpu()}),
    )
    x0 = begin if source.photograph is not None else end
    return Start(x0[0].cpu(), torch.cat([met[t] for t in times]))


def picture_part(model: DiffusionModel, eye: Eye, source: Source, times: Sequence[int], steps: int) -> Result:
    """The part ``picture``; see :mod:`tapehead.analysis.diffusion.lab.results`."""
    import torch

    fine = max(4, round(FINER * steps))
    start = start_of(model, source, times, fine)
    words, top = source.prompt or None, max(times)
    x0 = start.x0[None].to(model.device)
    shown = model.show(x0)[0].cpu()
    asked = shown if source.photograph is None else source.photograph.pixels
    # The round trip of the published procedure: up without guidance, and down again.
    raised = inversion.invert(model, x0, top, steps_for(model, fine, top), words)
    back = inversion.denoise(model, raised, top, 0, steps_for(model, fine, top), words)
    again = model.show(back)[0].cpu()
    decoded = [
        inversion.pictures(model, x[None].to(model.device), t, steps_for(model, steps, t), words, source.guidance)[0]
        for t, x in zip(times, start.xs, strict=True)
    ]
    # Made anew with another seed and no prompt: what a picture that has nothing to do with this one would score.
    other_seed = source.seed + 1_000
    other = start_of(model, Source(seed=other_seed), (top,), steps).x0[None].to(model.device)
    stranger = model.show(other)[0].cpu()

    def error(found: Tensor) -> float:
        return float((found - asked).double().square().mean().sqrt())

    quantities = {
        "there": quantity(1),
        "t": quantity(np.array(times), "time", labels={"time": tuple(map(str, times))}),
        "share": quantity(np.array([t / inversion.last_time(model) for t in times]), "time"),
        "noise": quantity(
            np.array([100 * inversion.signal_and_noise(model, t)[1] ** 2 for t in times]), "time", unit="%"
        ),
        "main_noise": quantity(100 * inversion.signal_and_noise(model, times[0])[1] ** 2, unit="%"),
        "dimensions": quantity(int(start.x0.numel())),
        "size": quantity(model.size),
        "x0": quantity(start.x0.numpy(), *PICTURE),
        "x": quantity(start.xs.numpy(), "time", *PICTURE),
        "length": quantity(start.xs.flatten(1).norm(dim=1).numpy(), "time"),
        "asked": quantity(as_bytes(asked), *PICTURE),
        "coded": quantity(as_bytes(shown), *PICTURE),
        "reconstruction": quantity(as_bytes(again), *PICTURE),
        "decoded": quantity(as_bytes(torch.stack(decoded)), "time", *PICTURE),
        "noisy": quantity(as_bytes(model.show(start.xs.to(model.device)).cpu()), "time", *PICTURE),
        "coded_error": quantity(error(shown)),
        "error": quantity(error(again)),
        "decoded_error": quantity(np.array([error(one) for one in decoded]), "time"),
        "latent_error": quantity(float((back - x0).norm() / x0.norm())),
        "other_error": quantity(error(stranger)),
        "share_of_other": quantity(100 * error(again) / error(stranger) if error(stranger) > 0 else np.nan, unit="%"),
        "inversion_steps": quantity(steps_for(model, fine, top)),
        "scored": quantity(int(eye.regressor is not None)),
    }
    if eye.regressor is not None:
        first = decoded[0]
        quantities["off"] = quantity(float(eye.off(first[None])[0]))
        quantities["off_other"] = quantity(eye.elsewhere(first, source.seed))
        quantities["score"] = quantity(
            eye.attributes(first[None])[0], "attribute", labels={"attribute": tuple(eye.names)}
        )
    facts = {
        "source": source.told,
        "prompt": source.prompt,
        "kind": "seed" if source.photograph is None else "picture",
        "digest": model.digest,
        "pipeline": model.kind,
        "channels": "all painted anew" if model.beside else "",
        "predicts": inversion.predicts(model),
        "guidance": source.guidance,
    }
    return Result(quantities, model=model.name, facts=facts)
