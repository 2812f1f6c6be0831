"""What heads write when they look at a member: the member itself (copy), the next one (next), or something else.

The measure is that of Lan, Torr & Barez (arXiv 2311.04131), after Gould et al. (Successor Heads, arXiv 2312.09230):
no attention pattern takes part, only the value and output weights of one head.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tapehead.analysis.bootstrap import bootstrap_ratio
from tapehead.analysis.errors import UsageError
from tapehead.analysis.language.circuit.activations import BATCH, activations, layer_labels, measured_on
from tapehead.analysis.language.models.loading import LanguageModel
from tapehead.analysis.language.tasks.sequences import SEQUENCES
from tapehead.analysis.language.tasks.sequences import Sequence as Family
from tapehead.analysis.language.tasks.task_tokens import answer_words, family_of, forms, shown_members
from tapehead.analysis.language.tasks.tasks import Task
from tapehead.analysis.results import Quantity, Result, quantity

TOP = 5
"""A target counts as written if it is among this many most likely words: the paper's choice."""

ANY = "any member"


def target_words(family: Family, word: str) -> dict[str, str | None]:
    """Per kind of target the word that a head should write at ``word``; ``None`` where there is none.

    For months there is also ``next ordinal`` (February: third), which is what the paper counts as next.
    """
    place, size = family.members.index(word), len(family.members)

    def at(other: int) -> str | None:
        if family.cyclic:
            return family.members[other % size]
        return family.members[other] if 0 <= other < size else None

    targets = {"next": at(place + 1), "copy": word, "previous": at(place - 1)}
    if family.name == "months":
        ordinals = SEQUENCES["ordinals"].members
        targets["next ordinal"] = ordinals[(place + 1) % len(ordinals)]
    return targets


