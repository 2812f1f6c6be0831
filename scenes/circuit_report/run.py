"""The run that the film tells when nobody names one: a task of our own templates, on the film's model.

One call computes everything, so that the parts belong to one run; a second one takes a part out of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tapehead.analysis.language.lab.making import make_rows
from tapehead.analysis.language.lab.prompts import prompt_set
from tapehead.analysis.language.lab.run import Settings, Track, run_files
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


@analysis("circuit-report.run", version=1, libraries=("numpy", "torch", "transformers", "transformer_lens"))
def whole(task: str, prompts: int, *, model: Any, seed: int) -> Result:
    """All parts of a run of ``tapehead circuit`` in one result: quantities are named ``part/quantity``.

    Args:
        task: one of those that ``tapehead circuit --make`` knows.
        prompts: how many of them; half is for the search, half for the score.
        model: the language model.
        seed: of prompts, halves, random circuits and intervals.

    Raises:
        UsageError: the model's vocabulary does not have what the task needs.
    """
    rows = prompt_set(model, task, make_rows(model, task, prompts, seed))
    # Whether there is anything to explain is told by the film; it is no reason not to make it.
    parts = run_files(model, [rows], Settings(force=True, seed=seed), Store(), _Silent())[task]
    return Result(
        {f"{part}/{name}": one for part, result in parts.items() for name, one in result.quantities.items()},
        model=parts["prompts"].model,
        facts={part: dict(result.facts) for part, result in parts.items()},
    )


@analysis("circuit-report.part", version=1)
def part(run: Result, name: str, *, seed: int) -> Result:
    """One part of a run, as ``tapehead circuit`` keeps it."""
    quantities = {key.partition("/")[2]: one for key, one in run.quantities.items() if key.partition("/")[0] == name}
    return Result(quantities, run.origin, model=run.model, facts=run.facts[name])
