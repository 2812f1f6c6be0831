"""Each measure against loops written out, and against what it promises to be blind to."""

from __future__ import annotations

import numpy as np
import pytest

from tapehead.analysis.errors import UsageError
from tapehead.analysis.vision import likeness


def naive_correlation(a: list[float], b: list[float]) -> float:
    mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
    above = sum((x - mean_a) * (y - mean_b) for x, y in zip(a, b, strict=True))
    return above / (sum((x - mean_a) ** 2 for x in a) * sum((y - mean_b) ** 2 for y in b)) ** 0.5


def naive_cka(X: np.ndarray, Y: np.ndarray) -> float:
    """By the Hilbert-Schmidt independence criterion, trace(K H L H), with the centring matrix written out."""
    n = len(X)
    H = np.eye(n) - 1 / n

    def hsic(A: np.ndarray, B: np.ndarray) -> float:
        return float(np.trace(A @ A.T @ H @ B @ B.T @ H))

    return hsic(X, Y) / (hsic(X, X) * hsic(Y, Y)) ** 0.5


def naive_ranks(values: list[float]) -> list[float]:
    return [sum(v < x for v in values) + (sum(v == x for v in values) + 1) / 2 for x in values]


@pytest.mark.parametrize(("samples", "features", "others"), [(8, 3, 5), (5, 20, 30), (6, 6, 40)])
def test_cka_is_the_independence_criterion_normalised(samples: int, features: int, others: int) -> None:
    rng = np.random.default_rng([samples, features])
    X, Y = rng.normal(size=(samples, features)) + 3, rng.normal(size=(samples, others))
    assert likeness.linear_cka(X, Y) == pytest.approx(naive_cka(X, Y), rel=1e-9)
    rotation = np.linalg.qr(rng.normal(size=(features, features)))[0]
    assert likeness.linear_cka(X, 5 * X @ rotation + 2) == pytest.approx(1)
    assert likeness.linear_cka(X, Y) < 0.99


def test_similarity_analysis_is_a_rank_correlation_of_dissimilarities() -> None:
    rng = np.random.default_rng(4)
    X, Y = rng.normal(size=(6, 9)), rng.normal(size=(6, 4))
    pairs = [(i, j) for i in range(6) for j in range(i + 1, 6)]
    far = [[1 - naive_correlation(list(A[i]), list(A[j])) for i, j in pairs] for A in (X, Y)]
    assert likeness.dissimilarity(X)[1, 4] == pytest.approx(far[0][pairs.index((1, 4))])
    wanted = naive_correlation(naive_ranks(far[0]), naive_ranks(far[1]))
    assert likeness.similarity_analysis(X, Y) == pytest.approx(wanted)
    assert likeness.similarity_analysis(X, 2 * X + 1) == pytest.approx(1)


def test_cosine_is_a_sum_of_products_and_blind_to_scale_alone() -> None:
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(2, 3, 4, 4))
    above = sum(a * b for a, b in zip(x.flat, y.flat, strict=True))
    assert likeness.cosine(x, y) == pytest.approx(
        above / (sum(a * a for a in x.flat) * sum(b * b for b in y.flat)) ** 0.5
    )
    assert likeness.cosine(x, 7 * x) == pytest.approx(1) and likeness.cosine(x, -x) == pytest.approx(-1)
    assert likeness.cosine(x, x + 1) < 0.99


def test_places_become_samples() -> None:
    activations = np.arange(24.0).reshape(2, 3, 4)
    found = likeness.samples_of_places(activations)
    assert found.shape == (12, 2)
    assert list(found[5]) == [activations[0, 1, 1], activations[1, 1, 1]]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: likeness.linear_cka(np.ones((3, 2)), np.ones((4, 2))), r"found shapes \(3, 2\) and \(4, 2\)"),
        (lambda: likeness.linear_cka(np.ones((3, 2)), np.eye(3)), "all samples have the same activations"),
        (lambda: likeness.linear_cka(np.ones((1, 2)), np.ones((1, 2))), "at least 2 samples; found 1"),
        (lambda: likeness.similarity_analysis(np.eye(2), np.eye(2)), "at least 3 samples; found 2"),
        (lambda: likeness.similarity_analysis(np.ones((3, 2)) * 0.1, np.eye(3)), "3 of 3 samples have equal features"),
        (lambda: likeness.similarity_analysis(np.full((3, 2), np.nan), np.eye(3)), "not finite"),
        (lambda: likeness.cosine(np.ones(2), np.ones(3)), r"found \(2,\) and \(3,\)"),
        (lambda: likeness.cosine(np.zeros(2), np.ones(2)), "all zero"),
        (lambda: likeness.cosine(np.array([np.inf, 0]), np.ones(2)), "not finite"),
        (lambda: likeness.samples_of_places(np.ones(4)), r"found the shape \(4,\)"),
    ],
)
def test_what_does_not_fit_is_said(wrong, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        wrong()
