"""Videos with one defect each: what comes out of them, and what is said of it."""

import itertools
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from tapehead.analysis.errors import UsageError
from tapehead.render.tape import tape_named
from tapehead.render.tape_tool.footage import probe
from tapehead.render.tape_tool.footage_sound import RATE_HZ, sound
from tapehead.render.tape_tool.hdr import hlg_scene, mapped, pq_nits
from tapehead.render.tape_tool.orientation import UPRIGHT, Orientation, orientation
from tapehead.render.tape_tool.pictures import pictures
from tapehead.render.tape_tool.rates import middle, ratio_named
from tapehead.render.tape_tool.timeline import INDEXED, PLAIN, TRANSPORT, Timeline
from tapehead.render.tape_tool.video import apply
from tapehead.render.tape_tool.wholeness import is_cut
from tests.faults.media import HEIGHT, MEDIA, WIDTH, interlaced, moving_picture, orient, tone, write

SP = tape_named("sp")


def heard(footage, folder):
    """The sound, ``(samples, 2)``, or None."""
    raw = folder / "sound.raw"
    return np.fromfile(raw, np.float32).reshape(-1, 2) if sound(footage, raw) else None


def pitch(part):
    """Hz of the loudest tone; 0 for silence."""
    if np.abs(part).max() < 0.003:
        return 0
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part))))
    return int(np.argmax(spectrum)) * RATE_HZ / len(part)


@pytest.mark.parametrize("name", MEDIA)
def test_each_defect(tmp_path, name):
    medium = MEDIA[name](tmp_path)
    if medium.refused:
        with pytest.raises(UsageError, match=medium.refused):
            probe(medium.path)
        return
    footage = probe(medium.path)
    assert (footage.width, footage.height) == medium.size and footage.fps == medium.fps
    if medium.frames > 0:
        assert footage.frames == medium.frames
    # Nothing is said of a sound file, and what is to be said is said.
    assert [medium.note in note for note in footage.notes] == [True] * bool(medium.note)
    shown = list(pictures(footage, range(footage.frames)))
    assert sum(count for _, count in shown) == footage.frames
    assert all(picture.shape == (medium.size[1], medium.size[0], 3) for picture, _ in shown)
    found = heard(footage, tmp_path)
    if not medium.tones:
        assert found is None
    for begin, end, hertz in medium.tones:
        left = found[round(begin * RATE_HZ) : round(end * RATE_HZ), 0]
        assert abs(pitch(left) - hertz) <= 3
    # Any stretch by itself shows what the whole shows.
    first = footage.frames // 2
    for (one, _), (other, _) in itertools.islice(
        zip(pictures(footage, range(first, footage.frames)), pictures(footage, range(first, footage.frames)),
            strict=True), 2
    ):  # fmt: skip
        assert np.array_equal(one, other)


def test_a_stretch_of_a_restarted_file_is_the_same_as_in_the_whole(tmp_path):
    footage = probe(MEDIA["restart"](tmp_path).path)
    whole = [picture for picture, count in pictures(footage, range(50)) for _ in range(count)]
    part = [picture for picture, count in pictures(footage, range(30, 50)) for _ in range(count)]
    assert all(np.array_equal(one, other) for one, other in zip(whole[30:], part, strict=True))
    # Both halves show the same clip.
    assert np.abs(whole[5].astype(int) - whole[30].astype(int)).mean() < 1


def test_hdr_white_is_white_and_its_grey_is_grey(tmp_path):
    for name in ("pq", "hlg"):
        picture = next(pictures(probe(MEDIA[name](tmp_path).path), [0]))[0]
        assert picture.min() >= 245 and picture.max() <= 255


