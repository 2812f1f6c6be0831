"""``tapehead patterns``: answer a pattern query over a graph, and say what remembered patterns save."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tapehead.analysis.errors import UsageError
from tapehead.render.commands.options import Json, Quiet, answer

if TYPE_CHECKING:
    from tapehead.analysis.graphs.labelled import Graph
    from tapehead.analysis.graphs.matching import Answer, Matcher
    from tapehead.analysis.graphs.patterns import Pattern
    from tapehead.analysis.graphs.views import View

MOST_SHOWN = 10_000


def add_to(app: typer.Typer) -> None:
    """Add the command of this module to the command line."""
    app.command("patterns")(patterns)


def patterns(
    graph: Annotated[
        str,
        typer.Argument(
            metavar="GRAPH",
            help="A file (edge list, .graphml, .nt), or: toy, circuit:numerals, scale-free:5000, layered:5000x20@3.",
        ),
    ],
    query: Annotated[
        str, typer.Argument(metavar="QUERY", help="A pattern such as 'a:animal -> b@Japan; a => c:class', or its file.")
    ] = "",
    views: Annotated[
        Path | None,
        typer.Option("--views", metavar="DIR", help="Remembered patterns, NAME.pattern; their answers are kept there."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Count no further.")] = 10_000_000,
    kind: Annotated[
        str,
        typer.Option(
            help="homomorphism (two query nodes may meet), monomorphism (they may not), or induced (nor any further "
            "edge between them)."
        ),
    ] = "homomorphism",
    show: Annotated[int, typer.Option("--show", min=0, max=MOST_SHOWN, help="So many matches are printed.")] = 5,
    remember: Annotated[
        str, typer.Option("--remember", metavar="NAME", help="Keep this query in DIR as a view for later ones.")
    ] = "",
    workload: Annotated[
        Path | None,
        typer.Option(
            "--workload", metavar="DIR", help="Instead of a query: many, NAME.pattern, to --choose views for."
        ),
    ] = None,
    choose: Annotated[
        int, typer.Option("--choose", min=1, metavar="KB", help="Kilobytes that views for --workload may take.")
    ] = 64,
    relations: Annotated[
        str, typer.Option(help="Of N-Triples: 'edges', or 'nodes' that are labelled with the relation.")
    ] = "edges",
    labels: Annotated[bool, typer.Option("--labels", help="List the graph's labels instead.")] = False,
    timeout: Annotated[
        float | None, typer.Option("--timeout", min=0, metavar="SECONDS", help="Stop counting after so long.")
    ] = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Find all places of a graph where a pattern fits, and say what remembered patterns saved."""
    from tapehead.analysis.graphs.graph_sources import graph_named
    from tapehead.analysis.graphs.matching import Matcher, check_query
    from tapehead.analysis.graphs.prefilter import by_label

    found_graph = graph_named(graph, relations, _note(quiet))
    if labels:
        _tell_labels(found_graph, json)
        return
    if workload is not None:
        _choose(found_graph, workload, views, choose, query, json)
        return
    if remember and (views is None or not _is_file_name(remember)):
        raise UsageError(
            f"--remember '{remember}' needs --views DIR to keep it in, and a name of letters, digits, - and _"
        )
    pattern = _pattern_from(query)
    check_query(pattern, kind)
    by_label(found_graph, pattern)  # unknown labels and nodes are named before anything takes time
    for line in _mistakable(found_graph, pattern):
        _note(quiet)(line)
    if remember and views is not None:
        _remember(views, remember, pattern)
    matcher = Matcher(found_graph)
    prepared_s = matcher.prepare()
    warmed_s = _warm(matcher, pattern)
    options: dict[str, Any] = {"most": limit, "keep": show, "seconds": timeout}
    plain = matcher.answer(pattern, kind, **options)
    kept, built, failed = _views(matcher, views, _note(quiet)) if views is not None else ([], 0, [])
    helped = matcher.answer(pattern, kind, kept, **options) if views is not None else None
    data = {
        "graph": {"nodes": found_graph.nodes, "edges": found_graph.edge_count, "labels": len(found_graph.label_names)},
        "query": str(pattern),
        "kind": kind,
        "limit": limit,
        "prepared_s": prepared_s,
        "compiled_s": warmed_s,
        "without_views": _data(plain),
        "matches": [
            dict(zip(pattern.names, map(found_graph.name_of, map(int, row)), strict=True)) for row in plain.first
        ],
    }
    if helped is not None:
        data["with_views"] = _data(helped)
        data["views"] = {
            "there": len(kept),
            "fitted": [{"name": use.view.name, "ways": use.ways, "edges": len(use.edges)} for use in helped.uses],
            "built_now": built,
            "built_s": sum(view.built_s for view in kept),
            "bytes": sum(view.stored_bytes for view in kept),
            "not_used": failed,
        }
    if json:
        answer(data)
    else:
        for line in _table(data, plain, helped, pattern):
            typer.echo(line)


