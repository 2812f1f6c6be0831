"""Each point of the delivery format, read back from a finished film with a decoder that knows nothing of ours."""

import contextlib
import itertools
import resource
import wave

import av
import numpy as np
import pytest

from tapehead.analysis.errors import OutputError, ResultError, UnknownNameError
from tapehead.render.encoding.container import top_boxes
from tapehead.render.encoding.joining import join
from tapehead.render.encoding.video import bit_rate_cap, encode_pictures, gop_length
from tapehead.render.quality import QUALITIES, quality_named
from tapehead.render.tape import tape_named

WIDTH, HEIGHT, FPS = 160, 90, 30
LENGTHS = (47, 1, 29)  # frames of the three scenes: no multiple of a GOP, one of a single frame
TOTAL = sum(LENGTHS)
FLASHES = (5, 62)
RED = (255, 0, 0)
CLEAN = tape_named("clean")


def drawing(k, width=WIDTH, height=HEIGHT):
    """A moving square over a slope of greys: something to compress and to compare."""
    frame = np.empty((height, width, 3), np.uint8)
    frame[:] = np.linspace(20, 200, width, dtype=np.uint8)[None, :, None]
    frame[20:60, k % 100 : k % 100 + 40] = (0, 114, 178)
    return frame


def film_frame(k):
    """The test film: drawings, white at each flash, red for the last ten frames."""
    if k in FLASHES:
        return np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    if k >= TOTAL - 10:
        return np.full((HEIGHT, WIDTH, 3), RED, np.uint8)
    return drawing(k) // 2


def write_wav(path, seconds, clicks=(), rate=48_000, channels=2, level=20_000):
    sound = np.zeros((int(seconds * rate), channels), np.int16)
    for at in clicks:
        sound[round(at * rate) : round(at * rate) + rate // 200] = level
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(sound.tobytes())
    return path


def make_film(folder, fps=FPS):
    folder.mkdir(exist_ok=True)
    chunks, start = [], 0
    for number, length in enumerate(LENGTHS):
        frames = ((film_frame(k), 1) for k in range(start, start + length))
        chunks.append(folder / f"{number}.mp4")
        assert encode_pictures(frames, chunks[-1], WIDTH, HEIGHT, fps, CLEAN, 0, start) == length
        start += length
    sound = write_wav(folder / "sound.wav", TOTAL / fps + 1, [k / fps for k in FLASHES])
    joined = join(chunks, sound, folder / "film.mp4", fps, {"title": "A test"})
    assert (joined.frames, joined.duration_s) == (TOTAL, TOTAL / fps)
    return folder / "film.mp4"


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return make_film(tmp_path_factory.mktemp("film"))


@pytest.fixture(scope="module")
def decoded(film):
    with av.open(str(film)) as container:
        return list(container.decode(video=0))


def packets(path, **stream):
    with av.open(str(path)) as container:
        return [p for p in container.demux(**stream) if p.pts is not None]


def luma(frame):
    plane = frame.planes[0]
    return np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width].astype(float)


def boxes(data, wanted, start=0, end=None):
    """All boxes of a type in an MP4 file, however deep, as bytes."""
    nests = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"udta"}
    end = len(data) if end is None else end
    while start + 8 <= end:
        size, kind = int.from_bytes(data[start : start + 4], "big"), data[start + 4 : start + 8]
        if kind == wanted:
            yield data[start + 8 : start + size]
        if kind in nests:
            yield from boxes(data, wanted, start + 8, start + size)
        start += max(size, 8)


# -- picture -----------------------------------------------------------------------------------------


def test_red_is_converted_with_bt709_in_limited_range(decoded):
    """BT.601 would give 81, full range 54."""
    red = decoded[-3]
    assert abs(luma(red).mean() - 63) <= 1
    planes = [np.frombuffer(plane, np.uint8)[0] for plane in red.planes[1:]]
    assert abs(int(planes[0]) - 102) <= 1
    assert abs(int(planes[1]) - 240) <= 1


def test_white_and_black_are_16_to_235(decoded, tmp_path):
    assert abs(luma(decoded[FLASHES[0]]).mean() - 235) <= 1
    encode_pictures([(np.zeros((HEIGHT, WIDTH, 3), np.uint8), 3)], tmp_path / "b.mp4", WIDTH, HEIGHT, FPS, CLEAN, 0)
    with av.open(str(tmp_path / "b.mp4")) as container:
        assert abs(luma(next(container.decode(video=0))).mean() - 16) <= 1


