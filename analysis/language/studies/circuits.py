"""The circuit analyses as films declare them: over several types of sequence at once, by name and parameters.

Each function draws its tasks, runs an analysis on every one of them and stacks the results along an axis ``task``.
Everything here is registered; what is measured and how is said where the analysis itself stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from tapehead.analysis.bootstrap import bootstrap_mean
from tapehead.analysis.errors import UsageError
from tapehead.analysis.language.circuit import (
    ablation,
    attention,
    attribution,
    comparisons,
    logit_lens,
    ov_scores,
    patching,
    paths,
    pruning,
)
from tapehead.analysis.language.models.components import Circuit
from tapehead.analysis.language.models.loading import LanguageModel
from tapehead.analysis.language.studies import scores
from tapehead.analysis.language.tasks.sequences import PAPER_TYPES, PAPER_VERBS
from tapehead.analysis.language.tasks.tasks import Task, sequence_task
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Quantity, Result, quantity

LIBRARIES = ("numpy", "torch", "transformers", "transformer_lens")
AXIS = "task"


def draw_tasks(
    model: LanguageModel,
    kinds: Sequence[str],
    count: int,
    seed: int,
    pattern: str = "up",
    templates: Sequence[str] = PAPER_VERBS,
) -> dict[str, Task]:
    """One task per kind of sequence, with the model's first token in front."""
    if not kinds:
        raise UsageError(f"name at least one kind of sequence; there is {', '.join(PAPER_TYPES)}")
    return {kind: sequence_task(model, kind, count, pattern=pattern, templates=templates, seed=seed) for kind in kinds}


def stacked(results: Mapping[str, Result], axis: str = AXIS) -> Result:
    """Results of equal form as one, with a new first axis that is labelled by the mapping's keys.

    Quantities of unequal length (traces) are filled up with NaN, which cannot be shown; facts are kept per label.
    Labels that differ between results are left out.
    """
    names = tuple(results)
    parts = list(results.values())
    quantities = {}
    for name in parts[0].quantities:
        found = [part.quantity(name) for part in parts]
        shape = tuple(max(sizes) for sizes in zip(*(q.values.shape for q in found), strict=True))
        whole = all(q.values.shape == shape for q in found)
        values = (
            np.zeros((len(found), *shape), found[0].values.dtype) if whole else np.full((len(found), *shape), np.nan)
        )
        for i, q in enumerate(found):
            place: tuple[Any, ...] = (i, *(slice(size) for size in q.values.shape))
            values[place] = q.values
        labels = {
            key: value for key, value in found[0].labels.items() if all(q.labels.get(key) == value for q in found)
        }
        quantities[name] = Quantity(values, (axis, *found[0].axes), {axis: names, **labels}, found[0].unit)
    shared = {key: value for key, value in parts[0].facts.items() if all(p.facts.get(key) == value for p in parts)}
    own = {name: {k: v for k, v in part.facts.items() if k not in shared} for name, part in results.items()}
    return Result(quantities, parts[0].origin, model=parts[0].model, facts=shared | {axis: own})


def with_places(result: Result, axis: str, places: Sequence[str]) -> Result:
    """The result with only these labels of one axis, in this order."""
    kept = {}
    for name, q in result.quantities.items():
        kept[name] = q
        if axis in q.axes:
            at = [q.labels[axis].index(place) for place in places]
            values = np.take(q.values, at, axis=q.axes.index(axis))
            kept[name] = Quantity(values, q.axes, {**q.labels, axis: tuple(places)}, q.unit)
    return replace(result, quantities=kept)


def over_tasks(
    function: Callable[..., Result], model: LanguageModel, tasks: Mapping[str, Task], *, seed: int, **options: Any
) -> Result:
    """``function(model, task, seed=seed, **options)`` for every task, stacked."""
    return stacked({kind: function(model, task, seed=seed, **options) for kind, task in tasks.items()})


def circuits_in(found: Result) -> dict[str, Circuit]:
    """The circuits of a stacked pruning result by kind."""
    kinds = found.quantity("heads").labels[AXIS]
    return {kind: Circuit(found["heads"][i], found["mlps"][i]) for i, kind in enumerate(kinds)}


