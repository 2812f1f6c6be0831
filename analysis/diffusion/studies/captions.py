"""Whether words shape the local bases: the claims C6 and C7 of pullback.md, for models that take captions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.pullback import subspaces
from tapehead.analysis.diffusion.pullback.local_bases import LIBRARIES, bases_at, points, time_labels
from tapehead.analysis.diffusion.puppets.captions import caption
from tapehead.analysis.diffusion.training.sample_quality import caption_words
from tapehead.analysis.errors import UsageError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity

if TYPE_CHECKING:
    pass


@analysis("diffusion.prompts_over_time", version=1, libraries=LIBRARIES)
def prompts_over_time(
    model: DiffusionModel,
    prompts: Sequence[str] = (),
    times: Sequence[int] = (950, 700, 500, 300, 100),
    count: int = 2,
    prompt_count: int = 8,
    k: int = 10,
    *,
    seed: int,
) -> Result:
    """Local bases under several captions at the same x_t; what C6 and C7 are read from.

    Captions are ``prompts``, or ``prompt_count`` captions of unseen faces.  x_t lies on DDIM's way without a caption.

    Quantities: ``u``, ``v`` (time, sample, prompt, other) Grassmann distances between captions at one x_t;
    ``between_u``, ``between_v`` (time,) mean distance between two samples under one caption (with one sample: NaN);
    ``random_u``, ``random_v``; ``similarity`` (prompt, other) cosine between the mean text states of the captions'
    words; ``overlap`` (prompt, other) words that both captions share, as a part of those that either has.

    Raises:
        UsageError: a model that takes no captions.
    """
    if not model.conditional:
        raise UsageError(f"captions were to be compared; the model '{model.name}' takes none (puppet-64 does)")
    words = list(prompts) or [caption(said) for said in caption_words(prompt_count, seed)]
    xs = points(model, "sampled", times, count, seed)
    found: dict[str, list[np.ndarray]] = {"u": [], "v": []}
    between: dict[str, list[float]] = {"u": [], "v": []}
    sizes = {"u": 0, "v": 0}
    for i, t in enumerate(times):
        rows = []
        for x in xs[i]:
            first = bases_at(model, x[None], t, k, prompts=words[:1], seed=seed)
            same = x[None].expand(len(words) - 1, *x.shape)
            rows.append(first + bases_at(model, same, t, k, prompts=words[1:], seed=seed, starts=first * len(same)))
        for name in ("u", "v"):
            found[name].append(np.stack([subspaces.distances([getattr(b, name) for b in row]) for row in rows]))
            across = [
                subspaces.pairs(subspaces.distances([getattr(row[p], name) for row in rows])) for p in range(len(words))
            ]
            between[name].append(float(np.mean(across)) if count > 1 else float("nan"))
            sizes[name] = getattr(rows[0][0], name).shape[1]
    labels = {**time_labels(times)}
    quantities = {
        "t": quantity(np.array(times), "time", labels=labels),
        "similarity": quantity(text_similarity(model, words), "prompt", "other"),
        "overlap": quantity(word_overlap(words), "prompt", "other"),
        "prompts": quantity(len(words)),
        "samples": quantity(count),
        "directions": quantity(k),
    }
    for name in ("u", "v"):
        quantities |= {
            name: quantity(np.stack(found[name]), "time", "sample", "prompt", "other", unit="rad", labels=labels),
            f"between_{name}": quantity(np.array(between[name]), "time", unit="rad", labels=labels),
            f"random_{name}": quantity(subspaces.random_distances(sizes[name], k, 100, seed).mean(), unit="rad"),
        }
    return Result(quantities, model=model.name, facts={"prompts": words, "source": "sampled", "layer": "mid"})


def text_similarity(model: DiffusionModel, prompts: Sequence[str]) -> np.ndarray:
    """Cosine (n, n) between the mean text states of the captions' tokens, the filling left out."""
    import torch

    states = model.read(prompts).float().cpu()
    lengths = [len(model.tokenizer(prompt)["input_ids"]) for prompt in prompts]
    means = torch.stack([state[:n].mean(0) for state, n in zip(states, lengths, strict=True)])
    # What all captions have in common (beginning, end, "a puppet") says nothing about their difference.
    unit = torch.nn.functional.normalize(means - means.mean(0), dim=1)
    return np.asarray((unit @ unit.T).numpy())


def word_overlap(prompts: Sequence[str]) -> np.ndarray:
    """Share of words (n, n) that two captions have in common (Jaccard)."""
    sets = [set(prompt.replace(",", " ").split()) for prompt in prompts]
    return np.array([[len(a & b) / max(len(a | b), 1) for b in sets] for a in sets])


