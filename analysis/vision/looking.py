"""How alike two pictures are inside a classifier: over many pairs, under a sliding box, and when things move.

A pair is near when its things are of one kind or of two near ones, far when one is an animal and the other a vehicle.
No two pairs share a picture, so that they are independent; every measure sees the same pairs.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tapehead.analysis.errors import UsageError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Quantity, Result, quantity
from tapehead.analysis.vision.likeness import cosine, linear_cka, samples_of_places, similarity_analysis
from tapehead.analysis.vision.models import Eyes, answer_for, known_layer
from tapehead.analysis.vision.networks import Classifier
from tapehead.analysis.vision.overlap import ChanceLaw, analytic_null, overlap, pooled, set_size
from tapehead.analysis.vision.separation import difference, least_pairs, separation
from tapehead.analysis.vision.world.creatures import ANIMALS, KINDS, NEAR, SIDE, VEHICLES, Pose, draw, occluded, pose

LIBRARIES = ("numpy", "scipy", "torch", "pycairo")
GROUPS = ("covered", "one kind", "near kinds", "far kinds")
"""From the most alike to the least; a covered pair is a picture and itself with a black box over the head."""
STEPS = ("covered over one kind", "one kind over near kinds", "near kinds over far kinds")
MEASURES = ("overlap", "pooled overlap", "cosine", "linear CKA", "RSA", "pixels")
"""The last is the control: what the pictures themselves tell, without any model."""
COVER = 0.25
"""Side of the box over a head, in shares of the picture's."""
SIZES = (2, 4, 8, 16, 32, 64, 128)


def upright(pictures: list[np.ndarray]) -> np.ndarray:
    """(picture, colour, row, column), as the network takes them."""
    return np.stack(pictures).transpose(0, 3, 1, 2).astype(np.float32)


Measure = Callable[[np.ndarray, np.ndarray], float]


def _structure(first: np.ndarray, second: np.ndarray) -> float:
    """RSA over the places; one where a picture says nothing at all has no correlation with others, and is left out."""
    one, other = samples_of_places(first), samples_of_places(second)
    speaking = (np.ptp(one, axis=1) > 0) & (np.ptp(other, axis=1) > 0)
    return similarity_analysis(one[speaking], other[speaking])


def inner_measures(share: float, seed: int) -> dict[str, Measure]:
    """What compares the activations (channel, row, column) of two pictures, by name: :data:`MEASURES` but the last."""

    def aligned_kernels(a: np.ndarray, b: np.ndarray) -> float:
        return linear_cka(samples_of_places(a), samples_of_places(b))

    return {
        "overlap": lambda a, b: overlap(a, b, share, seed),
        "pooled overlap": lambda a, b: overlap(pooled(a, "mean"), pooled(b, "mean"), share, seed),
        "cosine": cosine,
        "linear CKA": aligned_kernels,
        "RSA": _structure,
    }


def pixel_correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Pearson's correlation of two pictures, pixel by pixel and colour by colour."""
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])


def _pictures_of_pairs(count: int, seed: int) -> tuple[list[np.ndarray], list[str]]:
    """Two pictures for each pair, group after group, and what is to be seen in them."""
    rng = np.random.default_rng([seed, 0x9A1])
    shown: list[np.ndarray] = []
    names: list[str] = []
    for group in GROUPS:
        for n in range(count):
            if group == "covered":
                kind = ANIMALS[n % len(ANIMALS)]
                drawn = draw(kind, pose(rng), SIDE)
                shown += [drawn.picture, occluded(drawn.picture, *drawn.head, COVER)]
                names += [kind, kind]
                continue
            if group == "one kind":
                pair = (KINDS[n % len(KINDS)],) * 2
            elif group == "near kinds":
                pair = NEAR[n % len(NEAR)]
            else:
                pair = (ANIMALS[int(rng.integers(len(ANIMALS)))], VEHICLES[int(rng.integers(len(VEHICLES)))])
            shown += [draw(kind, pose(rng), SIDE).picture for kind in pair]
            names += pair
    return shown, names


