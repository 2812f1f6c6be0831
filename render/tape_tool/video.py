"""`tapehead tape apply` and `still`: any video or picture in, a taped one out, whole or not at all.

A video is treated in stretches of a fixed length, each in whichever process is free; stretches are joined without
encoding again.  So the bytes do not depend on how many processes there are.
"""

from __future__ import annotations

import multiprocessing
import os
import wave
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import IO, Any

import numpy as np

from tapehead.analysis.errors import ResultError, TapeheadError, UsageError, WorkerError
from tapehead.analysis.interrupts import end_with, heard_by_parent_only, kill_all
from tapehead.render.encoding.container import writing
from tapehead.render.encoding.sink import VideoForm, export, treated
from tapehead.render.flashes.meter import Flash, FlashMeter
from tapehead.render.tape.audio import BLOCK, Read, Sound
from tapehead.render.tape.stage import PlayedTape, Tape, TapeSound
from tapehead.render.tape_tool.decoding import even
from tapehead.render.tape_tool.delivery import DeliveryFormat
from tapehead.render.tape_tool.footage import Footage, probe
from tapehead.render.tape_tool.footage_sound import RATE_HZ, sound, sound_in
from tapehead.render.tape_tool.formats import delivery_for
from tapehead.render.tape_tool.moves import Move, moving
from tapehead.render.tape_tool.pictures import pictures
from tapehead.render.tape_tool.places import not_over, work_folder
from tapehead.render.tape_tool.rates import middle
from tapehead.render.tape_tool.still_file import ENDINGS, KEEPING_ALPHA, over_black, read_picture, save_picture

STRETCH = 240
"""Frames that one process treats at a time."""
_MOST_PIECES = 8
"""Pieces of a video that has to be decoded from its beginning for each of them."""


@dataclass(frozen=True)
class Taped:
    """What was made."""

    path: Path
    frames: int
    fps: Fraction
    width: int
    height: int
    has_sound: bool
    flashes: tuple[Flash, ...]
    notes: tuple[str, ...] = ()
    """What a user should know about the source."""

    def to_data(self) -> dict[str, Any]:
        """What ``--json`` prints."""
        return {
            "path": str(self.path),
            "frames": self.frames,
            "fps": int(self.fps) if self.fps.denominator == 1 else round(float(self.fps), 6),
            "rate": str(self.fps),
            "width": self.width,
            "height": self.height,
            "has_sound": self.has_sound,
            "flashes": [str(flash) for flash in self.flashes],
            "notes": list(self.notes),
        }


