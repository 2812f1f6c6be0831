"""Reading attributes off pictures: a small convolutional regressor, trained on renders, that scores every effect."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tapehead.analysis.diffusion.checkpointed_training import Plan, Report, Stage, run
from tapehead.analysis.diffusion.puppets.puppets import (
    ATTRIBUTES,
    WORLD_VERSION,
    render,
    render_bytes,
    sample_attributes,
)
from tapehead.analysis.errors import TapeheadError
from tapehead.analysis.store import digest_of
from tapehead.analysis.threads import one_thread
from tapehead.analysis.trainings import alone

HELD_OUT_SEED = 1_000_000
"""Seed of faces that no training sees."""


DRAWN = 16
"""Renders that are drawn at once where many are compared with pictures."""


@dataclass(frozen=True)
class RegressorSettings:
    """What decides a regressor's weights, beside the seed.  ``size`` is the side of the pictures."""

    size: int
    faces: int = 12_000
    channels: tuple[int, ...] = (16, 32, 64, 64)
    plan: Plan = field(default_factory=lambda: Plan(steps=2000, rows=64, rate=2e-3, warm_up=50, average=0.99))
    world: int = WORLD_VERSION

    @property
    def digest(self) -> str:
        """Names the directory of runs that can be continued with these settings."""
        return digest_of(dataclasses.asdict(self))[:12]