@analysis("vision.pairs", version=3, libraries=LIBRARIES)
def pairs(model: Eyes, layer: str, share: float, count: int, *, seed: int) -> Result:
    """Many pairs in place of one example, by six measures on the same pairs.

    Quantities: ``value`` (measure, group, pair); ``mean`` (measure, group); over (measure) ``auc`` with ``low`` and
    ``high``: how often a pair of near kinds scores above one of far kinds, and its 95 % bootstrap interval; ``less``
    with ``less_low`` and ``less_high``: how far the measure's AUC lies below the overlap's, resampled pair by pair;
    over (measure, step) ``step_auc``, ``step_low`` and ``step_high``: the same between neighbouring groups; over
    (measure, size) ``size_low`` and ``size_high``: the interval that an experiment with so many pairs in each group
    would have; ``least`` (measure), the first of those sizes whose interval lies above chance, 0 if there is none;
    ``right`` in %, the share of whole pictures named rightly, of a classifier that knows their kinds; ``chance`` and
    ``analytic``, the overlap of two random sets; ``values`` of the layer; ``size_of_set``.

    Raises:
        UnknownNameError: there is no such layer.
        UsageError: fewer than four pairs, or a share outside 0 to 1.
    """
    if count < 4:
        raise UsageError(f"distributions take at least four pairs in each group; found {count}")
    layer = known_layer(model, layer)
    pictures, names = _pictures_of_pairs(count, seed)
    shown = upright(pictures)
    inside = model.activations(shown, layer)
    values = np.array(
        [[measure(inside[n], inside[n + 1]) for n in range(0, len(names), 2)] for measure in _of(share, seed)]
        + [[pixel_correlation(shown[n], shown[n + 1]) for n in range(0, len(names), 2)]]
    ).reshape(len(MEASURES), len(GROUPS), count)
    steps = [[separation(one[n], one[n + 1], seed) for n in range(len(STEPS))] for one in values]
    found = [one[-1] for one in steps]
    less = [difference(values[0][-2:], one[-2:], seed) for one in values]
    sizes = tuple(size for size in SIZES if size <= count)
    told = [[separation(one[-2], one[-1], seed, size) for size in sizes] for one in values]
    least = [least_pairs(one[-2], one[-1], seed, sizes) or 0 for one in values]
    size = set_size(inside[0].size, share)
    of, both = {"measure": MEASURES}, {"measure": MEASURES, "group": GROUPS}
    stepped = {"measure": MEASURES, "step": STEPS}
    return Result(
        {
            "value": quantity(values, "measure", "group", "pair", labels=both),
            "mean": quantity(values.mean(axis=2), "measure", "group", labels=both),
            "auc": quantity([one.auc for one in found], "measure", labels=of),
            "low": quantity([one.low for one in found], "measure", labels=of),
            "high": quantity([one.high for one in found], "measure", labels=of),
            "less": quantity([one.mean for one in less], "measure", labels=of),
            "less_low": quantity([one.low for one in less], "measure", labels=of),
            "less_high": quantity([one.high for one in less], "measure", labels=of),
            "step_auc": quantity([[one.auc for one in row] for row in steps], "measure", "step", labels=stepped),
            "step_low": quantity([[one.low for one in row] for row in steps], "measure", "step", labels=stepped),
            "step_high": quantity([[one.high for one in row] for row in steps], "measure", "step", labels=stepped),
            "size": quantity(sizes, "size", unit="pairs"),
            "size_low": quantity([[one.low for one in row] for row in told], "measure", "size", labels=of),
            "size_high": quantity([[one.high for one in row] for row in told], "measure", "size", labels=of),
            "least": quantity(least, "measure", unit="pairs", labels=of),
            **_right(model, shown, names, count),
            "analytic": quantity(analytic_null(share)),
            "chance": quantity(ChanceLaw(inside[0].size, size, size).mean),
            "values": quantity(inside[0].size, unit="values"),
            "size_of_set": quantity(size, unit="values"),
            "pairs": quantity(count, unit="pairs"),
        },
        model=model.name,
        facts={
            "layer": layer,
            "control": "pairs of an animal and a vehicle; the exact null; the pixels themselves",
            "seed": seed,
        },
    )


def _right(model: Eyes, shown: np.ndarray, names: list[str], count: int) -> dict[str, Quantity]:
    """How many of the pictures without a box are named rightly; nothing, if the classifier has other answers."""
    if not isinstance(model, Classifier):
        return {}
    whole = np.ones(len(names), dtype=bool)
    whole[1 : 2 * count : 2] = False
    said = model.scores(shown).argmax(axis=1)
    truth = np.array([KINDS.index(kind) for kind in names])
    return {"right": quantity(100 * np.mean((said == truth)[whole]), unit="%")}


def _of(share: float, seed: int) -> list[Measure]:
    return list(inner_measures(share, seed).values())


def away(head: tuple[float, float], box: float) -> tuple[float, float]:
    """Middle of a box in the upper corner behind a thing that looks towards ``head``: over the sky."""
    return (box / 2 if head[0] > 0.5 else 1 - box / 2, box / 2)


