"""Products and seconds of our SVD against the published loop: ``python -m tests.benchmarks.pullback``; JSON last.

Both sides multiply with the same :class:`tapehead.analysis.diffusion.pullback.jacobian.Jacobian` (so our faster
products speed up the
rival too), at one x_t of a DDIM trajectory, t = 0.7 T, empty caption, one dtype and number of threads, in one process.
Each side runs from five seeded starts; medians are reported.  Time is processor time on a CPU, since other work on the
machine counts for less so (``wall`` in the report says whether), and wall time on a GPU.

- **published**: subspace iteration with k columns; **oversampled**: with max(5, k / 2) more, the fair rival.  Both stop
  once the residuals of their first k Ritz vectors are at most the tolerance.  This test costs them no product, and
  their own rule (entries of V, never before 12 iterations) is left out: both are in their favour.  After 6000 products
  a rival counts as 6000, and its seconds are those it took until then.
- **ours**: :func:`tapehead.analysis.diffusion.pullback.svd.local_basis`, which stops by the same rule on its first k
vectors while its
  guards, one for every ten vectors and at least one, need to come to a residual of 0.1 only (users get a stricter rule
  by default: three guards or more, as good as the rest); all its products count, those for guards too.

How much is gained depends on the gap behind the k-th singular value, and so on the point: ``elsewhere`` lists, for k up
to 10, the product ratio at four further x_t (one start each), and ``product_ratio_points`` the median of all five.
For k up to 2 ``as_users_call`` has the ratios at all five points of a plain ``local_basis(jacobian, k)``, three guards
and all, and ``started`` those of one that begins with the vectors of a time 5 % later (found for their own sake).

``residual`` is the largest relative residual of our first k vectors (median), ``max_angle_deg`` the largest principal
angle between ours and the exact subspace over all starts (only where the whole matrix is small enough to be had).

``--size sd15`` measures a U-Net of Stable Diffusion 1.5's sizes with random weights: seconds per product and memory,
and on a GPU ours against the published loop at k = 2, whose convergence says nothing about the trained model.  On a CPU
it is one Jv and one J^T u, the first ones, and no search unless ``--k`` asks for one.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from tapehead.analysis.diffusion.models.inversion import last_time, times_between, travel
from tapehead.analysis.diffusion.models.loading import load_model
from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.models.sampling import starting_noise
from tapehead.analysis.diffusion.pullback.jacobian import Jacobian, jacobian_at
from tapehead.analysis.diffusion.pullback.published_iteration import published_iteration
from tapehead.analysis.diffusion.pullback.subspaces import principal_angles
from tapehead.analysis.diffusion.pullback.svd import (
    NARROW,
    LocalBasis,
    exact_basis,
    local_basis,
)
from tapehead.analysis.errors import TapeheadError
from tapehead.analysis.pretrained import check_device

CAP = 6000
GUARDS = 0.1
"""Residual that our guard vectors have to reach in this race."""
ELSEWHERE = 4
STEPS = 30
"""Of the DDIM trajectory."""
EXACT_NUMBERS = 2**25
"""Entries of a Jacobian that is computed whole."""


def point(model: DiffusionModel, t: int, steps: int, seed: int) -> torch.Tensor:
    """x_t (C, H, W) of a DDIM trajectory."""
    x: torch.Tensor = travel(model, starting_noise(model, 1, seed), times_between(model, last_time(model), t, steps))[0]
    return x


def guards(k: int) -> int:
    """How many vectors beyond k have to come out as well."""
    return max(1, k // 10)


def compare(make: Maker, k: int, starts: int, tolerance: float, exact: LocalBasis | None) -> dict[str, Any]:
    """One row of the report."""
    over = max(5, k // 2)
    sides: dict[str, Callable[[Jacobian, int], LocalBasis]] = {
        "published": lambda j, s: published_iteration(j, k, seed=s, iterations=CAP, tolerance=tolerance, budget=CAP),
        "oversampled": lambda j, s: published_iteration(
            j, k, oversample=over, seed=s, iterations=CAP, tolerance=tolerance, budget=CAP
        ),
        "ours": lambda j, s: local_basis(
            j, k, seed=s, tolerance=tolerance, guard=guards(k), guard_tolerance=max(GUARDS, tolerance), budget=CAP
        ),
    }
    found: dict[str, list[LocalBasis]] = {side: [] for side in sides}
    seconds: dict[str, list[float]] = {side: [] for side in sides}
    for start in range(starts):
        # In turn, so that another job on the machine slows all of them.
        for side, run in sides.items():
            began = _clock(make.device)
            basis = run(make(), start)
            seconds[side].append(_clock(make.device) - began)
            found[side].append(basis)
    products = {
        side: statistics.median(b.products if b.converged else CAP for b in bases) for side, bases in found.items()
    }
    taken = {side: statistics.median(times) for side, times in seconds.items()}
    ours = found["ours"]
    row = {
        "k": k,
        "residual": statistics.median(float(b.residuals.max()) for b in ours),
        "products_published": products["published"],
        "products_oversampled": products["oversampled"],
        "products_ours": products["ours"],
        "product_ratio": products["published"] / products["ours"],
        "seconds_published": taken["published"],
        "seconds_ours": taken["ours"],
        "second_ratio": taken["published"] / taken["ours"],
        "max_angle_deg": None,
        "seconds_oversampled": taken["oversampled"],
        "converged": {side: sum(b.converged for b in bases) for side, bases in found.items()},
        "all_products": {side: [b.products for b in bases] for side, bases in found.items()},
        "gap": ours[0].gap,
        "block": ours[0].block,
        "guard": ours[0].guard,
        "adjoint_error": max(b.adjoint_error for b in ours),
    }
    if exact is not None:
        row["max_angle_deg"] = max(_degrees(b, exact, k) for b in ours)
        row["max_angle_deg_published"] = max(_degrees(b, exact, k) for b in found["published"])
    return row


def elsewhere(makers: Sequence[Maker], k: int, tolerance: float) -> list[float]:
    """Products of the published loop over ours, at other points."""
    ratios = []
    for make in makers:
        rival = published_iteration(make(), k, iterations=CAP, tolerance=tolerance, budget=CAP)
        ours = local_basis(
            make(), k, tolerance=tolerance, guard=guards(k), guard_tolerance=max(GUARDS, tolerance), budget=CAP
        )
        ratios.append((rival.products if rival.converged else CAP) / ours.products)
    return ratios


def as_users_call(makers: Sequence[Maker], k: int, tolerance: float) -> dict[str, list[float]]:
    """Products of the published loop over ours with nothing set, at each point: from noise, and from a later time."""
    found: dict[str, list[float]] = {"as_users_call": [], "started": []}
    for make in makers:
        rival = published_iteration(make(), k, iterations=CAP, tolerance=tolerance, budget=CAP)
        later = local_basis(make.later(), k, tolerance=tolerance)
        for name, start in (("as_users_call", None), ("started", later.v)):
            ours = local_basis(make(), k, tolerance=tolerance, start=start)
            found[name].append((rival.products if rival.converged else CAP) / ours.products)
    return found


def _degrees(basis: LocalBasis, exact: LocalBasis, k: int) -> float:
    return float(principal_angles(basis.v, exact.v[:k]).max()) * 180 / torch.pi


class Maker:
    """Makes the Jacobian anew for each run: building it is part of what each side takes."""

    def __init__(self, model: DiffusionModel, x: torch.Tensor, t: int, policy: Any, seed: int = 0) -> None:
        self.model, self.x, self.t, self.policy, self.seed = model, x, t, policy, seed
        self.device = x.device

    def later(self) -> Jacobian:
        """5 % of the schedule up the same trajectory."""
        last = last_time(self.model)
        t = min(last, self.t + (last + 1) // 20)
        return jacobian_at(self.model, point(self.model, t, STEPS, self.seed), t, policy=self.policy)

    def __call__(self) -> Jacobian:
        return jacobian_at(self.model, self.x, self.t, policy=self.policy)


def _clock(device: torch.device) -> float:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
        return time.perf_counter()
    return time.process_time()


def sd15(device: str) -> DiffusionModel:
    """A U-Net of Stable Diffusion 1.5's sizes, 860 M weights drawn, with text states of its shape."""
    from diffusers import DDIMScheduler, UNet2DConditionModel

    torch.manual_seed(0)
    unet: Any = UNet2DConditionModel(
        sample_size=64,
        block_out_channels=(320, 640, 1280, 1280),
        cross_attention_dim=768,
        attention_head_dim=8,
    )
    scheduler = DDIMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
    unet = unet.to(device).eval().requires_grad_(False)
    return RandomWords("random sd15", "-", Path(), unet, scheduler, device=device)


