"""What edits do, as films declare it: responses of directions, strips, guidance, local edits, each with its controls.

C numbers are those of pullback.md, section 6.  Effects are scored after decoding, by ground truth; nothing that fails
is left out.  How far an edit goes is given in units of x_t, whose noise has length sqrt(D).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tapehead.analysis.diffusion.models.loading import DiffusionModel
from tapehead.analysis.diffusion.pullback import controls, effects, masks, spectrum, subspaces, walks
from tapehead.analysis.diffusion.pullback.jacobian import jacobian_at
from tapehead.analysis.diffusion.pullback.local_bases import LIBRARIES
from tapehead.analysis.diffusion.pullback.svd import LocalBasis, local_basis, published_iteration
from tapehead.analysis.diffusion.pullback.tangents import sampled
from tapehead.analysis.diffusion.puppets.puppets import ATTRIBUTES
from tapehead.analysis.errors import UnknownNameError
from tapehead.analysis.paired import exact_sign, mcnemar_table, share_between
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Quantity, Result, quantity

if TYPE_CHECKING:
    from torch import Tensor

PICTURE = ("channel", "row", "column")
FAMILIES = ("bottleneck", "isotropic", "low-pass", "eigenfaces", "published")
"""Where directions come from; all but the first are controls."""
STERNER = "same spectrum"
"""A further family: random, with the power of the basis in each channel and ring.  Where directions are as fine as
white noise, low-pass ones are white noise too, and only this control says anything beside isotropic ones."""
PUBLISHED_ITERATIONS = 12
"""The published loop never stops earlier, and in its logged run it stopped here."""
LOOSE = 1e-2
"""Residual of bases whose directions are only walked along: about half a degree."""

TINY = 1e-6


def attribute_at(name: str) -> int:
    """Column of an attribute.

    Raises:
        UnknownNameError: there is no such attribute.
    """
    if name not in ATTRIBUTES:
        raise UnknownNameError("attribute", name, ATTRIBUTES)
    return ATTRIBUTES.index(name)


def shown(found: Tensor) -> np.ndarray:
    """Pictures as they are kept: one byte per channel."""
    import torch

    return np.asarray((found * 255).round().to(torch.uint8).numpy())


def labelled(values: Any, *axes: str, unit: str = "1", labels: Mapping[str, Sequence[str]] | None = None) -> Quantity:
    """A quantity with those of the labels whose axis it has."""
    return quantity(values, *axes, unit=unit, labels={a: row for a, row in (labels or {}).items() if a in axes})


def points_at(model: DiffusionModel, t: int, count: int, seed: int, prompt: str = "", guidance: float = 1.0) -> Tensor:
    """x_t (n, D) on DDIM's way from seeded noise."""
    found: Tensor = sampled(model, (t,), count, seed, prompt or None, 20, guidance)[0].flatten(1).cpu()
    return found


def bases_of(model: DiffusionModel, xs: Tensor, t: int, k: int, seed: int, prompt: str = "") -> list[LocalBasis]:
    """Local bases at each x_t (n, D)."""
    return [
        local_basis(jacobian_at(model, x.reshape(model.shape), t, prompt or None), k, tolerance=LOOSE, seed=seed + i)
        for i, x in enumerate(xs)
    ]


def families_at(
    model: DiffusionModel, xs: Tensor, t: int, k: int, seed: int, prompt: str, wanted: Sequence[str]
) -> tuple[dict[str, list[Tensor]], list[LocalBasis]]:
    """Orthonormal directions (k, D) of every family at every point, and the local bases.

    Raises:
        UnknownNameError: there is no such family.
    """
    for name in wanted:
        if name not in (*FAMILIES, STERNER):
            raise UnknownNameError("family of directions", name, (*FAMILIES, STERNER))
    bases = bases_of(model, xs, t, k, seed, prompt)
    shape = model.shape
    radius = float(np.mean([spectrum.mean_radius(b.v, shape).mean() for b in bases]))
    many = range(len(xs))
    makers: dict[str, Callable[[], list[Tensor]]] = {
        "bottleneck": lambda: [b.v.cpu() for b in bases],
        "isotropic": lambda: [controls.isotropic(shape, k, seed + 7 * i + 1) for i in many],
        "low-pass": lambda: [controls.low_pass(shape, k, radius, seed + 7 * i + 2) for i in many],
        STERNER: lambda: [controls.same_spectrum(bases[i].v, shape, seed + 7 * i + 3) for i in many],
        "eigenfaces": lambda: [controls.eigenfaces(model, k, seed + 3).vectors] * len(xs),
        "published": lambda: [
            published_iteration(
                jacobian_at(model, x.reshape(model.shape), t, prompt or None),
                k,
                iterations=PUBLISHED_ITERATIONS,
                seed=seed + i,
            ).v.cpu()
            for i, x in enumerate(xs)
        ],
    }
    return {name: makers[name]() for name in wanted}, bases


