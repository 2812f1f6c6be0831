"""Fifty networks that learn exclusive or: other weights, how many solutions, the same roles.

Each has two inputs of ±1, two hidden units with tanh and one output with the logistic function: nine weights.  Swapping
the hidden units, or turning the signs of all weights of one of them, changes nothing of what a network computes: eight
lists of weights are one network.  Solutions are compared up to these, and up to nothing else.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from scipy import optimize
from scipy.cluster import hierarchy
from scipy.spatial import distance
from scipy.special import expit

from tapehead.analysis.errors import UsageError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity

LIBRARIES = ("numpy", "scipy")
INPUTS = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
TARGETS = np.array([0.0, 1.0, 1.0, 0.0])
CORNERS = ("−−", "−+", "+−", "++")
WEIGHTS = 9
MOST_NETWORKS = 2000
ROLES: dict[tuple[int, ...], str] = {
    (0, 0, 0, 0): "constant",
    (0, 0, 0, 1): "++ alone",
    (0, 0, 1, 0): "+− alone",
    (0, 1, 0, 0): "−+ alone",
    (0, 1, 1, 1): "−− alone",
    (0, 0, 1, 1): "first input",
    (0, 1, 0, 1): "second input",
}
"""Which corners a unit tells from which, whatever its sign: a line cuts the four corners in these seven ways."""
UNDECIDED = "undecided"
SILENCE = 1e-6
"""A unit that says less than this at a corner has no sign there: what is left of it is rounding."""


def _role(said: np.ndarray) -> str:
    """The role of a unit from what it says at each corner: (corner,)."""
    if np.any(np.abs(said) < SILENCE):
        return UNDECIDED
    signs = tuple(int(value > 0) for value in said)
    return ROLES.get(signs) or ROLES[tuple(1 - sign for sign in signs)]


@dataclass(frozen=True)
class Network:
    """One network: ``into`` (unit, input), ``bias`` (unit,), ``out`` (unit,) and ``offset`` of the output."""

    into: np.ndarray
    bias: np.ndarray
    out: np.ndarray
    offset: float

    @classmethod
    def of(cls, weights: np.ndarray) -> Network:
        """From a list of weights (9,): into, bias, out, offset."""
        return cls(weights[:4].reshape(2, 2), weights[4:6], weights[6:8], float(weights[8]))

    @property
    def hidden(self) -> np.ndarray:
        """What each unit says at each corner: (corner, unit), −1 to 1."""
        return np.asarray(np.tanh(INPUTS @ self.into.T + self.bias))

    @property
    def answers(self) -> np.ndarray:
        """The probability of "different" at each corner: (corner,)."""
        return np.asarray(expit(self.hidden @ self.out + self.offset))

    @property
    def solved(self) -> bool:
        """Whether all four answers are on the right side of one half."""
        return bool(np.all((self.answers > 0.5) == (TARGETS > 0.5)))

    @property
    def roles(self) -> tuple[str, str]:
        """The role of both units, alphabetically: one of :data:`ROLES`, or ``undecided``."""
        named = [_role(unit) for unit in self.hidden.T]
        first, second = sorted(named)
        return first, second


def equivalents(weights: np.ndarray) -> np.ndarray:
    """All lists of weights that compute the same by exchange and sign of the hidden units: (8, 9), itself first."""
    one, found = Network.of(np.asarray(weights, dtype=float)), []
    for order in ((0, 1), (1, 0)):
        for signs in itertools.product((1.0, -1.0), repeat=2):
            s = np.array(signs)
            into, bias, out = (part[list(order)] for part in (one.into, one.bias, one.out))
            found.append(np.concatenate([(into * s[:, None]).ravel(), bias * s, out * s, [one.offset]]))
    return np.array(found)


def cost(weights: np.ndarray, decay: float) -> tuple[float, np.ndarray]:
    """Mean cross-entropy over the corners plus decay/2 · Σ weights², and its gradient (9,)."""
    one = Network.of(weights)
    hidden = one.hidden
    logits = hidden @ one.out + one.offset
    value = float(np.mean(np.logaddexp(0, logits) - TARGETS * logits) + decay / 2 * weights @ weights)
    to_logit = (expit(logits) - TARGETS) / len(TARGETS)
    to_sum = to_logit[:, None] * one.out * (1 - hidden**2)
    gradient = np.concatenate([(to_sum.T @ INPUTS).ravel(), to_sum.sum(axis=0), hidden.T @ to_logit, [to_logit.sum()]])
    return value, gradient + decay * weights


@dataclass(frozen=True)
class Trained:
    """``starts`` and ``weights`` (network, 9), ``costs`` (network,) at the end, and which ``solved`` (network,)."""

    starts: np.ndarray
    weights: np.ndarray
    costs: np.ndarray
    solved: np.ndarray


def train(networks: int, decay: float, steps: int, seed: int) -> Trained:
    """Train every network from its own random start until its cost falls no further, or for ``steps`` (L-BFGS).

    The decay gives each solution weights of finite size, so that two runs to the same solution end at the same place if
    they are given the steps; stopped early, they are on their way to it.

    Args:
        networks: how many.
        decay: of the weights.
        steps: at most so many; some hundreds are enough for a decay of 1e-4 or more.
        seed: of all starts; the first of ten networks is the same as the first of fifty.

    Raises:
        UsageError: no networks or too many, no steps, or a decay that is not above zero and at most 1.
    """
    if not 1 <= networks <= MOST_NETWORKS:
        raise UsageError(f"there are between 1 and {MOST_NETWORKS} networks to train; found {networks}")
    if not 0 < decay <= 1:
        raise UsageError(
            f"the decay of the weights is above 0 and at most 1; found {decay}: without any the weights grow for ever"
        )
    if steps < 1:
        raise UsageError(f"a network is trained for at least one step; found {steps}")
    starts = np.array([np.random.default_rng([seed, 0x80A, n]).normal(size=WEIGHTS) for n in range(networks)])
    options = {"maxiter": steps, "ftol": 1e-15, "gtol": 1e-9}
    ends = [
        optimize.minimize(cost, start, args=(decay,), jac=True, method="L-BFGS-B", options=options) for start in starts
    ]
    weights = np.array([end.x for end in ends])
    solved = np.array([Network.of(one).solved for one in weights])
    return Trained(starts, weights, np.array([float(end.fun) for end in ends]), solved)


def aligned(weights: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """The equivalent list of weights that lies nearest to a reference: (9,)."""
    every = equivalents(weights)
    return np.asarray(every[np.argmin(((every - reference) ** 2).sum(axis=1))])


def distances(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distances between networks as their weights stand, and up to exchange and sign: (network, network) twice."""
    plain = np.sqrt(((weights[:, None] - weights[None]) ** 2).sum(axis=2))
    every = np.array([equivalents(one) for one in weights])
    # The group acts by isometries: it is enough to move one of the two.
    least = np.sqrt(((weights[:, None, None] - every[None]) ** 2).sum(axis=3).min(axis=2))
    return plain, np.minimum(least, least.T)


