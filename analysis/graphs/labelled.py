"""Labelled directed graphs in memory: one label per node, successors and predecessors as sorted lists.

The lists lie one after another in one array (compressed sparse rows), so a graph of 350,000 nodes and a million edges
takes about 25 MB and compiled loops walk it without Python.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from tapehead.analysis.errors import UnknownNameError, UsageError

BYTES_PER_NODE, BYTES_PER_EDGE = 420, 160
"""What answering a query takes at its peak, with the reachability index: measured on generated graphs, rounded up."""


@dataclass(frozen=True)
class Adjacency:
    """Lists of neighbours: those of node ``u`` are ``targets[offsets[u]:offsets[u + 1]]``, rising.

    ``offsets`` is int64 (nodes + 1), ``targets`` int32 (edges).
    """

    offsets: np.ndarray
    targets: np.ndarray

    def of(self, node: int) -> np.ndarray:
        """The neighbours of one node."""
        return self.targets[self.offsets[node] : self.offsets[node + 1]]

    @property
    def degrees(self) -> np.ndarray:
        """How many neighbours each node has, int64 (nodes)."""
        return np.diff(self.offsets)

    @classmethod
    def from_pairs(cls, nodes: int, sources: np.ndarray, targets: np.ndarray) -> Adjacency:
        """Sorted lists from pairs; equal pairs have to be gone already."""
        order = np.lexsort((targets, sources))
        counts = np.bincount(sources, minlength=nodes)
        offsets = np.zeros(nodes + 1, np.int64)
        np.cumsum(counts, out=offsets[1:])
        return cls(offsets, np.ascontiguousarray(targets[order], dtype=np.int32))


@dataclass(frozen=True)
class Graph:
    """A directed graph with one label per node; self-loops are kept, an edge is there once.

    ``labels`` is int32 (nodes), a place in ``label_names``; ``names`` is empty or has one name per node;
    ``duplicates`` says how many edges were given again and dropped.
    """

    labels: np.ndarray
    label_names: tuple[str, ...]
    successors: Adjacency
    predecessors: Adjacency
    names: tuple[str, ...] = ()
    duplicates: int = 0
    _by_label: dict[int, np.ndarray] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_edges(
        cls,
        labels: Sequence[int] | np.ndarray,
        edges: Iterable[tuple[int, int]] | np.ndarray,
        label_names: Sequence[str] = (),
        names: Sequence[str] = (),
    ) -> Graph:
        """A graph from labels (nodes) and pairs of node numbers (edges, 2).

        Raises:
            UsageError: an edge names a node that is not there, or a label has no name.
        """
        labels = np.asarray(labels, dtype=np.int32).reshape(-1)
        pairs = np.asarray(edges if isinstance(edges, np.ndarray) else list(edges), dtype=np.int64).reshape(-1, 2)
        n = labels.size
        if pairs.size and (pairs.min() < 0 or pairs.max() >= n):
            bad = pairs[((pairs < 0) | (pairs >= n)).any(axis=1)][0]
            raise UsageError(f"an edge goes from node {bad[0]} to {bad[1]}; the graph has nodes 0 to {n - 1}")
        called = tuple(label_names) or tuple(f"L{k}" for k in range(int(labels.max(initial=-1)) + 1))
        if n and (labels.min() < 0 or labels.max() >= len(called)):
            raise UsageError(f"labels are numbers below {len(called)}; found {labels.min()} to {labels.max()}")
        if names and len(names) != n:
            raise UsageError(f"{n} nodes were given {len(names)} names")
        keys = np.unique(pairs[:, 0] * max(n, 1) + pairs[:, 1])
        sources, targets = keys // max(n, 1), keys % max(n, 1)
        return cls(
            labels,
            called,
            Adjacency.from_pairs(n, sources, targets),
            Adjacency.from_pairs(n, targets, sources),
            tuple(names),
            len(pairs) - len(keys),
        )

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return self.labels.size

    @property
    def edge_count(self) -> int:
        """Number of different edges."""
        return self.successors.targets.size

    def edges(self) -> np.ndarray:
        """All edges as int64 (edges, 2), sorted."""
        sources = np.repeat(np.arange(self.nodes), self.successors.degrees)
        return np.column_stack([sources, self.successors.targets.astype(np.int64)])

    def has_edge(self, source: int, target: int) -> bool:
        """Whether there is this edge."""
        found = self.successors.of(source)
        at = int(np.searchsorted(found, target))
        return at < found.size and int(found[at]) == target

    def labelled(self, label: int) -> np.ndarray:
        """All nodes of a label, int32, rising."""
        if label not in self._by_label:
            self._by_label[label] = np.flatnonzero(self.labels == label).astype(np.int32)
        return self._by_label[label]

    def label_of(self, name: str) -> int:
        """The number of a label.

        Raises:
            UnknownNameError: no node has it; the message names the nearest ones.
        """
        if name not in self.label_names:
            raise UnknownNameError("label", name, self.label_names, "`tapehead patterns GRAPH --labels` lists them.")
        return self.label_names.index(name)

    def node_of(self, name: str) -> int:
        """The number of a node by its name (graphs without names: by its number).

        Raises:
            UnknownNameError: there is none; the message names the nearest ones.
        """
        if not self.names:
            if name.isdecimal() and int(name) < self.nodes:
                return int(name)
            raise UsageError(f"nodes of this graph are called 0 to {self.nodes - 1}; asked for '{name}'")
        if name not in self._by_name:
            raise UnknownNameError("node", name, self.names if self.nodes <= 20_000 else ())
        return self._by_name[name]

    def name_of(self, node: int) -> str:
        """What a node is called."""
        return self.names[node] if self.names else str(node)

    @cached_property
    def _by_name(self) -> Mapping[str, int]:
        return {name: node for node, name in enumerate(self.names)}

    @cached_property
    def digest(self) -> str:
        """What tells this graph from others: its labels, edges and names."""
        made = hashlib.sha256()
        for array in (self.labels, self.successors.offsets, self.successors.targets):
            made.update(np.ascontiguousarray(array).tobytes())
        for texts in (self.label_names, self.names):
            made.update(b"\0".join(text.encode() for text in texts) + b"\1")
        return made.hexdigest()


def memory_needed(nodes: int, edges: int) -> int:
    """Bytes that a graph of this size and a query over it take at their peak, roughly."""
    return BYTES_PER_NODE * nodes + BYTES_PER_EDGE * edges


def check_memory(nodes: int, edges: int, available: int | None = None) -> str:
    """One line that says how much memory a graph will take.

    Raises:
        UsageError: it is more than the machine has left.
    """
    needed = memory_needed(nodes, edges)
    free = available_memory() if available is None else available
    said = f"{nodes:,} nodes and {edges:,} edges take about {needed / 1e9:.2f} GB"
    if free is not None and needed > free:
        raise UsageError(f"{said}; {free / 1e9:.2f} GB are free: take a smaller part of the graph, or a larger machine")
    return said


def available_memory() -> int | None:
    """Bytes that can still be had, where the system says it."""
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:  # noqa: PTH123 - no file of anybody's
            for line in lines:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return None