def _largest_angle(a: Tensor, b: Tensor) -> float:
    return float(np.degrees(np.max(subspaces.principal_angles(a, b))))


@analysis("diffusion.responses", version=2, libraries=LIBRARIES)
def responses(
    model: DiffusionModel,
    t: int = 500,
    count: int = 10,
    k: int = 6,
    length: float = 6.0,
    attribute: str = "strings",
    families: Sequence[str] = FAMILIES,
    prompt: str = "",
    guidance: float = 1.0,
    steps: int = 10,
    bins: int = 20,
    off: bool = True,
    *,
    seed: int,
) -> Result:
    """C1, and where the direction of one attribute is found: what v_1 … v_k do to the decoded picture.

    At ``count`` sampled x_t each direction is walked by +-``length``.  Quantities along ``family`` (bottleneck and its
    controls): ``response`` (…, sample, direction, attribute) half the difference of the attributes read either way;
    ``size`` (…, direction, attribute) its mean magnitude; ``disentanglement`` (…, direction) and ``disentangled``
    (mean, weighted by size); ``completeness``, ``gap`` (…, attribute), means over samples; ``agreement`` (…,
    direction, attribute) share of pairs of samples with equal sign, %, ``best_agreement`` (…, attribute) of the
    loudest direction; ``off`` mean root mean square difference of the edited pictures to the nearest render,
    ``off_start`` unedited. The direction of ``attribute``, by its decoded effect only: ``picked`` (…, sample) number
    of the direction that moves it most, ``pick`` (…, sample) its effect, turned to be positive, ``pick_other`` (…,
    sample) root mean square effect on the other attributes, ``flips`` (…,) share of samples in which the attribute
    changes its side between the two ways, %; ``direction`` (…, x) the mean of the picked ones over samples, length 1,
    pointing to more of the attribute; ``cosine`` (…, sample) cosines to it, ``held_out`` (…, sample) |cos| to the mean
    of the other samples' picks, ``histogram`` (…, bin) of those with ``edges``; ``strength`` (…,) length of the plain
    mean of the turned picks. ``sigma`` (sample, direction); ``angle`` (sample,) largest angle of the published loop's
    plane to the converged one. ``picture`` (sample, way, channel, row, column), bytes: minus, unedited and plus along
    the bottleneck's pick. ``none_mean`` and ``some_mean`` (x,) mean x_t of samples with the attribute below and above
    0; NaN if there are none.

    Paired over samples, the first family against each: ``flipped`` (…, sample) whether the attribute changes its side,
    ``flips_count`` (…,), ``flips_low`` and ``flips_high`` its 95 % interval in %, ``flips_p`` exact p of McNemar;
    ``held_out_mean`` (…,) and ``held_out_p`` exact p of the signs of the differences of ``held_out``; 1 for the first.
    With ``off`` False the nearest renders, which take long, are not looked for, and there are no such quantities.
    """
    import torch

    column = attribute_at(attribute)
    eye = effects.regressor_of(model)
    xs = points_at(model, t, count, seed, prompt, guidance)
    directions, bases = families_at(model, xs, t, k, seed, prompt, families)
    push = effects.straight_push(length)
    matrix = torch.zeros(len(families), count, k, len(ATTRIBUTES))
    far, far_start = np.zeros(len(families)), 0.0
    flipped = np.zeros((len(families), count), bool)
    ways: list[np.ndarray] = []
    start = torch.zeros(count, len(ATTRIBUTES))
    turned = torch.zeros(len(families), count, xs.shape[1])
    picked = np.zeros((len(families), count), int)
    for f, name in enumerate(families):
        for i, x in enumerate(xs):
            found = effects.respond(
                model,
                eye,
                x,
                t,
                directions[name][i],
                push,
                steps=steps,
                prompt=prompt or None,
                guidance=guidance,
                off=off,
            )
            matrix[f, i] = found.matrix
            far[f] += float((found.plus.off.mean() + found.minus.off.mean()) / 2) / count
            best = int(found.matrix[:, column].abs().argmax())
            sign = 1.0 if float(found.matrix[best, column]) >= 0 else -1.0
            picked[f, i], turned[f, i] = best, sign * directions[name][i][best]
            sides = found.plus.attributes[best, column] > 0, found.minus.attributes[best, column] > 0
            flipped[f, i] = bool(sides[0]) != bool(sides[1])
            if f == 0:
                start[i] = found.start.attributes[0]
                far_start += float(found.start.off[0]) / count
                both = (found.minus.pictures[best], found.plus.pictures[best])
                less, more = both if sign > 0 else both[::-1]
                ways.append(shown(torch.stack([less, found.start.pictures[0], more])))
    labels = {"family": tuple(families), "attribute": ATTRIBUTES}

    def each(what: Callable[[Tensor], Any]) -> np.ndarray:
        """A measure of (k, attributes), averaged over samples."""
        return np.array([np.mean([np.asarray(what(m)) for m in row], 0) for row in matrix])

    agree = np.array(
        [[effects.sign_agreement(row[:, i]).numpy() for i in range(k)] for row in matrix]
    )  # (family, direction, attribute)
    loudest = matrix.abs().mean(1).argmax(1)  # (family, attribute)
    best_agree = np.take_along_axis(agree, loudest.numpy()[:, None, :], 1)[:, 0]
    pick = np.array([[float(matrix[f, i, j, column].abs()) for i, j in enumerate(row)] for f, row in enumerate(picked)])
    others = [j for j in range(len(ATTRIBUTES)) if j != column]
    pick_other = np.array(
        [
            [float(matrix[f, i, j][others].square().mean().sqrt()) for i, j in enumerate(row)]
            for f, row in enumerate(picked)
        ]
    )
    quantities = {
        "response": labelled(matrix.numpy(), "family", "sample", "direction", "attribute", labels=labels),
        "size": labelled(matrix.abs().mean(1).numpy(), "family", "direction", "attribute", labels=labels),
        "disentanglement": labelled(each(effects.disentanglement), "family", "direction", labels=labels),
        "disentangled": labelled(each(effects.weighted_disentanglement), "family", labels=labels),
        "completeness": labelled(each(effects.completeness), "family", "attribute", labels=labels),
        "gap": labelled(each(effects.gaps), "family", "attribute", labels=labels),
        "agreement": labelled(100 * agree, "family", "direction", "attribute", unit="%", labels=labels),
        "best_agreement": labelled(100 * best_agree, "family", "attribute", unit="%", labels=labels),
        "picked": labelled(picked, "family", "sample", labels=labels),
        "pick": labelled(pick, "family", "sample", labels=labels),
        "pick_other": labelled(pick_other, "family", "sample", labels=labels),
        "sigma": labelled(np.stack([b.sigma.cpu().numpy() for b in bases]), "sample", "direction"),
        "start": labelled(start.numpy(), "sample", "attribute", labels={"attribute": ATTRIBUTES}),
        "picture": labelled(np.stack(ways), "sample", "way", *PICTURE, labels={"way": ("minus", "unedited", "plus")}),
    } | _consensus(turned, labels, bins)
    quantities |= _paired(flipped, quantities["held_out"].values, labels)
    if off:
        quantities |= {"off": labelled(far, "family", labels=labels), "off_start": labelled(far_start)}
    if "published" in families:
        angles = [_largest_angle(a, b.v.cpu()) for a, b in zip(directions["published"], bases, strict=True)]
        quantities["angle"] = labelled(np.array(angles), "sample", unit="degrees")
    has = start[:, column] > effects.STRINGS_ON
    for name, rows in (("some_mean", xs[has]), ("none_mean", xs[~has])):
        mean = rows.mean(0).numpy() if len(rows) else np.full(xs.shape[1], np.nan)
        quantities[name] = labelled(mean, "x")
    for name, value in (("t", t), ("length", length), ("samples", count), ("directions", k), ("some", int(has.sum()))):
        quantities[name] = labelled(value)
    facts = {"attribute": attribute, "prompt": prompt, "shape": list(model.shape), "column": column}
    return Result(quantities, model=model.name, facts=facts)


