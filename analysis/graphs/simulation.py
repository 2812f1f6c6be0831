"""Double simulation: a candidate stays only while every edge of its query node can be followed, both ways.

The largest double simulation contains every match, so nothing is lost (Wu, Theodoratos, Skoutas & Lan, "Leveraging
Double Simulation to Efficiently Evaluate Hybrid Patterns on Data Graphs", WISE 2020).  On patterns without a cycle the
checks run bottom up and then top down; on others from a queue.  Both stop when nothing changes; on trees, what is left
are exactly the nodes of the answers.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numba
import numpy as np

from tapehead.analysis.graphs.labelled import Graph
from tapehead.analysis.graphs.patterns import CHILD, Pattern, PatternEdge
from tapehead.analysis.graphs.reachability import Reachability


@numba.njit(cache=True, nogil=True)
def _with_neighbour(nodes: np.ndarray, offsets: np.ndarray, targets: np.ndarray, marked: np.ndarray) -> np.ndarray:
    keep = np.zeros(nodes.size, np.bool_)
    for k in range(nodes.size):
        for i in range(offsets[nodes[k]], offsets[nodes[k] + 1]):
            if marked[targets[i]]:
                keep[k] = True
                break
    return keep


@numba.njit(cache=True, nogil=True)
def _mark_neighbours(nodes: np.ndarray, offsets: np.ndarray, targets: np.ndarray, marked: np.ndarray) -> None:
    for u in nodes:
        for i in range(offsets[u], offsets[u + 1]):
            marked[targets[i]] = True


@dataclass(frozen=True)
class Check:
    """One step of the filter: ``node`` was held against ``edge``; candidates before and after."""

    node: int
    edge: int
    before: int
    after: int


@dataclass(frozen=True)
class Simulated:
    """What is left: candidates, int32 (n, rising) per query node, and the checks in order."""

    candidates: list[np.ndarray]
    checks: tuple[Check, ...]


def double_simulation(graph: Graph, reach: Reachability, pattern: Pattern, candidates: list[np.ndarray]) -> Simulated:
    """The largest double simulation within the given candidates.

    As soon as a node of a connected part has no candidate left, none of that part has.
    """
    left = [np.asarray(nodes, dtype=np.int32) for nodes in candidates]
    marks = np.zeros((pattern.size, graph.nodes), bool)
    for k, nodes in enumerate(left):
        marks[k, nodes] = True
    checks: list[Check] = []
    order = _schedule(pattern)
    leaning: list[list[tuple[int, bool]]] = [[] for _ in range(pattern.size)]
    for turn in order:  # in the order of the schedule: sweeps on acyclic patterns, a queue on others
        leans_on = pattern.edges[turn[0]].target if turn[1] else pattern.edges[turn[0]].source
        leaning[leans_on].append(turn)
    queue, waiting = deque(order), set(order)
    while queue:
        edge_number, at_source = turn = queue.popleft()
        waiting.discard(turn)
        edge = pattern.edges[edge_number]
        node = edge.source if at_source else edge.target
        keep = _follows(graph, reach, edge, at_source, left, marks)
        before = left[node].size
        if not keep.all():
            marks[node, left[node][~keep]] = False
            left[node] = left[node][keep]
            for again in leaning[node]:
                if again not in waiting:
                    queue.append(again)
                    waiting.add(again)
        checks.append(Check(node, edge_number, before, left[node].size))
        if not left[node].size:
            for part in pattern.parts():
                if node in part:
                    for k in part:
                        marks[k] = False
                        left[k] = left[k][:0]
            queue = deque(t for t in queue if left[pattern.edges[t[0]].source].size)
            waiting = set(queue)
    return Simulated(left, tuple(checks))


def _schedule(pattern: Pattern) -> list[tuple[int, bool]]:
    """All checks as (edge, whether its source is checked): bottom up and top down, or breadth first round a cycle."""
    order = pattern.topological()
    if order is None:
        order = []
        for part in pattern.parts():
            seen, at = [part[0]], 0
            while at < len(seen):
                seen += [k for k in dict.fromkeys(pattern.neighbours(seen[at])) if k not in seen]
                at += 1
            order += seen
    place = {k: i for i, k in enumerate(order)}
    edges = range(len(pattern.edges))
    up = sorted(edges, key=lambda i: -place[pattern.edges[i].source])
    down = sorted(edges, key=lambda i: place[pattern.edges[i].target])
    return [(i, True) for i in up] + [(i, False) for i in down]


def _follows(
    graph: Graph,
    reach: Reachability,
    edge: PatternEdge,
    at_source: bool,
    left: list[np.ndarray],
    marks: np.ndarray,
) -> np.ndarray:
    """Which candidates at one end of an edge find one at the other end."""
    here, there = (edge.source, edge.target) if at_source else (edge.target, edge.source)
    if edge.source == edge.target:
        return _on_loops(graph, reach, edge, left[here])
    if edge.kind != CHILD:
        found = reach.can_reach(marks[there]) if at_source else reach.reached_from(marks[there])
        return found[left[here]]
    onward, back = (graph.successors, graph.predecessors) if at_source else (graph.predecessors, graph.successors)
    if 4 * left[there].size < left[here].size:  # a few mark theirs faster than many look for them
        marked = np.zeros(graph.nodes, bool)
        _mark_neighbours(left[there], back.offsets, back.targets, marked)
        return marked[left[here]]
    return _with_neighbour(left[here], onward.offsets, onward.targets, marks[there])


def _on_loops(graph: Graph, reach: Reachability, edge: PatternEdge, nodes: np.ndarray) -> np.ndarray:
    """Where an edge leads back to its own node: a self-loop for a child edge, any cycle for a descendant edge."""
    if edge.kind != CHILD:
        return reach.cyclic[reach.component[nodes]]
    return np.fromiter((graph.has_edge(int(u), int(u)) for u in nodes), bool, nodes.size)
