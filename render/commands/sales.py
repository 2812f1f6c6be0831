"""``tapehead sales``: the film's look at a table of games, on a generated one or on the user's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tapehead.render.commands.options import Json, Quiet, answer

if TYPE_CHECKING:
    from tapehead.analysis.results import Result


def sales(
    data: Annotated[
        Path | None, typer.Option("--data", metavar="CSV", help="Your table of games; without, a generated one.")
    ] = None,
    columns: Annotated[
        Path | None,
        typer.Option(
            "--columns",
            metavar="TOML",
            help="Which column is what, and in which unit (plain, log, log1p, reversed log): "
            'sales = { column = "…", unit = "log" } and a table [predictors].',
        ),
    ] = None,
    count: Annotated[int, typer.Option(min=1, help="Games in the generated table.")] = 1001,
    splits: Annotated[int, typer.Option(help="Random splits into training and test.")] = 2000,
    shuffles: Annotated[int, typer.Option(help="Shuffles of the sales, the control.")] = 500,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of table, folds, splits and shuffles.")] = 10,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Say what talk and scores say about sales: who was thrown out, the fit, and how lucky a split can be."""
    from tapehead.analysis.sales.own import look_at, read_design
    from tapehead.render.progress import Reporter

    reporter = Reporter(quiet)
    design = read_design(data, columns, count, seed)
    reporter.say(f"{len(design.y)} games, {splits} splits, {shuffles} shuffles")
    found = look_at(design, splits, shuffles, seed)
    if json:
        answer({"table": str(data) if data else "generated", "seed": seed, **as_data(found)})
    else:
        show(found)


def as_data(result: Result) -> dict[str, Any]:
    """A result as plain data: numbers, lists, and one name per place where an axis has names."""
    found: dict[str, Any] = {}
    for name, q in result.quantities.items():
        values = q.values.tolist()
        labels = q.labels.get(q.axes[0]) if q.axes else None
        found[name] = dict(zip(labels, values, strict=True)) if labels else values
    return found


def show(found: Result) -> None:
    """The tables that a reader wants, in order."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)

    def table(title: str, heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
        made = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
        for n, head in enumerate(heads):
            made.add_column(head, justify="right" if n else "left")
        for row in rows:
            made.add_row(*row)
        console.print(made)
        console.print()

    data = as_data(found)
    table("Who is left", ("step", "games"), [(step, f"{count}") for step, count in data["funnel"].items()])
    fit = f"Fit of {data['games']} games: R² {data['r2']:.3f}, adjusted {data['adjusted_r2']:.3f}"
    rows = [
        (
            name,
            f"{value:.3f}",
            f"{data['low'][name]:.3f} to {data['high'][name]:.3f}",
            *(f"{data[key][name]:.3f}" if name in data[key] else "" for key in ("standardised", "simple", "belt")),
        )
        for name, value in data["coefficients"].items()
    ]
    table(fit, ("per unit", "coefficient", "95 % interval", "standardised", "alone (r)", "LASSO"), rows)
    turned = [
        name
        for name, value in data["simple"].items()
        if value * data["coefficients"][name] < 0 and not data["low"][name] <= 0 <= data["high"][name]
    ]
    if turned:
        console.print(
            f"Mind the sign of {', '.join(turned)}: with the others held it points the other way than alone.\n"
        )
    rows = [
        (
            name,
            f"{value:.3f}",
            f"{data['cross_low'][name]:.3f} to {data['cross_high'][name]:.3f}",
            f"{data['null_high'][name]:.3f}",
            f"≤ {data['p_bound'][name]:.2g}",
        )
        for name, value in data["cross_validated"].items()
    ]
    table("On games that the fit never saw (ten folds)", ("from", "R²", "95 % interval", "shuffled", "p"), rows)
    console.print(
        f"One split alone is luck: R² on {data['held_out']} games runs from {data['split_least']:.2f} to "
        f"{data['split_most']:.2f} over {data['splits']} splits; median {data['split_median']:.2f}, "
        f"95 % between {data['split_low']:.2f} and {data['split_high']:.2f}."
    )
