"""A fence between two kinds of animals: the hyperplane, its margin, and the distance from it as a score."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
from scipy.special import ndtr
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from tapehead.analysis.errors import ResultError
from tapehead.analysis.linear import exact
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Origin, Result, quantity

LIBRARIES = ("numpy", "scipy", "scikit-learn")
SIDES: tuple[str, ...] = ("first", "second")
FITS: tuple[str, ...] = ("support vectors", "logistic")
EDGES: tuple[str, ...] = ("lower edge", "fence", "upper edge")
QUANTILES = (0.05, 0.5, 0.95)
TOLERANCE = 1e-6
"""Of the solvers: the margin of a support vector is 1 to this precision."""


@analysis("linear.animal_table", version=1, libraries=LIBRARIES)
def animal_table(kinds: Mapping[str, Sequence[float]], spread: float, n: int, *, seed: int) -> Result:
    """A generated table of two kinds of animals: two round clouds of points with the same spread.

    ``kinds`` maps two names to the centres of their clouds; ``spread`` is the standard deviation of each measure, in
    plane units; ``n`` animals of each kind.  For such clouds the log odds of the second kind are exactly linear in the
    point, w · x + b, with w = (μ₂ − μ₁) / spread² and b = (‖μ₁‖² − ‖μ₂‖²) / (2 spread²): the *planted* fence, where
    both kinds are as likely.

    Quantities: ``x`` (animal, side), plane units; ``kind`` (animal,), 0 or 1; ``centre`` (kind, side); ``first`` and
    ``second`` (member, side), the points of each kind; ``planted`` (side) = w; ``planted_offset`` = b;
    ``planted_best``, the share in % that the planted fence gets right among animals without end: Φ(‖μ₂ − μ₁‖ /
    (2 spread)), which nothing can beat in the long run.

    Raises:
        ResultError: not two kinds, equal centres, a spread that is not above 0, fewer than 4 animals of a kind.
    """
    centres = exact.exact_points(kinds, "animal_table: kinds")
    if len(centres) != 2:
        raise ResultError(f"animal_table: a fence parts two kinds; found {len(centres)}: {', '.join(centres)}")
    mu = exact.floats(tuple(centres.values()))
    gap = float(np.hypot(*(mu[1] - mu[0])))
    if gap == 0:
        raise ResultError("animal_table: both kinds have the same centre, and no fence parts them; move one of them")
    if not (np.isfinite(spread) and spread > 0):
        raise ResultError(f"animal_table: spread has to be above 0 plane units; found {spread}")
    if n < 4:
        raise ResultError(f"animal_table: n has to be at least 4 animals of each kind; found {n}")
    clouds = mu[:, None, :] + spread * np.random.default_rng(seed).standard_normal((2, n, 2))
    side: dict[str, tuple[str, ...]] = {"side": SIDES}
    kind: dict[str, tuple[str, ...]] = {"kind": tuple(centres)}
    plane, odds = "plane units", "log odds per plane unit"
    return Result(
        {
            # Taken in turn, so that any first part of the table holds both kinds.
            "x": quantity(np.swapaxes(clouds, 0, 1).reshape(-1, 2), "animal", "side", unit=plane, labels=side),
            "kind": quantity(np.tile([0, 1], n), "animal"),
            "first": quantity(clouds[0], "member", "side", unit=plane, labels=side),
            "second": quantity(clouds[1], "member", "side", unit=plane, labels=side),
            "centre": quantity(mu, "kind", "side", unit=plane, labels=kind | side),
            "planted": quantity((mu[1] - mu[0]) / spread**2, "side", unit=odds, labels=side),
            "planted_offset": quantity(float(mu[0] @ mu[0] - mu[1] @ mu[1]) / (2 * spread**2), unit="log odds"),
            "planted_best": quantity(float(100 * ndtr(gap / (2 * spread))), unit="%"),
            "animals": quantity(2 * n, unit="animals"),
        },
        origin=Origin.COMPUTED,
        facts={"seed": seed, "sample": f"{2 * n} invented animals", "kinds": list(centres)},
    )


def fitted(fit: str, x: np.ndarray, kind: np.ndarray, c: float) -> tuple[np.ndarray, float]:
    """Weights w (2,) and offset b of the fence w · x + b = 0, positive on the side of kind 1.

    ``support vectors``: the least of ½‖w‖² + c Σ max(0, 1 − y (w · x + b)) with y = ±1.  ``logistic``: the least of
    ½‖w‖² + c Σ log(1 + exp(−y (w · x + b))).
    """
    if fit == "logistic":
        found = LogisticRegression(C=c, solver="newton-cholesky", tol=1e-8, max_iter=1000).fit(x, kind)
    else:
        found = SVC(kernel="linear", C=c, tol=TOLERANCE).fit(x, kind)
    return found.coef_[0].astype(float), float(found.intercept_[0])


def _right(w: np.ndarray, b: float, x: np.ndarray, kind: np.ndarray) -> float:
    return float(100 * np.mean((x @ w + b > 0) == (kind == 1)))


def rank_score(score: np.ndarray, kind: np.ndarray) -> float:
    """Of all pairs with one of each kind, the share in % whose second kind has the higher score; ties count half."""
    gap = score[kind == 1][:, None] - score[kind == 0][None, :]
    return float(100 * (np.mean(gap > 0) + 0.5 * np.mean(gap == 0)))


@analysis("linear.fence", version=1, libraries=LIBRARIES)
def fence(table: Result, c: float = 1.0, shuffles: int = 200, shown: float = 4.0, *, seed: int) -> Result:
    """Fit a fence to half of an ``animal_table`` in two ways, and judge it on the other half.

    Even pairs of rows are learned from, odd ones are held out, so that both halves hold both kinds alike.

    Quantities: ``learned_first`` and ``learned_second`` (member, side), plane units, the points that are learned from;
    ``w`` (fit, side) and ``b`` (fit,); ``normal`` (fit, side) = w / ‖w‖; ``planted_angle`` (fit,), degrees
    between it and the planted one.  ``margin``, plane units: 1 / ‖w‖ of the support vectors' fence, the distance from
    the fence to each edge; ``support`` (vector, side), the learned points on or within the edges, and ``supports``, how
    many.  ``line`` (edge, end, side): the fence and its edges, drawn ``shown`` plane units to each side of the middle.
    ``distance`` (fit, held): signed distance of each held-out animal from the fence, plane units, positive on the side
    of the second kind; ``distance_first`` and ``distance_second`` (fit, member), the same for each kind alone;
    ``held_kind`` (held,); ``right_learned`` and ``right`` (fit,), the share in % of the learned and of the held-out
    animals on the right side; ``rank`` (fit,), how well the distance puts held-out animals in order: the share in % of
    pairs with one of each kind whose second kind lies further (50: by chance).  ``planted_right``: the held-out share
    of the planted fence.
    ``log_odds_per_unit``: ‖w‖ of the logistic fence, log odds per plane unit of distance, and
    ``planted_log_odds_per_unit``; the penalty makes the first smaller, the more so the fewer animals.

    Control: kinds shuffled ``shuffles`` times within each half, both fences fitted again and judged on the shuffled
    held-out kinds: ``null_right`` and ``null_rank`` (fit, shuffle); ``null_quantiles`` (fit, quantile) of the right
    share; ``null_count`` (fit,), how many shuffles reach the real share, and ``p_bound`` (fit,) = (count + 1) /
    (shuffles + 1), the number to quote (Phipson and Smyth 2010).

    Raises:
        ResultError: ``table`` is not one of ``animal_table``; ``c`` or ``shown`` is not above 0; no shuffles; a
            half of the table that holds one kind only.
    """
    if missing := [name for name in ("x", "kind", "planted", "planted_offset") if name not in table.quantities]:
        raise ResultError(f"fence: table has to be a result of animal_table; it lacks {', '.join(missing)}")
    for name, given in (("c", c), ("shown", shown)):
        if not (np.isfinite(given) and given > 0):
            raise ResultError(f"fence: {name} has to be above 0; found {given}")
    if shuffles < 1:
        raise ResultError(f"fence: shuffles has to be at least 1; found {shuffles}")
    x, kind = table["x"], table["kind"]
    held = np.arange(len(x)) // 2 % 2 == 1
    learn_x, learn_kind, held_x, held_kind = x[~held], kind[~held], x[held], kind[held]
    for which, half in (("learned", learn_kind), ("held-out", held_kind)):
        if len(set(half.tolist())) < 2:
            raise ResultError(f"fence: the {which} half holds one kind only; make a table of more animals")

    found = [fitted(fit, learn_x, learn_kind, c) for fit in FITS]
    w, b = np.array([one for one, _ in found]), np.array([one for _, one in found])
    size = np.hypot(w[:, 0], w[:, 1])
    normal = w / size[:, None]
    planted, offset = table["planted"], float(table["planted_offset"])
    planted_size = float(np.hypot(*planted))
    cross = normal[:, 0] * planted[1] - normal[:, 1] * planted[0]
    off = np.degrees(np.arctan2(np.abs(cross), normal @ planted))
    distance = (held_x @ w.T + b).T / size[:, None]
    right = np.array([_right(*one, held_x, held_kind) for one in found])

    y = 2 * learn_kind - 1
    support = learn_x[y * (learn_x @ w[0] + b[0]) <= 1 + 10 * TOLERANCE]
    middle = learn_x.mean(axis=0)
    foot = middle - (middle @ w[0] + b[0]) / size[0] * normal[0]
    along = np.array([-normal[0, 1], normal[0, 0]])
    places = itertools.product((-1.0, 0.0, 1.0), (-shown, shown))
    line = np.array([foot + edge / size[0] * normal[0] + far * along for edge, far in places]).reshape(3, 2, 2)

    rng = np.random.default_rng(seed)
    null_right, null_rank = np.empty((2, shuffles)), np.empty((2, shuffles))
    for i in range(shuffles):
        # The held-out kinds too: in a plane a fence of any direction is often far better, or far worse, than half on
        # kinds that are really apart, which would make a control out of the clouds and not out of what was learned.
        mixed, judge = rng.permutation(learn_kind), rng.permutation(held_kind)
        for f, fit in enumerate(FITS):
            null_w, null_b = fitted(fit, learn_x, mixed, c)
            null_right[f, i] = _right(null_w, null_b, held_x, judge)
            null_rank[f, i] = rank_score(held_x @ null_w + null_b, judge)
    count = np.sum(null_right >= right[:, None] - 1e-9, axis=1)

    side: dict[str, tuple[str, ...]] = {"side": SIDES}
    fit_: dict[str, tuple[str, ...]] = {"fit": FITS}
    quantile: dict[str, tuple[str, ...]] = {"quantile": tuple(f"{q:.0%}" for q in QUANTILES)}
    plane = "plane units"
    return Result(
        {
            "w": quantity(w, "fit", "side", unit="score per plane unit", labels=fit_ | side),
            "b": quantity(b, "fit", unit="score", labels=fit_),
            "normal": quantity(normal, "fit", "side", unit=plane, labels=fit_ | side),
            "planted_angle": quantity(off, "fit", unit="°", labels=fit_),
            "margin": quantity(float(1 / size[0]), unit=plane),
            "support": quantity(support, "vector", "side", unit=plane, labels=side),
            "learned_first": quantity(learn_x[learn_kind == 0], "member", "side", unit=plane, labels=side),
            "learned_second": quantity(learn_x[learn_kind == 1], "member", "side", unit=plane, labels=side),
            "supports": quantity(len(support), unit="animals"),
            "line": quantity(line, "edge", "end", "side", unit=plane, labels={"edge": EDGES} | side),
            "distance": quantity(distance, "fit", "held", unit=plane, labels=fit_),
            "held_kind": quantity(held_kind, "held"),
            "distance_first": quantity(distance[:, held_kind == 0], "fit", "member", unit=plane, labels=fit_),
            "distance_second": quantity(distance[:, held_kind == 1], "fit", "member", unit=plane, labels=fit_),
            "right_learned": quantity(
                np.array([_right(*one, learn_x, learn_kind) for one in found]), "fit", unit="%", labels=fit_
            ),
            "right": quantity(right, "fit", unit="%", labels=fit_),
            "rank": quantity(np.array([rank_score(row, held_kind) for row in distance]), "fit", unit="%", labels=fit_),
            "planted_right": quantity(_right(planted, offset, held_x, held_kind), unit="%"),
            "log_odds_per_unit": quantity(float(size[1]), unit="log odds per plane unit"),
            "planted_log_odds_per_unit": quantity(planted_size, unit="log odds per plane unit"),
            "null_right": quantity(null_right, "fit", "shuffle", unit="%", labels=fit_),
            "null_rank": quantity(null_rank, "fit", "shuffle", unit="%", labels=fit_),
            "null_quantiles": quantity(
                np.quantile(null_right, QUANTILES, axis=1).T, "fit", "quantile", unit="%", labels=fit_ | quantile
            ),
            "null_count": quantity(count, "fit", unit="shuffles", labels=fit_),
            "p_bound": quantity((count + 1) / (shuffles + 1), "fit", labels=fit_),
            "shuffles": quantity(shuffles, unit="shuffles"),
            "learned": quantity(len(learn_x), unit="animals"),
            "held_out": quantity(len(held_x), unit="animals"),
        },
        origin=Origin.COMPUTED,
        facts={"seed": seed, "control": "kinds shuffled within the learned and within the held-out half"},
    )
