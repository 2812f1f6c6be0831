"""One segment of a plan file, done anywhere and any number of times; and all of them brought together.

A segment that is done leaves a receipt in the store: which drawn scene and which encoded chunks it consists of.  It is
written last, so whoever finds a receipt finds the rest.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, ParamSpec, TypeVar

import msgspec

from tapehead.analysis.errors import StoreError, UsageError
from tapehead.analysis.records import Key
from tapehead.analysis.store import Entry, digest_of
from tapehead.render.cluster.plan_file import INPUTS, PlanFile
from tapehead.render.cluster.shared_store import SharedStore
from tapehead.render.film.make import begin
from tapehead.render.flashes.meter import Flash
from tapehead.render.identity import identity
from tapehead.render.planning.costs import Costs
from tapehead.render.planning.film_plan import FilmPlan
from tapehead.render.progress import Reporter
from tapehead.render.workers.pool import Limits, run_scenes
from tapehead.render.workers.soundtrack import sound_of
from tapehead.render.workers.worker import Chunk, Drawn, SceneDone, encode_chunk, scene_done

RECEIPT = "receipt"
_FILE = "scene.json"
Frame = Annotated[int, msgspec.Meta(ge=0, le=10**8)]


class Receipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a receipt's file says: a :class:`SceneDone` without what is of one run."""

    name: str
    master: Key
    chunks: Annotated[tuple[Key, ...], msgspec.Meta(min_length=1)]
    starts: tuple[Frame, ...]
    frames: Annotated[int, msgspec.Meta(ge=1, le=10**8)]
    frames_digest: Annotated[str, msgspec.Meta(max_length=200)]
    flashes: tuple[Flash, ...]

    def fits(self, scene: str, master: str) -> bool:
        """Whether it is that of this scene, and its chunks follow one another."""
        ends = (*self.starts, self.frames)
        return (
            (self.name, self.master, len(self.chunks)) == (scene, master, len(self.starts))
            and ends[0] == 0
            and all(first < last for first, last in pairwise(ends))
        )


@dataclass(frozen=True)
class Work:
    """How a machine goes about it."""

    logs: Path
    jobs: int = 1
    limits: Limits = field(default_factory=Limits)
    reporter: Reporter = field(default_factory=lambda: Reporter(quiet=True))
    told: Callable[[dict[str, int], str], None] = lambda _frames, _note: None


_P = ParamSpec("_P")
_R = TypeVar("_R")


