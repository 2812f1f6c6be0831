"""The film of a run that lies in a folder: what ``tapehead circuit FILE --film`` renders."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tapehead.analysis.language.lab.results import load
from tapehead.analysis.saved_runs import calls, told_by
from tapehead.scenes.episode import Episode, load_episode

from .numbers import PARTS


def film_of(directory: Path) -> Episode:
    """The report's declaration with the run's own results.

    Raises:
        UsageError: the folder holds no finished run, or one without a part that the film speaks of.
        ResultError: the run is damaged.
    """
    told_by(load(directory), PARTS, directory)
    return replace(load_episode(Path(__file__).parent), analyses=calls(directory, PARTS))
