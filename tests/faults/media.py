"""Videos with one defect each, made by FFmpeg's own sources: what people's files are like, and what is right for them.

Every maker takes a folder and returns a :class:`Medium`: the file, and what has to come out.  :data:`MEDIA` has them
all by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.filter import Graph
from av.stream import Disposition

WIDTH, HEIGHT = 64, 48
SECONDS = 1
RATE = 25


@dataclass(frozen=True)
class Medium:
    """A file and what is right for it."""

    path: Path
    frames: int = RATE * SECONDS
    fps: Fraction = Fraction(RATE)
    size: tuple[int, int] = (WIDTH, HEIGHT)
    tones: tuple[tuple[float, float, int], ...] = ()
    """(from, to, Hz) in seconds of the result; 0 Hz is silence.  Empty: it has no sound."""
    note: str = ""
    """A part of what has to be said of it; empty if there is nothing to say."""
    refused: str = ""
    """A part of why it is refused, if it is."""


# -- FFmpeg's sources ---------------------------------------------------------------------------------


def lavfi(*chain: tuple[str, str]) -> Iterator[Any]:
    """Frames from a chain of filters whose first one is a source."""
    graph = Graph()
    last = None
    for name, arguments in chain:
        made = graph.add(name, arguments)
        if last is not None:
            last.link_to(made)
        last = made
    is_sound = chain[0][0] in ("sine", "aevalsrc", "anullsrc")
    sink = graph.add("abuffersink" if is_sound else "buffersink")
    assert last is not None
    last.link_to(sink)
    graph.configure()
    while True:
        try:
            yield sink.pull()
        except EOFError:
            return


def moving_picture(seconds: float = SECONDS, rate: float = RATE, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Any:
    """FFmpeg's test picture, which moves."""
    return lavfi(("testsrc2", f"size={size[0]}x{size[1]}:rate={rate}:duration={seconds}"))


def tone(hertz: int, seconds: float = SECONDS, rate: int = 48000, layout: str = "stereo") -> Any:
    """A sine."""
    form = f"sample_fmts=fltp:sample_rates={rate}:channel_layouts={layout}"
    return lavfi(("sine", f"frequency={hertz}:sample_rate={rate}:duration={seconds}"), ("volume", "4"),
                 ("aformat", form))  # fmt: skip


def write(
    path: Path,
    pictures: Any = None,
    sound: Any = None,
    *,
    rate: Any = RATE,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    options: dict[str, str] | None = None,
    audio_codec: str = "aac",
    keep: Callable[[Any], bool] = lambda _packet: True,
    muxer: dict[str, str] | None = None,
    prepare: Callable[[Any], None] = lambda _stream: None,
    delay: tuple[float, float] = (0.0, 0.0),
) -> Path:
    """A file from frames; ``keep`` may leave packets out, ``delay`` moves pictures and sound (seconds)."""
    with av.open(str(path), "w", options=muxer or {}) as container:
        streams = []
        packets: list[Any] = []
        for frames, late in ((pictures, delay[0]), (sound, delay[1])):
            if frames is None:
                continue
            stream: Any = None
            for frame in frames:
                if stream is None:
                    stream = _stream_for(container, frame, frames is sound, rate, codec, pixels, options, audio_codec)
                    prepare(stream)
                    streams.append(stream)
                made = frame if frames is sound or frame.format.name == pixels else frame.reformat(format=pixels)
                made.pts = round((frame.pts * frame.time_base + Fraction(late)) / frame.time_base)
                packets += stream.encode(made)
            packets += stream.encode(None)
        container.start_encoding()
        for packet in sorted(packets, key=lambda packet: packet.dts * packet.time_base):
            if keep(packet):
                container.mux(packet)
    return path


def _stream_for(container: Any, frame: Any, is_sound: bool, rate: Any, codec: str, pixels: str,
                options: dict[str, str] | None, audio_codec: str) -> Any:  # fmt: skip
    if is_sound:
        return container.add_stream(audio_codec, rate=frame.sample_rate, layout=frame.layout.name)
    stream = container.add_stream(codec, rate=rate, options=options or {})
    stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, pixels
    return stream


