"""Small random graphs and patterns for tests, and the same as a networkx graph or as triples for SPARQL."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pyoxigraph as ox
from hypothesis import strategies as st

from tapehead.analysis.graphs.labelled import Graph
from tapehead.analysis.graphs.patterns import CHILD, DESCENDANT, Pattern, PatternEdge

NAME = "http://t/"


@st.composite
def graphs(draw: st.DrawFn, most: int = 7, labels: int = 2) -> Graph:
    n = draw(st.integers(1, most))
    marks = draw(st.lists(st.integers(0, labels - 1), min_size=n, max_size=n))
    pairs = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1))
    edges = draw(st.lists(pairs, max_size=3 * n))
    return Graph.from_edges(marks, edges, [chr(97 + k) for k in range(labels)])


@st.composite
def patterns(draw: st.DrawFn, most: int = 4, labels: int = 2, kinds: tuple[str, ...] = (CHILD, DESCENDANT)) -> Pattern:
    """Connected: each node after the first hangs on an earlier one; then some more edges, loops as well."""
    k = draw(st.integers(1, most))
    names = [*"abcdefgh"[:labels], ""]
    marks = draw(st.lists(st.sampled_from(names), min_size=k, max_size=k))
    kind = st.sampled_from(kinds)
    edges = []
    for node in range(1, k):
        other = draw(st.integers(0, node - 1))
        ends = (other, node) if draw(st.booleans()) else (node, other)
        edges.append(PatternEdge(*ends, draw(kind)))
    ends_of = st.tuples(st.integers(0, k - 1), st.integers(0, k - 1), kind)
    edges += [PatternEdge(*each) for each in draw(st.lists(ends_of, max_size=2))]
    return Pattern(tuple(f"q{i}" for i in range(k)), tuple(marks), tuple(dict.fromkeys(edges)))


def random_graph(n: int, edges: int, labels: int, seed: int, acyclic: bool = False) -> Graph:
    rng = np.random.default_rng(seed)
    pairs = rng.integers(0, n, (edges, 2))
    if acyclic:
        pairs = np.sort(pairs, axis=1)
        pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    return Graph.from_edges(rng.integers(0, labels, n), pairs, [chr(97 + k) for k in range(labels)])


def as_networkx(graph: Graph) -> nx.DiGraph:
    made = nx.DiGraph()
    made.add_nodes_from((u, {"label": int(graph.labels[u])}) for u in range(graph.nodes))
    made.add_edges_from(map(tuple, graph.edges().tolist()))
    return made


def as_store(graph: Graph) -> ox.Store:
    store = ox.Store()
    a, edge = ox.NamedNode(NAME + "is"), ox.NamedNode(NAME + "to")
    quads = [
        ox.Quad(ox.NamedNode(f"{NAME}n{u}"), a, ox.NamedNode(NAME + graph.label_names[graph.labels[u]]))
        for u in range(graph.nodes)
    ]
    quads += [ox.Quad(ox.NamedNode(f"{NAME}n{u}"), edge, ox.NamedNode(f"{NAME}n{v}")) for u, v in graph.edges()]
    store.bulk_extend(quads)
    return store


def as_sparql(pattern: Pattern) -> str:
    """A basic graph pattern is a homomorphism, ``to+`` a path; a node without label still has to be a node."""
    lines = [
        f"?v{k} <{NAME}is> " + (f"<{NAME}{label}>" if label else f"?label{k}") + " ."
        for k, label in enumerate(pattern.labels)
    ]
    lines += [f"?v{e.source} <{NAME}to>{'' if e.kind == CHILD else '+'} ?v{e.target} ." for e in pattern.edges]
    return f"SELECT (COUNT(*) AS ?n) WHERE {{ {' '.join(lines)} }}"


def counted_by_sparql(graph: Graph, pattern: Pattern) -> int:
    return int(next(iter(as_store(graph).query(as_sparql(pattern))))["n"].value)
