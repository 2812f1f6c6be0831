"""``tapehead circuit``: the user's own prompts in the user's own model."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tapehead.analysis.errors import OutputError, UsageError
from tapehead.render.commands.options import (
    LARGEST_SEED,
    Device,
    Download,
    Json,
    Model,
    Quality,
    Quiet,
    Tape,
    Voice,
    answer,
    tell_before,
)

if TYPE_CHECKING:
    from tapehead.analysis.language.models.loading import LanguageModel


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("circuit")(circuit)


def circuit(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE…", help="Prompt files: .json, .jsonl or .csv.")
    ] = None,
    model: Model = "",
    device: Device = "cpu",
    download: Download = False,
    make: Annotated[
        str,
        typer.Option("--make", metavar="TASK", help="Write a prompt file instead: ioi, greater-than, successor, …"),
    ] = "",
    count: Annotated[int, typer.Option("-n", "--count", help="With --make: how many prompts.")] = 64,
    file: Annotated[Path | None, typer.Option("-o", "--file", help="With --make: the file to write.")] = None,
    out: Annotated[Path, typer.Option("--out", help="Where results, figures and the page go.")] = Path("out/circuit"),
    threshold: Annotated[float, typer.Option(help="Per cent of the log odds that a circuit has to keep.")] = 80.0,
    draws: Annotated[int, typer.Option(help="Random circuits that it is compared with.")] = 100,
    positions: Annotated[bool, typer.Option("--positions", help="Patch every head at every position too.")] = False,
    edges: Annotated[bool, typer.Option("--edges", help="Patch every edge of the circuit too.")] = False,
    bos: Annotated[
        bool | None,
        typer.Option("--bos/--no-bos", help="Begin prompts with the first token; else as the tokenizer does."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Go on where the model does not prefer the answer.")] = False,
    jobs: Annotated[int, typer.Option(min=0, help="Threads, and workers of a film; 0: as many as are of use.")] = 0,
    seed: Annotated[
        int, typer.Option("--seed", min=0, max=LARGEST_SEED, help="Of halves, controls and intervals.")
    ] = 0,
    film: Annotated[bool, typer.Option("--film", help="Also render the film that tells the result.")] = False,
    quality: Quality = "480p15",
    voice: Voice = "espeak",
    tape: Tape = "",
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Find the circuit of your own task in your own model, with controls, tables, figures and a page."""
    from tapehead.render.progress import Reporter

    reporter = Reporter(quiet)
    if make:
        if files:
            raise UsageError("--make writes a prompt file and reads none; leave out the FILE, or --make")
        _make(make, count, file or Path(f"{make}.json"), model, device, download, seed, json)
        return
    if not files:
        raise UsageError(
            "which prompts? give a FILE (.json, .jsonl or .csv with clean, corrupted, answer, wrong), "
            "or make one: tapehead circuit --make ioi -o ioi.json"
        )
    if file is not None:
        raise UsageError("-o names the file that --make writes; results go to --out")
    writable(out)
    choices = None
    if film:
        from tapehead.render.lab import filming
        from tapehead.scenes.circuit_report.of_run import film_of

        choices = filming.asked(quality, voice, tape, jobs)
    from tapehead.analysis.language.lab.any_model import load_any
    from tapehead.analysis.language.lab.prompt_tables import read_table, without_repeats
    from tapehead.analysis.language.lab.prompts import prompt_set
    from tapehead.analysis.language.lab.run import Settings, run_files, table_of
    from tapehead.analysis.store import Store
    from tapehead.render.lab.output import write_run
    from tapehead.render.lab.threads import threads

    settings = Settings(threshold, draws, positions, edges, force, seed)
    tables = []
    for path in files:  # before the model: mistakes show at once
        rows, repeated = without_repeats(read_table(path, seed), str(path))
        tables.append((path, rows))
        if repeated:
            reporter.say(f"{path}: {repeated} rows repeat others and are left out")
    found = load_any(model or "mini", device, download)
    threads(jobs, found.hf)
    sets = [prompt_set(found, path.stem, rows, bos=bos, source=str(path)) for path, rows in tables]
    store = Store(report=reporter.warn)
    tell_before(reporter, out)
    try:
        runs = run_files(found, sets, settings, store, reporter)
    except KeyboardInterrupt:
        reporter.say("stopped; what is finished is kept, and the same command goes on from there")
        raise
    told: dict[str, Any] = {}
    for name, parts in runs.items():
        folder = out if len(runs) == 1 else out / name
        asked = {"threshold": threshold, "draws": draws, "positions": positions, "seed": seed}
        with reporter.stage("figures"):
            write_run(parts, folder, asked)
        told[name] = {"folder": str(folder), "report": str(folder / "report.html"), **table_of(parts)}
        told[name]["cautions"] = dict(parts["cautions"].facts)
        if not json:
            _tell(name, parts, folder)
        if choices is not None:
            made = filming.film(film_of(folder), choices, folder, store, reporter)
            told[name]["film"] = str(made)
            if not json:
                typer.echo(str(made))
    if json:
        answer({"model": found.name, "files": told, "stages_s": reporter.stages_s})


