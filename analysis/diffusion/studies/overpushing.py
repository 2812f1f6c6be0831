"""Pushed too far, all pictures become one: how different a crowd is, and how many share a silhouette, by the push.

A silhouette is what is brighter than a picture's own median, seen coarsely.  Two pictures share one if their
silhouettes differ in fewer places than all but a twentieth of the pairs of untouched pictures do: the ruler is made of
the model's own pictures, so no attribute has to be read, and it runs on any pipeline that can be loaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tapehead.analysis.diffusion.models import inversion
from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.pullback import controls
from tapehead.analysis.diffusion.pullback.local_bases import LIBRARIES
from tapehead.analysis.diffusion.studies.families import bases_of
from tapehead.analysis.diffusion.studies.labels import PICTURE, attribute_at, labelled, shown
from tapehead.analysis.diffusion.studies.steering import crowd, noise_seeds
from tapehead.analysis.errors import UsageError
from tapehead.analysis.paired import mcnemar, share_between
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity

if TYPE_CHECKING:
    from torch import Tensor

GRID = 16
"""Silhouettes are seen on this many by this many places."""
ALIKE = 5.0
"""Of every hundred pairs of untouched pictures, so many share a silhouette: that sets the ruler."""
DRAWS = 400
"""Bootstrap draws of samples."""


def silhouettes(pictures: Tensor) -> np.ndarray:
    """(n, GRID²) bool of pictures (n, 3, s, s): brighter than the picture's median, on a coarse grid."""
    import torch

    grey = torch.nn.functional.adaptive_avg_pool2d(pictures.mean(1, keepdim=True), GRID).flatten(1)
    return np.asarray((grey > grey.median(1, keepdim=True).values).numpy())


def apart(masks: np.ndarray) -> np.ndarray:
    """(n, n) share of places in which silhouettes differ."""
    return np.asarray(np.mean(masks[:, None] != masks[None], axis=2))


def distances(pictures: Tensor) -> np.ndarray:
    """(n, n) root mean square differences of pictures (n, 3, s, s), of a scale from 0 to 1."""
    flat = pictures.flatten(1).double()
    square = flat.square().sum(1)
    gap = (square[:, None] + square[None] - 2 * flat @ flat.T).clamp(min=0) / flat.shape[1]
    gap.fill_diagonal_(0)  # rounding leaves a little of a picture's distance to itself
    return np.asarray(gap.sqrt().numpy())


def pairs_mean(table: np.ndarray, rows: np.ndarray | None = None) -> float:
    """Mean over pairs of different samples; ``rows`` are those of a bootstrap draw, where a sample may come twice.

    Pairs of a sample with itself are left out, or a draw would look less different than the crowd it is drawn from.
    """
    if rows is None:
        rows = np.arange(len(table))
    picked, other = table[np.ix_(rows, rows)], rows[:, None] != rows[None]
    return float(picked[other].mean())


def repeated(masks: np.ndarray, limit: float) -> tuple[np.ndarray, int]:
    """Which of the second half (m,) share the silhouette that is commonest in the first, and whose it is.

    The silhouette is chosen among the first half of the samples, as the one that most others there share (the nearest
    to all of them if several do); only the other half is counted, so that the choice cannot flatter the count.
    """
    half = len(masks) // 2
    table = apart(masks)
    first = table[:half, :half]
    votes = (first <= limit).sum(1)
    best = int(min(range(half), key=lambda i: (-votes[i], first[i].sum())))
    return table[best, half:] <= limit, best


