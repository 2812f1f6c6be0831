"""Does a model still count without its circuit?  Lists continued greedily, with components ablated.

A logit difference says what one next word loses.  Here the model writes several members after a list ("1 2 3"), intact
and with a set of heads and MLPs ablated, and the members that follow rightly are counted.  The control is in the same
call: random sets with as many heads and as many MLPs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from tapehead.analysis.bootstrap import bootstrap_mean
from tapehead.analysis.errors import ResultError, UsageError
from tapehead.analysis.language.circuit.activations import activations, measured_on
from tapehead.analysis.language.models.components import Circuit, Component, component
from tapehead.analysis.language.models.loading import LanguageModel, single_token
from tapehead.analysis.language.tasks.sequences import Sequence as Family
from tapehead.analysis.language.tasks.task_tokens import answer_words, family_of, shown_members, word_of
from tapehead.analysis.language.tasks.tasks import PLAIN, Task, encode, follow
from tapehead.analysis.results import Result, quantity

if TYPE_CHECKING:
    from torch import Tensor

ABLATIONS = ("mean", "zero")
SETS = 20
"""Fewest random sets: the smallest p-value is then 1/21."""
LISTS = 192
"""Random lists that the means are taken over."""
INTACT, ABLATED = "intact", "ablated"


# -- lists ---------------------------------------------------------------------------------------------------------


def right_members(model: LanguageModel, task: Task, family: Family, shown: int, steps: int) -> np.ndarray:
    """Ids (prompts, steps) of the members that follow the first ``shown`` ones.

    Raises:
        UsageError: a list of the task does not go by one step, or the family ends before.
    """
    place = {member: i for i, member in enumerate(family.members)}
    size, found = len(family.members), []
    for words, answer in zip(shown_members(model, task), answer_words(model, task), strict=True):
        run = [place[str(word)] for word in (*words, answer)]
        gaps = np.diff(run) % size if family.cyclic else np.diff(run)
        if (gaps != gaps[0]).any():
            raise UsageError(f"'{' '.join(map(str, words))}' does not go by one step: what follows it is not known")
        after = [run[shown - 1] + int(gaps[0]) * (i + 1) for i in range(steps)]
        if family.cyclic:
            after = [p % size for p in after]
        if not all(0 <= p < size for p in after):
            raise UsageError(
                f"the {family.name} end before {steps} members follow '{' '.join(map(str, words[:shown]))}'; "
                "ask for fewer steps or other starts"
            )
        found.append([family.members[p] for p in after])
    ids = {member: single_token(model, member, "member") for member in {m for row in found for m in row}}
    return np.array([[ids[member] for member in row] for row in found])


def random_lists(
    model: LanguageModel, family: Family, length: int, bos: bool, rng: np.random.Generator, count: int = LISTS
) -> np.ndarray:
    """Tokens (count, bos + length) of plain lists of random members, of which none follows the one before it."""
    texts = []
    for _ in range(count):
        places: list[int] = []
        while len(places) < length:
            one = int(rng.integers(family.core))
            if not places or follow(family, places[-1]) != one:
                places.append(one)
        texts.append(" ".join(family.members[p] for p in places))
    return encode(model, texts, bos)


# -- ablated runs --------------------------------------------------------------------------------------------------


class Replaced:
    """Runs of a model in which some components give a mean, or nothing, at every position.

    Args:
        model: the model.
        lists: tokens (n, positions) that the means are taken over; zeros instead if ``None``.
    """

    def __init__(self, model: LanguageModel, lists: np.ndarray | None) -> None:
        self.model = model
        self.means: dict[str, Tensor] = {}
        if lists is not None:
            names = [self._hook(layer, mlp) for layer in range(model.layers) for mlp in (False, True)]
            for _, _, seen in activations(model, lists, names):
                for name in names:
                    self.means[name] = self.means.get(name, 0) + seen[name].sum(0) / len(lists)

    @staticmethod
    def _hook(layer: int, mlp: bool) -> str:
        return f"blocks.{layer}.hook_mlp_out" if mlp else f"blocks.{layer}.attn.hook_z"

    def hooks(self, gone: Sequence[Component], fired: list[str]) -> list[tuple[str, Callable[..., Tensor]]]:
        """A hook for every layer's attention and MLP that loses something; each notes its name in ``fired``."""
        heads: dict[str, list[int]] = {}
        for one in gone:
            heads.setdefault(self._hook(one.layer, one.is_mlp), []).append(one.head)

        def replace(value: Tensor, hook: Any, name: str, which: list[int]) -> Tensor:
            import torch

            fired.append(name)
            mean = self.means.get(name)
            new = torch.zeros_like(value) if mean is None else mean[: value.shape[1]].expand_as(value)
            if which[0] < 0:
                return new.clone()
            value = value.clone()
            value[:, :, which] = new[:, :, which]
            return value

        return [(name, partial(replace, name=name, which=which)) for name, which in heads.items()]

    def continued(self, tokens: np.ndarray, gone: Sequence[Component], steps: int) -> np.ndarray:
        """The ``steps`` most likely tokens after ``tokens`` (n, positions), one after the other; (n, steps).

        Raises:
            ResultError: a hook did not fire exactly once in each run.
        """
        import torch

        found = torch.tensor(tokens, device=self.model.device)
        with torch.no_grad():
            for _ in range(steps):
                fired: list[str] = []
                hooks = self.hooks(gone, fired)
                logits = self.model.bridge.run_with_hooks(found, fwd_hooks=hooks, logits_to_keep=1, use_cache=False)
                if sorted(fired) != sorted(name for name, _ in hooks):
                    raise ResultError(f"hooks of '{self.model.name}' fired as {fired}, not once each")
                found = torch.cat([found, logits[:, -1].argmax(-1, keepdim=True)], 1)
        return np.asarray(found[:, -steps:].cpu().numpy())


