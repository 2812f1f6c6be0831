"""Two engines with one face: a network opened at the outputs of its heads and MLPs.

:class:`FastNetwork` is the GPT-2 engine of :mod:`tapehead.analysis.language.models.forward`.  :class:`OpenNetwork` runs
the blocks of any Hugging Face model as they are and reaches into them at two places: what the attention's output matrix
reads (``z``, all query heads side by side) and what the MLP returns.  So rotary positions, grouped queries, parallel
blocks, gated MLPs, norms before or after need no code here.  When it is made it compares itself with the whole model.
The lab's analyses use what both have: ``embed``, ``all_z``, ``mlp_output``, ``after``, ``split_attention``,
``written``, ``normed``, ``directions``, ``differences``, ``logits``.

Shapes: n prompts, P positions, L layers, H query heads of width d, D the residual stream.  The *log odds* of a prompt
are log p(any answer) − log p(any wrong answer) at its last position; of single tokens, the difference of two logits.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from tapehead.analysis.language.lab.any_model import WORKS, OpenModel
from tapehead.analysis.language.models.forward import Network
from tapehead.analysis.language.models.loading import LanguageModel, ModelError

if TYPE_CHECKING:
    from torch import Tensor

CLOSE = 1e-3
"""How far the opened network's logits may be from the whole model's, relative to their spread."""


def open_network(model: LanguageModel, dtype: str = "float32") -> FastNetwork | OpenNetwork:
    """The engine for a model.

    Raises:
        ModelError: the model cannot be opened.
    """
    return OpenNetwork(model) if isinstance(model, OpenModel) else FastNetwork(model, dtype)


def several(ids: np.ndarray) -> np.ndarray:
    """Answers (n,) or (n, k) as (n, k)."""
    return ids[:, None] if ids.ndim == 1 else ids


def set_odds(logits: Tensor, signs: Tensor) -> Tensor:
    """log Σ exp over entries of sign 1 minus the same over those of sign -1; entries of sign 0 do not count."""
    import torch

    low = torch.full_like(logits, -torch.inf)
    return torch.where(signs > 0, logits, low).logsumexp(-1) - torch.where(signs < 0, logits, low).logsumexp(-1)


def _signs(answers: np.ndarray, wrong: np.ndarray) -> np.ndarray:
    right, other = several(answers), several(wrong)
    return np.concatenate([np.where(right >= 0, 1, 0), np.where(other >= 0, -1, 0)], 1)


class FastNetwork(Network):
    """GPT-2's own engine, with several answers to a prompt."""

    chunk = 0
    """How many prompts go through together, if memory has said so."""

    def all_z(self, layer: int, x: Tensor) -> Tensor:
        """Outputs (n, P, H, d) of all heads."""
        return self.z(layer, x)

    def after(self, layer: int, x: Tensor, z: Tensor, mlp: Tensor | None = None, last: bool = False) -> Tensor:
        """Stream after a block whose heads give ``z`` and whose MLP gives ``mlp``."""
        if last:
            x, z, mlp = x[:, -1:], z[:, -1:], None if mlp is None else mlp[..., -1:, :]
        middle = x + self.write(layer, z) + self.blocks[layer].out_bias
        return middle + (self.mlp(layer, middle) if mlp is None else mlp)

    def mlp_output(self, layer: int, x: Tensor, z: Tensor) -> Tensor:
        """What the MLP returns, (n, P, D)."""
        return self.mlp(layer, x + self.write(layer, z) + self.blocks[layer].out_bias)

    def split_attention(self, tokens: Tensor) -> list[tuple[Tensor, Tensor]] | None:
        """Pattern and values of all heads, layer by layer."""
        import torch

        found = []
        x = self.embed(tokens)
        for layer in range(self.layers):
            normed = self.norm(x, self.blocks[layer].ln1)
            queries, keys, values = (self.project(layer, which, normed) for which in range(3))
            scores = queries @ keys.transpose(-1, -2) / self.head_width**0.5
            hidden = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).triu(1)
            pattern = scores.masked_fill(hidden, -torch.inf).softmax(-1)
            found.append((pattern, values.transpose(1, 2)))
            x = self.after(layer, x, (pattern @ values).transpose(1, 2))
        return found

    def written(self, layer: int) -> Tensor:
        """The matrix (H, d, D) of a layer's heads."""
        return self.blocks[layer].out

    def normed(self, last: Tensor) -> Tensor:
        """The final LayerNorm."""
        return self.norm(last, self.ln_f)

    def directions(self, answers: np.ndarray, wrong: np.ndarray) -> Tensor:
        """Differences of unembeddings (n, D); of several answers all unembeddings with their signs, (n, k, D + 1)."""
        import torch

        if answers.ndim == wrong.ndim == 1:
            return super().directions(answers, wrong)
        ids = self.tokens(np.concatenate([several(answers), several(wrong)], 1))
        signs = self.tokens(_signs(answers, wrong)).to(self.dtype)
        return torch.cat([self.unembed[ids.clamp(min=0)], signs[..., None]], -1)

    def differences(self, last: Tensor, directions: Tensor) -> Tensor:
        """Log odds (n,) of the stream at the last position (n, D)."""
        if directions.ndim == 2:
            return super().differences(last, directions)
        logits = (directions[..., :-1] @ self.normed(last)[..., None])[..., 0]
        return set_odds(logits, directions[..., -1])