@analysis("diffusion.overpushing", version=1, libraries=LIBRARIES)
def overpushing(
    model: DiffusionModel,
    found: Result | None = None,
    t: int = 800,
    attribute: str = "hair",
    count: int = 40,
    amounts: Sequence[float] = (0.0, 12.0, 24.0, 48.0, 96.0),
    wall: int = 24,
    steps: int = 8,
    *,
    seed: int,
) -> Result:
    """The diversity of ``count`` pictures that are all pushed alike, by how far.

    ``found`` is a result of ``diffusion.steering``, of which the direction of ``attribute`` is taken ("told"); without
    it the direction is the loudest of the first sample's Jacobian ("loudest"), which needs no labels.  Control
    "random": a random direction of the same spectrum, moved as far.  Quantities over (way, amount): ``distance``, mean
    root mean square difference of pairs, ``diversity``, the same in % of untouched, with ``_low`` and ``_high`` (95 %,
    bootstrap over samples, the same draws for all), ``diversity_lost`` = 100 − diversity; ``lost_more`` (amount,) how
    much more is lost than by the control, with ends; ``same`` how many of ``counted`` share one silhouette, ``share``
    in % with exact ``share_low`` and ``share_high``, ``same_p`` (amount,) exact p of McNemar against the control.
    ``picture`` (way, amount, place, …) bytes of the first ``wall``; ``silhouette`` (way, amount, row, column) the share
    of all pictures that are bright there.  ``limit`` of the ruler, in % of places.  ``painted`` pictures in all, and
    ``noise_seed`` (place,) of those of the wall.  ``amount``, ``reach`` (amount,) in % of the length of x_t.

    Raises:
        UsageError: fewer than eight samples, or amounts that do not begin with 0 and rise.
        UnknownNameError: an unknown attribute.
    """
    import torch

    far = np.asarray(amounts, dtype=float)
    if count < 8 or len(far) < 2 or far[0] != 0 or np.any(np.diff(far) <= 0):
        raise UsageError(
            f"collapse is seen in at least eight samples over amounts that begin with 0 and rise; found {count} "
            f"samples and {tuple(amounts)}"
        )
    xs, _ = crowd(model, t, count, seed, steps + 4)
    if found is None:
        name, way = "loudest", bases_of(model, xs[:1], t, 1, seed)[0].v[0].cpu().float()
    else:
        name, way = "told", torch.from_numpy(found["direction"][attribute_at(attribute)].copy()).float()
    if way.numel() != xs.shape[1]:
        raise UsageError(
            f"the direction has {way.numel()} numbers and x_t of '{model.name}' has {xs.shape[1]}: it was found in "
            "another model"
        )
    random = controls.same_spectrum(way[None], model.shape, seed + 17)[0]
    ways, labels = (way, random), {"way": (name, "random")}
    tables = np.zeros((2, len(far), count, count))
    masks = np.zeros((2, len(far), count, GRID * GRID), bool)
    walls: list[np.ndarray] = []
    for w, along in enumerate(ways):
        for k, amount in enumerate(far):
            if w and k == 0:  # nothing was pushed: the same pictures
                tables[w, 0], masks[w, 0] = tables[0, 0], masks[0, 0]
                walls.append(walls[0])
                continue
            rows = (xs + amount * along).reshape(-1, *model.shape).to(model.device)
            pictures = inversion.pictures(model, rows, t, steps)
            tables[w, k], masks[w, k] = distances(pictures), silhouettes(pictures)
            walls.append(shown(pictures[:wall]))
    between = apart(masks[0, 0])[np.triu_indices(count, 1)]
    limit = float(np.quantile(between, ALIKE / 100, method="lower"))
    flags = np.array([[repeated(each, limit)[0] for each in row] for row in masks])
    distance = np.array([[pairs_mean(table) for table in row] for row in tables])
    draws = np.random.default_rng([seed, 0xD1F]).integers(0, count, (DRAWS, count))
    drawn = np.array([[[pairs_mean(table, rows) for table in row] for row in tables] for rows in draws])
    kept, drawn_kept = 100 * distance / distance[:, :1], 100 * drawn / drawn[:, :, :1]
    counted = flags.shape[2]
    shares = 100 * np.array([[share_between(int(row.sum()), counted) for row in rows] for rows in flags])

    def ends(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        low, high = np.quantile(values, (0.025, 0.975), axis=0)
        return low, high

    axes = ("way", "amount")
    more, drawn_more = kept[1] - kept[0], drawn_kept[:, 1] - drawn_kept[:, 0]
    quantities = {
        "amount": quantity(far, "amount"),
        "reach": quantity(100 * far / float(xs.norm(dim=1).mean()), "amount", unit="%"),
        "distance": labelled(distance, *axes, labels=labels),
        "diversity": labelled(kept, *axes, unit="%", labels=labels),
        "diversity_lost": labelled(100 - kept, *axes, unit="%", labels=labels),
        "lost_more": quantity(more, "amount", unit="%"),
        "same": labelled(flags.sum(2), *axes, labels=labels),
        "share": labelled(100 * flags.mean(2), *axes, unit="%", labels=labels),
        "share_low": labelled(shares[..., 0], *axes, unit="%", labels=labels),
        "share_high": labelled(shares[..., 1], *axes, unit="%", labels=labels),
        "same_p": quantity([mcnemar(*flags[:, k]) for k in range(len(far))], "amount"),
        "picture": labelled(
            np.stack(walls).reshape(2, len(far), *walls[0].shape), *axes, "place", *PICTURE, labels=labels
        ),
        "silhouette": labelled(masks.mean(2).reshape(2, len(far), GRID, GRID), *axes, "row", "column", labels=labels),
        "limit": quantity(100 * limit, unit="%"),
        "counted": quantity(counted),
        "count": quantity(count),
        "painted": quantity(count * 2 * len(far)),
        "noise_seed": quantity(noise_seeds(seed, np.arange(min(wall, count))), "place"),
        "t": quantity(t),
        "steps": quantity(steps),
    }
    for which, values, form in (("distance", drawn, axes), ("diversity", drawn_kept, axes)):
        for end, row in zip(("low", "high"), ends(values), strict=True):
            quantities[f"{which}_{end}"] = labelled(row, *form, unit="%" if form and which == "diversity" else "1",
                                                    labels=labels)  # fmt: skip
    for end, row in zip(("low", "high"), ends(drawn_more), strict=True):
        quantities[f"lost_more_{end}"] = quantity(row, "amount", unit="%")
    facts = {
        "way": name,
        "attribute": attribute if found is not None else "",
        "control": "a random direction of the same spectrum and size",
        "seed": seed,
    }
    return Result(quantities, model=model.name, facts=facts)