def test_transfer_functions_have_the_values_of_the_standard():
    assert abs(float(pq_nits(np.array(0.58068888))) - 203) < 0.1  # BT.2408, table 1
    assert abs(float(pq_nits(np.array(1.0))) - 10000) < 1e-6
    assert abs(1000 * float(hlg_scene(np.array(0.75))) ** 1.2 - 203) < 0.5
    assert abs(float(hlg_scene(np.array(1.0))) - 1) < 1e-6
    ramp = np.repeat(np.arange(0, 65536, 257, dtype=np.uint16)[None, :, None], 3, axis=2)
    for transfer in (16, 18):
        levels = mapped(ramp, transfer, 9)[0, :, 0].astype(int)
        assert (np.diff(levels) >= 0).all() and levels[0] == 0 and levels[-1] == 255
        assert np.array_equal(mapped(ramp, transfer, 9)[0, :, 1], mapped(ramp, transfer, 9)[0, :, 2])
    # Grey of television is left alone by the change of primaries.
    assert np.array_equal(mapped(ramp, 1, 9)[0, :, 0], np.arange(256))


def test_a_colour_inside_television_survives_the_wider_space():
    from_709 = np.array(
        [[0.627404, 0.329283, 0.043313], [0.069097, 0.919540, 0.011362], [0.016391, 0.088013, 0.895595]]
    )
    for colour in ([200, 40, 60], [30, 180, 90], [90, 80, 220]):
        light = from_709 @ (np.array(colour) / 255) ** 2.4
        levels = np.floor(light ** (1 / 2.4) * 65535 + 0.5).astype(np.uint16)[None, None]
        assert np.abs(mapped(levels, 14, 9)[0, 0].astype(int) - colour).max() <= 1


def test_fields_come_out_in_order_and_by_themselves(tmp_path):
    footage = probe(interlaced(tmp_path).path)
    levels = [picture.mean() for picture, count in pictures(footage, range(50)) for _ in range(count)]
    wanted = [(24 + 3 * n) * 255 / 219 for n in range(50)]
    assert np.abs(np.array(levels) - wanted).max() < 1.5
    part = [picture.mean() for picture, count in pictures(footage, range(31, 40)) for _ in range(count)]
    assert np.abs(np.array(part) - wanted[31:40]).max() < 1.5


MATRICES = {
    (1, 0, 0, 1): lambda p: p,
    (-1, 0, 0, 1): lambda p: p[:, ::-1],
    (1, 0, 0, -1): lambda p: p[::-1],
    (-1, 0, 0, -1): lambda p: np.rot90(p, 2),
    (0, 1, -1, 0): lambda p: np.rot90(p, -1),  # a quarter clockwise
    (0, -1, 1, 0): lambda p: np.rot90(p, 1),
    (0, 1, 1, 0): lambda p: np.swapaxes(p, 0, 1),
    (0, -1, -1, 0): lambda p: np.rot90(np.swapaxes(p, 0, 1), 2),
}


@pytest.mark.parametrize("matrix", MATRICES)
def test_all_eight_orientations(tmp_path, matrix):
    path = write(tmp_path / "in.mp4", moving_picture())
    before = next(pictures(probe(path), [0]))[0]
    orient(path, *matrix)
    footage = probe(path)
    wanted = MATRICES[matrix](before)
    assert (footage.height, footage.width) == wanted.shape[:2]
    assert np.array_equal(next(pictures(footage, [0]))[0], wanted)


def test_a_matrix_moves_points_as_the_standard_says():
    rows, columns = 3, 5
    points = np.stack(np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij"), axis=-1)
    for a, b, c, d in MATRICES:
        one = 1 << 16
        turned = orientation((a * one, b * one, 0, c * one, d * one, 0, 0, 0, 1 << 30)).applied(points)
        moved = {}
        for y, x in itertools.product(range(rows), range(columns)):
            moved[(b * x + d * y, a * x + c * y)] = (y, x)
        top, left = min(y for y, _ in moved), min(x for _, x in moved)
        for (y, x), point in moved.items():
            assert tuple(turned[y - top, x - left]) == point
    assert orientation((46341, 46341, 0, -46341, 46341, 0, 0, 0, 1 << 30)) == UPRIGHT == Orientation()


def test_an_animated_webp_is_a_video(tmp_path):
    frames = [Image.fromarray(np.full((47, 64, 3), 50 * k, np.uint8)) for k in range(5)]
    path = tmp_path / "in.webp"
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=[100, 200, 100, 100, 100], lossless=True)
    footage = probe(path, 10)
    assert footage.frames == 6 and (footage.width, footage.height) == (64, 48)
    shown = [int(picture[5, 5, 0]) for picture, count in pictures(footage, range(6)) for _ in range(count)]
    assert shown == [0, 50, 50, 100, 150, 200]
    assert apply(path, tmp_path / "out.mp4", SP, 0).frames == round(0.6 * float(probe(path).fps))
    (tmp_path / "broken.webp").write_bytes(path.read_bytes()[:60])
    with pytest.raises(UsageError, match=r"broken\.webp"):
        probe(tmp_path / "broken.webp")


