"""Everything that was published about circuits, measured on the published circuits and along the published traces.

A free run may leave a published trace at one decision near the threshold, and all that follows differs.  So
``tapehead verify circuits`` takes the published decisions and circuits as given and compares every number on them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from tapehead.analysis.errors import UsageError
from tapehead.analysis.language.circuit.ablation import Ablator
from tapehead.analysis.language.circuit.pruning import teacher_forced
from tapehead.analysis.language.models.forward import Network
from tapehead.analysis.language.models.loading import LanguageModel
from tapehead.analysis.language.published.published_file import published_circuits, trace_steps
from tapehead.analysis.language.published.verify import Prompts
from tapehead.analysis.language.studies import recomputed as anew
from tapehead.analysis.language.studies.recomputed import Knocked, Pruned, drawn_tasks
from tapehead.analysis.language.tasks.prompt_files import file_task
from tapehead.analysis.language.tasks.tasks import Task
from tapehead.analysis.results import Result, quantity

SUBSET_LEAST = 192
"""Fewer prompts than this are no sample that a subset's tolerance was meant for."""
DRAWN = 192
"""Prompts per task if none are given."""
SEED = 0


# -- prompts -------------------------------------------------------------------------------------------------------


def prompt_files(directory: Path, task: str) -> tuple[Path, Path]:
    """A task's two files in a directory of prompts."""
    return directory / f"{task}.json", directory / f"{task}_corrupted.json"


def prompts_of(
    model: LanguageModel, directory: Path | None, count: int | None, bos: bool
) -> tuple[dict[str, Task], Prompts]:
    """The tasks, from files or drawn, and how near they are to the authors' prompts.

    Args:
        model: whose tokenizer reads them.
        directory: with two files per task (:func:`prompt_files`), in the form of
            :func:`tapehead.analysis.language.tasks.prompt_files.file_task`; prompts are drawn if not given.
        count: prompts per task; of files a balanced subset; all of them (or :data:`DRAWN`) if not given.
        bos: with the first token or without.

    Raises:
        UsageError: the directory or a file is not there or not usable, or has fewer prompts than asked for.
    """
    kinds = published_circuits().tasks
    if directory is None:
        return drawn_tasks(model, kinds, count or DRAWN, SEED, bos), Prompts.DRAWN
    if not directory.is_dir():
        names = ", ".join(path.name for kind in kinds for path in prompt_files(directory, kind))
        raise UsageError(f"there is no directory '{directory}'; --prompts names one that holds {names}")
    tasks = {kind: file_task(model, *prompt_files(directory, kind), bos=bos) for kind in kinds}
    whole = int(published_circuits().table("prompts")["per_task"])
    authors = all(len(task) == whole for task in tasks.values())
    for kind, task in tasks.items():
        if count is not None and count > len(task):
            raise UsageError(f"{prompt_files(directory, kind)[0]} has {len(task)} prompts; asked for {count}")
    least = min(count or whole, *(len(task) for task in tasks.values()))
    tasks = {kind: task.take(balanced(task, least)) for kind, task in tasks.items()}
    if authors and least == whole:
        return tasks, Prompts.AUTHORS
    return tasks, Prompts.SUBSET if least >= SUBSET_LEAST else Prompts.DRAWN


def balanced(task: Task, count: int) -> np.ndarray:
    """Which prompts to take so that templates and first members come equally often, in the order of the task."""
    cells: dict[tuple[str, int], list[int]] = {}
    for i, (template, first) in enumerate(zip(task.templates, task.tokens[:, task.member_positions[0]], strict=True)):
        cells.setdefault((template, int(first)), []).append(i)
    deal = sorted((turn, place, i) for place, cell in enumerate(cells.values()) for turn, i in enumerate(cell))
    return np.sort([i for _turn, _place, i in deal[:count]])


def attention_part(task: Task) -> Task:
    """What the authors' attention is a mean over: the first 128 prompts of each template."""
    each = int(published_circuits().table("attention")["prompts"]) // len(set(task.templates))
    names = np.array(task.templates)
    which = np.concatenate([np.flatnonzero(names == name)[:each] for name in dict.fromkeys(task.templates)])
    return task.take(np.sort(which))


# -- measuring -----------------------------------------------------------------------------------------------------


def retrace(
    model: LanguageModel,
    tasks: Mapping[str, Task],
    with_first: Mapping[str, Task],
    doing: Callable[[str], None] = lambda _what: None,
) -> dict[str, Result]:
    """All published quantities on this model, by the name that ``published.verify.published_results``
    gives them.

    Args:
        model: GPT-2 small.
        tasks: by task, without the first token.
        with_first: the same with it, for attention.
        doing: is told what is being measured.

    ``trace <task>`` is the published trace, its decisions too, with the scores of this model; ``free`` are the circuits
    that a free run finds; ``full`` the full model's mean logit differences.
    """
    found = published_circuits()
    circuits = anew.with_others({task: found.circuits[task] for task in tasks})
    prompts = min(len(task) for task in tasks.values())
    own: dict[str, Pruned] = {}
    free: dict[str, Pruned] = {}
    known: dict[str, Knocked] = {}
    rows: dict[str, list[float]] = {}
    results: dict[str, Result] = {}
    full: dict[str, float] = {}
    for name, task in tasks.items():
        # One task at a time: the engine keeps every prompt's stream before each layer.
        ablator, steps = Ablator(Network(model), task), trace_steps(found, name)
        full[name] = ablator.denominator
        doing(f"{name}: circuits")
        rows[name] = [ablator.score(circuit) for circuit in circuits.values()]
        own[name] = Pruned(steps, found.circuits[name], rows[name][list(circuits).index(name)])
        doing(f"{name}: one component at a time")
        known[name] = anew.knocked(ablator, found.circuits[name])
        doing(f"{name}: the published trace, {len(steps)} steps")
        scores = teacher_forced(ablator, steps)
        taken = [replace(step, score=float(score)) for step, score in zip(steps, scores, strict=True)]
        results[f"trace {name}"] = anew.pruning_result(
            model, name, Pruned(taken, own[name].circuit, own[name].score), len(task)
        )
        doing(f"{name}: a pruning of its own")
        free[name] = anew.pruned(ablator)
    results |= {
        "circuits": anew.circuits_result(model, own, prompts),
        "free": anew.circuits_result(model, free, prompts),
        "knockouts": anew.knockouts_result(model, known, prompts),
        "cross_task": anew.cross_task_result(model, circuits, rows, prompts),
        "full": anew.recomputed(
            model,
            {"difference": quantity(list(full.values()), "task", unit="logit", labels={"task": tuple(full)})},
            prompts,
        ),
    }
    doing("next and copy scores")
    results |= {f"ov_scores {name}": anew.ov_result(model, name) for name in tasks}
    doing("attention")
    results["attention"] = anew.attention_result(model, with_first)
    doing("logit lens")
    results |= {"logit_lens": anew.lens_result(model, tasks), "next_word": anew.next_word_result(model)}
    return results
