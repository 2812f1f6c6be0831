"""The logit lens: what the model would answer if it stopped after each block (nostalgebraist 2020)."""

from __future__ import annotations

from typing import Any

import numpy as np

from tapehead.analysis.bootstrap import bootstrap_mean
from tapehead.analysis.errors import UsageError
from tapehead.analysis.language.circuit.activations import BATCH, activations, measured_on
from tapehead.analysis.language.models.loading import LanguageModel
from tapehead.analysis.language.tasks.task_tokens import answer_words, family_of, shown_members, words_of
from tapehead.analysis.language.tasks.tasks import Task
from tapehead.analysis.results import Quantity, Result, quantity

SAYS = ("answer", "last member", "earlier member", "another member", "other")
"""What the most likely word can be: the answer, m4, one of m1..m3, another of the family, any other word."""


def logit_lens(
    model: LanguageModel,
    task: Task,
    example: int = 0,
    top: int = 5,
    normed: bool = True,
    *,
    seed: int = 0,
    batch: int = BATCH,
) -> Result:
    """Read the last position's residual stream as words, before the first block and after each one.

    Every row goes through the final LayerNorm once, the last one too (whose logits are then the model's own), and
    through the unembedding.  With ``normed=False`` only the last row does, which is how the paper's table was made.

    The axis ``row`` is "embedding", "block 0", …; ``block`` is the same without the embedding.  Quantities:
    ``top1`` (prompt, row), vocabulary ids; ``says`` (row, what), shares of prompts whose most likely word is
    what :data:`SAYS` names, with or without its space; an answer that is also the last member counts as the answer.
    ``p_answer``, ``p_last`` (row), mean probabilities of answer and last member, with ``_low`` and ``_high``, 95 %
    bootstrap intervals over prompts; ``rank`` (prompt, row), the answer's rank from 1, and ``rank_median`` (row).
    ``flip`` (block), share of prompts whose top word is the answer after this block and, one row before, a member that
    comes earlier in the family (the paper's test, there between blocks 8 and 9), with ``flip_low``, ``flip_high``;
    ``flips`` the number of such prompts.
    ``example`` (row, place), probabilities of the ``top`` words of prompt ``example``; the words are the fact
    ``example_words``, a list per row.

    Raises:
        UsageError: there is no prompt ``example``, or ``top`` is not between 1 and the vocabulary.
    """
    if not 0 <= example < len(task):
        raise UsageError(f"task '{task.name}' has prompts 0 to {len(task) - 1}; asked for the lens of {example}")
    if not 1 <= top <= model.words:
        raise UsageError(f"top has to be from 1 to {model.words}, the words of '{model.name}'; found {top}")
    rows = ["embedding", *(f"block {i}" for i in range(model.layers))]
    best = np.empty((len(task), len(rows)), dtype=np.int64)
    rank = np.empty_like(best)
    chances = np.empty((2, len(task), len(rows)))  # of answer and last member
    last_member = task.tokens[:, task.member_positions[-1]]
    leading: Any = None
    import torch

    for which, logits in _rows(model, task, normed, batch):
        odds = logits.log_softmax(-1)
        best[which] = odds.argmax(-1).cpu().numpy()
        ids = torch.tensor(np.stack([task.answers[which], last_member[which]]), device=model.device)
        found = [odds.gather(-1, own[:, None, None].expand(-1, len(rows), 1)) for own in ids]
        chances[:, which] = torch.stack(found).squeeze(-1).exp().cpu().numpy()
        rank[which] = 1 + (odds > found[0]).sum(-1).cpu().numpy()
        if which.start <= example < which.stop:
            leading = odds[example - which.start].exp().topk(top, dim=-1)

    says, flipped = _told(model, task, best)
    each = {"p_answer": chances[0], "p_last": chances[1]}
    labels = {"row": tuple(rows), "what": SAYS, "block": tuple(rows[1:]), "place": tuple(map(str, range(1, top + 1)))}

    def found_as(values: Any, *axes: str, unit: str = "1") -> Quantity:
        return quantity(values, *axes, unit=unit, labels={a: labels[a] for a in axes if a in labels})

    quantities = {
        "top1": found_as(best, "prompt", "row", unit="token id"),
        "says": found_as(np.stack([(says == k).mean(0) for k in range(len(SAYS))], -1), "row", "what"),
        "rank": found_as(rank, "prompt", "row"),
        "rank_median": found_as(np.median(rank, 0), "row"),
        "flips": found_as(flipped.sum(0), "block", unit="prompts"),
        "example": found_as(leading.values.cpu().numpy(), "row", "place"),
    }
    for name, axis, values in (*((n, "row", v) for n, v in each.items()), ("flip", "block", flipped)):
        low, high = bootstrap_mean(values, seed)
        for suffix, what in (("", values.mean(0)), ("_low", low), ("_high", high)):
            quantities[name + suffix] = found_as(what, axis)
    facts = measured_on(model, task, seed) | {
        "example": example,
        "text": task.texts[example],
        "example_words": [[str(w) for w in row] for row in words_of(model, leading.indices.cpu().numpy())],
        "final LayerNorm": "every row, once" if normed else "last row only, once",
    }
    return Result(quantities, model=model.name, facts=facts)


def _rows(model: LanguageModel, task: Task, normed: bool, batch: int) -> Any:
    """Per batch which prompts, and logits (batch, row, vocabulary) at their last position."""
    import torch

    # Residual streams themselves: transformers' hidden_states have the last one normed already, the others not.
    names = ["blocks.0.hook_resid_pre", *(f"blocks.{i}.hook_resid_post" for i in range(model.layers))]
    for which, _logits, seen in activations(model, task.tokens, names, batch):
        with torch.no_grad():
            stream = torch.stack([seen[name][:, -1] for name in names], 1)
            ready = model.hf.transformer.ln_f(stream)
            if not normed:
                ready = torch.cat([stream[:, :-1], ready[:, -1:]], 1)
            yield which, model.hf.lm_head(ready)


def _told(model: LanguageModel, task: Task, best: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the top words ``best`` (prompt, row) are, as places in :data:`SAYS`; and flips, (prompt, block)."""
    words, shown, answers = words_of(model, best), shown_members(model, task), answer_words(model, task)
    members = {w: i for i, w in enumerate(family_of(model, task).members)}
    place = np.array([[members.get(w, -1) for w in row] for row in words])
    says = np.where(place >= 0, SAYS.index("another member"), SAYS.index("other"))
    for name, matches in (
        ("earlier member", (words[:, :, None] == shown[:, None, :-1]).any(-1)),
        ("last member", words == shown[:, -1:]),
        ("answer", words == answers[:, None]),
    ):
        says[matches] = SAYS.index(name)
    right = np.array([members[str(w)] for w in answers])[:, None]
    flipped = (place[:, 1:] == right) & (place[:, :-1] >= 0) & (place[:, :-1] < right)
    return says, flipped