def apply(
    source: Path,
    out: Path,
    tape: Tape,
    seed: int,
    *,
    start_s: float = 0.0,
    end_s: float | None = None,
    fps: Fraction | int = 0,
    jobs: int = 1,
    allow_flashes: bool = False,
    moves: Sequence[Move] = (),
    crop: Fraction | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    note: Callable[[str], None] = lambda _words: None,
) -> Taped:
    """Treat a video from ``start_s`` to ``end_s`` and write it as the result's name asks for.

    Args:
        source: any video, or numbered pictures.
        out: the result, see :mod:`tapehead.render.tape_tool.formats`.
        tape: as it is set.
        seed: another one is another tape.
        start_s: where the result begins in the video.
        end_s: where it ends; at the end if left out.
        fps: frames per second of the result; 0 takes the video's own.
        jobs: processes.
        allow_flashes: write the result even if it flashes.
        moves: how settings change, in seconds of the result.
        crop: width over height of what is taken from the middle of the pictures.
        progress: told of frames done and of all.
        note: told, before the work begins, what a user should know about the video.

    Raises:
        UsageError: the video cannot be read, the times are not in it, or the result would be written over it.
        ResultError: the result flashes (see :mod:`tapehead.render.flashes.meter`) and ``allow_flashes`` is not given.
        OutputError: the place cannot be written.
    """
    kind = delivery_for(out)
    not_over(out, {"the video": source})
    if jobs < 1:
        raise UsageError(f"--jobs must be at least 1; got {jobs}")
    footage = probe(source, fps, crop)
    last = footage.duration_s if end_s is None else min(end_s, footage.duration_s)
    if not 0 <= start_s < last:
        raise UsageError(f"--from {start_s:g} --to {last:g}: {source} runs from 0 to {footage.duration_s:.2f} s")
    first_frame, count = round(start_s * footage.fps), max(1, round((last - start_s) * footage.fps))
    stage = moving(tape, moves, footage.fps)
    notes = list(footage.notes)
    with work_folder(out) as place:
        # The sound first: what is wrong with it shows in seconds, the pictures take as long as they take.
        heard = _taped_sound(footage, tape, seed, start_s, count, place)
        if footage.has_sound and heard is None:
            notes.append("nothing of its sound can be decoded: the result is silent")
        if heard is not None and not kind.has_sound:
            notes.append(f"{kind.said.partition(' such')[0]} have no sound")
        for words in notes:
            note(f"{source}: {words}")
        stretch = STRETCH if footage.seekable else max(STRETCH, -(-count // _MOST_PIECES))
        pieces = [
            _Piece(
                footage,
                stage,
                seed,
                first_frame,
                begin,
                min(stretch, count - begin),
                kind.piece(place, begin, out),
                kind,
            )
            for begin in range(0, count, stretch)
        ]
        _treat_all(pieces, jobs, lambda done: progress(done, count))
        # What the tape was is said in the file itself.
        facts = {"title": source.stem, "comment": f"tapehead tape {tape.preset.name} seed {seed}"}
        with writing(out):
            made = kind.join([piece.out for piece in pieces], heard, out, footage.fps, facts)
        flashes = tuple(flashes_in(made, footage.fps))
        if flashes and not allow_flashes:
            listed = "\n  ".join(str(flash) for flash in flashes[:10])
            raise ResultError(
                f"the taped video would flash, which is dangerous to some viewers:\n  {listed}\n"
                "cut those seconds out, or allow it with --allow-flashes"
            )
        with writing(out):
            kind.deliver(made, out)
    return Taped(
        out,
        count,
        footage.fps,
        footage.width,
        footage.height,
        heard is not None and kind.has_sound,
        flashes,
        tuple(notes),
    )


def flashes_in(path: Path, fps: Fraction | int = 0) -> list[Flash]:
    """What the flash meter finds in a finished video; ``fps`` is needed for numbered pictures.

    Raises:
        UsageError: it cannot be read.
    """
    footage = probe(path, fps)
    meter = FlashMeter(footage.fps)
    for picture, repeat in pictures(footage, range(footage.frames)):
        meter.feed(picture, repeat)
    return meter.flashes()


# -- pictures ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Piece:
    """A stretch of the result: plain enough to be sent to another process."""

    footage: Footage
    tape: PlayedTape
    seed: int
    first_frame: int
    """Frame of the source at which the result begins."""
    begin: int
    count: int
    out: Path
    kind: DeliveryFormat

    @property
    def form(self) -> VideoForm:
        """What its pictures are."""
        footage = self.footage
        alpha, grainy = footage.has_alpha and self.kind.keeps_alpha, not self.tape.is_static
        return VideoForm(footage.width, footage.height, footage.fps, self.begin, alpha, grainy)

    def frames(self) -> Iterator[tuple[Any, int]]:
        """The source's pictures, held while the tape is in pause."""
        indices = range(self.begin, self.begin + self.count)
        wanted = [self.first_frame + self.tape.source_frame(index, self.footage.fps) for index in indices]
        yield from pictures(self.footage, wanted, self.form.has_alpha)


def _treat_piece(piece: _Piece) -> int:
    return export(
        piece.kind.configure(piece.out, piece.form), treated(piece.frames(), piece.form, piece.tape, piece.seed)
    )


def _in_worker(piece: _Piece) -> int | str:
    """As :func:`_treat_piece`; an error of the user's comes back as its words."""
    try:
        return _treat_piece(piece)
    except TapeheadError as error:
        return str(error)


def _treat_all(pieces: list[_Piece], jobs: int, done: Callable[[int], None]) -> None:
    total = 0
    if jobs == 1 or len(pieces) == 1:
        for piece in pieces:
            total += _treat_piece(piece)
            done(total)
        return
    method = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(jobs, len(pieces)), mp_context=method, initializer=end_with, initargs=(os.getpid(),))
    try:
        with heard_by_parent_only():
            running: set[Future[int | str]] = {pool.submit(_in_worker, piece) for piece in pieces}
        while running:
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                answer = future.result()
                if isinstance(answer, str):
                    raise ResultError(answer)
                total += answer
                done(total)
    except BrokenProcessPool as error:
        kill_all(pool)
        raise WorkerError("a process that treated the video was ended from outside; run it again") from error
    except BaseException:
        kill_all(pool)
        raise
    pool.shutdown()


# -- sound ------------------------------------------------------------------------------------------


def _taped_sound(
    footage: Footage, tape: PlayedTape, seed: int, start_s: float, frames: int, folder: Path
) -> Path | None:
    """The treated sound as a WAV file; nothing if the video is silent."""
    raw = folder / "sound.raw"
    total = sound(footage, raw)
    if not total:
        return None
    offset, count = round(start_s * RATE_HZ), round(frames * RATE_HZ / footage.fps)
    out = folder / "sound.wav"
    write_sound(out, within(sound_in(raw), total, offset, offset + count), tape.sound(footage.fps), 0, count, seed)
    return out


def write_sound(out: Path | IO[bytes], read: Read, effect: TapeSound | None, first: int, count: int, seed: int) -> None:
    """Write ``count`` samples from ``first`` of what ``read`` gives as a WAV file, as they are played from tape.

    Without an ``effect`` they stay as they are.
    """
    with wave.open(str(out) if isinstance(out, Path) else out, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        for begin in range(first, first + count, BLOCK):
            most = min(BLOCK, first + count - begin)
            part = effect.treat(read, 2, begin, most, seed) if effect else read(begin, most)
            file.writeframes(np.round(part * 32767).astype("<i2").tobytes())


def within(source: Read, total: int, first: int, end: int) -> Read:
    """Samples ``first`` to ``end`` of a sound of ``total`` as a sound of its own, with silence around it."""

    def read(begin: int, count: int) -> Sound:
        out = np.zeros((count, 2), np.float32)
        low, high = max(first, first + begin), min(total, end, first + begin + count)
        if high > low:
            out[low - first - begin : high - first - begin] = source(low, high - low)
        return out

    return read


# -- pictures by themselves ------------------------------------------------------------------------


def still(
    source: Path, out: Path, tape: Tape, seed: int, seconds: float = 0.0, crop: Fraction | None = None
) -> tuple[int, int]:
    """Treat one picture as if shown at a film time; returns its width and height.

    Transparency stays where the result's format has any; otherwise what is transparent is black.

    Raises:
        UsageError: the picture cannot be read, the result's ending is no picture format, or it would be written over
            the picture.
        OutputError: the place cannot be written.
    """
    if out.suffix.lower() not in ENDINGS:
        raise UsageError(f"{out} must end in one of {', '.join(ENDINGS)}")
    not_over(out, {"the picture": source})
    picture = read_picture(source)
    left, top, width, height = middle(picture.shape[1], picture.shape[0], crop)
    picture = picture[top : top + height, left : left + width]
    if out.suffix.lower() not in KEEPING_ALPHA:
        picture = over_black(picture)
    made = tape.apply(even(picture[..., :3]), round(seconds * 30), 30, seed)[:height, :width]
    save_picture(np.concatenate([made, picture[..., 3:]], axis=2), out)
    return width, height


def changed(tape: Tape, changes: dict[str, Any], backend: str) -> Tape:
    """The tape with the user's settings and back-end; an empty back-end is the effect's own.

    Raises:
        UsageError: the preset is no tape (``clean``) and cannot be changed; or a setting does not fit.
    """
    if tape.takes_orders:
        tape = tape.but(changes)
        return tape.on(backend) if backend else tape
    if changes:
        raise UsageError(f"the preset '{tape.preset.name}' is no tape and takes no settings: {', '.join(changes)}")
    raise UsageError(f"the preset '{tape.preset.name}' changes nothing; choose another one with --preset")
