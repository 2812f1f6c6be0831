"""Overlap of the most active units of two pictures, and what chance alone would give.

The most active share of a layer's values is a set of indices; two pictures are compared by the Jaccard overlap of their
sets.  Such a number means nothing without its null.  Shuffling the values of one picture makes its set a uniformly
random one of the same size, so that the permutation null needs no permutation: the number of common indices follows the
hypergeometric law exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tapehead.analysis.errors import UsageError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity

LIBRARIES = ("numpy",)
POOLINGS = ("mean", "max")
MOST_SHUFFLES = 10_000_000


def _numbers(activations: np.ndarray) -> np.ndarray:
    values = np.asarray(activations, dtype=float)
    if values.size == 0:
        raise UsageError(f"activations hold no values: their shape is {values.shape}; give a layer that has some")
    if not np.all(np.isfinite(values)):
        bad = int(np.sum(~np.isfinite(values)))
        raise UsageError(f"{bad} of {values.size} activations are not finite; nothing can be ranked among them")
    return values


def _maps(activations: np.ndarray) -> np.ndarray:
    values = _numbers(activations)
    if values.ndim != 3:
        raise UsageError(f"activations of a picture are (channel, row, column); found the shape {values.shape}")
    return values


def set_size(values: int, share: float) -> int:
    """How many of ``values`` are the most active ``share``: the nearest whole number, and at least one.

    Raises:
        UsageError: the share is not above 0 and below 1, or there are no values.
    """
    if not 0 < share < 1:
        raise UsageError(f"a share of the most active values lies between 0 and 1; found {share}")
    if values < 1:
        raise UsageError(f"a share was asked of {values} values; there has to be at least one")
    return max(1, int(np.floor(values * share + 0.5)))


def top_indices(activations: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """Flat indices of the most active values, ascending: (size,).

    Where the border runs through equal values, ``rng`` draws among them.  After a ReLU most values are zero; to take
    the first zeros of each picture would make any two pictures overlap.

    Raises:
        UsageError: see :func:`set_size`; or a value is not finite.
    """
    values = _numbers(activations).ravel()
    size = set_size(values.size, share)
    border = np.partition(values, values.size - size)[values.size - size]
    above, tied = np.flatnonzero(values > border), np.flatnonzero(values == border)
    if len(above) + len(tied) > size:
        tied = rng.choice(tied, size - len(above), replace=False)
    return np.sort(np.concatenate([above, tied]))


def drawn_by_lot(activations: np.ndarray, share: float) -> int:
    """How many of the most active values :func:`top_indices` has to draw among equals: 0 if the border is clear."""
    values = _numbers(activations).ravel()
    size = set_size(values.size, share)
    border = np.partition(values, values.size - size)[values.size - size]
    above, tied = int(np.sum(values > border)), int(np.sum(values == border))
    return 0 if above + tied == size else size - above


def jaccard(first: np.ndarray, second: np.ndarray) -> float:
    """Common indices over all indices of two sets (Jaccard 1912); each without repetitions.

    Raises:
        UsageError: both sets are empty.
    """
    common = len(np.intersect1d(first, second))
    every = len(np.unique(first)) + len(np.unique(second)) - common
    if every == 0:
        raise UsageError("the overlap of two empty sets is not defined; take a larger share")
    return common / every


def overlap(first: np.ndarray, second: np.ndarray, share: float, seed: int) -> float:
    """Jaccard overlap of the most active ``share`` of two arrays of activations of one shape.

    Raises:
        UsageError: the shapes differ, or see :func:`top_indices`.
    """
    if np.shape(first) != np.shape(second):
        raise UsageError(
            f"two pictures are compared in one layer; found shapes {np.shape(first)} and {np.shape(second)}"
        )
    # Each picture draws its own ties: a common draw would make equal zeros overlap.
    one, other = (np.random.default_rng([seed, 0x0E7, place]) for place in range(2))
    return jaccard(top_indices(first, share, one), top_indices(second, share, other))


def top_sets(activations: np.ndarray, share: float, seed: int, side: int) -> list[np.ndarray]:
    """:func:`top_indices` of many pictures (picture, …), as :func:`overlap` takes them on a side: 0 first, 1 second.

    Raises:
        UsageError: see :func:`top_indices`.
    """
    return [top_indices(one, share, np.random.default_rng([seed, 0x0E7, side])) for one in activations]


def analytic_null(share: float) -> float:
    """Overlap of two random sets that each hold the ``share`` s of many values: s²/(2s − s²) = s/(2 − s).

    Raises:
        UsageError: the share is not above 0 and below 1.
    """
    set_size(1, share)
    return share / (2 - share)


@dataclass(frozen=True)
class ChanceLaw:
    """The permutation null of the overlap, exactly: ``first`` and ``second`` indices of ``values``, one set shuffled.

    The number m of common indices is hypergeometric; the overlap is m / (first + second − m), which rises with m, so
    that tails and quantiles carry over.

    Raises:
        UsageError: a set is empty or larger than the number of values.
    """

    values: int
    first: int
    second: int

    def __post_init__(self) -> None:
        if not (1 <= self.first <= self.values and 1 <= self.second <= self.values):
            raise UsageError(
                f"sets of {self.first} and {self.second} indices out of {self.values} values: "
                "each has to hold at least one and at most all of them"
            )

    @property
    def common(self) -> np.ndarray:
        """Every possible number of common indices, ascending: (outcome,)."""
        return np.arange(max(0, self.first + self.second - self.values), min(self.first, self.second) + 1)

    @property
    def overlaps(self) -> np.ndarray:
        """The overlap of each outcome: (outcome,)."""
        return self.common / (self.first + self.second - self.common)

    @cached_property
    def probabilities(self) -> np.ndarray:
        """The probability of each outcome: (outcome,), of sum 1."""
        # By the ratio of neighbouring outcomes, (a − m)(b − m) / ((m + 1)(N − a − b + m + 1)), in logarithms: thousands
        # of outcomes in a millisecond, where scipy takes each from scratch and needs a third of a second.
        m = self.common[:-1].astype(float)
        above = np.log(self.first - m) + np.log(self.second - m)
        below = np.log(m + 1) + np.log(self.values - self.first - self.second + m + 1)
        steps = np.concatenate([[0.0], np.cumsum(above - below)])
        weights = np.exp(steps - steps.max())
        return np.asarray(weights / weights.sum())

    @property
    def mean(self) -> float:
        """Mean overlap.  It is near s/(2 − s), and not equal: a mean of ratios is not a ratio of means."""
        return float(self.probabilities @ self.overlaps)

    @property
    def deviation(self) -> float:
        """Standard deviation of the overlap."""
        return float(np.sqrt(self.probabilities @ (self.overlaps - self.mean) ** 2))

    def quantile(self, level: float) -> float:
        """The least overlap that at least ``level`` of the shuffles do not exceed.

        Raises:
            UsageError: the level is not above 0 and at most 1.
        """
        if not 0 < level <= 1:
            raise UsageError(f"a quantile's level is above 0 and at most 1; found {level}")
        # A sum of probabilities that are all there already: scipy's own quantile adds them up anew at every step.
        below = int(np.searchsorted(np.cumsum(self.probabilities), level - 1e-12))
        return float(self.overlaps[min(below, len(self.overlaps) - 1)])

    def at_least(self, observed: float) -> float:
        """Probability that a shuffle overlaps by ``observed`` or more: the one-sided p-value, exactly.

        Raises:
            UsageError: the overlap is not between 0 and 1.
        """
        if not 0 <= observed <= 1:
            raise UsageError(f"an overlap lies between 0 and 1; found {observed}")
        # J = m / (a + b − m) is m = J (a + b) / (1 + J); a hair less, so that rounding loses no outcome.
        m = int(np.ceil(observed * (self.first + self.second) / (1 + observed) - 1e-9))
        # From the far end: the smallest first lose nothing, and a tail of 1e-16 is no difference of two ones.
        return float(min(1.0, self.probabilities[max(m - int(self.common[0]), 0) :][::-1].sum()))


def pooled(activations: np.ndarray, how: str) -> np.ndarray:
    """One number per channel, whatever the place: (channel, row, column) to (channel,).

    Raises:
        UsageError: the pooling is neither ``mean`` nor ``max``, or the shape is another.
    """
    values = _maps(activations)
    if how not in POOLINGS:
        raise UsageError(f"channels are pooled by {' or '.join(POOLINGS)}; found '{how}'")
    return np.asarray(values.mean(axis=(1, 2)) if how == "mean" else values.max(axis=(1, 2)))


def per_channel(indices: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    """How many of the flat ``indices`` fall into each channel of a layer of ``shape``: (channel,).

    Raises:
        UsageError: an index lies outside the layer.
    """
    channels, rows, columns = shape
    found = np.asarray(indices, dtype=np.int64)
    if found.size and (found.min() < 0 or found.max() >= channels * rows * columns):
        raise UsageError(
            f"a layer of shape {shape} has indices 0 to {channels * rows * columns - 1}; "
            f"found {found.min()} to {found.max()}"
        )
    return np.bincount(found // (rows * columns), minlength=channels)


@dataclass(frozen=True)
class Views:
    """The overlap of two pictures counted three ways, each beside its exact chance level (mean of the null)."""

    channel_place: float
    channel_mean: float
    channel_max: float
    chance_channel_place: float
    chance_channel: float


def views(first: np.ndarray, second: np.ndarray, share: float, seed: int) -> Views:
    """Channel against channel × place: (channel, row, column) activations of two pictures.

    A shifted picture keeps its channels and changes its places, so that the first number falls and the others stay.

    Raises:
        UsageError: see :func:`overlap` and :func:`pooled`.
    """
    one, other = _maps(first), _maps(second)
    places, channels = set_size(one.size, share), set_size(one.shape[0], share)
    return Views(
        overlap(one, other, share, seed),
        overlap(pooled(one, "mean"), pooled(other, "mean"), share, seed),
        overlap(pooled(one, "max"), pooled(other, "max"), share, seed),
        ChanceLaw(one.size, places, places).mean,
        ChanceLaw(one.shape[0], channels, channels).mean,
    )


@dataclass(frozen=True)
class ChannelNull:
    """Overlaps when whole channels of one picture are shuffled and each keeps its places together.

    ``overlaps`` (shuffle,); ``common_mean`` and ``common_deviation`` of the number of common indices are exact.
    """

    overlaps: np.ndarray
    common_mean: float
    common_deviation: float


def channel_null(first: np.ndarray, second: np.ndarray, share: float, shuffles: int, seed: int) -> ChannelNull:
    """A stricter null than shuffled values: pictures light the middle of a layer, whatever the channel.

    With the number of common places c[i, j] of channel i of the first and j of the second picture, a shuffle p has
    Σ c[i, p(i)] indices in common; mean and variance over all shuffles are Hoeffding's (1951, Ann. Math. Stat. 22).

    Raises:
        UsageError: no shuffles or too many, fewer than two channels, or see :func:`overlap`.
    """
    one, other = _maps(first), _maps(second)
    if one.shape != other.shape or len(one) < 2:
        raise UsageError(
            f"channels are shuffled between two pictures of one layer with two channels or more; "
            f"found shapes {one.shape} and {other.shape}"
        )
    _need_shuffles(shuffles)
    size, masks = set_size(one.size, share), []
    for place, values in enumerate((one, other)):
        mask = np.zeros(values.size)
        mask[top_indices(values, share, np.random.default_rng([seed, 0x0E7, place]))] = 1
        masks.append(mask.reshape(len(values), -1))
    common = masks[0] @ masks[1].T
    rng, rows = np.random.default_rng([seed, 0xC4A]), np.arange(len(one))
    found = np.array([common[rows, rng.permutation(len(rows))].sum() for _ in range(shuffles)])
    spread = common - common.mean(axis=0) - common.mean(axis=1, keepdims=True) + common.mean()
    return ChannelNull(
        found / (2 * size - found),
        float(common.sum() / len(rows)),
        float(np.sqrt((spread**2).sum() / (len(rows) - 1))),
    )


def _need_shuffles(shuffles: int) -> None:
    if not 1 <= shuffles <= MOST_SHUFFLES:
        raise UsageError(f"there are between 1 and {MOST_SHUFFLES} shuffles; found {shuffles}")


@analysis("vision.chance_overlap", version=1, libraries=LIBRARIES)
def chance_overlap(values: int, share: float, shuffles: int, *, seed: int) -> Result:
    """The missing null: how far two sets of the most active ``share`` of ``values`` overlap by chance.

    Quantities: ``size`` of a set; ``analytic`` = s/(2 − s); of the exact law ``mean``, ``deviation``, ``low`` and
    ``high`` (2.5 and 97.5 %); ``overlap`` and ``probability`` (outcome) within six deviations of the mean;
    ``shuffled`` (shuffle), overlaps of drawn shuffles, with ``shuffled_mean``.

    Raises:
        UsageError: a share outside 0 to 1, no values, or no shuffles.
    """
    _need_shuffles(shuffles)
    size = set_size(values, share)
    law = ChanceLaw(values, size, size)
    drawn = np.random.default_rng([seed, 0x5F1]).hypergeometric(size, values - size, size, shuffles)
    shuffled = drawn / (2 * size - drawn)
    overlaps, probabilities = law.overlaps, law.probabilities
    near = np.abs(overlaps - law.mean) <= 6 * law.deviation
    return Result(
        {
            "values": quantity(values, unit="values"),
            "size": quantity(size, unit="values"),
            "share": quantity(100 * share, unit="%"),
            "analytic": quantity(analytic_null(share)),
            "mean": quantity(law.mean),
            "deviation": quantity(law.deviation),
            "low": quantity(law.quantile(0.025)),
            "high": quantity(law.quantile(0.975)),
            "overlap": quantity(overlaps[near], "outcome"),
            "probability": quantity(probabilities[near], "outcome"),
            "shuffled": quantity(shuffled, "shuffle"),
            "shuffled_mean": quantity(shuffled.mean()),
            "shuffles": quantity(shuffles, unit="shuffles"),
        },
        facts={"null": "one set shuffled; hypergeometric law", "seed": seed},
    )


@analysis("vision.chance_in", version=1, libraries=LIBRARIES)
def chance_in(study: Result, shuffles: int, *, seed: int) -> Result:
    """The same for the layer and the share of another study, which tells ``values`` and ``share`` in %.

    Raises:
        UsageError: no shuffles.
    """
    return chance_overlap(int(study["values"]), float(study["share"]) / 100, shuffles, seed=seed)
