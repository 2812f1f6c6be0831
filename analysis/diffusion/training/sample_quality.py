"""How good an embedded model is, by ground truth: what its samples show, how near they are to puppets, how varied."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.models.sampling import sample
from tapehead.analysis.diffusion.puppets.attributes import HELD_OUT_SEED, held_out_r2, nearest_render, read_attributes
from tapehead.analysis.diffusion.puppets.captions import OPPOSITES, PALETTES, caption, choices, words_of
from tapehead.analysis.diffusion.puppets.puppets import ATTRIBUTES, render, sample_attributes

TARGETS: Mapping[str, float] = {"age": 0.90, "background": 0.90, "strings": 0.90, "smile": 0.85, "hair": 0.85}
"""Share of captions that samples at guidance 3 must follow."""


@dataclass(frozen=True)
class Quality:
    """What :func:`measure` finds; numbers by attribute are in the order of ``ATTRIBUTES``.

    r2: of the regressor, on renders it has not seen.
    adherence, named: share of captions naming an attribute that the samples follow, and how many captions named it;
        empty for a model without captions.
    spread: standard deviation of each attribute over the samples, divided by that over faces.
    distance: quantiles (0.05, 0.5, 0.95) of the root mean square difference to the nearest render.
    pair: mean difference between two samples, divided by that between two faces (root mean square).
    repeated: share of samples whose nearest other sample is nearer than any two of as many faces are.
    """

    samples: int
    steps: int
    guidance: float
    r2: Mapping[str, float]
    adherence: Mapping[str, float]
    named: Mapping[str, int]
    spread: Mapping[str, float]
    distance: tuple[float, float, float]
    pair: float
    repeated: float

    def missed(self) -> list[str]:
        """Targets that the captions' adherence does not reach."""
        return [
            f"{name} {self.adherence[name]:.1%} of {target:.0%}"
            for name, target in TARGETS.items()
            if name in self.adherence and self.adherence[name] < target
        ]


def caption_words(count: int, seed: int, share: float = 0.6) -> list[dict[str, str]]:
    """What ``count`` captions of unseen faces say; each attribute is named with probability ``share``."""
    rng = random.Random(f"{seed} adherence")  # noqa: S311 - no secret
    faces = sample_attributes(count, HELD_OUT_SEED + 1 + seed).tolist()
    return [{name: word for name, word in words_of(face).items() if rng.random() < share} for face in faces]


def follows(attribute: str, value: float, word: str) -> bool:
    """Whether a value read off a picture is what the word says: its side of 0, or its colour's part."""
    if attribute in OPPOSITES:
        return (value > 0) == (word == choices(attribute)[1])
    return PALETTES[attribute].name_of(value) == word


def adherence(values: Any, words: Sequence[Mapping[str, str]]) -> tuple[dict[str, float], dict[str, int]]:
    """Share of captions followed and number of captions, for each attribute that is named at all.

    Args:
        values: attributes (n, 9) read off the samples.
        words: what each sample's caption said.
    """
    hits: dict[str, list[bool]] = {}
    for row, said in zip(values.tolist(), words, strict=True):
        for name, word in said.items():
            hits.setdefault(name, []).append(follows(name, row[ATTRIBUTES.index(name)], word))
    order = [name for name in ATTRIBUTES if name in hits]
    return {n: sum(hits[n]) / len(hits[n]) for n in order}, {n: len(hits[n]) for n in order}


def variety(pictures: Any, faces: Any) -> tuple[float, float]:
    """``pair`` and ``repeated`` of :class:`Quality`, for samples and as many faces (n, 3, s, s)."""
    import torch

    size = pictures[0].numel() ** 0.5
    own = torch.cdist(pictures.flatten(1), pictures.flatten(1)) / size
    real = torch.cdist(faces.flatten(1), faces.flatten(1)) / size
    off = ~torch.eye(len(own), dtype=torch.bool)
    nearest = own.masked_fill(~off, float("inf")).amin(1)
    return float(own[off].mean() / real[off].mean()), float((nearest < real[off].min()).float().mean())


def measure(
    model: DiffusionModel, regressor: Any, count: int = 512, steps: int = 30, guidance: float = 3.0, seed: int = 0
) -> tuple[Quality, Any]:
    """Sample ``count`` pictures, score them, and return them with the scores.

    A model that takes captions is asked for the captions of as many unseen faces; one on pixels just samples.
    """
    words = caption_words(count, seed) if model.conditional else [{} for _ in range(count)]
    prompts = [caption(said) if model.conditional else "" for said in words]
    pictures = sample(model, prompts, seed, steps, guidance if model.conditional else 1.0)
    values = read_attributes(regressor, pictures)
    followed, named = adherence(values, words)
    _, distances = nearest_render(pictures, values)
    truth = sample_attributes(count, HELD_OUT_SEED + 1 + seed)
    pair, repeated = variety(pictures, render(truth, model.size))
    low, middle, high = (float(distances.quantile(q)) for q in (0.05, 0.5, 0.95))
    quality = Quality(
        samples=count,
        steps=steps,
        guidance=guidance if model.conditional else 1.0,
        r2=held_out_r2(regressor, model.size),
        adherence=followed,
        named=named,
        spread=dict(zip(ATTRIBUTES, (values.std(0) / truth.std(0)).tolist(), strict=True)),
        distance=(low, middle, high),
        pair=pair,
        repeated=repeated,
    )
    return quality, pictures