def _note(quiet: bool) -> Any:
    return (lambda line: None) if quiet else (lambda line: sys.stderr.write(f"{line}\n"))


def _is_file_name(name: str) -> bool:
    return bool(name) and all(c.isalnum() or c in "-_" for c in name)


def _pattern_from(query: str) -> Pattern:
    """A query by its text, or from a file.

    Raises:
        UsageError: there is none, the file cannot be read, or the text is not understood.
    """
    from tapehead.analysis.graphs.patterns import parse_pattern
    from tapehead.analysis.outside_files import reading

    if not query.strip():
        raise UsageError("what is to be found? give a QUERY such as 'a:animal -> b@Japan', or a file with one")
    try:
        if (place := Path(query).expanduser()).is_dir():  # a query may be called like a folder
            text = query
        else:
            with reading(place) as file:
                text = file.read()
    except UnicodeDecodeError as error:
        raise UsageError(f"the query in {query} is no text in UTF-8") from error
    except (OSError, ValueError):  # no file of that name: it is the query itself
        if query.endswith(".pattern"):
            raise UsageError(f"there is no file {query}") from None
        text = query
    return parse_pattern(text)


MOST_OFFERS, OFFERED_EDGES = 200, (1, 2, 3)
"""Parts of a workload that are looked at as views: so many, of so many edges."""


def _choose(graph: Graph, workload: Path, views: Path | None, kilobytes: int, query: str, as_json: bool) -> None:
    """Choose views for a workload within a budget, and put them into the folder of views.

    Raises:
        UsageError: a query was given as well, there is no folder of views, or one of queries cannot be used.
    """
    from tapehead.analysis.graphs.matching import Matcher, check_query
    from tapehead.analysis.graphs.prefilter import by_label
    from tapehead.analysis.graphs.view_choice import choose_views, offers
    from tapehead.analysis.graphs.views import PATTERN_SUFFIX, VIEW_SUFFIX, view_patterns, write_view
    from tapehead.analysis.store import write_atomically

    if query or views is None:
        raise UsageError("--workload DIR takes the place of a QUERY and needs --views DIR to put the chosen views into")
    queries = [pattern for _name, _file, pattern in view_patterns(workload, "--workload")]
    for pattern in queries:
        check_query(pattern, "homomorphism")
        by_label(graph, pattern)
    matcher = Matcher(graph)
    offered = [matcher.view(f"part-{k}", part) for k, part in enumerate(offers(queries, OFFERED_EDGES, MOST_OFFERS))]
    choice = choose_views(graph, queries, offered, 1000 * kilobytes)
    views.mkdir(parents=True, exist_ok=True)
    for k in choice.views:
        view = offered[k]
        write_atomically(views / f"{view.name}{PATTERN_SUFFIX}", f"{view.pattern}\n")
        write_view(views / f"{view.name}{VIEW_SUFFIX}", view, graph)
    data = {
        "queries": len(queries),
        "offered": len(offered),
        "offered_built_s": sum(view.built_s for view in offered),
        "chosen": [offered[k].name for k in choice.views],
        "bytes": choice.bytes,
        "spared": choice.worth,
        "bound": choice.bound,
        "spared_by_all": choice.all_worth,
    }
    if as_json:
        answer(data)
        return
    typer.echo(
        f"{len(choice.views)} of {len(offered)} parts of {len(queries)} queries are kept in {views}: "
        f"{choice.bytes / 1000:.1f} kB of {kilobytes}, building all of them took {data['offered_built_s']:.2f} s"
    )
    typer.echo(
        f"they spare {choice.worth:,} candidates; nothing within the budget spares more than {choice.bound:,.0f}, and "
        f"all parts together {choice.all_worth:,}"
    )
    for k in choice.views:
        typer.echo(f"  {offered[k].name:<10} {offered[k].stored_bytes / 1000:>8.1f} kB  {offered[k].pattern}")


def _mistakable(graph: Graph, pattern: Pattern) -> list[str]:
    """Query nodes that may be anything, though they are called like a label or a node of the graph."""
    found = []
    for name, label, tied in zip(pattern.names, pattern.labels, pattern.tied, strict=True):
        if not label and not tied and (name in graph.label_names or name in graph.names):
            mark, what = (":", "label") if name in graph.label_names else ("@", "node")
            found.append(f"'{name}' may be any node here; if the {what} of that name is meant, write x{mark}{name}")
    return found


def _tell_labels(graph: Graph, as_json: bool) -> None:
    import numpy as np

    counts = np.bincount(graph.labels, minlength=len(graph.label_names))
    rows = sorted(zip(graph.label_names, counts.tolist(), strict=True), key=lambda row: (-row[1], row[0]))
    if as_json:
        answer({"labels": dict(rows), "nodes": graph.nodes, "edges": graph.edge_count})
        return
    for name, count in rows:
        typer.echo(f"{count:>10,}  {name}")


