"""``tapehead short``: an upright cut of some scenes, for a telephone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tapehead.analysis.errors import UsageError
from tapehead.render.commands.options import (
    AllowFlashes,
    Bed,
    BrandFile,
    CaptionLanguage,
    EpisodeArgument,
    Jobs,
    Json,
    Memory,
    Out,
    Quiet,
    Rate,
    Seed,
    Strict,
    Tape,
    Timeout,
    Voice,
    tell_film,
)

SHORTEST, LONGEST = 10, 180


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("short")(short)


def short(
    episode: EpisodeArgument,
    scenes: Annotated[str, typer.Option("--scenes", metavar="A,B", help="Which scenes, in this order.")],
    most: Annotated[
        int, typer.Option("--max", min=SHORTEST, max=LONGEST, metavar="SECONDS", help="Longest that it may be.")
    ] = 60,
    size: Annotated[str, typer.Option("--size", metavar="WxH", help="Any size in pixels.")] = "1080x1920",
    rate: Rate = 0,
    title: Annotated[str, typer.Option(help="Over the stage, instead of the episode's title.")] = "",
    end: Annotated[str, typer.Option(help="A line of the end card: where the whole film is.")] = "",
    caption_language: CaptionLanguage = "",
    brand: BrandFile = "",
    jobs: Jobs = 0,
    voice: Voice = "auto",
    bed: Bed = True,
    tape: Tape = "",
    seed: Seed = None,
    allow_flashes: AllowFlashes = False,
    strict: Strict = False,
    timeout: Timeout = 600,
    memory: Memory = 4,
    out: Out = Path("out"),
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Make an upright cut of at most a minute: title, picture, large words as they are said, end card."""
    from tapehead.analysis.store import Store
    from tapehead.render.commands.check import refuse_errors
    from tapehead.render.film.make import Choices, render
    from tapehead.render.planning.brand import brand_for
    from tapehead.render.progress import Reporter
    from tapehead.render.quality import sized
    from tapehead.render.workers.pool import Limits
    from tapehead.scenes.episode import find_episode

    picture = sized(size, rate)
    names = tuple(name.strip() for name in scenes.split(",") if name.strip())
    reporter = Reporter(quiet)
    refuse_errors(episode, reporter.warn, names)
    found = find_episode(episode)
    if not names:
        known = ", ".join(scene.name for scene in found.scenes)
        raise UsageError(f"which scenes? --scenes a,b with some of: {known}")
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise UsageError(f"--scenes names '{twice}' twice")
    for name in names:
        found.scene(name)
    look = brand_for(found.folder, brand)
    if caption_language:
        reporter.warn("a translation is not what is heard: when its words are marked is an estimate")
    choices = Choices(
        picture,
        jobs,
        voice=voice,
        tape=tape,
        seed=seed,
        out=out,
        allow_flashes=allow_flashes,
        limits=Limits(timeout, memory),
        bed=bed,
        strict=strict,
        burn=True,
        burnt=caption_language,
        cut=f"{found.slug}-short",
        scenes=names,
        words=True,
        title=title,
        end=end,
        brand=look,
        most_s=float(most),
    )
    tell_film(render(found, choices, Store(report=reporter.warn), reporter), reporter, json)
