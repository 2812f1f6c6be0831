"""What a worker process does with one scene: draw it unless the store has it, then tape and encode it.

A worker exchanges paths and digests with its parent, never frames.  A killed worker leaves a draft that nobody reads;
whatever it had finished is in the store.
"""

from __future__ import annotations

import ctypes
import errno
import linecache
import os
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from analysis.errors import TapeheadError
from analysis.store import Entry, Store, digest_of
from render.flashes import METER_VERSION, Flash, FlashMeter
from render.plan import FilmPlan, ScenePlan
from render.tape.script import scene_seed
from render.tape.stage import TapeStage


@dataclass(frozen=True)
class SceneDone:
    """What a finished scene is: its two store keys, its length, and whether it was drawn now."""

    name: str
    master: str
    segment: str
    frames: int
    frames_digest: str
    drawn: bool
    seconds: float
    flashes: tuple[Flash, ...] = ()
    """What the flash meter finds in this scene by itself; times from its start."""


def tape_of(plan: FilmPlan, scene: ScenePlan, master: Entry) -> TapeStage:
    """What treats a scene's frames: the film's tape, driven as the scene asked when it was drawn."""
    from render.draw import CUES, CueList
    from render.tape.script import stage_for

    return stage_for(plan.tape, scene.taped, CueList.load(master.file(CUES)).track)


def segment_key(plan: FilmPlan, scene: ScenePlan, master: Entry) -> str:
    """Key of a scene's encoded segment: changing the tape makes a new one and draws nothing."""
    from render.encode import encoder_identity

    tape = tape_of(plan, scene, master)
    return digest_of(
        {
            "encoder": encoder_identity(),
            "meter": METER_VERSION,
            "frames": master.record["facts"]["frames_digest"],
            "tape": tape.identity(),
            "quality": plan.quality,
            "seed": None if tape.is_static else scene_seed(plan.seed, scene.name),
        }
    )


def finish_scene(
    plan: FilmPlan, scene: ScenePlan, store: Store, progress: Callable[[str, int], None] = lambda _note, _frames: None
) -> SceneDone:
    """Draw, tape and encode one scene; parts that the store has are not made again."""
    began = time.perf_counter()
    drawn = False
    master = store.get("master", scene.key)
    if master is None:
        with store.lock("master", scene.key):  # another render of the same scene may be at it: then wait for it
            master = store.get("master", scene.key)
            if master is None:
                master, drawn = _draw(plan, scene, store, progress), True
    key = segment_key(plan, scene, master)
    segment = store.peek("segment", key)
    if segment is None:
        with store.lock("segment", key):
            segment = store.peek("segment", key) or _encode(plan, scene, master, key, store, progress)
    facts = master.record["facts"]
    return SceneDone(
        scene.name,
        scene.key,
        key,
        facts["frames"],
        facts["frames_digest"],
        drawn,
        round(time.perf_counter() - began, 3),
        tuple(Flash(**flash) for flash in segment.record["facts"]["flashes"]),
    )


def _draw(plan: FilmPlan, scene: ScenePlan, store: Store, progress: Callable[[str, int], None]) -> Entry:
    from render.draw import MASTER, draw
    from render.master import MasterReader

    facts: dict[str, Any] = {"episode": plan.episode, "scene": scene.name, "quality": plan.quality.name}
    with tempfile.TemporaryDirectory(prefix="tapehead-media-") as media, store.draft("master", scene.key, facts) as out:
        cues = draw(
            plan.package, Path(plan.folder), scene.target, scene.context, plan.quality, out, Path(media), progress
        )
        facts |= {"frames": cues.frames, "frames_digest": MasterReader(out / MASTER).info.digest}
    entry = store.get("master", scene.key)
    assert entry is not None, "a master that was just written is readable"
    return entry


def _encode(
    plan: FilmPlan,
    scene: ScenePlan,
    master: Entry,
    key: str,
    store: Store,
    progress: Callable[[str, int], None],
) -> Entry:
    from render.draw import MASTER
    from render.encode import encode_segment
    from render.master import MasterReader

    def told() -> Iterator[tuple[Any, int]]:
        # All is drawn by now; saying so keeps a long scene from being taken for stuck.
        for frame in MasterReader(master.file(MASTER)):
            progress("encoding", master.record["facts"]["frames"])
            yield frame

    meter = FlashMeter(Fraction(plan.quality.fps))
    facts: dict[str, Any] = {"episode": plan.episode, "master": master.key}
    with store.draft("segment", key, facts) as out:
        encode_segment(
            told(),
            out / "segment.mp4",
            plan.quality.width,
            plan.quality.height,
            plan.quality.fps,
            tape_of(plan, scene, master),
            scene_seed(plan.seed, scene.name),
            meter=meter,
        )
        facts["flashes"] = [asdict(flash) for flash in meter.flashes()]
    entry = store.peek("segment", key)
    assert entry is not None, "a segment that was just written is readable"
    return entry


# -- the process around it ---------------------------------------------------------------------------


def main(channel: Connection, plan_data: dict[str, Any], index: int, store_root: str) -> None:
    """Entry point of a worker process; reports over ``channel`` as ``(kind, payload)``."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle: it stops the workers itself
    _die_with(os.getppid())
    try:
        plan = FilmPlan.from_data(plan_data)
        scene = plan.scenes[index]
        store = Store(Path(store_root), report=lambda message: channel.send(("warn", message)))
        last = [0.0]

        def progress(note: str, frames: int) -> None:
            if time.monotonic() - last[0] > 0.2:
                last[0] = time.monotonic()
                channel.send(("progress", (note, frames)))

        channel.send(("done", finish_scene(plan, scene, store, progress)))
    except BaseException as error:
        channel.send(("failed", describe(error, plan_data["folder"])))
        sys.exit(1)
    finally:
        channel.close()


def describe(error: BaseException, folder: str) -> dict[str, Any]:
    """A failure as plain data: short message, the scene's own line, the last cue, the whole traceback."""
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(folder)]
    where = ""
    if own:
        frame = own[-1]
        code = linecache.getline(frame.filename, frame.lineno or 0).strip()
        where = f"{Path(frame.filename).name}:{frame.lineno}: {code}"
    message = str(error) if isinstance(error, TapeheadError) else f"{type(error).__name__}: {error}"
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
        message = f"{error.strerror} ({error.filename or 'store'}); free some space or move the store (TAPEHEAD_STORE)"
    if isinstance(error, ImportError) and not own:
        message += "; `tapehead doctor` says what to do"
    return {
        "message": message,
        "exit_code": error.exit_code if isinstance(error, TapeheadError) else 1,
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
