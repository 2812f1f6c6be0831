"""One segment of a frozen plan, done anywhere and any number of times; and all of them brought together.

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
from tapehead.render.cluster.plan_file import Frozen
from tapehead.render.cluster.shared_store import Shelf
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
    segments: Annotated[tuple[Key, ...], msgspec.Meta(min_length=1)]
    starts: tuple[Frame, ...]
    frames: Annotated[int, msgspec.Meta(ge=1, le=10**8)]
    frames_digest: Annotated[str, msgspec.Meta(max_length=200)]
    flashes: tuple[Flash, ...]

    def fits(self, scene: str, master: str) -> bool:
        """Whether it is that of this scene, and its chunks follow one another."""
        ends = (*self.starts, self.frames)
        return (
            (self.name, self.master, len(self.segments)) == (scene, master, len(self.starts))
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
    """For functions that are given a plan and a shelf: what they use stays in the local store until the film is there.

    The jobs of a plan come and go, and between them nobody holds what they made.
    """

    @functools.wraps(function)
    def wrapped(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        given = (*args, *kwargs.values())
        frozen = next(each for each in given if isinstance(each, Frozen))
        shelf = next(each for each in given if isinstance(each, Shelf))
        with shelf.local.leased(frozen.digest):
            return function(*args, **kwargs)

    return wrapped


def receipt_key(frozen: Frozen, index: int) -> str:
    """Store key of a segment's receipt: what the scene's pictures and its bytes depend on."""
    film = frozen.film
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
            "encoder": frozen.encoder,
            "film": shared,
        }
    )


def found(frozen: Frozen, index: int, shelf: Shelf) -> SceneDone | None:
    """A finished segment, with its drawn scene and its chunks in the local store; ``None`` if any of it is missing."""
    entry = shelf.pull(RECEIPT, receipt_key(frozen, index))
    receipt = _read_receipt(frozen, index, entry) if entry else None
    if entry is None or receipt is None:
        return None
    seconds = entry.record["facts"].get("seconds")
    done = SceneDone(
        receipt.name,
        receipt.master,
        receipt.segments,
        receipt.starts,
        receipt.frames,
        receipt.frames_digest,
        drawn=False,
        seconds=float(seconds) if isinstance(seconds, int | float) else 0.0,
        flashes=receipt.flashes,
    )
    return done if all(shelf.pull(kind, key) for kind, key in _parts(frozen, index, done)) else None


def _read_receipt(frozen: Frozen, index: int, entry: Entry) -> Receipt | None:
    """What a receipt says; nothing where that cannot be, for then the segment is made again."""
    try:
        receipt = msgspec.json.decode(entry.file(_FILE).read_bytes(), type=Receipt)
    except (FileNotFoundError, ValueError, RecursionError):
        return None
    scene = frozen.film.scenes[index]
    return receipt if receipt.fits(scene.name, scene.key) else None


def _parts(frozen: Frozen, index: int, done: SceneDone) -> list[tuple[str, str]]:
    """What a finished segment is in the store, the receipt last."""
    chunks = [("segment", key) for key in done.segments]
    return [("master", done.master), *chunks, (RECEIPT, receipt_key(frozen, index))]


def segment_index(frozen: Frozen, index: int) -> int:
    """The index, if there is such a segment.

    Raises:
        UsageError: there is none.
    """
    if not 0 <= index < len(frozen.segments):
        raise UsageError(
            f"segment {index} was asked for; the plan has {len(frozen.segments)}, 0 to {len(frozen.segments) - 1}"
        )
    return index


def prepared(frozen: Frozen, index: int, shelf: Shelf) -> FilmPlan:
    """The plan of one scene, with what it reads in the local store.

    Raises:
        UsageError: no such segment, or the code here is not that of the plan.
        StoreError: an input is missing.
    """
    segment_index(frozen, index)
    frozen.check_code(index)
    plan = frozen.plan(shelf.local.root)
    for kind, key, digest in frozen.inputs_of(index):
        shelf.need(kind, key, digest)
    return replace(plan, scenes=(plan.scenes[index],), whole=False)


@leasing_plan
def run_segment(frozen: Frozen, index: int, shelf: Shelf, work: Work) -> tuple[SceneDone, Entry]:
    """Draw and encode a segment unless it is there; returns it and its receipt.

    Raises:
        TapeheadError: see :func:`prepared` and :func:`tapehead.render.workers.pool.run_scenes`.
    """
    segment_index(frozen, index)
    done = found(frozen, index, shelf)
    if done is None:
        plan = prepared(frozen, index, shelf)
        begin(plan, work.logs, shelf.local, work.reporter)
        drawn = _draw_first(plan, shelf, work) if shelf.remote else None
        made = run_scenes(
            plan, shelf.local.root, work.jobs, work.logs, work.told, work.reporter.warn, work.limits, sound=False
        )
        (done,) = made.values()
        if drawn:
            done = replace(done, drawn=drawn.now, seconds=round(done.seconds + drawn.seconds, 3))
        for key in done.segments:
            shelf.push("segment", key)
        leave_receipt(frozen, index, done, shelf)
    elif shelf.remote:  # it may be from another time and another URL, and only here
        for kind, key in _parts(frozen, index, done):
            shelf.push(kind, key)
    entry = shelf.local.peek(RECEIPT, receipt_key(frozen, index))
    assert entry is not None, "a segment that is done has its receipt"
    return done, entry


@leasing_plan
def draw_part(frozen: Frozen, index: int, shelf: Shelf, work: Work) -> Drawn:
    """The first half of a segment: its scene drawn, nothing encoded."""
    plan = prepared(frozen, index, shelf)
    begin(plan, work.logs, shelf.local, work.reporter)
    return _draw_first(plan, shelf, work)


@leasing_plan
def chunk_part(frozen: Frozen, index: int, first: int, last: int, shelf: Shelf, work: Work) -> Chunk:
    """One chunk of a scene that was drawn before, here or elsewhere."""
    plan = prepared(frozen, index, shelf)
    scene = plan.scenes[0]
    master = shelf.pull("master", scene.key)
    if master is None:
        raise StoreError(
            f"scene '{scene.name}' is not drawn yet, so none of it can be encoded; draw segment {index} first"
        )
    if last > (frames := master.record["facts"]["frames"]):
        raise UsageError(f"frames {first} to {last} were asked for; scene '{scene.name}' has {frames}")
    begin(plan, work.logs, shelf.local, work.reporter)
    chunk = encode_chunk(plan, scene, first, last, shelf.local, lambda _note, _frames: None)
    shelf.push("segment", chunk.key)
    if chunk.now:
        costs = Costs(shelf.local.root, plan)
        costs.encoded(0, chunk.seconds, last - first)
        costs.keep()
    return chunk


@leasing_plan
def sound_part(frozen: Frozen, shelf: Shelf) -> str:
    """The film's sound, made on a machine that need not have drawn any of it; returns its key.

    Raises:
        StoreError: a scene is not drawn yet, or an input is missing.
    """
    need_inputs(frozen, shelf)
    plan, lengths = frozen.plan(shelf.local.root), {}
    for index, scene in enumerate(plan.scenes):
        frozen.check_code(index)
        master = shelf.pull("master", scene.key)
        if master is None:
            raise StoreError(f"scene '{scene.name}' is not drawn yet, and the sound follows what is drawn")
        lengths[scene.name] = master.record["facts"]["frames"]
    costs = Costs(shelf.local.root, plan)
    sound = sound_of(plan, lengths, shelf.local, costs.mixed)
    costs.keep()
    shelf.push("sound", sound.key)
    return sound.key


@leasing_plan
def assemble(frozen: Frozen, index: int, drawn: Drawn, chunks: list[Chunk], shelf: Shelf) -> SceneDone:
    """Make a segment out of its parts, which may have been made on different machines."""
    plan = frozen.plan(shelf.local.root)
    done = scene_done(plan, plan.scenes[index], drawn, chunks)
    leave_receipt(frozen, index, done, shelf)
    return done


def leave_receipt(frozen: Frozen, index: int, done: SceneDone, shelf: Shelf) -> None:
    """Say in the store what a finished segment consists of."""
    facts = {"episode": frozen.film.episode, "scene": done.name, "seconds": done.seconds}
    data = asdict(done)
    del data["drawn"], data["seconds"]
    key = receipt_key(frozen, index)
    there = shelf.local.get(RECEIPT, key)
    if there is not None and _read_receipt(frozen, index, there) is None:
        shelf.local.discard(RECEIPT, key, "it is not what a receipt of this scene says")
        there = None
    if there is None:
        with shelf.local.draft(RECEIPT, key, facts) as work:
            (work / _FILE).write_text(json.dumps(data, sort_keys=True))
    shelf.push(RECEIPT, key)


@leasing_plan
def gathered(frozen: Frozen, shelf: Shelf, command: Callable[[int], str]) -> dict[str, SceneDone]:
    """All segments of a plan, and all results and lines that the film reads, in the local store.

    Raises:
        StoreError: some are missing; the message has the command for each.
    """
    done: dict[int, SceneDone | None] = {at: found(frozen, at, shelf) for at in range(len(frozen.segments))}
    missing = [at for at, scene in done.items() if scene is None]
    if missing:
        listed = "\n  ".join(f"{command(at)}   # {frozen.segments[at].scene}" for at in missing)
        raise StoreError(f"{len(missing)} of {len(done)} segments are not in {shelf.url}; make them with\n  {listed}")
    need_inputs(frozen, shelf)
    return {scene.name: scene for scene in done.values() if scene is not None}


def need_inputs(frozen: Frozen, shelf: Shelf) -> None:
    """Have all results and lines of a plan in the local store; see :meth:`Shelf.need`."""
    for kind in ("result", "voice"):
        for key, digest in frozen.inputs(kind).items():
            shelf.need(kind, key, digest)


def push_inputs(frozen: Frozen, shelf: Shelf) -> None:
    """Send all results and lines of a plan to where the workers look for them."""
    for kind in ("result", "voice"):
        for key in frozen.inputs(kind):
            shelf.push(kind, key)


def described(done: SceneDone, receipt: Entry, shelf: Shelf) -> Mapping[str, Any]:
    """A finished segment as paths and digests."""
    store = shelf.local
    segments = [store.peek("segment", key) for key in done.segments]
    return {
        "scene": done.name,
        "frames": done.frames,
        "frames_digest": done.frames_digest,
        "drawn": done.drawn,
        "path": str(receipt.path),
        "digest": receipt.digest,
        "segments": [{"path": str(entry.path), "digest": entry.digest} for entry in segments if entry],
    }


def _draw_first(plan: FilmPlan, shelf: Shelf, work: Work) -> Drawn:
    """Draw and send what was drawn, so that a job that is stopped while it encodes need not draw again."""
    key = plan.scenes[0].key
    shelf.pull("master", key)
    made = run_scenes(plan, shelf.local.root, 1, work.logs, work.told, work.reporter.warn, work.limits, encode=False)
    (scene,) = made.values()
    shelf.push("master", key)
    return Drawn(scene.frames, scene.frames_digest, scene.drawn, scene.seconds)