def random_sets(
    model: LanguageModel, components: Sequence[Component], sets: int, outside: bool, rng: np.random.Generator
) -> list[tuple[Component, ...]]:
    """Different sets with as many heads and MLPs as ``components``, none of them that set itself.

    They are drawn from all components, or only from the others if ``outside``.

    Raises:
        UsageError: there are not so many.
    """
    barred = set(components) if outside else set()
    heads, mlps = (
        [one for one in every if one not in barred]
        for every in (
            [Component(*at) for at in np.ndindex(model.layers, model.heads)],
            [Component(layer) for layer in range(model.layers)],
        )
    )
    mlp_count = sum(one.is_mlp for one in components)
    head_count = len(components) - mlp_count
    others = math.comb(len(heads), head_count) * math.comb(len(mlps), mlp_count) - (not outside)
    if others < sets:
        raise UsageError(
            f"'{model.name}' has only {others} {'sets outside' if outside else 'other sets'} of {head_count} heads and "
            f"{mlp_count} MLPs; the control needs {sets}"
        )
    found: dict[tuple[Component, ...], None] = {}
    while len(found) < sets:
        drawn = [
            *(heads[i] for i in rng.choice(len(heads), head_count, replace=False)),
            *(mlps[i] for i in rng.choice(len(mlps), mlp_count, replace=False)),
        ]
        if set(drawn) != set(components):
            found[tuple(sorted(drawn))] = None
    return list(found)


# -- result --------------------------------------------------------------------------------------------------------


