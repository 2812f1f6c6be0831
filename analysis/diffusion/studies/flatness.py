"""How far the tangent plane holds inside a U-Net: the error of a straight forecast against the length of the step.

Around one noisy picture x the bottleneck h is nearly flat: h(x + s v) = h(x) + s J v + O(s²).  What is left over
grows with the square of the step, so that its logarithm over that of the step has slope 2 (Taylor's theorem); for a
plane that is not tangent there, such as one borrowed from another picture, it grows with the step itself, slope 1.
Nothing here needs to know what a picture shows, so it runs on any pipeline that can be loaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.pullback import controls
from tapehead.analysis.diffusion.pullback.jacobian import bottleneck, jacobian_at
from tapehead.analysis.diffusion.pullback.local_bases import LIBRARIES
from tapehead.analysis.diffusion.studies.families import points_at
from tapehead.analysis.errors import UsageError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity

if TYPE_CHECKING:
    from torch import Tensor

SMALL = 0.1
"""Steps, as a share of the length of x_t, up to which a slope is fitted: beyond them higher powers count as well."""
WRONG = 10.0
"""A forecast that is off by more than this share, in %, of how far the bottleneck really moved is called wrong."""


def slope_of(steps: np.ndarray, errors: np.ndarray) -> float:
    """Least-squares slope of log error over log step."""
    return float(np.polyfit(np.log(steps), np.log(errors), 1)[0])


def mean_between(values: np.ndarray) -> tuple[float, float, float]:
    """Mean and the ends of its 95 % interval by Student's t; the interval of a single value is not known (NaN)."""
    from scipy.stats import t

    mean, n = float(np.mean(values)), len(values)
    if n < 2:
        return mean, float("nan"), float("nan")
    half = float(t.ppf(0.975, n - 1) * np.std(values, ddof=1) / np.sqrt(n))
    return mean, mean - half, mean + half


def crossing(steps: np.ndarray, shares: np.ndarray, level: float) -> float:
    """The step at which a rising row of shares first passes ``level``, in straight lines between logarithms.

    The first step if it is passed there already, the last if it is never passed.
    """
    above = np.flatnonzero(shares >= level)
    if not len(above):
        return float(steps[-1])
    if (k := int(above[0])) == 0:
        return float(steps[0])
    (a, b), (p, q) = np.log(steps[k - 1 : k + 1]), np.log(shares[k - 1 : k + 1])
    return float(np.exp(a + (np.log(level) - p) / (q - p) * (b - a)))


@analysis("diffusion.flatness", version=1, libraries=LIBRARIES)
def flatness(
    model: DiffusionModel,
    t: int = 600,
    points: int = 6,
    steps: int = 10,
    least: float = 0.01,
    most: float = 1.0,
    *,
    seed: int,
) -> Result:
    """A postage stamp on the inside of a U-Net: how far a straight forecast of its bottleneck holds.

    From each of ``points`` sampled x_t one random direction is walked, ``steps`` lengths from ``least`` to ``most``
    times the length of x_t, evenly in the logarithm.  Quantities: ``step``; over (point, step) ``moved``, how far the
    bottleneck moves, and ``error``, how far the forecast s J v is from that, both as a share of the bottleneck's own
    length; ``share`` (step,), their ratio in %, the median over points.  ``mean_error`` and ``mean_borrowed`` (step,)
    geometric means over points, with ``mean_moved``.  ``slope`` of log error over log step up to a tenth, mean over
    points, ``slope_low`` and ``slope_high`` its 95 % interval by Student's t, ``slopes`` (point,).  Control:
    ``borrowed`` (point, step), the error with the Jacobian of the next point, and its ``borrowed_slope`` with interval.
    ``stamp``: the step at which ``share`` reaches :data:`WRONG` %, and ``stamp_share``, that limit.  ``length`` of x_t,
    mean over points, ``painted`` pictures, and ``t``.

    Raises:
        UsageError: fewer than two points (the control borrows from another) or three steps below a tenth, or lengths
            that do not rise.
    """
    import torch

    lengths = np.geomspace(least, most, steps) if 0 < least < most and steps > 2 else np.zeros(0)
    small = lengths <= SMALL
    if points < 2 or int(small.sum()) < 3:
        raise UsageError(
            f"a slope needs at least two points, and three steps between the least and {SMALL:g} lengths of x; found "
            f"{points} points and {steps} steps from {least:g} to {most:g}"
        )
    xs = points_at(model, t, points, seed)
    size = xs.shape[1]
    jacobians = [jacobian_at(model, x.reshape(model.shape), t) for x in xs]
    moved, error, borrowed = (np.zeros((points, steps)) for _ in range(3))
    for i, x in enumerate(xs):
        v: Tensor = controls.isotropic(model.shape, 1, seed + 7 * i + 1)
        along, other = (jacobians[j].apply(v.to(x)).cpu().double()[0] for j in (i, (i + 1) % points))
        far = torch.from_numpy(lengths).to(x) * x.norm()
        rows = torch.cat([x[None], x[None] + far[:, None] * v.to(x)])
        h = bottleneck(model, rows.reshape(-1, *model.shape).to(model.device), t).cpu().double()
        own = float(h[0].norm())
        for row, change in enumerate(h[1:] - h[0]):
            reach = float(far[row])
            moved[i, row] = float(change.norm()) / own
            error[i, row] = float((change - reach * along).norm()) / own
            borrowed[i, row] = float((change - reach * other).norm()) / own
    slopes = np.array([slope_of(lengths[small], row[small]) for row in error])
    wrong = np.array([slope_of(lengths[small], row[small]) for row in borrowed])
    share = 100 * np.median(error / moved, axis=0)
    quantities = {
        "step": quantity(lengths, "step", unit="lengths of x"),
        "moved": quantity(moved, "point", "step"),
        "error": quantity(error, "point", "step"),
        "borrowed": quantity(borrowed, "point", "step"),
        "share": quantity(share, "step", unit="%"),
        "slopes": quantity(slopes, "point"),
        "borrowed_slopes": quantity(wrong, "point"),
        "stamp": quantity(100 * crossing(lengths, share, WRONG), unit="%"),
        "stamp_share": quantity(WRONG, unit="%"),
        "length": quantity(float(xs.norm(dim=1).mean())),
        "dimensions": quantity(size),
        "points": quantity(points),
        "painted": quantity(points),
        "t": quantity(t),
    }
    for name, rows_ in (("error", error), ("borrowed", borrowed), ("moved", moved)):
        quantities[f"mean_{name}"] = quantity(np.exp(np.log(rows_).mean(0)), "step")
    for name, values in (("slope", slopes), ("borrowed_slope", wrong)):
        for end, value in zip(("", "_low", "_high"), mean_between(values), strict=True):
            quantities[name + end] = quantity(value)
    return Result(quantities, model=model.name, facts={"control": "the Jacobian of another picture", "seed": seed})
