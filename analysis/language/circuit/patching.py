"""Activation patching: put one activation of the clean run into the corrupted one and see how much comes back.

The corrupted prompt shows the third member twice ("1 2 3 3"), so that the answer is no longer called for.  A patch's
score is (d − d_corrupted) / (d_clean − d_corrupted) with d the mean of logit(answer) − logit(last member of the clean
prompt): 0 is the corrupted run and 1 the clean one, as in the hackathon "One is 1" (wlg100/numseqcont_circuit_expms).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from tapehead.analysis.bootstrap import bootstrap_ratio
from tapehead.analysis.errors import ResultError
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


def repeated(task: Task) -> np.ndarray:
    """Tokens (n, P) of the task with m3 in the place of m4."""
    tokens = task.tokens.copy()
    tokens[:, task.member_positions[3]] = tokens[:, task.member_positions[2]]
    return tokens


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


def _parts(network: Network, task: Task) -> Iterator[tuple[_Run, _Run, Tensor]]:
    """Clean and corrupted runs, and the directions of the logit difference, a few prompts at a time."""
    clean, corrupted = network.tokens(task.tokens), network.tokens(repeated(task))
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
    network: Network, task: Task, patches: Callable[[_Run, _Run, Tensor], Iterator[Tensor]]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Differences (patches, n), and the clean and the corrupted run's (n,).

    Raises:
        ResultError: both runs have the same mean difference, so that nothing can come back.
    """
    import torch

    found, clean_d, corrupted_d = [], [], []
    with torch.no_grad():
        for clean, corrupted, way in _parts(network, task):
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


def activation_patching(model: LanguageModel, task: Task, *, seed: int = 0) -> Result:
    """Patch every head, and the stream at every layer and position, one at a time.

    Quantities (1 = clean, 0 = corrupted): ``patch_head_output``, ``patch_head_value``, ``patch_head_pattern``
    (layer, head), at all positions, with ``patch_head_output_low`` and ``_high``, 95 % bootstrap ends over prompts;
    ``patch_residual`` (before the block), ``patch_attention``, ``patch_mlp`` (layer, position).
    ``best_layer`` and ``best_head``, where a head's output brings back most, and ``best``, how much;
    ``difference_clean`` and ``difference_corrupted`` in logits; ``prompts``.

    Raises:
        ResultError: clean and corrupted runs do not differ.
    """
    network = Network(model)

    def patches(clean: _Run, corrupted: _Run, way: Tensor) -> Iterator[Tensor]:
        yield from _patched_heads(network, clean, corrupted, way)
        yield from _patched_stream(network, task, clean, corrupted, way)

    found, clean, corrupted = _collect(network, task, patches)
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
            "difference_clean": quantity(clean.mean(), unit="logit"),
            "difference_corrupted": quantity(corrupted.mean(), unit="logit"),
            "prompts": quantity(len(task)),
        },
        Origin.COMPUTED,
        model=model.name,
        facts={"model": model.digest, "task": task.name, "best": f"{best // grid[1]}.{best % grid[1]}"},
    )


# -- neurons -------------------------------------------------------------------------------------------------------


def neuron_effects(network: Network, task: Task, layer: int) -> np.ndarray:
    """Patching score of every neuron of one MLP, at all positions: (neurons,)."""

    def patches(clean: _Run, corrupted: _Run, way: Tensor) -> Iterator[Tensor]:
        change = clean.hidden[layer] - corrupted.hidden[layer]
        base = corrupted.between[layer] + corrupted.mlp(layer)
        weights = network.blocks[layer].proj[0]
        for neuron in range(weights.shape[0]):
            yield _onward(network, layer + 1, base + change[..., neuron, None] * weights[neuron], way)

    found, clean, corrupted = _collect(network, task, patches)
    scores: np.ndarray = (found - corrupted).mean(1) / (clean - corrupted).mean()
    return scores


def neurons(
    model: LanguageModel,
    tasks: Mapping[str, Task],
    *,
    layer: int = -1,
    share: float = 0.1,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
) -> Result:
    """Do two alphabets use the same neurons?  Patch every neuron of one MLP, and compare with shuffled neurons.

    Args:
        model: the model.
        tasks: by kind; every pair is compared.
        layer: of the MLP; -1 is the last one, which writes to the logits directly.
        share: of the neurons, those with the largest effects, that count as a kind's set.
        permutations: of one kind's neurons, for the null.
        seed: of the permutations.

    Quantities: ``effect`` (task, neuron); ``set_size``; along ``pair``: ``common``, how many neurons are in both sets,
    ``common_expected`` (hypergeometric mean), ``common_random`` (pair, permutation), ``common_most``, ``p`` (share of
    permutations with as many, with the +1 of Phipson & Smyth 2010), ``jaccard``, ``rank_correlation`` (Spearman).
    ``layer``, ``neurons``, ``permutations``.
    """
    network = Network(model)
    at = layer % network.layers
    effects = np.stack([neuron_effects(network, task, at) for task in tasks.values()])
    total = effects.shape[1]
    size = max(1, round(share * total))
    tops = [set(np.argsort(-row)[:size].tolist()) for row in effects]
    names = list(tasks)
    pairs = [(a, b) for a in range(len(names)) for b in range(a + 1, len(names))]
    rng = np.random.default_rng([seed, 934])
    common = np.array([len(tops[a] & tops[b]) for a, b in pairs])
    # Shuffling one kind's neurons makes its set a random one of the same size: a hypergeometric draw.
    null = rng.hypergeometric(size, total - size, size, size=(len(pairs), permutations))
    labels = {"pair": [f"{names[a]}-{names[b]}" for a, b in pairs]}
    rank = [float(stats.spearmanr(effects[a], effects[b]).statistic) for a, b in pairs]
    return Result(
        {
            "effect": quantity(effects, "task", "neuron", labels={"task": names}),
            "set_size": quantity(size),
            "common": quantity(common, "pair", labels=labels),
            "common_expected": quantity(np.full(len(pairs), size * size / total), "pair", labels=labels),
            "common_random": quantity(null, "pair", "permutation", labels=labels),
            "common_most": quantity(null.max(1), "pair", labels=labels),
            "p": quantity((1 + (null >= common[:, None]).sum(1)) / (1 + permutations), "pair", labels=labels),
            "jaccard": quantity(common / (2 * size - common), "pair", labels=labels),
            "rank_correlation": quantity(rank, "pair", labels=labels),
            "layer": quantity(at),
            "neurons": quantity(total),
            "permutations": quantity(permutations),
        },
        model=model.name,
        facts={"model": model.digest, "mlp": mlp_labels(network.layers)[at]},
    )
