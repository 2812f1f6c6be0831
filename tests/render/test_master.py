"""The master gives back every frame bit for bit, in order and at random, and keeps nothing of a failed scene."""

import hashlib
import json
import resource

import numpy as np
import pytest

from tapehead.analysis.errors import DamagedEntryError, OutputError
from tapehead.render.drawing.master import KEYFRAME_EVERY, MasterReader, MasterWriter


def noise(seed, width, height, channels=3):
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels), dtype=np.uint8)


def flat(color, width, height):
    return np.full((height, width, 3), color, np.uint8)


def by_hand(frame):
    """The digest as it is described."""
    parts = [hashlib.sha256(frame[row : row + 8].tobytes()).digest() for row in range(0, len(frame), 8)]
    return hashlib.sha256(b"".join(parts)).hexdigest()


def write(path, frames, fps=30):
    height, width = frames[0][0].shape[:2]
    with MasterWriter(path, width, height, fps) as writer:
        for frame, repeat in frames:
            writer.write(frame, repeat)
    return writer.info


@pytest.mark.parametrize("size", [(854, 480), (427, 241), (426, 240), (35, 19)])
def test_every_bit_comes_back(tmp_path, size):
    frames = [
        (noise(1, *size), 1),
        (flat((255, 0, 17), *size), 90),
        (noise(2, *size), 2),
        (flat((0, 1, 254), *size), 1),
    ]
    info = write(tmp_path / "m.tpf", frames)
    read = list(MasterReader(tmp_path / "m.tpf"))
    assert [repeat for _frame, repeat in read] == [1, 90, 2, 1] == list(info.repeats)
    for (written, _), (got, _) in zip(frames, read, strict=True):
        assert got.dtype == np.uint8
        assert np.array_equal(got, written)
    assert info.frame_digests == tuple(by_hand(frame) for frame, _ in frames)
    assert (info.frames, info.unique) == (94, 4)


def test_equal_neighbours_are_stored_once(tmp_path):
    red, blue = flat((255, 0, 0), 32, 32), flat((0, 0, 255), 32, 32)
    almost = red.copy()
    almost[31, 31, 2] = 1
    info = write(tmp_path / "m.tpf", [(red, 2), (red.copy(), 3), (almost, 1), (blue, 1), (red, 1)])
    assert info.repeats == (5, 1, 1, 1)


def test_the_fourth_channel_is_dropped_and_the_array_may_be_reused(tmp_path):
    buffer = noise(3, 64, 48, channels=4)
    first = buffer[..., :3].copy()
    with MasterWriter(tmp_path / "m.tpf", 64, 48, 30) as writer:
        writer.write(buffer)
        buffer[..., 3] ^= 255  # another alpha is not another picture
        writer.write(buffer)
        buffer[:] = 7
        writer.write(buffer)
    frames = list(MasterReader(tmp_path / "m.tpf"))
    assert [repeat for _, repeat in frames] == [2, 1]
    assert np.array_equal(frames[0][0], first)
    assert np.all(frames[1][0] == 7)