def _consensus(turned: Tensor, labels: Mapping[str, Sequence[str]], bins: int) -> dict[str, Quantity]:
    """The mean of each family's picks (family, sample, D), turned alike already, and how well they agree with it."""
    families = {"family": tuple(labels["family"])}
    direction, cosine, held_out, strength = [], [], [], []
    for rows in turned:
        mean = rows.mean(0)
        strength.append(float(mean.norm()))
        mean = mean / mean.norm().clamp(min=TINY)
        direction.append(mean.numpy())
        cosine.append((rows @ mean).numpy())
        # Picks that cancel each other have no mean to agree with: a cosine of 0.
        rest = (rows.sum(0) - rows) / max(len(rows) - 1, 1)
        held_out.append(((rows * rest).sum(1) / rest.norm(dim=1).clamp(min=TINY)).numpy())
    edges = np.linspace(-1, 1, bins + 1)
    counts = [np.histogram(np.clip(row, -1, 1), edges)[0] for row in held_out]
    return {
        "direction": labelled(np.stack(direction), "family", "x", labels=families),
        "cosine": labelled(np.stack(cosine), "family", "sample", labels=families),
        "held_out": labelled(np.stack(held_out), "family", "sample", labels=families),
        "strength": labelled(np.array(strength), "family", labels=families),
        "histogram": labelled(np.stack(counts), "family", "bin", labels=families),
        "edges": labelled(edges, "edge"),
    }