class _Reached(Exception):  # noqa: N818 - it is no error: the rest of a block is not wanted
    """The attention's output matrix was reached."""

    def __init__(self, z: Tensor) -> None:
        self.z = z
        super().__init__()


_Told = tuple[tuple[Any, ...], dict[str, Any]]
"""What a block is given besides the stream: masks, rotations."""


class OpenNetwork:
    """Any model's own blocks, with heads' outputs and MLPs exchanged where asked.

    Raises:
        ModelError: the blocks cannot be run on their own, or do not give the model's own logits.
    """

    chunk = 0
    """How many prompts go through together, if memory has said so."""

    def __init__(self, model: OpenModel) -> None:
        import torch

        self.name, self.digest, self.device = model.name, model.digest, model.device
        self.model, self.hf = model, model.hf
        self.layers, self.heads = model.layers, model.heads
        places = model.places
        self.blocks = list(self.hf.get_submodule(places.blocks))
        self.attentions = [block.get_submodule(places.attention) for block in self.blocks]
        self.outputs = [attention.get_submodule(places.output) for attention in self.attentions]
        self.mlps = [block.get_submodule(places.mlp) for block in self.blocks]
        self.norm_module = self.hf.get_submodule(places.norm)
        self.unembed_module = self.hf.get_submodule(places.unembed)
        if len(self.blocks) != self.layers:
            raise ModelError(f"'{self.name}' has {len(self.blocks)} blocks; its config.json says {self.layers}")
        config = model._text_config
        self.cap = float(getattr(config, "final_logit_softcapping", None) or 0.0)
        self.factor = float(getattr(config, "logit_scale", None) or 1.0)
        self.factor /= float(getattr(config, "logits_scaling", None) or 1.0)
        self.unembed = self.unembed_module.weight.detach()
        self.unembed_bias = getattr(self.unembed_module, "bias", None)
        self.width = int(self.unembed.shape[1])
        self.dtype = self.unembed.dtype
        self._kwargs: dict[tuple[int, int], list[_Told]] = {}
        self._forms: dict[int, tuple[Any, Any]] = {}
        self._written: dict[int, Tensor] = {}
        self.head_width = 0
        probe = torch.arange(2 * min(6, model.context), device=self.device).view(2, -1) % model.words
        with torch.no_grad():
            self._check(probe)

    # -- running blocks ----------------------------------------------------------------------------------------------

    def tokens(self, tokens: np.ndarray) -> Tensor:
        """Token ids on the network's device."""
        import torch

        return torch.as_tensor(np.array(tokens), device=self.device)

    def embed(self, tokens: Tensor) -> Tensor:
        """Residual stream before the first block; remembers what blocks are told about positions at this shape."""
        n, length = tokens.shape
        seen: list[Tensor] = []
        handles = [self.blocks[0].register_forward_pre_hook(_keeps_input(seen), with_kwargs=True)]
        new = (n, length) not in self._kwargs
        told: list[_Told] = []
        if new:
            handles += [b.register_forward_pre_hook(_keeps_kwargs(told), with_kwargs=True) for b in self.blocks]
        else:
            handles.append(self.blocks[0].register_forward_pre_hook(_stops))
        try:
            with contextlib.suppress(_Reached):
                self.hf(tokens, use_cache=False)
        finally:
            for handle in handles:
                handle.remove()
        if new:
            if len(told) != self.layers:
                raise ModelError(
                    f"the blocks of '{self.name}' ran {len(told)} times in one pass, not once each: "
                    "such a network has no circuit of heads; choose one whose blocks run once"
                )
            self._kwargs[n, length] = told
        return seen[0]

    def all_z(self, layer: int, x: Tensor) -> Tensor:
        """Outputs (n, P, H, d) of all heads of a block that reads ``x``."""
        handle = self.outputs[layer].register_forward_pre_hook(_gives_z)
        try:
            self._block(layer, x)
        except _Reached as reached:
            return reached.z.reshape(*x.shape[:2], self.heads, -1)
        finally:
            handle.remove()
        raise ModelError(f"block {layer} of '{self.name}' never reached its attention's output matrix")

    def after(self, layer: int, x: Tensor, z: Tensor, mlp: Tensor | None = None, last: bool = False) -> Tensor:
        """Stream after a block whose heads give ``z`` and whose MLP gives ``mlp``, or what it computes."""
        length = x.shape[1]
        if last:
            x, z, mlp = x[:, -1:], z[:, -1:], None if mlp is None else mlp[..., -1:, :]
        attended = self.outputs[layer](z.reshape(*z.shape[:2], -1))
        with contextlib.ExitStack() as exchanged:
            exchanged.enter_context(self._instead(self.attentions[layer], self._forms[layer][0], attended))
            if mlp is not None:
                mlp = mlp.expand(*x.shape[:2], -1)
                exchanged.enter_context(self._instead(self.mlps[layer], self._forms[layer][1], mlp))
            return self._block(layer, x, length)

    def mlp_output(self, layer: int, x: Tensor, z: Tensor) -> Tensor:
        """What the MLP returns, (n, P, D)."""
        seen: list[Tensor] = []
        handle = self.mlps[layer].register_forward_hook(lambda _m, _i, out: seen.append(_first(out).clone()))
        try:
            self.after(layer, x, z)
        finally:
            handle.remove()
        return seen[0].reshape(*x.shape[:2], -1)

    def _block(self, layer: int, x: Tensor, length: int | None = None) -> Tensor:
        """A whole block; what it is told about positions is that of prompts of ``length``."""
        more, told = self._told(len(x), length or x.shape[1])[layer]
        return _first(self.blocks[layer](x, *more, **told))

    def _told(self, n: int, length: int) -> list[_Told]:
        if (n, length) not in self._kwargs:
            import torch

            self.embed(torch.zeros((n, length), dtype=torch.long, device=self.device))
        return self._kwargs[n, length]

    @contextlib.contextmanager
    def _instead(self, module: Any, form: Any, value: Tensor) -> Iterator[None]:
        """While this lasts a module returns ``value``, in the form in which it returns things."""
        module.forward = lambda *_args, **_kwargs: _in_form(form, value)
        try:
            yield
        finally:
            del module.forward

    # -- reading -----------------------------------------------------------------------------------------------------

    def split_attention(self, tokens: Tensor) -> list[tuple[Tensor, Tensor]] | None:
        """Pattern and values of all heads by TransformerLens' hooks; values of shared heads are repeated.

        ``None`` if they are not there or do not make up the heads' outputs.
        """
        import torch

        names = [f"blocks.{layer}.attn.hook_{what}" for layer in range(self.layers) for what in ("pattern", "v")]
        seen: dict[str, Tensor] = {}

        def keep(value: Tensor, hook: Any, name: str) -> None:  # a hook has another name than the one it is asked by
            seen[name] = value.detach()

        try:
            with torch.no_grad():
                hooks = [(name, partial(keep, name=name)) for name in names]
                self.model.bridge.run_with_hooks(tokens, fwd_hooks=hooks, use_cache=False)
            found = []
            x = self.embed(tokens)
            for layer in range(self.layers):
                pattern, values = seen[names[2 * layer]], seen[names[2 * layer + 1]]
                values = values.reshape(*tokens.shape, -1, self.head_width)
                values = values.repeat_interleave(self.heads // values.shape[2], 2)
                z = self.all_z(layer, x)
                made = torch.einsum("nhqk,nkhd->nqhd", pattern.to(values.dtype), values)
                if made.shape != z.shape or not _close(made, z):
                    return None
                found.append((pattern, values))
                x = self.after(layer, x, z)
        except (KeyError, RuntimeError, ValueError, AttributeError, AssertionError):
            return None
        return found

    def written(self, layer: int) -> Tensor:
        """The matrix (H, d, D): what the output matrix makes of each unit of its input, without its bias."""
        import torch

        if layer not in self._written:
            size = self.heads * self.head_width
            with torch.no_grad():
                units = torch.eye(size, device=self.device, dtype=self.dtype)
                rows = self.outputs[layer](units) - self.outputs[layer](torch.zeros_like(units[:1]))
            self._written[layer] = rows.view(self.heads, self.head_width, -1)
        return self._written[layer]

    def normed(self, last: Tensor) -> Tensor:
        """The final norm."""
        return self.norm_module(last)

    def directions(self, answers: np.ndarray, wrong: np.ndarray) -> Tensor:
        """Ids of answers and wrong answers with their signs, (n, k, 2)."""
        import torch

        ids = np.concatenate([several(answers), several(wrong)], 1)
        return torch.stack([self.tokens(ids), self.tokens(_signs(answers, wrong))], -1)

    def differences(self, last: Tensor, directions: Tensor) -> Tensor:
        """Log odds (n,) of the stream at the last position (n, D)."""
        ids, signs = directions[..., 0].clamp(min=0), directions[..., 1]
        logits = (self.unembed[ids] @ self.normed(last)[..., None])[..., 0]
        if self.unembed_bias is not None:
            logits = logits + self.unembed_bias[ids]
        return set_odds(self._capped(logits), signs)

    def logits(self, last: Tensor) -> Tensor:
        """Logits (n, vocabulary) of the stream at the last position."""
        return self._capped(self.unembed_module(self.normed(last)))

    def _capped(self, logits: Tensor) -> Tensor:
        logits = logits * self.factor if self.factor != 1.0 else logits
        return self.cap * (logits / self.cap).tanh() if self.cap else logits

    # -- checking ----------------------------------------------------------------------------------------------------

    def _check(self, probe: Tensor) -> None:
        """See that the blocks, opened, give what the model gives."""
        import torch

        handles = []
        for layer in range(self.layers):
            handles += [
                self.attentions[layer].register_forward_hook(self._learns(layer, 0)),
                self.mlps[layer].register_forward_hook(self._learns(layer, 1)),
            ]
        try:
            whole = self.hf(probe, use_cache=False).logits[:, -1]
        except Exception as error:
            raise ModelError(f"'{self.name}' does not run: {_line(error)}") from error
        finally:
            for handle in handles:
                handle.remove()
        if sorted(self._forms) != list(range(self.layers)):
            raise ModelError(f"attention and MLPs of '{self.name}' do not run once in each of its blocks")
        try:
            x = self.embed(probe)
            for layer in range(self.layers):
                z = self.all_z(layer, x)
                self.head_width = int(z.shape[-1])
                mlp = self.mlp_output(layer, x, z)
                whole_block, parts = self._block(layer, x), self.after(layer, x, z, mlp)
                short = self.after(layer, x, z, last=True)
                if not _close(parts, whole_block) or not _close(short, whole_block[:, -1:]):
                    raise ModelError(
                        f"block {layer} of '{self.name}' does more than its attention and its MLP; "
                        f"the circuit analyses would miss it; {WORKS}"
                    )
                x = parts
            found = self.logits(x[:, -1])
        except ModelError:
            raise
        except Exception as error:
            raise ModelError(f"the blocks of '{self.name}' cannot be run on their own: {_line(error)}") from error
        if found.shape != whole.shape or not _close(found, whole):
            raise ModelError(
                f"the logits of '{self.name}' are not its final norm and unembedding after its last block; "
                f"the circuit analyses need that; {WORKS}"
            )
        ids = np.array([0, 1]), np.array([1, 0])
        odds = self.differences(x[:, -1], self.directions(*ids))
        rows = torch.arange(2, device=self.device)
        wanted = whole[rows, self.tokens(ids[0])] - whole[rows, self.tokens(ids[1])]
        if float((odds - wanted).abs().max()) > CLOSE * max(1.0, float(whole.abs().max())):
            raise ModelError(f"two logits of '{self.name}' cannot be read from its unembedding")

    def _learns(self, layer: int, which: int) -> Any:
        def hook(_module: Any, _inputs: Any, output: Any) -> None:
            forms = list(self._forms.get(layer, (None, None)))
            forms[which] = _form(output)
            self._forms[layer] = (forms[0], forms[1])

        return hook


def _first(output: Any) -> Any:
    return output[0] if isinstance(output, tuple) else output


def _form(output: Any) -> tuple[int, int]:
    """How a module returns its tensor: alone (0) or first in a tuple of so many; and of how many dimensions."""
    return (len(output) if isinstance(output, tuple) else 0), int(_first(output).ndim)


def _in_form(form: tuple[int, int], value: Tensor) -> Any:
    """``value`` (n, P, D) as a module returns it; a copy, for some blocks add to what they get in place."""
    import torch

    size, dimensions = form
    value = value.reshape(-1, value.shape[-1]) if dimensions == 2 else value
    value = value.clone(memory_format=torch.contiguous_format)
    return (value, *[None] * (size - 1)) if size else value


def _keeps_input(into: list[Any]) -> Any:
    def hook(_module: Any, args: Any, kwargs: Any) -> None:
        into.append((args[0] if args else kwargs["hidden_states"]).detach())

    return hook


def _keeps_kwargs(into: list[Any]) -> Any:
    def hook(_module: Any, args: Any, kwargs: Any) -> None:
        told = {name: value for name, value in kwargs.items() if name != "hidden_states"}
        into.append((args[1:], told))

    return hook


def _stops(_module: Any, args: Any) -> None:
    raise _Reached(args[0] if args else None)  # type: ignore[arg-type]  # nobody looks at it


def _gives_z(_module: Any, args: Any) -> None:
    raise _Reached(args[0])


def _close(a: Tensor, b: Tensor) -> bool:
    return float((a - b).abs().max()) <= CLOSE * max(1e-6, float(b.abs().max()))


def _line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:200]
