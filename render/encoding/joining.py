"""Chunks and sound to the delivered film, without encoding a picture again."""

from __future__ import annotations

import contextlib
import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from tapehead.analysis.errors import ResultError
from tapehead.render.encoding.container import MP4, Rate, finished
from tapehead.render.encoding.sound import SAMPLE_RATE, audio_stream, encoded_audio, samples_of
from tapehead.render.encoding.video import REORDERED


@dataclass(frozen=True)
class Joined:
    """What :func:`join` made."""

    frames: int
    fps: Rate

    @property
    def duration_s(self) -> float:
        """Length of the picture, in seconds."""
        return float(self.frames / self.fps)


def join(
    chunks: list[Path],
    sound: Path | None,
    out: Path,
    fps: Rate,
    metadata: Mapping[str, str] | None = None,
) -> Joined:
    """String chunks together by copying their packets, add the sound, and put the index in front.

    Equal inputs give equal bytes.

    Args:
        chunks: files of :func:`~tapehead.render.encoding.video.encode_pictures`, in film order, of one size and rate.
        sound: a track of :func:`~tapehead.render.encoding.sound.encode_sound`, ``.m4a``, which is copied; or any other
            sound file, which is encoded, and cut or filled with silence to the length of the picture.  ``None``: a
            silent film without a track.
        out: the MP4 to make; a temporary name beside it is used until it is whole.
        fps: frames per second of all chunks.
        metadata: MP4 tags such as ``title`` and ``artist``.

    Raises:
        OutputError: the disk is full or cannot be written.
        ResultError: a chunk or the sound cannot be read, or chunks do not fit together.
    """
    if not chunks:
        raise ResultError("there is no chunk to join")
    counts = _check_alike(chunks, fps)
    frames = sum(counts)
    with finished(out) as part, contextlib.ExitStack() as open_files:
        container = open_files.enter_context(av.open(str(part), "w", format="mp4", options=MP4))
        container.metadata.update(metadata or {})
        template = open_files.enter_context(av.open(str(chunks[0])))
        video = container.add_stream_from_template(template.streams.video[0])
        video.time_base = 1 / Fraction(fps)
        tracks = [_copied_video(chunks, video, fps)]
        if sound is not None and sound.suffix == ".m4a":
            track = open_files.enter_context(av.open(str(sound)))
            tracks.append(_copied_audio(track, container.add_stream_from_template(track.streams.audio[0])))
        elif sound is not None:
            tracks.append(encoded_audio(sound, audio_stream(container), samples_of(frames, fps)))
        # Merged by time here: left to itself the muxer would hold a whole film of one track in memory.
        for _time, packet in heapq.merge(*tracks, key=lambda timed: timed[0]):
            container.mux(packet)
    return Joined(frames, fps)


def _check_alike(chunks: list[Path], fps: Rate) -> list[int]:
    """Lengths in frames; all chunks must share one set of decoder parameters.

    Raises:
        ResultError: one cannot be read or differs from the first.
    """
    counts, first = [], None
    for path in chunks:
        try:
            with av.open(str(path)) as container:
                stream = container.streams.video[0]
                # avcC: it holds the sequence and picture parameter sets
                facts = (stream.codec_context.extradata, stream.width, stream.height, stream.average_rate)
                counts.append(stream.frames)
        except (OSError, av.FFmpegError, IndexError) as error:
            raise ResultError(f"the chunk {path} cannot be read: {error}") from error
        first = first or facts
        if facts != first or facts[3] != fps:
            raise ResultError(
                f"the chunk {path} ({facts[1]}x{facts[2]} at {facts[3]}) does not fit "
                f"{chunks[0]} ({first[1]}x{first[2]} at {first[3]}) in a film at {fps}"
            )
    return counts


def _copied_video(chunks: list[Path], stream: Any, fps: Rate) -> Iterator[tuple[Fraction, Any]]:
    """The chunks' packets with their time in seconds, stamped in film frames."""
    tick, start = 1 / Fraction(fps), 0
    for path in chunks:
        count = 0
        with av.open(str(path)) as container:
            source = container.streams.video[0]
            for packet in container.demux(source):
                if packet.pts is None or packet.dts is None:  # the demuxer's closing mark
                    continue
                shown = Fraction(packet.pts) * packet.time_base * fps
                if shown.denominator != 1:
                    raise ResultError(f"the chunk {path} has a frame between two film frames")
                packet.time_base, packet.duration = tick, 1
                # Counted, not read: the container does not keep the first decoding times as they were.
                packet.pts, packet.dts = start + int(shown), start + count - REORDERED
                packet.stream = stream
                count += 1
                yield packet.dts * tick, packet
        start += count


def _copied_audio(container: Any, stream: Any) -> Iterator[tuple[Fraction, Any]]:
    """The packets of a finished track with their time in seconds."""
    tick = Fraction(1, SAMPLE_RATE)
    for packet in container.demux(audio=0):
        if packet.dts is not None:
            packet.stream = stream
            yield packet.dts * tick, packet