def make_regressor(settings: RegressorSettings, seed: int = 0) -> Any:
    """A fresh network (n, 3, s, s) in [0, 1] -> (n, 9); half of the size at each level down to 4 x 4."""
    import torch
    from torch import nn

    torch.manual_seed(seed)
    layers: list[Any] = []
    width, side = 3, settings.size
    for channels in settings.channels:
        stride = 2 if side > 4 else 1
        layers += [nn.Conv2d(width, channels, 3, stride, 1), nn.GroupNorm(4, channels), nn.GELU()]
        width, side = channels, -(-side // stride)
    layers += [nn.Flatten(), nn.Linear(width * side * side, 64), nn.GELU(), nn.Linear(64, len(ATTRIBUTES))]
    return nn.Sequential(*layers)


def regressor_stage(settings: RegressorSettings, seed: int, cache_dir: Path) -> Stage:
    """Training on renders that are blurred and made noisy a little, as samples of a model are."""
    import torch

    network = make_regressor(settings, seed).train()
    attributes = sample_attributes(settings.faces, seed + 500)
    faces = render_bytes(attributes, settings.size)

    def loss(_step: int, numbers: Any) -> Any:
        chosen = torch.randint(settings.faces, (settings.plan.rows,), generator=numbers)
        pictures = faces[chosen].float() / 255
        soft = torch.nn.functional.avg_pool2d(pictures, 3, 1, 1, count_include_pad=False)
        share, noise = (torch.rand(len(chosen), 1, 1, 1, generator=numbers) for _ in range(2))
        pictures = torch.lerp(pictures, soft, 0.6 * share)
        pictures = pictures + 0.06 * noise * torch.randn(pictures.shape, generator=numbers)
        return (network(pictures) - attributes[chosen]).square().mean()

    directory = cache_dir / "puppets" / f"attributes-{settings.digest}" / f"seed{seed}"
    return Stage(f"attributes-{settings.size}", directory, {"regressor": network}, settings.plan, loss, seed)


def trained_regressor(settings: RegressorSettings, seed: int, cache_dir: Path, report: Report) -> Any:
    """Train a regressor, or find it finished in the cache; returned in evaluation mode."""
    from tapehead.analysis.diffusion.checkpointed_training import read

    directory = cache_dir / "puppets" / f"attributes-{settings.digest}" / f"seed{seed}"
    weights = read(directory / f"attributes-{settings.size}.safetensors")
    if weights is None:
        with alone(directory), one_thread():
            weights = run(regressor_stage(settings, seed, cache_dir), report)
        assert weights is not None
    network = make_regressor(settings)
    network.load_state_dict(weights.of("regressor"))
    return network.eval().requires_grad_(False)


def save_regressor(network: Any, settings: RegressorSettings, path: Path) -> None:
    """Write a regressor as fp16 safetensors; equal networks make equal bytes."""
    from safetensors.torch import save

    from tapehead.analysis.store import write_atomically

    tensors = {name: tensor.half().contiguous() for name, tensor in network.state_dict().items()}
    # One entry: safetensors writes several in an order that changes from process to process.
    facts = json.dumps({"size": settings.size, "channels": settings.channels})
    write_atomically(path, save(tensors, metadata={"regressor": facts}))


def load_regressor(path: Path) -> Any:
    """Read what :func:`save_regressor` wrote; fp32, in evaluation mode.

    Raises:
        TapeheadError: the file is not there or is something else.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(path), framework="pt") as file:
            facts = json.loads((file.metadata() or {})["regressor"])
            settings = RegressorSettings(int(facts["size"]), channels=tuple(facts["channels"]))
            tensors = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118 - no mapping
        network = make_regressor(settings)
        network.load_state_dict(tensors)
    except (SafetensorError, OSError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise TapeheadError(f"the attribute regressor {path} cannot be read: {error}") from error
    return network.eval().requires_grad_(False)


def read_attributes(network: Any, pictures: Any, block: int = 256) -> Any:
    """Attributes (n, 9) of pictures (n, 3, s, s) in [0, 1]."""
    import torch

    with torch.no_grad():
        return torch.cat([network(part) for part in pictures.split(block)])


def held_out_r2(network: Any, size: int, count: int = 1000) -> dict[str, float]:
    """Share of each attribute's variance that the regressor explains on renders it has not seen."""
    attributes = sample_attributes(count, HELD_OUT_SEED)
    pictures = render_bytes(attributes, size).float() / 255
    wrong = (read_attributes(network, pictures) - attributes).square().mean(0)
    return dict(zip(ATTRIBUTES, (1 - wrong / attributes.var(0, correction=0)).tolist(), strict=True))


def nearest_render(pictures: Any, start: Any, rounds: int = 6, block: int = 64) -> tuple[Any, Any]:
    """The render that lies nearest to each picture, by damped Gauss-Newton steps on its attributes.

    Args:
        pictures: (n, 3, s, s) in [0, 1].
        start: attributes (n, 9) to begin with, such as the regressor's.
        rounds: steps; one that does not come nearer is undone and damped more.
        block: pictures at a time.

    Returns:
        attributes (n, 9) within [-1, 1], and root mean square differences (n,) over pixels and colours.
    """
    import torch

    found, distances = [], []
    for part, first in zip(pictures.split(block), start.split(block), strict=True):
        values, rms = _descend(part, first.clamp(-1, 1), rounds)
        found.append(values)
        distances.append(rms)
    return torch.cat(found), torch.cat(distances)


def _descend(pictures: Any, values: Any, rounds: int) -> tuple[Any, Any]:
    import torch

    size, count, kinds = pictures.shape[-1], len(pictures), len(ATTRIBUTES)
    wanted = pictures.flatten(1)

    def draw(a: Any) -> Any:
        # So few at a time that what a drawing is made of stays in the cache.
        return torch.cat([render(part, size).flatten(1) for part in a.split(DRAWN)])

    def slopes(a: Any, drawn: Any) -> Any:
        """Columns of the Jacobian (n, pixels, 9), by differences towards the middle: exact ones take far longer."""
        steps = torch.where(a > 0, -0.02, 0.02)
        moved = a.unsqueeze(1) + torch.diag_embed(steps)
        difference = draw(moved.reshape(-1, kinds)).view(count, kinds, -1) - drawn.unsqueeze(1)
        return (difference / steps.unsqueeze(-1)).transpose(1, 2)

    with torch.no_grad():
        drawn = draw(values)
        best = (drawn - wanted).square().mean(1)
        damping = torch.full((count, 1, 1), 1e-2)
        for _ in range(rounds):
            slope = slopes(values, drawn)
            square = slope.transpose(1, 2) @ slope
            scale = torch.diag_embed(square.diagonal(dim1=1, dim2=2) + 1e-6)
            push = slope.transpose(1, 2) @ (wanted - drawn).unsqueeze(-1)
            step = torch.linalg.solve(square + damping * scale, push).squeeze(-1)
            tried = (values + step).clamp(-1, 1)
            now_drawn = draw(tried)
            now = (now_drawn - wanted).square().mean(1)
            nearer = now < best
            values = torch.where(nearer.unsqueeze(1), tried, values)
            drawn = torch.where(nearer.unsqueeze(1), now_drawn, drawn)
            best = torch.where(nearer, now, best)
            damping = torch.where(nearer.view(-1, 1, 1), damping * 0.3, damping * 10)
    return values, best.sqrt()
