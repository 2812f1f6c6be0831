"""The networks that are drawn whole: every friendship of networkx's graphs, in an order that keeps friends close."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.friends.links import links


def test_the_friendships_are_those_of_networkx_up_to_their_order() -> None:
    found = links(("karate", "lesmis"), seed=1)
    for n, graph in enumerate((nx.karate_club_graph(), nx.les_miserables_graph())):
        pairs = found["pair"][found["network"] == n]
        drawn = nx.Graph(pairs.tolist())
        assert len(pairs) == graph.number_of_edges()
        assert found["persons"][n] == graph.number_of_nodes()
        assert pairs.max() < graph.number_of_nodes()
        assert nx.is_isomorphic(drawn, nx.Graph(graph.edges))


def test_friends_lie_closer_than_in_a_random_order() -> None:
    pairs = links(("lesmis",), seed=1)["pair"]
    many = pairs.max() + 1

    def reach(order: np.ndarray) -> float:
        apart = np.abs(order[pairs[:, 0]] - order[pairs[:, 1]])
        return float(np.minimum(apart, many - apart).mean())

    rng = np.random.default_rng(0)
    shuffled = [reach(rng.permutation(many)) for _ in range(200)]
    assert reach(np.arange(many)) < min(shuffled)


def test_no_network_and_an_unknown_one_are_one_line() -> None:
    with pytest.raises(UsageError, match="give one or more names"):
        links((), seed=1)
    with pytest.raises(UnknownNameError):
        links(("nobody",), seed=1)
