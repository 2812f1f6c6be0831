"""A film's sound: AAC-LC, 48 kHz stereo, exactly as long as the picture."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

from tapehead.analysis.errors import ResultError
from tapehead.render.encoding.container import MP4, Rate, finished
from tapehead.render.identity import identity

SAMPLE_RATE = 48_000
AUDIO_BIT_RATE = 384_000
AAC_FRAME = 1024
"""Samples in an AAC frame, and how many of them the encoder puts before the first real one."""


def audio_identity() -> dict[str, Any]:
    """Plain data for keys and provenance: everything beside the samples that can change a track's bytes."""
    return {**identity("encoding"), "libavcodec": list(av.library_versions["libavcodec"]), "rate": AUDIO_BIT_RATE}


def encode_sound(wav: Path, out: Path, frames: int, fps: Rate) -> None:
    """Encode a film's sound into an ``.m4a`` of its own, for :func:`~tapehead.render.encoding.joining.join` to copy.

    It is cut, or filled with silence, to the length of ``frames`` pictures.  Equal inputs give equal bytes.

    Raises:
        OutputError: the disk is full or cannot be written.
        ResultError: the sound cannot be read.
    """
    with finished(out) as part, av.open(str(part), "w", format="mp4", options=MP4) as container:
        stream = audio_stream(container)
        for _time, packet in encoded_audio(wav, stream, samples_of(frames, fps)):
            container.mux(packet)


def samples_of(frames: int, fps: Rate) -> int:
    """How many samples last as long as ``frames`` pictures."""
    return round(frames * SAMPLE_RATE / Fraction(fps))


def audio_stream(container: Any) -> Any:
    """The encoder, as a stream of the container to write."""
    # At this rate the quick search for scale factors comes as close to the sound as the long one, in 0.6 of the time
    # and a tenth more bits; it does without noise in place of high tones, which it would choose where it need not.
    options = {"aac_coder": "fast", "aac_pns": "0", "aac_is": "0"}
    stream = container.add_stream("aac", rate=SAMPLE_RATE, layout="stereo", options=options)
    stream.bit_rate = AUDIO_BIT_RATE
    stream.codec_context.thread_count = 1
    stream.time_base = Fraction(1, SAMPLE_RATE)
    return stream


def encoded_audio(wav: Path, stream: Any, samples: int) -> Iterator[tuple[Fraction, Any]]:
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