def orient(path: Path, a: int, b: int, c: int, d: int) -> None:
    """Write a display matrix into an MP4's first track header (ISO/IEC 14496-12, 8.3.2)."""
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 4 + 20 + 8 + 8
    for place, value in ((0, a), (4, b), (12, c), (16, d)):
        data[at + place : at + place + 4] = (value << 16).to_bytes(4, "big", signed=True)
    path.write_bytes(bytes(data))


# -- one defect each ----------------------------------------------------------------------------------


def plain(folder: Path) -> Medium:
    """None at all."""
    return Medium(write(folder / "plain.mp4", moving_picture(), tone(880)), tones=((0.1, 0.9, 880),))


def gap_in_sound(folder: Path) -> Medium:
    """No packets for a second in the middle."""

    def keep(packet: Any) -> bool:
        return packet.stream.type == "video" or not 1.0 <= packet.pts * packet.time_base < 2.0

    path = write(folder / "gap.mp4", moving_picture(3), tone(880, 3), keep=keep)
    return Medium(path, 75, tones=((0.1, 0.9, 880), (1.1, 1.9, 0), (2.1, 2.9, 880)))


def change_of_sound(folder: Path) -> Medium:
    """44.1 kHz mono, then 48 kHz stereo."""
    parts = [
        write(folder / "one.ts", moving_picture(), tone(440, 1, 44100, "mono"), audio_codec="mp2"),
        write(folder / "two.ts", moving_picture(), tone(880), audio_codec="mp2", muxer={"output_ts_offset": "1"}),
    ]
    path = folder / "change.ts"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    return Medium(path, 50, tones=((0.1, 0.9, 440), (1.1, 1.9, 880)), note="start again")


def restart(folder: Path) -> Medium:
    """Two transport streams end to end; time starts again."""
    parts = [write(folder / f"{hertz}.ts", moving_picture(), tone(hertz), audio_codec="mp2") for hertz in (440, 880)]
    path = folder / "restart.ts"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    return Medium(path, 50, tones=((0.1, 0.9, 440), (1.1, 1.9, 880)), note="start again once")


def cover_first(folder: Path) -> Medium:
    """Its first stream is a picture of its cover."""
    path = folder / "cover.mp4"
    with av.open(str(path), "w") as container:
        cover: Any = container.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 200, 200, "yuvj420p"
        cover.disposition = Disposition.attached_pic
        film: Any = container.add_stream("libx264", rate=RATE)
        film.width, film.height, film.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        picture = next(moving_picture(1, 1, (200, 200))).reformat(format="yuvj420p")
        container.mux(cover.encode(picture) + cover.encode(None))
        for frame in moving_picture():
            container.mux(film.encode(frame.reformat(format="yuv420p")))
        container.mux(film.encode(None))
    return Medium(path)


def cover_only(folder: Path) -> Medium:
    """Sound with a cover is no video."""
    path = folder / "song.m4a"
    with av.open(str(path), "w", format="mp4") as container:
        sound: Any = container.add_stream("aac", rate=48000, layout="stereo")
        cover: Any = container.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 200, 200, "yuvj420p"
        cover.disposition = Disposition.attached_pic
        picture = next(moving_picture(1, 1, (200, 200))).reformat(format="yuvj420p")
        container.mux(cover.encode(picture) + cover.encode(None))
        for frame in tone(440):
            container.mux(sound.encode(frame))
        container.mux(sound.encode(None))
    return Medium(path, refused="no pictures but a cover")


def sound_only(folder: Path) -> Medium:
    """No pictures at all."""
    return Medium(write(folder / "sound.m4a", None, tone(440)), refused="holds no pictures")


