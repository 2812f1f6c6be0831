"""A whole run over one or several prompt files: stages in order, each kept when it is done.

A stage's result goes to the store under everything that can change it (code, model, prompts, settings, seed), so that a
run that was stopped goes on where it was, and one with another setting repeats only what depends on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np

from tapehead.analysis.errors import UsageError
from tapehead.analysis.language.circuit.pruning import THRESHOLD, circuit_of
from tapehead.analysis.language.lab import baseline as baselines
from tapehead.analysis.language.lab import cautions as notes
from tapehead.analysis.language.lab import edges, heat_map, offers, patches, search, shares
from tapehead.analysis.language.lab import lens as lenses
from tapehead.analysis.language.lab.ablators import AnyNetwork, PooledAblator, chunk_for
from tapehead.analysis.language.lab.networks import open_network
from tapehead.analysis.language.lab.passes import Tick, silent
from tapehead.analysis.language.lab.prompts import PromptSet
from tapehead.analysis.language.models.components import Circuit, Component, component
from tapehead.analysis.language.models.loading import LanguageModel
from tapehead.analysis.results import Result, quantity
from tapehead.analysis.saved_runs import missing
from tapehead.analysis.store import Store, digest_file, digest_of

STAGES = {
    "baseline": 1.0,
    "ablation": 12.0,
    "patching": 25.0,
    "attribution": 2.0,
    "lens": 1.0,
    "circuit": 8.0,
    "held_out": 3.0,
    "control": 12.0,
    "stability": 30.0,
}
"""What is computed for each file, in order, and about how long each takes beside the others."""


class Track(Protocol):
    """Where a stage says how far it is."""

    def to(self, done: float, note: str = "") -> None:
        """So much of the total is done."""


class Progress(Protocol):
    """Who shows it (``render.progress.Reporter`` does)."""

    def say(self, message: str) -> None:
        """A line for people."""

    def stage(self, name: str, total: float = 0.0) -> AbstractContextManager[Track]:
        """A stage of work."""


@dataclass(frozen=True)
class Settings:
    """What is asked of a run."""

    threshold: float = THRESHOLD
    draws: int = search.DRAWS
    by_position: bool = False
    edges: bool = False
    force: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.threshold < 100:
            raise UsageError(
                f"the threshold is a per cent of the full score, between 0 and 100; found {self.threshold}"
            )
        if self.draws < 19:
            raise UsageError(
                f"with {self.draws} random circuits no p-value can be below 0.05; draw at least 19 (default "
                f"{search.DRAWS})"
            )


@dataclass(eq=False)
class FileRun:
    """One prompt file in one model; parts are filled in as they are computed."""

    network: AnyNetwork
    prompts: PromptSet
    settings: Settings
    parts: dict[str, Result] = field(default_factory=dict)

    @cached_property
    def whole(self) -> PooledAblator:
        """All prompts."""
        return PooledAblator(self.network, self.prompts)

    @cached_property
    def halves(self) -> tuple[PooledAblator, PooledAblator]:
        """The half to find on and the half to score on, each with the means of its own corrupted prompts."""
        find, score = self.prompts.split(self.settings.seed)
        return PooledAblator(self.network, find), PooledAblator(self.network, score)

    def forget(self) -> None:
        """Give back what is kept between parts."""
        self.__dict__.pop("whole", None)
        self.__dict__.pop("halves", None)

    @property
    def circuit(self) -> Circuit:
        """The circuit that was found."""
        return circuit_of(self.parts["circuit"])

    @property
    def indispensable(self) -> list[Component]:
        """Components that a random circuit has to hold as well."""
        return [component(name) for name in self.parts["held_out"].facts["indispensable"]]

    def describe(self, layers: int, heads: int) -> Result:
        """The part ``prompts``."""
        find, score = self.prompts.split(self.settings.seed)
        lengths = self.prompts.lengths
        values = {
            "there": 1,
            "prompts": len(self.prompts),
            "groups": len(self.prompts.group_names),
            "lengths": len(set(lengths)),
            "tokens_shortest": min(lengths),
            "tokens_longest": max(lengths),
            "found_on": len(find),
            "scored_on": len(score),
            "unknown": self.prompts.unknown,
            "layers": layers,
            "heads": heads,
            "components": layers * (heads + 1),
        }
        return Result(
            {name: quantity(value) for name, value in values.items()},
            model=self.network.name,
            facts={
                "task": self.prompts.name,
                "text": self.prompts.texts[0],
                "corrupted": self.prompts.corrupted_texts[0],
                "answer": self.prompts.answers[0],
                "wrong": self.prompts.wrong[0],
                "groups": [name or "all" for name in self.prompts.group_names],
                "bos": self.prompts.bos,
                "model": self.network.digest,
            },
        )

    def compute(self, part: str, tick: Tick) -> Result:
        """One part, from those that come before it."""
        seed, asked = self.settings.seed, self.settings
        if part == "baseline":
            return baselines.baseline(self.network, self.prompts, seed=seed)
        if part == "ablation":
            return heat_map.ablation(self.network, self.prompts, self.whole, seed=seed, tick=tick)
        if part == "patching":
            return patches.patching(self.network, self.prompts, by_position=asked.by_position, seed=seed, tick=tick)
        if part == "attribution":
            return shares.attribution(self.network, self.prompts, seed=seed, tick=tick)
        if part == "lens":
            return lenses.lens(self.network, self.prompts, seed=seed, tick=tick)
        finding, scoring = self.halves
        if part == "circuit":
            return search.found_circuit(finding, asked.threshold, seed=seed, tick=tick)[0]
        if part == "held_out":
            return search.held_out(scoring, self.circuit, asked.threshold, seed=seed, tick=tick)[0]
        if part == "control":
            return search.control(scoring, self.circuit, self.indispensable, draws=asked.draws, seed=seed, tick=tick)
        if part == "stability":
            return search.stability(finding, scoring, self.circuit, asked.threshold, tick=tick)
        assert part == "edges", part
        return edges.path_patching(scoring, self.circuit, seed=seed, tick=tick)


# -- keeping stages ------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _code_digest() -> str:
    """All sources of language analyses: a stage that was computed by other code is computed again."""
    import tapehead.analysis.language as package

    folder = Path(package.__file__ or "").parent
    shared = [folder.parent / name for name in ("bootstrap.py", "results.py")]
    places = [*folder.glob("circuit/*.py"), *folder.glob("lab/*.py"), *folder.glob("models/*.py"), *shared]
    return digest_of({path.name + path.parent.name: digest_file(path) for path in places})


def prompts_digest(prompts: PromptSet) -> str:
    """What changes with any token, answer, group, label or half."""
    return digest_of(
        {
            "cells": [
                [c.task.tokens, c.task.corrupted, c.task.answers, c.task.wrong, c.rows, c.group, list(c.labels)]
                for c in prompts.cells
            ],
            "halves": prompts.halves,
            "groups": list(prompts.groups),
            "name": prompts.name,
        }
    )


_DEPENDS = {
    "baseline": (),
    "ablation": (),
    "patching": ("by_position",),
    "attribution": (),
    "lens": (),
    "circuit": ("threshold",),
    "held_out": ("threshold",),
    "control": ("threshold", "draws"),
    "stability": ("threshold",),
    "edges": ("threshold",),
}
"""Settings that a part's numbers depend on."""


