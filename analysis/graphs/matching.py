"""From a query to its answers: candidates by label, views, pre-filter, double simulation, answer graph, enumeration."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.graphs.answer_graph import AnswerGraph, answer_graph
from tapehead.analysis.graphs.enumeration import HOMOMORPHISM, INDUCED, KINDS, Enumerated, enumerate_matches
from tapehead.analysis.graphs.labelled import Graph
from tapehead.analysis.graphs.patterns import CHILD, Pattern
from tapehead.analysis.graphs.prefilter import Surroundings, by_label, prefilter
from tapehead.analysis.graphs.reachability import Reachability
from tapehead.analysis.graphs.simulation import Simulated, double_simulation
from tapehead.analysis.graphs.views import Use, View, build_view, intersect_views

MOST = 10_000_000
"""The cap unless another is given."""


@dataclass(frozen=True)
class Funnel:
    """Candidates of all query nodes together after each stage; ``views`` equals ``label`` where none fitted."""

    label: int
    views: int
    prefilter: int
    simulation: int


@dataclass(frozen=True)
class Seconds:
    """Where the time went."""

    label: float
    views: float
    prefilter: float
    simulation: float
    answer_graph: float
    enumeration: float

    @property
    def before_enumeration(self) -> float:
        """What it takes to the answer graph."""
        return self.label + self.views + self.prefilter + self.simulation + self.answer_graph

    @property
    def total(self) -> float:
        """All of it."""
        return self.before_enumeration + self.enumeration


@dataclass(frozen=True)
class Answer:
    """What a query found.

    ``count`` placements (at least so many where it is not ``complete``: the cap or the time ended it), the ``first``
    ones as node numbers (k, query nodes), the funnel, the views that fitted, and where the time went.
    """

    count: int
    complete: bool
    first: np.ndarray
    steps: int
    funnel: Funnel
    by_node: tuple[tuple[int, ...], ...]
    answer_nodes: int
    answer_pairs: int
    uses: tuple[Use, ...]
    coverage: float
    seconds: Seconds
    checks: int


class Matcher:
    """A graph with all that queries over it share: its components, its reachability index, labels around its nodes."""

    def __init__(self, graph: Graph) -> None:
        if not graph.nodes:
            raise UsageError("the graph has no nodes; there is nothing to look for")
        self.graph = graph

    @cached_property
    def reach(self) -> Reachability:
        """Components and reachability index."""
        found = Reachability.of(self.graph)
        found.build_index()
        return found

    @cached_property
    def around(self) -> Surroundings:
        """Labels around every node."""
        return Surroundings.of(self.graph, self.reach)

    def prepare(self) -> float:
        """Make what all queries share; seconds that it took."""
        began = time.perf_counter()
        assert self.around is not None
        return time.perf_counter() - began

    def view(self, name: str, pattern: Pattern, exact: bool = True) -> View:
        """Answer a pattern once and keep who took part."""
        return build_view(name, pattern, self.graph, self.reach, self.around, exact)

    def simulate(self, pattern: Pattern) -> Simulated:
        """Only the filter, for looking at its steps: from the labels, without pre-filter."""
        return double_simulation(self.graph, self.reach, pattern, by_label(self.graph, pattern))

    def answer(
        self,
        pattern: Pattern,
        kind: str = HOMOMORPHISM,
        views: Sequence[View] = (),
        *,
        most: int = MOST,
        keep: int = 0,
        seconds: float | None = None,
        stop: Callable[[], bool] = lambda: False,
    ) -> Answer:
        """Answer a query, with up to ``most`` placements, the first ``keep`` of them kept.

        Raises:
            UnknownNameError: no such kind of match, label or node.
            UsageError: the query is not connected, or asks for induced matches and has descendant edges.
        """
        check_query(pattern, kind)
        clock = _Clock()
        start = by_label(self.graph, pattern)
        label_s = clock.lap()
        cut, uses = intersect_views(pattern, start, views) if views else (start, [])
        views_s = clock.lap()
        filtered = prefilter(self.graph, pattern, self.around, cut, injective=kind != HOMOMORPHISM)
        prefilter_s = clock.lap()
        simulated = double_simulation(self.graph, self.reach, pattern, filtered)
        simulation_s = clock.lap()
        joined = answer_graph(self.graph, self.reach, pattern, simulated.candidates)
        joined_s = clock.lap()
        found = _enumerate(self.graph, joined, pattern, kind, most, keep, seconds, stop)
        covered = frozenset[int]().union(*(use.edges for use in uses))
        stages = (start, cut, filtered, simulated.candidates)
        return Answer(
            found.count,
            found.complete,
            found.first,
            found.steps,
            Funnel(*(sum(nodes.size for nodes in stage) for stage in stages)),
            tuple(tuple(nodes.size for nodes in stage) for stage in stages),
            joined.nodes,
            joined.pairs,
            tuple(uses),
            len(covered) / max(1, len(pattern.edges)),
            Seconds(label_s, views_s, prefilter_s, simulation_s, joined_s, clock.lap()),
            len(simulated.checks),
        )


def check_query(pattern: Pattern, kind: str) -> None:
    """Refuse what cannot be answered.

    Raises:
        UnknownNameError: no such kind of match.
        UsageError: the query is not connected, or asks for induced matches and has descendant edges.
    """
    if kind not in KINDS:
        raise UnknownNameError("kind of match", kind, KINDS)
    parts = pattern.parts()
    if len(parts) > 1:
        listed = "; ".join(", ".join(pattern.names[k] for k in part) for part in parts[:4])
        raise UsageError(
            f"the query falls into {len(parts)} parts that no edge joins ({listed}); ask for each part by itself: the "
            "answers of the whole are all pairs of theirs"
        )
    if kind == INDUCED and any(edge.kind != CHILD for edge in pattern.edges):
        raise UsageError("induced matches are about single edges; the query has descendant edges (=>)")


def missing_edges(pattern: Pattern) -> np.ndarray:
    """For induced matches: bool (nodes, nodes), where the pattern has no edge."""
    missing = np.ones((pattern.size, pattern.size), bool)
    for edge in pattern.edges:
        missing[edge.source, edge.target] = False
    return missing


def _enumerate(
    graph: Graph,
    joined: AnswerGraph,
    pattern: Pattern,
    kind: str,
    most: int,
    keep: int,
    seconds: float | None,
    stop: Callable[[], bool],
) -> Enumerated:
    missing = missing_edges(pattern) if kind == INDUCED else None
    return enumerate_matches(graph, joined, kind, missing, most=most, keep=keep, seconds=seconds, stop=stop)


class _Clock:
    def __init__(self) -> None:
        self.last = time.perf_counter()

    def lap(self) -> float:
        now = time.perf_counter()
        took, self.last = now - self.last, now
        return took