# -- the model and what it does ------------------------------------------------------------------------------------


@analysis("language.shape", version=1, libraries=LIBRARIES)
def shape(model: LanguageModel, *, seed: int) -> Result:
    """Size of the model: ``layers``, ``heads`` (per layer), ``head_total``, ``width``, ``words``, ``parameters``."""
    sizes = {
        "layers": model.layers,
        "heads": model.heads,
        "head_total": model.layers * model.heads,
        "width": int(model.hf.config.n_embd),
        "words": model.words,
        "parameters": sum(p.numel() for p in model.hf.parameters()),
    }
    return Result({name: quantity(size) for name, size in sizes.items()}, model=model.name)


@analysis("language.predictions", version=1, libraries=LIBRARIES)
def predictions(
    model: LanguageModel, kinds: Sequence[str], count: int, example: int = 0, top: int = 5, *, seed: int
) -> Result:
    """What the model says next: on the tasks' prompts and on their corrupted partners.

    Quantities along ``task``: ``accuracy`` (top-1 is the answer, %), ``p_answer`` and ``p_wrong`` (mean probability of
    the next and of the last member, %), ``difference`` (mean logit difference) with ``difference_low``,
    ``difference_high`` (95 % bootstrap over prompts) and ``difference_corrupted``; for prompt ``example``:
    ``example_p`` (task, word), the probabilities in % of its ``top`` words, ``example_difference`` and
    ``example_difference_corrupted``.  Texts, words, members and answers are facts of each task.
    """
    return over_tasks(_predictions, model, draw_tasks(model, kinds, count, seed), seed=seed, example=example, top=top)


def _predictions(model: LanguageModel, task: Task, *, example: int, top: int, seed: int) -> Result:
    logits = scores.last_logits(model, task.tokens)
    corrupted = scores.last_logits(model, task.corrupted)
    p = scores.probabilities(logits)
    found, other = scores.logit_differences(logits, task), scores.logit_differences(corrupted, task)
    low, high = bootstrap_mean(found, seed)
    rows = np.arange(len(task))
    best = np.argsort(-p[example])[:top]
    at = list(task.member_positions)

    def words(ids: np.ndarray) -> list[str]:
        return [model.tokenizer.decode([int(i)]).strip() for i in ids]

    return Result(
        {
            "accuracy": quantity(100 * (logits.argmax(-1) == task.answers).mean(), unit="%"),
            "p_answer": quantity(100 * p[rows, task.answers].mean(), unit="%"),
            "p_wrong": quantity(100 * p[rows, task.wrong].mean(), unit="%"),
            "difference": quantity(found.mean(), unit="logit"),
            "difference_low": quantity(low, unit="logit"),
            "difference_high": quantity(high, unit="logit"),
            "difference_corrupted": quantity(other.mean(), unit="logit"),
            "example_p": quantity(100 * p[example, best], "word", unit="%"),
            "example_difference": quantity(found[example], unit="logit"),
            "example_difference_corrupted": quantity(other[example], unit="logit"),
            "prompts": quantity(len(task)),
        },
        model=model.name,
        facts={
            "text": task.texts[example],
            "corrupted_text": model.tokenizer.decode(task.corrupted[example][int(task.bos) :]),
            "words": words(best),
            "members": words(task.tokens[example][at]),
            "corrupted_members": words(task.corrupted[example][at]),
            "answer": words(task.answers[[example]])[0],
            "prompts": len(task),
        },
    )


# -- circuits ------------------------------------------------------------------------------------------------------


@analysis("language.knockouts", version=2, libraries=LIBRARIES)
def knockouts(model: LanguageModel, kinds: Sequence[str], count: int, *, seed: int) -> Result:
    """:func:`tapehead.analysis.language.circuit.ablation.knockouts` in the full network, along ``task``."""
    return over_tasks(ablation.knockouts, model, draw_tasks(model, kinds, count, seed), seed=seed)


