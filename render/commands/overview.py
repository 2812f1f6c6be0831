"""What is there: ``tapehead list`` shows the episodes, ``tapehead doctor`` the parts of this installation."""

from __future__ import annotations

import os
import shlex
from typing import Annotated, Any

import typer

from tapehead.analysis.errors import TapeheadError
from tapehead.render.commands.complaints import complain
from tapehead.render.commands.options import Json, answer


def add_to(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("list")(list_episodes)
    app.command("doctor")(doctor)


def list_episodes(json: Json = False) -> None:
    """List the episodes that can be rendered."""
    from tapehead.scenes.episode import folders, load_episode, nearby

    found: list[dict[str, Any]] = []
    for slug, folder in folders():
        try:
            episode = load_episode(folder)
        except TapeheadError as error:
            complain(f"{slug}: {error}")
            continue
        twins = [entry["folder"] for entry in found if entry["slug"] == episode.slug]
        if twins:
            complain(f"'{episode.slug}' are two episodes: {twins[0]} and {folder}; name one by its path, or rename it")
        scenes = [scene.name for scene in episode.scenes]
        found.append({"slug": episode.slug, "title": episode.title, "scenes": scenes, "folder": str(folder)})
    left = [f".{os.sep}{folder}" if folder.name else "." for folder in nearby()]
    if json:
        answer({"episodes": found, "not_loaded": left})
        return
    for entry in found:
        typer.echo(f"{entry['slug']:<22} {len(entry['scenes']):>2} scenes  {entry['title']}")
    for place in left:
        named = shlex.quote(place)
        complain(
            f"found but not loaded: {named}; name it, `tapehead render {named}`, or put its folder on TAPEHEAD_EPISODES"
        )


def doctor(
    warm: Annotated[
        bool, typer.Option("--warm", help="Compile the tape for this processor now: half a minute.")
    ] = False,
    json: Json = False,
) -> None:
    """Say what is installed, what is missing, and the line that fixes it, in seconds."""
    from tapehead.render.commands.doctor import examine, show

    checks = examine(warm)
    if json:
        answer({"checks": [check.to_data() for check in checks]})
    else:
        show(checks)
    if any(check.needed and not check.ok for check in checks):
        raise typer.Exit(1)
