"""Direct logit attribution for any architecture: what each part adds to the log odds at the last position by itself.

The stream before the final norm is a sum.  With the norm's scale, the shares of several answers and a cap on logits
frozen at the values that they have in each prompt, the log odds are a sum as well (Elhage et al. 2021).  The final norm
is told apart by what it does: LayerNorm does not feel a constant added to all units, RMSNorm does.  Norms behind
attention or MLP (Gemma 2) are frozen too: a head's share is what is left of its output behind them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tapehead.analysis.bootstrap import bootstrap_mean
from tapehead.analysis.language.lab.ablators import AnyNetwork
from tapehead.analysis.language.lab.networks import FastNetwork, OpenNetwork
from tapehead.analysis.language.lab.passes import Tick, count_portions, place, portions, run_through, silent
from tapehead.analysis.language.lab.prompts import PromptSet
from tapehead.analysis.results import Quantity, Result, quantity
from tapehead.analysis.saved_runs import missing

if TYPE_CHECKING:
    from torch import Tensor

CLOSE = 1e-3


@dataclass(frozen=True, eq=False)
class FinalNorm:
    """A final norm as ``weight · (x − mean) · scale + bias``; ``centred`` says whether the mean is taken away."""

    weight: Tensor
    bias: Tensor
    centred: bool

    def scale(self, x: Tensor, normed: Tensor) -> Tensor:
        """What the norm multiplied each row of ``x`` (n, D) with, (n, 1)."""
        inner = self.weight * (x - x.mean(-1, keepdim=True) if self.centred else x)
        return ((normed - self.bias) * inner).sum(-1, keepdim=True) / (inner * inner).sum(-1, keepdim=True)


def final_norm(network: AnyNetwork, x: Tensor) -> FinalNorm | None:
    """The network's final norm, found by what it does to ``x`` (n, D); ``None`` if it is of neither kind."""
    import torch

    width = x.shape[-1]
    nothing = torch.zeros((1, width), dtype=x.dtype, device=x.device)
    bias = network.normed(nothing)[0]
    # Every unit at plus or minus one, as many of each (up to one): mean 0, and both kinds leave it as it is.
    signs = torch.ones(width, dtype=x.dtype, device=x.device)
    signs[1::2] = -1
    weight = (network.normed(signs[None])[0] - bias) * signs
    normed = network.normed(x)
    shifted = network.normed(x + x.abs().max())
    norm = FinalNorm(
        weight, bias, bool(torch.allclose(shifted, normed, rtol=1e-2, atol=1e-2 * float(normed.abs().max())))
    )
    inner = norm.weight * (x - x.mean(-1, keepdim=True) if norm.centred else x)
    made = inner * norm.scale(x, normed) + bias
    return norm if float((made - normed).abs().max()) <= CLOSE * float(normed.abs().max()) else None


