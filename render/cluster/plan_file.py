"""The plan file: a film's plan in one JSON text that any machine with the same code can work from.

It holds the film's plan, the keys and digests of every result and spoken line that it reads, the identity of the
encoder and of each scene's sources, and its segments with what they cost.  A segment is a scene with all its chunks:
a scene can only be drawn from its start, so a scene is the smallest thing that an array job can do by itself and do
again.  (Executors that can pass on what they found out cut further: :mod:`tapehead.render.cluster.executors.ray`.)

No time and no path of a store enters: entries are named by kind and key.  A built-in episode is named by its folder in
the project; another one by its absolute path, which must then be the same everywhere.  What a file may say is in
:mod:`tapehead.render.cluster.plan_records`; it is checked before anything is done with it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from tapehead.analysis.errors import UsageError
from tapehead.analysis.outside_files import read_bytes
from tapehead.analysis.sources import ROOT
from tapehead.analysis.store import Store, digest_of
from tapehead.render.cluster.plan_look import (
    BRAND,
    as_card,
    card_data,
    framing_data,
    framing_of,
    kept_files,
    look_data,
)
from tapehead.render.cluster.plan_records import (
    MARK,
    MOST_BYTES,
    VERSION,
    FilmRecord,
    PlanRecord,
    SceneRecord,
    line_data,
    plain,
    record_of,
)
from tapehead.render.framing.dressed import Framing
from tapehead.render.planning.costs import Costs
from tapehead.render.planning.estimates import SegmentCost, estimates, gather_estimate
from tapehead.render.planning.film_plan import FilmPlan, ResultRef, ScenePlan
from tapehead.render.planning.sources import scene_sources
from tapehead.render.quality import Quality
from tapehead.render.tape import tape_named
from tapehead.scenes.episode import package_of
from tapehead.scenes.stage.branding import Look
from tapehead.scenes.stage.context import StageContext

RESULT, VOICE = "result", "voice"
INPUTS = (RESULT, VOICE, BRAND)
"""Kinds of entries that a film is made from."""


@dataclass(frozen=True)
class PlanFile:
    """A plan as its file has it; :meth:`plan` makes it one of this machine."""

    record: PlanRecord

    @property
    def film(self) -> FilmRecord:
        """The film as the file has it."""
        return self.record.film

    @property
    def segments(self) -> tuple[SegmentCost, ...]:
        """What can be done by itself: index, scene, expected frames, costs in seconds, needs."""
        return self.record.segments

    @property
    def measured(self) -> bool:
        """Whether all costs were measured, and none is a guess."""
        return self.record.gather.measured and all(each.measured for each in self.segments)

    @property
    def encoder(self) -> Mapping[str, Any]:
        """What the segments' bytes depend on beside their frames."""
        return self.record.encoder

    @property
    def key(self) -> str:
        """Key of the film's plan: equal keys make equal films."""
        return self._film.key

    @property
    def digest(self) -> str:
        """Digest of the file."""
        return self.record.digest

    def text(self) -> str:
        """The file's text; equal plans with equal costs have equal texts.

        Names stay in the order of the plan: lines are in the order in which they are spoken.
        """
        return json.dumps(plain(self.record), indent=1, ensure_ascii=False) + "\n"

    def inputs(self, kind: str) -> dict[str, str]:
        """The digests of all entries of a kind (one of :data:`INPUTS`) that the film reads, by key."""
        return dict(getattr(self.record.inputs, kind))

    def inputs_of(self, index: int) -> list[tuple[str, str, str]]:
        """``(kind, key, digest)`` of what one segment reads."""
        scene = self.film.scenes[index]
        found = [(RESULT, self.film.results[name].key) for name in scene.results]
        found += [(VOICE, key) for key in scene.voices.values()]
        found += [(BRAND, key) for key in self.inputs(BRAND)]
        return [(kind, key, self.inputs(kind)[key]) for kind, key in dict.fromkeys(found)]

    def plan(self, store_root: Path) -> FilmPlan:
        """The film's plan with paths of this machine.

        Raises:
            UsageError: the episode is not on this machine.
        """
        folder = _folder(self.film.folder)
        if not (folder / "episode.py").is_file():
            raise UsageError(f"the plan is of the episode in {folder}, which is not on this machine; put it there")
        store = Store(store_root.resolve())
        brand = str(store.place(BRAND, self.film.look.files)) if self.film.look and self.film.look.files else ""
        look = self.film.look.look(brand) if self.film.look else Look()
        placed = tuple(_placed(scene, self.film, store, brand, look) for scene in self._film.scenes)
        return replace(self._film, folder=str(folder), package=package_of(folder.resolve()), scenes=placed, look=look)

    def framing(self, index: int) -> Framing | None:
        """How a scene stands in the picture, without any place of this machine; ``None`` where it has all of it."""
        return self._film.scenes[index].framing

    def check_code(self, index: int) -> None:
        """Make sure that this machine would draw and encode what the plan says.

        Raises:
            UsageError: sources, libraries, tape or encoder are others.
        """
        from tapehead.render.encoding.video import encoder_identity

        scene = self._film.scenes[index]
        here = _sources(scene.target, Path(scene.folder) if scene.folder else _folder(self.film.folder))
        if here != self.record.sources[scene.name]:
            raise UsageError(
                f"scene '{scene.name}' is not here what it was when the plan was made (its code or a library differs); "
                "bring both machines to one version, or make the plan again"
            )
        if _plain(tape_named(self.film.tape).identity()) != self.film.tape_identity:
            raise UsageError("the tape of the plan is another one here; bring both machines to one version of tapehead")
        if _plain(encoder_identity()) != self.encoder:
            raise UsageError(
                f"the plan is for the encoder {dict(self.encoder)}, this machine has {encoder_identity()}; "
                "install the same av everywhere, or make the plan again"
            )

    @cached_property
    def _film(self) -> FilmPlan:
        """The plan without any place: contexts hold keys for results, and no sounds."""
        film = self.film
        quality = Quality(film.quality.name, film.quality.width, film.quality.height, film.quality.fps)
        return FilmPlan(
            episode=film.episode,
            title=film.title,
            package="",
            folder=film.folder,
            quality=quality,
            tape=film.tape,
            tape_identity=film.tape_identity,
            voice=film.voice,
            seed=film.seed,
            language=film.language,
            results={name: ResultRef(each.key, each.digest) for name, each in film.results.items()},
            scenes=tuple(_scene(scene, film) for scene in film.scenes),
            whole=film.whole,
            bed=film.bed,
            bed_digest=film.bed_digest,
            look=film.look.look() if film.look else Look(),
        )


