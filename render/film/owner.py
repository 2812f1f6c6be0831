"""Whose folder ``out/<episode>`` is: two episodes with one slug do not take each other's film away.

An episode that is named by its path may have the slug of another one: a copy to try something out has it by itself.  So
the folder remembers which episode its files are of, and is refused to any other.
"""

from __future__ import annotations

import json
from pathlib import Path

from tapehead.analysis.errors import OutputError
from tapehead.analysis.store import write_atomically
from tapehead.scenes.episode import BUILT_IN, Episode

MARK = ".tapehead-episode"


def _identity(episode: Episode) -> str:
    """The folder of an episode; what ships with tapehead is the same from wherever it is installed."""
    folder = episode.folder.resolve()
    return "tapehead" if folder.parent == BUILT_IN.resolve() else str(folder)


def _place(episode: Episode, folder: Path) -> Path | None:
    """The nearest folder with the episode's slug; one that is called otherwise is nobody's to be confused with."""
    return next((each for each in (folder, *folder.parents) if each.name == episode.slug), None)


def check_owner(episode: Episode, folder: Path) -> None:
    """Make sure that ``out/<slug>``, of which ``folder`` is part, is free, this episode's, or of one that is gone.

    Raises:
        OutputError: it holds files of another episode.
    """
    place = _place(episode, folder)
    if place is None:
        return
    try:
        owner = json.loads((place / MARK).read_text(encoding="utf-8"))["episode"]
    except (OSError, ValueError, KeyError, TypeError):
        return
    if not isinstance(owner, str) or owner == _identity(episode):
        return
    if owner != "tapehead" and not (Path(owner) / "episode.py").is_file():
        return
    other = f"tapehead's own episode '{episode.slug}'" if owner == "tapehead" else f"the episode in {owner}"
    raise OutputError(
        f"{place} holds files of {other}, and the episode in {episode.folder} has the same slug; "
        'give another folder with --out, or another slug: Episode(slug="...", ...) in its episode.py'
    )


def mark_owner(episode: Episode, folder: Path) -> None:
    """Note that the files in ``folder``, part of ``out/<slug>``, are of this episode."""
    if place := _place(episode, folder):
        write_atomically(place / MARK, json.dumps({"episode": _identity(episode)}) + "\n")
