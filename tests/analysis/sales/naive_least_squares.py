"""Least squares the slow way, by Householder reflections written out, and LASSO by plain coordinate descent."""

from __future__ import annotations

import math

import numpy as np


def householder(A: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``Q`` (n, n) and ``R`` (n, k) with A = Q R (Golub & Van Loan, alg. 5.2.1)."""
    R = A.astype(float).copy()
    n, k = R.shape
    Q = np.eye(n)
    for j in range(k):
        x = R[j:, j]
        v = x.copy()
        v[0] += math.copysign(math.sqrt(sum(float(t) ** 2 for t in x)), x[0])
        v /= math.sqrt(sum(float(t) ** 2 for t in v))
        R[j:] -= 2 * np.outer(v, v @ R[j:])
        Q[:, j:] -= 2 * np.outer(Q[:, j:] @ v, v)
    return Q, R


def solve(X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients (constant first) and their standard errors."""
    full = np.column_stack([np.ones(len(y)), X])
    n, k = full.shape
    Q, R = householder(full)
    right = Q.T @ y
    b = np.zeros(k)
    for i in reversed(range(k)):
        b[i] = (right[i] - sum(R[i, j] * b[j] for j in range(i + 1, k))) / R[i, i]
    inverse = np.zeros((k, k))
    for c in range(k):
        for i in reversed(range(k)):
            inverse[i, c] = ((i == c) - sum(R[i, j] * inverse[j, c] for j in range(i + 1, k))) / R[i, i]
    variance = sum(float(t) ** 2 for t in right[k:]) / (n - k)
    return b, np.sqrt(variance * np.sum(inverse**2, axis=1))


def lasso(X: np.ndarray, y: np.ndarray, alpha: float, sweeps: int = 2000) -> np.ndarray:
    """Minimise |y − Xb|² / 2n + alpha Σ|b| one coordinate at a time."""
    n, k = X.shape
    b = np.zeros(k)
    for _ in range(sweeps):
        for j in range(k):
            pull = X[:, j] @ (y - X @ b + X[:, j] * b[j]) / n
            b[j] = math.copysign(max(abs(pull) - alpha, 0), pull) / (X[:, j] @ X[:, j] / n)
    return b
