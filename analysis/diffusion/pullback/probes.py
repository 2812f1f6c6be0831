"""Fresh probes: what can still be read off a representation by one who may learn anew.

The linear one is ridge regression on labels -1 and 1, in its dual form (as many unknowns as samples, however wide the
features), with the penalty chosen by leave-one-out error, which has a closed form.  What no line tells apart a curve
may: beside it there is a small network with one hidden layer.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tapehead.analysis.errors import UsageError

if TYPE_CHECKING:
    from torch import Tensor

PENALTIES = tuple(10.0**i for i in range(-3, 5))
"""Ridge penalties to choose from, in units of the mean squared length of a feature row."""


HIDDEN = 32
"""Width of the network's one hidden layer."""
COMPONENTS = 64
"""Principal components of the features that the network sees: with more it learns a few hundred rows by heart."""
NETWORKS = 3
"""Networks, each with its own quarter of rows left out, whose outputs are averaged."""
ROUNDS = 200


@dataclass(frozen=True)
class Probe:
    """score = (row - mean) . weights + offset; above 0 says yes.

    penalty: the one chosen.  left_out: share of training rows told right when left out.
    """

    weights: Tensor
    mean: Tensor
    offset: float
    penalty: float
    left_out: float

    def scores(self, rows: Tensor) -> Tensor:
        """(n,) of features (n, D)."""
        return (rows.double() - self.mean) @ self.weights + self.offset

    def correct(self, rows: Tensor, labels: Tensor) -> int:
        """How many of the labels (n,) bool it tells right."""
        return int(((self.scores(rows) > 0) == labels).sum())


def fit(rows: Tensor, labels: Tensor) -> Probe:
    """Train a probe.

    Args:
        rows: features (n, D).
        labels: (n,) bool, both kinds at least twice.

    Raises:
        UsageError: labels and rows do not fit, or a kind of label is missing.
    """
    import torch

    yes = int(labels.sum())
    if len(rows) != len(labels) or min(yes, len(labels) - yes) < 2:
        raise UsageError(
            f"a probe needs two samples of both kinds; there are {yes} with and {len(labels) - yes} without, "
            f"and {len(rows)} rows of features"
        )
    x = rows.double()
    mean = x.mean(0)
    x = x - mean
    target = torch.where(labels, 1.0, -1.0).double()
    offset = float(target.mean())
    y = target - offset
    gram = x @ x.T
    scale = float(gram.diagonal().mean()) or 1.0
    values, vectors = torch.linalg.eigh(gram)
    values = values.clamp(min=0)
    best: tuple[float, float, Tensor] | None = None
    n = len(y)
    for share in PENALTIES:
        penalty = share * scale
        # Hat matrix of the centred problem, with the mean's own 1 / n.
        hat = (vectors * (values / (values + penalty))) @ vectors.T + 1 / n
        fitted = hat @ target
        loo = (target - fitted) / (1 - hat.diagonal()).clamp(min=1e-9)
        error = float(loo.square().mean())
        if best is None or error < best[0]:
            best = error, penalty, loo
    assert best is not None
    error, penalty, loo = best
    dual = vectors @ ((vectors.T @ y) / (values + penalty))
    told = float(((target - loo > 0) == labels).double().mean())
    return Probe(x.T @ dual, mean, offset, penalty, told)


@dataclass(frozen=True)
class NetworkProbe:
    """Mean output of some small networks on principal components of the features; above 0 says yes.

    mean: (D,).  basis: (k, D), each row divided by the standard deviation along it.  networks: of k numbers to one.
    """

    mean: Tensor
    basis: Tensor
    networks: tuple[Any, ...]

    def scores(self, rows: Tensor) -> Tensor:
        """(n,) of features (n, D)."""
        import torch

        with torch.no_grad():
            seen = ((rows.double() - self.mean) @ self.basis.T).float()
            return torch.stack([network(seen)[:, 0] for network in self.networks]).mean(0)

    def correct(self, rows: Tensor, labels: Tensor) -> int:
        """How many of the labels (n,) bool it tells right."""
        return int(((self.scores(rows) > 0) == labels).sum())


def fit_network(rows: Tensor, labels: Tensor, seed: int) -> NetworkProbe:
    """Train a probe that need not be linear: one hidden layer, stopped where the rows left out are told best.

    Args:
        rows: features (n, D).
        labels: (n,) bool, both kinds at least four times.
        seed: of the networks' first weights and of the rows that each leaves out.

    Raises:
        UsageError: labels and rows do not fit, or too few of a kind.
    """
    import torch

    yes = int(labels.sum())
    if len(rows) != len(labels) or min(yes, len(labels) - yes) < 4:
        raise UsageError(
            f"a network as a probe needs four samples of both kinds; there are {yes} with and {len(labels) - yes} "
            f"without, and {len(rows)} rows of features"
        )
    x = rows.double()
    mean = x.mean(0)
    _, sizes, directions = torch.linalg.svd(x - mean, full_matrices=False)
    # Directions without variance (taken out by an edit, or beyond the rank) would be divided by nothing.
    kept = int((sizes > 1e-6 * sizes[0]).sum().clamp(max=COMPONENTS))
    basis = directions[:kept] / (sizes[:kept, None] / len(x) ** 0.5)
    seen = ((x - mean) @ basis.T).float()
    target = labels.float()
    draw = torch.Generator().manual_seed(seed)
    networks = []
    for _ in range(NETWORKS):
        order = torch.randperm(len(x), generator=draw)
        held, learnt = order[: len(x) // 4], order[len(x) // 4 :]
        network = torch.nn.Sequential(torch.nn.Linear(kept, HIDDEN), torch.nn.GELU(), torch.nn.Linear(HIDDEN, 1))
        with torch.no_grad():
            for weight in network.parameters():
                fan = weight.shape[1] if weight.ndim == 2 else kept
                weight.copy_(torch.randn(weight.shape, generator=draw) / fan**0.5)
        step = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=0.1)
        loss_of = torch.nn.functional.binary_cross_entropy_with_logits
        best = (float("inf"), network)
        for _ in range(ROUNDS):
            step.zero_grad()
            loss_of(network(seen[learnt])[:, 0], target[learnt]).backward()
            step.step()
            with torch.no_grad():
                loss = float(loss_of(network(seen[held])[:, 0], target[held]))
            if loss < best[0]:
                best = (loss, copy.deepcopy(network))
        networks.append(best[1])
    return NetworkProbe(mean, basis, tuple(networks))