def ov_scores(
    model: LanguageModel, task: Task, top: int = TOP, own_input: bool = False, *, seed: int = 0, batch: int = BATCH
) -> Result:
    """Next and copy scores of every head, over every member that the task's clean prompts show.

    The residual stream after block 0, at a member, goes through the layer's first LayerNorm (its own scale and shift:
    that is what one LayerNorm with folded weights amounts to), a head's W_V and b_V, its W_O, the final LayerNorm and
    the unembedding.  It is a hit if the target word, with or without its space, is among the ``top`` words.
    Heads of block 0 never see that stream; with ``own_input=True`` every head reads what its own layer reads.

    Quantities, in percent of members: ``score`` and ``score_top1`` (target, layer, head), with ``score_low`` and
    ``score_high``, a 95 % bootstrap interval over prompts; ``mean`` and ``mean_top1`` (target), over all heads;
    ``chance`` and ``chance_top1`` (target), for words drawn at random from the vocabulary.  ``keywords`` (target), how
    many members were counted; those whose target does not exist or is not one token are not.
    Targets are "next", "copy", "previous", for months "next ordinal", and as a control "any member": the share of hits
    if the target is drawn from all members of the task.  A head that writes members whatever it looks at has next
    scores no higher than that.

    Raises:
        UsageError: ``top`` is not between 1 and the vocabulary, or the members belong to no one family.
    """
    if not 1 <= top <= model.words:
        raise UsageError(f"top has to be from 1 to {model.words}, the words of '{model.name}'; found {top}")
    family = family_of(model, task)
    words = shown_members(model, task)
    wanted = {w: target_words(family, w) for w in sorted({str(w) for w in words.ravel()})}
    ids = {w: forms(model, w) for w in {t for found in wanted.values() for t in found.values() if t}}
    kinds = list(next(iter(wanted.values())))
    # (kind, prompt, member, form); -1 is no id, and no word has it.
    targets = np.full((len(kinds), *words.shape, 2), -1)
    for word, found in wanted.items():
        for k, kind in enumerate(kinds):
            for f, token in enumerate(ids.get(found[kind] or "", ())):
                targets[k, words == word, f] = token
    present = sorted({str(w) for w in [*words.ravel(), *answer_words(model, task)]})
    drawn_from = [forms(model, w) for w in present]

    hits = {n: np.zeros((len(kinds) + 1, len(task), model.layers, model.heads)) for n in (top, 1)}
    counted = np.asarray((targets >= 0).any(-1))
    at = list(task.member_positions)
    read = [f"blocks.{i}.hook_resid_pre" if own_input else "blocks.0.hook_resid_post" for i in range(model.layers)]
    for which, _logits, seen in activations(model, task.tokens, sorted(set(read)), batch):
        for layer, name in enumerate(read):
            for head, best in enumerate(_written(model, seen[name][:, at], layer, top)):
                for n, into in hits.items():
                    for k in range(len(kinds)):
                        into[k, which, layer, head] = _among(best[..., :n], targets[k, which]).sum(-1)
                    every = [np.isin(best[..., :n], own).any(-1) for own in drawn_from]
                    into[-1, which, layer, head] = np.mean(every, 0).sum(-1)
    below = np.concatenate([counted.sum(-1), np.full((1, len(task)), words.shape[1])])  # members counted, per prompt
    names = [*kinds, ANY]
    used = [k for k in range(len(names)) if below[k].any()]
    share = {n: np.stack([100 * into[k].sum(0) / below[k].sum() for k in used]) for n, into in hits.items()}
    ends = [bootstrap_ratio(100 * hits[top][k], below[k], seed) for k in used]
    spread = (targets >= 0).sum(-1)
    chances = {n: [_chance(spread[k][counted[k]], n, model.words) for k in used[:-1]] for n in (top, 1)}
    lone = np.array([len(own) for own in drawn_from])

    labels = {**layer_labels(model), "target": tuple(names[k] for k in used)}

    def per_head(values: Any) -> Quantity:
        return quantity(values, "target", "layer", "head", unit="%", labels=labels)

    def per_target(values: Any, unit: str = "%") -> Quantity:
        return quantity(values, "target", unit=unit, labels={"target": labels["target"]})

    return Result(
        {
            "score": per_head(share[top]),
            "score_low": per_head(np.stack([low for low, _high in ends])),
            "score_high": per_head(np.stack([high for _low, high in ends])),
            "score_top1": per_head(share[1]),
            "mean": per_target(share[top].mean((1, 2))),
            "mean_top1": per_target(share[1].mean((1, 2))),
            "chance": per_target([*chances[top], _chance(lone, top, model.words)]),
            "chance_top1": per_target([*chances[1], _chance(lone, 1, model.words)]),
            "keywords": per_target(below[used].sum(-1), unit="members"),
            "top": quantity(top, unit="words"),
        },
        model=model.name,
        facts=measured_on(model, task, seed)
        | {
            "family": family.name,
            "members": present,
            "vocabulary": model.words,
            "read": "each layer's own input" if own_input else "residual stream after block 0",
        },
    )


def _written(model: LanguageModel, stream: Any, layer: int, top: int) -> list[np.ndarray]:
    """Ids of the ``top`` words, most likely first, that each head of a layer writes at ``stream`` (..., width)."""
    import torch

    hf = model.hf.transformer
    block, width = hf.h[layer], model.hf.config.n_embd
    size = width // model.heads
    with torch.no_grad():
        read = block.ln_1(stream)
        value = read @ block.attn.c_attn.weight[:, 2 * width :] + block.attn.c_attn.bias[2 * width :]
        best = []
        for head in range(model.heads):
            own = slice(head * size, (head + 1) * size)
            logits = model.hf.lm_head(hf.ln_f(value[..., own] @ block.attn.c_proj.weight[own]))
            best.append(logits.topk(top, dim=-1).indices.cpu().numpy())
    return best


def _among(best: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Whether one of ``targets`` (..., forms) is in ``best`` (..., top)."""
    return np.asarray((best[..., :, None] == targets[..., None, :]).any((-1, -2)))


def _chance(targets: np.ndarray, top: int, words: int) -> float:
    """Percent hits of ``top`` different words drawn at random, mean over members with so many ids as ``targets``."""
    missed = np.ones(len(targets))
    for j in range(int(targets.max())):
        missed *= np.where(j < targets, (words - top - j) / (words - j), 1)
    return float(100 * (1 - missed).mean())
