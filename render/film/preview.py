"""``tapehead preview``: the film, or one scene of it, small and soon; and again whenever a file is saved.

While it watches, the fork server keeps Manim imported, so that a saved scene shows its first picture as soon as the
scene itself can be drawn.  Scenes are told apart by their store keys: what a change does not touch is not drawn.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from tapehead.analysis.errors import Interrupted, TapeheadError
from tapehead.analysis.sources import ROOT
from tapehead.analysis.store import Store
from tapehead.render.film.make import Choices, Film, folder_for, render
from tapehead.render.progress import Reporter
from tapehead.render.workers.pool import warm_up
from tapehead.scenes.episode import find_episode

PICTURE = "now.png"
_EVERY_S = 0.25
_WATCHED = {".py", ".toml", ".json", ".svg", ".typ", ".safetensors"}
_OURS = ("scenes", "analysis", "render", "assets")

Stamps = dict[Path, tuple[int, int]]


class _Saved(Exception):  # noqa: N818 - a signal to begin again, and no error
    """A file was saved while a preview was being made."""


@dataclass(frozen=True)
class Preview:
    """What is looked at, and how."""

    episode: str
    choices: Choices
    watch: bool
    show: bool


def preview(asked: Preview, store: Store, reporter: Reporter, answer: Callable[[Film], None]) -> None:
    """Make the preview, hand it to ``answer``, and with ``watch`` go on until Ctrl-C.

    Raises:
        TapeheadError: without ``watch``, what a render raises; with it, problems are reported and waited out.
        Interrupted: Ctrl-C while watching.
    """
    if not asked.watch:
        film = _make(asked, store, reporter, None, time.monotonic())
        answer(film)
        if asked.show:
            open_file(film.path)
        return
    folder = find_episode(asked.episode).folder
    warm_up()
    shown = False
    try:
        while True:
            stamps, began = stamps_of(folder), time.monotonic()
            try:
                film = _make(asked, store, reporter, partial(_raise_if_saved, folder, stamps), began)
                answer(film)
                if asked.show and not shown:
                    shown = open_file(film.path)
            except _Saved:
                reporter.say("preview: a file was saved; beginning again")
            except TapeheadError as error:
                if isinstance(error, Interrupted):
                    raise
                reporter.warn(f"preview: {error}")
            _go_on(folder, wait_for_change(folder, stamps), reporter)
    except KeyboardInterrupt:
        raise Interrupted("stopped watching") from None


def _make(asked: Preview, store: Store, reporter: Reporter, look: Callable[[], None] | None, began: float) -> Film:
    episode = find_episode(asked.episode)
    picture = folder_for(episode.slug, replace(asked.choices, only="")) / PICTURE
    told = False

    def first(scene: str) -> None:
        nonlocal told
        if not told:
            reporter.say(f"preview: first picture of '{scene}' after {time.monotonic() - began:.1f} s: {picture}")
        told = True

    return render(episode, replace(asked.choices, picture=picture, on_picture=first, on_tick=look), store, reporter)


def stamps_of(folder: Path, shared: bool = True) -> Stamps:
    """Size and time of every file that a film of the episode in ``folder`` can depend on.

    Without ``shared`` only those of the folder, which are few and can be asked for often.
    """
    found: Stamps = {}
    for root in (folder, *(ROOT / name for name in _OURS if shared)):
        for place, folders, names in os.walk(root):
            folders[:] = [name for name in folders if not name.startswith((".", "__"))]
            for name in names:
                path = Path(place, name)
                if path.suffix in _WATCHED and not name.startswith("."):
                    try:
                        stat = path.stat()
                    except OSError:
                        continue  # an editor that renames; the next look sees it
                    found[path] = (stat.st_mtime_ns, stat.st_size)
    return found


def changed(before: Stamps, after: Stamps) -> set[Path]:
    """Files that came, went or were saved."""
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def wait_for_change(folder: Path, before: Stamps) -> set[Path]:
    """Sleep until a file is saved, and is no longer being written; returns which."""
    while True:
        found = changed(before, after := stamps_of(folder))
        if found:
            time.sleep(0.05)
            if stamps_of(folder) == after:
                return found
        time.sleep(_EVERY_S)


def _raise_if_saved(folder: Path, before: Stamps) -> None:
    if changed(before, stamps_of(folder)):
        raise _Saved


def _go_on(folder: Path, files: set[Path], reporter: Reporter) -> None:
    """After a change begin again: in this process if it has not imported what changed, else in a fresh one."""
    imported = {
        Path(file).resolve() for module in list(sys.modules.values()) if (file := getattr(module, "__file__", None))
    }
    names = ", ".join(sorted(path.name for path in files)[:3])
    reporter.say(f"preview: {names} saved")
    stale = {path for path in files if path.suffix == ".py"} & imported
    shared = {path for path in files if path.suffix == ".py" and not path.is_relative_to(folder)}
    if stale or shared:  # the fork server has imported the shared ones
        sys.stdout.flush()
        os.execv(sys.executable, [sys.executable, "-m", "tapehead", *sys.argv[1:]])  # noqa: S606


def open_file(path: Path) -> bool:
    """Show a file with what the desktop has for it; False where there is no desktop."""
    if sys.platform == "darwin":
        opener = "open"
    elif os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        opener = "xdg-open"
    else:
        return False
    if not shutil.which(opener):
        return False
    subprocess.Popen([opener, str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    return True
