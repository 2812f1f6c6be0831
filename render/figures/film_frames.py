"""Stills of the scenes at any size: each scene is drawn at exactly the pixels that a width and a resolution make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PIL import Image

from tapehead.analysis.errors import OutputError, UsageError
from tapehead.analysis.store import Store, leasing
from tapehead.render.drawing.cues import CUES, MASTER, CueList
from tapehead.render.drawing.master import MasterReader
from tapehead.render.figures.style import MM_PER_INCH
from tapehead.render.film.make import Choices, prepare
from tapehead.render.progress import Reporter
from tapehead.render.quality import Quality
from tapehead.render.whole_files import save_picture
from tapehead.render.workers.logs import remove_logs
from tapehead.render.workers.pool import default_jobs, run_scenes
from tapehead.scenes.episode import Episode

FPS = 5
"""Frames a second of the drawing that stills are taken from: at a cue's end the picture is the same at any rate."""
LARGEST = 8192


def size_for(width_mm: float, dpi: int) -> tuple[int, int]:
    """Pixels of a 16:9 picture, even numbers.

    Raises:
        UsageError: it is too small to read or too large to draw.
    """
    width = 2 * round(width_mm / MM_PER_INCH * dpi / 2)
    if not 320 <= width <= LARGEST:
        raise UsageError(f"{width_mm:g} mm at {dpi} dpi are {width} pixels; stills have from 320 to {LARGEST}")
    return width, 2 * round(width * 9 / 32)


@leasing
def scene_stills(
    episode: Episode,
    only: Sequence[str],
    width_mm: float,
    dpi: int,
    store: Store,
    reporter: Reporter,
    folder: Path,
) -> list[Path]:
    """One picture per cue of each scene, from the moment before the cue ends, tagged with its resolution.

    Raises:
        UnknownNameError: the episode has no such scene.
        UsageError: the size is out of range.
        OutputError: the folder cannot be written.
    """
    width, height = size_for(width_mm, dpi)
    for name in only:
        episode.scene(name)
    choices = Choices(Quality(f"still-{width}", width, height, FPS), only=only[0] if len(only) == 1 else "")
    plan = prepare(episode, choices, store, reporter)
    wanted = tuple(scene for scene in plan.scenes if not only or scene.name in only)
    plan = replace(plan, scenes=wanted, whole=False)
    with reporter.stage("draw", sum(scene.expected_frames for scene in wanted)) as track:
        run_scenes(
            plan,
            store.root,
            default_jobs(),
            folder / "logs",
            lambda frames, note: track.to(sum(frames.values()), note),
            reporter.warn,
            encode=False,
        )
    paths = []
    for scene in wanted:
        master = store.get("master", scene.key)
        assert master is not None, "a scene that was just drawn is readable"
        cues, reader = CueList.load(master.file(CUES)), MasterReader(master.file(MASTER))
        for moment in cues.moments:
            if moment.moment == "end":
                picture = Image.fromarray(reader.frame(max(0, min(cues.frames, moment.frame) - 1)))
                paths.append(_saved(picture, folder / f"{moment.key}.png", dpi))
    remove_logs(folder / "logs")
    return paths


def _saved(picture: Image.Image, path: Path, dpi: int) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        save_picture(picture, path, dpi=(dpi, dpi), optimize=True)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}; choose another --out") from error
    return path
