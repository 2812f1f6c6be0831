"""Graphs from files and by name: what is read, what is said about it, what is refused."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from tapehead.analysis.errors import TapeheadError, UnknownNameError, UsageError
from tapehead.analysis.graphs.graph_files import read_graph
from tapehead.analysis.graphs.graph_sources import graph_named
from tapehead.analysis.graphs.labelled import Graph, check_memory


def named_edges(graph: Graph) -> set[tuple[str, str]]:
    return {(graph.name_of(int(a)), graph.name_of(int(b))) for a, b in graph.edges()}


def label(graph: Graph, name: str) -> str:
    return graph.label_names[graph.labels[graph.node_of(name)]]


def test_edge_lists_in_both_forms(tmp_path: Path) -> None:
    file, said = tmp_path / "g.txt", []
    file.write_text("# t\nt 4 3\nv a red\nv b blue\ne a b\ne a b\nb c\nc c\nv a green\n")
    graph = read_graph(file, report=said.append)
    assert named_edges(graph) == {("a", "b"), ("b", "c"), ("c", "c")}
    assert [label(graph, name) for name in "abc"] == ["red", "blue", "node"]
    told = "\n".join(said)
    for part in (
        "3 nodes and 4 edges",
        "1 edges were given again",
        "1 edges lead back",
        "1 nodes have no",
        "1 further",
    ):
        assert part in told
    (tmp_path / "h.csv").write_text("big city,town\ntown,hut\n")
    assert named_edges(read_graph(tmp_path / "h.csv")) == {("big city", "town"), ("town", "hut")}


def test_graphml(tmp_path: Path) -> None:
    made = nx.DiGraph([("a", "b")])
    made.nodes["a"]["label"] = "x"
    nx.write_graphml(made, tmp_path / "g.graphml")
    graph = read_graph(tmp_path / "g.graphml")
    assert (named_edges(graph), label(graph, "a"), label(graph, "b")) == ({("a", "b")}, "x", "node")
    nx.write_graphml(nx.Graph([("a", "b")]), tmp_path / "u.graphml")
    assert named_edges(read_graph(tmp_path / "u.graphml")) == {("a", "b"), ("b", "a")}


TRIPLES = """\
<http://x.org/Shiba> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://x.org/t#Breed> .
<http://x.org/Shiba> <http://x.org/from> <http://x.org/Japan> . # there
<http://x.org/Shiba> <http://x.org/name> "Shiba \\"Inu\\""@en .
_:b1 <http://x.org/from> <http://x.org/Japan> .
<http://y.org/Shiba2> <http://x.org/like> <http://x.org/Shiba> .
"""


def test_triples(tmp_path: Path) -> None:
    file, said = tmp_path / "g.nt", []
    file.write_text(TRIPLES)
    graph = read_graph(file, report=said.append)
    assert named_edges(graph) == {("Shiba", "Japan"), ("_:b1", "Japan"), ("Shiba2", "Shiba")}
    assert label(graph, "Shiba") == "Breed"
    assert any("1 triples with literals" in line for line in said)
    through = read_graph(file, "nodes")
    assert through.nodes == 4 + 3
    assert through.edge_count == 6
    assert sum(through.label_names[m] == "from" for m in through.labels) == 2


def test_addresses_that_end_alike_stay_apart(tmp_path: Path) -> None:
    file = tmp_path / "g.nt"
    file.write_text("<http://a/x> <http://r/r> <http://b/x> .\n")
    assert named_edges(read_graph(file)) == {("http://a/x", "http://b/x")}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("g.txt", "a b c d\n", "line 1.*two names were expected"),
        ("g.txt", "# nothing\n", "holds no node"),
        ("g.nt", "<a> <b> .\n", "line 1.*no triple"),
        ("g.graphml", "<no xml", "no GraphML"),
        ("g.xyz", "a b", "'.xyz' is not known"),
    ],
)
def test_what_can_not_be_read_is_said(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UsageError, match=said):
        read_graph(tmp_path / name)


def test_files_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "g.txt").write_bytes(b"\xff\xfe\x00a")
    with pytest.raises(UsageError, match="UTF-8"):
        read_graph(tmp_path / "g.txt")
    with pytest.raises(UsageError, match="no file"):
        read_graph(tmp_path / "none.txt")
    with pytest.raises(UnknownNameError, match="relations"):
        read_graph(tmp_path / "none.txt", "loops")


def test_graphs_by_name() -> None:
    toy = graph_named("toy")
    assert 55 <= toy.nodes <= 70
    assert label(toy, "Shiba Inu") == "animal"
    assert ("Shiba Inu", "Japan") in named_edges(toy)
    assert graph_named("circuit:numerals").nodes == 14 + 11 + 2
    said: list[str] = []
    made = graph_named("layered:1_000x7@3", report=said.append)
    assert (made.nodes, len(made.label_names)) == (1000, 7)
    assert "1,000 nodes" in said[0]
    assert graph_named("layered:1000x7@3").digest == made.digest
    assert graph_named("layered:1000x7@4").digest != made.digest
    for wrong in ("tyo", "circuit:weeks", "scale-free:1"):
        with pytest.raises(TapeheadError):
            graph_named(wrong)


def test_memory_is_said_before_and_refused() -> None:
    assert "1,000,000 nodes and 3,000,000 edges" in check_memory(10**6, 3 * 10**6, available=10**11)
    with pytest.raises(UsageError, match="free"):
        check_memory(10**6, 3 * 10**6, available=10**8)


def test_edges_that_lead_nowhere() -> None:
    with pytest.raises(UsageError, match="node 0 to 2; the graph has nodes 0 to 1"):
        Graph.from_edges([0, 0], [(0, 2)])
    with pytest.raises(UsageError, match="labels are numbers below 1"):
        Graph.from_edges(np.array([0, 1]), [], ["only"])
    with pytest.raises(UsageError, match="2 nodes were given 1 names"):
        Graph.from_edges([0, 0], [], names=["a"])
