"""What a direction does, seen after decoding and scored by ground truth.

A direction gets a name only from here: it is walked both ways, the pictures are decoded to the end, a regressor reads
the attributes off them, and the nearest picture that the world of puppets knows says how far they have left it.
Formulas: pullback.md, section 7 (disentanglement and completeness as in DCI, gap as in MIG).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tapehead.analysis.diffusion.models import inversion
from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.puppets.attributes import load_regressor
from tapehead.analysis.diffusion.puppets.attributes import nearest_render as nearest_render
from tapehead.analysis.diffusion.puppets.attributes import read_attributes as read_attributes
from tapehead.analysis.errors import MissingPartError, UsageError

if TYPE_CHECKING:
    from torch import Tensor

STRINGS_ON = 0.0
"""A picture hangs on strings if the attribute is read above this; the world leaves -0.7 to 0.7 empty."""


def regressor_of(model: DiffusionModel) -> Any:
    """The network that reads attributes off the model's pictures.

    Raises:
        MissingPartError: none came with the model; without one there is no ground truth to score by.
    """
    path = model.attribute_file()
    if path is None:
        raise MissingPartError(
            f"no regressor of attributes came with '{model.name}': there is no attributes.safetensors in "
            f"{model.directory}; "
            "effects are scored on the embedded puppets: --model puppet-64"
        )
    return load_regressor(path)


@dataclass(frozen=True)
class Seen:
    """Decoded pictures with what was read off them.

    pictures: (n, 3, s, s) in [0, 1].  attributes: (n, 9).  off: root mean square difference (n,) to the nearest
    render, of a scale of 0 to 1; NaN if it was not asked for.
    """

    pictures: Tensor
    attributes: Tensor
    off: Tensor


def look(
    model: DiffusionModel,
    regressor: Any,
    x: Tensor,
    t: int,
    *,
    steps: int = 20,
    prompt: inversion.Prompt = None,
    guidance: float = 1.0,
    off: bool = True,
    block: int = 64,
) -> Seen:
    """Denoise x_t (n, C, H, W) or (n, D) to the end, decode it, read it."""
    import torch

    shaped = x.reshape(-1, *model.shape)
    found = inversion.pictures(model, shaped, t, steps, prompt, guidance, block)
    values = read_attributes(regressor, found)
    distance = nearest_render(found, values)[1] if off else torch.full((len(found),), math.nan)
    return Seen(found, values, distance)


Push = Callable[["Tensor", "Tensor"], "Tensor"]
"""Edit: x (n, D) and unit directions (n, D) -> edited x (n, D).  Called with -v for the way back."""


def straight_push(length: float) -> Push:
    """x + length v."""
    return lambda x, v: x + length * v


@dataclass(frozen=True)
class Response:
    """Effects of k directions at one x_t.

    matrix: R_ij = (a_j(+v_i) - a_j(-v_i)) / 2, (k, 9).  curved: (a_j(+v_i) + a_j(-v_i)) / 2 - a_j(unchanged), (k, 9):
    what does not turn round with the sign.  plus, minus: what is seen either way.  start: what is seen unchanged.
    """

    matrix: Tensor
    curved: Tensor
    plus: Seen
    minus: Seen
    start: Seen


def respond(
    model: DiffusionModel,
    regressor: Any,
    x: Tensor,
    t: int,
    directions: Tensor,
    push: Push,
    *,
    steps: int = 20,
    prompt: str | None = None,
    guidance: float = 1.0,
    off: bool = True,
    start: Seen | None = None,
) -> Response:
    """Push one x_t (C, H, W) both ways along each of the unit directions (k, D) and read what becomes of it.

    ``start`` is what is seen of it unchanged, where that is known from other directions.

    Raises:
        UsageError: x or the directions do not fit the model.
    """
    import torch

    size = math.prod(model.shape)
    if x.numel() != size or directions.ndim != 2 or directions.shape[1] != size:
        raise UsageError(
            f"one noisy picture of '{model.name}' has {size} numbers; x has {x.numel()}, "
            f"the directions are {tuple(directions.shape)}"
        )
    k = len(directions)
    rows = x.reshape(1, -1).expand(k, -1)
    first = [] if start is not None else [x.reshape(1, -1)]
    moved = torch.cat([*first, push(rows, directions), push(rows, -directions)])
    seen = look(model, regressor, moved, t, steps=steps, prompt=prompt, guidance=guidance, off=off)

    def part(at: slice) -> Seen:
        return Seen(seen.pictures[at], seen.attributes[at], seen.off[at])

    plus, minus = part(slice(-2 * k, -k)), part(slice(-k, None))
    if start is None:
        start = part(slice(0, 1))
    matrix = (plus.attributes - minus.attributes) / 2
    curved = (plus.attributes + minus.attributes) / 2 - start.attributes
    return Response(matrix, curved, plus, minus, start)


def _spread(sizes: Tensor) -> Tensor:
    """Entropy of each row's shares, divided by that of equal shares; 1 for a row of zeros, 0 with one column."""
    import torch

    if sizes.shape[1] == 1:
        return torch.zeros(len(sizes), dtype=sizes.dtype)
    total = sizes.sum(1, keepdim=True)
    shares = torch.where(total > 0, sizes / total.clamp(min=1e-30), torch.full_like(sizes, 1 / sizes.shape[1]))
    return -torch.xlogy(shares, shares).sum(1) / math.log(sizes.shape[1])


