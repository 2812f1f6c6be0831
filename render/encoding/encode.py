"""From treated frames to the delivered film: H.264 High with AAC-LC in MP4.

Each scene is encoded by itself into a *segment*; :func:`join` then strings the segments together without
encoding again and adds the sound.  A segment's bytes depend on its frames and settings alone, so it does not
matter how many of them are made at once, or in which order.
"""

from __future__ import annotations

import contextlib
import heapq
import math
import os
import struct
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import av
import numpy as np
from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from numpy.typing import NDArray

from tapehead.analysis.errors import OutputError, ResultError
from tapehead.render.encoding.colour import to_planes
from tapehead.render.flashes.meter import FlashMeter
from tapehead.render.identity import identity
from tapehead.render.tape.stage import TapeStage, stretches

Frame = NDArray[np.uint8]
Rate: TypeAlias = int | Fraction
"""Frames per second, exactly: 30, or 30000/1001."""


class Shown(NamedTuple):
    """A picture, how many film frames it is shown for, and what of it is new."""

    frame: Frame
    """uint8 RGB ``(height, width, 3)``."""
    repeat: int
    rows: tuple[tuple[int, int], ...] | None = None
    """Rows (first, last) outside of which it equals the picture before; ``None`` where that is not known."""


SAMPLE_RATE = 48_000
AUDIO_BIT_RATE = 384_000
AAC_FRAME = 1024
"""Samples in an AAC frame, and how many of them the encoder puts before the first real one."""

BIT_RATE_CAPS: tuple[tuple[int, int], ...] = ((480, 10), (720, 20), (1080, 50), (1440, 100), (2160, 200))
"""(picture height, highest bit rate in Mbit/s).  Drawings need a fiftieth of it; tape noise can ask for more."""

_PRESET = "veryfast"
_CRF = {"clean": 18, "tape": 23}
"""x264's constant rate factors; :func:`_video_stream` says why they differ."""
_GRAINY = {"no-deblock": 1, "mbtree": 0, "rc-lookahead": 0, "partitions": "i8x8,i4x4"}
_REORDERED = 1  # frames that decoding runs ahead of showing: B-frames here are never referred to

# The file keeps time from its first sample without an edit list, which some players and platforms ignore.
_MP4 = {
    "movflags": "+faststart+negative_cts_offsets",
    "use_editlist": "0",
    "avoid_negative_ts": "disabled",
    "fflags": "+bitexact",
}


@dataclass(frozen=True)
class Joined:
    """What :func:`join` made."""

    frames: int
    fps: Rate

    @property
    def duration_s(self) -> float:
        """Length of the picture, in seconds."""
        return float(self.frames / self.fps)


def gop_length(fps: Rate) -> int:
    """Frames from one keyframe to the next: half a second, rounded up."""
    return (math.ceil(fps) + 1) // 2


def bit_rate_cap(height: int) -> int:
    """Highest video bit rate for a picture height in pixels, in bits per second."""
    for limit, megabits in BIT_RATE_CAPS:
        if height <= limit:
            return megabits * 1_000_000
    return BIT_RATE_CAPS[-1][1] * 1_000_000


def encoder_identity() -> dict[str, Any]:
    """Plain data for keys and provenance: everything beside the frames that can change a segment's bytes."""
    return {
        **identity("encoding"),
        "av": av.__version__,
        "libavcodec": list(av.library_versions["libavcodec"]),
        "preset": _PRESET,
        "crf": _CRF,
    }


def audio_identity() -> dict[str, Any]:
    """The same for a sound track."""
    return {**identity("encoding"), "libavcodec": list(av.library_versions["libavcodec"]), "rate": AUDIO_BIT_RATE}


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn a failure to write into one message about ``path``.

    Raises:
        OutputError: the place is read-only, full or gone.
    """
    try:
        yield
    except OSError as error:  # PyAV's errors for the disk are OSErrors as well; its others are bugs of ours
        why = error.strerror or str(error)
        raise OutputError(f"{path} cannot be written: {why}; free some space or choose another place") from error


@contextlib.contextmanager
def _finished(path: Path) -> Iterator[Path]:
    """A temporary name beside ``path`` that becomes ``path`` when all went well, and vanishes otherwise."""
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            yield part
            _check_whole(part)
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            part.replace(path)
    finally:
        with contextlib.suppress(OSError):  # also where the folder itself is gone
            part.unlink()


def top_boxes(path: Path) -> list[tuple[str, int]]:
    """The (type, size in bytes) of an MP4 file's outermost boxes, in file order."""
    boxes: list[tuple[str, int]] = []
    with path.open("rb") as file:
        while len(head := file.read(8)) == 8:
            size, kind = struct.unpack(">I4s", head)
            header = 8
            if size == 1:
                size, header = struct.unpack(">Q", file.read(8))[0], 16
            boxes.append((kind.decode("latin-1"), size))
            if size < header:
                break
            file.seek(size - header, os.SEEK_CUR)
    return boxes


