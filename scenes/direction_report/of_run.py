"""The film of a run that lies in a folder: what ``tapehead directions --film`` renders."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tapehead.analysis.diffusion.lab.results import digest, load
from tapehead.analysis.errors import UsageError
from tapehead.scenes.episode import Episode, load_episode

from .numbers import PARTS, kept


def film_of(directory: Path) -> Episode:
    """The report's declaration with the run's own results.

    Raises:
        UsageError: the folder holds no finished run, or one without a part that the film speaks of.
        ResultError: the run is damaged.
    """
    parts = load(directory)
    for name in PARTS:
        if not parts[name]["there"]:
            why = parts[name].facts.get("why", "it is not there")
            raise UsageError(f"the run in {directory} has no '{name}', which its film speaks of: {why}")
    return replace(load_episode(Path(__file__).parent), analyses=kept(str(directory.resolve()), digest(directory)))
