"""Graphs from files: edge lists, GraphML, N-Triples.

*Edge list* (``.txt``, ``.tsv``, ``.csv``, ``.edges``): two names a line, between them a tab, a comma or spaces; a line
``v NAME LABEL`` gives a node its label, ``e NAME NAME`` is an edge too, ``t …`` and ``#`` lines are passed over
(also the form of most collections of labelled graphs).  *GraphML*: the node attribute ``label`` (or ``type``).
*N-Triples* (``.nt``): ``rdf:type`` gives labels; every other triple between two nodes is an edge, and with
``relations="nodes"`` goes through a node of its own that is labelled with the relation; triples with literals are
passed over.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.graphs.labelled import Graph, check_memory
from tapehead.analysis.outside_files import reading

UNLABELLED = "node"
RELATIONS = ("edges", "nodes")
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_LIST_SUFFIXES = (".txt", ".tsv", ".csv", ".edges", ".el", ".graph", ".lg")
_FORMS = f"edge lists ({', '.join(_LIST_SUFFIXES)}), GraphML (.graphml) and N-Triples (.nt) can be read"


Report = Callable[[str], None]
"""Told, one line each, what a reader should know of a graph: its size in memory before it is made, what was odd."""


def tell_nobody(_line: str) -> None:
    """A report that nobody reads."""


class _Builder:
    """Nodes by name, labels and edges as they come."""

    def __init__(self, path: Path, report: Report) -> None:
        self.path, self.report = path, report
        self.names: dict[str, int] = {}
        self.labels: dict[int, str] = {}
        self.edges: list[tuple[int, int]] = []
        self.relabelled = 0

    def node(self, name: str) -> int:
        return self.names.setdefault(name, len(self.names))

    def label(self, name: str, label: str) -> None:
        node = self.node(name)
        if self.labels.setdefault(node, label) != label:
            self.relabelled += 1

    def shorten(self) -> None:
        """Addresses by their last part, names and labels each where that tells them apart."""
        names, labels = _shortened(self.names), _shortened(self.labels.values())
        self.names = {names[name]: node for name, node in self.names.items()}
        self.labels = {node: labels[label] for node, label in self.labels.items()}

    def done(self) -> Graph:
        if not self.names:
            raise UsageError(f"{self.path} holds no node; {_FORMS}")
        self.report(check_memory(len(self.names), len(self.edges)))
        bare = len(self.names) - len(self.labels)
        called = sorted({*self.labels.values(), *([UNLABELLED] if bare else [])})
        number = {name: k for k, name in enumerate(called)}
        marks = np.full(len(self.names), number.get(UNLABELLED, 0), np.int32)
        for node, label in self.labels.items():
            marks[node] = number[label]
        graph = Graph.from_edges(marks, np.array(self.edges, np.int64).reshape(-1, 2), called, tuple(self.names))
        edges = graph.edges()
        loops = int((edges[:, 0] == edges[:, 1]).sum())
        for count, what in (
            (graph.duplicates, "edges were given again and count once"),
            (loops, "edges lead back to their own node and are kept"),
            (bare, f"nodes have no label; it is '{UNLABELLED}'"),
            (self.relabelled, "further labels of nodes that had one were passed over"),
        ):
            if count:
                self.report(f"{count:,} {what}")
        return graph


def read_graph(path: Path, relations: str = "edges", report: Report = tell_nobody) -> Graph:
    """Read a graph; what was odd about the file is reported, what cannot be understood is refused.

    Raises:
        UsageError: the file is not there, or a line of it is not understood; the message names the line.
        UnknownNameError: no such way to read relations.
    """
    if relations not in RELATIONS:
        raise UnknownNameError("way to read relations", relations, RELATIONS)
    if not path.is_file():
        raise UsageError(f"there is no file {path}; {_FORMS}")
    suffix = path.suffix.lower()
    try:
        if suffix == ".graphml":
            return _graphml(path, report)
        if suffix == ".nt":
            return _triples(path, relations, report)
        if suffix in _LIST_SUFFIXES:
            return _edge_list(path, report)
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is no text in UTF-8 ({error.reason} at byte {error.start}); {_FORMS}") from error
    raise UsageError(f"{path}: '{suffix or 'no ending'}' is not known; {_FORMS}")


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    with reading(path) as lines:
        for number, line in enumerate(lines, 1):
            yield number, line.rstrip("\r\n")


def _edge_list(path: Path, report: Report) -> Graph:
    made = _Builder(path, report)
    for number, line in _lines(path):
        text = line.strip()
        if not text or text.startswith(("#", "%")):
            continue
        cut = "\t" if "\t" in text else "," if "," in text else None
        parts = [part.strip() for part in text.split(cut)]
        if parts[0] == "t" and len(parts) != 2:
            continue
        if parts[0] == "v" and len(parts) >= 3:
            made.label(parts[1], parts[2])
        elif parts[0] == "e" and len(parts) >= 3:
            made.edges.append((made.node(parts[1]), made.node(parts[2])))
        elif len(parts) == 2 and all(parts):
            made.edges.append((made.node(parts[0]), made.node(parts[1])))
        else:
            raise UsageError(
                f"{path}, line {number}: two names were expected, or 'v NAME LABEL', or 'e NAME NAME'; found "
                f"'{text[:60]}'"
            )
    return made.done()


def _graphml(path: Path, report: Report) -> Graph:
    import networkx as nx

    try:
        found = nx.read_graphml(path)
    except Exception as error:  # the reader lets many kinds of failures through
        raise UsageError(f"{path} is no GraphML that can be read: {' '.join(str(error).split())[:200]}") from error
    made = _Builder(path, report)
    for name, data in found.nodes(data=True):
        made.node(str(name))
        label = data.get("label", data.get("type"))
        if label is not None:
            made.label(str(name), str(label))
    for source, target in found.edges():
        made.edges.append((made.node(str(source)), made.node(str(target))))
    if not found.is_directed():
        report("its edges have no direction: each is kept both ways")
        made.edges += [(b, a) for a, b in made.edges]
    return made.done()


_TRIPLE = re.compile(
    r'\s*(<[^<>"{}|^`\\\s]*>|_:\S+)\s+<([^<>"{}|^`\\\s]*)>\s+(<[^<>"{}|^`\\\s]*>|_:[^\s.]+|"(?:[^"\\]|\\.)*"\S*)\s*\.\s*(#.*)?'
)


def _triples(path: Path, relations: str, report: Report) -> Graph:
    made = _Builder(path, report)
    literals, used = 0, dict[str, int]()
    for number, line in _lines(path):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _TRIPLE.fullmatch(line)
        if not found:
            raise UsageError(f"{path}, line {number}: no triple '<subject> <relation> <object> .': '{line[:80]}'")
        subject, relation, thing, _comment = found.groups()
        if thing.startswith('"'):
            literals += 1
        elif relation == _TYPE:
            made.label(_term(subject), _term(thing))
        elif relations == "nodes":
            # Numbered, so that two triples of one relation do not meet in one node.
            called = relation
            used[called] = used.get(called, 0) + 1
            between = f"{called}({used[called]})"
            made.label(between, called)
            made.edges += [
                (made.node(_term(subject)), made.node(between)),
                (made.node(between), made.node(_term(thing))),
            ]
        else:
            made.edges.append((made.node(_term(subject)), made.node(_term(thing))))
    made.shorten()
    if literals:
        report(f"{literals:,} triples with literals were passed over")
    return made.done()


def _term(term: str) -> str:
    """An address without its brackets, a blank node as it is."""
    return term[1:-1] if term.startswith("<") else term


def _last_part(name: str) -> str:
    """What people call an address: what follows its last slash or hash."""
    return re.split(r"[/#]", name.rstrip("/#"))[-1] or name


def _shortened(names: Iterable[str]) -> dict[str, str]:
    """Short names where they tell all apart; those that end alike stay whole."""
    every = list(dict.fromkeys(names))
    ends = Counter(_last_part(name) for name in every)
    return {name: _last_part(name) if ends[_last_part(name)] == 1 else name for name in every}