@pytest.mark.parametrize("fps", [15, 30, 60])
def test_random_access_agrees_with_reading_through(tmp_path, fps):
    rng = np.random.default_rng(4)
    repeats = rng.integers(1, 40, 2 * KEYFRAME_EVERY + 20).tolist()
    write(tmp_path / "m.tpf", [(noise(k, 16, 16), repeat) for k, repeat in enumerate(repeats)], fps)
    assert len(repeats) > 2 * KEYFRAME_EVERY
    film = [k for k, repeat in enumerate(repeats) for _ in range(repeat)]
    reader = MasterReader(tmp_path / "m.tpf")
    jumps = [0, len(film) - 1, -1, len(film) // 2, 5, 6, 5, *rng.integers(0, len(film), 30).tolist()]
    for index in jumps:
        assert np.array_equal(reader.frame(index), noise(film[index], 16, 16)), index
    with pytest.raises(IndexError):
        reader.frame(len(film))


def test_the_rows_that_are_new_are_told(tmp_path):
    """Putting only these rows into the picture before gives the picture: at any start, across keyframes."""
    rng = np.random.default_rng(5)
    frame, frames = noise(6, 48, 45), []
    for _ in range(KEYFRAME_EVERY + 15):
        frame = frame.copy()
        for row in rng.integers(0, 45, 2):
            frame[row, rng.integers(0, 48)] ^= 1 + rng.integers(0, 255, dtype=np.uint8)
        frames.append((frame, int(rng.integers(1, 4))))
    write(tmp_path / "m.tpf", frames)
    film = [picture for picture, repeat in frames for _ in range(repeat)]
    reader = MasterReader(tmp_path / "m.tpf")
    for first in (0, 7, len(film) // 2, len(film) - 9):
        shown, at, some = None, first, 0
        for picture, repeat, rows in reader.between(first, len(film)):
            if rows is None:
                shown = picture.copy()
            else:
                some += sum(last - begin for begin, last in rows) < 45
                for begin, last in rows:
                    shown[begin:last] = picture[begin:last]
            assert np.array_equal(shown, picture) and np.array_equal(shown, film[at])
            at += repeat
        assert at == len(film) and some > 4


def test_equal_scenes_give_equal_bytes_and_other_scenes_another_digest(tmp_path):
    frames = [(noise(k, 64, 48), k + 1) for k in range(5)]
    infos = [write(tmp_path / name / "m.tpf", frames) for name in "ab"]
    assert (tmp_path / "a" / "m.tpf").read_bytes() == (tmp_path / "b" / "m.tpf").read_bytes()
    assert infos[0].digest == infos[1].digest
    held = write(tmp_path / "c" / "m.tpf", [*frames[:4], (frames[4][0], 9)])
    other = write(tmp_path / "d" / "m.tpf", [*frames[:4], (noise(9, 64, 48), 5)])
    assert len({infos[0].digest, held.digest, other.digest}) == 3


def test_flat_drawings_become_small(tmp_path):
    frames = []
    for k in range(40):
        frame = flat((20, 24, 30), 320, 180)
        frame[50:90, 10 + 4 * k : 50 + 4 * k] = (230, 159, 0)
        frames.append((frame, 1))
    write(tmp_path / "m.tpf", frames)
    assert (tmp_path / "m.tpf").stat().st_size < 40 * frames[0][0].nbytes / 50


def test_a_scene_that_fails_leaves_nothing(tmp_path):
    with pytest.raises(RuntimeError, match="crash"), MasterWriter(tmp_path / "m.tpf", 32, 32, 30) as writer:
        writer.write(noise(0, 32, 32))
        raise RuntimeError("crash")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_one_message_and_leaves_nothing(tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_000, hard))  # to the writer it looks like a full disk
    try:
        with pytest.raises(OutputError, match=r"m\.tpf cannot be written"):
            write(tmp_path / "m.tpf", [(noise(k, 64, 48), 1) for k in range(30)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []


def test_a_scene_without_frames_is_refused(tmp_path):
    with pytest.raises(OutputError, match="no frame was drawn"), MasterWriter(tmp_path / "m.tpf", 32, 32, 30):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("frame", "repeat"),
    [
        (np.zeros((32, 33, 3), np.uint8), 1),
        (np.zeros((32, 32, 3), np.float32), 1),
        (np.zeros((32, 32, 3), np.uint8), 0),
    ],
)
def test_frames_that_do_not_fit_are_refused(tmp_path, frame, repeat):
    with pytest.raises(ValueError), MasterWriter(tmp_path / "m.tpf", 32, 32, 30) as writer:
        writer.write(frame, repeat)


def test_damage_is_noticed(tmp_path):
    path = tmp_path / "m.tpf"
    write(path, [(noise(k, 64, 48), 1) for k in range(6)])
    sidecar = path.with_name("frames.json")
    good = sidecar.read_text()
    fields = json.loads(good)
    fields["repeats"][2] = 2
    sidecar.write_text(json.dumps(fields))
    with pytest.raises(DamagedEntryError, match="does not match"):
        MasterReader(path)
    sidecar.write_text(good)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(DamagedEntryError):
        list(MasterReader(path))
    sidecar.unlink()
    with pytest.raises(DamagedEntryError):
        MasterReader(path)
