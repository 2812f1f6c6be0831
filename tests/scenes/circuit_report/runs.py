"""Made-up runs of ``tapehead circuit`` of any size and outcome: the parts, quantities and facts that the film reads."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tapehead.analysis.results import Result, quantity

TEXT = "When Mary and John went to the store, John gave a bottle of milk to"
CORRUPTED = "When Mary and John went to the store, Sarah gave a bottle of milk to"
CAUTIONS = (
    "baseline-unclear",
    "nothing-suffices",
    "few-prompts",
    "ablation-control-as-strong",
    "control-as-strong",
    "below-out-of-sample",
)


def run(
    outcome: str = "found", layers: int = 4, heads: int = 8, seed: int = 0, text: str = TEXT, corrupted: str = CORRUPTED
) -> dict[str, Result]:
    """``found``, ``strong`` (the control does as well) or ``nothing`` (of a model that cannot do the task)."""
    rng = np.random.default_rng(seed)
    found, nothing = outcome == "found", outcome == "nothing"
    at = {"layer": tuple(map(str, range(layers))), "head": tuple(map(str, range(heads)))}
    drop = rng.normal(2, 4, (layers, heads)) if nothing else np.abs(rng.normal(4, 8, (layers, heads)))
    best = (layers - 1, heads - 1)
    drop[best] = 7.0 if nothing else 64.0
    name = f"{best[0]}.{best[1]}"
    kept = rng.random((layers, heads)) < (0 if nothing else 0.3)
    kept[best] = not nothing
    mlps = np.ones(layers) * (not nothing)
    difference = -0.3 if nothing else 3.4
    score, random = (12.0, rng.normal(20, 30, 100)) if nothing else (88.0, rng.normal(30 if found else 86, 6, 100))
    raised = {
        "found": [],
        "strong": ["control-as-strong"],
        "nothing": ["baseline-unclear", "few-prompts", "control-as-strong", "below-out-of-sample"],
    }[outcome]
    order = [(a, b) for a in range(layers) for b in (-1, *range(heads))]
    removed = [not (mlps[a] if b < 0 else kept[a, b]) for a, b in order]
    names = [f"{a}.{b}" if b >= 0 else f"MLP {a}" for (a, b), gone in zip(order, removed, strict=True) if not gone]
    rows = ("embedding", *(f"block {n}" for n in range(layers)))
    lead = np.linspace(-0.2, difference, layers + 1)
    results = {
        "prompts": Result(
            {
                "prompts": quantity(64),
                "scored_on": quantity(32),
                "found_on": quantity(32),
                "layers": quantity(layers),
                "heads": quantity(heads),
            },
            facts={
                "text": text,
                "corrupted": corrupted,
                "answer": [" Mary", " Mary2"],
                "wrong": " John",
                "task": "ioi",
            },
        ),
        "baseline": Result(
            {
                "difference": quantity(difference, unit="logit"),
                "difference_low": quantity(difference - 0.5, unit="logit"),
                "difference_high": quantity(difference + 0.5, unit="logit"),
                "corrupted": quantity(0.1, unit="logit"),
                "shuffled": quantity(-0.6, unit="logit"),
                "prefers": quantity(41.0 if nothing else 97.0, unit="%"),
                "p": quantity(0.62 if nothing else 0.001),
                "clear": quantity(int(not nothing)),
            }
        ),
        "ablation": Result(
            {
                "heads_left": quantity(100 - drop, "layer", "head", unit="%", labels=at),
                "heads_drop": quantity(drop, "layer", "head", unit="%", labels=at),
                "mlps_drop": quantity(rng.normal(20, 10, layers), "layer", unit="%", labels={"layer": at["layer"]}),
                "heads_control": quantity(np.full((layers, heads), 91.0), "layer", "head", unit="%", labels=at),
                "best_layer": quantity(best[0]),
                "best_head": quantity(best[1]),
                "best_drop": quantity(drop[best], unit="%"),
                "best_control_drop": quantity(9.0, unit="%"),
                "spared": quantity(int((drop <= 10).sum())),
            },
            facts={"best": name},
        ),
        "attribution": Result(
            {
                "heads": quantity(rng.normal(0, 0.2, (layers, heads)), "layer", "head", unit="logit", labels=at),
                "heads_corrupted": quantity(rng.normal(0, 0.1, (layers, heads)), "layer", "head", labels=at),
                "best_layer": quantity(best[0]),
                "best_head": quantity(best[1]),
                "best": quantity(-0.1 if nothing else 1.8, unit="logit"),
                "logit_difference": quantity(difference, unit="logit"),
            },
            facts={"best": name},
        ),
        "lens": Result(
            {
                "difference": quantity(lead, "row", unit="logit", labels={"row": rows}),
                "difference_corrupted": quantity(0.1 * rng.normal(size=layers + 1), "row", labels={"row": rows}),
                "turn": quantity(0 if nothing else (layers + 1) // 2),
            }
        ),
        "circuit": Result(
            {
                "heads": quantity(kept.astype(float), "layer", "head", labels=at),
                "mlps": quantity(mlps, "layer", labels={"layer": at["layer"]}),
                "head_count": quantity(int(kept.sum())),
                "mlp_count": quantity(int(mlps.sum())),
                "count": quantity(int(kept.sum() + mlps.sum())),
                "head_total": quantity(layers * heads),
                "mlp_total": quantity(layers),
                "score": quantity(score + 3, unit="%"),
                "threshold": quantity(80.0, unit="%"),
                "steps": quantity(len(order)),
                "trace_layer": quantity(np.array([a for a, _ in order]), "step"),
                "trace_head": quantity(np.array([b for _, b in order]), "step"),
                "trace_removed": quantity(np.array(removed), "step"),
                "trace_score": quantity(np.linspace(104, score + 3, len(order)), "step", unit="%"),
            },
            facts={"circuit": names},
        ),
        "held_out": Result(
            {
                "score": quantity(score, unit="%"),
                "nothing": quantity(-2.0, unit="%"),
                "complement": quantity(5.0, unit="%"),
                "kept_on": quantity(int(score >= 80)),
                "indispensable_count": quantity(min(2, len(names)) if found else 0),
            },
            facts={"indispensable": names[:2] if found else []},
        ),
        "control": Result(
            {
                "draws": quantity(100),
                "random": quantity(random, "draw", unit="%"),
                "random_best": quantity(random.max(), unit="%"),
                "random_mean": quantity(random.mean(), unit="%"),
                "p": quantity((1 + int((random >= score).sum())) / 101),
            }
        ),
        "stability": Result(
            {
                "frequency": quantity(np.clip(kept + rng.normal(0, 0.1, kept.shape), 0, 1), "layer", "head", labels=at),
                "overlap_least": quantity(0.2 if nothing else 0.72),
            }
        ),
        "cautions": Result(
            {
                "raised": quantity(np.array([c in raised for c in CAUTIONS]), "caution", labels={"caution": CAUTIONS}),
                "count": quantity(len(raised)),
                "found": quantity(int(found)),
                **{c.replace("-", "_"): quantity(int(c in raised)) for c in CAUTIONS},
            },
            facts={
                c: f"Something of {n} to be said about {c}, which takes a sentence of about this length, p = 0.{n}4."
                for n, c in enumerate(raised)
            },
        ),
    }
    return {key: _named(key, result) for key, result in results.items()}


def _named(name: str, result: Result) -> Result:
    quantities: Mapping = {"there": quantity(1), **result.quantities}
    return Result(quantities, model="mini", facts=result.facts, name=name)
