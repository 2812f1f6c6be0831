"""Mean ablation the slow and obvious way: plain forward hooks, one component and one whole forward pass at a time.

It is there to check :mod:`tapehead.analysis.language.circuit.ablation` and shares nothing with it: no cache, no reuse,
no shortcut at
the last position, the logits of the whole vocabulary.  A head is its slice of what the attention's output matrix
reads (``z``), an MLP is what its module returns.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from tapehead.analysis.errors import ResultError
from tapehead.analysis.language.models.components import Component

if TYPE_CHECKING:
    from torch import Tensor


class NaiveAblation:
    """A Hugging Face GPT-2 with components replaced by their mean over corrupted prompts, position by position.

    Args:
        hf: the ``GPT2LMHeadModel``.
        tokens: clean prompts (n, P).
        corrupted: corrupted prompts (m, P).
        answers: ids of the answers (n,).
        wrong: ids of the wrong answers (n,).
        device: where the model is.
    """

    def __init__(
        self,
        hf: Any,
        tokens: np.ndarray,
        corrupted: np.ndarray,
        answers: np.ndarray,
        wrong: np.ndarray,
        device: str = "cpu",
    ) -> None:
        import torch

        self.hf = hf
        self.size = hf.config.n_embd // hf.config.n_head
        self.tokens, self.corrupted = (torch.tensor(ids, device=device) for ids in (tokens, corrupted))
        self.answers, self.wrong = answers, wrong
        self._means: dict[Component, Tensor] = {}

    def mean(self, one: Component) -> Tensor:
        """Mean output of a component at each position, (P, d) of a head or (P, D) of an MLP; one forward pass."""
        import torch

        if one not in self._means:
            seen: list[Tensor] = []
            if one.is_mlp:
                handle = self._mlp(one).register_forward_hook(lambda _module, _inputs, output: seen.append(output))
            else:
                handle = self._output_matrix(one).register_forward_pre_hook(
                    lambda _module, inputs: seen.append(inputs[0][..., self._slice(one)])
                )
            try:
                with torch.no_grad():
                    self.hf(self.corrupted, use_cache=False)
            finally:
                handle.remove()
            if len(seen) != 1:
                raise ResultError(f"the hook on {one} fired {len(seen)} times in a forward pass, not once")
            self._means[one] = seen[0].mean(0)
        return self._means[one]

    def differences(self, gone: Iterable[Component] = ()) -> np.ndarray:
        """logit(answer) - logit(wrong) at the last position of every clean prompt, (n,), with these ablated."""
        import torch

        fired: list[Component] = []
        # All means first: they are those of the intact network, where no hook replaces anything.
        means = {one: self.mean(one) for one in gone}
        handles = []
        for one, mean in means.items():
            if one.is_mlp:

                def exchange(
                    _module: Any, _inputs: Any, output: Tensor, one: Component = one, mean: Tensor = mean
                ) -> Tensor:
                    fired.append(one)
                    return mean.expand_as(output)

                handles.append(self._mlp(one).register_forward_hook(exchange))
            else:

                def cut(_module: Any, inputs: Any, one: Component = one, mean: Tensor = mean) -> tuple[Tensor]:
                    fired.append(one)
                    z = inputs[0].clone()
                    z[..., self._slice(one)] = mean
                    return (z,)

                handles.append(self._output_matrix(one).register_forward_pre_hook(cut))
        try:
            with torch.no_grad():
                logits = self.hf(self.tokens, use_cache=False).logits[:, -1].double().cpu().numpy()
        finally:
            for handle in handles:
                handle.remove()
        if sorted(fired) != sorted(means):
            raise ResultError(f"{len(means)} components were to be ablated and hooks fired {len(fired)} times")
        rows = np.arange(len(logits))
        return np.asarray(logits[rows, self.answers] - logits[rows, self.wrong])

    def _mlp(self, one: Component) -> Any:
        return self.hf.transformer.h[one.layer].mlp

    def _output_matrix(self, one: Component) -> Any:
        return self.hf.transformer.h[one.layer].attn.c_proj

    def _slice(self, one: Component) -> slice:
        return slice(one.head * self.size, (one.head + 1) * self.size)
