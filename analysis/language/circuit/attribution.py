"""Direct logit attribution: what each part of the model adds to logit(answer) - logit(wrong) by itself.

The residual stream at the last position is a sum.  With the final LayerNorm's scale frozen at the value that it has
in each prompt, the logit difference is the sum of the parts' shares (Elhage et al. 2021, A Mathematical Framework for
Transformer Circuits).  What a part does through later parts is not in its share.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tapehead.analysis.bootstrap import bootstrap_mean
from tapehead.analysis.language.circuit.activations import BATCH, activations, layer_labels, measured_on
from tapehead.analysis.language.models.loading import LanguageModel
from tapehead.analysis.language.tasks.tasks import Task
from tapehead.analysis.results import Result, quantity


def component_labels(layers: int) -> tuple[str, ...]:
    """``embed``, ``pos_embed``, ``0_attn_out``, ``0_mlp_out``, …, ``bias``: the names of the published lists."""
    blocks = (f"{layer}_{part}_out" for layer in range(layers) for part in ("attn", "mlp"))
    return ("embed", "pos_embed", *blocks, "bias")


def attribution(model: LanguageModel, task: Task, *, seed: int = 0, batch: int = BATCH) -> Result:
    """Shares of the mean logit difference, in logits.

    Quantities, means over prompts with ``_low`` and ``_high``, 95 % bootstrap intervals: ``components`` (component),
    named by :func:`component_labels`; ``bias`` is the final LayerNorm's shift (and the unembedding's bias, if there
    is one).  ``heads`` (layer, head) and ``output_bias`` (layer), whose sum over a layer is its ``attn`` component.
    ``logit_difference``, the model's own, which the components add up to; ``remainder``, the largest difference in a
    prompt between it and their sum.
    """
    import torch

    layers, heads = model.layers, model.heads
    parts = [f"blocks.{layer}.{name}" for layer in range(layers) for name in ("hook_attn_out", "hook_mlp_out")]
    states = [f"blocks.{layer}.attn.hook_z" for layer in range(layers)]
    final = f"blocks.{layers - 1}.hook_resid_post"
    names = ["hook_embed", "hook_pos_embed", *parts]
    hf = model.hf.transformer
    whole = np.empty(len(task))
    shares = np.empty((len(task), len(names) + 1))
    per_head = np.empty((len(task), layers, heads))
    output_bias = np.empty((len(task), layers))
    with torch.no_grad():
        for which, logits, seen in activations(model, task.tokens, [*names, *states, final], batch):
            answer, wrong = (torch.tensor(a[which], device=model.device) for a in (task.answers, task.wrong))
            rows = torch.arange(len(answer), device=model.device)
            whole[which] = (logits[rows, answer] - logits[rows, wrong]).double().cpu().numpy()
            weight = model.hf.lm_head.weight
            apart = weight[answer].double() - weight[wrong].double()
            stream = seen[final][:, -1].double()
            scale = (stream.var(-1, unbiased=False) + hf.ln_f.eps).sqrt()
            # LayerNorm takes the mean away; taking it from the direction instead does so for every part at once.
            along = apart * hf.ln_f.weight.double()
            along = (along - along.mean(-1, keepdim=True)) / scale[:, None]
            for i, name in enumerate(names):
                shares[which, i] = _dot(seen[name][:, -1].expand(len(rows), -1), along)
            shift = _dot(apart, hf.ln_f.bias.double())
            if model.hf.lm_head.bias is not None:
                shift = shift + (model.hf.lm_head.bias[answer] - model.hf.lm_head.bias[wrong]).double().cpu().numpy()
            shares[which, -1] = shift
            for layer, name in enumerate(states):
                out = hf.h[layer].attn.c_proj
                by_head = out.weight.double().reshape(heads, -1, out.weight.shape[-1])
                towards = torch.einsum("hdm,nm->nhd", by_head, along)
                per_head[which, layer] = _dot(seen[name][:, -1], towards)
                output_bias[which, layer] = _dot(out.bias.expand(len(rows), -1), along)

    at = layer_labels(model)
    quantities = {"remainder": quantity(np.abs(shares.sum(-1) - whole).max(), unit="logits")}
    for name, axes, values in (
        ("logit_difference", (), whole),
        ("components", ("component",), shares),
        ("heads", ("layer", "head"), per_head),
        ("output_bias", ("layer",), output_bias),
    ):
        labels: dict[str, Any] = {a: at.get(a) or component_labels(layers) for a in axes}
        low, high = bootstrap_mean(values, seed)
        for suffix, found in (("", values.mean(0)), ("_low", low), ("_high", high)):
            quantities[name + suffix] = quantity(found, *axes, unit="logits", labels=labels)
    return Result(quantities, model=model.name, facts=measured_on(model, task, seed))


def _dot(values: Any, along: Any) -> np.ndarray:
    """Products summed over the last axis, in double precision."""
    return np.asarray((values.double() * along).sum(-1).cpu().numpy())
