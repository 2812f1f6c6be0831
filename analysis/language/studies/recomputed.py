"""The paper's numbers measured anew, under the published names and axes
(:mod:`tapehead.analysis.language.published.paper_form`).

Whether circuits are the published ones or found here is the caller's business: the registered analyses of
:mod:`tapehead.analysis.language.studies.paper` prune, and ``tapehead verify`` measures on what was published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tapehead.analysis.errors import UsageError
from tapehead.analysis.language.circuit import attention as attention_module
from tapehead.analysis.language.circuit import logit_lens as lens_module
from tapehead.analysis.language.circuit import ov_scores as ov_module
from tapehead.analysis.language.circuit.ablation import Ablator, scan
from tapehead.analysis.language.circuit.pruning import PHASES, THRESHOLD, Step, prune
from tapehead.analysis.language.models.components import Circuit, Component
from tapehead.analysis.language.models.loading import LanguageModel, single_token
from tapehead.analysis.language.published.paper_form import (
    attention_form,
    circuits_facts,
    circuits_form,
    cross_task_form,
    knockouts_form,
    lens_form,
    next_word_form,
    ov_form,
    pruning_form,
)
from tapehead.analysis.language.published.published_file import look_name, published_circuits
from tapehead.analysis.language.studies.scores import last_logits, probabilities
from tapehead.analysis.language.tasks.sequences import WINDOW
from tapehead.analysis.language.tasks.tasks import PLAIN, Task, encode, sequence_task
from tapehead.analysis.results import Quantity, Result

FLIP_AFTER = "block 9"
"""The published flip of the logit lens is the one that block 9 makes."""
HIGHEST_NUMERAL = 100
"""The published OV scores of numerals show 1 to 100."""


def recomputed(model: LanguageModel, quantities: Mapping[str, Quantity], prompts: int, **facts: Any) -> Result:
    """A computed result that says which published numbers it repeats."""
    found = published_circuits()
    about = {"model": model.digest, "prompts": prompts, "repeats": f"{found.model}: {found.tables['citation']}"}
    return Result(quantities, model=model.name, facts=about | facts)


# -- circuits ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Pruned:
    """A task's pruning: its decisions, what is left, and the score of that in %."""

    steps: list[Step]
    circuit: Circuit
    score: float


def pruned(ablator: Ablator) -> Pruned:
    """Prune with the paper's threshold and order."""
    steps, circuit = prune(ablator)
    return Pruned(steps, circuit, ablator.score(circuit))


def circuits_result(model: LanguageModel, found: Mapping[str, Pruned], prompts: int) -> Result:
    """Circuits by task, as ``published.results.circuits``."""
    circuits = {task: one.circuit for task, one in found.items()}
    quantities = circuits_form(circuits, [one.score for one in found.values()], THRESHOLD)
    return recomputed(model, quantities, prompts, **circuits_facts(circuits))


def pruning_result(model: LanguageModel, task: str, found: Pruned, prompts: int) -> Result:
    """One task's pruning, as ``published.results.pruning``."""
    circuit = [str(one) for one in found.circuit]
    quantities = pruning_form(found.steps, found.circuit, found.score, THRESHOLD)
    return recomputed(model, quantities, prompts, task=task, circuit=circuit, order=list(PHASES))


@dataclass(frozen=True, eq=False)
class Knocked:
    """One component out at a time, in %: heads (L, H) and MLPs (L,) of the full model, heads (L, H) of a circuit.

    Heads that are not in the circuit are NaN; ``score`` is the circuit's own.
    """

    heads: np.ndarray
    mlps: np.ndarray
    inside: np.ndarray
    score: float


def knocked(ablator: Ablator, circuit: Circuit) -> Knocked:
    """Take every component out of the full model, and every live head out of ``circuit``."""
    full, shape = ablator.denominator, circuit.heads.shape
    heads = [Component(*at) for at in np.ndindex(shape)]
    mlps = [Component(layer) for layer in range(shape[0])]
    alone = 100 * scan(ablator, ablator.everything, [*heads, *mlps]).mean(1) / full
    live = [one for one in heads if one in circuit]
    inside = np.full(shape, np.nan)
    if live:
        inside[circuit.heads] = 100 * scan(ablator, circuit, live).mean(1) / full
    return Knocked(alone[: len(heads)].reshape(shape), alone[len(heads) :], inside, ablator.score(circuit))


def knockouts_result(model: LanguageModel, found: Mapping[str, Knocked], prompts: int) -> Result:
    """One component out at a time, as ``published.results.knockouts``; nothing in it is put together."""
    rows = list(found.values())
    inside = np.stack([row.inside for row in rows])
    quantities = knockouts_form(
        list(found),
        np.stack([row.heads for row in rows]),
        np.stack([row.mlps for row in rows]),
        inside,
        np.array([row.score for row in rows]),
        np.zeros(inside.shape),
    )
    return recomputed(model, quantities, prompts)


def with_others(circuits: Mapping[str, Circuit]) -> dict[str, Circuit]:
    """Circuits by task, and the two head sets that the paper compares them with, as published."""
    found = published_circuits()
    return {name: circuits.get(name, found.circuits[name]) for name in found.table("cross_task")["circuits"]}


def cross_task_result(
    model: LanguageModel, circuits: Mapping[str, Circuit], rows: Mapping[str, Sequence[float]], prompts: int
) -> Result:
    """Scores by data and circuit, as ``published.results.cross_task``."""
    quantities = cross_task_form(list(rows), circuits, np.array(list(rows.values()), dtype=float))
    as_published = [name for name in circuits if name not in rows]
    return recomputed(model, quantities, prompts, head_sets_as_published=as_published)


