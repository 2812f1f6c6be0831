"""The loop of Park et al. (arXiv 2302.12469 and 2307.12868), written anew from its description, for comparison."""

from __future__ import annotations

from tapehead.analysis.diffusion.pullback.svd import (
    LocalBasis,
    Operator,
    checked_count,
    place_of,
    relative_residuals,
    with_signs,
)
from tapehead.analysis.errors import UsageError


def published_iteration(
    jacobian: Operator,
    k: int,
    *,
    oversample: int = 0,
    iterations: int = 12,
    seed: int = 0,
    entrywise: float | None = None,
    least: int = 10,
    tolerance: float | None = None,
    budget: int | None = None,
) -> LocalBasis:
    """The published loop, for comparison: V <- right singular vectors of (J V)^T J, until V stands still.

    As published, sigma and v come from the last thin SVD, and u is J times the v of one iteration before: half a step
    older and not orthogonal (its rows are scaled to length 1 here).

    Args:
        oversample: further columns that are iterated along and thrown away in the end (the fair rival); the published
            loop has none.
        iterations: at most so many.  12 is where the published settings stop at the earliest.
        entrywise: the published stop rule: no entry of V changed by so much, after more than ``least`` iterations.
        tolerance: instead, stop at this relative residual of the first k Ritz vectors of the span of V: the products
            for it are those of the loop, so the rival pays nothing for being looked at, and Rayleigh-Ritz is a gift.
        budget: products after which it stops.

    Returns:
        Its ``residuals`` are those of the vectors returned.  Without a ``tolerance`` they are found afterwards with
        2 k products that are not counted, since the published loop does not look.

    Raises:
        UsageError: more columns than the space has, or nothing to iterate.
    """
    import torch

    rank = checked_count(jacobian, k)
    columns = min(k + oversample, rank)
    if oversample < 0 or iterations < 1 or (budget is not None and budget < 2 * columns):
        raise UsageError(
            f"the published loop takes 0 or more extra columns, 1 or more iterations and a budget of {2 * columns}; "
            f"got {oversample}, {iterations}, {budget}"
        )
    jvp, vjp = jacobian.n_jvp, jacobian.n_vjp
    noise = torch.randn(jacobian.columns, columns, generator=torch.Generator().manual_seed(seed))
    v = torch.linalg.qr(noise)[0].T.contiguous().to(jacobian.device)
    converged = False
    for i in range(iterations):
        u = jacobian.apply(v)
        y = jacobian.transpose(u)
        spent = jacobian.n_jvp - jvp + jacobian.n_vjp - vjp
        if tolerance is not None:
            squares, weights = torch.linalg.eigh((u @ u.T).double())
            squares, weights = squares.flip(0), weights.flip(1).T.float()
            ritz, image = weights @ v, weights @ y
            residuals = relative_residuals(image[:k], squares[:k].float(), ritz[:k], float(squares[0]))
            converged = bool((residuals <= tolerance).all())
            if converged or i == iterations - 1 or (budget is not None and spent + 2 * columns > budget):
                v, u, squares = ritz, weights @ u, squares.float()
                break
        _, squares, after = torch.linalg.svd(y, full_matrices=False)
        moved = float((after - v).abs().max())
        v = after
        if entrywise is not None and i > least and moved < entrywise:
            converged = True
            break
        if budget is not None and spent + 2 * columns > budget:
            break
    counts = jacobian.n_jvp - jvp, jacobian.n_vjp - vjp
    # s belongs to J^T J V, which stretches by sigma^2.
    sigma = squares.clamp(min=0).sqrt()
    if tolerance is None:
        image = jacobian.transpose(jacobian.apply(v[:k]))
        residuals = relative_residuals(image, sigma[:k] ** 2, v[:k], float(sigma[0]) ** 2)
        jacobian.n_jvp, jacobian.n_vjp = jvp + counts[0], vjp + counts[1]
    u, v = with_signs(torch.nn.functional.normalize(u[:k]), v[:k])
    gap = float(sigma[k] / sigma[k - 1]) if columns > k and sigma[k - 1] > 0 else float("nan")
    return LocalBasis(
        u,
        sigma[:k].float(),
        v,
        residuals.float(),
        gap,
        *counts,
        converged,
        float("nan"),
        **place_of(jacobian),
        seed=seed,
        block=columns,
        guard=oversample,
    )
