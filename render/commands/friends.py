"""``tapehead friends``: how well friendships of a network can be foretold, judged without looking at the answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tapehead.render.commands.options import Json, Quiet, answer

if TYPE_CHECKING:
    from tapehead.analysis.friends.networks import Network


def friends(
    network: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="One link per line: two names (comma, tab or spaces between), or GraphML; "
            "or karate, lesmis, davis, florentine.",
        ),
    ],
    rows: Annotated[int, typer.Option("--pairs", help="Pairs that are looked at, half of them friends.")] = 800,
    resamples: Annotated[int, typer.Option(help="Resamples for each interval.")] = 500,
    shuffles: Annotated[int, typer.Option(help="Shuffles of the labels, the control.")] = 20,
    memory: Annotated[float, typer.Option(min=0, metavar="GB", help="What the table of near pairs may use.")] = 4,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of pairs, folds, resamples and shuffles.")] = 9,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Foretell friendships from five numbers of a pair, and say what that is honestly worth on your network."""
    from tapehead.analysis.friends.honest import Way, judged
    from tapehead.analysis.friends.networks import CLASSICS, classic_network, read_network
    from tapehead.analysis.friends.pairs import near_gb
    from tapehead.render.commands.sales import as_data
    from tapehead.render.progress import Reporter

    reporter = Reporter(quiet)
    way = Way(rows, resamples, shuffles, memory)
    path = Path(network).expanduser()
    # A bare word that is no file is one of the classics, or a misspelt one.
    named = network in CLASSICS or not (path.exists() or path.suffix or len(path.parts) > 1)
    found = classic_network(network) if named else read_network(path)
    for note in found.notes:
        reporter.warn(f"{found.name}: {note}")
    reporter.say(
        f"{found.persons} persons, {len(found.edges)} links; the table of near pairs takes at most "
        f"{near_gb(found):.2g} GB"
    )
    judgement = as_data(_as_result(judged(found, way, seed)))
    if json:
        answer({"network": found.name, "seed": seed, "notes": list(found.notes), **judgement})
    else:
        show(found, judgement)


def _as_result(quantities: dict[str, Any]) -> Any:
    from tapehead.analysis.results import Result

    return Result(quantities, name="friends")


def show(network: Network, data: dict[str, Any]) -> None:
    """The two tables, and what they mean."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    made = Table(
        title=f"{network.name}: one score, made honest",
        title_justify="left",
        box=None,
        pad_edge=False,
        header_style="bold",
    )
    for n, head in enumerate(("published SVM", "accuracy", "95 % interval", "AUC", "95 % interval ")):
        made.add_column(head, justify="right" if n else "left")
    for step, area in data["auc"].items():
        made.add_row(
            step,
            f"{data['accuracy'][step]:.3f}",
            f"{data['accuracy_low'][step]:.3f} to {data['accuracy_high'][step]:.3f}",
            f"{area:.3f}",
            f"{data['auc_low'][step]:.3f} to {data['auc_high'][step]:.3f}",
        )
    console.print(made)
    console.print()
    table = Table(title="At the last step", title_justify="left", box=None, pad_edge=False, header_style="bold")
    for n, head in enumerate(("model", "AUC", "95 % interval")):
        table.add_column(head, justify="right" if n else "left")
    for model, area in data["model_auc"].items():
        table.add_row(
            model, f"{area:.3f}", f"{data['model_auc_low'][model]:.3f} to {data['model_auc_high'][model]:.3f}"
        )
    console.print(table)
    console.print()
    console.print(
        f"{data['twice']} pairs of the sample came from both sides. The walks alone, with far strangers and the pair's "
        f"own link in them, reach {data['walks_alone']:.3f}: that is the leak, and no insight."
    )
