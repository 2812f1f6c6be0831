"""``tapehead check``: everything that is wrong with an episode, in one list."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tapehead.analysis.errors import EpisodeError, TapeheadError
from tapehead.render.commands.options import BrandFile, EpisodeArgument, Json, Out, Quiet, Size, Strict, answer

if TYPE_CHECKING:
    from tapehead.render.check.problems import Problem
    from tapehead.scenes.episode import Episode
    from tapehead.scenes.script import Script


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("check")(check)


def check(
    episode: EpisodeArgument,
    only: Annotated[str, typer.Option(help="Walk through one scene only.")] = "",
    voice: Annotated[str, typer.Option(help="Time the scenes by this voice, if it can speak the script.")] = "",
    size: Size = "",
    brand: BrandFile = "",
    files_only: Annotated[bool, typer.Option("--files-only", help="Compute and draw nothing.")] = False,
    strict: Strict = False,
    out: Out = Path("out"),
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Find all problems of an episode in one run: declaration, words, marks, results, licences, layout."""
    from tapehead.render.check.needed import need_problems
    from tapehead.render.check.problems import ADVICE, ERROR, LAYOUT, errors, unique
    from tapehead.render.planning.brand import brand_for
    from tapehead.render.progress import Reporter
    from tapehead.render.quality import sized
    from tapehead.scenes.episode import folder_named, slug_of
    from tapehead.scenes.filling import without_results

    reporter = Reporter(quiet)
    folder = folder_named(episode)
    picture = sized(size) if size else None
    loaded, script, problems = files_problems(folder)
    look = None
    try:
        look = brand_for(folder, brand)
    except TapeheadError as error:
        problems += errors(error)
    if only and loaded:
        loaded.scene(only)
    if loaded:
        scenes = (loaded.scene(only),) if only else loaded.scenes
        problems += need_problems(loaded, [scene for scene in scenes if scene.plain or files_only])
    pictures = out / (slug_of(folder.resolve().name) or "episode") / "check"
    told = ""
    if loaded and script:
        from tapehead.render.words.voice.choose import voice_named

        speaker = None
        try:
            speaker = voice_named(voice) if voice else None
            if speaker and files_only:
                speaker.check(without_results(script))
        except TapeheadError as error:
            problems += errors(error)
        if not files_only:
            from tapehead.analysis.store import Store
            from tapehead.render.check.figures import figure_problems
            from tapehead.render.check.walked import walk
            from tapehead.render.film.make import Choices, around_of

            shutil.rmtree(pictures, ignore_errors=True)
            store = Store(report=reporter.warn)
            around = around_of(loaded, Choices(picture, brand=look), {}) if picture else None
            walked = walk(
                loaded, script, store, reporter, pictures, only=only, voice=speaker, picture=picture, around=around
            )
            problems += figure_problems(loaded, walked.result_of(store))
            problems += walked.problems
            told = f", about {walked.seconds / 60:.1f} min"
    problems = unique(problems)
    count = {kind: sum(each.kind == kind for each in problems) for kind in (ERROR, LAYOUT, ADVICE)}
    if json:
        answer({"problems": [each.to_data() for each in problems], **count})
    else:
        for each in problems:
            typer.echo(f"{each.kind:<7} {each.what}")
        if loaded and script:
            typer.echo(f"{loaded.slug}: {len(loaded.scenes)} scenes, {len(script.lines)} lines{told}")
        if pictures.is_dir():
            typer.echo(f"the places are marked in {pictures}")
        said = f"{count[ERROR]} errors, {count[LAYOUT]} in the layout, {count[ADVICE]} to think about"
        typer.echo(said if problems else "nothing was found")
    if count[ERROR] or (strict and problems):
        raise typer.Exit(1)


def files_problems(folder: Path) -> tuple[Episode | None, Script | None, list[Problem]]:
    """What the files alone say."""
    from tapehead.render.check.declared import declared_problems, look_at_files

    episode, script, problems = look_at_files(folder)
    if episode:
        problems += declared_problems(episode, script)
    return episode, script, problems


def refuse_errors(name: str, warn: Callable[[str], None], wanted: Collection[str] = ()) -> None:
    """Before a render: all errors that the files show, in one message; and which of the ``wanted`` scenes (none: of
    all) will fail.

    Raises:
        EpisodeError: there are some.
    """
    from tapehead.render.check.needed import unmet
    from tapehead.render.check.problems import ERROR
    from tapehead.scenes.episode import folder_named

    episode, _, problems = files_problems(folder_named(name))
    if wrong := list(dict.fromkeys(each.what for each in problems if each.kind == ERROR)):
        raise EpisodeError("\n".join(wrong))
    if episode and (fail := [scene for scene in unmet(episode) if not wanted or scene in wanted]):
        named = ", ".join(f"'{scene}'" for scene in fail)
        warn(f"scenes that cannot be drawn here, as `tapehead check` explains: {named}; all others are drawn and kept")
