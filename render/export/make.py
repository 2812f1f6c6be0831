"""``tapehead export``: from an episode to a folder that an editing program opens."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import OutputError
from tapehead.analysis.store import Store, digest_file, leasing
from tapehead.render.export.pace import Pace, slow_down, slowed
from tapehead.render.export.pictures import Written, codec_named, has_ground, write_scene
from tapehead.render.export.timeline import Marked, ScenePicture, build, formats_named, write
from tapehead.render.film.make import Choices, begin, prepare
from tapehead.render.film.owner import check_owner, mark_owner
from tapehead.render.planning.film_plan import FilmPlan, ScenePlan
from tapehead.render.progress import Reporter, Track
from tapehead.render.sound.stems import write_stems
from tapehead.render.words.captions import chapters_text, srt
from tapehead.render.words.timeline import Timeline
from tapehead.render.workers.pool import default_jobs, run_scenes
from tapehead.render.workers.soundtrack import bed_planned, timeline_of
from tapehead.scenes.episode import Episode

RECORD = "export.json"
MEDIA, SOUND = "media", "sound"


@dataclass(frozen=True)
class Exported:
    """The folder, its files by what they are, and how long the film is in seconds."""

    folder: Path
    files: Mapping[str, Path]
    duration_s: float


def folder_of(episode: Episode, choices: Choices, pace: Pace | None = None) -> Path:
    """Where it goes: ``out/EPISODE/export/QUALITY``, a slower one and one scene alone beside it."""
    place, quality = choices.out / episode.slug / "export", choices.quality.name
    if pace and pace.slower:
        quality += f"-at-{pace}"
    return place / f"{quality}-scenes" / choices.only if choices.only else place / quality


@leasing
def export(
    episode: Episode,
    choices: Choices,
    store: Store,
    reporter: Reporter,
    to: str = "otio",
    codec: str = "prores",
    alpha: bool = False,
    pace: Pace | None = None,
) -> Exported:
    """Write pictures, sounds, captions and timelines into one folder, which is there whole or not at all.

    ``pace`` may slow the film, which is made at ``choices.quality``'s rate, by a thousandth.  Scenes that say
    ``ground = False`` have an alpha channel; with ``alpha`` all stage scenes have one.

    Raises:
        UsageError: no such format or codec, or no timecode at the film's rate.
        MissingPartError: opentimelineio is not installed.
        OutputError: the folder cannot be written.
    """
    formats, pictures = formats_named(to, choices.quality.fps), codec_named(codec)
    pace = pace or Pace(choices.quality.fps)
    final = folder_of(episode, choices, pace)
    check_owner(episode, choices.out / episode.slug / "export")
    plan = prepare(episode, choices, store, reporter)
    begin(plan, final.parent, store, reporter)
    with reporter.stage("draw", sum(scene.expected_frames for scene in plan.scenes)) as track:
        done = run_scenes(
            plan,
            store.root,
            choices.jobs or default_jobs(),
            final.parent / "logs",
            lambda frames, note: track.to(sum(frames.values()), note),
            reporter.warn,
            choices.limits,
            encode=False,
        )
    film = timeline_of(plan, {name: scene.frames for name, scene in done.items()}, store)
    work = Path(tempfile.mkdtemp(prefix=".export-", dir=final.parent))
    work.chmod(0o755)
    try:
        files: dict[str, Path] = {}
        (work / MEDIA).mkdir()
        (work / SOUND).mkdir()
        written: dict[str, Written] = {}
        with reporter.stage("pictures", sum(scene.frames for scene in done.values())) as track:
            before = 0
            for number, scene in enumerate(plan.scenes, 1):
                out = work / MEDIA / f"{number:02d}-{scene.name}{pictures.ending}"
                cut = not scene.plain and (alpha or not has_ground(plan, scene))
                told = partial(_further, track, before)
                written[scene.name] = write_scene(
                    plan, scene, store, out, pictures, cut, told, pace.rate if pace.slower else None
                )
                before += written[scene.name].frames
                files[f"scene {scene.name}"] = out
        with reporter.stage("sound"):
            stems = write_stems(film, work / SOUND, plan.seed, bed_planned(plan))
            if pace.slower:
                film = slowed(film)
                for path in stems.values():
                    slow_down(path)
            files |= {f"sound {name}": path for name, path in stems.items()}
        with reporter.stage("timeline"):
            scenes = [_scene(plan, scene, written[scene.name], film, store) for scene in plan.scenes]
            parts = {name: f"{SOUND}/{path.name}" for name, path in stems.items() if name != "all"}
            made = build(plan.title, film, scenes, parts, pace)
            for form in formats:
                files[form] = work / f"{episode.slug}.{form}"
                write(made, files[form], form, pace)
            for kind, text in (("srt", srt(film)), ("chapters.txt", chapters_text(film))):
                if text:
                    files[kind] = work / f"{episode.slug}.{kind}"
                    files[kind].write_text(text, encoding="utf-8", newline="\n")
            record = _record(plan, film, written, files, work) | {"rate": str(pace), "drop_frame": pace.drops}
            (work / RECORD).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
            files["record"] = work / RECORD
        _swap(work, final)
    except OSError as error:
        raise OutputError(f"{final} cannot be written: {error.strerror or error}; free some space, or --out") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    mark_owner(episode, choices.out / episode.slug / "export")
    placed = {name: final / path.relative_to(work) for name, path in files.items()}
    return Exported(final, placed, film.duration)


def _further(track: Track, before: int, frames: int) -> None:
    """``frames`` of this scene are written, and ``before`` of those before it."""
    track.to(before + frames)


def _scene(plan: FilmPlan, scene: ScenePlan, written: Written, film: Timeline, store: Store) -> ScenePicture:
    from tapehead.render.drawing.cues import CUES, CueList

    cues = CueList.load(store.place("master", scene.key) / CUES)
    marks = [Marked(scene.title or scene.name, 0, "RED", "chapter")] if scene.chapter else []
    for moment in cues.moments:
        line = scene.context.lines.get(moment.key)
        if moment.moment == "start":
            marks.append(Marked(moment.key, moment.frame, "GREEN", line.text if line else ""))
        elif moment.moment != "end":
            marks.append(Marked(f"{moment.key}: {moment.moment}", moment.frame, "YELLOW", "mark"))
    return ScenePicture(scene.name, scene.title, f"{MEDIA}/{written.path.name}", written.frames, marks)


def _record(
    plan: FilmPlan, film: Timeline, written: Mapping[str, Written], files: Mapping[str, Path], work: Path
) -> dict[str, Any]:
    """What lies there, for whoever opens it later or checks it."""
    return {
        "episode": plan.episode,
        "title": plan.title,
        "fps": film.fps,
        "size": [plan.quality.width, plan.quality.height],
        "duration_s": film.duration,
        "tape": plan.tape,
        "sound": "before the tape" if plan.on_tape else "as in the film",
        "scenes": {
            name: {"file": f"{MEDIA}/{one.path.name}", "frames": one.frames, "alpha": one.alpha}
            for name, one in written.items()
        },
        "files": {path.relative_to(work).as_posix(): digest_file(path) for path in files.values()},
    }


def _swap(work: Path, final: Path) -> None:
    """Give the new folder its name; what was there before goes afterwards."""
    if not final.exists():
        work.rename(final)
        return
    old = Path(tempfile.mkdtemp(prefix=".old-", dir=final.parent))
    final.rename(old / "export")
    work.rename(final)
    shutil.rmtree(old, ignore_errors=True)
