"""Time stamps that start again, as in files that were joined end to end: told apart into runs, and made to go on.

A stream's *run* is what lies between two of its restarts.  The runs of all streams in a stretch of the file share one
offset, so that sound and pictures that belong together stay together.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Leaps:
    """From how far on, in seconds, a leap of a stream's decoding times is a restart."""

    back_s: float
    """Within a run they never go back; less is rounding."""
    ahead_s: float
    """Less is a gap that was meant."""


TRANSPORT = Leaps(0.02, 10.0)
"""Transport and program streams are what gets joined end to end, and they count finely."""
PLAIN = Leaps(0.1, math.inf)
INDEXED = Leaps(math.inf, math.inf)
"""Files with an index have one time for all of it: what goes back there is one packet that is wrong."""
_INDEXED = {"mov", "mp4", "matroska", "webm", "avi", "mxf"}


def leaps_of(container: Any) -> Leaps:
    """What is a restart in the format that a demuxer reads."""
    if container.format.name in ("mpegts", "mpeg"):
        return TRANSPORT
    return INDEXED if _INDEXED & set(container.format.name.split(",")) else PLAIN


def decoded_at(packet: Any, unit: float) -> float | None:
    """A packet's decoding time in seconds; ``unit`` is its stream's."""
    return None if packet.dts is None else packet.dts * unit


def followed_on(container: Any, stream: Any, offsets: Sequence[float]) -> Iterator[Any]:
    """A stream's packets, stamped without restarts: each run is moved by its offset (seconds)."""
    unit = float(stream.time_base or 0)
    runs = Runs(leaps_of(container))
    for packet in container.demux(stream):
        if len(offsets) > 1 and packet.size and not packet.is_discard:
            shift = round(offsets[min(runs.count(decoded_at(packet, unit)), len(offsets) - 1)] / unit)
            if packet.pts is not None:
                packet.pts += shift
            if packet.dts is not None:
                packet.dts += shift
        yield packet


@dataclass
class Runs:
    """Counts the restarts of one stream from its packets' decoding times, in file order."""

    leaps: Leaps
    number: int = 0
    """The run of the packet that was counted last."""
    _last: float | None = None

    def count(self, seconds: float | None) -> int:
        """The run that a packet with this decoding time belongs to; without one it goes with the packet before."""
        if seconds is None:
            return self.number
        if self._last is not None:
            ahead = seconds - self._last
            if -ahead > self.leaps.back_s or ahead > self.leaps.ahead_s:
                self.number += 1
        self._last = seconds
        return self.number


@dataclass
class Extent:
    """When the first picture or sound of a run begins and the last one ends, in seconds as the file has them."""

    first: float
    end: float

    def take(self, first: float, end: float) -> None:
        """Another packet of the run."""
        self.first, self.end = min(self.first, first), max(self.end, end)


@dataclass
class Timeline:
    """The runs of all streams of a file, as they are found packet by packet."""

    leaps: Leaps = PLAIN
    _runs: dict[int, Runs] = field(default_factory=dict)
    _extents: dict[int, list[tuple[int, Extent]]] = field(default_factory=dict)
    """For each stream its runs: (stretch of the file, extent)."""
    _stretch: int = 0

    def take(self, stream: int, decoded: float | None, first: float, end: float) -> None:
        """A packet of a stream: its decoding time, and from when to when it is shown or heard, in seconds."""
        runs = self._runs.setdefault(stream, Runs(self.leaps))
        before = runs.number
        number = runs.count(decoded)
        extents = self._extents.setdefault(stream, [])
        if not extents:
            extents.append((self._stretch, Extent(first, end)))
        elif number != before:
            # The first stream to start again opens a stretch; those that follow it join.
            if extents[-1][0] == self._stretch:
                self._stretch += 1
            extents.append((self._stretch, Extent(first, end)))
        else:
            extents[-1][1].take(first, end)

    def offsets(self, leading: Iterable[int]) -> Mapping[int, tuple[float, ...]]:
        """What to add to the times of each stream's runs, in seconds, so that each stretch follows the one before.

        Args:
            leading: the streams, best first, whose end and beginning are put together at a seam: the others keep
                their distance to it.
        """
        order = [*leading, *(stream for stream in self._extents if stream not in set(leading))]
        by_stretch: list[float] = [0.0]
        for stretch in range(1, self._stretch + 1):
            by_stretch.append(self._seam(stretch, order, by_stretch))
        return {
            stream: tuple(by_stretch[stretch] for stretch, _extent in extents)
            for stream, extents in self._extents.items()
        }

    def _seam(self, stretch: int, order: list[int], known: list[float]) -> float:
        for stream in order:
            extents = self._extents.get(stream, [])
            for (was, before), (now, after) in itertools.pairwise(extents):
                if now == stretch:
                    return known[was] + before.end - after.first
        return known[-1]

    def extents(self, stream: int) -> list[Extent]:
        """A stream's runs in file order."""
        return [extent for _stretch, extent in self._extents.get(stream, [])]

    def forget(self, stream: int) -> None:
        """Leave out what was taken of a stream."""
        self._runs.pop(stream, None)
        self._extents.pop(stream, None)