class RandomWords(DiffusionModel):
    """Text states of the right shape, drawn: there is no text encoder."""

    def read(self, prompts: Sequence[str]) -> Any:
        """(n, 77, width)."""
        draw = torch.Generator().manual_seed(1)
        return torch.randn(len(prompts), 77, self.unet.config.cross_attention_dim, generator=draw).to(self.device)


def products_alone(jacobian: Jacobian, blocks: Sequence[int]) -> dict[str, Any]:
    """Seconds per product in blocks of several sizes, without any SVD."""
    out: dict[str, Any] = {}
    for block in blocks:
        v = torch.randn(block, jacobian.columns, generator=torch.Generator().manual_seed(0)).to(jacobian.device)
        if len(blocks) > 1:  # what the first product has to set up is not timed, unless there is only one
            jacobian.transpose(jacobian.apply(v[:1]))
        began = _clock(jacobian.device)
        there = jacobian.apply(v)
        middle = _clock(jacobian.device)
        jacobian.transpose(there)
        out[str(block)] = {
            "seconds_jvp": (middle - began) / block,
            "seconds_vjp": (_clock(jacobian.device) - middle) / block,
        }
    return {"seconds_per_product": out, "chunk": jacobian.chunk, "notes": jacobian.notes, "mode": jacobian.mode}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was measured; the last line is JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="puppet-32", help="a model that load_model knows, or a directory")
    parser.add_argument("--size", choices=["sd15"], help="random weights of these sizes, instead of a model")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", choices=["fp32", "tf32", "bf16"], default="fp32")
    parser.add_argument(
        "--k", type=int, nargs="+", default=None, help="2 10 50 by default; 2 with --size on a GPU, none on a CPU"
    )
    parser.add_argument("--starts", type=int, default=None, help="5 by default; 1 with --size")
    parser.add_argument("--seed", type=int, default=0, help="of the noise at the start of the trajectory")
    parser.add_argument("--tolerance", type=float, default=1e-3)
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args(arguments)
    torch.set_num_threads(asked.threads)
    try:
        check_device(asked.device)
        model = sd15(asked.device) if asked.size else load_model(asked.model, asked.device)
        t = 7 * (last_time(model) + 1) // 10
        # A random U-Net's trajectory leads nowhere: its x_t is the noise.
        x = starting_noise(model, 1, asked.seed)[0] if asked.size else point(model, t, STEPS, asked.seed)
        make = Maker(model, x, t, asked.dtype, asked.seed)
        first = make()
        report: dict[str, Any] = {"rows": [], "t": t, "x_t": "noise" if asked.size else f"DDIM, seed {asked.seed}"}
        report |= {"columns": first.columns, "rows_of_j": first.rows, "dtype": asked.dtype}
        alone = bool(asked.size) and not asked.device.startswith("cuda")
        report |= products_alone(first, [1] if alone else [1, 8] if asked.size else [1, 2, 8, 32])
        small = first.columns * first.rows <= EXACT_NUMBERS and asked.dtype == "fp32"
        counts = asked.k or ([] if alone else [2] if asked.size else [2, 10, 50])
        exact = exact_basis(first, max(counts)) if small and counts else None
        del first
        others = [
            Maker(model, point(model, t, STEPS, asked.seed + i), t, asked.dtype, asked.seed + i)
            for i in range(1, 1 + ELSEWHERE)
            if not asked.size
        ]
        for k in counts:
            row = compare(make, k, asked.starts or (1 if asked.size else 5), asked.tolerance, exact)
            if k <= 10 and not asked.size:
                row["elsewhere"] = elsewhere(others, k, asked.tolerance)
                row["product_ratio_points"] = statistics.median([row["product_ratio"], *row["elsewhere"]])
            if k <= NARROW and not asked.size:
                row |= as_users_call([make, *others], k, asked.tolerance)
            report["rows"].append({"model": model.name} | row)
            print(json.dumps(_rounded(row)), flush=True)
    except TapeheadError as error:
        parser.error(str(error))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    cuda = asked.device.startswith("cuda")
    report |= {"peak_rss_mb": peak, "threads": torch.get_num_threads(), "torch": torch.__version__, "wall": cuda}
    report["device"] = torch.cuda.get_device_name(asked.device) if cuda else "cpu"
    if cuda:
        report["peak_gpu_mb"] = torch.cuda.max_memory_allocated(asked.device) / 2**20
    print(json.dumps(_rounded(report)))
    return 0


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    return [_rounded(inner) for inner in value] if isinstance(value, list) else value


if __name__ == "__main__":
    sys.exit(main())
