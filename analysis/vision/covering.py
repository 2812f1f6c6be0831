"""Boxes over many animals: what covering the head, the middle or nothing but sky costs the likeness to the whole."""

from __future__ import annotations

import numpy as np

from tapehead.analysis.bootstrap import bootstrap_mean
from tapehead.analysis.errors import UsageError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity
from tapehead.analysis.vision.looking import LIBRARIES, away, upright
from tapehead.analysis.vision.models import Eyes, answer_for, known_layer
from tapehead.analysis.vision.overlap import overlap
from tapehead.analysis.vision.world.creatures import ANIMALS, SIDE, draw, occluded, pose

COVERED = ("head", "middle", "sky")


def _intervals(values: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean over the pictures of (cover, picture), with the ends of its interval."""
    low, high = bootstrap_mean(values.T, seed)
    return values.mean(axis=1), low, high


@analysis("vision.covers", version=2, libraries=LIBRARIES)
def covers(model: Eyes, layer: str, share: float, box: float, count: int, *, seed: int) -> Result:
    """Many animals in place of one: what a box over the head, over the middle and over the sky leaves.

    Quantities: ``likeness`` (cover, picture), the overlap with the uncovered picture, and ``probability`` in %, of the
    right kind; over (cover) ``mean``, ``low`` and ``high`` of the likeness, with 95 % bootstrap intervals over the
    pictures, and ``mean_probability``; over (cover) ``below``, ``below_low`` and ``below_high``: how much less likeness
    is left than under a box of the same size over the sky, resampled picture by picture; ``mean_whole`` in %.

    Raises:
        UnknownNameError: there is no such layer.
        UsageError: fewer than four pictures, a share outside 0 to 1, or a box that is no part of the picture.
    """
    if count < 4 or not 0 < box < 1:
        raise UsageError(
            f"at least four pictures are covered by a box that is a share of a picture; found {count} and {box}"
        )
    layer, rng = known_layer(model, layer), np.random.default_rng([seed, 0xC0F])
    kinds = [ANIMALS[n % len(ANIMALS)] for n in range(count)]
    drawn = [draw(kind, pose(rng), SIDE) for kind in kinds]
    shown = [
        picture
        for one in drawn
        for picture in (
            one.picture,
            *(occluded(one.picture, *at, box) for at in (one.head, one.middle, away(one.head, box))),
        )
    ]
    inside = model.activations(upright(shown), layer)
    said = model.probabilities(upright(shown)).reshape(count, 1 + len(COVERED), -1)
    right = [answer_for(model, kind, one[0]) for kind, one in zip(kinds, said, strict=True)]
    chances = 100 * said[np.arange(count), :, right]
    alike = np.array(
        [
            [overlap(inside[4 * n], inside[4 * n + 1 + k], share, seed) for n in range(count)]
            for k in range(len(COVERED))
        ]
    )
    spread = _intervals(alike, seed)
    below = _intervals(alike[-1] - alike, seed)
    of = {"cover": COVERED}
    return Result(
        {
            "likeness": quantity(alike, "cover", "picture", labels=of),
            "probability": quantity(chances[:, 1:].T, "cover", "picture", unit="%", labels=of),
            "mean": quantity(spread[0], "cover", labels=of),
            "low": quantity(spread[1], "cover", labels=of),
            "high": quantity(spread[2], "cover", labels=of),
            "mean_probability": quantity(chances[:, 1:].mean(axis=0), "cover", unit="%", labels=of),
            "mean_whole": quantity(chances[:, 0].mean(), unit="%"),
            "below": quantity(below[0], "cover", labels=of),
            "below_low": quantity(below[1], "cover", labels=of),
            "below_high": quantity(below[2], "cover", labels=of),
            "pictures": quantity(count, unit="pictures"),
        },
        model=model.name,
        facts={"layer": layer, "box": box, "control": "a box of the same size over the sky", "seed": seed},
    )
