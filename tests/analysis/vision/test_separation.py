"""AUC against counting and scikit-learn, intervals against resamples that are really drawn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tapehead.analysis.errors import UsageError
from tapehead.analysis.vision.separation import auc, difference, least_pairs, separation


def naive_auc(near: np.ndarray, far: np.ndarray) -> float:
    return sum((a > b) + (a == b) / 2 for a in near for b in far) / (len(near) * len(far))


def scores(seed: int, shift: float, count: int = 40) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return np.round(rng.normal(shift, 1, count), 1), np.round(rng.normal(0, 1, count + 5), 1)


def test_auc_counts_pairs_with_ties_half() -> None:
    near, far = scores(1, 0.7)
    assert set(near) & set(far), "there are ties"
    assert auc(near, far) == pytest.approx(naive_auc(near, far))
    truth = [1] * len(near) + [0] * len(far)
    assert auc(near, far) == pytest.approx(roc_auc_score(truth, np.concatenate([near, far])))
    assert auc(near, near) == 0.5 and auc(far - 10, near) == 0


def test_the_interval_is_that_of_drawn_resamples() -> None:
    near, far = scores(2, 0.5)
    found = separation(near, far, 3)
    rng = np.random.default_rng(4)
    drawn = [auc(rng.choice(near, len(near)), rng.choice(far, len(far))) for _ in range(2000)]
    assert [found.low, found.high] == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.012)
    assert found.auc == auc(near, far)
    assert found.no_better == pytest.approx(np.mean(np.array(drawn) <= 0.5), abs=0.02)
    assert separation(near, far, 3) == found != separation(near, far, 4)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    truth = 0.6381632  # Φ(0.5/√2): two normal groups half a deviation apart
    held = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        found = separation(rng.normal(0.5, 1, 40), rng.normal(0, 1, 40), seed, samples=400)
        held += found.low <= truth <= found.high
    assert 0.88 <= held / 200 <= 0.99


def test_fewer_pairs_tell_less() -> None:
    near, far = scores(5, 1.0)
    few, many = separation(near, far, 0, pairs=4), separation(near, far, 0)
    assert few.high - few.low > 2 * (many.high - many.low)
    sizes = (2, 4, 8, 16, 32, 64)
    least = least_pairs(near, far, 0, sizes)
    assert least in (8, 16, 32)
    assert separation(near, far, 0, least).low > 0.5 >= separation(near, far, 0, sizes[sizes.index(least) - 1]).low
    assert least_pairs(far, far, 0, (2, 8)) is None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: auc(np.array([]), np.ones(2)), r"found shapes \(0,\) and \(2,\)"),
        (lambda: auc(np.array([np.nan]), np.ones(2)), "finite"),
        (lambda: separation(np.ones(2), np.ones(2), 0, pairs=0), "pairs=0"),
        (lambda: separation(np.ones(2), np.ones(2), 0, level=1), "level=1"),
        (lambda: least_pairs(np.ones(2), np.ones(2), 0, ()), "no numbers of pairs"),
    ],
)
def test_what_does_not_fit_is_said(wrong, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        wrong()


def test_two_measures_are_compared_on_the_same_resamples() -> None:
    rng = np.random.default_rng(8)
    easy = np.stack([rng.normal(1, 1, 60), rng.normal(0, 1, 60)])
    noisy = easy + rng.normal(0, 2, easy.shape)
    found = difference(easy, noisy, 5)
    assert found.mean == pytest.approx(naive_auc(*easy) - naive_auc(*noisy))
    assert 0 < found.low < found.mean < found.high
    # Drawn one by one: whole pairs, the same for both measures.
    drawn = []
    for _ in range(600):
        rows = [rng.integers(60, size=60) for _group in range(2)]
        one, other = ([scores[g][rows[g]] for g in range(2)] for scores in (easy, noisy))
        drawn.append(roc(*one) - roc(*other))
    assert found.low == pytest.approx(np.quantile(drawn, 0.025), abs=0.04)
    assert found.high == pytest.approx(np.quantile(drawn, 0.975), abs=0.04)
    same = difference(easy, easy, 5)
    assert same.mean == same.low == same.high == 0
    with pytest.raises(UsageError, match="the same pairs"):
        difference(easy, noisy[:, :5], 5)


def roc(near: np.ndarray, far: np.ndarray) -> float:
    return float(roc_auc_score([1] * len(near) + [0] * len(far), np.concatenate([near, far])))