# -- what heads write and where they look --------------------------------------------------------------------------


def plain_task(model: LanguageModel, kind: str) -> Task:
    """The prompts of the published OV scores: all runs of four members, without a first token.

    Numerals go to 100, or as far as the tokenizer has them as one token each.
    """
    if kind != "numerals":
        return sequence_task(model, kind, 8, templates=(PLAIN,), bos=False)
    ids: list[int] = []
    for number in range(1, HIGHEST_NUMERAL + 2):
        try:
            ids.append(single_token(model, str(number), "member"))
        except UsageError:
            break
    if len(ids) <= WINDOW:
        raise UsageError(f"the tokenizer of '{model.name}' has only {len(ids)} numerals as one token each")
    texts = [" ".join(str(n) for n in range(i, i + WINDOW)) for i in range(1, len(ids) - WINDOW + 1)]
    tokens = encode(model, texts, bos=False)
    return Task(
        "numerals",
        tokens,
        tokens.copy(),
        np.array(ids[WINDOW:]),
        np.array(ids[WINDOW - 1 : -1]),
        tuple(range(WINDOW)),
        False,
        tuple(texts),
        (PLAIN,) * len(texts),
    )


def ov_result(model: LanguageModel, kind: str, seed: int = 0) -> Result:
    """Next and copy scores of every head, as ``published.results.ov_scores``.

    Which first token the authors' prompts had is not documented; here there is none.
    """
    table = published_circuits().table("ov_scores")
    task = plain_task(model, kind)
    found = ov_module.ov_scores(model, task, int(table["top"]), seed=seed)
    there = found.quantity("score").labels["target"]
    targets = [one["target"] for one in table["lists"] if one["task"] == kind]
    if missing := [t for t in targets if t not in there]:
        raise UsageError(f"the tokenizer of '{model.name}' has no one-token words for target '{missing[0]}' of {kind}")
    at = [there.index(t) for t in targets]
    score, mean, keywords = found["score"][at], found["mean"][at], found["keywords"][at]
    return recomputed(model, ov_form(targets, score, mean, keywords, table["top"]), len(task), task=kind)


def attention_result(model: LanguageModel, tasks: Mapping[str, Task], seed: int = 0) -> Result:
    """Mean attention of the published looks, as ``published.results.attention``, all of them measured.

    Random digits were drawn without a seed in prompts that are not described: those cells are NaN.
    """
    table = published_circuits().table("attention")
    patterns = {kind: attention_module.attention_patterns(model, task, seed=seed) for kind, task in tasks.items()}

    def look(one: Mapping[str, Any], kind: str) -> float:
        layer, head = one["head"].split(".")
        return float(patterns[kind].read("pattern", layer=layer, head=head, query=one["query"], key=one["key"]))

    printed = [one for one in table["looks"] if one["how"] == "printed"]
    looks = {look_name(one): one for one in printed}
    data = list(dict.fromkeys(one["task"] for one in printed))
    values = [[look(one, kind) if kind in patterns else np.nan for kind in data] for one in looks.values()]
    seen = {look_name(one): look(one, one["task"]) for one in table["looks"] if one["how"] == "by eye"}
    prompts = min(len(task) for task in tasks.values())
    quantities = attention_form(list(looks), data, np.array(values), seen, prompts)
    return recomputed(model, quantities, prompts, by_eye_task="numerals", first_token=True)


# -- what the model says -------------------------------------------------------------------------------------------


def lens_result(model: LanguageModel, tasks: Mapping[str, Task], seed: int = 0) -> Result:
    """The logit lens' flips between blocks 8 and 9, as ``published.results.logit_lens``, in full
    precision.

    Raises:
        UsageError: tasks have different numbers of prompts, so that flips cannot be compared.
    """
    sizes = {len(task) for task in tasks.values()}
    if len(sizes) != 1:
        raise UsageError(f"every task needs the same number of prompts for the logit lens; found {sorted(sizes)}")

    def lens(task: Task) -> Result:
        return lens_module.logit_lens(model, task, normed=False, seed=seed)

    flips = [int(lens(task).read("flips", block=FLIP_AFTER)) for task in tasks.values()]
    examples: dict[str, list[str]] = {}
    rows: Sequence[str] = ()
    for kind in tasks:
        one = sequence_task(model, kind, 1, templates=(PLAIN,), bos=False)
        found = lens(one)
        rows = found.quantity("top1").labels["row"]
        examples[one.texts[0]] = [str(model.tokenizer.decode([int(t)])) for t in found["top1"][0]]
    quantities = lens_form(list(tasks), flips, sizes.pop())
    prompts = int(quantities["prompts"].values)
    return recomputed(model, quantities, prompts, rows=list(rows), examples=examples)


def next_word_result(model: LanguageModel) -> Result:
    """Probabilities of some words after "1 2 3 4", as ``published.results.next_word``."""
    table = published_circuits().table("next_word")
    p = probabilities(last_logits(model, encode(model, [table["after"]], bos=False)))[0]
    found = {word: float(p[single_token(model, word.strip(), "word")]) for word in table["probability"]}
    return recomputed(model, next_word_form(found), 1, after=table["after"])


def drawn_tasks(model: LanguageModel, kinds: Iterable[str], count: int, seed: int, bos: bool) -> dict[str, Task]:
    """The paper's tasks with prompts of our own, with or without the first token."""
    return {kind: sequence_task(model, kind, count, bos=bos, seed=seed) for kind in kinds}
