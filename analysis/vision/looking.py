"""How alike two pictures are inside the looker: over many pairs, under a sliding box, and when things move.

A pair is near when its things are of one kind or of two near ones, far when one is an animal and the other a vehicle.
No two pairs share a picture, so that they are independent.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity
from tapehead.analysis.shipped import shipped_file
from tapehead.analysis.vision.likeness import cosine, linear_cka, samples_of_places
from tapehead.analysis.vision.networks import Classifier, load
from tapehead.analysis.vision.overlap import ChanceLaw, analytic_null, overlap, pooled, set_size
from tapehead.analysis.vision.separation import separation
from tapehead.analysis.vision.world.creatures import ANIMALS, KINDS, NEAR, SIDE, VEHICLES, Pose, draw, occluded, pose

LIBRARIES = ("numpy", "scipy", "torch", "pycairo")
GROUPS = ("one kind", "near kinds", "far kinds")
MEASURES = ("overlap", "pooled overlap", "cosine", "linear CKA")


def looker() -> Classifier:
    """The classifier that ships with tapehead.

    Raises:
        ModelError: its files are damaged.
    """
    return load(shipped_file("models/looker/model.safetensors"), shipped_file("models/looker/config.json"), "looker")


def _upright(pictures: list[np.ndarray]) -> np.ndarray:
    """(picture, colour, row, column), as the network takes them."""
    return np.stack(pictures).transpose(0, 3, 1, 2).astype(np.float32)


def _layer(network: Classifier, layer: str) -> str:
    if layer not in network.form.layers:
        raise UnknownNameError("layer", layer, network.form.layers)
    return layer


def _measures(share: float, seed: int) -> dict[str, Callable[[np.ndarray, np.ndarray], float]]:
    def alike(a: np.ndarray, b: np.ndarray) -> float:
        return linear_cka(samples_of_places(a), samples_of_places(b))

    return {
        "overlap": lambda a, b: overlap(a, b, share, seed),
        "pooled overlap": lambda a, b: overlap(pooled(a, "mean"), pooled(b, "mean"), share, seed),
        "cosine": cosine,
        "linear CKA": alike,
    }


@analysis("vision.pairs", version=1, libraries=LIBRARIES)
def pairs(layer: str, share: float, count: int, *, seed: int) -> Result:
    """Many pairs in place of one example, by four measures.

    Quantities: ``value`` (measure, group, pair); ``mean`` (measure, group); over (measure) ``auc`` with ``low`` and
    ``high``: how often a pair of near kinds scores above one of far kinds, and its 95 % bootstrap interval;
    ``right`` in %, the share of pictures named rightly; ``chance`` and ``analytic``, the overlap of two
    random sets; ``values`` of the layer; ``size`` of a set.

    Raises:
        UnknownNameError: there is no such layer.
        UsageError: fewer than four pairs, or a share outside 0 to 1.
    """
    if count < 4:
        raise UsageError(f"distributions take at least four pairs in each group; found {count}")
    network, rng = looker(), np.random.default_rng([seed, 0x9A1])
    _layer(network, layer)
    names: list[tuple[str, str]] = []
    for group in GROUPS:
        for n in range(count):
            if group == "one kind":
                kind = KINDS[n % len(KINDS)]
                names.append((kind, kind))
            elif group == "near kinds":
                names.append(NEAR[n % len(NEAR)])
            else:
                names.append((ANIMALS[int(rng.integers(len(ANIMALS)))], VEHICLES[int(rng.integers(len(VEHICLES)))]))
    shown = [draw(kind, pose(rng), SIDE).picture for pair in names for kind in pair]
    inside = network.activations(_upright(shown), layer)
    said = network.scores(_upright(shown)).argmax(axis=1)
    truth = np.array([KINDS.index(kind) for pair in names for kind in pair])
    values = np.array(
        [
            [measure(inside[2 * n], inside[2 * n + 1]) for n in range(len(names))]
            for measure in _measures(share, seed).values()
        ]
    ).reshape(len(MEASURES), len(GROUPS), count)
    found = [separation(one[1], one[2], seed) for one in values]
    size = set_size(inside[0].size, share)
    of, both = {"measure": MEASURES}, {"measure": MEASURES, "group": GROUPS}
    return Result(
        {
            "value": quantity(values, "measure", "group", "pair", labels=both),
            "mean": quantity(values.mean(axis=2), "measure", "group", labels=both),
            "auc": quantity([one.auc for one in found], "measure", labels=of),
            "low": quantity([one.low for one in found], "measure", labels=of),
            "high": quantity([one.high for one in found], "measure", labels=of),
            "right": quantity(100 * np.mean(said == truth), unit="%"),
            "analytic": quantity(analytic_null(share)),
            "chance": quantity(ChanceLaw(inside[0].size, size, size).mean),
            "values": quantity(inside[0].size, unit="values"),
            "size": quantity(size, unit="values"),
            "pairs": quantity(count, unit="pairs"),
        },
        model=network.name,
        facts={"layer": layer, "control": "pairs of an animal and a vehicle; the exact null", "seed": seed},
    )


@analysis("vision.occlusion", version=1, libraries=LIBRARIES)
def occlusion(kind: str, layer: str, share: float, box: float, places: int, *, seed: int) -> Result:
    """A black box slides over a picture: what is left of the likeness to the whole picture, and of the answer.

    Quantities over (row, column): ``likeness``, the overlap with the uncovered picture, and ``probability`` of the kind
    in %; ``at`` (place), the middle of the box in shares of the picture; ``whole``, the probability without a box;
    ``head`` (axis), where the head is, and ``head_probability`` and ``head_likeness`` with the box there; as control
    ``empty_probability`` and ``empty_likeness``, with the box in the upper corner behind it.  ``picture`` and
    ``covered`` (row, column, colour).

    Raises:
        UnknownNameError: there is no such kind or layer.
        UsageError: fewer than two places, or a box that is no part of the picture.
    """
    if places < 2 or not 0 < box < 1:
        raise UsageError(
            f"a box slides over at least two places and covers a share of the picture; found {places}, {box}"
        )
    network, how = looker(), Pose()
    _layer(network, layer)
    drawn = draw(kind, how, SIDE)
    at = np.linspace(box / 2, 1 - box / 2, places)
    corner = (box / 2, box / 2)
    boxes = [(x, y) for y in at for x in at] + [drawn.head, corner]
    shown = _upright([drawn.picture, *(occluded(drawn.picture, x, y, box) for x, y in boxes)])
    inside, chances = network.activations(shown, layer), network.probabilities(shown)[:, KINDS.index(kind)]
    alike = np.array([overlap(inside[0], one, share, seed) for one in inside[1:]])
    grid = (places, places)
    return Result(
        {
            "likeness": quantity(alike[:-2].reshape(grid), "row", "column"),
            "probability": quantity(100 * chances[1:-2].reshape(grid), "row", "column", unit="%"),
            "at": quantity(at, "place"),
            "whole": quantity(100 * chances[0], unit="%"),
            "head": quantity(drawn.head, "axis", labels={"axis": ("x", "y")}),
            "head_probability": quantity(100 * chances[-2], unit="%"),
            "head_likeness": quantity(alike[-2]),
            "empty_probability": quantity(100 * chances[-1], unit="%"),
            "empty_likeness": quantity(alike[-1]),
            "box": quantity(box),
            "picture": quantity(drawn.picture, "row", "column", "colour"),
            "covered": quantity(shown[-2].transpose(1, 2, 0), "row", "column", "colour"),
        },
        model=network.name,
        facts={"layer": layer, "kind": kind, "control": "a box over the sky", "seed": seed},
    )


@analysis("vision.shifts", version=1, libraries=LIBRARIES)
def shifts(kind: str, layer: str, share: float, pixels: tuple[int, ...], *, seed: int) -> Result:
    """The same thing moved aside: its places change and its channels stay.

    Quantities over (shift): ``pixels``; ``placed``, the overlap of channel and place, and ``channels``, that of the
    channels' means; ``probability`` in %; with ``chance_placed`` and ``chance_channels``.

    Raises:
        UnknownNameError: there is no such kind or layer.
        UsageError: no shifts, or one so far that the thing leaves the picture.
    """
    if not pixels or any(abs(shift) > SIDE // 3 for shift in pixels):
        raise UsageError(
            f"a thing is moved by up to {SIDE // 3} pixels, or it leaves the picture; found {tuple(pixels)}"
        )
    network, how = looker(), Pose()
    _layer(network, layer)
    shown = _upright([draw(kind, how.moved(shift / SIDE, 0), SIDE).picture for shift in (0, *pixels)])
    inside, chances = network.activations(shown, layer), network.probabilities(shown)[:, KINDS.index(kind)]
    size, wide = set_size(inside[0].size, share), set_size(len(inside[0]), share)
    return Result(
        {
            "pixels": quantity(pixels, "shift", unit="px"),
            "placed": quantity([overlap(inside[0], one, share, seed) for one in inside[1:]], "shift"),
            "channels": quantity(
                [overlap(pooled(inside[0], "mean"), pooled(one, "mean"), share, seed) for one in inside[1:]], "shift"
            ),
            "probability": quantity(100 * chances[1:], "shift", unit="%"),
            "chance_placed": quantity(ChanceLaw(inside[0].size, size, size).mean),
            "chance_channels": quantity(ChanceLaw(len(inside[0]), wide, wide).mean),
        },
        model=network.name,
        facts={"layer": layer, "kind": kind, "seed": seed},
    )
