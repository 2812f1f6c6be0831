"""Mean ablation: how much of a task's logit difference is left when heads and MLPs are replaced by their means.

A removed head's ``z``, or a removed MLP's output, is replaced at every position by its mean at that position over the
task's corrupted prompts (Lan, Torr & Barez, arXiv 2311.04131).  Embeddings and LayerNorms stay live.  A score is
100 × (mean logit difference of the ablated network) / (that of the full one): a ratio of means.

Four things make it fast and change no result: means are computed once; layers below the first change are read from a
cache; removed heads are not computed, since a mean adds the same vector for every prompt; and from the last layer that
a live head still reads, only the last position is carried on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tapehead.analysis.bootstrap import bootstrap_ratio
from tapehead.analysis.errors import ResultError
from tapehead.analysis.language.models.components import Circuit, Component, mlp_labels
from tapehead.analysis.language.models.forward import Network
from tapehead.analysis.language.models.loading import LanguageModel
from tapehead.analysis.language.tasks.tasks import Task
from tapehead.analysis.results import Origin, Result, quantity

if TYPE_CHECKING:
    from torch import Tensor

CHUNK, DEVICE_CHUNK = 64, 2048
"""Prompts that go through the network together: on a processor few, so that the activations of a small network stay in
its cache; on another device many, so that it has enough to do."""
SPARED = 90.0
"""A head is called spared if at least this much, in %, is left without it."""


@dataclass(frozen=True, eq=False)
class Means:
    """Mean outputs over prompts at each position: heads ``z`` (L, P, H, d) and MLPs (L, P, D)."""

    z: Tensor
    mlp: Tensor


def means_of(network: Network, tokens: np.ndarray, chunk: int | None = None) -> Means:
    """Means over ``tokens`` (n, P) of every component's output in the intact network."""
    import torch

    chunk = chunk or chunk_for(network)
    z_sum: list[Any] = [0.0] * network.layers
    mlp_sum: list[Any] = [0.0] * network.layers
    with torch.no_grad():
        for part in network.tokens(tokens).split(chunk):
            x = network.embed(part)
            for layer in range(network.layers):
                z = network.z(layer, x)
                x = x + network.write(layer, z) + network.blocks[layer].out_bias
                added = network.mlp(layer, x)
                x = x + added
                z_sum[layer] = z_sum[layer] + z.sum(0)
                mlp_sum[layer] = mlp_sum[layer] + added.sum(0)
        return Means(torch.stack(z_sum) / len(tokens), torch.stack(mlp_sum) / len(tokens))


def chunk_for(network: Network) -> int:
    """Prompts at a time on the network's device."""
    return CHUNK if network.device == "cpu" else DEVICE_CHUNK


