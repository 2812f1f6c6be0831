"""The run that the film tells when nobody names one: a prompt of ours, on the film's model.

One call computes everything, so that the parts belong to one run; a second one takes a part out of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tapehead.analysis.diffusion.lab.run import GUIDED, PictureRun, Settings, Track, run_picture
from tapehead.analysis.diffusion.lab.start import Source
from tapehead.analysis.diffusion.pullback.local_bases import LIBRARIES
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result
from tapehead.analysis.store import Store


class _Silent:
    """Nobody is told how far it is: the film says that it computes."""

    def say(self, message: str) -> None:
        """Nothing."""

    def to(self, done: float, note: str = "") -> None:
        """Nothing."""

    @contextmanager
    def stage(self, name: str, total: float = 0.0) -> Iterator[Track]:
        """Itself, as the track."""
        yield self


@analysis("direction-report.run", version=1, libraries=LIBRARIES)
def whole(prompt: str, *, model: Any, seed: int) -> Result:
    """All parts of a run of ``tapehead directions`` in one result: quantities are named ``part/quantity``.

    Args:
        prompt: what the picture is of; a model without words takes none.
        model: the diffusion model.
        seed: of the picture, and of everything random.
    """
    words = prompt if model.conditional else ""
    weight = GUIDED if words else 1.0
    run = PictureRun(
        model, Source(words, seed, None, weight), Settings(seed=seed), [Source(words, seed + 1, None, weight)]
    )
    parts = run_picture(run, Store(), _Silent())
    return Result(
        {f"{part}/{name}": one for part, result in parts.items() for name, one in result.quantities.items()},
        model=parts["picture"].model,
        facts={part: dict(result.facts) for part, result in parts.items()},
    )


@analysis("direction-report.part", version=1)
def part(run: Result, name: str, *, seed: int) -> Result:
    """One part of a run, as ``tapehead directions`` keeps it."""
    quantities = {key.partition("/")[2]: one for key, one in run.quantities.items() if key.partition("/")[0] == name}
    return Result(quantities, run.origin, model=run.model, facts=run.facts[name])