def disentanglement(matrix: Tensor) -> Tensor:
    """1 - H(|R_i.|) / log(attributes) of each direction (k,): 1 if it moves one attribute only, 0 if all alike."""
    return 1 - _spread(matrix.abs())


def completeness(matrix: Tensor) -> Tensor:
    """1 - H(|R_.j|) / log(k) of each attribute: 1 if one direction moves it alone, 0 if all do alike."""
    return 1 - _spread(matrix.abs().T)


def gaps(matrix: Tensor) -> Tensor:
    """(largest - second) / largest |R_ij| of each attribute over the directions; 0 where nothing moves.

    Raises:
        UsageError: fewer than two directions.
    """
    import torch

    if len(matrix) < 2:
        raise UsageError("the gap between directions needs two of them")
    top = matrix.abs().topk(2, dim=0).values
    return torch.where(top[0] > 0, (top[0] - top[1]) / top[0].clamp(min=1e-30), torch.zeros_like(top[0]))


def weighted_disentanglement(matrix: Tensor) -> float:
    """Mean disentanglement, each direction weighted by how much it moves at all; 0 if nothing moves."""
    weight = matrix.abs().sum(1)
    total = float(weight.sum())
    return float((disentanglement(matrix) * weight).sum()) / total if total > 0 else 0.0


def sign_agreement(effects: Tensor) -> Tensor:
    """Share of pairs of samples whose effects have the same sign, for each attribute.

    Args:
        effects: (samples, attributes), at least two samples.

    Raises:
        UsageError: fewer than two samples.
    """
    n = len(effects)
    if n < 2:
        raise UsageError(f"agreement of signs compares samples with each other; there is {n}")
    up = (effects > 0).sum(0).double()
    return (up * (up - 1) + (n - up) * (n - up - 1)) / (n * (n - 1))


def identity_change(before: Tensor, after: Tensor, region: Tensor | None = None) -> Tensor:
    """Root mean square difference (n,) between pictures, over a region (s, s) of weights if one is given.

    Raises:
        UsageError: an empty region.
    """
    import torch

    weights = torch.ones(before.shape[-2:]) if region is None else region.to(before.dtype)
    total = float(weights.sum()) * before.shape[1]
    if not total > 0:
        raise UsageError("the region in which pictures are compared is empty")
    return (((after - before).square() * weights).sum((1, 2, 3)) / total).sqrt()
