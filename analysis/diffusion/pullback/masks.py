"""Local directions: what changes the picture inside a region and leaves it alone outside.

Instead of the bottleneck, the clean picture x0 that the network sees in x_t is looked at, inside a mask.  Its leading
right-singular vectors are edits of that region; what they would also do elsewhere is taken out by projecting them off
the leading directions of the complement (the null-space idea of LOCO Edit; own code).  With an autoencoder the region
is one of the latent, whose places lie over the picture's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tapehead.analysis.diffusion.models import inversion
from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.pullback.erasing import erase
from tapehead.analysis.diffusion.pullback.jacobian import Jacobian
from tapehead.analysis.errors import UnknownNameError, UsageError

if TYPE_CHECKING:
    from torch import Tensor

REGIONS: dict[str, tuple[float, float, float, float]] = {
    "mouth": (0.28, 0.56, 0.72, 0.82),
    "eyes": (0.22, 0.34, 0.78, 0.58),
    "crossbar": (0.0, 0.0, 1.0, 0.2),
    "left": (0.0, 0.0, 0.5, 1.0),
}
"""Boxes of a puppet's portrait: left, top, right and bottom as shares of the side."""


def box(shares: tuple[float, float, float, float], size: int) -> Tensor:
    """A mask (size, size) of 0 and 1: places whose middle lies in the box (left, top, right, bottom).

    Raises:
        UsageError: a box outside the picture, or one that no place lies in.
    """
    import torch

    left, top, right, bottom = shares
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        raise UsageError(f"a box has left < right and top < bottom between 0 and 1; this is {shares}")
    middle = (torch.arange(size) + 0.5) / size
    rows, columns = (middle >= top) & (middle < bottom), (middle >= left) & (middle < right)
    found = (rows[:, None] & columns[None, :]).float()
    if not bool(found.any()):
        raise UsageError(f"no place of a picture of {size} x {size} lies in the box {shares}")
    return found


def region(name: str, size: int) -> Tensor:
    """The mask (size, size) of a named region.

    Raises:
        UnknownNameError: there is no such region.
    """
    if name not in REGIONS:
        raise UnknownNameError("region", name, tuple(REGIONS))
    return box(REGIONS[name], size)


@dataclass(frozen=True, eq=False)
class MaskedGuess:
    """x_t -> the clean x0 that the network sees in it, at the places of a mask only; others are 0."""

    model: DiffusionModel
    layer: str
    t: int
    states: Any
    mask: Any

    @property
    def dtype(self) -> Any:
        """Of the weights."""
        return self.model.unet.dtype

    def __call__(self, x: Tensor) -> Tensor:
        """(n, C, H, W) -> (n, C, H, W)."""
        states = None if self.states is None else self.states.expand(len(x), *self.states.shape[1:])
        said = inversion.output(self.model, x, self.t, states)
        eps = inversion.as_noise(self.model, said, x, self.t)
        return inversion.clean(self.model, x, self.t, eps) * self.mask


def masked_jacobian(model: DiffusionModel, x: Tensor, t: int, mask: Tensor, prompt: str | None = None) -> Jacobian:
    """The Jacobian of x_t (C, H, W) -> x0 within ``mask`` (H, W), as an operator (D -> D).

    Raises:
        UsageError: x, mask, time or caption do not fit the model, or the mask is empty.
    """
    inversion.check_time(model, t)
    if tuple(x.shape) != model.shape or tuple(mask.shape) != model.shape[1:]:
        raise UsageError(
            f"'{model.name}' takes x {model.shape} and masks {model.shape[1:]}; "
            f"these are {tuple(x.shape)} and {tuple(mask.shape)}"
        )
    if not bool((mask != 0).any()):
        raise UsageError("an empty mask leaves nothing to look at")
    encoder: Any = MaskedGuess(model, "x0 in a mask", t, inversion.states_of(model, prompt, 1), mask.to(model.device))
    return Jacobian(encoder, x[None].to(model.device), prompt, "fp32", "forward")


def apart(inside: Tensor, outside: Tensor) -> Tensor:
    """Directions (k, D) without what they share with those of the complement (m, D): unit rows, not orthogonal.

    Raises:
        UsageError: nothing is left of one of them.
    """
    left = erase(inside, outside)
    sizes = left.norm(dim=1, keepdim=True)
    if float(sizes.min()) < 1e-4:
        raise UsageError("a direction of the region lies within those of its complement: nothing local is left")
    return left / sizes
