"""Path patching of a circuit's edges on a user's prompts, in GPT-2's engine or in any other.

In GPT-2 an edge ends at one head's queries, keys or values (:mod:`tapehead.analysis.language.circuit.paths`).  Other
blocks are not opened there: an edge into a head changes all three, and everything else is the same.  A sender's share
of a stream is the difference that its output makes to the stream behind its block with the MLP held, so a norm behind
the attention is passed.  The control sends what the sender says in *another* clean prompt of the same shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from tapehead.analysis.bootstrap import bootstrap_ratio
from tapehead.analysis.language.circuit.ablation import Ablator, Means
from tapehead.analysis.language.circuit.paths import KEEP, Edge, edges_of, patch_edges
from tapehead.analysis.language.lab.ablators import OpenAblator, PooledAblator
from tapehead.analysis.language.lab.networks import OpenNetwork
from tapehead.analysis.language.lab.passes import Tick, silent
from tapehead.analysis.language.models.components import Circuit, Component
from tapehead.analysis.results import Result, quantity

if TYPE_CHECKING:
    from torch import Tensor


def open_edges_of(circuit: Circuit) -> list[Edge]:
    """All direct paths where inputs of heads are not told apart."""
    found = []
    for edge in edges_of(circuit):
        if edge.input in ("k", "v"):
            continue
        found.append(replace(edge, input="all") if edge.input == "q" else edge)
    return found


@dataclass(frozen=True, eq=False)
class _Run:
    """A run of a circuit: streams before blocks, outputs of all heads and MLPs (those not live at their means)."""

    before: list[Tensor]
    z: list[Tensor]
    mlp: list[Tensor]
    end: Tensor


def _run(network: OpenNetwork, means: Means, circuit: Circuit, tokens: Tensor) -> _Run:
    before, heads, mlps = [], [], []
    x = network.embed(tokens)
    for layer in range(network.layers):
        z = _mixed(means, circuit, layer, network.all_z(layer, x))
        mlp = network.mlp_output(layer, x, z) if circuit.mlps[layer] else means.mlp[layer].expand_as(x)
        before.append(x)
        heads.append(z)
        mlps.append(mlp)
        x = network.after(layer, x, z, mlp)
    return _Run(before, heads, mlps, x)


def _mixed(means: Means, circuit: Circuit, layer: int, z: Tensor) -> Tensor:
    import torch

    live = torch.tensor(circuit.heads[layer], device=z.device)
    return torch.where(live[:, None], z, means.z[layer][None])


def _sent(network: OpenNetwork, base: _Run, other: _Run, sender: Component | None) -> Tensor:
    """How the stream behind the sender's block changes if its output alone is the other run's."""
    if sender is None:
        return other.before[0] - base.before[0]
    layer, z, mlp = sender.layer, base.z[sender.layer], base.mlp[sender.layer]
    if sender.is_mlp:
        changed = network.after(layer, base.before[layer], z, other.mlp[layer])
    else:
        z = z.clone()
        z[:, :, sender.head] = other.z[layer][:, :, sender.head]
        changed = network.after(layer, base.before[layer], z, mlp)
    following = base.before[layer + 1] if layer + 1 < network.layers else base.end
    return changed - following


def _finish(network: OpenNetwork, means: Means, circuit: Circuit, layer: int, x: Tensor, way: Tensor) -> Tensor:
    for at in range(layer, network.layers):
        z = _mixed(means, circuit, at, network.all_z(at, x))
        mlp = None if circuit.mlps[at] else means.mlp[at][None]
        x = network.after(at, x, z, mlp)
    return network.differences(x[:, -1], way)


def _patched(
    network: OpenNetwork,
    means: Means,
    circuit: Circuit,
    base: _Run,
    other: _Run,
    edge: Edge,
    delta: Tensor,
    way: Tensor,
) -> Tensor:
    receiver = edge.receiver
    if receiver is None:
        return network.differences(base.end[:, -1] + delta[:, -1], way)
    layer = receiver.layer
    x, z = base.before[layer], base.z[layer]
    if not receiver.is_mlp:
        z = z.clone()
        z[:, :, receiver.head] = network.all_z(layer, x + delta)[:, :, receiver.head]
        mlp = None if circuit.mlps[layer] else base.mlp[layer]
        return _finish(network, means, circuit, layer + 1, network.after(layer, x, z, mlp), way)
    if edge.sender is not None and edge.sender.layer == layer:  # a head of the MLP's own block
        changed = z.clone()
        changed[:, :, edge.sender.head] = other.z[layer][:, :, edge.sender.head]
        mlp = network.mlp_output(layer, x, changed)
    else:
        mlp = network.mlp_output(layer, x + delta, z)
    return _finish(network, means, circuit, layer + 1, network.after(layer, x, z, mlp), way)


def patch_open_edges(part: OpenAblator, circuit: Circuit, edges: Sequence[Edge], sources: np.ndarray) -> np.ndarray:
    """Log odds (edges, n) of a circuit, each edge patched on its own; what is sent comes from ``sources`` (n, P)."""
    import torch

    network, means = part.network, part.means
    with torch.no_grad():
        way = network.directions(part.task.answers, part.task.wrong)
        base = _run(network, means, circuit, network.tokens(part.task.tokens))
        other = _run(network, means, circuit, network.tokens(sources))
        deltas: dict[Component | None, Tensor] = {}
        rows = []
        for edge in edges:
            if edge.sender not in deltas:
                deltas[edge.sender] = _sent(network, base, other, edge.sender)
            rows.append(_patched(network, means, circuit, base, other, edge, deltas[edge.sender], way))
        return torch.stack(rows).cpu().double().numpy()


def path_patching(ablator: PooledAblator, circuit: Circuit, *, seed: int = 0, tick: Tick = silent) -> Result:
    """The part ``edges``; see :mod:`tapehead.analysis.language.lab.results`."""
    fast = not isinstance(ablator.network, OpenNetwork)
    edges = list(edges_of(circuit)) if fast else open_edges_of(circuit)
    base, whole = ablator.differences(circuit), ablator.differences(ablator.everything)
    full = ablator.denominator
    found: dict[bool, np.ndarray] = {}
    for k, control in enumerate((False, True)):
        rows = []
        for i, part in enumerate(ablator.parts):
            sources = np.roll(part.task.tokens, 1, axis=0) if control else part.task.corrupted
            if isinstance(part, OpenAblator):
                rows.append(patch_open_edges(part, circuit, edges, sources).T)
            else:
                other = Ablator(part.network, replace(part.task, corrupted=sources.copy()), part.means)
                rows.append(patch_edges(other, circuit, edges).T)
            tick((k + (i + 1) / len(ablator.parts)) / 2)
        found[control] = ablator.prompts.gather(rows).T
    drops = 100 * (base - found[False])
    low, high = bootstrap_ratio(drops.T, whole, seed)
    drop, beside = drops.mean(1) / full, 100 * (base - found[True]).mean(1) / full
    strong = (drop >= KEEP) & (low > 0)

    def ends(which: Sequence[Component | None]) -> tuple[list[int], list[int]]:
        return [-2 if c is None else c.layer for c in which], [-2 if c is None else c.head for c in which]

    sender_layer, sender_head = ends([edge.sender for edge in edges])
    receiver_layer, receiver_head = ends([edge.receiver for edge in edges])
    at = {"edge": [str(edge) for edge in edges]}
    values = {
        "score": (100 * found[False].mean(1) / full, "%"),
        "drop": (drop, "%"),
        "drop_low": (low, "%"),
        "drop_high": (high, "%"),
        "drop_control": (beside, "%"),
        "strong": (strong.astype(int), "1"),
        "sender_layer": (sender_layer, "1"),
        "sender_head": (sender_head, "1"),
        "receiver_layer": (receiver_layer, "1"),
        "receiver_head": (receiver_head, "1"),
    }
    return Result(
        {name: quantity(array, "edge", unit=unit, labels=at) for name, (array, unit) in values.items()}
        | {
            "there": quantity(1),
            "circuit_score": quantity(100 * base.mean() / full, unit="%"),
            "edge_count": quantity(len(edges)),
            "strong_count": quantity(int(strong.sum())),
            "control_worst": quantity(float(beside.max()) if len(edges) else 0.0, unit="%"),
        },
        model=ablator.network.name,
        facts={"model": ablator.network.digest, "task": ablator.prompts.name, "circuit": [str(c) for c in circuit]},
    )
