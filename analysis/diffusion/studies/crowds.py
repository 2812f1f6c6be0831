"""The samples that an erasure is tried on, painted beforehand: they wait for nothing that the erasure waits for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.pullback.local_bases import LIBRARIES
from tapehead.analysis.diffusion.studies.erasing_methods import Crowd, Painting, crowd
from tapehead.analysis.diffusion.studies.labels import PICTURE, labelled
from tapehead.analysis.errors import UsageError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Quantity, Result

FIRST = {"known": 1009, "fresh": 2003}
"""Seeds of the two crowds, counted from the film's: those that teach, and those that are asked about."""


def times_of(t: int, again: int, apart: int) -> tuple[int, ...]:
    """The time of the edit and those below it at which it may be repeated."""
    return (t, *(t - apart * i for i in range(1, again + 1) if t - apart * i > 0))


@analysis("diffusion.crowds", version=1, libraries=LIBRARIES)
def crowds(
    model: DiffusionModel,
    t: int = 500,
    count: int = 160,
    reference: int = 128,
    again: int = 4,
    apart: int = 60,
    prompt: str = "",
    guidance: float = 1.0,
    *,
    seed: int,
) -> Result:
    """The samples of ``diffusion.erasure`` before anything is erased; arguments as there, and ``t`` of its ``found``.

    Quantities of the ``reference`` samples that teach, ``known_``, and of the ``count`` that are asked about,
    ``fresh_``: ``state`` (time, sample, x) at ``t`` and at the times below it, ``picture`` (sample, channel, row,
    column) from 0 to 1; ``times`` (time,).
    """
    times = times_of(t, again, apart)
    how = Painting(model, t, times[1:], prompt or None, guidance, 0)
    quantities: dict[str, Quantity] = {"times": labelled(np.array(times), "time")}
    for name, number in (("known", reference), ("fresh", count)):
        made = crowd(how, number, seed + FIRST[name])
        states = np.stack([made.states[at].numpy() for at in times])
        quantities |= {
            f"{name}_state": labelled(states, "time", "sample", "x"),
            f"{name}_picture": labelled(made.pictures.numpy(), "sample", *PICTURE),
        }
    return Result(quantities, model=model.name, facts=_asked(prompt, guidance, seed))


def _asked(prompt: str, guidance: float, seed: int) -> dict[str, Any]:
    return {"prompt": prompt, "guidance": guidance, "seed": seed}


def painted_crowd(painted: Result, name: str, number: int, how: Painting, seed: int) -> Crowd:
    """A crowd ("known" or "fresh") of ``number`` samples out of a result of ``diffusion.crowds``.

    Raises:
        UsageError: it was painted otherwise than the erasure is asked for.
    """
    import torch

    times = (how.t, *how.lower)
    there: Mapping[str, Any] = {
        "samples": len(painted[f"{name}_picture"]),
        "times": tuple(int(at) for at in painted["times"]),
        "facts": dict(painted.facts),
        "model": painted.model,
    }
    wanted: Mapping[str, Any] = {
        "samples": number,
        "times": times,
        "facts": _asked(how.words or "", how.guidance, seed),
        "model": how.model.name,
    }
    for what, value in wanted.items():
        if there[what] != value:
            raise UsageError(
                f"the erasure and the samples painted for it are not of one kind: {what} {value} were asked for and "
                f"{there[what]} are there; give both the same parameters"
            )
    states = torch.from_numpy(painted[f"{name}_state"].copy())
    pictures = torch.from_numpy(painted[f"{name}_picture"].copy())
    return Crowd(dict(zip(times, states, strict=True)), pictures)


STUDIES: tuple[Callable[..., Result], ...] = (crowds,)
"""Everything here that an episode may declare."""