def test_sound_that_is_a_little_longer_is_not_worth_a_word(tmp_path):
    footage = probe(write(tmp_path / "in.mp4", moving_picture(), tone(880, 1.05)))
    assert footage.frames == 25 and footage.notes == ()


def test_sound_is_looked_at_before_any_picture_is_treated(tmp_path, monkeypatch):
    medium = MEDIA["gap_in_sound"](tmp_path)
    order = []
    monkeypatch.setattr("tapehead.render.tape_tool.video._treat_all", lambda *_: order.append("pictures"))
    monkeypatch.setattr("tapehead.render.tape_tool.video.sound", lambda *_: order.append("sound") or 0)

    def join(_self, _pieces, _sound, out, *_):
        order.append("join")
        return out.with_name("never made")

    monkeypatch.setattr("tapehead.render.tape_tool.delivery.H264.join", join)
    monkeypatch.setattr("tapehead.render.tape_tool.video.flashes_in", lambda *_: [])
    said = []
    with pytest.raises(Exception, match=r"out\.mp4"):  # nothing was made, so there is nothing to move
        apply(medium.path, tmp_path / "out.mp4", SP, 0, note=said.append)
    assert order == ["sound", "pictures", "join"]
    assert "nothing of its sound can be decoded" in said[0]


def test_notes_are_in_the_answer(tmp_path):
    said = []
    made = apply(MEDIA["cut"](tmp_path).path, tmp_path / "out.mp4", SP, 0, end_s=0.2, note=said.append)
    assert "ends early" in made.to_data()["notes"][0] and "cut.mp4: it ends early" in said[0]


def test_a_crop_takes_the_middle(tmp_path):
    assert middle(1920, 1080, Fraction(4, 3)) == (240, 0, 1440, 1080)
    assert middle(480, 640, Fraction(4, 3)) == (0, 140, 480, 360)
    assert middle(64, 48, Fraction(4, 3)) == (0, 0, 64, 48)
    assert middle(33, 21, None) == (0, 0, 33, 21)
    path = write(tmp_path / "in.mkv", moving_picture(size=(120, 48)), codec="ffv1", pixels="bgr0")
    whole = next(pictures(probe(path), [3]))[0]
    footage = probe(path, crop=ratio_named("4:3"))
    assert (footage.width, footage.height) == (64, 48)
    assert np.array_equal(next(pictures(footage, [3]))[0], whole[:, 28:92])
    assert ratio_named("1.5") == Fraction(3, 2)
    for wrong in ("wide", "4:0", "1:100"):
        with pytest.raises(UsageError, match="--crop"):
            ratio_named(wrong)


def test_runs_of_two_streams_share_a_seam():
    timeline = Timeline(TRANSPORT)
    for run in range(3):
        for k in range(10):
            at = 1.4 + k / 10
            timeline.take(0, at, at, at + 0.1)
            timeline.take(1, at - 0.02, at - 0.02, at + 0.08)
        assert len(timeline.extents(0)) == run + 1
    offsets = timeline.offsets((0, 1))
    assert np.allclose(offsets[0], [0, 1, 2]) and np.allclose(offsets[1], [0, 1, 2])


def test_a_stream_without_decoding_times_does_not_restart():
    timeline = Timeline(TRANSPORT)
    for at in (1.0, 1.3, 1.1, 1.2):
        timeline.take(0, None, at, at + 0.1)
    assert timeline.offsets((0,))[0] == (0.0,)
    timeline.take(0, 20.0, 20.0, 20.1)
    timeline.take(0, 40.0, 40.0, 40.1)  # a leap ahead in a transport stream
    assert np.allclose(timeline.offsets((0,))[0], [0.0, -19.9])


