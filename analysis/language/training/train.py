"""Training of the embedded model ``mini``: from seeds to a directory with its card.  Single runs are in ``runs``.

Which seed is shipped was settled before any circuit was looked at:
:data:`tapehead.analysis.language.training.selection.RULE`.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path

from tapehead.analysis.errors import UsageError
from tapehead.analysis.language.training import export
from tapehead.analysis.language.training.runs import (
    Report,
    Settings,
    Trained,
    finished_runs,
    train_seeds,
)
from tapehead.analysis.trainings import default_cache


def train_mini(
    seeds: Sequence[int] = (0, 1, 2, 3, 4),
    steps: int = 2000,
    cache_dir: Path | None = None,
    report: Report = lambda _line: None,
    out: Path | None = None,
    jobs: int = 1,
) -> Trained:
    """Train seeds, each on one thread; score them and say which one the rule chooses.

    About 12 minutes per seed on one core of a server processor.  May be interrupted at any time and called again:
    finished seeds are kept, an unfinished one goes on from its last checkpoint.

    Args:
        seeds: which seeds; finished ones are only scored.
        steps: length of the schedule.
        cache_dir: where checkpoints lie; :func:`default_cache` if not given.
        report: told a line now and then.
        out: if given, the chosen seed is put there with its model card, replacing what was there.
        jobs: how many seeds at a time; on two cores, five seeds with two jobs stay under an hour.

    Raises:
        UsageError: no seed, a seed twice, or no steps.
        TapeheadError: another process trains the same seed, or a checkpoint cannot be read.
    """
    if not seeds or len(set(seeds)) != len(seeds) or min(seeds) < 0:
        raise UsageError(f"seeds are different numbers from 0; asked for {list(seeds)}")
    if steps < 1:
        raise UsageError(f"training needs at least one step; asked for {steps}")
    settings = dataclasses.replace(Settings(), steps=steps)
    place = cache_dir or default_cache()
    runs = train_seeds(seeds, settings, place, report, jobs)
    return export.finish(runs, settings, report, out)


def main(arguments: Sequence[str] | None = None) -> None:
    """``python -m tapehead.analysis.language.training.train --seeds 0 1 2 3 4``."""
    import argparse
    import sys

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--steps", type=int, default=Settings.steps)
    parser.add_argument("--cache-dir", type=Path, default=None)
    parser.add_argument("--out", type=Path, default=None, help="put the chosen seed there, with its model card")
    parser.add_argument("--jobs", type=int, default=1, help="seeds trained at a time, one core each")
    parser.add_argument("--finished-only", action="store_true", help="train nothing; choose among finished seeds")
    options = parser.parse_args(arguments)

    def report(line: str) -> None:
        sys.stdout.write(f"{time.strftime('%H:%M:%S')} {line}\n")
        sys.stdout.flush()

    if options.finished_only:
        settings = dataclasses.replace(Settings(), steps=options.steps)
        runs = finished_runs(options.seeds, settings, options.cache_dir or default_cache())
        export.finish(runs, settings, report, options.out, options.seeds)
    else:
        train_mini(options.seeds, options.steps, options.cache_dir, report, options.out, options.jobs)


if __name__ == "__main__":
    main()