class Ablator:
    """Runs a task through circuits of one network.

    Args:
        network: the network.
        task: its clean prompts are scored, its corrupted ones give the means.
        means: given means instead, for instance of another task.
        chunk: prompts at a time; results do not depend on it beyond rounding.
    """

    def __init__(self, network: Network, task: Task, means: Means | None = None, chunk: int | None = None) -> None:
        import torch

        chunk = chunk or chunk_for(network)
        self.network, self.task = network, task
        self.means = means or means_of(network, task.corrupted, chunk)
        self.runs = 0
        with torch.no_grad():
            # What a removed head adds to the stream: (L, H, P, D).
            self.constants = torch.einsum(
                "lphd,lhdw->lhpw", self.means.z, torch.stack([block.out for block in network.blocks])
            )
            directions = network.directions(task.answers, task.wrong)
            self._chunks = [
                _Chunk(self, network.embed(tokens), way)
                for tokens, way in zip(network.tokens(task.tokens).split(chunk), directions.split(chunk), strict=True)
            ]
        self._full: float | None = None
        self._added: dict[int, tuple[bytes, Tensor]] = {}

    # -- one block of a circuit --------------------------------------------------------------------------------------

    def only_last(self, circuit: Circuit, layer: int) -> bool:
        """Whether nothing after ``layer`` reads another position than the last."""
        return not circuit.heads[layer + 1 :].any()

    def block(self, circuit: Circuit, layer: int, x: Tensor, z: Tensor | None = None) -> Tensor:
        """Stream after a block, given the stream before it; only the last position if nothing later reads others.

        ``z`` (n, P, h, d) are the outputs of the layer's live heads, if they are known already.
        """
        return self.after_heads(circuit, layer, self.heads_added(circuit, layer, x, z))

    def heads_added(self, circuit: Circuit, layer: int, x: Tensor, z: Tensor | None = None) -> Tensor:
        """Stream between a layer's attention and its MLP."""
        last = self.only_last(circuit, layer)
        stream, added = (x[:, -1:] if last else x), self._constant(circuit, layer)
        added = added[-1:] if last else added
        if not circuit.heads[layer].any():
            return stream + added
        heads = live_heads(circuit, layer)
        if z is None:
            z = self.network.z(layer, x, heads, last)
        elif last:
            z = z[:, -1:]
        return self.network.write(layer, z, heads).add_(stream).add_(added)

    def _constant(self, circuit: Circuit, layer: int) -> Tensor:
        """What a layer's attention adds to the stream of every prompt: means of removed heads, bias; (P, D)."""
        import torch

        row = circuit.heads[layer].tobytes()
        if layer not in self._added or self._added[layer][0] != row:
            gone = torch.as_tensor(np.flatnonzero(~circuit.heads[layer]))
            added = self.network.blocks[layer].out_bias + self.constants[layer, gone].sum(0)
            self._added[layer] = row, added
        return self._added[layer][1]

    def after_heads(self, circuit: Circuit, layer: int, stream: Tensor) -> Tensor:
        """Stream after a layer's MLP, given the one before it."""
        if circuit.mlps[layer]:
            return self.network.mlp(layer, stream).add_(stream)
        mean = self.means.mlp[layer]
        return stream + (mean[-1:] if stream.shape[1] == 1 else mean)

    def finish(self, circuit: Circuit, layer: int, x: Tensor, directions: Tensor) -> Tensor:
        """Logit differences (n,) of a stream that stands before ``layer``, everything from there on in the circuit."""
        for at in range(layer, self.network.layers):
            x = self.block(circuit, at, x)
        return self.network.differences(x[:, -1], directions)

    @property
    def everything(self) -> Circuit:
        """The full network."""
        return Circuit.full(self.network.layers, self.network.heads)

    @property
    def full(self) -> float:
        """Mean logit difference of the full network."""
        if self._full is None:
            self._full = float(self.differences(self.everything).mean())
        return self._full

    def differences(self, circuit: Circuit, pivot: int | None = None) -> np.ndarray:
        """Logit difference (n,) of each prompt with only ``circuit`` live.

        ``pivot`` says which layer changes from call to call: the stream before it and its heads' outputs are kept.
        """
        import torch

        self.runs += 1
        with torch.no_grad():
            found = torch.cat([chunk.run(circuit, pivot) for chunk in self._chunks])
        return found.cpu().double().numpy()

    def last_streams(self, circuit: Circuit) -> Tensor:
        """Residual stream at the last position after the last block, (n, D)."""
        import torch

        with torch.no_grad():
            return torch.cat([chunk.stream(circuit, None) for chunk in self._chunks])

    def score(self, circuit: Circuit, pivot: int | None = None) -> float:
        """Per cent of the full network's mean logit difference.

        Raises:
            ResultError: the full network's mean is too near zero for a ratio to say anything.
        """
        return 100 * float(self.differences(circuit, pivot).mean()) / self.denominator

    @property
    def denominator(self) -> float:
        """The full network's mean logit difference, checked to be one that can be divided by."""
        if abs(self.full) < 1e-3:
            raise ResultError(
                f"the mean logit difference of '{self.network.name}' on {self.task.name} is {self.full:.2g}: "
                "it does not do the task, and per cents of nothing mean nothing"
            )
        return self.full

    def accuracy(self, circuit: Circuit) -> float:
        """Share of prompts whose most likely next word is the answer."""
        best = self.network.logits(self.last_streams(circuit)).argmax(-1).cpu().numpy()
        return float((best == self.task.answers).mean())


class _Chunk:
    """A few prompts, with the streams of the last circuit kept layer by layer."""

    def __init__(self, owner: Ablator, embedded: Tensor, directions: Tensor) -> None:
        self.owner, self.directions = owner, directions
        # Stream before each layer, with the part of the circuit that it depends on.
        self.streams: dict[int, tuple[bytes, Tensor]] = {0: (b"|", embedded)}
        # Which layer's heads were computed on which circuit's stream, and the output (n, P, d) of each.
        self._pivot: tuple[int, bytes] | None = None
        self._pivot_z: dict[int, Tensor] = {}

    def run(self, circuit: Circuit, pivot: int | None) -> Tensor:
        return self.owner.network.differences(self.stream(circuit, pivot), self.directions)

    def stream(self, circuit: Circuit, pivot: int | None) -> Tensor:
        """Stream (n, D) at the last position after the last layer."""
        owner = self.owner
        keep_below = owner.network.layers if pivot is None else pivot
        layer, x = self._start(circuit)
        while layer < owner.network.layers:
            if layer <= keep_below:
                self.streams[layer] = (circuit.key(layer), x)
            z = self._known_z(circuit, layer, x) if layer == pivot and circuit.heads[layer].any() else None
            x = owner.block(circuit, layer, x, z)
            layer += 1
        return x[:, -1]

    def _start(self, circuit: Circuit) -> tuple[int, Tensor]:
        """The highest layer whose stream is known for this circuit."""
        for layer in sorted(self.streams, reverse=True):
            key, x = self.streams[layer]
            if (layer == 0 or key == circuit.key(layer)) and (x.shape[1] > 1 or not circuit.heads[layer:].any()):
                return layer, x
        raise AssertionError("the embedding is always known")

    def _known_z(self, circuit: Circuit, layer: int, x: Tensor) -> Tensor:
        """Outputs of the live heads of the layer that is being scanned, (n, P, h, d); heads not met yet are computed.

        ``x`` has all positions, since a head reads it.
        """
        import torch

        place = (layer, circuit.key(layer))
        if self._pivot != place:
            self._pivot, self._pivot_z = place, {}
        live = [int(h) for h in np.flatnonzero(circuit.heads[layer])]
        if new := [h for h in live if h not in self._pivot_z]:
            found = self.owner.network.z(layer, x, torch.as_tensor(new))
            self._pivot_z |= dict(zip(new, found.unbind(2), strict=True))
        return torch.stack([self._pivot_z[h] for h in live], dim=2)


