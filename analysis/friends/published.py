"""Numbers of the published friend predictor, and of a reference re-run, as results with a citation.

They lie in ``assets/published/friends.json``: aggregates only, no person and no network of anybody.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tapehead.analysis.errors import ResultError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Origin, Result, quantity
from tapehead.analysis.shipped import shipped_file


def published_file() -> Path:
    """Where the numbers lie in the installation."""
    return shipped_file("published/friends.json")


def read_published(path: Path | None = None) -> Mapping[str, Any]:
    """The checked file: square tables, shares between 0 and 1, and a diagonal that no other entry of its column beats.

    Raises:
        ResultError: the file cannot be read, lacks something, or contradicts itself.
    """
    path = path or published_file()
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        study, rerun = said["published"], said["rerun"]
        table = np.array(study["accuracy"], dtype=float)
        square = table.shape == (len(study["networks"]),) * 2
        shares = [*table.ravel(), *study["removal_accuracy"], *study["removal_auc"].values(), rerun["grouped_auc"]]
        shares += [rerun["folds_accuracy"], rerun["grouped_accuracy"], rerun["one_feature_auc"]]
        shares += [*rerun["near_without_own"].values(), *rerun["small_to_b_auc"].values()]
        whole = all(0 < share < 1 for share in shares) and rerun["twice"] < rerun["pairs"]
        best = square and bool(np.all(table.argmax(axis=0) == np.arange(len(table))))
        named = bool(study["citation"] and rerun["citation"])
        paired = len(study["removed_percent"]) == len(study["removal_accuracy"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ResultError(f"the published numbers {path} cannot be read: {error!r}") from error
    if not (square and whole and best and named and paired):
        raise ResultError(f"the published numbers {path} contradict themselves; compare them with their source")
    found: Mapping[str, Any] = said
    return found


@analysis("friends.published_study", version=1)
def published_study(*, seed: int) -> Result:
    """What the study says of itself.

    Quantities: ``accuracy`` (trained, tested); ``removed`` and ``removal_accuracy`` (share); ``auc_after`` (removed);
    ``persons`` and ``links`` (network).
    """
    study = read_published()["published"]
    names = tuple(study["networks"])
    sized = {"network": tuple(study["persons"])}
    shares = {"share": tuple(f"{share}%" for share in study["removed_percent"])}
    after = study["removal_auc"]
    return Result(
        {
            "accuracy": quantity(study["accuracy"], "trained", "tested", labels={"trained": names, "tested": names}),
            "removed": quantity(study["removed_percent"], "share", unit="%", labels=shares),
            "removal_accuracy": quantity(study["removal_accuracy"], "share", labels=shares),
            "auc_after": quantity(
                list(after.values()), "removed", labels={"removed": tuple(f"{share}%" for share in after)}
            ),
            "persons": quantity(list(study["persons"].values()), "network", unit="persons", labels=sized),
            "links": quantity(list(study["links"].values()), "network", unit="links", labels=sized),
        },
        Origin.PUBLISHED,
        citation=study["citation"],
        facts={"how": study["how"]},
    )


@analysis("friends.reference_rerun", version=1)
def reference_rerun(*, seed: int) -> Result:
    """What came out when the study's tables were judged again.

    Quantities: ``folds_accuracy``, ``grouped_accuracy``, ``grouped_auc``; ``twice`` of ``pairs`` come from both sides;
    ``one_feature_auc``; ``near_accuracy`` and ``near_auc`` on near strangers with the own link out; ``small_to_b``
    (by: ranks, hard), areas of one transfer.
    """
    rerun = read_published()["rerun"]
    areas = rerun["small_to_b_auc"]
    return Result(
        {
            **{name: quantity(rerun[name]) for name in ("folds_accuracy", "grouped_accuracy", "grouped_auc")},
            "twice": quantity(rerun["twice"], unit="pairs"),
            "pairs": quantity(rerun["pairs"], unit="pairs"),
            "one_feature_auc": quantity(rerun["one_feature_auc"]),
            "near_accuracy": quantity(rerun["near_without_own"]["accuracy"]),
            "near_auc": quantity(rerun["near_without_own"]["auc"]),
            "small_to_b": quantity(list(areas.values()), "by", labels={"by": tuple(areas)}),
        },
        Origin.PUBLISHED,
        citation=rerun["citation"],
        facts={"how": rerun["how"]},
    )
