"""The plan file: a film's plan frozen into one JSON text that any machine with the same code can work from.

It holds the film's plan, the keys and digests of every result and spoken line that it reads, the identity of the
encoder and of each scene's sources, and its segments with what they cost.  A segment is a scene with all its chunks:
a scene can only be drawn from its start, so a scene is the smallest thing that an array job can do by itself and do
again.  (Executors that can pass on what they found out cut further: :mod:`tapehead.render.cluster.executors.ray`.)

No time and no path of a store enters: places in the store are written relative to it.  A built-in episode is named by
its folder in the project; another one by its absolute path, which must then be the same everywhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import UsageError
from tapehead.analysis.store import Store, digest_of
from tapehead.render.planning.costs import Costs
from tapehead.render.planning.estimates import estimates, gather_estimate
from tapehead.render.planning.film_plan import FilmPlan, ScenePlan
from tapehead.render.planning.sources import ROOT, scene_sources

MARK = "tapehead-plan"
VERSION = 1
RESULT, VOICE = "result", "voice"


@dataclass(frozen=True)
class Frozen:
    """A plan as its file has it; :meth:`plan` makes it one of this machine."""

    data: Mapping[str, Any]

    @property
    def segments(self) -> list[Mapping[str, Any]]:
        """What can be done by itself: index, scene, expected frames, costs in seconds, needs."""
        return list(self.data["segments"])

    @property
    def encoder(self) -> Mapping[str, Any]:
        """What the segments' bytes depend on beside their frames."""
        return dict(self.data["encoder"])

    @property
    def key(self) -> str:
        """Key of the film's plan: equal keys make equal films."""
        return self._film.key

    def text(self) -> str:
        """The file's text; equal plans with equal costs have equal texts.

        Names stay in the order of the plan: lines are in the order in which they are spoken.
        """
        return json.dumps(self.data, indent=1, ensure_ascii=False) + "\n"

    def inputs(self, kind: str) -> dict[str, str]:
        """The digests of all entries of a kind (``result``, ``voice``) that the film reads, by key."""
        return dict(self.data["inputs"][kind])

    def inputs_of(self, index: int) -> list[tuple[str, str, str]]:
        """``(kind, key, digest)`` of what one segment reads."""
        context = self._film.scenes[index].context
        found = [(RESULT, Path(place).name) for place in context.results.values()]
        found += [(VOICE, Path(line.audio).parent.name) for line in context.lines.values() if line.audio]
        return [(kind, key, self.data["inputs"][kind][key]) for kind, key in dict.fromkeys(found)]

    def plan(self, store_root: Path) -> FilmPlan:
        """The film's plan with paths of this machine.

        Raises:
            UsageError: the episode is not on this machine, or its code is not that of the plan.
        """
        folder = ROOT / self.data["film"]["folder"]
        if not (folder / "episode.py").is_file():
            raise UsageError(f"the plan is of the episode in {folder}, which is not on this machine; put it there")
        root = store_root.resolve()
        return replace(_moved(self._film, lambda place: str(root / place)), folder=str(folder))

    def check_code(self, index: int) -> None:
        """Make sure that this machine would draw and encode what the plan says.

        Raises:
            UsageError: sources, libraries or encoder are others.
        """
        from tapehead.render.encoding.encode import encoder_identity

        scene = self._film.scenes[index]
        here = _sources(scene, ROOT / self.data["film"]["folder"])
        if here != self.data["sources"][scene.name]:
            raise UsageError(
                f"scene '{scene.name}' is not here what it was when the plan was made (its code or a library differs); "
                "bring both machines to one version, or make the plan again"
            )
        if json.loads(json.dumps(encoder_identity())) != self.encoder:
            raise UsageError(
                f"the plan is for the encoder {dict(self.encoder)}, this machine has {encoder_identity()}; "
                "install the same av everywhere, or make the plan again"
            )

    @cached_property
    def _film(self) -> FilmPlan:
        return FilmPlan.from_data(self.data["film"])


