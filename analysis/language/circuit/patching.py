"""Activation patching: put one activation of the clean run into the corrupted one and see how much comes back.

Two corrupted prompts are known.  ``repeated`` shows the third member twice ("1 2 3 3"): the list stops, and the *last
member* is another one as well, so that a head which merely reads it brings the answer back.  ``reordered`` keeps every
member and the last one's place ("3 1 2 4"): only what makes a sequence of them is gone.

A patch's score is (d − d_corrupted) / (d_clean − d_corrupted) with d the mean of logit(answer) − logit(last member of
the clean prompt): 0 is the corrupted run and 1 the clean one.  With ``repeated`` it is the score of the hackathon
"One is 1" (wlg100/numseqcont_circuit_expms).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from tapehead.analysis.bootstrap import bootstrap_ratio
from tapehead.analysis.errors import ResultError, UnknownNameError
from tapehead.analysis.language.models.components import mlp_labels
from tapehead.analysis.language.models.forward import Network
from tapehead.analysis.language.models.loading import LanguageModel
from tapehead.analysis.language.tasks.tasks import Task
from tapehead.analysis.results import Origin, Quantity, Result, quantity

if TYPE_CHECKING:
    from torch import Tensor

CHUNK = 64
HEAD_PARTS = ("output", "value", "pattern")
STREAM_PARTS = ("residual", "attention", "mlp")
PERMUTATIONS = 9999
RESAMPLES = 400


def repeated(task: Task) -> np.ndarray:
    """Tokens (n, P) of the task with m3 in the place of m4."""
    tokens = task.tokens.copy()
    tokens[:, task.member_positions[3]] = tokens[:, task.member_positions[2]]
    return tokens


def reordered(task: Task) -> np.ndarray:
    """Tokens (n, P) of the task with its first three members in the order m3, m1, m2; m4 stays where it is."""
    tokens = task.tokens.copy()
    first, second, third, _ = task.member_positions
    tokens[:, [first, second, third]] = tokens[:, [third, first, second]]
    return tokens


CORRUPTIONS: Mapping[str, Callable[[Task], np.ndarray]] = {"repeated": repeated, "reordered": reordered}


def corrupted_by(corruption: str, task: Task) -> np.ndarray:
    """Tokens (n, P) of the task's corrupted partners.

    Raises:
        UnknownNameError: there is no such corruption.
    """
    if corruption not in CORRUPTIONS:
        raise UnknownNameError("corruption", corruption, CORRUPTIONS)
    return CORRUPTIONS[corruption](task)


@dataclass(frozen=True, eq=False)
class _Run:
    """A plain forward pass with everything that can be put into another one; lists are by layer."""

    before: list[Tensor]
    q: list[Tensor]
    k: list[Tensor]
    v: list[Tensor]
    z: list[Tensor]
    between: list[Tensor]
    hidden: list[Tensor]
    after: Tensor

    def attention(self, layer: int) -> Tensor:
        """What the heads of a layer add, (n, P, D)."""
        return self.between[layer] - self.before[layer]

    def mlp(self, layer: int) -> Tensor:
        """What the MLP adds, (n, P, D)."""
        following = self.before[layer + 1] if layer + 1 < len(self.before) else self.after
        return following - self.between[layer]


def _run(network: Network, tokens: Tensor) -> _Run:
    found: dict[str, list[Tensor]] = {name: [] for name in ("before", "q", "k", "v", "z", "between", "hidden")}
    x = network.embed(tokens)
    for layer in range(network.layers):
        normed = network.norm(x, network.blocks[layer].ln1)
        parts = [network.project(layer, which, normed) for which in range(3)]
        z = network.attend(*parts)
        middle = x + network.write(layer, z) + network.blocks[layer].out_bias
        hidden = network.hidden(layer, middle)
        values = (x, *parts, z, middle, hidden)
        for name, value in zip(found, values, strict=True):
            found[name].append(value)
        x = middle + network.from_hidden(layer, hidden)
    return _Run(**found, after=x)


def _onward(network: Network, layer: int, x: Tensor, directions: Tensor) -> Tensor:
    """Logit differences (n,) of a stream that stands before ``layer``."""
    for at in range(layer, network.layers):
        last = at == network.layers - 1
        z = network.z(at, x, last=last)
        middle = (x[:, -1:] if last else x) + network.write(at, z) + network.blocks[at].out_bias
        x = middle + network.mlp(at, middle)
    return network.differences(x[:, -1], directions)


def _after_heads(network: Network, layer: int, middle: Tensor, directions: Tensor) -> Tensor:
    return _onward(network, layer + 1, middle + network.mlp(layer, middle), directions)


def _parts(network: Network, task: Task, partners: np.ndarray) -> Iterator[tuple[_Run, _Run, Tensor]]:
    """Clean and corrupted runs, and the directions of the logit difference, a few prompts at a time."""
    clean, corrupted = network.tokens(task.tokens), network.tokens(partners)
    directions = network.directions(task.answers, task.wrong)
    for ids, other, way in zip(clean.split(CHUNK), corrupted.split(CHUNK), directions.split(CHUNK), strict=True):
        yield _run(network, ids), _run(network, other), way


def _patched_heads(network: Network, clean: _Run, corrupted: _Run, way: Tensor) -> Iterator[Tensor]:
    """Logit differences for every part of every head: part by part, layer by layer, head by head."""
    import torch

    for part in HEAD_PARTS:
        for layer in range(network.layers):
            q, k, v = corrupted.q[layer], corrupted.k[layer], corrupted.v[layer]
            if part == "output":
                z = clean.z[layer]
            elif part == "value":
                z = network.attend(q, k, clean.v[layer])
            else:
                z = network.attend(clean.q[layer], clean.k[layer], v)
            for head in range(network.heads):
                one = torch.tensor([head])
                moved = network.write(layer, (z - corrupted.z[layer])[:, :, one], one)
                yield _after_heads(network, layer, corrupted.between[layer] + moved, way)


def _patched_stream(network: Network, task: Task, clean: _Run, corrupted: _Run, way: Tensor) -> Iterator[Tensor]:
    """Logit differences for residual stream, attention and MLP output at every layer and position."""

    def at(base: Tensor, change: Tensor, position: int) -> Tensor:
        patched = base.clone()
        patched[:, position] += change[:, position]
        return patched

    for layer in range(network.layers):
        change = clean.before[layer] - corrupted.before[layer]
        for position in range(task.last + 1):
            yield _onward(network, layer, at(corrupted.before[layer], change, position), way)
    for layer in range(network.layers):
        change = clean.attention(layer) - corrupted.attention(layer)
        for position in range(task.last + 1):
            yield _after_heads(network, layer, at(corrupted.between[layer], change, position), way)
    for layer in range(network.layers):
        change = clean.mlp(layer) - corrupted.mlp(layer)
        base = corrupted.between[layer] + corrupted.mlp(layer)
        for position in range(task.last + 1):
            yield _onward(network, layer + 1, at(base, change, position), way)


def _collect(
    network: Network, task: Task, partners: np.ndarray, patches: Callable[[_Run, _Run, Tensor], Iterator[Tensor]]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Differences (patches, n), and the clean and the corrupted run's (n,).

    Raises:
        ResultError: both runs have the same mean difference, so that nothing can come back.
    """
    import torch

    found, clean_d, corrupted_d = [], [], []
    with torch.no_grad():
        for clean, corrupted, way in _parts(network, task, partners):
            found.append(torch.stack(list(patches(clean, corrupted, way))))
            clean_d.append(network.differences(clean.after[:, -1], way))
            corrupted_d.append(network.differences(corrupted.after[:, -1], way))
    whole, low, high = (torch.cat(parts, dim=-1).double().cpu().numpy() for parts in (found, corrupted_d, clean_d))
    if abs(high.mean() - low.mean()) < 1e-3:
        raise ResultError(
            f"clean and corrupted prompts of {task.name} give '{network.name}' the same mean logit difference "
            f"({high.mean():.3g}): there is nothing to bring back"
        )
    return whole, high, low


