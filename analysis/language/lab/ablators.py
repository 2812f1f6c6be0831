"""Mean ablation over a user's prompts: means per group and position, whatever the model's architecture.

:class:`PooledAblator` has the face of :class:`~tapehead.analysis.language.circuit.ablation.Ablator`, so that scans and
prunings run on it unchanged.  Each cell of prompts is run by GPT-2's fast engine or by :class:`OpenAblator`, which
reuses streams below the first change and heads of the layer that is scanned, does not run attention or MLPs that are at
their means, and carries on one position from where nothing reads the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tapehead.analysis.errors import ResultError, UsageError
from tapehead.analysis.language.circuit.ablation import Ablator, Means
from tapehead.analysis.language.lab.networks import FastNetwork, OpenNetwork, several
from tapehead.analysis.language.lab.prompts import Cell, PromptSet
from tapehead.analysis.language.models.components import Circuit
from tapehead.analysis.language.tasks.tasks import Task

if TYPE_CHECKING:
    from torch import Tensor

AnyNetwork = FastNetwork | OpenNetwork
CHUNK, DEVICE_CHUNK = 64, 512
"""Prompts that go through a network together, on a processor and elsewhere."""


def chunk_for(network: AnyNetwork) -> int:
    """Prompts at a time: what the network was told when memory ran out, else what is usual on its device."""
    return network.chunk or (CHUNK if network.device == "cpu" else DEVICE_CHUNK)


@dataclass(frozen=True, eq=False)
class MeanTable:
    """Means of every component's output, one row per key of :meth:`~..prompts.Cell.keys_of_positions`.

    ``z`` (L, rows, H, d) and ``mlp`` (L, rows, D); ``counts`` says over how many outputs each row is a mean.
    """

    rows: dict[tuple[str, ...], int]
    z: Tensor
    mlp: Tensor
    counts: np.ndarray

    def of(self, cell: Cell) -> Means:
        """Means at the positions of a cell's prompts.

        Raises:
            UsageError: there are none for one of its positions.
        """
        keys = cell.keys_of_positions()
        if absent := [key for key in keys if key not in self.rows]:
            what = f"group '{absent[0][0]}'" if absent[0][0] else "prompts"
            raise UsageError(f"there are no corrupted prompts to take means from for {what}, position {absent[0][-1]}")
        index = [self.rows[key] for key in keys]
        return Means(self.z[:, index], self.mlp[:, index])


def mean_table(network: AnyNetwork, prompts: PromptSet) -> MeanTable:
    """Means over the corrupted prompts in the intact network."""
    import torch

    keys = list(dict.fromkeys(key for cell in prompts.cells for key in cell.keys_of_positions()))
    rows = {key: i for i, key in enumerate(keys)}
    counts = np.zeros(len(rows), dtype=int)
    z_sums: list[Any] = [0.0] * network.layers
    mlp_sums: list[Any] = [0.0] * network.layers
    with torch.no_grad():
        for cell in prompts.cells:
            index = torch.as_tensor([rows[key] for key in cell.keys_of_positions()], device=network.device)
            np.add.at(counts, index.cpu().numpy(), len(cell.task))
            for part in network.tokens(cell.task.corrupted).split(chunk_for(network)):
                x = network.embed(part)
                for layer in range(network.layers):
                    z = network.all_z(layer, x)
                    mlp = network.mlp_output(layer, x, z)
                    x = network.after(layer, x, z, mlp)
                    for sums, value in ((z_sums, z), (mlp_sums, mlp)):
                        total = torch.zeros((len(rows), *value.shape[2:]), dtype=value.dtype, device=value.device)
                        sums[layer] = sums[layer] + total.index_add_(0, index, value.sum(0))
        share = torch.as_tensor(counts, device=network.device).to(z_sums[0].dtype)
        z = torch.stack(z_sums) / share[:, None, None]
        return MeanTable(rows, z, torch.stack(mlp_sums) / share[:, None], counts)


class OpenAblator:
    """Runs one cell through circuits of a network of any architecture.

    Args:
        network: the network, opened.
        task: clean prompts and answers.
        means: at the task's positions.
    """

    def __init__(self, network: OpenNetwork, task: Task, means: Means) -> None:
        import torch

        self.network, self.task, self.means = network, task, means
        with torch.no_grad():
            directions = network.directions(task.answers, task.wrong)
            chunk = chunk_for(network)
            self._chunks = [
                _OpenChunk(self, network.embed(tokens), way)
                for tokens, way in zip(network.tokens(task.tokens).split(chunk), directions.split(chunk), strict=True)
            ]

    def differences(self, circuit: Circuit, pivot: int | None = None) -> np.ndarray:
        """Log odds (n,) with only ``circuit`` live; ``pivot`` is the layer that changes between calls."""
        import torch

        with torch.no_grad():
            found = [self.network.differences(c.stream(circuit, pivot), c.directions) for c in self._chunks]
        return torch.cat(found).cpu().double().numpy()

    def last_streams(self, circuit: Circuit) -> Tensor:
        """Residual stream at the last position after the last block, (n, D)."""
        import torch

        with torch.no_grad():
            return torch.cat([chunk.stream(circuit, None) for chunk in self._chunks])


class _OpenChunk:
    """A few prompts, with the streams of the last circuit kept layer by layer."""

    def __init__(self, owner: OpenAblator, embedded: Tensor, directions: Tensor) -> None:
        self.owner, self.directions = owner, directions
        self.streams: dict[int, tuple[bytes, Tensor]] = {0: (b"|", embedded)}
        self._pivot: tuple[int, bytes] | None = None
        self._pivot_z: Tensor | None = None

    def stream(self, circuit: Circuit, pivot: int | None) -> Tensor:
        """Stream (n, D) at the last position after the last layer."""
        network, means = self.owner.network, self.owner.means
        keep_below = network.layers if pivot is None else pivot
        layer, x = self._start(circuit)
        for at in range(layer, network.layers):
            if at <= keep_below:
                self.streams[at] = (circuit.key(at), x)
            last = not circuit.heads[at + 1 :].any()
            z = self._heads(circuit, at, x, at == pivot)
            mlp = None if circuit.mlps[at] else means.mlp[at][None]
            if x.shape[1] == 1:
                z, mlp = z[:, -1:], None if mlp is None else mlp[:, -1:]
            x = network.after(at, x, z, mlp, last)
        return x[:, -1]

    def _heads(self, circuit: Circuit, layer: int, x: Tensor, pivot: bool) -> Tensor:
        """Outputs of a layer's heads, those that are not live at their means; (n or 1, P, H, d)."""
        import torch

        live, mean = circuit.heads[layer], self.owner.means.z[layer][None]
        if not live.any():
            return mean
        place = (layer, circuit.key(layer))
        if pivot and self._pivot == place and self._pivot_z is not None:
            z = self._pivot_z
        else:
            z = self.owner.network.all_z(layer, x)
            if pivot:
                self._pivot, self._pivot_z = place, z
        if live.all():
            return z
        return torch.where(torch.tensor(live, device=z.device)[:, None], z, mean)

    def _start(self, circuit: Circuit) -> tuple[int, Tensor]:
        """The highest layer whose stream is known for this circuit."""
        for layer in sorted(self.streams, reverse=True):
            key, x = self.streams[layer]
            if (layer == 0 or key == circuit.key(layer)) and (x.shape[1] > 1 or not circuit.heads[layer:].any()):
                return layer, x
        raise AssertionError("the embedding is always known")


