"""The five numbers of a pair against networkx and plain counting, and the sample of pairs."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapehead.analysis.errors import UsageError
from tapehead.analysis.friends.networks import Network, blocks_network, classic_network, from_edges
from tapehead.analysis.friends.pairs import features, near_gb, near_links, near_strangers, sample


def as_graph(network: Network) -> nx.Graph:
    graph = nx.Graph(map(tuple, network.edges.tolist()))
    graph.add_nodes_from(range(network.persons))
    return graph


def naive(graph: nx.Graph, i: int, j: int) -> list[float]:
    """One pair by networkx and by counting walks step by step."""
    common = len(list(nx.common_neighbors(graph, i, j)))
    (_, _, jaccard), *_ = nx.jaccard_coefficient(graph, [(i, j)])
    (_, _, adamic), *_ = nx.adamic_adar_index(graph, [(i, j)])
    walks = sum(1 for k in graph[i] if j in graph[k])
    walks += sum(1 for k in graph[i] for m in graph[k] if j in graph[m])
    return [common, jaccard, graph.degree(i) * graph.degree(j), adamic, walks]


@settings(max_examples=30, deadline=None)
@given(st.integers(5, 14), st.floats(0.2, 0.7), st.integers(0, 1000))
def test_every_pair_has_the_numbers_of_networkx_with_its_own_link_and_without(n: int, p: float, seed: int) -> None:
    graph = nx.gnp_random_graph(n, p, seed=seed)
    if graph.number_of_edges() == 0:
        return
    network = from_edges("g", sorted(graph.edges))
    graph = as_graph(network)
    pairs = np.array(list(itertools.permutations(range(network.persons), 2)))
    np.testing.assert_allclose(features(network, pairs, False), [naive(graph, i, j) for i, j in pairs], atol=1e-12)
    out = []
    for i, j in pairs:
        cut = graph.copy()
        cut.remove_edges_from([(i, j)])
        out.append(naive(cut, i, j))
    np.testing.assert_allclose(features(network, pairs, True), out, atol=1e-12)


def test_near_strangers_are_two_steps_apart() -> None:
    network = classic_network("karate")
    graph = as_graph(network)
    wanted = {
        (i, j)
        for i, j in itertools.combinations(range(network.persons), 2)
        if not graph.has_edge(i, j) and set(graph[i]) & set(graph[j])
    }
    assert {tuple(pair) for pair in near_strangers(network).tolist()} == wanted
    linked = {(i, j) for i, j in map(tuple, network.edges.tolist()) if set(graph[i]) & set(graph[j])}
    assert {tuple(pair) for pair in near_links(network).tolist()} == linked


@pytest.mark.parametrize("far", [True, False])
def test_a_sample_is_what_it_says(far: bool) -> None:
    network = blocks_network("b", 200, 5, 10, 0.8, seed=1)
    drawn = sample(network, 300, far, True, seed=2)
    linked = np.asarray(network.links[drawn.pairs[:, 0], drawn.pairs[:, 1]]).ravel()
    np.testing.assert_array_equal(linked, drawn.linked)
    table = features(network, drawn.pairs, True)
    assert drawn.linked.sum() == 150 and len(drawn.pairs) == 300
    assert np.all(features(network, drawn.pairs, False)[drawn.kind == "far", 4] == 0)
    assert np.all(table[drawn.kind == "near", 0] > 0)
    if not far:
        assert np.all(table[:, 0] > 0), "friends and strangers alike have a common friend"
    else:
        assert np.sum(drawn.kind == "far") == 75
    # One group per pair, whichever way round.
    keys = [tuple(sorted(pair)) for pair in drawn.pairs.tolist()]
    assert len({*zip(keys, drawn.group.tolist(), strict=True)}) == len(set(keys)) == drawn.group.max() + 1
    assert len({*map(tuple, drawn.pairs.tolist())}) == 300, "no row comes twice"
    again = sample(network, 300, far, True, seed=2)
    np.testing.assert_array_equal(drawn.pairs, again.pairs)


def test_too_small_and_too_large() -> None:
    with pytest.raises(UsageError, match="has 3 pairs of friends and 0 pairs of strangers"):
        sample(from_edges("tiny", ["ab", "bc", "ca"]), 100, True, True, 0)
    star = from_edges("star", [("hub", n) for n in range(3000)])
    assert near_gb(star) == pytest.approx((3000**2 + 3000) * 32 / 1e9)
    with pytest.raises(UsageError, match=r"needs about 0\.3 GB, and 0\.1 are allowed"):
        near_strangers(star, 0.1)