@analysis("language.circuits", version=3, libraries=LIBRARIES)
def circuits(
    model: LanguageModel,
    kinds: Sequence[str],
    count: int,
    threshold: float = pruning.THRESHOLD,
    draws: int = 0,
    *,
    seed: int,
) -> Result:
    """:func:`tapehead.analysis.language.circuit.pruning.pruning` along ``task``: the search on ``count`` prompts of
    each kind, and what it found judged on ``count`` others, beside ``draws`` random circuits."""
    both = draw_tasks(model, kinds, 2 * count, seed)
    halves = {kind: _halves(task, count) for kind, task in both.items()}
    return stacked(
        {
            kind: pruning.pruning(model, found, other=other, draws=draws, threshold=threshold, seed=seed)
            for kind, (found, other) in halves.items()
        }
    )


def _halves(task: Task, count: int) -> tuple[Task, Task]:
    """The first ``count`` prompts, and those of the others that are not among them."""
    found = task.take(slice(count))
    seen = {row.tobytes() for row in found.tokens}
    return found, task.take([i for i in range(count, len(task)) if task.tokens[i].tobytes() not in seen])


@analysis("language.knockouts_inside", version=2, libraries=LIBRARIES)
def knockouts_inside(model: LanguageModel, circuits: Result, kinds: Sequence[str], count: int, *, seed: int) -> Result:
    """:func:`tapehead.analysis.language.circuit.ablation.knockouts` inside each task's own circuit."""
    inside = circuits_in(circuits)
    tasks = draw_tasks(model, kinds, count, seed)
    return stacked({k: ablation.knockouts(model, task, within=list(inside[k]), seed=seed) for k, task in tasks.items()})


@analysis("language.cross_task", version=3, libraries=LIBRARIES)
def cross_task(
    model: LanguageModel, circuits: Result, kinds: Sequence[str], count: int, draws: int = 0, *, seed: int
) -> Result:
    """:func:`tapehead.analysis.language.circuit.comparisons.cross_task` of the circuits that ``circuits`` found."""
    tasks = draw_tasks(model, kinds, count, seed)
    return comparisons.cross_task(model, tasks, circuits_in(circuits), draws=draws, seed=seed)


@analysis("language.shared_circuit", version=3, libraries=LIBRARIES)
def shared_circuit(
    model: LanguageModel, circuits: Result, kinds: Sequence[str], count: int, draws: int, *, seed: int
) -> Result:
    """:func:`tapehead.analysis.language.circuit.comparisons.shared_circuit` of the circuits that ``circuits`` found."""
    tasks = draw_tasks(model, kinds, count, seed)
    return comparisons.shared_circuit(model, tasks, circuits_in(circuits), draws=draws, seed=seed)


@analysis("language.surgery", version=3, libraries=LIBRARIES)
def surgery(
    model: LanguageModel,
    circuits: Result,
    kinds: Sequence[str],
    count: int,
    draws: int,
    spare: bool = False,
    *,
    seed: int,
) -> Result:
    """Ablate the heads that all circuits share, against random head sets of that size (:func:`comparisons.surgery`)."""
    tasks = draw_tasks(model, kinds, count, seed)
    return comparisons.surgery(model, tasks, circuits_in(circuits), draws=draws, spare=spare, seed=seed)


@analysis("language.sensitivity", version=2, libraries=LIBRARIES)
def sensitivity(
    model: LanguageModel, kinds: Sequence[str], count: int, samples: int, thresholds: Sequence[float], *, seed: int
) -> Result:
    """:func:`tapehead.analysis.language.circuit.pruning.sensitivity` along ``task``; ``samples`` sets of prompts,
    called A, B, …

    Also ``always`` (layer, head), 1 for heads that every variant of every task keeps, and ``always_count``.
    """
    names = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[:samples]
    found = {}
    for kind in kinds:
        drawn = {name: draw_tasks(model, [kind], count, seed + i)[kind] for i, name in enumerate(names)}
        found[kind] = pruning.sensitivity(model, drawn, thresholds=thresholds, seed=seed)
    whole = stacked(found)
    always = np.logical_and.reduce([one["heads"].all(0) for one in found.values()])
    labels = {axis: whole.quantity("heads").labels[axis] for axis in ("layer", "head")}
    extra = {
        "always": quantity(always.astype(int), "layer", "head", labels=labels),
        "always_count": quantity(int(always.sum())),
        "variant_count": quantity(whole["overlap"].shape[1]),
    }
    return replace(whole, quantities={**whole.quantities, **extra})


