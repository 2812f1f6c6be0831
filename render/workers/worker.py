"""What a worker process does: draw one scene unless the store has it, or tape and encode one chunk of a drawn scene.

A worker exchanges paths and digests with its parent, never frames.  A killed worker leaves a draft that nobody reads;
whatever it had finished is in the store.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import faulthandler
import linecache
import os
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from itertools import pairwise
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import EpisodeError, TapeheadError
from tapehead.analysis.leases import joined
from tapehead.analysis.store import Entry, Store, digest_of, part_beside
from tapehead.render.flashes.meter import Flash, FlashMeter
from tapehead.render.identity import identity
from tapehead.render.planning.film_plan import FilmPlan, ScenePlan
from tapehead.render.room import allowed, is_lack, lack
from tapehead.render.tape.driven import scene_seed
from tapehead.render.tape.stage import TapeStage, stretches
from tapehead.render.workers.tapes import look_of
from tapehead.render.workers.tasks import Draw, Encode, Mix, Task
from tapehead.scenes.lacking import lacking
from tapehead.scenes.stage.branding import LOOK

CHUNK_S = 10
"""Film seconds that are taped and encoded in one go.  It is part of what a film's bytes depend on."""
_METER_S = 1
"""The flash meter judges a second: it looks at so much before a chunk to know what goes on when the chunk begins."""

Progress = Callable[[str, int], None]
"""Told what is being done and how many frames of the task are finished."""
Look = Callable[[Any], None]
"""Shown a frame, ``(height, width, 3 or 4)``, uint8."""


@dataclass(frozen=True)
class Drawn:
    """A drawn scene: its length, the digest of its pictures, whether it was drawn now and how long that took."""

    frames: int
    frames_digest: str
    now: bool
    seconds: float


@dataclass(frozen=True)
class Chunk:
    """An encoded stretch of a scene: its store key, its first frame in the scene, and what the flash meter found.

    The times of the flashes count from the scene's start.
    """

    first: int
    key: str
    flashes: tuple[Flash, ...]
    now: bool
    seconds: float


@dataclass(frozen=True)
class SceneDone:
    """What a finished scene is: its store keys, its length, and whether it was drawn now."""

    name: str
    master: str
    chunks: tuple[str, ...]
    starts: tuple[int, ...]
    """The first frame of each chunk, counted in the scene."""
    frames: int
    frames_digest: str
    drawn: bool
    seconds: float
    flashes: tuple[Flash, ...] = ()
    """What the flash meter finds in this scene by itself; times from its start."""