def cluster(apart: np.ndarray, tolerance: float) -> np.ndarray:
    """Which solution each network came to: (network,), numbered from 0 by size, the largest first.

    Networks are of one solution when a chain of them, each at most ``tolerance`` from the next, leads from one to the
    other (single linkage).

    Args:
        apart: (network, network) distances.
        tolerance: in weights.

    Raises:
        UsageError: the tolerance is not above zero, or the distances are no square.
    """
    if not tolerance > 0:
        raise UsageError(
            f"two runs to one solution differ by a little, so a tolerance is above zero; found {tolerance}"
        )
    if apart.ndim != 2 or apart.shape[0] != apart.shape[1] or not len(apart):
        raise UsageError(f"distances are given from every network to every one; found the shape {apart.shape}")
    if len(apart) == 1:
        return np.zeros(1, dtype=int)
    links = hierarchy.linkage(distance.squareform(apart, checks=False), "single")
    found = hierarchy.fcluster(links, tolerance, "distance")
    names, first, counts = np.unique(found, return_index=True, return_counts=True)
    # Equal sizes keep the order in which they were met, so that the numbers do not depend on scipy's.
    order = sorted(range(len(names)), key=lambda n: (-counts[n], first[n]))
    number = {int(names[n]): place for place, n in enumerate(order)}
    return np.array([number[int(name)] for name in found])


