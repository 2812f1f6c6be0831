"""Circuits as graphs: their wires, and whether one can be laid into another, against chains of floors."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tapehead.analysis.errors import ResultError
from tapehead.analysis.graphs.circuit_graphs import (
    HEAD,
    LABELS,
    MLP,
    as_pattern,
    can_be_laid,
    circuit_graph,
    leads_on,
    published_circuit_graph,
    random_circuit,
    rewired,
    swapped,
    wire_graph,
)
from tapehead.analysis.graphs.labelled import Graph
from tapehead.analysis.language.circuit.paths import edges_of
from tapehead.analysis.language.models.components import Circuit
from tapehead.analysis.language.published.published_file import published_circuits

from .naive_matching import matches


def test_wires_are_those_of_the_residual_stream() -> None:
    found = published_circuits()
    for task in found.tasks:
        circuit: Circuit = found.circuits[task]
        graph = published_circuit_graph(task)
        expected = {(str(e.sender or "embed"), str(e.receiver or "final")) for e in edges_of(circuit)}
        ends = {(graph.name_of(int(a)), graph.name_of(int(b))) for a, b in graph.edges()}
        assert ends == {(a, b) for a, b in expected}


def small(rng: np.random.Generator) -> Graph:
    return circuit_graph(rng.random((3, 2)) < 0.4, rng.random(3) < 0.5)


def test_laying_one_into_another_agrees_with_trying_everything() -> None:
    rng = np.random.default_rng(0)
    seen = set()
    for _ in range(30):
        one, other = small(rng), small(rng)
        if one.nodes > 6:
            continue
        placed = any(True for _ in itertools.islice(matches(other, as_pattern(one)), 1))
        assert can_be_laid(as_pattern(one), other) == placed
        seen.add(placed)
    assert seen == {True, False}


def test_measured_wires() -> None:
    graph = wire_graph(["embed → 0.6.k", "0.6 → MLP 0", "0.6→3.1.q", "MLP 0 → final", "0.6 → 3.1.v"])
    assert graph.names == ("embed", "0.6", "MLP 0", "3.1", "final")
    assert graph.edge_count == 4
    assert [LABELS[m] for m in graph.labels] == ["embed", "head", "MLP", "head", "answer"]
    for wrong in ("0.6", "a → b", "0.6 → attic"):
        with pytest.raises(ResultError):
            wire_graph([wrong])


def test_random_controls_keep_what_they_say() -> None:
    rng = np.random.default_rng(1)
    heads, mlps = rng.random((12, 12)) < 0.1, rng.random(12) < 0.8
    other, more = random_circuit(heads, mlps, rng)
    assert (other.sum(), more.sum()) == (heads.sum(), mlps.sum())
    assert not np.array_equal(other, heads)
    graph = wire_graph(["embed → 0.6", "0.6 → MLP 0", "MLP 0 → 1.2", "1.2 → final", "0.6 → 1.2"])
    new = rewired(graph, rng)
    assert new.edge_count == graph.edge_count
    assert np.array_equal(new.labels, graph.labels)
    assert np.all(new.edges()[:, 0] < new.edges()[:, 1])
    assert {HEAD, MLP} <= set(new.labels.tolist())


def test_swapped_graphs_keep_every_part_s_number_of_wires() -> None:
    rng = np.random.default_rng(2)
    graph = circuit_graph(rng.random((4, 5)) < 0.5, np.ones(4, bool))
    some = graph.edges()[rng.permutation(graph.edge_count)[:25]]
    graph = Graph.from_edges(graph.labels, some, graph.label_names, graph.names)
    new = swapped(graph, rng)
    assert not np.array_equal(new.edges(), graph.edges())
    assert new.duplicates == 0
    assert np.array_equal(new.successors.degrees, graph.successors.degrees)
    assert np.array_equal(new.predecessors.degrees, graph.predecessors.degrees)
    assert leads_on(graph)[tuple(new.edges().T)].all()