def chunks_of(frames: int, fps: int) -> list[tuple[int, int]]:
    """Where a scene is cut for encoding: equal stretches of about ``CHUNK_S``.  Nothing but its length decides."""
    count = max(1, round(frames / (CHUNK_S * fps)))
    edges = [frames * number // count for number in range(count + 1)]
    return list(pairwise(edges))


def scene_done(plan: FilmPlan, scene: ScenePlan, drawn: Drawn, chunks: list[Chunk]) -> SceneDone:
    """Put together what the workers reported of one scene."""
    chunks = sorted(chunks, key=lambda chunk: chunk.first)
    flashes: list[Flash] = []
    for flash in sorted((flash for chunk in chunks for flash in chunk.flashes), key=lambda f: (f.kind, f.start_s)):
        last = flashes[-1] if flashes else None
        if last and last.kind == flash.kind and flash.start_s <= last.end_s + 1.5 / plan.quality.fps:
            # One stretch that a border runs through.
            flashes[-1] = replace(last, end_s=max(last.end_s, flash.end_s), share=max(last.share, flash.share))
        else:
            flashes.append(flash)
    return SceneDone(
        scene.name,
        scene.key,
        tuple(chunk.key for chunk in chunks),
        tuple(chunk.first for chunk in chunks),
        drawn.frames,
        drawn.frames_digest,
        drawn.now,
        round(drawn.seconds + sum(chunk.seconds for chunk in chunks), 3),
        tuple(sorted(flashes, key=lambda flash: (flash.start_s, flash.kind))),
    )


def draw_scene(plan: FilmPlan, scene: ScenePlan, store: Store, progress: Progress, look: Look | None = None) -> Drawn:
    """Draw a scene unless the store has it; ``look`` is shown each frame."""
    began = time.perf_counter()
    drawn = False
    master = store.get("master", scene.key)
    if master is None:
        # Another render of the same scene may be at it: then wait for it.
        with store.lock("master", scene.key, lambda: progress("waits for another render of it", 0)):
            master = store.get("master", scene.key)
            if master is None:
                master, drawn = _draw(plan, scene, store, progress, look), True
    facts = master.record["facts"]
    return Drawn(facts["frames"], facts["frames_digest"], drawn, round(time.perf_counter() - began, 3))


def _draw(plan: FilmPlan, scene: ScenePlan, store: Store, progress: Progress, look: Look | None) -> Entry:
    from tapehead.render.drawing.cues import MASTER, CueList
    from tapehead.render.drawing.draw import draw
    from tapehead.render.drawing.master import MasterReader
    from tapehead.render.drawing.plain import draw_plain

    if LOOK.identity() != plan.look.identity():
        raise EpisodeError("the stage was loaded with other colours than the film's; render it with `tapehead render`")
    facts: dict[str, Any] = {"episode": plan.episode, "scene": scene.name, "quality": plan.quality.name}
    make: Callable[..., CueList] = draw_plain if scene.plain else draw
    with tempfile.TemporaryDirectory(prefix="tapehead-media-") as media, store.draft("master", scene.key, facts) as out:
        cues = make(
            scene.package or plan.package,
            Path(scene.folder or plan.folder),
            scene.target,
            scene.context,
            plan.drawn(scene),
            out,
            Path(media),
            progress,
            look,
        )
        facts |= {"frames": cues.frames, "frames_digest": MasterReader(out / MASTER).info.digest}
    entry = store.get("master", scene.key)
    assert entry is not None, "a master that was just written is readable"
    return entry


def encode_chunk(plan: FilmPlan, scene: ScenePlan, first: int, last: int, store: Store, progress: Progress) -> Chunk:
    """Tape and encode a stretch of a drawn scene unless the store has it: changing the tape draws nothing."""
    from tapehead.render.drawing.cues import MASTER
    from tapehead.render.drawing.master import MasterReader
    from tapehead.render.encoding.video import encoder_identity

    began = time.perf_counter()
    master = store.peek("master", scene.key)
    assert master is not None, "a scene is drawn before it is encoded"
    reader, tape = MasterReader(master.file(MASTER)), look_of(plan, scene, master)
    before = max(0, first - _METER_S * plan.quality.fps)
    key = digest_of(
        {
            "encoder": encoder_identity(),
            "meter": identity("flashes"),
            "frames": reader.content(first, last),
            "before": reader.content(before, first),
            "tape": tape.identity(),
            "quality": plan.quality,
            "moving": None if tape.is_static else [scene_seed(plan.seed, scene.name), first],
        }
    )
    now = False
    chunk = store.get("chunk", key)
    if chunk is None:
        with store.lock("chunk", key, lambda: progress("waits for another render of it", 0)):
            chunk = store.get("chunk", key)
            if chunk is None:
                now = True
                facts: dict[str, Any] = {"episode": plan.episode, "scene": scene.name, "quality": plan.quality.name}
                with store.draft("chunk", key, facts) as out:
                    facts["flashes"] = _encode(plan, scene, reader, tape, before, first, last, out, progress)
                chunk = store.peek("chunk", key)
    assert chunk is not None, "a chunk that was just written is readable"
    start = first / plan.quality.fps
    flashes = (Flash(**flash) for flash in chunk.record["facts"]["flashes"])
    placed = (replace(flash, start_s=flash.start_s + start, end_s=flash.end_s + start) for flash in flashes)
    return Chunk(first, key, tuple(placed), now, round(time.perf_counter() - began, 3))


def _encode(
    plan: FilmPlan,
    scene: ScenePlan,
    reader: Any,
    tape: TapeStage,
    before: int,
    first: int,
    last: int,
    out: Path,
    progress: Progress,
) -> list[dict[str, Any]]:
    """Write the chunk's pictures; returns the flashes in it, counted from its start."""
    from tapehead.render.encoding.container import CHUNK
    from tapehead.render.encoding.sink import Shown
    from tapehead.render.encoding.video import encode_pictures

    quality, seed = plan.quality, scene_seed(plan.seed, scene.name)
    meter = FlashMeter(Fraction(quality.fps), _frames=before - first)
    at = before
    for frame, repeat, _rows in reader.between(before, first) if before < first else ():
        for index, count in stretches(tape, at, repeat, quality.fps):
            meter.feed(tape.apply(frame, index, quality.fps, seed), count)
        at += repeat
        progress("encoding", 0)

    def told() -> Iterator[Shown]:
        done = 0
        for frame, repeat, rows in reader.between(first, last):
            # In small steps, so that a long held picture on a moving tape is not taken for stuck.
            for part in range(0, repeat, quality.fps):
                yield Shown(frame, min(quality.fps, repeat - part), () if part else rows)
                done += min(quality.fps, repeat - part)
                progress("encoding", done)

    drawn = plan.drawn(scene)
    encode_pictures(
        told(),
        out / CHUNK,
        quality.width,
        quality.height,
        quality.fps,
        tape,
        seed,
        first,
        meter=meter,
        drawn=(drawn.width, drawn.height),
        grainy=plan.on_tape and scene.taped if scene.framing else None,
    )
    length = (last - first) / quality.fps
    inside = [flash for flash in meter.flashes() if flash.end_s > 0]
    return [asdict(replace(flash, end_s=min(flash.end_s, length))) for flash in inside]


def make_sound(plan: FilmPlan, lengths: tuple[int, ...], store: Store, progress: Progress) -> float:
    """Mix and encode the film's sound unless the store has it; returns seconds, 0 if it was there."""
    from tapehead.render.workers.soundtrack import sound_of

    progress("mixing", 0)
    took = [0.0]
    sound_of(plan, {scene.name: frames for scene, frames in zip(plan.scenes, lengths, strict=True)}, store, took.append)
    return took[-1]


# -- the process around it ---------------------------------------------------------------------------


def main(
    channel: Connection,
    plan: FilmPlan,
    task: Task,
    store_root: str,
    workshop: str,
    memory_gb: float,
    lease: str,
) -> None:
    """Entry point of a worker process; reports over ``channel`` as ``(kind, payload)``.

    What it uses is pinned to the parent's ``lease``, so that it stays in use after the worker's end.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle: it stops the workers itself
    _die_with(os.getppid())
    # Kept bytecode is told apart by seconds and size, which two quick savings of one scene may share.
    sys.dont_write_bytecode = True
    tempfile.tempdir = workshop  # whatever happens to this process, the parent clears it away
    try:
        with Path(workshop, f"{os.getpid()}.stack").open("w") as stack, contextlib.ExitStack() as pins:
            if hasattr(faulthandler, "register"):
                faulthandler.register(signal.SIGUSR1, stack, all_threads=False)
            _no_more_than(memory_gb)
            done: Drawn | Chunk | float
            store = Store(Path(store_root), report=lambda message: channel.send(("warn", message)))
            last: list[Any] = [0.0, ""]

            def progress(note: str, frames: int) -> None:
                if note != last[1] or time.monotonic() - last[0] > 0.2:
                    last[:] = [time.monotonic(), note]
                    channel.send(("progress", (note, frames)))

            pins.enter_context(joined(store.root, lease))
            match task:
                case Draw(scene, picture):
                    look = _keeping(Path(picture), lambda: channel.send(("picture", ""))) if picture else None
                    done = draw_scene(plan, plan.scenes[scene], store, progress, look)
                case Encode(scene, first, end):
                    done = encode_chunk(plan, plan.scenes[scene], first, end, store, progress)
                case Mix(lengths):
                    done = make_sound(plan, lengths, store, progress)
            channel.send(("done", done))
    except BaseException as error:
        _no_more_than(0)  # else there may be no room to say what happened
        with contextlib.suppress(BrokenPipeError):  # the parent may have ended in the meantime; nobody asks any more
            channel.send(("failed", describe(error, plan.folder, memory_gb)))
        sys.exit(1)
    finally:
        channel.close()


def _keeping(path: Path, first: Callable[[], None]) -> Look:
    """Keeps a picture of the latest frame, about once a second, and says when there is the first."""
    last = [float("-inf")]

    def look(frame: Any) -> None:
        from PIL import Image

        if time.monotonic() - last[0] < 1.0:
            return
        part = part_beside(path)
        Image.fromarray(frame[..., :3]).save(part, "png", compress_level=1)
        part.replace(path)
        if last[0] < 0:
            first()
        last[0] = time.monotonic()

    return look


def _no_more_than(gigabytes: float) -> None:
    """Bound what this process may allocate (0: no bound), so that a scene that asks for too much is told so.

    Linux counts private memory this way; elsewhere nothing is bounded.
    """
    if sys.platform == "linux":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        wanted = int(gigabytes * 1e9) if gigabytes else hard
        if hard != resource.RLIM_INFINITY:
            wanted = min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (wanted, hard))


def describe(error: BaseException, folder: str, memory_gb: float = 0) -> dict[str, Any]:
    """A failure as plain data: short message, the scene's own line, the last cue, the whole traceback."""
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(folder)]
    where = ""
    if own:
        frame = own[-1]
        code = linecache.getline(frame.filename, frame.lineno or 0).strip()
        where = f"{Path(frame.filename).name}:{frame.lineno}: {code}"
    lacks = lacking(error)
    message = (
        str(lacks)
        if lacks
        else (str(error) if isinstance(error, TapeheadError) else f"{type(error).__name__}: {error}")
    )
    if is_lack(error) and (narrow := allowed()) is not None and narrow < memory_gb * 1e9:
        message = lack("it stopped")
    elif isinstance(error, MemoryError):
        message = (
            f"it needs more memory than the {memory_gb:g} GB that a worker may have ({str(error) or 'MemoryError'})"
        )
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
        message = f"{error.strerror} ({error.filename or 'store'}); free some space or move the store (TAPEHEAD_STORE)"
    if isinstance(error, ImportError) and not own:
        message += "; `tapehead doctor` says what to do"
    return {
        "message": message,
        "exit_code": error.exit_code if isinstance(error, TapeheadError) else EpisodeError.exit_code if lacks else 1,
        "lacks": (lacks.what, lacks.way_out) if lacks else None,
        "where": where,
        "notes": list(getattr(error, "__notes__", ())),
        "traceback": "".join(traceback.format_exception(error)),
    }


def _die_with(parent: int) -> None:
    """Make sure that no worker outlives its parent, however that dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: when the spawning thread's process ends

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