def _paired(flipped: np.ndarray, held_out: np.ndarray, labels: Mapping[str, Sequence[str]]) -> dict[str, Quantity]:
    """Each family's flips and agreements (family, sample) with intervals, and tests against the first family."""
    count = flipped.shape[1]
    ends = 100 * np.array([share_between(int(row.sum()), count) for row in flipped])
    signs = [exact_sign(int((held_out[0] > row).sum()), int((held_out[0] < row).sum())) for row in held_out]
    return {
        "flipped": labelled(flipped.astype(int), "family", "sample", labels=labels),
        "flips": labelled(100 * flipped.mean(1), "family", unit="%", labels=labels),
        "flips_count": labelled(flipped.sum(1), "family", labels=labels),
        "flips_low": labelled(ends[:, 0], "family", unit="%", labels=labels),
        "flips_high": labelled(ends[:, 1], "family", unit="%", labels=labels),
        "flips_p": labelled(mcnemar_table(flipped)[0], "family", labels=labels),
        "held_out_mean": labelled(held_out.mean(1), "family", labels=labels),
        "held_out_p": labelled(np.array(signs), "family", labels=labels),
    }


@analysis("diffusion.attribute_search", version=1, libraries=LIBRARIES)
def attribute_search(
    model: DiffusionModel,
    times: Sequence[int] = (900, 700, 600, 500, 400, 300),
    attribute: str = "strings",
    count: int = 4,
    k: int = 6,
    length: float = 6.0,
    prompt: str = "",
    guidance: float = 1.0,
    steps: int = 8,
    *,
    seed: int,
) -> Result:
    """At which time and at which place in the order the direction of an attribute is found, if anywhere.

    Quantities along (family, time), families bottleneck, low-pass and isotropic: ``effect`` (…, direction, attribute)
    mean magnitude over samples; ``pick`` (…,) mean effect of each sample's best direction on ``attribute``; ``share``
    (…,) part of all its effects that falls on that attribute, %; ``place`` (…, direction) in how many samples that
    direction was the best one; ``flips`` (…,) in how many samples the attribute changes sides; ``sigma`` (time,
    direction); ``samples``.
    """
    import torch

    families = ("bottleneck", "low-pass", "isotropic")
    column = attribute_at(attribute)
    eye = effects.regressor_of(model)
    effect = np.zeros((len(families), len(times), k, len(ATTRIBUTES)))
    pick, share, flips = (np.zeros((len(families), len(times))) for _ in range(3))
    place = np.zeros((len(families), len(times), k), int)
    sigma = np.zeros((len(times), k))
    for n, t in enumerate(times):
        xs = points_at(model, t, count, seed, prompt, guidance)
        directions, bases = families_at(model, xs, t, k, seed, prompt, families)
        sigma[n] = torch.stack([b.sigma.cpu() for b in bases]).mean(0).numpy()
        for f, name in enumerate(families):
            for i, x in enumerate(xs):
                found = effects.respond(
                    model,
                    eye,
                    x,
                    t,
                    directions[name][i],
                    effects.straight_push(length),
                    steps=steps,
                    prompt=prompt or None,
                    guidance=guidance,
                    off=False,
                )
                sizes = found.matrix.abs()
                effect[f, n] += sizes.numpy() / count
                best = int(sizes[:, column].argmax())
                place[f, n, best] += 1
                pick[f, n] += float(sizes[best, column]) / count
                share[f, n] += 100 * float(sizes[best, column] / sizes[best].sum().clamp(min=1e-9)) / count
                sides = found.plus.attributes[best, column] > 0, found.minus.attributes[best, column] > 0
                flips[f, n] += bool(sides[0]) != bool(sides[1])
    labels = {"family": families, "time": tuple(map(str, times)), "attribute": ATTRIBUTES}
    two = {"family": families, "time": labels["time"]}
    return Result(
        {
            "effect": labelled(effect, "family", "time", "direction", "attribute", labels=labels),
            "pick": labelled(pick, "family", "time", labels=two),
            "share": labelled(share, "family", "time", unit="%", labels=two),
            "place": labelled(place, "family", "time", "direction", labels=two),
            "flips": labelled(flips.astype(int), "family", "time", labels=two),
            "sigma": labelled(sigma, "time", "direction", labels={"time": labels["time"]}),
            "t": labelled(np.array(times), "time", labels={"time": labels["time"]}),
            "samples": labelled(count),
            "length": labelled(length),
        },
        model=model.name,
        facts={"attribute": attribute, "prompt": prompt},
    )