def _key(model: LanguageModel, run: FileRun, part: str) -> str:
    import torch
    import transformers

    asked = {name: getattr(run.settings, name) for name in _DEPENDS[part]}
    return digest_of(
        {
            "what": f"lab {part}",
            "code": _code_digest(),
            "model": model.digest,
            "name": model.name,
            "device": model.device.partition(":")[0],
            "prompts": prompts_digest(run.prompts),
            "settings": asked,
            "seed": run.settings.seed,
            "libraries": [torch.__version__, transformers.__version__, np.__version__],
        }
    )


def _staged(model: LanguageModel, run: FileRun, part: str, store: Store, tick: Tick) -> Result:
    """A part from the store, or computed and kept there."""
    key = _key(model, run, part)
    entry = store.get("lab", key)
    if entry is not None:
        return store.read_result(entry.path)
    result = _in_memory(run, part, tick)
    store.put_result(key, result, {"analysis": f"lab.{part}", "prompts": run.prompts.name}, kind="lab")
    return result


def _in_memory(run: FileRun, part: str, tick: Tick) -> Result:
    """A part, computed with smaller and smaller chunks of prompts where memory runs out.

    Raises:
        UsageError: it does not fit with one prompt at a time.
    """
    while True:
        try:
            return run.compute(part, tick)
        except (MemoryError, RuntimeError) as error:
            # torch has a class of its own for devices; on a processor it says so in words.
            if (
                not isinstance(error, MemoryError)
                and "out of memory" not in str(error)
                and "memory" not in (type(error).__name__.lower())
            ):
                raise
            chunk = chunk_for(run.network)
            if chunk == 1:
                raise UsageError(
                    f"memory ran out at '{part}' of '{run.prompts.name}' with one prompt at a time; "
                    "shorter prompts, a smaller model or --device cpu need less"
                ) from error
            run.network.chunk = chunk // 2
        run.forget()