def freeze(plan: FilmPlan, store: Store) -> Frozen:
    """Write down a plan whose results and lines are in the store.

    Raises:
        UsageError: an input has gone from the store meanwhile.
    """
    from tapehead.render.encoding.encode import encoder_identity

    folder = Path(plan.folder)
    audio = {Path(line.audio).parent.name for scene in plan.scenes for line in scene.context.lines.values()}
    kept = {RESULT: sorted({meta["key"] for meta in plan.results.values()}), VOICE: sorted(audio - {""})}
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
    data = {
        MARK: VERSION,
        "key": plan.key,
        "film": replace(_moved(plan, _in_store), folder=where).to_data(),
        "inputs": inputs,
        "encoder": encoder_identity(),
        "sources": {scene.name: _sources(scene, folder) for scene in plan.scenes},
        "segments": estimates(plan, costs),
        "gather": gather_estimate(plan, costs),
        "analyses": _analyses(plan, store),
    }
    plain = json.loads(json.dumps(data))  # tuples become lists, as they will when it is read
    return Frozen(plain | {"digest": digest_of(plain)})


def read_plan(path: Path) -> Frozen:
    """The plan in a file.

    Raises:
        UsageError: it is not there, is no plan, is of another version, or was changed by hand.
    """
    try:
        return parse_plan(path.read_text(), str(path))
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise UsageError(
            f"the plan {path} can not be read: {why}; `tapehead plan EPISODE -o {path}` makes one"
        ) from None


def parse_plan(text: str, name: str = "plan") -> Frozen:
    """The plan in a text; see :func:`read_plan`."""
    again = "`tapehead plan EPISODE -o plan.json` makes one"
    try:
        data = json.loads(text)
    except ValueError as error:
        raise UsageError(f"{name} is no plan: it is no JSON ({error}); {again}") from None
    if not isinstance(data, dict) or MARK not in data:
        raise UsageError(f"{name} is no plan: it has no '{MARK}'; {again}")
    if data[MARK] != VERSION:
        raise UsageError(f"{name} is a plan of version {data[MARK]}, this tapehead reads version {VERSION}; {again}")
    whole = data.get("digest") == digest_of({name: value for name, value in data.items() if name != "digest"})
    # The digest says nothing of the order of names, the key of the film does.
    try:
        same = whole and Frozen(data).key == data["key"]
        _ = [data[part] for part in ("inputs", "encoder", "sources", "segments", "gather", "analyses")]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(f"{name} is no plan that can be read ({type(error).__name__}: {error}); {again}") from None
    if not same:
        raise UsageError(f"{name} was changed after it was made, its digest does not fit; {again}")
    return Frozen(data)


def _analyses(plan: FilmPlan, store: Store) -> list[dict[str, Any]]:
    """What the results needed when they were computed: those of a model on a GPU need one again if they are lost."""
    found = []
    for name, meta in sorted(plan.results.items()):
        entry = store.peek(RESULT, meta["key"])
        device = entry.record["facts"].get("device", "cpu") if entry else "cpu"
        found.append({"id": name, "key": meta["key"], "needs": {"cpu": 1} if device == "cpu" else {"gpu": 1}})
    return found


def _sources(scene: ScenePlan, folder: Path) -> str:
    return scene_sources(folder / f"{scene.target.partition(':')[0].lstrip('.').replace('.', '/')}.py", folder)


def _in_store(place: str) -> str:
    """A place in a store without the store: ``kind/ab/abcd…`` and what is below."""
    parts = Path(place).parts
    start = max(at for at, part in enumerate(parts) if part in (RESULT, VOICE))
    return "/".join(parts[start:])


def _moved(plan: FilmPlan, to: Callable[[str], str]) -> FilmPlan:
    def moved(scene: ScenePlan) -> ScenePlan:
        lines = {
            key: replace(line, audio=to(line.audio) if line.audio else "") for key, line in scene.context.lines.items()
        }
        results = {name: to(place) for name, place in scene.context.results.items()}
        return replace(scene, context=replace(scene.context, lines=lines, results=results))

    return replace(plan, scenes=tuple(moved(scene) for scene in plan.scenes))