@analysis("diffusion.strips", version=1, libraries=LIBRARIES)
def strips(
    model: DiffusionModel,
    t: int = 500,
    k: int = 3,
    reach: int = 3,
    unit: float = 4.0,
    sample: int = 0,
    prompt: str = "",
    guidance: float = 1.0,
    steps: int = 15,
    *,
    seed: int,
) -> Result:
    """Strips of pictures from -``reach`` to +``reach`` times ``unit`` along v_1 … v_k of one sample, and of controls.

    Quantities along (family, direction, place), families bottleneck, low-pass, eigenfaces and isotropic: ``picture``
    (…, channel, row, column) bytes; ``score`` (…, attribute); ``off`` (…,) root mean square difference to the nearest
    render (scale 0 to 1); ``change`` (…,) root mean square difference to the unedited picture.  ``amount`` (place,) in
    units of x_t, ``place_at`` (place,) -reach … reach; ``sigma`` (direction,); ``v`` (direction, channel, row, column)
    of the bottleneck, in x_t.
    """
    families = ("bottleneck", "low-pass", "eigenfaces", "isotropic")
    eye = effects.regressor_of(model)
    x = points_at(model, t, sample + 1, seed, prompt, guidance)[sample : sample + 1]
    directions, bases = families_at(model, x, t, k, seed, prompt, families)
    places = np.arange(-reach, reach + 1)
    import torch

    amounts = torch.from_numpy(places).float() * unit
    rows = torch.cat([x + amounts[:, None] * direction for name in families for direction in directions[name][0]])
    seen = effects.look(model, eye, rows, t, steps=steps, prompt=prompt or None, guidance=guidance)
    form = (len(families), k, len(places))
    found = seen.pictures.reshape(*form, *seen.pictures.shape[1:])
    same = found[:, :, reach : reach + 1]
    labels = {"family": families}
    axes = ("family", "direction", "place")
    return Result(
        {
            "picture": labelled(shown(found), *axes, *PICTURE, labels=labels),
            "score": labelled(
                seen.attributes.reshape(*form, -1).numpy(),
                *axes,
                "attribute",
                labels=labels | {"attribute": ATTRIBUTES},
            ),
            "off": labelled(seen.off.reshape(form).numpy(), *axes, labels=labels),
            "change": labelled((found - same).square().mean((3, 4, 5)).sqrt().numpy(), *axes, labels=labels),
            "amount": labelled(amounts.numpy(), "place"),
            "place_at": labelled(places, "place"),
            "sigma": labelled(bases[0].sigma.cpu().numpy(), "direction"),
            "v": labelled(bases[0].v.cpu().reshape(k, *model.shape).numpy(), "direction", *PICTURE),
            "t": labelled(t),
        },
        model=model.name,
        facts={"prompt": prompt, "sample": sample},
    )