@analysis("diffusion.similar_prompts", version=1, libraries=LIBRARIES)
def similar_prompts(prompts: Result, permutations: int = 999, *, seed: int) -> Result:
    """C6: similar captions have similar spaces.  ``prompts`` is :func:`prompts_over_time`.

    Quantities along ``time``: ``text_u``, ``text_v`` Spearman correlation of text cosine and minus the distance over
    pairs of captions (distances averaged over samples); ``words_u``, ``words_v`` that of shared words; each with
    ``…_p`` (share of permutations of the captions with a correlation at least as great) and ``…_null`` (their 95th
    percentile).  ``scatter_text``, ``scatter_words`` (pair,) and ``scatter_u``, ``scatter_v`` (time, pair) are what is
    correlated.
    """
    labels = {"time": prompts.quantity("u").labels["time"]}
    upper = np.triu_indices(int(prompts["prompts"]), 1)
    quantities = {
        "t": prompts.quantity("t"),
        "scatter_text": quantity(prompts["similarity"][upper], "pair"),
        "scatter_words": quantity(prompts["overlap"][upper], "pair"),
        "prompts": prompts.quantity("prompts"),
        "pairs": quantity(len(upper[0])),
        "permutations": quantity(permutations),
    }
    for name in ("u", "v"):
        matrices = prompts[name].mean(1)
        quantities[f"scatter_{name}"] = quantity(
            np.stack([m[upper] for m in matrices]), "time", "pair", unit="rad", labels=labels
        )
        for what, similarity in (("text", prompts["similarity"]), ("words", prompts["overlap"])):
            rows = np.array([_mantel(similarity, -m, permutations, seed) for m in matrices])
            for part, column in zip(("", "_p", "_null"), rows.T, strict=True):
                quantities[f"{what}_{name}{part}"] = quantity(column, "time", labels=labels)
    return Result(quantities, model=prompts.model, facts=dict(prompts.facts))


def _mantel(a: np.ndarray, b: np.ndarray, permutations: int, seed: int) -> tuple[float, float, float]:
    """Spearman correlation of two symmetric matrices above the diagonal, its p by permuting objects, the null's 95 %.

    Pairs of one object are not independent, so that objects are permuted, not pairs (Mantel 1967).
    """
    from scipy.stats import rankdata

    upper = np.triu_indices(len(a), 1)
    ranks = np.zeros_like(a, dtype=float)
    ranks[upper] = rankdata(a[upper])
    ranks += ranks.T
    other = rankdata(b[upper])

    def correlation(order: np.ndarray) -> float:
        mine = ranks[np.ix_(order, order)][upper]
        return float(np.corrcoef(mine, other)[0, 1]) if mine.std() > 0 and other.std() > 0 else 0.0

    rng = np.random.default_rng(seed)
    found = correlation(np.arange(len(a)))
    null = np.array([correlation(rng.permutation(len(a))) for _ in range(permutations)])
    return found, float((1 + (null >= found).sum()) / (permutations + 1)), float(np.quantile(null, 0.95))


@analysis("diffusion.fading_words", version=1, libraries=LIBRARIES)
def fading_words(prompts: Result, *, seed: int) -> Result:
    """C7: words matter less at small t.  ``prompts`` is :func:`prompts_over_time`.

    Quantities along ``time``: ``u``, ``v`` mean distance between two captions at one x_t, ``u_error``, ``v_error``
    (standard deviation over captions left out one at a time); ``between_u``, ``between_v`` (two samples, one caption),
    ``share_u``, ``share_v`` the first as a part of the second in %; ``random_u``, ``random_v``.
    """
    labels = {"time": prompts.quantity("u").labels["time"]}
    quantities = {"t": prompts.quantity("t"), "prompts": prompts.quantity("prompts")}
    for name in ("u", "v"):
        matrices = prompts[name].mean(1)
        mean = np.array([subspaces.pairs(m).mean() for m in matrices])
        quantities |= {
            name: quantity(mean, "time", unit="rad", labels=labels),
            f"{name}_error": quantity(
                np.array([subspaces.jackknife(m) for m in matrices]), "time", unit="rad", labels=labels
            ),
            f"between_{name}": prompts.quantity(f"between_{name}"),
            f"share_{name}": quantity(100 * mean / prompts[f"between_{name}"], "time", unit="%", labels=labels),
            f"random_{name}": prompts.quantity(f"random_{name}"),
        }
    return Result(quantities, model=prompts.model, facts=dict(prompts.facts))


STUDIES: tuple[Callable[..., Result], ...] = (prompts_over_time, similar_prompts, fading_words)
"""Everything here that an episode may declare."""
