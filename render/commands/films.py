"""``tapehead render``, ``preview`` and ``stills``: an episode as a film, a small film to look at, and its pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tapehead.analysis.errors import UsageError
from tapehead.render.commands.check import refuse_errors
from tapehead.render.commands.options import (
    AllowFlashes,
    Bed,
    BrandFile,
    BurnCaptions,
    CaptionLanguage,
    Device,
    Download,
    EpisodeArgument,
    Jobs,
    Json,
    Memory,
    Model,
    Out,
    Quality,
    Quiet,
    Rate,
    Seed,
    Size,
    Strict,
    Tape,
    Timeout,
    Voice,
    answer,
    tell_film,
)


def add_to(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("render")(render)
    app.command("preview")(preview)
    app.command("stills")(stills)


def render(
    context: typer.Context,
    episode: Annotated[str, typer.Argument(metavar="EPISODE", help="A slug from `tapehead list`, or a folder.")] = "",
    quality: Quality = "480p15",
    size: Size = "",
    rate: Rate = 0,
    burn_captions: BurnCaptions = None,
    caption_language: CaptionLanguage = "",
    brand: BrandFile = "",
    jobs: Jobs = 0,
    only: Annotated[str, typer.Option(help="Render one scene only.")] = "",
    voice: Voice = "auto",
    dub: Annotated[str, typer.Option(metavar="LANGUAGE", help="Speak the translated captions: de, es.")] = "",
    bed: Bed = True,
    tape: Tape = "",
    seed: Seed = None,
    model: Model = "",
    device: Device = "cpu",
    download: Download = False,
    allow_flashes: AllowFlashes = False,
    strict: Strict = False,
    timeout: Timeout = 600,
    memory: Memory = 4,
    plan: Annotated[str, typer.Option(metavar="PLAN", help="Instead of an episode: what `tapehead plan` wrote.")] = "",
    executor: Annotated[str, typer.Option(help="Who renders a plan: local, ray or ray:ADDRESS.")] = "local",
    store: Annotated[str, typer.Option(metavar="URL", help="With --plan: where all workers meet; else yours.")] = "",
    out: Out = Path("out"),
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Render an episode to a finished film."""
    from tapehead.analysis.registry import ModelChoice
    from tapehead.analysis.store import Store
    from tapehead.render.film.make import Choices
    from tapehead.render.film.make import render as make
    from tapehead.render.planning.brand import brand_for
    from tapehead.render.progress import Reporter
    from tapehead.render.quality import chosen
    from tapehead.render.workers.pool import Limits
    from tapehead.scenes.episode import find_episode, folder_named

    reporter = Reporter(quiet)
    if plan:
        from tapehead.render.commands.cluster import frozen_by_plan, render_plan

        frozen_by_plan(context)
        limits = Limits(timeout, memory)
        render_plan(plan, executor, store, jobs, out, limits, allow_flashes, reporter, json)
        return
    if not episode:
        raise UsageError("what is to be rendered? give an EPISODE (`tapehead list` shows them), or a plan with --plan")
    if executor != "local" or store:
        raise UsageError("--executor and --store are for a plan: make one with `tapehead plan`, then `render --plan`")
    choice = ModelChoice(model, device, download)
    picture = chosen(quality, size, rate)
    episode_folder = folder_named(episode)
    refuse_errors(episode, reporter.warn, [only] if only else [])
    choices = Choices(
        picture,
        jobs,
        only,
        voice,
        tape,
        seed,
        out,
        choice,
        allow_flashes,
        limits=Limits(timeout, memory),
        bed=bed,
        dub=dub,
        strict=strict,
        burn=_burns(burn_captions, caption_language),
        burnt=caption_language,
        brand=brand_for(episode_folder, brand),
    )
    film = make(find_episode(episode), choices, Store(report=reporter.warn), reporter)
    tell_film(film, reporter, json)


def _burns(asked: bool | None, language: str) -> bool | None:
    """Whoever chooses a language for burned captions wants them."""
    if language and asked is False:
        raise UsageError(f"--caption-language {language} and --no-burn-captions contradict each other")
    return True if language else asked