class PooledAblator:
    """Runs all prompts of a set through circuits; means are those of ``table``, or of the set's own corrupted prompts.

    Raises:
        UsageError: a position has no mean in the table.
    """

    def __init__(self, network: AnyNetwork, prompts: PromptSet, table: MeanTable | None = None) -> None:
        self.network, self.prompts = network, prompts
        self.table = table or mean_table(network, prompts)
        self.parts: list[Ablator | OpenAblator] = [
            Ablator(network, cell.task, self.table.of(cell), chunk_for(network))
            if isinstance(network, FastNetwork)
            else OpenAblator(network, cell.task, self.table.of(cell))
            for cell in prompts.cells
        ]
        self.runs = 0
        self._full: float | None = None

    def differences(self, circuit: Circuit, pivot: int | None = None) -> np.ndarray:
        """Log odds (prompts,) in the order of the file with only ``circuit`` live."""
        self.runs += 1
        return self.prompts.gather([part.differences(circuit, pivot) for part in self.parts])

    @property
    def everything(self) -> Circuit:
        """The full network."""
        return Circuit.full(self.network.layers, self.network.heads)

    @property
    def nothing(self) -> Circuit:
        """Every component at its mean."""
        return Circuit.of((), self.network.layers, self.network.heads)

    @property
    def full(self) -> float:
        """Mean log odds of the intact network."""
        if self._full is None:
            self._full = float(self.differences(self.everything).mean())
        return self._full

    @property
    def denominator(self) -> float:
        """:attr:`full`, checked to be one that can be divided by.

        Raises:
            ResultError: it is zero.
        """
        if abs(self.full) < 1e-9:
            raise ResultError(
                f"the mean log odds of '{self.network.name}' on '{self.prompts.name}' are zero: "
                "it does not do the task, and per cents of nothing mean nothing"
            )
        return self.full

    def score(self, circuit: Circuit, pivot: int | None = None) -> float:
        """Per cent of the intact network's mean log odds."""
        return 100 * float(self.differences(circuit, pivot).mean()) / self.denominator

    def accuracy(self, circuit: Circuit) -> float:
        """Share of prompts whose most likely next token is an answer."""
        hits = []
        for part, cell in zip(self.parts, self.prompts.cells, strict=True):
            best = self.network.logits(part.last_streams(circuit)).argmax(-1).cpu().numpy()
            hits.append((several(cell.task.answers) == best[:, None]).any(1))
        return float(self.prompts.gather(hits).mean())
