"""Eigenfaces of drawn puppets: the directions in which pictures differ, found by the SVD, with nobody to name them."""

from __future__ import annotations

import numpy as np

from tapehead.analysis.errors import ResultError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Origin, Result, quantity

LIBRARIES = ("numpy", "torch")
ATTRIBUTES: tuple[str, ...] = ("skin", "hair", "age", "smile", "tilt", "eyes", "width", "background", "strings")
"""Of a puppet, in the order of :data:`tapehead.analysis.diffusion.puppets.puppets.ATTRIBUTES`."""
BINS = 10
HELD = 64
"""Puppets that no direction was found on."""
STRETCH = 2.0
"""Standard deviations by which a direction is added to the average, to be looked at."""


def portraits(count: int, size: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Puppets (count, 3, size, size) of [0, 1], and the attributes (count, 9) of [-1, 1] they were drawn from."""
    import torch

    from tapehead.analysis.diffusion.puppets.puppets import render, sample_attributes

    attributes = sample_attributes(count, seed)
    with torch.no_grad():
        drawn = [render(part, size) for part in attributes.split(64)]
    return torch.cat(drawn).numpy().astype(float), attributes.numpy().astype(float)


def told_by(weights: np.ndarray, attribute: np.ndarray) -> float:
    """Share in % of the variance of ``weights`` (n,) that an attribute (n,) in ten bins tells: the correlation ratio
    eta squared (Fisher 1925), which bent relations do not escape."""
    which = np.clip(((attribute + 1) / 2 * BINS).astype(int), 0, BINS - 1)
    means = [weights[which == b].mean() if np.any(which == b) else 0.0 for b in range(BINS)]
    return float(100 * np.var(np.array(means)[which]) / np.var(weights))


def left_over(centred: np.ndarray, directions: np.ndarray) -> float:
    """Share in % of the squares of ``centred`` (n, d) that orthonormal ``directions`` (k, d) do not explain."""
    return float(100 * (1 - np.sum((centred @ directions.T) ** 2) / np.sum(centred**2)))


@analysis("linear.eigenfaces", version=1, libraries=LIBRARIES)
def eigenfaces(count: int = 400, size: int = 48, k: int = 8, *, seed: int) -> Result:
    """The first ``k`` singular directions of ``count`` puppets less their average, and how well they describe others.

    The pictures, one a row and the average taken away, are X = U S Vᵀ; rows of Vᵀ are the eigenfaces (Sirovich and
    Kirby 1987; Turk and Pentland 1991).

    Quantities (pictures are (channel, row, column), in [0, 1] but for clipping): ``face`` (shown, …), a few of the
    puppets; ``mean``; ``plus`` and ``minus`` (component, …), the average with two standard deviations of a component
    more or less; ``explained`` (component,), share in % of the squared differences among the pictures that were used,
    and ``together`` (component,), with all before it; ``held_left`` (parts,), share in % that the first 0 … k leave of
    *other* puppets' differences from the average; ``original`` and ``rebuilt`` (parts, …), one of those others.
    ``pixels``, how many numbers a picture is, ``puppets`` and ``components``.  ``told`` (component, attribute), share
    in % of a component's weights that an attribute tells, see :func:`told_by`: afterwards one may look for a name.

    Controls: ``null_told``, the most that any attribute tells of any component when the puppets' attributes are
    shuffled, the largest of ten shuffles;
    ``random_left`` (parts,), the same with as many random directions; ``sample_left`` (parts,), with as many
    puppets themselves, drawn at random, made orthonormal: the directions of a few faces are no chance ones either.

    Raises:
        ResultError: fewer than two components, not more puppets than components, or pictures of fewer than 8 pixels.
    """
    if not 2 <= k < count or size < 8:
        raise ResultError(
            "eigenfaces: k has to be at least 2, count above k and size at least 8; "
            f"found k={k}, count={count}, size={size}"
        )
    shape = (3, size, size)
    drawn, attributes = portraits(count, size, seed)
    faces = drawn.reshape(count, -1)
    others = portraits(HELD, size, seed + 1)[0].reshape(HELD, -1)
    mean = faces.mean(axis=0)
    _, sigma, vt = np.linalg.svd(faces - mean, full_matrices=False)
    ghosts = vt[:k] * np.sign(np.sum(vt[:k] ** 3, axis=1, keepdims=True))
    share = 100 * sigma**2 / np.sum(sigma**2)
    spread = sigma[:k, None] / np.sqrt(count - 1)
    unseen = others - mean

    rng = np.random.default_rng(seed)
    random = np.linalg.qr(rng.standard_normal((faces.shape[1], k)))[0].T
    picked = np.linalg.qr((faces[rng.choice(count, k, replace=False)] - mean).T)[0].T
    lost = {
        name: np.array([left_over(unseen, basis[:n]) for n in range(k + 1)])
        for name, basis in (("held_left", ghosts), ("random_left", random), ("sample_left", picked))
    }
    weights = unseen[0] @ ghosts.T
    placed = (faces - mean) @ ghosts.T

    def told(rows: np.ndarray) -> np.ndarray:
        return np.array([[told_by(w, a) for a in rows.T] for w in placed.T])

    null_told = max(float(told(rng.permutation(attributes)).max()) for _ in range(10))
    rebuilt = np.stack([mean + weights[:n] @ ghosts[:n] for n in range(k + 1)])
    pictures = ("channel", "row", "column")

    def seen(rows: np.ndarray) -> np.ndarray:
        return np.clip(rows, 0, 1).reshape(*rows.shape[:-1], *shape)

    return Result(
        {
            "face": quantity(seen(faces[:24]), "shown", *pictures),
            "mean": quantity(seen(mean), *pictures),
            "plus": quantity(seen(mean + STRETCH * spread * ghosts), "component", *pictures),
            "minus": quantity(seen(mean - STRETCH * spread * ghosts), "component", *pictures),
            "explained": quantity(share[:k], "component", unit="%"),
            "together": quantity(np.cumsum(share[:k]), "component", unit="%"),
            **{name: quantity(values, "parts", unit="%") for name, values in lost.items()},
            "original": quantity(seen(others[0]), *pictures),
            "rebuilt": quantity(seen(rebuilt), "parts", *pictures),
            "pixels": quantity(faces.shape[1], unit="numbers"),
            "told": quantity(told(attributes), "component", "attribute", unit="%", labels={"attribute": ATTRIBUTES}),
            "null_told": quantity(null_told, unit="%"),
            "puppets": quantity(count, unit="puppets"),
            "components": quantity(k, unit="directions"),
        },
        origin=Origin.COMPUTED,
        facts={"seed": seed, "sample": f"{count} drawn puppets, judged on {HELD} others"},
    )
