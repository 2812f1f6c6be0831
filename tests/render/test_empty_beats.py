"""No picture of a film is empty for longer than a blink, within a scene or at a cut.

Films that `make test-long` renders whole are looked at there, in the masters that the film is made of; here are the
check itself and the films that are rendered elsewhere.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from manim import FadeIn, Square, tempconfig

from tapehead.render.drawing.cues import CueList
from tapehead.render.drawing.draw import build, scene_class, settings_for
from tapehead.render.drawing.master import MasterReader, MasterWriter
from tapehead.render.drawing.observer import FrameObserver
from tapehead.render.drawing.watch import is_empty
from tapehead.render.planning.film_plan import plan_scene
from tapehead.scenes.episode import BUILT_IN
from tapehead.scenes.stage.base import StageScene
from tests.films import PACKAGES, REPORTS, films
from tests.render.test_layout import LONG, SMALL, episode_parts

BLINK = 0.3
"""Seconds: a shorter one is not seen as a beat of its own."""
DRAWN_HERE = ("odd_squares", *(slug.replace("-", "_") for slug in REPORTS))
QUICK = {"odd_squares"}


def frames_of(scene: type[StageScene], context: Any) -> list[bool]:
    """For every frame of a scene, whether it is empty."""
    empty: list[bool] = []
    observer = FrameObserver(CueList(SMALL.fps), lambda _note, _frames: None)
    with tempfile.TemporaryDirectory() as media, tempconfig(settings_for(SMALL, Path(media), context.seed)):
        build(scene, context, observer, lambda pixels, repeat: empty.extend([is_empty(pixels)] * repeat)).render()
    return empty


def frames_of_master(reader: MasterReader) -> list[bool]:
    """For every frame of a scene that was drawn, whether it is empty."""
    return [empty for pixels, repeat in reader for empty in [is_empty(pixels)] * repeat]


def beats(scenes: Iterable[tuple[str, list[bool]]], fps: float = SMALL.fps) -> list[str]:
    """Empty stretches of a film that are longer than a blink; the end of the film may fade away."""
    frames = [(name, at, empty) for name, found in scenes for at, empty in enumerate(found)]
    while frames and frames[-1][2]:
        frames.pop()
    found = []
    for empty, group in itertools.groupby(frames, key=lambda frame: frame[2]):
        stretch = list(group)
        if empty and len(stretch) > BLINK * fps:
            found.append(f"{stretch[0][0]} at {stretch[0][1] / fps:.1f} s: {len(stretch) / fps:.1f} s empty")
    return found


def every_film() -> list[Any]:
    return [pytest.param(name, marks=() if name in QUICK else LONG) for name in PACKAGES if name in DRAWN_HERE]


@pytest.mark.parametrize("slug", every_film())
def test_no_beat_is_empty(slug: str) -> None:
    folder = (BUILT_IN / slug).resolve()
    episode, results, lines = episode_parts(folder)
    found = []
    for scene in episode.scenes:
        plan = plan_scene(episode, scene, SMALL, results, lines, episode.seed)
        found.append((scene.name, frames_of(scene_class(episode.package, folder, plan.target), plan.context)))
    assert not (empty := beats(found)), "\n".join(empty)


def test_an_empty_beat_is_found() -> None:
    folder = (BUILT_IN / "odd_squares").resolve()
    episode, results, lines = episode_parts(folder)
    context = plan_scene(episode, episode.scenes[0], SMALL, results, lines, episode.seed).context
    object.__setattr__(context, "lines", {})

    class Blink(StageScene):
        def construct(self) -> None:
            square = Square()
            self.add(square)
            self.hold(0.2)
            self.remove(square)
            self.hold(0.6)
            self.play(FadeIn(square), run_time=0.2)

    empty = frames_of(Blink, context)
    assert beats([("one", empty)]) == ["one at 0.2 s: 0.7 s empty"]
    assert beats([("one", [False, True, True]), ("two", [True, True, True, False])]) == ["one at 0.1 s: 0.3 s empty"]
    assert beats([("one", [False, False] + [True] * 60)]) == [], "the end may fade away"


def test_a_master_is_looked_at_frame_by_frame(tmp_path: Path) -> None:
    black = np.zeros((48, 80, 3), np.uint8)
    lit = black.copy()
    lit[10:30, 20:60] = 200
    with MasterWriter(tmp_path / "scene.master", 80, 48, 15) as writer:
        for frame, repeat in ((lit, 3), (black, 6), (lit, 2)):
            writer.write(frame, repeat)
    found = frames_of_master(MasterReader(tmp_path / "scene.master"))
    assert found == [False] * 3 + [True] * 6 + [False] * 2
    assert beats([("one", found)], 15) == ["one at 0.2 s: 0.4 s empty"]


def test_every_film_is_looked_at_here_or_where_it_is_rendered_whole() -> None:
    assert {film.replace("-", "_") for film in films(*REPORTS, "odd-squares")} | set(DRAWN_HERE) == set(PACKAGES)
