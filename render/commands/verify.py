"""``tapehead verify …``: published numbers beside our own, as a table and an exit code."""

from __future__ import annotations

import json as json_module
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tapehead.render.commands.quick import Commands

if TYPE_CHECKING:
    from tapehead.analysis.language.models.loading import LanguageModel
    from tapehead.analysis.language.published.verify import Check
    from tapehead.render.progress import Reporter

verify_app = typer.Typer(
    cls=Commands, no_args_is_help=True, help="Hold numbers against published ones, or against a naive check."
)

NAIVE_PROMPTS = 24
"""Per task, where the fast engine is compared with the naive one: one per template and start."""


@verify_app.callback()
def _verify() -> None:
    """Keep ``circuits`` a command of its own, though it is the only one yet."""


@verify_app.command()
def circuits(
    model: Annotated[
        str, typer.Option("--model", help="mini, a hub name (gpt2) or a local directory with its weights.")
    ] = "mini",
    device: Annotated[str, typer.Option("--device", help="Where the model runs: cpu, cuda, cuda:1, mps.")] = "cpu",
    download: Annotated[
        bool, typer.Option("--download", help="Fetch the weights of a hub model if they are not here.")
    ] = False,
    prompts: Annotated[
        Path | None,
        typer.Option(
            "--prompts",
            metavar="DIR",
            help="The authors' prompts: numerals.json, words.json, months.json with fields S1 S2 S3 S4 corr incorr "
            "text, and numerals_corrupted.json, … of which only text is used. Without, prompts are drawn.",
        ),
    ] = None,
    count: Annotated[
        int | None,
        typer.Option(min=1, help="Prompts per task; of --prompts a balanced part. Else all of them, or 192 drawn."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but the table and errors.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object on one line, last on stdout.")] = False,
) -> None:
    """Recompute the sequence-continuation circuits of GPT-2 small and hold them against arXiv 2311.04131.

    Other models have no published numbers: there our fast ablation is held against a naive one.
    Exit code 1 if something is out of tolerance.
    """
    from tapehead.analysis.language.models.loading import load_model
    from tapehead.analysis.language.published.verify import any_out
    from tapehead.analysis.language.studies.paper import has_paper_shape
    from tapehead.render.progress import Reporter

    reporter = Reporter(quiet)
    loaded = load_model(model, device, download)
    checks, facts = (_published if has_paper_shape(loaded) else _naive)(loaded, prompts, count, reporter)
    failed = any_out(checks)
    if json:
        answer = facts | {"model": loaded.name, "digest": loaded.digest, "ok": not failed}
        sys.stdout.write(json_module.dumps(answer | {"checks": [check.to_data() for check in checks]}) + "\n")
    else:
        _show(checks, facts)
    if failed:
        raise typer.Exit(1)


def _published(
    model: LanguageModel, prompts: Path | None, count: int | None, reporter: Reporter
) -> tuple[list[Check], dict[str, Any]]:
    """GPT-2 small: every published number that can be measured."""
    from tapehead.analysis.language.published.published_file import published_circuits
    from tapehead.analysis.language.published.verify import Prompts, compare, published_results
    from tapehead.analysis.language.studies.retrace import attention_part, prompts_of, retrace

    tasks, whose = prompts_of(model, prompts, count, bos=False)
    with_first, _whose = prompts_of(model, prompts, count, bos=True)
    if whose is Prompts.AUTHORS:
        with_first = {name: attention_part(task) for name, task in with_first.items()}
    found = retrace(model, tasks, with_first, reporter.say)
    checks = compare(published_results(), found, whose)
    sizes = {name: len(task) for name, task in tasks.items()}
    unknown = {name: task.unknown + task.unknown_corrupted for name, task in tasks.items()}
    return checks, {
        "compared": "published",
        "prompts": str(whose),
        "prompts_per_task": sizes,
        "unknown_words": unknown,
        "citation": published_circuits().tables["citation"],
        "columns": ["quantity", "published", "recomputed"],
        "notes": [
            f"{model.name} on {whose}, {min(sizes.values())} per task; tolerances are those of such prompts.",
            "Not compared: MLP to MLP edges (published as total effects through the receiver) and the hackathon's "
            "numbers (their prompts are not given), attention among random digits (drawn without a seed).",
        ],
    }


def _naive(
    model: LanguageModel, prompts: Path | None, count: int | None, reporter: Reporter
) -> tuple[list[Check], dict[str, Any]]:
    """Any other model: the engine against plain hooks."""
    from tapehead.analysis.language.circuit.equivalence import equivalence
    from tapehead.analysis.language.published.verify import equivalent
    from tapehead.analysis.language.studies.retrace import prompts_of

    tasks, _whose = prompts_of(model, prompts, count or NAIVE_PROMPTS, bos=True)
    checks: list[Check] = []
    for name, task in tasks.items():
        reporter.say(f"{name}: fast and naive")
        checks += equivalent(equivalence(model, task), name)
    return checks, {
        "compared": "naive",
        "prompts_per_task": {name: len(task) for name, task in tasks.items()},
        "columns": ["mean logit difference", "naive", "fast"],
        "notes": [
            f"no published numbers for this model ({model.name}); instead: fast ablation against plain forward hooks, "
            f"{min(len(task) for task in tasks.values())} prompts per task. "
            "Of many numbers the one that is furthest off is shown."
        ],
    }


def _show(checks: Sequence[Check], facts: dict[str, Any]) -> None:
    """The notes, the table and a verdict."""
    from rich.console import Console
    from rich.table import Table

    from tapehead.analysis.language.published.verify import Verdict

    colours = {Verdict.OK: "green", Verdict.OUT: "bold red", Verdict.SHOWN: "dim"}
    console = Console(highlight=False)
    for note in facts["notes"]:
        console.print(note, markup=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for i, title in enumerate([*facts["columns"], "off by", "tolerance", "verdict"]):
        table.add_column(title, justify="left" if i in (0, 5) else "right", no_wrap=i > 0)
    for check in checks:
        name = f"{check.quantity} ({check.where})" if check.where else check.quantity
        judged = check.verdict is not Verdict.SHOWN
        table.add_row(
            name,
            _number(check.published, check.unit),
            _number(check.recomputed, check.unit),
            _short(check.difference) if judged else "",
            _short(check.tolerance) if judged else "",
            f"[{colours[check.verdict]}]{check.verdict}[/]",
        )
    console.print(table)
    out = sum(check.verdict is Verdict.OUT for check in checks)
    judged_count = sum(check.verdict is not Verdict.SHOWN for check in checks)
    console.print(f"{out} of {judged_count} are out of tolerance", style="bold red" if out else "green")


def _number(value: float, unit: str) -> str:
    if value != value:  # NaN: never published
        return "—"
    text = f"{value:.0f}" if unit == "members" or float(value).is_integer() else f"{value:.4f}"
    return f"{text} {unit}".strip()


def _short(value: float | None) -> str:
    return "" if value is None else f"{value:.2g}"
