"""Walks as films declare them: directions carried between samples, repeated steps, and how bent the space is.

C numbers are those of pullback.md, section 6; each study has its controls in the same call.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.pullback import controls, effects, spectrum, walks
from tapehead.analysis.diffusion.pullback.jacobian import bottleneck, jacobian_at
from tapehead.analysis.diffusion.pullback.local_bases import LIBRARIES, random_network
from tapehead.analysis.diffusion.pullback.svd import local_basis
from tapehead.analysis.diffusion.pullback.transport import FORMS, transport
from tapehead.analysis.diffusion.puppets.puppets import ATTRIBUTES
from tapehead.analysis.diffusion.studies.editing import picked_directions
from tapehead.analysis.diffusion.studies.families import LOOSE, bases_of, points_at
from tapehead.analysis.diffusion.studies.labels import PICTURE, attribute_at, labelled, shown
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result

if TYPE_CHECKING:
    from torch import Tensor


@analysis("diffusion.carried", version=1, libraries=LIBRARIES)
def carried(
    model: DiffusionModel,
    t: int = 500,
    count: int = 4,
    k: int = 10,
    followed: int = 3,
    length: float = 6.0,
    steps: int = 8,
    prompt: str = "",
    *,
    seed: int,
) -> Result:
    """C5: directions of one sample at the others: carried through the bottleneck, and laid over as they are.

    Each of the first ``followed`` directions of every sample goes to every other one.  Methods: "published" v' = V U^T
    u, "inverse" v' = V S^-1 U^T u, "as it is" (v of A at B, in x_t); controls "low-pass" (a random direction as
    coarse, at B) and "random tangent" (a random tangent in h, carried the published way).  Quantities along (method,):
    ``agreement`` share of journeys after which the attribute that the direction moved most at A moves the same way at
    B, %; ``same`` share after which it is again the one moved most, %; ``ratio`` mean of its effect at B divided by
    that at A, signed; ``correlation`` mean correlation of the nine effects; ``kept`` share of the tangent that B's
    basis holds (NaN where nothing is carried).  By direction: ``agreement_by`` (method, direction).  ``journeys``.
    ``home`` (sample, direction, attribute) effects at A; ``there`` (method, from, to, direction, attribute), NaN from
    a sample to itself.  ``picture`` (method, way, …) of the first journey at B: minus, unedited, plus;
    ``picture_home``.
    """
    import torch

    eye = effects.regressor_of(model)
    xs = points_at(model, t, count, seed, prompt)
    words = prompt or None
    bases = bases_of(model, xs, t, k, seed, prompt)
    push = effects.straight_push(length)

    def respond(x: Tensor, rows: Tensor) -> effects.Response:
        return effects.respond(model, eye, x, t, rows, push, steps=steps, prompt=words, off=False)

    at_home = [respond(x, basis.v[:followed].cpu()) for x, basis in zip(xs, bases, strict=True)]
    home = torch.stack([found.matrix for found in at_home])
    radius = float(np.mean([spectrum.mean_radius(b.v[:followed], model.shape).mean() for b in bases]))
    methods = (*FORMS, "as it is", "low-pass", "random tangent")
    there = torch.full((len(methods), count, count, followed, len(ATTRIBUTES)), torch.nan)
    kept = np.full((len(methods), count, count, followed), np.nan)
    draw = torch.Generator().manual_seed(seed)
    looks: list[np.ndarray] = []
    for a in range(count):
        for b in range(count):
            if a == b:
                continue
            for m, method in enumerate(methods):
                rows = []
                for i in range(followed):
                    if method == "as it is":
                        rows.append(bases[a].v[i].cpu())
                    elif method == "low-pass":
                        rows.append(controls.low_pass(model.shape, 1, radius, seed + 97 * a + 31 * b + i)[0])
                    else:
                        tangent = bases[a].u[i].cpu()
                        if method == "random tangent":
                            tangent = torch.randn(tangent.shape, generator=draw)
                        gone = transport(tangent, _on_cpu(bases[b]), "inverse" if method == "inverse" else "published")
                        kept[m, a, b, i] = gone.kept
                        rows.append(gone.v)
                found = respond(xs[b], torch.stack(rows))
                there[m, a, b] = found.matrix
                if (a, b) == (0, 1):
                    looks.append(
                        shown(torch.stack([found.minus.pictures[0], found.start.pictures[0], found.plus.pictures[0]]))
                    )
    top = home.abs().argmax(2)
    agreement, same, ratio, correlation = (np.full((len(methods), followed), np.nan) for _ in range(4))
    for m in range(len(methods)):
        for i in range(followed):
            journeys = [(a, b) for a in range(count) for b in range(count) if a != b]
            before = torch.stack([home[a, i] for a, _ in journeys])
            after = torch.stack([there[m, a, b, i] for a, b in journeys])
            at = torch.stack([top[a, i] for a, _ in journeys])[:, None]
            first, second = before.gather(1, at)[:, 0], after.gather(1, at)[:, 0]
            agreement[m, i] = 100 * float((first * second > 0).float().mean())
            same[m, i] = 100 * float((after.abs().argmax(1) == at[:, 0]).float().mean())
            ratio[m, i] = float((second / first).mean())
            pairs = [np.corrcoef(p.numpy(), q.numpy())[0, 1] for p, q in zip(before, after, strict=True)]
            correlation[m, i] = float(np.mean(pairs))
    labels = {"method": methods}
    first_home = at_home[0]
    return Result(
        {
            "agreement": labelled(agreement.mean(1), "method", unit="%", labels=labels),
            "agreement_by": labelled(agreement, "method", "direction", unit="%", labels=labels),
            "same": labelled(same.mean(1), "method", unit="%", labels=labels),
            "ratio": labelled(ratio.mean(1), "method", labels=labels),
            "correlation": labelled(correlation.mean(1), "method", labels=labels),
            "kept": labelled(
                np.array([np.nan if np.isnan(row).all() else np.nanmean(row) for row in kept]), "method", labels=labels
            ),
            "home": labelled(home.numpy(), "sample", "direction", "attribute", labels={"attribute": ATTRIBUTES}),
            "there": labelled(
                there.numpy(),
                "method",
                "from",
                "to",
                "direction",
                "attribute",
                labels=labels | {"attribute": ATTRIBUTES},
            ),
            "picture": labelled(np.stack(looks), "method", "way", *PICTURE, labels=labels),
            "picture_home": labelled(
                shown(
                    torch.stack(
                        [first_home.minus.pictures[0], first_home.start.pictures[0], first_home.plus.pictures[0]]
                    )
                ),
                "way",
                *PICTURE,
            ),
            "journeys": labelled(count * (count - 1) * followed),
            "t": labelled(t),
        },
        model=model.name,
        facts={"prompt": prompt},
    )


class _on_cpu:  # noqa: N801 - reads like a function
    """A basis whose tensors are on the CPU."""

    def __init__(self, basis: Any) -> None:
        self.u, self.sigma, self.v = basis.u.cpu(), basis.sigma.cpu(), basis.v.cpu()


@analysis("diffusion.repeated_steps", version=1, libraries=LIBRARIES)
def repeated_steps(
    model: DiffusionModel,
    t: int = 500,
    count: int = 2,
    k: int = 6,
    number: int = 8,
    step: float = 3.0,
    attribute: str = "strings",
    steps: int = 10,
    prompt: str = "",
    *,
    seed: int,
) -> Result:
    """Adding the same direction again and again, against carrying it along: which of the two leaves the data.

    From each sample, along the direction that moves ``attribute`` most.  Walks: "straight" adds ``step`` v each time;
    "transported" looks for the basis anew at every point and lays the tangent of the step before into it (geodesic
    shooting, published form); "transported inverse" the same with S^-1; "same length" steps straight, but each x is
    drawn back to the length of the first one; controls "low-pass" and "isotropic" go straight along random directions.
    Quantities along (walk, sample, place): ``off`` (root mean square difference to the nearest render), ``score`` (…,
    attribute), ``change`` (difference to the first picture), ``length`` (path in h so far), ``far`` (distance in x_t
    from the start), ``picture`` (…, channel, row, column) bytes; means over samples ``off_mean``, ``length_mean``
    (walk, place).  ``turned`` (walk, sample, place) angle of the direction to the first one, degrees; ``kept`` (walk,
    sample, place) share of the tangent that survived each step, 1 where nothing is carried.
    """
    import torch

    column = attribute_at(attribute)
    eye = effects.regressor_of(model)
    words = prompt or None
    xs = points_at(model, t, count, seed, prompt)
    own = bases_of(model, xs, t, k, seed, prompt)
    v = picked_directions(model, eye, xs, t, own, column, steps=steps, prompt=words)
    radius = float(spectrum.mean_radius(v, model.shape).mean())
    names = ("straight", "transported", "transported inverse", "same length", "low-pass", "isotropic")
    form = (len(names), count, number + 1)
    path = torch.zeros(*form, xs.shape[1])
    turned, kept = np.zeros(form), np.ones(form)
    for i in range(count):
        fixed = {
            "straight": v[i],
            "same length": v[i],
            "low-pass": controls.low_pass(model.shape, 1, radius, seed + 5 + i)[0],
            "isotropic": controls.isotropic(model.shape, 1, seed + 5 + i)[0],
        }
        for w, name in enumerate(names):
            if name in fixed:
                path[w, i] = walks.direct_push(xs[i : i + 1], fixed[name], step=step, count=number)[:, 0]
                if name == "same length":
                    path[w, i] *= xs[i].norm() / path[w, i].norm(dim=1, keepdim=True)
                continue
            inverse = name.endswith("inverse")
            direction, z, basis = v[i], xs[i], own[i]
            path[w, i, 0] = z
            for n in range(1, number + 1):
                tangent = jacobian_at(model, z.reshape(model.shape), t, words).apply(direction[None])[0].cpu()
                z = z + step * direction
                path[w, i, n] = z
                if n == number:
                    break
                basis = local_basis(
                    jacobian_at(model, z.reshape(model.shape), t, words), k, tolerance=LOOSE, start=basis.v
                )
                gone = transport(tangent, _on_cpu(basis), "inverse" if inverse else "published")
                direction = gone.v
                kept[w, i, n] = gone.kept
                turned[w, i, n] = float(torch.rad2deg(torch.acos((direction @ v[i]).clamp(-1, 1))))
            turned[w, i, number], kept[w, i, number] = turned[w, i, number - 1], kept[w, i, number - 1]
    flat = path.flatten(0, 2)
    seen = effects.look(model, eye, flat, t, steps=steps, prompt=words)
    h = bottleneck(model, flat.reshape(-1, *model.shape), t, words).cpu().reshape(*form, -1)
    length = np.zeros(form)
    length[..., 1:] = (h[:, :, 1:] - h[:, :, :-1]).norm(dim=3).cumsum(2).numpy()
    looks = seen.pictures.reshape(*form, *seen.pictures.shape[1:])
    off = seen.off.reshape(form).numpy()
    labels = {"walk": names}
    axes = ("walk", "sample", "place")
    return Result(
        {
            "off": labelled(off, *axes, labels=labels),
            "off_mean": labelled(off.mean(1), "walk", "place", labels=labels),
            "score": labelled(
                seen.attributes.reshape(*form, -1).numpy(),
                *axes,
                "attribute",
                labels=labels | {"attribute": ATTRIBUTES},
            ),
            "change": labelled((looks - looks[:, :, :1]).square().mean((3, 4, 5)).sqrt().numpy(), *axes, labels=labels),
            "length": labelled(length, *axes, labels=labels),
            "length_mean": labelled(length.mean(1), "walk", "place", labels=labels),
            "far": labelled((path - path[:, :, :1]).norm(dim=3).numpy(), *axes, labels=labels),
            "turned": labelled(turned, *axes, unit="degrees", labels=labels),
            "kept": labelled(kept, *axes, labels=labels),
            "picture": labelled(shown(looks), *axes, *PICTURE, labels=labels),
            "step": labelled(step),
            "t": labelled(t),
            "samples": labelled(count),
        },
        model=model.name,
        facts={"attribute": attribute, "prompt": prompt},
    )


@analysis("diffusion.curved", version=1, libraries=LIBRARIES)
def curved(
    model: DiffusionModel,
    t: int = 500,
    pairs: int = 2,
    points: int = 11,
    rounds: int = 40,
    rate: float = 0.03,
    steps: int = 10,
    prompt: str = "",
    *,
    seed: int,
) -> Result:
    """C8: whether the space of noisy pictures is curved under the network's ruler.

    Between pairs of samples: the straight line, the arc that keeps the length of noise (slerp), and the geodesic, the
    path of least energy in h with the same ends (from the arc).  Quantities along (path, pair): ``length`` in h,
    ``curvedness`` length over the distance of the ends in h (1 is straight), ``x_length`` in x_t; ``off`` (path, pair,
    point) decoded distance to the nearest render, ``off_between`` (path,) its mean without the ends; ``speed`` (path,
    pair, piece) lengths in h; ``turn`` (path, pair) angle between the first singular vectors in the middle and at the
    ends, mean in degrees, ``turn_ends`` (pair,) between those at the ends; ``norm`` (path, pair, point) |x| / sqrt(D).
    ``saved`` (pair,) part of the line's length that the geodesic saves, %.  Controls: ``random_length``,
    ``random_curvedness`` (path, pair) in the network with random weights (its own geodesic), ``random_saved``;
    ``picture`` (path, point, …) of the first pair.
    """
    import torch

    names = ("line", "arc", "geodesic")
    eye = effects.regressor_of(model)
    words = prompt or None
    xs = points_at(model, t, 2 * pairs, seed, prompt)
    shuffled = random_network(model, seed + 1)

    def ruler(network: DiffusionModel) -> Callable[[Tensor], Tensor]:
        # The encoder itself: unlike ``bottleneck`` it can be differentiated.
        encoder: Any = jacobian_at(network, xs[0].reshape(model.shape), t, words)._encoder
        return lambda x: encoder(x.reshape(-1, *model.shape).to(model.device)).flatten(1).cpu()

    measures = {"own": ruler(model), "random": ruler(shuffled)}
    form = (len(names), pairs)
    length, bent, random_length, random_bent, x_length, turn = (np.zeros(form) for _ in range(6))
    turn_ends = np.zeros(pairs)
    speed = np.zeros((*form, points - 1))
    every = torch.zeros(*form, points, xs.shape[1])
    for p in range(pairs):
        a, b = xs[2 * p], xs[2 * p + 1]
        for which, measure in measures.items():
            arc = walks.slerp(a, b, points)
            found = {
                "line": walks.lerp(a, b, points),
                "arc": arc,
                "geodesic": walks.geodesic(measure, arc, rounds=rounds, rate=rate)[0],
            }
            for n, name in enumerate(names):
                with torch.no_grad():
                    h = measure(found[name])
                if which == "random":
                    random_length[n, p], random_bent[n, p] = walks.length(h), walks.curvedness(h)
                    continue
                length[n, p], bent[n, p] = walks.length(h), walks.curvedness(h)
                speed[n, p] = walks.pieces(h).numpy()
                every[n, p] = found[name]
                x_length[n, p] = walks.length(found[name])
        # The ends are the same for all paths; only their middles differ.
        looked = torch.cat([every[0, p, [0, -1]], every[:, p, points // 2]])
        start, end, *middles = (b.v[0].cpu() for b in bases_of(model, looked, t, 1, seed, prompt))
        turn[:, p] = [(_angle(start, middle) + _angle(middle, end)) / 2 for middle in middles]
        turn_ends[p] = _angle(start, end)
    seen = effects.look(model, eye, every.flatten(0, 2), t, steps=steps, prompt=words)
    off = seen.off.reshape(*form, points).numpy()
    labels = {"path": names}
    return Result(
        {
            "length": labelled(length, "path", "pair", labels=labels),
            "curvedness": labelled(bent, "path", "pair", labels=labels),
            "x_length": labelled(x_length, "path", "pair", labels=labels),
            "speed": labelled(speed, "path", "pair", "piece", labels=labels),
            "turn": labelled(turn, "path", "pair", unit="degrees", labels=labels),
            "turn_ends": labelled(turn_ends, "pair", unit="degrees"),
            "norm": labelled((every.norm(dim=3) / xs.shape[1] ** 0.5).numpy(), "path", "pair", "point", labels=labels),
            "off": labelled(off, "path", "pair", "point", labels=labels),
            "off_between": labelled(off[:, :, 1:-1].mean((1, 2)), "path", labels=labels),
            "off_ends": labelled(off[:, :, [0, -1]].mean()),
            "saved": labelled(100 * (1 - length[2] / length[0]), "pair", unit="%"),
            "saved_arc": labelled(100 * (1 - length[1] / length[0]), "pair", unit="%"),
            "random_length": labelled(random_length, "path", "pair", labels=labels),
            "random_curvedness": labelled(random_bent, "path", "pair", labels=labels),
            "random_saved": labelled(100 * (1 - random_length[2] / random_length[0]), "pair", unit="%"),
            "picture": labelled(
                shown(seen.pictures.reshape(*form, points, *seen.pictures.shape[1:])[:, 0]),
                "path",
                "point",
                *PICTURE,
                labels=labels,
            ),
            "t": labelled(t),
            "pairs": labelled(pairs),
            "points": labelled(points),
        },
        model=model.name,
        facts={"prompt": prompt},
    )


def _angle(u: Tensor, v: Tensor) -> float:
    """Angle of two unit directions without signs, degrees."""
    return float(np.degrees(np.arccos(min(1.0, abs(float(u.double() @ v.double()))))))


STUDIES: tuple[Callable[..., Result], ...] = (carried, repeated_steps, curved)
"""Everything here that an episode may declare."""
