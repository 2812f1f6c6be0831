"""The story of the paper as films declare it: published numbers, or the same ones recomputed.

With the embedded model each analysis gives what was published for GPT-2 small; with GPT-2 small at hand it measures
the same quantities, under the same names and axes, and the badge on screen changes by itself.  Prompts are our own
(``count`` per task) and circuits are found anew, so recomputed numbers differ from the published ones within what
``tapehead verify circuits`` reports.
"""

from __future__ import annotations

from collections.abc import Callable
from weakref import WeakKeyDictionary

from tapehead.analysis.errors import UsageError
from tapehead.analysis.language.circuit.ablation import Ablator
from tapehead.analysis.language.models.forward import Network
from tapehead.analysis.language.models.loading import EMBEDDED, LanguageModel, model_digest
from tapehead.analysis.language.published import results as published
from tapehead.analysis.language.published.published_file import VERSION, published_circuits
from tapehead.analysis.language.studies import recomputed as anew
from tapehead.analysis.language.studies.recomputed import Pruned, drawn_tasks
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result

LIBRARIES = ("numpy", "torch", "transformers", "transformer_lens")
COUNT = 192
"""Prompts per task: eight for each of three templates and eight starts."""

VERSION = VERSION + 0
"""Of all analyses below: the published file's, plus a number to raise when what is measured here changes."""

_WIDTH, _WORDS = 768, 50257


def has_paper_shape(model: LanguageModel) -> bool:
    """Whether the published numbers can be about this model: GPT-2 small's layers, heads, width and vocabulary."""
    found = published_circuits()
    shape = (model.layers, model.heads, int(model.hf.config.n_embd), model.words)
    return shape == (found.layers, found.heads, _WIDTH, _WORDS)


def is_embedded(model: LanguageModel) -> bool:
    """Whether this is the embedded model itself, and not a directory of the same name."""
    return model.name == EMBEDDED and model.digest == model_digest(EMBEDDED)


def told(model: LanguageModel, known: Callable[[], Result], measure: Callable[[], Result]) -> Result:
    """What is published, if the model is the embedded one; what is measured, if it is GPT-2 small.

    Raises:
        UsageError: it is another model, and the story is not about it.
    """
    if is_embedded(model):
        return known()
    if has_paper_shape(model):
        return measure()
    raise UsageError(
        f"this film's story is about GPT-2 small (12 layers of 12 heads, width {_WIDTH}, {_WORDS} words), and "
        f"'{model.name}' has {model.layers} layers of {model.heads} heads, width {model.hf.config.n_embd}, "
        f"{model.words} words: take --model gpt2, or leave out --model for the published numbers"
    )


_found: WeakKeyDictionary[LanguageModel, dict[tuple[str, int, int], Pruned]] = WeakKeyDictionary()
"""Prunings of the models in use: several analyses of a film need the same, and each takes minutes."""


def _pruned(model: LanguageModel, task: str, count: int, seed: int) -> Pruned:
    kept = _found.setdefault(model, {})
    key = (task, count, seed)
    if key not in kept:
        kept[key] = anew.pruned(_ablator(model, task, count, seed))
    return kept[key]


def _ablator(model: LanguageModel, task: str, count: int, seed: int) -> Ablator:
    return Ablator(Network(model), drawn_tasks(model, [task], count, seed, bos=False)[task])


def _tasks() -> tuple[str, ...]:
    return published_circuits().tasks


def _known(task: str) -> str:
    """The task's name, if something is published about it."""
    published_circuits().table("circuits", task)
    return task


@analysis("paper.circuits", VERSION, LIBRARIES)
def circuits(model: LanguageModel, count: int = COUNT, *, seed: int) -> Result:
    """The three circuits and what they share: ``published.results.circuits``, or found by pruning."""

    def measure() -> Result:
        return anew.circuits_result(model, {t: _pruned(model, t, count, seed) for t in _tasks()}, count)

    return told(model, published.circuits, measure)


@analysis("paper.pruning", VERSION, LIBRARIES)
def pruning(model: LanguageModel, task: str, count: int = COUNT, *, seed: int) -> Result:
    """One task's pruning trace: ``published.results.pruning``, or run again."""

    def measure() -> Result:
        return anew.pruning_result(model, _known(task), _pruned(model, task, count, seed), count)

    return told(model, lambda: published.pruning(task), measure)


@analysis("paper.knockouts", VERSION, LIBRARIES)
def knockouts(model: LanguageModel, count: int = COUNT, *, seed: int) -> Result:
    """One component ablated at a time: ``published.results.knockouts``, or measured, in circuits found
    here."""

    def measure() -> Result:
        found = {
            t: anew.knocked(_ablator(model, t, count, seed), _pruned(model, t, count, seed).circuit) for t in _tasks()
        }
        return anew.knockouts_result(model, found, count)

    return told(model, published.knockouts, measure)


@analysis("paper.cross_task", VERSION, LIBRARIES)
def cross_task(model: LanguageModel, count: int = COUNT, *, seed: int) -> Result:
    """Each task through each circuit: ``published.results.cross_task``, or measured, with circuits found
    here.

    The two head sets that are no task's circuit are the published ones in both.
    """

    def measure() -> Result:
        circuits = anew.with_others({t: _pruned(model, t, count, seed).circuit for t in _tasks()})
        rows = {}
        for task in _tasks():
            ablator = _ablator(model, task, count, seed)
            rows[task] = [ablator.score(circuit) for circuit in circuits.values()]
        return anew.cross_task_result(model, circuits, rows, count)

    return told(model, published.cross_task, measure)


@analysis("paper.ov_scores", VERSION, LIBRARIES)
def ov_scores(model: LanguageModel, task: str, *, seed: int) -> Result:
    """Next and copy scores of heads: ``published.results.ov_scores``, or measured for all heads.

    The prompts are all runs of four members, so there is no number of them to choose.
    """
    return told(model, lambda: published.ov_scores(task), lambda: anew.ov_result(model, _known(task), seed))


@analysis("paper.attention", VERSION, LIBRARIES)
def attention(model: LanguageModel, count: int = COUNT, *, seed: int) -> Result:
    """Where some heads look: ``published.results.attention``, or measured, with the first token as
    there."""

    def measure() -> Result:
        return anew.attention_result(model, drawn_tasks(model, _tasks(), count, seed, bos=True), seed)

    return told(model, published.attention, measure)


@analysis("paper.logit_lens", VERSION, LIBRARIES)
def logit_lens(model: LanguageModel, count: int = COUNT, *, seed: int) -> Result:
    """How often the answer appears between blocks 8 and 9: ``published.results.logit_lens``, or
    measured."""

    def measure() -> Result:
        return anew.lens_result(model, drawn_tasks(model, _tasks(), count, seed, bos=False), seed)

    return told(model, published.logit_lens, measure)


@analysis("paper.next_word", VERSION, LIBRARIES)
def next_word(model: LanguageModel, *, seed: int) -> Result:
    """What follows "1 2 3 4": ``published.results.next_word``, or measured."""
    return told(model, published.next_word, lambda: anew.next_word_result(model))
