"""Fresh linear probes: what can still be read off a representation by one who may learn anew.

Ridge regression on labels -1 and 1, in its dual form (as many unknowns as samples, however wide the features), with the
penalty chosen by leave-one-out error, which has a closed form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tapehead.analysis.errors import UsageError

if TYPE_CHECKING:
    from torch import Tensor

PENALTIES = tuple(10.0**i for i in range(-3, 5))
"""Ridge penalties to choose from, in units of the mean squared length of a feature row."""


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
