"""Subspaces and how far apart they are: angles, means on the Grassmannian, and what of a known change they hold.

A subspace is given by rows (k, n) that span it; they need not be orthonormal unless that is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from tapehead.analysis.diffusion.pullback.controls import orthonormal
from tapehead.analysis.errors import UsageError

if TYPE_CHECKING:
    from torch import Tensor


class Operator(Protocol):
    """A Jacobian as far as it is needed here: rows v (b, D) -> rows J v (b, M)."""

    def apply(self, v: Tensor) -> Tensor:
        """J v for each row."""
        ...


def principal_angles(a: Tensor, b: Tensor) -> np.ndarray:
    """Angles (k,) between two subspaces in radians, smallest first (Knyazev & Argentati 2002: small ones are exact).

    Raises:
        UsageError: the rows of ``a`` and ``b`` differ in length.
    """
    from scipy.linalg import subspace_angles

    if a.shape[1] != b.shape[1]:
        raise UsageError(f"no angles between subspaces of {a.shape[1]} and of {b.shape[1]} dimensions")
    found = subspace_angles(a.double().cpu().numpy().T, b.double().cpu().numpy().T)
    return np.asarray(found[::-1])


def grassmann_distance(a: Tensor, b: Tensor) -> float:
    """Length of the shortest way between two subspaces on the Grassmannian: (sum of squared angles)^(1/2)."""
    return float(np.linalg.norm(principal_angles(a, b)))


def distances(bases: Sequence[Tensor], others: Sequence[Tensor] | None = None) -> np.ndarray:
    """Grassmann distances (n, m); within ``bases`` (symmetric, 0 on the diagonal) if there are no ``others``."""
    if others is not None:
        return np.array([[grassmann_distance(a, b) for b in others] for a in bases])
    found = np.zeros((len(bases), len(bases)))
    for i, a in enumerate(bases):
        for j in range(i):
            found[i, j] = found[j, i] = grassmann_distance(a, bases[j])
    return found


def pairs(matrix: np.ndarray) -> np.ndarray:
    """The distances of all pairs (n (n - 1) / 2,) of a symmetric matrix."""
    return matrix[np.triu_indices(len(matrix), 1)]


def jackknife(matrix: np.ndarray) -> float:
    """Standard error of the mean pairwise distance: pairs share samples, so that samples are left out, not pairs."""
    n = len(matrix)
    if n < 3:
        return float("nan")
    kept = [np.delete(np.delete(matrix, i, 0), i, 1) for i in range(n)]
    means = np.array([pairs(m).mean() for m in kept])
    return float(np.sqrt((n - 1) / n * ((means - means.mean()) ** 2).sum()))


def random_distances(n: int, k: int, draws: int, seed: int) -> np.ndarray:
    """Grassmann distances (draws,) of independent uniformly random subspaces of dimension ``k`` in ``n`` dimensions.

    One of the two may be held fixed, for the distribution does not depend on it.
    """
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(draws):
        q, _ = np.linalg.qr(rng.standard_normal((n, k)))
        cosines = np.linalg.svd(q[:k], compute_uv=False)
        found.append(np.linalg.norm(np.arccos(np.clip(cosines, 0, 1))))
    return np.array(found)


def chordal_mean(bases: Sequence[Tensor], k: int) -> tuple[Tensor, Tensor]:
    """The subspace that is nearest to all others in the chordal distance.

    Args:
        bases: orthonormal rows (k_i, n) each.
        k: dimension of the mean.

    Returns:
        Orthonormal rows (k, n): the leading eigenvectors of the mean projector; and its eigenvalues (k,): the mean
        squared cosine between each direction and the subspaces, 1 where all hold it.

    Raises:
        UsageError: more directions are asked for than there are.
    """
    import torch

    stacked = torch.cat([basis.double().cpu() for basis in bases])
    if not 1 <= k <= min(stacked.shape):
        raise UsageError(f"a mean of {k} directions was asked of {len(stacked)} in {stacked.shape[1]} dimensions")
    # The small Gram matrix of all directions has the eigenvalues of the mean projector, times the number of bases.
    values, weights = torch.linalg.eigh(stacked @ stacked.T)
    mean = orthonormal(weights.flip(1)[:, :k].T @ stacked)
    top = mean.gather(1, mean.abs().argmax(1, keepdim=True))
    return mean * torch.sign(top), (values.flip(0)[:k] / len(bases)).float()


@dataclass(frozen=True)
class FrechetMean:
    """basis: orthonormal rows (k, n).  spread: root mean squared distance to it, after each step (steps + 1,)."""

    basis: Tensor
    spread: np.ndarray
    converged: bool


def frechet_mean(bases: Sequence[Tensor], tolerance: float = 1e-5, steps: int = 100) -> FrechetMean:
    """The subspace with the least mean squared Grassmann distance, by Karcher's iteration from the chordal mean.

    The mean is moved along the mean of the logarithms, and half as far where that does not bring it nearer.

    Args:
        bases: orthonormal rows (k, n), all with one ``k``.
        tolerance: length of the mean logarithm at which it stops.
        steps: after so many it stops with ``converged=False``.

    Raises:
        UsageError: the subspaces differ in dimension.
    """
    import torch

    if len({basis.shape for basis in bases}) != 1:
        raise UsageError(f"subspaces of one dimension are needed; found {sorted({tuple(b.shape) for b in bases})}")
    k = bases[0].shape[0]
    points = [basis.double().cpu().T for basis in bases]
    at = chordal_mean(bases, k)[0].double().T
    logs = [_log(at, point) for point in points]
    spread = [_spread(logs)]
    length, converged = 1.0, False
    for _ in range(steps):
        step = torch.stack(logs).mean(0)
        if float(step.norm()) <= tolerance:
            converged = True
            break
        tried = _exp(at, length * step)
        logs_there = [_log(tried, point) for point in points]
        if _spread(logs_there) <= spread[-1] + 1e-15:
            at, logs = tried, logs_there
            spread.append(_spread(logs))
        elif length < 1e-6:
            break
        else:
            length /= 2
    return FrechetMean(at.T.float().contiguous(), np.array(spread), converged)


def _spread(logs: Sequence[Tensor]) -> float:
    return float(np.sqrt(np.mean([float(log.square().sum()) for log in logs])))


def _log(at: Tensor, to: Tensor) -> Tensor:
    """The tangent (n, k) at ``at`` that leads to ``to``; orthonormal columns (Edelman, Arias & Smith 1998)."""
    import torch

    # Through the SVD of the overlap, which also stands right angles: to = at C + (rest) with matched columns.
    left, cosines, right = torch.linalg.svd(at.T @ to)
    rest = to @ right.T - at @ (left * cosines)
    sines = rest.norm(dim=0)
    angles = torch.atan2(sines, cosines.clamp(min=0))
    unit = rest / torch.where(sines > 1e-14, sines, torch.ones_like(sines))
    return (unit * angles) @ left.T


def _exp(at: Tensor, tangent: Tensor) -> Tensor:
    """The subspace that ``tangent`` leads to, orthonormal columns."""
    import torch

    left, angles, right = torch.linalg.svd(tangent, full_matrices=False)
    moved = at @ (right.T * angles.cos()) @ right + (left * angles.sin()) @ right
    return torch.linalg.qr(moved)[0]


@dataclass(frozen=True)
class MeanDirection:
    """direction: (n,), length 1.  cosines: |cos| (m,) of each to it.  held_out: |cos| to the mean of the others."""

    direction: Tensor
    cosines: np.ndarray
    held_out: np.ndarray


def mean_direction(directions: Tensor) -> MeanDirection:
    """The mean of directions whose signs mean nothing: leading eigenvector of the mean of v vᵀ.

    ``held_out`` is the fair number: each direction took part in the mean that its ``cosines`` are measured against, so
    that even random ones seem to agree with it a little.

    Args:
        directions: rows (m, n) of length 1, m at least 2.

    Raises:
        UsageError: fewer than two directions.
    """
    import torch

    if len(directions) < 2:
        raise UsageError(f"a mean direction needs at least two directions; found {len(directions)}")
    rows = directions.double().cpu()
    gram = rows @ rows.T

    def leading(kept: Tensor) -> Tensor:
        """Weights of the rows ``kept`` in their mean, which then has length 1."""
        values, vectors = torch.linalg.eigh(gram[kept][:, kept])
        return vectors[:, -1] / values[-1].sqrt()

    everyone = torch.arange(len(rows))
    mean = leading(everyone) @ rows
    mean = mean * torch.sign(mean[mean.abs().argmax()])
    held_out = []
    for i in everyone:
        others = everyone[everyone != i]
        held_out.append(float((leading(others) @ gram[others, i]).abs()))
    return MeanDirection(mean.float(), (rows @ mean).abs().numpy(), np.array(held_out))


def capture(basis: Tensor, tangents: Tensor) -> np.ndarray:
    """S_k(j) = |V ĝ_j|² (m,): share of each tangent (rows (m, D)) that lies in the span of ``basis``; at most 1.

    Random subspaces hold k / D of it.
    """
    unit = tangents.double().cpu() / tangents.double().cpu().norm(dim=1, keepdim=True)
    inside = orthonormal(basis.cpu()).double() @ unit.T
    return np.asarray(inside.square().sum(0).numpy())


def sensitivity(jacobian: Operator, tangents: Tensor, sigma: float) -> np.ndarray:
    """|J ĝ_j| / sigma_1 (m,): how far a tangent moves h, as a share of what the loudest direction of all does."""
    unit = tangents / tangents.norm(dim=1, keepdim=True)
    return np.asarray(jacobian.apply(unit).norm(dim=1).double().cpu().numpy()) / sigma
