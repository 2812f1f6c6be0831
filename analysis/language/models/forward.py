"""GPT-2's forward pass opened at the outputs of its components: heads (``z``, before the output matrix) and MLPs.

The circuit analyses evaluate thousands of slightly different networks.  This module gives them the pieces; what is
cached, skipped or replaced by a mean is decided in :mod:`tapehead.analysis.language.circuit.ablation`.  Shapes use n
prompts, P positions, L layers, H heads of width d, and D = H·d, the width of the residual stream.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tapehead.analysis.language.models.loading import LanguageModel, ModelError

if TYPE_CHECKING:
    from torch import Tensor

_TANH_GELU = ("gelu_new", "gelu_pytorch_tanh", "gelu_fast")


@dataclass(frozen=True, eq=False)
class Layer:
    """Weights of one block; every matrix acts from the right, ``x @ W + b``."""

    ln1: tuple[Tensor, Tensor]
    qkv: Tensor
    """(D, 3, H, d)"""
    qkv_bias: Tensor
    """(3, H, d)"""
    out: Tensor
    """(H, d, D)"""
    out_bias: Tensor
    ln2: tuple[Tensor, Tensor]
    fc: tuple[Tensor, Tensor]
    proj: tuple[Tensor, Tensor]


class Network:
    """The same network as ``model.hf``, as functions of the residual stream.

    Args:
        model: where the weights are from.
        dtype: ``"float32"``, or ``"float64"`` for checks.
    """

    def __init__(self, model: LanguageModel, dtype: str = "float32") -> None:
        import torch

        config = model.hf.config
        self.name, self.digest, self.device = model.name, model.digest, model.device
        self.layers, self.heads, self.width = int(config.n_layer), int(config.n_head), int(config.n_embd)
        self.head_width = self.width // self.heads
        self.epsilon = float(config.layer_norm_epsilon)
        self.dtype = getattr(torch, dtype)
        core = model.hf.transformer

        def own(tensor: Any) -> Tensor:
            return tensor.detach().to(device=model.device, dtype=self.dtype).contiguous()

        def pair(module: Any) -> tuple[Tensor, Tensor]:
            return own(module.weight), own(module.bias)

        d, h, width = self.head_width, self.heads, self.width
        self.blocks = [
            Layer(
                pair(block.ln_1),
                own(block.attn.c_attn.weight).view(width, 3, h, d),
                own(block.attn.c_attn.bias).view(3, h, d),
                own(block.attn.c_proj.weight).view(h, d, width),
                own(block.attn.c_proj.bias),
                pair(block.ln_2),
                pair(block.mlp.c_fc),
                pair(block.mlp.c_proj),
            )
            for block in core.h
        ]
        self._picked: dict[int, tuple[tuple[int, ...], Tensor, Tensor, Tensor]] = {}
        self.ln_f = pair(core.ln_f)
        self.word_vectors, self.place_vectors = own(core.wte.weight), own(core.wpe.weight)
        self.unembed = own(model.hf.lm_head.weight)
        if self.unembed.shape[1] != width:
            raise ModelError(f"the unembedding of '{model.name}' has width {self.unembed.shape[1]}, not {width}")
        name = str(config.activation_function)
        self._act: Callable[[Tensor], Tensor] = core.h[0].mlp.act
        if name in _TANH_GELU:  # the same function as one fused kernel
            self._act = lambda x: torch.nn.functional.gelu(x, approximate="tanh")

    # -- pieces --------------------------------------------------------------------------------------------------

    def tokens(self, tokens: np.ndarray) -> Tensor:
        """Token ids (n, P) on the network's device."""
        import torch

        return torch.as_tensor(np.array(tokens), device=self.device)

    def embed(self, tokens: Tensor) -> Tensor:
        """Residual stream before the first block, (n, P, D)."""
        return self.word_vectors[tokens] + self.place_vectors[: tokens.shape[1]]

    def norm(self, x: Tensor, weights: tuple[Tensor, Tensor]) -> Tensor:
        """LayerNorm over the last axis."""
        from torch.nn.functional import layer_norm

        return layer_norm(x, (self.width,), *weights, self.epsilon)

    def weights(self, layer: int, heads: Tensor | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """``qkv`` (D, 3, h, d), its bias (3, h, d) and ``out`` (h, d, D) of all heads or some.

        Picking copies; a circuit is run on many chunks and scored many times while its other layers stay as they are,
        so each layer's last pick is kept.
        """
        block = self.blocks[layer]
        if heads is None:
            return block.qkv, block.qkv_bias, block.out
        asked = tuple(heads.tolist())
        if layer not in self._picked or self._picked[layer][0] != asked:
            self._picked[layer] = asked, block.qkv[:, :, heads], block.qkv_bias[:, heads], block.out[heads]
        return self._picked[layer][1:]

    def project(self, layer: int, which: int, normed: Tensor, heads: Tensor | None = None) -> Tensor:
        """Queries (``which`` 0), keys (1) or values (2) of a normed stream: (n, h, positions, d), all heads or some."""
        return self._project(layer, slice(which, which + 1), normed, heads)[0]

    def _project(self, layer: int, which: slice, normed: Tensor, heads: Tensor | None) -> tuple[Tensor, ...]:
        """Several of queries, keys and values as one matrix product."""
        import torch

        weight, bias, _ = self.weights(layer, heads)
        weight, bias = weight[:, which], bias[which]
        n, length, width = normed.shape
        flat = torch.addmm(bias.reshape(-1), normed.reshape(-1, width), weight.reshape(width, -1))
        return tuple(flat.view(n, length, *bias.shape).permute(2, 0, 3, 1, 4))

    def attend(self, queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        """``z`` (n, queries, h, d) of (n, h, ·, d) inputs; fewer queries than keys are the last ones."""
        from torch.nn.functional import scaled_dot_product_attention

        if queries.shape[2] == keys.shape[2]:
            found = scaled_dot_product_attention(queries, keys, values, is_causal=True)
        elif queries.shape[2] == 1:
            found = scaled_dot_product_attention(queries, keys, values)
        else:
            raise ValueError("attention needs all queries or the last one")
        return found.transpose(1, 2)

    def z(self, layer: int, x: Tensor, heads: Tensor | None = None, last: bool = False) -> Tensor:
        """Outputs of heads before the output matrix, (n, P or 1, h, d), of the stream before the block."""
        normed = self.norm(x, self.blocks[layer].ln1)
        if last:
            queries = self.project(layer, 0, normed[:, -1:], heads)
            return self.attend(queries, *self._project(layer, slice(1, 3), normed, heads))
        return self.attend(*self._project(layer, slice(0, 3), normed, heads))

    def write(self, layer: int, z: Tensor, heads: Tensor | None = None) -> Tensor:
        """What heads add to the stream, without the bias: ``z`` (n, P, h, d) to (n, P, D)."""
        out = self.weights(layer, heads)[2]
        return z.reshape(-1, out.shape[0] * self.head_width).matmul(out.reshape(-1, self.width)).view(*z.shape[:2], -1)

    def hidden(self, layer: int, x: Tensor) -> Tensor:
        """Activations (n, P, neurons) of the MLP that reads the stream ``x`` between attention and MLP."""
        import torch

        block = self.blocks[layer]
        normed = self.norm(x, block.ln2)
        return self._act(torch.addmm(block.fc[1], normed.reshape(-1, self.width), block.fc[0])).view(*x.shape[:-1], -1)

    def from_hidden(self, layer: int, hidden: Tensor) -> Tensor:
        """What the MLP with these activations adds to the stream, (n, P, D)."""
        import torch

        weight, bias = self.blocks[layer].proj
        return torch.addmm(bias, hidden.reshape(-1, hidden.shape[-1]), weight).view(*hidden.shape[:-1], -1)

    def mlp(self, layer: int, x: Tensor) -> Tensor:
        """What the MLP adds to the stream ``x`` between attention and MLP."""
        return self.from_hidden(layer, self.hidden(layer, x))

    def differences(self, last: Tensor, directions: Tensor) -> Tensor:
        """Logit differences (n,) of the stream at the last position (n, D); see :meth:`directions`."""
        return (self.norm(last, self.ln_f) * directions).sum(-1)

    def directions(self, answers: np.ndarray, wrong: np.ndarray) -> Tensor:
        """Unembedding of the answer minus that of the wrong word, (n, D): two columns instead of the vocabulary."""
        return self.unembed[self.tokens(answers)] - self.unembed[self.tokens(wrong)]

    def logits(self, last: Tensor) -> Tensor:
        """Logits (n, vocabulary) of the stream at the last position."""
        return self.norm(last, self.ln_f) @ self.unembed.T
