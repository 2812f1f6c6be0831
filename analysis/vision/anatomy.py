"""One pair of pictures, taken apart: what lights up in a layer, which values are the most active, where they lie.

The overlap of two sets is held against two nulls.  Shuffled values know nothing of a layer; shuffled channels keep the
places of each together, and what two pictures share only because both show something in the middle stays.
"""

from __future__ import annotations

import numpy as np

from tapehead.analysis.errors import UsageError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity
from tapehead.analysis.vision.looking import LIBRARIES, upright
from tapehead.analysis.vision.models import Eyes, known_layer
from tapehead.analysis.vision.overlap import ChanceLaw, channel_null, jaccard, per_channel, set_size, top_indices
from tapehead.analysis.vision.world.creatures import SIDE, draw, pose

LOUDEST = 10
SHOWN = ("first", "near", "far")
PAIRS = ("near", "far")


@analysis("vision.anatomy", version=2, libraries=LIBRARIES)
def anatomy(model: Eyes, kinds: tuple[str, str, str], layer: str, share: float, shuffles: int, *, seed: int) -> Result:
    """A picture, one that is near to it and one that is far, inside a classifier.

    Quantities: ``picture`` (shown, row, column, colour); ``activation`` (shown, channel, down, across) and ``member``,
    1 where a value belongs to the most active ``share``; ``ranked`` (rank), the values of the first picture, the
    largest first; ``silent`` (shown) in %, values that are exactly zero; over (pair) ``overlap``, ``common`` and
    ``either`` values; the null of shuffled values: ``chance``, ``chance_low`` and ``chance_high`` (2.5 and 97.5 %) and
    over (pair) ``excess`` in its standard deviations; the null of shuffled channels, over (pair): ``channel_overlap``
    (pair, shuffle), ``channel_mean``, ``channel_low``, ``channel_high``, and ``channel_p``, the share of shuffles that
    overlap as much; ``loudest`` (unit), the channels of the ten largest values of the first picture and
    ``loudest_channels``, how many different ones; as control ``random_channels``, how many ten random values would
    come from on average; ``in_channels`` (shown), the channels that hold a set, and ``random_in_channels``.

    Raises:
        UnknownNameError: there is no such kind or layer.
        UsageError: a share outside 0 to 1, no shuffles, or no three kinds.
    """
    if len(kinds) != len(SHOWN):
        raise UsageError(f"a picture is compared with one that is near and one that is far; found {len(kinds)} kinds")
    layer, rng = known_layer(model, layer), np.random.default_rng([seed, 0xA47])
    pictures = [draw(kind, pose(rng), SIDE).picture for kind in kinds]
    inside = model.activations(upright(pictures), layer)
    size, (channels, *places) = set_size(inside[0].size, share), inside[0].shape
    sets = [top_indices(values, share, np.random.default_rng([seed, 0x0E7, n])) for n, values in enumerate(inside)]
    member = np.zeros((len(inside), inside[0].size), dtype=np.int64)
    for n, found in enumerate(sets):
        member[n, found] = 1
    law = ChanceLaw(inside[0].size, size, size)
    alike = np.array([jaccard(sets[0], one) for one in sets[1:]])
    common = [len(np.intersect1d(sets[0], one)) for one in sets[1:]]
    nulls = [channel_null(inside[0], one, share, shuffles, seed) for one in inside[1:]]
    loudest = np.argsort(-inside[0].ravel(), kind="stable")[:LOUDEST] // (places[0] * places[1])
    of, shown = {"pair": PAIRS}, {"shown": SHOWN}
    null = np.array([one.overlaps for one in nulls])
    return Result(
        {
            "picture": quantity(np.array(pictures), "shown", "row", "column", "colour", labels=shown),
            "activation": quantity(inside, "shown", "channel", "down", "across", labels=shown),
            "member": quantity(member.reshape(inside.shape), "shown", "channel", "down", "across", labels=shown),
            "ranked": quantity(np.sort(inside[0].ravel())[::-1], "rank"),
            "silent": quantity(100 * (inside == 0).mean(axis=(1, 2, 3)), "shown", unit="%", labels=shown),
            "overlap": quantity(alike, "pair", labels=of),
            "common": quantity(common, "pair", unit="values", labels=of),
            "either": quantity([2 * size - n for n in common], "pair", unit="values", labels=of),
            "excess": quantity((alike - law.mean) / law.deviation, "pair", labels=of),
            "chance": quantity(law.mean),
            "chance_low": quantity(law.quantile(0.025)),
            "chance_high": quantity(law.quantile(0.975)),
            "channel_overlap": quantity(null, "pair", "shuffle", labels=of),
            "channel_mean": quantity(null.mean(axis=1), "pair", labels=of),
            "channel_low": quantity(np.quantile(null, 0.025, axis=1), "pair", labels=of),
            "channel_high": quantity(np.quantile(null, 0.975, axis=1), "pair", labels=of),
            # With the one that was observed among the shuffles, so that no p is zero (Phipson & Smyth 2010).
            "channel_p": quantity(
                [(1 + np.sum(one >= seen - 1e-12)) / (1 + shuffles) for one, seen in zip(null, alike, strict=True)],
                "pair",
                labels=of,
            ),
            "loudest": quantity(loudest, "unit"),
            "loudest_channels": quantity(len(set(loudest.tolist())), unit="channels"),
            "random_channels": quantity(_different(channels, places[0] * places[1], LOUDEST), unit="channels"),
            "in_channels": quantity(
                [int(np.sum(per_channel(one, inside[0].shape) > 0)) for one in sets],
                "shown",
                unit="channels",
                labels=shown,
            ),
            "random_in_channels": quantity(_different(channels, places[0] * places[1], size), unit="channels"),
            "channels": quantity(channels, unit="channels"),
            "places": quantity(places[0] * places[1], unit="places"),
            "side": quantity(places[0], unit="places"),
            "values": quantity(inside[0].size, unit="values"),
            "size": quantity(size, unit="values"),
            "share": quantity(100 * share, unit="%"),
            "shuffles": quantity(shuffles, unit="shuffles"),
        },
        model=model.name,
        facts={
            "layer": layer,
            "kinds": list(kinds),
            "control": "shuffled values; shuffled channels; a picture that is far",
            "seed": seed,
        },
    )


def _different(channels: int, places: int, drawn: int) -> float:
    """How many channels so many random values come from, on average: channels × (1 − C(N − places, n) / C(N, n))."""
    values = channels * places
    # The share of draws that miss one channel altogether, value by value.
    rest = values - places - np.arange(drawn)
    missed = np.prod(np.clip(rest, 0, None) / (values - np.arange(drawn)))
    return float(channels * (1 - missed))
