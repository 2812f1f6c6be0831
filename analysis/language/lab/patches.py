"""Activation patching: one activation of the clean run in the corrupted one, beside one of another clean run.

A score is (d − d_corrupted) / (d_clean − d_corrupted) with d the mean log odds: 0 is the corrupted run, 1 the clean
one.  A head's output is split as in Lan, Torr & Barez: clean values moved by the corrupted run's pattern, and the clean
pattern over the corrupted run's values.  The control puts in the same head's output in *another* clean prompt of the
same shape: what it brings back is no knowledge of this prompt.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tapehead.analysis.bootstrap import bootstrap_ratio
from tapehead.analysis.language.lab.ablators import AnyNetwork
from tapehead.analysis.language.lab.passes import (
    Pass,
    Portion,
    Tick,
    count_portions,
    onward,
    place,
    portions,
    run_through,
    silent,
)
from tapehead.analysis.language.lab.prompts import PromptSet
from tapehead.analysis.results import Quantity, Result, quantity
from tapehead.analysis.saved_runs import missing

if TYPE_CHECKING:
    from torch import Tensor

SMALLEST = 1e-6
"""Between clean and corrupted mean log odds: below, there is nothing to bring back."""
STREAM = ("residual", "attention", "mlp")


@dataclass(frozen=True, eq=False)
class _Pair:
    """Both runs of a portion; ``value`` and ``pattern`` are heads' outputs of the mixed attentions, by layer."""

    clean: Pass
    corrupted: Pass
    other: list[Tensor]
    mixed: dict[str, list[Tensor]]


def _pair(network: AnyNetwork, portion: Portion, split: bool) -> _Pair:
    import torch

    clean, corrupted = run_through(network, portion.clean), run_through(network, portion.corrupted)
    # Another prompt of the portion; alone in its shape it has only itself, which the caller leaves out.
    other = [z.roll(1, 0) for z in clean.z]
    mixed: dict[str, list[Tensor]] = {}
    if split:
        ours, theirs = network.split_attention(portion.clean), network.split_attention(portion.corrupted)
        if ours is not None and theirs is not None:
            for name, patterns, values in (("value", theirs, ours), ("pattern", ours, theirs)):
                mixed[name] = [
                    torch.einsum("nhqk,nkhd->nqhd", pattern.to(value.dtype), value)
                    for (pattern, _), (_, value) in zip(patterns, values, strict=True)
                ]
    return _Pair(clean, corrupted, other, mixed)


def _with_head(network: AnyNetwork, pair: _Pair, layer: int, z: Tensor, way: Tensor) -> Tensor:
    x = network.after(layer, pair.corrupted.before[layer], z, last=layer == network.layers - 1)
    return onward(network, layer + 1, x, way)


def _heads(network: AnyNetwork, pair: _Pair, source: list[Tensor], way: Tensor) -> Iterator[Tensor]:
    """Log odds with each head's output taken from ``source``, at all positions."""
    for layer in range(network.layers):
        for head in range(network.heads):
            z = pair.corrupted.z[layer].clone()
            z[:, :, head] = source[layer][:, :, head]
            yield _with_head(network, pair, layer, z, way)


def _heads_at(network: AnyNetwork, pair: _Pair, places: list[list[int]], way: Tensor) -> Iterator[Tensor]:
    """The same at one position (or all that have one label): layer, head, position."""
    for layer in range(network.layers):
        for head in range(network.heads):
            for which in places:
                z = pair.corrupted.z[layer].clone()
                z[:, which, head] = pair.clean.z[layer][:, which, head]
                yield _with_head(network, pair, layer, z, way)


def _stream(network: AnyNetwork, pair: _Pair, places: list[list[int]], way: Tensor) -> Iterator[Tensor]:
    """Log odds with the stream before a block, what its attention adds, and what its MLP adds, at each position."""
    clean, corrupted = pair.clean, pair.corrupted
    for part in STREAM:
        for layer in range(network.layers):
            last = layer == network.layers - 1
            for which in places:
                before = corrupted.before[layer]
                if part == "residual":
                    before = before.clone()
                    before[:, which] = clean.before[layer][:, which]
                    yield onward(network, layer, before, way)
                    continue
                z, mlp = corrupted.z[layer], None
                if part == "attention":
                    z = z.clone()
                    z[:, which] = clean.z[layer][:, which]
                else:
                    mlp = corrupted.mlp[layer].clone()
                    mlp[:, which] = clean.mlp[layer][:, which]
                yield onward(network, layer + 1, network.after(layer, before, z, mlp, last), way)


