"""What edits do, as films declare it: strips, guidance against plain steps, local edits, each with its controls.

C numbers are those of pullback.md, section 6.  Effects are scored after decoding, by ground truth; nothing that fails
is left out.  How far an edit goes is given in units of x_t, whose noise has length sqrt(D).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.pullback import controls, effects, masks, spectrum, walks
from tapehead.analysis.diffusion.pullback.local_bases import LIBRARIES
from tapehead.analysis.diffusion.pullback.svd import LocalBasis, local_basis
from tapehead.analysis.diffusion.puppets.puppets import ATTRIBUTES
from tapehead.analysis.diffusion.studies.families import bases_of, families_at, points_at
from tapehead.analysis.diffusion.studies.labels import PICTURE, attribute_at, labelled, shown
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result

if TYPE_CHECKING:
    from torch import Tensor


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


STUDIES: tuple[Callable[..., Result], ...] = (strips, guidance_or_steps, local_edits)
"""Everything here that an episode may declare."""
