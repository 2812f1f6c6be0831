"""Results computed a second time and held against the kept ones: an analysis that asks the clock or the system for
randomness gives others, and nothing else would ever say so."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tapehead.analysis.registry import ModelChoice, load
from tapehead.analysis.results import Result
from tapehead.analysis.store import Entry, Store
from tapehead.render.film.make import analyze
from tapehead.render.progress import Reporter
from tapehead.scenes.episode import Episode


@dataclass(frozen=True)
class Differing:
    """A result that is another one when it is computed again."""

    name: str
    what: str
    """In what it differs, in words."""

    def to_data(self) -> dict[str, Any]:
        """What ``--json`` prints."""
        return asdict(self)


def computed_again(
    episode: Episode,
    store: Store,
    reporter: Reporter,
    seed: int | None,
    model: ModelChoice,
    only: Sequence[str],
    jobs: int = 0,
) -> tuple[dict[str, Entry], list[Differing]]:
    """The kept results, and those that differ when all of them are computed in an empty store.

    A result that only follows from another that differs is told as that.
    """
    kept = analyze(episode, store, reporter, seed, model, only, jobs=jobs)
    with tempfile.TemporaryDirectory(prefix="tapehead-again-") as folder:
        other = Store(Path(folder) / "store", report=reporter.warn)
        again = analyze(episode, other, reporter, seed, model, only, jobs=jobs)
        return kept, _differing(kept, store, again, other)


def _differing(kept: Mapping[str, Entry], store: Store, again: Mapping[str, Entry], other: Store) -> list[Differing]:
    found = []
    for name, entry in kept.items():
        if again[name].digest == entry.digest:
            continue
        if again[name].key != entry.key:  # its inputs are in its key
            found.append(Differing(name, "it is made from another one that differs"))
            continue
        found.append(Differing(name, difference(load(store, entry, name), load(other, again[name], name))))
    return found


def difference(one: Result, two: Result) -> str:
    """In what two results differ, in words."""
    if set(one.quantities) != set(two.quantities):
        return f"it has {', '.join(sorted(two.quantities))} where {', '.join(sorted(one.quantities))} is kept"
    parts = []
    for name, quantity in one.quantities.items():
        was, now = quantity.values, two.quantities[name].values
        if was.shape != now.shape or was.dtype != now.dtype:
            parts.append(f"'{name}' is {now.dtype} {list(now.shape)} where {was.dtype} {list(was.shape)} is kept")
            continue
        numbers = was.dtype.kind in "fc"
        unlike = ~np.isclose(was, now, rtol=0, atol=0, equal_nan=True) if numbers else was != now
        if unlike.any():
            real = was.dtype.kind in "iuf"
            apart = np.abs(was[unlike].astype(float) - now[unlike].astype(float)) if real else np.zeros(0)
            apart = apart[np.isfinite(apart)]
            by = f", by up to {apart.max():.3g}" if apart.size else ""
            parts.append(f"{int(unlike.sum())} of {was.size} numbers of '{name}' are others{by}")
    return "; ".join(parts) or "its facts, units or axes are others"
