"""Components, the index, sweeps and rows of bits against walking."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings

from tapehead.analysis.graphs.labelled import Graph
from tapehead.analysis.graphs.reachability import Reachability, _reach_pairs

from .naive_matching import paths
from .small_graphs import graphs, random_graph


def as_matrix(graph: Graph) -> np.ndarray:
    walked = paths(graph)
    return np.array([[v in walked[u] for v in range(graph.nodes)] for u in range(graph.nodes)])


def check(graph: Graph, seed: int = 0) -> None:
    reach, expected = Reachability.of(graph), as_matrix(graph)
    us, vs = (each.ravel() for each in np.indices(expected.shape))
    assert np.array_equal(reach.reaches(us, vs).reshape(expected.shape), expected)
    marked = np.random.default_rng(seed).random(graph.nodes) < 0.3
    assert np.array_equal(reach.can_reach(marked), expected[:, marked].any(axis=1))
    assert np.array_equal(reach.reached_from(marked), expected[marked].any(axis=0))
    own = np.uint64(1) << (graph.labels.astype(np.uint64))
    below = [np.bitwise_or.reduce(own[row], initial=np.uint64(0)) for row in expected]
    above = [np.bitwise_or.reduce(own[row], initial=np.uint64(0)) for row in expected.T]
    assert reach.masks_below(own).tolist() == [int(m) for m in below]
    assert reach.masks_above(own).tolist() == [int(m) for m in above]
    everyone = np.arange(graph.nodes, dtype=np.int32)
    for downward, truth in ((True, expected), (False, expected.T)):
        row, bits = reach.rows(everyone[::2], everyone, downward)
        unpacked = np.unpackbits(bits.view(np.uint8), axis=1, bitorder="little")[row, : graph.nodes]
        assert np.array_equal(unpacked.astype(bool), truth[::2])


@settings(max_examples=60, deadline=None)
@given(graphs(most=9))
def test_small_graphs(graph: Graph) -> None:
    check(graph)


def test_graphs_wider_than_one_lane_of_words() -> None:
    for acyclic in (True, False):
        check(random_graph(700, 900, 3, seed=4, acyclic=acyclic))


def test_components_are_in_topological_order() -> None:
    graph = random_graph(300, 420, 2, seed=1)
    reach = Reachability.of(graph)
    edges = graph.edges()
    assert np.all(reach.component[edges[:, 0]] <= reach.component[edges[:, 1]])


def test_the_filters_decide_most_questions() -> None:
    graph = random_graph(2000, 4000, 2, seed=2, acyclic=True)
    reach = Reachability.of(graph)
    rng = np.random.default_rng(0)
    us, vs = rng.integers(0, reach.components, (2, 2000)).astype(np.int32)
    _found, searched = _reach_pairs(us, vs, reach.down.offsets, reach.down.targets, *reach._index)
    assert searched < 0.5 * len(us)


def test_a_graph_without_edges_and_one_without_nodes() -> None:
    check(Graph.from_edges([0, 0], []))
    assert Reachability.of(Graph.from_edges([], [])).components == 0