def _check_whole(path: Path) -> None:
    """Closing a container does not report every lost write, so count the bytes.

    Raises:
        OSError: the file is cut short or its index is not in front.
    """
    boxes = top_boxes(path)
    kinds = [kind for kind, _size in boxes]
    if "mdat" not in kinds or "moov" not in kinds[: kinds.index("mdat")]:
        raise OSError(0, "the file came out incomplete")
    if sum(size for _kind, size in boxes) != path.stat().st_size:
        raise OSError(0, "the file came out shorter than its index says")


# -- one scene ---------------------------------------------------------------------------------------


def encode_segment(
    frames: Iterable[tuple[Frame, int] | Shown],
    out: Path,
    width: int,
    height: int,
    fps: Rate,
    tape: TapeStage,
    seed: int,
    first_index: int = 0,
    meter: FlashMeter | None = None,
) -> int:
    """Treat and encode one scene's frames into a video-only MP4; returns its length in frames.

    Args:
        frames: uint8 RGB ``(height, width, 3)`` with how many film frames each is shown, and perhaps which rows are
            new: then only these are converted.  A frame is looked at before the next is asked for, and never later.
        out: the file to make; a temporary name beside it is used until it is whole.
        width: in pixels, even.
        height: in pixels, even.
        fps: frames per second, whole or exact; repeats are encoded as real frames, so the rate is constant.
        tape: treats each frame; a static one is asked once per unique frame.
        seed: handed to the tape.
        first_index: the tape's index of the first frame.
        meter: shown every treated picture, as often as the viewer sees it.

    Raises:
        OutputError: the disk is full or cannot be written.
        ResultError: there is no frame, or one has another size.
    """
    if width % 2 or height % 2:
        raise ValueError(f"4:2:0 pictures have even sides, not {width}x{height}")
    count, fed, gop = 0, 0, gop_length(fps)
    with _finished(out) as part, av.open(str(part), "w", format="mp4", options=_MP4) as container:
        stream = _video_stream(container, width, height, fps, grainy=not tape.is_static)
        groups = _Groups(container, gop, fps)
        held: VideoFrame | None = None
        for group in _batches(_pictures(frames, width, height, fps, tape, seed, first_index, meter), gop):
            count += len(group)
            still = len(group) == gop and all(picture is group[0] for picture in group)
            if still and group[0] is held:
                groups.again()
                continue
            held = group[0] if still else None
            groups.begin()
            for picture in group:
                picture.pts, picture.time_base = fed, 1 / Fraction(fps)
                fed += 1
                groups.take(stream.encode(picture))
        if not count:
            raise ResultError(f"{out.name}: there is no frame to encode")
        groups.take(stream.encode())
        groups.close()
    return count


def _batches(pictures: Iterator[VideoFrame], size: int) -> Iterator[list[VideoFrame]]:
    while group := list(islice(pictures, size)):
        yield group