def test_a_hole_in_a_file_with_an_index_stays():
    for leaps in (PLAIN, INDEXED):
        timeline = Timeline(leaps)
        timeline.take(0, 0.0, 0.0, 0.1)
        timeline.take(0, 60.0, 60.0, 60.1)
        assert timeline.offsets((0,))[0] == (0.0,)
    timeline = Timeline(INDEXED)
    for at in (1.0, 1.1, 0.3, 1.3):  # one packet that is wrong moves nothing behind it
        timeline.take(0, at, at, at + 0.1)
    assert timeline.offsets((0,))[0] == (0.0,)


def test_pictures_of_another_size_on_the_way_are_fitted(tmp_path):
    footage = probe(MEDIA["two_sizes"](tmp_path).path)
    shown = [picture for picture, count in pictures(footage, range(50)) for _ in range(count)]
    assert {picture.shape for picture in shown} == {(HEIGHT, WIDTH, 3)}
    assert np.abs(shown[5].astype(int) - shown[30].astype(int)).mean() < 12


def test_what_has_no_times_is_shown_in_order(tmp_path):
    footage = probe(MEDIA["no_times"](tmp_path).path)
    levels = [picture.mean() for picture, count in pictures(footage, range(25)) for _ in range(count)]
    assert np.abs(np.array(levels) - [(24 + 6 * n) * 255 / 219 for n in range(25)]).max() < 3


def test_a_file_that_is_shorter_than_it_says_is_cut(tmp_path):
    whole = {name: MEDIA[name](tmp_path).path for name in ("plain", "no_times", "gap_in_sound", "slow")}
    assert not any(is_cut(path) for path in whole.values())
    for name in ("plain", "no_times"):
        for missing in (1, 100):
            part = tmp_path / "part"
            part.write_bytes(whole[name].read_bytes()[:-missing])
            assert is_cut(part)
    (tmp_path / "more").write_bytes(whole["plain"].read_bytes() + b"more")
    assert is_cut(tmp_path / "more")  # three bytes of a box that is not there
    (tmp_path / "tail").write_bytes(whole["plain"].read_bytes() + b"padding by someone" * 9)
    assert not is_cut(tmp_path / "tail")
    for content in (b"", b"RIFF", b"\x00\x00\x00\x00ftyp", b"\x00\x00\x00\x01mdat" + b"\xff" * 8):
        (tmp_path / "odd").write_bytes(content)
        is_cut(tmp_path / "odd")
    assert not is_cut(tmp_path / "none")


LISTEN = """
import re, sys
from pathlib import Path
from tapehead.render.tape_tool.footage import probe
from tapehead.render.tape_tool.footage_sound import sound, sound_in

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024

footage, raw = probe(Path(sys.argv[1])), Path(sys.argv[2])
sound(footage, raw.with_name("warm"))  # libraries are loaded
footage = probe(Path(sys.argv[3]))
before = peak()
total = sound(footage, raw)
read = sound_in(raw)
for first in range(0, total, 480000):
    read(first, min(480000, total - first))
print(total, peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_sound_takes_no_memory_for_its_length(tmp_path):
    """Mapped, four minutes of it were 92 MB, and an hour a gigabyte and a half."""
    for seconds in (1, 240):
        write(tmp_path / f"{seconds}.mkv", moving_picture(seconds, rate=1, size=(16, 16)),
              tone(440, seconds, rate=8000, layout="mono"), rate=1, codec="mpeg4", audio_codec="pcm_s16le")  # fmt: skip
    names = [str(tmp_path / name) for name in ("1.mkv", "sound.raw", "240.mkv")]
    done = subprocess.run([sys.executable, "-c", LISTEN, *names], capture_output=True, text=True, check=True)
    total, grown = done.stdout.split()
    assert int(total) == 240 * RATE_HZ
    assert float(grown) < 40  # MB; the raw sound has 92
