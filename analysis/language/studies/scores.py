"""Behaviour of a model on sequence tasks: what the model card reports and the selection rule reads.

Nothing here ablates, patches or looks at a head.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from tapehead.analysis.language.models.loading import LanguageModel
from tapehead.analysis.language.tasks.sequences import (
    HELD_OUT_SUBJECTS,
    PAPER_TYPES,
    PAPER_VERBS,
    STRICT_STARTS,
    SUBJECTS,
    held_out_starts,
    sequence,
)
from tapehead.analysis.language.tasks.tasks import Task, sequence_task
from tapehead.analysis.results import Origin, Result, quantity

PROBE_SEED = 20260
"""Seed of the prompts that decide about shipping; the films and tests draw others."""


def last_logits(model: LanguageModel, tokens: np.ndarray, batch: int = 256) -> np.ndarray:
    """Logits (prompts, vocabulary) at the last position of ``tokens`` (prompts, positions), fp32."""
    import torch

    parts = []
    with torch.no_grad():
        for i in range(0, len(tokens), batch):
            ids = torch.tensor(tokens[i : i + batch], device=model.device)
            parts.append(model.hf(ids, use_cache=False, logits_to_keep=1).logits[:, -1].float().cpu().numpy())
    return np.concatenate(parts)


def probabilities(logits: np.ndarray) -> np.ndarray:
    """Softmax over the last axis."""
    shifted = np.exp(logits - logits.max(-1, keepdims=True))
    return shifted / shifted.sum(-1, keepdims=True)


def logit_differences(logits: np.ndarray, task: Task) -> np.ndarray:
    """logit(answer) - logit(wrong) per prompt, of logits (prompts, vocabulary) at the last position."""
    rows = np.arange(len(task))
    return logits[rows, task.answers] - logits[rows, task.wrong]


def _held_out(kind: str, verb: str, start: int) -> bool:
    return start in held_out_starts(kind, verb) or start == STRICT_STARTS[kind]


def _known_subjects() -> tuple[str, ...]:
    return tuple(s for s in SUBJECTS if s not in set(HELD_OUT_SUBJECTS))


def second_last_random(model: LanguageModel, task: Task, kind: str, seed: int = 0) -> np.ndarray:
    """Tokens of ``task`` with m3 replaced by another member of the type, uniformly; (prompts, positions)."""
    from tapehead.analysis.language.models.loading import single_token

    family = sequence(kind)
    ids = np.array([single_token(model, m, "member") for m in family.members[: family.core]])
    rng = np.random.default_rng([seed, 3])
    tokens, at = task.tokens.copy(), task.member_positions[2]
    for row in tokens:
        row[at] = rng.choice(ids[ids != row[at]])
    return tokens


def behaviour(model: LanguageModel, count: int = 480, bos: bool = True, seed: int = PROBE_SEED) -> dict[str, float]:
    """Scores by name, ``group/type``: shares of prompts from 0 to 1, probabilities, logits or cosines.

    Args:
        model: a model with the vocabulary of the tasks.
        count: prompts per type and group; a multiple of 24 is balanced.
        bos: with or without the first token.
        seed: of the prompts.
    """
    known = _known_subjects()
    scores: dict[str, float] = {}
    for kind in PAPER_TYPES:
        family = sequence(kind)
        probes = {
            "held out": {"allowed": lambda v, s, k=kind: _held_out(k, v, s), "subjects": known},
            "strict": {"allowed": lambda _v, s, k=kind: s == STRICT_STARTS[k], "subjects": known},
            "seen": {"allowed": lambda v, s, k=kind: not _held_out(k, v, s), "subjects": known},
            "held-out subjects": {"subjects": HELD_OUT_SUBJECTS},
            "step 2": {"pattern": "step 2"},
            "down": {"pattern": "down"},
            "constant": {"pattern": "constant"},
        }
        for group, options in probes.items():
            task = sequence_task(model, kind, count, bos=bos, seed=seed, **options)  # type: ignore[arg-type]
            logits = last_logits(model, task.tokens)
            scores[f"{group}/{kind}"] = float((logits.argmax(-1) == task.answers).mean())
            if group == "seen":
                scores[f"logit difference/{kind}"] = float(logit_differences(logits, task).mean())
                scores[f"p(answer)/{kind}"] = _mean_probability(logits, task.answers)
                changed = last_logits(model, second_last_random(model, task, kind, seed))
                scores[f"second last random/{kind}"] = _mean_probability(changed, task.answers)
        task = sequence_task(model, kind, 2 * count, pattern="random", bos=bos, seed=seed)
        after = _mean_probability(last_logits(model, task.tokens), task.answers)
        scores[f"random list/{kind}"] = after - 1 / family.core
    scores.update(shared_code(model, count, bos, seed))
    return scores


def _mean_probability(logits: np.ndarray, ids: np.ndarray) -> float:
    return float(probabilities(logits)[np.arange(len(ids)), ids].mean())


def member_code(model: LanguageModel, kind: str, count: int = 480, bos: bool = True, seed: int = 0) -> np.ndarray:
    """Mean residual stream after the first block at each member of the core, centred: (members, width).

    Members are taken from random lists, where each of them comes at each of the four places.
    """
    import torch

    task = sequence_task(model, kind, count, pattern="random", bos=bos, seed=seed)
    family = sequence(kind)
    with torch.no_grad():
        found = model.hf(torch.tensor(task.corrupted, device=model.device), output_hidden_states=True, use_cache=False)
    stream = found.hidden_states[1].float().cpu().numpy()[:, list(task.member_positions)]
    shown = task.corrupted[:, list(task.member_positions)]
    ids = [model.tokenizer(f" {m}", add_special_tokens=False)["input_ids"][0] for m in family.members[: family.core]]
    means = np.stack([stream[shown == i].mean(0) for i in ids])
    return np.asarray(means - means.mean(0))


def shared_code(model: LanguageModel, count: int = 480, bos: bool = True, seed: int = 0) -> dict[str, float]:
    """Mean cosine of members of the same rank for each pair of the paper's types; named ``code/A-B``."""
    codes = {kind: member_code(model, kind, count, bos, seed) for kind in PAPER_TYPES}
    unit = {kind: code / np.linalg.norm(code, axis=1, keepdims=True) for kind, code in codes.items()}
    return {
        f"code/{a}-{b}": float((unit[a] * unit[b]).sum(1).mean()) for a, b in itertools.combinations(PAPER_TYPES, 2)
    }


def as_result(model: LanguageModel, scores: dict[str, float]) -> Result:
    """The scores as a result with axes ``score`` (groups) and ``type``, and ``code`` along ``pair``."""
    groups = list(dict.fromkeys(g for g, kind in _split(scores) if kind in PAPER_TYPES))
    table = [[scores[f"{g}/{kind}"] for kind in PAPER_TYPES] for g in groups]
    pairs = [kind for g, kind in _split(scores) if g == "code"]
    return Result(
        {
            "scores": quantity(table, "score", "type", labels={"score": groups, "type": PAPER_TYPES}),
            "code": quantity([scores[f"code/{p}"] for p in pairs], "pair", labels={"pair": pairs}),
        },
        Origin.COMPUTED,
        model=model.name,
        facts={"model": model.digest, "templates": list(PAPER_VERBS)},
    )


def _split(scores: dict[str, float]) -> Iterator[tuple[str, str]]:
    for name in scores:
        group, _, kind = name.partition("/")
        yield group, kind