def picked_directions(
    model: DiffusionModel,
    eye: Any,
    xs: Tensor,
    t: int,
    bases: Sequence[LocalBasis],
    column: int,
    *,
    length: float = 6.0,
    steps: int = 10,
    prompt: str | None = None,
) -> Tensor:
    """For each x_t the direction that moves an attribute most, turned towards the attribute's other side: (n, D)."""
    import torch

    found = []
    for x, basis in zip(xs, bases, strict=True):
        v = basis.v.cpu()
        seen = effects.respond(
            model, eye, x, t, v, effects.straight_push(length), steps=steps, prompt=prompt, off=False
        )
        best = int(seen.matrix[:, column].abs().argmax())
        up = bool(seen.matrix[best, column] >= 0)
        wanted = bool(seen.start.attributes[0, column] <= effects.STRINGS_ON)
        found.append(v[best] if up == wanted else -v[best])
    return torch.stack(found)


@analysis("diffusion.guidance", version=1, libraries=LIBRARIES)
def guidance_or_steps(
    model: DiffusionModel,
    t: int = 500,
    count: int = 6,
    k: int = 4,
    attribute: str = "strings",
    gamma: float = 1.0,
    doublings: int = 5,
    reach: float = 16.0,
    steps: int = 10,
    prompt: str = "",
    *,
    seed: int,
) -> Result:
    """C12: x-space guidance against plain steps x + alpha v: how much changes at the same distance off the manifold.

    At each sample the direction that moves ``attribute`` most, towards its other side.  Methods: "guidance"
    (published), "linear" (its limit for small nudges), "direct" (x + alpha v), each at 1, 2, 4, … steps
    (2^(doublings-1) the most); controls: "random guidance" and "random direct" along a low-pass random direction.
    Quantities along (method, strength): ``change`` mean root mean square difference to the unedited picture; ``moved``
    mean change of the attribute towards the other side; ``flips`` share of samples on the other side, %; ``off`` mean
    distance to the nearest render; ``far`` mean distance travelled in x_t; ``off_start``.  ``change_at`` and
    ``moved_at`` (method, level) interpolated at equal off scores ``level`` (level,) that the curves share; NaN where a
    curve does not get there.  ``picture`` (method, strength, channel, row, column) of the first sample.  Steps of
    "linear" and of guidance are ``gamma`` long in eps; direct ones share ``reach``.
    """
    import torch

    column = attribute_at(attribute)
    eye = effects.regressor_of(model)
    xs = points_at(model, t, count, seed, prompt)
    own = bases_of(model, xs, t, k, seed, prompt)
    v = picked_directions(model, eye, xs, t, own, column, steps=steps, prompt=prompt or None)
    radius = float(spectrum.mean_radius(v, model.shape).mean())
    random = torch.cat([controls.low_pass(model.shape, 1, radius, seed + 11 + i) for i in range(count)])
    marks = [2**i for i in range(doublings)]
    words = prompt or None

    def guided(direction: Tensor, linear: bool) -> Tensor:
        path = walks.guidance_push(model, xs, t, direction, gamma=gamma, count=marks[-1], prompt=words, linear=linear)
        return path[marks]

    def direct(direction: Tensor) -> Tensor:
        return walks.direct_push(xs, direction, step=reach / marks[-1], count=marks[-1])[marks]

    methods: dict[str, Tensor] = {
        "guidance": guided(v, False),
        "linear": guided(v, True),
        "direct": direct(v),
        "random guidance": guided(random, False),
        "random direct": direct(random),
    }
    start = effects.look(model, eye, xs, t, steps=steps, prompt=words)
    side = start.attributes[:, column] > effects.STRINGS_ON
    sign = torch.where(side, -1.0, 1.0)
    shape = (len(methods), len(marks))
    change, moved, flips, off, far = (np.zeros(shape) for _ in range(5))
    seen_pictures = []
    for m, path in enumerate(methods.values()):
        seen = effects.look(model, eye, path.flatten(0, 1), t, steps=steps, prompt=words)
        values = seen.attributes.reshape(len(marks), count, -1)[..., column]
        looks = seen.pictures.reshape(len(marks), count, *seen.pictures.shape[1:])
        change[m] = (looks - start.pictures).square().mean((2, 3, 4)).sqrt().mean(1).numpy()
        moved[m] = ((values - start.attributes[:, column]) * sign).mean(1).numpy()
        flips[m] = 100 * ((values > effects.STRINGS_ON) != side).float().mean(1).numpy()
        off[m] = seen.off.reshape(len(marks), count).mean(1).numpy()
        far[m] = (path - xs).norm(dim=2).mean(1).numpy()
        seen_pictures.append(shown(looks[:, 0]))
    base = float(start.off.mean())
    levels = base + (np.median(off.max(1)) - base) * np.array([0.25, 0.5, 0.75])
    at = np.array(
        [[[_crossing(off[m], curve[m], base, z) for z in levels] for m in range(shape[0])] for curve in (change, moved)]
    )
    labels = {"method": tuple(methods)}
    return Result(
        {
            "change": labelled(change, "method", "strength", labels=labels),
            "moved": labelled(moved, "method", "strength", labels=labels),
            "flips": labelled(flips, "method", "strength", unit="%", labels=labels),
            "off": labelled(off, "method", "strength", labels=labels),
            "far": labelled(far, "method", "strength", labels=labels),
            "off_start": labelled(base),
            "level": labelled(levels, "level"),
            "change_at": labelled(at[0], "method", "level", labels=labels),
            "moved_at": labelled(at[1], "method", "level", labels=labels),
            "picture": labelled(np.stack(seen_pictures), "method", "strength", *PICTURE, labels=labels),
            "start": labelled(shown(start.pictures[0]), *PICTURE),
            "marks": labelled(np.array(marks), "strength"),
            "gamma": labelled(gamma),
            "t": labelled(t),
            "samples": labelled(count),
        },
        model=model.name,
        facts={"attribute": attribute, "prompt": prompt},
    )


