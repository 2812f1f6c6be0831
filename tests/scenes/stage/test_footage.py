"""Footage shows the picture of a time, in whatever order times are asked for."""

from __future__ import annotations

import math
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from tapehead.analysis.errors import EpisodeError
from tapehead.scenes.stage.footage import Footage
from tests.clips import grey_film


def grey(footage: Footage, seconds: float) -> int:
    return int(footage.at(seconds, footage.size)[20, 20, 0])


LEVELS = [20 + 3 * n for n in range(70)]


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv"])
def test_every_time_shows_its_picture_forwards_backwards_and_far_ahead(tmp_path: Path, name: str) -> None:
    footage = Footage(grey_film(tmp_path / name, LEVELS))
    assert footage.size == (64, 48)
    assert footage.duration == pytest.approx(7.0, abs=0.05)
    for seconds in (0.0, 0.1, 0.19, 0.25, 6.4, 6.9, 99.0, 3.0, 3.05, 0.0, 5.31, -4.0):
        number = min(max(0, math.floor(seconds * 10 + 1e-6)), 69)
        assert grey(footage, seconds) == pytest.approx(LEVELS[number], abs=1), seconds


def test_the_footage_is_read_at_the_film_s_rate_and_not_at_its_own(tmp_path: Path) -> None:
    footage = Footage(grey_film(tmp_path / "a.mp4", LEVELS, rate=25))
    seen = [grey(footage, n / 15) for n in range(30)]
    assert seen == pytest.approx([LEVELS[math.floor(n / 15 * 25 + 1e-6)] for n in range(30)], abs=1)


def test_a_picture_lasts_for_ever(tmp_path: Path) -> None:
    Image.new("RGBA", (30, 20), (200, 100, 50, 128)).save(tmp_path / "p.png")
    footage = Footage(tmp_path / "p.png")
    assert footage.duration == math.inf
    assert footage.at(1e6, (30, 20))[10, 10].tolist() == [200, 100, 50, 128]


def test_colours_are_those_of_the_matrix_that_is_meant(tmp_path: Path) -> None:
    path = tmp_path / "red.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv444p"
        # BT.709's limited-range red, worked out by hand: Y = 16 + 219·0.2126, Cb = 128 − 224·0.2126/1.8556, Cr = 240.
        planes = np.stack([np.full((720, 1280), v, np.uint8) for v in (63, 102, 240)])
        frame = av.VideoFrame.from_ndarray(planes, format="yuv444p")
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    assert Footage(path).at(0, (1280, 720))[300, 300, :3].tolist() == pytest.approx([255, 0, 0], abs=4)


def test_what_is_no_footage_is_said(tmp_path: Path) -> None:
    with pytest.raises(EpisodeError, match=r"'no\.mp4' is not there"):
        Footage(tmp_path / "no.mp4")
    (tmp_path / "text.mp4").write_text("no film")
    with pytest.raises(EpisodeError, match=r"'text\.mp4' cannot be read as footage"):
        Footage(tmp_path / "text.mp4")
    with av.open(str(tmp_path / "tone.wav"), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=8000)
        stream.codec_context.layout = "mono"
        part = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), "s16", "mono")
        part.sample_rate = 8000
        out.mux(stream.encode(part))
    with pytest.raises(EpisodeError, match="has no video in it"):
        Footage(tmp_path / "tone.wav")


def test_a_file_that_is_cut_off_is_said_or_stands_still(tmp_path: Path) -> None:
    whole = grey_film(tmp_path / "a.mkv", LEVELS).read_bytes()
    (tmp_path / "cut.mkv").write_bytes(whole[: len(whole) // 2])
    footage = Footage(tmp_path / "cut.mkv")
    assert grey(footage, 0.5) == pytest.approx(LEVELS[5], abs=1)
    assert grey(footage, 6.9) <= LEVELS[69]
