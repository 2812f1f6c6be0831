"""The ladder: leaks raise the score, and taking them out lowers it; without any structure nothing is left."""

from __future__ import annotations

import numpy as np
import pytest

from tapehead.analysis.errors import UsageError
from tapehead.analysis.friends.honest import MODELS, STEPS, Way, judged
from tapehead.analysis.friends.networks import blocks_network, classic_network, from_edges

FAST = Way(rows=200, resamples=100, shuffles=5)


def test_each_leak_that_is_stopped_costs_something_and_structure_remains() -> None:
    found = judged(blocks_network("b", 200, 8, 12, 0.9, seed=1), FAST, seed=1, tuned=False)
    area = dict(zip(STEPS, found["auc"].values, strict=True))
    assert area["graded on itself"] >= area["five folds"] - 0.01
    assert area["both directions together"] - area["own link taken out"] > 0.02
    assert found["walks_alone"].values > 0.9, "one number does it all, for the wrong reason"
    model = dict(zip(MODELS, found["model_auc"].values, strict=True))
    assert model["logistic"] > found["null_high"].values + 0.05
    assert np.isnan(model["SVM scaled and tuned"]) and 0.3 < model["shuffled labels"] < 0.7
    for name in ("auc", "accuracy"):
        low, high = found[f"{name}_low"].values, found[f"{name}_high"].values
        assert np.all(low <= found[name].values + 1e-9) and np.all(found[name].values <= high + 1e-9)
    assert list(found["zero_walks"].values) == [0, 0, 100]
    assert found["links"].values == len(blocks_network("b", 200, 8, 12, 0.9, seed=1).edges)


def test_where_friendship_is_pure_chance_the_honest_score_says_so() -> None:
    rng = np.random.default_rng(5)
    pairs = np.argwhere(np.triu(rng.random((150, 150)) < 0.08, 1))
    found = judged(from_edges("chance", map(tuple, pairs.tolist())), FAST, seed=2, tuned=False)
    assert found["auc"].values[0] > 0.85, "the published way of scoring does not"
    logistic = MODELS.index("logistic")
    assert found["model_auc"].values[logistic] < 0.62
    assert found["model_auc_low"].values[logistic] < 0.5 + 0.05


@pytest.mark.long
def test_the_tuned_machine_is_no_worse_than_the_published_one() -> None:
    found = judged(classic_network("lesmis"), FAST, seed=1)
    model = dict(zip(MODELS, found["model_auc"].values, strict=True))
    assert model["SVM scaled and tuned"] > model["SVM as published"] - 0.05


@pytest.mark.parametrize("given", [{"rows": 10}, {"resamples": 3}, {"shuffles": 0}])
def test_what_makes_no_interval_is_refused(given: dict[str, int]) -> None:
    with pytest.raises(UsageError, match=f"{next(iter(given))} has to be at least"):
        Way(**given)
