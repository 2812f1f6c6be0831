"""Where heads look: attention patterns, their mean over prompts, and how much of them falls on which words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tapehead.analysis.bootstrap import bootstrap_mean
from tapehead.analysis.errors import UsageError
from tapehead.analysis.language.circuit.activations import BATCH, activations, layer_labels, measured_on
from tapehead.analysis.language.models.loading import LanguageModel
from tapehead.analysis.language.tasks.task_tokens import words_of
from tapehead.analysis.language.tasks.tasks import Task
from tapehead.analysis.results import Quantity, Result, quantity

KINDS = ("members", "in", "bos", "self", "other")


def key_groups(task: Task) -> dict[str, tuple[int, ...]]:
    """Which positions are what, read off the tokens: ``m1`` … , ``in1`` … , ``bos``, ``other``; they share no position.

    An ``in`` is an earlier place where every prompt has the token that it ends with; a plain list has none.
    """
    groups = {f"m{k + 1}": (at,) for k, at in enumerate(task.member_positions)}
    first = (0,) if task.bos else ()
    taken = {*task.member_positions, *first}
    rest = [p for p in range(task.last + 1) if p not in taken]
    same = [p for p in rest if p != task.last and (task.tokens[:, p] == task.tokens[:, task.last]).all()]
    groups |= {f"in{k + 1}": (at,) for k, at in enumerate(same)}
    return groups | {"bos": first, "other": tuple(p for p in rest if p not in same)}


def group_mass(rows: np.ndarray, query: int, groups: Mapping[str, Sequence[int]]) -> np.ndarray:
    """Attention of a query per group of keys, (..., group): first ``self``, its own place, then each group without it.

    Args:
        rows: (..., key), the query's row of a pattern.
        query: its position.
        groups: positions by name, as :func:`key_groups` finds them.
    """
    parts = [rows[..., [key for key in keys if key != query]].sum(-1) for keys in groups.values()]
    return np.stack([rows[..., query], *parts], -1)


def kind_of(group: str) -> str:
    """Members and ``in`` words lose their number: ``m3`` is of kind ``members``."""
    stem = group.rstrip("0123456789")
    return {"m": "members"}.get(stem, stem)


def attention_patterns(
    model: LanguageModel, task: Task, example: int = 0, *, seed: int = 0, batch: int = BATCH
) -> Result:
    """Mean attention pattern of every head, one prompt's pattern, and the mass on groups of positions.

    Quantities: ``pattern`` (layer, head, query, key), mean over prompts; ``example`` the same of prompt ``example``,
    whose tokens are the fact ``words``; ``last`` (layer, head, key), the row of the last position, with ``last_low``
    and ``last_high``, a 95 % bootstrap interval over prompts.
    ``mass`` (layer, head, query, group), how much of each row falls on m1 …, in1 …, bos, other, self (a query's own
    place, whatever stands there); ``last_mass``, ``last_mass_low``, ``last_mass_high`` (layer, head, group) for the
    last position; ``last_kind``, ``last_kind_low``, ``last_kind_high`` (layer, head, kind), the same with members and
    ``in`` words taken together.  ``uniform`` (group) and ``uniform_kind`` (kind) are the control: what the last
    position would give if it looked everywhere alike.
    Queries and keys are labelled with the task's position labels.

    Raises:
        UsageError: there is no prompt ``example``.
    """
    if not 0 <= example < len(task):
        raise UsageError(f"task '{task.name}' has prompts 0 to {len(task) - 1}; asked for the pattern of {example}")
    names = [f"blocks.{layer}.attn.hook_pattern" for layer in range(model.layers)]
    size = task.last + 1
    total = np.zeros((model.layers, model.heads, size, size))
    last = np.empty((len(task), model.layers, model.heads, size))
    one = np.empty_like(total)
    for which, _logits, seen in activations(model, task.tokens, names, batch):
        for layer, name in enumerate(names):
            found = seen[name].double()
            total[layer] += found.sum(0).cpu().numpy()
            last[which, layer] = found[:, :, -1].cpu().numpy()
            if which.start <= example < which.stop:
                one[layer] = found[example - which.start].cpu().numpy()
    pattern = total / len(task)

    groups = key_groups(task)
    order = ["self", *groups]
    kinds = np.array([[kind_of(g) == k for k in KINDS] for g in order], dtype=float)  # (group, kind)
    mass = np.stack([group_mass(pattern[..., q, :], q, groups) for q in range(size)], -2)
    each = group_mass(last, task.last, groups)
    uniform = group_mass(np.full(size, 1 / size), task.last, groups)

    at = {"query": task.position_labels, "key": task.position_labels}
    labels = {**layer_labels(model), **at, "group": order, "kind": KINDS}

    def found_as(values: np.ndarray, *axes: str) -> Quantity:
        return quantity(values, *axes, labels={a: labels[a] for a in axes})

    quantities = {
        "pattern": found_as(pattern, "layer", "head", "query", "key"),
        "example": found_as(one, "layer", "head", "query", "key"),
        "mass": found_as(mass, "layer", "head", "query", "group"),
        "uniform": found_as(uniform, "group"),
        "uniform_kind": found_as(uniform @ kinds, "kind"),
    }
    for name, axis, values in (
        ("last", "key", last),
        ("last_mass", "group", each),
        ("last_kind", "kind", each @ kinds),
    ):
        low, high = bootstrap_mean(values, seed)
        for suffix, found in (("", values.mean(0)), ("_low", low), ("_high", high)):
            quantities[name + suffix] = found_as(found, "layer", "head", axis)
    facts = measured_on(model, task, seed) | {
        "example": example,
        "text": task.texts[example],
        "words": [str(w) for w in words_of(model, task.tokens[example])],
        "groups": {g: list(groups[g]) for g in groups},
    }
    return Result(quantities, model=model.name, facts=facts)