def test_profile_format_and_tags(film, decoded):
    with av.open(str(film)) as container:
        context = container.streams.video[0].codec_context
        assert (context.name, context.profile, context.pix_fmt) == ("h264", "High", "yuv420p")
        tags = (context.color_primaries, context.color_trc, context.colorspace, context.color_range)
        assert tags == (1, 1, 1, 1)  # BT.709 three times, limited range
        assert (context.width, context.height) == (WIDTH, HEIGHT)
        assert container.metadata["title"] == "A test"
    assert not any(frame.interlaced_frame for frame in decoded)


def test_the_container_tags_the_colours_too(film):
    data = film.read_bytes()
    assert b"colrnclx\x00\x01\x00\x01\x00\x01\x00" in data


def test_every_frame_is_there_at_its_time(film, decoded):
    assert [frame.pts * frame.time_base * FPS for frame in decoded] == list(range(TOTAL))
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        assert (stream.frames, stream.average_rate, stream.start_time) == (TOTAL, FPS, 0)
        assert stream.duration * stream.time_base * FPS == TOTAL


def test_the_picture_survives(decoded):
    weights = np.array([0.2126, 0.7152, 0.0722])
    for k in (0, 20, 47, 48, 60):
        wanted = 16 + 219 / 255 * (film_frame(k) @ weights)
        error = np.mean((luma(decoded[k]) - wanted) ** 2)
        assert 10 * np.log10(219**2 / error) > 38, k