@analysis("language.edges", version=2, libraries=LIBRARIES)
def edges(model: LanguageModel, circuits: Result, kind: str, count: int, *, seed: int) -> Result:
    """:func:`tapehead.analysis.language.circuit.paths.path_patching` of one kind's circuit."""
    task = draw_tasks(model, [kind], count, seed)[kind]
    return paths.path_patching(model, task, circuits_in(circuits)[kind], seed=seed)


# -- what the parts do ---------------------------------------------------------------------------------------------


@analysis("language.attention", version=1, libraries=LIBRARIES)
def attention_patterns(model: LanguageModel, kinds: Sequence[str], count: int, *, seed: int) -> Result:
    """:func:`tapehead.analysis.language.circuit.attention.attention_patterns` along ``task``."""
    return over_tasks(attention.attention_patterns, model, draw_tasks(model, kinds, count, seed), seed=seed)


@analysis("language.ov_scores", version=1, libraries=LIBRARIES)
def ov_next_and_copy(
    model: LanguageModel, kinds: Sequence[str], count: int, own_input: bool = False, *, seed: int
) -> Result:
    """:func:`tapehead.analysis.language.circuit.ov_scores.ov_scores` along ``task``, for the targets that all kinds
    have."""
    tasks = draw_tasks(model, kinds, count, seed)
    found = {k: ov_scores.ov_scores(model, task, own_input=own_input, seed=seed) for k, task in tasks.items()}
    shared = [
        t
        for t in next(iter(found.values())).quantity("score").labels["target"]
        if all(t in one.quantity("score").labels["target"] for one in found.values())
    ]
    return stacked({kind: with_places(one, "target", shared) for kind, one in found.items()})


@analysis("language.logit_lens", version=2, libraries=LIBRARIES)
def lens(
    model: LanguageModel, kinds: Sequence[str], count: int, top: int = 3, normed: bool = True, *, seed: int
) -> Result:
    """:func:`tapehead.analysis.language.circuit.logit_lens.logit_lens` along ``task``; ``normed=False`` is the lens
    of the paper's table."""
    tasks = draw_tasks(model, kinds, count, seed)
    return over_tasks(logit_lens.logit_lens, model, tasks, seed=seed, top=top, normed=normed)


@analysis("language.attribution", version=1, libraries=LIBRARIES)
def direct_attribution(model: LanguageModel, kinds: Sequence[str], count: int, *, seed: int) -> Result:
    """:func:`tapehead.analysis.language.circuit.attribution.attribution` along ``task``."""
    return over_tasks(attribution.attribution, model, draw_tasks(model, kinds, count, seed), seed=seed)


@analysis("language.patching", version=2, libraries=LIBRARIES)
def activation_patching(
    model: LanguageModel, kinds: Sequence[str], count: int, corruption: str = "repeated", *, seed: int
) -> Result:
    """:func:`tapehead.analysis.language.circuit.patching.activation_patching` along ``task``."""
    tasks = draw_tasks(model, kinds, count, seed)
    return over_tasks(patching.activation_patching, model, tasks, seed=seed, corruption=corruption)


@analysis("language.neurons", version=2, libraries=LIBRARIES)
def neurons(
    model: LanguageModel,
    kinds: Sequence[str],
    count: int,
    permutations: int,
    layer: int = -1,
    corruption: str = "repeated",
    *,
    seed: int,
) -> Result:
    """:func:`tapehead.analysis.language.circuit.patching.neurons` of one MLP, every pair of kinds."""
    tasks = draw_tasks(model, kinds, count, seed)
    lists = draw_tasks(model, kinds, count, seed, pattern="random")
    return patching.neurons(
        model, tasks, lists, layer=layer, permutations=permutations, corruption=corruption, seed=seed
    )
