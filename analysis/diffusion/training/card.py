"""The model cards of the puppets: written from what training and scoring found, nothing typed in by hand."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from tapehead.analysis.diffusion.checkpointed_training import Plan, Weights
from tapehead.analysis.diffusion.puppets.captions import LENGTH, caption, choices, lexicon, words_of
from tapehead.analysis.diffusion.puppets.puppets import ATTRIBUTES, WORLD_VERSION, sample_attributes
from tapehead.analysis.diffusion.training.sample_quality import TARGETS, Quality


@dataclass(frozen=True)
class CardFacts:
    """What a card reports.

    ``stages`` maps a stage's name to its plan and weights; ``files`` maps a weights file to its parameters and bytes.
    """

    name: str
    about: Sequence[str]
    seed: int
    faces: int
    size: int
    stages: Mapping[str, tuple[Plan, Weights]]
    files: Mapping[str, tuple[int, int]]
    digest: str
    quality: Quality


def card(facts: CardFacts) -> str:
    """The whole card, in Markdown."""
    unfinished = [name for name, (plan, weights) in facts.stages.items() if weights.step < plan.steps]
    state = (
        "Training is finished."
        if not unfinished
        else "**Training is not finished**: "
        + ", ".join(f"{n} {facts.stages[n][1].step} of {facts.stages[n][0].steps} steps" for n in unfinished)
        + ". The weights are the running averages so far."
    )
    cpu_h = sum(weights.cpu_s for _, weights in facts.stages.values()) / 3600
    lines = [
        f"# {facts.name}: an embedded diffusion model of tapehead",
        "",
        "It draws faces of puppets. It was made to be taken apart in films and tests; it knows nothing else.",
        "",
        state,
        "",
        "## Model",
        "",
        *(f"- {line}" for line in facts.about),
        *(f"- `{file}`: {count} parameters, fp16, {size} bytes." for file, (count, size) in facts.files.items()),
        f"- Computed in fp32. Licence: that of tapehead. Digest of all parts: `{facts.digest}`",
        "",
        "## Data",
        "",
        f"{facts.faces} faces of {facts.size} x {facts.size} pixels, drawn by `analysis/diffusion/puppets/puppets.py`, "
        f"version {WORLD_VERSION}, seed {facts.seed}; no pictures of others. Attributes in [-1, 1]: "
        f"{', '.join(ATTRIBUTES)}; uniform, but for strings, which keep away from the middle.",
        *_captions(facts),
        "",
        "## Training",
        "",
        f"    tapehead train {facts.name} --seed {facts.seed}",
        f"    tapehead train {facts.name} --seed {facts.seed} --out assets/models/{facts.name}"
        "   # and score, export, write this card",
        "",
        "| stage | steps | batch | rate | loss, last 100 steps | CPU minutes |",
        "|---|---|---|---|---|---|",
    ]
    for name, (plan, weights) in facts.stages.items():
        lines.append(
            f"| {name} | {weights.step} of {plan.steps} | {plan.rows} | {plan.rate} | {weights.loss:.4f} "
            f"| {weights.cpu_s / 60:.1f} |"
        )
    lines += [
        "",
        f"{cpu_h:.2f} CPU-hours together, one thread. AdamW, constant rate after a warm-up to half of the steps, then "
        "linear to zero; shipped are running averages of the weights. May be stopped at any time and goes on from its "
        "last checkpoint. The same seed gives the same bytes on the same processor and libraries.",
        f"This card was written with torch {version('torch')}, diffusers {version('diffusers')}, transformers "
        f"{version('transformers')}, {platform.machine()}, Python {platform.python_version()}.",
        "",
        "## Scores",
        "",
        *_scores(facts.quality),
        "",
    ]
    return "\n".join(lines)


def _captions(facts: CardFacts) -> list[str]:
    if not facts.quality.adherence:
        return []
    face = sample_attributes(1, facts.seed)[0].tolist()
    words = "; ".join(f"{name}: {', '.join(choices(name))}" for name in ATTRIBUTES)
    return [
        "",
        f"Captions name some attributes of a face. All words of the first face: \u201c{caption(words_of(face))}\u201d. "
        f"At most {LENGTH - 2} tokens; {len(lexicon())} words are one token each. Words by attribute, from -1 to 1: "
        f"{words}.",
    ]


def _scores(quality: Quality) -> list[str]:
    captions = (
        f"one for each of as many captions of unseen faces at guidance {quality.guidance:g}"
        if quality.adherence
        else "without captions"
    )
    lines = [
        f"{quality.samples} samples, {captions}, {quality.steps} DDIM steps, fp16-rounded weights. Attributes are read "
        "off by a regressor that was trained on renders (`attributes.safetensors`).",
        "",
        "| attribute | regressor R² on unseen renders | captions followed, % | target, % | captions | spread |",
        "|---|---|---|---|---|---|",
    ]
    for name in ATTRIBUTES:
        followed = f"{100 * quality.adherence[name]:.1f}" if name in quality.adherence else ""
        target = f"{100 * TARGETS[name]:.0f}" if name in TARGETS and followed else ""
        lines.append(
            f"| {name} | {quality.r2[name]:.4f} | {followed} | {target} | {quality.named.get(name, '')} "
            f"| {quality.spread[name]:.2f} |"
        )
    low, middle, high = quality.distance
    lines += [
        "",
        "Spread: standard deviation over the samples, divided by that over faces.",
        "",
        f"- Root mean square difference to the nearest render, of 1: median {middle:.4f}, 5 % below {low:.4f}, "
        f"5 % above {high:.4f}.",
        f"- Mean difference between two samples, divided by that between two faces: {quality.pair:.3f}.",
        f"- Samples nearer to another one than any two of as many faces are: {quality.repeated:.1%}.",
    ]
    if quality.adherence:
        missed = quality.missed()
        lines.append(f"- Targets missed: {'; '.join(missed) if missed else 'none'}.")
    return lines