@analysis("vision.xor_networks", version=1, libraries=LIBRARIES)
def xor_networks(networks: int, decay: float, steps: int, tolerance: float, *, seed: int) -> Result:
    """Train many networks on exclusive or and count how many different solutions there are.

    Quantities: ``weights`` and ``aligned`` (network, weight), the latter turned to lie nearest to the first network of
    its solution; ``answer`` (network, corner) in %; ``hidden`` (network, corner, unit), of the aligned weights;
    ``cost`` (network); ``solved`` (network) 0 or 1 and ``solved_count``; ``solution`` (network), clusters up to
    exchange and sign, and ``solutions``, how many; ``solution_size``, ``solution_solved`` and ``solution_cost``
    (solution); ``solutions_plain``, how many the same tolerance finds when exchange and sign are not allowed for;
    ``solutions_solving``.  Control: ``start_solutions``, how many the untrained starts fall into.

    Raises:
        UsageError: see :func:`train` and :func:`cluster`.
    """
    trained = train(networks, decay, steps, seed)
    plain, apart = distances(trained.weights)
    solution = cluster(apart, tolerance)
    firsts = [int(np.argmax(solution == n)) for n in range(int(solution.max()) + 1)]
    turned = np.array(
        [aligned(one, trained.weights[firsts[n]]) for one, n in zip(trained.weights, solution, strict=True)]
    )
    alike = [Network.of(one) for one in turned]
    corners, units = {"corner": CORNERS}, ("network", "corner", "unit")
    names = ("w11", "w12", "w21", "w22", "b1", "b2", "v1", "v2", "c")
    return Result(
        {
            "weights": quantity(trained.weights, "network", "weight", labels={"weight": names}),
            "aligned": quantity(turned, "network", "weight", labels={"weight": names}),
            "answer": quantity(
                100 * np.array([one.answers for one in alike]), "network", "corner", unit="%", labels=corners
            ),
            "hidden": quantity([one.hidden for one in alike], *units, labels=corners),
            "cost": quantity(trained.costs, "network", unit="nat"),
            "solved": quantity(trained.solved.astype(int), "network"),
            "solved_count": quantity(int(trained.solved.sum()), unit="networks"),
            "solution": quantity(solution, "network"),
            "solutions": quantity(len(firsts), unit="solutions"),
            "solutions_solving": quantity(int(trained.solved[firsts].sum()), unit="solutions"),
            "solution_size": quantity(np.bincount(solution), "solution", unit="networks"),
            "solution_solved": quantity(trained.solved[firsts].astype(int), "solution"),
            "solution_cost": quantity(trained.costs[firsts], "solution", unit="nat"),
            "solutions_plain": quantity(int(cluster(plain, tolerance).max()) + 1, unit="solutions"),
            "start_solutions": quantity(
                int(cluster(distances(trained.starts)[1], tolerance).max()) + 1, unit="solutions"
            ),
            "networks": quantity(networks, unit="networks"),
        },
        facts={"control": "the untrained starts", "decay": decay, "steps": steps, "tolerance": tolerance, "seed": seed},
    )


@analysis("vision.xor_roles", version=1, libraries=LIBRARIES)
def xor_roles(study: Result, *, seed: int) -> Result:
    """The same role under other weights: which corners the units of each network tell apart.

    ``study`` is a result of :func:`xor_networks`; only networks that solved it are counted.  Quantities: ``count``
    (role), how many networks have a unit of the role; ``pair_count`` (pair), how many have such a pair of roles;
    over (kind), pairs of networks with the "same roles" and with "other roles": ``pairs`` of networks, ``plain`` and
    ``aligned``, the mean distances of their weights as they stand and up to exchange and sign (not given for a kind
    that has no pairs: the kind is then left out).

    Raises:
        UsageError: fewer than two networks solved it.
    """
    weights = np.asarray(study["weights"])[np.asarray(study["solved"]) == 1]
    if len(weights) < 2:
        raise UsageError(
            f"roles are compared between networks that solved the task; found {len(weights)}: train more networks, "
            "or with less decay"
        )
    roles = [Network.of(one).roles for one in weights]
    plain, apart = distances(weights)
    upper = np.triu_indices(len(weights), 1)
    same = np.array([roles[i] == roles[j] for i, j in zip(*upper, strict=True)])
    kinds = {name: which for name, which in (("same roles", same), ("other roles", ~same)) if which.any()}
    of, names = {"kind": tuple(kinds)}, (*ROLES.values(), UNDECIDED)
    pairs = sorted(set(roles), key=lambda pair: (-roles.count(pair), pair))
    return Result(
        {
            "count": quantity(
                [sum(name in pair for pair in roles) for name in names], "role", unit="networks", labels={"role": names}
            ),
            "pair_count": quantity(
                [roles.count(pair) for pair in pairs],
                "pair",
                unit="networks",
                labels={"pair": tuple(" and ".join(pair) for pair in pairs)},
            ),
            "pairs": quantity([int(which.sum()) for which in kinds.values()], "kind", unit="pairs", labels=of),
            "plain": quantity([plain[upper][which].mean() for which in kinds.values()], "kind", labels=of),
            "aligned": quantity([apart[upper][which].mean() for which in kinds.values()], "kind", labels=of),
            "networks": quantity(len(weights), unit="networks"),
        },
        facts={"control": "pairs with other roles", "seed": seed},
    )
