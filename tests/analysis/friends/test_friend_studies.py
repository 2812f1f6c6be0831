"""What the film needs: walks counted twice, the transfer between networks, and links that are taken away."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.friends import studies
from tapehead.analysis.friends.pairs import features, sample
from tapehead.analysis.friends.scoring import authors_svm

PAIR = ("karate", "lesmis")


def test_powers_count_walks() -> None:
    found = studies.toy(seed=0)
    assert found["wrong"] == 0
    assert found.read("two", row="a", column="d") == 2
    np.testing.assert_array_equal(found["three"], found["walked_three"])
    # a and d: friends b, c of a; b, c, e of d.
    np.testing.assert_allclose(found["pair"], [2, 2 / 3, 6, 2 / np.log(3), 2 + 2])


def test_the_transfer_is_fit_here_and_tested_there() -> None:
    found = studies.transfer(PAIR, 150, seed=4)
    one, two = (studies.network_named(name, 4) for name in PAIR)
    here, there = sample(one, 150, True, True, 4), sample(two, 150, True, True, 4)
    model = authors_svm(0).fit(features(one, here.pairs, False), here.linked)
    table = features(two, there.pairs, False)
    at = {"trained": "karate", "tested": "lesmis"}
    assert found.read("accuracy", **at) == pytest.approx(np.mean(model.predict(table) == there.linked))
    assert found.read("auc_ranks", **at) == pytest.approx(roc_auc_score(there.linked, model.decision_function(table)))
    assert found.read("auc_hard", **at) == pytest.approx(roc_auc_score(there.linked, model.predict(table)))
    diagonal = np.diag(found["accuracy"])
    assert np.all((found["chance"] > 0.5) & (found["chance"] < 0.7))
    assert np.all(found["diagonal_folds"] <= diagonal + 0.02), "graded on itself is no lower than by folds"
    with pytest.raises(UsageError, match="needs two networks"):
        studies.transfer(["karate"], 100, seed=0)
    with pytest.raises(UnknownNameError, match="unknown network 'dens town'"):
        studies.transfer(["dens town", "karate"], 100, seed=0)


def test_accuracy_follows_the_balance_of_the_test_and_the_area_does_not() -> None:
    found = studies.removal("lesmis", [0.1, 0.5], 40, 3, seed=2)
    assert np.all(np.diff(found["positives"]) > 0)
    np.testing.assert_allclose(found["always"], 1 - found["positives"] / 100)
    assert np.all(found["auc_low"] <= found["auc"]) and found["auc"][0] > 0.6
    for bad in ([0.0], [1.2], []):
        with pytest.raises(UsageError, match="shares between 0 and 1"):
            studies.removal("lesmis", bad, 40, 3, seed=2)


def test_the_ladder_is_the_command_s() -> None:
    found = studies.ladder("karate", 100, 100, 5, seed=1)
    assert found.read("links") == 78 and found.facts["network"] == "karate"


def test_the_fence_parts_friends_from_strangers() -> None:
    found = studies.fence("lesmis", 200, 12, seed=3)
    assert found["bent"].shape == found["straight"].shape == (12, 12)
    # On the grid the straight score is linear: its second differences vanish.
    np.testing.assert_allclose(np.diff(found["straight"], 2, axis=0), 0, atol=1e-9)
    assert np.abs(np.diff(found["bent"], 2, axis=0)).max() > 1e-3
    assert found["right_straight"] > found["right_null"] and found["right_null"] < 65
    assert found["right_bent_low"] < found["right_bent"] < found["right_bent_high"]
    with pytest.raises(UsageError, match="two cells or more; found 1"):
        studies.fence("lesmis", 200, 1, seed=3)
