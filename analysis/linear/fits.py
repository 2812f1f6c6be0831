"""How well a nose, or a nose and an ear, predict a nap — with a control that can say no."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tapehead.analysis.errors import ResultError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Origin, Result, quantity

MODELS: tuple[str, ...] = ("nose", "nose and ear")
QUANTILES = (0.0, 0.05, 0.5, 0.95, 1.0)


def _rms(residual: np.ndarray) -> float:
    return float(np.sqrt(np.mean(residual**2)))


def _fit(columns: np.ndarray, nap: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Least squares through the origin: the weights and what they predict."""
    weights = np.linalg.lstsq(columns, nap, rcond=None)[0]
    return weights, columns @ weights


@analysis("linear.nap_fit", version=1)
def nap_fit(
    table: Result, twins: Sequence[str], shuffles: int, low: float, high: float, step: float, *, seed: int
) -> Result:
    """Predict naps from noses alone and from noses and ears, and test the gain against shuffled ears.

    Least squares *through the origin*: no nose and no ear predict no nap, and no constant is fitted.
    ``table`` is a result of ``cat_table``; ``twins`` are two cats of it with equal noses.

    Quantities (nap units unless said): ``weight_nose`` (feature) and ``weight_both`` (feature), nap units
    per unit; ``predicted`` and ``residual`` (model, cat), residual = nap − predicted; ``rms`` (model), the
    root of the mean squared residual; ``r2`` (model), 1 − Σ residual² / Σ (nap − mean nap)².
    ``sweep_w`` and ``sweep_rms`` (w): the RMS of nap = w · nose for every w from ``low`` to ``high``.
    ``twin_gap`` is the difference of the twins' naps; ``twin_miss`` half of it: whatever is predicted
    from the nose alone misses one of the two by at least that much.

    Control, in the same call: the ear column is shuffled ``shuffles`` times among the cats and both
    weights are fitted again.  ``null_rms`` (shuffle), ``null_quantiles`` (quantile), ``null_count`` (how many
    shuffles reach an RMS as low as the real ears), ``p`` = count / shuffles and ``p_bound`` =
    (count + 1) / (shuffles + 1), which is the number to quote when the count is zero.  (Permutation test
    as in Phipson and Smyth 2010.)

    Raises:
        ResultError: the twins' noses differ or are not in the table, fewer than three cats, no shuffles,
            or an empty grid.
    """
    names = table.quantity("nose").labels.get("cat", ())
    nose, ear, nap = table["nose"], table["ear"], table["nap"]
    if nap.size < 3:
        raise ResultError(f"nap_fit: table has to hold at least 3 cats; found {nap.size}")
    if shuffles < 1:
        raise ResultError(f"nap_fit: shuffles has to be at least 1; found {shuffles}")
    if not (step > 0 and high > low):
        raise ResultError(f"nap_fit: the grid has to rise (low < high, step > 0); found {low}, {high}, {step}")
    if len(twins) != 2 or any(name not in names for name in twins):
        raise ResultError(f"nap_fit: twins has to name two cats of the table; found {list(twins)}")
    first, second = (names.index(name) for name in twins)
    if nose[first] != nose[second]:
        raise ResultError(f"nap_fit: twins have to have equal noses; found {nose[first]} and {nose[second]}")

    both = np.column_stack([nose, ear])
    weight_nose, by_nose = _fit(both[:, :1], nap)
    weight_both, by_both = _fit(both, nap)
    predicted = np.vstack([by_nose, by_both])
    residual = nap - predicted
    rms = np.array([_rms(row) for row in residual])
    r2 = 1 - np.sum(residual**2, axis=1) / np.sum((nap - nap.mean()) ** 2)

    rng = np.random.default_rng(seed)
    null = np.empty(shuffles)
    null_weights = np.empty((shuffles, 2))
    for i in range(shuffles):
        columns = np.column_stack([nose, rng.permutation(ear)])
        null_weights[i], guess = _fit(columns, nap)
        null[i] = _rms(nap - guess)
    # Tolerance: a shuffle that happens to restore the table must count, in whatever order it is summed.
    count = int(np.sum(null <= rms[1] * (1 + 1e-9)))

    grid = low + step * np.arange(round((high - low) / step) + 1)
    sweep = np.sqrt(np.mean((nap[None, :] - grid[:, None] * nose[None, :]) ** 2, axis=1))

    gap = abs(float(nap[first] - nap[second]))
    model, cat = {"model": MODELS}, {"cat": names}
    rate = "nap units per unit"
    w_labels = {"w": tuple(f"{w:.2f}" for w in grid)}
    return Result(
        {
            "weight_nose": quantity(weight_nose, "feature", unit=rate, labels={"feature": ("nose",)}),
            "weight_both": quantity(weight_both, "feature", unit=rate, labels={"feature": ("nose", "ear")}),
            "predicted": quantity(predicted, "model", "cat", unit="nap units", labels=model | cat),
            "residual": quantity(residual, "model", "cat", unit="nap units", labels=model | cat),
            "rms": quantity(rms, "model", unit="nap units", labels=model),
            "r2": quantity(r2, "model", labels=model),
            "sweep_w": quantity(grid, "w", unit=rate, labels=w_labels),
            "sweep_rms": quantity(sweep, "w", unit="nap units", labels=w_labels),
            "twin_gap": quantity(gap, unit="nap units"),
            "twin_miss": quantity(gap / 2, unit="nap units"),
            "null_rms": quantity(null, "shuffle", unit="nap units"),
            "null_weights": quantity(
                null_weights, "shuffle", "feature", unit=rate, labels={"feature": ("nose", "ear")}
            ),
            "null_quantiles": quantity(
                np.quantile(null, QUANTILES),
                "quantile",
                unit="nap units",
                labels={"quantile": tuple(f"{q:.0%}" for q in QUANTILES)},
            ),
            "null_count": quantity(count, unit="shuffles"),
            "shuffles": quantity(shuffles, unit="shuffles"),
            "p": quantity(count / shuffles),
            "p_bound": quantity((count + 1) / (shuffles + 1)),
        },
        origin=Origin.COMPUTED,
        facts={"fit": "least squares through the origin", "control": "ear column shuffled", "seed": seed},
    )
