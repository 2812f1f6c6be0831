"""What films ask of graphs: clues, foldings, funnels, coverage by views, circuits laid into circuits.

Work is counted in *looks*, candidates that a filter examined, and not in seconds: a look is the same on every machine,
so that a film is the same wherever it is made.  Seconds are measured by ``python -m tests.benchmarks.patterns``.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np

from tapehead.analysis.errors import UsageError
from tapehead.analysis.graphs.circuit_graphs import (
    LABELS,
    as_pattern,
    can_be_laid,
    circuit_graph,
    floor_of,
    random_circuit,
    rewired,
    swapped,
    wire_graph,
)
from tapehead.analysis.graphs.enumeration import MONOMORPHISM
from tapehead.analysis.graphs.generators import generate, random_query
from tapehead.analysis.graphs.knowledge import knowledge_graph
from tapehead.analysis.graphs.labelled import Graph
from tapehead.analysis.graphs.matching import Matcher
from tapehead.analysis.graphs.patterns import CHILD, Pattern, PatternEdge, parse_pattern
from tapehead.analysis.graphs.prefilter import by_label
from tapehead.analysis.graphs.views import View
from tapehead.analysis.language.published.results import circuits as published_circuits_result
from tapehead.analysis.language.published.results import edges as published_edges
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Origin, Quantity, Result, quantity

LIBRARIES = ("numpy", "scipy", "numba", "pyroaring")
YEAR_S = 365.25 * 24 * 3600


def drawn(graph: Graph) -> dict[str, Quantity]:
    """What a picture of a graph needs: ``label`` (node), ``edge`` (edge, end), node numbers; and how many there are."""
    return {
        "label": quantity(graph.labels, "node"),
        "edge": quantity(graph.edges(), "edge", "end", labels={"end": ("from", "to")}),
        "nodes": quantity(graph.nodes, unit="nodes"),
        "edges": quantity(graph.edge_count, unit="edges"),
    }


@analysis("graphs.clues", libraries=LIBRARIES)
def clues(who: str, given: Sequence[str], *, seed: int) -> Result:
    """How many things of the toy graph are left as clues come in, one after another.

    ``given`` are parts of a pattern about the node ``who`` ("who -> home@Japan").  Quantities: ``left`` (clue), how
    many nodes ``who`` can still be, before the first clue and after each; ``is_left`` (clue, node), 1 where it is left;
    ``last`` (node): which node answers the whole pattern in the end; and the graph, see :func:`drawn`.  Facts:
    ``names`` and ``label_names``, ``left_names`` per clue.
    """
    graph = knowledge_graph()
    matcher = Matcher(graph)
    rows = []
    for count in range(len(given) + 1):
        pattern = parse_pattern("; ".join([who, *given[:count]]))
        found = matcher.answer(pattern, keep=10_000)
        row = np.zeros(graph.nodes, int)
        row[np.unique(found.first[:, 0])] = 1
        rows.append(row)
    labels = {"clue": tuple(str(k) for k in range(len(given) + 1))}
    return Result(
        {
            "left": quantity([int(row.sum()) for row in rows], "clue", unit="nodes", labels=labels),
            "is_left": quantity(rows, "clue", "node", labels=labels),
            **drawn(graph),
        },
        origin=Origin.COMPUTED,
        facts={
            "names": list(graph.names),
            "label_names": list(graph.label_names),
            "given": list(given),
            "left_names": [[graph.names[u] for u in np.flatnonzero(row)] for row in rows],
            "pattern": "; ".join([who, *given]),
        },
    )


@analysis("graphs.fold", libraries=LIBRARIES)
def fold(query: str, *, seed: int) -> Result:
    """One query over the toy graph, with and without leave to lay two of its nodes on one.

    Quantities: ``homomorphisms`` and ``monomorphisms``; ``folded``, their difference: placements in which some query
    nodes meet.  Facts: ``placements``, names per query node, those without a meeting first.
    """
    graph = knowledge_graph()
    matcher, pattern = Matcher(graph), parse_pattern(query)
    every = matcher.answer(pattern, keep=10_000)
    apart = matcher.answer(pattern, MONOMORPHISM, keep=10_000)
    named = [[graph.name_of(int(u)) for u in row] for row in every.first]
    named.sort(key=lambda row: (len(set(row)) < len(row), row))
    return Result(
        {
            "homomorphisms": quantity(every.count, unit="placements"),
            "monomorphisms": quantity(apart.count, unit="placements"),
            "folded": quantity(every.count - apart.count, unit="placements"),
        },
        origin=Origin.COMPUTED,
        facts={"query_nodes": list(pattern.names), "placements": named},
    )


@analysis("graphs.funnel", libraries=LIBRARIES)
def funnel(shape: str, nodes: int, labels: int, size: int, descendants: float, draw: int = 0, *, seed: int) -> Result:
    """What brute force would try, and what filters leave of it, for a query over a generated graph.

    ``draw`` numbers graph and query.

    Quantities: ``by_node`` (stage, place), candidates of each query node by label, after pre-filter and simulation;
    ``total`` (stage); ``placements``, the product of the candidates by label, and ``placements_left`` after
    simulation; ``digits`` of
    the former; ``powers`` and ``powers_left``, their decimal logarithms; ``years``, what trying
    the former takes at a million a second (years of 365.25 days); ``trace`` (check), all candidates that are
    left after each check of double simulation alone, with ``checks``; ``steps``, of the enumeration; ``matches``.
    """
    graph = generate(shape, nodes, labels, seed=seed + draw)
    query = random_query(graph, size, seed + draw, descendants, extra=1)
    matcher = Matcher(graph)
    found = matcher.answer(query)
    simulated = matcher.simulate(query)
    start = sum(each.size for each in by_label(graph, query))
    trace = start - np.cumsum([0, *(check.before - check.after for check in simulated.checks)])
    placements = math.prod(int(count) for count in found.by_node[0])
    stages = ("by label", "pre-filter", "double simulation")
    by_node = np.array([found.by_node[i] for i in (0, 2, 3)])
    places = {"place": tuple(query.names)}
    return Result(
        {
            "by_node": quantity(by_node, "stage", "place", unit="candidates", labels={"stage": stages, **places}),
            "total": quantity(by_node.sum(axis=1), "stage", unit="candidates", labels={"stage": stages}),
            "placements": quantity(float(placements), unit="placements"),
            "placements_left": quantity(float(np.prod(by_node[2].astype(float))), unit="placements"),
            "digits": quantity(len(str(placements))),
            "years": quantity(placements / 1e6 / YEAR_S, unit="years"),
            "powers": quantity(float(np.log10(by_node[0]).sum())),
            "powers_left": quantity(float(np.log10(np.maximum(by_node[2], 1)).sum())),
            "trace": quantity(trace, "check", unit="candidates"),
            "checks": quantity(len(simulated.checks), unit="checks"),
            "steps": quantity(found.steps, unit="steps"),
            "matches": quantity(found.count, unit="placements"),
            "nodes": quantity(graph.nodes, unit="nodes"),
            "edges": quantity(graph.edge_count, unit="edges"),
            "labels": quantity(len(graph.label_names), unit="labels"),
            "size": quantity(query.size, unit="nodes"),
        },
        origin=Origin.COMPUTED,
        facts={"query": str(query), "query_labels": list(query.labels), "shape": shape, "complete": found.complete},
    )


@analysis("graphs.coverage", libraries=LIBRARIES)
def coverage(shape: str, nodes: int, labels: int, size: int, descendants: float, queries: int, *, seed: int) -> Result:
    """What a remembered part of a query saves, from none of its edges to all of them, over many queries.

    Quantities, all along ``remembered`` (edges of the query that one view lies on): ``candidates``, mean over the
    queries of those that are left by label and view; ``share``, the same as % of those by label; ``looks``, mean
    candidates examined to answer the query; ``looks_built``, those for building the view in addition; ``left`` (query,
    remembered); ``pays_after``, how often the query must come until the view has saved its cost (NaN where it saves
    nothing); ``simulated``, mean candidates after double simulation, which no exact remembering can go below;
    ``queries`` and ``graph_nodes``.
    """
    graph = generate(shape, nodes, labels, seed=seed)
    matcher = Matcher(graph)
    asked = [random_query(graph, size, seed + 1 + k, descendants) for k in range(queries)]
    if len({len(query.edges) for query in asked}) != 1:
        raise UsageError("coverage compares queries of equally many edges; leave out further ones")
    edges = len(asked[0].edges)
    left = np.zeros((queries, edges + 1))
    looks, built = np.zeros((queries, edges + 1)), np.zeros((queries, edges + 1))
    by_label_count, simulated = np.zeros(queries), np.zeros(queries)
    for k, query in enumerate(asked):
        order = _grown(query)
        for remembered in range(edges + 1):
            part = query.sub(order[:remembered]) if remembered else None
            views: list[View] = [matcher.view("part", part)] if part else []
            left[k, remembered], looks[k, remembered] = _looks(matcher, query, views)
            built[k, remembered] = _looks(matcher, part, [])[1] if part else 0
        by_label_count[k] = left[k, 0]
        simulated[k] = matcher.answer(query, most=1).funnel.simulation
    axis = {"remembered": tuple(str(n) for n in range(edges + 1))}
    saved = looks[:, :1] - looks
    with np.errstate(divide="ignore", invalid="ignore"):
        pays = np.where(saved.mean(axis=0) > 0, np.ceil(built.mean(axis=0) / saved.mean(axis=0)), np.nan)
    return Result(
        {
            "candidates": quantity(left.mean(axis=0), "remembered", unit="candidates", labels=axis),
            "share": quantity(100 * (left / by_label_count[:, None]).mean(axis=0), "remembered", unit="%", labels=axis),
            "looks": quantity(looks.mean(axis=0), "remembered", unit="looks", labels=axis),
            "looks_built": quantity(built.mean(axis=0), "remembered", unit="looks", labels=axis),
            "left": quantity(left, "query", "remembered", unit="candidates", labels=axis),
            "pays_after": quantity(pays, "remembered", unit="queries", labels=axis),
            "simulated": quantity(simulated.mean(), unit="candidates"),
            "queries": quantity(queries, unit="queries"),
            "graph_nodes": quantity(graph.nodes, unit="nodes"),
            "graph_labels": quantity(labels, unit="labels"),
            "query_nodes": quantity(size, unit="nodes"),
            "query_edges": quantity(edges, unit="edges"),
        },
        origin=Origin.COMPUTED,
        facts={"shape": shape, "first_query": str(asked[0])},
    )


def _grown(query: Pattern) -> list[int]:
    """The edges in an order in which every beginning is connected."""
    order = [0]
    while len(order) < len(query.edges):
        touched = {k for i in order for k in (query.edges[i].source, query.edges[i].target)}
        order.append(
            next(
                i for i, e in enumerate(query.edges) if i not in order and (e.source in touched or e.target in touched)
            )
        )
    return order


def _looks(matcher: Matcher, query: Pattern, views: Sequence[View]) -> tuple[int, int]:
    """Candidates that are left by label and views, and how many were examined until the answer graph stood."""
    from tapehead.analysis.graphs.prefilter import prefilter
    from tapehead.analysis.graphs.simulation import double_simulation
    from tapehead.analysis.graphs.views import intersect_views

    start = by_label(matcher.graph, query)
    cut = intersect_views(query, start, views)[0] if views else start
    filtered = prefilter(matcher.graph, query, matcher.around, cut)
    simulated = double_simulation(matcher.graph, matcher.reach, query, filtered)
    left = sum(nodes.size for nodes in cut)
    return left, left + sum(check.before for check in simulated.checks)


@analysis("graphs.laid", libraries=LIBRARIES)
def laid(circuits: Result, draws: int, *, seed: int) -> Result:
    """Whether one circuit's wiring can be laid into another's: GPT-2's three as published, and one of mini's.

    A circuit is what it keeps, with all wires that a residual stream allows between that; heads go to heads and MLPs to
    MLPs.  ``circuits`` is a result of pruning mini; its first task is taken.  Quantities: ``fits`` (circuit, into), 1
    where there is a homomorphism; ``by_chance`` (circuit, into), % of ``draws`` random circuits with as many heads and
    MLPs as ``into`` in which it can be laid as well (NaN on the diagonal); ``parts`` (circuit).
    """
    paper = published_circuits_result()
    kept: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    for who, found in (("GPT-2", paper), ("mini", circuits)):
        tasks = found.quantity("heads").labels["task"]
        for which, task in enumerate(tasks if who != "mini" else tasks[:1]):
            kept[f"{who} {task}"] = (found["heads"][which] > 0, found["mlps"][which] > 0)
    names = tuple(kept)
    graphs = {name: circuit_graph(*parts) for name, parts in kept.items()}
    asked = {name: as_pattern(graph) for name, graph in graphs.items()}
    fits = [[int(can_be_laid(asked[a], graphs[b])) for b in names] for a in names]
    rng = np.random.default_rng(seed)
    chance = np.full((len(names), len(names)), np.nan)
    for j, into in enumerate(names):
        others = [circuit_graph(*random_circuit(*kept[into], rng)) for _ in range(draws)]
        for i, name in enumerate(names):
            if i != j:
                chance[i, j] = 100 * np.mean([can_be_laid(asked[name], other) for other in others])
    labels = {"circuit": names, "into": names}
    return Result(
        {
            "fits": quantity(fits, "circuit", "into", labels=labels),
            "by_chance": quantity(chance, "circuit", "into", unit="%", labels=labels),
            "parts": quantity([g.nodes for g in graphs.values()], "circuit", labels={"circuit": names}),
            "draws": quantity(draws, unit="circuits"),
        },
        origin=Origin.COMPUTED,
        model="GPT-2's published circuits, mini",
        facts={"citation": paper.citation},
    )


@analysis("graphs.wires", libraries=LIBRARIES)
def wires(edges: Result, draws: int, *, seed: int) -> Result:
    """Whether mini's measured wires hold the heads that GPT-2's authors draw in all of their three circuits.

    ``edges`` is a result of path patching; its strong edges make the graph.  The pattern is published: the highlighted
    edges that all three tasks share, all between heads.  Along ``pattern``: "heads", as it is; "parts", where any part
    may stand for a head.  Quantities: ``found`` (pattern), placements; ``random`` (pattern, draw), those in graphs with
    the same parts and as many edges, drawn from all that lead on, with ``random_mean`` and ``random_most``; ``chance``
    (pattern), % of draws with one or more; ``as_many``, % with as many as mini or more; ``degrees`` (pattern, draw),
    those in graphs in which each part also has as many wires in and out as in mini, with ``degrees_mean`` and
    ``degrees_as_many``; and the graph, see :func:`drawn`, with ``floor`` (node).  Facts: ``names``, ``story`` (pairs),
    ``example`` per pattern.
    """
    paper = published_edges()
    shared = [bool(row.all()) for row in paper["highlighted"]]
    story = [
        tuple(name.split("→"))
        for name, yes in zip(paper.quantity("highlighted").labels["edge"], shared, strict=True)
        if yes
    ]
    parts = list(dict.fromkeys(itertools.chain.from_iterable(story)))
    drawn_edges = tuple(PatternEdge(parts.index(a), parts.index(b), CHILD) for a, b in story)
    asked = {
        "heads": Pattern(tuple(parts), ("head",) * len(parts), drawn_edges),
        "parts": Pattern(tuple(parts), ("",) * len(parts), drawn_edges),
    }
    names = edges.quantity("drop").labels["edge"]
    graph = wire_graph([name for name, strong in zip(names, edges["strong"], strict=True) if strong])
    rng = np.random.default_rng(seed)
    others = [Matcher(rewired(graph, rng)) for _ in range(draws)]
    own = {key: Matcher(graph).answer(pattern, keep=1) for key, pattern in asked.items()}
    kept_degrees = [Matcher(swapped(graph, rng)) for _ in range(draws)]
    random, same = (
        np.array([[other.answer(pattern).count for other in graphs] for pattern in asked.values()])
        for graphs in (others, kept_degrees)
    )
    ours = np.array([each.count for each in own.values()])
    labels = {"pattern": tuple(asked)}
    return Result(
        {
            "found": quantity(ours, "pattern", unit="placements", labels=labels),
            "random": quantity(random, "pattern", "draw", unit="placements", labels=labels),
            "chance": quantity(100 * (random > 0).mean(axis=1), "pattern", unit="%", labels=labels),
            "as_many": quantity(100 * (random >= ours[:, None]).mean(axis=1), "pattern", unit="%", labels=labels),
            "random_most": quantity(random.max(axis=1), "pattern", unit="placements", labels=labels),
            "degrees": quantity(same, "pattern", "draw", unit="placements", labels=labels),
            "degrees_mean": quantity(same.mean(axis=1), "pattern", unit="placements", labels=labels),
            "degrees_as_many": quantity(100 * (same >= ours[:, None]).mean(axis=1), "pattern", unit="%", labels=labels),
            "random_mean": quantity(random.mean(axis=1), "pattern", unit="placements", labels=labels),
            "draws": quantity(draws, unit="graphs"),
            "floor": quantity([float(np.clip(floor_of(n), -1, 10**3)) for n in graph.names], "node"),
            **drawn(graph),
        },
        origin=Origin.COMPUTED,
        model=edges.model,
        facts={
            "names": list(graph.names),
            "label_names": list(LABELS),
            "story": [list(pair) for pair in story],
            "example": {key: [graph.name_of(int(u)) for row in each.first for u in row] for key, each in own.items()},
            "citation": paper.citation,
        },
    )
