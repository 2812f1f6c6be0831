"""Does the model do the task at all, and is that more than a liking for the answers' words?"""

from __future__ import annotations

from typing import Any

import numpy as np

from tapehead.analysis.bootstrap import bootstrap_mean, bootstrap_ratio
from tapehead.analysis.language.lab.ablators import AnyNetwork
from tapehead.analysis.language.lab.networks import several
from tapehead.analysis.language.lab.passes import portions
from tapehead.analysis.language.lab.prompts import PromptSet
from tapehead.analysis.results import Quantity, Result, quantity

DEALS = 9999
FEW_GROUPS = 3
"""With fewer groups an interval over groups says nothing."""
RARE = 0.01


def last_logits(network: AnyNetwork, prompts: PromptSet, corrupted: bool = False) -> np.ndarray:
    """Logits (prompts, vocabulary) at the last position."""
    import torch

    found: np.ndarray | None = None
    with torch.no_grad():
        for portion in portions(network, prompts):
            x = network.embed(portion.corrupted if corrupted else portion.clean)
            for layer in range(network.layers):
                x = network.after(layer, x, network.all_z(layer, x), last=layer == network.layers - 1)
            logits = network.logits(x[:, -1]).float()
            if found is None:
                found = np.empty((len(prompts), logits.shape[-1]), dtype=np.float32)
            found[portion.rows] = logits.cpu().numpy()
    assert found is not None, "a prompt set is never empty"
    return found


def answer_ids(prompts: PromptSet) -> tuple[np.ndarray, np.ndarray]:
    """Ids of answers and of wrong answers, (prompts, k) each, -1 where there is none."""
    return (
        prompts.gather([several(cell.task.answers) for cell in prompts.cells]),
        prompts.gather([several(cell.task.wrong) for cell in prompts.cells]),
    )


def odds(logits: np.ndarray, answers: np.ndarray, wrong: np.ndarray) -> np.ndarray:
    """Log odds (n,) of logits (n, vocabulary); answers and wrong (n, k), -1 where there is none."""

    def together(ids: np.ndarray) -> np.ndarray:
        values = np.take_along_axis(logits.astype(float), np.maximum(ids, 0), 1)
        found: np.ndarray = np.logaddexp.reduce(np.where(ids >= 0, values, -np.inf), axis=1)
        return found

    return together(answers) - together(wrong)


def baseline(network: AnyNetwork, prompts: PromptSet, *, seed: int = 0) -> Result:
    """The part ``baseline``; see :mod:`tapehead.analysis.language.lab.results`."""
    clean = last_logits(network, prompts)
    answers, wrong = answer_ids(prompts)
    found = odds(clean, answers, wrong)
    corrupted = odds(last_logits(network, prompts, corrupted=True), answers, wrong)
    shuffled, p = _dealt(clean, answers, wrong, found, corrupted, seed)
    best = clean.argmax(1)

    values: dict[str, Any] = {"there": 1}
    for name, row in (("difference", found), ("corrupted", corrupted)):
        low, high = bootstrap_mean(row, seed)
        values |= {name: row.mean(), f"{name}_low": low, f"{name}_high": high}
    names = prompts.group_names
    member = np.array([[group == name for group in prompts.groups] for name in names])
    counts = member.sum(1)
    over_groups: tuple[Any, Any] = (np.nan, np.nan)
    if len(names) >= FEW_GROUPS:
        over_groups = bootstrap_ratio(member @ found, counts, seed)
    clear = found.mean() > 0 and values["difference_low"] > 0 and p <= RARE
    values |= {
        "groups_low": over_groups[0],
        "groups_high": over_groups[1],
        "shuffled": shuffled,
        "p": p,
        "prefers": 100 * (found > 0).mean(),
        "top1": 100 * (answers == best[:, None]).any(1).mean(),
        "clear": int(clear),
    }
    units = {"p": "1", "clear": "1", "there": "1", "prefers": "%", "top1": "%"}
    quantities: dict[str, Quantity] = {
        name: quantity(value, unit=units.get(name, "logit")) for name, value in values.items()
    }
    at = {"group": [name or "all" for name in names]}
    ends = np.array([bootstrap_mean(found[which], seed) for which in member])
    for name, row in (
        ("group_difference", member @ found / counts),
        ("group_low", ends[:, 0]),
        ("group_high", ends[:, 1]),
    ):
        quantities[name] = quantity(row, "group", unit="logit", labels=at)
    quantities["group_prompts"] = quantity(counts, "group", labels=at)
    quantities["each"] = quantity(found, "prompt", unit="logit")
    quantities["each_corrupted"] = quantity(corrupted, "prompt", unit="logit")
    return Result(quantities, model=network.name, facts={"model": network.digest, "task": prompts.name})


def _dealt(
    logits: np.ndarray,
    answers: np.ndarray,
    wrong: np.ndarray,
    found: np.ndarray,
    corrupted: np.ndarray,
    seed: int,
) -> tuple[float, float]:
    """Mean log odds when answers are dealt out to other prompts, and how often that is as good as the right deal.

    If all prompts have the same answers dealing changes nothing; the corrupted prompts are the control then, and the
    signs of clean − corrupted are tossed instead.
    """
    rng = np.random.default_rng([seed, 0xDEA1])
    n = len(found)
    if (answers == answers[0]).all() and (wrong == wrong[0]).all():
        gap = found - corrupted
        tossed = rng.choice([-1.0, 1.0], (DEALS, n)) @ gap / n
        return float(corrupted.mean()), float((1 + (tossed >= gap.mean() - 1e-12).sum()) / (1 + DEALS))
    every = np.stack([odds(logits, answers[[j] * n], wrong[[j] * n]) for j in range(n)], axis=1)
    deals = np.argsort(rng.random((DEALS, n)), axis=1)
    means = every[np.arange(n), deals].mean(1)
    return float(means.mean()), float((1 + (means >= found.mean() - 1e-12).sum()) / (1 + DEALS))