def _crossing(off: np.ndarray, curve: np.ndarray, base: float, level: float) -> float:
    """``curve`` where ``off`` first comes to ``level``, linear in between; from 0 at ``base``; NaN if it never does."""
    x, y = np.concatenate([[base], off]), np.concatenate([[0.0], curve])
    for i in range(1, len(x)):
        if x[i] >= level > x[i - 1]:
            return float(y[i - 1] + (y[i] - y[i - 1]) * (level - x[i - 1]) / (x[i] - x[i - 1]))
    return float("nan")


@analysis("diffusion.local_edits", version=1, libraries=LIBRARIES)
def local_edits(
    model: DiffusionModel,
    regions: Mapping[str, str] | None = None,
    t: int = 600,
    count: int = 3,
    k: int = 3,
    outside: int = 5,
    length: float = 8.0,
    prompt: str = "",
    steps: int = 10,
    *,
    seed: int,
) -> Result:
    """C9: without training, one edit at one time, inside a region: what it does there, and what it leaves alone.

    ``regions`` maps a region to the attribute that lives there.  Methods: "masked" (leading directions of the region's
    x0), "masked apart" (off the ``outside`` leading directions of the complement), controls "bottleneck" (unmasked v)
    and "low-pass" (random, cut to the region).  Each method's ``k`` directions are walked by +-``length``.  Quantities
    along (region, method): ``inside``, ``beyond`` mean root mean square change of the picture inside and outside the
    region; ``contrast`` their quotient; ``moved`` (…,) mean over samples of the largest effect on the region's
    attribute; ``other`` root mean square effect of that direction on the other attributes; ``success`` share of
    samples with an effect above 0.25, %; ``off``; ``off_start`` (region,).  ``picture`` (region, method, way, channel,
    row, column) of the first sample, minus, unedited, plus along the direction of ``moved``; ``mask`` (region, row,
    column).
    """
    import torch

    wanted = dict(regions or {"mouth": "smile", "eyes": "eyes", "crossbar": "strings"})
    methods = ("masked", "masked apart", "bottleneck", "low-pass")
    eye = effects.regressor_of(model)
    xs = points_at(model, t, count, seed, prompt)
    own = bases_of(model, xs, t, k, seed, prompt)
    side = model.shape[1]
    form = (len(wanted), len(methods))
    inside, beyond, moved, other, success, off = (np.zeros(form) for _ in range(6))
    off_start = np.zeros(len(wanted))
    kept: list[list[np.ndarray]] = []
    for r, (name, attribute) in enumerate(wanted.items()):
        column = attribute_at(attribute)
        rest = [j for j in range(len(ATTRIBUTES)) if j != column]
        mask, seen_mask = masks.region(name, side), masks.region(name, model.size)
        kept.append([])
        for i, x in enumerate(xs):
            point = x.reshape(model.shape)
            near = local_basis(masks.masked_jacobian(model, point, t, mask, prompt or None), k, tolerance=0.05)
            away = local_basis(
                masks.masked_jacobian(model, point, t, 1 - mask, prompt or None), outside, tolerance=0.05
            )
            radius = float(spectrum.mean_radius(near.v.cpu(), model.shape).mean())
            smooth = controls.low_pass(model.shape, k, radius, seed + i).reshape(k, *model.shape) * mask
            sets = {
                "masked": near.v.cpu(),
                "masked apart": masks.apart(near.v.cpu(), away.v.cpu()),
                "bottleneck": own[i].v.cpu(),
                "low-pass": torch.nn.functional.normalize(smooth.flatten(1), dim=1),
            }
            for m, method in enumerate(methods):
                found = effects.respond(
                    model, eye, x, t, sets[method], effects.straight_push(length), steps=steps, prompt=prompt or None
                )
                best = int(found.matrix[:, column].abs().argmax())
                effect = float(found.matrix[best, column].abs())
                both = torch.stack([found.minus.pictures[best], found.plus.pictures[best]])
                base = found.start.pictures.expand(2, -1, -1, -1)
                inside[r, m] += float(effects.identity_change(base, both, seen_mask).mean()) / count
                beyond[r, m] += float(effects.identity_change(base, both, 1 - seen_mask).mean()) / count
                moved[r, m] += effect / count
                other[r, m] += float(found.matrix[best][rest].square().mean().sqrt()) / count
                success[r, m] += 100 * (effect > 0.25) / count
                off[r, m] += float((found.plus.off[best] + found.minus.off[best]) / 2) / count
                if m == 0:
                    off_start[r] += float(found.start.off[0]) / count
                if i == 0:
                    kept[r].append(shown(torch.stack([both[0], base[0], both[1]])))
    labels = {"region": tuple(wanted), "method": methods}
    axes = ("region", "method")
    return Result(
        {
            "inside": labelled(inside, *axes, labels=labels),
            "beyond": labelled(beyond, *axes, labels=labels),
            "contrast": labelled(inside / np.maximum(beyond, 1e-9), *axes, labels=labels),
            "moved": labelled(moved, *axes, labels=labels),
            "other": labelled(other, *axes, labels=labels),
            "success": labelled(success, *axes, unit="%", labels=labels),
            "off": labelled(off, *axes, labels=labels),
            "off_start": labelled(off_start, "region", labels={"region": tuple(wanted)}),
            "picture": labelled(np.stack([np.stack(row) for row in kept]), *axes, "way", *PICTURE, labels=labels),
            "mask": labelled(
                np.stack([masks.region(name, model.size).numpy() for name in wanted]),
                "region",
                "row",
                "column",
                labels={"region": tuple(wanted)},
            ),
            "t": labelled(t),
            "samples": labelled(count),
        },
        model=model.name,
        facts={"attributes": wanted, "prompt": prompt},
    )


STUDIES: tuple[Callable[..., Result], ...] = (
    responses,
    attribute_search,
    strips,
    guidance_or_steps,
    local_edits,
)
"""Everything here that an episode may declare."""
