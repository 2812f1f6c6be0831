"""The plan of a film: plain data that fixes everything that drawing, taping and encoding depend on.

Results are computed and lines are spoken before the plan exists, so that durations are known and frozen; what is left
is a list of scenes, each with its key.  Nothing here imports manim.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.sources import keeping
from tapehead.analysis.store import Entry, digest_file, digest_of
from tapehead.render.identity import STAGES, identity
from tapehead.render.planning.sources import scene_sources
from tapehead.render.quality import Quality
from tapehead.render.tape.presets import CLEAN
from tapehead.render.words.narration import entry_key
from tapehead.scenes.episode import Episode, SceneRef
from tapehead.scenes.script import TimedLine
from tapehead.scenes.stage.context import StageContext

NO_BED = "-"
"""A film without a bed."""


@dataclass(frozen=True)
class ScenePlan:
    """One scene: what to draw, from what, and the key of its lossless master."""

    name: str
    title: str
    chapter: bool
    target: str
    key: str
    context: StageContext
    expected_frames: int
    taped: bool = True
    """Whether the film's tape is put on this scene."""
    voices: Mapping[str, str] = field(default_factory=dict)
    """Keys of the entries of its spoken lines, by line."""
    plain: bool = False
    """Whether it is a Manim scene as it is."""


@dataclass(frozen=True)
class ResultRef:
    """A result in the store: key and digest of its entry."""

    key: str
    digest: str


@dataclass(frozen=True)
class FilmPlan:
    """A film: its scenes in order, and the settings that all of them share."""

    episode: str
    title: str
    package: str
    folder: str
    quality: Quality
    tape: str
    tape_identity: Mapping[str, Any]
    voice: Mapping[str, Any]
    seed: int
    language: str
    results: Mapping[str, ResultRef]
    scenes: tuple[ScenePlan, ...]
    whole: bool
    bed: str = ""
    """Empty for tapehead's own, :data:`NO_BED`, or a file of the episode's folder with its digest."""
    bed_digest: str = ""

    @property
    def on_tape(self) -> bool:
        """Whether the film's tape does anything to it."""
        return self.tape != CLEAN and any(scene.taped for scene in self.scenes)

    @property
    def key(self) -> str:
        """Equal keys make equal films: no path of this machine enters."""
        return digest_of(
            {
                "scenes": [[scene.key, scene.title, scene.chapter, scene.taped] for scene in self.scenes],
                "words": [
                    {
                        "key": line.key,
                        "text": line.text,
                        "speaker": line.speaker,
                        "audio": scene.voices.get(line.key, ""),
                        "numbers": [asdict(number) for number in line.numbers],
                    }
                    for scene in self.scenes
                    for line in scene.context.lines.values()
                ],
                "film": [self.episode, self.title, self.quality.name, self.seed, self.language, self.whole],
                **({"bed": [self.bed, self.bed_digest]} if self.bed else {}),
                "tape": self.tape_identity,
                "voice": self.voice,
                "code": identity(*STAGES),
            }
        )

    @property
    def voices(self) -> dict[str, str]:
        """Keys of the entries of all spoken lines, by line."""
        return {line: key for scene in self.scenes for line, key in scene.voices.items()}


def plan_film(
    episode: Episode,
    quality: Quality,
    results: Mapping[str, Entry],
    lines: Mapping[str, TimedLine],
    *,
    tape: str,
    tape_identity: Mapping[str, Any],
    voice: Mapping[str, Any],
    seed: int,
    language: str = "en",
    only: str = "",
    bed: bool = True,
) -> FilmPlan:
    """Put a film's plan together.

    Raises:
        UnknownNameError: ``only`` is no scene of the episode.
        EpisodeError: a scene's module or the film's music is not there.
    """
    music = episode.folder / episode.music if episode.music and bed else None
    if music is not None and not music.is_file():
        raise EpisodeError(f"the film's music is declared as {music}, which is not there")
    wanted = (episode.scene(only),) if only else episode.scenes
    with keeping():  # many scenes import the same few modules
        scenes = tuple(plan_scene(episode, scene, quality, results, lines, seed) for scene in wanted)
    return FilmPlan(
        episode=episode.slug,
        title=episode.title,
        package=episode.package,
        folder=str(episode.folder),
        quality=quality,
        tape=tape,
        tape_identity=tape_identity,
        voice=voice,
        seed=seed,
        language=language,
        results={name: ResultRef(entry.key, entry.digest) for name, entry in results.items()},
        scenes=scenes,
        whole=not only,
        bed=episode.music if bed else NO_BED,
        bed_digest=digest_file(music) if music is not None else "",
    )


def plan_scene(
    episode: Episode,
    scene: SceneRef,
    quality: Quality,
    results: Mapping[str, Entry],
    lines: Mapping[str, TimedLine],
    seed: int,
) -> ScenePlan:
    """One scene's plan; its key covers code, results, words' times, size, rate and seed."""
    spoken = {key: line for key, line in lines.items() if line.scene == scene.name}
    context = StageContext(
        episode=episode.title,
        scene=scene.name,
        title=scene.title,
        fps=quality.fps,
        seed=seed,
        lines=spoken,
        results={name: str(results[name].path) for name in scene.uses},
        references=tuple(reference.credit for reference in episode.references),
    )
    module = episode.folder / f"{scene.target.partition(':')[0].lstrip('.').replace('.', '/')}.py"
    if not module.is_file():
        raise EpisodeError(f"scene '{scene.name}' is declared in {module}, which is not there")
    key = digest_of(
        {
            "sources": scene_sources(module, episode.folder),
            "target": scene.target,
            "scene": scene.name,
            "titles": [episode.title, scene.title, *context.references],
            "results": {name: results[name].digest for name in scene.uses},
            "lines": {
                key: {"duration": line.duration, "marks": line.marks, "pause": line.pause, "variant": line.variant}
                | ({} if line.at is None else {"at": line.at})
                for key, line in spoken.items()
            },
            "size": [quality.width, quality.height, quality.fps],
            "seed": seed,
            **({"plain": True} if scene.plain else {}),
        }
    )
    seconds = sum(line.duration + line.pause for line in spoken.values())
    return ScenePlan(
        scene.name,
        scene.title,
        scene.chapter,
        scene.target,
        key,
        context,
        max(1, round(seconds * quality.fps)),
        scene.taped,
        {key: entry_key(line) for key, line in spoken.items() if line.audio},
        scene.plain,
    )