# -- the run -------------------------------------------------------------------------------------------------------


def run_files(
    model: LanguageModel,
    files: Sequence[PromptSet],
    settings: Settings,
    store: Store,
    progress: Progress,
) -> dict[str, dict[str, Result]]:
    """All parts of every file, by the file's name.

    Raises:
        UsageError: a baseline does not prefer the answer (unless ``settings.force``), or files have one name.
        ModelError: the model cannot be opened.
    """
    names = [prompts.name for prompts in files]
    if len(set(names)) != len(names):
        raise UsageError(f"two prompt files have one name: {', '.join(names)}; rename one")
    network = open_network(model)
    for prompts in files:  # before any work: halves of every file
        prompts.split(settings.seed)
    runs = [FileRun(network, prompts, settings) for prompts in files]
    for run in runs:
        run.parts["prompts"] = run.describe(network.layers, network.heads)
        run.parts["baseline"] = _staged(model, run, "baseline", store, silent)
        _tell_baseline(model, run, settings.force, progress)
    parts = [part for part in STAGES if part != "baseline"] + (["edges"] if settings.edges else [])
    weights = {part: STAGES.get(part, 20.0) for part in parts}
    total = sum(weights.values()) * len(runs)
    with progress.stage("circuit", total) as track:
        done = 0.0
        for run in runs:
            for part in parts:
                start, weight = done, weights[part]
                note = f"{run.prompts.name}: {part}"

                def tick(share: float, start: float = start, weight: float = weight, note: str = note) -> None:
                    track.to(start + share * weight, note)

                tick(0.0)
                run.parts[part] = _staged(model, run, part, store, tick)
                done += weight
                tick(0.0, start=done)
    return _finished(runs, settings)


def _finished(runs: Sequence[FileRun], settings: Settings) -> dict[str, dict[str, Result]]:
    absent = missing("one prompt file was given; a cross-task table needs several", runs[0].network.name)
    if len(runs) > 1:
        scorers = {run.prompts.name: run.halves[1] for run in runs}
        crossed = search.cross(scorers, {run.prompts.name: run.circuit for run in runs}, seed=settings.seed)
    for run in runs:
        run.parts.setdefault("edges", missing("edges were not asked for (--edges)", run.network.name))
        run.parts["cross"] = crossed if len(runs) > 1 else absent
        run.parts["cautions"] = notes.cautions(run.parts, run.prompts)
    return {run.prompts.name: run.parts for run in runs}


def _tell_baseline(model: LanguageModel, run: FileRun, force: bool, progress: Progress) -> None:
    """Say what the baseline is; stop if there is nothing to explain."""
    part = run.parts["baseline"]
    told = f"{run.prompts.name}: {len(run.prompts)} prompts, {offers.ahead(part)}"
    progress.say(f"{told}; corrupted {float(part['corrupted']):.2f}")
    if run.prompts.unknown:
        progress.say(f"{run.prompts.name}: the tokenizer does not know {run.prompts.unknown} words of the prompts")
    if offers.prefers(part):
        return
    if not force:
        others = offers.instead(offers.offers(model, run.network, run.prompts.name), run.network.name)
        raise UsageError(
            f"'{run.network.name}' does not prefer the answers of '{run.prompts.name}': {offers.ahead(part)}. "
            "What would a circuit explain? Check answer and wrong, try another model, or go on with --force. "
            f"{others}"
        )
    progress.say(f"{run.prompts.name}: the baseline does not prefer the answer; going on as asked (--force)")


def table_of(results: Mapping[str, Result]) -> dict[str, float]:
    """The numbers that a run is summed up with."""
    wanted = {
        "difference": ("baseline", "difference"),
        "circuit": ("circuit", "count"),
        "found_score": ("circuit", "score"),
        "held_out_score": ("held_out", "score"),
        "random_best": ("control", "random_best"),
        "p": ("control", "p"),
        "overlap_least": ("stability", "overlap_least"),
        "cautions": ("cautions", "count"),
        "found": ("cautions", "found"),
    }
    return {name: float(results[part][value]) for name, (part, value) in wanted.items()}
