"""`tapehead tape apply` and `still`: any video or picture in, a taped one out, whole or not at all.

A video is treated in stretches of a fixed length, each in whichever process is free; stretches are joined without
encoding again.  So the bytes do not depend on how many processes there are.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import tempfile
import uuid
import wave
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from tapehead.analysis.errors import ResultError, TapeheadError, UsageError
from tapehead.analysis.interrupts import heard_by_parent_only, kill_all
from tapehead.render.encoding.encode import encode_segment, join, writing
from tapehead.render.flashes.meter import Flash, FlashMeter
from tapehead.render.tape.audio import BLOCK, Read, Sound, treat
from tapehead.render.tape.conditions import paused
from tapehead.render.tape.vhs import Vhs
from tapehead.render.tape_tool.footage import RATE_HZ, Footage, even, pictures, probe, sound

STRETCH = 240
"""Frames that one process treats at a time."""


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
        }


def apply(
    source: Path,
    out: Path,
    tape: Vhs,
    seed: int,
    *,
    start_s: float = 0.0,
    end_s: float | None = None,
    fps: Fraction | int = 0,
    jobs: int = 1,
    allow_flashes: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Taped:
    """Treat a video from ``start_s`` to ``end_s`` and write it in the delivery format.

    Raises:
        UsageError: the video can not be read, or the times are not in it.
        ResultError: the result flashes (see :mod:`tapehead.render.flashes.meter`) and ``allow_flashes`` is not given.
        OutputError: the place can not be written.
    """
    if out.suffix.lower() != ".mp4":
        raise UsageError(f"the delivery format is MP4: {out} must end in .mp4")
    if out.exists() and source.exists() and out.samefile(source):
        raise UsageError(f"{out} is the video itself; choose another name for the result")
    footage = probe(source, fps)
    last = footage.duration_s if end_s is None else min(end_s, footage.duration_s)
    if not 0 <= start_s < last:
        raise UsageError(f"--from {start_s:g} --to {last:g}: {source} runs from 0 to {footage.duration_s:.2f} s")
    first_frame, count = round(start_s * footage.fps), max(1, round((last - start_s) * footage.fps))
    with writing(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        work = tempfile.TemporaryDirectory(prefix=".tapehead-", dir=out.parent)
    with work as folder:
        place = Path(folder)
        pieces = [
            _Piece(footage, tape, seed, first_frame, begin, min(STRETCH, count - begin), place / f"{begin:08d}.mp4")
            for begin in range(0, count, STRETCH)
        ]
        _treat_all(pieces, jobs, lambda done: progress(done, count))
        heard = _taped_sound(footage, tape, seed, start_s, count, place)
        made = place / "joined.mp4"
        # What the tape was is said in the file itself.
        facts = {"title": source.stem, "comment": f"tapehead tape {tape.preset.name} seed {seed}"}
        join([piece.out for piece in pieces], heard, made, footage.fps, facts)
        flashes = tuple(flashes_in(made))
        if flashes and not allow_flashes:
            listed = "\n  ".join(str(flash) for flash in flashes[:10])
            raise ResultError(
                f"the taped video would flash, which is dangerous to some viewers:\n  {listed}\n"
                "cut those seconds out, or allow it with --allow-flashes"
            )
        with writing(out):
            made.replace(out)
    return Taped(out, count, footage.fps, footage.width, footage.height, heard is not None, flashes)


def flashes_in(path: Path) -> list[Flash]:
    """What the flash meter finds in a finished video.

    Raises:
        UsageError: it can not be read.
    """
    footage = probe(path)
    meter = FlashMeter(footage.fps)
    for picture, repeat in pictures(footage, range(footage.frames)):
        meter.feed(picture, repeat)
    return meter.flashes()


# -- pictures ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Piece:
    """A stretch of the result: plain enough to be sent to another process."""

    footage: Footage
    tape: Vhs
    seed: int
    first_frame: int
    """Frame of the source at which the result begins."""
    begin: int
    count: int
    out: Path

    def frames(self) -> Iterator[tuple[Any, int]]:
        """The source's pictures, held while the tape is in pause."""
        span = self.tape.settings["pause.at"]
        fps = self.footage.fps

        def source(index: int) -> int:
            held = span is not None and paused(self.tape.settings, float(index / fps))
            return self.first_frame + (int(np.ceil(span[0] * fps)) if held else index)

        wanted = [source(index) for index in range(self.begin, self.begin + self.count)]
        yield from pictures(self.footage, wanted)