def _make(task: str, count: int, path: Path, model: str, device: str, download: bool, seed: int, as_json: bool) -> None:
    from tapehead.analysis.language.lab.any_model import load_any
    from tapehead.analysis.language.lab.baseline import baseline
    from tapehead.analysis.language.lab.making import MAKERS, WordsMissingError, make_rows, write_rows
    from tapehead.analysis.language.lab.networks import open_network
    from tapehead.analysis.language.lab.offers import ahead, instead, offers, prefers
    from tapehead.analysis.language.lab.prompts import prompt_set
    from tapehead.analysis.model_files import ModelError

    if task not in MAKERS:
        from tapehead.analysis.errors import UnknownNameError

        raise UnknownNameError("task to make", task, MAKERS)
    found: LanguageModel = load_any(model or "mini", device, download)
    try:
        rows = make_rows(found, task, count, seed)
    except WordsMissingError as error:
        with suppress(ModelError):  # it is the tokenizer that was asked for
            raise UsageError(f"{error}. {instead(offers(found, open_network(found), task), found.name)}") from None
        raise
    try:
        write_rows(rows, path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}; choose another place with -o") from error
    told: dict[str, Any] = {"file": str(path), "prompts": len(rows)}
    lines = [f"{path}  ({len(rows)} prompts for {found.name})"]
    try:  # a file that the model cannot answer is no use to its circuit: that shows now, and not at the next command
        network = open_network(found)
        part = baseline(network, prompt_set(found, task, rows), seed=seed)
        told |= {name: float(part[name]) for name in ("difference", "difference_low", "difference_high", "prefers")}
        told["does"] = prefers(part)
        lines.append(f"  {ahead(part)}")
        if not told["does"]:
            told["instead"] = instead(offers(found, network, task), found.name)
            lines.append(
                f"  '{found.name}' does not do this task: its circuit would explain nothing. {told['instead']}"
            )
    except ModelError as error:
        told["does"] = None
        lines.append(f"  the file is written, and the model's circuit cannot be found: {error}")
    if as_json:
        answer(told)
    else:
        typer.echo("\n".join(lines))


def writable(out: Path) -> None:
    """Fail before an hour of work and not after it."""
    if out.exists() and not out.is_dir():
        raise UsageError(f"--out {out} is a file; name a folder")
    fresh = not out.exists()
    try:
        out.mkdir(parents=True, exist_ok=True)
        if fresh:  # it is made again when there is something to put into it
            out.rmdir()
    except OSError as error:
        raise OutputError(f"{out} cannot be made: {error.strerror}; choose another place with --out") from error


def _tell(name: str, parts: Any, folder: Path) -> None:
    from tapehead.render.lab.output import verdict

    typer.echo(f"{name}: {verdict(parts)}")
    for text in parts["cautions"].facts.values():
        typer.echo(f"  caution: {text}")
    typer.echo(str(folder / "report.html"))
