"""A film's times and its sound, from its plan and the lengths of its drawn scenes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.store import Entry, Store, digest_file, digest_of
from tapehead.render.identity import identity
from tapehead.render.planning.film_plan import NO_BED, FilmPlan
from tapehead.render.tape.driven import scene_seed
from tapehead.render.tape.film_sound import Recording, recording_of
from tapehead.render.words.timeline import Effect, FileSound, PlacedLine, SceneSpan, Section, Timeline
from tapehead.render.workers.tapes import tape_of
from tapehead.scenes.script import TimedLine, Word

MIX, TRACK = "sound.wav", "sound.m4a"
"""The files of an entry: samples, and the same as the film has them."""
SUBCAPTION = "subcaption"
"""Who speaks what a plain scene writes as a subcaption."""


def timeline_of(plan: FilmPlan, lengths: Mapping[str, int], store: Store) -> Timeline:
    """The one timing model: where in the film each scene, line and effect is; ``lengths`` in frames by scene."""
    from tapehead.render.drawing.cues import CUES, CueList

    start, spans, lines, effects = 0, list[SceneSpan](), list[PlacedLine](), list[Effect]()
    sounds, sections = list[FileSound](), list[Section]()
    fps = plan.quality.fps
    for scene in plan.scenes:
        place = store.place("master", scene.key)
        cues = CueList.load(place / CUES)
        for key, at in cues.starts().items():
            lines.append(PlacedLine(start / fps + at, scene.context.lines[key], scene.name))
        for effect in cues.effects:
            effects.append(Effect(effect["name"], (start + effect["frame"]) / fps, effect["gain_db"]))
        for sound in cues.sounds:
            at, file = (start + sound["frame"]) / fps, place / sound["file"]
            sounds.append(FileSound(sound["file"], at, sound["gain_db"], str(file), sound.get("duck_db", 0.0)))
        lines += [_subcaption(scene.name, number, each, start / fps) for number, each in enumerate(cues.subcaptions)]
        sections += [Section(each["name"], (start + each["frame"]) / fps, scene.name) for each in cues.sections]
        frames = lengths[scene.name]
        spans.append(SceneSpan(scene.name, scene.title, scene.chapter, start / fps, frames / fps))
        start += frames
    return Timeline(start / fps, fps, tuple(spans), tuple(lines), tuple(effects), tuple(sounds), tuple(sections))


def _subcaption(scene: str, number: int, told: Mapping[str, Any], start: float) -> PlacedLine:
    """A subcaption of a plain scene as a line that nobody speaks: captions and transcript show it."""
    duration = max(0.0, told["end"] - told["start"])
    words = told["text"].split()
    share = duration / max(1, len(words))
    timed = tuple(Word(word, at * share, (at + 1) * share, measured=False) for at, word in enumerate(words))
    key = f"{scene}.subcaption-{number + 1}"
    line = TimedLine(key, scene, SUBCAPTION, told["text"], duration, timed, False, {}, 0.0, "")
    return PlacedLine(start + told["start"], line, scene)


def recordings(plan: FilmPlan, lengths: Mapping[str, int], store: Store) -> tuple[Recording, ...]:
    """What each scene's sound goes through; empty where no scene is on a tape."""
    fps, first, found = plan.quality.fps, 0, []
    for scene in plan.scenes:
        frames = lengths[scene.name]
        master = store.peek("master", scene.key)
        assert master is not None, "a scene that was just drawn is there"
        tape, seed = tape_of(plan, scene, master), scene_seed(plan.seed, scene.name)
        if (recording := recording_of(tape, seed, first, frames, fps)) is not None:
            found.append(recording)
        first += frames
    return tuple(found)


def bed_planned(plan: FilmPlan) -> bool | Path:
    """The film's bed: tapehead's own, none, or a file of the episode that still is what was planned.

    Raises:
        EpisodeError: it is another file now.
    """
    if plan.bed in ("", NO_BED):
        return not plan.bed
    path = Path(plan.folder) / plan.bed
    if not path.is_file() or digest_file(path) != plan.bed_digest:
        raise EpisodeError(f"the music {path} is not what it was when the film was planned; render it again")
    return path


def sound_of(
    plan: FilmPlan, lengths: Mapping[str, int], store: Store, made: Callable[[float], None] = lambda _seconds: None
) -> Entry:
    """The film's sound as a kept entry, mixed and encoded: once for equal words, times, seed and tapes.

    Scenes have to be drawn, nothing more: the sound is made while their pictures are still being encoded.  ``made`` is
    told how long it took if it had to be made.
    """
    from tapehead.render.encoding.sound import audio_identity, encode_sound
    from tapehead.render.sound import mix

    timeline, tapes = timeline_of(plan, lengths, store), recordings(plan, lengths, store)

    voices = plan.voices
    key = digest_of(
        {
            "code": identity("sound"),
            "encoder": audio_identity(),
            "duration": timeline.duration,
            "lines": [[placed.start, voices.get(placed.line.key, "")] for placed in timeline.lines],
            "effects": [[effect.name, effect.start, effect.gain_db] for effect in timeline.effects],
            **(
                {"sounds": [[each.name, each.start, each.gain_db, each.duck_db] for each in timeline.sounds]}
                if timeline.sounds
                else {}
            ),
            **({"bed": [plan.bed, plan.bed_digest]} if plan.bed else {}),
            "seed": plan.seed,
            **({"tapes": [tape.identity() for tape in tapes]} if tapes else {}),
        }
    )
    entry = store.get("sound", key)
    if entry is None:
        with store.lock("sound", key):
            entry = store.get("sound", key)
            if entry is None:
                began = time.perf_counter()
                facts: dict[str, Any] = {"episode": plan.episode}
                with store.draft("sound", key, facts) as work:
                    report = mix(timeline, work / MIX, plan.seed, bed_planned(plan), tapes)
                    encode_sound(work / MIX, work / TRACK, sum(lengths.values()), plan.quality.fps)
                    facts |= {"lufs": report.lufs, "true_peak_db": report.true_peak_db}
                entry = store.get("sound", key)
                made(time.perf_counter() - began)
    assert entry is not None, "a mix that was just written is readable"
    return entry
