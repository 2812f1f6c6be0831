"""The circuit analyses once more, as plainly as possible: PyTorch hooks on Hugging Face's GPT-2, one per component.

Nothing of the analyses' own forward pass is used, every run goes through the whole network, every logit is computed.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from tapehead.analysis.language.models.components import Circuit, Component
from tapehead.analysis.language.models.loading import LanguageModel
from tapehead.analysis.language.tasks.tasks import Task


def rough_of(model: LanguageModel, seed: int = 17, **changes: Any) -> LanguageModel:
    """Another random network with the same words: some settings changed, biases and LayerNorms not trivial."""
    from transformers import GPT2LMHeadModel

    config = copy.deepcopy(model.hf.config)
    for name, value in changes.items():
        setattr(config, name, value)
    torch.manual_seed(seed)
    hf = GPT2LMHeadModel(config)
    with torch.no_grad():
        for parameter in hf.parameters():
            parameter.add_(0.2 * torch.randn(parameter.shape))
    return LanguageModel("rough", "-", hf.eval(), model.tokenizer)


@dataclass
class Seen:
    """What one run computed, per layer: z (n, P, D), queries, keys and values (n, P, 3·D), MLP in- and outputs."""

    z: dict[int, torch.Tensor]
    qkv: dict[int, torch.Tensor]
    mlp_in: dict[int, torch.Tensor]
    mlp_out: dict[int, torch.Tensor]
    embedded: torch.Tensor
    logits: torch.Tensor


Hooks = Iterable[tuple[Any, str, Callable[..., Any]]]


class Naive:
    """One task in one network, everything by hooks."""

    def __init__(self, model: LanguageModel, task: Task, dtype: torch.dtype = torch.float32) -> None:
        self.hf = copy.deepcopy(model.hf).to(dtype)
        self.blocks = self.hf.transformer.h
        self.task = task
        self.layers, self.heads = model.layers, model.heads
        self.width = self.hf.config.n_embd // self.heads
        self.mean_z, self.mean_mlp = self._means()
        self._pair: tuple[Circuit, Seen, Seen] | None = None

    def run(self, tokens: np.ndarray, hooks: Hooks = ()) -> Seen:
        """One forward of the whole batch with these hooks; recorders are added last and see what the hooks left."""
        core, seen = self.hf.transformer, Seen({}, {}, {}, {}, torch.empty(0), torch.empty(0))
        handles = [getattr(module, f"register_forward_{kind}")(hook) for module, kind, hook in hooks]

        def into(store: dict[int, torch.Tensor], layer: int, which: str) -> Callable[..., None]:
            def record(_module: Any, inputs: Any, output: Any = None) -> None:
                assert layer not in store, "a hook fires once per forward"
                store[layer] = (inputs[0] if which == "in" else output).clone()

            return record

        for layer, block in enumerate(self.blocks):
            handles.append(block.attn.c_proj.register_forward_pre_hook(into(seen.z, layer, "in")))
            handles.append(block.attn.c_attn.register_forward_hook(into(seen.qkv, layer, "out")))
            handles.append(block.mlp.register_forward_pre_hook(into(seen.mlp_in, layer, "in")))
            handles.append(block.mlp.register_forward_hook(into(seen.mlp_out, layer, "out")))
        embedded: dict[int, torch.Tensor] = {}
        handles.append(core.drop.register_forward_hook(into(embedded, 0, "out")))
        with torch.no_grad():
            seen.logits = self.hf(torch.tensor(tokens), use_cache=False).logits
        for handle in handles:
            handle.remove()
        assert len(seen.z) == len(seen.mlp_out) == self.layers
        seen.embedded = embedded[0]
        return seen

    def _means(self) -> tuple[dict[int, torch.Tensor], dict[int, torch.Tensor]]:
        z: dict[int, Any] = dict.fromkeys(range(self.layers), 0)
        mlp: dict[int, Any] = dict.fromkeys(range(self.layers), 0)
        for row in self.task.corrupted:
            seen = self.run(row[None])
            for layer in range(self.layers):
                z[layer] = z[layer] + seen.z[layer][0] / len(self.task)
                mlp[layer] = mlp[layer] + seen.mlp_out[layer][0] / len(self.task)
        return z, mlp

    # -- ablation ----------------------------------------------------------------------------------------------------

    def without(self, gone: Iterable[Component]) -> list[tuple[Any, str, Callable[..., Any]]]:
        """One hook per removed component."""
        hooks = []
        for one in gone:
            if one.is_mlp:
                mean = self.mean_mlp[one.layer]
                hooks.append((self.blocks[one.layer].mlp, "hook", set_output(mean)))
            else:
                part = self.part(one)
                hooks.append(
                    (self.blocks[one.layer].attn.c_proj, "pre_hook", set_input(self.mean_z[one.layer], part)),
                )
        return hooks

    def part(self, head: Component) -> slice:
        """Columns of a head in z."""
        return slice(head.head * self.width, (head.head + 1) * self.width)

    def removed(self, circuit: Circuit) -> list[Component]:
        """What is not live."""
        every = [Component(layer, head) for layer in range(self.layers) for head in range(-1, self.heads)]
        return [one for one in every if one not in circuit]

    def logits(self, circuit: Circuit) -> np.ndarray:
        """Logits at the last position (n, vocabulary)."""
        return self.run(self.task.tokens, self.without(self.removed(circuit))).logits[:, -1].numpy()

    def differences(self, circuit: Circuit) -> np.ndarray:
        """Logit difference of each prompt."""
        return self.apart(self.logits(circuit))

    def apart(self, logits: np.ndarray) -> np.ndarray:
        """logit(answer) - logit(wrong), prompt by prompt."""
        rows = zip(logits, self.task.answers, self.task.wrong, strict=True)
        return np.array([float(row[answer]) - float(row[wrong]) for row, answer, wrong in rows])

    def prune(self, threshold: float, backward_first: bool = True) -> list[tuple[int, str, float, bool]]:
        """(pass, component, score without it, removed) of every decision."""
        live = {(layer, head) for layer in range(self.layers) for head in range(-1, self.heads)}
        full = self._mean(live)
        backward, number, steps = backward_first, 0, []
        while True:
            before = set(live)
            for layer in sorted(range(self.layers), reverse=backward):
                order = [-1, *range(self.heads)] if backward else [*range(self.heads), -1]
                for head in order:
                    if (layer, head) in live:
                        score = 100 * self._mean(live - {(layer, head)}) / full
                        gone = 100 - score < 100 - threshold
                        live -= {(layer, head)} if gone else set()
                        steps.append((number, str(Component(layer, head)), score, gone))
            if live == before:
                return steps
            backward, number = not backward, number + 1

    def _mean(self, live: set[tuple[int, int]]) -> float:
        circuit = Circuit.of([Component(*at) for at in live], self.layers, self.heads)
        return float(self.differences(circuit).mean())

    # -- paths -------------------------------------------------------------------------------------------------------

    def patched(self, circuit: Circuit, sender: Component | None, receiver: Component | None, where: str) -> np.ndarray:
        """Logit difference of each prompt with one direct path patched, by runs with everything else frozen."""
        ablated = self.without(self.removed(circuit))
        if self._pair is None or self._pair[0] != circuit:  # two runs that all paths of a circuit need
            self._pair = circuit, self.run(self.task.tokens, ablated), self.run(self.task.corrupted, ablated)
        _, clean, corrupted = self._pair
        # Clean prompts with every head and MLP frozen at the clean run's values, except the sender.
        frozen: list[tuple[Any, str, Callable[..., Any]]] = []
        for layer, block in enumerate(self.blocks):
            frozen.append((block.attn.c_proj, "pre_hook", set_input(clean.z[layer])))
            frozen.append((block.mlp, "hook", set_output(clean.mlp_out[layer])))
        if sender is None:
            frozen.append((self.hf.transformer.drop, "hook", set_output(corrupted.embedded)))
        elif sender.is_mlp:
            frozen.append((self.blocks[sender.layer].mlp, "hook", set_output(corrupted.mlp_out[sender.layer])))
        else:
            module, part = self.blocks[sender.layer].attn.c_proj, self.part(sender)
            frozen.append((module, "pre_hook", set_input(corrupted.z[sender.layer], part)))
        path = self.run(self.task.tokens, frozen)
        if receiver is None:
            return self.apart(path.logits[:, -1].numpy())
        # Clean prompts again, with what the receiver read in that run; it and all after it are computed.
        block = self.blocks[receiver.layer]
        if receiver.is_mlp:
            last = (block.mlp, "pre_hook", set_input(path.mlp_in[receiver.layer]))
        else:
            start = "qkv".index(where) * self.heads * self.width + receiver.head * self.width
            last = (block.attn.c_attn, "hook", set_output(path.qkv[receiver.layer], slice(start, start + self.width)))
        return self.apart(self.run(self.task.tokens, [*ablated, last]).logits[:, -1].numpy())


def set_input(values: torch.Tensor, part: slice = slice(None)) -> Callable[..., Any]:
    """Pre-hook that overwrites columns of a module's input."""

    def hook(_module: Any, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        changed = inputs[0].clone()
        changed[..., part] = values[..., part]
        return (changed, *inputs[1:])

    return hook


def set_output(values: torch.Tensor, part: slice = slice(None)) -> Callable[..., Any]:
    """Hook that overwrites columns of a module's output."""

    def hook(_module: Any, _inputs: Any, output: torch.Tensor) -> torch.Tensor:
        changed = output.clone()
        changed[..., part] = values[..., part]
        return changed

    return hook


def random_circuit(rng: np.random.Generator, layers: int, heads: int, share: float = 0.5) -> Circuit:
    """Each component live with this probability."""
    return Circuit(rng.random((layers, heads)) < share, rng.random(layers) < share)
