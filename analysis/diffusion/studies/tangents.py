"""What of the known attributes the local bases hold: by depth (C14), by time, and over many samples.

The attributes' true directions are the renderer's exact tangents, so that no names have to be given by eye.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.pullback import controls, spectrum, subspaces
from tapehead.analysis.diffusion.pullback.controls import CHANCE, like
from tapehead.analysis.diffusion.pullback.jacobian import jacobian_at
from tapehead.analysis.diffusion.pullback.local_bases import LIBRARIES, bases_at, stacked, time_labels
from tapehead.analysis.diffusion.pullback.tangents import faces, tangents
from tapehead.analysis.diffusion.puppets.puppets import ATTRIBUTES
from tapehead.analysis.errors import UnknownNameError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity

if TYPE_CHECKING:
    from torch import Tensor

    from tapehead.analysis.diffusion.pullback.svd import LocalBasis


@analysis("diffusion.depths", version=1, libraries=LIBRARIES)
def depths(
    model: DiffusionModel,
    layers: Sequence[str] = ("mid", "down-3", "down-2"),
    t: int = 700,
    count: int = 4,
    k: int = 10,
    *,
    seed: int,
) -> Result:
    """C14: does it matter how deep h lies?

    Bases at ``count`` noised random faces, whose attributes are known.  Quantities along ``layer``: ``radius``,
    ``pair_v`` mean distance of V between samples, ``low_pass_v`` that of low-pass subspaces as coarse, ``captured``
    (layer, attribute) S_k in %, ``captured_mean``, ``disentangled`` (how much each direction keeps to one attribute's
    tangent: 1 - entropy / log 9, weighted with what it captures), and ``control_captured`` and ``control_disentangled``
    (control, layer) of isotropic directions, of low-pass ones as coarse as V and of ones with its spectrum;
    ``dimensions`` of h; ``sigma_tenth`` sigma_k / sigma_1.
    """

    crowd = faces(model, count, seed)
    xs = crowd.at(model, t)
    known = [tangents(model, a, t) for a in crowd.attributes]
    shape = model.shape
    collected: dict[str, list[np.ndarray]] = {}

    def keep(name: str, value: Any) -> None:
        collected.setdefault(name, []).append(np.asarray(value))

    for layer in layers:
        found = bases_at(model, xs, t, k, layer=layer, seed=seed)
        v = [b.v.cpu() for b in found]
        radius = float(np.mean([float(spectrum.mean_radius(b, shape).mean()) for b in v]))
        smooth, alike = like(v, shape, seed)
        plain = [controls.isotropic(shape, k, seed + i) for i in range(count)]
        keep("radius", radius)
        keep("pair_v", subspaces.pairs(subspaces.distances(v)).mean())
        keep("low_pass_v", subspaces.pairs(subspaces.distances(smooth)).mean())
        keep("dimensions", found[0].u.shape[1])
        keep("sigma_tenth", stacked(found, "sigma")[:, [0, -1]].mean(0)[1] / stacked(found, "sigma")[:, 0].mean())
        keep("captured", 100 * np.mean([subspaces.capture(b, g) for b, g in zip(v, known, strict=True)], 0))
        keep("disentangled", np.mean([disentangled(b, g) for b, g in zip(v, known, strict=True)]))
        every = (plain, smooth, alike)
        keep(
            "control_captured",
            np.array(
                [[100 * subspaces.capture(b, g).mean() for b, g in zip(c, known, strict=True)] for c in every]
            ).mean(1),
        )
        keep(
            "control_disentangled",
            np.array([[disentangled(b, g) for b, g in zip(c, known, strict=True)] for c in every]).mean(1),
        )
    labels = {"layer": tuple(layers)}
    kinds = {"control": CHANCE, **labels}
    units = {"radius": "cycles", "pair_v": "rad", "low_pass_v": "rad"}
    quantities = {
        name: quantity(np.array(collected[name]), "layer", unit=units.get(name, "1"), labels=labels)
        for name in ("radius", "pair_v", "low_pass_v", "dimensions", "sigma_tenth", "disentangled")
    }
    captured = np.stack(collected["captured"])
    quantities |= {
        "captured": quantity(captured, "layer", "attribute", unit="%", labels={**labels, "attribute": ATTRIBUTES}),
        "captured_mean": quantity(captured.mean(1), "layer", unit="%", labels=labels),
        "control_captured": quantity(
            np.stack(collected["control_captured"], 1), "control", "layer", unit="%", labels=kinds
        ),
        "control_disentangled": quantity(
            np.stack(collected["control_disentangled"], 1), "control", "layer", labels=kinds
        ),
        "t": quantity(t),
        "samples": quantity(count),
        "directions": quantity(k),
    }
    return Result(quantities, model=model.name, facts={"source": "faces"})


def disentangled(basis: Tensor, tangents: Tensor) -> float:
    """How much each direction keeps to one attribute: 1 - entropy of its squared cosines to the tangents / log 9.

    Mean over the rows of ``basis`` (k, D), weighted with the sum of their squared cosines; 1 if each direction points
    along one tangent only.
    """
    import torch

    unit = torch.nn.functional.normalize(tangents.double().cpu(), dim=1)
    squared = (basis.double().cpu() @ unit.T).square()
    weight = squared.sum(1)
    part = squared / weight.unsqueeze(1).clamp(min=1e-300)
    entropy = -(part * part.clamp(min=1e-300).log()).sum(1) / np.log(len(unit))
    return float(((1 - entropy) * weight).sum() / weight.sum())


@analysis("diffusion.captures", version=1, libraries=LIBRARIES)
def captures(
    model: DiffusionModel,
    times: Sequence[int] = (900, 700, 500, 300, 100),
    count: int = 4,
    k: int = 20,
    *,
    seed: int,
) -> Result:
    """How much of each attribute's true direction the local basis holds, by the renderer's exact tangents.

    Noised random faces with known attributes.  Quantities along (time, attribute): ``captured`` S_k in % (mean over
    faces), ``captured_sd``; ``sensitivity`` |J g| / sigma_1 in %.  Controls along (control, time, attribute):
    ``control`` S_k in % of isotropic directions, low-pass ones as coarse as V, ones with V's spectrum, and eigenfaces;
    ``control_sensitivity`` (control, time) |J w| / sigma_1 in %, of the three random kinds.  ``ratio`` (control, time,
    attribute) is captured over each control.  ``chance`` is k / D in %.
    """

    crowd = faces(model, count, seed)
    known = [tangents(model, a) for a in crowd.attributes]
    shape = model.shape
    ghosts = controls.eigenfaces(model, k, seed + 1).vectors
    plain = [controls.isotropic(shape, k, seed + i) for i in range(count)]

    def mean_capture(sets: Sequence[Tensor]) -> np.ndarray:
        return np.mean([subspaces.capture(v, g) for v in sets for g in known], 0)

    captured, heard, control, control_heard = [], [], [], []
    found_before: list[LocalBasis] | None = None
    for n, t in enumerate(times):
        xs = crowd.at(model, t)
        bases = bases_at(model, xs, t, k, seed=seed, starts=found_before)
        found_before = bases
        low, same = like([b.v.cpu() for b in bases], shape, seed + 100 * n)
        captured.append([subspaces.capture(b.v, g) for b, g in zip(bases, known, strict=True)])
        felt, noise_felt = [], []
        for i, (x, basis) in enumerate(zip(xs, bases, strict=True)):
            jacobian, loudest = jacobian_at(model, x, t), float(basis.sigma[0])
            felt.append(subspaces.sensitivity(jacobian, known[i], loudest))
            kinds_here = (plain[i], low[i], same[i])
            noise_felt.append([subspaces.sensitivity(jacobian, w, loudest).mean() for w in kinds_here])
        heard.append(np.mean(felt, 0))
        control.append([mean_capture(plain), mean_capture(low), mean_capture(same), mean_capture([ghosts])])
        control_heard.append(np.mean(noise_felt, 0))
    found = 100 * np.array(captured)
    held = 100 * np.array(control).transpose(1, 0, 2)
    labels = {**time_labels(times), "attribute": ATTRIBUTES}
    kinds = {"control": (*CHANCE, "eigenfaces"), **labels}
    chance = {"control": CHANCE, **time_labels(times)}
    return Result(
        {
            "t": quantity(np.array(times), "time", labels=time_labels(times)),
            "captured": quantity(found.mean(1), "time", "attribute", unit="%", labels=labels),
            "captured_sd": quantity(found.std(1), "time", "attribute", unit="%", labels=labels),
            "sensitivity": quantity(100 * np.array(heard), "time", "attribute", unit="%", labels=labels),
            "control": quantity(held, "control", "time", "attribute", unit="%", labels=kinds),
            "control_sensitivity": quantity(
                100 * np.array(control_heard).T, "control", "time", unit="%", labels=chance
            ),
            "ratio": quantity(found.mean(1) / held, "control", "time", "attribute", labels=kinds),
            "chance": quantity(100 * k / int(np.prod(shape)), unit="%"),
            "samples": quantity(count),
            "directions": quantity(k),
        },
        model=model.name,
        facts={"source": "faces", "layer": "mid"},
    )


@analysis("diffusion.global_direction", version=1, libraries=LIBRARIES)
def global_direction(
    model: DiffusionModel,
    attribute: str = "strings",
    t: int = 700,
    count: int = 24,
    k: int = 20,
    bins: int = 20,
    *,
    seed: int,
) -> Result:
    """Whether an attribute is one direction for all samples: local directions, their mean, and how far they agree.

    At each noised random face the direction in the span of V that lies nearest to the attribute's true tangent is
    taken (``local``), and the first singular vector as it is (``first``).  Their mean v̄ is the leading eigenvector of
    the mean of v vᵀ.  Each control does the same with its own random span at each face (isotropic, low-pass as coarse
    as V, with V's spectrum), with one span for all (eigenfaces), and with the tangent itself (``tangent``: the most
    that there is).  ``first`` needs no tangent and has its own control, ``first low-pass``: one smooth direction per
    face.

    Quantities along (kind, …), kinds "local", "first", "first low-pass", "isotropic", "low-pass", "same spectrum",
    "eigenfaces", "tangent": ``cosine``
    (kind, sample) |cos(v_i, v̄)|; ``held_out`` the same to the mean of the other samples, which is the fair number;
    ``cosine_mean``, ``held_out_mean``; ``histogram`` (kind, bin) of ``held_out``, with ``edges`` (edge,).
    ``captured`` (kind,) S_k of the attribute in % (spans only, else NaN).  ``direction`` (kind, x) each mean, and
    ``picture`` (kind, channel, row, column) where x_t are pixels (or latents).  ``subspace`` (m,) is the mean squared
    cosine of the chordal mean of all spans, ``subspace_low_pass`` the same of the low-pass control.
    """
    import torch

    if attribute not in ATTRIBUTES:
        raise UnknownNameError("attribute", attribute, ATTRIBUTES)
    column = ATTRIBUTES.index(attribute)
    crowd = faces(model, count, seed)
    known = [tangents(model, a)[column].cpu() for a in crowd.attributes]
    known = [g / g.norm() for g in known]
    found = [b.v.float().cpu() for b in bases_at(model, crowd.at(model, t), t, k, seed=seed)]
    shape = model.shape
    radius = float(np.mean([float(spectrum.mean_radius(v, shape).mean()) for v in found]))
    ghosts = controls.eigenfaces(model, k, seed + 1).vectors
    low, same = like(found, shape, seed)
    spans: dict[str, list[Tensor]] = {
        "local": found,
        "isotropic": [controls.isotropic(shape, k, seed + i) for i in range(count)],
        "low-pass": low,
        "same spectrum": same,
        "eigenfaces": [ghosts] * count,
    }
    chosen = {name: _nearest(rows, known) for name, rows in spans.items()}
    firsts, _ = like([v[:1] for v in found], shape, seed + 1)
    first = {"first": torch.stack([v[0] for v in found]), "first low-pass": torch.cat(firsts)}
    chosen = {"local": chosen.pop("local"), **first, **chosen}
    chosen["tangent"] = torch.stack(known)
    means = {name: subspaces.mean_direction(rows) for name, rows in chosen.items()}
    captured = [
        100 * float(np.mean([subspaces.capture(v, g[None])[0] for v, g in zip(spans[n], known, strict=True)]))
        if n in spans
        else float("nan")
        for n in chosen
    ]
    edges = np.linspace(0, 1, bins + 1)
    labels = {"kind": tuple(chosen)}
    held_out = np.stack([means[n].held_out for n in chosen])
    cosine = np.stack([means[n].cosines for n in chosen])
    directions = np.stack([means[n].direction.numpy() for n in chosen])
    together = min(k, 10)
    return Result(
        {
            "cosine": quantity(cosine, "kind", "sample", labels=labels),
            "held_out": quantity(held_out, "kind", "sample", labels=labels),
            "cosine_mean": quantity(cosine.mean(1), "kind", labels=labels),
            "held_out_mean": quantity(held_out.mean(1), "kind", labels=labels),
            "histogram": quantity(
                np.stack([np.histogram(row, edges)[0] for row in held_out.clip(0, 1)]), "kind", "bin", labels=labels
            ),
            "edges": quantity(edges, "edge"),
            "captured": quantity(np.array(captured), "kind", unit="%", labels=labels),
            "direction": quantity(directions, "kind", "x", labels=labels),
            "picture": quantity(directions.reshape(-1, *shape), "kind", "channel", "row", "column", labels=labels),
            "subspace": quantity(subspaces.chordal_mean(found, together)[1].numpy(), "direction"),
            "subspace_low_pass": quantity(subspaces.chordal_mean(spans["low-pass"], together)[1].numpy(), "direction"),
            "t": quantity(t),
            "radius": quantity(radius, unit="cycles"),
            "samples": quantity(count),
            "directions": quantity(k),
        },
        model=model.name,
        facts={"source": "faces", "layer": "mid", "attribute": attribute},
    )


def _nearest(spans: Sequence[Tensor], known: Sequence[Tensor]) -> Tensor:
    """The unit direction (n, D) of each span (k, D) that lies nearest to each known one (D,)."""
    import torch

    rows = [(v @ g) @ v for v, g in zip(spans, known, strict=True)]
    return torch.stack([row / row.norm() for row in rows])


STUDIES: tuple[Callable[..., Result], ...] = (depths, captures, global_direction)
"""Everything here that an episode may declare."""
