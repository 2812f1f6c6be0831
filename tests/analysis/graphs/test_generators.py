"""Generated graphs have the shape that they are called, and queries cut out of them have an answer."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.graphs.generators import generate, random_query
from tapehead.analysis.graphs.matching import Matcher
from tapehead.analysis.graphs.patterns import DESCENDANT
from tapehead.analysis.graphs.reachability import Reachability


def test_scale_free_graphs_have_hubs_and_cycles() -> None:
    graph = generate("scale-free", 5000, 20, degree=3, seed=1)
    assert graph.edge_count == pytest.approx(15_000, rel=0.03)
    degrees = graph.predecessors.degrees + graph.successors.degrees
    assert degrees.max() > 20 * degrees.mean()
    # A power law: the share of nodes above k falls like k to a power, not exponentially.
    counts = [np.mean(degrees >= k) for k in (8, 16, 32, 64)]
    assert all(0.1 < b / a < 0.7 for a, b in itertools.pairwise(counts))
    assert Reachability.of(graph).cyclic.any()


def test_layered_graphs_have_long_paths_and_no_cycles() -> None:
    graph = generate("layered", 4096, 5, seed=1)
    reach = Reachability.of(graph)
    assert not reach.cyclic.any()
    edges = graph.edges()
    assert np.all(edges[:, 0] < edges[:, 1])


def test_labels_follow_their_weights() -> None:
    marks = generate("layered", 20_000, 4, seed=0).labels
    shares = np.bincount(marks) / marks.size
    assert shares == pytest.approx(np.array([1, 1 / 2, 1 / 3, 1 / 4]) / (25 / 12), abs=0.02)


@pytest.mark.parametrize("shape", ["scale-free", "layered"])
def test_queries_have_an_answer(shape: str) -> None:
    graph = generate(shape, 2000, 10, seed=2)
    matcher = Matcher(graph)
    for seed in range(8):
        query = random_query(graph, 8, seed, descendants=0.4, extra=2)
        assert query.size == 8
        assert len(query.parts()) == 1
        assert matcher.answer(query, "monomorphism", most=1).count == 1
    kinds = {e.kind for e in random_query(graph, 14, 1, descendants=1.0).edges}
    assert kinds == {DESCENDANT}


def test_what_can_not_be_generated() -> None:
    with pytest.raises(UnknownNameError, match="scale-free"):
        generate("scale-fre", 10)
    with pytest.raises(UsageError, match="2 nodes or more"):
        generate("layered", 1)
    with pytest.raises(UsageError, match="no connected part of 30"):
        random_query(generate("layered", 20, 2, degree=1.0), 30, 0)
