"""What a detector's threshold does: hits and false alarms, exactly; many looks; base rates; costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from tapehead.analysis.errors import UsageError


@dataclass(frozen=True)
class Roc:
    """Every threshold that makes a difference on a labelled set, strictest first, with counts and rates.

    ``thresholds`` (step,): a score of at least that is an alarm; the first, infinite, lets nothing pass.  ``hits`` and
    ``false_alarms`` (step,) are counts out of ``signals`` and ``blanks``.
    """

    thresholds: np.ndarray
    hits: np.ndarray
    false_alarms: np.ndarray
    signals: int
    blanks: int

    @property
    def hit_rate(self) -> np.ndarray:
        """Hits over signals: (step,)."""
        return np.asarray(self.hits / self.signals)

    @property
    def false_alarm_rate(self) -> np.ndarray:
        """False alarms over blanks: (step,)."""
        return np.asarray(self.false_alarms / self.blanks)

    @property
    def area(self) -> float:
        """Area under the curve, by the trapezoidal rule: equal scores count half."""
        return float(np.trapezoid(self.hit_rate, self.false_alarm_rate))

    def at(self, threshold: float) -> int:
        """The step that a threshold comes to: the strictest that lets the same scores pass.

        Raises:
            UsageError: the threshold lies outside the scores, where all or nothing passes.
        """
        least, most = float(self.thresholds[-1]), float(self.thresholds[1])
        if not least <= threshold <= most:
            raise UsageError(
                f"a threshold of {threshold:g} lies outside the scores, which reach from {least:g} to {most:g}: "
                "choose one between them"
            )
        return int(np.searchsorted(-self.thresholds, -threshold, side="right")) - 1


def roc(signals: np.ndarray, blanks: np.ndarray) -> Roc:
    """The exact curve of a labelled set.

    Args:
        signals: (picture,) scores of those that hold what is looked for.
        blanks: (other picture,) scores of those that do not.

    Raises:
        UsageError: a group is empty, or a score is not finite.
    """
    one, other = np.asarray(signals, dtype=float).ravel(), np.asarray(blanks, dtype=float).ravel()
    if not len(one) or not len(other):
        raise UsageError(f"a curve needs scores with and without what is looked for; found {len(one)} and {len(other)}")
    if not (np.all(np.isfinite(one)) and np.all(np.isfinite(other))):
        raise UsageError("scores have to be finite to be held against a threshold; leave out pictures without one")
    steps = np.unique(np.concatenate([one, other]))[::-1]

    def passing(scores: np.ndarray) -> np.ndarray:
        return np.concatenate([[0], len(scores) - np.searchsorted(np.sort(scores), steps, side="left")])

    return Roc(np.concatenate([[np.inf], steps]), passing(one), passing(other), len(one), len(other))


def _share(name: str, value: float) -> None:
    if not 0 < value < 1:
        raise UsageError(f"{name} lies between 0 and 1, both left out; found {value}")


def _costs(miss: float, false_alarm: float) -> None:
    if not (0 < miss < np.inf and 0 < false_alarm < np.inf):
        raise UsageError(
            f"a miss and a false alarm both cost something above zero; found {miss} and {false_alarm}: "
            "where one is free the best threshold is to let all or nothing pass"
        )


def expected_costs(curve: Roc, base_rate: float, miss: float, false_alarm: float) -> np.ndarray:
    """Mean cost per look at every step of a curve: (step,).

    Args:
        curve: of a detector.
        base_rate: share of the looks that hold what is looked for.
        miss: cost of a miss.
        false_alarm: cost of a false alarm, in the same unit.

    Raises:
        UsageError: the base rate is not between 0 and 1, or a cost is not above zero.
    """
    _share("a base rate", base_rate)
    _costs(miss, false_alarm)
    return np.asarray(base_rate * miss * (1 - curve.hit_rate) + (1 - base_rate) * false_alarm * curve.false_alarm_rate)


def best_step(curve: Roc, base_rate: float, miss: float, false_alarm: float) -> int:
    """The strictest step of least expected cost: see :func:`expected_costs`."""
    return int(np.argmin(expected_costs(curve, base_rate, miss, false_alarm)))


def odds_asked(base_rate: float, miss: float, false_alarm: float) -> float:
    """The likelihood ratio from which an alarm pays: β = (1 − π)/π · cost(false alarm)/cost(miss).

    It is the slope of the curve at the best threshold (Green & Swets 1966, §1.7).

    Raises:
        UsageError: see :func:`expected_costs`.
    """
    _share("a base rate", base_rate)
    _costs(miss, false_alarm)
    return (1 - base_rate) / base_rate * false_alarm / miss


def best_threshold(
    blank_mean: float, signal_mean: float, deviation: float, base_rate: float, miss: float, false_alarm: float
) -> float:
    """The threshold that costs ask for when scores are normal with one deviation: midpoint + σ² ln β / (μ₁ − μ₀).

    Raises:
        UsageError: signals do not score higher than blanks on average, no deviation, or see :func:`expected_costs`.
    """
    if not (signal_mean > blank_mean and deviation > 0):
        raise UsageError(
            f"signals have to score higher than blanks on average, with a deviation above zero; found means "
            f"{blank_mean:g} (blank) and {signal_mean:g} (signal), deviation {deviation:g}"
        )
    beta = odds_asked(base_rate, miss, false_alarm)
    return float((blank_mean + signal_mean) / 2 + deviation**2 * np.log(beta) / (signal_mean - blank_mean))


def belief(base_rate: float, hit_rate: float, false_alarm_rate: float) -> float:
    """Bayes: how likely an alarm is a true one, π h / (π h + (1 − π) f).

    Raises:
        UsageError: the base rate is not between 0 and 1, a rate is none, or there are never any alarms.
    """
    _share("a base rate", base_rate)
    if not (0 <= hit_rate <= 1 and 0 <= false_alarm_rate <= 1):
        raise UsageError(f"rates lie between 0 and 1; found {hit_rate} of hits and {false_alarm_rate} of false alarms")
    alarms = base_rate * hit_rate + (1 - base_rate) * false_alarm_rate
    if alarms == 0:
        raise UsageError("a detector that never raises an alarm says nothing about one; lower its threshold")
    return base_rate * hit_rate / alarms


@dataclass(frozen=True)
class Looks:
    """What many looks at a world of noise come to.

    ``single`` is the rate p at one place, ``looks`` the number n of places, ``formula`` = 1 − (1 − p)ⁿ as if they were
    independent, ``measured`` the share of pictures with an alarm anywhere, ``low`` and ``high`` its exact 95 % ends
    (Clopper & Pearson 1934), and ``effective`` = ln(1 − measured)/ln(1 − p): so many independent looks would give the
    measured rate.  It depends on the threshold: high peaks stand further apart than their neighbours reach.
    """

    single: float
    looks: int
    formula: float
    measured: float
    low: float
    high: float
    effective: float


def many_looks(maps: np.ndarray, threshold: float) -> Looks:
    """Alarms at single places and in whole pictures.

    Args:
        maps: (picture, ...) scores at every place of pictures that hold nothing.
        threshold: a score of at least that is an alarm.

    Raises:
        UsageError: there are no scores; or no picture or every one has an alarm, from which no number of looks follows.
    """
    scores = np.asarray(maps, dtype=float)
    if scores.ndim < 2 or scores.size == 0:
        raise UsageError(f"scores are given by picture and place; found the shape {scores.shape}")
    alarms = scores.reshape(len(scores), -1) >= threshold
    fired, pictures, places = int(alarms.any(axis=1).sum()), len(alarms), alarms.shape[1]
    if fired in (0, pictures):
        raise UsageError(
            f"at a threshold of {threshold:g}, {fired} of {pictures} pictures have an alarm: how many looks that is "
            f"cannot be told; take more pictures or a {'lower' if fired == 0 else 'higher'} threshold "
            f"(scores reach from {scores.min():g} to {scores.max():g})"
        )
    p, measured = float(alarms.mean()), fired / pictures
    ends = stats.binomtest(fired, pictures).proportion_ci(method="exact")
    return Looks(
        p,
        places,
        float(-np.expm1(places * np.log1p(-p))),
        measured,
        float(ends.low),
        float(ends.high),
        float(np.log1p(-measured) / np.log1p(-p)),
    )