def _remember(folder: Path, name: str, pattern: Pattern) -> None:
    """Put the query into the folder of views; another one of that name is not overwritten."""
    from tapehead.analysis.graphs.patterns import parse_pattern
    from tapehead.analysis.graphs.views import PATTERN_SUFFIX
    from tapehead.analysis.store import write_atomically

    file = folder / f"{name}{PATTERN_SUFFIX}"
    if file.exists():
        if str(parse_pattern(file.read_text(encoding="utf-8"))) != str(pattern):
            raise UsageError(f"{file} holds another pattern already; choose another name, or remove it")
        return
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(file, f"{pattern}\n")


def _warm(matcher: Matcher, pattern: Pattern) -> float:
    """Have the loops compiled before anything is timed; seconds that it took."""
    began = time.perf_counter()
    matcher.answer(pattern, most=1)
    return time.perf_counter() - began


def _views(matcher: Matcher, folder: Path, note: Any) -> tuple[list[View], int, list[str]]:
    """The views of a folder: read where they were kept for this graph, else built and kept."""
    from tapehead.analysis.graphs.views import VIEW_SUFFIX, read_view, view_patterns, write_view

    kept, built, failed = [], 0, []
    for name, file, pattern in view_patterns(folder):
        place = file.with_suffix(VIEW_SUFFIX)
        view = read_view(place, name, pattern, matcher.graph)
        if view is None:
            try:
                view = matcher.view(name, pattern)
            except UsageError as error:  # a view of another graph's labels is no reason to answer nothing
                note(f"view '{name}' is not used: {error}")
                failed.append(name)
                continue
            try:
                write_view(place, view, matcher.graph)
            except OSError as error:
                note(f"view '{name}' cannot be kept in {folder}: {error.strerror}")
            built += 1
        kept.append(view)
    return kept, built, failed


def _data(found: Answer) -> dict[str, Any]:
    return {
        "count": found.count,
        "complete": found.complete,
        "candidates": dict(vars(found.funnel)),
        "answer_graph": {"nodes": found.answer_nodes, "pairs": found.answer_pairs},
        "edges_covered": found.coverage,
        "steps": found.steps,
        "seconds": {**vars(found.seconds), "total": found.seconds.total},
    }


def _table(data: dict[str, Any], plain: Answer, helped: Answer | None, pattern: Pattern) -> list[str]:
    columns = [plain] if helped is None else [plain, helped]
    heads = ["without views"] if helped is None else ["without views", "with views"]
    size = data["graph"]
    lines = [
        f"graph  {size['nodes']:,} nodes, {size['edges']:,} edges, {size['labels']} labels; looked over in "
        f"{data['prepared_s']:.2f} s",
        f"query  {pattern.size} nodes, {len(pattern.edges)} edges; {data['kind']}",
        "",
        f"{'':<26}" + "".join(f"{head:>16}" for head in heads),
    ]

    def row(name: str, values: list[str]) -> None:
        lines.append(f"{name:<26}" + "".join(f"{value:>16}" for value in values))

    row("candidates by label", [f"{each.funnel.label:,}" for each in columns])
    if helped is not None:
        row("  after views", ["", f"{helped.funnel.views:,}"])
    row("  after pre-filter", [f"{each.funnel.prefilter:,}" for each in columns])
    row("  after double simulation", [f"{each.funnel.simulation:,}" for each in columns])
    row("pairs in the answer graph", [f"{each.answer_pairs:,}" for each in columns])
    row("s to the answer graph", [f"{each.seconds.before_enumeration:.4f}" for each in columns])
    row("s to count the matches", [f"{each.seconds.enumeration:.4f}" for each in columns])
    row("matches", [f"{'' if each.complete else '≥ '}{each.count:,}" for each in columns])
    if helped is not None:
        lines += ["", _views_line(data["views"], plain, helped)]
    if not plain.complete:
        why = "the cap" if plain.count >= data["limit"] else "the time"
        lines.append(f"{why} ended the count; --limit and --timeout move them")
    for match in data["matches"]:
        lines.append("  " + "  ".join(f"{name}={value}" for name, value in match.items()))
    if plain.count > len(data["matches"]) and data["matches"]:
        lines.append("  …")
    return lines


def _views_line(views: dict[str, Any], plain: Answer, helped: Answer) -> str:
    if not views["fitted"]:
        return f"none of {views['there']} views can be laid into this query"
    names = ", ".join(each["name"] for each in views["fitted"])
    saved = plain.seconds.before_enumeration - helped.seconds.before_enumeration
    spared = plain.funnel.label - helped.funnel.views
    time_said = f"spare {saved * 1000:.1f} ms" if saved >= 0 else f"cost {-saved * 1000:.1f} ms more than they spare"
    return (
        f"{len(views['fitted'])} of {views['there']} views fit ({names}) and lie on {helped.coverage:.0%} of the "
        f"edges: they spare {spared:,} of {plain.funnel.label:,} candidates, and {time_said}; building all "
        f"{views['there']} took {views['built_s'] * 1000:.1f} ms ({views['built_now']} now), keeping them "
        f"{views['bytes'] / 1000:.1f} kB"
    )
