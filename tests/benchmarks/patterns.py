"""Pattern queries over a large labelled graph, beside a SPARQL engine: ``python -m tests.benchmarks.patterns``.

Same graph, same queries, one run, one thread each.  A query is a connected part of the graph of 8 to 14 nodes, labels
kept (so it has an answer); in a part of them a third of the edges ask for a path only.  Placements are *counted*, up to
a cap, by everyone.

**Ours** twice: without views, and with one view that lies on half of the query's edges.  Building the view is timed by
itself; ``with_views`` is without it and ``with_views_built`` with it.  The graph's own index (components, reachability,
labels around nodes) is built once for all queries, as the other side's is: ``prepared_s`` and ``loaded_s``.
**pyoxigraph**: the graph as triples in its store in memory; ``SELECT (COUNT(*) …) { SELECT * … LIMIT cap }``, which it
answers lazily: no answer goes through Python.  Each query runs in a forked child that is ended after ``--minute``
seconds; then the time is a lower bound, and ``ended`` counts how often that was so.
**networkx**: ``DiGraphMatcher`` counts monomorphisms (it has no homomorphisms), beside ours of that kind; only queries
without paths.

``coverage`` grows one view from a quarter of a query's edges to all of them: candidates after views, mean over the
queries, and the seconds to the answer graph.  The last line is JSON.
"""

from __future__ import annotations

import argparse
import itertools
import json
import multiprocessing
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import networkx as nx
import pyoxigraph as ox
from networkx.algorithms.isomorphism import DiGraphMatcher

from tapehead.analysis.graphs.generators import generate, random_query
from tapehead.analysis.graphs.labelled import Graph
from tapehead.analysis.graphs.matching import Matcher
from tapehead.analysis.graphs.patterns import CHILD, DESCENDANT, Pattern

SIZES = (8, 10, 12, 14)
NAME = "http://t/"
LEVELS = (0.0, 0.25, 0.5, 0.75, 1.0)


def queries(graph: Graph, count: int, seed: int) -> list[Pattern]:
    """Sizes in turn; every other one has paths, every third some edges more than a tree."""
    return [
        random_query(
            graph,
            SIZES[k % len(SIZES)],
            seed + k,
            descendants=0.34 if k % 2 else 0.0,
            extra=2 if k % 3 == 0 else 0,
        )
        for k in range(count)
    ]


def grown(query: Pattern) -> list[int]:
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


def store_of(graph: Graph) -> ox.Store:
    """One triple for a label, one for an edge."""
    store = ox.Store()
    nodes = [ox.NamedNode(f"{NAME}n{u}") for u in range(graph.nodes)]
    marks = [ox.NamedNode(NAME + name) for name in graph.label_names]
    a, to = ox.NamedNode(NAME + "is"), ox.NamedNode(NAME + "to")
    store.bulk_extend(ox.Quad(nodes[u], a, marks[m]) for u, m in enumerate(graph.labels))
    store.bulk_extend(ox.Quad(nodes[u], to, nodes[v]) for u, v in graph.edges())
    return store


def sparql(query: Pattern, most: int) -> str:
    """The query as a basic graph pattern with a cap."""
    lines = [f"?v{k} <{NAME}is> <{NAME}{label}> ." for k, label in enumerate(query.labels) if label]
    lines += [f"?v{e.source} <{NAME}to>{'' if e.kind == CHILD else '+'} ?v{e.target} ." for e in query.edges]
    return f"SELECT (COUNT(*) AS ?n) WHERE {{ SELECT * WHERE {{ {' '.join(lines)} }} LIMIT {most} }}"


