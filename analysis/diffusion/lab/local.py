"""Local directions: of the clean picture inside a mask, without what the same network would do outside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tapehead.analysis.diffusion.lab.masks import Mask
from tapehead.analysis.diffusion.lab.start import PICTURE, as_bytes
from tapehead.analysis.diffusion.lab.strips import Place, random_rows
from tapehead.analysis.diffusion.pullback.masks import apart, masked_jacobian
from tapehead.analysis.diffusion.pullback.svd import local_basis
from tapehead.analysis.results import Result, quantity

if TYPE_CHECKING:
    from torch import Tensor

LOOSE = 1e-2
OUTSIDE = 5
"""Leading directions of the complement that are taken out, as LOCO Edit does."""
FAMILIES = ("local", "not taken apart", "bottleneck", "random")


def local_part(place: Place, v: Tensor, mask: Mask, *, reach: float, count: int, seed: int = 0) -> Result:
    """The part ``local``: as many directions as ``v`` (k, D) has, which are the bottleneck's and go along as control.

    Raises:
        UsageError: the mask covers everything, or nothing of a direction is local.
    """
    import torch

    model, k = place.model, len(v)
    places = mask.places(*model.shape[1:])
    x = place.x.reshape(model.shape)
    words = place.source.prompt or None
    inside = local_basis(
        masked_jacobian(model, x, place.t, places, words), min(k, int(places.sum())), tolerance=LOOSE, seed=seed
    )
    rest = 1 - places
    outside = local_basis(
        masked_jacobian(model, x, place.t, rest, words), min(OUTSIDE, int(rest.sum())), tolerance=LOOSE, seed=seed
    )
    own = inside.v.cpu()
    k = len(own)
    local = apart(own, outside.v.cpu())
    rows = torch.stack([local, own, v[:k], random_rows(model, own, seed + 9)])
    far = reach * float(place.x.norm())
    shares = torch.arange(-count, count + 1) / count
    walks = place.x + far * shares[None, None, :, None] * rows[:, :, None, :]
    shown = place.see(walks.flatten(0, 2)).reshape(*walks.shape[:3], 3, model.size, model.size)
    start = shown[0, 0, count]
    squares = (shown - start).double().square().mean(3)
    region = mask.pixels.double()
    within = ((squares * region).sum((3, 4)) / region.sum()).sqrt().numpy()
    without = ((squares * (1 - region)).sum((3, 4)) / (1 - region).sum().clamp(min=1)).sqrt().numpy()
    ends = [0, -1]
    held = within[:, :, ends].mean((1, 2)) / np.maximum(without[:, :, ends].mean((1, 2)), 1e-9)
    labels = {"family": FAMILIES}
    axes = ("family", "direction", "place")
    return Result(
        {
            "there": quantity(1),
            "picture": quantity(as_bytes(shown), *axes, *PICTURE, labels=labels),
            "inside": quantity(within, *axes, labels=labels),
            "outside": quantity(without, *axes, labels=labels),
            "concentration": quantity(held, "family", labels=labels),
            "local_concentration": quantity(float(held[0])),
            "random_concentration": quantity(float(held[3])),
            "sigma": quantity(inside.sigma.cpu().numpy(), "direction"),
            "residual": quantity(inside.residuals.cpu().numpy(), "direction"),
            "mask": quantity(mask.pixels.numpy().astype(np.uint8), "row", "column"),
            "covered": quantity(100 * float(mask.pixels.mean()), unit="%"),
            "difference": quantity(
                (shown[:, :, -1] - shown[:, :, 0]).mean(2).numpy(),
                "family",
                "direction",
                "row",
                "column",
                labels=labels,
            ),
            "place_at": quantity(np.arange(-count, count + 1), "place"),
        },
        model=model.name,
        facts={"mask": mask.told},
    )
