"""Contact sheets: one picture per moment of a cue and one from the middle of each animation.

The pictures come out of the lossless masters, so a sheet shows what the film shows.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tapehead.analysis.store import Store, leasing
from tapehead.render.drawing.cues import CUES, MASTER, CueList
from tapehead.render.drawing.master import MasterReader
from tapehead.render.film.layout import tell_layout
from tapehead.render.film.make import Choices, prepare
from tapehead.render.film.owner import check_owner, mark_owner
from tapehead.render.planning.film_plan import FilmPlan, ScenePlan
from tapehead.render.progress import Reporter
from tapehead.render.tape.driven import scene_seed
from tapehead.render.workers.pool import default_jobs, run_scenes
from tapehead.render.workers.tapes import look_of
from tapehead.scenes.episode import Episode

COLUMNS, ROWS = 4, 5


@dataclass(frozen=True)
class Still:
    """One picture to take: where in the scene, and what it is called on the sheet."""

    frame: int
    caption: str


@dataclass(frozen=True)
class Stills:
    """What was made: contact sheets in film order, and the folder of single pictures."""

    sheets: tuple[Path, ...]
    folder: Path
    count: int

    def to_data(self) -> dict[str, Any]:
        """What ``--json`` prints."""
        return {"sheets": [str(p) for p in self.sheets], "folder": str(self.folder), "count": self.count}


def wanted(cues: CueList) -> list[Still]:
    """The moments of every cue (the frame just before a cue ends or a mark comes) and each animation's middle."""
    stills = {}
    for first, last in cues.animations:
        stills[(first + last) // 2] = Still((first + last) // 2, "…")
    for moment in cues.moments:
        at = min(cues.frames - 1, max(0, moment.frame - (0 if moment.moment == "start" else 1)))
        stills[at] = Still(at, f"{moment.key} · {moment.moment}")
    return [stills[at] for at in sorted(stills)]


@leasing
def make_stills(episode: Episode, choices: Choices, store: Store, reporter: Reporter) -> Stills:
    """Draw what is not drawn yet and lay out the contact sheets under ``out/<episode>/stills``."""
    folder = choices.out / episode.slug / "stills"
    check_owner(episode, folder)
    plan = prepare(episode, choices, store, reporter)
    total = sum(scene.expected_frames for scene in plan.scenes)
    with reporter.stage("draw", total) as track:
        run_scenes(
            plan,
            store.root,
            choices.jobs or default_jobs(),
            folder / "logs",
            lambda frames, note: track.to(sum(frames.values()), note),
            reporter.warn,
            choices.limits,
            encode=False,
        )
    tell_layout(plan, store, folder, reporter, choices.strict)
    sheets, count = [], 0
    with reporter.stage("sheets", len(plan.scenes)) as track:
        for index, scene in enumerate(plan.scenes):
            track.to(index, scene.name)
            made, taken = _scene_sheets(plan, scene, store, folder, index)
            sheets += made
            count += taken
    mark_owner(episode, folder)
    return Stills(tuple(sheets), folder, count)


def _scene_sheets(plan: FilmPlan, scene: ScenePlan, store: Store, folder: Path, index: int) -> tuple[list[Path], int]:
    from PIL import Image

    master = store.peek("master", scene.key)
    assert master is not None, "a scene that was just drawn is there"
    cues, reader = CueList.load(master.file(CUES)), MasterReader(master.file(MASTER))
    tape, seed = look_of(plan, scene, master), scene_seed(plan.seed, scene.name)
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{index + 1:02d}-{scene.name}"
    for old in folder.glob(f"{name}-*"):
        old.unlink()
    pictures = []
    for still in wanted(cues):
        frame = tape.apply(reader.frame(still.frame), still.frame, plan.quality.fps, seed)
        picture = Image.fromarray(frame)
        picture.save(folder / f"{name}-{still.frame:05d}.png")
        pictures.append((picture, f"{still.frame / plan.quality.fps:5.1f} s  {still.caption}"))
    sheets = []
    for number, batch in enumerate(_batched(pictures, COLUMNS * ROWS)):
        path = folder / f"{name}-sheet{number + 1}.png"
        _sheet(batch).save(path)
        sheets.append(path)
    return sheets, len(pictures)


def _batched(items: list[Any], size: int) -> Iterator[list[Any]]:
    iterator = iter(items)
    while batch := list(itertools.islice(iterator, size)):
        yield batch


def _sheet(pictures: list[tuple[Any, str]]) -> Any:
    from PIL import Image, ImageDraw, ImageFont

    wide, high = pictures[0][0].size
    across = (480 * 270 * wide / high) ** 0.5  # as much room for a picture of any shape
    width, height, strip, gap = round(across), round(across * high / wide), 22, 6
    rows = (len(pictures) + COLUMNS - 1) // COLUMNS
    sheet = Image.new("RGB", (COLUMNS * (width + gap) + gap, rows * (height + strip + gap) + gap), "#303238")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=14)
    for place, (picture, caption) in enumerate(pictures):
        x = gap + place % COLUMNS * (width + gap)
        y = gap + place // COLUMNS * (height + strip + gap)
        sheet.paste(picture.resize((width, height), Image.Resampling.LANCZOS), (x, y))
        pen.text((x + 4, y + height + 2), caption, fill="#E8E8E8", font=font)
    return sheet
