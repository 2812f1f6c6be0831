"""Views: patterns whose answers were kept, and how a query uses them.

A view that can be laid into a query (a homomorphism from its pattern: labels agree, a child edge lies on a child edge,
a descendant edge on a path) has every match of the query inside its own.  So a query node can only be what the view
keeps for each of its nodes that comes to lie there: the kept sets are intersected, and the search starts with less.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from pyroaring import BitMap

from tapehead.analysis.errors import UsageError
from tapehead.analysis.graphs.answer_graph import answer_graph
from tapehead.analysis.graphs.enumeration import matched_roots
from tapehead.analysis.graphs.labelled import Graph
from tapehead.analysis.graphs.patterns import CHILD, Pattern, parse_pattern
from tapehead.analysis.graphs.prefilter import Surroundings, by_label, prefilter
from tapehead.analysis.graphs.reachability import Reachability
from tapehead.analysis.graphs.simulation import double_simulation
from tapehead.analysis.outside_files import reading
from tapehead.analysis.store import write_atomically

MOST_PLACEMENTS = 10_000
"""Ways in which one view is laid into one query; symmetric patterns have many, and each only cuts further."""
PATTERN_SUFFIX, VIEW_SUFFIX = ".pattern", ".view"
_FORMAT = 1


@dataclass(frozen=True)
class View:
    """A pattern and, per pattern node, the graph's nodes that can stand for it.

    ``exact`` says that these are just the nodes of its answers, and not merely what double simulation leaves.
    """

    name: str
    pattern: Pattern
    kept: tuple[BitMap, ...]
    built_s: float
    exact: bool
    _serialized: list[bytes] = field(default_factory=list, repr=False, compare=False)

    @property
    def size(self) -> int:
        """Nodes that are kept, of all pattern nodes together."""
        return sum(len(nodes) for nodes in self.kept)

    @property
    def stored_bytes(self) -> int:
        """What it takes on disk, without its head."""
        return sum(len(part) for part in self.serialized())

    def serialized(self) -> list[bytes]:
        """The kept sets as bytes of the roaring format."""
        if not self._serialized:
            self._serialized.extend(nodes.serialize() for nodes in self.kept)
        return self._serialized


def build_view(
    name: str,
    pattern: Pattern,
    graph: Graph,
    reach: Reachability,
    around: Surroundings,
    exact: bool = True,
) -> View:
    """Answer a pattern once and keep who took part.

    On trees double simulation is exact; on other patterns ``exact`` looks for a match of each node that is left.
    """
    began = time.perf_counter()
    left = prefilter(graph, pattern, around, by_label(graph, pattern))
    left = double_simulation(graph, reach, pattern, left).candidates
    if exact and not pattern.is_tree() and len(pattern.parts()) == 1 and all(nodes.size for nodes in left):
        for k in range(pattern.size):
            left[k] = matched_roots(graph, answer_graph(graph, reach, pattern, left, first=k))
    kept = tuple(BitMap(nodes) for nodes in left)
    for nodes in kept:
        nodes.run_optimize()
    return View(name, pattern, kept, time.perf_counter() - began, exact or pattern.is_tree())


def placements(view: Pattern, query: Pattern) -> Iterator[tuple[int, ...]]:
    """All ways to lay a view into a query: for each view node the query node on which it comes to lie."""
    child = {(e.source, e.target) for e in query.edges if e.kind == CHILD}
    paths = query.closure()
    order: list[int] = []
    for part in view.parts():
        waiting = [part[0]]
        while waiting:
            k = waiting.pop(0)
            if k not in order:
                order.append(k)
                waiting += view.neighbours(k)
    options = [
        [
            q
            for q in range(query.size)
            if view.labels[k] in ("", query.labels[q]) and view.tied[k] in ("", query.tied[q])
        ]
        for k in range(view.size)
    ]
    placed: dict[int, int] = {}

    def fits(k: int) -> bool:
        for edge in view.edges:
            if k in (edge.source, edge.target) and edge.source in placed and edge.target in placed:
                pair = placed[edge.source], placed[edge.target]
                if pair not in (child if edge.kind == CHILD else paths):
                    return False
        return True

    def place(depth: int) -> Iterator[tuple[int, ...]]:
        if depth == len(order):
            yield tuple(placed[k] for k in range(view.size))
            return
        k = order[depth]
        for q in options[k]:
            placed[k] = q
            if fits(k):
                yield from place(depth + 1)
        placed.pop(k, None)

    yield from place(0)


@dataclass(frozen=True)
class Use:
    """One view in one query: in how many ways it lies there, and which query edges an edge of it lies on."""

    view: View
    ways: int
    edges: frozenset[int]
    nodes: frozenset[int]


def intersect_views(
    pattern: Pattern, candidates: Sequence[np.ndarray], views: Sequence[View]
) -> tuple[list[np.ndarray], list[Use]]:
    """Candidates, int32 (n, rising) per query node, cut to what all fitting views keep; and which views did fit."""
    sets: list[BitMap | None] = [None] * pattern.size
    uses = []
    for view in views:
        ways = 0
        covered, touched = set[int](), set[int]()
        cuts: list[set[int]] = [set() for _ in range(pattern.size)]
        for placed in placements(view.pattern, pattern):
            ways += 1
            for k, q in enumerate(placed):
                cuts[q].add(k)
            for edge in view.pattern.edges:
                pair = placed[edge.source], placed[edge.target]
                covered |= {i for i, e in enumerate(pattern.edges) if (e.source, e.target) == pair}
            touched |= set(placed)
            if ways == MOST_PLACEMENTS:
                break
        for q, by in enumerate(cuts):
            for k in by:
                known = sets[q]
                sets[q] = view.kept[k] if known is None else known & view.kept[k]
        if ways:
            uses.append(Use(view, ways, frozenset(covered), frozenset(touched)))
    left = []
    for nodes, kept in zip(candidates, sets, strict=True):
        if kept is None:
            left.append(nodes)
        else:
            left.append(np.intersect1d(_array(kept), nodes, assume_unique=True))
    return [np.asarray(nodes, dtype=np.int32) for nodes in left], uses


def _array(nodes: BitMap) -> np.ndarray:
    return np.frombuffer(nodes.to_array(), dtype=np.uint32).astype(np.int32)


# -- on disk -------------------------------------------------------------------------------------------------------


def write_view(path: Path, view: View, graph: Graph) -> None:
    """Keep a view beside its pattern; it is there whole or not at all."""
    head = {
        "format": _FORMAT,
        "graph": graph.digest,
        "pattern": str(view.pattern),
        "sizes": [len(part) for part in view.serialized()],
        "built_s": view.built_s,
        "exact": view.exact,
    }
    write_atomically(path, json.dumps(head).encode() + b"\n" + b"".join(view.serialized()))


def read_view(path: Path, name: str, pattern: Pattern, graph: Graph) -> View | None:
    """A kept view, or ``None`` where there is none, or one of another graph or pattern, or a damaged one."""
    try:
        line, _, body = path.read_bytes().partition(b"\n")
        head = json.loads(line)
        if (head["format"], head["graph"], head["pattern"]) != (_FORMAT, graph.digest, str(pattern)):
            return None
        kept, at = [], 0
        for size in head["sizes"]:
            kept.append(BitMap.deserialize(body[at : at + size]))
            at += size
        if at != len(body) or len(kept) != pattern.size or any(s and s.max() >= graph.nodes for s in kept):
            return None
        return View(name, pattern, tuple(kept), float(head["built_s"]), bool(head["exact"]))
    except (OSError, ValueError, KeyError, TypeError, EOFError):
        return None


def view_patterns(folder: Path, option: str = "--views") -> list[tuple[str, Path, Pattern]]:
    """The patterns in a folder (``*.pattern``, text), by name; ``option`` is what named it.

    Raises:
        UsageError: the folder is not there, holds no pattern, or one cannot be read.
    """
    if not folder.is_dir():
        raise UsageError(f"{option}: {folder} is no folder; make one and put patterns into it as NAME{PATTERN_SUFFIX}")
    files = sorted(folder.glob(f"*{PATTERN_SUFFIX}"))
    if not files:
        raise UsageError(
            f"{option}: {folder} holds no NAME{PATTERN_SUFFIX}; --remember NAME puts a query into --views DIR"
        )
    found = []
    for file in files:
        try:
            with reading(file) as lines:
                found.append((file.stem, file, parse_pattern(lines.read())))
        except (UsageError, UnicodeDecodeError) as error:
            raise UsageError(f"{file}: {error}") from error
    return found
