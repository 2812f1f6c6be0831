"""The logit lens on a user's prompts: what the model would say after each block, with one lens for all rows.

Every row goes through the final norm once and through the unembedding, the last one too; clean and corrupted prompts
are read with the same lens (nostalgebraist 2020).
"""

from __future__ import annotations

import numpy as np

from tapehead.analysis.bootstrap import bootstrap_mean
from tapehead.analysis.language.lab.ablators import AnyNetwork
from tapehead.analysis.language.lab.passes import Tick, count_portions, place, portions, silent
from tapehead.analysis.language.lab.prompts import PromptSet
from tapehead.analysis.results import Quantity, Result, quantity


def lens(network: AnyNetwork, prompts: PromptSet, *, seed: int = 0, tick: Tick = silent) -> Result:
    """The part ``lens``; see :mod:`tapehead.analysis.language.lab.results`."""
    import torch

    rows = ["embedding", *(f"block {i}" for i in range(network.layers))]
    shape = (len(prompts), len(rows))
    found, beside, chance = np.empty(shape), np.empty(shape), np.empty(shape)
    rank = np.empty(shape)
    total, done = count_portions(network, prompts) * 2 * network.layers, 0
    with torch.no_grad():
        for portion in portions(network, prompts):
            ids = network.tokens(portion.answers)
            counts = ids >= 0
            for tokens, clean in ((portion.clean, True), (portion.corrupted, False)):
                x = network.embed(tokens)
                streams = [x[:, -1]]
                for layer in range(network.layers):
                    x = network.after(layer, x, network.all_z(layer, x))
                    streams.append(x[:, -1])
                    done += 1
                    tick(done / total)
                into = torch.stack([network.differences(s, portion.directions) for s in streams], 1)
                place(found if clean else beside, portion, into)
                if not clean:
                    continue
                chances, ranks = [], []
                for stream in streams:
                    logits = network.logits(stream)
                    own = logits.gather(1, ids.clamp(min=0))
                    inside = torch.where(counts, own, torch.full_like(own, -torch.inf))
                    chances.append((inside.logsumexp(1) - logits.logsumexp(1)).exp())
                    ranks.append(1 + (logits > inside.max(1, keepdim=True).values).sum(1))
                place(chance, portion, torch.stack(chances, 1))
                place(rank, portion, torch.stack(ranks, 1))
    at = {"row": rows}
    quantities: dict[str, Quantity] = {"there": quantity(1)}
    for name, values, unit in (("difference", found, "logit"), ("p_answer", chance, "1")):
        low, high = bootstrap_mean(values, seed)
        for suffix, row in (("", values.mean(0)), ("_low", low), ("_high", high)):
            quantities[name + suffix] = quantity(row, "row", unit=unit, labels=at)
    quantities["difference_corrupted"] = quantity(beside.mean(0), "row", unit="logit", labels=at)
    quantities["rank_median"] = quantity(np.median(rank, 0), "row", labels=at)
    means = found.mean(0)
    stays = means > means[-1] / 2 if means[-1] > 0 else means < means[-1] / 2
    turn = len(rows) - int(np.argmin(stays[::-1])) if not stays.all() else 0
    quantities["turn"] = quantity(turn)
    facts = {"model": network.digest, "task": prompts.name, "final norm": "every row, once", "turn": rows[turn]}
    return Result(quantities, model=network.name, facts=facts)
