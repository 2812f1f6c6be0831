"""The fast ablation engine beside the naive one: every component alone, and the first decisions of a pruning."""

from __future__ import annotations

from itertools import islice

from tapehead.analysis.language.circuit.ablation import Ablator
from tapehead.analysis.language.circuit.naive import NaiveAblation
from tapehead.analysis.language.circuit.pruning import THRESHOLD, scan_order
from tapehead.analysis.language.models.components import Component
from tapehead.analysis.language.models.forward import Network
from tapehead.analysis.language.models.loading import LanguageModel
from tapehead.analysis.language.tasks.tasks import Task
from tapehead.analysis.results import Result, quantity

PREFIX = 40
"""Decisions of the first backward pass that are compared."""


def equivalence(model: LanguageModel, task: Task, *, prefix: int = PREFIX) -> Result:
    """Mean logit differences of both, in logits: no per cents, since a model may not do the task at all.

    Quantities: ``full`` (way), with nothing ablated; ``alone`` (way, component), every head and MLP on its own;
    ``trace`` (way, step), along the paper's backward pass, with the *fast* engine's decisions; ``limit`` (way), what
    has to be left; ``removed`` (way, step), what each would decide.  ``way`` is fast or naive.
    """
    fast = Ablator(Network(model), task)
    naive = NaiveAblation(model.hf, task.tokens, task.corrupted, task.answers, task.wrong, model.device)
    heads = [Component(layer, head) for layer in range(model.layers) for head in range(model.heads)]
    parts = [*heads, *(Component(layer) for layer in range(model.layers))]
    everything = fast.everything

    full = [float(fast.differences(everything).mean()), float(naive.differences().mean())]
    alone = [
        [float(fast.differences(everything.without(one), pivot=one.layer).mean()) for one in parts],
        [float(naive.differences([one]).mean()) for one in parts],
    ]
    circuit, tried = everything, list[str]()
    gone: list[Component] = []
    trace: list[list[float]] = [[], []]
    removed: list[list[int]] = [[], []]
    limits = [THRESHOLD / 100 * value for value in full]
    for one in islice(scan_order(model.layers, model.heads, backward=True), prefix):
        candidate = circuit.without(one)
        scores = fast.differences(candidate, pivot=one.layer), naive.differences([*gone, one])
        for way, score in enumerate(scores):
            trace[way].append(float(score.mean()))
            removed[way].append(int(trace[way][-1] > limits[way]))
        tried.append(str(one))
        if removed[0][-1]:
            circuit, gone = candidate, [*gone, one]

    ways = {"way": ("fast", "naive")}
    steps = ways | {"step": tried}
    return Result(
        {
            "full": quantity(full, "way", unit="logit", labels=ways),
            "alone": quantity(
                alone, "way", "component", unit="logit", labels=ways | {"component": [str(p) for p in parts]}
            ),
            "trace": quantity(trace, "way", "step", unit="logit", labels=steps),
            "removed": quantity(removed, "way", "step", labels=steps),
            "limit": quantity(limits, "way", unit="logit", labels=ways),
        },
        model=model.name,
        facts={"model": model.digest, "task": task.name, "prompts": len(task)},
    )
