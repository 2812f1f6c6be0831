"""Keys of a film's plan: what a line says, and which of its words were taken, is in them."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tapehead.render.film.provenance import spoken_of
from tapehead.render.planning.film_plan import FilmPlan, plan_film
from tapehead.render.quality import quality_named
from tapehead.render.words.timeline import PlacedLine, Timeline
from tapehead.scenes.episode import find_episode
from tapehead.scenes.script import SpokenNumber, TimedLine, Word

NUMBER = SpokenNumber("{sums.checked}", "1000", "sums/checked[]", 1000.0)
LINE = TimedLine(
    "corners.start", "corners", "narrator", "Checked 1000.", 1.0, (Word("1000.", 0, 1),), True, {}, 0.3, "/x/s.wav",
    numbers=(NUMBER,),
)  # fmt: skip


def plan(line: TimedLine) -> FilmPlan:
    results: Any = {"sums": SimpleNamespace(path=Path("/nowhere"), digest="d", key="k")}
    return plan_film(
        find_episode("odd-squares"),
        quality_named("480p15"),
        results,
        {line.key: line},
        tape="clean",
        tape_identity={},
        voice={},
        seed=1,
        only="corners",
    )


def test_another_variant_is_another_scene_and_another_number_another_film() -> None:
    first = plan(LINE)
    assert plan(replace(LINE)).key == first.key
    weak = plan(replace(LINE, variant="weak"))
    assert weak.scenes[0].key != first.scenes[0].key  # the scene may have asked for it
    other = plan(replace(LINE, numbers=(replace(NUMBER, value=999.6),)))
    assert other.scenes[0].key == first.scenes[0].key and other.key != first.key
    assert pickle.loads(pickle.dumps(first)) == first, "it crosses processes as itself"


def test_what_was_said_is_recorded_by_line() -> None:
    plain = replace(LINE, key="corners.more", numbers=())
    weak = replace(plain, key="verdict.none", variant="weak")
    lines = tuple(PlacedLine(0.0, line, "corners") for line in (LINE, plain, weak))
    assert spoken_of(Timeline(1.0, 15, (), lines, ())) == {
        "corners.start": {
            "numbers": [{"written": "{sums.checked}", "shown": "1000", "source": "sums/checked[]", "value": 1000.0}]
        },
        "verdict.none": {"variant": "weak", "numbers": []},
    }