def _treat_piece(piece: _Piece) -> int:
    footage = piece.footage
    encode_segment(
        piece.frames(),
        piece.out,
        footage.width,
        footage.height,
        footage.fps,
        piece.tape,
        piece.seed,
        piece.begin,
    )
    return piece.count


def _in_worker(piece: _Piece) -> int | str:
    """As :func:`_treat_piece`; an error of the user's comes back as its words."""
    try:
        return _treat_piece(piece)
    except TapeheadError as error:
        return str(error)


def _treat_all(pieces: list[_Piece], jobs: int, done: Callable[[int], None]) -> None:
    if jobs < 1:
        raise UsageError(f"--jobs must be at least 1; got {jobs}")
    total = 0
    if jobs == 1 or len(pieces) == 1:
        for piece in pieces:
            total += _treat_piece(piece)
            done(total)
        return
    method = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(jobs, len(pieces)), mp_context=method)
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
    except BaseException:
        kill_all(pool)
        raise
    pool.shutdown()


# -- sound ------------------------------------------------------------------------------------------


def _taped_sound(footage: Footage, tape: Vhs, seed: int, start_s: float, frames: int, folder: Path) -> Path | None:
    """The treated sound as a WAV file; nothing if the video is silent."""
    raw = folder / "sound.raw"
    total = sound(footage, raw)
    if not total:
        return None
    source = np.memmap(raw, np.float32, "r", shape=(total, 2))
    offset, count = round(start_s * RATE_HZ), round(frames * RATE_HZ / footage.fps)
    out = folder / "sound.wav"
    with wave.open(str(out), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        for begin in range(0, count, BLOCK):
            part = treat(
                _from(source, offset, offset + count), 2, begin, min(BLOCK, count - begin), tape.settings, seed
            )
            file.writeframes(np.round(part * 32767).astype("<i2").tobytes())
    return out


def _from(source: Any, first: int, end: int) -> Read:
    def read(begin: int, count: int) -> Sound:
        out = np.zeros((count, 2), np.float32)
        low, high = max(first, first + begin), min(len(source), end, first + begin + count)
        if high > low:
            out[low - first - begin : high - first - begin] = source[low:high]
        return out

    return read


# -- pictures by themselves ------------------------------------------------------------------------


def still(source: Path, out: Path, tape: Vhs, seed: int, seconds: float = 0.0) -> tuple[int, int]:
    """Treat one picture as if shown at a film time; returns its width and height.

    Raises:
        UsageError: the picture can not be read, or the result's ending is no picture format.
        OutputError: the place can not be written.
    """
    from PIL import Image, UnidentifiedImageError

    endings = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP", ".bmp": "BMP", ".tiff": "TIFF"}
    if out.suffix.lower() not in endings:
        raise UsageError(f"{out} must end in one of {', '.join(endings)}")
    try:
        with Image.open(source) as opened:
            opened.load()
            picture = _rgb(opened)
    except FileNotFoundError:
        raise UsageError(f"there is no file {source}") from None
    except (OSError, UnidentifiedImageError, ValueError, Image.DecompressionBombError) as error:
        raise UsageError(f"{source} can not be read as a picture: {error}") from error
    height, width = picture.shape[:2]
    made = tape.apply(even(picture), round(seconds * 30), 30, seed)[:height, :width]
    part = out.with_name(f".{out.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        with writing(out):
            out.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(made).save(part, format=endings[out.suffix.lower()])
            part.replace(out)
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
    return width, height


def _rgb(picture: Any) -> Any:
    """Upright RGB, alpha over black, 16-bit grey scaled to 8."""
    from PIL import Image, ImageOps

    picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith("I") or picture.mode == "F":
        values = np.asarray(picture, np.float64)
        top = 65535.0 if values.max() > 255 else 255.0
        grey = np.clip(values / top * 255, 0, 255).astype(np.uint8)
        return np.repeat(grey[..., None], 3, axis=2)
    if "A" in picture.getbands() or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, (0, 0, 0, 255)), picture)
    return np.asarray(picture.convert("RGB"))


def changed(tape: Any, changes: dict[str, Any], backend: str) -> Vhs:
    """The tape with the user's settings and back-end.

    Raises:
        UsageError: the preset is no tape (``clean``) and can not be changed; or a setting does not fit.
    """
    if isinstance(tape, Vhs):
        return tape.but(changes).on(backend)
    if changes:
        raise UsageError(f"the preset '{tape.preset.name}' is no tape and takes no settings: {', '.join(changes)}")
    raise UsageError(f"the preset '{tape.preset.name}' changes nothing; choose another one with --preset")
