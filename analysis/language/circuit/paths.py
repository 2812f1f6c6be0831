"""Path patching: how much a circuit's score depends on one component reading one other, edge by edge.

The base is a circuit with everything else at its means.  For an edge from sender s to an input of receiver r, at all
positions: s's output is taken from the circuit run on the clean and on the corrupted prompt; in r's input (only the
queries, keys or values of a head) the clean term is exchanged for the corrupted one, with every other head and MLP
below r as in the base run and r's LayerNorm live; r and everything after it are then computed normally.  This is the
direct path of s to r (Wang et al., arXiv 2211.00593; Goldowsky-Dill et al., arXiv 2304.05969).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tapehead.analysis.bootstrap import bootstrap_ratio
from tapehead.analysis.language.circuit.ablation import Ablator, live_heads
from tapehead.analysis.language.models.components import Circuit, Component
from tapehead.analysis.language.models.forward import Network
from tapehead.analysis.language.models.loading import LanguageModel
from tapehead.analysis.language.tasks.tasks import Task
from tapehead.analysis.results import Origin, Result, quantity

if TYPE_CHECKING:
    from torch import Tensor

EMBED, FINAL = "embed", "final"
INPUTS = ("q", "k", "v", "mlp", "final")
KEEP = 5.0
"""An edge is called strong if patching it costs at least this many percentage points."""


@dataclass(frozen=True)
class Edge:
    """From ``sender`` (a component, or ``None`` for the embedding) to an input of ``receiver`` (``None``: final)."""

    sender: Component | None
    receiver: Component | None
    input: str

    def __str__(self) -> str:
        ends = f"{self.sender or EMBED} → {self.receiver or FINAL}"
        return f"{ends}.{self.input}" if self.input in ("q", "k", "v") else ends


def edges_of(circuit: Circuit, embedding: bool = True) -> Iterator[Edge]:
    """All direct paths between live components, receivers in the order of the forward pass.

    A head of layer l is read by the MLPs of layer l and above; everything else only by later layers.
    """
    live = list(circuit)
    first: list[Component | None] = [None] if embedding else []
    for receiver in live:
        senders = first + [s for s in live if _before(s, receiver)]
        for sender in senders:
            for name in ("mlp",) if receiver.is_mlp else ("q", "k", "v"):
                yield Edge(sender, receiver, name)
    for one in [*first, *live]:
        yield Edge(one, None, "final")


def _before(sender: Component, receiver: Component) -> bool:
    if sender.layer == receiver.layer:
        return receiver.is_mlp and not sender.is_mlp
    return sender.layer < receiver.layer


class _Record:
    """One run of the circuit on some prompts, with all that patching needs from it."""

    def __init__(self, ablator: Ablator, circuit: Circuit, tokens: Tensor) -> None:
        import torch

        network = ablator.network
        self.before: list[Tensor] = []
        self.between: list[Tensor] = []
        self.z: list[Tensor] = []
        self.mlp: list[Tensor] = []
        # Every position is wanted here, so the circuit's own "only the last" is switched off by a live last layer.
        every = Circuit(np.vstack([circuit.heads, np.ones((1, circuit.heads.shape[1]))]), np.append(circuit.mlps, True))
        x = self.embedded = network.embed(tokens)
        for layer in range(network.layers):
            z = network.z(layer, x)
            live = live_heads(every, layer)
            middle = ablator.heads_added(every, layer, x, z if live is None else z[:, :, live])
            self.before.append(x)
            self.between.append(middle)
            self.z.append(z)
            x = ablator.after_heads(every, layer, middle)
            self.mlp.append(x - middle)
        self.after = x
        self._torch = torch
        self._network = network

    def output(self, one: Component | None) -> Tensor:
        """What a sender adds to the stream, (n, P, D)."""
        if one is None:
            return self.embedded
        if one.is_mlp:
            return self.mlp[one.layer]
        heads = self._torch.tensor([one.head])
        return self._network.write(one.layer, self.z[one.layer][:, :, heads], heads)


def patch_edges(ablator: Ablator, circuit: Circuit, edges: Sequence[Edge], chunk: int = 64) -> np.ndarray:
    """Logit differences (edges, n) of the circuit with each edge patched on its own."""
    import torch

    network, task = ablator.network, ablator.task
    found = []
    with torch.no_grad():
        directions = network.directions(task.answers, task.wrong)
        for clean_ids, corrupted_ids, way in zip(
            network.tokens(task.tokens).split(chunk),
            network.tokens(task.corrupted).split(chunk),
            directions.split(chunk),
            strict=True,
        ):
            clean = _Record(ablator, circuit, clean_ids)
            corrupted = _Record(ablator, circuit, corrupted_ids)
            deltas: dict[Component | None, Tensor] = {}
            rows = []
            for edge in edges:
                if edge.sender not in deltas:
                    deltas[edge.sender] = corrupted.output(edge.sender) - clean.output(edge.sender)
                rows.append(_patched(ablator, circuit, clean, edge, deltas[edge.sender], way))
            found.append(torch.stack(rows))
        return torch.cat(found, dim=1).cpu().double().numpy()


def _patched(
    ablator: Ablator, circuit: Circuit, clean: _Record, edge: Edge, delta: Tensor, directions: Tensor
) -> Tensor:
    import torch

    network, receiver = ablator.network, edge.receiver
    if receiver is None:
        return network.differences(clean.after[:, -1] + delta[:, -1], directions)
    layer = receiver.layer
    last = ablator.only_last(circuit, layer)
    if receiver.is_mlp:
        stream = clean.between[layer]
        if last:
            stream, delta = stream[:, -1:], delta[:, -1:]
        return ablator.finish(circuit, layer + 1, stream + network.mlp(layer, stream + delta), directions)
    head = torch.tensor([receiver.head])
    weights = network.blocks[layer].ln1
    normed, changed = network.norm(clean.before[layer], weights), network.norm(clean.before[layer] + delta, weights)
    parts = [
        network.project(layer, which, changed if edge.input == name else normed, head)
        for which, name in enumerate(("q", "k", "v"))
    ]
    if last:
        parts[0] = parts[0][:, :, -1:]
    z, old = network.attend(parts[0], parts[1], parts[2]), clean.z[layer][:, :, head]
    stream = clean.between[layer]
    if last:
        stream, old = stream[:, -1:], old[:, -1:]
    stream = stream + network.write(layer, z - old, head)
    return ablator.finish(circuit, layer + 1, ablator.after_heads(circuit, layer, stream), directions)


def path_patching(
    model: LanguageModel,
    task: Task,
    circuit: Circuit,
    *,
    embedding: bool = True,
    keep: float = KEEP,
    seed: int = 0,
) -> Result:
    """Patch every edge of a circuit on its own.

    Args:
        model: the model.
        task: clean prompts are scored, prompt i's corrupted partner gives what is patched in.
        circuit: live components.
        embedding: also patch the direct paths from the embedding.
        keep: percentage points from which an edge counts as strong.
        seed: of the bootstrap.

    Quantities along ``edge`` (labels ``0.6 → 1.1.k``, ``MLP 3 → final`` …): ``score``, % of the full network left;
    ``drop``, percentage points below the circuit's own score, with bootstrap ends ``drop_low``, ``drop_high``;
    ``strong``, 1 where the drop is at least ``keep`` and its interval excludes zero; ``sender_layer``,
    ``sender_head``, ``receiver_layer``, ``receiver_head`` (-1: an MLP, -2: embedding or final) and ``input``, its
    place in :data:`INPUTS`.  ``circuit_score`` in %; ``edge_count``, ``strong_count``.
    """
    network = Network(model)
    ablator = Ablator(network, task)
    edges = list(edges_of(circuit, embedding))
    base, whole = ablator.differences(circuit), ablator.differences(ablator.everything)
    full = ablator.denominator
    found = patch_edges(ablator, circuit, edges)
    drops = 100 * (base - found)
    low, high = bootstrap_ratio(drops.T, whole, seed)
    drop = drops.mean(1) / full
    strong = (drop >= keep) & (low > 0)

    def ends(which: Sequence[Component | None]) -> tuple[list[int], list[int]]:
        return [-2 if c is None else c.layer for c in which], [-2 if c is None else c.head for c in which]

    sender_layer, sender_head = ends([e.sender for e in edges])
    receiver_layer, receiver_head = ends([e.receiver for e in edges])
    at = {"edge": [str(e) for e in edges]}
    values = {
        "score": (100 * found.mean(1) / full, "%"),
        "drop": (drop, "%"),
        "drop_low": (low, "%"),
        "drop_high": (high, "%"),
        "strong": (strong.astype(int), "1"),
        "sender_layer": (sender_layer, "1"),
        "sender_head": (sender_head, "1"),
        "receiver_layer": (receiver_layer, "1"),
        "receiver_head": (receiver_head, "1"),
        "input": ([INPUTS.index(e.input) for e in edges], "1"),
    }
    return Result(
        {name: quantity(array, "edge", unit=unit, labels=at) for name, (array, unit) in values.items()}
        | {
            "circuit_score": quantity(100 * base.mean() / full, unit="%"),
            "edge_count": quantity(len(edges)),
            "strong_count": quantity(int(strong.sum())),
        },
        Origin.COMPUTED,
        model=model.name,
        facts={"model": model.digest, "task": task.name, "prompts": len(task), "circuit": [str(c) for c in circuit]},
    )
