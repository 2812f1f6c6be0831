"""Plain runs of prompts through an opened network, with what other runs take from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tapehead.analysis.language.lab.ablators import AnyNetwork, chunk_for
from tapehead.analysis.language.lab.networks import several
from tapehead.analysis.language.lab.prompts import Cell, PromptSet

if TYPE_CHECKING:
    from torch import Tensor

Tick = Callable[[float], None]
"""Told, after each piece of work, which share of a stage is done."""


def silent(_done: float) -> None:
    """Tells nobody."""


@dataclass(frozen=True, eq=False)
class Pass:
    """One run, by layer: streams before blocks (n, P, D), heads' outputs (n, P, H, d), the stream at the end."""

    before: list[Tensor]
    z: list[Tensor]
    mlp: list[Tensor]
    end: Tensor


def run_through(network: AnyNetwork, tokens: Tensor) -> Pass:
    """A plain run of tokens (n, P)."""
    before, heads, mlps = [], [], []
    x = network.embed(tokens)
    for layer in range(network.layers):
        z = network.all_z(layer, x)
        mlp = network.mlp_output(layer, x, z)
        before.append(x)
        heads.append(z)
        mlps.append(mlp)
        x = network.after(layer, x, z, mlp)
    return Pass(before, heads, mlps, x)


def onward(network: AnyNetwork, layer: int, x: Tensor, directions: Tensor) -> Tensor:
    """Log odds (n,) of a stream that stands before ``layer``, everything from there on as it is."""
    for at in range(layer, network.layers):
        x = network.after(at, x, network.all_z(at, x), last=at == network.layers - 1)
    return network.differences(x[:, -1], directions)


@dataclass(frozen=True, eq=False)
class Portion:
    """Some prompts of one shape: tokens of both kinds, directions, answers, and which prompts of the set they are.

    ``cell`` is the (first) cell that they are from.
    """

    cell: Cell
    rows: np.ndarray
    clean: Tensor
    corrupted: Tensor
    directions: Tensor
    answers: np.ndarray


def portions(network: AnyNetwork, prompts: PromptSet, by_group: bool = False) -> Iterator[Portion]:
    """All prompts, as many together as fit; prompts of several groups together unless ``by_group``."""
    for cells in _together(prompts, by_group):
        rows = np.concatenate([cell.rows for cell in cells])
        tokens, corrupted, answers, wrong = (
            np.concatenate([getattr(cell.task, name) for cell in cells])
            for name in ("tokens", "corrupted", "answers", "wrong")
        )
        for first in range(0, len(rows), chunk_for(network)):
            which = slice(first, first + chunk_for(network))
            yield Portion(
                cells[0],
                rows[which],
                network.tokens(tokens[which]),
                network.tokens(corrupted[which]),
                network.directions(answers[which], wrong[which]),
                several(answers[which]),
            )


def _together(prompts: PromptSet, by_group: bool) -> list[list[Cell]]:
    """Cells whose prompts have one shape."""
    if by_group:
        return [[cell] for cell in prompts.cells]
    found: dict[tuple[object, ...], list[Cell]] = {}
    for cell in prompts.cells:
        found.setdefault((cell.task.tokens.shape[1], cell.labels), []).append(cell)
    return list(found.values())


def count_portions(network: AnyNetwork, prompts: PromptSet, by_group: bool = False) -> int:
    """How many portions there are."""
    chunk = chunk_for(network)
    return sum(-(-sum(len(cell.task) for cell in cells) // chunk) for cells in _together(prompts, by_group))


def place(into: np.ndarray, portion: Portion, values: Tensor) -> None:
    """Write values (n, …) of a portion to their rows of ``into`` (prompts, …)."""
    into[portion.rows] = values.detach().double().cpu().numpy()
