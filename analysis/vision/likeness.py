"""How alike two arrays of activations are, other than by overlap: linear CKA, similarity analysis, cosine."""

from __future__ import annotations

import numpy as np
from scipy import stats

from tapehead.analysis.errors import UsageError


def _pair(first: np.ndarray, second: np.ndarray, measure: str, least: int) -> tuple[np.ndarray, np.ndarray]:
    """Two finite arrays (sample, feature) of the same samples; the features may differ in number."""
    X, Y = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if X.ndim != 2 or Y.ndim != 2 or len(X) != len(Y):
        raise UsageError(
            f"{measure} compares two arrays (sample, feature) of the same samples; found shapes {X.shape} and {Y.shape}"
        )
    if len(X) < least:
        raise UsageError(f"{measure} needs at least {least} samples; found {len(X)}")
    if not (np.all(np.isfinite(X)) and np.all(np.isfinite(Y))):
        raise UsageError(f"{measure} of activations that are not finite is not defined; look for a division by zero")
    return X, Y


def samples_of_places(activations: np.ndarray) -> np.ndarray:
    """A picture's (channel, row, column) activations as (place, channel): places are the samples of the measures.

    Raises:
        UsageError: the shape is another.
    """
    values = np.asarray(activations, dtype=float)
    if values.ndim != 3:
        raise UsageError(f"activations of a picture are (channel, row, column); found the shape {values.shape}")
    return values.reshape(len(values), -1).T


def linear_cka(first: np.ndarray, second: np.ndarray) -> float:
    """Linear centred kernel alignment, 0 to 1: ‖YᵀX‖² / (‖XᵀX‖ ‖YᵀY‖), columns centred (Kornblith et al. 2019, eq. 5).

    It is blind to rotations of the features and to their scale, and biased upwards when features outnumber samples.

    Args:
        first: (sample, feature).
        second: (sample, another feature).

    Raises:
        UsageError: the samples differ, are fewer than two, are not finite, or are all alike in one array.
    """
    X, Y = _pair(first, second, "CKA", 2)
    X, Y = X - X.mean(axis=0), Y - Y.mean(axis=0)
    # Both norms through whichever of the two sizes is smaller: samples × samples or features × features.
    if len(X) < min(X.shape[1], Y.shape[1]):
        K, L = X @ X.T, Y @ Y.T
        cross, own, other = float(np.sum(K * L)), np.linalg.norm(K), np.linalg.norm(L)
    else:
        cross = float(np.sum((Y.T @ X) ** 2))
        own, other = np.linalg.norm(X.T @ X), np.linalg.norm(Y.T @ Y)
    if own == 0 or other == 0:
        raise UsageError("CKA is not defined where all samples have the same activations; take another layer")
    return cross / float(own * other)


def dissimilarity(activations: np.ndarray) -> np.ndarray:
    """1 − Pearson's correlation between the features of every two samples: (sample, sample).

    Raises:
        UsageError: a sample's features are all equal, so that it correlates with nothing.
    """
    values = np.asarray(activations, dtype=float)
    centred = values - values.mean(axis=1, keepdims=True)
    norms = np.linalg.norm(centred, axis=1)
    # A constant row's mean may be rounded: what remains of it is noise and not variation.
    flat = np.flatnonzero(norms <= 1e-12 * np.maximum(np.linalg.norm(values, axis=1), 1e-300))
    if len(flat):
        raise UsageError(
            f"{len(flat)} of {len(values)} samples have equal features throughout (the first is {flat[0]}): "
            "they have no correlation; leave them out"
        )
    unit = centred / norms[:, None]
    return np.asarray(1 - unit @ unit.T)


def similarity_analysis(first: np.ndarray, second: np.ndarray) -> float:
    """RSA, −1 to 1: Spearman's correlation of the two dissimilarity matrices (Kriegeskorte et al. 2008).

    Args:
        first: (sample, feature).
        second: (sample, another feature).

    Raises:
        UsageError: the samples differ, are fewer than three, or see :func:`dissimilarity`.
    """
    X, Y = _pair(first, second, "RSA", 3)
    upper = np.triu_indices(len(X), 1)
    one, other = dissimilarity(X)[upper], dissimilarity(Y)[upper]
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        raise UsageError("RSA is not defined where all pairs of samples are equally far apart; take other samples")
    return float(stats.spearmanr(one, other).statistic)


def cosine(first: np.ndarray, second: np.ndarray) -> float:
    """Cosine of the angle between two arrays of one shape, −1 to 1.

    Raises:
        UsageError: the shapes differ, a value is not finite, or an array is zero throughout.
    """
    x, y = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if x.shape != y.shape:
        raise UsageError(f"a cosine compares two arrays of one shape; found {x.shape} and {y.shape}")
    length = float(np.linalg.norm(x) * np.linalg.norm(y))
    if not np.isfinite(length):
        raise UsageError("a cosine of activations that are not finite is not defined; look for a division by zero")
    if length == 0:
        raise UsageError("a cosine with activations that are all zero is not defined; take another layer or picture")
    return float(np.vdot(x, y)) / length
