"""What was found while a scene was drawn is told after it, with a marked picture; `strict` makes it an error."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tapehead.analysis.errors import LayoutError
from tapehead.analysis.store import Store
from tapehead.render.drawing.draw import draw
from tapehead.render.drawing.dry import SMALL
from tapehead.render.film.layout import marked, places_in, tell_layout
from tapehead.render.planning.film_plan import FilmPlan, plan_film
from tapehead.render.progress import Reporter
from tapehead.render.start.folder import files_of, write_episode
from tapehead.scenes.episode import load_episode


class Listener(Reporter):
    def __init__(self) -> None:
        super().__init__(True)
        self.heard: list[str] = []

    def warn(self, message: str) -> None:
        self.heard.append(message)


@pytest.fixture
def film(tmp_path: Path) -> tuple[FilmPlan, Store]:
    """A film of one scene whose words stand beyond the frame, drawn."""
    folder = write_episode(tmp_path / "mine", files_of("plain"), "Mine")
    scene = (folder / "turn.py").read_text(encoding="utf-8")
    scene = scene.replace("next_to(square, DOWN, buff=0.6)", "move_to([0, -4.2, 0])")
    scene = scene.replace('self.say("turn.start") as cue', "self.slot()").replace('self.say("turn.end")', "self.slot()")
    scene = scene.replace('cue.until("turn")', "self.hold(0.2)").replace("cue.left", "0.4")
    scene += "\n    def slot(self):\n        import contextlib\n\n        return contextlib.nullcontext()\n"
    (folder / "turn.py").write_text(scene, encoding="utf-8")
    episode, store = load_episode(folder), Store(tmp_path / "store")
    plan = plan_film(episode, SMALL, {}, {}, tape="clean", tape_identity={}, voice={}, seed=1)
    only = plan.scenes[0]
    place = store.place("master", only.key)
    place.mkdir(parents=True)
    draw(episode.package, episode.folder, only.target, only.context, SMALL, place, tmp_path / "media")
    return plan, store


def test_it_is_told_marked_and_an_error_if_asked(film: tuple[FilmPlan, Store], tmp_path: Path) -> None:
    plan, store = film
    (place,) = places_in(plan, store)
    assert place.kind == "off frame"
    assert str(place).startswith("turn, ")
    assert "'the same square' leaves the frame by " in str(place)
    listener = Listener()
    (tmp_path / "out" / "layout").mkdir(parents=True)
    (tmp_path / "out" / "layout" / "turn-99999.png").write_bytes(b"of the last time")
    tell_layout(plan, store, tmp_path / "out", listener)
    assert listener.heard[0] == f"layout: {place}"
    assert [path.name for path in (tmp_path / "out" / "layout").iterdir()] == [f"turn-{place.frame:05d}.png"]
    with pytest.raises(LayoutError, match="one thing was found"):
        tell_layout(plan, store, tmp_path / "out", Listener(), strict=True)


def test_the_mark_stands_round_the_place(film: tuple[FilmPlan, Store]) -> None:
    (place,) = places_in(*film)
    picture = np.zeros((SMALL.height, SMALL.width, 3), np.uint8)
    pixels = np.asarray(marked(picture, [replace(place, box=(-1.0, -1.0, 1.0, 1.0))]))
    lit = np.argwhere((pixels[: SMALL.height] == (0xFF, 0x4F, 0xD8)).all(axis=2))
    unit = SMALL.height / 8
    assert lit.min(axis=0) == pytest.approx([SMALL.height / 2 - unit - 4, SMALL.width / 2 - unit - 4], abs=2)
    assert lit.max(axis=0) == pytest.approx([SMALL.height / 2 + unit + 4, SMALL.width / 2 + unit + 4], abs=2)