def generation(
    model: LanguageModel,
    task: Task,
    components: Sequence[str | Component],
    *,
    shown: int = 3,
    steps: int = 5,
    ablation: str = "mean",
    sets: int = SETS,
    outside: bool = False,
    seed: int = 0,
) -> Result:
    """Continue plain lists greedily: intact, without ``components``, and without random sets of the same make-up.

    A mean-ablated head (``z``) or MLP gives, at every position, its mean at that position over random lists of the
    task's family; a zero-ablated one gives nothing.  Generated members are read by the same ablated model.

    Args:
        model: the model.
        task: plain lists that go by one step; those with the same beginning count once.
        components: ``2.7``, ``MLP 3`` …
        shown: members given, 1 to 4.
        steps: members generated.
        ablation: ``mean`` or ``zero``.
        sets: random sets, at least :data:`SETS`.
        outside: draw them from the components that were not named.  From all, as by default, they share some with the
            named set, and a small model has parts that nothing works without: a harder control.
        seed: of random sets, random lists and the bootstrap.

    Quantities: ``right`` (condition, prompt, step), 1 where the generated word is the member that should stand there;
    ``following`` (condition, prompt), right members before the first wrong one; ``following_mean`` (condition) with
    ``_low`` and ``_high``, a 95 % bootstrap interval over prompts; ``right_share`` (condition, step), in %; ``shared``
    (condition), how many of the components that it lacks were named.  Conditions are ``intact``, ``ablated``,
    ``random 1`` …; of the random sets' ``following_mean`` also ``random_mean``, ``random_low`` and ``random_high``
    (least and most), and ``p``, (1 + sets that hurt at least as much) / (1 + sets).
    Facts: ``texts`` by condition, what was written after each prompt; ``sets``, which components a condition lacks.

    Raises:
        UsageError: the task is no plain list, does not go by one step or ends too soon; unknown ablation or component;
            no components; too few random sets, or fewer exist.
    """
    if ablation not in ABLATIONS:
        raise UsageError(f"unknown ablation '{ablation}'; there is {', '.join(ABLATIONS)}")
    if not 1 <= shown <= len(task.member_positions) or steps < 1:
        raise UsageError(f"a list shows 1 to 4 members and goes on for at least one; asked for {shown} and {steps}")
    if sets < SETS:
        raise UsageError(f"the control needs at least {SETS} random sets; asked for {sets}")
    if other := [t for t in task.templates if t != PLAIN]:
        raise UsageError(
            f"task '{task.name}' has prompts of the form '{other[0]}'; lists are continued in '{PLAIN}' form"
        )
    gone = tuple(sorted({component(one) if isinstance(one, str) else one for one in components}))
    if not gone:
        raise UsageError("no components to ablate were named; heads are written 2.7 and MLPs MLP 3")
    Circuit.full(model.layers, model.heads).without(*gone)  # refuses components that the model lacks
    length = task.member_positions[shown - 1] + steps
    if length > model.context:
        raise UsageError(f"{steps} members after {shown} need {length} positions; '{model.name}' has {model.context}")

    rng = np.random.default_rng([seed, 1213])
    end = task.member_positions[shown - 1] + 1
    task = task.take(np.sort(np.unique(task.tokens[:, :end], axis=0, return_index=True)[1]))
    tokens = task.tokens[:, :end]
    family = family_of(model, task)
    wanted = right_members(model, task, family, shown, steps)
    conditions: dict[str, tuple[Component, ...]] = {INTACT: (), ABLATED: gone}
    conditions |= {f"random {i + 1}": one for i, one in enumerate(random_sets(model, gone, sets, outside, rng))}
    lists = random_lists(model, family, length - int(task.bos), task.bos, rng) if ablation == "mean" else None
    runs = Replaced(model, lists)
    written = np.stack([runs.continued(tokens, one, steps) for one in conditions.values()])
    right = written == wanted
    following = np.cumprod(right, -1).sum(-1)  # (condition, prompt)
    low, high = bootstrap_mean(following.T, seed)
    mean = following.mean(1)
    random = mean[2:]

    prompts = [model.tokenizer.decode(row[int(task.bos) :]).strip() for row in tokens]
    at = {"condition": list(conditions), "prompt": prompts, "step": [str(i + 1) for i in range(steps)]}

    def found_as(values: np.ndarray, *axes: str, unit: str = "1") -> Any:
        return quantity(values, *axes, unit=unit, labels={axis: at[axis] for axis in axes})

    facts = measured_on(model, task, seed) | {
        "ablation": ablation,
        "control": "outside" if outside else "any",
        "family": family.name,
        "sets": {name: [str(one) for one in lacking] for name, lacking in conditions.items()},
        "texts": {
            name: [" ".join(word_of(model, token) for token in row) for row in rows]
            for name, rows in zip(conditions, written, strict=True)
        },
    }
    return Result(
        {
            "right": found_as(right.astype(int), "condition", "prompt", "step"),
            "following": found_as(following, "condition", "prompt"),
            "following_mean": found_as(mean, "condition"),
            "following_mean_low": found_as(low, "condition"),
            "following_mean_high": found_as(high, "condition"),
            "right_share": found_as(100 * right.mean(1), "condition", "step", unit="%"),
            "shared": found_as(np.array([len(set(one) & set(gone)) for one in conditions.values()]), "condition"),
            "random_mean": quantity(random.mean()),
            "random_low": quantity(random.min()),
            "random_high": quantity(random.max()),
            "p": quantity((1 + (random <= mean[1]).sum()) / (1 + sets)),
            "shown": quantity(shown),
            "steps": quantity(steps),
        },
        model=model.name,
        facts=facts,
    )