@analysis("vision.occlusion", version=3, libraries=LIBRARIES)
def occlusion(model: Eyes, kind: str, layer: str, share: float, box: float, places: int, *, seed: int) -> Result:
    """A black box slides over a picture: what is left of the likeness to the whole picture, and of the answer.

    Quantities over (row, column): ``likeness``, the overlap with the uncovered picture, and ``probability`` of the kind
    in %; ``at`` (place), the middle of the box in shares of the picture; ``curve`` and ``curve_probability`` (place),
    the row of boxes nearest to the head; ``whole``, the probability without a box; ``head`` (axis), where the head is,
    and ``head_probability`` and ``head_likeness`` with the box there; ``worse``, the share of the places in % at which
    the box leaves less likeness than over the head; ``least`` (axis), the place that leaves least, with
    ``least_likeness`` and ``least_probability``; as control ``empty_probability`` and ``empty_likeness``, with the box
    in the upper corner behind it; ``chance``, of two random sets.  ``picture`` and ``covered``, by a box over the head,
    and ``bare``, with the control's (row, column, colour).

    Raises:
        UnknownNameError: there is no such kind or layer.
        UsageError: fewer than two places, or a box that is no part of the picture.
    """
    if places < 2 or not 0 < box < 1:
        raise UsageError(
            f"a box slides over at least two places and covers a share of the picture; found {places}, {box}"
        )
    layer, how = known_layer(model, layer), Pose()
    drawn = draw(kind, how, SIDE)
    at = np.linspace(box / 2, 1 - box / 2, places)
    corner = away(drawn.head, box)
    boxes = [(x, y) for y in at for x in at] + [drawn.head, corner]
    shown = upright([drawn.picture, *(occluded(drawn.picture, x, y, box) for x, y in boxes)])
    inside, said = model.activations(shown, layer), model.probabilities(shown)
    chances = said[:, answer_for(model, kind, said[0])]
    alike = np.array([overlap(inside[0], one, share, seed) for one in inside[1:]])
    grid = (places, places)
    likeness, probability = alike[:-2].reshape(grid), 100 * chances[1:-2].reshape(grid)
    row = int(np.argmin(np.abs(at - drawn.head[1])))
    least = np.unravel_index(int(np.argmin(likeness)), grid)
    size = set_size(inside[0].size, share)
    return Result(
        {
            "likeness": quantity(likeness, "row", "column"),
            "probability": quantity(probability, "row", "column", unit="%"),
            "at": quantity(at, "place"),
            "curve": quantity(likeness[row], "place"),
            "curve_probability": quantity(probability[row], "place", unit="%"),
            "worse": quantity(100 * np.mean(likeness < alike[-2]), unit="%"),
            "least": quantity((at[least[1]], at[least[0]]), "axis", labels={"axis": ("x", "y")}),
            "least_likeness": quantity(likeness[least]),
            "least_probability": quantity(probability[least], unit="%"),
            "chance": quantity(ChanceLaw(inside[0].size, size, size).mean),
            "whole": quantity(100 * chances[0], unit="%"),
            "head": quantity(drawn.head, "axis", labels={"axis": ("x", "y")}),
            "head_probability": quantity(100 * chances[-2], unit="%"),
            "head_likeness": quantity(alike[-2]),
            "empty_probability": quantity(100 * chances[-1], unit="%"),
            "empty_likeness": quantity(alike[-1]),
            "box": quantity(box),
            "picture": quantity(drawn.picture, "row", "column", "colour"),
            "covered": quantity(shown[-2].transpose(1, 2, 0), "row", "column", "colour"),
            "bare": quantity(shown[-1].transpose(1, 2, 0), "row", "column", "colour"),
        },
        model=model.name,
        facts={"layer": layer, "kind": kind, "control": "a box over the sky", "seed": seed},
    )


@analysis("vision.shifts", version=3, libraries=LIBRARIES)
def shifts(model: Eyes, kind: str, layer: str, share: float, pixels: tuple[int, ...], *, seed: int) -> Result:
    """The same thing moved aside: its places change and its channels stay.

    Quantities over (shift): ``pixels``; ``placed``, the overlap of channel and place, and ``channels``, that of the
    channels' means; ``probability`` in %; ``picture`` (shift, row, column, colour); with ``chance_placed`` and
    ``chance_channels``.

    Raises:
        UnknownNameError: there is no such kind or layer.
        UsageError: no shifts, or one so far that the thing leaves the picture.
    """
    if not pixels or any(abs(shift) > SIDE // 3 for shift in pixels):
        raise UsageError(
            f"a thing is moved by up to {SIDE // 3} pixels, or it leaves the picture; found {tuple(pixels)}"
        )
    layer, how = known_layer(model, layer), Pose()
    shown = upright([draw(kind, how.moved(shift / SIDE, 0), SIDE).picture for shift in (0, *pixels)])
    inside, said = model.activations(shown, layer), model.probabilities(shown)
    chances = said[:, answer_for(model, kind, said[0])]
    size, wide = set_size(inside[0].size, share), set_size(len(inside[0]), share)
    return Result(
        {
            "pixels": quantity(pixels, "shift", unit="px"),
            "placed": quantity([overlap(inside[0], one, share, seed) for one in inside[1:]], "shift"),
            "channels": quantity(
                [overlap(pooled(inside[0], "mean"), pooled(one, "mean"), share, seed) for one in inside[1:]], "shift"
            ),
            "probability": quantity(100 * chances[1:], "shift", unit="%"),
            "picture": quantity(shown[1:].transpose(0, 2, 3, 1), "shift", "row", "column", "colour"),
            "chance_placed": quantity(ChanceLaw(inside[0].size, size, size).mean),
            "chance_channels": quantity(ChanceLaw(len(inside[0]), wide, wide).mean),
        },
        model=model.name,
        facts={"layer": layer, "kind": kind, "seed": seed},
    )
