"""Counts and candidates against brute force, a SPARQL engine and networkx."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from networkx.algorithms.isomorphism import DiGraphMatcher

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.graphs.labelled import Graph
from tapehead.analysis.graphs.matching import Matcher
from tapehead.analysis.graphs.patterns import CHILD, Pattern, parse_pattern
from tapehead.analysis.graphs.prefilter import by_label, prefilter

from .naive_matching import matches, simulation
from .small_graphs import as_networkx, counted_by_sparql, graphs, patterns, random_graph

few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
many = settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def check_kinds(graph: Graph, pattern: Pattern) -> None:
    for kind in ("homomorphism", "monomorphism", "induced"):
        if kind == "induced" and any(edge.kind != CHILD for edge in pattern.edges):
            continue
        expected = set(matches(graph, pattern, kind))
        found = Matcher(graph).answer(pattern, kind, keep=10**5)
        assert found.count == len(expected)
        assert found.complete
        assert set(map(tuple, found.first.tolist())) == expected


@few
@given(graphs(), patterns())
def test_all_placements_are_found_and_no_others(graph: Graph, pattern: Pattern) -> None:
    check_kinds(graph, pattern)


@few
@given(graphs(most=12, labels=3), patterns(most=4, labels=3))
def test_counts_are_those_of_sparql(graph: Graph, pattern: Pattern) -> None:
    assert Matcher(graph).answer(pattern).count == counted_by_sparql(graph, pattern)


@pytest.mark.long
@many
@given(graphs(most=12, labels=3), patterns(most=5, labels=3))
def test_counts_are_those_of_sparql_a_thousand_times(graph: Graph, pattern: Pattern) -> None:
    assert Matcher(graph).answer(pattern).count == counted_by_sparql(graph, pattern)


def labelled_matcher(graph: Graph, pattern: Pattern) -> DiGraphMatcher:
    query = nx.DiGraph()
    query.add_nodes_from((k, {"label": label}) for k, label in enumerate(pattern.labels))
    query.add_edges_from((e.source, e.target) for e in pattern.edges)

    def same(node: dict, asked: dict) -> bool:
        return asked["label"] in ("", graph.label_names[node["label"]])

    return DiGraphMatcher(as_networkx(graph), query, node_match=same)


@few
@given(graphs(most=8), patterns(most=4, kinds=(CHILD,)))
def test_counts_are_those_of_networkx(graph: Graph, pattern: Pattern) -> None:
    matcher = Matcher(graph)
    induced = sum(1 for _ in labelled_matcher(graph, pattern).subgraph_isomorphisms_iter())
    assert matcher.answer(pattern, "induced").count == induced
    injective = sum(1 for _ in labelled_matcher(graph, pattern).subgraph_monomorphisms_iter())
    assert matcher.answer(pattern, "monomorphism").count == injective


@few
@given(graphs(most=9), patterns(most=4))
def test_filters_lose_nothing_and_double_simulation_is_the_largest(graph: Graph, pattern: Pattern) -> None:
    matcher = Matcher(graph)
    expected = simulation(graph, pattern)
    left = matcher.simulate(pattern).candidates
    empty = any(not nodes for nodes in expected)
    assert [set(nodes.tolist()) for nodes in left] == ([set()] * pattern.size if empty else expected)
    placed = list(matches(graph, pattern))
    kept = prefilter(graph, pattern, matcher.around, by_label(graph, pattern))
    for k in range(pattern.size):
        assert {m[k] for m in placed} <= set(kept[k].tolist())
        if pattern.is_tree():
            assert {m[k] for m in placed} == set(left[k].tolist())


@pytest.mark.parametrize("acyclic", [True, False])
def test_larger_graphs_agree_with_sparql(acyclic: bool) -> None:
    graph = random_graph(400, 700, 5, seed=3, acyclic=acyclic)
    matcher = Matcher(graph)
    texts = (
        "x:a -> y:b; y -> z:c; x => z",
        "x:a => y:b; y -> z:a; w:d -> y",
        "x:a => y:a; y => z:b; x -> w:c",
        "x:e -> y:a; y => x",
    )
    for text in texts:
        pattern = parse_pattern(text)
        assert matcher.answer(pattern, most=10**9).count == counted_by_sparql(graph, pattern), text


def test_the_cap_is_kept_and_said() -> None:
    graph = random_graph(60, 900, 1, seed=1)
    pattern = parse_pattern("a:a -> b:a; b -> c:a")
    whole = Matcher(graph).answer(pattern)
    assert whole.complete
    assert whole.count > 1000
    for most in (1, 7, 1000):
        capped = Matcher(graph).answer(pattern, most=most, keep=50)
        assert (capped.count, capped.complete) == (most, False)
        assert len(capped.first) == min(most, 50)
    assert Matcher(graph).answer(pattern, most=0).count == 0


def test_a_search_in_pieces_finds_what_one_in_one_piece_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = random_graph(40, 300, 2, seed=5)
    for text in ("x:a -> y:b; y => z:a; z -> x", "x:a -> y:b; y -> z:a; w -> z"):
        pattern = parse_pattern(text)
        for kind in ("homomorphism", "monomorphism"):
            whole = Matcher(graph).answer(pattern, kind, keep=200)
            with monkeypatch.context() as patch:
                patch.setattr("tapehead.analysis.graphs.enumeration._PIECE", 3)
                pieces = Matcher(graph).answer(pattern, kind, keep=200)
            assert (pieces.count, pieces.first.tolist()) == (whole.count, whole.first.tolist())


def test_the_search_stops_when_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tapehead.analysis.graphs.enumeration._PIECE", 1000)
    graph = random_graph(300, 6000, 1, seed=1)
    found = Matcher(graph).answer(parse_pattern("a -> b -> c -> d -> e; a -> e; b -> d"), most=10**15, seconds=0.0)
    assert not found.complete


def test_merging_makes_the_difference_between_the_kinds() -> None:
    graph = Graph.from_edges([0, 1], [(0, 1)], ["a", "b"])
    pattern = parse_pattern("x:a -> y:b; z:a -> y")
    assert Matcher(graph).answer(pattern).count == 1
    assert Matcher(graph).answer(pattern, "monomorphism").count == 0


def test_what_can_not_be_asked() -> None:
    graph = random_graph(5, 5, 2, seed=0)
    with pytest.raises(UsageError, match="2 parts"):
        Matcher(graph).answer(parse_pattern("a; b"))
    with pytest.raises(UnknownNameError, match="label 'zebra'"):
        Matcher(graph).answer(parse_pattern("a:zebra"))
    with pytest.raises(UnknownNameError, match="did you mean homomorphism"):
        Matcher(graph).answer(parse_pattern("a"), "homomorphy")
    with pytest.raises(UsageError, match="descendant"):
        Matcher(graph).answer(parse_pattern("a => b"), "induced")
    with pytest.raises(UsageError, match="no nodes"):
        Matcher(Graph.from_edges([], []))


def test_the_answer_graph_holds_just_the_pairs_of_a_tree_s_answers() -> None:
    graph = random_graph(80, 200, 3, seed=2)
    pattern = parse_pattern("x:a -> y:b; y => z:c")
    found = Matcher(graph).answer(pattern, keep=10**6)
    pairs = {(m[0], m[1]) for m in found.first} | {(m[1], m[2] + 1000) for m in found.first}
    assert found.answer_pairs == len(pairs)
    assert found.answer_nodes == sum(len(np.unique(found.first[:, k])) for k in range(3))
