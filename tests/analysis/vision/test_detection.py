"""Rates against counting and scikit-learn, thresholds against trying all, Bayes against a simulated world."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score, roc_curve

from tapehead.analysis.errors import UsageError
from tapehead.analysis.vision import detection


def scores(seed: int, count: int = 60) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return np.round(rng.normal(1, 1, count), 1), np.round(rng.normal(0, 1, 2 * count), 1)


def test_the_curve_is_scikit_learns_and_counts_what_passes() -> None:
    signals, blanks = scores(1)
    curve = detection.roc(signals, blanks)
    truth = np.repeat([1, 0], [len(signals), len(blanks)])
    false, hit, thresholds = roc_curve(truth, np.concatenate([signals, blanks]), drop_intermediate=False)
    assert np.allclose(curve.false_alarm_rate, false) and np.allclose(curve.hit_rate, hit)
    assert np.array_equal(curve.thresholds, thresholds)
    assert curve.area == pytest.approx(roc_auc_score(truth, np.concatenate([signals, blanks])))
    for threshold in (0.03, 0.5, float(signals[3]), float(blanks.min())):
        step = curve.at(threshold)
        assert curve.hits[step] == sum(s >= threshold for s in signals)
        assert curve.false_alarms[step] == sum(s >= threshold for s in blanks)
    assert (curve.hits[0], curve.false_alarms[0]) == (0, 0) and curve.hits[-1] == 60


def test_the_best_step_is_found_by_trying_and_is_near_the_formula() -> None:
    rng = np.random.default_rng(2)
    signals, blanks = rng.normal(2, 1, 40_000), rng.normal(0, 1, 40_000)
    curve = detection.roc(signals, blanks)
    for base_rate, miss, false_alarm in ((0.5, 1.0, 1.0), (0.1, 1.0, 1.0), (0.1, 20.0, 1.0)):
        wanted = detection.best_threshold(0, 2, 1, base_rate, miss, false_alarm)
        step = detection.best_step(curve, base_rate, miss, false_alarm)
        assert curve.thresholds[step] == pytest.approx(wanted, abs=0.2)

        def cost(t: float, b: float = base_rate, m: float = miss, f: float = false_alarm) -> float:
            return b * m * np.mean(signals < t) + (1 - b) * f * np.mean(blanks >= t)

        costs = detection.expected_costs(curve, base_rate, miss, false_alarm)
        assert costs[step] == pytest.approx(cost(curve.thresholds[step]))
        assert costs[step] <= min(cost(t) for t in np.linspace(-3, 5, 200)) + 1e-12
        ratio = stats.norm.pdf(wanted, 2) / stats.norm.pdf(wanted, 0)
        assert ratio == pytest.approx(detection.odds_asked(base_rate, miss, false_alarm))
    assert detection.best_threshold(0, 2, 1, 0.5, 1, 1) == 1


def test_bayes_is_what_a_world_shows() -> None:
    rng = np.random.default_rng(3)
    there = rng.random(200_000) < 0.03
    alarm = rng.random(200_000) < np.where(there, 0.9, 0.1)
    found = detection.belief(0.03, 0.9, 0.1)
    assert found == pytest.approx(0.2177, abs=1e-4)
    assert np.mean(there[alarm]) == pytest.approx(found, abs=4 * np.sqrt(found * (1 - found) / alarm.sum()))


def test_independent_places_are_as_many_looks_as_there_are_and_copies_are_one() -> None:
    rng = np.random.default_rng(4)
    maps = rng.normal(size=(4000, 5, 8))
    found = detection.many_looks(maps, 2.2)
    assert found.looks == 40 and found.single == np.mean(maps >= 2.2)
    assert found.formula == pytest.approx(1 - (1 - found.single) ** 40)
    assert found.measured == np.mean([picture.max() >= 2.2 for picture in maps])
    assert found.low < found.formula < found.high
    assert found.effective == pytest.approx(40, rel=0.12)
    copied = detection.many_looks(np.repeat(maps[:, :, :1], 8, axis=2), 1.5)
    assert copied.effective == pytest.approx(5, rel=0.12) and copied.formula > copied.high
    assert 1 - (1 - copied.single) ** copied.effective == pytest.approx(copied.measured)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: detection.roc(np.array([]), np.ones(3)), "found 0 and 3"),
        (lambda: detection.roc(np.array([np.nan]), np.ones(3)), "finite"),
        (lambda: detection.roc(np.array([1, 2]), np.array([0])).at(3), "3 lies outside the scores.*from 0 to 2"),
        (lambda: detection.roc(np.array([1, 2]), np.array([0])).at(-0.1), "outside the scores"),
        (lambda: detection.roc(np.array([1, 2]), np.array([0])).at(np.nan), "outside the scores"),
        (lambda: detection.odds_asked(0, 1, 1), "base rate lies between 0 and 1"),
        (lambda: detection.odds_asked(0.5, 0, 1), "found 0 and 1"),
        (lambda: detection.best_threshold(1, 1, 1, 0.5, 1, 1), "score higher than blanks"),
        (lambda: detection.belief(0.5, 0, 0), "never raises an alarm"),
        (lambda: detection.belief(0.5, 1.2, 0), "found 1.2 of hits"),
        (lambda: detection.many_looks(np.zeros((3, 4)), 1), "0 of 3 pictures.*lower threshold"),
        (lambda: detection.many_looks(np.ones((3, 4)), 1), "3 of 3 pictures.*higher threshold"),
        (lambda: detection.many_looks(np.ones(3), 1), r"found the shape \(3,\)"),
    ],
)
def test_what_does_not_fit_is_said(wrong, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        wrong()
