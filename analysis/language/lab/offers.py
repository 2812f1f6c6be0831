"""Which of our own tasks a model does: what to try next where it does not do the one that was asked for.

Measured on a few prompts of each template, by the same baseline as a run's; nothing is remembered about any model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tapehead.analysis.errors import UsageError
from tapehead.analysis.language.lab.ablators import AnyNetwork
from tapehead.analysis.language.lab.baseline import baseline
from tapehead.analysis.language.lab.making import MAKERS, make_rows
from tapehead.analysis.language.lab.prompts import prompt_set
from tapehead.analysis.language.models.loading import LanguageModel
from tapehead.analysis.results import Result

FEW = 16
"""Prompts of each task that is tried."""


@dataclass(frozen=True)
class Offer:
    """A task that the model's tokenizer has the words for, and whether the model does it."""

    task: str
    difference: float
    does: bool


def prefers(part: Result) -> bool:
    """Whether a ``baseline`` leaves something to explain: the whole interval of the mean log odds is above zero."""
    return float(part["difference"]) > 0 and float(part["difference_low"]) > 0


def ahead(part: Result) -> str:
    """A ``baseline`` in words."""
    difference, low, high = (float(part[name]) for name in ("difference", "difference_low", "difference_high"))
    return (
        f"mean log odds {difference:.2f} (95 % {low:.2f} to {high:.2f}), the answer ahead in "
        f"{float(part['prefers']):.0f} % of prompts"
    )


def offers(model: LanguageModel, network: AnyNetwork, but: str = "", seed: int = 0) -> list[Offer]:
    """All tasks of ours that can be made for this model, but one; how well it does each, on :data:`FEW` prompts.

    A task is called done if answers are also clearly ahead of answers that are dealt to other prompts.
    """
    found = []
    for task in MAKERS:
        if task == but:
            continue
        try:
            rows = make_rows(model, task, FEW, seed)
        except UsageError:  # its tokenizer lacks the words
            continue
        part = baseline(network, prompt_set(model, task, rows), seed=seed)
        found.append(Offer(task, float(part["difference"]), prefers(part) and bool(part["clear"])))
    return found


def instead(found: Sequence[Offer], name: str) -> str:
    """One sentence: what this model can be asked instead."""
    done = [one for one in found if one.does]
    if done:
        listed = ", ".join(f"{one.task} (log odds {one.difference:.2f})" for one in done)
        return f"Of our tasks '{name}' does {listed}: tapehead circuit --make {done[0].task}, with the same --model"
    tried = f" (tried: {', '.join(one.task for one in found)})" if found else ""
    return f"Of our other tasks '{name}' does none{tried}; another model may: --model gpt2"
