"""Removal: the component of x_t along one direction, moved to a level instead of to zero.

What other pictures of the same model have there says where zero lies among them: the levels are their mean, two of
their standard deviations either way, and a level of the user's own.  The control moves x_t as far in a random
direction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tapehead.analysis.diffusion.lab.start import PICTURE, as_bytes
from tapehead.analysis.diffusion.lab.strips import Place, random_rows
from tapehead.analysis.diffusion.pullback.erasing import components, erase
from tapehead.analysis.diffusion.pullback.tangents import sampled
from tapehead.analysis.results import Result, quantity

if TYPE_CHECKING:
    from torch import Tensor

OTHERS = 12
"""Sampled pictures whose components are looked at."""


def removal_part(place: Place, v: Tensor, number: int, *, level: float | None = None, seed: int = 0) -> Result:
    """The part ``removal``: direction ``v`` (D,), the ``number``-th; ``level`` in standard deviations from the mean."""
    import torch

    model = place.model
    words = place.source.prompt or None
    others = sampled(model, (place.t,), OTHERS, seed + 77, words, place.steps, place.source.guidance)[0]
    theirs = components(others.flatten(1).cpu(), v)
    own = float(components(place.x[None], v)[0])
    mean, spread = float(theirs.mean()), float(theirs.std())
    levels = {"as it is": own, "their mean": mean, "−2 sd": mean - 2 * spread, "+2 sd": mean + 2 * spread}
    if level is not None:
        levels[f"{level:+g} sd (asked)"] = mean + level * spread
    flat = erase(place.x[None], v)[0]
    moved = torch.stack([flat + target * v for target in levels.values()])
    other = random_rows(model, v[None], seed + 78)[0]
    steps = torch.tensor([target - own for target in levels.values()])
    control = place.x + steps[:, None] * other
    shown = place.see(torch.cat([moved, control]))
    n = len(levels)
    start = shown[0]
    eye = place.eye
    change = eye.change(shown, start)
    labels = {"level": tuple(levels), "family": ("found", "random, as far")}
    quantities = {
        "there": quantity(1),
        "direction": quantity(number),
        "component": quantity(own),
        "component_others": quantity(theirs.numpy(), "sample"),
        "others_mean": quantity(mean),
        "others_spread": quantity(spread),
        "from_mean": quantity((own - mean) / spread if spread > 0 else np.nan),
        "level": quantity(np.array(list(levels.values())), "level", labels={"level": labels["level"]}),
        "change": quantity(change.reshape(2, n), "family", "level", labels=labels),
        "mean_change": quantity(change[1]),
        "mean_control": quantity(change[n + 1]),
        "picture": quantity(
            as_bytes(shown.reshape(2, n, *shown.shape[1:])), "family", "level", *PICTURE, labels=labels
        ),
        "others": quantity(OTHERS),
    }
    if eye.names:
        quantities["score"] = quantity(
            eye.attributes(shown).reshape(2, n, -1),
            "family",
            "level",
            "attribute",
            labels={**labels, "attribute": eye.names},
        )
    return Result(quantities, model=model.name, facts={"levels": list(levels)})
