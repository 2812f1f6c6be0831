"""Loudness and true peak of a sound, by ffmpeg's EBU R 128 filter.

Levels are LUFS after ITU-R BS.1770-4 (integrated, gated) and dB true peak relative to full scale.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tapehead.analysis.errors import MissingPartError, ResultError

# The filter starts from this value, and keeps it where no block was loud enough to count.
_FLOOR_LUFS = -69.9


@dataclass(frozen=True)
class SoundReport:
    """Measured levels.  ``lufs`` is ``None`` for silence and for less than 0.4 s, ``true_peak_db`` for silence."""

    lufs: float | None
    true_peak_db: float | None
    duration_s: float


class Meter:
    """Takes sound in pieces, so that its length does not matter.

    Args:
        rate: Hz.
        layout: ffmpeg's name of the channel layout.
        sample_format: ffmpeg's name of the sample format; ``flt`` is what :meth:`add` takes.

    Raises:
        MissingPartError: the installed PyAV has no loudness filter.
    """

    def __init__(self, rate: int, layout: str = "stereo", sample_format: str = "flt") -> None:
        from av.filter import Graph

        self.rate, self.layout, self.sample_format, self.samples = rate, layout, sample_format, 0
        self._lufs, self._peak = _FLOOR_LUFS, 0.0
        self._graph = Graph()
        source = self._graph.add_abuffer(format=sample_format, sample_rate=rate, layout=layout)
        try:
            filtered = self._graph.add("ebur128", "peak=true:metadata=1:framelog=quiet")
        except ValueError as error:
            raise MissingPartError(f"PyAV was built without the ebur128 filter ({error}); pip install av") from error
        sink = self._graph.add("abuffersink")
        source.link_to(filtered)
        filtered.link_to(sink)
        self._graph.configure()

    def add(self, sound: np.ndarray) -> None:
        """Samples as an array of shape (samples, channels)."""
        from av import AudioFrame

        if len(sound):
            packed = np.ascontiguousarray(sound, np.float32).reshape(1, -1)
            self.add_frame(AudioFrame.from_ndarray(packed, format="flt", layout=self.layout))

    def add_frame(self, frame: Any) -> None:
        """A frame of PyAV's in the format that the meter was made for."""
        frame.sample_rate, frame.pts = self.rate, self.samples
        self.samples += frame.samples
        self._graph.push(frame)
        self._drain()

    def report(self) -> SoundReport:
        """Finish, and say what was measured."""
        samples = self.samples
        # The filter reports every 100 ms: silence up to the next report makes it tell of the end, too.
        if missing := -samples % (self.rate // 10):
            self.add_frame(self._silence(missing))
        self._graph.push(None)
        self._drain()
        lufs = None if self._lufs <= _FLOOR_LUFS else round(self._lufs, 3)
        peak = round(20 * math.log10(self._peak), 3) if self._peak > 0 else None
        return SoundReport(lufs, peak, samples / self.rate)

    def _silence(self, count: int) -> Any:
        from av import AudioFrame

        frame = AudioFrame(format=self.sample_format, layout=self.layout, samples=count)
        for plane in frame.planes:
            plane.update((b"\x80" if self.sample_format.startswith("u8") else b"\0") * plane.buffer_size)
        return frame

    def _drain(self) -> None:
        from av import BlockingIOError, EOFError

        while True:
            try:
                data: Any = self._graph.pull()
            except (BlockingIOError, EOFError):
                return
            facts = data.metadata
            if "lavfi.r128.I" in facts:
                self._lufs = float(facts["lavfi.r128.I"])
                self._peak = max(self._peak, float(facts["lavfi.r128.true_peak"]))


def measure(path: Path) -> SoundReport:
    """Levels of the first audio track of any media file.

    Raises:
        ResultError: there is no sound in it, or it cannot be decoded.
        MissingPartError: the installed PyAV has no loudness filter.
    """
    import av

    meter: Meter | None = None
    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise ResultError(f"{path} has no audio track")
            for frame in container.decode(audio=0):
                if meter is None:
                    meter = Meter(frame.sample_rate, frame.layout.name, frame.format.name)
                meter.add_frame(frame)
    except av.FFmpegError as error:
        raise ResultError(f"the sound of {path} cannot be read: {error}") from error
    return meter.report() if meter else SoundReport(None, None, 0.0)
