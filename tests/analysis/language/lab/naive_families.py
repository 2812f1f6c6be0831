"""Plain PyTorch hooks on Hugging Face's own models, with the names of their parts written down family by family.

Nothing of the lab is used: every run goes through the whole model and every logit is computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch

from tapehead.analysis.language.lab.prompts import PromptSet
from tapehead.analysis.language.models.components import Component

# Blocks, the matrix behind the heads and the MLP, as each family calls them.
NAMES = {
    "gpt-neo": ("transformer.h", "attn.attention.out_proj", "mlp"),
    "neox": ("gpt_neox.layers", "attention.dense", "mlp"),
    "neox-sequential": ("gpt_neox.layers", "attention.dense", "mlp"),
    "llama": ("model.layers", "self_attn.o_proj", "mlp"),
    "mistral": ("model.layers", "self_attn.o_proj", "mlp"),
    "qwen2": ("model.layers", "self_attn.o_proj", "mlp"),
    "qwen3": ("model.layers", "self_attn.o_proj", "mlp"),
    "gemma": ("model.layers", "self_attn.o_proj", "mlp"),
    "gemma2": ("model.layers", "self_attn.o_proj", "mlp"),
    "llama-one-key": ("model.layers", "self_attn.o_proj", "mlp"),
    "gemma3": ("model.layers", "self_attn.o_proj", "mlp"),
    "cohere": ("model.layers", "self_attn.o_proj", "mlp"),
    "granite": ("model.layers", "self_attn.o_proj", "mlp"),
    "falcon": ("transformer.h", "self_attention.dense", "mlp"),
    "gpt2": ("transformer.h", "attn.c_proj", "mlp"),
}

Exchange = Callable[[torch.Tensor], torch.Tensor]


class NaiveFamily:
    """A model with exchanged outputs of heads and MLPs."""

    def __init__(self, hf: Any, family: str) -> None:
        blocks, output, mlp = NAMES[family]
        self.hf = hf
        self.blocks = list(hf.get_submodule(blocks))
        self.outputs = [block.get_submodule(output) for block in self.blocks]
        self.mlps = [block.get_submodule(mlp) for block in self.blocks]
        self.layers, self.heads = len(self.blocks), hf.config.num_attention_heads
        self._table: dict[tuple[str, str], dict[str, list[torch.Tensor]]] = {}

    def run(
        self, tokens: np.ndarray, z: dict[int, Exchange] | None = None, mlp: dict[int, Exchange] | None = None
    ) -> tuple[torch.Tensor, list[torch.Tensor], list[torch.Tensor]]:
        """Logits at the last position, heads' outputs (n, P, H, d) and MLPs' outputs of every layer, as exchanged."""
        seen_z: list[Any] = [None] * self.layers
        seen_mlp: list[Any] = [None] * self.layers
        handles = []
        for layer in range(self.layers):

            def before(_m: Any, args: Any, layer: int = layer) -> Any:
                value = args[0].reshape(*args[0].shape[:2], self.heads, -1)
                if z and layer in z:
                    value = z[layer](value.clone())
                seen_z[layer] = value.clone()
                return (value.reshape(args[0].shape), *args[1:])

            def after(_m: Any, _a: Any, out: Any, layer: int = layer) -> Any:
                if mlp and layer in mlp:
                    out = mlp[layer](out.clone())
                seen_mlp[layer] = out.clone()
                return out

            handles.append(self.outputs[layer].register_forward_pre_hook(before))
            handles.append(self.mlps[layer].register_forward_hook(after))
        try:
            with torch.no_grad():
                logits = self.hf(torch.tensor(np.array(tokens)), use_cache=False).logits[:, -1]
        finally:
            for handle in handles:
                handle.remove()
        return logits, seen_z, seen_mlp

    def means(self, prompts: PromptSet) -> dict[tuple[str, str], dict[str, list[torch.Tensor]]]:
        """Mean outputs per group and label, summed one prompt at a time; kept, since they are of the whole model."""
        if self._table:
            return self._table
        sums: dict[tuple[str, str], dict[str, Any]] = {}
        for cell in prompts.cells:
            assert cell.labels
            for row in cell.task.corrupted:
                _logits, heads, mlps = self.run(row[None])
                for at, label in enumerate(cell.labels):
                    one = sums.setdefault((cell.group, label), {"n": 0, "z": [0.0] * 9, "mlp": [0.0] * 9})
                    one["n"] += 1
                    for layer in range(self.layers):
                        one["z"][layer] = one["z"][layer] + heads[layer][0, at].double()
                        one["mlp"][layer] = one["mlp"][layer] + mlps[layer][0, at].double()
        self._table = {
            key: {what: [one[what][k] / one["n"] for k in range(self.layers)] for what in ("z", "mlp")}
            for key, one in sums.items()
        }
        return self._table

    def ablated(self, prompts: PromptSet, gone: Iterable[Component]) -> np.ndarray:
        """Log odds of every prompt with these components at their means."""
        table, found = self.means(prompts), np.empty(len(prompts))
        gone = list(gone)
        for cell in prompts.cells:
            stack = {
                what: [
                    torch.stack([table[cell.group, label][what][layer] for label in cell.labels]).float()
                    for layer in range(self.layers)
                ]
                for what in ("z", "mlp")
            }
            z: dict[int, Exchange] = {}
            mlp: dict[int, Exchange] = {}
            for layer in range(self.layers):
                heads = [one.head for one in gone if one.layer == layer and not one.is_mlp]
                if heads:
                    z[layer] = _put(stack["z"][layer], heads)
                if Component(layer) in gone:
                    mlp[layer] = lambda out, mean=stack["mlp"][layer]: mean.expand_as(out).contiguous()
            logits = self.run(cell.task.tokens, z, mlp)[0].double().numpy()
            rows = np.arange(len(logits))
            found[cell.rows] = logits[rows, cell.task.answers] - logits[rows, cell.task.wrong]
        return found


def _put(mean: torch.Tensor, heads: list[int]) -> Exchange:
    def exchange(value: torch.Tensor) -> torch.Tensor:
        value[:, :, heads] = mean[:, heads]
        return value

    return exchange
