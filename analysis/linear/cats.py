"""Forty invented cats: the seeded table that the first film measures.

The naps are *planted*: a known rate per unit of nose and of ear, plus a little noise.  A fit can
therefore be compared with the truth, and nobody can mistake the table for a survey.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tapehead.analysis.errors import ResultError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Origin, Result, quantity

NOSE_RANGE = (0.4, 2.4)
"""Noses are drawn evenly from here, in nose units."""
EAR_RANGE = (0.3, 2.3)
"""Ears are drawn evenly from here, in ear units; independently of the noses."""

_NAMES = (
    "Alma Basil Clove Dot Edda Fig Gus Hazel Ida Juno Kit Lotte Miso Nell Otto Pip Quill Rue Sol Tansy "
    "Ugo Vera Wim Xena Yuki Zuza Bruno Coco Dora Emil Fleck Greta Hugo Ines Jazz Kiwi Luna Mops Nori Olga"
)
NAMES = tuple(_NAMES.split())
"""Names of the drawn cats, in order; more cats than names are called "cat 41" and so on."""
RULES = ("shortest nap", "middle nap", "longest nap")


def plane_matrix(W: Sequence[Sequence[float]], asked_by: str) -> np.ndarray:
    """``W`` as a 2×2 array of floats.

    Raises:
        ResultError: it is not 2×2, or an entry is not finite.
    """
    found = np.asarray(W, dtype=float)
    if found.shape != (2, 2) or not np.isfinite(found).all():
        raise ResultError(f"{asked_by}: W has to be 2×2 and finite (rows nap and luck); found {found.tolist()}")
    return found


def cat_points(cats: Mapping[str, Sequence[float]], asked_by: str) -> tuple[tuple[str, ...], np.ndarray]:
    """Names and an array of shape (cats, 2) with nose and ear.

    Raises:
        ResultError: there is no cat, or one has not exactly two finite measures.
    """
    if not cats:
        raise ResultError(f"{asked_by}: cats has to name at least one cat; found none")
    for name, point in cats.items():
        values = np.asarray(point, dtype=float)
        if values.shape != (2,) or not np.isfinite(values).all():
            raise ResultError(f"{asked_by}: cat '{name}' has to be (nose, ear), both finite; found {list(point)}")
    return tuple(cats), np.array([list(point) for point in cats.values()], dtype=float)


@analysis("linear.cat_table", version=1)
def cat_table(
    W: Sequence[Sequence[float]], n: int, noise: float, named: Mapping[str, Sequence[float]], *, seed: int
) -> Result:
    """A seeded table of ``n`` cats: nose, ear and nap.

    The cats in ``named`` (name → (nose, ear)) come first and lie exactly on the planted rule; all others
    are drawn evenly from the ranges above and nap ``W[0] · (nose, ear)`` plus normal noise of standard
    deviation ``noise`` nap units, never below zero.

    Quantities: ``nose``, ``ear``, ``nap`` (cat), each in its own unit; ``planted`` (input), nap units
    per unit of nose and ear; ``noise``; ``cats``, how many.  ``trio_nose``, ``trio_ear``, ``trio_nap``
    and ``trio_row`` (rule) show three of the drawn cats, picked by nap alone: the shortest, the middle
    one and the longest; their names are in the facts.

    Raises:
        ResultError: W is not 2×2, ``noise`` is negative, a named cat is not a pair, or fewer than three
            cats are left to draw.
    """
    planted = plane_matrix(W, "cat_table")[0]
    names, points = cat_points(named, "cat_table")
    drawn = n - len(names)
    if drawn < len(RULES):
        raise ResultError(
            f"cat_table: n has to be at least {len(names) + len(RULES)} (named cats and a trio); found {n}"
        )
    if not noise >= 0:
        raise ResultError(f"cat_table: noise has to be zero or more nap units; found {noise}")
    rng = np.random.default_rng(seed)
    others = np.column_stack([rng.uniform(*NOSE_RANGE, drawn), rng.uniform(*EAR_RANGE, drawn)])
    naps = np.maximum(others @ planted + noise * rng.standard_normal(drawn), 0.0)
    x = np.vstack([points, others])
    nap = np.concatenate([points @ planted, naps])
    spare = [name for name in NAMES if name not in names]
    free = [spare[i] if i < len(spare) else f"cat {len(names) + i + 1}" for i in range(drawn)]
    cat = {"cat": (*names, *free)}

    order = np.argsort(naps, kind="stable")
    trio = len(names) + order[[0, drawn // 2, drawn - 1]]
    rule = {"rule": RULES}
    return Result(
        {
            "nose": quantity(x[:, 0], "cat", unit="nose units", labels=cat),
            "ear": quantity(x[:, 1], "cat", unit="ear units", labels=cat),
            "nap": quantity(nap, "cat", unit="nap units", labels=cat),
            "planted": quantity(planted, "input", unit="nap units per unit", labels={"input": ("nose", "ear")}),
            "noise": quantity(float(noise), unit="nap units"),
            "cats": quantity(n, unit="cats"),
            "trio_nose": quantity(x[trio, 0], "rule", unit="nose units", labels=rule),
            "trio_ear": quantity(x[trio, 1], "rule", unit="ear units", labels=rule),
            "trio_nap": quantity(nap[trio], "rule", unit="nap units", labels=rule),
            "trio_row": quantity(trio, "rule", unit="row", labels=rule),
        },
        origin=Origin.COMPUTED,
        facts={"seed": seed, "trio": [cat["cat"][i] for i in trio], "sample": f"{n} invented cats"},
    )