def in_child(work: Callable[[], int], limit_s: float) -> tuple[int | None, float]:
    """What ``work`` returns and its seconds, in a forked process; ``None`` if it was ended after ``limit_s``."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)

    def run() -> None:
        began = time.perf_counter()
        count = work()
        there.send((count, time.perf_counter() - began))

    child = context.Process(target=run, daemon=True)
    child.start()
    there.close()
    try:
        if here.poll(limit_s):
            return here.recv()
        return None, limit_s
    except EOFError as error:
        raise RuntimeError("the other side's process died without an answer") from error
    finally:
        child.kill()
        child.join()


def monomorphisms(graph: nx.DiGraph, names: Sequence[str], query: Pattern, most: int) -> int:
    """As many as networkx finds, up to the cap."""
    asked = nx.DiGraph()
    asked.add_nodes_from((k, {"label": names.index(label)}) for k, label in enumerate(query.labels))
    asked.add_edges_from((e.source, e.target) for e in query.edges)
    found = DiGraphMatcher(graph, asked, node_match=lambda a, b: a["label"] == b["label"])
    return sum(1 for _ in itertools.islice(found.subgraph_monomorphisms_iter(), most))


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """All sides, query by query."""

    def say(line: str) -> None:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()

    graph = generate(arguments.shape, arguments.nodes, arguments.labels, arguments.degree, arguments.seed)
    matcher = Matcher(graph)
    Matcher(generate("scale-free", 50, 2)).answer(random_query(generate("scale-free", 50, 2), 3, 0, 0.5))  # compiled
    prepared = matcher.prepare()
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    say(f"{graph.nodes} nodes, {graph.edge_count} edges; prepared in {prepared:.2f} s, {rss / 1024:.0f} MB")
    asked = queries(graph, arguments.queries, arguments.seed)
    began = time.perf_counter()
    store = store_of(graph)
    loaded = time.perf_counter() - began
    as_networkx = nx.DiGraph()
    as_networkx.add_nodes_from((u, {"label": int(m)}) for u, m in enumerate(graph.labels))
    as_networkx.add_edges_from(map(tuple, graph.edges().tolist()))
    rows = []
    for k, query in enumerate(asked):
        row = one_query(matcher, query, store, as_networkx if k < arguments.networkx else None, arguments)
        rows.append(row)
        say(json.dumps(row))
    return {
        "nodes": graph.nodes,
        "edges": graph.edge_count,
        "labels": arguments.labels,
        "shape": arguments.shape,
        "cap": arguments.most,
        "queries": rows,
        "prepared_s": prepared,
        "loaded_s": loaded,
        "memory_mb": rss / 1024,
        **summary(rows),
    }


def one_query(
    matcher: Matcher, query: Pattern, store: ox.Store, as_networkx: nx.DiGraph | None, arguments: argparse.Namespace
) -> dict[str, Any]:
    """One query, all sides; the counts have to agree."""
    most = arguments.most
    plain = min((matcher.answer(query, most=most) for _ in range(2)), key=lambda a: a.seconds.total)
    order = grown(query)
    coverage = []
    helped = plain
    view_s = 0.0
    for level in LEVELS:
        edges = order[: max(1, round(level * len(order)))] if level else []
        view = matcher.view("v", query.sub(edges)) if edges else None
        tries = [matcher.answer(query, views=[view] if view else [], most=most) for _ in range(2)]
        best = min(tries, key=lambda a: a.seconds.total)
        assert best.count == plain.count, "a view lost a match"
        coverage.append([level, best.funnel.views, best.seconds.before_enumeration])
        if level == 0.5:
            assert view is not None
            helped, view_s = best, view.built_s
    text = sparql(query, most)
    count, other_s = in_child(
        lambda: int(next(iter(store.query(text)))["n"].value),  # type: ignore[union-attr, index]
        arguments.minute,
    )
    assert count in (None, plain.count), f"pyoxigraph counts {count}, ours {plain.count}"
    row: dict[str, Any] = {
        "nodes": query.size,
        "edges": len(query.edges),
        "paths": sum(e.kind == DESCENDANT for e in query.edges),
        "count": plain.count,
        "capped": not plain.complete,
        "candidates": dict(vars(plain.funnel)),
        "ours_s": plain.seconds.total,
        "with_views_s": helped.seconds.total,
        "view_built_s": view_s,
        "pyoxigraph_s": other_s,
        "pyoxigraph_ended": count is None,
        "coverage": coverage,
    }
    if as_networkx is not None and not row["paths"]:
        names = matcher.graph.label_names
        found, networkx_s = in_child(lambda: monomorphisms(as_networkx, names, query, most), arguments.minute)
        ours = matcher.answer(query, "monomorphism", most=most)
        assert found in (None, ours.count), f"networkx counts {found}, ours {ours.count}"
        row |= {"networkx_s": networkx_s, "networkx_ended": found is None, "ours_mono_s": ours.seconds.total}
    return row


def summary(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Medians over the queries; ratios are the other side's seconds over ours."""

    def median(key: Callable[[dict[str, Any]], float], some: Sequence[dict[str, Any]] = rows) -> float | None:
        return statistics.median(map(key, some)) if some else None

    means = [
        [
            level,
            statistics.mean(row["coverage"][i][1] for row in rows),
            statistics.mean(row["coverage"][i][2] for row in rows),
        ]
        for i, level in enumerate(LEVELS)
    ]
    falls = all(b[1] <= a[1] for row in rows for a, b in itertools.pairwise(row["coverage"]))
    child = [row for row in rows if not row["paths"]]
    paths = [row for row in rows if row["paths"]]
    return {
        "times_pyoxigraph": median(lambda r: r["pyoxigraph_s"] / r["ours_s"]),
        "times_pyoxigraph_child_edges": median(lambda r: r["pyoxigraph_s"] / r["ours_s"], child),
        "times_pyoxigraph_paths": median(lambda r: r["pyoxigraph_s"] / r["ours_s"], paths),
        "times_pyoxigraph_with_views": median(lambda r: r["pyoxigraph_s"] / r["with_views_s"]),
        "times_pyoxigraph_with_views_child_edges": median(lambda r: r["pyoxigraph_s"] / r["with_views_s"], child),
        "times_pyoxigraph_with_views_built": median(
            lambda r: r["pyoxigraph_s"] / (r["with_views_s"] + r["view_built_s"])
        ),
        "ended": sum(row["pyoxigraph_ended"] for row in rows),
        "coverage": means,
        "candidates_fall_with_coverage": falls,
    }


def main() -> None:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, default=350_000)
    parser.add_argument("--labels", type=int, default=20)
    parser.add_argument("--degree", type=float, default=3.0)
    parser.add_argument("--shape", default="scale-free")
    parser.add_argument("--queries", type=int, default=12)
    parser.add_argument("--networkx", type=int, default=2, help="for so many of the queries")
    parser.add_argument("--most", type=int, default=10_000_000)
    parser.add_argument("--minute", type=float, default=60.0, help="seconds that the others have for a query")
    parser.add_argument("--seed", type=int, default=1)
    print(json.dumps(run(parser.parse_args())))


if __name__ == "__main__":
    main()