def patching(
    network: AnyNetwork, prompts: PromptSet, *, by_position: bool = False, seed: int = 0, tick: Tick = silent
) -> Result:
    """The part ``patching``; see :mod:`tapehead.analysis.language.lab.results`."""
    import torch

    layers, heads = network.layers, network.heads
    labels = prompts.position_labels()
    count, spots = layers * heads, layers * len(labels)
    n = len(prompts)
    clean_d, corrupted_d = np.empty(n), np.empty(n)
    head_parts = ("output", "control", "value", "pattern")
    found = {part: np.full((n, count), np.nan) for part in head_parts}
    stream = np.empty((n, len(STREAM) * spots))
    cube = np.empty((n, count * len(labels))) if by_position else None
    total = count_portions(network, prompts) * (4 * count + 3 * spots + (count * len(labels) if by_position else 0))
    done = 0

    def gathered(rows: Iterator[Tensor]) -> Tensor:
        nonlocal done
        kept = []
        for row in rows:
            kept.append(row)
            done += 1
            tick(done / total)
        return torch.stack(kept, 1)

    split = True
    with torch.no_grad():
        for portion in portions(network, prompts):
            pair, way = _pair(network, portion, split), portion.directions
            split = split and bool(pair.mixed)
            where = prompts.places(portion.cell)
            place(clean_d, portion, network.differences(pair.clean.end[:, -1], way))
            place(corrupted_d, portion, network.differences(pair.corrupted.end[:, -1], way))
            sources = {"output": pair.clean.z, "control": pair.other} | pair.mixed
            for part, source in sources.items():
                if part == "control" and len(portion.clean) == 1:
                    continue
                place(found[part], portion, gathered(_heads(network, pair, source, way)))
            place(stream, portion, gathered(_stream(network, pair, where, way)))
            if cube is not None:
                place(cube, portion, gathered(_heads_at(network, pair, where, way)))

    gap = clean_d - corrupted_d
    if abs(gap.mean()) < SMALLEST:
        return missing(
            f"clean and corrupted prompts have the same mean log odds ({clean_d.mean():.3g}): nothing to bring back",
            network.name,
        )

    def scored(values: np.ndarray) -> np.ndarray:
        """Scores of columns; prompts for which there is none (alone in their shape) are left out on both sides."""
        there = ~np.isnan(values).any(1)
        if not there.any():
            return np.full(values.shape[1], np.nan)
        ratio: np.ndarray = (values[there] - corrupted_d[there, None]).mean(0) / gap[there].mean()
        return ratio

    of_heads = {"layer": [str(k) for k in range(layers)], "head": [str(h) for h in range(heads)]}
    of_places = {"layer": of_heads["layer"], "position": labels}
    grid = (layers, heads)
    quantities: dict[str, Quantity] = {"there": quantity(1)}
    scores = {part: scored(values) for part, values in found.items()}
    for part, row in scores.items():
        if part in ("output", "control") or split:
            quantities[f"patch_head_{part}"] = quantity(row.reshape(grid), "layer", "head", labels=of_heads)
    ends = bootstrap_ratio(found["output"] - corrupted_d[:, None], gap, seed)
    for name, row in zip(("low", "high"), ends, strict=True):
        quantities[f"patch_head_output_{name}"] = quantity(row.reshape(grid), "layer", "head", labels=of_heads)
    by_part = scored(stream).reshape(len(STREAM), layers, len(labels))
    for part, table in zip(STREAM, by_part, strict=True):
        quantities[f"patch_{part}"] = quantity(table, "layer", "position", labels=of_places)
    if cube is not None:
        values = scored(cube).reshape(layers, heads, len(labels))
        quantities["patch_head_position"] = quantity(
            values, "layer", "head", "position", labels=of_heads | {"position": labels}
        )
    best = int(scores["output"].argmax())
    control = scores["control"]
    known = bool(np.isfinite(control).all())
    scalars = {
        "best_layer": best // heads,
        "best_head": best % heads,
        "best": scores["output"][best],
        "best_control": control[best],
        "control_best": control.max() if known else np.nan,
    }
    if split:
        scalars |= {"best_value": scores["value"][best], "best_pattern": scores["pattern"][best]}
    quantities |= {name: quantity(value) for name, value in scalars.items()}
    quantities |= {
        "difference_clean": quantity(clean_d.mean(), unit="logit"),
        "difference_corrupted": quantity(corrupted_d.mean(), unit="logit"),
    }
    facts = {
        "model": network.digest,
        "task": prompts.name,
        "best": f"{best // heads}.{best % heads}",
        "best_position": labels[int(by_part[0, layers // 2].argmax())],
    }
    if not split:
        facts["not split"] = "this model's attention cannot be opened into pattern and values"
    return Result(quantities, model=network.name, facts=facts)
