"""From drawn pictures to whatever takes them: a tape on the way, a flash meter that looks on, a sink at the end.

A sink is configured when it is made, started, given frames, and stopped.  The last is promised as soon as the first was
tried: what is half-written is then taken away by whoever wrote it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from tapehead.analysis.errors import ResultError
from tapehead.render.encoding.container import Rate
from tapehead.render.flashes.meter import FlashMeter
from tapehead.render.tape.stage import TapeStage, stretches

Frame = NDArray[np.uint8]


class Shown(NamedTuple):
    """A picture, how many film frames it is shown for, and what of it is new."""

    frame: Frame
    """uint8 RGB ``(height, width, 3)``, or with alpha ``(height, width, 4)``."""
    repeat: int
    rows: tuple[tuple[int, int], ...] | None = None
    """Rows (first, last) outside of which it equals the picture before; ``None`` where that is not known."""


@dataclass(frozen=True)
class VideoForm:
    """What a sink is configured for: all that is known of its pictures before the first one comes."""

    width: int
    height: int
    fps: Rate
    first_index: int = 0
    """The film's or the video's number of the first frame."""
    has_alpha: bool = False
    grainy: bool = False
    """Whether every frame is a new one, with noise in it, even where the film stands still."""


class FrameSink(Protocol):
    """Takes the frames of one stretch of video, in order."""

    def start(self) -> None:
        """Open what has to be open.

        Raises:
            OutputError: the place cannot be written.
        """

    def frame(self, shown: Shown) -> None:
        """Take a picture, as often as it is shown.  It may be looked at now, and never later."""

    def stop(self, whole: bool) -> None:
        """Finish; or, if not ``whole``, leave nothing behind.  Called once after :meth:`start`, even if that failed."""


def export(sink: FrameSink, frames: Iterable[Shown]) -> int:
    """Put frames into a sink from start to stop; returns how many film frames there were."""
    count, whole = 0, False
    try:
        sink.start()
        for shown in frames:
            sink.frame(shown)
            count += shown.repeat
        whole = True
    finally:
        sink.stop(whole)
    return count


def treated(
    frames: Iterable[tuple[Frame, int] | Shown],
    form: VideoForm,
    tape: TapeStage,
    seed: int,
    meter: FlashMeter | None = None,
    drawn: tuple[int, int] | None = None,
) -> Iterator[Shown]:
    """What comes off the tape; transparency stays as it was.

    Args:
        frames: pictures with how many film frames each is shown, and perhaps which rows are new.
        form: their size, rate and first number.
        tape: treats each frame; a static one is asked once per unique picture.
        seed: handed to the tape.
        meter: shown every treated picture, as often as the viewer sees it.
        drawn: width and height of ``frames`` where the tape gives pictures of ``form`` back.

    Raises:
        ResultError: a frame has another size.
    """
    width, height = drawn or (form.width, form.height)
    index, shape = form.first_index, (height, width, 3 + form.has_alpha)
    for frame, repeat, rows in (Shown(*each) for each in frames):
        if frame.shape != shape or frame.dtype != np.uint8:
            raise ResultError(f"frame {index} is {frame.dtype} {frame.shape}, the film uint8 {shape}")
        colours = np.ascontiguousarray(frame[..., :3]) if form.has_alpha else frame
        if tape.is_static:
            begun = index > form.first_index
            made = colours if begun and rows == () else tape.apply(colours, index, form.fps, seed)
            known = rows if begun and made is colours else None
            if meter is not None:
                meter.feed(made, repeat, known)
            yield Shown(_with_alpha(made, frame), repeat, known)
        else:
            for shown, count in stretches(tape, index, repeat, form.fps):
                made = tape.apply(colours, shown, form.fps, seed)
                if meter is not None:
                    meter.feed(made, count)
                yield Shown(_with_alpha(made, frame), count)
        index += repeat


def _with_alpha(made: Frame, frame: Frame) -> Frame:
    return np.concatenate([made, frame[..., 3:]], axis=2) if frame.shape[2] == 4 else made
