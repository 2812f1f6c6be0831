"""The first look at a node: does it have its label, and around it the labels that the pattern asks for?

For every node four sets of labels are kept as 64 bits: of its children, its parents, all below it and all above it.
A node can stand for a query node only if these hold what the query's edges there ask for.  Where a graph has more than
64 labels, some share a bit: the filter lets more through and still loses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from tapehead.analysis.graphs.labelled import Graph
from tapehead.analysis.graphs.patterns import CHILD, Pattern
from tapehead.analysis.graphs.reachability import Reachability


@numba.njit(cache=True, nogil=True)
def _neighbour_masks(offsets: np.ndarray, targets: np.ndarray, own: np.ndarray) -> np.ndarray:
    n = offsets.size - 1
    found = np.zeros(n, np.uint64)
    for u in range(n):
        for i in range(offsets[u], offsets[u + 1]):
            found[u] |= own[targets[i]]
    return found


@dataclass(frozen=True)
class Surroundings:
    """Labels around every node, as bits (label number modulo 64): uint64 (nodes) each."""

    children: np.ndarray
    parents: np.ndarray
    below: np.ndarray
    above: np.ndarray

    @classmethod
    def of(cls, graph: Graph, reach: Reachability) -> Surroundings:
        """Look around every node once."""
        own = np.uint64(1) << (graph.labels.astype(np.uint64) % np.uint64(64))
        after, before = graph.successors, graph.predecessors
        return cls(
            _neighbour_masks(after.offsets, after.targets, own),
            _neighbour_masks(before.offsets, before.targets, own),
            reach.masks_below(own),
            reach.masks_above(own),
        )


def by_label(graph: Graph, pattern: Pattern) -> list[np.ndarray]:
    """The nodes that have what a query node asks for by itself: its label, or the one node it is tied to.

    Raises:
        UnknownNameError: the graph has no such label or node.
    """
    found = []
    for label, tied in zip(pattern.labels, pattern.tied, strict=True):
        nodes = graph.labelled(graph.label_of(label)) if label else np.arange(graph.nodes, dtype=np.int32)
        if tied:
            nodes = nodes[nodes == graph.node_of(tied)]
        found.append(nodes)
    return found


def prefilter(
    graph: Graph, pattern: Pattern, around: Surroundings, candidates: list[np.ndarray], injective: bool = False
) -> list[np.ndarray]:
    """Candidates, int32 (n) per query node, whose surroundings have the labels that the query's edges ask for.

    With ``injective`` a node also needs as many children and parents as its query node has.
    """
    kept = []
    for k, nodes in enumerate(candidates):
        asks = dict.fromkeys(("children", "parents", "below", "above"), 0)
        children, parents = set[int](), set[int]()
        for edge in pattern.edges:
            if edge.source == k:
                asks["children" if edge.kind == CHILD else "below"] |= _bit(graph, pattern, edge.target)
                if edge.kind == CHILD:
                    children.add(edge.target)
            if edge.target == k:
                asks["parents" if edge.kind == CHILD else "above"] |= _bit(graph, pattern, edge.source)
                if edge.kind == CHILD:
                    parents.add(edge.source)
        keep = np.ones(nodes.size, bool)
        for name, mask in asks.items():
            if mask:
                keep &= (getattr(around, name)[nodes] & np.uint64(mask)) == np.uint64(mask)
        if injective:
            keep &= graph.successors.degrees[nodes] >= len(children)
            keep &= graph.predecessors.degrees[nodes] >= len(parents)
        kept.append(nodes[keep])
    return kept


def _bit(graph: Graph, pattern: Pattern, k: int) -> int:
    label = pattern.labels[k]
    return 1 << (graph.label_of(label) % 64) if label else 0
