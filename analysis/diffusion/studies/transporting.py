"""How much of a direction survives being carried, by how many directions there are to hold it, and where it leads.

The published edit carries a tangent of the bottleneck into the span of the next point's first k directions.  Exact
transport projects it onto all that the next point can reach: the whole tangent plane (k = D).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from tapehead.analysis.bootstrap import bootstrap_mean
from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.pullback import effects
from tapehead.analysis.diffusion.pullback.jacobian import jacobian_at
from tapehead.analysis.diffusion.pullback.local_bases import LIBRARIES
from tapehead.analysis.diffusion.pullback.svd import local_basis
from tapehead.analysis.diffusion.pullback.transport import transport
from tapehead.analysis.diffusion.studies.families import LOOSE, points_at
from tapehead.analysis.diffusion.studies.labels import PICTURE, attribute_at, labelled, shown
from tapehead.analysis.errors import UsageError
from tapehead.analysis.paired import exact_sign, mcnemar
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity

if TYPE_CHECKING:
    from torch import Tensor

SPARE = 4
"""Below this part of all directions a Krylov basis is cheaper than the whole Jacobian."""


TAIL = 1e-4
"""Singular values, of the largest, below which J^T J in fp64 mixes directions: it has the squares of them."""
FLAT = 1e-9
"""Singular values, of the largest, below which J v is rounding and says nothing of u."""


def _whole(jacobian: Any) -> SimpleNamespace:
    """All singular triples of a Jacobian: u (D, M), sigma (D,), v (D, D), matched."""
    import torch

    return whole_basis(jacobian.apply(torch.eye(jacobian.columns)).cpu().double())


def whole_basis(columns: Tensor) -> SimpleNamespace:
    """The singular triples of the matrix whose columns (D, M) are given in fp64: u, sigma, v, in fp32.

    The eigenvectors of J^T J are v, and J v is sigma u; those of small sigma are told apart in their plane.  It takes
    a third of the time of decomposing J itself.
    """
    import torch

    if columns.shape[0] <= columns.shape[1]:
        v = torch.linalg.eigh(columns @ columns.T)[1].flip(1).T.contiguous()
        image = v @ columns
        sigma = image.norm(dim=1)
        last = int((sigma > TAIL * sigma.max()).sum())
        if last < len(sigma):
            turn, sigma[last:], image[last:] = torch.linalg.svd(image[last:], full_matrices=False)
            v[last:] = turn.T @ v[last:]
        image[:last] /= sigma[:last, None]
        if float(sigma.min()) > FLAT * float(sigma.max()):
            return SimpleNamespace(u=image.float(), sigma=sigma.float(), v=v.float())
    # The rows are J's columns: J^T = V S U^T.
    v, sigma, u = torch.linalg.svd(columns, full_matrices=False)
    return SimpleNamespace(u=u.float(), sigma=sigma.float(), v=v.T.float().contiguous())


def _first(basis: Any, k: int) -> SimpleNamespace:
    return SimpleNamespace(u=basis.u[:k].cpu(), sigma=basis.sigma[:k].cpu(), v=basis.v[:k].cpu())


def _angle(one: Tensor, other: Tensor) -> float:
    """Angle between two unit directions, degrees."""
    return float(np.degrees(np.arccos(np.clip(float(one.double() @ other.double()), -1, 1))))


@analysis("diffusion.transport_ranks", version=1, libraries=LIBRARIES)
def transport_ranks(
    model: DiffusionModel,
    found: Result,
    count: int = 20,
    ranks: Sequence[int] = (5, 50, 200, 0),
    walked: Sequence[int] = (5, 50, 200, 0),
    number: int = 3,
    step: float = 4.0,
    onward: float = 0.0,
    draws: int = 32,
    steps: int = 10,
    *,
    seed: int,
) -> Result:
    """One direction carried along its own walk, held by the first k directions of each place, for several k.

    ``found`` is the result of ``diffusion.responses`` with the same model and seed: at each of its first ``count``
    samples the direction of the bottleneck that moves its attribute most, towards the attribute's other side (a
    regressor has picked it and turns it).  It is walked by ``number`` steps of length ``step``: "straight", always the
    same; else after every step the tangent J v is laid into the span of the first k directions there (published form);
    k = 0 means all D of them, which is exact.  The last step of every walk is longer by ``onward``.  ``k`` (rank,) has
    D for 0.

    Quantities along ``rank`` (labels "5", "50", … and "all"), at the place after the first step, which all share:
    ``kept`` (rank, sample) length of what is left of the tangent, of 1; ``kept_mean`` (rank,); ``energy`` (rank,
    sample) its square in %, ``energy_mean``, ``energy_low``, ``energy_high`` (rank,) 95 % interval of the mean
    (bootstrap over samples); ``turned`` (rank, sample) angle between the direction before and after, degrees,
    ``turned_mean``; ``turned_inverse_mean`` (rank,) the same with S^-1 (the direction whose push-forward is nearest to
    the tangent).  Control: ``energy_random`` (rank,) of ``draws`` random tangents, in %.

    Along ``walk`` ("straight" and the ranks of ``walked``), at the end: ``off`` (walk, sample) root mean square
    difference to the nearest render, ``off_mean``; ``off_p`` (walk,) exact p of the signs of the differences to
    straight; ``crossed`` (walk, sample) whether the attribute is on its other side, ``crossed_count``, ``crossed_p``
    (McNemar); ``picture`` (walk, sample, channel, row, column) bytes, ``start`` (sample, …) of the unedited.

    Raises:
        UsageError: a rank below 0 or above the number of directions, or fewer than two steps.
    """
    import torch

    size = int(np.prod(model.shape))
    if any(not 0 <= k <= size for k in ranks) or number < 2:
        raise UsageError(
            f"directions are carried in at least two steps, held by 1 to {size} directions (0 for all); asked for "
            f"{number} steps and {', '.join(map(str, ranks)) or 'no ranks'}"
        )
    attribute, prompt, t = str(found.facts["attribute"]), str(found.facts["prompt"]), int(found["t"])
    if not set(walked) <= set(ranks) or not 1 <= count <= int(found["samples"]):
        raise UsageError(
            f"walks are held by some of the ranks {', '.join(map(str, ranks))}, at up to {int(found['samples'])} "
            f"samples; asked for {', '.join(map(str, walked)) or 'no'} walks at {count} samples"
        )
    column = attribute_at(attribute)
    eye = effects.regressor_of(model)
    words = prompt or None
    xs = points_at(model, t, count, seed, prompt)
    family = found.quantity("response").labels["family"].index("bottleneck")
    own = torch.from_numpy(found["loudest"][:count].copy())
    start = effects.look(model, eye, xs, t, steps=steps, prompt=words, off=False)
    side = start.attributes[:, column] > effects.STRINGS_ON
    effect = torch.from_numpy(found["response"][family, :count, :, column].copy())
    picks = effect.abs().argmax(1)
    # Up in the attribute where there is none, and down where there is.
    up = effect.gather(1, picks[:, None])[:, 0] >= 0
    turn = torch.where(up ^ side, 1.0, -1.0)
    v = torch.stack([basis[int(k)] for basis, k in zip(own, picks, strict=True)]) * turn[:, None]
    sizes = [k or size for k in ranks]
    walks = ("straight", *(str(k) if k else "all" for k in walked))
    kept, turned, inverse = (np.zeros((len(ranks), count)) for _ in range(3))
    energy_random = np.zeros((len(ranks), draws))
    ends = torch.zeros(len(walks), count, size)
    draw = torch.Generator().manual_seed(seed + 23)

    def jacobian(x: Tensor) -> Any:
        return jacobian_at(model, x.reshape(model.shape), t, words)

    for i in range(count):
        ends[0, i] = xs[i] + (number * step + onward) * v[i]
        tangent = jacobian(xs[i]).apply(v[i][None])[0].cpu()
        after = xs[i] + step * v[i]
        # The first step is the same for all, so that its place is looked at once, with all its directions.
        second = jacobian(after)
        whole = _whole(second)
        for r, k in enumerate(sizes):
            basis = _first(whole, k)
            gone = transport(tangent, basis)
            kept[r, i], turned[r, i] = gone.kept, _angle(gone.v, v[i])
            inverse[r, i] = _angle(transport(tangent, basis, "inverse").v, v[i])
            if i == 0:
                random = torch.randn(draws, len(tangent), generator=draw)
                energy_random[r] = [100 * transport(row, basis).kept ** 2 for row in random]
            if ranks[r] not in walked:
                continue
            x, direction, here = after, gone.v, second
            for n in range(1, number):
                carried = here.apply(direction[None])[0].cpu() if n + 1 < number else tangent
                x = x + (step if n + 1 < number else step + onward) * direction
                if n + 1 < number:
                    here = jacobian(x)
                    there = _whole(here) if k * SPARE > size else local_basis(here, k, tolerance=LOOSE, seed=seed)
                    direction = transport(carried, _first(there, k)).v
            ends[1 + list(walked).index(ranks[r]), i] = x
    seen = effects.look(model, eye, ends.flatten(0, 1), t, steps=steps, prompt=words)
    off = seen.off.reshape(len(walks), count).numpy()
    crossed = ((seen.attributes[:, column] > effects.STRINGS_ON).reshape(len(walks), count) != side).numpy()
    energy = 100 * kept**2
    low, high = np.array([_bootstrap(row, seed) for row in energy]).T
    labels = {"walk": walks, "rank": tuple(str(k) if k else "all" for k in ranks)}
    signs = [exact_sign(int((row > off[0]).sum()), int((row < off[0]).sum())) for row in off]
    return Result(
        {
            "k": labelled(np.array(sizes), "rank", labels=labels),
            "kept": labelled(kept, "rank", "sample", labels=labels),
            "kept_mean": labelled(kept.mean(1), "rank", labels=labels),
            "energy": labelled(energy, "rank", "sample", unit="%", labels=labels),
            "energy_mean": labelled(energy.mean(1), "rank", unit="%", labels=labels),
            "energy_low": labelled(low, "rank", unit="%", labels=labels),
            "energy_high": labelled(high, "rank", unit="%", labels=labels),
            "energy_random": labelled(energy_random.mean(1), "rank", unit="%", labels=labels),
            "turned": labelled(turned, "rank", "sample", unit="degrees", labels=labels),
            "turned_mean": labelled(turned.mean(1), "rank", unit="degrees", labels=labels),
            "turned_inverse_mean": labelled(inverse.mean(1), "rank", unit="degrees", labels=labels),
            "off": labelled(off, "walk", "sample", labels=labels),
            "off_mean": labelled(off.mean(1), "walk", labels=labels),
            "off_p": labelled(np.array(signs), "walk", labels=labels),
            "crossed": labelled(crossed.astype(int), "walk", "sample", labels=labels),
            "crossed_count": labelled(crossed.sum(1), "walk", labels=labels),
            "crossed_p": labelled(np.array([mcnemar(crossed[0], row) for row in crossed]), "walk", labels=labels),
            "picture": labelled(
                shown(seen.pictures.reshape(len(walks), count, *seen.pictures.shape[1:])),
                "walk",
                "sample",
                *PICTURE,
                labels=labels,
            ),
            "start": quantity(shown(start.pictures), "sample", *PICTURE),
            "step": labelled(step),
            "reach": labelled(number * step + onward),
            "number": labelled(number),
            "samples": labelled(count),
            "t": labelled(t),
        },
        model=model.name,
        facts={"attribute": attribute, "prompt": prompt},
    )


def _bootstrap(values: np.ndarray, seed: int) -> tuple[float, float]:
    low, high = bootstrap_mean(values, seed)
    return float(low), float(high)


STUDIES: tuple[Callable[..., Result], ...] = (transport_ranks,)
"""Everything here that an episode may declare."""
