"""``tapehead export``: a film for an editing program."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tapehead.render.commands.options import (
    Bed,
    BrandFile,
    EpisodeArgument,
    Jobs,
    Json,
    Memory,
    Out,
    Quality,
    Quiet,
    Seed,
    Tape,
    Timeout,
    Voice,
    answer,
)


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("export")(export)


def export(
    episode: EpisodeArgument,
    to: Annotated[str, typer.Option("--to", help="otio, fcpxml, edl; several with commas.")] = "otio",
    codec: Annotated[str, typer.Option("--codec", help="prores, or ffv1 without loss.")] = "prores",
    alpha: Annotated[
        bool, typer.Option("--alpha", help="All scenes without their ground, and with an alpha channel.")
    ] = False,
    only: Annotated[str, typer.Option("--only", help="One scene.")] = "",
    quality: Quality = "1080p60",
    rate: Annotated[
        str,
        typer.Option("--rate", metavar="N", help="Pictures a second: 25, or 23.976, 29.97, 59.94; else the quality's."),
    ] = "",
    voice: Voice = "auto",
    tape: Tape = "",
    bed: Bed = True,
    brand: BrandFile = "",
    seed: Seed = None,
    jobs: Jobs = 0,
    timeout: Timeout = 600,
    memory: Memory = 4,
    out: Out = Path("out"),
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Write a film for an editing program: scenes, sound in parts, markers and captions, and a timeline."""
    from tapehead.analysis.store import Store
    from tapehead.render.commands.check import refuse_errors
    from tapehead.render.export.make import export as export_film
    from tapehead.render.export.pace import pace_named
    from tapehead.render.film.make import Choices
    from tapehead.render.planning.brand import brand_for
    from tapehead.render.progress import Reporter
    from tapehead.render.quality import chosen
    from tapehead.render.workers.pool import Limits
    from tapehead.scenes.episode import find_episode

    reporter = Reporter(quiet)
    store = Store(report=reporter.warn)
    pace = pace_named(rate, chosen(quality).fps)
    picture = chosen(quality, "", pace.whole)
    refuse_errors(episode, reporter.warn, [only] if only else [])
    found = find_episode(episode)
    choices = Choices(
        picture,
        jobs,
        only=only,
        voice=voice,
        tape=tape,
        seed=seed,
        out=out,
        limits=Limits(timeout, memory),
        bed=bed,
        brand=brand_for(found.folder, brand),
    )
    made = export_film(found, choices, store, reporter, to, codec, alpha, pace)
    if json:
        files = {name: str(path) for name, path in made.files.items()}
        answer({"export": str(made.folder), "duration_s": round(made.duration_s, 3), "files": files})
        return
    for name, path in made.files.items():
        typer.echo(f"{name:<24} {path.relative_to(made.folder)!s:<40} {path.stat().st_size / 1e6:>9,.1f} MB")
    typer.echo(str(made.folder))
