"""Whether the directions do more than random ones: many random sets, as long in x and as loud in h.

Each of ``draws`` sets holds as many random directions as were found, with the same spectrum.  The score of a set is the
largest effect of any of its members, so that looking at several directions costs nothing: p = (1 + sets at least as
good) / (1 + sets).  With a scorer the effect of a direction is what it does to the attribute that it moves most;
without one it is how much the picture changes, and nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from tapehead.analysis.diffusion.lab.strips import Place, as_loud, random_rows
from tapehead.analysis.results import Result, quantity

if TYPE_CHECKING:
    from torch import Tensor

LEAST_DRAWS = 19
"""With fewer sets no p-value can be 0.05."""


def _effects(place: Place, plus: Tensor, minus: Tensor, start: Tensor) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Effect (n,), responses (n, attributes) and change (n,) of pairs of x_t (n, D)."""
    import torch

    shown = place.see(torch.cat([plus, minus]))
    n = len(plus)
    read = place.eye.attributes(shown)
    response = (read[:n] - read[n:]) / 2
    change = (place.eye.change(shown[:n], start) + place.eye.change(shown[n:], start)) / 2
    effect = np.abs(response).max(1) if response.shape[1] else change
    return effect, response, change


def test_part(
    place: Place,
    v: Tensor,
    *,
    reach: float,
    draws: int,
    seed: int = 0,
    tick: Callable[[float], None] | None = None,
) -> Result:
    """The part ``test``: directions v (k, D) walked by ``reach`` times |x_t| either way, straight."""
    import torch

    # There are hundreds of pictures to decode, and they are only compared with each other: half the steps will do.
    place = replace(place, steps=max(4, place.steps // 2))
    k, far = len(v), reach * float(place.x.norm())
    start = place.see(place.x[None])[0]
    found, response, change = _effects(place, place.x + far * v, place.x - far * v, start)
    heard = (place.loud(place.x + far * v) + place.loud(place.x - far * v)) / 2
    scores: dict[str, list[float]] = {"long": [], "loud": []}
    changes: dict[str, list[float]] = {"long": [], "loud": []}
    lengths: list[float] = []
    missed = 0
    for i in range(draws):
        rows = random_rows(place.model, v, seed + 1_000 + i)
        size, reached = as_loud(place, heard, rows, torch.full((k,), far))
        missed += int((~reached).sum())
        lengths += (size / far).tolist()
        for name, length in (("long", torch.full((k,), far)), ("loud", size)):
            step = length[:, None] * rows
            effect, _, changed = _effects(place, place.x + step, place.x - step, start)
            scores[name].append(float(effect.max()))
            changes[name].append(float(changed.max()))
        if tick is not None:
            tick((i + 1) / draws)
    best = int(found.argmax())

    def p(own: float, others: list[float]) -> float:
        return (1 + sum(other >= own for other in others)) / (1 + len(others))

    names = place.eye.names
    top = names[int(np.abs(response[best]).argmax())] if names else ""
    rest = np.delete(np.abs(response[best]), int(np.abs(response[best]).argmax())) if names else np.zeros(0)
    quantities = {
        "there": quantity(1),
        "draws": quantity(draws),
        "effect": quantity(found, "direction"),
        "change": quantity(change, "direction"),
        "heard": quantity(heard.numpy(), "direction"),
        "random": quantity(np.array(scores["long"]), "draw"),
        "loud": quantity(np.array(scores["loud"]), "draw"),
        "random_change": quantity(np.array(changes["long"]), "draw"),
        "loud_change": quantity(np.array(changes["loud"]), "draw"),
        "best": quantity(float(found.max())),
        "best_direction": quantity(best + 1),
        "best_other": quantity(float(rest.max()) if len(rest) else np.nan),
        "random_mean": quantity(float(np.mean(scores["long"]))),
        "random_best": quantity(float(np.max(scores["long"]))),
        "loud_mean": quantity(float(np.mean(scores["loud"]))),
        "loud_best": quantity(float(np.max(scores["loud"]))),
        "p": quantity(p(float(found.max()), scores["long"])),
        "loud_p": quantity(p(float(found.max()), scores["loud"])),
        "change_p": quantity(p(float(change.max()), changes["long"])),
        "loud_length": quantity(float(np.median(lengths))),
        "loud_unreached": quantity(missed),
        "scored": quantity(int(bool(names))),
        "reach": quantity(100 * reach, unit="%"),
    }
    if names:
        quantities["response"] = quantity(response, "direction", "attribute", labels={"attribute": names})
    facts = {"attribute": top, "attributes": [names[int(np.abs(row).argmax())] for row in response] if names else []}
    return Result(quantities, model=place.model.name, facts=facts)