def leasing_plan(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """For functions that are given a plan and a shared: what they use stays in the local store until the film is there.

    The jobs of a plan come and go, and between them nobody holds what they made.
    """

    @functools.wraps(function)
    def wrapped(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        given = (*args, *kwargs.values())
        plan_file = next(each for each in given if isinstance(each, PlanFile))
        shared = next(each for each in given if isinstance(each, SharedStore))
        with shared.local.leased(plan_file.digest):
            return function(*args, **kwargs)

    return wrapped


def receipt_key(plan_file: PlanFile, index: int) -> str:
    """Store key of a segment's receipt: what the scene's pictures and its bytes depend on."""
    film = plan_file.film
    scene = film.scenes[index]
    shared = {
        "quality": msgspec.to_builtins(film.quality),
        "tape": film.tape,
        "tape_identity": film.tape_identity,
        "seed": film.seed,
    }
    return digest_of(
        {
            "code": identity("encoding", "flashes", "tape"),
            "scene": scene.key,
            "taped": scene.taped,
            "encoder": plan_file.encoder,
            "film": shared,
            **({"framing": framing.identity()} if (framing := plan_file.framing(index)) else {}),
        }
    )


def found(plan_file: PlanFile, index: int, shared: SharedStore) -> SceneDone | None:
    """A finished segment, with its drawn scene and its chunks in the local store; ``None`` if any of it is missing."""
    entry = shared.pull(RECEIPT, receipt_key(plan_file, index))
    receipt = _read_receipt(plan_file, index, entry) if entry else None
    if entry is None or receipt is None:
        return None
    seconds = entry.record["facts"].get("seconds")
    done = SceneDone(
        receipt.name,
        receipt.master,
        receipt.chunks,
        receipt.starts,
        receipt.frames,
        receipt.frames_digest,
        drawn=False,
        seconds=float(seconds) if isinstance(seconds, int | float) else 0.0,
        flashes=receipt.flashes,
    )
    return done if all(shared.pull(kind, key) for kind, key in _parts(plan_file, index, done)) else None


def _read_receipt(plan_file: PlanFile, index: int, entry: Entry) -> Receipt | None:
    """What a receipt says; nothing where that cannot be, for then the segment is made again."""
    try:
        receipt = msgspec.json.decode(entry.file(_FILE).read_bytes(), type=Receipt)
    except (FileNotFoundError, ValueError, RecursionError):
        return None
    scene = plan_file.film.scenes[index]
    return receipt if receipt.fits(scene.name, scene.key) else None


def _parts(plan_file: PlanFile, index: int, done: SceneDone) -> list[tuple[str, str]]:
    """What a finished segment is in the store, the receipt last."""
    chunks = [("chunk", key) for key in done.chunks]
    return [("master", done.master), *chunks, (RECEIPT, receipt_key(plan_file, index))]


def segment_index(plan_file: PlanFile, index: int) -> int:
    """The index, if there is such a segment.

    Raises:
        UsageError: there is none.
    """
    if not 0 <= index < len(plan_file.segments):
        raise UsageError(
            f"segment {index} was asked for; the plan has {len(plan_file.segments)}, 0 to {len(plan_file.segments) - 1}"
        )
    return index


def prepared(plan_file: PlanFile, index: int, shared: SharedStore) -> FilmPlan:
    """The plan of one scene, with what it reads in the local store.

    Raises:
        UsageError: no such segment, or the code here is not that of the plan.
        StoreError: an input is missing.
    """
    segment_index(plan_file, index)
    plan_file.check_code(index)
    plan = plan_file.plan(shared.local.root)
    for kind, key, digest in plan_file.inputs_of(index):
        shared.need(kind, key, digest)
    return replace(plan, scenes=(plan.scenes[index],), whole=False)


@leasing_plan
def run_segment(plan_file: PlanFile, index: int, shared: SharedStore, work: Work) -> tuple[SceneDone, Entry]:
    """Draw and encode a segment unless it is there; returns it and its receipt.

    Raises:
        TapeheadError: see :func:`prepared` and :func:`tapehead.render.workers.pool.run_scenes`.
    """
    segment_index(plan_file, index)
    done = found(plan_file, index, shared)
    if done is None:
        plan = prepared(plan_file, index, shared)
        begin(plan, work.logs, shared.local, work.reporter)
        drawn = _draw_first(plan, shared, work) if shared.remote else None
        made = run_scenes(
            plan, shared.local.root, work.jobs, work.logs, work.told, work.reporter.warn, work.limits, sound=False
        )
        (done,) = made.values()
        if drawn:
            done = replace(done, drawn=drawn.now, seconds=round(done.seconds + drawn.seconds, 3))
        for key in done.chunks:
            shared.push("chunk", key)
        leave_receipt(plan_file, index, done, shared)
    elif shared.remote:  # it may be from another time and another URL, and only here
        for kind, key in _parts(plan_file, index, done):
            shared.push(kind, key)
    entry = shared.local.peek(RECEIPT, receipt_key(plan_file, index))
    assert entry is not None, "a segment that is done has its receipt"
    return done, entry


@leasing_plan
def draw_part(plan_file: PlanFile, index: int, shared: SharedStore, work: Work) -> Drawn:
    """The first half of a segment: its scene drawn, nothing encoded."""
    plan = prepared(plan_file, index, shared)
    begin(plan, work.logs, shared.local, work.reporter)
    return _draw_first(plan, shared, work)


@leasing_plan
def chunk_part(plan_file: PlanFile, index: int, first: int, last: int, shared: SharedStore, work: Work) -> Chunk:
    """One chunk of a scene that was drawn before, here or elsewhere."""
    plan = prepared(plan_file, index, shared)
    scene = plan.scenes[0]
    master = shared.pull("master", scene.key)
    if master is None:
        raise StoreError(
            f"scene '{scene.name}' is not drawn yet, so none of it can be encoded; draw segment {index} first"
        )
    if last > (frames := master.record["facts"]["frames"]):
        raise UsageError(f"frames {first} to {last} were asked for; scene '{scene.name}' has {frames}")
    begin(plan, work.logs, shared.local, work.reporter)
    chunk = encode_chunk(plan, scene, first, last, shared.local, lambda _note, _frames: None)
    shared.push("chunk", chunk.key)
    if chunk.now:
        costs = Costs(shared.local.root, plan)
        costs.encoded(0, chunk.seconds, last - first)
        costs.keep()
    return chunk


@leasing_plan
def sound_part(plan_file: PlanFile, shared: SharedStore) -> str:
    """The film's sound, made on a machine that need not have drawn any of it; returns its key.

    Raises:
        StoreError: a scene is not drawn yet, or an input is missing.
    """
    need_inputs(plan_file, shared)
    plan, lengths = plan_file.plan(shared.local.root), {}
    for index, scene in enumerate(plan.scenes):
        plan_file.check_code(index)
        master = shared.pull("master", scene.key)
        if master is None:
            raise StoreError(f"scene '{scene.name}' is not drawn yet, and the sound follows what is drawn")
        lengths[scene.name] = master.record["facts"]["frames"]
    costs = Costs(shared.local.root, plan)
    sound = sound_of(plan, lengths, shared.local, costs.mixed)
    costs.keep()
    shared.push("sound", sound.key)
    return sound.key


@leasing_plan
def assemble(plan_file: PlanFile, index: int, drawn: Drawn, chunks: list[Chunk], shared: SharedStore) -> SceneDone:
    """Make a segment out of its parts, which may have been made on different machines."""
    plan = plan_file.plan(shared.local.root)
    done = scene_done(plan, plan.scenes[index], drawn, chunks)
    leave_receipt(plan_file, index, done, shared)
    return done


def leave_receipt(plan_file: PlanFile, index: int, done: SceneDone, shared: SharedStore) -> None:
    """Say in the store what a finished segment consists of."""
    facts = {"episode": plan_file.film.episode, "scene": done.name, "seconds": done.seconds}
    data = asdict(done)
    del data["drawn"], data["seconds"]
    key = receipt_key(plan_file, index)
    there = shared.local.get(RECEIPT, key)
    if there is not None and _read_receipt(plan_file, index, there) is None:
        shared.local.discard(RECEIPT, key, "it is not what a receipt of this scene says")
        there = None
    if there is None:
        with shared.local.draft(RECEIPT, key, facts) as work:
            (work / _FILE).write_text(json.dumps(data, sort_keys=True))
    shared.push(RECEIPT, key)


@leasing_plan
def gathered(plan_file: PlanFile, shared: SharedStore, command: Callable[[int], str]) -> dict[str, SceneDone]:
    """All segments of a plan, and all results and lines that the film reads, in the local store.

    Raises:
        StoreError: some are missing; the message has the command for each.
    """
    done: dict[int, SceneDone | None] = {at: found(plan_file, at, shared) for at in range(len(plan_file.segments))}
    missing = [at for at, scene in done.items() if scene is None]
    if missing:
        listed = "\n  ".join(f"{command(at)}   # {plan_file.segments[at].scene}" for at in missing)
        raise StoreError(f"{len(missing)} of {len(done)} segments are not in {shared.url}; make them with\n  {listed}")
    need_inputs(plan_file, shared)
    return {scene.name: scene for scene in done.values() if scene is not None}


def need_inputs(plan_file: PlanFile, shared: SharedStore) -> None:
    """Have all that a plan reads in the local store; see :meth:`SharedStore.need`."""
    for kind in INPUTS:
        for key, digest in plan_file.inputs(kind).items():
            shared.need(kind, key, digest)


def push_inputs(plan_file: PlanFile, shared: SharedStore) -> None:
    """Send all that a plan reads to where the workers look for them."""
    for kind in INPUTS:
        for key in plan_file.inputs(kind):
            shared.push(kind, key)


def described(done: SceneDone, receipt: Entry, shared: SharedStore) -> Mapping[str, Any]:
    """A finished segment as paths and digests."""
    store = shared.local
    chunks = [store.peek("chunk", key) for key in done.chunks]
    return {
        "scene": done.name,
        "frames": done.frames,
        "frames_digest": done.frames_digest,
        "drawn": done.drawn,
        "path": str(receipt.path),
        "digest": receipt.digest,
        "chunks": [{"path": str(entry.path), "digest": entry.digest} for entry in chunks if entry],
    }


def _draw_first(plan: FilmPlan, shared: SharedStore, work: Work) -> Drawn:
    """Draw and send what was drawn, so that a job that is stopped while it encodes need not draw again."""
    key = plan.scenes[0].key
    shared.pull("master", key)
    made = run_scenes(plan, shared.local.root, 1, work.logs, work.told, work.reporter.warn, work.limits, encode=False)
    (scene,) = made.values()
    shared.push("master", key)
    return Drawn(scene.frames, scene.frames_digest, scene.drawn, scene.seconds)
