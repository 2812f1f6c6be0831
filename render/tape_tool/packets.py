"""What the packets of a video say, before a picture is decoded: which stream is the film, and when it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.stream import Disposition

from tapehead.analysis.errors import UsageError
from tapehead.render.tape_tool import sequence
from tapehead.render.tape_tool.timeline import Runs, Timeline, decoded_at, leaps_of

_NO_FILM = Disposition.attached_pic | Disposition.timed_thumbnails
_ANNOUNCING = {"mov", "mp4", "matroska", "webm", "avi", "flv", "asf", "mxf", "nut"}
"""Containers that say at their beginning how long they are; of others the length is guessed from what is there."""

Span = tuple[float, float]
"""From when to when, in seconds."""


@dataclass
class Listed:
    """What the packets of a file say."""

    timeline: Timeline
    stream: int
    tick: Fraction
    rate: Fraction | None
    ratio: Fraction
    announced: tuple[float | None, float | None]
    """When the file says that its pictures end, and all of it, in its own seconds."""
    sound_stream: int
    """-1 where there is none that can be decoded."""
    lost_sound: bool
    loose: bool
    stamps: list[int] = field(default_factory=list)
    """Times of the pictures, run after run as the file has them."""
    runs: list[int] = field(default_factory=list)
    """The run of each of them."""
    counted: bool = False
    end: float = 0.0
    """Latest end of any stream, in seconds as the file counts."""

    def span(self, stream: int, shifts: Mapping[int, tuple[float, ...]]) -> Span | None:
        """From when to when a stream lasts with its runs following on; ``None`` where it holds nothing."""
        extents = self.timeline.extents(stream)
        if not extents:
            return None
        moved = [(e.first + shift, e.end + shift) for e, shift in zip(extents, shifts[stream], strict=True)]
        return min(first for first, _ in moved), max(end for _, end in moved)

    def followed_on(self, shifts: Sequence[float]) -> list[int]:
        """Times of the pictures with their runs following on, in order."""
        moved = [round(shift / float(self.tick)) for shift in shifts]
        return sorted({stamp + moved[run] for stamp, run in zip(self.stamps, self.runs, strict=True)})


def opened(path: Path, options: dict[str, str] | tuple[tuple[str, str], ...]) -> Any:
    """A video that is open for reading."""
    # By its whole path: a colon in a plain name would be taken for that of an address.
    return av.open(sequence.address(path), options=dict(options))


def film_stream(container: Any, path: Path) -> Any:
    """The first stream of pictures that is no cover and no row of thumbnails.

    Raises:
        UsageError: there is none.
    """
    films = [s for s in container.streams.video if not s.disposition & _NO_FILM and s.codec_context is not None]
    if films:
        return films[0]
    if not container.streams.video:
        raise UsageError(f"{path} holds no pictures")
    if any(s.codec_context is None for s in container.streams.video):
        raise UsageError(f"{path} holds pictures in a format that cannot be decoded")
    raise UsageError(f"{path} holds no pictures but a cover")


def list_packets(container: Any, path: Path) -> Listed:
    """All packets of a file: when its pictures are shown, and from when to when each stream lasts."""
    stream = film_stream(container, path)
    heard = next((s for s in container.streams.audio if s.codec_context is not None), None)
    tick = Fraction(stream.time_base or Fraction(1, 1000))
    rate = stream.average_rate or stream.guessed_rate
    ratio = Fraction(stream.sample_aspect_ratio or 1)
    step = max(1, round(1 / (Fraction(rate) * tick))) if rate else 1
    found = Listed(
        Timeline(leaps_of(container)),
        stream.index,
        tick,
        rate,
        ratio if Fraction(1, 8) <= ratio <= 8 else Fraction(1),
        _announced(container, stream, tick),
        -1 if heard is None else heard.index,
        bool(container.streams.audio) and heard is None,
        container.format.name == "mpeg",
    )
    ticks = {s.index: float(s.time_base) for s in container.streams if s.time_base}
    runs = Runs(leaps_of(container))
    count = 0
    try:
        for packet in container.demux():
            index = packet.stream.index
            if packet.size == 0 or index not in ticks or packet.stream.disposition & _NO_FILM:
                continue
            unit = ticks[index]
            if index != stream.index:
                if packet.pts is not None and not packet.is_discard:
                    at, until = packet.pts * unit, (packet.pts + (packet.duration or 0)) * unit
                    found.end = max(found.end, until)
                    if packet.stream.type == "audio":
                        found.timeline.take(index, decoded_at(packet, unit), at, until)
                continue
            if packet.is_discard:
                continue
            found.counted |= packet.pts is None
            pts = packet.pts if packet.pts is not None else count * step
            count += 1
            decoded = decoded_at(packet, unit)
            found.timeline.take(index, decoded, pts * unit, (pts + (packet.duration or step)) * unit)
            found.end = max(found.end, (pts + (packet.duration or step)) * unit)
            found.stamps.append(pts)
            found.runs.append(runs.count(decoded))
    except (OSError, av.FFmpegError):
        pass  # cut short: what came before it is there
    if found.counted:  # some bear a time and some do not: then none is believed
        found.stamps, found.runs = [k * step for k in range(count)], [0] * count
        found.timeline.forget(stream.index)
        found.timeline.take(stream.index, 0.0, 0.0, count * step * ticks[stream.index])
    return found


def _announced(container: Any, stream: Any, tick: Fraction) -> tuple[float | None, float | None]:
    """When the file says that its pictures end, and all of it, in its own seconds; ``None`` where it says nothing."""
    if not _ANNOUNCING & set(container.format.name.split(",")):
        return None, None
    whole = ((container.start_time or 0) + container.duration) / av.time_base if container.duration else None
    own = float(((stream.start_time or 0) + stream.duration) * tick) if stream.duration else None
    return own, whole
