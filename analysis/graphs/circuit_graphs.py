"""Circuits of language models as labelled graphs, and whether one can be laid into another.

Nodes are the embedding ("embed"), heads ("head"), MLPs ("MLP") and the answer ("answer").  *Wiring* edges are all that
a residual stream allows: everything is read by all that comes later, on one floor the heads by the MLP.  *Measured*
edges are those of path patching that cost at least its threshold.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tapehead.analysis.errors import ResultError
from tapehead.analysis.graphs.labelled import Graph
from tapehead.analysis.graphs.matching import Matcher
from tapehead.analysis.graphs.patterns import CHILD, Pattern, PatternEdge

LABELS = ("embed", "head", "MLP", "answer")
EMBED, HEAD, MLP, ANSWER = range(4)
_PARTS = {"embed": (-1, EMBED), "final": (10**6, ANSWER)}


def circuit_graph(heads: np.ndarray, mlps: np.ndarray) -> Graph:
    """All wires that a circuit's parts could have; ``heads`` (layer, head) and ``mlps`` (layer), true where kept."""
    parts = [("embed", -1, EMBED)]
    for layer in range(heads.shape[0]):
        parts += [(f"{layer}.{h}", layer, HEAD) for h in np.flatnonzero(heads[layer])]
        if mlps[layer]:
            parts.append((f"MLP {layer}", layer, MLP))
    parts.append(("final", 10**6, ANSWER))
    edges = [
        (a, b)
        for a, (_n, low, what) in enumerate(parts)
        for b, (_m, high, other) in enumerate(parts)
        if low < high or (low == high and (what, other) == (HEAD, MLP))
    ]
    return Graph.from_edges([p[2] for p in parts], edges, LABELS, [p[0] for p in parts])


def wire_graph(wires: Sequence[str]) -> Graph:
    """A graph of measured wires, named "0.6 → MLP 0" or "0.6→7.1"; what they read ("….q", "….v") is left out.

    Raises:
        ResultError: a wire is not named in this way.
    """
    pairs = []
    for wire in wires:
        ends = [end.strip() for end in wire.split("→")]
        if len(ends) != 2:
            raise ResultError(f"a wire is called 'from → to'; found '{wire}'")
        pairs.append((ends[0], _without_input(ends[1])))
    names = sorted({name for pair in pairs for name in pair}, key=lambda name: (floor_of(name), label_of(name), name))
    at = {name: k for k, name in enumerate(names)}
    return Graph.from_edges([label_of(n) for n in names], [(at[a], at[b]) for a, b in pairs], LABELS, names)


def _without_input(name: str) -> str:
    return name[:-2] if name[-2:] in (".q", ".k", ".v") else name


def label_of(name: str) -> int:
    """What a component is, by its name.

    Raises:
        ResultError: it is not named like one.
    """
    if name in _PARTS:
        return _PARTS[name][1]
    if name.startswith("MLP "):
        return MLP
    if all(part.isdecimal() for part in name.split(".")) and name.count(".") == 1:
        return HEAD
    raise ResultError(f"'{name}' is called neither like a head (4.4), nor like an MLP (MLP 0), nor embed or final")


def floor_of(name: str) -> int:
    """The floor of a component, by its name; the embedding lies under all, the answer above all.

    Raises:
        ResultError: it is not named like one.
    """
    if name in _PARTS:
        return _PARTS[name][0]
    label_of(name)
    return int(name.removeprefix("MLP ").partition(".")[0])


def published_circuit_graph(task: str) -> Graph:
    """A circuit of GPT-2 small as published, with all wires that it could have."""
    from tapehead.analysis.language.published.results import circuits

    found = circuits()
    which = found.quantity("heads").labels["task"].index(task)
    return circuit_graph(found["heads"][which], found["mlps"][which])


def as_pattern(graph: Graph, kind: str = CHILD, labelled: bool = True) -> Pattern:
    """A graph as a query: where can it be laid so that every edge is kept?"""
    return Pattern(
        tuple(graph.name_of(u) for u in range(graph.nodes)),
        tuple(graph.label_names[m] if labelled else "" for m in graph.labels),
        tuple(PatternEdge(int(a), int(b), kind) for a, b in graph.edges()),
    )


def can_be_laid(pattern: Pattern, graph: Graph) -> bool:
    """Whether there is a homomorphism; a label that the graph does not have is an answer, not a mistake."""
    present = {graph.label_names[m] for m in np.unique(graph.labels)}
    if any(label and label not in present for label in pattern.labels):
        return False
    return Matcher(graph).answer(pattern, most=1).count > 0


def random_circuit(heads: np.ndarray, mlps: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """As many heads and MLPs as a circuit has, drawn from all that the model has."""

    def shuffled(kept: np.ndarray) -> np.ndarray:
        return rng.permutation(kept.ravel()).reshape(kept.shape)

    return shuffled(heads), shuffled(mlps)


def leads_on(graph: Graph) -> np.ndarray:
    """Bool (nodes, nodes): whether a wire may lead from one part to another, by floors and kinds."""
    floors = np.array([floor_of(graph.name_of(u)) for u in range(graph.nodes)])
    heads, mlps = graph.labels == HEAD, graph.labels == MLP
    within = (floors[:, None] == floors[None, :]) & heads[:, None] & mlps[None, :]
    return (floors[:, None] < floors[None, :]) | within


def rewired(graph: Graph, rng: np.random.Generator) -> Graph:
    """The same nodes, labels and number of edges; the edges drawn from all pairs that lead on."""
    allowed = np.argwhere(leads_on(graph))
    chosen = rng.choice(len(allowed), size=graph.edge_count, replace=False)
    return Graph.from_edges(graph.labels, allowed[chosen], graph.label_names, graph.names)


def swapped(graph: Graph, rng: np.random.Generator, rounds: int = 20) -> Graph:
    """Another graph in which every node has as many incoming and outgoing edges as in this one.

    Two edges exchange their ends where that leads on and is not there yet, ``rounds`` times as many tries as there are
    edges (Maslov & Sneppen, Science 296, 2002).
    """
    allowed = leads_on(graph)
    edges = graph.edges()
    there = {(int(a), int(b)) for a, b in edges}
    for i, j in rng.integers(0, len(edges), (rounds * len(edges), 2)):
        (a, b), (c, d) = edges[i].tolist(), edges[j].tolist()
        if allowed[a, d] and allowed[c, b] and (a, d) not in there and (c, b) not in there:
            there -= {(a, b), (c, d)}
            there |= {(a, d), (c, b)}
            edges[i, 1], edges[j, 1] = d, b
    return Graph.from_edges(graph.labels, edges, graph.label_names, graph.names)
