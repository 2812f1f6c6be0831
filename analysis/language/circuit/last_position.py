"""A forward pass whose last position can be changed afterwards, at the price of one position.

No other position reads the last one, so keys and values of all others are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tapehead.analysis.language.models.forward import Network

if TYPE_CHECKING:
    from torch import Tensor


class LastPosition:
    """The last position of n prompts, layer by layer.

    ``before`` and ``middle`` are the residual stream there before each block and between its attention and its MLP,
    (n, 1, D); ``z`` the heads' outputs, (n, 1, H, d), whose sum through the output matrix is the layer's attention
    output; ``mlp`` the MLP's output; ``final`` (n, D) the stream after the last block.
    """

    def __init__(self, network: Network, tokens: Tensor) -> None:
        self.network = network
        self.before: list[Tensor] = []
        self.z: list[Tensor] = []
        self.middle: list[Tensor] = []
        self.mlp: list[Tensor] = []
        self._keys: list[Tensor] = []
        self._values: list[Tensor] = []
        x = network.embed(tokens)
        for layer in range(network.layers):
            normed = network.norm(x, network.blocks[layer].ln1)
            queries, keys, values = (network.project(layer, which, normed) for which in range(3))
            z = network.attend(queries, keys, values)
            middle = self._attended(layer, x, z)
            added = network.mlp(layer, middle)
            for kept, one in ((self.before, x), (self.z, z), (self.middle, middle), (self.mlp, added)):
                kept.append(one[:, -1:])
            self._keys.append(keys[:, :, :-1])
            self._values.append(values[:, :, :-1])
            x = middle + added
        self.final = x[:, -1]

    def with_z(self, layer: int, z: Tensor, further: Sequence[Tensor] = ()) -> Tensor:
        """``final`` if the heads of ``layer`` give ``z`` (n, 1, H, d) at the last position.

        ``further`` are outputs of the layers after it, one for each, if these are given as well.
        """
        x = self._attended(layer, self.before[layer], z)
        x = x + self.network.mlp(layer, x)
        return self._onward(layer + 1, x, further)

    def with_mlp(self, layer: int, added: Tensor) -> Tensor:
        """``final`` if the MLP of ``layer`` adds ``added`` (n or 1, 1, D) at the last position."""
        return self._onward(layer + 1, self.middle[layer] + added)

    def _onward(self, layer: int, x: Tensor, given: Sequence[Tensor] = ()) -> Tensor:
        import torch

        network = self.network
        for later in range(layer, network.layers):
            if given:
                z = given[later - layer]
            else:
                normed = network.norm(x, network.blocks[later].ln1)
                queries, key, value = (network.project(later, which, normed) for which in range(3))
                z = network.attend(
                    queries, torch.cat([self._keys[later], key], 2), torch.cat([self._values[later], value], 2)
                )
            x = self._attended(later, x, z)
            x = x + network.mlp(later, x)
        return x[:, 0]

    def _attended(self, layer: int, x: Tensor, z: Tensor) -> Tensor:
        return x + self.network.write(layer, z) + self.network.blocks[layer].out_bias