def _scene(scene: SceneRecord, film: FilmRecord) -> ScenePlan:
    context = StageContext(
        episode=film.title,
        scene=scene.name,
        title=scene.title,
        fps=film.quality.fps,
        seed=film.seed,
        lines=scene.spoken(),
        references=scene.references,
    )
    made = ScenePlan(
        scene.name,
        scene.title,
        scene.chapter,
        scene.target,
        scene.key,
        context,
        scene.expected_frames,
        scene.taped,
        scene.voices,
        scene.plain,
        _framed(scene, film, film.look.look() if film.look else Look()),
    )
    return as_card(made, scene.card)


def _framed(scene: SceneRecord, film: FilmRecord, look: Look) -> Framing | None:
    return framing_of(scene.framing, (film.quality.width, film.quality.height), scene.spoken(), scene.read(), look)


def _placed(scene: ScenePlan, film: FilmRecord, store: Store, brand: str, look: Look) -> ScenePlan:
    """A scene whose results, sounds, fonts and logo lie in this store."""
    from tapehead.render.words.narration import SPEECH

    (record,) = (each for each in film.scenes if each.name == scene.name)
    lines = {
        key: replace(line, audio=str(store.place(VOICE, scene.voices[key]) / SPEECH) if key in scene.voices else "")
        for key, line in scene.context.lines.items()
    }
    results = {name: str(store.place(RESULT, film.results[name].key)) for name in record.results}
    context = replace(scene.context, lines=lines, results=results)
    return as_card(replace(scene, context=context, framing=_framed(record, film, look)), record.card, brand)


def freeze(plan: FilmPlan, store: Store) -> PlanFile:
    """Write down a plan whose results and lines are in the store.

    Raises:
        UsageError: an input has gone from the store meanwhile, or the film has something that no plan may have.
    """
    from tapehead.render.encoding.video import encoder_identity

    folder, files = Path(plan.folder), kept_files(plan, store)
    kept = {
        RESULT: sorted({ref.key for ref in plan.results.values()}),
        VOICE: sorted(set(plan.voices.values())),
        BRAND: [files.key] if files else [],
    }
    inputs: dict[str, dict[str, str]] = {}
    for kind, keys in kept.items():
        inputs[kind] = {}
        for key in keys:
            entry = store.peek(kind, key)
            if entry is None:
                raise UsageError(f"{kind} {key[:12]} has gone from {store.root}; run the same command again")
            inputs[kind][key] = entry.digest
    costs = Costs(store.root, plan)
    where = folder.relative_to(ROOT).as_posix() if folder.is_relative_to(ROOT) else str(folder)
    data = _plain(
        {
            MARK: VERSION,
            "key": plan.key,
            "film": {
                "episode": plan.episode,
                "title": plan.title,
                "folder": where,
                "quality": asdict(plan.quality),
                "tape": plan.tape,
                "tape_identity": plan.tape_identity,
                "voice": plan.voice,
                "seed": plan.seed,
                "language": plan.language,
                "results": {name: asdict(ref) for name, ref in plan.results.items()},
                "scenes": [_scene_data(scene) for scene in plan.scenes],
                "whole": plan.whole,
                "bed": plan.bed,
                "bed_digest": plan.bed_digest,
                "look": look_data(plan.look, files),
            },
            "inputs": inputs,
            "encoder": encoder_identity(),
            "sources": {
                scene.name: _sources(scene.target, Path(scene.folder) if scene.folder else folder)
                for scene in plan.scenes
            },
            "segments": [msgspec.to_builtins(each) for each in estimates(plan, costs)],
            "gather": msgspec.to_builtins(gather_estimate(plan, costs)),
            "analyses": _analyses(plan, store),
        }
    )
    try:
        return PlanFile(record_of(data | {"digest": digest_of(data)}))
    except UsageError as error:
        raise UsageError(f"the film '{plan.episode}' cannot be put into a plan: {error}") from None