class _Groups:
    """Writes groups of pictures, those of a held picture as often as it lasts.

    Groups are closed and all of one length, so a picture that is held for several of them needs to be encoded for one:
    the others are the same packets at later times.  The encoder never hears of them and goes on counting in step.
    """

    def __init__(self, container: Any, length: int, fps: Rate) -> None:
        self.container, self.length, self.tick = container, length, 1 / Fraction(fps)
        self._times: list[int] = []
        """How often each group that was fed to the encoder is shown."""
        self._waiting: list[list[Any]] = []
        """Packets by group; a group is written once it is known how often."""
        self._written, self._start = 0, 0

    def begin(self) -> None:
        """Another group is fed: those before it are known."""
        self._times.append(1)
        self._waiting.append([])
        self._write(len(self._times) - 1)

    def again(self) -> None:
        """The last group is shown once more."""
        self._times[-1] += 1

    def take(self, packets: Iterable[Any]) -> None:
        """Packets from the encoder, stamped in frames that were fed."""
        for packet in packets:
            self._waiting[packet.pts // self.length].append(packet)
        self._write(len(self._times) - 1)

    def close(self) -> None:
        """Everything has been fed and taken."""
        self._write(len(self._times))

    def _write(self, end: int) -> None:
        """Write groups up to ``end`` that are whole; the last one fed may be shorter than the others."""
        while self._written < end:
            packets, last = self._waiting[self._written], end == len(self._times) == self._written + 1
            if len(packets) < self.length and not last:
                return
            stamps = [(packet.pts, packet.dts) for packet in packets]
            for _ in range(self._times[self._written]):
                shift = self._start - self._written * self.length
                for packet, (pts, dts) in zip(packets, stamps, strict=True):
                    packet.time_base, packet.duration = self.tick, 1
                    packet.pts, packet.dts = pts + shift, dts + shift
                    self.container.mux(packet)
                self._start += self.length
            self._waiting[self._written] = []
            self._written += 1


def _video_stream(container: Any, width: int, height: int, fps: Rate, grainy: bool) -> Any:
    """The encoder.  What is set for ``grainy`` alone stays out of the stream's headers: :func:`join` mixes both kinds.

    On tape noise, deblocking takes the grain away that bits were just spent on, the averages of two-sided prediction do
    the same, and looking ahead, or for parts of a block that moved apart, finds nothing.  Without them crf 23 keeps as
    much of SP's noise as crf 18 did with them (0.72 of its luma deviation, 0.70 of the finest, against 0.74 and 0.67),
    in half of the bits and half of the time.
    """
    cap, gop = bit_rate_cap(height), gop_length(fps)
    settings = {
        "keyint": gop,
        "min-keyint": gop,
        "scenecut": 0,
        "open-gop": 0,
        "bframes": 2,
        "b-adapt": 0,
        "b-pyramid": "none",
        "weightp": 0,
        "no-weightb": 1,
        "vbv-maxrate": cap // 1000,
        "vbv-bufsize": cap * 3 // 2 // 1000,
        "cpu-independent": 1,
        "stitchable": 1,
    } | (_GRAINY if grainy else {"rc-lookahead": 4})
    options = {
        "preset": _PRESET,
        "profile": "high",
        "crf": str(_CRF["tape" if grainy else "clean"]),
        "x264-params": ":".join(f"{name}={value}" for name, value in settings.items()),
    }
    stream = container.add_stream("libx264", rate=fps, options=options)
    stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
    stream.time_base = 1 / Fraction(fps)
    context = stream.codec_context
    context.time_base = 1 / Fraction(fps)
    context.thread_count = 1  # x264's bytes depend on the number of threads
    context.color_primaries = ColorPrimaries.BT709
    context.color_trc = ColorTrc.BT709
    context.colorspace = Colorspace.ITU709
    context.color_range = ColorRange.MPEG
    return stream


class _Converter:
    """RGB pictures to the encoder's, in BT.709: the encoder only tags.  What did not change is not converted again."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._planes = np.empty((height * 3 // 2, width), np.uint8)

    def __call__(self, frame: Frame, rows: Iterable[tuple[int, int]] | None) -> VideoFrame:
        """A picture of its own for ``frame``, which equals the one before outside of ``rows``."""
        for first, last in ((0, self.height),) if rows is None else rows:
            # Each chroma sample is the mean of four pixels in two rows: pairs of rows stand for themselves.
            to_planes(frame, self._planes, first - first % 2, last + last % 2)
        picture = VideoFrame.from_ndarray(self._planes, format="yuv420p")
        picture.colorspace, picture.color_range = Colorspace.ITU709, ColorRange.MPEG
        return picture


def _pictures(
    frames: Iterable[tuple[Frame, int] | Shown],
    width: int,
    height: int,
    fps: Rate,
    tape: TapeStage,
    seed: int,
    first_index: int,
    meter: FlashMeter | None,
) -> Iterator[VideoFrame]:
    """One converted picture per film frame; held frames under a static tape are converted once."""
    converted = _Converter(width, height)
    index = first_index
    picture: VideoFrame | None = None
    for frame, repeat, rows in (Shown(*each) for each in frames):
        if frame.shape != (height, width, 3) or frame.dtype != np.uint8:
            raise ResultError(f"frame {index} is {frame.dtype} {frame.shape}, the film uint8 {(height, width, 3)}")
        if tape.is_static:
            held = rows == () and picture is not None
            treated = frame if held else tape.apply(frame, index, fps, seed)
            known = rows if treated is frame and picture is not None else None
            if not held:
                picture = converted(treated, known)
            assert picture is not None
            if meter is not None:
                meter.feed(treated, repeat, known)
            for _ in range(repeat):
                yield picture
        else:
            for shown, count in stretches(tape, index, repeat, fps):
                treated = tape.apply(frame, shown, fps, seed)
                if meter is not None:
                    meter.feed(treated, count)
                picture = converted(treated, None)
                for _ in range(count):
                    yield picture
        index += repeat


# -- the sound ---------------------------------------------------------------------------------------


def encode_sound(wav: Path, out: Path, frames: int, fps: Rate) -> None:
    """Encode a film's sound into an ``.m4a`` of its own, for :func:`join` to copy.

    It is cut, or filled with silence, to the length of ``frames`` pictures.  Equal inputs give equal bytes.

    Raises:
        OutputError: the disk is full or cannot be written.
        ResultError: the sound cannot be read.
    """
    with _finished(out) as part, av.open(str(part), "w", format="mp4", options=_MP4) as container:
        stream = _audio_stream(container)
        for _time, packet in _encoded_audio(wav, stream, _samples_of(frames, fps)):
            container.mux(packet)


def _samples_of(frames: int, fps: Rate) -> int:
    return round(frames * SAMPLE_RATE / Fraction(fps))


def _audio_stream(container: Any) -> Any:
    # At this rate the quick search for scale factors comes as close to the sound as the long one, in 0.6 of the time
    # and a tenth more bits; it does without noise in place of high tones, which it would choose where it need not.
    options = {"aac_coder": "fast", "aac_pns": "0", "aac_is": "0"}
    stream = container.add_stream("aac", rate=SAMPLE_RATE, layout="stereo", options=options)
    stream.bit_rate = AUDIO_BIT_RATE
    stream.codec_context.thread_count = 1
    stream.time_base = Fraction(1, SAMPLE_RATE)
    return stream


# -- the whole film ----------------------------------------------------------------------------------


def join(
    segments: list[Path],
    sound: Path | None,
    out: Path,
    fps: Rate,
    metadata: Mapping[str, str] | None = None,
) -> Joined:
    """String segments together by copying their packets, add the sound, and put the index in front.

    Equal inputs give equal bytes.

    Args:
        segments: files of :func:`encode_segment`, in film order, of one size and rate.
        sound: a track of :func:`encode_sound`, ``.m4a``, which is copied; or any other sound file, which is encoded,
            and cut or filled with silence to the length of the picture.  ``None``: a silent film without a track.
        out: the ``.mp4`` to make; a temporary name beside it is used until it is whole.
        fps: frames per second of all segments.
        metadata: MP4 tags such as ``title`` and ``artist``.

    Raises:
        OutputError: the disk is full or cannot be written.
        ResultError: a segment or the sound cannot be read, or segments do not fit together.
    """
    if not segments:
        raise ResultError("there is no segment to join")
    counts = _check_alike(segments, fps)
    frames = sum(counts)
    with _finished(out) as part, contextlib.ExitStack() as open_files:
        container = open_files.enter_context(av.open(str(part), "w", format="mp4", options=_MP4))
        container.metadata.update(metadata or {})
        template = open_files.enter_context(av.open(str(segments[0])))
        video = container.add_stream_from_template(template.streams.video[0])
        video.time_base = 1 / Fraction(fps)
        tracks = [_copied_video(segments, video, fps)]
        if sound is not None and sound.suffix == ".m4a":
            finished = open_files.enter_context(av.open(str(sound)))
            tracks.append(_copied_audio(finished, container.add_stream_from_template(finished.streams.audio[0])))
        elif sound is not None:
            tracks.append(_encoded_audio(sound, _audio_stream(container), _samples_of(frames, fps)))
        # Merged by time here: left to itself the muxer would hold a whole film of one track in memory.
        for _time, packet in heapq.merge(*tracks, key=lambda timed: timed[0]):
            container.mux(packet)
    return Joined(frames, fps)


def _check_alike(segments: list[Path], fps: Rate) -> list[int]:
    """Lengths in frames; all segments must share one set of decoder parameters.

    Raises:
        ResultError: one cannot be read or differs from the first.
    """
    counts, first = [], None
    for path in segments:
        try:
            with av.open(str(path)) as container:
                stream = container.streams.video[0]
                # avcC: it holds the sequence and picture parameter sets
                facts = (stream.codec_context.extradata, stream.width, stream.height, stream.average_rate)
                counts.append(stream.frames)
        except (OSError, av.FFmpegError, IndexError) as error:
            raise ResultError(f"the segment {path} cannot be read: {error}") from error
        first = first or facts
        if facts != first or facts[3] != fps:
            raise ResultError(
                f"the segment {path} ({facts[1]}x{facts[2]} at {facts[3]}) does not fit "
                f"{segments[0]} ({first[1]}x{first[2]} at {first[3]}) in a film at {fps}"
            )
    return counts


def _copied_video(segments: list[Path], stream: Any, fps: Rate) -> Iterator[tuple[Fraction, Any]]:
    """The segments' packets with their time in seconds, stamped in film frames."""
    tick, start = 1 / Fraction(fps), 0
    for path in segments:
        count = 0
        with av.open(str(path)) as container:
            source = container.streams.video[0]
            for packet in container.demux(source):
                if packet.pts is None or packet.dts is None:  # the demuxer's closing mark
                    continue
                shown = Fraction(packet.pts) * packet.time_base * fps
                if shown.denominator != 1:
                    raise ResultError(f"the segment {path} has a frame between two film frames")
                packet.time_base, packet.duration = tick, 1
                # Counted, not read: the container does not keep the first decoding times as they were.
                packet.pts, packet.dts = start + int(shown), start + count - _REORDERED
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


def _encoded_audio(wav: Path, stream: Any, samples: int) -> Iterator[tuple[Fraction, Any]]:
    """AAC packets with their time in seconds; exactly ``samples`` samples of sound.

    The encoder's output runs one AAC frame behind.  Without an edit list a player would play that lead-in and be
    21 ms late, so its packet is left out; its only content is the fade-in of the film's first 21 ms.
    """
    tick = Fraction(1, SAMPLE_RATE)
    for frame in _exactly(_sound(wav), samples):
        for packet in stream.encode(frame):
            if packet.pts >= 0:
                yield packet.dts * tick, packet
    for packet in stream.encode():
        if 0 <= packet.pts < samples:
            yield packet.dts * tick, packet


def _sound(wav: Path) -> Iterator[AudioFrame]:
    """The file's sound in AAC-sized frames of 48 kHz stereo floats; the last one may be shorter."""
    fifo = AudioFifo()
    resampler = AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE)
    try:
        with av.open(str(wav)) as container:
            for decoded in container.decode(audio=0):
                for frame in resampler.resample(decoded):
                    frame.pts = None  # the fifo counts for itself
                    fifo.write(frame)
                yield from fifo.read_many(AAC_FRAME)
            for frame in resampler.resample(None):
                frame.pts = None
                fifo.write(frame)
    except (OSError, av.FFmpegError, IndexError) as error:
        raise ResultError(f"the sound {wav} cannot be read: {error}") from error
    yield from fifo.read_many(AAC_FRAME, partial=True)


def _exactly(sound: Iterator[AudioFrame], samples: int) -> Iterator[AudioFrame]:
    """Cut or fill with silence to ``samples``, stamp the frames from 0."""
    done = 0
    while done < samples:
        wanted = min(AAC_FRAME, samples - done)
        block = np.zeros((2, wanted), np.float32)
        if (frame := next(sound, None)) is not None:
            values = frame.to_ndarray()[:, :wanted]
            block[:, : values.shape[1]] = values
        made = AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        made.sample_rate, made.pts, made.time_base = SAMPLE_RATE, done, Fraction(1, SAMPLE_RATE)
        yield made
        done += wanted
