"""Pattern queries: nodes with labels, joined by *child* edges (one edge) and *descendant* edges (a path).

Written as text, one statement per line or between semicolons, ``#`` begins a comment::

    who:breed -> home:country      # child: one edge
    who => class@mammal            # descendant: a path of one edge or more; class is the node called mammal
    home@Japan; who -> nose:snout

``name:label`` gives a node its label, ``name@node`` ties it to one node of the graph; both once, anywhere.  A node
without either may be any node.  Words with spaces stand in double quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tapehead.analysis.errors import UsageError

CHILD, DESCENDANT = "child", "descendant"
_ARROWS = {"->": CHILD, "=>": DESCENDANT}
_TOKEN = re.compile(r'\s*(?:(->|=>)|"([^"]*)"|([^\s";:@#>=-](?:[^\s";:@#>=-]|-(?!>)|=(?!>))*)|([:@;])|(#.*)|(\S))')
MOST_NODES = 64


@dataclass(frozen=True)
class PatternEdge:
    """From one place of the pattern to another."""

    source: int
    target: int
    kind: str = CHILD


@dataclass(frozen=True)
class Pattern:
    """A pattern query: ``names``, ``labels`` ("" for any) and ``tied`` ("" for not) per node, and its edges."""

    names: tuple[str, ...]
    labels: tuple[str, ...]
    edges: tuple[PatternEdge, ...]
    tied: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.tied:
            object.__setattr__(self, "tied", ("",) * len(self.names))

    @property
    def size(self) -> int:
        """Number of nodes."""
        return len(self.names)

    def __str__(self) -> str:
        """The text that is parsed to this pattern again."""
        said = set[int]()

        def node(k: int) -> str:
            if k in said:
                return _quoted(self.names[k])
            said.add(k)
            return _declared(self.names[k], self.labels[k], self.tied[k])

        arrows = {kind: arrow for arrow, kind in _ARROWS.items()}
        lines = [f"{node(e.source)} {arrows[e.kind]} {node(e.target)}" for e in self.edges]
        return "; ".join([*lines, *(node(k) for k in range(self.size) if k not in said)])

    def edges_by_name(self) -> set[tuple[tuple[str, str, str], tuple[str, str, str], str]]:
        """Edges as (node, node, kind), a node as (name, label, tied): the same however the nodes are ordered."""
        node = list(zip(self.names, self.labels, self.tied, strict=True))
        return {(node[e.source], node[e.target], e.kind) for e in self.edges}

    def neighbours(self, k: int) -> Iterator[int]:
        """The nodes that share an edge with node ``k``."""
        for edge in self.edges:
            if edge.source == k:
                yield edge.target
            elif edge.target == k:
                yield edge.source

    def parts(self) -> list[list[int]]:
        """The connected parts, each a rising list of nodes."""
        left, found = set(range(self.size)), []
        while left:
            part, waiting = set[int](), [min(left)]
            while waiting:
                k = waiting.pop()
                if k not in part:
                    part.add(k)
                    waiting += [j for j in self.neighbours(k) if j not in part]
            left -= part
            found.append(sorted(part))
        return found

    def topological(self) -> list[int] | None:
        """The nodes in an order in which every edge leads on, or ``None`` if the pattern has a cycle."""
        waiting = [sum(e.target == k for e in self.edges) for k in range(self.size)]
        ready, order = [k for k in range(self.size) if not waiting[k]], []
        while ready:
            k = ready.pop(0)
            order.append(k)
            for edge in self.edges:
                if edge.source == k:
                    waiting[edge.target] -= 1
                    if not waiting[edge.target]:
                        ready.append(edge.target)
        return order if len(order) == self.size else None

    def is_tree(self) -> bool:
        """Whether it has no cycle even if arrows are ignored: then double simulation alone finds all that matches."""
        pairs = {frozenset((e.source, e.target)) for e in self.edges}
        loops = any(e.source == e.target for e in self.edges)
        return not loops and len(pairs) == len(self.edges) == self.size - len(self.parts())

    def closure(self) -> set[tuple[int, int]]:
        """Pairs of nodes that a path of one edge or more joins."""
        found = {(e.source, e.target) for e in self.edges}
        while True:
            more = {(a, d) for a, b in found for c, d in found if b == c} - found
            if not more:
                return found
            found |= more

    def sub(self, edges: Sequence[int]) -> Pattern:
        """The pattern of some of its edges, with the nodes that they touch, in the same order."""
        chosen = [self.edges[i] for i in edges]
        kept = sorted({k for e in chosen for k in (e.source, e.target)})
        at = {k: i for i, k in enumerate(kept)}
        return Pattern(
            tuple(self.names[k] for k in kept),
            tuple(self.labels[k] for k in kept),
            tuple(PatternEdge(at[e.source], at[e.target], e.kind) for e in chosen),
            tuple(self.tied[k] for k in kept),
        )


def _quoted(word: str) -> str:
    found = _TOKEN.fullmatch(word)
    return word if found and found.group(3) == word else f'"{word}"'


def _declared(name: str, label: str, tied: str) -> str:
    return _quoted(name) + (f":{_quoted(label)}" if label else "") + (f"@{_quoted(tied)}" if tied else "")


def parse_pattern(text: str) -> Pattern:
    """Read a pattern from its text; the form is in the module's docstring.

    Raises:
        UsageError: names the line, what was found there, and what could stand there.
    """
    names: dict[str, int] = {}
    labels: dict[int, str] = {}
    tied: dict[int, str] = {}
    edges: list[PatternEdge] = []
    for number, line in enumerate(text.splitlines(), 1):
        for statement in _statements(line, number):
            _read_statement(statement, number, names, labels, tied, edges)
    if not names:
        raise UsageError("the pattern is empty; write for example 'a:person -> b:city'")
    if len(names) > MOST_NODES:
        raise UsageError(f"a pattern has at most {MOST_NODES} nodes; this one has {len(names)}")
    order = range(len(names))
    return Pattern(
        tuple(names),
        tuple(labels.get(k, "") for k in order),
        tuple(dict.fromkeys(edges)),
        tuple(tied.get(k, "") for k in order),
    )


def _statements(line: str, number: int) -> Iterator[list[tuple[str, str]]]:
    """Tokens as (kind, text), cut at semicolons; kinds are arrow, word and mark."""
    found: list[tuple[str, str]] = []
    at = 0
    while line[at:].strip():
        token = _TOKEN.match(line, at)
        assert token is not None, "the last choice takes any character"
        at = token.end()
        arrow, quoted, word, mark, comment, bad = token.groups()
        if bad is not None:
            raise UsageError(f"pattern, line {number}: '{bad}' is not understood; {_FORM}")
        if comment is not None:
            break
        if mark == ";":
            yield found
            found = []
        else:
            found.append(("arrow", arrow) if arrow else ("mark", mark) if mark else ("word", quoted or word or ""))
    yield found


_FORM = "write nodes as name, name:label or name@node, and 'a -> b' (child) or 'a => b' (descendant) between them"


def _read_statement(
    tokens: list[tuple[str, str]],
    number: int,
    names: dict[str, int],
    labels: dict[int, str],
    tied: dict[int, str],
    edges: list[PatternEdge],
) -> None:
    place, before, kind = 0, -1, ""
    while place < len(tokens):
        if tokens[place][0] != "word" or not tokens[place][1]:
            raise UsageError(f"pattern, line {number}: a node's name was expected before '{tokens[place][1]}'; {_FORM}")
        node = names.setdefault(tokens[place][1], len(names))
        place += 1
        while place < len(tokens) and tokens[place][0] == "mark":
            into, what = (labels, "label") if tokens[place][1] == ":" else (tied, "node")
            if place + 1 >= len(tokens) or tokens[place + 1][0] != "word":
                raise UsageError(f"pattern, line {number}: '{tokens[place][1]}' has no {what} behind it; {_FORM}")
            value = tokens[place + 1][1]
            if into.get(node, value) != value:
                raise UsageError(
                    f"pattern, line {number}: '{list(names)[node]}' has the {what} '{into[node]}' already and is given "
                    f"'{value}'; one node has one"
                )
            into[node] = value
            place += 2
        if kind:
            edges.append(PatternEdge(before, node, kind))
            kind = ""
        before = node
        if place < len(tokens):
            if tokens[place][0] != "arrow":
                raise UsageError(f"pattern, line {number}: an arrow was expected before '{tokens[place][1]}'; {_FORM}")
            kind = _ARROWS[tokens[place][1]]
            place += 1
    if kind:
        raise UsageError(f"pattern, line {number}: the last arrow leads nowhere; {_FORM}")