def test_groups_are_half_a_second_closed_and_start_every_scene(film):
    stream = packets(film, video=0)
    keys = [round(p.pts * p.time_base * FPS) for p in stream if p.is_keyframe]
    starts = [0, *itertools.accumulate(LENGTHS)][:-1]
    wanted = sorted(
        start + k for start, length in zip(starts, LENGTHS, strict=True) for k in range(0, length, FPS // 2)
    )
    assert keys == wanted
    for position, packet in enumerate(stream):
        kinds = nal_kinds(bytes(packet))
        assert (5 in kinds) == packet.is_keyframe  # a keyframe is an IDR, never an open recovery point
        if packet.is_keyframe:
            # closed: nothing that comes after it in the file is shown before it
            assert all(later.pts > packet.pts for later in stream[position + 1 :])
            assert all(earlier.pts < packet.pts for earlier in stream[:position])


def nal_kinds(data):
    kinds = []
    while len(data) >= 5:
        size = int.from_bytes(data[:4], "big")
        kinds.append(data[4] & 31)
        data = data[4 + size :]
    return kinds


def test_exactly_two_b_frames_between_the_others(decoded):
    kinds = "".join(av.video.frame.PictureType(frame.pict_type).name for frame in decoded[: FPS // 2])
    assert kinds == "IBBPBBPBBPBBPBP"
    runs = [
        len(list(run))
        for kind, run in itertools.groupby(frame.pict_type for frame in decoded)
        if kind == av.video.frame.PictureType.B
    ]
    assert max(runs) == 2


@pytest.mark.parametrize(("fps", "length"), [(15, 8), (30, 15), (60, 30)])
def test_group_length_follows_the_frame_rate(tmp_path, fps, length):
    assert gop_length(fps) == length
    encode_pictures([(drawing(0), 40)], tmp_path / "s.mp4", WIDTH, HEIGHT, fps, CLEAN, 0)
    keys = [round(p.pts * p.time_base * fps) for p in packets(tmp_path / "s.mp4", video=0) if p.is_keyframe]
    assert keys == list(range(0, 40, length))


def test_the_bit_rate_is_capped(tmp_path):
    """This noise at crf 18 would take three times as much."""
    rng, seconds, fps, height = np.random.default_rng(0), 2, 60, 270
    noise = [(rng.integers(0, 256, (height, 480, 3), dtype=np.uint8), 1) for _ in range(seconds * fps)]
    encode_pictures(noise, tmp_path / "n.mp4", 480, height, fps, CLEAN, 0)
    bits = 8 * (tmp_path / "n.mp4").stat().st_size
    cap = bit_rate_cap(height)
    assert 0.5 * cap * seconds < bits < cap * (seconds + 1.5)  # the buffer holds 1.5 s


# -- file and sound ----------------------------------------------------------------------------------


def test_the_index_is_in_front_and_nothing_is_edited(film):
    kinds = [kind for kind, _size in top_boxes(film)]
    assert kinds[0] == "ftyp"
    assert kinds.index("moov") < kinds.index("mdat")
    data = film.read_bytes()
    assert len(list(boxes(data, b"stsd"))) == 2  # the search does reach both tracks
    assert not list(boxes(data, b"elst"))
    for name in (b"mvhd", b"tkhd", b"mdhd"):
        assert all(box[4:12] == bytes(8) for box in boxes(data, name)), "no creation times"


def test_sound_is_aac_lc_48k_stereo(film):
    with av.open(str(film)) as container:
        (stream,) = container.streams.audio
        context = stream.codec_context
        assert (context.name, stream.profile) == ("aac", "LC")
        assert (context.sample_rate, context.layout.name) == (48_000, "stereo")
        assert abs(stream.duration * stream.time_base - TOTAL / FPS) < 1 / 1000


def test_sound_has_its_bit_rate(tmp_path):
    rng = np.random.default_rng(0)
    with wave.open(str(tmp_path / "n.wav"), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(rng.integers(-8000, 8000, (96_000, 2), dtype=np.int16).tobytes())
    encode_pictures([(drawing(0), 60)], tmp_path / "s.mp4", WIDTH, HEIGHT, FPS, CLEAN, 0)
    join([tmp_path / "s.mp4"], tmp_path / "n.wav", tmp_path / "f.mp4", FPS)
    bits = 8 * sum(p.size for p in packets(tmp_path / "f.mp4", audio=0))
    assert 0.9 * 384_000 * 2 < bits < 1.1 * 384_000 * 2


@pytest.mark.parametrize("fps", [15, 60])
def test_sound_and_picture_meet_within_a_quarter_frame(tmp_path, fps):
    film = make_film(tmp_path / "f", fps)
    with av.open(str(film), options={"ignore_editlist": "1"}) as container:
        frames = container.decode(video=0)
        flashes = [float(f.pts * f.time_base) for f in frames if luma(f).mean() > 225]
    with av.open(str(film), options={"ignore_editlist": "1"}) as container:
        blocks = list(container.decode(audio=0))
    sound = np.abs(np.concatenate([block.to_ndarray()[0] for block in blocks]))
    loud = np.flatnonzero(sound > 0.3)
    first = loud[np.insert(np.diff(loud) > 2400, 0, True)]
    clicks = first / 48_000 + float(blocks[0].pts * blocks[0].time_base)
    assert flashes == pytest.approx([k / fps for k in FLASHES])
    assert len(clicks) == len(flashes)
    assert np.max(np.abs(clicks - flashes)) < 0.25 / fps


def test_other_sound_is_brought_to_48k_and_to_the_films_length(tmp_path):
    encode_pictures([(drawing(0), 60)], tmp_path / "s.mp4", WIDTH, HEIGHT, FPS, CLEAN, 0)
    sound = write_wav(tmp_path / "short.wav", 1.0, clicks=[0.5], rate=22_050, channels=1)
    join([tmp_path / "s.mp4"], sound, tmp_path / "f.mp4", FPS)
    with av.open(str(tmp_path / "f.mp4")) as container:
        stream = container.streams.audio[0]
        assert abs(stream.duration * stream.time_base - 2) < 1 / 1000
        samples = np.concatenate([block.to_ndarray() for block in container.decode(audio=0)], axis=1)
    assert samples.shape[0] == 2
    at = np.flatnonzero(np.abs(samples[0]) > 0.3)[0] / 48_000
    assert abs(at - 0.5) < 0.002
    assert np.abs(samples[:, 60_000:]).max() < 1e-3


def test_a_film_without_sound_has_one_track(tmp_path):
    encode_pictures([(drawing(0), 8)], tmp_path / "s.mp4", WIDTH, HEIGHT, FPS, CLEAN, 0)
    join([tmp_path / "s.mp4"], None, tmp_path / "f.mp4", FPS)
    with av.open(str(tmp_path / "f.mp4")) as container:
        assert [stream.type for stream in container.streams] == ["video"]


def test_two_encodes_are_equal_bytes(film, tmp_path):
    assert make_film(tmp_path / "again").read_bytes() == film.read_bytes()


# -- tape --------------------------------------------------------------------------------------------


class Stamp:
    """A tape that writes index and seed into the picture."""

    def __init__(self, static):
        self.is_static, self.calls = static, []

    def identity(self):
        return {}

    def state(self, index, fps):
        return None if self.is_static else index

    def apply(self, frame, index, fps, seed):
        self.calls.append((index, fps, seed))
        return np.full_like(frame, 100 if self.is_static else 10 * index)


def test_a_tape_that_moves_sees_every_film_frame(tmp_path):
    tape = Stamp(static=False)
    encode_pictures([(drawing(0), 3), (drawing(1), 2)], tmp_path / "s.mp4", WIDTH, HEIGHT, FPS, tape, 7, 11)
    assert tape.calls == [(index, FPS, 7) for index in range(11, 16)]
    with av.open(str(tmp_path / "s.mp4")) as container:
        levels = [luma(frame).mean() for frame in container.decode(video=0)]
    assert np.allclose(levels, [16 + 219 / 255 * 10 * index for index in range(11, 16)], atol=1.5)


def test_a_tape_is_asked_once_while_it_and_the_picture_stay_as_they_are(tmp_path):
    tape = Stamp(static=False)
    tape.state = lambda index, fps: index // 2  # as a player has it that hands out every frame twice
    encode_pictures([(drawing(0), 3), (drawing(1), 3)], tmp_path / "s.mp4", WIDTH, HEIGHT, FPS, tape, 7, 10)
    assert [index for index, _fps, _seed in tape.calls] == [10, 12, 13, 14]
    with av.open(str(tmp_path / "s.mp4")) as container:
        levels = [luma(frame).mean() for frame in container.decode(video=0)]
    assert np.allclose(levels, [16 + 219 / 255 * 10 * index for index in (10, 10, 12, 13, 14, 14)], atol=1.5)


def test_scenes_on_tape_and_off_it_are_of_one_film(tmp_path):
    """The settings for grain are not in the headers, else the joined film would be decoded wrongly."""
    encode_pictures([(drawing(0), 9)], tmp_path / "a.mp4", WIDTH, HEIGHT, FPS, Stamp(static=False), 0)
    encode_pictures([(drawing(1), 9)], tmp_path / "b.mp4", WIDTH, HEIGHT, FPS, CLEAN, 0)
    join([tmp_path / "a.mp4", tmp_path / "b.mp4"], None, tmp_path / "film.mp4", FPS)
    shown = {}
    for name in ("a", "b", "film"):
        with av.open(str(tmp_path / f"{name}.mp4")) as container:
            shown[name] = [luma(frame) for frame in container.decode(video=0)]
    assert np.array_equal(shown["a"] + shown["b"], shown["film"])


def test_a_static_tape_is_asked_once_per_unique_frame(tmp_path):
    tape = Stamp(static=True)
    assert encode_pictures([(drawing(0), 3), (drawing(1), 2)], tmp_path / "s.mp4", WIDTH, HEIGHT, FPS, tape, 7, 11) == 5
    assert [index for index, _fps, _seed in tape.calls] == [11, 14]


# -- what goes wrong ---------------------------------------------------------------------------------


@pytest.mark.parametrize("holds", [[200], [3, 200, 5], [40, 41, 15, 100, 1], [15, 15, 15, 30, 29, 44]])
def test_a_held_picture_is_encoded_once_and_shown_as_long(tmp_path, holds):
    """Whatever the holds, each film frame decodes to its own picture, in groups of one length, each with a keyframe."""
    rng = np.random.default_rng(3)
    small = [rng.integers(0, 256, (HEIGHT // 10, WIDTH // 10, 3), dtype=np.uint8) for _ in holds]
    pictures = [np.ascontiguousarray(each.repeat(10, 0).repeat(10, 1)) for each in small]
    wanted = [number for number, hold in enumerate(holds) for _ in range(hold)]
    parts = [
        (picture, 1 if number % 2 else hold) for number, (picture, hold) in enumerate(zip(pictures, holds, strict=True))
    ]
    parts = [
        part for (picture, step), hold in zip(parts, holds, strict=True) for part in [(picture, step)] * (hold // step)
    ]
    path = tmp_path / "s.mp4"
    assert encode_pictures(parts, path, WIDTH, HEIGHT, FPS, CLEAN, 0) == len(wanted)
    join([path], None, tmp_path / "film.mp4", FPS)
    with av.open(str(tmp_path / "film.mp4")) as container:
        stream = container.streams.video[0]
        frames = list(container.decode(stream))
        assert [round(frame.pts * stream.time_base * FPS) for frame in frames] == list(range(len(wanted)))
        assert [i for i, frame in enumerate(frames) if frame.key_frame] == list(range(0, len(wanted), gop_length(FPS)))
        for frame, number in zip(frames, wanted, strict=True):
            shown = frame.to_ndarray(format="gray").astype(float)
            errors = [np.abs(shown - picture @ [0.2126, 0.7152, 0.0722]).mean() for picture in pictures]
            assert int(np.argmin(errors)) == number
    with av.open(str(path)) as container:
        assert sum(packet.size > 0 for packet in container.demux(video=0)) == len(wanted)


def test_chunks_that_do_not_fit_are_refused(tmp_path):
    encode_pictures([(drawing(0), 4)], tmp_path / "a.mp4", WIDTH, HEIGHT, FPS, CLEAN, 0)
    encode_pictures([(drawing(0, 128, 72), 4)], tmp_path / "b.mp4", 128, 72, FPS, CLEAN, 0)
    encode_pictures([(drawing(0), 4)], tmp_path / "c.mp4", WIDTH, HEIGHT, 60, CLEAN, 0)
    for other in ("b", "c"):
        with pytest.raises(ResultError, match="does not fit"):
            join([tmp_path / "a.mp4", tmp_path / f"{other}.mp4"], None, tmp_path / "f.mp4", FPS)
    with pytest.raises(ResultError, match="cannot be read"):
        join([tmp_path / "a.mp4", tmp_path / "gone.mp4"], None, tmp_path / "f.mp4", FPS)
    with pytest.raises(ResultError, match="sound"):
        join([tmp_path / "a.mp4"], tmp_path / "gone.wav", tmp_path / "f.mp4", FPS)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "b.mp4", "c.mp4"]


@pytest.mark.parametrize("frames", [[], [(np.zeros((10, 10, 3), np.uint8), 1)]])
def test_frames_that_do_not_fit_leave_no_file(tmp_path, frames):
    with pytest.raises(ResultError):
        encode_pictures(frames, tmp_path / "s.mp4", WIDTH, HEIGHT, FPS, CLEAN, 0)
    assert list(tmp_path.iterdir()) == []


@contextlib.contextmanager
def files_no_larger_than(size):
    """To the writer a file-size limit looks like a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [0, 3_000, 12_000])
def test_a_full_disk_is_one_message_and_leaves_no_file(tmp_path, size):
    rng = np.random.default_rng(0)
    frames = [(rng.integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8), 1) for _ in range(20)]
    encode_pictures(frames, tmp_path / "s.mp4", WIDTH, HEIGHT, FPS, CLEAN, 0)
    assert (tmp_path / "s.mp4").stat().st_size > 20_000
    with files_no_larger_than(size), pytest.raises(OutputError, match=r"film\.mp4 cannot be written"):
        join([tmp_path / "s.mp4"], None, tmp_path / "film.mp4", FPS)
    with files_no_larger_than(size), pytest.raises(OutputError, match=r"t\.mp4 cannot be written"):
        encode_pictures(frames, tmp_path / "t.mp4", WIDTH, HEIGHT, FPS, CLEAN, 0)
    assert [path.name for path in tmp_path.iterdir()] == ["s.mp4"]


def test_a_place_that_is_no_folder_is_one_message(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        encode_pictures([(drawing(0), 4)], tmp_path / "file" / "s.mp4", WIDTH, HEIGHT, FPS, CLEAN, 0)


def test_qualities_have_even_sides_and_speaking_names():
    for name, quality in QUALITIES.items():
        assert name == quality.name == f"{quality.height}p{quality.fps}"
        assert quality.width % 2 == quality.height % 2 == 0
        assert abs(quality.width / quality.height - 16 / 9) < 0.002
    with pytest.raises(UnknownNameError, match="1080p60"):
        quality_named("1080")
