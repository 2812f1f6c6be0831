"""Views: they never lose a match, they cut as they should, they are kept and read, they are chosen within a bound."""

from __future__ import annotations

import itertools
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given, settings
from pyroaring import BitMap

from tapehead.analysis.errors import UsageError
from tapehead.analysis.graphs.generators import generate, random_query
from tapehead.analysis.graphs.labelled import Graph
from tapehead.analysis.graphs.matching import Matcher
from tapehead.analysis.graphs.patterns import Pattern, parse_pattern
from tapehead.analysis.graphs.prefilter import by_label
from tapehead.analysis.graphs.view_choice import GUARANTEE, choose_views, is_same, spared_by, sub_patterns
from tapehead.analysis.graphs.views import placements, read_view, view_patterns, write_view

from .naive_matching import matches
from .small_graphs import graphs, patterns, random_graph


def test_labels_and_kinds_of_edges_are_checked() -> None:
    query = parse_pattern("a:x -> b:y -> c:z")
    fits = {
        "v:x -> w:y": 1,
        "v:x => w:z": 1,  # a path of the query
        "v:x -> w:z": 0,
        "v:y => w:x": 0,
        "v => w": 3,
        "v:x -> w; u:x => w": 1,  # two view nodes may meet
        "v@tied => w": 0,
    }
    for text, count in fits.items():
        assert len(list(placements(parse_pattern(text), query))) == count, text
    assert list(placements(parse_pattern("v:x -> w:y"), parse_pattern("a:x => b:y"))) == []
    assert list(placements(parse_pattern("v:x => w:y"), parse_pattern("a:x => b:y"))) == [(0, 1)]
    assert list(placements(parse_pattern("v@n"), parse_pattern("a:x@n"))) == [(0,)]


@settings(max_examples=60, deadline=None)
@given(graphs(most=7), patterns(most=4), patterns(most=3))
def test_a_view_loses_no_match_and_is_exact(graph: Graph, query: Pattern, pattern: Pattern) -> None:
    matcher = Matcher(graph)
    view = matcher.view("v", pattern)
    taking_part = [{m[k] for m in matches(graph, pattern)} for k in range(pattern.size)]
    assert [set(kept) for kept in view.kept] == taking_part
    plain, helped = matcher.answer(query), matcher.answer(query, views=[view])
    assert helped.count == plain.count
    assert helped.funnel.views <= plain.funnel.label
    assert helped.funnel.simulation <= plain.funnel.simulation


def test_a_query_remembered_whole_leaves_just_its_own_nodes() -> None:
    graph = generate("layered", 3000, 6, seed=1)
    query = random_query(graph, 6, seed=2, descendants=0.3, extra=2)
    matcher = Matcher(graph)
    helped = matcher.answer(query, views=[matcher.view("all", query)])
    assert helped.coverage == 1
    assert helped.funnel.views == sum(len(kept) for kept in matcher.view("all", query).kept)
    assert helped.funnel.views < matcher.answer(query).funnel.prefilter


def test_more_views_never_leave_more(tmp_path: Path) -> None:
    graph = generate("scale-free", 2000, 8, seed=3)
    matcher = Matcher(graph)
    query = random_query(graph, 6, seed=5, descendants=0.4, extra=1)
    views = [matcher.view(f"v{k}", part) for k, part in enumerate(sub_patterns(query, [1]))]
    left = [matcher.answer(query, views=views[:k]).funnel.views for k in range(len(views) + 1)]
    assert all(b <= a for a, b in itertools.pairwise(left))
    assert left[-1] < left[0]


def test_kept_views_are_read_again_and_others_are_not(tmp_path: Path) -> None:
    graph, other = random_graph(50, 90, 2, seed=1), random_graph(50, 90, 2, seed=2)
    view = Matcher(graph).view("v", parse_pattern("x:a -> y:b; y => z"))
    file = tmp_path / "v.view"
    write_view(file, view, graph)
    assert read_view(file, "v", view.pattern, graph) == view
    assert read_view(file, "v", view.pattern, other) is None
    assert read_view(file, "v", parse_pattern("x:a -> y:b"), graph) is None
    assert read_view(tmp_path / "none.view", "v", view.pattern, graph) is None
    whole = file.read_bytes()
    for damaged in (whole[:-3], whole + b"x", b"{}\n", b"", whole.replace(b'"format": 1', b'"format": 9')):
        file.write_bytes(damaged)
        assert read_view(file, "v", view.pattern, graph) is None


def test_folders_of_views(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no folder"):
        view_patterns(tmp_path / "none")
    with pytest.raises(UsageError, match="--remember"):
        view_patterns(tmp_path)
    (tmp_path / "b.pattern").write_text("x -> y")
    (tmp_path / "a.pattern").write_text("x => y")
    assert [name for name, _file, _pattern in view_patterns(tmp_path)] == ["a", "b"]
    (tmp_path / "c.pattern").write_text("x ->")
    with pytest.raises(UsageError, match=r"c\.pattern.*nowhere"):
        view_patterns(tmp_path)


@pytest.mark.parametrize("seed", range(4))
def test_the_choice_is_within_its_bound_of_the_best(seed: int) -> None:
    graph = generate("scale-free", 800, 5, seed=seed)
    matcher = Matcher(graph)
    workload = [random_query(graph, 4, seed=10 * seed + k, descendants=0.3) for k in range(3)]
    parts: list[Pattern] = []
    for query in workload:
        parts += [p for p in sub_patterns(query, [1, 2]) if not any(is_same(p, known) for known in parts)]
    offered = [matcher.view(f"v{k}", part) for k, part in enumerate(parts[:9])]
    costs = [view.stored_bytes for view in offered]
    budget = sum(costs) // 3

    def worth(chosen: tuple[int, ...]) -> int:
        total = 0
        for query in workload:
            base = [BitMap(nodes) for nodes in by_label(graph, query)]
            gone = [BitMap() for _ in base]
            for v in chosen:
                for q, cut in spared_by(offered[v], query, base).items():
                    gone[q] |= cut
            total += sum(map(len, gone))
        return total

    subsets = itertools.chain.from_iterable(itertools.combinations(range(len(offered)), r) for r in range(10))
    best = max(worth(s) for s in subsets if sum(costs[v] for v in s) <= budget)
    found = choose_views(graph, workload, offered, budget)
    assert found.bytes <= budget
    assert found.worth == worth(found.views)
    assert GUARANTEE * best <= found.worth <= best <= found.bound + 1e-9
    assert choose_views(graph, workload, offered, 0).worth == 0
    everything = choose_views(graph, workload, offered, sum(costs))
    assert everything.worth == everything.all_worth


@settings(max_examples=60, deadline=None)
@given(patterns(most=4), patterns(most=4))
def test_the_same_pattern_in_other_words(one: Pattern, other: Pattern) -> None:
    def as_graph(pattern: Pattern) -> nx.MultiDiGraph:
        made = nx.MultiDiGraph()
        made.add_nodes_from((k, {"label": label}) for k, label in enumerate(pattern.labels))
        made.add_edges_from((e.source, e.target, {"kind": e.kind}) for e in pattern.edges)
        return made

    expected = nx.is_isomorphic(
        as_graph(one),
        as_graph(other),
        node_match=lambda a, b: a["label"] == b["label"],
        edge_match=lambda a, b: sorted(x["kind"] for x in a.values()) == sorted(x["kind"] for x in b.values()),
    )
    assert is_same(one, other) == expected
    assert is_same(one, parse_pattern(str(one)))