def live_heads(circuit: Circuit, layer: int) -> Tensor | None:
    """Numbers of a layer's live heads; ``None`` if all are, which needs no picking."""
    import torch

    return None if circuit.heads[layer].all() else torch.as_tensor(np.flatnonzero(circuit.heads[layer]))


# -- results -------------------------------------------------------------------------------------------------------


def scan(ablator: Ablator, circuit: Circuit, components: Sequence[Component]) -> np.ndarray:
    """Logit differences (components, n) with each component ablated on its own, in this circuit."""
    return np.stack([ablator.differences(circuit.without(one), pivot=one.layer) for one in components])


def knockouts(model: LanguageModel, task: Task, *, within: Sequence[Component] | None = None, seed: int = 0) -> Result:
    """Ablate every head and MLP, one at a time, in the full network or inside a circuit.

    Args:
        model: the model.
        task: the task.
        within: live components to start from; everything if not given.
        seed: of the bootstrap.

    Quantities, in % of the full network's mean logit difference: ``heads_left`` (layer, head) and ``mlps_left``
    (layer); ``heads_drop`` and ``mlps_drop``, the start's score minus that; ``heads_low``, ``heads_high``,
    ``mlps_low``, ``mlps_high``, ends of the 95 % bootstrap interval over prompts of what is left; ``start``, the
    start's score; ``difference``, the full network's mean logit difference in logits, with ``difference_low`` and
    ``difference_high``; ``spared``, how many heads leave at least :data:`SPARED` % when they go.  Components that
    were not live at the start leave its score unchanged.
    """
    network = Network(model)
    ablator = Ablator(network, task)
    whole = ablator.differences(ablator.everything)
    circuit = ablator.everything if within is None else Circuit.of(within, network.layers, network.heads)
    start = ablator.differences(circuit)
    full = ablator.denominator

    shape = (network.layers, network.heads)
    parts = [Component(*at) for at in np.ndindex(shape)] + [Component(layer) for layer in range(network.layers)]
    found = np.broadcast_to(start, (len(parts), len(start))).copy()
    live = [i for i, one in enumerate(parts) if one in circuit]
    found[live] = scan(ablator, circuit, [parts[i] for i in live])
    low, high = bootstrap_ratio(100 * found.T, whole, seed)
    left = 100 * found.mean(1) / full
    started = 100 * start.mean() / full
    d_low, d_high = bootstrap_ratio(whole, np.ones(len(whole)), seed)

    of_heads = {"head": [str(h) for h in range(network.heads)], "layer": [str(k) for k in range(network.layers)]}
    of_mlps = {"layer": mlp_labels(network.layers)}
    quantities = {
        "start": quantity(started, unit="%"),
        "difference": quantity(whole.mean(), unit="logit"),
        "difference_low": quantity(d_low, unit="logit"),
        "difference_high": quantity(d_high, unit="logit"),
    }
    count = network.layers * network.heads
    quantities["spared"] = quantity(int((left[:count] >= SPARED).sum()))
    for name, values in {"left": left, "drop": started - left, "low": low, "high": high}.items():
        quantities[f"heads_{name}"] = quantity(
            values[:count].reshape(shape), "layer", "head", unit="%", labels=of_heads
        )
        quantities[f"mlps_{name}"] = quantity(values[count:], "layer", unit="%", labels=of_mlps)
    return Result(
        quantities,
        Origin.COMPUTED,
        model=model.name,
        facts={"model": model.digest, "task": task.name, "prompts": len(task), "start": [str(one) for one in circuit]},
    )
