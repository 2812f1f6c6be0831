"""``tapehead new``: an episode to begin with."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Annotated

import typer

from tapehead.analysis.errors import UsageError
from tapehead.render.commands.options import Json, answer

TEMPLATE_HELP = "data, plain, circuit, directions or lecture."


def add_to(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("new")(new)
    app.command("adopt")(adopt)


def new(
    folder: Annotated[
        str, typer.Argument(metavar="FOLDER", help="Any name; with --from, the file's if left out.")
    ] = "",
    template: Annotated[str, typer.Option(help=TEMPLATE_HELP)] = "",
    talk: Annotated[
        Path | None, typer.Option("--from", metavar="TALK.md", help="A talk: headings become scenes, paragraphs lines.")
    ] = None,
    title: Annotated[str, typer.Option(help="The film's title, instead of the folder's name.")] = "",
    json: Json = False,
) -> None:
    """Write a folder that renders as it is, to be changed into a film of your own."""
    from tapehead.render.start.folder import TEMPLATES, files_of, title_of, write_episode

    if talk is not None:
        from tapehead.render.start.talk import files_of_talk, read_talk

        if template:
            raise UsageError("a talk makes its own scenes: leave out --template, or --from")
        read = read_talk(talk)
        place = Path(folder or talk.stem)
        files, called, left = files_of_talk(read), title or read.title or title_of(place), read.left_out
    else:
        if not folder:
            known = "; ".join(f"{name}: {what}" for name, what in TEMPLATES.items())
            raise UsageError(f"what is the film's folder to be called? `tapehead new my-film`. Templates: {known}")
        place, left = Path(folder), ()
        files, called = files_of(template or "data"), title or title_of(place)
    made = write_episode(place, files, called)
    if json:
        answer({"folder": str(made), "title": called, "files": sorted([*files, "README.md"]), "left_out": list(left)})
        return
    named = shlex.quote(folder or place.name)
    if os.sep not in named:
        named = shlex.quote(f".{os.sep}{folder or place.name}")
    typer.echo(f"{made}: {', '.join(sorted([*files, 'README.md']))}")
    for each in left:
        typer.echo(f"  left out, {each}")
    typer.echo(f"now: tapehead check {named}\n     tapehead render {named}")


def adopt(
    scenes: Annotated[
        Path, typer.Argument(metavar="SCENES.py", help="A file of Manim scenes, with a voice or without.")
    ],
    folder: Annotated[
        str, typer.Argument(metavar="FOLDER", help="The episode's folder; the file's name if left out.")
    ] = "",
    title: Annotated[str, typer.Option(help="The film's title, instead of the folder's name.")] = "",
    json: Json = False,
) -> None:
    """Make an episode of a file of Manim scenes: words and bookmarks of manim-voiceover become lines and marks."""
    from tapehead.render.start.adopt import adopt as read
    from tapehead.render.start.folder import title_of, write_episode

    found = read(scenes)
    place = Path(folder or scenes.stem)
    called = title or title_of(place)
    made = write_episode(place, found.files, called, found.copied)
    lines = sum(len(scene.lines) for scene in found.scenes)
    marks = sum(len(line.marks) for scene in found.scenes for line in scene.lines)
    if json:
        names = {scene.scene: len(scene.lines) for scene in found.scenes}
        answer({"folder": str(made), "scenes": names, "lines": lines, "marks": marks, "left_out": found.left})
        return
    voiced = sum(scene.voiced for scene in found.scenes)
    typer.echo(
        f"{made}: {voiced} scenes with a voice, {len(found.scenes) - voiced} plain; {lines} lines, {marks} marks"
    )
    for each in found.left:
        typer.echo(f"  not taken over, {each}")
    named = shlex.quote(f".{os.sep}{place.name}" if os.sep not in str(place) else str(place))
    typer.echo(f"now: tapehead check {named}\n     tapehead render {named}")
