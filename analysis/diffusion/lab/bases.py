"""The leading directions at each time, beside an untrained network's and beside chance; and bases kept in files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tapehead.analysis.diffusion.lab.start import PICTURE
from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.pullback import controls, spectrum
from tapehead.analysis.diffusion.pullback.jacobian import Jacobian, jacobian_at
from tapehead.analysis.diffusion.pullback.local_bases import random_basis, random_network
from tapehead.analysis.diffusion.pullback.svd import LocalBasis, local_basis
from tapehead.analysis.errors import UsageError
from tapehead.analysis.model_files import ModelError
from tapehead.analysis.results import Result, quantity

if TYPE_CHECKING:
    from torch import Tensor

TOLERANCE = 1e-3
DRAWS = 16
"""Random unit nudges whose mean |J v| is the chance level."""
FORM = "tapehead basis 1"


@dataclass(frozen=True, eq=False)
class Kept:
    """A basis from a file: v (k, D) unit rows, u (k, M), the time they were found at, and where they come from."""

    v: Tensor
    u: Tensor
    t: int
    model: str
    digest: str
    layer: str
    told: str


def _loud(jacobian: Jacobian, seed: int) -> float:
    """Mean |J v| of random unit nudges."""
    import torch

    rows = torch.cat([controls.isotropic(jacobian.shape, 1, seed + i) for i in range(DRAWS)])  # type: ignore[arg-type]
    return float(jacobian.apply(rows).norm(dim=1).mean())


def basis_part(
    model: DiffusionModel,
    xs: Tensor,
    times: Sequence[int],
    k: int,
    *,
    prompt: str = "",
    layer: str = "mid",
    kept: Kept | None = None,
    seed: int = 0,
    tick: Any = None,
) -> Result:
    """The part ``basis``: found at x_t (times, C, H, W), or ``kept`` ones looked at there.

    Raises:
        UsageError: more directions than the space has, or kept ones of another space.
    """

    found: list[LocalBasis] = []
    untrained: list[LocalBasis] = []
    chance, untrained_chance, notes = [], [], []
    shuffled = random_network(model, seed + 1)
    for n, (t, x) in enumerate(zip(times, xs, strict=True)):
        jacobian = jacobian_at(model, x, t, prompt or None, layer)
        if kept is not None:
            found.append(_looked_at(jacobian, kept))
        else:
            # What was found at the time before is a good start at this one.
            start = found[-1].v if found else None
            found.append(local_basis(jacobian, k, tolerance=TOLERANCE, start=start, seed=seed))
        chance.append(_loud(jacobian, seed))
        notes += jacobian.notes
        if tick is not None:
            tick((n + 0.5) / len(times))
        other = jacobian_at(shuffled, x, t, prompt or None, layer)
        untrained.append(random_basis(other, len(found[-1].v), seed))
        untrained_chance.append(_loud(other, seed))
        if tick is not None:
            tick((n + 1) / len(times))
    labels = {"time": tuple(map(str, times))}

    def each(rows: Sequence[LocalBasis], what: str) -> np.ndarray:
        return np.stack([getattr(one, what).float().cpu().numpy() for one in rows])

    sigma, other_sigma = each(found, "sigma"), each(untrained, "sigma")
    levels, other_levels = np.array(chance), np.array(untrained_chance)
    v = each(found, "v")
    radius = [float(spectrum.mean_radius(one.v.cpu(), model.shape).mean()) for one in found]
    quantities = {
        "there": quantity(1),
        "t": quantity(np.array(times), "time", labels=labels),
        "sigma": quantity(sigma, "time", "direction", labels=labels),
        "residual": quantity(each(found, "residuals"), "time", "direction", labels=labels),
        "gap": quantity(np.array([one.gap for one in found]), "time", labels=labels),
        "products": quantity(np.array([one.products for one in found]), "time", labels=labels),
        "converged": quantity(np.array([int(one.converged) for one in found]), "time", labels=labels),
        "adjoint_error": quantity(max(one.adjoint_error for one in found)),
        "isotropic": quantity(levels, "time", labels=labels),
        "ratio": quantity(sigma[:, 0] / levels, "time", labels=labels),
        "untrained_sigma": quantity(other_sigma, "time", "direction", labels=labels),
        "untrained_isotropic": quantity(other_levels, "time", labels=labels),
        "untrained_ratio": quantity(other_sigma[:, 0] / other_levels, "time", labels=labels),
        # The same numbers as multiples of chance, so that trained and untrained stand on one axis.
        "relative": quantity(sigma / levels[:, None], "time", "direction", labels=labels),
        "untrained_relative": quantity(other_sigma / other_levels[:, None], "time", "direction", labels=labels),
        "radius": quantity(np.array(radius), "time", unit="cycles", labels=labels),
        "directions": quantity(v.shape[1]),
        "h_dimensions": quantity(int(found[0].u.shape[1])),
        "v": quantity(v.reshape(len(times), -1, *model.shape), "time", "direction", *PICTURE, labels=labels),
        "u": quantity(each(found, "u"), "time", "direction", "h", labels=labels),
        "main_ratio": quantity(sigma[0, 0] / levels[0]),
        "main_untrained_ratio": quantity(other_sigma[0, 0] / other_levels[0]),
        "worst_residual": quantity(max(float(one.residuals.max()) for one in found)),
        "from_file": quantity(int(kept is not None)),
    }
    facts = {"layer": layer, "prompt": prompt, "notes": list(dict.fromkeys(notes)), "digest": model.digest}
    if kept is not None:
        facts["origin"] = kept.told
    return Result(quantities, model=model.name, facts=facts)


def _looked_at(jacobian: Jacobian, kept: Kept) -> LocalBasis:
    """Directions from elsewhere at this point: how loud each is here, and how far from a singular vector."""
    if kept.v.shape[1] != jacobian.columns:
        raise UsageError(
            f"the basis holds directions of {kept.v.shape[1]} numbers, and x_t of '{jacobian.model}' has "
            f"{jacobian.columns}: it is of another model"
        )
    v = kept.v.to(jacobian.device)
    there = jacobian.apply(v)
    back = jacobian.transpose(there)
    sigma = there.norm(dim=1)
    residuals = (back - sigma.square()[:, None] * v).norm(dim=1) / sigma.square().clamp(min=1e-30)
    return LocalBasis(
        there / sigma[:, None].clamp(min=1e-30),
        sigma,
        v,
        residuals,
        float("nan"),
        len(v),
        len(v),
        True,
        0.0,
        jacobian.t,
        jacobian.prompt,
        jacobian.layer,
        jacobian.shape,
        0,
        len(v),
        0,
    )


def save_basis(part: Result, path: Path) -> None:
    """``basis.safetensors``: ``v``, ``u``, ``sigma`` of every time, with what they belong to."""
    from safetensors.numpy import save

    from tapehead.analysis.store import write_atomically

    arrays = {
        name: np.ascontiguousarray(part[name], dtype=np.float32 if name != "t" else np.int64)
        for name in ("v", "u", "sigma", "t")
    }
    told = {"form": FORM, "model": part.model, "digest": str(part.facts["digest"]), "layer": str(part.facts["layer"])}
    write_atomically(path, save(arrays, told))


def load_basis(path: Path, t: int | None = None) -> Kept:
    """Directions that :func:`save_basis` kept: those of time ``t``, or of the first one.

    Raises:
        UsageError: no such file, another kind of file, or no such time in it.
    """
    import torch
    from safetensors import SafetensorError, safe_open

    if not path.is_file():
        raise UsageError(f"there is no basis '{path}'; --use takes the basis.safetensors of a finished run")
    try:
        with safe_open(str(path), framework="pt") as file:
            told = file.metadata() or {}
            if told.get("form") != FORM:
                raise UsageError(f"{path} holds no basis of `tapehead directions`; --use takes its basis.safetensors")
            times, v, u = (file.get_tensor(name) for name in ("t", "v", "u"))
    except (SafetensorError, OSError) as error:
        raise UsageError(f"{path} cannot be read as safetensors ({str(error)[:120]}); make the basis again") from None
    if t is not None and t not in times.tolist():
        raise UsageError(
            f"{path} holds directions of the times {', '.join(map(str, times.tolist()))}; asked for {t}. "
            "Leave out --t, or give one of them as a share of the last time"
        )
    at = 0 if t is None else times.tolist().index(t)
    rows = torch.nn.functional.normalize(v[at].flatten(1).float())
    if not bool(torch.isfinite(rows).all()):
        raise ModelError(f"{path} holds numbers that are not finite; make the basis again")
    name = told.get("model", "")
    return Kept(
        rows,
        u[at].float(),
        int(times[at]),
        name,
        told.get("digest", ""),
        told.get("layer", "mid"),
        f"{path.name}, found in {name} at t = {int(times[at])}",
    )
