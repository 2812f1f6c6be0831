"""The plan of a film: plain data that fixes everything that drawing, taping and encoding depend on.

Results are computed and lines are spoken before the plan exists, so that durations are known and frozen; what is left
is a list of scenes, each with its key.  Nothing here imports manim.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.sources import keeping
from tapehead.analysis.store import Entry, digest_file, digest_of
from tapehead.render.framing.dressed import Framing
from tapehead.render.framing.lettering import Pen
from tapehead.render.framing.rooms import Box, rooms
from tapehead.render.framing.third import Third
from tapehead.render.identity import STAGES, identity
from tapehead.render.planning.cards import FOLDER, PACKAGE, TARGET, CardText, plan_card
from tapehead.render.planning.sources import scene_sources
from tapehead.render.quality import Quality
from tapehead.render.tape.presets import CLEAN
from tapehead.render.words.narration import entry_key
from tapehead.scenes.episode import Episode, SceneRef
from tapehead.scenes.script import TimedLine
from tapehead.scenes.stage.branding import Look
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
    framing: Framing | None = None
    """How it stands in the film's picture; ``None`` where it has all of it."""
    package: str = ""
    folder: str = ""
    """Where it is from, if that is not the episode: a card."""


@dataclass(frozen=True)
class Around:
    """What a film shows round its scenes, where there is room for it."""

    title: str = ""
    captions: str = ""
    """``lines``, ``words`` or nothing."""
    lines: Mapping[str, TimedLine] | None = None
    """What is read; ``None`` for what is said."""
    pen: Pen = field(default_factory=Pen)
    look: Look = field(default_factory=Look)
    """A channel's colours and font, on the stage as well."""
    third: Third | None = None
    """A lower third, in the first scene."""


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
    cut: str = ""
    """What a film of some of the scenes is called; empty for a single scene and for the whole."""
    look: Look = field(default_factory=Look)
    """A channel's colours and font; its files are places of this machine, and scenes' keys hold their contents."""

    @property
    def on_tape(self) -> bool:
        """Whether the film's tape does anything to it."""
        return self.tape != CLEAN and any(scene.taped for scene in self.scenes)

    @property
    def name(self) -> str:
        """What its files are called."""
        return self.episode if self.whole else self.cut or self.scenes[0].name

    def drawn(self, scene: ScenePlan) -> Quality:
        """The size at which a scene is drawn: its stage's."""
        if scene.framing is None:
            return self.quality
        stage = scene.framing.rooms.stage
        return replace(self.quality, width=stage.width, height=stage.height)

    @property
    def key(self) -> str:
        """Equal keys make equal films: no path of this machine enters."""
        return digest_of(
            {
                "scenes": [
                    [scene.key, scene.title, scene.chapter, scene.taped]
                    + ([scene.framing.identity()] if scene.framing else [])
                    for scene in self.scenes
                ],
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
    around: Around = Around(),
    cut: str = "",
    wanted: Sequence[str] = (),
    opening: CardText | None = None,
    ending: CardText | None = None,
) -> FilmPlan:
    """Put a film's plan together: of all scenes, of ``only`` one, or of those ``wanted`` for a ``cut`` of that name.

    Raises:
        UnknownNameError: ``only`` is no scene of the episode.
        EpisodeError: a scene's module or the film's music is not there.
    """
    music = episode.folder / episode.music if episode.music and bed else None
    if music is not None and not music.is_file():
        raise EpisodeError(f"the film's music is declared as {music}, which is not there")
    names = (only,) if only else tuple(wanted) if cut else ()
    chosen = tuple(episode.scene(name) for name in names) or episode.scenes
    with keeping():  # many scenes import the same few modules
        first = around if names == () else replace(around, third=None)
        scenes = tuple(
            plan_scene(episode, scene, quality, results, lines, seed, replace(around, third=None) if number else first)
            for number, scene in enumerate(chosen)
        )
        before, after = (_card(each, episode, scenes, quality, seed, around.look) for each in (opening, ending))
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
        scenes=(*before, *scenes, *after),
        whole=not names,
        bed=episode.music if bed else NO_BED,
        bed_digest=digest_file(music) if music is not None else "",
        cut=cut,
        look=around.look,
    )


def plan_scene(
    episode: Episode,
    scene: SceneRef,
    quality: Quality,
    results: Mapping[str, Entry],
    lines: Mapping[str, TimedLine],
    seed: int,
    around: Around = Around(),
) -> ScenePlan:
    """One scene's plan; its key covers code, results, words' times, size, rate and seed."""
    spoken = {key: line for key, line in lines.items() if line.scene == scene.name}
    framing = framed(scene, quality, spoken, around)
    stage = framing.rooms.stage if framing else Box(0, 0, quality.width, quality.height)
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
            "size": [stage.width, stage.height, quality.fps],
            "seed": seed,
            **({"plain": True} if scene.plain else {}),
            **looked(around.look),
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
        framing,
    )


def _card(
    card: CardText | None, episode: Episode, beside: Sequence[ScenePlan], quality: Quality, seed: int, look: Look
) -> tuple[ScenePlan, ...]:
    """A card as a scene of the film, under a name that no scene has."""
    if card is None:
        return ()
    while card.name in {scene.name for scene in beside}:
        card = replace(card, name=f"{card.name}-")
    made = plan_card(card, episode.title, quality, seed, looked(look))
    return (
        ScenePlan(
            made.name,
            "",
            False,
            TARGET,
            made.key,
            made.context,
            made.frames,
            taped=False,
            package=PACKAGE,
            folder=str(FOLDER),
        ),
    )


def looked(look: Look) -> dict[str, Any]:
    """What a look adds to a key: nothing where there is none."""
    return {"look": look.identity()} if look != Look() else {}


def framed(scene: SceneRef, quality: Quality, spoken: Mapping[str, TimedLine], around: Around) -> Framing | None:
    """How a scene stands in a picture of this size; ``None`` where it has all of it for itself."""
    divided = rooms(
        quality.width, quality.height, scene.shapes, captions=around.captions, title=bool(around.title.strip())
    )
    read = spoken if around.lines is None else {key: around.lines[key] for key in spoken if key in around.lines}
    made = Framing(
        quality.width,
        quality.height,
        divided,
        " ".join(around.title.split()) if divided.title else "",
        around.captions if divided.captions else "",
        read if divided.captions else {},
        around.pen,
        around.look.digest,
        around.third,
    )
    return None if made.is_plain else made
