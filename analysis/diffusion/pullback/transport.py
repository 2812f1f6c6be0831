"""Carrying a direction from one noisy picture to another, through the bottleneck that both share.

The bottleneck is flat: a tangent u = J v / |J v| at A can be laid at B as it is, projected on what B can reach, and
read back as a direction of B.  Two readings are in use.  The published one takes v' = V_B U_B^T u; the pseudo-inverse
v' = V_B S_B^-1 U_B^T u is the one whose push-forward J_B v' comes nearest to u.  Both are scored in the studies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from tapehead.analysis.errors import UsageError

if TYPE_CHECKING:
    from torch import Tensor

Form = Literal["published", "inverse"]
FORMS: tuple[Form, ...] = ("published", "inverse")


class Basis(Protocol):
    """What is needed of a local basis: u (k, M), sigma (k,), v (k, D), matched."""

    @property
    def u(self) -> Tensor:
        """Tangents of h, orthonormal rows."""

    @property
    def sigma(self) -> Tensor:
        """How strongly each direction is noticed."""

    @property
    def v(self) -> Tensor:
        """Directions of x, orthonormal rows."""


@dataclass(frozen=True)
class Carried:
    """A direction after its journey.

    v: (D,) of length 1.  kept: |U_B^T u| / |u|, the share of the tangent that B's basis can express (0 to 1);
    a small one says that there was little left to carry.
    """

    v: Tensor
    kept: float


def transport(tangent: Tensor, basis: Basis, form: Form = "published") -> Carried:
    """A tangent u (M,) of another picture as a direction of the picture whose local basis is given.

    Raises:
        UsageError: the tangent has another size or is 0, nothing of it lies in the basis, or no such form.
    """
    import torch

    if form not in FORMS:
        raise UsageError(f"transport knows the forms {' and '.join(FORMS)}; asked for '{form}'")
    if tangent.ndim != 1 or tangent.shape[0] != basis.u.shape[1]:
        raise UsageError(f"a tangent of shape {tuple(tangent.shape)} does not lie in the basis {tuple(basis.u.shape)}")
    length = float(tangent.double().norm())
    if not length > 0 or not bool(torch.isfinite(tangent).all()):
        raise UsageError("a tangent that is 0 or no number cannot be carried")
    shares = basis.u.double() @ tangent.double() / length
    weights = shares / basis.sigma.double() if form == "inverse" else shares
    v = weights @ basis.v.double()
    if not float(v.norm()) > 1e-12:
        raise UsageError("the tangent is at right angles to the whole basis: nothing can be carried")
    return Carried((v / v.norm()).float(), float(shares.norm()))
