"""Areas against scikit-learn's, folds that keep a pair together, and tables in which the answer is not."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tapehead.analysis.friends.networks import blocks_network
from tapehead.analysis.friends.pairs import features, sample
from tapehead.analysis.friends.scoring import (
    auc,
    authors_svm,
    drawn_groups,
    folds_of,
    hidden_tables,
    logistic,
    out_of_fold,
    out_of_hidden_folds,
    shuffled,
)


@pytest.fixture(scope="module")
def town():
    network = blocks_network("b", 150, 5, 10, 0.8, seed=1)
    return network, sample(network, 200, False, True, seed=2)


def test_areas_are_scikit_learns_ties_and_weights_included() -> None:
    rng = np.random.default_rng(0)
    linked = rng.integers(0, 2, 60)
    for score in (rng.normal(size=60), rng.integers(0, 4, 60).astype(float), np.zeros(60)):
        assert auc(score, linked)[0] == pytest.approx(roc_auc_score(linked, score))
        weights = rng.integers(0, 4, (5, 60))
        wanted = [roc_auc_score(linked, score, sample_weight=w) for w in weights]
        np.testing.assert_allclose(auc(score, linked, weights), wanted)
    assert np.isnan(auc(score, np.ones(60, dtype=int))[0])


def test_grouped_folds_keep_both_directions_on_one_side_and_plain_ones_do_not(town) -> None:
    _network, drawn = town
    sizes = np.bincount(drawn.group)
    assert np.sum(sizes == 2) > 3, "there are pairs from both sides"

    def split_pairs(grouped: bool) -> int:
        return sum(
            len(set(drawn.group[train]) & set(drawn.group[test])) for train, test in folds_of(drawn, 5, grouped, 0)
        )

    assert split_pairs(True) == 0 and split_pairs(False) > 0
    tested = np.concatenate([test for _train, test in folds_of(drawn, 5, True, 0)])
    assert sorted(tested) == list(range(len(drawn.pairs)))


def test_no_number_of_any_row_knows_a_link_that_is_asked_for(town) -> None:
    """Take a tested link out of the whole network: nothing changes, so nothing saw it."""
    network, drawn = town
    splits = folds_of(drawn, 5, True, 0)
    tables = hidden_tables(network, drawn, splits)
    for table, (train, test) in zip(tables, splits, strict=True):
        asked = drawn.pairs[test][drawn.linked[test] == 1]
        np.testing.assert_allclose(features(network.without(asked), drawn.pairs, True), table)
        # A training row's own link is out as well.
        row = train[drawn.linked[train] == 1][0]
        alone = network.without(np.concatenate([asked, drawn.pairs[[row]]]))
        np.testing.assert_allclose(features(alone, drawn.pairs[[row]], False)[0], table[row])
    # And the check can fail: with the links left in, the numbers are others.
    assert not np.allclose(features(network, drawn.pairs, False), tables[0])


def test_out_of_fold_scores_do_not_use_the_row_s_own_label(town) -> None:
    network, drawn = town
    table, splits = features(network, drawn.pairs, True), folds_of(drawn, 5, True, 0)
    turned = drawn.linked.copy()
    test = splits[0][1]
    turned[test] = 1 - turned[test]
    one = out_of_fold(logistic, table, drawn, splits, 0)[0]
    other = out_of_fold(logistic, table, drawn, splits, 0, turned)[0]
    np.testing.assert_allclose(one[test], other[test])
    assert not np.allclose(one, other)
    same = out_of_hidden_folds(logistic, [table] * 5, drawn, splits, 0)[0]
    np.testing.assert_allclose(same, one)


def test_the_published_model_is_what_was_published() -> None:
    model = authors_svm(0)
    assert (model.kernel, model.C, model.gamma) == ("rbf", 10, 1e-3)


def test_bootstrap_and_shuffles_keep_pairs_whole(town) -> None:
    _network, drawn = town
    weights, labels = drawn_groups(drawn, 50, 1), shuffled(drawn, np.random.default_rng(3))
    for group in np.flatnonzero(np.bincount(drawn.group) == 2):
        a, b = np.flatnonzero(drawn.group == group)
        assert np.array_equal(weights[:, a], weights[:, b]) and labels[a] == labels[b]
    assert abs(weights.mean() - 1) < 0.05
    assert 0.3 < labels.mean() < 0.7 and not np.array_equal(labels, drawn.linked)