def activation_patching(model: LanguageModel, task: Task, *, corruption: str = "repeated", seed: int = 0) -> Result:
    """Patch every head, and the stream at every layer and position, one at a time.

    Args:
        model: the model.
        task: the task.
        corruption: a name of :data:`CORRUPTIONS`.
        seed: of the bootstrap.

    Quantities (1 = clean, 0 = corrupted): ``patch_head_output``, ``patch_head_value``, ``patch_head_pattern``
    (layer, head), at all positions, with ``patch_head_output_low`` and ``_high``, 95 % bootstrap ends over prompts;
    ``patch_residual`` (before the block), ``patch_attention``, ``patch_mlp`` (layer, position).
    ``best_layer`` and ``best_head``, where a head's output brings back most, and ``best``, how much; ``second``, the
    largest of the other heads;
    ``difference_clean`` and ``difference_corrupted`` in logits; ``prompts``.

    Raises:
        ResultError: clean and corrupted runs do not differ.
        UnknownNameError: there is no such corruption.
    """
    network = Network(model)
    partners = corrupted_by(corruption, task)

    def patches(clean: _Run, corrupted: _Run, way: Tensor) -> Iterator[Tensor]:
        yield from _patched_heads(network, clean, corrupted, way)
        yield from _patched_stream(network, task, clean, corrupted, way)

    found, clean, corrupted = _collect(network, task, partners, patches)
    gap = clean - corrupted
    scores = (found - corrupted).mean(1) / gap.mean()
    grid = (network.layers, network.heads)
    count = network.layers * network.heads
    of_heads = {"layer": [str(k) for k in range(grid[0])], "head": [str(h) for h in range(grid[1])]}
    quantities: dict[str, Quantity] = {}
    for i, part in enumerate(HEAD_PARTS):
        values = scores[i * count : (i + 1) * count].reshape(grid)
        quantities[f"patch_head_{part}"] = quantity(values, "layer", "head", labels=of_heads)
    ends = bootstrap_ratio((found[:count] - corrupted).T, gap, seed)
    for name, values in zip(("low", "high"), ends, strict=True):
        quantities[f"patch_head_output_{name}"] = quantity(values.reshape(grid), "layer", "head", labels=of_heads)
    places = (network.layers, task.last + 1)
    of_places = {"layer": of_heads["layer"], "position": task.position_labels}
    start = len(HEAD_PARTS) * count
    for i, part in enumerate(STREAM_PARTS):
        size = places[0] * places[1]
        values = scores[start + i * size : start + (i + 1) * size].reshape(places)
        quantities[f"patch_{part}"] = quantity(values, "layer", "position", labels=of_places)
    best = int(scores[:count].argmax())
    return Result(
        quantities
        | {
            "best_layer": quantity(best // grid[1]),
            "best_head": quantity(best % grid[1]),
            "best": quantity(scores[best]),
            "second": quantity(np.delete(scores[:count], best).max()),
            "difference_clean": quantity(clean.mean(), unit="logit"),
            "difference_corrupted": quantity(corrupted.mean(), unit="logit"),
            "prompts": quantity(len(task)),
        },
        Origin.COMPUTED,
        model=model.name,
        facts={
            "model": model.digest,
            "task": task.name,
            "corruption": corruption,
            "corrupted": model.tokenizer.decode(partners[0][int(task.bos) :]),
            "best": f"{best // grid[1]}.{best % grid[1]}",
        },
    )


# -- neurons -------------------------------------------------------------------------------------------------------


def neuron_effects(network: Network, task: Task, layer: int, corruption: str = "repeated") -> np.ndarray:
    """Patching score of every neuron of one MLP, at all positions, as shares of the mean gap: (neurons, prompts).

    The score of the task is the mean over its prompts.
    """

    def patches(clean: _Run, corrupted: _Run, way: Tensor) -> Iterator[Tensor]:
        change = clean.hidden[layer] - corrupted.hidden[layer]
        base = corrupted.between[layer] + corrupted.mlp(layer)
        weights = network.blocks[layer].proj[0]
        for neuron in range(weights.shape[0]):
            yield _onward(network, layer + 1, base + change[..., neuron, None] * weights[neuron], way)

    found, clean, corrupted = _collect(network, task, corrupted_by(corruption, task), patches)
    scores: np.ndarray = (found - corrupted) / (clean - corrupted).mean()
    return scores


def neuron_loudness(network: Network, lists: Task, layer: int, corruption: str = "repeated") -> dict[str, np.ndarray]:
    """How loud every neuron of one MLP is where there is nothing to continue: arrays (neurons, prompts) by name.

    ``change``: |activation in ``lists`` - activation in their corrupted partners| at the last position,
    ``activation``: |activation| there; both times the length of what the neuron writes.  Which way it writes
    does not come in, so that the answer cannot.

    Args:
        network: the network.
        lists: random lists, of which nothing follows; they are corrupted as the task is.
        layer: of the MLP.
        corruption: a name of :data:`CORRUPTIONS`.
    """
    import torch

    with torch.no_grad():
        weights = network.blocks[layer].proj[0].norm(dim=1)
        parts: dict[str, list[Tensor]] = {"change": [], "activation": []}
        for clean, other, _way in _parts(network, lists, corrupted_by(corruption, lists)):
            here, there = clean.hidden[layer][:, -1], other.hidden[layer][:, -1]
            parts["change"].append((here - there).abs() * weights)
            parts["activation"].append(here.abs() * weights)
        return {name: torch.cat(found).double().cpu().numpy().T for name, found in parts.items()}


def neurons(
    model: LanguageModel,
    tasks: Mapping[str, Task],
    lists: Mapping[str, Task],
    *,
    layer: int = -1,
    share: float = 0.1,
    permutations: int = PERMUTATIONS,
    corruption: str = "repeated",
    seed: int = 0,
) -> Result:
    """Do two alphabets use the same neurons?  Patch every neuron of one MLP, and compare with two opponents.

    The easy one shuffles the neurons.  The hard one picks those that are loud for both alphabets anyway, on random
    lists, where there is nothing to continue (:func:`neuron_loudness`): neurons that always move a lot would be in
    every set of strong ones.

    Args:
        model: the model.
        tasks: by kind; every pair is compared.
        lists: random lists of the same kinds.
        layer: of the MLP; -1 is the last one, which writes to the logits directly.
        share: of the neurons, those with the largest effects, that count as a kind's set.
        permutations: of one kind's neurons, for the null.
        corruption: a name of :data:`CORRUPTIONS`, for tasks and lists.
        seed: of the permutations.

    Quantities: ``effect`` (task, neuron), positive where the neuron brings the answer back; ``set_size``, of the
    strongest *positive* effects; ``negative`` and ``negative_most`` (task), how many effects are below zero, and the
    lowest; ``loudness`` (task, neuron), the change on random lists; along ``pair``: ``common``, how many neurons are in
    both sets, ``common_expected`` (hypergeometric mean), ``common_random`` (pair, permutation), ``common_most``, ``p``
    (share of permutations with as many, with the +1 of Phipson & Smyth 2010), ``jaccard``, ``rank_correlation``
    (Spearman); ``common_loud`` and ``common_active``, how many are common to the loudest neurons of both kinds by
    change and by activation; ``common_opposed``, common to the sets of the strongest negative effects.
    ``loud`` (task), how many of a kind's strongest are among its loudest by change; ``margin`` (pair), ``common`` minus
    ``common_loud``, with ``margin_low`` and ``margin_high``, 95 % bootstrap ends over prompts and lists.
    ``layer``, ``neurons``, ``permutations``.

    Raises:
        ResultError: clean and corrupted runs do not differ.
        UnknownNameError: there is no such corruption.
    """
    network = Network(model)
    at = layer % network.layers
    each = [neuron_effects(network, task, at, corruption) for task in tasks.values()]
    heard = [neuron_loudness(network, lists[kind], at, corruption) for kind in tasks]
    effects = np.stack([one.mean(1) for one in each])
    loud, active = (np.stack([one[name].mean(1) for one in heard]) for name in ("change", "activation"))
    total = effects.shape[1]
    size = max(1, round(share * total))
    names = list(tasks)
    pairs = [(a, b) for a in range(len(names)) for b in range(a + 1, len(names))]

    def sets(rows: np.ndarray) -> list[set[int]]:
        return [set(np.argsort(-row, kind="stable")[:size].tolist()) for row in rows]

    def shared(rows: np.ndarray) -> np.ndarray:
        chosen = sets(rows)
        return np.array([len(chosen[a] & chosen[b]) for a, b in pairs])

    def resampled(rows: Sequence[np.ndarray], salt: int) -> np.ndarray:
        """Neurons in common (resample, pair) if other prompts had been drawn."""
        rng = np.random.default_rng([seed, 934, salt])
        drawn = [
            one @ rng.multinomial(one.shape[1], np.full(one.shape[1], 1 / one.shape[1]), RESAMPLES).T for one in rows
        ]
        return np.stack([shared(np.stack([one[:, i] for one in drawn])) for i in range(RESAMPLES)])

    strongest, loudest = sets(effects), sets(loud)
    margins = resampled(each, 0) - resampled([one["change"] for one in heard], 1)
    low, high = np.quantile(margins, [0.025, 0.975], axis=0)
    rng = np.random.default_rng([seed, 934])
    common, common_loud = shared(effects), shared(loud)
    # Shuffling one kind's neurons makes its set a random one of the same size: a hypergeometric draw.
    null = rng.hypergeometric(size, total - size, size, size=(len(pairs), permutations))
    labels, of_task = {"pair": [f"{names[a]}-{names[b]}" for a, b in pairs]}, {"task": names}
    rank = [float(stats.spearmanr(effects[a], effects[b]).statistic) for a, b in pairs]
    among = [len(one & other) for one, other in zip(strongest, loudest, strict=True)]
    return Result(
        {
            "effect": quantity(effects, "task", "neuron", labels=of_task),
            "set_size": quantity(size),
            "negative": quantity((effects < 0).sum(1), "task", labels=of_task),
            "negative_most": quantity(effects.min(1), "task", labels=of_task),
            "loudness": quantity(loud, "task", "neuron", labels=of_task),
            "loud": quantity(among, "task", labels=of_task),
            "common": quantity(common, "pair", labels=labels),
            "common_expected": quantity(np.full(len(pairs), size * size / total), "pair", labels=labels),
            "common_random": quantity(null, "pair", "permutation", labels=labels),
            "common_most": quantity(null.max(1), "pair", labels=labels),
            "common_loud": quantity(common_loud, "pair", labels=labels),
            "common_active": quantity(shared(active), "pair", labels=labels),
            "common_opposed": quantity(shared(-effects), "pair", labels=labels),
            "margin": quantity(common - common_loud, "pair", labels=labels),
            "margin_low": quantity(low, "pair", labels=labels),
            "margin_high": quantity(high, "pair", labels=labels),
            "p": quantity((1 + (null >= common[:, None]).sum(1)) / (1 + permutations), "pair", labels=labels),
            "jaccard": quantity(common / (2 * size - common), "pair", labels=labels),
            "rank_correlation": quantity(rank, "pair", labels=labels),
            "layer": quantity(at),
            "neurons": quantity(total),
            "permutations": quantity(permutations),
        },
        model=model.name,
        facts={"model": model.digest, "mlp": mlp_labels(network.layers)[at], "corruption": corruption},
    )
