"""Networks: generated ones, the classics, and files of the user's with everything that can be wrong in them."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.friends.networks import (
    CLASSICS,
    blocks_network,
    classic_network,
    from_edges,
    lfr_network,
    read_network,
)


def names_of(network) -> set[frozenset[str]]:
    return {frozenset((network.names[i], network.names[j])) for i, j in network.edges}


def test_links_are_symmetric_and_mistakes_in_them_are_mended_and_told() -> None:
    network = from_edges("n", [("a", "b"), ("b", "a"), ("b", "c"), ("c", "c"), ("a", "b")])
    assert names_of(network) == {frozenset("ab"), frozenset("bc")}
    assert (network.links != network.links.T).nnz == 0 and network.links.diagonal().sum() == 0
    assert list(network.degrees) == [1, 2, 1]
    assert network.notes == ("1 links of a person to himself were dropped", "2 repeated links were counted once")


def test_links_that_are_taken_out_are_gone_and_the_others_stay() -> None:
    network = classic_network("karate")
    gone = network.edges[[3, 40]]
    left = network.without(gone)
    assert len(left.edges) == len(network.edges) - 2
    assert not {tuple(edge) for edge in gone.tolist()} & {tuple(edge) for edge in left.edges.tolist()}
    assert set(left.links.data) == {1} and len(network.edges) == 78, "the whole network is as it was"


@pytest.mark.parametrize("name", CLASSICS)
def test_the_classics_are_those_of_networkx(name: str) -> None:
    graph = getattr(nx, CLASSICS[name])()
    assert names_of(classic_network(name)) == {frozenset(map(str, edge)) for edge in graph.edges}
    with pytest.raises(UnknownNameError, match="unknown network 'karat': did you mean karate"):
        classic_network("karat")


def test_blocks_keep_their_friends_and_the_seed_keeps_the_network() -> None:
    network = blocks_network("b", 200, 4, 12, 0.8, seed=3)
    i, j = network.edges.T
    inside = np.mean(network.blocks[i] == network.blocks[j])
    assert inside == pytest.approx(0.8, abs=0.06)
    assert network.degrees.mean() == pytest.approx(12, rel=0.2)
    assert np.array_equal(network.edges, blocks_network("b", 200, 4, 12, 0.8, seed=3).edges)
    assert not np.array_equal(network.edges, blocks_network("b", 200, 4, 12, 0.8, seed=4).edges)
    with pytest.raises(UsageError, match="needs 2 to 10 blocks"):
        blocks_network("b", 40, 30, 5, 0.8, seed=0)


def test_lfr_communities_hold_most_friendships() -> None:
    network = lfr_network("l", 250, 6, 0.1, seed=10)
    i, j = network.edges.T
    assert network.persons == 250 and np.mean(network.blocks[i] == network.blocks[j]) > 0.75


def test_files_of_every_form_give_the_same_network(tmp_path: Path) -> None:
    edges = [("Ann B", "Cy"), ("Cy", "Dee"), ("Dee", "Ann B")]
    (tmp_path / "a.csv").write_text("# who,whom\n" + "".join(f'"{a}",{b},7\n' for a, b in edges))
    (tmp_path / "a.tsv").write_text("% comment\n\n" + "".join(f"{a}\t{b}\n" for a, b in edges))
    (tmp_path / "a.txt").write_text("".join(f"{a.replace(' ', '_')}  {b.replace(' ', '_')} 0.5\n" for a, b in edges))
    graph = nx.Graph(edges)
    nx.write_graphml(graph, tmp_path / "a.graphml")
    wanted = {frozenset(edge) for edge in edges}
    for name in ("a.csv", "a.tsv", "a.graphml"):
        assert names_of(read_network(tmp_path / name)) == wanted, name
    assert len(read_network(tmp_path / "a.txt").edges) == 3


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("a.csv", b"a,b\nlonely\n", "line 2, 'lonely', is no link"),
        ("a.csv", b"a,b\n,c\n", "line 2, ',c', is no link"),
        ("a.txt", b"", "holds no link between two different persons"),
        ("a.txt", b"a a\n", "holds no link between two different persons"),
        ("a.txt", b"\xff\xfe\x00a b", "is no text in UTF-8"),
        ("a.graphml", b"<graphml", "is no GraphML"),
        ("a.graphml", b"<html></html>", "is no GraphML"),
    ],
)
def test_bad_files_are_one_clear_line(name: str, content: bytes, complaint: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match=complaint) as raised:
        read_network(tmp_path / name)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        read_network(tmp_path / "no.csv")
