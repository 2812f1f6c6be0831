"""Numbers of the published study of game sales, and of a reference re-run on its table, as results with a citation.

They lie in ``assets/published/game-sales.json``.  The study's table has no licence, so none of it is here.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import ResultError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Origin, Quantity, Result, quantity
from tapehead.analysis.shipped import shipped_file

COEFFICIENTS = ("constant", "talk", "user", "critic")


def published_file() -> Path:
    """Where the numbers lie in the installation."""
    return shipped_file("published/game-sales.json")


def read_published(path: Path | None = None) -> Mapping[str, Any]:
    """The checked file.

    The funnel falls, what was trained and tested on adds up to its end, and shares lie where shares can lie.

    Raises:
        ResultError: the file cannot be read, lacks something, or contradicts itself.
    """
    path = path or published_file()
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        study, rerun = said["published"], said["rerun"]
        funnel = study["funnel"]
        falls = all(a >= b for a, b in itertools.pairwise(funnel)) and len(funnel) == len(study["steps"])
        adds = study["trained_on"] + study["tested_on"] == funnel[-1]
        degrees = study["trained_on"] - len(COEFFICIENTS) == study["degrees"]
        shares = [*study["test_r2"].values(), *rerun["cross_validated_r2"].values(), rerun["r2"], study["adjusted_r2"]]
        whole = all(0 < share < 1 for share in shares) and 0 <= rerun["splits"]["reach_percent"] <= 100
        named = all(tuple(part["coefficients"]) == COEFFICIENTS and part["citation"] for part in (study, rerun))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ResultError(f"the published numbers {path} cannot be read: {error!r}") from error
    if not (falls and adds and degrees and whole and named):
        raise ResultError(f"the published numbers {path} contradict themselves; compare them with their source")
    found: Mapping[str, Any] = said
    return found


def _over(axis: str, values: Mapping[str, float], unit: str = "1") -> Quantity:
    return quantity(list(values.values()), axis, unit=unit, labels={axis: tuple(values)})


@analysis("sales.published_study", version=1)
def published_study(*, seed: int) -> Result:
    """What the study says of itself.

    Quantities: ``funnel`` (step) and ``gone`` (step), games left and gone; ``coefficients``
    (coefficient); ``adjusted_r2``, ``degrees``, ``trained_on``, ``tested_on``; ``test_r2`` and ``test_mse`` (method:
    least squares, lasso); ``mentions`` and ``titles``, the counts of the game in the fact
    ``example``, and their ``share`` in %.
    """
    study = read_published()["published"]
    steps = {"step": tuple(study["steps"])}
    funnel = study["funnel"]
    return Result(
        {
            "funnel": quantity(funnel, "step", unit="games", labels=steps),
            "gone": quantity([funnel[0] - left for left in funnel], "step", unit="games", labels=steps),
            "coefficients": _over("coefficient", study["coefficients"]),
            "adjusted_r2": quantity(study["adjusted_r2"]),
            "degrees": quantity(study["degrees"]),
            "trained_on": quantity(study["trained_on"], unit="games"),
            "tested_on": quantity(study["tested_on"], unit="games"),
            "test_r2": _over("method", study["test_r2"]),
            "test_mse": _over("method", study["test_mse"]),
            "mentions": quantity(study["example"]["mentions"], unit="titles"),
            "titles": quantity(study["example"]["titles"], unit="titles"),
            "share": quantity(100 * study["example"]["mentions"] / study["example"]["titles"], unit="%"),
        },
        Origin.PUBLISHED,
        citation=study["citation"],
        facts={"how": study["how"], "example": study["example"]["title"]},
    )


@analysis("sales.reference_rerun", version=1)
def reference_rerun(*, seed: int) -> Result:
    """What came out when the study's table was fitted again.

    Quantities: ``coefficients`` (coefficient), ``standardised`` (predictor), ``r2``, ``adjusted_r2``; ``plain_user``,
    the user score's coefficient on its own axis; ``after_with_before``, a correlation; ``splits``, their ``median``,
    ``spread`` and ``reach`` (in %), the share that reaches the published test score; ``cross_validated`` (model).
    """
    rerun = read_published()["rerun"]
    splits = rerun["splits"]
    return Result(
        {
            "coefficients": _over("coefficient", rerun["coefficients"]),
            "standardised": _over("predictor", rerun["standardised"]),
            "r2": quantity(rerun["r2"]),
            "adjusted_r2": quantity(rerun["adjusted_r2"]),
            "plain_user": quantity(rerun["plain_user"]),
            "after_with_before": quantity(rerun["after_with_before"]),
            "splits": quantity(splits["count"], unit="splits"),
            "median": quantity(splits["median"]),
            "spread": quantity(splits["spread"]),
            "reach": quantity(splits["reach_percent"], unit="%"),
            "cross_validated": _over("model", rerun["cross_validated_r2"]),
        },
        Origin.PUBLISHED,
        citation=rerun["citation"],
        facts={"how": rerun["how"]},
    )
