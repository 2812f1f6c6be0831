"""Walks both ways along each direction, decoded, and their random controls: as long in x, and as loud in h.

A control is a random direction whose power lies in the same channels and frequencies as that of the directions found
(:func:`~tapehead.analysis.diffusion.pullback.controls.same_spectrum`).  It is walked as far in x, which asks whether
any such nudge would do as much; and as far as it takes to move the bottleneck as much, which asks whether what the
network hears as equally loud looks equally loud.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tapehead.analysis.diffusion.lab.scores import Eye
from tapehead.analysis.diffusion.lab.start import PICTURE, Source, as_bytes, steps_for
from tapehead.analysis.diffusion.models import inversion
from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.pullback import controls, walks
from tapehead.analysis.diffusion.pullback.jacobian import bottleneck
from tapehead.analysis.errors import UnknownNameError
from tapehead.analysis.results import Result, quantity

if TYPE_CHECKING:
    from torch import Tensor

FAMILIES = ("found", "random, as long", "random, as loud")
WALKS = ("direct", "guidance")
GUIDED = 16
"""Steps of x-space guidance to the end of a walk, as published."""
ROUNDS = 7
FARTHEST = 16.0
"""A control that is not as loud after so many times the length of the walk is left there, and that is told."""
CLOSE = 0.1
"""So near, relatively, two loudnesses are called the same."""


@dataclass(frozen=True, eq=False)
class Place:
    """One x_t (D,) with all that it takes to walk from it and to look at what becomes of it."""

    model: DiffusionModel
    eye: Eye
    source: Source
    x: Tensor
    t: int
    steps: int
    layer: str = "mid"

    def see(self, rows: Tensor) -> Tensor:
        """Decoded pictures (n, 3, s, s) of x_t (n, D)."""
        model = self.model
        return inversion.pictures(
            model,
            rows.reshape(-1, *model.shape).to(model.device),
            self.t,
            steps_for(model, self.steps, self.t),
            self.source.prompt or None,
            self.source.guidance,
            block_of(model),
        )

    def loud(self, rows: Tensor) -> Tensor:
        """|h(x') - h(x)| (n,) of x_t (n, D)."""
        import torch

        both = torch.cat([self.x[None], rows]).reshape(-1, *self.model.shape)
        h = bottleneck(
            self.model, both.to(self.model.device), self.t, self.source.prompt or None, self.layer, block_of(self.model)
        )
        return (h[1:] - h[0]).norm(dim=1).cpu()


def block_of(model: DiffusionModel) -> int:
    """Pictures at a time: a hundred small ones cost less one by one than a large one."""
    numbers = model.shape[0] * model.shape[1] * model.shape[2]
    return max(1, min(64, 131_072 // numbers))


def walked(place: Place, v: Tensor, reach: float, count: int, walk: str, gamma: float) -> Tensor:
    """x_t (2 count + 1, D) from one end to the other along a unit direction v (D,); the middle one is x.

    Args:
        place: where from.
        v: direction.
        reach: distance in x at the ends of a direct walk.
        count: places each way.
        walk: one of :data:`WALKS`.
        gamma: step of guidance; its reach is what comes of it.

    Raises:
        UnknownNameError: another walk.
    """
    import torch

    if walk not in WALKS:
        raise UnknownNameError("walk", walk, WALKS)
    if walk == "direct":
        shares = torch.arange(-count, count + 1) / count
        return place.x + reach * shares[:, None] * v
    marks = [round(GUIDED * (i + 1) / count) for i in range(count)]
    both = walks.guidance_push(
        place.model,
        place.x.expand(2, -1).to(place.model.device),
        place.t,
        torch.stack([-v, v]).to(place.model.device),
        gamma=gamma,
        count=max(GUIDED, count),
        prompt=place.source.prompt or None,
    ).cpu()
    marks = [i + 1 for i in range(count)] if count > GUIDED else marks
    return torch.cat([both[marks, 0].flip(0), place.x[None], both[marks, 1]])


def as_loud(place: Place, target: Tensor, away: Tensor, first: Tensor) -> tuple[Tensor, Tensor]:
    """How far to go along each unit row of ``away`` (n, D) to move h by ``target`` (n,), from guesses ``first`` (n,).

    Returns:
        Lengths (n,), and whether each came within :data:`CLOSE` of its target.
    """
    import torch

    length = first.clamp(min=1e-6).clone()
    best, error = length.clone(), torch.full_like(length, torch.inf)
    for _ in range(ROUNDS):
        heard = place.loud(place.x + length[:, None] * away)
        off = (heard / target.clamp(min=1e-12)).log().abs()
        off = torch.where(target > 0, off, torch.zeros_like(off))
        better = off < error
        best, error = torch.where(better, length, best), torch.where(better, off, error)
        if float(error.max()) < CLOSE / 2:
            break
        factor = (target / heard.clamp(min=1e-12)).clamp(0.25, 4.0)
        length = torch.minimum(length * factor, FARTHEST * first.clamp(min=1e-6))
    return best, error <= CLOSE


def random_rows(model: DiffusionModel, v: Tensor, seed: int) -> Tensor:
    """Random orthonormal rows like v (k, D), each with the sign that chance gave it."""
    return controls.same_spectrum(v.cpu(), model.shape, seed)


@dataclass(frozen=True, eq=False)
class Strip:
    """Families of one direction: x_t (families, places, D), and which of the loud ones were reached (places,)."""

    rows: Tensor
    reached: Tensor


def strip(place: Place, v: Tensor, other: Tensor, reach: float, count: int, walk: str, gamma: float) -> Strip:
    """A direction's walk and its two controls along ``other`` (D,)."""
    import torch

    own = walked(place, v, reach, count, walk, gamma)
    far = (own - place.x).norm(dim=1)
    way = other.expand(2 * count + 1, -1).clone()
    way[:count] *= -1
    long = place.x + far[:, None] * way
    target = place.loud(own)
    length, reached = as_loud(place, target, way, far)
    length[count] = 0.0
    loud = place.x + length[:, None] * way
    reached[count] = True
    return Strip(torch.stack([own, long, loud]), reached)


def walk_part(
    places: Sequence[Place],
    bases: Sequence[Tensor],
    *,
    reach: float,
    count: int,
    walk: str = "direct",
    gamma: float = 1.0,
    seed: int = 0,
    tick: Callable[[float], None] | None = None,
) -> Result:
    """The part ``walk``.

    Args:
        places: one for each time.
        bases: v (k, D) at each.
        reach: distance at the ends, as a share of |x_t|.
        count: places each way.
        walk, gamma: see :func:`walked`.
        seed: of the random directions.
        tick: told the share that is done.
    """
    import torch

    model, eye = places[0].model, places[0].eye
    kept: dict[str, list[Any]] = {
        name: []
        for name in (
            "picture",
            "change",
            "distance",
            "clip_alike",
            "clip_score",
            "score",
            "length",
            "heard",
            "reached",
            "difference",
        )
    }
    for n, (place, v) in enumerate(zip(places, bases, strict=True)):
        far = reach * float(place.x.norm())
        others = random_rows(model, v, seed + 31 * n)
        strips = [strip(place, a, b, far, count, walk, gamma) for a, b in zip(v, others, strict=True)]
        rows = torch.stack([one.rows for one in strips], 1)  # (family, direction, place, D)
        form = rows.shape[:3]
        flat = rows.flatten(0, 2)
        shown = place.see(flat)
        start = shown.reshape(*form, *shown.shape[1:])[0, 0, count]
        pictures = shown.reshape(*form, *shown.shape[1:])
        kept["picture"].append(as_bytes(pictures))
        kept["change"].append(eye.change(shown, start).reshape(form))
        kept["distance"].append(eye.distance(shown, start).reshape(form))
        kept["clip_alike"].append(eye.alike(shown, start).reshape(form))
        kept["clip_score"].append(eye.fitting(shown, place.source.prompt).reshape(form))
        kept["score"].append(eye.attributes(shown).reshape(*form, -1))
        kept["length"].append((flat - place.x).norm(dim=1).reshape(form).numpy())
        kept["heard"].append(place.loud(flat).reshape(form).numpy())
        kept["reached"].append(torch.stack([one.reached for one in strips]).numpy().astype(int))
        kept["difference"].append((pictures[:, :, -1] - pictures[:, :, 0]).mean(2).numpy())
        if tick is not None:
            tick((n + 1) / len(places))
    labels = {"time": tuple(str(place.t) for place in places), "family": FAMILIES}
    axes = ("time", "family", "direction", "place")
    change = np.stack(kept["change"])
    end_change = change[0][:, :, [0, -1]].mean(2)
    quantities = {
        "there": quantity(1),
        "picture": quantity(np.stack(kept["picture"]), *axes, *PICTURE, labels=labels),
        "change": quantity(change, *axes, labels=labels),
        "length": quantity(np.stack(kept["length"]), *axes, labels=labels),
        "heard": quantity(np.stack(kept["heard"]), *axes, labels=labels),
        "reached": quantity(np.stack(kept["reached"]), "time", "direction", "place", labels={"time": labels["time"]}),
        "unreached": quantity(int((np.stack(kept["reached"]) == 0).sum())),
        "difference": quantity(
            np.stack(kept["difference"]), "time", "family", "direction", "row", "column", labels=labels
        ),
        "place_at": quantity(np.arange(-count, count + 1), "place"),
        "count": quantity(count),
        "reach": quantity(100 * reach, unit="%"),
        "end_change": quantity(end_change, "family", "direction", labels={"family": FAMILIES}),
        "largest_change": quantity(float(end_change[0].max())),
        "longer": quantity(
            np.median(np.stack(kept["length"])[0, 2, :, [0, -1]] / np.stack(kept["length"])[0, 0, :, [0, -1]])
        ),
    }
    # Distances say how much a picture changes as a network sees it, and nothing is claimed from them.
    for name, there in (
        ("distance", model.vae is not None),
        ("clip_alike", eye.clip),
        ("clip_score", eye.clip_reads and bool(places[0].source.prompt)),
    ):
        if there:
            values = np.stack(kept[name])
            quantities[name] = quantity(values, *axes, labels=labels)
            ends = values[0][:, :, [0, -1]].mean((1, 2))
            quantities[f"end_{name}"] = quantity(ends, "family", labels={"family": FAMILIES})
    if eye.names:
        quantities["score"] = quantity(
            np.stack(kept["score"]), *axes, "attribute", labels=labels | {"attribute": eye.names}
        )
    return Result(quantities, model=model.name, facts={"walk": walk, "families": list(FAMILIES)})
