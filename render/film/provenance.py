"""What a film was made from, in a file beside it: results, scenes, numbers, words, versions, digests."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tapehead.analysis.store import Entry, Store, digest_file
from tapehead.render.film.flashes import FilmFlash
from tapehead.render.planning.film_plan import FilmPlan, ScenePlan, looked
from tapehead.render.planning.sources import media_named
from tapehead.render.words.timeline import Timeline
from tapehead.render.workers.worker import SceneDone
from tapehead.scenes.episode import Episode
from tapehead.scenes.script import DEFAULT

PROVENANCE = "provenance.json"


def media_of(scene: ScenePlan, episode: Episode) -> dict[str, str]:
    """Digests of the pictures, sounds and clips in the episode's folder that a scene names."""
    if scene.package:  # a card, which is from elsewhere
        return {}
    module = episode.folder / f"{scene.target.partition(':')[0].lstrip('.').replace('.', '/')}.py"
    return {name: digest_file(episode.folder / name) for name in media_named(module, episode.folder)}


def provenance(
    episode: Episode,
    plan: FilmPlan,
    done: Mapping[str, SceneDone],
    timeline: Timeline,
    sound: Entry,
    flashes: tuple[FilmFlash, ...],
    digests: Mapping[str, Any],
    files: Mapping[str, Path],
    store: Store,
) -> dict[str, Any]:
    """What the film was made from.  No dates and no paths of this machine: equal films, equal provenance."""
    from tapehead.render.drawing.cues import CUES, CueList
    from tapehead.render.planning.sources import drawing_versions

    scenes = {}
    for scene in plan.scenes:
        cues = CueList.load(store.place("master", scene.key) / CUES)
        scenes[scene.name] = {
            "frames": done[scene.name].frames,
            "frames_digest": done[scene.name].frames_digest,
            "origins": cues.origins,
            "numbers": cues.numbers,
            "typed": cues.typed,
            "taped": scene.taped,
            "tape": cues.tape,
            "results": list(scene.context.results),
            **({"plain": True, "sections": cues.sections} if scene.plain else {}),
            **({"media": media} if (media := media_of(scene, episode)) else {}),
        }
    facts = {}
    for result, ref in plan.results.items():
        entry = store.peek("result", ref.key)
        kept = dict(entry.record["facts"]) if entry else {}
        kept.pop("wall_s", None)
        facts[result] = {**asdict(ref), **kept, **(cited(store, entry) if entry else {})}
    keys = plan.voices
    voices = sorted({keys[placed.line.key] for placed in timeline.lines if placed.line.audio})
    return {
        "plan": plan.key,
        "episode": episode.slug,
        "title": plan.title,
        "quality": plan.quality.name,
        "duration_s": round(timeline.duration, 3),
        "seed": plan.seed,
        "tape": plan.tape_identity,
        "voice": plan.voice,
        "sound": {"lufs": sound.record["facts"]["lufs"], "true_peak_db": sound.record["facts"]["true_peak_db"]},
        "flashes": [asdict(flash) for flash in flashes],
        **looked(plan.look),
        "results": facts,
        "scenes": scenes,
        "spoken": spoken_of(timeline),
        "references": [[r.text, r.url, r.licence] for r in episode.references],
        "versions": drawing_versions() | {"python": platform.python_version()},
        "digests": dict(digests),
        "files": {kind: {"name": path.name, "size": path.stat().st_size} for kind, path in files.items()},
        "store": {
            "result": sorted(ref.key for ref in plan.results.values()),
            "voice": voices,
            "master": sorted(scene.key for scene in plan.scenes),
            "chunk": sorted({key for scene in plan.scenes for key in done[scene.name].chunks}),
            "sound": [sound.key],
        },
    }


def spoken_of(timeline: Timeline) -> dict[str, Any]:
    """By line: which of its variants was said, and each number in it with the place that it was read from."""
    return {
        placed.line.key: {
            **({} if placed.line.variant == DEFAULT else {"variant": placed.line.variant}),
            "numbers": [asdict(number) for number in placed.line.numbers],
        }
        for placed in timeline.lines
        if placed.line.numbers or placed.line.variant != DEFAULT
    }


def cited(store: Store, entry: Entry) -> dict[str, str]:
    """For whom a result holds and whom it cites, where it says so."""
    result = store.read_result(entry.path)
    return {"cites": result.citation} if result.citation else {}
