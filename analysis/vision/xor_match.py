"""Two networks of one solution laid on top of each other: which unit of the one is which of the other, and its sign."""

from __future__ import annotations

import itertools

import numpy as np

from tapehead.analysis.errors import UsageError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity
from tapehead.analysis.vision.xor import CORNERS, LIBRARIES, Network, cluster, distances

NAMES = ("first", "second", "other")
WEIGHT_NAMES = ("w11", "w12", "w21", "w22", "b1", "b2", "v1", "v2", "c")


def turns(first: np.ndarray, second: np.ndarray) -> tuple[tuple[int, int], tuple[float, float], np.ndarray]:
    """The order and the signs of the second network's hidden units that bring it nearest to the first; and it, turned.

    Args:
        first: (9,) weights: into, bias, out, offset.
        second: the same of another network.
    """
    one, best = Network.of(second), []
    for order in ((0, 1), (1, 0)):
        for signs in itertools.product((1.0, -1.0), repeat=2):
            s = np.array(signs)
            into, bias, out = (part[list(order)] for part in (one.into, one.bias, one.out))
            made = np.concatenate([(into * s[:, None]).ravel(), bias * s, out * s, [one.offset]])
            best.append((float(np.linalg.norm(made - first)), order, (signs[0], signs[1]), made))
    _, order, both, turned = min(best, key=lambda each: each[0])
    return order, both, turned


@analysis("vision.xor_match", version=1, libraries=LIBRARIES)
def xor_match(study: Result, tolerance: float, *, seed: int) -> Result:
    """The pair of networks of the largest solution whose weights look least alike, and a network that works otherwise.

    ``study`` is a result of :func:`~tapehead.analysis.vision.xor.xor_networks`; only networks that solved it count.

    Quantities: ``weights`` (network, weight) of the "first", the "second" and, as control, the first network of the
    next solution, the "other"; ``turned`` (weight), the second with the order and signs of the first one's units;
    ``order`` (unit), which unit of the second stands in for each of the first, from 0; ``sign`` (unit), ±1;
    ``hidden`` (network, corner, unit) and ``answer`` (network, corner) in %; ``plain``, how far apart the first two
    are as they stand, ``apart``, when turned, and ``other_apart``, the least distance of the other to the first;
    ``solved``; ``different``, how many of them differ by more than the tolerance as they stand, and ``solutions``,
    how many up to exchange and sign.  Facts: the roles of each.

    Raises:
        UsageError: fewer than two solutions solve it, or the largest was found only once.
    """
    weights = np.asarray(study["weights"])[np.asarray(study["solved"]) == 1]
    if not len(weights):
        raise UsageError("no network solved the task: train more of them, or with less decay")
    plain, apart = distances(weights)
    solution = cluster(apart, tolerance)
    own = np.flatnonzero(solution == 0)
    if solution.max() < 1 or len(own) < 2:
        raise UsageError(
            f"{len(weights)} networks that solved the task came to {int(solution.max()) + 1} solution(s), "
            f"{len(own)} of them to the largest; a match takes two of one solution and one of another"
        )
    i, j = np.unravel_index(int(np.argmax(plain[np.ix_(own, own)])), (len(own), len(own)))
    first, second, other = (weights[n] for n in (own[i], own[j], np.flatnonzero(solution == 1)[0]))
    order, sign, turned = turns(first, second)
    shown = np.array([first, second, other])
    nets = [Network.of(one) for one in shown]
    of = {"network": NAMES}
    return Result(
        {
            "weights": quantity(shown, "network", "weight", labels=of | {"weight": WEIGHT_NAMES}),
            "turned": quantity(turned, "weight", labels={"weight": WEIGHT_NAMES}),
            "order": quantity(order, "unit"),
            "sign": quantity(sign, "unit"),
            "hidden": quantity(
                [one.hidden for one in nets], "network", "corner", "unit", labels=of | {"corner": CORNERS}
            ),
            "answer": quantity(
                100 * np.array([one.answers for one in nets]),
                "network",
                "corner",
                unit="%",
                labels=of | {"corner": CORNERS},
            ),
            "plain": quantity(np.linalg.norm(first - second)),
            "apart": quantity(np.linalg.norm(first - turned)),
            "other_apart": quantity(np.linalg.norm(first - turns(first, other)[2])),
            "solved": quantity(len(weights), unit="networks"),
            "different": quantity(int(cluster(plain, tolerance).max()) + 1, unit="lists of weights"),
            "solutions": quantity(int(solution.max()) + 1, unit="solutions"),
        },
        facts={
            "roles": [list(one.roles) for one in nets],
            "control": "the first network of the next solution",
            "seed": seed,
        },
    )
