"""Graphs by name: the built-in ones, generated ones, circuits, and files."""

from __future__ import annotations

import re
from pathlib import Path

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.graphs.generators import SHAPES, generate
from tapehead.analysis.graphs.graph_files import Report, read_graph, tell_nobody
from tapehead.analysis.graphs.knowledge import knowledge_graph
from tapehead.analysis.graphs.labelled import Graph, check_memory

TOY = "toy"
CIRCUITS = "circuit"
"""``circuit:numerals`` and so on: GPT-2 small's, as published."""
_SIZED = re.compile(rf"({'|'.join(SHAPES)}):(\d[\d_,]*)(?:x(\d+))?(?:@(\d+))?")
NAMED = f"{TOY}, {CIRCUITS}:numerals, {SHAPES[0]}:5000, {SHAPES[1]}:5000x20@3 (nodes x labels @ seed)"


def graph_named(name: str, relations: str = "edges", report: Report = tell_nobody) -> Graph:
    """A graph by name, or from a file.

    Raises:
        UsageError: there is none of that name and no such file, or it cannot be read.
    """
    if name == TOY:
        return knowledge_graph()
    if name.startswith(f"{CIRCUITS}:"):
        from tapehead.analysis.graphs.circuit_graphs import published_circuit_graph
        from tapehead.analysis.language.published.published_file import published_circuits

        kind, kinds = name.partition(":")[2], published_circuits().tasks
        if kind not in kinds:
            raise UnknownNameError("circuit", kind, kinds)
        return published_circuit_graph(kind)
    if found := _SIZED.fullmatch(name):
        shape, nodes, labels, seed = found.groups()
        size = int(nodes.replace(",", "").replace("_", ""))
        degree = 3.0
        report(check_memory(size, round(degree * size)))
        return generate(shape, size, int(labels or 20), degree, int(seed or 0))
    path = Path(name).expanduser()
    if not path.exists() and not path.suffix:
        raise UsageError(f"there is no graph '{name}' and no file of that name; graphs by name are {NAMED}")
    return read_graph(path, relations, report)
