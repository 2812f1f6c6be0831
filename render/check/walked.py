"""What only a walk through the scenes can tell: results that fail, lines that are never said, and the layout."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tapehead.analysis.errors import Interrupted, TapeheadError
from tapehead.analysis.registry import load
from tapehead.analysis.results import Result
from tapehead.analysis.store import Entry, Store
from tapehead.render.check.needed import need_problems
from tapehead.render.check.problems import ADVICE, ERROR, LAYOUT, Problem, errors
from tapehead.render.check.shape import framing_of, shape_problems, small_stage
from tapehead.render.drawing.draw import any_scene_class, scene_class
from tapehead.render.drawing.dry import SMALL, DryObserver, walk_through
from tapehead.render.drawing.media import Known
from tapehead.render.drawing.watch import LayoutWatch
from tapehead.render.film.layout import Place, marked, places_of
from tapehead.render.film.make import analyze
from tapehead.render.framing.rooms import Box
from tapehead.render.planning.film_plan import Around, plan_scene
from tapehead.render.progress import Reporter
from tapehead.render.quality import Quality
from tapehead.render.words.narration import narrate
from tapehead.render.words.voice.choose import voice_named
from tapehead.render.words.voice.speech import Voice
from tapehead.scenes.episode import Episode, SceneRef
from tapehead.scenes.filling import filled
from tapehead.scenes.lacking import lacking
from tapehead.scenes.loading import explained
from tapehead.scenes.script import Script, TimedLine
from tapehead.scenes.spoken_numbers import contradictions

PLAIN = "SceneRef(..., plain=True) takes a Manim scene with its own"
LEFT_OUT = {
    "add_sound": f'self.sound("chime") plays one of the stage\'s sounds; {PLAIN}',
    "add_subcaption": f"captions are the lines that are spoken; {PLAIN}",
    "next_section": f"a film's sections are its scenes and their cues; {PLAIN}",
}
"""Calls of Manim's that a stage scene takes and ignores, and what there is instead."""


@dataclass
class Walk:
    """What was found on the way, the places in the layout among them, and how long the film will be about."""

    problems: list[Problem] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    seconds: float = 0.0
    results: Mapping[str, Entry] = field(default_factory=dict)
    """Empty where something could not be computed."""

    def result_of(self, store: Store) -> Callable[[str], Result | None]:
        """What gives an analysis' result by its id, or None where there is none."""
        return lambda name: load(store, self.results[name], name) if name in self.results else None


def walk(
    episode: Episode,
    script: Script,
    store: Store,
    reporter: Reporter,
    pictures: Path,
    *,
    only: str = "",
    voice: Voice | None = None,
    picture: Quality | None = None,
    around: Around | None = None,
) -> Walk:
    """Compute what is not kept, fill in the words, and go through every scene.

    Pictures of places in the layout are written into ``pictures``, if there are any.  Times are those of ``voice``,
    whose lines are kept in ``store``; without one, those of the voice ``none``, which a spoken film comes near to.
    With a ``picture`` of another shape, scenes are walked through as they will stand in it, ``around`` them what does.
    """
    found = Walk()
    try:
        found.results = results = analyze(episode, store, reporter)
    except Interrupted:
        raise
    except TapeheadError as error:
        found.problems += errors(error)
        return found
    try:
        script = filled(script, lambda name: load(store, results[name], name))
        for complaint in contradictions(script, lambda name: load(store, results[name], name)):
            found.problems.append(Problem(ERROR, f"the narration and the results disagree: {complaint}"))
    except TapeheadError as error:
        found.problems += errors(error)
        return found
    with tempfile.TemporaryDirectory(prefix="tapehead-check-") as place:
        try:
            if voice:
                with reporter.stage("speak", len(script.scene(only) if only else script.lines)) as spoken:
                    lines = narrate(script, voice, store, lambda done, _all: spoken.to(done), scene=only)
            else:
                lines = narrate(script, voice_named("none"), Store(Path(place)))
        except Interrupted:
            raise
        except TapeheadError as error:
            found.problems += errors(error)
            return found
        scenes = (episode.scene(only),) if only else episode.scenes
        about = around or Around()
        if picture is not None:
            found.problems += shape_problems(replace(episode, scenes=scenes), picture, lines, about)
        with reporter.stage("scenes", len(scenes)) as track:
            for number, scene in enumerate(scenes):
                track.to(number, scene.name)
                framing = framing_of(scene, picture, lines, about) if picture else None
                small = small_stage(framing.rooms.stage) if framing else _whole(picture)
                found.problems += _walk_scene(episode, scene, results, lines, found, pictures, small)
        found.seconds = sum(line.duration + line.pause for line in lines.values())
    return found


def _whole(picture: Quality | None) -> Quality:
    """What a scene is walked through in that has the whole picture."""
    return small_stage(Box(0, 0, picture.width, picture.height)) if picture else SMALL


def _plain(episode: Episode, scene: SceneRef, file: Path) -> Iterator[Problem]:
    """A scene of Manim's is loaded and no more: what it does is its own business, and nothing waits for its lines."""
    try:
        with explained(episode.package, episode.folder, file):
            any_scene_class(episode.package, episode.folder, scene.target)
    except Interrupted:
        raise
    except TapeheadError as error:
        yield from (
            Problem(ERROR, f"{line} (scene '{scene.name}')") for line in str(error).splitlines() if line.strip()
        )


def _walk_scene(
    episode: Episode,
    scene: SceneRef,
    results: Mapping[str, Entry],
    lines: Mapping[str, TimedLine],
    found: Walk,
    pictures: Path,
    small: Quality = SMALL,
) -> Iterator[Problem]:
    watch, observer = LayoutWatch(SMALL.fps, keep=True), DryObserver(SMALL.fps)
    file = episode.folder / f"{scene.target.partition(':')[0].lstrip('.').replace('.', '/')}.py"
    if not file.is_file():
        return  # told already
    if scene.plain:
        yield from _plain(episode, scene, file)
        return
    try:
        plan = plan_scene(episode, scene, SMALL, results, lines, episode.seed)  # its key is not used
        with explained(episode.package, episode.folder, file):
            found_type = scene_class(episode.package, episode.folder, plan.target)
            observer.known = Known.of(episode.folder, plan.target, Path())
            walk_through(found_type, plan.context, observer, watch, small, episode.folder)
    except Interrupted:
        raise
    except TapeheadError as error:
        told = str(error)
        where = f" (scene '{scene.name}', after {observer.last_cue})" if observer.last_cue else ""
        needs = list(need_problems(episode, [scene])) if lacking(error) else []  # all, and not the first alone
        yield from needs or (Problem(ERROR, f"{line}{where}") for line in told.splitlines() if line.strip())
    for call in sorted(observer.scene.left_out) if observer.scene else ():
        yield Problem(ADVICE, f"scene '{scene.name}': self.{call}(…) does nothing in a StageScene: {LEFT_OUT[call]}")
    places = places_of(scene.name, SMALL.fps, watch.finish(observer.frames()))
    found.places += places
    for place in places:
        yield Problem(LAYOUT if place.box else ADVICE, str(place))
    for frame, picture in watch.pictures.items():
        pictures.mkdir(parents=True, exist_ok=True)
        here = [place for place in places if place.frame == frame]
        marked(picture, here).save(pictures / f"{scene.name}-{frame:05d}.png")
