"""How a push that is noticed looks: its stripes, held against chance, and whether stripes alone are noticed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.pullback.local_bases import LIBRARIES
from tapehead.analysis.errors import UsageError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity

if TYPE_CHECKING:
    from torch import Tensor

PUSHES = ("loudest", "random")
WAYS = ("beside", "below")
"""Neighbours in a row of the picture, and in a column of it."""


def agreement(picture: np.ndarray) -> np.ndarray:
    """How far numbers of a picture (…, channel, row, column) agree with their neighbours beside and below: −1 to 1.

    The sum of the products of neighbours over that of their sizes, shape (…, 2) in the order of ``WAYS``.
    """
    found = []
    for axis in (-1, -2):
        size = picture.shape[axis]
        one, other = (np.take(picture, np.arange(*ends), axis) for ends in ((0, size - 1), (1, size)))
        sums = [(a * b).sum((-3, -2, -1)) for a, b in ((one, other), (one, one), (other, other))]
        found.append(sums[0] / np.sqrt(sums[1] * sums[2]))
    return np.stack(found, -1)


def same_stripes(push: np.ndarray, count: int, seed: int) -> np.ndarray:
    """``count`` random pictures with the power of ``push`` at every frequency of every channel, and its length.

    Only the phases are drawn (those of real white noise), so a picture that is striped comes out striped alike.
    """
    rng = np.random.default_rng(seed)
    size = np.abs(np.fft.fft2(push))
    noise = np.fft.fft2(rng.standard_normal((count, *push.shape)))
    made: np.ndarray = np.fft.ifft2(size * noise / np.abs(noise)).real
    return made


@analysis("diffusion.grain", version=1, libraries=LIBRARIES)
def grain(
    model: DiffusionModel, nudges: Result, shuffles: int = 999, draws: int = 64, prompt: str = "", *, seed: int
) -> Result:
    """Whether the loudest push of ``diffusion.nudges`` is striped, and whether its stripes are what is heard.

    ``agrees`` (push, way): how far neighbouring numbers of the loudest push, and of a random one, agree (−1 to 1;
    upright stripes: below zero beside, above zero below).  Control: the numbers of each channel are shuffled
    ``shuffles`` times; ``agrees_p`` (push, way) is the share of shuffles that agree or disagree as much, the picture
    itself counted, and ``chance`` (way) the size below which 95 % of the loudest push's shuffles stay.
    ``heard`` (draw): |h(x + v) − h(x)| per length at the step of ``nudges``, for random pushes with the same power at
    every frequency of every channel as the loudest one, so with the same stripes; ``heard_mean``, ``heard_high``,
    ``heard_loudest`` of the loudest one itself, as ``nudges`` has it, and ``heard_ratio``, that over the mean.

    Raises:
        UsageError: no shuffles, or no draws.
    """
    import torch

    if shuffles < 1 or draws < 1:
        raise UsageError(f"grain needs shuffles and draws; got {shuffles} and {draws}")
    pushes = np.stack([nudges["loudest"], nudges["random_nudge"]]).astype(np.float64)
    found = agreement(pushes)
    rng = np.random.default_rng(seed)
    flat = pushes.reshape(*pushes.shape[:2], -1)
    mixed = np.stack([rng.permuted(flat, axis=-1).reshape(pushes.shape) for _ in range(shuffles)])
    by_chance = np.abs(agreement(mixed))
    p = (1 + (by_chance >= np.abs(found)).sum(0)) / (1 + shuffles)

    x = torch.from_numpy(np.array(nudges["x"])).to(model.device)
    step, t = float(nudges.read("step")), int(nudges.read("t"))
    rows = same_stripes(pushes[0], draws, seed + 1)
    rows /= np.linalg.norm(rows.reshape(draws, -1), axis=1)[:, None, None, None]
    heard = _heard(model, x, t, step * torch.from_numpy(rows).float(), prompt) / step
    loudest = float(nudges.read("heard", kind="loudest"))
    labels = {"push": PUSHES, "way": WAYS}
    return Result(
        {
            "agrees": quantity(found, "push", "way", labels=labels),
            "agrees_p": quantity(p, "push", "way", labels=labels),
            "chance": quantity(np.quantile(by_chance[:, 0], 0.95, axis=0), "way", labels={"way": WAYS}),
            "shuffles": quantity(shuffles),
            "striped": quantity(rows[0], "channel", "row", "column"),
            "heard": quantity(heard, "draw"),
            "heard_mean": quantity(heard.mean()),
            "heard_high": quantity(heard.max()),
            "heard_loudest": quantity(loudest),
            "heard_ratio": quantity(loudest / heard.mean()),
            "draws": quantity(draws),
        },
        model=model.name,
        facts={"control": "phases drawn, power at every frequency kept"},
    )


def _heard(model: DiffusionModel, x: Tensor, t: int, pushes: Tensor, prompt: str) -> np.ndarray:
    """How far each push moves the bottleneck."""
    from tapehead.analysis.diffusion.pullback.jacobian import bottleneck

    here = bottleneck(model, x[None], t, prompt or None)
    there = bottleneck(model, x + pushes.to(x.device), t, prompt or None)
    return np.asarray((there - here).norm(dim=1).cpu().numpy())
