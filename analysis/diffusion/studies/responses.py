"""What directions do to the decoded picture, and where the direction of an attribute is found, each with its controls.

C numbers are those of pullback.md, section 6.  Effects are scored after decoding, by ground truth; nothing that fails
is left out.  How far an edit goes is given in units of x_t, whose noise has length sqrt(D).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.pullback import effects, subspaces
from tapehead.analysis.diffusion.pullback.local_bases import LIBRARIES
from tapehead.analysis.diffusion.puppets.puppets import ATTRIBUTES
from tapehead.analysis.diffusion.studies.families import FAMILIES, families_at, points_at
from tapehead.analysis.diffusion.studies.labels import PICTURE, attribute_at, labelled, shown
from tapehead.analysis.paired import exact_sign, mcnemar_table, share_between
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Quantity, Result

if TYPE_CHECKING:
    from torch import Tensor

TINY = 1e-6


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
    mean of the turned picks. ``loudest`` (sample, direction, x) the directions of the bottleneck themselves, ``sigma``
    (sample, direction); ``angle`` (sample,) largest angle of the published loop's
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
    unedited: list[effects.Seen] = []
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
                start=unedited[i] if f else None,
            )
            matrix[f, i] = found.matrix
            far[f] += float((found.plus.off.mean() + found.minus.off.mean()) / 2) / count
            best = int(found.matrix[:, column].abs().argmax())
            sign = 1.0 if float(found.matrix[best, column]) >= 0 else -1.0
            picked[f, i], turned[f, i] = best, sign * directions[name][i][best]
            sides = found.plus.attributes[best, column] > 0, found.minus.attributes[best, column] > 0
            flipped[f, i] = bool(sides[0]) != bool(sides[1])
            if f == 0:
                unedited.append(found.start)
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
        "loudest": labelled(np.stack([b.v.cpu().numpy() for b in bases]), "sample", "direction", "x"),
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


STUDIES: tuple[Callable[..., Result], ...] = (responses, attribute_search)
"""Everything here that an episode may declare."""
