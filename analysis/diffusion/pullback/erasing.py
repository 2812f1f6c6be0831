"""Taking a direction out of x: z <- z - (z.n) n, and what is to be put in its place.

A projection removes what a vector has along ``n`` and leaves everything at right angles to it as it was.  About a
point m it is z <- z - ((z - m).n) n: the component becomes that of m instead of 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tapehead.analysis.errors import UsageError

if TYPE_CHECKING:
    from torch import Tensor


def orthonormal_rows(directions: Tensor) -> Tensor:
    """Orthonormal rows (k, D) with the span of ``directions`` (D,) or (k, D), in fp64.

    Raises:
        UsageError: a direction is 0, not finite, or lies in the span of the others.
    """
    import torch

    rows = torch.atleast_2d(directions).double()
    if not bool(torch.isfinite(rows).all()):
        raise UsageError("a direction that is to be erased has entries that are no numbers")
    lengths = rows.norm(dim=1, keepdim=True)
    if not bool((lengths > 0).all()):
        raise UsageError("a direction of length 0 cannot be erased")
    left, sizes, right = torch.linalg.svd(rows / lengths, full_matrices=False)
    if len(rows) > rows.shape[1] or float(sizes[-1]) < 1e-6:
        raise UsageError(f"{len(rows)} directions that are to be erased do not span {len(rows)} dimensions")
    return left @ right


def erase(x: Tensor, directions: Tensor, about: Tensor | None = None, amount: float = 1.0) -> Tensor:
    """x without its components along the directions.

    Args:
        x: (n, ...) with D numbers per row.
        directions: (D,) or (k, D), linearly independent, of any length.
        about: point (D,) or (...) whose components stay in place of them; 0 if not given.
        amount: share of the components that is taken; 1 erases, 2 mirrors, negative ones exaggerate.

    Returns:
        As ``x`` in shape and type.

    Raises:
        UsageError: directions or ``about`` of another size, or directions that do not span their number.
    """
    rows = orthonormal_rows(directions)
    flat = x.reshape(len(x), -1).double()
    if flat.shape[1] != rows.shape[1]:
        raise UsageError(f"a direction of {rows.shape[1]} numbers cannot be erased from {flat.shape[1]} numbers")
    away = flat
    if about is not None:
        if about.numel() != rows.shape[1]:
            raise UsageError(f"the point to erase about has {about.numel()} numbers; x has {rows.shape[1]}")
        away = flat - about.reshape(-1).double()
    taken = (away @ rows.T.to(flat.device)) @ rows.to(flat.device)
    return (flat - amount * taken).reshape(x.shape).to(x.dtype)


def components(x: Tensor, direction: Tensor) -> Tensor:
    """z.n (n,) of each row along one direction (D,) of any length but 0."""
    row = orthonormal_rows(direction)[0]
    return (x.reshape(len(x), -1).double() @ row.to(x.device)).float()


def orthogonal_to(direction: Tensor, others: Tensor) -> Tensor:
    """The unit part of ``direction`` (D,) at right angles to ``others`` (k, D): an edit that leaves those alone.

    Raises:
        UsageError: nothing is left, because the direction lies in the span of the others.
    """
    left = erase(orthonormal_rows(direction), others)[0]
    if float(left.norm()) < 1e-6:
        raise UsageError("nothing is left of the direction beside the ones that it shall not touch")
    return (left / left.norm()).to(direction.dtype)