def _readout(network: AnyNetwork, last: Tensor, directions: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The log odds as a line in the normed stream: direction (n, D), constant from a bias (n,), choice (n,).

    ``choice`` is what several answers add by being several: the entropy of their shares.
    """
    import torch

    if isinstance(network, FastNetwork) and directions.ndim == 2:
        zero = torch.zeros(len(last), dtype=torch.float64, device=last.device)
        return directions.double(), zero, zero
    normed = network.normed(last).double()
    if isinstance(network, OpenNetwork):
        ids, signs = directions[..., 0].clamp(min=0), directions[..., 1].double()
        vectors = network.unembed[ids].double()
        bias = torch.zeros_like(signs) if network.unembed_bias is None else network.unembed_bias[ids].double()
        factor, cap = network.factor, network.cap
    else:
        vectors, signs = directions[..., :-1].double(), directions[..., -1].double()
        bias, factor, cap = torch.zeros_like(signs), 1.0, 0.0
    raw = ((vectors @ normed[..., None])[..., 0] + bias) * factor
    logits = cap * (raw / cap).tanh() if cap else raw
    frozen = torch.where(raw.abs() > 1e-12, logits / raw, torch.ones_like(raw)) * factor
    low = torch.full_like(logits, -torch.inf)
    weights, choice = torch.zeros_like(logits), torch.zeros(len(last), dtype=torch.float64, device=last.device)
    for sign in (1, -1):
        inside = signs == sign
        share = torch.where(inside, logits, low).softmax(-1)
        weights = weights + sign * share
        choice = choice - sign * torch.where(share > 0, share * share.clamp(min=1e-300).log(), share).sum(-1)
    weights = weights * frozen
    return (weights[..., None] * vectors).sum(1), (weights * bias).sum(1), choice


def component_names(layers: int) -> tuple[str, ...]:
    """``embed``, ``0_attn_out``, ``0_mlp_out``, …, ``bias``, ``choice``."""
    blocks = (f"{layer}_{part}_out" for layer in range(layers) for part in ("attn", "mlp"))
    return ("embed", *blocks, "bias", "choice")


def _shares(network: AnyNetwork, prompts: PromptSet, corrupted: bool, tick: Tick) -> dict[str, np.ndarray] | None:
    """Per prompt: ``components`` (n, C), ``heads`` (n, L, H), ``whole`` (n)."""
    import torch

    layers, heads, n = network.layers, network.heads, len(prompts)
    parts = np.empty((n, 2 * layers + 3))
    per_head, whole = np.empty((n, layers, heads)), np.empty(n)
    total, done = count_portions(network, prompts) * layers, 0
    with torch.no_grad():
        for portion in portions(network, prompts):
            run = run_through(network, portion.corrupted if corrupted else portion.clean)
            last = run.end[:, -1]
            norm = final_norm(network, last)
            if norm is None:
                return None
            direction, constant, choice = _readout(network, last, portion.directions)
            along = direction * norm.weight.double()
            if norm.centred:
                along = along - along.mean(-1, keepdim=True)
            along = along * norm.scale(last, network.normed(last)).double()
            rows: list[Any] = [(run.before[0][:, -1].double() * along).sum(-1)]
            head_rows = []
            for layer in range(layers):
                before, z = run.before[layer], run.z[layer]
                none = torch.zeros_like(run.mlp[layer])
                added = (network.after(layer, before, z, none, last=True) - before[:, -1:])[:, 0].double()
                following = run.before[layer + 1] if layer + 1 < layers else run.end
                mlp = (following - before)[:, -1].double() - added
                matrix = network.written(layer).double()
                plain = torch.einsum("nhd,hdw->nw", z[:, -1].double(), matrix)
                bias = _output_bias(network, layer).double()
                whole_output = plain + bias
                # What a norm behind the attention left of each unit; 1 where there is none.
                kept = torch.where(whole_output.abs() > 1e-9, added / whole_output, torch.zeros_like(added))
                head_rows.append(torch.einsum("nhd,hdw,nw->nh", z[:, -1].double(), matrix, along * kept))
                rows += [(added * along).sum(-1), (mlp * along).sum(-1)]
                done += 1
                tick(done / total)
            rows += [(direction * norm.bias.double()).sum(-1) + constant, choice]
            place(parts, portion, torch.stack(rows, 1))
            place(per_head, portion, torch.stack(head_rows, 1))
            place(whole, portion, network.differences(last, portion.directions))
    return {"components": parts, "heads": per_head, "whole": whole}


def _output_bias(network: AnyNetwork, layer: int) -> Tensor:
    import torch

    if isinstance(network, FastNetwork):
        return network.blocks[layer].out_bias
    zero = torch.zeros((1, 1, network.heads * network.head_width), dtype=network.dtype, device=network.device)
    return network.outputs[layer](zero)[0, 0]


def attribution(network: AnyNetwork, prompts: PromptSet, *, seed: int = 0, tick: Tick = silent) -> Result:
    """The part ``attribution``; see :mod:`tapehead.analysis.language.lab.results`."""
    clean = _shares(network, prompts, False, lambda done: tick(done / 2))
    corrupted = _shares(network, prompts, True, lambda done: tick(0.5 + done / 2)) if clean is not None else None
    if clean is None or corrupted is None:
        return missing(f"the final norm of '{network.name}' is neither LayerNorm nor RMSNorm", network.name)
    of_heads = {"layer": [str(k) for k in range(network.layers)], "head": [str(h) for h in range(network.heads)]}
    of_parts = {"component": component_names(network.layers)}
    quantities: dict[str, Quantity] = {"there": quantity(1)}
    for name, axes, labels in (
        ("components", ("component",), of_parts),
        ("heads", ("layer", "head"), of_heads),
    ):
        low, high = bootstrap_mean(clean[name], seed)
        rows = {"": clean[name].mean(0), "_low": low, "_high": high, "_corrupted": corrupted[name].mean(0)}
        for suffix, values in rows.items():
            quantities[name + suffix] = quantity(values, *axes, unit="logit", labels=labels)
    means = clean["heads"].mean(0)
    best, worst = int(means.argmax()), int(means.argmin())
    remainder = np.abs(clean["components"].sum(1) - clean["whole"]).max()
    quantities |= {
        "logit_difference": quantity(clean["whole"].mean(), unit="logit"),
        "remainder": quantity(remainder, unit="logit"),
        "best": quantity(means.flat[best], unit="logit"),
        "worst": quantity(means.flat[worst], unit="logit"),
    }
    for name, at in (("best", best), ("worst", worst)):
        quantities |= {f"{name}_layer": quantity(at // network.heads), f"{name}_head": quantity(at % network.heads)}
    facts = {
        "model": network.digest,
        "task": prompts.name,
        "best": f"{best // network.heads}.{best % network.heads}",
        "worst": f"{worst // network.heads}.{worst % network.heads}",
    }
    return Result(quantities, model=network.name, facts=facts)
