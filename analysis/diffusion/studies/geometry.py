"""The claims about local bases as films declare them: each a registered function with its controls in the same call.

C numbers are those of pullback.md, section 6; C6 and C7 are in :mod:`tapehead.analysis.diffusion.studies.captions`,
C14 and what
needs true tangents in :mod:`tapehead.analysis.diffusion.studies.tangents`.  :func:`bases_over_time` computes bases
once; the claims about them take its result as an input, so that one set of singular vectors answers several questions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.pullback import controls, spectrum, subspaces
from tapehead.analysis.diffusion.pullback.jacobian import jacobian_at
from tapehead.analysis.diffusion.pullback.local_bases import (
    LIBRARIES,
    RANDOM_BUDGET,
    RANDOM_TOLERANCE,
    bases_at,
    basis_result,
    points,
    random_network,
    stacked,
    time_labels,
)
from tapehead.analysis.diffusion.pullback.subspaces import jackknife
from tapehead.analysis.errors import UsageError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity

if TYPE_CHECKING:
    from torch import Tensor

    from tapehead.analysis.diffusion.pullback.svd import LocalBasis

TIMES = (950, 800, 650, 500, 350, 200, 100, 50)


@analysis("diffusion.bases_over_time", version=1, libraries=LIBRARIES)
def bases_over_time(
    model: DiffusionModel,
    times: Sequence[int] = TIMES,
    count: int = 5,
    k: int = 10,
    random_count: int = 2,
    source: str = "sampled",
    layer: str = "mid",
    *,
    seed: int,
) -> Result:
    """Leading ``k`` directions at ``count`` points for each time; what C2, C3, C4 and C10 are read from.

    Points: ``source`` "sampled" is x_t on the way of DDIM from seeded noise, "faces" is random faces with noise; one
    sample keeps its noise through all times.  Control: the same network with random weights, at the first
    ``random_count`` of the same points.

    Quantities along (time, sample): ``sigma`` (…, direction), ``u`` (…, direction, h), ``v`` (…, direction, x),
    ``residuals``, and the same of the control with ``random_`` in front; ``t`` (time,), ``samples``,
    ``random_samples``, ``directions``, ``products`` (JVP and VJP columns), ``not_converged`` (bases that stopped at the
    budget), ``random_not_converged``, ``adjoint_error`` (largest).
    """
    xs = points(model, source, times, count, seed)
    shuffled = random_network(model, seed + 1)
    own: list[list[LocalBasis]] = []
    random: list[list[LocalBasis]] = []
    for i, t in enumerate(times):
        # The basis at the time before is near: most of the work is saved.
        own.append(bases_at(model, xs[i], t, k, layer=layer, seed=seed, starts=own[-1] if own else None))
        at = xs[i][:random_count]
        starts = random[-1] if random else None
        random.append(
            bases_at(
                shuffled,
                at,
                t,
                k,
                layer=layer,
                seed=seed,
                starts=starts,
                tolerance=RANDOM_TOLERANCE,
                budget=RANDOM_BUDGET,
            )
        )
    return basis_result(model, times, source, own, random)


def _rows(bases: Result, name: str) -> list[list[Tensor]]:
    """Bases [time][sample] as tensors (k, n)."""
    import torch

    return [[torch.from_numpy(basis.copy()) for basis in row] for row in bases[name]]


def _shape(bases: Result) -> spectrum.Shape:
    channels, height, width = bases.facts["shape"]
    return int(channels), int(height), int(width)


def _times(bases: Result) -> list[int]:
    return [int(t) for t in bases["t"]]


@analysis("diffusion.coarse_to_fine", version=1, libraries=LIBRARIES)
def coarse_to_fine(model: DiffusionModel, bases: Result, share: float = 0.25, *, seed: int) -> Result:
    """C2: at large t the directions are coarse, at small t fine.

    Quantities: ``radius`` (time, sample) mean frequency of the span in cycles per side; ``radius_mean``,
    ``radius_first`` (of the first direction alone); ``below`` (time, sample) share of power under ``limit`` =
    ``share`` of the highest frequency along a side, ``below_mean``; ``rings`` (time, ring) share of power in rings one
    cycle wide.  Controls along (control, time): ``control_radius``, ``control_below`` of the network with random
    weights, isotropic directions and eigenfaces.  ``trend``: Spearman correlation of t and radius over all points,
    ``trend_random`` that of the random network.
    """
    from scipy.stats import spearmanr

    shape, labels = _shape(bases), time_labels(_times(bases))
    own, random = _rows(bases, "v"), _rows(bases, "random_v")
    k = len(own[0][0])
    limit = share * min(shape[1:]) / 2
    radius, below = _coarseness(own, shape, limit)
    random_radius, random_below = _coarseness(random, shape, limit)
    fixed = [[controls.isotropic(shape, k, seed)], [controls.eigenfaces(model, k, seed).vectors]]
    fixed_radius, fixed_below = _coarseness(fixed, shape, limit)
    times = len(radius)
    rings = np.stack([np.mean([spectrum.radial_power(b, shape).mean(0).numpy() for b in row], 0) for row in own])
    first = np.array([[float(spectrum.mean_radius(b[:1], shape)) for b in row] for row in own])
    control = {"control": ("random network", "isotropic", "eigenfaces"), **labels}

    def with_controls(random_part: np.ndarray, fixed_part: np.ndarray) -> np.ndarray:
        return np.stack([random_part.mean(1), *(np.full(times, value) for value in fixed_part[:, 0])])

    t = np.array(_times(bases))
    return Result(
        {
            "t": quantity(t, "time", labels=labels),
            "radius": quantity(radius, "time", "sample", unit="cycles", labels=labels),
            "radius_mean": quantity(radius.mean(1), "time", unit="cycles", labels=labels),
            "radius_first": quantity(first.mean(1), "time", unit="cycles", labels=labels),
            "below": quantity(100 * below, "time", "sample", unit="%", labels=labels),
            "below_mean": quantity(100 * below.mean(1), "time", unit="%", labels=labels),
            "limit": quantity(limit, unit="cycles"),
            "rings": quantity(rings, "time", "ring", labels=labels),
            "control_radius": quantity(
                with_controls(random_radius, fixed_radius), "control", "time", unit="cycles", labels=control
            ),
            "control_below": quantity(
                100 * with_controls(random_below, fixed_below), "control", "time", unit="%", labels=control
            ),
            "trend": quantity(spearmanr(np.repeat(t, radius.shape[1]), radius.ravel()).statistic),
            "trend_random": quantity(spearmanr(np.repeat(t, random_radius.shape[1]), random_radius.ravel()).statistic),
            "samples": quantity(radius.shape[1]),
            "directions": quantity(k),
        },
        model=bases.model,
        facts=dict(bases.facts),
    )


def _coarseness(rows: Sequence[Sequence[Tensor]], shape: spectrum.Shape, limit: float) -> tuple[np.ndarray, np.ndarray]:
    """Mean frequency and share of power below ``limit`` of every span, (rows, samples) each."""
    radius = [[float(spectrum.mean_radius(b, shape).mean()) for b in row] for row in rows]
    below = [[float(spectrum.energy_below(b, shape, limit).mean()) for b in row] for row in rows]
    return np.array(radius), np.array(below)


@analysis("diffusion.pairs_of_samples", version=1, libraries=LIBRARIES)
def pairs_of_samples(bases: Result, draws: int = 200, *, seed: int) -> Result:
    """C3: near T all samples share their tangent spaces; then they diverge.

    Quantities: ``u`` and ``v`` (time, pair) Grassmann distances of all pairs of samples, ``u_mean``, ``v_mean``,
    ``u_error``, ``v_error`` (standard deviation over samples left out one at a time, jackknife).  Controls:
    ``random_u``, ``random_v`` (expected distance of random subspaces of these dimensions) with ``random_u_sd``,
    ``random_v_sd``; ``network_u``, ``network_v`` (time,) of the network with random weights at the same points;
    ``low_pass_v``, ``same_spectrum_v`` (time,) of random subspaces as coarse as V and with its spectrum.  ``largest``
    is the greatest distance there can be.  ``peak`` is the time at which ``u_mean`` is greatest.
    """
    shape, labels, times = _shape(bases), time_labels(_times(bases)), _times(bases)
    quantities = {"t": quantity(np.array(times), "time", labels=labels)}
    k = bases["v"].shape[2]
    for name in ("u", "v"):
        matrices = [subspaces.distances(row) for row in _rows(bases, name)]
        found = np.stack([subspaces.pairs(m) for m in matrices])
        chance = subspaces.random_distances(bases[name].shape[-1], k, draws, seed)
        network = [subspaces.pairs(subspaces.distances(row)).mean() for row in _rows(bases, f"random_{name}")]
        quantities |= {
            name: quantity(found, "time", "pair", unit="rad", labels=labels),
            f"{name}_mean": quantity(found.mean(1), "time", unit="rad", labels=labels),
            f"{name}_error": quantity(np.array([jackknife(m) for m in matrices]), "time", unit="rad", labels=labels),
            f"random_{name}": quantity(chance.mean(), unit="rad"),
            f"random_{name}_sd": quantity(chance.std(), unit="rad"),
            f"network_{name}": quantity(np.array(network), "time", unit="rad", labels=labels),
        }
    smooth, alike = [], []
    for i, row in enumerate(_rows(bases, "v")):
        low, same = controls.like(row, shape, seed + 100 * i)
        smooth.append(subspaces.pairs(subspaces.distances(low)).mean())
        alike.append(subspaces.pairs(subspaces.distances(same)).mean())
    quantities |= {
        "low_pass_v": quantity(np.array(smooth), "time", unit="rad", labels=labels),
        "same_spectrum_v": quantity(np.array(alike), "time", unit="rad", labels=labels),
        "largest": quantity(k**0.5 * np.pi / 2, unit="rad"),
        "peak": quantity(times[int(quantities["u_mean"].values.argmax())]),
        "samples": quantity(bases["v"].shape[1]),
        "directions": quantity(k),
    }
    return Result(quantities, model=bases.model, facts=dict(bases.facts))


@analysis("diffusion.between_times", version=1, libraries=LIBRARIES)
def between_times(bases: Result, draws: int = 200, *, seed: int) -> Result:
    """C10: the spaces of one sample differ between times.

    Quantities: ``u``, ``v`` (time, other) mean Grassmann distance of the bases of one sample at two times;
    ``same_time_u``, ``same_time_v`` (time,) mean distance between two samples at that time, to compare with;
    ``network_u``, ``network_v`` (time, other) of the network with random weights; ``random_u``, ``random_v`` of random
    subspaces; ``largest``.
    """
    labels = time_labels(_times(bases))
    both = {**labels, "other": labels["time"]}
    k = bases["v"].shape[2]
    quantities = {"t": quantity(np.array(_times(bases)), "time", labels=labels)}
    for name in ("u", "v"):
        own, random = _rows(bases, name), _rows(bases, f"random_{name}")
        same = [subspaces.pairs(subspaces.distances(row)).mean() for row in own]
        chance = subspaces.random_distances(bases[name].shape[-1], k, draws, seed)
        quantities |= {
            name: quantity(_over_times(own), "time", "other", unit="rad", labels=both),
            f"network_{name}": quantity(_over_times(random), "time", "other", unit="rad", labels=both),
            f"same_time_{name}": quantity(np.array(same), "time", unit="rad", labels=labels),
            f"random_{name}": quantity(chance.mean(), unit="rad"),
        }
    quantities |= {
        "largest": quantity(k**0.5 * np.pi / 2, unit="rad"),
        "samples": quantity(bases["v"].shape[1]),
        "directions": quantity(k),
    }
    return Result(quantities, model=bases.model, facts=dict(bases.facts))


def _over_times(rows: Sequence[Sequence[Tensor]]) -> np.ndarray:
    return np.mean([subspaces.distances(sample) for sample in zip(*rows, strict=True)], 0)


@analysis("diffusion.simpler_data", version=1, libraries=LIBRARIES)
def simpler_data(two: Result, four: Result, all: Result, draws: int = 200, *, seed: int) -> Result:
    """C4: the simpler the data, the more the samples' spaces agree.

    ``two``, ``four`` and ``all`` are :func:`bases_over_time` of networks that were trained in the same way on faces
    that vary in 2, 4 and all 9 attributes.

    Quantities along (data, time): ``u``, ``v`` mean Grassmann distance of pairs of samples, ``u_error``, ``v_error``
    (jackknife over samples); ``network_u``, ``network_v`` of networks with random weights at the same points;
    ``random_u``, ``random_v`` of random subspaces.  ``ordered`` (time,) is 1 where the distances of U rise with the
    number of attributes, ``ordered_count`` how many times that is, ``times`` of how many; chance is 1 in 6.
    """
    given = {"two": two, "four": four, "all": all}
    times = _times(two)
    labels = {"data": tuple(given), **time_labels(times)}
    k = two["v"].shape[2]
    quantities = {"t": quantity(np.array(times), "time", labels=time_labels(times))}
    for name in ("u", "v"):
        matrices = {key: [subspaces.distances(row) for row in _rows(one, name)] for key, one in given.items()}
        mean = np.array([[subspaces.pairs(m).mean() for m in row] for row in matrices.values()])
        error = np.array([[jackknife(m) for m in row] for row in matrices.values()])
        network = np.array(
            [
                [subspaces.pairs(subspaces.distances(row)).mean() for row in _rows(one, f"random_{name}")]
                for one in given.values()
            ]
        )
        chance = subspaces.random_distances(two[name].shape[-1], k, draws, seed)
        quantities |= {
            name: quantity(mean, "data", "time", unit="rad", labels=labels),
            f"{name}_error": quantity(error, "data", "time", unit="rad", labels=labels),
            f"network_{name}": quantity(network, "data", "time", unit="rad", labels=labels),
            f"random_{name}": quantity(chance.mean(), unit="rad"),
        }
    ordered = (np.diff(quantities["u"].values, axis=0) > 0).all(0)
    quantities |= {
        "ordered": quantity(ordered.astype(int), "time", labels=time_labels(times)),
        "ordered_count": quantity(int(ordered.sum())),
        "times": quantity(len(times)),
        "samples": quantity(two["v"].shape[1]),
        "directions": quantity(k),
    }
    return Result(quantities, model="puppet-32-two, -four, -all", facts={"models": [r.model for r in given.values()]})


@analysis("diffusion.spectra", version=1, libraries=LIBRARIES)
def spectra(
    model: DiffusionModel,
    times: Sequence[int] = (900, 500, 100),
    share: float = 0.9,
    largest: int = 4096,
    *,
    seed: int,
) -> Result:
    """C11: the singular values decay; how many directions hold 90 % of the energy.

    The whole Jacobian at one sampled point per time, of the model and of the network with random weights at the same
    point.  Quantities along (network, time), networks "trained" and "random": ``sigma`` (…, direction) all singular
    values, ``relative`` (the same over the first), ``energy`` (…, direction) share of the sum of squares held by so
    many directions, in %; ``needed`` how many hold ``share`` of it, ``needed_part`` that of all in %; ``tenth``
    sigma_10 / sigma_1; ``dimensions``.

    Raises:
        UsageError: x_t or h has more than ``largest`` dimensions, too many for the whole matrix.
    """
    import torch

    size = int(np.prod(model.shape))
    if size > largest:
        raise UsageError(f"the whole Jacobian of '{model.name}' has {size} columns; the limit here is {largest}")
    xs = points(model, "sampled", times, 1, seed)[:, 0]
    found = []
    for network in (model, random_network(model, seed + 1)):
        row = []
        for x, t in zip(xs, times, strict=True):
            dense = jacobian_at(network, x, t).dense().float().cpu()
            # fp64, or the square would swallow the small singular values.
            gram = dense.double() if len(dense) < dense.shape[1] else dense.T.double()
            values = torch.linalg.eigvalsh(gram @ gram.T).clamp(min=0).flip(0).sqrt()
            row.append(values.numpy())
        found.append(np.stack(row))
    sigma = np.stack(found)
    energy = np.cumsum(sigma**2, -1) / (sigma**2).sum(-1, keepdims=True)
    needed = (energy < share).sum(-1) + 1
    labels = {"network": ("trained", "random"), **time_labels(times)}
    axes = ("network", "time", "direction")
    return Result(
        {
            "t": quantity(np.array(times), "time", labels=time_labels(times)),
            "sigma": quantity(sigma, *axes, labels=labels),
            "relative": quantity(sigma / sigma[..., :1], *axes, labels=labels),
            "energy": quantity(100 * energy, *axes, unit="%", labels=labels),
            "needed": quantity(needed, "network", "time", labels=labels),
            "needed_part": quantity(100 * needed / sigma.shape[-1], "network", "time", unit="%", labels=labels),
            "tenth": quantity(sigma[..., min(9, sigma.shape[-1] - 1)] / sigma[..., 0], *axes[:2], labels=labels),
            "share": quantity(100 * share, unit="%"),
            "dimensions": quantity(size),
        },
        model=model.name,
        facts={"source": "sampled", "layer": "mid", "samples": 1},
    )


@analysis("diffusion.point_or_time", version=1, libraries=LIBRARIES)
def point_or_time(
    model: DiffusionModel, t: int = 300, noisiest: int = 950, count: int = 4, k: int = 10, *, seed: int
) -> Result:
    """C13: is it x_t that changes the space with time, or the number t that the network is told?

    Bases at the points x_t and x_T of one sample, each with t and with T as the time given: places "x_t, t", "x_T, t",
    "x_t, T", "x_T, T".  Quantities: ``u``, ``v`` (place, other) mean Grassmann distances over samples; ``by_x_u``,
    ``by_x_v`` mean distance where only x differs, ``by_t_u``, ``by_t_v`` where only t does, each (sample,) too with
    ``_each``; ``sigma`` (place,) the first singular value; ``random_u``, ``random_v``.
    """
    xs = points(model, "sampled", (t, noisiest), count, seed)
    places = ("x_t, t", "x_T, t", "x_t, T", "x_T, T")
    rows = [bases_at(model, x, time, k, seed=seed) for time in (t, noisiest) for x in xs]
    labels = {"place": places, "other": places}
    quantities = {
        "sigma": quantity(
            np.array([stacked(row, "sigma")[:, 0].mean() for row in rows]), "place", labels={"place": places}
        ),
        "t": quantity(t),
        "noisiest": quantity(noisiest),
        "samples": quantity(count),
        "directions": quantity(k),
    }
    for name in ("u", "v"):
        each = np.stack([subspaces.distances([getattr(b, name) for b in four]) for four in zip(*rows, strict=True)])
        by_x, by_t = (each[:, 0, 1] + each[:, 2, 3]) / 2, (each[:, 0, 2] + each[:, 1, 3]) / 2
        n = getattr(rows[0][0], name).shape[1]
        quantities |= {
            name: quantity(each.mean(0), "place", "other", unit="rad", labels=labels),
            f"by_x_{name}": quantity(by_x.mean(), unit="rad"),
            f"by_t_{name}": quantity(by_t.mean(), unit="rad"),
            f"by_x_{name}_each": quantity(by_x, "sample", unit="rad"),
            f"by_t_{name}_each": quantity(by_t, "sample", unit="rad"),
            f"random_{name}": quantity(subspaces.random_distances(n, k, 100, seed).mean(), unit="rad"),
        }
    return Result(quantities, model=model.name, facts={"source": "sampled", "layer": "mid"})


STUDIES: tuple[Callable[..., Result], ...] = (
    bases_over_time,
    coarse_to_fine,
    pairs_of_samples,
    between_times,
    simpler_data,
    spectra,
    point_or_time,
)
"""Everything here that an episode may declare."""
