"""From finished scenes to the film: flashes, sound, join, captions, provenance; and whether it is there already."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tapehead.analysis.store import Entry, Store, digest_file, digest_of, leasing, write_atomically
from tapehead.render.encoding.container import CHUNK, ENDING
from tapehead.render.film.flashes import FilmFlash, allowed, flashes_of
from tapehead.render.film.owner import check_owner, mark_owner
from tapehead.render.film.provenance import PROVENANCE, provenance
from tapehead.render.film.writable import writing
from tapehead.render.planning.costs import Costs
from tapehead.render.planning.film_plan import FilmPlan
from tapehead.render.progress import Reporter
from tapehead.render.words.captions import chapters_text, srt, transcript, vtt
from tapehead.render.words.timeline import Timeline
from tapehead.render.workers.logs import remove_logs
from tapehead.render.workers.soundtrack import TRACK, sound_of, timeline_of
from tapehead.render.workers.worker import SceneDone
from tapehead.scenes.episode import Episode

TIMELINE = "timeline.json"
_SUFFIXES = {"chapters": "chapters.txt", "timeline": TIMELINE}


@dataclass(frozen=True)
class Film:
    """A finished film and the files that belong to it."""

    path: Path
    duration_s: float
    files: Mapping[str, Path]
    digests: Mapping[str, Any]
    stages_s: Mapping[str, float] = field(default_factory=dict)
    fresh: bool = True
    flashes: tuple[FilmFlash, ...] = ()
    drawn: tuple[str, ...] = ()
    """The scenes that had to be drawn for it now."""

    def to_data(self) -> dict[str, Any]:
        """What ``--json`` prints."""
        return {
            "film": str(self.path),
            "duration_s": round(self.duration_s, 3),
            "files": {name: str(path) for name, path in self.files.items()},
            "digests": self.digests,
            "stages_s": dict(self.stages_s),
            "drawn": list(self.drawn),
            **({"flashes": [str(flash) for flash in self.flashes]} if self.flashes else {}),
        }


@leasing
def finish(
    episode: Episode,
    plan: FilmPlan,
    done: Mapping[str, SceneDone],
    folder: Path,
    store: Store,
    reporter: Reporter,
    allow_flashes: bool = False,
) -> Film:
    """From finished scenes, wherever they were made, to the film: flashes, sound, join, captions, provenance.

    Raises:
        TapeheadError: see the stages; nothing partial is left under a final name.
    """
    name, costs = plan.name, Costs(store.root, plan)
    began = time.perf_counter()
    check_owner(episode, folder)
    drawn = tuple(scene.name for scene in done.values() if scene.drawn)
    with reporter.stage("flashes"):
        flashes = flashes_of(plan, done, store)
    allowed(flashes, allow_flashes, reporter.warn)
    lengths = {name: scene.frames for name, scene in done.items()}
    timeline = timeline_of(plan, lengths, store)
    with reporter.stage("sound"):  # where a worker has made it, this finds it
        before = time.perf_counter()
        sound = sound_of(plan, lengths, store, costs.mixed if plan.whole else lambda _seconds: None)
        began += time.perf_counter() - before
    # Two renders into the same folder take turns here; the second finds the first one's film.
    with reporter.stage("join"), store.lock("film", digest_of(str(folder.resolve() / name))):
        if there := finished(folder, name, plan):
            return replace(there, stages_s=dict(reporter.stages_s), drawn=drawn)
        with writing(folder):
            for left in folder.glob(f".{name}.*.part"):  # of a run that was killed while it joined
                left.unlink(missing_ok=True)
        film = _deliver(episode, plan, done, timeline, sound, flashes, folder, name, store)
    if plan.whole:
        costs.joined(time.perf_counter() - began)
        costs.keep()
    return replace(film, stages_s=dict(reporter.stages_s), drawn=drawn)


def _deliver(
    episode: Episode,
    plan: FilmPlan,
    done: Mapping[str, SceneDone],
    timeline: Timeline,
    sound: Entry,
    flashes: tuple[FilmFlash, ...],
    folder: Path,
    name: str,
    store: Store,
) -> Film:
    from tapehead.render.encoding.joining import join

    chunks = [store.place("chunk", key) / CHUNK for scene in plan.scenes for key in done[scene.name].chunks]
    words = {
        "timeline": json.dumps(timeline.to_data(), indent=1),
        "srt": srt(timeline),
        "vtt": vtt(timeline),
        "txt": transcript(timeline),
        "chapters": chapters_text(timeline),
    }
    files = {"film": folder / f"{name}{ENDING}"}
    with writing(folder):
        metadata = {"title": plan.title, "comment": f"tapehead {episode.slug} {plan.quality.name}"}
        join(chunks, sound.file(TRACK), files["film"], plan.quality.fps, metadata)
        for kind, text in ((kind, text) for kind, text in words.items() if text):
            files[kind] = folder / f"{name}.{_SUFFIXES.get(kind, kind)}"
            write_atomically(files[kind], text)
        digests = {
            "files": {kind: digest_file(path) for kind, path in files.items()},
            "frames": {scene.name: done[scene.name].frames_digest for scene in plan.scenes},
            "results": {result: ref.digest for result, ref in plan.results.items()},
        }
        record = provenance(episode, plan, done, timeline, sound, flashes, digests, files, store)
        files["provenance"] = folder / (PROVENANCE if plan.whole else f"{name}.{PROVENANCE}")
        write_atomically(files["provenance"], json.dumps(record, indent=1, sort_keys=True))
        remove_logs(folder / "logs")
        mark_owner(episode, folder)
    store.remember_film(files["provenance"], record["store"])
    return Film(files["film"], timeline.duration, files, digests, flashes=flashes)


def finished(folder: Path, name: str, plan: FilmPlan) -> Film | None:
    """The film, if it lies there whole and was made from an equal plan: keys and sizes are read, no contents."""
    path = folder / (PROVENANCE if plan.whole else f"{name}.{PROVENANCE}")
    try:
        record = json.loads(path.read_text())
        files = {kind: folder / meta["name"] for kind, meta in record["files"].items()}
        whole = (
            record["plan"] == plan.key
            and all(
                file.parent == folder and file.name == record["files"][kind]["name"] for kind, file in files.items()
            )
            and "timeline" in record["files"]
            and all(files[kind].stat().st_size == meta["size"] for kind, meta in record["files"].items())
        )
        if not whole:
            return None
        files["provenance"] = path
        flashes = tuple(FilmFlash(**flash) for flash in record["flashes"])
        return Film(files["film"], record["duration_s"], files, record["digests"], fresh=False, flashes=flashes)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
