"""Mean ablation of every head and MLP, beside moving each as far in a random direction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tapehead.analysis.bootstrap import bootstrap_ratio
from tapehead.analysis.language.circuit.ablation import SPARED
from tapehead.analysis.language.lab.ablators import AnyNetwork, PooledAblator
from tapehead.analysis.language.lab.passes import Tick, count_portions, onward, place, portions, run_through, silent
from tapehead.analysis.language.lab.prompts import PromptSet
from tapehead.analysis.language.models.components import Component, mlp_labels
from tapehead.analysis.results import Quantity, Result, quantity

if TYPE_CHECKING:
    from torch import Tensor


def components_of(network: AnyNetwork) -> list[Component]:
    """All heads layer by layer, then all MLPs."""
    heads = [Component(layer, head) for layer in range(network.layers) for head in range(network.heads)]
    return heads + [Component(layer) for layer in range(network.layers)]


def moved(values: Tensor, mean: Tensor, seed: tuple[int, ...]) -> Tensor:
    """``values`` (n, P, d), each moved as far as it is from ``mean`` (P, d), in a direction drawn at random."""
    import torch

    # Drawn on the processor, so that every device moves things the same way.
    way = np.random.default_rng(seed).standard_normal(tuple(values.shape))
    direction = torch.as_tensor(way, dtype=values.dtype, device=values.device)
    length = (values - mean).norm(dim=-1, keepdim=True)
    return values + direction / direction.norm(dim=-1, keepdim=True) * length


def moved_differences(
    network: AnyNetwork, prompts: PromptSet, ablator: PooledAblator, seed: int, tick: Tick = silent
) -> np.ndarray:
    """Log odds (components, prompts) with each component's output moved on its own."""
    import torch

    parts = components_of(network)
    found = np.empty((len(prompts), len(parts)))
    total, done = count_portions(network, prompts, by_group=True) * len(parts), 0
    with torch.no_grad():
        for portion in portions(network, prompts, by_group=True):
            plain, means = run_through(network, portion.clean), ablator.table.of(portion.cell)
            columns = []
            for i, one in enumerate(parts):
                layer = one.layer
                z, mlp = plain.z[layer], None
                own = (seed, 0xC0DE, i, int(portion.rows[0]))
                if one.is_mlp:
                    mlp = moved(plain.mlp[layer], means.mlp[layer], own)
                else:
                    z = z.clone()
                    z[:, :, one.head] = moved(z[:, :, one.head], means.z[layer][:, one.head], own)
                last = layer == network.layers - 1
                x = network.after(layer, plain.before[layer], z, mlp, last)
                columns.append(onward(network, layer + 1, x, portion.directions))
                done += 1
                tick(done / total)
            place(found, portion, torch.stack(columns, 1))
    return found.T


def ablation(
    network: AnyNetwork, prompts: PromptSet, ablator: PooledAblator, *, seed: int = 0, tick: Tick = silent
) -> Result:
    """The part ``ablation``; see :mod:`tapehead.analysis.language.lab.results`."""
    parts = components_of(network)
    everything = ablator.everything
    whole = ablator.differences(everything)
    full = ablator.denominator
    rows = []
    for i, one in enumerate(parts):
        rows.append(ablator.differences(everything.without(one), pivot=one.layer))
        tick(0.5 * (i + 1) / len(parts))
    found = np.stack(rows)
    control = moved_differences(network, prompts, ablator, seed, lambda done: tick(0.5 + done / 2))
    low, high = bootstrap_ratio(100 * found.T, whole, seed)
    left, beside = 100 * found.mean(1) / full, 100 * control.mean(1) / full
    count, shape = network.layers * network.heads, (network.layers, network.heads)
    of_heads = {"layer": [str(k) for k in range(shape[0])], "head": [str(h) for h in range(shape[1])]}
    of_mlps = {"layer": mlp_labels(shape[0])}
    quantities: dict[str, Quantity] = {"there": quantity(1)}
    for name, values in {"left": left, "low": low, "high": high, "drop": 100 - left, "control": beside}.items():
        head_name, mlp_name = (
            f"{kind}_left_{name}" if name in ("low", "high") else f"{kind}_{name}" for kind in ("heads", "mlps")
        )
        quantities[head_name] = quantity(values[:count].reshape(shape), "layer", "head", unit="%", labels=of_heads)
        quantities[mlp_name] = quantity(values[count:], "layer", unit="%", labels=of_mlps)
    best, best_mlp = int(left[:count].argmin()), int(left[count:].argmin())
    scalars = {
        "best_layer": (best // shape[1], "1"),
        "best_head": (best % shape[1], "1"),
        "best_drop": (100 - left[best], "%"),
        "best_control_drop": (100 - beside[best], "%"),
        "best_mlp": (best_mlp, "1"),
        "best_mlp_drop": (100 - left[count + best_mlp], "%"),
        "best_mlp_control_drop": (100 - beside[count + best_mlp], "%"),
        "control_worst": (100 - beside.min(), "%"),
        "spared": (int((left[:count] >= SPARED).sum()), "1"),
    }
    quantities |= {name: quantity(value, unit=unit) for name, (value, unit) in scalars.items()}
    facts = {"best": str(parts[best]), "best_mlp": str(parts[count + best_mlp])}
    return Result(quantities, model=network.name, facts={"model": network.digest, "task": prompts.name} | facts)
