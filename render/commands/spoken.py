"""The commands about who speaks: dub a film, record its lines.

They are added to the command line by :func:`add_to`; heavy imports happen inside the command that needs them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tapehead.render.commands.options import (
    AllowFlashes,
    BrandFile,
    EpisodeArgument,
    Jobs,
    Json,
    Out,
    Quality,
    Quiet,
    Tape,
    Voice,
    answer,
    tell_film,
)
from tapehead.render.commands.quick import ask


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    app.command("dub")(dub)
    app.command("record")(record)


def dub(
    episode: EpisodeArgument,
    language: Annotated[str, typer.Argument(metavar="LANGUAGE", help="de, es: whose translated captions are there.")],
    voice: Voice = "auto",
    only: Annotated[str, typer.Option(help="One scene only.")] = "",
    list_only: Annotated[bool, typer.Option("--list", help="Say what is missing, and make nothing.")] = False,
    quality: Quality = "480p15",
    jobs: Jobs = 0,
    tape: Tape = "",
    brand: BrandFile = "",
    allow_flashes: AllowFlashes = False,
    out: Out = Path("out"),
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Make the film in another language: its translated lines spoken, its cues after the new timing."""
    from tapehead.analysis.store import Store
    from tapehead.render.commands.check import refuse_errors
    from tapehead.render.film.dub import dub_needs, refuse_incomplete
    from tapehead.render.film.make import Choices, render
    from tapehead.render.planning.brand import brand_for
    from tapehead.render.progress import Reporter
    from tapehead.render.quality import quality_named
    from tapehead.scenes.episode import find_episode

    reporter = Reporter(quiet)
    refuse_errors(episode, reporter.warn, [only] if only else [])
    found, store = find_episode(episode), Store(report=reporter.warn)
    choices = Choices(
        quality_named(quality),
        jobs,
        only,
        voice,
        tape,
        out=out,
        allow_flashes=allow_flashes,
        dub=language,
        brand=brand_for(found.folder, brand),
    )
    needs = dub_needs(found, choices, store, reporter)
    if list_only:
        if json:
            answer(needs.to_data())
            return
        for line in needs.told():
            typer.echo(line)
        typer.echo(
            f"lines without words: {len(needs.untranslated)}; marks by their place: {len(needs.reckoned)}; "
            + (f"spoken by '{needs.voice}'" if needs.voice else "nobody speaks")
        )
        return
    refuse_incomplete(needs, needs.told())
    if needs.reckoned:
        reporter.say(f"{len(needs.reckoned)} marks go to the word in their place (`--list` shows them)")
    tell_film(render(found, choices, store, reporter), reporter, json)


def record(
    episode: EpisodeArgument,
    only: Annotated[str, typer.Option(help="The lines of one scene only.")] = "",
    to: Annotated[Path, typer.Option("--to", help="Where the takes go, for --voice recorded:DIR.")] = Path("takes"),
    source: Annotated[
        Path | None, typer.Option("--from", help="Take files of this folder instead: named as the lines, or 1.wav, …")
    ] = None,
    list_only: Annotated[bool, typer.Option("--list", help="Show what is to be read, and record nothing.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Lines that have a take as well.")] = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Record an episode's lines, one after the other; each is cut, levelled and named for --voice recorded:DIR."""
    from tapehead.analysis.store import Store
    from tapehead.render.film.record import from_files, from_microphone, lines_to_say, microphone_here
    from tapehead.render.progress import Reporter
    from tapehead.render.words.takes import to_read
    from tapehead.scenes.episode import find_episode

    reporter = Reporter(quiet)
    script, lines = lines_to_say(find_episode(episode), Store(report=reporter.warn), reporter, only)
    folder = to.expanduser()
    if list_only:
        missing, changed = to_read(lines, folder)
        if json:
            left = [line.recording for line in (*missing, *changed)]
            answer({"lines": {line.recording: line.text for line in lines}, "to_read": left})
            return
        for number, line in enumerate(lines, 1):
            state = " " if line not in missing and line not in changed else "~" if line in changed else "-"
            typer.echo(f"{state} {number:>3}  {line.recording}  ({line.speaker})\n       {line.text}")
        typer.echo(f"{len(lines)} lines, {len(missing)} without a take (-), {len(changed)} with other words (~)")
        return
    if source:
        made = from_files(script, lines, source.expanduser(), folder, reporter.say)
    else:
        microphone = microphone_here()
        reporter.say(f"recording from '{microphone.name}'; {len(lines)} lines")
        made = from_microphone(script, lines, folder, microphone, ask, typer.echo, again)
    if json:
        answer({"folder": str(made.folder), "kept": list(made.kept), "missing": list(made.missing)})
        return
    typer.echo(f"{len(made.kept)} takes kept in {made.folder}; {len(made.missing)} lines left to read")
    if not made.missing:
        typer.echo(f"tapehead render {episode}{f' --only {only}' if only else ''} --voice recorded:{made.folder}")