def preview(
    episode: EpisodeArgument,
    scene: Annotated[str, typer.Argument(help="One scene only.")] = "",
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on, and redraw what changes when a file is saved.")
    ] = False,
    show: Annotated[bool, typer.Option("--open/--no-open", help="Open the film where there is a desktop.")] = True,
    size: Size = "",
    rate: Rate = 0,
    burn_captions: BurnCaptions = None,
    caption_language: CaptionLanguage = "",
    brand: BrandFile = "",
    jobs: Jobs = 0,
    voice: Voice = "auto",
    tape: Tape = "",
    strict: Strict = False,
    timeout: Timeout = 600,
    memory: Memory = 4,
    out: Out = Path("out"),
    quiet: Quiet = False,
) -> None:
    """Make a small film (480p15) to look at; with --watch, again whenever a file is saved."""
    from tapehead.analysis.store import Store
    from tapehead.render.film.make import Choices, Film
    from tapehead.render.film.preview import Preview
    from tapehead.render.film.preview import preview as look
    from tapehead.render.planning.brand import brand_for
    from tapehead.render.progress import Reporter
    from tapehead.render.quality import chosen
    from tapehead.render.workers.pool import Limits
    from tapehead.scenes.episode import folder_named

    def answer(film: Film) -> None:
        typer.echo(str(film.path))

    choices = Choices(
        chosen("", size, rate),
        jobs,
        scene,
        voice,
        tape,
        out=out,
        allow_flashes=True,
        limits=Limits(timeout, memory),
        strict=strict,
        burn=_burns(burn_captions, caption_language),
        burnt=caption_language,
        brand=brand_for(folder_named(episode), brand),
    )
    reporter = Reporter(quiet)
    if not watch:  # while it watches, what is wrong is told and waited out
        refuse_errors(episode, reporter.warn, [scene] if scene else [])
    look(Preview(episode, choices, watch, show), Store(report=reporter.warn), reporter, answer)


def stills(
    episode: EpisodeArgument,
    quality: Annotated[str, typer.Option(help="Size of the stills.")] = "480p15",
    size: Size = "",
    rate: Rate = 0,
    burn_captions: BurnCaptions = None,
    caption_language: CaptionLanguage = "",
    brand: BrandFile = "",
    only: Annotated[str, typer.Option(help="One scene only.")] = "",
    jobs: Jobs = 0,
    voice: Voice = "auto",
    tape: Tape = "",
    seed: Seed = None,
    model: Model = "",
    device: Device = "cpu",
    download: Download = False,
    strict: Strict = False,
    timeout: Timeout = 600,
    memory: Memory = 4,
    out: Out = Path("out"),
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Make contact sheets: one frame per cue, and one in the middle of each animation."""
    from tapehead.analysis.registry import ModelChoice
    from tapehead.analysis.store import Store
    from tapehead.render.film.make import Choices
    from tapehead.render.film.stills import make_stills
    from tapehead.render.planning.brand import brand_for
    from tapehead.render.progress import Reporter
    from tapehead.render.quality import chosen
    from tapehead.render.workers.pool import Limits
    from tapehead.scenes.episode import find_episode, folder_named

    choice = ModelChoice(model, device, download)
    picture = chosen(quality, size, rate)
    episode_folder = folder_named(episode)
    reporter = Reporter(quiet)
    refuse_errors(episode, reporter.warn, [only] if only else [])
    choices = Choices(
        picture,
        jobs,
        only,
        voice,
        tape,
        seed,
        out,
        choice,
        limits=Limits(timeout, memory),
        strict=strict,
        burn=_burns(burn_captions, caption_language),
        burnt=caption_language,
        brand=brand_for(episode_folder, brand),
    )
    sheets = make_stills(find_episode(episode), choices, Store(report=reporter.warn), reporter)
    if json:
        answer({"stills": sheets.to_data()})
    else:
        for sheet in sheets.sheets:
            typer.echo(str(sheet))
