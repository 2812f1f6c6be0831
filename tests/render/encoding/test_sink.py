"""Sinks are stopped whatever happens, once they were started, and told whether all of it went well."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tapehead.analysis.errors import OutputError, ResultError
from tapehead.render.encoding.sink import Shown, VideoForm, export, treated
from tapehead.render.encoding.video import VideoSink
from tapehead.render.tape import tape_named
from tapehead.render.tape_tool.delivery import FFV1, MP4, PICTURES

FORM = VideoForm(16, 8, 10, 3)
GREY = np.full((8, 16, 3), 90, np.uint8)


class Told:
    """Writes down what is asked of it."""

    def __init__(self, fails_at: str = "") -> None:
        self.said: list[object] = []
        self.fails_at = fails_at

    def _say(self, what: str, *more: object) -> None:
        self.said.append((what, *more))
        if what == self.fails_at:
            raise OutputError("the disk is full")

    def start(self) -> None:
        self._say("start")

    def frame(self, shown: Shown) -> None:
        self._say("frame", shown.repeat)

    def stop(self, whole: bool) -> None:
        self._say("stop", whole)


def frames(breaks: bool = False) -> Iterator[Shown]:
    yield Shown(GREY, 2)
    if breaks:
        raise KeyboardInterrupt
    yield Shown(GREY, 3)


def test_from_start_to_stop() -> None:
    told = Told()
    assert export(told, frames()) == 5
    assert told.said == [("start",), ("frame", 2), ("frame", 3), ("stop", True)]


@pytest.mark.parametrize(
    ("fails_at", "breaks", "said"),
    [
        ("start", False, [("start",), ("stop", False)]),
        ("frame", False, [("start",), ("frame", 2), ("stop", False)]),
        ("", True, [("start",), ("frame", 2), ("stop", False)]),
        ("stop", False, [("start",), ("frame", 2), ("frame", 3), ("stop", True)]),
    ],
)
def test_stop_is_promised(fails_at: str, breaks: bool, said: list[object]) -> None:
    told = Told(fails_at)
    with pytest.raises(KeyboardInterrupt if breaks else OutputError):
        export(told, frames(breaks))
    assert told.said == said


@pytest.mark.parametrize("kind", [MP4, FFV1, PICTURES])
def test_real_sinks_keep_the_promise(kind, tmp_path: Path) -> None:
    out = tmp_path / ("p_%02d.png" if kind is PICTURES else "out")
    sink = kind.configure(kind.piece(tmp_path, 0, out), FORM)
    with pytest.raises(KeyboardInterrupt):
        export(sink, frames(breaks=True))
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []
    assert export(kind.configure(kind.piece(tmp_path, 5, out), FORM), frames()) == 5
    (made,) = (path for path in tmp_path.iterdir() if path.name.startswith("00000005"))
    assert made.is_file() or len(list(made.iterdir())) == 5


def test_a_sink_that_was_given_nothing_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match=r"a\.mp4: there is no frame"):
        export(VideoSink(tmp_path / "a.mp4", FORM), iter(()))
    assert list(tmp_path.iterdir()) == []


def test_a_held_picture_stays_known_and_another_size_is_refused() -> None:
    other = GREY.copy()
    other[2] = 5
    given = [Shown(GREY, 2), Shown(GREY, 3, ()), Shown(other, 1, ((2, 3),)), (GREY, 1)]
    made = list(treated(given, FORM, tape_named("clean"), 0))
    assert [(shown.repeat, shown.rows) for shown in made] == [(2, None), (3, ()), (1, ((2, 3),)), (1, None)]
    with pytest.raises(ResultError, match="frame 3 is"):
        next(treated([(GREY[:4], 1)], FORM, tape_named("clean"), 0))
