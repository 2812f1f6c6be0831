"""How alike somebody's own pairs of pictures are inside a classifier, each number beside what chance would give.

The parts of a run of ``tapehead overlap``:

``pairs``
    Over (measure, pair) ``value``; over (pair) ``near``, ``chance_p`` (exact, of two random sets), ``channel_mean`` and
    ``channel_p`` (channels shuffled, which keep their places); ``near_overlap`` and ``far_overlap`` (near pair, far
    pair); over (measure, group) ``mean`` with ``mean_low`` and ``mean_high``; ``near_pairs``, ``far_pairs``,
    ``values`` of the layer, ``size_of_set``; ``chance`` with ``chance_low`` and ``chance_high``, ``analytic``;
    ``above_chance`` and ``above_channels``, shares of the near pairs in % with p at most 0.05; ``shared`` pictures;
    ``lot``, the largest share of a set in % that was drawn among equal values.
``dealt``
    The near pairs' second pictures dealt out anew: ``observed`` mean overlap, ``mean`` (deal), ``best``, ``average``,
    ``p``.  Not there with fewer than four near pairs.
``apart``
    Over (measure) ``auc`` with ``low`` and ``high``: how often a near pair scores above a far one, with ``half``
    for chance; ``overlap`` with its ends and ``pixels``, two of them.  Not there without two pairs of each group.
``cautions``
    Along ``caution``: ``raised``; ``count``; ``found``: 1 only if near pairs overlap more than dealt ones and than far
    ones.  Facts: a sentence for every raised one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from tapehead.analysis import saved_runs
from tapehead.analysis.bootstrap import bootstrap_mean
from tapehead.analysis.errors import UsageError
from tapehead.analysis.results import Quantity, Result, quantity
from tapehead.analysis.saved_runs import missing
from tapehead.analysis.vision.looking import Measure, inner_measures, pixel_correlation
from tapehead.analysis.vision.models import Eyes, known_layer
from tapehead.analysis.vision.overlap import (
    ChanceLaw,
    analytic_null,
    channel_null,
    drawn_by_lot,
    jaccard,
    set_size,
    top_sets,
)
from tapehead.analysis.vision.own_pairs import GROUPS, Pair, shared
from tapehead.analysis.vision.separation import separation

PARTS = ("pairs", "dealt", "apart", "cautions")
CAUTIONS = (
    "few-pairs",
    "shared-pictures",
    "no-far-pairs",
    "drawn-by-lot",
    "places-alone",
    "any-pair-as-alike",
    "not-apart",
    "pixels-as-good",
)
SHUFFLES, DEALS = 999, 9999
FEW, RARE, LOT = 8, 0.05, 10.0
"""Pairs of a group below which a note is due; p-values up to which something counts; per cent of a set by lot."""
CHANCE = 0.5
"""How often a near pair scores above a far one where the score knows nothing: half of the cases."""
LEAST_DEALT = 4
"""Near pairs: three can be dealt out in six ways only, so that no p-value can be 0.05."""


def run(
    eyes: Eyes,
    pairs: Sequence[Pair],
    pictures: np.ndarray,
    layer: str,
    share: float,
    *,
    seed: int = 0,
    tick: Callable[[float], None] = lambda _done: None,
) -> dict[str, Result]:
    """All parts.

    Args:
        eyes: the classifier.
        pairs: near ones first.
        pictures: (pair, 2, 3, row, column), 0 to 1.
        layer: its name; the last one that has places if none is named.
        share: of the most active values, 0 to 1.
        seed: of ties, shuffles, deals and resamples.
        tick: told the share that is done.

    Raises:
        UnknownNameError: there is no such layer.
        UsageError: a share outside 0 to 1, or a picture that excites nothing in the layer.
    """
    layer = known_layer(eyes, layer)
    flat = pictures.reshape(-1, *pictures.shape[2:])
    inside = eyes.activations(flat, layer)
    inside = inside.reshape(len(pairs), 2, *inside.shape[1:])
    tick(0.4)
    facts = {"layer": layer, "share": share, "seed": seed, "digest": getattr(eyes, "digest", "")}
    parts = {"pairs": _pairs(pairs, pictures, inside, share, seed, lambda done: tick(0.4 + 0.4 * done))}
    near = sum(pair.near for pair in pairs)
    parts["dealt"] = _dealt(inside[:near], share, seed)
    tick(0.9)
    parts["apart"] = _apart(parts["pairs"], near, seed)
    parts = {
        name: Result(part.quantities, model=eyes.name, facts={**part.facts, **facts}) for name, part in parts.items()
    }
    parts["cautions"] = cautions(parts)
    return parts


def _measured(first: np.ndarray, second: np.ndarray, measures: Mapping[str, Measure]) -> dict[str, float]:
    """What each measure says of a pair; nothing from one that is not defined for it."""
    found = {}
    for name, measure in measures.items():
        try:
            found[name] = measure(first, second)
        except UsageError:  # RSA and CKA of a layer in which all places are alike, a cosine of zeros
            continue
    return found


def _pairs(
    pairs: Sequence[Pair],
    pictures: np.ndarray,
    inside: np.ndarray,
    share: float,
    seed: int,
    tick: Callable[[float], None],
) -> Result:
    measures = inner_measures(share, seed)
    rows, nulls, lots = [], [], []
    size = set_size(inside[0, 0].size, share)
    for n, (first, second) in enumerate(inside):
        told = _measured(first, second, measures)
        if all(np.ptp(one) > 0 for one in pictures[n]):
            told["pixels"] = pixel_correlation(*pictures[n])
        rows.append(told)
        null = channel_null(first, second, share, SHUFFLES, seed)
        own = told["overlap"]
        nulls.append((float(null.overlaps.mean()), (1 + int((null.overlaps >= own - 1e-12).sum())) / (1 + SHUFFLES)))
        lots.append(max(drawn_by_lot(one, share) for one in (first, second)) / size)
        tick((n + 1) / len(pairs))
    defined = [name for name in (*measures, "pixels") if all(name in row and np.isfinite(row[name]) for row in rows)]
    values = np.array([[row[name] for row in rows] for name in defined])
    law = ChanceLaw(inside[0, 0].size, size, size)
    near = np.array([pair.near for pair in pairs])
    chance_p = np.array([law.at_least(value) for value in values[0]])
    channel_mean, channel_p = np.array(nulls).T
    groups = [name for name, is_near in zip(GROUPS, (True, False), strict=True) if (near == is_near).any()]
    members = [near == (name == "near") for name in groups]
    ends = [bootstrap_mean(values[:, which].T, seed) for which in members]
    names = {"measure": defined, "pair": [pair.name for pair in pairs]}
    both = {"measure": defined, "group": groups}

    def of_group(rows: list[np.ndarray]) -> Quantity:
        return quantity(np.stack(rows, axis=1), "measure", "group", labels=both)

    def of_pair(row: np.ndarray) -> Quantity:
        return quantity(row, "pair", labels={"pair": names["pair"]})

    quantities = {
        "there": quantity(1),
        "value": quantity(values, "measure", "pair", labels=names),
        "near": of_pair(near.astype(int)),
        "chance_p": of_pair(chance_p),
        "channel_mean": of_pair(channel_mean),
        "channel_p": of_pair(channel_p),
        "near_overlap": quantity(values[0][near], "near pair"),
        "far_overlap": quantity(values[0][~near], "far pair"),
        "mean": of_group([values[:, which].mean(axis=1) for which in members]),
        "mean_low": of_group([np.asarray(low) for low, _ in ends]),
        "mean_high": of_group([np.asarray(high) for _, high in ends]),
        "near_pairs": quantity(int(near.sum()), unit="pairs"),
        "far_pairs": quantity(int((~near).sum()), unit="pairs"),
        "values": quantity(inside[0, 0].size, unit="values"),
        "size_of_set": quantity(size, unit="values"),
        "chance": quantity(law.mean),
        "chance_low": quantity(law.quantile(0.025)),
        "chance_high": quantity(law.quantile(0.975)),
        "analytic": quantity(analytic_null(share)),
        "above_chance": quantity(100 * np.mean(chance_p[near] <= RARE) if near.any() else np.nan, unit="%"),
        "above_channels": quantity(100 * np.mean(channel_p[near] <= RARE) if near.any() else np.nan, unit="%"),
        "near_mean": quantity(values[0][near].mean() if near.any() else np.nan),
        "near_channels": quantity(channel_mean[near].mean() if near.any() else np.nan),
        "shared": quantity(shared(pairs), unit="pictures"),
        "lot": quantity(100 * max(lots), unit="%"),
    }
    left_out = [name for name in (*measures, "pixels") if name not in defined]
    return Result(
        quantities, facts={"not defined here": left_out, "control": "the exact null; shuffled channels; pixels"}
    )


def _dealt(inside: np.ndarray, share: float, seed: int) -> Result:
    """The second pictures dealt out to other first ones: does it matter who is paired with whom?"""
    count = len(inside)
    if count < LEAST_DEALT:
        return missing(f"{count} near pairs; fewer than {LEAST_DEALT} cannot be dealt out in many ways")
    first, second = (top_sets(inside[:, side], share, seed, side) for side in range(2))
    table = np.array([[jaccard(one, other) for other in second] for one in first])
    rng, rows = np.random.default_rng([seed, 0xDEA1]), np.arange(count)
    means = np.array([table[rows, rng.permutation(count)].mean() for _ in range(DEALS)])
    observed = float(np.trace(table) / count)
    return Result(
        {
            "there": quantity(1),
            "observed": quantity(observed),
            "mean": quantity(means, "deal"),
            "average": quantity(means.mean()),
            "best": quantity(means.max()),
            "deals": quantity(DEALS, unit="deals"),
            "p": quantity((1 + int((means >= observed - 1e-12).sum())) / (1 + DEALS)),
        },
        facts={"control": "second pictures dealt out to other first ones"},
    )


def _apart(part: Result, near: int, seed: int) -> Result:
    values, measures = part["value"], part.quantity("value").labels["measure"]
    far = values.shape[1] - near
    if min(near, far) < 2:
        return missing(f"{near} near and {far} far pairs; to tell them apart takes two of each")
    found = [separation(row[:near], row[near:], seed) for row in values]
    own = found[0]
    control = found[measures.index("pixels")].auc if "pixels" in measures else float("nan")
    of = {"measure": measures}
    return Result(
        {
            "there": quantity(1),
            "auc": quantity([one.auc for one in found], "measure", labels=of),
            "low": quantity([one.low for one in found], "measure", labels=of),
            "high": quantity([one.high for one in found], "measure", labels=of),
            "half": quantity(CHANCE),
            "overlap": quantity(own.auc),
            "overlap_low": quantity(own.low),
            "overlap_high": quantity(own.high),
            "pixels": quantity(control),
            "smaller_group": quantity(min(near, far), unit="pairs"),
        },
        facts={"control": "the pixels themselves; chance is one half"},
    )


def cautions(parts: Mapping[str, Result]) -> Result:
    """The part ``cautions``, from the others."""
    raised: dict[str, str] = {}

    def note(name: str, due: bool, text: str) -> None:
        assert name in CAUTIONS, name
        if due:
            raised[name] = text

    pairs, dealt, apart = (parts[name] for name in PARTS[:3])

    def read(part: Result, name: str) -> float:
        return float(part[name]) if name in part.quantities else float("nan")

    near, far = int(read(pairs, "near_pairs")), int(read(pairs, "far_pairs"))
    fewest = min(count for count in (near, far) if count)
    note("few-pairs", fewest < FEW, f"There are only {fewest} pairs in a group: intervals over so few are rough.")
    common = int(read(pairs, "shared"))
    note(
        "shared-pictures",
        common > 0,
        f"{common} pictures are in more than one pair: such pairs are not independent, and intervals are too narrow.",
    )
    note(
        "no-far-pairs",
        not far,
        "There are no far pairs (group = far), so that nothing says what pairs that do not belong together score.",
    )
    lot = read(pairs, "lot")
    note(
        "drawn-by-lot",
        lot > LOT,
        f"Up to {lot:.0f} % of a set were drawn by lot among equal values: fewer values of this layer are active than "
        "the share asks for. Take a smaller --share, or an earlier layer.",
    )
    with_places, median = read(pairs, "near_channels"), float(np.median(pairs["channel_p"][: max(near, 1)]))
    note(
        "places-alone",
        near > 0 and median > RARE,
        f"With channels shuffled, which keep only where something is, near pairs overlap by {with_places:.3f} beside "
        f"{read(pairs, 'near_mean'):.3f} (median p = {median:.2g}): most of it may be that both fill the same places.",
    )
    note(
        "any-pair-as-alike",
        bool(dealt["there"]) and read(dealt, "p") > RARE,
        f"Near pairs overlap by {read(dealt, 'observed'):.3f}, and by {read(dealt, 'average'):.3f} on average where "
        f"their second pictures are dealt out to other first ones: no difference that luck would not make "
        f"(p = {read(dealt, 'p'):.2g}).",
    )
    low, high = read(apart, "overlap_low"), read(apart, "overlap_high")
    note(
        "not-apart",
        bool(apart["there"]) and low <= 0.5 <= high,
        f"A near pair overlaps more than a far one in {100 * read(apart, 'overlap'):.0f} % of the cases, 95 % interval "
        f"{100 * low:.0f} to {100 * high:.0f} %: one half is chance.",
    )
    note(
        "pixels-as-good",
        bool(apart["there"]) and low > 0.5 and read(apart, "pixels") >= read(apart, "overlap"),
        f"The pixels alone tell near from far as well: {100 * read(apart, 'pixels'):.0f} % beside "
        f"{100 * read(apart, 'overlap'):.0f} %. The network need not have done anything.",
    )
    flags = [name in raised for name in CAUTIONS]
    found = bool(dealt["there"]) and read(dealt, "p") <= RARE and bool(apart["there"]) and low > 0.5
    quantities = {
        "there": quantity(1),
        "raised": quantity(np.array(flags, dtype=int), "caution", labels={"caution": CAUTIONS}),
        "count": quantity(sum(flags)),
        "found": quantity(int(found)),
    }
    return Result(quantities, model=pairs.model, facts=dict(raised))


def load(directory: Path) -> dict[str, Result]:
    """All parts of a run by name.

    Raises:
        UsageError: the folder holds no finished run of ``tapehead overlap``.
        ResultError: the run is damaged.
    """
    return saved_runs.load(directory, "tapehead overlap", PARTS)