def _scene_data(scene: ScenePlan) -> dict[str, Any]:
    names = ("name", "title", "chapter", "target", "key", "expected_frames", "taped", "plain")
    return {
        **{name: getattr(scene, name) for name in names},
        "references": list(scene.context.references),
        "results": list(scene.context.results),
        "lines": {key: line_data(line) for key, line in scene.context.lines.items()},
        "voices": dict(scene.voices),
        "framing": _framing_data(scene),
        "card": card_data(scene),
    }


def _framing_data(scene: ScenePlan) -> dict[str, Any] | None:
    data = framing_data(scene)
    if data and data["read"] is not None:
        data["read"] = {key: line_data(line) for key, line in data["read"].items()}
    return data


_AGAIN = "`tapehead plan EPISODE -o plan.json` makes one"


def read_plan(path: Path) -> PlanFile:
    """The plan in a file.

    Raises:
        UsageError: it is not there, is no plan, is of another version, or was changed by hand.
    """
    try:
        return parse_plan(read_bytes(path, MOST_BYTES), str(path))
    except OSError as error:
        raise UsageError(
            f"the plan {path} cannot be read: {error.strerror or error}; `tapehead plan EPISODE -o {path}` makes one"
        ) from None


def parse_plan(text: str | bytes, name: str = "plan") -> PlanFile:
    """The plan in a text; see :func:`read_plan`."""
    if len(text) > MOST_BYTES:
        raise UsageError(f"{name} is no plan: it is longer than {MOST_BYTES >> 20} MiB; {_AGAIN}")
    try:
        data = msgspec.json.decode(text)
    except UnicodeDecodeError:
        raise UsageError(f"{name} cannot be read: it is no text; {_AGAIN}") from None
    except (ValueError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise UsageError(f"{name} is no plan: it is no JSON ({why}); {_AGAIN}") from None
    if not isinstance(data, dict) or MARK not in data:
        raise UsageError(f"{name} is no plan: it has no '{MARK}'; {_AGAIN}")
    if data[MARK] != VERSION or isinstance(data[MARK], bool):
        raise UsageError(
            f"{name} is a plan of version {str(data[MARK])[:20]}, this tapehead reads version {VERSION}; {_AGAIN}"
        )
    try:
        plan_file = PlanFile(record_of(data))
        _folder(plan_file.film.folder)
    except UsageError as error:
        raise UsageError(f"{name} is no plan that can be used: {error}; {_AGAIN}") from None
    # The digest says nothing of the order of names, the key of the film does.
    whole = plan_file.digest == digest_of({part: value for part, value in data.items() if part != "digest"})
    if not whole or plan_file.key != plan_file.record.key:
        raise UsageError(
            f"{name} was changed after it was made, or another version of tapehead made it: "
            f"its {'key' if whole else 'digest'} does not fit; {_AGAIN}"
        )
    return plan_file


def _folder(name: str) -> Path:
    """Where the episode of a plan lies: a folder of the project, or one that is named from the root on.

    Raises:
        UsageError: it leads elsewhere.
    """
    place = PurePosixPath(name)
    if ".." in place.parts or not (place.is_absolute() or (ROOT / name).resolve().is_relative_to(ROOT.resolve())):
        raise UsageError(f"film.folder: {name[:80]!r} is no folder of the project and no absolute path")
    return ROOT / name


def _plain(data: Any) -> Any:
    """Tuples become lists, as they will when it is read."""
    return json.loads(json.dumps(data))


def _analyses(plan: FilmPlan, store: Store) -> list[dict[str, Any]]:
    """What the results needed when they were computed: those of a model on a GPU need one again if they are lost."""
    found = []
    for name, ref in sorted(plan.results.items()):
        entry = store.peek(RESULT, ref.key)
        device = entry.record["facts"].get("device", "cpu") if entry else "cpu"
        found.append({"id": name, "key": ref.key, "needs": {"cpu": 1} if device == "cpu" else {"gpu": 1}})
    return found


def _sources(target: str, folder: Path) -> str:
    return scene_sources(folder / f"{target.partition(':')[0].lstrip('.').replace('.', '/')}.py", folder)