def high_dynamic_range(folder: Path, transfer: int, level: int, name: str) -> Medium:
    """Diffuse white of 203 cd/m²: a flat picture at one level of ten bits, narrow range, BT.2020."""

    def pictures() -> Iterator[Any]:
        for frame in lavfi(("color", f"c=black:size={WIDTH}x{HEIGHT}:rate={RATE}:duration={SECONDS}")):
            planes = np.full((HEIGHT * 3 // 2, WIDTH), 512, np.uint16)
            planes[:HEIGHT] = level
            made = av.VideoFrame.from_ndarray(planes, format="yuv420p10le")
            made.pts, made.time_base = frame.pts, frame.time_base
            made.color_trc, made.color_primaries, made.colorspace = transfer, 9, 9
            yield made

    def prepare(stream: Any) -> None:
        context = stream.codec_context
        context.color_trc, context.color_primaries, context.colorspace, context.color_range = transfer, 9, 9, 1

    path = write(folder / f"{name}.mkv", pictures(), codec="ffv1", pixels="yuv420p10le", prepare=prepare)
    return Medium(path, note=f"HDR ({name.upper()})")


def pq(folder: Path) -> Medium:
    """BT.2100 PQ."""
    return high_dynamic_range(folder, 16, round(64 + 876 * 0.5807), "pq")


def hlg(folder: Path) -> Medium:
    """BT.2100 HLG."""
    return high_dynamic_range(folder, 18, round(64 + 876 * 0.75), "hlg")


def rising_grey(rate: int, step: int, height: int = HEIGHT) -> tuple[tuple[str, str], ...]:
    """A second of pictures, each of one grey: the level of the n-th is 40 + step n, narrow range."""
    size = f"size={WIDTH}x{height}:rate={rate}:duration=1"
    return ("color", f"c=black:{size}"), ("format", "yuv420p"), ("geq", f"lum=40+{step}*N:cb=128:cr=128")


def interlaced(folder: Path) -> Medium:
    """25 frames a second of two fields each: the level of the n-th is 40 + 3 n, narrow range."""
    frames = lavfi(
        *rising_grey(50, 3, HEIGHT // 2), ("setfield", "tff"),
        ("weave", "first_field=top"),
    )  # fmt: skip
    options = {"flags": "+ilme+ildct", "top": "1"}
    path = write(folder / "interlaced.mpg", frames, codec="mpeg2video", options=options)
    return Medium(path, 50, Fraction(50), note="interlaced")


def cut(folder: Path) -> Medium:
    """The first two thirds of a file with its index in front."""
    path = write(folder / "whole.mp4", moving_picture(4, size=(320, 240)), muxer={"movflags": "faststart"})
    data = path.read_bytes()
    part = folder / "cut.mp4"
    part.write_bytes(data[: len(data) * 2 // 3])
    return Medium(part, -1, size=(320, 240), note="ends early")


def cut_index(folder: Path) -> Medium:
    """A file with its index behind, of which the last bytes are missing: that of the sound."""
    path = write(folder / "whole2.mp4", moving_picture(), tone(880))
    part = folder / "cut_index.mp4"
    data = path.read_bytes()
    part.write_bytes(data[: data.rindex(b"trak") + 50])
    return Medium(part, note="ends early: the file is cut short, 1.00 s")


def cut_avi(folder: Path) -> Medium:
    """The first half of an AVI file."""
    path = write(folder / "whole.avi", moving_picture(4, size=(320, 240)), codec="mpeg4")
    part = folder / "cut.avi"
    part.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return Medium(part, -1, size=(320, 240), note="ends early")


def late_sound(folder: Path) -> Medium:
    """Sound that begins in the middle, at 8 kHz."""
    sound = tone(880, 1, 8000, "mono")
    path = write(folder / "late.mkv", moving_picture(3), sound, delay=(0.0, 1.0), audio_codec="pcm_s16le")
    return Medium(path, 75, tones=((0.0, 0.9, 0), (1.1, 1.9, 880), (2.1, 2.9, 0)))


def late_counting(folder: Path) -> Medium:
    """A broadcast whose time stamps wrap around (33 bits of 90 kHz) in the middle."""
    path = write(folder / "wrap.ts", moving_picture(3), tone(880, 3), audio_codec="mp2",
                 muxer={"output_ts_offset": "95442"})  # fmt: skip
    return Medium(path, 75, tones=((0.1, 2.9, 880),))


def oblong_pixels(folder: Path) -> Medium:
    """Pixels half as wide again as they are high."""

    def prepare(stream: Any) -> None:
        if stream.type == "video":
            stream.codec_context.sample_aspect_ratio = Fraction(3, 2)

    path = write(folder / "oblong.mkv", moving_picture(), prepare=prepare)
    return Medium(path, size=(WIDTH * 3 // 2, HEIGHT))


def sound_goes_on(folder: Path) -> Medium:
    """Sound that is a second longer than the pictures."""
    path = write(folder / "long.mp4", moving_picture(), tone(880, 2))
    return Medium(path, 50, tones=((0.1, 1.9, 880),), note="goes on for 1.0 s")


def sound_comes_first(folder: Path) -> Medium:
    """Sound that begins a second before the pictures."""
    path = write(folder / "early.mkv", moving_picture(), tone(880, 2), delay=(1.0, 0.0), audio_codec="flac")
    return Medium(path, 50, tones=((0.1, 1.9, 880),), note="begins 1.0 s before")


def surround(folder: Path) -> Medium:
    """Six channels."""
    path = write(folder / "surround.mkv", moving_picture(), tone(880, layout="5.1"), audio_codec="flac")
    return Medium(path, tones=((0.1, 0.9, 880),))


def no_times(folder: Path) -> Medium:
    """Packets without presentation times and pictures in another order than they are decoded, as in old AVI files."""
    path = write(folder / "old.avi", lavfi(*rising_grey(RATE, 6)), codec="mpeg4", options={"bf": "2"})
    return Medium(path)


def two_sizes(folder: Path) -> Medium:
    """A broadcast that changes its size on the way."""
    parts = [
        write(folder / f"{size[0]}.ts", lavfi(("smptebars", f"size={size[0]}x{size[1]}:rate={RATE}:duration=1")),
              codec="mpeg2video")
        for size in ((WIDTH, HEIGHT), (WIDTH * 2, HEIGHT * 2))
    ]  # fmt: skip
    path = folder / "sizes.ts"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    return Medium(path, 50, note="start again")


def unknown_sound(folder: Path) -> Medium:
    """Sound in a format that nobody knows."""
    path = write(folder / "unknown.mov", moving_picture(), tone(880), audio_codec="pcm_s16le")
    path.write_bytes(path.read_bytes().replace(b"sowt", b"zzzz"))
    return Medium(path, note="sound is in a format that cannot be decoded")


def fast(folder: Path) -> Medium:
    """120 pictures a second."""
    return Medium(write(folder / "fast.mp4", moving_picture(rate=120), rate=120), 120, Fraction(120))


def slow(folder: Path) -> Medium:
    """One picture in two seconds."""
    path = write(folder / "slow.mkv", moving_picture(6, 0.5), rate=Fraction(1, 2), codec="ffv1", pixels="bgr0")
    return Medium(path, 6, Fraction(1))


def odd_name(folder: Path) -> Medium:
    """A name with a colon, an umlaut, a hyphen in front and a percent sign."""
    path = write(folder / "plain2.mp4", moving_picture())
    return Medium(path.rename(folder / "-12:30 Über 50%.mp4"))


MEDIA: dict[str, Callable[[Path], Medium]] = {
    maker.__name__: maker
    for maker in (
        plain, gap_in_sound, change_of_sound, restart, cover_first, cover_only, sound_only, pq, hlg, interlaced, cut,
        cut_index, cut_avi, late_sound, late_counting,
        oblong_pixels, sound_goes_on, sound_comes_first, surround, no_times, two_sizes, unknown_sound, fast, slow,
        odd_name,
    )
}  # fmt: skip
