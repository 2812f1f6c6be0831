"""The same directions at other pictures: laid over as they are, and carried through the bottleneck.

Plain addition takes v to the other x_t as it is.  Transport lays u = J v / |J v| at the other h, keeps what the other
basis can express of it (``kept``), and reads that back as a direction there, in the published way or by the
pseudo-inverse.  The control is a random tangent, carried in the published way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from tapehead.analysis.diffusion.lab.start import PICTURE, Source, as_bytes, start_of
from tapehead.analysis.diffusion.lab.strips import Place
from tapehead.analysis.diffusion.pullback.jacobian import jacobian_at
from tapehead.analysis.diffusion.pullback.svd import LocalBasis, local_basis
from tapehead.analysis.diffusion.pullback.transport import transport
from tapehead.analysis.results import Result, quantity

if TYPE_CHECKING:
    from torch import Tensor

METHODS = ("as it is", "published", "inverse", "random tangent")
WAYS = ("minus", "unedited", "plus")
WIDER = 10
"""Directions of the other basis, at least: what is carried is expressed in them."""
LOOSE = 1e-2


def alike(first: np.ndarray, second: np.ndarray) -> float:
    """Correlation of two difference pictures: 1 if the same places change in the same way; 0 if one does not change."""
    a, b = first.ravel() - first.mean(), second.ravel() - second.mean()
    size = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / size if size > 1e-9 else 0.0


def carried_part(
    place: Place,
    v: Tensor,
    u: Tensor,
    targets: Sequence[Source],
    *,
    reach: float,
    seed: int = 0,
    tick: Callable[[float], None] | None = None,
) -> Result:
    """The part ``carried``.

    Args:
        place: where the directions come from.
        v: directions (n, D).
        u: their tangents (n, M), unit rows.
        targets: other pictures, at the same time.
        reach: how far, as a share of |x_t| at home.
        seed: of the random tangents.
        tick: told the share that is done.
    """
    import torch

    model, eye, t = place.model, place.eye, place.t
    far, count = reach * float(place.x.norm()), len(v)
    draw = torch.Generator().manual_seed(seed + 5)

    def ends(at: Place, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Pictures (n, 3 ways, …) and attributes' responses (n, a) of unit rows."""
        shown = at.see(torch.cat([at.x - far * rows, at.x[None], at.x + far * rows]))
        n = len(rows)
        ways = torch.stack([shown[:n], shown[n].expand_as(shown[:n]), shown[n + 1 :]], 1)
        read = torch.from_numpy(eye.attributes(shown))
        return ways, (read[n + 1 :] - read[:n]) / 2

    home_ways, home = ends(place, v)
    home_map = (home_ways[:, 2] - home_ways[:, 0]).numpy()
    form = (len(targets), len(METHODS), count)
    kept, cosine, change, likeness, same = (np.full(form, np.nan) for _ in range(5))
    pictures, effects, unedited = [], [], []
    for n, target in enumerate(targets):
        start = start_of(model, target, (t,), 2 * place.steps)
        at = Place(model, eye, target, start.xs[0].flatten(), t, place.steps, place.layer)
        there = local_basis(
            jacobian_at(model, start.xs[0], t, target.prompt or None, place.layer),
            max(WIDER, count),
            tolerance=LOOSE,
            seed=seed,
        )
        basis = _on_cpu(there)
        row_pictures, row_effects = [], []
        for m, method in enumerate(METHODS):
            rows = []
            for i in range(count):
                if method == "as it is":
                    rows.append(v[i])
                    continue
                tangent = torch.randn(u[i].shape, generator=draw) if method == "random tangent" else u[i]
                gone = transport(tangent, basis, "inverse" if method == "inverse" else "published")
                kept[n, m, i] = gone.kept
                rows.append(gone.v)
            moved = torch.stack(rows)
            cosine[n, m] = (moved * v).sum(1).numpy()
            ways, effect = ends(at, moved)
            row_pictures.append(as_bytes(ways))
            row_effects.append(effect.numpy())
            change[n, m] = ((ways[:, 2] - ways[:, 0]) / 2).square().mean((1, 2, 3)).sqrt().numpy()
            maps = (ways[:, 2] - ways[:, 0]).numpy()
            likeness[n, m] = [alike(a, b) for a, b in zip(home_map, maps, strict=True)]
            if eye.names:
                top = home.abs().argmax(1)
                rows_at = torch.arange(count)
                same[n, m] = (home[rows_at, top] * effect[rows_at, top] > 0).numpy()
        pictures.append(row_pictures)
        effects.append(row_effects)
        unedited.append(row_pictures[0][0][1])
        if tick is not None:
            tick((n + 1) / len(targets))
    labels = {"method": METHODS, "target": tuple(source.told for source in targets), "way": WAYS}

    def of(values: np.ndarray, *axes: str, unit: str = "1") -> object:
        return quantity(values, *axes, unit=unit, labels={a: labels[a] for a in axes if a in labels})

    axes = ("target", "method", "direction")
    quantities = {
        "there": quantity(1),
        "kept": of(100 * kept, *axes, unit="%"),
        "cosine": of(cosine, *axes),
        "change": of(change, *axes),
        "alike": of(likeness, *axes),
        "alike_mean": of(likeness.mean((0, 2)), "method"),
        "change_mean": of(change.mean((0, 2)), "method"),
        "picture": of(np.array(pictures), *axes, "way", *PICTURE),
        "home": of(as_bytes(home_ways), "direction", "way", *PICTURE),
        "targets": quantity(len(targets)),
        "followed": quantity(count),
        "kept_published": quantity(100 * float(kept[:, 1].mean()), unit="%"),
        "kept_random": quantity(100 * float(kept[:, 3].mean()), unit="%"),
        "plain_alike": quantity(float(likeness[:, 0].mean())),
        "published_alike": quantity(float(likeness[:, 1].mean())),
        "random_alike": quantity(float(np.abs(likeness[:, 3]).mean())),
        "reach": quantity(100 * reach, unit="%"),
    }
    if eye.names:
        quantities["effect"] = quantity(
            np.array(effects), *axes, "attribute", labels={**{a: labels[a] for a in axes[:2]}, "attribute": eye.names}
        )
        quantities["agreement"] = of(100 * same.mean((0, 2)), "method", unit="%")
    facts = {"targets": [source.told for source in targets], "methods": list(METHODS)}
    return Result(quantities, model=model.name, facts=facts)  # type: ignore[arg-type]


def _on_cpu(basis: LocalBasis) -> LocalBasis:
    from dataclasses import replace

    return replace(basis, u=basis.u.cpu(), sigma=basis.sigma.cpu(), v=basis.v.cpu())
